"""Web archives (WARC), by warcio: every page that was answered with 200, at its own address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from email.message import Message
from typing import Any

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from index.errors import InputError
from index.readers.config import MEGABYTE, ReaderConfig
from index.readers.content import Content
from index.readers.formats.web.charsets import as_utf8
from index.readers.pages.addresses import parts_of
from index.readers.records import BadRecord, Member, Note

_PAGES = ("text/html", "application/xhtml+xml")
_DOCUMENTS = (
    "application/pdf",
    "application/epub+zip",
    "application/rss+xml",
    "application/atom+xml",
)
_OK = "200"
_CHUNK = 65_536


def read_warc(content: Content, config: ReaderConfig) -> Iterator[Member | BadRecord | Note]:
    """Read an archive of any size, a record at a time; what was cut off at its end costs only itself."""
    seen: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    number = 0
    with content.open_raw() as file:
        try:
            for record in ArchiveIterator(file, check_digests=False):
                number += 1
                reason = _why_not(record)
                if reason:
                    left_out[reason] += 1
                else:
                    yield from _page(record, number, seen, config)
        except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
            if not number:
                raise InputError(f"no web archive that can be read: {error}") from None
            yield Note(f"damaged or cut off after record {number:,}: {error}")
    if not number:
        raise InputError("a web archive without records")
    if left_out:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in left_out.most_common())
        yield Note(f"records that are no pages: {counts}")


def _why_not(record: Any) -> str:
    """Why a record is no page; "" for one that is."""
    if record.rec_type not in ("response", "resource"):
        return str(record.rec_type)
    if record.rec_type == "response" and (
        record.http_headers is None or record.http_headers.get_statuscode() != _OK
    ):
        return "not answered with 200"
    media_type = _content_type(record).get_content_type()
    return "" if media_type in (*_PAGES, *_DOCUMENTS) else media_type


def _page(
    record: Any, number: int, seen: Counter[str], config: ReaderConfig
) -> Iterator[Member | BadRecord | Note]:
    """The page of a record, its transfer and content encodings undone."""
    limit = config.max_file_bytes
    address = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    raw, problem = _body(record, limit)
    if len(raw) > limit:
        yield BadRecord(number, f"{address}: larger than {limit // MEGABYTE:,} MB")
        return
    if not raw:
        yield BadRecord(number, f"{address}: {problem or 'empty'}")
        return
    declared = record.rec_headers.get_header("Content-Length") or ""
    if problem or (declared.isdigit() and record.raw_stream.limit > 0):
        yield Note(f"{address}: {problem or 'cut off'}", number)
    about = _content_type(record)
    media_type = about.get_content_type()
    if media_type in _PAGES:
        raw = as_utf8(raw, about.get_content_charset() or "")
    seen[address] += 1
    name = address or f"record {number}"
    name = name if seen[address] == 1 else f"{name}#{seen[address]}"
    fields = {"url": address if parts_of(address).scheme in ("http", "https") else ""}
    fields["captured"] = record.rec_headers.get_header("WARC-Date") or ""
    yield Member(
        Content.of_bytes(name, raw, media_type),
        {key: value for key, value in fields.items() if value},
    )


def _body(record: Any, limit: int) -> tuple[bytes, str]:
    """The body of an answer, decoded, up to one byte above a limit, and what is wrong with it."""
    pieces: list[bytes] = []
    left = limit + 1
    try:
        for piece in _decoded(record):
            pieces.append(piece[:left])
            left -= len(pieces[-1])
            if not left:
                break
    except Exception as error:  # one page's damaged encoding, in whatever words its library has
        return b"".join(pieces), f"cut off or damaged: {error}"
    return b"".join(pieces), ""


def _decoded(record: Any) -> Iterator[bytes]:
    """The pieces of a body, its transfer and content encodings undone."""
    headers = record.http_headers
    by_brotli = headers and (headers.get_header("Content-Encoding") or "").strip().lower() == "br"
    if by_brotli:  # warcio asks for what newer versions of brotli do not have
        headers.remove_header("Content-Encoding")
    stream = record.content_stream()
    decoder = brotli.Decompressor()
    while piece := stream.read(_CHUNK):
        if not by_brotli:
            yield piece
            continue
        yield decoder.process(piece, output_buffer_limit=MEGABYTE)
        while not decoder.can_accept_more_data():
            yield decoder.process(b"", output_buffer_limit=MEGABYTE)


def _content_type(record: Any) -> Message:
    headers = record.http_headers or record.rec_headers
    message = Message()
    message["Content-Type"] = str(headers.get_header("Content-Type") or "").replace("\n", " ")
    return message
