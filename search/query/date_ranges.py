"""Dates as people write them in a query: periods, ranges and comparisons, as first and last day.

    2026   2026-01   2026-01-31   2026/1/31        a year, a month, a day
    2026-01..2026-02   2026-01..   ..2026-02       a range, both ends included
    [2026-01-01 TO 2026-01-31]   {2025 TO *]       Lucene's: [ ] include the end, { } leave it out
    >2025   >=2025   <2025-06   <=2025-06          after, from, before, until a period

Digits may be of any script. A missing end is open.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

_PERIOD = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?")
_DOTS = re.compile(r"\.{2,}|…")
_COMPARED = re.compile(r"(>=|<=|>|<|≥|≤)\s*(.+)")
_BRACKETED = re.compile(r"([\[{])\s*(\S+)\s+(?:TO|تا|to)\s+(\S+?)\s*([\]}])")
_OPEN = "*"
_DAY = timedelta(days=1)

OPERATORS = {"before": "<", "after": ">", "since": ">=", "until": "<="}
"""Fields that are a comparison each."""


@dataclass(frozen=True)
class DateRange:
    """Days from `first` to `last`, both included; None leaves that end open."""

    first: date | None = None
    last: date | None = None

    def shared(self, other: DateRange) -> DateRange | None:
        """The days of both; None if there are none."""
        first = max(filter(None, (self.first, other.first)), default=None)
        last = min(filter(None, (self.last, other.last)), default=None)
        return None if first and last and first > last else DateRange(first, last)


Problem = Literal["date-invalid", "date-reversed"]


def date_range(text: str) -> DateRange | Problem:
    """The days that `text` names, or what is wrong with it: no date, or no day lies in it."""
    # ASCII digits and hyphens: ۲۰۲۶–۰۱ is 2026-01
    text = "".join(str(unicodedata.decimal(char, char)) for char in text).strip()
    text = text.replace("–", "-").replace("−", "-")
    if match := _BRACKETED.fullmatch(text):
        return _bracketed(*match.groups())
    if match := _COMPARED.fullmatch(text):
        return _compared(match[1].replace("≥", ">=").replace("≤", "<="), match[2])
    ends = [end.strip() for end in _DOTS.split(text)]
    if len(ends) > 2 or not any(ends):
        return "date-invalid"
    periods = [period(end) for end in ends if end]
    if None in periods:
        return "date-invalid"
    first, last = period(ends[0]), period(ends[-1])
    return _made(first.first if first else None, last.last if last else None)


def _bracketed(opened: str, start: str, end: str, closed: str) -> DateRange | Problem:
    first, last = period(start), period(end)
    if (first is None and start != _OPEN) or (last is None and end != _OPEN):
        return "date-invalid"
    low = None if first is None else first.first if opened == "[" else _shifted(first.last, 1)
    high = None if last is None else last.last if closed == "]" else _shifted(last.first, -1)
    return _made(low, high)


def _compared(operator: str, text: str) -> DateRange | Problem:
    days = period(text)
    if days is None:
        return "date-invalid"
    if operator in (">", ">="):
        return _made(_shifted(days.last, 1) if operator == ">" else days.first, None)
    return _made(None, _shifted(days.first, -1) if operator == "<" else days.last)


def _made(first: date | None, last: date | None) -> DateRange | Problem:
    return "date-reversed" if first and last and first > last else DateRange(first, last)


def _shifted(day: date | None, days: int) -> date | None:
    """The day before or after; the calendar's own first or last day where it ends."""
    if day is None or day in (date.min, date.max):
        return day
    return day + days * _DAY


def period(text: str) -> DateRange | None:
    """First and last day of a year, a month or a day; None when there is no such date."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    if day is not None:
        return DateRange(first, first)
    last_month = month or 12
    last = first.replace(month=last_month, day=monthrange(first.year, last_month)[1])
    return DateRange(first, last)
