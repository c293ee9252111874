"""The marks of the query language: where a query's lexemes begin and end. `search.query.grammar`
joins them.

    words  "phrases"  name:value  ( )  + - !  AND OR NOT && || |  ~2  * ?

Every scan here is linear: quotes are paired in one walk, and no pattern can go back further than a
field's name is long. Nothing is an error: what is no mark is part of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from index.text.compounds import in_capitals
from index.text.normalize import normalize

Kind = Literal[
    "word", "quoted", "lone", "field", "range", "open", "close", "not", "must", "and", "or"
]

_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Direction marks and the like, which keyboards and pages put in front of a minus or a quote."""

_QUOTE = re.compile("[\"“”„‟«»‹›＂〝〞〟⹂]|['‘’‚‛`´]{2}")
"""Any quotation mark. Urdu keyboards give “ and ” in either order, or two single ones."""

_SIGNS: dict[str, Kind] = {"-": "not", "–": "not", "−": "not", "!": "not", "+": "must"}
_OPERATORS: dict[str, Kind] = {
    "OR": "or", "|": "or", "||": "or", "AND": "and", "&&": "and", "NOT": "not",
}  # fmt: skip
_SPELT: dict[str, Kind] = {
    "or": "or", "and": "and", "not": "not",
    "یا": "or", "اور": "and", "نہیں": "not",
    "ya": "or", "aur": "and", "nahin": "not", "nahi": "not",
}  # fmt: skip
"""Operators in parentheses. Urdu has no capitals to tell (اور) from the word for "and"."""

_SPELT_OPERATOR = re.compile(rf"\(\s*({'|'.join(_SPELT)})\s*\)", re.IGNORECASE)
_SIGN_RUN = re.compile("[-–−+!]+")
_LOOSE_SIGNS = re.compile(r"[-–−+!~^&](?!&)[-–−+!~^]*")
_NUMBER = re.compile(r"[^\s()\"]+")
_NAME = re.compile(r"(?P<name>[^\W\d_]{1,16}):(?!//)")
_QUOTED = re.compile(r'"(?P<quoted>[^"]*)"(?P<suffix>~\d{0,2}(?!\w))?')
_BARE = re.compile(r'[^\s"|]+')
_DATE_BRACKETS = re.compile(r"[\[{][^\[\]{}]{0,60}[\]}]")
_SUFFIX = re.compile(r"(?<=\w)(?P<suffix>~\d{0,2})$")
_BOOST = re.compile(r"(?<=\w)\^\d+(?:\.\d+)?$")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_WORDS = ("word", "quoted", "field")
_COMMAS = ",;،؛"
_NOISE = "[]{}&"


def _key(name: str) -> str:
    return normalize(name).strip().casefold()


FIELD_NAMES = {
    "title": ("title", "intitle", "عنوان"),
    "source": ("source", "site", "ذریعہ"),
    "lang": ("lang", "language", "زبان"),
    "tag": ("tag", "ٹیگ"),
    "date": ("date", "تاریخ"),
    "before": ("before", "پہلے"),
    "after": ("after", "بعد"),
    "since": ("since", "سے"),
    "until": ("until", "تک"),
}
"""Each field and the names it may be typed by."""

_FIELDS = {_key(name): code for code, names in FIELD_NAMES.items() for name in names}


@dataclass(frozen=True)
class Lexeme:
    """A mark, or a stretch between marks, with the place where it was typed.

    `value` is the words of a `word` or `quoted`, the name typed before a colon of a `field`, the
    whole of a bracketed `range`; of any other kind what was typed. `lone` is a quotation mark
    without a partner. `suffix` is `~` or `~2`, typed behind a word or a quote. `joined` says that
    nothing stands between it and the lexeme before, `ended` that a comma stands behind it.
    """

    kind: Kind
    value: str
    start: int = 0
    suffix: str = ""
    joined: bool = False
    ended: bool = False

    @property
    def field(self) -> str:
        """The field that a name stands for; empty if for none."""
        return _FIELDS.get(_key(self.value), "") if self.kind == "field" else ""


@dataclass(frozen=True)
class Oddity:
    """A mark that was not obeyed: its stable code, and what was typed."""

    code: str
    part: str


def lexemes(text: str) -> tuple[list[Lexeme], list[Oddity]]:
    """Cut a query into lexemes, and say which marks were not taken for marks."""
    text, unbalanced = _pair_quotes(_UNSEEN.sub("", text))
    odd = [Oddity("quote-unbalanced", '"')] if unbalanced else []
    return _unshouted(list(_Lexer(text, odd).run())), odd


def _unshouted(found: list[Lexeme]) -> list[Lexeme]:
    """The words of a query that is all in capitals as they would be without: there capitals say
    nothing, and neither acronyms nor the encoder shall see any. Operators stay."""
    if not in_capitals(" ".join(each.value for each in found if each.kind in _WORDS)):
        return found
    return [
        replace(each, value=each.value.lower()) if each.kind in _WORDS else each for each in found
    ]


class _Lexer:
    """One walk over a query."""

    def __init__(self, text: str, odd: list[Oddity]) -> None:
        self._text = text
        self._odd = odd
        self._at = 0
        self._begin = 0

    def run(self) -> Iterator[Lexeme]:
        text = self._text
        while self._at < len(text):
            if text[self._at].isspace():
                self._at += 1
                continue
            self._begin = self._at
            yield from self._next()

    def _next(self) -> Iterator[Lexeme]:
        text, at = self._text, self._at
        char = text[at]
        if char == '"':
            yield from self._quoted()
        elif match := _SPELT_OPERATOR.match(text, at):
            yield self._taken(_SPELT[match[1].casefold()], match[0], match.end())
        elif char == "(":
            yield self._taken("open", char, at + 1)
        elif char == ")":
            yield self._taken("close", char, at + 1)
        elif char == "|":
            yield self._taken("or", "|", at + (2 if text.startswith("||", at) else 1))
        elif char in _SIGNS and self._is_fresh():
            yield from self._sign(char)
        elif char in _NOISE and not text.startswith("&", at):
            self._at += 1
        elif match := _NAME.match(text, at):
            yield self._taken("field", match["name"], match.end())
            yield from self._value(_FIELDS.get(_key(match["name"]), ""))
        else:
            yield from self._bare()

    def _is_fresh(self) -> bool:
        """Whether a sign may stand here: behind white space, a bracket or another sign."""
        before = self._text[self._at - 1 : self._at]
        return not before or before.isspace() or before in "(|" or before in _SIGNS

    def _taken(self, kind: Kind, value: str, end: int, suffix: str = "") -> Lexeme:
        joined = self._begin > 0 and not self._text[self._begin - 1].isspace()
        found = Lexeme(kind, value, self._begin, suffix, joined)
        self._at = self._begin = end
        return found

    def _sign(self, char: str) -> Iterator[Lexeme]:
        """A sign, unless a digit follows (it is a number's) or nothing does (it is a dash)."""
        run = _SIGN_RUN.match(self._text, self._at)
        assert run is not None  # It begins with a sign.
        following = self._text[run.end() : run.end() + 1]
        if len(run[0]) == 1 and following.isdigit() and char != "!":
            number = _NUMBER.match(self._text, self._at)
            self._odd.append(Oddity("sign-of-number", number[0] if number else char))
        elif len(run[0]) == 1 and following and not following.isspace() and following not in ")|":
            yield self._taken(_SIGNS[char], char, run.end())
            return
        elif char in "-+−" and following:
            self._odd.append(Oddity("sign-alone", run[0][:8]))
        self._at = self._begin = run.end()

    def _value(self, field: str) -> Iterator[Lexeme]:
        """What stands right behind a field's colon, where it is written in its own way."""
        if field == "date" and (match := _DATE_BRACKETS.match(self._text, self._at)):
            yield self._taken("range", match[0], match.end())
        elif self._text[self._at : self._at + 1] not in ("", '"', "(") and (
            not self._text[self._at].isspace()
        ):
            yield from self._bare(value=True)

    def _quoted(self) -> Iterator[Lexeme]:
        match = _QUOTED.match(self._text, self._at)
        if match is None:  # how far a lone mark should reach nobody can know
            yield self._taken("lone", '"', self._at + 1)
            return
        value = " ".join(match["quoted"].split())
        yield self._taken("quoted", value, match.end(), match["suffix"] or "")

    def _bare(self, *, value: bool = False) -> Iterator[Lexeme]:
        if not value and (loose := _LOOSE_SIGNS.match(self._text, self._at)):
            self._at = self._begin = loose.end()
            return
        match = _BARE.match(self._text, self._at)
        if match is None:
            self._at += 1
            return
        typed = match[0]
        if not value and "&&" in typed:
            typed = typed[: typed.index("&&")] or "&&"
        word, closers = _trim(typed)
        if boost := _BOOST.search(word):
            self._odd.append(Oddity("boost-ignored", boost[0]))
            word = word[: boost.start()]
        suffix = ""
        if found := _SUFFIX.search(word):
            suffix, word = found["suffix"], word[: found.start()]
        operator = _OPERATORS.get(word) if not (value or suffix) else None
        end = self._at + len(typed)
        if word and (value or "*" in word or any(map(str.isalnum, word)) or operator):
            comma = typed[len(word) :][:1] in _COMMAS and len(typed) > len(word)
            yield replace(self._taken(operator or "word", word, end, suffix), ended=comma)
        self._at = self._begin = end
        for _ in range(closers):
            yield Lexeme("close", ")", end - 1, joined=True)


def _trim(bare: str) -> tuple[str, int]:
    """Without the comma or the closing bracket that a sentence leaves on its last word, and how many
    round brackets were closed by it."""
    unopened = "".join(closer for closer, opener in _CLOSERS.items() if opener not in bare)
    word = bare.rstrip(_COMMAS + unopened)
    return word, bare[len(word) :].count(")") if ")" in unopened else 0


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


_LEAD = re.compile(
    rf"(?:{_UNSEEN.pattern})*[(\[{{]*(?P<sign>[-–−+!])?(?:(?P<name>[^\W\d_]{{1,16}}):(?!//))?"
)
"""The marks that a word begins with while it is being typed."""


def typing_from(text: str) -> tuple[int, bool] | None:
    """Where the words begin that are being typed at the end of a query, behind marks and operators.

    The second value says that they are one thing: in an open quote, behind a sign, or in a title.
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
        return None if named and _is_filter(_field(named)) else (behind, True)
    begin, whole = behind, False
    for chunk in re.finditer(r"\S+", text[behind:]):
        marks = _LEAD.match(chunk[0])
        assert marks is not None  # It matches nothing at all, too.
        field, start, end = _field(marks), behind + chunk.start(), behind + chunk.end()
        if end < len(text):
            if field or marks["sign"] or chunk[0] in _OPERATORS:
                begin = end
        elif _is_filter(field):
            return None
        elif field or marks["sign"]:
            begin, whole = start + marks.end(), True
    return begin, whole


def _field(lead: re.Match[str]) -> str:
    return _FIELDS.get(_key(lead["name"]), "") if lead["name"] else ""


def _is_filter(field: str) -> bool:
    return bool(field) and field != "title"


def split_values(value: str) -> list[str]:
    """The values of a filter typed without quotes: `lang:ur,en` names two."""
    return [part for part in re.split(r"[,،;؛|]+", value) if part] or [value]
