"""The body of a document on its page: paragraphs with their marks, as much as a browser can show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from index.documents import page_at
from search.models import DocumentView, PassageView, SortedRanges, Span
from web.present import marked, segments, within
from web.text import Text

_ENGLISH = Text("en")
_NOTHING: Mapping[str, Any] = {}
_PLAIN, _TINTED = Markup("{}"), Markup('<span class="passage">{}</span>')

PASSAGES_SHOWN = 1_000
"""Passages that a page lists."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a shown document, as HTML. `best` is set where meaning points to; `pages` are the
    first and the last page of its file that it stands on, where these are not those of the one before."""

    html: Markup
    lang: str
    best: bool
    pages: tuple[int, int] | None = None


SHOWN_CHARS = 400_000
"""Of a body on its page: a book. The rest of what is longer is at the document's API address."""

SHOWN_PARAGRAPHS = 4_000
"""The same in lines: a million tiny ones are more than a browser can lay out."""


def is_cut(view: DocumentView) -> bool:
    """Whether a body goes on behind what its page shows."""
    return bool(view.body[_shown_until(view.body) :].strip())


def _shown_until(body: str) -> int:
    """Where a page stops showing a body: behind a line, unless that line is the first."""
    end = 0
    for number, line in enumerate(re.finditer(r"[^\r\n]*\S[^\r\n]*", body)):
        if number == SHOWN_PARAGRAPHS or (number and line.end() > SHOWN_CHARS):
            return end
        end = min(line.end(), SHOWN_CHARS)
    return end


def paragraphs(
    view: DocumentView, interface: Text = _ENGLISH, extra: Mapping[str, Any] = _NOTHING
) -> list[Paragraph]:
    """The body by lines, each with its marks, the language of the passage it stands in, and by what `extra`
    says its pages."""
    found: list[Paragraph] = []
    above = (0, 0)
    best = SortedRanges([each for each in view.passages if each.best and each.ordinal >= 0])
    passages = SortedRanges([each for each in view.passages if each.ordinal >= 0])
    marks = SortedRanges(view.body_spans)
    for line in re.finditer(r"[^\r\n]+", view.body[: _shown_until(view.body)]):
        if not line.group().strip():
            continue
        start, end = line.span()
        near = best.touching(start, end)
        html = Markup("").join(
            (_TINTED if inside else _PLAIN).format(marked(piece, spans, interface))
            for piece, spans, inside in _by_passage(view, start, end, near, marks)
        )
        lang = _language_at(view, start, end, passages.touching(start, end))
        pages = page_at(extra, start), page_at(extra, end - 1)
        found.append(Paragraph(html, lang, bool(near), pages if pages != above else None))
        above = pages
    return found


def _by_passage(
    view: DocumentView,
    start: int,
    end: int,
    best: Iterable[PassageView],
    marks: SortedRanges[Span],
) -> Iterable[tuple[str, list[Span], bool]]:
    """A line in stretches inside and outside the best passages, with their marks."""
    tints = [Span(each.start, each.end, "best") for each in best]
    position = start
    for piece, tint in segments(view.body[start:end], within(tints, start, end)):
        stop = position + len(piece)
        spans = within(marks.touching(position, stop), position, stop)
        yield piece, spans, tint is not None
        position = stop


def _language_at(view: DocumentView, start: int, end: int, near: Iterable[PassageView]) -> str:
    """Mixed documents: a line is in the language of the passage that holds most of it."""
    shares = [(min(each.end, end) - max(each.start, start), each.lang) for each in near]
    return max(shares, default=(0, view.lang))[1] or view.lang
