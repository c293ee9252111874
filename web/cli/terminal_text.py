"""Text of the archive on a terminal: its marks, and Urdu in the order the terminal needs.

What a stranger wrote is printed without the control characters a terminal would obey. Where the
terminal does not order Urdu itself (`web.cli.bidi`), lines are broken here and then laid out, for
order is a matter of lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from search.models import Span
from web import present
from web.cli import bidi

STYLES = {"exact": "bold underline green", "variant": "underline green", "meaning": "italic cyan"}
"""Kinds of marks differ in more than colour."""
UNSURE_BELOW = 0.5
WIDEST = 100
_EXPLICIT, _IMPLICIT = "\x1b[8l", "\x1b[8h"
"""ECMA-48's bidirectional support mode: text comes in visual order, or in that of typing. Terminals
that order text obey it, so what is laid out here is not turned again; others know no such mode."""
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|([^\\W\\d_])")

Piece = tuple[str, str]
"""A stretch of text and its style."""


def plain(text: str) -> str:
    """Text on one line, without characters that a terminal obeys or that turn its order."""
    return bidi.without_controls(_OBEYED.sub(" ", text))


def marked(text: str, spans: Iterable[Span], style: str = "") -> list[Piece]:
    """Text with its marks; those that are unsure are dim."""
    found = []
    for piece, span in present.segments(text, spans):
        mark = style
        if span:
            mark = STYLES.get(span.kind, "bold")
            mark += " dim" if span.strength < UNSURE_BELOW else ""
        found.append((piece, mark))
    return found


@dataclass(frozen=True)
class Printer:
    """Prints lines to one console, in the order of letters it needs."""

    console: Console
    visual: bool

    @classmethod
    def to(cls, wanted: str, *, stderr: bool = False) -> Printer:
        """A printer for this process; `wanted` is the setting or option `bidi`.

        A file or a program at the other end always gets the text as it is.
        """
        console = Console(stderr=stderr, highlight=False, soft_wrap=True)
        order = bidi.who_orders() if wanted == bidi.AUTO else wanted
        return cls(console, console.is_terminal and order == bidi.VISUAL)

    def line(self, *pieces: Piece | str, indent: str = "", rtl: bool | None = None) -> None:
        """Print one paragraph. `rtl` is its direction, else that of its first letter."""
        given = ((each, "") if isinstance(each, str) else each for each in pieces)
        cut = [(plain(text), style) for text, style in given]
        if not self.visual:
            self.console.print(Text.assemble(indent, *cut))
            return
        text = "".join(piece for piece, _ in cut)
        styles = [style for piece, style in cut for _ in piece]
        leftward = begins_rtl(text) if rtl is None else rtl
        width = max(min(self.console.width, WIDEST) - cell_len(indent), 1)
        self._say(_EXPLICIT)
        for start, end in wrapped(text, width):
            glyphs = bidi.visual(text[start:end].rstrip(), leftward)
            row = Text()
            for style, run in groupby(glyphs, key=lambda glyph: styles[start + glyph[1]]):
                row.append("".join(glyph for glyph, _ in run), style)
            pad = " " * max(width - cell_len(row.plain), 0) if leftward else ""
            self.console.print(Text.assemble(indent, pad, row))
        self._say(_IMPLICIT)

    def _say(self, mode: str) -> None:
        if not self.console.is_dumb_terminal:
            self.console.file.write(mode)


def begins_rtl(text: str) -> bool:
    """Whether the first letter of a text is written from right to left."""
    found = _RTL.search(text)
    return bool(found and not found[1])


def wrapped(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where lines of at most `width` cells begin and end, broken at spaces; longer words are cut."""
    start = end = 0
    for word in _words(text, width):
        if end > start and cell_len(text[start : word[1]].rstrip()) > width:
            yield start, end
            start = word[0]
        end = word[1]
    if end > start or not text:
        yield start, end


def _words(text: str, width: int) -> Iterator[Sequence[int]]:
    for found in re.finditer(r"\S+\s*|\s+", text):
        start, end = found.span()
        while cell_len(text[start:end].rstrip()) > width:
            cut = start + 1
            while cell_len(text[start : cut + 1]) <= width:
                cut += 1
            yield start, cut
            start = cut
        yield start, end
