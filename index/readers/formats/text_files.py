"""Plain text: an optional `date` line or labelled lines, a headline, the article; or several of these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.dates import fold, parse_date
from index.readers.decoding import decoded
from index.readers.formats.chats import messages
from index.readers.noise.labels import labelled_head
from index.readers.noise.stories import split
from index.readers.plain_text import scrub
from index.readers.records import BadRecord, Note, Record

_DATE_WORD = re.compile(r"\s*(?:date|تاریخ)\b\s*[:=]?[ \t]*", re.I)
_ISO_START = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?!\d)")
_MAX_DATE_LINE = 40
_MAX_LABELLED = 80  # two calendars and a day of the week


def read_text(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord | Note]:
    """Read a text file as one article, as the stories it holds, or as the messages of a chat."""
    file = decoded(content.read(config))
    yield from file.notes()
    text = scrub(file.text, keep_c1=True).lstrip("\n")
    if chat := messages(text):
        yield from chat
        return
    first, *others = (_fields(story) for story in split(text))
    yield Record(0, first, headline_inside=True, stories=tuple(others))


def _fields(text: str) -> dict[str, Any]:
    labels, body = labelled_head(text)
    if labels:
        return {**labels, "body": body}
    written, body = _take_date(text)
    return {"body": body, "date": written} if written else {"body": body}


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
    longest = _MAX_LABELLED if word[0].rstrip().endswith((":", "=")) else _MAX_DATE_LINE
    if len(after) <= longest and parse_date(after):
        return after.strip(), rest
    return "", text
