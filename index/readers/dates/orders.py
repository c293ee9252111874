"""Whether dates are written month first, decided for a column as a whole.

13/1/2015 can only be read day first and 1/13/2015 only month first; 1/2/2015 is what the others of its
column are. `in_one_order` looks at what a reader yields, whatever the format, so that CSV, JSON Lines and
spreadsheets are read by one rule. It holds records back until a column has shown its order, at most
`_MOST_HELD`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from index.readers.columns.shapes import flat
from index.readers.dates.words import fold
from index.readers.records import BadRecord, Member, Note, Record

Item = Record | BadRecord | Member | Note

_MOST_HELD = 1_000
_MAX_CHARS = 40
_NUMERIC = re.compile(r"\s*(\d{1,2})\s*([-/.۔؍])\s*(\d{1,2})\s*\2\s*(?:\d{4}|\d{2})(?!\d)")


class _Column:
    """What the dates of one field say of their order."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def add(self, order: str) -> None:
        self.seen[order] += 1

    @property
    def open(self) -> bool:
        """Whether there are dates of both readings and none yet that tells."""
        return bool(self.seen["either"]) and not (self.seen["day"] or self.seen["month"])

    @property
    def month_first(self) -> bool:
        return self.seen["month"] > self.seen["day"]

    def warning(self, name: str) -> str:
        """What a report should say of it, or ""."""
        counted = self.seen
        first = "month" if self.month_first else "day"
        if counted["either"] and counted["day"] and counted["month"]:
            return (
                f"dates in {name} are written in both orders; the {counted['either']:,} that can be "
                f"read either way were read {first} first"
            )
        if self.open:
            return f"no date in {name} tells whether day or month comes first: read {first} first"
        return ""


def in_one_order(items: Iterable[Item]) -> Iterator[Item]:
    """What a reader yields, in its order, each record with the fields that are written month first.

    At the end a Note for each field whose order stayed open or changed.
    """
    columns: dict[str, _Column] = {}
    held: list[Item] = []
    for item in items:
        if isinstance(item, Record):
            _look(item, columns)
        held.append(item)
        undecided = any(column.open for column in columns.values())
        if not undecided or len(held) >= _MOST_HELD or isinstance(item, Member):
            yield from (_with_order(each, columns) for each in held)
            held.clear()
    yield from (_with_order(each, columns) for each in held)
    for name, column in columns.items():
        if (warning := column.warning(name)) and column.seen.total() > 1:
            yield Note(warning)


def _look(record: Record, columns: dict[str, _Column]) -> None:
    for path, value in flat(record.fields):
        if type(value) is str and len(value) <= _MAX_CHARS and (order := _order(value)):
            columns.setdefault(".".join(path), _Column()).add(order)


def _order(value: str) -> str:
    """Which order a numeric date is in: `day`, `month` or `either`; "" for anything else."""
    match = _NUMERIC.match(value if value.isascii() else fold(value))
    if not match:
        return ""
    first, second = int(match[1]), int(match[3])
    if first == second or not (1 <= min(first, second) <= 12 and max(first, second) <= 31):
        return ""
    return "either" if first <= 12 and second <= 12 else "day" if first > 12 else "month"


def _with_order(item: Any, columns: dict[str, _Column]) -> Any:
    if not isinstance(item, Record):
        return item
    names = frozenset(name for name, column in columns.items() if column.month_first)
    return replace(item, month_first=names) if names else item
