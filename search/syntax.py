"""The marks of the query language: quotes, minus, field names, dates. `search.query` gives them sense.

Every scan here is linear: quotes are paired in one walk, and the one pattern that cuts pieces can
not go back further than a field's name is long.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from index.compounds import in_capitals
from index.normalize import normalize

FILTER_FIELDS = ("lang", "source", "tag", "date")
"""Fields that narrow what may be found; `title` is the one field that looks for words."""

_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Direction marks and the like, which keyboards and pages put in front of a minus or a quote."""

_QUOTE = re.compile("[\"“”„‟«»‹›＂〝〞〟⹂]|['‘’‚‛`´]{2}")
"""Any quotation mark. Urdu keyboards give “ and ” in either order, or two single ones."""

_PIECE = re.compile(
    r"(?P<opened>[(\[{]*)"
    r"(?P<minus>[-–−](?![\s\-–−(\[{]|$))?"
    r"(?:(?P<name>[^\W\d_]{1,16}):(?!//))?"
    r'(?:"(?P<quoted>[^"]*)"|(?P<lone>")|(?P<bare>[^\s"]*))'
)
_LEAD = re.compile(
    rf"(?:{_UNSEEN.pattern})*[(\[{{]*(?P<minus>[-–−])?(?:(?P<name>[^\W\d_]{{1,16}}):(?!//))?"
)
"""The marks that a piece begins with."""
_GROUPED = re.compile(r"[-–−]?[(\[{]")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_OPERATORS: dict[str, Literal["or", "and"]] = {
    "OR": "or",
    "|": "or",
    "||": "or",
    "AND": "and",
    "&": "and",
    "&&": "and",
}


def _keys(names: dict[str, str]) -> dict[str, str]:
    return {_key(name): code for name, code in names.items()}


def _key(name: str) -> str:
    return normalize(name).strip().casefold()


_FIELDS = _keys(
    {
        "title": "title",
        "source": "source",
        "lang": "lang",
        "language": "lang",
        "tag": "tag",
        "date": "date",
        "عنوان": "title",
        "ذریعہ": "source",
        "زبان": "lang",
        "ٹیگ": "tag",
        "تاریخ": "date",
    }
)
_LANGUAGES = _keys(
    {
        "ur": "ur",
        "urd": "ur",
        "urdu": "ur",
        "اردو": "ur",
        "en": "en",
        "eng": "en",
        "english": "en",
        "انگریزی": "en",
        "انگلش": "en",
        "und": "und",
    }
)


@dataclass(frozen=True)
class Piece:
    """A stretch of a query between white space or quotes.

    `field` is the field `name` stands for, empty when it stands for none; `grouped` says that a
    bracket tried to hold several words together under a minus or a field.
    """

    value: str
    quoted: bool = False
    negated: bool = False
    name: str = ""
    field: str = ""
    operator: Literal["", "or", "and"] = ""
    grouped: bool = False


def pieces(text: str) -> tuple[list[Piece], bool]:
    """Cut a query into pieces; the second value tells of a quotation mark without a partner.

    Such a mark is dropped together with the minus or the field it belongs to: how far either
    should reach nobody can know, and what follows is plain words.
    """
    text, unbalanced = _pair_quotes(_UNSEEN.sub("", text))
    found: list[Piece] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _PIECE.match(text, at)
        assert match is not None  # No character is without a place in the pattern.
        if not match["lone"]:
            found.append(_piece(match, fresh=at == 0 or text[at - 1].isspace()))
        elif match["name"] and _key(match["name"]) not in _FIELDS:
            found.append(Piece(match["name"]))
        at = match.end()
    return _unshouted(found), unbalanced


def _unshouted(found: list[Piece]) -> list[Piece]:
    """The words of a query that is all in capitals as they would be without: there capitals say
    nothing, and neither acronyms nor the encoder shall see any. Operators and filters stay."""
    words = [each for each in found if not each.operator and each.field not in FILTER_FIELDS]
    if not in_capitals(" ".join(f"{each.name} {each.value}" for each in words)):
        return found
    return [
        replace(each, value=each.value.lower(), name=each.name.lower()) if each in words else each
        for each in found
    ]


def typing_from(text: str) -> tuple[int, bool] | None:
    """Where the words begin that are being typed at the end of a query, behind marks and operators.

    The second value says that they are one thing: in an open quote, to be left out, or in a title.
    None while the value of a filter is being typed.
    """
    behind, opened, lead = 0, False, ""
    for mark in _QUOTE.finditer(text):
        before = text[behind : mark.start()]
        if opened or not before[-1:].isdigit():
            lead, behind, opened = before, mark.end(), not opened
    if opened:
        chunks = lead.split()
        named = _LEAD.match(chunks[-1]) if chunks and not lead[-1].isspace() else None
        return None if named and _field(named) in FILTER_FIELDS else (behind, True)
    begin, whole = behind, False
    for chunk in re.finditer(r"\S+", text[behind:]):
        marks = _LEAD.match(chunk[0])
        assert marks is not None  # It matches nothing at all, too.
        field, start, end = _field(marks), behind + chunk.start(), behind + chunk.end()
        if end < len(text):
            if field or marks["minus"] or chunk[0] in _OPERATORS:
                begin = end
        elif field in FILTER_FIELDS:
            return None
        elif field or marks["minus"]:
            begin, whole = start + marks.end(), True
    return begin, whole


def _field(lead: re.Match[str]) -> str:
    return _FIELDS.get(_key(lead["name"]), "") if lead["name"] else ""


def _piece(match: re.Match[str], *, fresh: bool) -> Piece:
    """`fresh`: white space stands before it, without which a minus is a hyphen."""
    name = match["name"] or ""
    negated = match["minus"] is not None and fresh
    quoted = match["quoted"] is not None
    value = " ".join(match["quoted"].split()) if quoted else _trim(match["bare"])
    grouped = not quoted and (fresh or bool(name)) and _opens_group(value, named=bool(name))
    if grouped:
        value = value.lstrip("([{-–−")
    operator: Literal["", "or", "and"] = ""
    if not (quoted or negated or name):
        operator = _OPERATORS.get(value.strip("()[]{}"), "")
    field = _FIELDS.get(_key(name), "") if name else ""
    return Piece(value, quoted, negated, name, field, operator, grouped)


def _opens_group(value: str, *, named: bool) -> bool:
    match = _GROUPED.match(value)
    return match is not None and (named or match.end() > 1)


def _trim(bare: str) -> str:
    """Without the comma or the closing bracket that a sentence leaves on its last word."""
    unopened = "".join(closer for closer, opener in _CLOSERS.items() if opener not in bare)
    return bare.rstrip(",;،؛" + unopened)


def _pair_quotes(text: str) -> tuple[str, bool]:
    """Every quote as a plain one, whatever its style; the second value tells of a lone one.

    Any mark closes what any mark opened: keyboards and pages mix them. After a digit none opens:
    there it means inches.
    """
    out: list[str] = []
    at, opened = 0, False
    for mark in _QUOTE.finditer(text):
        out.append(text[at : mark.start()])
        before = text[mark.start() - 1] if mark.start() else " "
        at = mark.end()
        if before.isdigit() and not opened:
            out.append(" ")
        else:
            opened = not opened
            out.append('"')
    out.append(text[at:])
    return "".join(out), opened


def split_values(value: str) -> list[str]:
    """The values of a filter typed without quotes: `lang:ur,en` names two."""
    return [part for part in re.split(r"[,،;؛|]+", value) if part] or [value]


def language_code(name: str) -> str:
    """`ur`, `en` or `und` for a language as people name it (urdu, اردو, en-GB); else empty."""
    return _LANGUAGES.get(_key(name), "") or _LANGUAGES.get(_key(re.split("[-_]", name)[0]), "")


_DATE = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?")
_RANGE = re.compile(r"\.{2,}|…")


class Dates:
    """The days that all `date:` filters of a query share, both ends included."""

    def __init__(self) -> None:
        self.first: date | None = None
        self.last: date | None = None

    def narrow(self, value: str) -> str:
        """Take one more filter in. Returns the code of what is wrong with it, or nothing."""
        ends = [end.strip() for end in _RANGE.split(_plain_digits(value))]
        periods = [_period(end) for end in ends]
        typed = sum(1 for end in ends if end)
        if len(ends) > 2 or not typed or sum(1 for period in periods if period) < typed:
            return "date-invalid"
        first = periods[0][0] if periods[0] else None
        last = periods[-1][1] if periods[-1] else None
        if first and last and first > last:
            return "date-reversed"
        first = max(filter(None, (first, self.first)), default=None)
        last = min(filter(None, (last, self.last)), default=None)
        if first and last and first > last:
            return "date-conflict"
        self.first, self.last = first, last
        return ""


def _plain_digits(text: str) -> str:
    """With ASCII digits and hyphens: ۲۰۲۶–۰۱ is 2026-01."""
    plain = [str(unicodedata.decimal(char, char)) for char in text]
    return "".join(plain).replace("–", "-").replace("−", "-")


def _period(text: str) -> tuple[date, date] | None:
    """First and last day of a year, a month or a day; None when there is no such date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None
    if day is not None:
        return first, first
    last_month = month or 12
    return first, first.replace(month=last_month, day=monthrange(first.year, last_month)[1])
