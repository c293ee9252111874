"""Exported documents as rows: CSV for spreadsheet programs, JSON Lines for all others.

Both are made piece by piece, while the documents are read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields

from search.models import Exported
from web import present

BODY = "body"
"""The last column, where whole texts were asked for."""

COLUMNS = tuple(each.name for each in fields(Exported) if each.name != BODY)

MEDIA = {"csv": "text/csv", "jsonl": "application/jsonl"}
"""The kinds of table there are, by the end of a file's name."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a formula begins with; the last four are the full-width forms of the first."""

_TAGS = "; "
_PIECE = 64 * 1024
"""About how many bytes are handed on at a time."""


def pieces(kind: str, rows: Iterable[Exported], *, bodies: bool) -> Iterator[bytes]:
    """The bytes of a table of this kind."""
    made = (
        _csv(rows, bodies)
        if kind == "csv"
        else (present.as_json(_row(row, bodies)) for row in rows)
    )
    held = bytearray()
    for piece in made:
        held += piece
        if len(held) >= _PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _csv(rows: Iterable[Exported], bodies: bool) -> Iterator[bytes]:
    """RFC 4180 with a byte order mark, by which spreadsheet programs know UTF-8.

    A text that such a program would run as a formula gets an apostrophe before it, as OWASP ("CSV
    Injection") advises: articles are strangers' texts.
    """
    line = io.StringIO()
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf"
    writer.writerow((*COLUMNS, BODY) if bodies else COLUMNS)
    for row in rows:
        yield _taken(line)
        cells = {**_row(row, bodies), "tags": _TAGS.join(row.tags)}
        writer.writerow(map(_harmless, cells.values()))
    yield _taken(line)


def _taken(line: io.StringIO) -> bytes:
    """What was written since the last time."""
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text.encode("utf-8", "replace")


def _row(row: Exported, bodies: bool) -> dict[str, object]:
    """The cells of a document, in the order of `COLUMNS`, JSON-ready."""
    cells = {name: getattr(row, name) for name in ((*COLUMNS, BODY) if bodies else COLUMNS)}
    day = row.date.isoformat() if row.date else None
    return cells | {"date": day, "copy_of": row.copy_of or None}


def _harmless(value: object) -> object:
    """A cell that no spreadsheet program takes for a formula, and no reader for a broken row."""
    if not isinstance(value, str):
        return value
    value = value.replace("\0", "")
    return f"'{value}" if value.startswith(_FORMULA) else value
