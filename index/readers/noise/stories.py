"""Several stories in one page or file: each becomes an article of its own.

Saved pages of aggregators go on with another whole story below the footer of the first, and newsrooms
keep a day's stories in one file. A boundary is believed only where a story follows: a headline, and
prose below it. A list of headlines is none; it is left to the rules that cut such lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from index.readers.datelines import dateline_of
from index.readers.dates import find_date
from index.readers.noise.cleaning import FOOTERS, Mark, marks_of
from index.readers.noise.labels import heads_in
from index.readers.noise.rules import Action, fold_line

_HEADLINE_CHARS = 200
_MIN_PROSE = 200  # of a story, in the lines that are prose
_PROSE_LINE = 60
_FOOTER_LINES = 4
_HEAD_LINES = 6  # in which a story among several says whose it is or of what day
_STOP = re.compile(r"[۔؟।.!?][\"'”’)]?$")
_BULLET = re.compile(r"[•·●▪■◆►▶➤*-]\s|\d{1,2}[.)]\s")
_RULE = re.compile(r"[=_#*~-]{3,}|\* \* \*|- - -")
_DATE_LINE = re.compile(r"[ \t]*(?:date|تاریخ)\b\s*[:=]?\s*\d{4}-\d\d-\d\d\b", re.I)
_WORD = re.compile(r"\w{3,}")
_MIN_WORDS = 3
_LEAD_LINES = 2
_STEM = 5
_MAX_STORIES = 1000  # a file of more is a table under another name, or hostile


@dataclass(frozen=True)
class _Lines:
    """The lines of a text and what the rules say of them."""

    lines: list[str]
    marks: dict[int, Mark]

    def filled(self, start: int, end: int) -> Iterator[int]:
        """The lines between with anything on them."""
        return (i for i in range(start, end) if self.lines[i].strip())

    def prose(self, start: int, end: int) -> int:
        """How many characters of prose there are."""
        lengths = (len(self.lines[i].strip()) for i in range(start, end) if i not in self.marks)
        return sum(length for length in lengths if length >= _PROSE_LINE)

    def is_story(self, start: int, end: int) -> bool:
        """Whether a headline and the prose of a story stand here."""
        first = next(self.filled(start, end), None)
        if first is None or first in self.marks:
            return False
        headline = self.lines[first].strip()
        return (
            len(headline) <= _HEADLINE_CHARS
            and not _BULLET.match(headline)
            and self.prose(first + 1, end) >= _MIN_PROSE
        )

    def has_footer_above(self, index: int) -> bool:
        """Whether the footer of an article ends just above: its source, its keywords."""
        near = list(self.filled(max(index - 4 * _FOOTER_LINES, 0), index))[-_FOOTER_LINES:]
        return any(i in self.marks and self.marks[i][0].action in FOOTERS for i in near)

    def is_signed(self, start: int, end: int) -> bool:
        """Whether the head of a story states its day, its author, its newsroom or its place."""
        for index in list(self.filled(start, min(end, start + 3 * _HEAD_LINES)))[:_HEAD_LINES]:
            line = self.lines[index].strip()
            signs = (Action.BYLINE, Action.SOURCE)
            mark = self.marks.get(index)
            if (mark and (mark[0].action in signs or mark[0].name == "desk")) or dateline_of(line):
                return True
            if len(line) <= _PROSE_LINE * 2 and find_date(fold_line(line))[0]:
                return True
        return False

    def is_told(self, start: int, end: int) -> bool:
        """Whether the lead of a story tells what its headline says, and the rest of the text does not."""
        first = next(self.filled(start, end))
        words = _stems(self.lines[first : first + 1])
        if len(words) < _MIN_WORDS or _STOP.search(self.lines[first].strip()):
            return False
        own = len(words & self._words(first + 1, end, _LEAD_LINES))
        others = len(words & (self._words(0, start) | self._words(end, len(self.lines))))
        return 2 * own >= len(words) and own > others

    def _words(self, start: int, end: int, most: int | None = None) -> set[str]:
        """The words of prose in lines, of the first ones if so many are enough."""
        lines = (line for line in self.lines[start:end] if len(line) >= _PROSE_LINE)
        return _stems(islice(lines, most))


def _stems(lines: Iterable[str]) -> set[str]:
    """The words of lines by their beginnings, which inflections share."""
    return {word[:_STEM] for line in lines for word in _WORD.findall(fold_line(line))}


def split(text: str) -> list[str]:
    """The stories of a text in their order; most hold one, which is the text itself."""
    if len(text) < _MIN_PROSE or not _may_hold_several(text.lower()):
        return [text]
    lines = text.split("\n")
    page = _Lines(lines, marks_of(lines))
    spans = _by_labels(page) or _by_dates(page) or _by_rules(page) or _by_headings(page)
    if not spans or len(spans) > _MAX_STORIES:
        return [text]
    return ["\n".join(lines[start:end]).strip() for start, end in spans]


_Spans = list[tuple[int, int]]
"""From which line to before which each story goes; none where there is but one."""


def _by_labels(page: _Lines) -> _Spans:
    """Every head of labelled lines begins a story."""
    starts = heads_in(page.lines)
    if len(starts) < 2:
        return []
    spans = list(pairwise([0, *starts[1:], len(page.lines)]))
    return spans if all(page.prose(start, end) for start, end in spans) else []


def _by_dates(page: _Lines) -> _Spans:
    """Every `date 2026-01-07` line begins a story."""
    starts = [i for i, line in enumerate(page.lines) if _DATE_LINE.match(line)]
    if len(starts) < 2 or any(page.lines[i].strip() for i in range(starts[0])):
        return []
    spans = list(pairwise([*starts, len(page.lines)]))
    return spans if all(page.prose(start, end) for start, end in spans) else []


def _by_rules(page: _Lines) -> _Spans:
    """Lines are drawn between the stories: each has a headline, prose, and says whose or of when, or its
    headline is told in its prose and nowhere else."""
    cuts = [i for i, line in enumerate(page.lines) if _RULE.fullmatch(line.strip(" \t") or "-")]
    bounds = [-1, *cuts, len(page.lines)]
    spans = [(a + 1, b) for a, b in pairwise(bounds) if any(page.filled(a + 1, b))]
    stories = all(
        page.is_story(a, b) and (page.is_signed(a, b) or page.is_told(a, b)) for a, b in spans
    )
    return spans if stories and len(spans) > 1 else []


def _by_headings(page: _Lines) -> _Spans:
    """Another story follows the heading for it (`پڑھیں:`) below the footer of the first, or tells what
    its headline says and the first does not; below a heading that stands inside articles, too
    (`مزید پڑھیں`), only where it is signed."""
    kinds = (Action.ARTICLE, Action.NEXT)
    headings = [i for i, (rule, _) in page.marks.items() if rule.action in kinds]

    def begins(index: int, end: int) -> bool:
        if page.has_footer_above(index):
            return True
        inside = page.marks[index][0].action is Action.NEXT
        return page.is_told(index + 1, end) and (not inside or page.is_signed(index + 1, end))

    starts = [
        index
        for index, end in pairwise([*headings, len(page.lines)])
        if page.is_story(index + 1, end) and page.prose(0, index) and begins(index, end)
    ]
    spans = pairwise([-1, *starts, len(page.lines)])
    return [(start + 1, end) for start, end in spans] if starts else []


_SIGNS = (
    *("پڑ", "read", "see also", "also see", "watch", "متعلقہ خبر", "* * *", "- - -"),
    *(mark * 3 for mark in "=_#*~-"),
)
_DAYS = ("date ", "date:", "date\t", "تاریخ")


def _may_hold_several(lowered: str) -> bool:
    """Whether it is worth a closer look; most texts have nothing of what a boundary is made of."""
    days = sum(map(lowered.count, _DAYS))
    label = lowered.lstrip()[:40].partition("\n")[0].partition(":")[0]
    labelled = bool(label) and f"\n{label}:" in lowered
    return days > 1 or labelled or any(sign in lowered for sign in _SIGNS)
