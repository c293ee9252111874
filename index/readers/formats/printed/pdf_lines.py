"""The lines of a PDF page in reading order, with Arabic script put right.

PDFium gives lines as they follow in the file and guesses the order within. Where a line holds Arabic
script its letters are put in order anew by where they stand on the page: right to left, numbers and
Latin words left to right in it, marks on the letter below them, both letters of a ligature
in their own order. Presentation forms become letters.
"""

from __future__ import annotations

import ctypes
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pypdfium2.raw as pdfium

_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_FORMS = re.compile("[\ufb50-\ufbff\ufd3e\ufd3f\ufe70-\ufefc]+|[\ufc00-\ufd3d\ufd40-\ufdcf]+")
_STRONG = "A-Za-z\u00c0-\u024f"
_DIGIT = "0-9\u06f0-\u06f9\u0660-\u0669"
_RTL = "\u0590-\u065f\u066a-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_LEFT_TO_RIGHT = re.compile(
    rf"[{_STRONG}](?:[^{_RTL}]*[{_STRONG}{_DIGIT}])?|[{_DIGIT}](?:[.,:/٫٬%+-]?[{_DIGIT}])*%?"
)
_BRACKETS = str.maketrans("()[]{}", ")(][}{")
_UNSHOWN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff\u200e\u200f\u202a-\u202e]")
_SPACE = " "
_NOTHING = "\0"
_OF_BREAKS = {13: 0, 10: 32}
"""The characters that PDFium sets between lines, and what they are within one."""
_LAM, _ALEFS = "ل", "اآأإٱ"
_LEAST_GAP = 0.12  # of the size of the letters


@dataclass(frozen=True)
class Line:
    """A line of a page: its text, and in points where it stands and how large its letters are."""

    text: str
    left: float
    right: float
    base: float
    size: float
    is_rtl: bool = False


@dataclass
class _Glyph:
    """A character and where it stands. `index` is PDFium's number on the page, `listed` in the line,
    `order` the right one among characters at one place; a space that is `made_up` is in no font: PDFium saw a gap."""

    text: str
    x: float
    index: int
    listed: int
    order: int
    made_up: bool = False
    marks: str = ""


def page_lines(page: Any) -> list[Line]:
    """The lines of a text page of pypdfium2, in the order of the page."""
    count = pdfium.FPDFText_CountChars(page)
    codes = [pdfium.FPDFText_GetUnicode(page, index) for index in range(count)]
    places = _Places(page)
    spans: list[_Span] = []
    start = 0
    for index in range(count + 1):
        if index == count or codes[index] in _OF_BREAKS:
            span = _Span(codes, start, index, places)
            start = index + 1
            if not span.shown:
                continue
            if spans and span.goes_on_with(spans[-1]):
                spans[-1].add(span)
            else:
                spans.append(span)
    lines = (_line(span, codes, places) for span in spans)
    return [line for line in lines if line]


class _Span:
    """Characters from `start` to `end` that PDFium gives as a line; `shown` are those that are no spaces."""

    def __init__(self, codes: list[int], start: int, end: int, places: _Places) -> None:
        self.start, self.end = start, end
        self.shown = [index for index in range(start, end) if codes[index] > 32]
        self.is_rtl = bool(_ARABIC.search(_text(codes, start, end)))
        self._places = places

    @cached_property
    def extent(self) -> tuple[float, float]:
        """Its left and right end."""
        return self._places.extent(self.shown)

    def goes_on_with(self, before: _Span) -> bool:
        """Whether PDFium broke a line of Arabic script here that is one on the page, as it does where each
        letter is drawn for itself, and at ligatures."""
        places, last = self._places, before.shown[-1]
        size = places.size(last)
        if not (self.is_rtl or before.is_rtl):
            return False
        if abs(places.base(last) - places.base(self.shown[0])) > 0.1 * size:
            return False
        (left, right), (other_left, other_right) = self.extent, before.extent
        return max(other_left - right, left - other_right) < size

    def add(self, after: _Span) -> None:
        """Go on with what is on the same line of the page."""
        (left, right), (other_left, other_right) = self.extent, after.extent
        self.extent = min(left, other_left), max(right, other_right)
        self.end = after.end
        self.shown += after.shown
        self.is_rtl |= after.is_rtl


def _line(span: _Span, codes: list[int], places: _Places) -> Line | None:
    text = _text(codes, span.start, span.end)
    samples = span.shown[0], span.shown[len(span.shown) // 2], span.shown[-1]
    left, right = places.extent(samples)
    if span.is_rtl:
        origins = [places.origin(index) for index in range(span.start, span.end)]
        text = _in_order(text, origins, places, span.start)
    text = _UNSHOWN.sub("", text).strip()
    if not text:
        return None
    return Line(
        text,
        left=left,
        right=right,
        base=places.base(samples[1]),
        size=max(places.size(samples[0]), places.size(samples[-1])),
        is_rtl=span.is_rtl,
    )


def _text(codes: list[int], start: int, end: int) -> str:
    """One character for each of PDFium's; what is none is NUL, and so is the first half of a break."""
    return "".join(
        chr(_OF_BREAKS.get(code, code))
        if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
        else _NOTHING
        for code in codes[start:end]
    )


class _Places:
    """Where characters stand."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._numbers = [ctypes.c_double() for _ in range(4)]

    def is_made_up(self, index: int) -> bool:
        """Whether PDFium put a space where letters stand apart: it has no width."""
        left, right = self.box(index)
        return left == right

    def size(self, index: int) -> float:
        return float(pdfium.FPDFText_GetFontSize(self._page, index))

    def origin(self, index: int) -> float:
        x, y = self._numbers[:2]
        pdfium.FPDFText_GetCharOrigin(self._page, index, x, y)
        return x.value

    def base(self, index: int) -> float:
        x, y = self._numbers[:2]
        pdfium.FPDFText_GetCharOrigin(self._page, index, x, y)
        return y.value

    def box(self, index: int) -> tuple[float, float]:
        """The left and right end of a character."""
        left, right, bottom, top = self._numbers
        pdfium.FPDFText_GetCharBox(self._page, index, left, right, bottom, top)
        return left.value, right.value

    def extent(self, indexes: Iterable[int]) -> tuple[float, float]:
        """The left and right end of what stands between these characters."""
        boxes = [self.box(index) for index in indexes]
        return min(box[0] for box in boxes), max(box[1] for box in boxes)


def _in_order(text: str, origins: list[float], places: _Places, start: int) -> str:
    """The characters of a line of Arabic script in the order in which it is read."""
    glyphs = _glyphs(text, origins, places, start)
    visual = sorted(glyphs, key=lambda glyph: (glyph.x, -glyph.order))
    visual = [each for at, each in enumerate(visual) if not _is_no_gap(visual, at, places)]
    line = "".join(glyph.text[0] for glyph in visual)
    pieces: list[str] = []
    at = len(visual)
    for run in reversed(list(_LEFT_TO_RIGHT.finditer(line))):
        pieces += _written(visual[run.end() : at])
        pieces += _written(list(reversed(visual[run.start() : run.end()])))
        at = run.start()
    pieces += _written(visual[:at])
    return unicodedata.normalize("NFC", _mirrored_right("".join(pieces)))


def _is_no_gap(visual: list[_Glyph], at: int, places: _Places) -> bool:
    """Whether a space was made up between letters that touch: a mark over one misled PDFium."""
    if not visual[at].made_up or not 0 < at < len(visual) - 1:
        return False
    left, right = visual[at - 1], visual[at + 1]
    return right.x - places.box(left.index)[1] < _LEAST_GAP * places.size(left.index)


def _written(visual: list[_Glyph]) -> Iterator[str]:
    """Glyphs from the right to the left, each with its marks, presentation forms as letters."""
    for glyph in reversed(visual):
        text = glyph.text
        if _FORMS.fullmatch(text):
            text = unicodedata.normalize("NFKC", text).strip() or text
        yield text + glyph.marks


def _glyphs(text: str, origins: list[float], places: _Places, start: int) -> list[_Glyph]:
    """Letters with the marks that stand over or below them."""
    glyphs: list[_Glyph] = []
    marks: list[tuple[str, int]] = []
    for index, character in enumerate(text):
        if character == _NOTHING or _UNSHOWN.match(character):
            continue
        if unicodedata.category(character) == "Mn":
            marks.append((character, index))
            continue
        made_up = character == _SPACE and places.is_made_up(start + index)
        x = _between(text, origins, index) if made_up else origins[index]
        glyphs.append(_Glyph(character, x, start + index, index, index, made_up))
    for glyph in glyphs:
        glyph.order = _own_order(glyph, text, origins)
    for character, index in marks:
        left, right = places.box(start + index)
        _put_mark(character, index, (left + right) / 2, glyphs)
    return glyphs


def _between(text: str, origins: list[float], index: int) -> float:
    """The place of a space that is in no font: between the words before and after it, each of which may
    be listed from either of its ends; of a break in a line between the pieces of the line."""
    parted_by = _NOTHING if text[index - 1 : index] == _NOTHING else _SPACE
    before = list(_letters(origins, text, range(index - 1, -1, -1), parted_by))
    after = list(_letters(origins, text, range(index + 1, len(text)), parted_by))
    if not before or not after:
        return origins[index]
    if max(after) < min(before) or max(before) < min(after):
        return max(min(before), min(after)) - 0.01
    return max(before[0], after[0]) - 0.01


def _letters(
    origins: list[float], text: str, way: Iterable[int], parted_by: str
) -> Iterator[float]:
    """The places of the next letters on the way, up to what parts them from others."""
    letters = itertools.dropwhile(lambda at: text[at] <= _SPACE, way)
    together = itertools.takewhile(lambda at: text[at] > parted_by, letters)
    return (origins[at] for at in together if text[at] > _SPACE)


def _own_order(glyph: _Glyph, text: str, origins: list[float]) -> int:
    """The place of a character among those at one place, a ligature's: PDFium turns most of them round
    with the letters around them. Of lam and alef it is always lam that comes first."""
    at = first = last = glyph.listed
    while first > 0 and origins[first - 1] == glyph.x and text[first - 1] > _SPACE:
        first -= 1
    while last + 1 < len(text) and origins[last + 1] == glyph.x and text[last + 1] > _SPACE:
        last += 1
    letters = [each for each in text[first : last + 1] if unicodedata.category(each) != "Mn"]
    if len(letters) < 2:
        return at
    if letters[0] == _LAM and letters[1] in _ALEFS:
        return at
    around = first - 1 if first else last + 1
    ascending = around < len(text) and (
        origins[around] < glyph.x if around < first else origins[around] > glyph.x
    )
    turned = not ascending or (letters[-1] == _LAM and letters[0] in _ALEFS)
    return first + last - at if turned else at


def _put_mark(mark: str, index: int, centre: float, glyphs: list[_Glyph]) -> None:
    """Give a mark to the letter over which it stands; in a ligature to the one it was written after."""
    letters = [glyph for glyph in glyphs if glyph.text > _SPACE]
    if not letters:
        return
    over = [glyph for glyph in letters if glyph.x <= centre + 0.01]
    nearest = max(over, key=lambda g: (g.x, g.order)) if over else min(letters, key=lambda g: g.x)
    if any(glyph.order != glyph.listed for glyph in letters if glyph.x == nearest.x):
        written = [g for g in letters if g.x == nearest.x and g.listed == index + 1]
        nearest = (written or [nearest])[0]
    nearest.marks += mark


def _mirrored_right(text: str) -> str:
    """Turn brackets round where they close before they open: fonts hold them as they look."""
    depth = lowest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        lowest = min(lowest, depth)
    return text.translate(_BRACKETS) if lowest < 0 and depth == 0 else text
