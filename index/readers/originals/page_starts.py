"""Where the pages of a printed document begin in its text."""

from __future__ import annotations

from collections.abc import Sequence

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
