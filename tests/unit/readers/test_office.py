"""Word, OpenDocument, RTF, spreadsheets and books: whole texts, titles where they stand, no entities."""

from __future__ import annotations

from datetime import date

import pytest
from containers import BODY, SECOND, TITLE, docx, epub, odt, paragraph, xlsx, zipped

from index.documents import Document, Skipped
from index.readers import NOTED, ReaderConfig


def documents(items) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


CELL = "<w:tc>{}</w:tc>"
TABLE = f"<w:tbl><w:tr>{CELL.format(paragraph('ضلع'))}{CELL.format(paragraph('کیمپ'))}</w:tr><w:tr>{CELL.format(paragraph('سوات'))}{CELL.format(paragraph('۱۲'))}</w:tr></w:tbl>"


def test_docx_with_its_heading(one) -> None:
    doc = one(
        "a.docx", docx(paragraph(TITLE, "Heading1") + paragraph(BODY) + TABLE + paragraph(SECOND))
    )
    assert doc.title == TITLE
    assert doc.body == f"{BODY}\n\nضلع\tکیمپ\nسوات\t۱۲\n\n{SECOND}"


def test_a_table_that_lays_out_the_page_is_no_table(one) -> None:
    cells = CELL.format(paragraph(TITLE, "Heading1") + paragraph(BODY) + paragraph(SECOND) + TABLE)
    doc = one("a.docx", docx(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"))
    assert (doc.title, doc.body) == (TITLE, f"{BODY}\n\n{SECOND}\n\nضلع\tکیمپ\nسوات\t۱۲")
    cells = f"<text:p>{BODY * 2}</text:p><text:p>{SECOND}</text:p>"
    row = f"<table:table-row><table:table-cell>{cells}</table:table-cell><table:table-cell/></table:table-row>"
    doc = one(
        "a.odt",
        odt(f"<text:h text:outline-level='1'>{TITLE}</text:h><table:table>{row}</table:table>"),
    )
    assert (doc.title, doc.body) == (TITLE, f"{BODY * 2}\n\n{SECOND}")


def test_docx_takes_the_title_that_a_person_gave(one) -> None:
    core = f"<dc:title>{TITLE}</dc:title><dc:creator>نامہ نگار</dc:creator><cp:keywords>صحت, سیلاب</cp:keywords>"
    doc = one("a.docx", docx(paragraph(BODY) + paragraph(SECOND), core=core))
    assert (doc.title, doc.body) == (TITLE, f"{BODY}\n\n{SECOND}")
    assert (doc.tags, doc.extra["author"]) == (("صحت", "سیلاب"), "نامہ نگار")
    for made_up in ("Microsoft Word - khabar.doc", "Word Document", "Untitled1", "report.docx"):
        core = f"<dc:title>{made_up}</dc:title>"
        assert one("a.docx", docx(paragraph(TITLE) + paragraph(BODY), core=core)).title == TITLE


def test_docx_keeps_what_was_inserted_and_drops_what_was_deleted(one) -> None:
    body = (
        paragraph(TITLE, "Title")
        + "<w:p><w:ins><w:r><w:t>نیا </w:t></w:r></w:ins><w:del><w:r><w:delText>پرانا </w:delText></w:r></w:del>"
        "<w:hyperlink><w:r><w:t>متن</w:t></w:r></w:hyperlink><w:r><w:tab/><w:t>آخر</w:t></w:r></w:p>"
        f"<w:sdt><w:sdtContent>{paragraph(SECOND)}</w:sdtContent></w:sdt>"
    )
    assert one("a.docx", docx(body)).body == f"نیا متن\tآخر\n\n{SECOND}"


def test_docx_footnotes(one) -> None:
    notes = f'<w:footnotes><w:footnote w:type="separator" w:id="-1">{paragraph("—")}</w:footnote><w:footnote w:id="1">{paragraph("حاشیہ: سرکاری اعداد")}</w:footnote></w:footnotes>'
    doc = one(
        "a.docx",
        docx(paragraph(TITLE, "Title") + paragraph(BODY), extra={"word/footnotes.xml": notes}),
    )
    assert doc.body == f"{BODY}\n\nحاشیہ: سرکاری اعداد"


def test_docx_with_external_entities_is_refused(read, tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    raw = docx(paragraph(TITLE) + paragraph("&secret;"))
    files = {
        "word/document.xml": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file://{secret}">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&secret;</w:t></w:r></w:p></w:body></w:document>'
    }
    (skipped,) = read("a.docx", _replaced(raw, files))
    assert "entities" in skipped.reason
    (skipped,) = read(
        "a.odt", _replaced(odt("<text:p>x</text:p>"), {"content.xml": files["word/document.xml"]})
    )
    assert "entities" in skipped.reason


def test_a_document_without_a_text_says_so(read) -> None:
    strict = _replaced(
        docx(""), {"word/document.xml": '<w:document xmlns:w="http://purl.oclc.org/ooxml/w"/>'}
    )
    slides = _replaced(
        odt(""),
        {
            "content.xml": "<office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'/>"
        },
    )
    for name, raw in {"a.docx": strict, "a.odt": slides}.items():
        (skipped,) = read(name, raw)
        assert "no text" in skipped.reason


def test_docx_bomb(read) -> None:
    raw = docx(paragraph("ہ" * 30_000_000))
    (skipped,) = read("a.docx", raw, ReaderConfig(gzip_ratio_from=1_000_000))
    assert "200 times" in skipped.reason


def _replaced(raw: bytes, files: dict[str, str]) -> bytes:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()} | files)


def test_odt(one) -> None:
    body = (
        f'<text:tracked-changes><text:p>حذف شدہ</text:p></text:tracked-changes><text:h text:outline-level="1">{TITLE}</text:h>'
        f"<text:p>محکمۂ <text:span>صحت</text:span><text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>حاشیہ</text:p></text:note-body></text:note><text:s text:c='2'/>نے<text:tab/>کہا</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>ضلع</text:p></table:table-cell><table:table-cell><text:p>کیمپ</text:p></table:table-cell></table:table-row></table:table>"
        f"<text:list><text:list-item><text:p>{SECOND}</text:p></text:list-item></text:list>"
    )
    doc = one("a.odt", odt(body))
    assert doc.title == TITLE
    assert doc.body == f"محکمۂ صحت  نے\tکہا\n\nضلع\tکیمپ\n\n{SECOND}\n\nحاشیہ"
    assert one("b.odt", odt(f"<text:p>{BODY}</text:p>", title=TITLE)).title == TITLE


def rtf(text: str, encoding: str = "unicode") -> bytes:
    if encoding == "unicode":
        coded = "".join(
            f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?" if ord(c) > 127 else c
            for c in text
        )
    else:
        coded = "".join(f"\\'{byte:02x}" for byte in text.encode("cp1256"))
    return coded.replace("\n", "\\par\n").encode()


def test_rtf(one) -> None:
    doc = one(
        "a.rtf",
        b"{\\rtf1\\ansi\\ansicpg1256 {\\fonttbl{\\f0 Nafees;}}"
        + rtf(f"{TITLE}\n{BODY}\n{SECOND}")
        + b"}",
    )
    assert (doc.title, doc.body) == (TITLE, f"{BODY}\n\n{SECOND}")
    old = "سيلاب سے متاثرہ علاقوں"
    assert (
        one(
            "b.doc",
            b"{\\rtf1\\ansi\\ansicpg1256 " + rtf("خبر") + b"\\par " + rtf(old, "cp1256") + b"}",
        ).body
        == old
    )
    titled = b"{\\rtf1\\ansi{\\info{\\title " + rtf(TITLE) + b"}}" + rtf(f"{BODY}\n{SECOND}") + b"}"
    assert one("c.rtf", titled).title == TITLE


def test_a_spreadsheet_is_a_table(read) -> None:
    rows = [
        ["News export"],
        [],
        ["News_Title", "Article Text", "date", "صفحہ"],
        [TITLE, BODY, "2025-09-01", "۳"],
        [],
        ["دوسری خبر", SECOND, "2025-09-02", ""],
    ]
    other = [["x", "y"], ["1", "2"]]
    items = read("a.xlsx", xlsx({"خبریں": rows, "Figures": other}))
    first, second = (item for item in items if isinstance(item, Document))
    assert (first.title, first.body, first.date) == (TITLE, BODY, date(2025, 9, 1))
    assert first.extra == {"صفحہ": "۳", "sheet": "خبریں"}
    assert (second.id, second.title) == ("a.xlsx#2", "دوسری خبر")
    (note,) = (item for item in items if isinstance(item, Skipped))
    assert (note.code, "Figures" in note.reason) == (NOTED, True)


def test_sheets_count_on(read) -> None:
    sheet = [["title", "text"], ["ایک خبر", BODY]]
    ids = [item.id for item in read("a.xlsx", xlsx({"A": sheet, "B": sheet}))]
    assert ids == ["a.xlsx#1", "a.xlsx#2"]


def test_a_table_that_a_program_wrote_as_a_page_for_excel(read) -> None:
    rows = f"<tr><td>عنوان</td><td>متن</td></tr><tr><td>{TITLE}</td><td>{BODY}</td></tr><tr><td>دوسری</td><td>{SECOND}</td></tr>"
    for start in ("<html><meta charset='utf-8'><body>", "<meta charset='utf-8'>", ""):
        found = documents(read("export.xls", f"{start}<table border=1>{rows}</table>".encode()))
        assert [(doc.title, doc.body) for doc in found] == [(TITLE, BODY), ("دوسری", SECOND)]
    page = (
        f"<html><body><table><tr><td><h1>{TITLE}</h1><p>{BODY}</p></td></tr></table></body></html>"
    )
    assert [doc.title for doc in documents(read("page.xls", page.encode()))] == [TITLE]


def test_days_that_lost_their_format_are_days(read) -> None:
    rows = [["title", "date", "views"], [TITLE, 46056, 46056], [SECOND, 2026, 3]]
    first, second = documents(read("a.xlsx", xlsx({"خبریں": rows})))
    assert (first.date, first.extra["views"]) == (date(2026, 2, 3), 46056)
    assert second.date is None


def test_a_spreadsheet_without_texts_says_what_it_wants(read) -> None:
    (skipped,) = read("a.xlsx", xlsx({"Figures": [["x"], ["1"]]}))
    assert "title, body or text" in skipped.reason


CHAPTERS = {
    "c1.xhtml": (TITLE, f"<h1>{TITLE}</h1><p>{BODY}</p>"),
    "c1b.xhtml": ("", f"<p>{SECOND}</p>"),
    "c2.xhtml": ("دوسرا مضمون", "<h2>دوسرا مضمون</h2><p>مضمون کا متن۔</p>"),
    "empty.xhtml": ("", "<img src='cover.jpg'/>"),
}


def test_chapters_of_a_book(read) -> None:
    items = read("a.epub", epub(CHAPTERS, title="اخباری مضامین", date="2024-11-30"))
    first, second = items
    assert (first.title, first.body) == (TITLE, f"{BODY}\n\n{SECOND}")
    assert (second.title, second.body.strip()) == ("دوسرا مضمون", "مضمون کا متن۔")
    for doc in items:
        assert (doc.source, doc.date, doc.lang) == ("اخباری مضامین", date(2024, 11, 30), "ur")


def test_articles_of_one_file_by_the_contents_of_an_issue(read) -> None:
    markup = (
        f"<html><body><p>اداریے کا متن</p><h2><a id='one'></a>{TITLE}</h2><p>{BODY}</p>"
        f"<div id='two'><h2>{SECOND}</h2><p>دوسری خبر کا متن</p><h3 id='part'>ذیلی سرخی</h3><p>آخری سطر</p></div></body></html>"
    )
    links = {"a.xhtml": "اداریہ", "a.xhtml#one": TITLE, "a.xhtml#two": SECOND}
    contents = "".join(f"<li><a href='{at}'>{label}</a></li>" for at, label in links.items())
    inner = "<ol><li><a href='a.xhtml#part'>ذیلی سرخی</a></li></ol>"
    nav = f"<html><body><nav><ol>{contents}<li>{inner}</li></ol></nav></body></html>"
    book = _replaced(epub({"a.xhtml": ("x", markup)}, title="ماہنامہ"), {"OEBPS/nav.xhtml": nav})
    found = documents(read("a.epub", book))
    assert [(doc.title, doc.body) for doc in found] == [
        ("اداریہ", "اداریے کا متن"),
        (TITLE, BODY),
        (SECOND, "دوسری خبر کا متن\n\nذیلی سرخی\n\nآخری سطر"),
    ]


def test_a_book_without_a_package_is_read_page_by_page(read) -> None:
    raw = zipped(
        {
            "mimetype": "application/epub+zip",
            "b.xhtml": f"<h1>دوم</h1><p>{SECOND}</p>",
            "a.xhtml": f"<h1>{TITLE}</h1><p>{BODY}</p>",
        }
    )
    assert [doc.title for doc in read("a.epub", raw)] == [TITLE, "دوم"]


def test_a_protected_book_is_said_to_be_one(read) -> None:
    raw = zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/encryption.xml": "<e xmlns='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/>",
            "a.xhtml": "x",
        }
    )
    (skipped,) = read("a.epub", raw)
    assert "encrypted" in skipped.reason


@pytest.mark.parametrize(("name", "raw"), [("a.doc", docx(paragraph(TITLE) + paragraph(BODY))), ("a.xlsx", docx(paragraph(TITLE) + paragraph(BODY))), ("a.pdf", docx(paragraph(TITLE) + paragraph(BODY))), ("a.txt", docx(paragraph(TITLE) + paragraph(BODY))), ("a", docx(paragraph(TITLE) + paragraph(BODY)))])  # fmt: skip
def test_a_name_that_lies(one, name: str, raw: bytes) -> None:
    assert (one(name, raw).title, one(name, raw).body) == (TITLE, BODY)


def test_old_and_encrypted_office_files_say_how_to_mend_them(read) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    (old,) = read("a.doc", ole + "WordDocument".encode("utf-16-le") + bytes(1000))
    assert ".docx" in old.reason
    for name in ("a.docx", "a.xlsx", "a.doc"):
        (locked,) = read(name, ole + "EncryptedPackage".encode("utf-16-le") + bytes(1000))
        assert "encrypted" in locked.reason


def test_a_sheet_without_names_of_columns(read) -> None:
    rows = [
        [7, TITLE, BODY, "2026-01-17", "https://a.example/1"],
        [8, "دوسری خبر یہاں ہے", SECOND * 2, "2026-01-18", "https://a.example/2"],
    ]
    first, second, *notes = read("a.xlsx", xlsx({"خبریں": rows, "باقی": [["x"], ["y"]]}))
    assert (first.title, first.body, first.date) == (TITLE, BODY, date(2026, 1, 17))
    assert (first.url, first.extra["sheet"]) == ("https://a.example/1", "خبریں")
    assert second.title == "دوسری خبر یہاں ہے"
    reasons = " ".join(note.reason for note in notes)
    assert "taken for the body" in reasons
    assert "sheet باقی" in reasons


def test_names_of_columns_below_a_title_and_blank_rows(read) -> None:
    rows = [["خبروں کی فہرست"], ["برآمد", "2026-01-20"], [""], ["سرخی", "متن", "تاریخ"], [TITLE, BODY, "2026-01-17"]]  # fmt: skip
    (doc,) = documents(read("a.xlsx", xlsx({"A": rows})))
    assert (doc.title, doc.body, doc.date) == (TITLE, BODY, date(2026, 1, 17))


def test_a_column_of_a_sheet_that_is_plainly_the_text(read) -> None:
    rows = [["kahani", "shehr"], [BODY, "کراچی"], [SECOND, "لاہور"]]
    docs = documents(read("a.xlsx", xlsx({"A": rows})))
    assert [doc.body for doc in docs] == [BODY, SECOND]
