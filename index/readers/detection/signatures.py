"""What a file is by its first bytes: magic numbers, the root of an XML file, the headers of a mail."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import BinaryIO

from index.errors import InputError
from index.readers.content import Content

HEAD = 4096
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"WARC/", "warc"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ\x00", "compressed"),
    (b"\x28\xb5\x2f\xfd", "compressed"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_END_BYTES = 65_535 + 22  # of the comment and the record that end a ZIP
_DIRECTORY_BYTES = 20 * 1024 * 1024  # 200,000 members; each weighs ten times as much when read
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_DIRECTORY = 4 * 1024 * 1024
_IN_ZIP = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "spreadsheet"),
    ("xl/workbook.bin", "spreadsheet"),
    ("META-INF/container.xml", "epub"),
    ("datapackage.json", "wacz"),
)
_MIMETYPES = (
    (b"application/epub+zip", "epub"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "spreadsheet"),
)
_ROOTS = {
    "rss": "feed",
    "feed": "feed",
    "rdf:rdf": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
    "html": "html",
}
_PROLOG = re.compile(
    rb"(?:\s+|<\?[^>]*\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.S | re.I
)
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]*)")
_HTML = re.compile(rb"(?:<!--.*?-->\s*)*<(?:!doctype html|html|head)\b", re.S | re.I)
_HEADER = re.compile(
    rb"^(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Delivered-To|Content-Type"
    rb"|Snapshot-Content-Location)[ \t]*:",
    re.M | re.I,
)
_SENT = re.compile(rb"^(?:To|Received|Return-Path|Message-ID|Delivered-To)[ \t]*:", re.M | re.I)
"""What a mail has and a page that a browser saved has not: mails have pictures in them, too."""
_MBOX = re.compile(rb"From \S[^\r\n]*\d{4}\s*\r?\n[\w-]+:")


def format_name(content: Content) -> str:
    """The name of a format in `index.readers.detection.registry`; "" for what says nothing.

    Raises OSError; InputError for an old Office document that no reader knows.
    """
    head = content.head(HEAD)
    if head.startswith(_ZIP):
        return _in_zip(content)
    if head.startswith(_OLE):
        return _in_ole(content)
    if head.startswith(b"\x1f\x8b"):
        return _packed_kind(head)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[257:262] == b"ustar":
        return "tar"
    return _in_text(head.lstrip(b"\xef\xbb\xbf \t\r\n"))


def _in_text(head: bytes) -> str:
    if head.startswith((b'{"', b"[{")):
        return "json lines"
    if head.startswith(b"<"):
        return _in_markup(head)
    if _MBOX.match(head):
        return "mailbox"
    headers = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    if len(names := _HEADER.findall(headers)) >= 2 and headers[:1].isalpha():
        known = b" ".join(names).lower()
        is_page = b"snapshot-content-location" in known or (
            b"multipart/related" in headers.lower() and not _SENT.search(headers)
        )
        begins = _HEADER.match(headers) or re.match(rb"[\w-]+:", headers)
        return ("mhtml" if is_page else "mail") if begins else ""
    return ""


def _in_markup(head: bytes) -> str:
    if _HTML.match(head):
        return "html"
    prolog = _PROLOG.match(head)
    root = _ROOT.match(head, prolog.end() if prolog else 0)
    name = root[1].decode("ascii").lower() if root else ""
    if name == "rss" and b"wordpress.org/export/" in head:
        return "wordpress"
    if name in _ROOTS:
        return _ROOTS[name]
    return "xml" if head[:5].lower() == b"<?xml" else ""


def _in_zip(content: Content) -> str:
    """What a ZIP holds: office files and books are ZIPs, too. A damaged one is left to its name."""
    try:
        with content.open_raw() as file, open_zip(_seekable(file)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < HEAD:
                mimetype = archive.read("mimetype").strip()
                for known, name in _MIMETYPES:
                    if mimetype.startswith(known):
                        return name
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, zlib.error):
        return ""
    return next((name for part, name in _IN_ZIP if part in names), "zip")


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open a ZIP for reading. Raises InputError for a list of members that would fill the memory, and
    what zipfile raises for damage."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_BYTES))
    end = file.read()
    at = end.rfind(b"PK\x05\x06")
    if at >= 0 and int.from_bytes(end[at + 12 : at + 16], "little") > _DIRECTORY_BYTES:
        raise InputError("an archive of too many files.", hint="Split it.")
    file.seek(0)
    return zipfile.ZipFile(file)


def _seekable(file: BinaryIO) -> BinaryIO:
    return file if file.seekable() else io.BytesIO(file.read())


def _in_ole(content: Content) -> str:
    """What an OLE file holds, by the names of its streams."""
    with content.open_raw() as file:
        raw = file.read(_OLE_DIRECTORY)
    for stream, name in (
        ("Workbook", "spreadsheet"),
        ("Book", "spreadsheet"),
        ("InPage", "inpage"),
    ):
        if stream.encode("utf-16-le") in raw:
            return name
    if "WordDocument".encode("utf-16-le") in raw:
        raise InputError("an old Word document (.doc).", hint="Save it as .docx.")
    if "EncryptedPackage".encode("utf-16-le") in raw:
        raise InputError("encrypted.", hint="Save it without its password.")
    if content.name.lower().endswith(".inp"):
        return "inpage"  # a damaged one: its reader says so
    raise InputError("an old Office document.", hint="Save it as .docx, .xlsx or PDF.")


def _packed_kind(head: bytes) -> str:
    """What gzip holds, as far as its first bytes tell."""
    try:
        inner = zlib.decompressobj(wbits=31).decompress(head, HEAD)
    except zlib.error:
        return "compressed"
    if inner.startswith(b"WARC/"):
        return "warc"
    return "tar" if inner[257:262] == b"ustar" else "compressed"
