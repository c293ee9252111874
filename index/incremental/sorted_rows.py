"""Sorted lists and the arrays beside them, after some entries have gone and others have come.

What an index has learned is kept by row of a sorted list: of words, of stems. A change moves the rows;
`Merged` says where to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Ints
from index.sound.phonetic_keys import SkeletonTable, SoundIndex
from index.sound.transliteration import CHANNELS
from index.store.array_files import Arrays

Mask = npt.NDArray[np.bool_]


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
        stay = [name for name, is_kept in zip(old, kept.tolist(), strict=True) if is_kept]
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
    ends = np.cumsum(lengths)
    steps = np.arange(int(ends[-1]) if size else 0) - np.repeat(ends - lengths, lengths)
    taken = values[np.repeat(begins, lengths) + steps]
    return taken, np.concatenate([[0], ends]).astype(np.int32)


def extended_sounds(stored: Arrays, moved: Ints, words: Sequence[str]) -> Arrays:
    """The arrays of the `SoundIndex` over `words`, from those of one over other words.

    `moved` is the place in `words` of each of its words, -1 for those that are gone. Only words that
    it did not hold are computed.
    """
    here = np.zeros(len(words), bool)
    here[moved[moved >= 0]] = True
    if not here.any():
        return SoundIndex.build(words).arrays()
    fresh = np.flatnonzero(~here).astype(np.int32)
    made = (
        SoundIndex.build([words[place] for place in fresh.tolist()]).arrays() if len(fresh) else {}
    )
    kept = moved >= 0
    bags = np.empty((len(words), stored["bags"].shape[1]), stored["bags"].dtype)
    bags[moved[kept]] = stored["bags"][kept]
    if made:
        bags[fresh] = made["bags"]
    arrays: Arrays = {**_skeletons(stored, moved, made, fresh), "bags": bags}
    latin = "letters" in stored
    flats = ["letters"] if latin else [f"{channel}_sites" for channel in CHANNELS]
    starts = "letter_starts" if latin else "site_starts"
    for name in flats:
        new = (made[name], made[starts]) if made else (stored[name][:0], np.zeros(1, np.int32))
        arrays[name], arrays[starts] = joined_pieces(
            (stored[name], stored[starts]), moved, new, fresh, len(words)
        )
    return arrays


def _skeletons(stored: Arrays, moved: Ints, made: Arrays, fresh: Ints) -> Arrays:
    """The table of both: sorted by key, then row."""
    keys, rows = _pairs(stored, moved)
    if made:
        new_keys, new_rows = _pairs(made, fresh)
        keys, rows = np.concatenate([keys, new_keys]), np.concatenate([rows, new_rows])
    order = np.lexsort((rows, keys))
    keys, first = np.unique(keys[order], return_index=True)
    starts = np.append(first, len(order)).astype(np.int32)
    return SkeletonTable(keys, starts, rows[order].astype(np.int32)).arrays()


def _pairs(arrays: Arrays, places: Ints) -> tuple[npt.NDArray[np.int64], Ints]:
    keys = np.repeat(arrays["keys"], np.diff(arrays["starts"]))
    rows = places[arrays["rows"]]
    return keys[rows >= 0], rows[rows >= 0]
