"""Which order dates are written in, decided for a column as a whole.

13/1/2015 can only be read day first and 1/13/2015 only month first; 1/2/2015 is what the others of its
column are. So are 18-01-24 and 19-01-24, whose year may stand at either end: the end that most values
allow, else the one by which they lie close together, else that of the file's other columns. `in_one_order`
looks at what a reader yields, whatever the format, so that CSV, JSON Lines and spreadsheets are read by one
rule. It holds records back until a column has shown its order, at most `_MOST_HELD`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from index.readers.columns.shapes import flat
from index.readers.dates.short_years import ShortReadings, short_readings
from index.readers.dates.words import fold
from index.readers.records import BadRecord, Member, Note, Order, Record

Item = Record | BadRecord | Member | Note

_MOST_HELD = 1_000
_MAX_CHARS = 40
_ENOUGH = 3  # dates of which it is told how close together they lie
_CLEARLY = 3
_NUMERIC = re.compile(r"\s*(\d{1,2})\s*([-/.۔؍])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?!\d)")


class _Column:
    """What the dates of one field say of their order."""

    def __init__(self) -> None:
        self.count = 0
        self.seen: Counter[str] = Counter()
        self.short: Counter[Order] = Counter()
        self._days: dict[Order, tuple[date, date]] = {}
        self._year_is_last = True

    def add(self, order: str) -> None:
        self.count += 1
        self.seen[order] += 1

    def add_short(self, readings: ShortReadings) -> None:
        self.count += 1
        self._year_is_last = self._year_is_last and readings.year_is_last
        for order, day in readings.days.items():
            first, last = self._days.get(order, (day, day))
            self._days[order] = min(first, day), max(last, day)
            self.short[order] += 1

    @property
    def open(self) -> bool:
        """Whether there are dates of several readings and none yet that tells."""
        either = self.seen["either"] and not (self.seen["day"] or self.seen["month"])
        return bool(either) or len(self._likeliest()) > 1

    def order(self, of_others: Order | None = None) -> Order | None:
        """The order, if it is known. `of_others` is that of the other columns of the file."""
        likeliest = self._likeliest()
        if len(likeliest) > 1 and Order.YEAR in likeliest:
            years_last = likeliest - {Order.YEAR}
            enough = self.short.total() >= _ENOUGH * len(likeliest)
            at_start = self._span(Order.YEAR) if enough else 0
            at_end = min(map(self._span, years_last)) if enough else 0
            if _CLEARLY * at_start < at_end:
                return Order.YEAR
            if _CLEARLY * at_end >= at_start:
                if of_others in likeliest:
                    return of_others
                if not self._year_is_last:
                    return None
            likeliest = years_last
        by_long = Order.MONTH if self.seen["month"] > self.seen["day"] else Order.DAY
        if not likeliest:
            return by_long if self.seen else None
        return next(iter(likeliest)) if len(likeliest) == 1 else by_long

    def _likeliest(self) -> set[Order]:
        """The orders in which most of the dates of short years can be read."""
        most = max(self.short.values(), default=0)
        return {order for order, count in self.short.items() if count == most}

    def _span(self, order: Order) -> int:
        """The days between the first and the last date, read in an order."""
        first, last = self._days[order]
        return (last - first).days

    def warning(self, name: str, order: Order | None) -> str:
        """What a report should say of it, or ""."""
        counted = self.seen
        first = "month" if order is Order.MONTH else "day"
        if counted["either"] and counted["day"] and counted["month"]:
            return (
                f"dates in {name} are written in both orders; the {counted['either']:,} that can be "
                f"read either way were read {first} first"
            )
        either = (counted["either"] and self.open) or {Order.DAY, Order.MONTH} <= self._likeliest()
        if either and self.count > 1 and order and order is not Order.YEAR:
            return f"no date in {name} tells whether day or month comes first: read {first} first"
        return ""


def in_one_order(items: Iterable[Item]) -> Iterator[Item]:
    """What a reader yields, in its order, each record with the order of its fields' dates where one is known.

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
            orders = _orders(columns)
            yield from (_with_order(each, orders) for each in held)
            held.clear()
    orders = _orders(columns)
    yield from (_with_order(each, orders) for each in held)
    for name, column in columns.items():
        if warning := column.warning(name, orders.get(name, column.order())):
            yield Note(warning)


def _look(record: Record, columns: dict[str, _Column]) -> None:
    for path, value in flat(record.fields):
        if type(value) is not str or len(value) > _MAX_CHARS:
            continue
        match = _NUMERIC.match(value if value.isascii() else fold(value))
        if not match:
            continue
        column = columns.setdefault(".".join(path), _Column())
        if len(match[4]) == 2:
            column.add_short(short_readings(match[0]))
        elif order := _order(int(match[1]), int(match[3])):
            column.add(order)


def _order(first: int, second: int) -> str:
    """Which order a numeric date is in: `day`, `month` or `either`; "" for none, or where it is the same."""
    if first == second or not (1 <= min(first, second) <= 12 and max(first, second) <= 31):
        return ""
    return "either" if first <= 12 and second <= 12 else "day" if first > 12 else "month"


def _orders(columns: Mapping[str, _Column]) -> dict[str, Order]:
    """The order of each column that has one; long years are read day first without a word."""
    found = {name: column.order() for name, column in columns.items()}
    if not any(column.short for column in columns.values()):
        return {name: order for name, order in found.items() if order is Order.MONTH}
    known = {order for name, order in found.items() if order and columns[name].short}
    of_others = known.pop() if len(known) == 1 else None
    orders = {name: order or columns[name].order(of_others) for name, order in found.items()}
    return {name: order for name, order in orders.items() if order}


def _with_order(item: Any, orders: Mapping[str, Order]) -> Any:
    return replace(item, orders=orders) if orders and isinstance(item, Record) else item
