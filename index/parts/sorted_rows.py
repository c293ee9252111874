"""Sorted lists and the arrays beside them, after some entries have gone and others have come.

What an index has learned is kept by row of a sorted list: of words, of stems. A change moves the rows;
`Merged` says where to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Ints, Mask, ranges


@dataclass(frozen=True)
class Merged:
    """A sorted list after a change.

    `moved` is the new place of each entry of the old list, -1 for those that are gone; `fresh` are
    the places of the new entries, ascending.
    """

    names: list[str]
    moved: Ints
    fresh: Ints

    @classmethod
    def of(cls, old: Sequence[str], kept: Mask, new: Iterable[str]) -> Merged:
        """From a list in order, a mask of what stays, and entries that are not in it, each once."""
        # A change takes few out: what stands between them is copied at once.
        bounds = [-1, *np.flatnonzero(~kept).tolist(), len(old)]
        stay = [*chain.from_iterable(old[gone + 1 : end] for gone, end in pairwise(bounds))]
        come = sorted(new)
        at = np.array([bisect_left(stay, name) for name in come], np.int64)
        moved = np.full(len(old), -1, np.int32)
        places = np.arange(len(stay))
        moved[kept] = places + np.searchsorted(at, places, side="right")
        return cls(sorted(stay + come), moved, (at + np.arange(len(come))).astype(np.int32))

    def column(
        self, old: npt.NDArray[Any], new: npt.NDArray[Any] | Sequence[Any]
    ) -> npt.NDArray[Any]:
        """The array beside the new list, of that beside the old one and of values of `fresh`."""
        column = np.empty((len(self.names), *old.shape[1:]), old.dtype)
        kept = self.moved >= 0
        column[self.moved[kept]] = old[kept]
        column[self.fresh] = new
        return column


def joined_pieces(
    first: tuple[npt.NDArray[Any], Ints],
    first_places: Ints,
    second: tuple[npt.NDArray[Any], Ints],
    second_places: Ints,
    size: int,
) -> tuple[npt.NDArray[Any], Ints]:
    """Two flat arrays of pieces (values, starts) as one of `size` pieces.

    Piece p goes to `places[p]`, nowhere if that is -1; all places together are each of `size` once.
    """
    values = np.concatenate([first[0], second[0]])
    begins, lengths = np.zeros(size, np.int64), np.zeros(size, np.int64)
    offset = 0
    for (flat, starts), places in ((first, first_places), (second, second_places)):
        kept = places >= 0
        begins[places[kept]] = starts[:-1][kept] + offset
        lengths[places[kept]] = np.diff(starts)[kept]
        offset += len(flat)
    starts = np.append(0, np.cumsum(lengths)).astype(np.int32)
    return values[ranges(begins, lengths)], starts
