"""Archives and compressed files: members by their formats, and none that is a bomb, a link or a way out."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import py7zr
import pytest
import zstandard
from containers import BODY, SECOND, TITLE, docx, mail, paragraph, pdf, warc, zipped

from index.documents import Document, Skipped
from index.readers import MEMBER, NOTED, ReaderConfig
from index.readers.originals.original import original_of

FILES = {
    "اخبار/first.txt": f"{TITLE}\n\n{BODY}".encode(),
    "b/two.docx": docx(paragraph("دوسری خبر", "Title") + paragraph(SECOND)),
    "b/three.pdf": pdf(["Roads are flooded in Karachi."], title="Three"),
    "letter.eml": mail("چوتھی خبر", BODY).as_bytes(),
    "table.csv": f"title,text\nپانچویں خبر,{BODY}\n".encode(),
}
TITLES = {TITLE, "دوسری خبر", "Three", "چوتھی خبر", "پانچویں خبر"}


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return raw.getvalue()


def seven(files: dict[str, bytes], **how: str) -> bytes:
    raw = io.BytesIO()
    with py7zr.SevenZipFile(raw, "w", **how) as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return raw.getvalue()


ARCHIVES = {
    "a.zip": zipped(FILES),
    "a.tar": tarred(FILES),
    "a.tar.gz": tarred(FILES, "w:gz"),
    "a.tgz": tarred(FILES, "w:gz"),
    "a.tar.bz2": tarred(FILES, "w:bz2"),
    "a.tar.xz": tarred(FILES, "w:xz"),
    "a.tar.zst": zstandard.compress(tarred(FILES)),
    "a.7z": seven(FILES),
    "archive": zipped(FILES),
    "no-name": tarred(FILES, "w:gz"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_all_members_are_read(read, name: str) -> None:
    items = read(name, ARCHIVES[name])
    documents = {item.title: item for item in items if isinstance(item, Document)}
    assert set(documents) == TITLES, items
    first = documents[TITLE]
    assert first.body == BODY
    assert first.id == f"{name}/اخبار/first.txt"
    assert first.extra[MEMBER] == ["اخبار/first.txt"]


@pytest.mark.parametrize(
    ("extension", "pack"),
    [
        ("gz", gzip.compress),
        ("bz2", bz2.compress),
        ("xz", lzma.compress),
        ("zst", zstandard.compress),
    ],
)
def test_one_compressed_file(read, extension: str, pack) -> None:
    for name, raw in (("b.docx", FILES["b/two.docx"]), ("a.txt", FILES["اخبار/first.txt"])):
        (doc,) = read(f"{name}.{extension}", pack(raw))
        assert doc.title in TITLES
    for name in (f"noname.{extension}", "letter.eml"):
        (doc,) = read(name, pack(FILES["letter.eml"]))
        assert doc.title == "چوتھی خبر"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard.compress])
@pytest.mark.parametrize("name", ["b.zip", "b.tar", "b.7z"])
def test_packed_texts_in_archives(read, name: str, pack) -> None:
    """An archive gives its files from their start only."""
    extension = {gzip.compress: "gz", bz2.compress: "bz2", zstandard.compress: "zst"}[pack]
    packed = {f"a.csv.{extension}": pack(f"title,body\n{TITLE},{BODY}\n".encode())}
    archive = {"b.zip": zipped, "b.tar": tarred, "b.7z": seven}[name](packed)
    assert [(doc.title, doc.body) for doc in read(name, archive)] == [(TITLE, BODY)]


def test_what_is_no_article_is_counted(read) -> None:
    files = {
        **FILES,
        "README.md": "x",
        "__MACOSX/a.txt": "x",
        ".DS_Store": "x",
        "a.jpg": "x",
        "b.jpg": "x",
        "Makefile": "x",
    }
    items = read("a.zip", zipped(files))
    (note,) = (item for item in items if isinstance(item, Skipped))
    assert note.code == NOTED
    for said in ("2 hidden", "1 about the folder", "2 .jpg", "1 no extension"):
        assert said in note.reason


def test_a_zip_bomb_is_stopped(read) -> None:
    bomb = zipped({"bomb.txt": b"a " * 2_000_000, "good.txt": FILES["اخبار/first.txt"]})
    items = read("a.zip", bomb, ReaderConfig(gzip_ratio_from=1_000_000))
    assert any("bomb" in item.reason for item in items if isinstance(item, Skipped))


def test_many_members_that_swell_together_are_stopped(read) -> None:
    files = {f"{n}.txt": b"word " * 15_000 for n in range(200)}
    config = ReaderConfig(gzip_ratio_from=1_000_000)
    items = read("a.zip", zipped(files, zipfile.ZIP_LZMA), config)
    assert sum(isinstance(item, Document) for item in items) < 200
    assert "bomb" in items[-1].reason


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_bombs_of_every_packing_are_stopped(read, pack) -> None:
    config = ReaderConfig(gzip_ratio_from=1_000_000)
    for name, raw in (
        ("a.docx.bz2", b"\0" * 4_000_000),
        ("a.tar.xz", tarred({"a.txt": b"a " * 2_000_000})),
    ):
        reasons = [item.reason for item in read(name, pack(raw), config)]
        assert any("200 times" in reason for reason in reasons), reasons


def test_too_many_members_are_cut_with_a_word(read) -> None:
    files = {f"{n}.txt": f"خبر {n}\n\n{BODY}" for n in range(30)}
    items = read("a.zip", zipped(files), ReaderConfig(max_members=10))
    assert sum(isinstance(item, Document) for item in items) == 10
    assert any("more than 10 files" in item.reason for item in items if isinstance(item, Skipped))


@pytest.mark.parametrize(
    "name", ["/etc/a.txt", "../a.txt", "b/../../a.txt", "C:\\a.txt", "..\\a.txt"]
)
def test_paths_that_lead_out_are_reported(read, name: str) -> None:
    for archive, raw in (
        ("a.zip", zipped({name: FILES["اخبار/first.txt"]})),
        ("a.tar", tarred({name: FILES["اخبار/first.txt"]})),
    ):
        (skipped,) = read(archive, raw)
        assert "leads out" in skipped.reason


def test_links_are_reported(read, tmp_path) -> None:
    (tmp_path / "secret.txt").write_text("the secret\n\nof it")
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            info = tarfile.TarInfo(f"{kind!r}.txt")
            info.type, info.linkname = kind, str(tmp_path / "secret.txt")
            archive.addfile(info)
    reasons = [item.reason for item in read("a.tar", raw.getvalue())]
    assert len(reasons) == 2
    assert all("a link" in reason for reason in reasons)
    linked = io.BytesIO()
    with zipfile.ZipFile(linked, "w") as archive:
        info = zipfile.ZipInfo("a.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, str(tmp_path / "secret.txt"))
    (skipped,) = read("a.zip", linked.getvalue())
    assert "a link" in skipped.reason


def test_encrypted_ones_are_reported(read) -> None:
    raw = bytearray(zipped({"a.txt": FILES["اخبار/first.txt"]}))
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    (skipped,) = read("a.zip", bytes(raw))
    assert "encrypted" in skipped.reason
    (skipped,) = read("a.7z", seven(FILES, password="x"))
    assert "encrypted" in skipped.reason


def test_names_in_utf8_that_do_not_say_so(read) -> None:
    raw = zipped({"aaaa.txt": FILES["اخبار/first.txt"]}).replace(b"aaaa.txt", "خب.txt".encode())
    (doc,) = read("a.zip", raw)
    assert doc.extra[MEMBER] == ["خب.txt"]


URDU_NAME = "خبريں/آج کي بڑي خبر 1.txt"


def _zip_with(name: bytes) -> bytes:
    """A ZIP whose one file has a name of these bytes, without a word on their encoding."""
    plain = b"a" * (len(name) - 4) + b".txt"
    return zipped({plain.decode(): FILES["اخبار/first.txt"]}).replace(plain, name)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (URDU_NAME.encode("cp1256"), URDU_NAME),
        ("ڈان_اخبار-پاکستان.txt".encode("cp1256"), "ڈان_اخبار-پاکستان.txt"),
        ("أخبار اليوم.txt".encode("cp720"), "أخبار اليوم.txt"),
        (URDU_NAME.encode().decode("cp437").encode(), URDU_NAME),  # boxes, in UTF-8
        ("Zürich résumé.txt".encode("cp437"), "Zürich résumé.txt"),
        ("müller.txt".encode("cp437"), "müller.txt"),
    ],
)
def test_names_in_code_pages(read, raw: bytes, name: str) -> None:
    (doc,) = read("a.zip", _zip_with(raw))
    assert doc.extra[MEMBER] == [name]
    assert doc.id == f"a.zip/{name}"


def test_a_name_that_info_zip_keeps_beside_the_other(read) -> None:
    old = b"?????.txt"
    field = b"\x01" + struct.pack("<L", zlib.crc32(old)) + URDU_NAME.encode()
    info = zipfile.ZipInfo(old.decode())
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr(info, FILES["اخبار/first.txt"])
    (doc,) = read("a.zip", raw.getvalue())
    assert doc.extra[MEMBER] == [URDU_NAME]


def test_names_of_a_tar_in_a_code_page(read) -> None:
    text = FILES["اخبار/first.txt"]
    raw = io.BytesIO()
    with tarfile.open(
        fileobj=raw, mode="w", encoding="cp1256", format=tarfile.GNU_FORMAT
    ) as archive:
        info = tarfile.TarInfo(URDU_NAME)
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text))
    (doc,) = read("a.tar", raw.getvalue())
    assert doc.extra[MEMBER] == [URDU_NAME]


@pytest.mark.parametrize("name", ARCHIVES)
def test_cut_and_damaged_archives_are_reported(read, name: str) -> None:
    raw = ARCHIVES[name]
    for damaged in (raw[: len(raw) // 2], raw[:60] + bytes(40) + raw[100:], raw[: len(raw) - 30]):
        items = read(name, damaged)
        assert any(isinstance(item, Skipped) for item in items) or len(items) >= len(TITLES) - 1


def test_one_broken_member_costs_itself(read) -> None:
    items = read(
        "a.zip", zipped({**FILES, "broken.pdf": b"%PDF-1.4 nonsense", "b.docx": b"PK\x03\x04zzz"})
    )
    assert {item.title for item in items if isinstance(item, Document)} == TITLES
    assert sum(isinstance(item, Skipped) for item in items) == 2


@pytest.mark.parametrize("name", ["", ".", "./"])
def test_a_file_without_a_name_costs_itself(read, name: str) -> None:
    text = f"{TITLE}\n\n{BODY}".encode()
    files = {"x": text, "b.txt": text}
    unnamed = zipped(files, zipfile.ZIP_STORED)
    if name != "./":  # that is a folder to a ZIP
        at = unnamed.rindex(
            b"PK\x01\x02", 0, unnamed.rindex(b"PK\x01\x02")
        )  # the first of the directory
        unnamed = unnamed[: at + 46] + (name or "\0").encode() + unnamed[at + 47 :]
        assert [item.title for item in read("a.zip", unnamed) if isinstance(item, Document)] == [
            TITLE
        ]
    found = read("a.tar", tarred({name: text, "b.txt": text}))
    assert [item.title for item in found if isinstance(item, Document)] == [TITLE]
    assert any("without a name" in item.reason for item in found if isinstance(item, Skipped))


def test_names_that_no_text_may_hold(read) -> None:
    """A name of bytes that are not UTF-8 in a tar, NUL in an address of a web archive."""
    page = f"<html><body><h1>{TITLE}</h1><p>{BODY}</p></body></html>".encode()
    archive = warc(
        ("https://x.example/\x00\x1b1", "HTTP/1.1 200 OK\nContent-Type: text/html", page)
    )
    files = {"a.warc": archive, "a.tar": tarred({"خبر\udcff.txt": f"{TITLE}\n\n{BODY}".encode()})}
    for name, content in files.items():
        (doc,) = (item for item in read(name, content) if isinstance(item, Document))
        assert doc.title == TITLE
        for text in (doc.id, doc.url, *doc.extra[MEMBER]):
            text.encode("utf-8")
            assert not {"\x00", "\x1b"} & set(text)
        assert original_of(doc, [Path(doc.root).parent]).read(ReaderConfig())
