"""Lines of PDF pages to paragraphs, without what is printed at the edge of every page."""

from __future__ import annotations

import itertools
import re
from collections import Counter

from index.readers.formats.printed.pdf_lines import Line

_EDGE = 2  # lines at the top and at the bottom where running heads stand
_LEAST_PAGES = 3
_SHARE = 0.3  # of the pages: left and right ones may have heads of their own
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"[\W_]*(?:page|p\.|صفحہ)?[\W_]*\d{1,4}(?:[\W_]*(?:of|/|از|میں سے)[\W_]*\d{1,4})?[\W_]*", re.I
)
_GAP = 1.35  # of the usual distance of lines; more parts paragraphs
_FULL = 0.85  # of the width of a column; a shorter line ends its paragraph
_HEADING = 1.15  # of the usual size of letters; a larger line is a heading
_HEADING_GAP = 2.2  # of its size; lines of a heading that are further apart are two of them
_FEW = 4
_INDENT = 3  # letters' sizes: so far the first line of a paragraph may begin from the edge
ENDED = re.compile(r"[.!?۔؟:\"'”’)\]]\s*$")
"""How a text ends that does not go on in the next column or on the next page."""
_HYPHEN = re.compile(r"(?<=[a-z])[-\u00ad\u2010]$")


def without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages less the lines that many of them have at an edge, whatever number is in them."""
    counts: Counter[str] = Counter()
    for lines in pages:
        edges = {_folded(line) for line in (*lines[:_EDGE], *lines[-_EDGE:])}
        counts.update(edges)
    most = max(_LEAST_PAGES, len(pages) * _SHARE)
    heads = {folded for folded, count in counts.items() if count >= most}
    return [_inside(lines, heads) for lines in pages]


def _folded(line: Line) -> str:
    return "#" if _NUMBER.fullmatch(line.text) else _DIGITS.sub("#", line.text)


def _inside(lines: list[Line], heads: set[str]) -> list[Line]:
    first, last = 0, len(lines)
    while first < min(_EDGE, last) and _folded(lines[first]) in heads:
        first += 1
    while last > max(len(lines) - _EDGE, first) and _folded(lines[last - 1]) in heads:
        last -= 1
    return lines[first:last]


def paragraphs(lines: list[Line]) -> list[str]:
    """Join the lines of a page where one goes on with the other."""
    if not lines:
        return []
    usual = _usual_distance(lines)
    sizes = sorted(line.size for line in lines)
    heading = sizes[(len(sizes) - 1) // 2] * _HEADING
    blocks = [lines[0].text]
    for above, line in itertools.pairwise(lines):
        goes_on = _goes_on(above, line, usual) and _is_full(above, lines)
        if goes_on or _is_heading(above, line, heading):
            blocks[-1] = _join(blocks[-1], line.text)
        else:
            blocks.append(line.text)
    return blocks


def _usual_distance(lines: list[Line]) -> float:
    distances = sorted(
        above.base - line.base
        for above, line in itertools.pairwise(lines)
        if above.base > line.base
    )
    return distances[len(distances) // 2] if distances else 0.0


def _is_heading(above: Line, line: Line, least: float) -> bool:
    """Whether two lines are of one heading, which breaks its lines where it likes."""
    distance = above.base - line.base
    return (
        line.size >= least
        and abs(above.size - line.size) < 0.01 * line.size
        and 0 < distance <= _HEADING_GAP * line.size
    )


def _goes_on(above: Line, line: Line, usual: float) -> bool:
    """Whether a line of the same size stands close below another, or tops the next column."""
    if abs(above.size - line.size) > 0.1 * above.size:
        return False
    if line.base > above.base and (line.right <= above.left or line.left >= above.right):
        return not ENDED.search(above.text)
    return 0 < above.base - line.base <= usual * _GAP


def _is_full(line: Line, lines: list[Line]) -> bool:
    """Whether a line reaches as far as others of its size do that begin where it begins: its column."""
    near = _INDENT * line.size
    alike = [each for each in lines if abs(each.size - line.size) <= 0.1 * line.size]
    if len(alike) < _FEW:  # a headline: as wide as the text below it
        alike = lines
    if line.is_rtl:
        end = min(each.left for each in alike if abs(each.right - line.right) <= near)
        return line.right - line.left >= _FULL * (line.right - end)
    end = max(each.right for each in alike if abs(each.left - line.left) <= near)
    return line.right - line.left >= _FULL * (end - line.left)


def _join(text: str, line: str) -> str:
    """Join two lines; a word that was parted between them becomes whole."""
    if _HYPHEN.search(text) and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}"
