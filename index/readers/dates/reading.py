"""One date out of one value: a text, a number, or what databases write for a date.

A text becomes its numbers and the words that mean something; a date is three of them in a row with
nothing but gaps between. Numeric day and month are read day first, as Pakistan writes them, unless only
the other order makes a date or the column is known to write the month first. Years of two digits are read
by `short_years`. A day is taken as written; an instant (seconds, or a time with its offset) is the day it was in the archive's time zone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from index.readers.columns.names import date_parts
from index.readers.dates.calendars import believable, day_of
from index.readers.dates.short_years import alone, short_readings
from index.readers.dates.tokens import (
    SCALES,
    Token,
    parts_at,
    starts_after_range_mark,
    three_numbers,
    tokens_of,
)
from index.readers.dates.words import Calendar, Mark, Month, fold
from index.readers.records import Order

_MAX_CHARS = 100  # a longer value is prose that happens to hold a date
_MAX_DEPTH = 4
_EPOCH_START = datetime(1970, 1, 1, tzinfo=timezone.utc)

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[ Tt]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
"""What programs write, nearly all dates there are: read without the words."""
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?(z?))?")
_EPOCH = re.compile(
    r"(?:/date\()?(-?(?:\d{9,10}(?:\d{3}){0,3}(?:\.\d+)?|\d(?:\.\d+)?e\+?(?:9|1[0258])))(?:(?:[+-]\d{4})?\)/)?"
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_HOLDS_YEAR = re.compile(rf"\d{{4}}|{'|'.join(SCALES)}")
"""What stands in every text with a date that `_first` finds, and in hardly any without."""
_SERIAL_START = date(1899, 12, 30)
"""From which spreadsheets count the days."""
_CLOCK = re.compile(
    r"(?:(?<!\d)|(?<=\D\d{4})|(?<=^\d{4})|(?<=\d{4}-\d\d-\d\d))t?(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?(?!\d)(?:\s*(?P<half>[ap])\.?m\b\.?)?"
    r"(?:\s*(?P<zone>(?:(?:utc|gmt)\s*)?[+-]\d{2}:?\d{2}(?!\d)|(?:z|utc|gmt|[ecm][sd]t)\b))?"
)
_HOURS_OF_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6}
"""PST is left as it is: Pakistan's or the Pacific's."""
_NO_DAY = re.compile(r"1970-01-01[ Tt]00:00:00(?:\.0+)?(?:Z|[+-]00:?00)?")
"""The instant 0, which programs write where there is none."""
_EAST_ASIAN = str.maketrans("年月日년월일", "// // ")
_PUBLISHED = re.compile(
    r"publish\w*|posted|first|شائع(?: شدہ)?|تاریخ اشاعت|اشاعت|منتشر|انتشار|نشر", re.I
)
_OBJECT_KEYS = ("$date", "$numberLong", "$numberDouble", "$numberInt", "#text", "@value", "value",
                "date", "datetime", "iso", "rendered", "content", "_seconds", "seconds")  # fmt: skip


class _Found(NamedTuple):
    """A way to read a date: its parts, not yet held against a calendar, and its last token."""

    calendar: Calendar
    year: int
    month: int
    day: int
    last: int


def parse_date(value: Any, zone: tzinfo = timezone.utc, order: Order | None = None) -> date | None:
    """Read a date from a field of any type; None when it is none, or not `believable`.

    `zone` is where the day of an instant is looked up; `order` is that of numbers in its column, if the
    column tells.
    """
    found = read_date(value, zone, order)
    return found if found and believable(found) else None


def read_date(value: Any, zone: tzinfo = timezone.utc, order: Order | None = None) -> date | None:
    """As `parse_date`, but of any year: for a report of those that are not believed."""
    return _read(value, zone, order, 0)


def is_ambiguous(value: Any) -> bool:
    """Whether a value is a date whose year is written with two digits, at which end nothing tells."""
    if not isinstance(value, str) or len(value) > _MAX_CHARS or read_date(value):
        return False
    return bool(short_readings(_without_clock(fold(value))))


def find_date(folded: str) -> tuple[date | None, str]:
    """Find the first date in folded text that is believed; return it and the text around it."""
    found = _first(_without_clock(folded), None)
    if not found or not believable(found[0]):
        return None, folded
    day, start, end = found
    return day, f"{folded[:start]} {folded[end:]}"


def _read(value: Any, zone: tzinfo, order: Order | None, depth: int) -> date | None:
    if isinstance(value, datetime):
        return (value.astimezone(zone) if value.tzinfo and value.time() else value).date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _of_text(value, zone, order) if len(value) <= _MAX_CHARS else None
    if isinstance(value, (Mapping, list, tuple)):
        inner = _parts(value) if depth < _MAX_DEPTH else ()
        return next((day for one in inner if (day := _read(one, zone, order, depth + 1))), None)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not math.isfinite(value) or abs(value) >= 2**63:
        return None
    return _of_text(f"{value:.3f}" if isinstance(value, float) else str(value), zone, order)


def _parts(value: Mapping[Any, Any] | Sequence[Any]) -> Iterator[Any]:
    """What of an object or list may be its date."""
    if not isinstance(value, Mapping):
        first = value[:3]
        if (
            len(first) == 3
            and all(type(part) is int for part in first)
            and 1000 < first[0] < 10_000
        ):
            yield f"{first[0]}-{first[1]:02}-{first[2]:02}"
        else:
            yield from first
    elif parts := date_parts(value):
        year, month, day = (str(value[name]).strip() for name in parts)
        if not month.isdecimal():
            yield f"{day} {month} {year}"
        elif len(year) == 2:
            yield f"{day}.{month}.{year}"
        else:
            yield f"{year}-{month:0>2}-{day:0>2}"
    else:
        yield from (value[key] for key in _OBJECT_KEYS if value.get(key))


@lru_cache(maxsize=8_192)  # the articles of a day share their date
def _of_text(text: str, zone: tzinfo, order: Order | None) -> date | None:
    if _NO_DAY.fullmatch(text.strip()):
        return None
    if plain := _ISO.fullmatch(text.strip()):
        return _of_iso(plain, zone)
    folded = fold(text).strip()
    if (compact := _COMPACT.fullmatch(folded)) and (found := _of_compact(compact, zone)):
        return found
    if epoch := _EPOCH.fullmatch(folded):
        number = epoch[1]
        return _of_epoch(float(number) if "." in number or "e" in number else int(number), zone)
    if _SERIAL.fullmatch(folded):
        day = _SERIAL_START + timedelta(days=int(folded[:5]))
        return day if day.year >= _EPOCH_START.year and believable(day) else None
    published = _PUBLISHED.search(folded)
    if published and (found := _instant(folded[published.end() :], zone, order)):
        return found
    return _instant(folded, zone, order)


def _of_iso(match: re.Match[str], zone: tzinfo) -> date | None:
    year, month, day, hour, minute, second, offset = match.groups()
    found = day_of(Calendar.GREGORIAN, int(year), int(month), int(day))
    if not found or not offset:
        return found
    return _shifted(found, int(hour), int(minute), int(second or 0), _offset(offset), zone)


def _of_compact(match: re.Match[str], zone: tzinfo) -> date | None:
    """20260117, and 20260117T193000Z."""
    year, month, day, hour, minute, second, utc = match.groups()
    found = day_of(Calendar.GREGORIAN, int(year), int(month), int(day))
    if not found or not believable(found) or not utc:
        return found if found and believable(found) else None
    return _shifted(found, int(hour), int(minute), int(second or 0), timedelta(), zone)


def _of_epoch(number: float, zone: tzinfo) -> date | None:
    """Unix seconds, or their thousandths, millionths, billionths, as the size tells."""
    while abs(number) >= 10**11:
        number /= 1000
    try:
        return (_EPOCH_START + timedelta(seconds=math.floor(number))).astimezone(zone).date()
    except OverflowError:
        return None


def _instant(folded: str, zone: tzinfo, order: Order | None) -> date | None:
    """The first date of a text, and where it has a time with an offset, the day that is in `zone`."""
    clock = _CLOCK.search(folded)
    blank = _without_clock(folded)
    found = _first(blank, order)
    day = found[0] if found else alone(short_readings(blank), order)
    if not day or not clock or not clock["zone"]:
        return day
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + 12 * (clock["half"] == "p")
    minute, second = int(clock["minute"]), int(clock["second"] or 0)
    return _shifted(day, hour, minute, second, _offset(clock["zone"]), zone)


def _without_clock(folded: str) -> str:
    """The text with its places as they were: times blank, East Asian signs for a date as strokes."""
    return _CLOCK.sub(lambda clock: " " * len(clock[0]), folded).translate(_EAST_ASIAN)


def _offset(written: str) -> timedelta:
    """+05:00, utc, gmt+0530, est."""
    if hours := _HOURS_OF_ZONES.get(written.strip()):
        return timedelta(hours=hours)
    digits = re.sub(r"[^\d+-]", "", written)
    if not digits:
        return timedelta()
    size = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return -size if digits[0] == "-" else size


def _shifted(
    day: date, hour: int, minute: int, second: int, offset: timedelta, zone: tzinfo
) -> date:
    """The day an instant was in `zone`. Midnight to the second is a day without a time."""
    if not (hour or minute or second) or hour > 23:
        return day
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=timezone.utc)
        return (moment - offset).astimezone(zone).date()
    except OverflowError:
        return day


def _first(text: str, order: Order | None) -> tuple[date, int, int] | None:
    """The first date in folded text without a clock, and where it stands.

    One that is believed comes before any other, one of the Gregorian calendar before its equal in
    another.
    """
    if not _HOLDS_YEAR.search(text):
        return None
    tokens = list(tokens_of(text))
    rest: tuple[date, int, int] | None = None
    for gregorian in (True, False):
        for at, token in enumerate(tokens):
            for found in _read_at(text, tokens, at, order):
                if (found.calendar is Calendar.GREGORIAN) is not gregorian:
                    continue
                if made := day_of(*found[:4]):
                    place = made, token.start, tokens[found.last].end
                    if believable(made):
                        return place
                    rest = rest or place
    return rest


def _read_at(text: str, tokens: Sequence[Token], at: int, order: Order | None) -> Iterator[_Found]:
    """Ways to read a date that begins with a token."""
    if numeric := three_numbers(text, tokens[at : at + 3]):
        for year, month, day in _orders(numeric, order):
            yield _Found(_marked(tokens, at), year, month, day, at + 2)
    elif numeric := three_numbers(text, tokens[at + 1 : at + 4]):  # 05-07/03/2024
        first, second = tokens[at], numeric[0]
        if starts_after_range_mark(text, tokens, at) and 0 < first.number < second.number <= 31:
            year, month, _ = next(_orders(numeric, None), (0, 0, 0))
            yield _Found(_marked(tokens, at + 1), year, month, first.number, at + 3)
    parts, last = parts_at(text, tokens, at)
    months = [part for part in parts if isinstance(part, Month)]
    numbers = [part for part in parts if not isinstance(part, Month)]
    if len(parts) < 3 or len(months) != 1:
        return
    (one, digits), (two, more) = numbers
    if digits <= 2 and more == 4:
        yield _Found(months[0].calendar, two, months[0].number, one, last)
    elif digits == 4 and more <= 2:
        yield _Found(months[0].calendar, one, months[0].number, two, last)


def _orders(three: Sequence[Token], order: Order | None) -> Iterator[tuple[int, int, int]]:
    """(year, month, day) of three numbers, the likelier order first."""
    lengths = [token.digits for token in three]
    one, two, last = (token.number for token in three)
    if lengths[0] == 4 and max(lengths[1:]) <= 2:
        yield one, two, last
    elif lengths[2] == 4 and max(lengths[:2]) <= 2:
        yield from ((last, one, two), (last, two, one))[:: 1 if order is Order.MONTH else -1]


def _marked(tokens: Sequence[Token], at: int) -> Calendar:
    """The calendar that the words beside three numbers name."""
    beside = (*tokens[max(at - 2, 0) : at], *tokens[at + 3 : at + 6])
    named = {token.meaning.calendar for token in beside if isinstance(token.meaning, Mark)}
    for calendar in (Calendar.JALALI, Calendar.HIJRI):  # 1402 ہجری شمسی is Jalali
        if calendar in named:
            return calendar
    return Calendar.GREGORIAN
