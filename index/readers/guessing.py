"""Columns whose names say nothing, settled by what is in them where that is plain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from index.errors import InputError
from index.readers.columns.names import field_of, letters
from index.readers.columns.shapes import flat
from index.readers.config import ReaderConfig
from index.readers.records import BadRecord, Note, Record

_SAMPLE = 50
_BODY_WORDS = 12
"""Words in the middle value of a column of texts, at least."""
_TITLE_WORDS = (3, 25)
_CLEARLY = 2.0
"""Times as many words as the next longest column: else which is the text is not plain."""

Items = Iterator[Record | BadRecord | Note]


def with_guessed_columns(
    items: Iterable[Record | BadRecord | Note],
    config: ReaderConfig,
    otherwise: InputError | None = None,
) -> Items:
    """Records with the columns settled that are plainly their texts and titles, if no name says so.

    The first records decide for all. What was settled is said in a note. Where nothing is plain, raises
    `otherwise`, if it is given.
    """
    items = iter(items)
    sample = list(islice(items, _SAMPLE))
    columns = guess([item.fields for item in sample if isinstance(item, Record)], config)
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
        titles = [name for name in longest if low <= middle[name] <= high and name not in found]
        if len(titles) == 1:
            found[titles[0]] = "title"
    return found


def _prose_words(text: str) -> int:
    """The words of a value that is written for people: an address or a list of figures has none."""
    return sum(any(map(str.isalpha, word)) and "/" not in word for word in text.split())
