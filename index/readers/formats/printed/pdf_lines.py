"""The lines of a PDF page in reading order, with Arabic script put right.

PDFium gives lines as they follow in the file and guesses the order within. Where a line holds Arabic
script its letters are put in order anew by where they stand on the page: right to left, numbers and
Latin words left to right in it, marks on the letter below them, both letters of a ligature
in their own order. Presentation forms become letters.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
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
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"), ("«", "»"))
_UNSHOWN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff\u200e\u200f\u202a-\u202e]")
_SPACE = " "
_NOTHING = "\0"
_BREAKS = (10, 13)
"""The characters that PDFium sets between lines, also within one of the page."""
_LAM, _ALEFS = "ل", "اآأإٱ"
_STEP = 1.3  # of the size of the letters: heights of two pieces of one line
_NEAR = 3  # pieces
_LEAST_STEPS = 8  # on a page
_LEAST_GAP = 0.12  # of the size of the letters
_STEPPED_GAP = 0.04  # words of Nastaliq begin above the end of those before them


@dataclass(frozen=True)
class Line:
    """A line of a page: its text, and in points where it stands and how large its letters are. One that
    `is_stepped` was put together of pieces at many heights."""

    text: str
    left: float
    right: float
    base: float
    size: float
    is_rtl: bool = False
    is_stepped: bool = False


@dataclass
class _Glyph:
    """A character and where it stands. `index` is PDFium's number on the page, `listed` in the line,
    `order` the right one among characters at one place; from `left` to `right` is its room, with its marks."""

    text: str
    x: float
    left: float
    right: float
    index: int
    listed: int
    order: int
    marks: str = ""


def page_lines(page: Any) -> list[Line]:
    """The lines of a text page of pypdfium2, in the order of the page."""
    count = pdfium.FPDFText_CountChars(page)
    codes = [pdfium.FPDFText_GetUnicode(page, index) for index in range(count)]
    places = _Places(page)
    spans: list[_Span] = []
    start = 0
    for index in range(count + 1):
        if index == count or codes[index] in _BREAKS:
            span = _Span(codes, start, index, places)
            start = index + 1
            if not span.shown:
                continue
            if spans and span.goes_on_with(spans[-1]):
                spans[-1].add(span)
            else:
                spans.append(span)
    found = [(line, span) for span in spans if (line := _line(span, codes, places))]
    if not _is_stepped([line for line, _ in found]):
        return [line for line, _ in found]
    return _whole_lines(found, codes, places)


def _whole_lines(found: list[tuple[Line, _Span]], codes: list[int], places: _Places) -> list[Line]:
    """The lines of a page whose pieces stand at many heights."""
    pieces = [found[:1]]
    for each in found[1:]:
        if any(_steps_to(line, each[0]) for line, _ in pieces[-1][-_NEAR:]):
            pieces[-1].append(each)
        else:
            pieces.append([each])
    lines = []
    for (_, span), *rest in pieces:
        for _, more in rest:
            span.add(more)
        if line := _line(span, codes, places, _STEPPED_GAP):
            lines.append(replace(line, is_stepped=True))
    return lines


def _is_stepped(lines: list[Line]) -> bool:
    """Whether most lines are pieces of words, one a little above the other: so PDFium gives a Nastaliq font
    whose letters each have a height of their own."""
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if a.is_rtl and b.is_rtl]
    steps = sum(_steps_to(a, b) and a.base != b.base for a, b in pairs)
    return steps >= _LEAST_STEPS and steps * 2 > len(pairs)


def _steps_to(line: Line, following: Line) -> bool:
    """Whether two lines stand side by side, the one not much above the other."""
    beside = min(abs(following.left - line.right), abs(line.left - following.right))
    return abs(line.base - following.base) < _STEP * line.size and beside < line.size


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


def _line(
    span: _Span, codes: list[int], places: _Places, least_gap: float = _LEAST_GAP
) -> Line | None:
    text = _text(codes, span.start, span.end)
    samples = span.shown[0], span.shown[len(span.shown) // 2], span.shown[-1]
    left, right = places.extent(samples)
    size = max(places.size(samples[0]), places.size(samples[-1]))
    if span.is_rtl:
        origins = [places.origin(index) for index in range(span.start, span.end)]
        glyphs = _glyphs(text, origins, places, span.start)
        text = _in_order(_spaced(glyphs, least_gap * size))
    text = _UNSHOWN.sub("", text).strip()
    if not text:
        return None
    return Line(
        text,
        left=left,
        right=right,
        base=places.base(samples[1]),
        size=size,
        is_rtl=span.is_rtl,
    )


def _text(codes: list[int], start: int, end: int) -> str:
    """One character for each of PDFium's; what is none is NUL, and so is a break."""
    return "".join(
        chr(code)
        if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and code not in _BREAKS
        else _NOTHING
        for code in codes[start:end]
    )


class _Places:
    """Where characters stand."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._numbers = [ctypes.c_double() for _ in range(4)]
        self._room = pdfium.FS_RECTF()

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

    def room(self, index: int) -> tuple[float, float]:
        """The left and right end of the room that its font gives a character. A space that is in no font has
        none: PDFium put it where letters stand apart."""
        pdfium.FPDFText_GetLooseCharBox(self._page, index, self._room)
        return self._room.left, self._room.right

    def extent(self, indexes: Iterable[int]) -> tuple[float, float]:
        """The left and right end of what stands between these characters."""
        boxes = [self.box(index) for index in indexes]
        return min(box[0] for box in boxes), max(box[1] for box in boxes)


def _in_order(visual: list[_Glyph]) -> str:
    """The characters of a line of Arabic script, given from left to right, in the order in which it is read."""
    line = "".join(glyph.text[0] for glyph in visual)
    pieces: list[str] = []
    at = len(visual)
    for run in reversed(list(_LEFT_TO_RIGHT.finditer(line))):
        pieces += _written(visual[run.end() : at])
        pieces += _written(list(reversed(visual[run.start() : run.end()])))
        at = run.start()
    pieces += _written(visual[:at])
    return unicodedata.normalize("NFC", _mirrored_right("".join(pieces)))


def _spaced(glyphs: list[_Glyph], least_gap: float) -> list[_Glyph]:
    """The glyphs of a line from left to right, with a space where two stand apart: many programs leave out
    spaces."""
    spaced: list[_Glyph] = []
    end = -math.inf
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.x, -glyph.order)):
        apart = glyph.left - end > least_gap
        if spaced and apart and _SPACE not in (glyph.text, spaced[-1].text):
            spaced.append(replace(glyph, text=_SPACE, marks=""))
        spaced.append(glyph)
        end = max(end, glyph.right)
    return spaced


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
        left, right = places.room(start + index)
        if character != _SPACE or left < right:
            x = origins[index]
            glyphs.append(_Glyph(character, x, left, right, start + index, index, index))
    for glyph in glyphs:
        glyph.order = _own_order(glyph, text, origins)
    for character, index in marks:
        _put_mark(character, index, places.box(start + index), glyphs)
    return glyphs


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


def _put_mark(mark: str, index: int, room: tuple[float, float], glyphs: list[_Glyph]) -> None:
    """Give a mark to the letter over which it stands; in a ligature to the one it was written after."""
    letters = [glyph for glyph in glyphs if glyph.text > _SPACE]
    if not letters:
        return
    centre = sum(room) / 2
    over = [glyph for glyph in letters if glyph.x <= centre + 0.01]
    nearest = max(over, key=lambda g: (g.x, g.order)) if over else min(letters, key=lambda g: g.x)
    if any(glyph.order != glyph.listed for glyph in letters if glyph.x == nearest.x):
        written = [g for g in letters if g.x == nearest.x and g.listed == index + 1]
        nearest = (written or [nearest])[0]
    nearest.marks += mark
    nearest.left, nearest.right = min(nearest.left, room[0]), max(nearest.right, room[1])


def _mirrored_right(text: str) -> str:
    """Turn brackets round where they do not open before they close: fonts hold some of them as they look.
    A line in which one of a pair is missing is left as it is."""
    for opening, closing in _BRACKETS:
        depth = lowest = 0
        places = []
        for at, character in enumerate(text):
            if character in (opening, closing):
                places.append(at)
                depth += 1 if character == opening else -1
                lowest = min(lowest, depth)
        if (depth or lowest < 0) and len(places) % 2 == 0:
            letters = list(text)
            for number, at in enumerate(places):
                letters[at] = closing if number % 2 else opening
            text = "".join(letters)
    return text
