"""Which documents hold words one after another: postings are intersected, then positions.

Whoosh's own phrase query makes an object for every pair of neighbours; a phrase whose words stand
thousands of times in one text took it seconds. This takes time linear in the positions, and asks
for the time that is left at every document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from index import budget


class Matcher(Protocol):
    """A walk over the postings of one word, ascending by document number, as Whoosh has it."""

    def is_active(self) -> bool:
        """Whether there is a posting here."""

    def id(self) -> int:
        """The document number of this posting."""

    def next(self) -> object:
        """Go to the next posting."""

    def skip_to(self, target: int, /) -> object:
        """Go to the first posting at or after a document number."""

    def value_as(self, name: str, /) -> Sequence[int]:
        """With "positions": where the word stands in the document, ascending."""


def documents_with_phrase(
    postings: Mapping[str, Matcher], words: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Document numbers, ascending, in which `words` stand in a row, and how often in each.

    `postings` has a matcher for each distinct word, at its beginning. Raises SearchTimeoutError.
    """
    walks = list(postings.values())
    while all(walk.is_active() for walk in walks):
        budget.check()
        document = max(walk.id() for walk in walks)
        if all(walk.id() == document for walk in walks):
            positions = {word: walk.value_as("positions") for word, walk in postings.items()}
            if count := in_a_row([positions[word] for word in words]):
                yield document, count
            walks[0].next()
        for walk in walks:
            if walk.is_active() and walk.id() < document:
                walk.skip_to(document)


def in_a_row(positions: Sequence[Sequence[int]]) -> int:
    """How often a position of the first word, the next one of the second, and so on all occur."""
    rarest_first = sorted(range(len(positions)), key=lambda place: len(positions[place]))
    starts = [at - rarest_first[0] for at in positions[rarest_first[0]]]
    for place in rarest_first[1:]:
        occupied = set(positions[place])
        starts = [start for start in starts if start + place in occupied]
    return len(starts)


def stand_near(positions: Sequence[Sequence[int]], window: int, least: int) -> bool:
    """Whether at least `least` of some words, by their positions, stand within `window` places.

    Linear in the positions, but for putting them in order.
    """
    placed = sorted((at, word) for word, places in enumerate(positions) for at in places)
    counts = [0] * len(positions)
    held = first = 0
    for at, word in placed:
        held += counts[word] == 0
        counts[word] += 1
        while placed[first][0] <= at - window:
            gone = placed[first][1]
            counts[gone] -= 1
            held -= counts[gone] == 0
            first += 1
        if held >= least:
            return True
    return False
