"""Web archives: pages at their addresses, whatever encodings lie around them, cut or whole."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib

import brotli
import pytest
from containers import BODY, SECOND, TITLE, pdf, warc, zipped

from index.documents import Document, Skipped

PAGE = f"<html><head><title>{TITLE}</title></head><body><p>{BODY}</p><p>{SECOND}</p></body></html>"
OK = "HTTP/1.1 200 OK\nContent-Type: text/html"


def chunked(body: bytes) -> bytes:
    halves = [body[:100], body[100:]]
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in halves) + b"0\r\n\r\n"


ENCODINGS = {
    "plain": (f"{OK}; charset=utf-8", PAGE.encode()),
    "gzip": (f"{OK}\nContent-Encoding: gzip", gzip.compress(PAGE.encode())),
    "deflate": (f"{OK}\nContent-Encoding: deflate", zlib.compress(PAGE.encode())),
    "br": (f"{OK}\nContent-Encoding: br", brotli.compress(PAGE.encode())),
    "chunked": (f"{OK}\nTransfer-Encoding: chunked", chunked(PAGE.encode())),
    "both": (f"{OK}\nTransfer-Encoding: chunked\nContent-Encoding: gzip", chunked(gzip.compress(PAGE.encode()))),
}  # fmt: skip


def documents(items) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_page_at_its_address(read, encoding: str) -> None:
    headers, body = ENCODINGS[encoding]
    (doc,) = documents(read("a.warc", warc(("https://sahil.example/story?id=1", headers, body))))
    assert (doc.title, doc.url) == (TITLE, "https://sahil.example/story?id=1")
    assert BODY in doc.body
    assert SECOND in doc.body
    assert doc.date is None
    assert doc.extra["captured"] == "2024-05-01T10:00:00Z"


def test_the_charset_that_only_the_server_names(read) -> None:
    page = PAGE.replace("ی", "ي").replace("ۂ", "ه").replace("ے", "ى").replace("ۂ", "ه")
    page = "".join(c for c in page if c.encode("cp1256", "ignore"))
    raw = page.encode("cp1256")
    (doc,) = documents(
        read("a.warc", warc(("https://sahil.example/1", f"{OK}; charset=windows-1256", raw)))
    )
    assert doc.title in page


def test_compressed_record_by_record_and_named_anything(read) -> None:
    records = [warc((f"https://sahil.example/{n}", OK, PAGE.encode())) for n in (1, 2)]
    raw = b"".join(map(gzip.compress, records))
    for name in ("a.warc.gz", "crawl", "crawl.gz"):
        assert [doc.url for doc in documents(read(name, raw))] == [
            "https://sahil.example/1",
            "https://sahil.example/2",
        ]


def test_what_is_no_page_is_counted(read) -> None:
    items = read(
        "a.warc",
        warc(
            (
                "https://sahil.example/gone",
                "HTTP/1.1 404 Not Found\nContent-Type: text/html",
                PAGE.encode(),
            ),
            ("https://sahil.example/a.png", "HTTP/1.1 200 OK\nContent-Type: image/png", b"\x89PNG"),
            ("https://sahil.example/1", OK, PAGE.encode()),
        ),
    )
    assert len(documents(items)) == 1
    (note,) = (item for item in items if isinstance(item, Skipped))
    assert "1 not answered with 200" in note.reason
    assert "1 image/png" in note.reason


def test_the_same_address_twice_gives_two(read) -> None:
    one = ("https://sahil.example/1", OK, PAGE.encode())
    ids = [doc.id for doc in documents(read("a.warc", warc(one, one)))]
    assert len(set(ids)) == 2


def test_a_pdf_in_it_is_read_as_one(read) -> None:
    headers = "HTTP/1.1 200 OK\nContent-Type: application/pdf"
    (doc,) = documents(
        read(
            "a.warc",
            warc(
                ("https://sahil.example/get?id=7", headers, pdf(["Roads are flooded in Karachi."]))
            ),
        )
    )
    assert "flooded" in doc.title + doc.body
    assert doc.url == "https://sahil.example/get?id=7"


def test_one_cut_in_the_middle_gives_what_is_before(read) -> None:
    records = [(f"https://sahil.example/{n}", OK, PAGE.encode()) for n in range(4)]
    raw = warc(*records)
    items = read("a.warc", raw[: -len(PAGE) // 2])
    assert [doc.url[-1] for doc in documents(items)][:3] == ["0", "1", "2"]
    assert any("cut off" in item.reason for item in items if isinstance(item, Skipped))
    packed = b"".join(gzip.compress(warc(each)) for each in records)
    items = read("a.warc.gz", packed[:-200])
    assert len(documents(items)) >= 3
    assert any("cut off" in item.reason for item in items if isinstance(item, Skipped))


def test_a_bomb_in_a_page_costs_itself(read) -> None:
    from index.readers import ReaderConfig

    bomb = (f"{OK}\nContent-Encoding: gzip", gzip.compress(b"<p>" + b"word " * 3_000_000))
    items = read(
        "a.warc",
        warc(("https://sahil.example/bomb", *bomb), ("https://sahil.example/1", OK, PAGE.encode())),
        ReaderConfig(max_file_bytes=1_000_000),
    )
    assert [doc.url[-1] for doc in documents(items)] == ["1"]
    assert any("larger than" in item.reason for item in items if isinstance(item, Skipped))


def test_wacz(read) -> None:
    raw = gzip.compress(warc(("https://sahil.example/1", OK, PAGE.encode())))
    files = {
        "archive/data.warc.gz": raw,
        "datapackage.json": "{}",
        "pages/pages.jsonl": '{"title": "x", "text": "y"}',
        "indexes/index.cdx": "x",
    }
    for name in ("a.wacz", "a.zip"):
        (doc,) = documents(read(name, zipped(files, zipfile.ZIP_STORED)))
        assert doc.url == "https://sahil.example/1"


def test_nothing_of_a_warc_is_no_warc(read) -> None:
    (skipped,) = read("a.warc", b"no web archive at all")
    assert isinstance(skipped, Skipped)


def test_an_encoding_whose_name_is_none_costs_nothing(read) -> None:
    page = f"<html><body><h1>{TITLE}</h1><p>{BODY}</p></body></html>".encode() + b"\xff"
    answer = "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf\0-8"
    (doc,) = (
        item
        for item in read("a.warc", warc(("https://x.example/1", answer, page)))
        if isinstance(item, Document)
    )
    assert doc.title == TITLE


@pytest.mark.parametrize("address", ["http://[", "https://x.[xample/1", "http://[::1/a"])
def test_what_is_no_address_costs_itself(read, address: str) -> None:
    """Found by fuzzing: `http://[` is refused by what takes addresses apart. In pages, feeds, rows and archives."""
    page = (
        f'<html><head><link rel="canonical" href="{address}"><meta property="og:url" content="{address}">'
        f"<title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><p>{BODY}</p><p>{SECOND}</p></article></body></html>"
    )
    feed = (
        f'<rss version="2.0"><channel><title>روزنامہ</title><link>{address}</link><item><title>{TITLE}</title>'
        f"<link>{address}</link><description>{BODY}</description></item></channel></rss>"
    )
    rows = json.dumps([{"title": TITLE, "text": BODY, "url": address}])
    record = warc((address, OK, page.encode()))
    for name, content in (("a.html", page), ("b.xml", feed), ("c.json", rows), ("d.warc", record)):
        (doc,) = (each for each in read(name, content) if isinstance(each, Document))
        assert doc.title == TITLE, name
        assert BODY in doc.body, name
