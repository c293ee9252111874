"""The numbers and words of a date: a text in, tokens out, and the three parts in a row that make one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from index.readers.dates.words import Day, Filler, Mark, Meaning, Month, meaning

_WORD_LETTER = r"[^\W\d_\u0900-\u0dff]|[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff]"
_TOKEN = re.compile(rf"\d+|(?:{_WORD_LETTER})+")
_GAP = re.compile(r"[\s,،.؍/۔'’()_|:\-–—−⁄∕]*")
_BETWEEN = re.compile(r"\s*([-/.۔؍–−⁄∕])\s*")
_RANGE = re.compile(r"\s*(?:[-–—−/&]|\.{2,3})\s*")
_RANGE_WORDS = frozenset(("to", "till", "until", "through", "and", "تا", "سے", "اور"))
SCALES = {"سو": 100, "ہزار": 1000}


class Token(NamedTuple):
    """A number (`digits` long), or a word."""

    start: int
    end: int
    text: str
    number: int
    digits: int
    meaning: Meaning | None


def tokens_of(text: str) -> Iterator[Token]:
    """Numbers and words; two or three words that mean one thing are one."""
    words = list(_TOKEN.finditer(text))
    at = 0
    while at < len(words):
        first = words[at]
        if first[0][0].isdecimal():
            number = int(first[0][:9])
            yield Token(first.start(), first.end(), "", number, len(first[0]), None)
            at += 1
            continue
        for count in (3, 2, 1):
            run = " ".join(each[0] for each in words[at : at + count])
            if count == 1 or (at + count <= len(words) and meaning(run)):
                end = words[at + count - 1].end()
                yield Token(first.start(), end, run, 0, 0, meaning(run))
                at += count
                break


def parts_at(
    text: str, tokens: Sequence[Token], at: int
) -> tuple[list[Month | tuple[int, int]], int]:
    """Up to three parts in a row, and the place of the last: months, and numbers with their digits (four
    of a year in words). Of a range of days (5-7 March 2024, 28 Feb to 2 March 2024) the first."""
    parts: list[Month | tuple[int, int]] = []
    last = at
    years_before = 0
    while at < len(tokens) and len(parts) < 3:
        token = tokens[at]
        if parts and not _GAP.fullmatch(text, tokens[at - 1].end, token.start):
            break
        if isinstance(token.meaning, Month):
            parts.append(token.meaning)
        elif token.digits:
            parts.append((token.number - years_before * (token.digits == 4), token.digits))
        elif isinstance(token.meaning, Day):
            number, at = _number_in_words(tokens, at)
            parts.append((number, 2 if number < 100 else 4))
        elif not parts or not isinstance(token.meaning, (Filler, Mark)):
            break
        else:
            at += 1
            continue
        last = at
        if end := _end_of_range(text, tokens, at, parts):
            at, years_before = end
        at += 1
    return parts, last


def _end_of_range(
    text: str, tokens: Sequence[Token], at: int, parts: Sequence[Month | tuple[int, int]]
) -> tuple[int, int] | None:
    """Where the days end that begin with these parts, the last of which is a token, and whether a year
    ends between: 5-7 March, March 5-7, 28 Feb - 2 March, Dec 30 to Jan 2."""
    after = starts_after_range_mark(text, tokens, at)
    if not after or len(parts) > 2:
        return None
    month = next((part for part in parts if isinstance(part, Month)), None)
    day = next((part[0] for part in parts if not isinstance(part, Month) and part[1] <= 2), 0)
    beside = tokens[after : after + 2]
    number = next((place for place, each in enumerate(beside) if _day(each)), None)
    if not day or number is None:
        return None
    other = beside[1 - number].meaning if len(beside) == 2 else None
    if isinstance(other, Month) and month and other.calendar is month.calendar:
        return after + 1, int(other.number < month.number)
    goes_on = number == 0 and day < _day(beside[0]) and not isinstance(parts[-1], Month)
    return (after, 0) if goes_on and (month or isinstance(other, Month)) else None


def _day(token: Token) -> int:
    """The day of a month that a number or a word can be, or 0."""
    number = token.meaning.number if isinstance(token.meaning, Day) else token.number
    return number if token.digits <= 2 and number <= 31 else 0


def starts_after_range_mark(text: str, tokens: Sequence[Token], at: int) -> int:
    """Which token stands behind a token and "to" or a dash; 0 where none does."""
    if at + 1 < len(tokens) and _RANGE.fullmatch(text, tokens[at].end, tokens[at + 1].start):
        return at + 1
    return at + 2 if at + 2 < len(tokens) and tokens[at + 1].text in _RANGE_WORDS else 0


def _number_in_words(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """چودہ, انیس سو سینتالیس, دو ہزار پچیس; and the place of its last word."""
    first = tokens[at].meaning
    assert isinstance(first, Day)
    scale = SCALES.get(tokens[at + 1].text, 0) if at + 1 < len(tokens) else 0
    if not scale:
        return first.number, at
    rest = tokens[at + 2].meaning if at + 2 < len(tokens) else None
    if isinstance(rest, Day):
        return first.number * scale + rest.number, at + 2
    return first.number * scale, at + 1


def three_numbers(text: str, tokens: Sequence[Token]) -> list[Token] | None:
    """Three numbers with one and the same mark between: 2026/1/17, 17-01-2026."""
    if len(tokens) < 3 or not all(token.digits for token in tokens):
        return None
    gaps = [
        mark[1]
        for before, after in pairwise(tokens)
        if (mark := _BETWEEN.fullmatch(text, before.end, after.start))
    ]
    return list(tokens) if len(gaps) == 2 and gaps[0] == gaps[1] else None
