"""Dates as newsrooms write them, in English and Urdu, on any keyboard.

A closed list of forms rather than a guessing parser: a wrong date filters an article out of the
search that should find it, which is worse than no date. Numeric day and month are read day first,
as Pakistan writes them, unless only the other order makes a date. The date is taken as written,
whatever its time zone: it is the newspaper's day that people remember. Only Unix seconds, which have
no day of their own, are looked up in the archive's time zone.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any

FIRST_YEAR, LAST_YEAR = 1000, 2999
_MAX_CHARS = 100  # a longer value is prose that happens to hold a date

_MONTHS = (
    ("january", "jan", "جنوری"),
    ("february", "feb", "فروری"),
    ("march", "mar", "مارچ"),
    ("april", "apr", "اپریل"),
    ("may", "مئی", "مئ"),
    ("june", "jun", "جون"),
    ("july", "jul", "جولائی", "جولائ"),
    ("august", "aug", "اگست"),
    ("september", "sept", "sep", "ستمبر"),
    ("october", "oct", "اکتوبر"),
    ("november", "nov", "نومبر"),
    ("december", "dec", "دسمبر"),
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}

_FOLD = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "\u00a0": " ", "\u200c": " "}
    | {chr(0x06F0 + n): str(n) for n in range(10)}
    | {chr(0x0660 + n): str(n) for n in range(10)}
    | dict.fromkeys(map(chr, (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))), "")
)

_MONTH = "(?P<month>" + "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True)) + r")(?!\w)\.?"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?<!\d)(?P<year>\d{4})(?P<gap>[-/.])(?P<month>\d{1,2})(?P=gap)(?P<day>\d{1,2})(?!\d)",
        rf"{_DAY}[\s,،./-]*{_MONTH}[\s,،./-]*{_YEAR}",
        rf"(?<!\w){_MONTH}[\s,،./-]*{_DAY}[\s,،./-]+{_YEAR}",
        rf"(?<!\w){_MONTH}\s+{_DAY}\s+{_CLOCK}\s+(?:[a-z+-]\S*\s+)?{_YEAR}",
        r"(?<!\d)(?P<day>\d{1,2})(?P<gap>[-/.])(?P<month>\d{1,2})(?P=gap)(?P<year>\d{4})(?!\d)",
    )
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t?(?:\d{4}|\d{6})z?)?")
_EPOCH = re.compile(r"-?\d{9,10}(?:\d{3})?(?:\.\d+)?")


def fold(text: str) -> str:
    """Fold digits, keyboards and case, so that each form needs writing only once."""
    return unicodedata.normalize("NFC", text).translate(_FOLD).casefold()


def parse_date(value: Any, zone: tzinfo = timezone.utc) -> date | None:
    """Read a date from a field of any type; None when it is not one. `zone` is for Unix seconds."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if FIRST_YEAR <= value.year <= LAST_YEAR else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and value.bit_length() > 64:
        return None
    text = value if isinstance(value, str) else f"{value}"
    if len(text) > _MAX_CHARS:
        return None
    folded = fold(text).strip()
    if (compact := _COMPACT.fullmatch(folded)) and (found := _make(*compact.groups())):
        return found
    if _EPOCH.fullmatch(folded):
        return _from_epoch(folded, zone)
    return find_date(folded)[0]


def find_date(folded: str) -> tuple[date | None, str]:
    """Find the first date in folded text; return it and the text around it."""
    for form in _FORMS:
        for match in form.finditer(folded):
            month, day = match["month"], match["day"]
            if form is _FORMS[-1] and int(month) > 12:
                month, day = day, month
            found = _make(match["year"], month, day)
            if found:
                return found, f"{folded[: match.start()]} {folded[match.end() :]}"
    return None, folded


def _make(year: str, month: str, day: str) -> date | None:
    """Build a date from its parts; None when the calendar has no such day."""
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    try:
        return date(int(year), _MONTH_NUMBER.get(month) or int(month), int(day))
    except ValueError:
        return None


def _from_epoch(digits: str, zone: tzinfo) -> date | None:
    """Read Unix seconds, or milliseconds when there are three digits more."""
    seconds = int(digits.partition(".")[0])
    if abs(seconds) >= 10**11:
        seconds //= 1000
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)
    return moment.astimezone(zone).date()
