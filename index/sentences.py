"""Where a sentence ends, in Urdu and in English: spans of the original text.

A passage is made of sentences and a snippet shows whole ones. The rules are the few that news
prose needs, each as a small function below; a wrong split costs a little, a lost word would cost
a document, so the spans always cover every letter and digit.

*   A line break ends a sentence: headlines, datelines and lists have no full stop.
*   ``۔`` and ``؟`` end one, with or without a space behind them (Urdu pages often leave it out),
    except between digits (1984۔85) and between spelled letters (پی۔ایچ۔ڈی).
*   ``!`` and ``?`` end one before white space or an Urdu letter (not in ``?id=3``).
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

_LINES = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_ENDERS = ".!?…۔؟।॥。！？‼⁇⁈⁉"
_CLOSERS = "\"'”’»›)]}﴾」』"
_END = re.compile(f"[{_ENDERS}]+(?:[{re.escape(_CLOSERS)}]+[{_ENDERS}]*)*")
_SPACES = re.compile(r"\s*")
_WORD_BEFORE = re.compile(r"[^\s۔\"'“”‘’(\[{«]+$")
_WORD_AFTER = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\ufb50-\ufdff\ufe70-\ufefc]")
_COMMAS = re.compile(r"[،,;؛:](?=\s)|[،؛]")

TITLES = frozenset(
    ["dr", "mr", "mrs", "ms", "prof", "gen", "col", "lt", "maj", "capt", "cdr", "brig", "adm", "sgt", "cpl", "insp", "supt", "sen", "rep", "gov", "pres", "hon", "rev", "st", "mt", "ft", "engr", "adv", "amb", "messrs", "vs", "cf", "e.g", "i.e", "viz"]
)
"""Abbreviations that always have something behind them."""

BEFORE_NUMBERS = frozenset(
    ["no", "nos", "rs", "fig", "figs", "vol", "pp", "p", "art", "sec", "para", "ch", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"]
)
"""Abbreviations that go on when a number follows: No. 5, Jan. 17."""

MAY_END = frozenset(["a.m", "p.m", "etc", "inc", "ltd", "co", "corp", "jr", "sr", "bros", "dept", "est", "approx"])
"""Abbreviations that end a sentence only if the next word looks like the start of one."""

STARTERS = frozenset(
    ["the", "a", "an", "he", "she", "it", "they", "we", "you", "i", "this", "that", "these", "those", "there", "in", "on", "at", "for", "from", "with", "as", "if", "when", "while", "after", "before", "but", "and", "or", "so", "however", "his", "her", "its", "their", "our", "my", "no", "not", "what", "who", "why", "how", "according", "meanwhile"]
)
"""Words that begin a sentence when they stand capitalised behind an abbreviation."""

SPELLED = frozenset(
    ["اے", "بی", "سی", "ڈی", "ای", "ایف", "جی", "ایچ", "آئی", "جے", "کے", "ایل", "ایم", "این", "او", "پی", "کیو", "آر", "ایس", "ٹی", "یو", "وی", "ڈبلیو", "ایکس", "وائی", "زیڈ"]
)
"""Names of Latin letters, in which Urdu spells abbreviations: پی۔ٹی۔آئی."""


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans `(start, end)` of the sentences of `text`, trimmed, in order, never overlapping."""
    spans: list[tuple[int, int]] = []
    for line in _LINES.finditer(text):
        start = line.start()
        for end in _ends(text, line.start(), line.end()):
            _add(spans, text, start, end)
            start = end
        _add(spans, text, start, line.end())
    return spans


def _ends(text: str, start: int, stop: int) -> list[int]:
    ends = []
    for match in _END.finditer(text, start, stop):
        end = _leave_opening_quote(text, start, match.start(), match.end(), stop)
        if _is_end(text, start, match, end, stop):
            ends.append(end)
            start = end
    return ends


def _leave_opening_quote(text: str, start: int, mark: int, end: int, stop: int) -> int:
    """Give a straight quote glued to the next word back to it, unless one is open before."""
    quote = text[end - 1]
    glued = end < stop and text[end].isalnum()
    if quote in "\"'" and glued and text.count(quote, start, mark) % 2 == 0:
        return end - 1
    return end


def _is_end(text: str, start: int, match: re.Match[str], end: int, stop: int) -> bool:
    after = _SPACES.match(text, end, stop).end()  # type: ignore[union-attr]
    if after == stop:
        return True
    mark, spaced, following = match[0][0], after > end, text[after]
    before = text[match.start() - 1] if match.start() > start else ""
    if mark in "۔؟":
        return not _goes_on_in_urdu(text, start, match, after, spaced)
    if not spaced:
        return _ends_without_space(text, before, match.end(), following, mark)
    if mark in "!?" or mark not in ".…":
        return not (following.islower() and match[0][-1] in _CLOSERS)
    if following.islower():
        return False
    if mark == "…" or len(match[0].rstrip(_CLOSERS)) > 1:
        return True
    return not _goes_on_after_dot(text, start, match.start(), after)


def _goes_on_in_urdu(text: str, start: int, match: re.Match[str], after: int, spaced: bool) -> bool:
    """``۔`` inside a number or inside a spelled abbreviation."""
    if match[0] != "۔":
        return False
    if not spaced and text[after].isdigit() and text[match.start() - 1 : match.start()].isdigit():
        return True
    return _spelled(text, start, match.start(), after)


def _spelled(text: str, start: int, mark: int, after: int) -> bool:
    before = _WORD_BEFORE.search(text, max(start, mark - 12), mark)
    following = _WORD_AFTER.match(text, after)
    if not before or not following:
        return False
    return before[0].rpartition(".")[2] in SPELLED and following[0] in SPELLED


def _ends_without_space(text: str, before: str, end: int, following: str, mark: str) -> bool:
    """``ہے.اس`` and ``said.The`` are two sentences, example.com, 3.5 and ?id=3 are none."""
    if _ARABIC.match(following):
        return bool(_ARABIC.match(before)) and not (mark == "." and _spelled(text, 0, end - 1, end))
    if mark != "." or not following.isupper() or not before.islower():
        return mark not in ".!?…"
    return text[end + 1 : end + 2].islower() and text[max(0, end - 3) : end - 2].islower()


def _goes_on_after_dot(text: str, start: int, dot: int, after: int) -> bool:
    """A dot before white space that belongs to an abbreviation, an initial or a list number."""
    found = _WORD_BEFORE.search(text, max(start, dot - 24), dot)
    if not found:
        return False
    word = found[0].lower()
    if _ARABIC.match(found[0]):
        return _spelled(text, start, dot, after)
    if word.isdigit():
        return not text[start : found.start()].strip()  # "1. First item"
    if word in TITLES:
        return True
    if word in BEFORE_NUMBERS:
        return text[after].isdigit()
    initials = all(len(part) == 1 and part.isalpha() for part in word.split("."))
    if word in MAY_END or initials:
        following = _WORD_AFTER.match(text, after)
        return not (following and following[0].lower() in STARTERS)
    return False


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Append `text[start:end]`, trimmed and cut to length, without pieces that hold no word."""
    while start < end:
        stop = end if end - start <= LONGEST else _cut(text, start)
        piece = text[start:stop]
        if any(map(str.isalnum, piece)):
            left = start + len(piece) - len(piece.lstrip())
            spans.append((left, start + len(piece.rstrip())))
        start = stop


def _cut(text: str, start: int) -> int:
    """Where to cut a span that is too long: after the last comma, else space, else anywhere."""
    half, stop = start + LONGEST // 2, start + LONGEST
    commas = [match.end() for match in _COMMAS.finditer(text, half, stop)]
    if commas:
        return commas[-1]
    for place in range(stop, half, -1):
        if text[place - 1].isspace():
            return place
    while stop > half and unicodedata.category(text[stop])[0] in "MC":
        stop -= 1
    return stop
