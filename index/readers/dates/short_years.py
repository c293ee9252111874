"""Dates with a year of two digits: 18-01-24 is of 2024 or of 2018.

A value can be read in up to three orders; a column is of one (`orders`). By itself one is read where one
order alone makes a day that is not to come, or where the signs tell: with strokes and dots the year stands
last, beside a month in words it stands behind it (03 Feb 26). Else it is no date: a wrong one would be
worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from index.readers.dates.calendars import day_of
from index.readers.dates.tokens import Token, parts_at, three_numbers, tokens_of
from index.readers.dates.words import Calendar, Filler, Month
from index.readers.records import Order

_RECENT = 1970
"""A reading of an earlier year is believed where there is no other."""


@dataclass(frozen=True)
class ShortReadings:
    """The days that a value can be, by the order it is read in."""

    days: Mapping[Order, date]
    year_is_last: bool = False
    """Whether its signs say so, unless it cannot be."""

    def __bool__(self) -> bool:
        return bool(self.days)


def short_readings(text: str) -> ShortReadings:
    """All readings of folded text without a clock, in which nothing else stands than such a date and a day
    of the week."""
    found = [each for each in tokens_of(text.rstrip(" ,")) if each.meaning is not Filler.WORD]
    if len(found) != 3 or any(token.digits > 2 for token in found):
        return ShortReadings({})
    if numeric := three_numbers(text, found):
        one, two, three = (token.number for token in numeric)
        ways = {
            Order.DAY: _gregorian(numeric[2], two, one),
            Order.MONTH: _gregorian(numeric[2], one, two),
            Order.YEAR: _gregorian(numeric[0], two, three),
        }
        return _of(ways, year_is_last="-" not in text[numeric[0].end : numeric[1].start])
    parts, _ = parts_at(text, found, 0)
    months = [part for part in parts if isinstance(part, Month)]
    if len(parts) != 3 or len(months) != 1 or months[0].calendar is not Calendar.GREGORIAN:
        return ShortReadings({})
    first, last = [token for token in found if token.digits]
    ways = {Order.DAY: _gregorian(last, months[0].number, first.number)}
    if parts[1] is months[0]:
        ways[Order.YEAR] = _gregorian(first, months[0].number, last.number)
    return _of(ways, year_is_last=True)


def alone(readings: ShortReadings, order: Order | None) -> date | None:
    """The day of a value, of a column in this order if it is known."""
    days = dict(readings.days)
    if order in days:
        return days[order]
    if readings.year_is_last and len(days) > 1:
        days.pop(Order.YEAR, None)
    if Order.YEAR not in days:  # as of 01/02/2026
        return days.get(Order.DAY) or days.get(Order.MONTH)
    return days[Order.YEAR] if len(set(days.values())) == 1 else None


def _of(ways: Mapping[Order, date | None], *, year_is_last: bool) -> ShortReadings:
    days = {order: day for order, day in ways.items() if day}
    recent = {order: day for order, day in days.items() if day.year >= _RECENT}
    return ShortReadings(recent or days, year_is_last)


def _gregorian(year: Token, month: int, day: int) -> date | None:
    """The day of a year of two digits: of the hundred years that end with the next."""
    if year.digits != 2:
        return None
    this_year = date.today().year
    full = this_year // 100 * 100 + year.number
    return day_of(Calendar.GREGORIAN, full - 100 * (full > this_year + 1), month, day)
