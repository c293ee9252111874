"""Days of three calendars as dates of the Gregorian one."""

from __future__ import annotations

from datetime import date

from index.readers.dates.words import Calendar

FIRST_YEAR = 1850
"""The oldest newspapers that archives of this kind hold; an earlier year is a slip or a subject."""
_HIJRI_YEARS = range(1266, 1600)
_JALALI_YEARS = range(1229, 1500)


def believable(day: date) -> bool:
    """Whether a newspaper can be of this day: from 1850 to the end of next year."""
    return FIRST_YEAR <= day.year <= date.today().year + 1


def day_of(calendar: Calendar, year: int, month: int, day: int) -> date | None:
    """The date of a day; None when its calendar has no such day, or it is of no printed year.

    Hijri days are those of the Umm al-Qura calendar (hijridate), before 1343 of the arithmetical
    one; where the moon is sighted they may differ by a day.
    """
    try:
        if calendar is Calendar.GREGORIAN:
            return date(year, month, day)
        if calendar is Calendar.HIJRI:
            return _hijri(year, month, day) if year in _HIJRI_YEARS else None
        return _jalali(year, month, day) if year in _JALALI_YEARS else None
    except (ValueError, OverflowError):
        return None


def _hijri(year: int, month: int, day: int) -> date | None:
    # Not at the top: most archives have no such date, and the tables take a tenth of a second.
    from convertdate import islamic
    from hijridate import Hijri

    try:
        found = Hijri(year, month, day).to_gregorian()
    except OverflowError:
        if not (1 <= month <= 12 and 1 <= day <= 30):
            return None
        return date(*islamic.to_gregorian(year, month, day))
    return date(found.year, found.month, found.day)


def _jalali(year: int, month: int, day: int) -> date | None:
    from convertdate import persian

    if not 1 <= month <= 12 or not 1 <= day <= persian.month_length(year, month):
        return None
    return date(*persian.to_gregorian(year, month, day))
