"""MHTML: a page as a browser saved it, with its pictures, in the shape of a mail."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.html_files import read_html
from index.readers.formats.web.charsets import as_utf8
from index.readers.records import BadRecord, Member, Note, Record

_PAGES = ("text/html", "application/xhtml+xml")


def read_mhtml(
    content: Content, config: ReaderConfig
) -> Iterator[Record | BadRecord | Member | Note]:
    """Read a saved page; frames, pictures and styles that were saved with it are not read."""
    message = email.message_from_bytes(content.read(config), policy=email.policy.compat32)
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    if not pages:
        raise InputError("no page in it")
    address = _address(message.get("Snapshot-Content-Location"))
    page = _root(message, pages, address)
    address = address or _address(page.get("Content-Location"))
    about = {"url": address, "captured": str(message.get("Date") or "")}
    raw = page.get_payload(decode=True)
    if not isinstance(raw, bytes):
        raise InputError("no page in it")
    raw = as_utf8(raw, str(page.get_content_charset() or ""))
    fields = {name: value for name, value in about.items() if value}
    for item in read_html(Content.of_bytes("page.html", raw), config):
        if isinstance(item, Record):
            item = replace(item, fields={**fields, **item.fields})
        yield item


def _root(message: Message, pages: list[Message], address: str) -> Message:
    """The page itself: the part that its headers name, else the first."""
    start = str(message.get_param("start") or "")
    for part in pages:
        if start and str(part.get("Content-ID") or "") == start:
            return part
    for part in pages:
        if address and _address(part.get("Content-Location")) == address:
            return part
    return pages[0]


def _address(value: object) -> str:
    text = str(value or "").strip()
    return text if text.lower().startswith(("http://", "https://")) else ""
