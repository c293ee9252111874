"""Dates as newsrooms write them, in many languages and three calendars.

A closed list of forms rather than a guessing parser: a wrong date filters an article out of the
search that should find it, which is worse than no date. What is measured from now ("2 hours ago") is
no date, and neither is a year that no newspaper can have printed (`believable`).

    words     what a word of a date means: months, numbers, marks of calendars
    calendars days of three calendars as dates
    tokens    a text as its numbers and words, and the three in a row that make a date
    short_years  dates with a year of two digits, and the orders they can be read in
    reading   one date out of one value
    orders    which order a column of a table writes its dates in
"""

from index.readers.dates.calendars import FIRST_YEAR, believable
from index.readers.dates.orders import in_one_order
from index.readers.dates.reading import find_date, is_ambiguous, parse_date, read_date
from index.readers.dates.words import fold

__all__ = [
    "FIRST_YEAR",
    "believable",
    "find_date",
    "fold",
    "in_one_order",
    "is_ambiguous",
    "parse_date",
    "read_date",
]
