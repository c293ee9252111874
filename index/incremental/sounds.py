"""A `SoundIndex` after its words have changed: what is known of a word does not depend on the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.arrays import Ints
from index.incremental.sorted_rows import joined_pieces
from index.sound.phonetic_keys import SkeletonTable, SoundIndex
from index.sound.transliteration import CHANNELS
from index.store.array_files import Arrays


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
