"""The line of time: counts by month, as few enough bars that each can be hit with a finger.

Pure arithmetic over `Facets.months`; `web.ui.narrowing` makes links of it and `_dates.html` draws
it. A bar is a month, a quarter, a year, some years: the shortest time of which MAX_BARS are enough.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from search.models import FacetValue

MAX_BARS: Final = 12
"""A year of months. At 18rem, or on a phone 360 pixels wide, each is then 24 pixels wide: the least
that WCAG 2.2 (2.5.8, target size) asks of what is to be hit."""

LOWEST: Final = 4
"""The height of the smallest bar with anything in it, in hundredths of the chart's."""

_YEAR = 12
_STEPS = (1, 3, *(years * _YEAR for years in (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)))


@dataclass(frozen=True)
class Bar:
    """A stretch of time, both days included, and how many documents it holds.

    `height` is in hundredths of the tallest bar's. `chosen` says that the range asked for overlaps
    it, `whole` that the range asked for is this very stretch.
    """

    first: date
    last: date
    count: int
    height: int
    chosen: bool = False
    whole: bool = False


def bars(
    months: Sequence[FacetValue], first: date | None = None, last: date | None = None
) -> tuple[Bar, ...]:
    """Bars of equal time from the first to the last month that holds anything, empty ones between.

    `months` are `YYYY-MM`, or `YYYY` throughout; `first` to `last` is the range asked for, None
    where it is open.
    """
    counts = {_index(each.value): each.count for each in months if each.count}
    if not counts:
        return ()
    finest = _YEAR if any(len(each.value) == len("YYYY") for each in months) else 1
    step = next(
        each
        for each in _STEPS
        if each >= finest and max(counts) // each - min(counts) // each < MAX_BARS
    )
    totals: Counter[int] = Counter()
    for index, count in counts.items():
        totals[index // step] += count
    tallest = max(totals.values())
    return tuple(
        _bar(at * step, step, totals[at], tallest, (first, last))
        for at in range(min(totals), max(totals) + 1)
    )


def closer(
    months: Sequence[FacetValue], first: date | None, last: date | None, shown: tuple[Bar, ...]
) -> tuple[Bar, ...]:
    """The bars of the range asked for alone, where they are finer than those shown; else none.

    Months that the range only touches are there whole: the chart does not narrow itself.
    """
    if not shown or (first is None and last is None):
        return ()
    low = _month(first) if first else _month(shown[0].first)
    high = _month(last) if last else _month(shown[-1].last)
    inside = [each for each in months if low <= _index(each.value) <= high]
    found = bars(inside, first, last)
    finer = len(found) > 1 and _length(found[0]) < _length(shown[0])
    return found if finer else ()


def _bar(
    start: int, step: int, count: int, tallest: int, asked: tuple[date | None, date | None]
) -> Bar:
    first, last = _first_day(start), _last_day(start + step - 1)
    low, high = asked
    overlaps = (low is None or low <= last) and (high is None or first <= high)
    height = max(LOWEST, round(100 * count / tallest)) if count else 0
    return Bar(
        first, last, count, height, asked != (None, None) and overlaps, asked == (first, last)
    )


def _index(value: str) -> int:
    """Months since the year 0 of a `YYYY-MM`; of a `YYYY`, its January."""
    year, _, month = value.partition("-")
    return int(year) * _YEAR + int(month or 1) - 1


def _month(day: date) -> int:
    return day.year * _YEAR + day.month - 1


def _length(bar: Bar) -> int:
    return _month(bar.last) - _month(bar.first)


def _first_day(index: int) -> date:
    return date(index // _YEAR, index % _YEAR + 1, 1) if index >= _YEAR else date.min


def _last_day(index: int) -> date:
    year, month = index // _YEAR, index % _YEAR + 1
    return (
        date(year, month, calendar.monthrange(year, month)[1])
        if year <= date.max.year
        else date.max
    )
