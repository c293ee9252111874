"""RSS, RDF and Atom, by feedparser: an entry is an article."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import feedparser

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.xml.markup import markup_text
from index.readers.records import Note, Record

_PLAIN = "text/plain"


def read_feed(content: Content, config: ReaderConfig) -> Iterator[Record | Note]:
    """Read a feed. The whole text of an entry is taken before its summary."""
    found = feedparser.parse(
        io.BytesIO(content.read(config)), sanitize_html=False, resolve_relative_uris=False
    )
    if not found.entries:
        raise InputError("a feed without entries")
    if found.bozo and not isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride):
        yield Note(f"a damaged feed, read as far as it goes ({found.bozo_exception})")
    for number, entry in enumerate(found.entries, 1):
        yield Record(number, _fields(entry, found.feed))


def _fields(entry: Any, feed: Any) -> dict[str, Any]:
    texts = [*entry.get("content", ()), *filter(None, [entry.get("summary_detail")])]
    bodies = [
        each.value if each.get("type") == _PLAIN else markup_text(each.value) for each in texts
    ]
    fields = {
        "title": markup_text(entry.get("title", "")),
        "body": max(bodies, key=len, default=""),
        "date": entry.get("published") or entry.get("created") or entry.get("updated"),
        "url": entry.get("link"),
        "source": entry.get("source", {}).get("title") or feed.get("title"),
        "author": entry.get("author"),
        "tags": [tag.term for tag in entry.get("tags", ()) if tag.get("term")],
        "lang": feed.get("language"),
        "id": entry.get("id"),
    }
    if entry.get("updated") and entry.get("updated") != fields["date"]:
        fields["modified"] = entry.updated
    return {name: value for name, value in fields.items() if value}
