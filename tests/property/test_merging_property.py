"""Lists merged and pieces joined are what they would be if made at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.parts.sorted_rows import Merged, joined_pieces

WORDS = st.sets(st.text("ابپتگھےکvwa", min_size=1, max_size=4), max_size=12)


@given(WORDS, WORDS)
def test_a_merged_list_is_sorted_and_says_where_everything_is(
    before: set[str], after: set[str]
) -> None:
    old, new = sorted(before), sorted(after)
    kept = np.array([name in after for name in old], bool)
    merged = Merged.of(old, kept, after - before)
    assert merged.names == new
    moved = [new.index(name) if name in after else -1 for name in old]
    assert merged.moved.tolist() == moved
    assert [new[row] for row in merged.fresh.tolist()] == sorted(after - before)
    lengths = merged.column(np.array([len(name) for name in old], np.int32),
                            [len(name) for name in sorted(after - before)])  # fmt: skip
    assert lengths.tolist() == [len(name) for name in new]


PIECES = st.lists(st.lists(st.integers(0, 99), max_size=4), max_size=6)


def flat(pieces: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    values = np.array([value for piece in pieces for value in piece], np.int32)
    return values, np.cumsum([0, *map(len, pieces)]).astype(np.int32)


@given(PIECES, PIECES, st.data())
def test_joined_pieces_stand_where_they_are_told(
    first: list[list[int]], second: list[list[int]], data: st.DataObject
) -> None:
    kept = [data.draw(st.booleans()) for _ in (*first, *second)]
    order = data.draw(st.permutations(range(sum(kept))))
    places = iter(order)
    at = np.array([next(places) if each else -1 for each in kept], np.int32)
    values, starts = joined_pieces(
        flat(first), at[: len(first)], flat(second), at[len(first) :], sum(kept)
    )
    wanted: list[list[int]] = [[]] * sum(kept)
    for place, piece in zip(at.tolist(), [*first, *second], strict=True):
        if place >= 0:
            wanted[place] = piece
    assert [values[a:b].tolist() for a, b in pairwise(starts)] == wanted
