"""Numbers of a text by their value, however they were written.

``Rs501,800``, ``5 لاکھ 1 ہزار 800`` and ``۵ لاکھ ۱۸۰۰`` name one quantity, and so do ``ساڑھے چار
کروڑ`` and ``45 million``. `index.text.analysis` makes words, for which the letters around a number
matter (T20, Rs500); here its value alone does. Numbers in words are read up to ten, and before a
unit only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text.normalize import GROUPING, normalize

_UNITS = {
    "thousand": 1e3, "lakh": 1e5, "lac": 1e5, "million": 1e6, "mn": 1e6, "crore": 1e7, "billion": 1e9,
    "bn": 1e9, "ہزار": 1e3, "لاکھ": 1e5, "ملین": 1e6, "کروڑ": 1e7, "ارب": 1e9,
}  # fmt: skip
_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "ایک": 1, "ڈیڑھ": 1.5, "دو": 2, "ڈھائی": 2.5, "تین": 3, "چار": 4, "پانچ": 5, "چھ": 6,
    "سات": 7, "آٹھ": 8, "نو": 9, "دس": 10,
}  # fmt: skip
_AND_A_HALF = normalize("ساڑھے")
_FACTORS = {normalize(word): factor for word, factor in _UNITS.items()}
_WORDS = {normalize(word): float(value) for word, value in _SMALL.items()}
_BEGINNING = frozenset({_AND_A_HALF, *_WORDS})
"""Words that a number may begin with."""

_LEAST = 10
"""Smaller whole numbers are in every text."""
_LONGEST = 15
"""Digits: what is longer is no quantity."""
_CURRENCY = "(?:rs|pkr|us|usd|inr)"
_WORTH_READING = re.compile(r"\d|" + "|".join(_UNITS))
_PART = re.compile(
    # Digits with their groups, not inside a word (T20) unless that is a currency (Rs500).
    rf"(?<![^\W\d_])(?<!\d[.{GROUPING}])(?<!\d){_CURRENCY}?"
    rf"(\d{{1,3}}(?:[{GROUPING}]\d{{2,3}})*[{GROUPING}]\d{{3}}(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"|([^\W\d_]+)"
)


def quantities(text: str) -> frozenset[str]:
    """The numbers of a text, each as the decimal digits of its value.

    Whole numbers below ten are left out.
    """
    if not _WORTH_READING.search(text):
        return frozenset()
    parts = _PART.findall(normalize(text))
    found = set[str]()
    at = 0
    while at < len(parts):
        digits, word = parts[at]
        if not digits and word not in _BEGINNING:
            at += 1
            continue
        value, at = _number(parts, at)
        if value and (value >= _LEAST or value % 1):
            found.add(f"{value:.2f}".rstrip("0").rstrip("."))
    return frozenset(found)


def _number(parts: Sequence[tuple[str, str]], at: int) -> tuple[float, int]:
    """The number that begins at a part, 0 if none does, and where to read on."""
    total, unit = 0.0, float("inf")
    while True:
        value, factor, after = _counted(parts, at)
        # What follows belongs to the same number if it is a smaller part: 5 lakh, 1 thousand, 800.
        if value is None or unit == 1 or value * factor >= unit:
            return total, max(at, after) if not total else at
        total, unit, at = total + value * factor, factor, after


def _counted(parts: Sequence[tuple[str, str]], at: int) -> tuple[float | None, float, int]:
    """A value with its unit (1 without one) and where it ends; None for no number."""
    half = at < len(parts) and parts[at][1] == _AND_A_HALF
    first = at + half
    if first >= len(parts):
        return None, 1.0, at + 1
    digits, word = parts[first]
    factor = _FACTORS.get(parts[first + 1][1], 1.0) if first + 1 < len(parts) else 1.0
    value: float | None = None
    if digits and len(digits) <= _LONGEST:
        value = float(re.sub(f"[{GROUPING}]", "", digits))
    elif factor > 1:
        value = _WORDS.get(word)
    if value is None:
        return None, 1.0, first + 1
    return value + half / 2, factor, first + 1 + (factor > 1)
