"""Where a sentence ends, in Urdu and in English: spans of the original text.

A passage is made of sentences and a snippet shows whole ones. The rules are the few that news
prose needs, each in a small function below. A wrong split costs a little, a lost word would cost
a document: the spans always cover every letter and digit.

*   A line break ends a sentence: headlines, datelines and lists have no full stop.
*   ``۔`` and ``؟`` end one, with or without a space behind them (Urdu pages often leave it out),
    but not between digits (1984۔85) or spelled letters (پی۔ایچ۔ڈی).
*   ``!`` and ``?`` end one before white space or between Urdu words, not in ``?id=3``.
*   ``.`` ends one before white space unless an abbreviation, an initial or a small letter says
    that the sentence goes on: Dr. Khan, J. Smith, No. 5, at 5 a.m. on Monday.
*   Closing quotes and brackets stay with the sentence they close.
*   What is longer than `LONGEST` is cut at a comma, else at a space: an encoder reads no further.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 600
"""Characters in one span."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TITLES = _words(
    "dr mr mrs ms prof gen col lt maj capt cdr brig adm sgt cpl insp supt sen rep gov pres hon rev "
    "st mt ft engr adv amb messrs vs cf e.g i.e viz"
)
"""Abbreviations that always have something behind them."""

BEFORE_NUMBERS = _words(
    "no nos rs fig figs vol pp p art sec para ch jan feb mar apr jun jul aug sep sept oct nov dec"
)
"""Abbreviations that go on when a number follows: No. 5, Jan. 17."""

MAY_END = _words("a.m p.m etc inc ltd co corp jr sr bros dept est approx")
"""Abbreviations, like initials, that end a sentence only before one of the `STARTERS`."""

STARTERS = _words(
    "the a an he she it they we you i this that these those there in on at for from with as if when "
    "while after before but and or so however his her its their our my no not what who why how "
    "according meanwhile"
)
"""Words that begin a sentence when they stand behind an abbreviation: in the U.S. The president."""

SPELLED = _words(
    "اے بی سی ڈی ای ایف جی ایچ آئی جے کے ایل ایم این او پی کیو آر ایس ٹی یو وی ڈبلیو ایکس وائی زیڈ"
)
"""Names of Latin letters, in which Urdu spells abbreviations: پی۔ٹی۔آئی."""

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_ENDERS = ".!?…۔؟।॥。！？‼⁇⁈⁉"
_QUOTES = "\"'“”‘’"  # Urdu closes with ‘‘ as often as with ’’
_CLOSERS = re.escape(f"{_QUOTES}»›)]}}﴾」』")
_END = re.compile(f"[{_ENDERS}]+(?:[{_CLOSERS}]+[{_ENDERS}]*)*")
_QUOTING = re.compile(f"(?<!\\w)[{_QUOTES}]+|[{_QUOTES}]+(?!\\w)")
_SPACE = re.compile(r"\s*")
_WORD_BEFORE = re.compile(rf"[^\s۔{_QUOTES}(\[{{«]+\Z")
_WORD_AFTER = re.compile(r"[^\W\d_]+")
_COMMA = re.compile(r"[,;:](?=\s)|[،؛]")


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans `(start, end)` of the sentences of `text`: trimmed, in order, never overlapping."""
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = 0
        for end in _ends(line[0]):
            spans += _pieces(text, line.start() + start, line.start() + end)
            start = end
        spans += _pieces(text, line.start() + start, line.end())
    return spans


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """`text[start:end]` trimmed, cut to length, without what holds no letter or digit."""
    pieces = []
    while start < end:
        stop = end if end - start <= LONGEST else _cut(text, start)
        piece = text[start:stop]
        if any(map(str.isalnum, piece)):
            left = start + len(piece) - len(piece.lstrip())
            pieces.append((left, start + len(piece.rstrip())))
        start = stop
    return pieces


def _cut(text: str, start: int) -> int:
    """Where to cut what is too long: behind the last comma, else the last space, else anywhere."""
    half, stop = start + LONGEST // 2, start + LONGEST
    commas = [match.end() for match in _COMMA.finditer(text, half, stop)]
    if commas:
        return commas[-1]
    for place in range(stop, half, -1):
        if text[place - 1].isspace():
            return place
    for place in range(stop, half, -1):  # not between a letter and its mark
        if unicodedata.category(text[place])[0] not in "MC":
            return place
    return stop


def _ends(line: str) -> list[int]:
    ends: list[int] = []
    for match in _END.finditer(line):
        start = ends[-1] if ends else 0
        end = _without_opening_quote(line, match)
        if _is_end(line, start, match, end):
            ends.append(end)
    return ends


def _without_opening_quote(line: str, match: re.Match[str]) -> int:
    """A quote glued to the next word belongs to that word, unless one stands open before."""
    end = match.end()
    if line[end - 1] not in _QUOTES or not line[end : end + 1].isalnum():
        return end
    before = _QUOTING.findall(line, max(0, match.start() - 2 * LONGEST), match.start())
    if len(before) % 2:
        return end
    return match.start() + len(match[0].rstrip(_QUOTES))


def _is_end(line: str, start: int, match: re.Match[str], end: int) -> bool:
    """Whether the marks of `match`, in a sentence that began at `start`, end it at `end`."""
    dot, mark = match.start(), line[match.start()]
    space = _SPACE.match(line, end)
    after = space.end() if space else end
    if after == len(line):
        return True
    if match[0] == "۔":
        return not (_in_number(line, dot) or _in_spelling(line, start, dot, after))
    if mark not in ".!?…":
        return True
    if after == end:
        return _ends_without_space(line, start, dot, end)
    if mark in "!?":
        return not line[after].islower() or line[end - 1] in _ENDERS  # not: "Really?" he asked
    if line[after].islower():
        return False
    return match[0][:2] in ("..", "…") or not _goes_on(line, start, dot, after)


def _ends_without_space(line: str, start: int, dot: int, end: int) -> bool:
    """``ہے.اس`` and ``said.The`` are two sentences; example.com, 3.5 and ?id=3 are none."""
    if line[end] in _QUOTES:
        return True
    if _is_arabic(line[end]):
        return _is_arabic(line[dot - 1 : dot]) and not _in_spelling(line, start, dot, end)
    glued = re.match(r"[^\W\d_]{2}\.[^\W\d_]{2}", line[max(0, dot - 2) : end + 2])
    if not glued or not (glued[0][:2].islower() and glued[0][3:].istitle()):
        return False
    return not _goes_on(line, start, dot, end)


def _goes_on(line: str, start: int, dot: int, after: int) -> bool:
    """Whether the dot belongs to an abbreviation, an initial or a list number, not a sentence."""
    found = _WORD_BEFORE.search(line[max(start, dot - 24) : dot])
    if not found:
        return False
    word = found[0].lower()
    if _is_arabic(word[-1]):
        return _in_spelling(line, start, dot, after)
    if word.isdigit():
        return not line[start : dot - len(word)].strip()  # "1. The first item"
    if word in BEFORE_NUMBERS:
        return line[after].isdigit()
    if word in MAY_END or all(len(part) == 1 and part.isalpha() for part in word.split(".")):
        following = _WORD_AFTER.match(line, after)
        return not (following and following[0].lower() in STARTERS)
    return word in TITLES


def _in_number(line: str, dot: int) -> bool:
    return line[dot - 1 : dot].isdigit() and line[dot + 1 : dot + 2].isdigit()


def _in_spelling(line: str, start: int, dot: int, after: int) -> bool:
    """Whether names of letters stand on both sides: ایم۔ اے۔"""
    before = _WORD_BEFORE.search(line[max(start, dot - 12) : dot])
    following = _WORD_AFTER.match(line, after)
    if not before or not following:
        return False
    return before[0].rpartition(".")[2] in SPELLED and following[0] in SPELLED


def _is_arabic(char: str) -> bool:
    return char.isalpha() and ("\u0600" <= char <= "\u06ff" or "\ufb50" <= char <= "\ufefc")
