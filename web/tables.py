"""Hits as rows: CSV for spreadsheet programs, JSON Lines for all others."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from search.models import Hit
from web import present

COLUMNS = ("id", "title", "lang", "date", "source", "url", "tags", "score", "snippet")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TAGS = "; "


def as_csv(hits: Iterable[Hit]) -> bytes:
    """RFC 4180 with a byte order mark, by which spreadsheet programs know UTF-8.

    A text that such a program would run as a formula gets an apostrophe before it, as OWASP ("CSV
    Injection") advises: articles are strangers' texts.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for hit in hits:
        row = {**_row(hit), "tags": _TAGS.join(hit.tags)}
        writer.writerow(_harmless(value) for value in row.values())
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def as_jsonl(hits: Iterable[Hit]) -> bytes:
    """One JSON object a line, texts as they are."""
    return b"".join(present.encode(_row(hit)) for hit in hits)


def _row(hit: Hit) -> dict[str, object]:
    """The cells of a hit, in the order of `COLUMNS`."""
    return {
        "id": hit.id,
        "title": hit.title,
        "lang": hit.lang,
        "date": hit.date.isoformat() if hit.date else None,
        "source": hit.source,
        "url": hit.url,
        "tags": list(hit.tags),
        "score": hit.score,
        "snippet": hit.snippet.text,
    }


def _harmless(value: object) -> object:
    """A cell that no spreadsheet program takes for a formula, and no reader for a broken row."""
    if not isinstance(value, str):
        return value
    value = value.replace("\0", "")
    return f"'{value}" if value.startswith(_FORMULA) else value
