"""RSS, RDF and Atom, by feedparser: an entry is an article."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import feedparser

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import Decoded, decoded
from index.readers.formats.xml.markup import markup_text
from index.readers.pages.addresses import joined
from index.readers.records import Note, Record

_PLAIN = "text/plain"
_OTHER_ENCODING = re.compile(rb"""\s*<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8["'])""", re.I)
_HEAD = 200
_FOOTER = 60  # letters beside title and name: "The post ... appeared first on ...", in any language


def read_feed(content: Content, config: ReaderConfig) -> Iterator[Record | Note]:
    """Read a feed. The whole text of an entry is taken before its summary."""
    raw = content.read(config)
    whole = mended(raw)
    if whole:
        yield from whole.notes()
        raw = whole.text.encode()
    found = feedparser.parse(io.BytesIO(raw), sanitize_html=False, resolve_relative_uris=False)
    if not found.entries:
        raise InputError("a feed without entries")
    if found.bozo and not isinstance(found.bozo_exception, feedparser.CharacterEncodingOverride):
        yield Note(f"a damaged feed, read as far as it goes ({found.bozo_exception})")
    left_out: Counter[str] = Counter()
    for number, entry in enumerate(found.entries, 1):
        if (kind := _kind(entry)) not in ("post", "page"):
            left_out[kind] += 1
            continue
        fields = _fields(entry, found.feed)
        footer = _footer(fields)
        if footer:
            fields["body"] = fields["body"].removesuffix(footer).rstrip()
            yield Note("footers of the feed", number, "cut", len(footer), footer)
        yield Record(number, fields)
    if left_out:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in left_out.most_common())
        yield Note(f"left out, as no published articles: {counts}")


def _kind(entry: Any) -> str:
    """What an entry of a blog's export is: a post, or a comment, a template, the settings."""
    kinds = (tag.get("term") or "" for tag in entry.get("tags", ()) if _is_kind(tag))
    return next(kinds, "post").rpartition("#")[2]


def _is_kind(tag: Any) -> bool:
    return bool((tag.get("scheme") or "").endswith("#kind"))


def mended(raw: bytes) -> Decoded | None:
    """The text of a feed that calls itself UTF-8 and is not; None for one that is as it says.

    For one bad byte feedparser would read all of it as windows-1252.
    """
    if _OTHER_ENCODING.match(raw) or b"\x00" in raw[:_HEAD]:
        return None
    whole = decoded(raw)
    return whole if whole.encoding or whole.lost else None


def _footer(fields: dict[str, Any]) -> str:
    """The line that blogs put below each text of their feed, with the article's title and their name."""
    last = fields.get("body", "").rpartition("\n\n")[2]
    named = [fields.get("title", ""), fields.get("source", "")]
    if not all(named) or not all(name in last for name in named):
        return ""
    return last if len(last) <= sum(map(len, named)) + _FOOTER else ""


def _fields(entry: Any, feed: Any) -> dict[str, Any]:
    texts = [*entry.get("content", ()), *filter(None, [entry.get("summary_detail")])]
    bodies = [
        each.value if each.get("type") == _PLAIN else markup_text(each.value) for each in texts
    ]
    fields = {
        "title": markup_text(entry.get("title", "")),
        "body": max(bodies, key=len, default=""),
        "date": entry.get("published") or entry.get("created") or entry.get("updated"),
        "url": joined(feed.get("link") or "", entry.get("link") or ""),
        "source": entry.get("source", {}).get("title") or feed.get("title"),
        "author": entry.get("author"),
        "tags": [
            tag.term for tag in entry.get("tags", ()) if tag.get("term") and not _is_kind(tag)
        ],
        "lang": feed.get("language"),
        "id": entry.get("id"),
    }
    if entry.get("updated") and entry.get("updated") != fields["date"]:
        fields["modified"] = entry.updated
    return {name: value for name, value in fields.items() if value}
