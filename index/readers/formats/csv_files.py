"""Tables: comma, semicolon, tab or bar between the cells, names of the columns in the first row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import decode
from index.readers.fields import field_of
from index.readers.plain_text import scrub
from index.readers.records import BadRecord, Record

_DELIMITERS = ",;\t|"
_EXCEL_HINT = re.compile(r"sep=(.)\n", re.I)
_FIELD_LIMIT = 2**31 - 1  # csv's own limit of 131,072 is less than a long article
_MAX_RESTARTS = 100


def read_csv(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord]:
    """Read a table, one article a row."""
    csv.field_size_limit(_FIELD_LIMIT)
    text = scrub(decode(content.read(config)), keep_c1=True).lstrip("\n")
    delimiter = ""
    if hint := _EXCEL_HINT.match(text):
        delimiter, text = hint[1], text[hint.end() :]
    delimiter = delimiter or _sniff(text)
    rows = _rows(text, delimiter)
    header = _header(next(rows, []))
    for number, row in enumerate(rows, 1):
        if isinstance(row, str):
            yield BadRecord(number, row)
        else:
            yield Record(number, _fields(header, row, delimiter))


def _sniff(text: str) -> str:
    """Choose the delimiter that makes most sense of the header; rows of prose would mislead."""
    first = text[: text.find("\n") if "\n" in text else len(text)]

    def sense(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return len({field_of(cell) for cell in cells} - {""}), len(cells)

    return max(_DELIMITERS, key=sense)


def _header(row: list[str] | str) -> list[str]:
    """Check that the first row names the columns: taken for an article it would be lost."""
    if isinstance(row, str):
        raise InputError(row)
    names = [cell.strip() for cell in row]
    if not {field_of(name) for name in names} & {"title", "body"}:
        shown = ", ".join(name[:40] for name in names[:12]) or "none"
        raise InputError(
            f"no column of the header is a title or a text (columns: {shown}).",
            hint="Name one of them title, body or text.",
        )
    return names


def _fields(header: list[str], row: list[str], delimiter: str) -> dict[str, Any]:
    """Put cells under their names. Of two columns of one name the first that is filled counts."""
    if len(header) == 1:
        row = [delimiter.join(row)]  # a bare list of texts: commas are commas
    fields: dict[str, Any] = {}
    for position, cell in enumerate(row):
        name = header[position] if position < len(header) else ""
        name = name or f"column {position + 1}"
        if cell.strip() and not fields.get(name):
            fields[name] = cell
    return fields


def _rows(text: str, delimiter: str) -> Iterator[list[str] | str]:
    """Yield rows, or why a row is none.

    A quote that nobody closes makes `csv` swallow the rest of the file into one cell. That row is
    reported, and reading starts again on the line after it.
    """
    lines = _Lines(text)
    for _ in range(_MAX_RESTARTS):
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            start = lines.position
            problem = ""
            try:
                row = next(reader, None)
            except csv.Error as error:
                row, problem = [], f"not a row of a table: {error}"
            if row is None:
                return
            if lines.exhausted and not problem:
                problem = "a quotation mark in this row is never closed"
            if problem:
                yield problem
                lines.restart(start)
                next(lines, None)
                break
            if any(cell.strip() for cell in row):
                yield row
    yield "too many rows are damaged: the rest of the file was not read"


class _Lines(Iterator[str]):
    """Lines of a text that can tell whether more were asked for than there are."""

    def __init__(self, text: str) -> None:
        self._file = io.StringIO(text, newline="\n")
        self.position = 0
        self.exhausted = False

    def restart(self, position: int) -> None:
        self._file.seek(position)
        self.position = position
        self.exhausted = False

    def __next__(self) -> str:
        line = self._file.readline()
        if not line:
            self.exhausted = True
            raise StopIteration
        self.position += len(line)
        return line
