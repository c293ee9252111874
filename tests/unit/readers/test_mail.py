"""Mail and pages saved like mail: headers decoded, bodies chosen, attachments documents of their own."""

from __future__ import annotations

import base64
import zipfile
from datetime import date
from email.message import EmailMessage

import pytest
from containers import BODY, SECOND, TITLE, docx, mail, paragraph, pdf, zipped

from index.documents import Document, Skipped
from index.readers import MEMBER, ReaderConfig
from index.readers.fields import DATED_BY


def test_headers_and_text(one) -> None:
    for encoding in ("quoted-printable", "base64", "8bit"):
        doc = one("a.eml", mail(TITLE, f"{BODY}\n\n{SECOND}\n", cte=encoding).as_bytes())
        assert (doc.title, doc.body.replace("\r", "")) == (TITLE, f"{BODY}\n\n{SECOND}")
        assert (doc.date, doc.source) == (date(2025, 9, 1), "روزنامہ ساحل")
        assert doc.extra["author"] == "روزنامہ ساحل <desk@sahil.example>"


def folded(*words: str, fold: str = "\n ", charset: str = "utf-8") -> str:
    """A subject whose lines are these texts, each encoded by itself."""
    coded = (base64.b64encode(word.encode(charset)).decode() for word in words)
    return fold.join(f"=?{charset}?B?{word}?=" for word in coded)


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        (folded("وزیر اعظم کا ", "دورہ لاہور"), "وزیر اعظم کا دورہ لاہور"),  # as it should be
        (folded("وزیر اعظم کا دو", "رہ لاہور"), "وزیر اعظم کا دورہ لاہور"),
        (folded("وزیر اعظم کا دو", "رہ لاہور", fold="\n  "), "وزیر اعظم کا دورہ لاہور"),  # the text knows it
        (folded("وزیر اعظم", "کوئٹہ پہنچ گئے", fold="\n  "), "وزیر اعظم کوئٹہ پہنچ گئے"),
        (folded("وزیر اعظم", "کوئٹہ پہنچ گئے", fold="\n\t"), "وزیر اعظمکوئٹہ پہنچ گئے"),  # nothing says otherwise
        (folded("کابینہ نے", "منظوری دی"), "کابینہ نے منظوری دی"),  # no word goes on after that letter
        (folded("بارش میں", "تیزی"), "بارش میں تیزی"),
        (folded("سیلاب", "زدگان کی مدد"), "سیلاب زدگان کی مدد"),  # both are words of the text
        (folded("Flood", "ed roads"), "Flooded roads"),
        (folded("وزير اعظم ", "كا دورہ".replace("ہ", "ه"), charset="windows-1256"), "وزير اعظم كا دوره"),
        ("Fwd: =?utf-8?Q?Karachi=3A_?= rain =?utf-8?Q?=D8=A8?=\n =?utf-8?Q?=D8?=\n =?utf-8?Q?=A7rish?=", "Karachi: rain باrish"),
        ("=?utf\0-8?B?YWJj?= =?utf\0-8?B?ZGVm?=", "abcdef"),
        ("=?x-unknown?B?YWJj?= =?utf-8?B?!!!?=", "abc"),
    ],
)  # fmt: skip
def test_a_subject_loses_no_space_where_it_is_folded_nor_gains_one(
    one, subject: str, title: str
) -> None:
    body = "سیلاب آیا تو زدگان کی مدد کے لیے دورہ کیا گیا۔ Roads were flooded."
    raw = f"From: a@b.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    assert one("a.eml", raw.encode()).title == title


def test_windows_1256_as_it_is_declared_and_as_it_is_not(one) -> None:
    text = "سيلاب سے متاثرہ علاقوں ميں امدادی کيمپ قائم کر دئے گئے"
    for charset in ("windows-1256", "us-ascii", "x-unknown"):
        raw = f"Subject: Camp\nFrom: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
        legacy = text.replace("ی", "ي").replace("ے", "ى")
        assert one("a.eml", raw.encode() + legacy.encode("cp1256")).body == legacy


def test_html_is_taken_where_the_text_is_a_stub(one) -> None:
    message = mail(TITLE, "View in browser")
    message.add_alternative(f"<html><p>{BODY}</p><p>{SECOND}</p></html>", subtype="html")
    assert one("a.eml", message.as_bytes()).body == f"{BODY}\n\n{SECOND}"


def test_attachments_are_documents(read) -> None:
    message = mail(TITLE, BODY)
    message.add_attachment(
        docx(paragraph("بیان", "Title") + paragraph(SECOND)),
        maintype="application",
        subtype="octet-stream",
        filename="بیان.docx",
    )
    message.add_attachment("ایک سرخی\n\nمنسلک متن یہاں ہے۔", filename="note.txt")
    message.add_attachment("title,text\nجدول کی خبر,متن", filename="table.csv")
    message.add_attachment(mail("اندرونی پیغام", "اس کا متن"))
    message.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="a.png")
    items = read("a.eml", message.as_bytes())
    found = {doc.title: doc for doc in items if isinstance(doc, Document)}
    assert set(found) == {TITLE, "بیان", "ایک سرخی", "جدول کی خبر", "اندرونی پیغام"}
    assert found["بیان"].body == SECOND
    assert found["بیان"].extra["attached to"] == TITLE
    assert found["بیان"].extra[MEMBER] == ["بیان.docx"]
    (skipped,) = (item for item in items if isinstance(item, Skipped))
    assert "picture" in skipped.reason


def test_an_attachment_without_a_date_has_that_of_its_message(read) -> None:
    message = mail(TITLE, BODY)
    attached = (
        ("plain.pdf", pdf([SECOND], title="Roads are flooded")),
        ("own.pdf", pdf(["KARACHI, Jan 7, 2025: The bridge is open."], title="Bridge opens")),
        ("packed.zip", zipped({"inner.pdf": pdf([SECOND], title="Wheat is cheap")})),
        ("rows.csv", f"title,text\nجدول,{BODY}\n".encode()),
    )
    for name, raw in attached:
        message.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
    docs = {
        doc.title: doc for doc in read("a.eml", message.as_bytes()) if isinstance(doc, Document)
    }
    sent = date(2025, 9, 1)
    for title in ("Roads are flooded", "Wheat is cheap"):
        assert docs[title].date == sent
        assert "message" in docs[title].extra[DATED_BY]
    assert docs["Bridge opens"].date == date(2025, 1, 7)
    assert docs["جدول"].date is None
    assert DATED_BY not in docs[TITLE].extra


def test_a_mailbox_gives_each_message(read) -> None:
    one, two = mail(TITLE, f"{BODY}\nFrom here on it rains."), mail("دوسرا خط", SECOND)
    box = b"".join(
        b"From desk@sahil.example Mon Sep 01 10:00:00 2025\n"
        + each.as_bytes().replace(b"\r\n", b"\n").replace(b"\nFrom here", b"\n>From here")
        + b"\n"
        for each in (one, two)
    )
    for name in ("news.mbox", "inbox"):
        first, second = read(name, box)
        assert (first.title, second.title) == (TITLE, "دوسرا خط")
        assert first.body.endswith("\nFrom here on it rains.")


def test_a_huge_message_costs_itself(read) -> None:
    start = b"From a@b.example Mon Sep 01 10:00:00 2025\n"
    huge = start + mail("بڑا", "x " * 200_000).as_bytes() + b"\n"
    items = read(
        "a.mbox", huge + start + mail(TITLE, BODY).as_bytes(), ReaderConfig(max_file_bytes=20_000)
    )
    assert [type(item) for item in items] == [Skipped, Document]
    assert items[1].title == TITLE


def test_a_mailbox_larger_than_a_file_may_be_is_streamed(tmp_path) -> None:
    """Memory follows a message, not the mailbox."""
    import gc
    import tracemalloc

    from index.readers import read_paths

    message = mail(TITLE, BODY)
    message.add_attachment(bytes(60_000), maintype="image", subtype="png", filename="a.png")
    start = b"From a@b.example Mon Sep 01 10:00:00 2025\n"
    (tmp_path / "a.mbox").write_bytes((start + message.as_bytes() + b"\n") * 60)
    config = ReaderConfig(max_file_bytes=100_000)

    def count() -> int:
        found = 0
        for item in read_paths([tmp_path / "a.mbox"], config=config):
            found += isinstance(item, Document)
            gc.collect()  # messages refer to themselves: each Python lets go of them when it likes
        return found

    gc.freeze()  # what other tests left need not be looked at for each message
    try:
        assert count() == 60  # what is imported on the way is not counted
        tracemalloc.start()
        assert count() == 60
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    assert peak < 2_000_000 < (tmp_path / "a.mbox").stat().st_size / 2


def test_damaged_mail_is_read_as_far_as_it_goes(read) -> None:
    message = mail(TITLE, BODY)
    message.add_attachment(
        zipped({"a.txt": "خبر\n\nمتن"}), maintype="application", subtype="zip", filename="a.zip"
    )
    raw = message.as_bytes()
    for cut in range(100, len(raw), 97):
        for item in read("a.eml", raw[:cut]):
            assert isinstance(item, (Document, Skipped))


MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: https://sahil.example/9
Subject: x
Date: Mon, 1 Sep 2025 05:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="B"

--B
Content-Type: text/html
Content-Transfer-Encoding: {encoding}
Content-Location: https://sahil.example/9

{page}
--B
Content-Type: text/html
Content-Location: https://ads.example/frame

<html><title>Advertisement</title><p>Buy this now, all of you.</p></html>
--B--
"""


def test_a_saved_page(one) -> None:
    import quopri

    page = (
        f"<html><head><title>{TITLE}</title></head><body><p>{BODY}</p><p>{SECOND}</p></body></html>"
    )
    encoded = quopri.encodestring(page.encode()).decode()
    for name in ("page.mhtml", "page.mht", "page.html", "page"):
        doc = one(name, MHTML.format(encoding="quoted-printable", page=encoded))
        assert (doc.title, doc.url) == (TITLE, "https://sahil.example/9")
        assert BODY in doc.body
        assert "Buy" not in doc.body
        assert doc.date is None


def test_zip_in_mail_in_zip_is_bounded(read) -> None:
    inner = zipped({"deep.zip": zipped({"deeper.zip": zipped({"a.txt": "خبر\n\nمتن"})})})
    message = mail(TITLE, BODY)
    message.add_attachment(inner, maintype="application", subtype="zip", filename="a.zip")
    items = read("a.zip", zipped({"m.eml": message.as_bytes()}, zipfile.ZIP_STORED))
    assert any(
        isinstance(item, Skipped) and "packed more than 3 deep" in item.reason for item in items
    )
    assert any(isinstance(item, Document) and item.title == TITLE for item in items)


def test_a_message_without_headers_is_no_mail(read) -> None:
    message = EmailMessage()
    message.set_content("text")
    (skipped,) = read("a.eml", b"\n\nplain text")
    assert "no headers" in skipped.reason


def test_a_mail_with_pictures_in_it_is_no_saved_page(one) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "Desk <desk@sahil.example>", "all@sahil.example"
    message["Subject"], message["Date"] = TITLE, "Mon, 01 Sep 2025 10:00:00 +0500"
    message.set_content(f"<p>{BODY}</p><img src='cid:a'>", subtype="html")
    message.add_related(b"GIF89a", maintype="image", subtype="gif", cid="<a>")
    doc = one("letter.eml", message.as_bytes())
    assert (doc.title, doc.body, doc.date) == (TITLE, BODY, date(2025, 9, 1))
    assert doc.source == "Desk"


@pytest.mark.parametrize("header", ["Content-Type: text/html", "Content-Disposition: inline"])
def test_nul_in_the_headers_of_a_part(read, header: str) -> None:
    """Found by fuzzing: Python takes the name of an encoding with NUL in it for a mistake of its own."""
    raw = (
        f"From: a@b.example\nSubject: {TITLE}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        f"--x\nContent-Type: text/plain; charset=utf-8\n\n{BODY}\n"
        f"--x\n{header}; name*=utf\0-8''a%20b; filename*=ut\0f-8''a.txt\n\n{SECOND}\n--x--\n"
    )
    first, *_ = (each for each in read("a.eml", raw.encode()) if isinstance(each, Document))
    assert first.title == TITLE
    assert first.body.startswith(BODY)
