"""Which page of a printed document a place in its text stands on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

PAGES = "pages"
"""The field of `Document.extra` that says where in the body each page begins, in characters."""

SCANNED = "scanned page"
"""The field that says which page of its file an article was scanned from, counted from 1."""

_SEEN = 60


def page_starts(read: str, starts: Sequence[int], kept: str) -> list[int]:
    """Where pages begin in a text that lost some of its lines since it was read.

    `starts` are places in `read`, which was read from the file; the answer are places in `kept`, as
    many, none before the one it follows.
    """
    places: list[int] = []
    at = 0
    for start in starts:
        line = read[start : start + _SEEN].lstrip().partition("\n")[0].strip()
        found = kept.find(line, at) if line else -1
        at = found if found >= 0 and places else at
        places.append(at)
    return places


def page_at(extra: Mapping[str, Any], place: int) -> int:
    """The page of a place in a document's body, counted from 1; 0 for a document without pages."""
    if isinstance(scanned := extra.get(SCANNED), int):
        return scanned
    starts = extra.get(PAGES)
    if not isinstance(starts, list) or not all(isinstance(start, int) for start in starts):
        return 0
    return max(1, bisect_right(starts, place)) if starts else 0
