"""Columns whose names say nothing, or that have none, settled by what is in them where that is plain."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from index.errors import InputError
from index.readers.columns.names import field_of, letters
from index.readers.columns.shapes import flat
from index.readers.config import ReaderConfig
from index.readers.dates import parse_date
from index.readers.records import BadRecord, Note, Record
from index.text.language_codes import language_code

_SAMPLE = 50
_BODY_WORDS = 12
"""Words in the middle value of a column of texts, at least."""
_TITLE_WORDS = (3, 25)
_CLEARLY = 2.0
"""Times as many words as the next longest column: else which is the text is not plain."""

_HEADER_WITHIN = 10
"""Rows above the names of the columns, at most: a title, the day of an export."""
_MAX_DATE = 40
_MAX_ID = 64
_ADDRESS = re.compile(r"\s*(?:https?://|www\.)\S+\s*", re.I)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg)(?:\?\S*)?\s*", re.I)

Items = Iterator[Record | BadRecord | Note]


def is_header(names: Sequence[str], config: ReaderConfig) -> bool:
    """Whether a row names columns, among them a title or a text."""
    return bool(_named(names, config) & {"title", "body"}) and not is_data(names)


def _named(names: Sequence[str], config: ReaderConfig) -> set[str]:
    """The fields that columns are named for; of a path, its last name counts."""
    known = {field_of(name, config.columns) for name in names}
    return (known | {field_of(name.rpartition(".")[2]) for name in names if "." in name}) - {""}


def is_data(cells: Sequence[str]) -> bool:
    """Whether a row has what no name of a column has: prose, an address, a day."""
    return any(
        _prose_words(cell) >= _BODY_WORDS or _ADDRESS.fullmatch(cell) or _is_date(cell)
        for cell in cells
    )


def header_below(rows: Sequence[Sequence[str]], config: ReaderConfig) -> int:
    """Which of the first rows names the columns: the first, or one below a title and the like."""
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        if is_header(row, config) and (place == 0 or len(_named(row, config)) > 1):
            return place
    return 0


def with_guessed_columns(
    items: Iterable[Record | BadRecord | Note],
    config: ReaderConfig,
    otherwise: InputError | None = None,
    *,
    nameless: bool = False,
) -> Items:
    """Records with the columns settled that are plainly their texts and titles, if no name says so; of
    `nameless` columns those of other fields, too.

    The first records decide for all. What was settled is said in a note. Where nothing is plain, raises
    `otherwise`, if it is given.
    """
    items = iter(items)
    sample = list(islice(items, _SAMPLE))
    rows = [item.fields for item in sample if isinstance(item, Record)]
    columns = guess(rows, config)
    if nameless and columns:
        columns |= _by_kind(rows, columns)
    if otherwise and not columns:
        raise otherwise
    for name, field in columns.items():
        yield Note(f"the column {name!r} was taken for the {field}, by what is in it")
    by_letters = {letters(name): field for name, field in columns.items()}
    for item in chain(sample, items):
        yield replace(item, columns=by_letters) if by_letters and isinstance(item, Record) else item


def guess(rows: list[Mapping[str, Any]], config: ReaderConfig) -> dict[str, str]:
    """The columns that are plainly the text, and the title, of rows where no name is one of a text."""
    words: dict[str, list[int]] = defaultdict(list)
    known = set()
    for row in rows:
        for path, value in flat(row):
            field = field_of(path[-1], config.columns)
            if value not in (None, "", [], {}):
                known.add(field)
            if not field and isinstance(value, str) and len(path) == 1:
                words[path[0]].append(_prose_words(value))
    if "body" in known:
        return {}
    middle = {name: sorted(counts)[len(counts) // 2] for name, counts in words.items()}
    longest = sorted(middle, key=lambda name: middle[name], reverse=True)
    found: dict[str, str] = {}
    if longest and middle[longest[0]] >= _BODY_WORDS:
        second = middle[longest[1]] if len(longest) > 1 else 0
        if middle[longest[0]] >= _CLEARLY * second:
            found[longest[0]] = "body"
    if found and "title" not in known:
        low, high = _TITLE_WORDS
        titles = [name for name in words if low <= middle[name] <= high and name not in found]
        if titles:
            found[titles[0]] = "title"
    return found


def _by_kind(rows: list[Mapping[str, Any]], settled: Mapping[str, str]) -> dict[str, str]:
    """The columns of days, addresses, languages and ids: all their values are, the first of a kind."""
    values: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.items():
            if name not in settled:
                values.setdefault(name, []).append(str(value).strip())
    found: dict[str, str] = {}
    for name, column in sorted(values.items()):
        field = next((field for field, is_one in _KINDS.items() if all(map(is_one, column))), "")
        if not field and len(set(column)) == len(rows) and all(map(_is_id, column)):
            field = "id"
        if field and field not in found.values():
            found[name] = field
    return found


def _is_date(cell: str) -> bool:
    return len(cell) <= _MAX_DATE and any(map(str.isdigit, cell)) and parse_date(cell) is not None


def _is_page(cell: str) -> bool:
    return bool(_ADDRESS.fullmatch(cell)) and not _PICTURE.search(cell)


def _is_language(cell: str) -> bool:
    return len(cell) <= _MAX_DATE and bool(language_code(cell))


def _is_id(cell: str) -> bool:
    return 0 < len(cell) <= _MAX_ID and not any(map(str.isspace, cell))


_KINDS: Mapping[str, Callable[[str], bool]] = {
    "date": _is_date,
    "url": _is_page,
    "lang": _is_language,
}


def _prose_words(text: str) -> int:
    """The words of a value that is written for people: an address or a list of figures has none."""
    return sum(any(map(str.isalpha, word)) and "/" not in word for word in text.split())
