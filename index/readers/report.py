"""What a report says of each file that was read: so that nothing is lost without a word."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from index.documents import NOTED, Document, Skipped
from index.readers.fields import Used, json_ready
from index.readers.plain_text import one_line, scrub
from index.readers.records import Note

_MAX_COLUMNS = 200
"""Columns that are told apart; objects whose keys are data have any number."""
_EXAMPLE = 80
_ALSO_IN_TEXT = ("title", "date", "source")
"""The fields that may be found in an article's text, where no column has them."""


@dataclass(frozen=True)
class ColumnReport:
    """A column of a file: the field of an article that it was taken for ("" for none), in how many
    articles it is filled, and its first value, cut. Its name is "" for what the text itself says of a field."""

    name: str
    field: str
    filled: int
    example: str


@dataclass(frozen=True)
class NoteReport:
    """Something that is to be known of articles that were read: how many there are, the record number of
    the first (0 for the file as a whole) and what it says."""

    reason: str
    count: int = 1
    first: int = 0
    example: str = ""


@dataclass(frozen=True)
class FileReport:
    """What was understood of a file.

    `articles` were read, `skipped` could not be. `without_body` have a title alone; `undated` have no date,
    `dates_not_understood` of them one that could not be read or cannot be. `unused` are the columns that
    are kept with an article and searched by nobody; `columns` are all. `encoding` is what was guessed, ""
    for UTF-8; `repaired` are letters that could not be read. `cut` is how many characters were left out,
    by rule. `first` and `last` are the earliest and the latest date.
    """

    path: str
    articles: int = 0
    skipped: int = 0
    without_body: int = 0
    undated: int = 0
    dates_not_understood: int = 0
    first: date | None = None
    last: date | None = None
    languages: Mapping[str, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    columns: tuple[ColumnReport, ...] = ()
    encoding: str = ""
    repaired: int = 0
    cut: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[NoteReport, ...] = ()


@dataclass(frozen=True)
class ReadingReport:
    """What was read without making an index of it: by `index check`, or where `error` was in the way."""

    files: tuple[FileReport, ...]
    skipped: tuple[Skipped, ...]
    error: str = ""


Listener = Callable[[FileReport], None]


def unheard(report: FileReport) -> None:
    """For those who do not ask."""


@dataclass
class FileCount:
    """Counts for the report of one file while it is read; memory holds its columns, not its articles."""

    path: str
    _counts: Counter[str] = field(default_factory=Counter)
    _languages: Counter[str] = field(default_factory=Counter)
    _cut: Counter[str] = field(default_factory=Counter)
    _columns: dict[str, ColumnReport] = field(default_factory=dict)
    _notes: dict[str, NoteReport] = field(default_factory=dict)
    _of_values: set[str] = field(default_factory=set)
    _encoding: str = ""
    _first: date | None = None
    _last: date | None = None

    def read(self, document: Document, used: Used, fields: Mapping[str, Any], number: int) -> None:
        """Count an article, made of `fields`."""
        counts = self._counts
        counts["articles"] += 1
        counts["without_body"] += not document.body
        self._languages[document.lang] += 1
        if document.date is None:
            counts["undated"] += 1
        else:
            self._first = min(self._first or document.date, document.date)
            self._last = max(self._last or document.date, document.date)
        inner = [name for name in used.columns if "." in name]
        for name, value in fields.items():
            if not any(each.startswith(f"{name}.") for each in inner):
                self._see(str(name), value, used.columns)
        for name in used.columns.keys() - fields.keys():  # in objects that are part of the record
            self._see(name, _at(fields, name), used.columns)
        for field_name in _ALSO_IN_TEXT:
            value = getattr(document, field_name)
            if value and not used.values.get(field_name):
                self._fill("", field_name, str(value))
        for note in used.notes:
            self.note(note, number)
            self._of_values.add(note.reason)

    def _see(self, name: str, value: Any, fields: Mapping[str, str]) -> None:
        if value not in (None, "", [], {}):
            self._fill(name, fields.get(name, ""), value)

    def _fill(self, name: str, meant: str, value: Any) -> None:
        key = name or f"\n{meant}"  # several fields may be found in a text
        there = self._columns.get(key)
        if there is not None:
            meant = there.field or meant
            self._columns[key] = ColumnReport(name, meant, there.filled + 1, there.example)
        elif len(self._columns) < _MAX_COLUMNS:
            self._columns[key] = ColumnReport(name, meant, 1, _example(value))

    def skip(self) -> None:
        """Count a record that could not be read."""
        self._counts["skipped"] += 1

    def note(self, note: Note, number: int = 0) -> None:
        """Take down a note, with those that say the same."""
        if note.kind == "encoding":
            self._encoding = self._encoding or note.example or note.reason
        elif note.kind == "repaired":
            self._counts["repaired"] += note.amount
        elif note.kind == "date":
            self._counts["dates_not_understood"] += 1
        elif note.kind == "cut":
            self._cut[note.reason] += note.amount
        there = self._notes.get(note.reason)
        if there is None:
            if len(self._notes) < _MAX_COLUMNS:
                first = note.number or number
                self._notes[note.reason] = NoteReport(note.reason, 1, first, note.example)
            return
        self._notes[note.reason] = NoteReport(
            there.reason, there.count + 1, there.first, there.example
        )

    def notes(self) -> list[Skipped]:
        """What the reader of the file noted, as lines of the list of what was left out."""
        found = []
        for note in self._notes.values():
            if note.reason in self._of_values:
                continue
            times = f" ({note.count:,} times)" if note.count > 1 else ""
            example = f": {note.example}" if note.example else ""
            found.append(Skipped(self.path, f"{note.reason}{times}{example}", NOTED, note.first))
        return found

    def report(self) -> FileReport:
        """The report of what was counted."""
        columns = tuple(self._columns.values())
        return FileReport(
            path=self.path,
            **{name: count for name, count in self._counts.items() if count},
            first=self._first,
            last=self._last,
            languages=dict(self._languages.most_common()),
            unused=tuple(each.name for each in columns if not each.field),
            columns=columns,
            encoding=self._encoding,
            cut=dict(self._cut),
            notes=tuple(self._notes.values()),
        )


def _example(value: Any) -> str:
    value = json_ready(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return one_line(scrub(text[: 4 * _EXAMPLE]))[:_EXAMPLE]


def _at(fields: Mapping[str, Any], name: str) -> Any:
    """The value that a path of names leads to."""
    found: Any = fields
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
