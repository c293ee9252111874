"""One date out of one value: a text, a number, or what databases write for a date.

A text becomes its numbers and the words that mean something; a date is three of them in a row with
nothing but gaps between. Numeric day and month are read day first, as Pakistan writes them, unless only
the other order makes a date or the column is known to write the month first. A day is taken as
written; an instant (seconds, or a time with its offset) is the day it was in the archive's time zone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from index.readers.dates.calendars import believable, day_of
from index.readers.dates.words import Calendar, Day, Filler, Mark, Meaning, Month, fold, meaning

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
_WORD_LETTER = r"[^\W\d_\u0900-\u0dff]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff]"
_TOKEN = re.compile(rf"\d+|(?:{_WORD_LETTER})+")
_GAP = re.compile(r"[\s,،.؍/۔'’()_|:\-–—−⁄∕]*")
_BETWEEN = re.compile(r"\s*([-/.۔؍–−⁄∕])\s*")
_SCALES = {"سو": 100, "ہزار": 1000}
_EAST_ASIAN = str.maketrans("年月日년월일", "// // ")
_PUBLISHED = re.compile(
    r"publish\w*|posted|first|شائع(?: شدہ)?|تاریخ اشاعت|اشاعت|منتشر|انتشار|نشر", re.I
)
_OBJECT_KEYS = ("$date", "$numberLong", "$numberDouble", "$numberInt", "#text", "@value", "value",
                "date", "datetime", "iso", "rendered", "content", "_seconds", "seconds")  # fmt: skip


class _Token(NamedTuple):
    """A number (`digits` long), or a word."""

    start: int
    end: int
    text: str
    number: int
    digits: int
    meaning: Meaning | None


class _Found(NamedTuple):
    """A way to read a date: its parts, not yet held against a calendar, and its last token."""

    calendar: Calendar
    year: int
    month: int
    day: int
    last: int


def parse_date(
    value: Any, zone: tzinfo = timezone.utc, *, month_first: bool = False
) -> date | None:
    """Read a date from a field of any type; None when it is none, or not `believable`.

    `zone` is where the day of an instant is looked up; `month_first` is for 01/02/2026.
    """
    found = read_date(value, zone, month_first=month_first)
    return found if found and believable(found) else None


def read_date(value: Any, zone: tzinfo = timezone.utc, *, month_first: bool = False) -> date | None:
    """As `parse_date`, but of any year: for a report of those that are not believed."""
    return _read(value, zone, month_first, 0)


def find_date(folded: str) -> tuple[date | None, str]:
    """Find the first date in folded text that is believed; return it and the text around it."""
    found = _first(_without_clock(folded), month_first=False)
    if not found or not believable(found[0]):
        return None, folded
    day, start, end = found
    return day, f"{folded[:start]} {folded[end:]}"


def _read(value: Any, zone: tzinfo, month_first: bool, depth: int) -> date | None:
    if isinstance(value, datetime):
        return (value.astimezone(zone) if value.tzinfo and value.time() else value).date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _of_text(value, zone, month_first) if len(value) <= _MAX_CHARS else None
    if isinstance(value, (Mapping, list, tuple)):
        inner = _parts(value) if depth < _MAX_DEPTH else ()
        return next(
            (day for one in inner if (day := _read(one, zone, month_first, depth + 1))), None
        )
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not math.isfinite(value) or abs(value) >= 2**63:
        return None
    return _of_text(f"{value:.3f}" if isinstance(value, float) else str(value), zone, month_first)


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
    elif all(value.get(key) for key in ("year", "month", "day")):
        year, month, day = (str(value[key]).strip() for key in ("year", "month", "day"))
        yield f"{year}-{month:0>2}-{day:0>2}" if month.isdecimal() else f"{day} {month} {year}"
    else:
        yield from (value[key] for key in _OBJECT_KEYS if value.get(key))


@lru_cache(maxsize=8_192)  # the articles of a day share their date
def _of_text(text: str, zone: tzinfo, month_first: bool) -> date | None:
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
    if published and (found := _instant(folded[published.end() :], zone, month_first)):
        return found
    return _instant(folded, zone, month_first)


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


def _instant(folded: str, zone: tzinfo, month_first: bool) -> date | None:
    """The first date of a text, and where it has a time with an offset, the day that is in `zone`."""
    clock = _CLOCK.search(folded)
    blank = _without_clock(folded)
    found = _first(blank, month_first)
    day = found[0] if found else _short_year(blank, month_first)
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


def _first(text: str, month_first: bool) -> tuple[date, int, int] | None:
    """The first date in folded text without a clock, and where it stands.

    One that is believed comes before any other, one of the Gregorian calendar before its equal in
    another.
    """
    tokens = list(_tokens(text))
    rest: tuple[date, int, int] | None = None
    for gregorian in (True, False):
        for at, token in enumerate(tokens):
            for found in _read_at(text, tokens, at, month_first):
                if (found.calendar is Calendar.GREGORIAN) is not gregorian:
                    continue
                if made := day_of(*found[:4]):
                    place = made, token.start, tokens[found.last].end
                    if believable(made):
                        return place
                    rest = rest or place
    return rest


def _tokens(text: str) -> Iterator[_Token]:
    """Numbers and words; two or three words that mean one thing are one."""
    words = list(_TOKEN.finditer(text))
    at = 0
    while at < len(words):
        first = words[at]
        if first[0][0].isdecimal():
            number = int(first[0][:9])
            yield _Token(first.start(), first.end(), "", number, len(first[0]), None)
            at += 1
            continue
        for count in (3, 2, 1):
            run = " ".join(each[0] for each in words[at : at + count])
            if count == 1 or (at + count <= len(words) and meaning(run)):
                end = words[at + count - 1].end()
                yield _Token(first.start(), end, run, 0, 0, meaning(run))
                at += count
                break


def _read_at(text: str, tokens: Sequence[_Token], at: int, month_first: bool) -> Iterator[_Found]:
    """Ways to read a date that begins with a token."""
    if numeric := _numbers(text, tokens[at : at + 3]):
        for year, month, day in _orders(numeric, month_first):
            yield _Found(_marked(tokens, at), year, month, day, at + 2)
    parts, last = _parts_at(text, tokens, at)
    months = [part for part in parts if isinstance(part, Month)]
    numbers = [part for part in parts if not isinstance(part, Month)]
    if len(parts) < 3 or len(months) != 1:
        return
    (one, digits), (two, more) = numbers
    if digits <= 2 and more == 4:
        yield _Found(months[0].calendar, two, months[0].number, one, last)
    elif digits == 4 and more <= 2:
        yield _Found(months[0].calendar, one, months[0].number, two, last)


def _parts_at(
    text: str, tokens: Sequence[_Token], at: int
) -> tuple[list[Month | tuple[int, int]], int]:
    """Up to three parts in a row, and the place of the last: months, and numbers with their digits (four
    of a year in words)."""
    parts: list[Month | tuple[int, int]] = []
    last = at
    while at < len(tokens) and len(parts) < 3:
        token = tokens[at]
        if parts and not _GAP.fullmatch(text, tokens[at - 1].end, token.start):
            break
        if isinstance(token.meaning, Month):
            parts.append(token.meaning)
        elif token.digits:
            parts.append((token.number, token.digits))
        elif isinstance(token.meaning, Day):
            number, at = _number_in_words(tokens, at)
            parts.append((number, 2 if number < 100 else 4))
        elif not parts or not isinstance(token.meaning, (Filler, Mark)):
            break
        else:
            at += 1
            continue
        last = at
        at += 1
    return parts, last


def _number_in_words(tokens: Sequence[_Token], at: int) -> tuple[int, int]:
    """چودہ, انیس سو سینتالیس, دو ہزار پچیس; and the place of its last word."""
    first = tokens[at].meaning
    assert isinstance(first, Day)
    scale = _SCALES.get(tokens[at + 1].text, 0) if at + 1 < len(tokens) else 0
    if not scale:
        return first.number, at
    rest = tokens[at + 2].meaning if at + 2 < len(tokens) else None
    if isinstance(rest, Day):
        return first.number * scale + rest.number, at + 2
    return first.number * scale, at + 1


def _numbers(text: str, tokens: Sequence[_Token]) -> list[_Token] | None:
    """Three numbers with one and the same mark between: 2026/1/17, 17-01-2026."""
    if len(tokens) < 3 or not all(token.digits for token in tokens):
        return None
    gaps = [
        mark[1]
        for before, after in pairwise(tokens)
        if (mark := _BETWEEN.fullmatch(text, before.end, after.start))
    ]
    return list(tokens) if len(gaps) == 2 and gaps[0] == gaps[1] else None


def _orders(three: Sequence[_Token], month_first: bool) -> Iterator[tuple[int, int, int]]:
    """(year, month, day) of three numbers, the likelier order first."""
    lengths = [token.digits for token in three]
    one, two, last = (token.number for token in three)
    if lengths[0] == 4 and max(lengths[1:]) <= 2:
        yield one, two, last
    elif lengths[2] == 4 and max(lengths[:2]) <= 2:
        yield from ((last, one, two), (last, two, one))[:: 1 if month_first else -1]


def _marked(tokens: Sequence[_Token], at: int) -> Calendar:
    """The calendar that the words beside three numbers name."""
    beside = (*tokens[max(at - 2, 0) : at], *tokens[at + 3 : at + 6])
    named = {token.meaning.calendar for token in beside if isinstance(token.meaning, Mark)}
    for calendar in (Calendar.JALALI, Calendar.HIJRI):  # 1402 ہجری شمسی is Jalali
        if calendar in named:
            return calendar
    return Calendar.GREGORIAN


def _short_year(text: str, month_first: bool) -> date | None:
    """17-Jan-26 and 1/17/26, where nothing else stands but the clock."""
    tokens = list(_tokens(text.rstrip(" ,")))
    if len(tokens) != 3 or tokens[2].digits != 2:
        return None
    this_year = date.today().year
    year = this_year // 100 * 100 + tokens[2].number
    year -= 100 * (year > this_year + 1)
    parts, _ = _parts_at(text, tokens, 0)
    if len(parts) == 3 and isinstance(parts[1], Month) and tokens[0].digits:
        return day_of(parts[1].calendar, year, parts[1].number, tokens[0].number)
    if _numbers(text, tokens) and "/" in text:
        ways = ((tokens[0], tokens[1]), (tokens[1], tokens[0]))[:: 1 if month_first else -1]
        made = (day_of(Calendar.GREGORIAN, year, month.number, day.number) for month, day in ways)
        return next(filter(None, made), None)
    return None
