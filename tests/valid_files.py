"""A small valid file or more of every format that is read, for what damages them: random inputs, fuzzing."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile

import containers as c
import py7zr
import zstandard

TEXT = f"{c.TITLE}\n\n17 جنوری 2026\n{c.BODY}\n\nیہ بھی پڑھیں:\n• الف\n"
ARTICLE = {"id": "1", "title": c.TITLE, "body": f"<p>{c.BODY}</p>", "date": "2026-01-17", "tags": ["موسم"],
           "source": "News", "url": "https://news.example/1", "more": {"n": 1}}  # fmt: skip
PAGE = (
    f"<!DOCTYPE html><html lang=ur><head><meta charset=utf-8><title>{c.TITLE}</title>"
    '<meta property="og:title" content="بارش"><script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    f"</head><body><nav>الف</nav><article><h1>{c.TITLE}</h1><p>{c.BODY}</p></article></body></html>"
)
_HTTP = "HTTP/1.1 200 OK\nContent-Type: text/html"
_NOTES = f'<w:footnotes><w:footnote w:id="1">{c.paragraph("حاشیہ")}</w:footnote></w:footnotes>'
_CORE = f"<dc:title>{c.TITLE}</dc:title><dc:creator>نامہ نگار</dc:creator>"


def _tar(mode: str) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode=mode) as archive:
        for name in ("a.txt", "دو/b.html"):
            content = (PAGE if name.endswith("html") else TEXT).encode()
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return raw.getvalue()


def _seven() -> bytes:
    raw = io.BytesIO()
    with py7zr.SevenZipFile(raw, "w") as archive:
        archive.writestr(TEXT, "a.txt")
    return raw.getvalue()


def _items(inside: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:wp='http://wordpress.org/export/1.2/' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<channel><title>اخبار</title><language>ur</language><item><title>{c.TITLE}</title><guid>1</guid>"
        f"<link>https://news.example/1</link><pubDate>Sat, 17 Jan 2026 10:00:00 +0500</pubDate>"
        f"<dc:creator>نامہ نگار</dc:creator><description>{c.SECOND}</description>"
        f"<content:encoded><![CDATA[<p>{c.BODY}</p>]]></content:encoded>{inside}</item></channel></rss>"
    ).encode()


def _mail() -> bytes:
    message = c.mail(c.TITLE, c.BODY, cte="base64")
    message.add_attachment(PAGE.encode(), maintype="text", subtype="html", filename="صفحہ.html")
    return message.as_bytes()


_WARC = c.warc(
    ("https://x.example/1", _HTTP, PAGE.encode()),
    ("https://x.example/2", f"{_HTTP}\nContent-Encoding: gzip", gzip.compress(PAGE.encode())),
)
_EPUB = c.epub({"a.xhtml": (c.TITLE, f"<h1>{c.TITLE}</h1><p>{c.BODY}</p>")}, title="رسالہ")

VALID: dict[str, tuple[tuple[str, bytes], ...]] = {
    "text": (("a.txt", TEXT.encode()), ("b.txt", TEXT.encode("cp1256", "replace"))),
    "json lines": (("a.jsonl", f'{json.dumps(ARTICLE)}\n{{"index": {{}}}}\n{json.dumps(ARTICLE)}'.encode()),),
    "json": (("a.json", json.dumps({"articles": [ARTICLE, ARTICLE]}, ensure_ascii=False).encode()),),
    "csv": (
        ("a.csv", f'id,title,body,date,tags\n1,{c.TITLE},"{TEXT}",17/1/2026,a;b\n'.encode()),
        ("b.tsv", f"id\ttitle\tbody\n1\t{c.TITLE}\t{c.BODY}\n".encode("utf-16")),
    ),
    "html": (("a.html", PAGE.encode()), ("b.html", PAGE.replace("utf-8", "windows-1256").encode("cp1256", "replace"))),
    "markdown": (("a.md", f"---\ntitle: بارش\ndate: 2026-01-17\ntags: [a, b]\n---\n# بارش\n\n{TEXT}\n[a](b) **c**\n".encode()),),
    "mail": (("a.eml", _mail()),),
    "mailbox": (("a.mbox", b"From a@b.example Mon Sep 01 10:00:00 2025\n" + _mail()),),
    "mhtml": (("a.mhtml", f"From: <Saved by Blink>\nSnapshot-Content-Location: https://x.example\nContent-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html\n\n{PAGE}\n--B--\n".encode()),),
    "feed": (
        ("a.rss", _items("<category>موسم</category>")),
        ("b.atom", f"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='ur'><title>اخبار</title><entry><id>1</id><title type='html'>{c.TITLE}</title><link href='/1'/><updated>2026-01-17T10:00:00Z</updated><content type='xhtml'><div><p>{c.BODY}</p></div></content></entry></feed>".encode()),
    ),
    "wordpress": (("a.wxr", _items("<wp:status>publish</wp:status><wp:post_type>post</wp:post_type><wp:post_id>7</wp:post_id><wp:post_date>2026-01-17 10:00:00</wp:post_date>")),),
    "sitemap": (("sitemap.xml", f"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://x.example/1</loc><news:news><news:publication><news:name>اخبار</news:name><news:language>ur</news:language></news:publication><news:publication_date>2026-01-17</news:publication_date><news:title>{c.TITLE}</news:title></news:news></url></urlset>".encode()),),
    "xml": (("docs.xml", f"<?xml version='1.0'?><docs><doc><docno>1</docno><title>{c.TITLE}</title><text><p>{c.BODY}</p></text></doc></docs>".encode()),),
    "warc": (("a.warc", _WARC), ("b.warc.gz", gzip.compress(_WARC))),
    "wacz": (("a.wacz", c.zipped({"datapackage.json": "{}", "archive/a.warc": _WARC}, zipfile.ZIP_STORED)),),
    "epub": (("a.epub", _EPUB),),
    "docx": (("a.docx", c.docx(c.paragraph(c.TITLE, "Heading1") + c.paragraph(c.BODY), core=_CORE, extra={"word/footnotes.xml": _NOTES})),),
    "odt": (("a.odt", c.odt(f"<text:h>{c.TITLE}</text:h><text:p>{c.BODY}<text:s/><text:note><text:note-body><text:p>حاشیہ</text:p></text:note-body></text:note></text:p>", title=c.TITLE)),),
    "inpage": (
        ("a.inp", c.compound({"InPage300": b"\xff\xff\xff\xff\r\0" + TEXT.encode("utf-16-le")})),
        ("b.inp", c.compound({"InPage100": b"\x04\x81\x04\x84\x04\x20\x04\x8e\x04\x92 PTI\r\x04\x81\x04\xb3\x04\x82\r" * 200})),
    ),
    "rtf": (("a.rtf", b"{\\rtf1\\ansi\\ansicpg1256{\\info{\\title Headline}} Headline\\par \\u1587?\\u1610? \\'c8\\'c7 body\\par}"),),
    "spreadsheet": (("a.xlsx", c.xlsx({"A": [["title", "text", "date"], [c.TITLE, c.BODY, "2026-01-17"]]})),),
    "pdf": (("a.pdf", c.pdf([f"{c.TITLE}\n{c.BODY}\n1", f"{c.SECOND}\n2"])),),
    "zip": (("a.zip", c.zipped({"a.txt": TEXT, "دو/b.html": PAGE}, zipfile.ZIP_STORED)),),
    "tar": (("a.tar", _tar("w")), ("b.tar.gz", _tar("w:gz"))),
    "7z": (("a.7z", _seven()),),
    "compressed": (
        ("a.xz", lzma.compress(TEXT.encode())),
        ("b.txt.gz", gzip.compress(TEXT.encode())),
        ("c.txt.zst", zstandard.compress(TEXT.encode())),
        ("d.csv.bz2", bz2.compress(f"title,body\n{c.TITLE},{c.BODY}\n".encode())),
    ),
}  # fmt: skip
"""Files by the name of their format in the registry. Pictures have no text of their own."""
