"""Tables: comma, semicolon, tab or bar between the cells, names of the columns in the first row, or below
a title, or nowhere.

Rows are read one by one, whatever the size of the file. A row is read as RFC 4180 has it; where that
fails, with quotation marks escaped by backslashes, and then with stray quotation marks as text.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from index.errors import InputError
from index.readers.columns.names import field_of
from index.readers.columns.shapes import nested, record
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.dates import parse_date
from index.readers.decoding import Decoded, Lines
from index.readers.guessing import header_below, is_data, is_header, with_guessed_columns
from index.readers.plain_text import scrub
from index.readers.records import BadRecord, Note, Record

_DELIMITERS = ",;\t|"
_EXCEL_HINT = re.compile(r"sep=(.)\n", re.I)
_FIELD_LIMIT = 2**31 - 1  # csv's own limit of 131,072 is less than a long article
_NEVER_CLOSED = "a quotation mark in this row is never closed"
_LEAST_ROW = 65_536
_FIRST_LINES = 12
"""In which the names of the columns are looked for."""
_ADDRESS = re.compile(r"\s*(?:https?://|www\.)\S+\s*", re.I)

_Items = Iterator[Record | BadRecord | Note]


def read_csv(content: Content, config: ReaderConfig) -> _Items:
    """Read a table, one article a row."""
    csv.field_size_limit(_FIELD_LIMIT)
    with content.open(config) as stream:
        rows = _Rows(Lines(stream, config.max_record_chars), config)
        named = not rows.nameless and is_header(rows.header, config)
        yield from with_guessed_columns(
            _records(rows, config),
            config,
            None if named else _no_text(rows.header),
            nameless=rows.nameless,
        )


def _records(rows: _Rows, config: ReaderConfig) -> _Items:
    header = rows.header
    for number, row in enumerate(rows, 1):
        yield from rows.notes(number)
        if isinstance(row, str):
            yield BadRecord(number, row)
            continue
        if len(row) > len(header) > 1:
            row, note = _with_own_commas(header, row, rows.delimiter, config)
            yield Note(note, number, example=rows.delimiter.join(row)[:60])
        yield Record(number, record(_fields(header, row, rows.delimiter)))


def _no_text(header: list[str]) -> InputError:
    shown = ", ".join(name[:40] for name in header[:12]) or "none"
    return InputError(
        f"no column of the header is a title or a text (columns: {shown}).",
        hint="Name one of them title or body, or say which is which in a mapping file.",
    )


def _fields(header: list[str], row: list[str], delimiter: str) -> Mapping[str, Any]:
    """Put cells under their names. Of two columns of one name the first that is filled counts."""
    if len(header) == 1:
        row = [delimiter.join(row)]  # a bare list of texts: commas are commas
    fields: dict[str, Any] = {}
    for position, cell in enumerate(row):
        name = header[position] if position < len(header) else ""
        name = name or f"column {position + 1}"
        if cell.strip() and not fields.get(name):
            fields[name] = cell
    return nested(fields)


def _with_own_commas(
    header: list[str], row: list[str], delimiter: str, config: ReaderConfig
) -> tuple[list[str], str]:
    """Put cells together that a comma of the text has parted, if it is plain which; and what was done.

    A comma of a text has a blank behind it; else, the cells that must be a date, an address or a
    number tell where the others begin and end.
    """
    fields = [field_of(name, config.columns) for name in header]
    joined: list[str] = row[:1]
    for cell in row[1:]:
        if cell[:1].isspace():
            joined[-1] += delimiter + cell
        else:
            joined.append(cell)
    if len(joined) == len(header) and _fits(fields, joined, config):
        return joined, "a text with commas that are not quoted was put together"
    more = len(row) - len(header)
    found = []
    for at, field in enumerate(fields):
        if field in ("title", "body", ""):
            cells = [*row[:at], delimiter.join(row[at : at + more + 1]), *row[at + more + 1 :]]
            if _fits(fields, cells, config):
                found.append((field, cells))
    bodies = [cells for field, cells in found if field == "body"]
    if len(found) == 1 and _are_typed(fields):
        return found[0][1], "a text with commas that are not quoted was put together"
    if len(bodies) == 1 and _are_typed(fields[fields.index("body") + 1 :]):
        return bodies[0], "a text with commas that are not quoted was put together"
    return row, "more cells than there are columns: those behind the last are kept as they are"


def _are_typed(fields: list[str]) -> bool:
    return not {"date", "url"}.isdisjoint(fields)


def _fits(fields: list[str], cells: list[str], config: ReaderConfig) -> bool:
    """Whether the cells under dates and addresses are some, or empty."""
    for field, cell in zip(fields, cells, strict=True):
        if not cell.strip():
            continue
        if field == "date" and not parse_date(cell, config.timezone):
            return False
        if field == "url" and not _ADDRESS.fullmatch(cell):
            return False
    return True


class _Line(NamedTuple):
    """A line with its end, what is to be said of it, and why it cannot be read."""

    text: str
    notes: list[Note]
    problem: str


class _Rows(Iterator["list[str] | str"]):
    """The rows of a table below its header, each a list of cells or why it is none. `nameless` says that
    there is no header: its first row is one like the others."""

    def __init__(self, lines: Lines, config: ReaderConfig) -> None:
        self._source = lines
        self._config = config
        self._ahead: deque[str] = deque()
        self._notes: list[Note] = []
        self._problem = ""
        self._most = config.max_row_chars
        self._escaped = False
        self.delimiter = ""
        self.header: list[str] = []
        self._first: list[list[str]] = []
        self._looked_at: deque[_Line] = deque()
        looked_at = list(islice(self._with_notes(), _FIRST_LINES))
        if looked_at and (hint := _EXCEL_HINT.fullmatch(looked_at[0].text)):
            self.delimiter = hint[1]
            del looked_at[0]
        filled = [place for place, line in enumerate(looked_at) if line.text.strip()]
        texts = [looked_at[place].text for place in filled]
        sniffed = [_cells(text, self.delimiter or _sniff([text], config)) for text in texts]
        place = header_below(sniffed, config)
        self.nameless = place == 0 and bool(sniffed) and is_data(sniffed[0])
        if place:
            above = " ".join(map(str.strip, texts[:place]))
            self._notes.append(Note("lines above the names of the columns", example=above[:60]))
            del looked_at[: filled[place]], texts[:place]
        self._looked_at.extend(looked_at)
        self.delimiter = self.delimiter or _sniff(texts if self.nameless else texts[:1], config)
        found = next(self, [])
        if isinstance(found, str):
            raise InputError(found)
        self.header = [cell.strip() for cell in found]
        if self.nameless:
            self.header = [f"column {place}" for place in range(1, len(found) + 1)]
            self._first.append(found)

    def _with_notes(self) -> Iterator[_Line]:
        """The lines from the first with anything on it, and what is to be said of each in its row."""
        begun = False
        while line := self._line():
            begun = begun or bool(line.strip() or self._problem)
            if begun:
                yield _Line(line, self._notes, self._problem)
                self._notes, self._problem = [], ""

    def notes(self, number: int) -> Iterator[Note]:
        """What is to be said of the lines that were read since it was last asked."""
        for note in self._notes:
            yield Note(note.reason, number, note.kind, note.amount, note.example)
        self._notes.clear()

    def _line(self) -> str:
        """The next line with its end; "" when there is none."""
        if self._ahead:
            return self._ahead.popleft()
        if self._looked_at:
            line = self._looked_at.popleft()
            self._notes += line.notes
            self._problem = line.problem
            return line.text
        found = next(self._source, None)
        if found is None:
            return ""
        if self._source.problem:
            self._problem = f"line {self._source.number:,}: {self._source.problem.message}"
        return self._noted(found)

    def _noted(self, found: Decoded) -> str:
        if found.lost or found.encoding:
            self._notes += found.notes()
        text = scrub(f"{found.text}\n", keep_c1=True)
        first, _, rest = text.partition("\n")
        if rest:  # line ends of old Macs
            self._ahead.extend(f"{line}\n" for line in rest[:-1].split("\n"))
        return f"{first}\n"

    def __next__(self) -> list[str] | str:
        if self._first:
            return self._first.pop()
        while line := self._line():
            if self._problem:
                problem, self._problem = self._problem, ""
                return problem
            if '"' not in line:
                row: list[str] | str = line[:-1].split(self.delimiter)
            else:
                row = self._quoted(line)
            if isinstance(row, str) or any(cell.strip() for cell in row):
                return row
        raise StopIteration

    def _quoted(self, first: str) -> list[str] | str:
        """A row with quotation marks, which may go on over lines."""
        row, lines = self._read(first, escaped=self._escaped)
        is_odd = row is None or (self.header and len(row) != len(self.header))
        if is_odd and any('\\"' in line for line in lines):
            self._give_back(lines)
            other, others = self._read(self._line(), escaped=not self._escaped)
            if other is not None and (row is None or len(other) == len(self.header)):
                self._escaped = not self._escaped
                return other
            self._give_back(others)
            row, lines = self._read(self._line(), escaped=self._escaped)
        if row is not None:
            return row
        self._give_back(lines[1:])
        try:
            cells = next(csv.reader([lines[0]], delimiter=self.delimiter), [])
        except csv.Error as error:
            return f"not a row of a table: {error}"
        is_open = cells and cells[-1].endswith("\n")
        return _NEVER_CLOSED if is_open else cells

    def _give_back(self, lines: list[str]) -> None:
        self._ahead.extendleft(reversed(lines))

    def _read(self, first: str, *, escaped: bool) -> tuple[list[str] | None, list[str]]:
        """A row by the rules, and the lines that were taken for it; None if they are not kept.

        A quotation mark that nobody closes would take in the whole file: the longer such rows there
        were, the less is tried.
        """
        taken: list[str] = []
        exhausted = False

        def feed() -> Iterator[str]:
            nonlocal exhausted
            line, size = first, 0
            while line and size <= self._most:
                taken.append(line)
                size += len(line)
                yield line
                line = self._line()
            if line:
                self._ahead.appendleft(line)
                self._most = max(self._most // 2, _LEAST_ROW)
            exhausted = True

        escape = "\\" if escaped else None
        reader = csv.reader(feed(), delimiter=self.delimiter, strict=True, escapechar=escape)
        try:
            row = next(reader)
        except (csv.Error, StopIteration):
            return None, taken
        return (None if exhausted else row), taken


def _sniff(first: list[str], config: ReaderConfig) -> str:
    """Choose the delimiter that makes most sense of the header; rows of prose would mislead. Where there
    is none, the one that parts the first lines alike."""

    def sense(delimiter: str) -> tuple[int, bool, int]:
        cells = [_cells(line, delimiter) for line in first] or [[]]
        known = {field_of(cell, config.columns) for cell in cells[0]} - {""}
        alike = len(cells) > 1 and len(set(map(len, cells))) == 1 < len(cells[0])
        return len(known), alike, len(cells[0])

    return max(_DELIMITERS, key=sense)


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])
