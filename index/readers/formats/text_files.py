"""Plain text: an optional `date` line, a headline, the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.dates import fold, parse_date
from index.readers.decoding import decoded
from index.readers.plain_text import scrub
from index.readers.records import BadRecord, Note, Record

_DATE_WORD = re.compile(r"\s*(?:date|تاریخ)\b\s*[:=]?[ \t]*", re.I)
_ISO_START = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?!\d)")
_MAX_DATE_LINE = 40


def read_text(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord | Note]:
    """Read a text file as one article."""
    file = decoded(content.read(config))
    yield from file.notes()
    written, text = _take_date(scrub(file.text).lstrip("\n"))
    fields: dict[str, Any] = {"body": text}
    if written:
        fields["date"] = written
    yield Record(0, fields, headline_inside=True)


def _take_date(text: str) -> tuple[str, str]:
    """Take `date 2026-01-07` off the start; the headline may follow on the same line.

    >>> _take_date(" date 2026-01-07 Rain in Lahore")
    ('2026-01-07', 'Rain in Lahore')
    """
    first, newline, rest = text.partition("\n")
    word = _DATE_WORD.match(first[:_MAX_DATE_LINE])
    if not word:
        return "", text
    after = first[word.end() :]
    if written := _ISO_START.match(fold(after[:16])):
        remainder = after[written.end() :].lstrip(" \t:|-–—")
        return after[: written.end()], f"{remainder}{newline}{rest}".lstrip("\n")
    if len(after) <= _MAX_DATE_LINE and parse_date(after):
        return after.strip(), rest
    return "", text
