"""Whatever the bytes of a container, reading it ends, and what is wrong is reported, not raised."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import zipfile
from pathlib import Path

import containers as c
import promises
import py7zr
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inputs import some

from index.documents import Document
from index.readers.detection.registry import FORMATS

PAGE = f"<html><head><title>{c.TITLE}</title></head><body><p>{c.BODY}</p></body></html>"
OK = "HTTP/1.1 200 OK\nContent-Type: text/html"


def _tar() -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 20
        archive.addfile(info, io.BytesIO(b"Headline\n\nA body....."))
    return raw.getvalue()


def _seven() -> bytes:
    raw = io.BytesIO()
    with py7zr.SevenZipFile(raw, "w") as archive:
        archive.writestr(f"{c.TITLE}\n\n{c.BODY}", "a.txt")
    return raw.getvalue()


VALID = {
    "a.rss": f"<rss version='2.0'><channel><title>x</title><item><title>{c.TITLE}</title><description>{c.BODY}</description></item></channel></rss>".encode(),
    "a.wxr": f"<rss version='2.0' xmlns:wp='http://wordpress.org/export/1.2/'><channel><item><title>{c.TITLE}</title><wp:status>publish</wp:status></item></channel></rss>".encode(),
    "a.xml": f"<?xml version='1.0'?><docs><doc><title>{c.TITLE}</title><text>{c.BODY}</text></doc></docs>".encode(),
    "a.eml": c.mail(c.TITLE, c.BODY, cte="base64").as_bytes(),
    "a.mbox": b"From a@b.example Mon Sep 01 10:00:00 2025\n" + c.mail(c.TITLE, c.BODY).as_bytes(),
    "a.mhtml": f"From: <Saved by Blink>\nSnapshot-Content-Location: https://x.example\nContent-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html\n\n{PAGE}\n--B--\n".encode(),
    "a.warc": c.warc(("https://x.example/1", OK, PAGE.encode())),
    "a.warc.gz": gzip.compress(c.warc(("https://x.example/1", OK, PAGE.encode()))),
    "a.epub": c.epub({"a.xhtml": (c.TITLE, f"<p>{c.BODY}</p>")}, title="x"),
    "a.docx": c.docx(c.paragraph(c.TITLE) + c.paragraph(c.BODY)),
    "a.odt": c.odt(f"<text:p>{c.TITLE}</text:p><text:p>{c.BODY}</text:p>"),
    "a.rtf": b"{\\rtf1\\ansi\\ansicpg1256 Headline\\par \\u1587?\\u1610? body\\par}",
    "a.xlsx": c.xlsx({"A": [["title", "text"], [c.TITLE, c.BODY]]}),
    "a.pdf": c.pdf([f"{c.TITLE}\n{c.BODY}"]),
    "a.zip": c.zipped({"a.txt": f"{c.TITLE}\n\n{c.BODY}"}),
    "a.tar.gz": _tar(),
    "a.7z": _seven(),
    "a.txt.zst": zstandard.compress(f"{c.TITLE}\n\n{c.BODY}".encode()),
}  # fmt: skip
EXTENSIONS = sorted({extension for each in FORMATS for extension in each.extensions})
RELAXED = settings(
    max_examples=some(30), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def read(name: str, content: bytes) -> list[Document]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        return promises.of_reading(Path(folder) / name)


def test_each_valid_file_is_an_article() -> None:
    for name, content in VALID.items():
        assert read(name, content), name


@pytest.mark.parametrize("name", VALID)
@RELAXED
@given(data=st.data())
def test_mutated_files_cost_themselves(name: str, data: st.DataObject) -> None:
    raw = bytearray(VALID[name])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "double", "insert"]))
        if kind == "flip":
            raw[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        elif kind == "double":
            raw[at:at] = raw[at : at + data.draw(st.integers(1, 200))]
        else:
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        if not raw:
            break
    read(name, bytes(raw))


@RELAXED
@given(st.sampled_from(sorted(VALID)), st.sampled_from(EXTENSIONS))
def test_files_under_names_of_others(name: str, extension: str) -> None:
    read(f"a{extension}", VALID[name])


@RELAXED
@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.binary(max_size=60)), max_size=6))
def test_zips_of_anything(members: list[tuple[str, bytes]]) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in members:
            archive.writestr(name.encode("utf-8", "replace").decode(), content)
    read("a.zip", raw.getvalue())
