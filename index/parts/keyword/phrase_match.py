"""Which documents hold words one after another, and near each other, by the positions of the words.

Whoosh's own phrase query makes an object for every pair of neighbours; a phrase whose words stand
thousands of times in one text took it seconds. This takes time linear in the positions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.arrays import Longs, Mask

PLACE_BITS = 32
"""Bits of a place that are the position; the ones above are the document number."""


def contained(values: npt.NDArray[np.integer], ordered: npt.NDArray[np.integer]) -> Mask:
    """Which of some numbers are among others, which are in order."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Mask = ordered[at] == values
    return found


def in_a_row(places: Sequence[Longs]) -> tuple[Longs, Longs]:
    """Document numbers, ascending, in which words stand one after another, and how often in each.

    `places[i]` is where the word of place i stands, or any of those that will do there, in any order.
    """
    rarest, *others = sorted(range(len(places)), key=lambda place: len(places[place]))
    starts = np.unique(places[rarest]) - rarest
    for place in others:
        starts = starts[contained(starts + place, np.sort(places[place]))]
    return np.unique(starts >> PLACE_BITS, return_counts=True)


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
