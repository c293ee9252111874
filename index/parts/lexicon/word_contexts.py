"""In which company words stand: whether two of them are used alike, and whether two belong together.

Both are read off the pairs of neighbouring words that a lexicon counts
(`index.parts.bigrams`); nothing is stored for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.arrays import Doubles, Ints, Longs

_HIGH = 32
_LOW = (1 << _HIGH) - 1

SMOOTHING = 50.0
"""As how many neighbours all words' are counted, beside a word's own."""

MOST_OFTEN = 5
"""Of how many meetings with one neighbour a word's likeness is computed: a fixed phrase is one
observation."""

FEW = 3.0
"""Meetings with neighbours that say half of what many say."""

MOST_NEIGHBOURS = 256
"""Neighbours on each side by which a frequent word is judged, its most frequent ones."""

_Met = tuple[Longs, Longs, Ints]


class WordContexts:
    """What the pairs of neighbouring words say. Rows are those of the lexicon."""

    def __init__(self, keys: Longs, counts: Ints, size: int) -> None:
        """`keys` are (row of the first << 32 | row of the second), ascending; of `size` words."""
        self._keys, self._counts = keys, counts
        self._total = max(1, int(counts.sum()))
        self._as_first = np.bincount(keys >> _HIGH, counts, size)
        self._as_second = np.bincount(keys & _LOW, counts, size)

    def tokens(self, row: int) -> int:
        """How often a word is followed by another."""
        return int(self._as_first[row])

    def together(self, first: int, second: int) -> tuple[int, float]:
        """How often a word directly follows another, and how much more often than by chance: the
        logarithm of the ratio, pointwise mutual information (Church and Hanks, 1990); -inf for never."""
        key = first << _HIGH | second
        at = int(np.searchsorted(self._keys, key))
        if at == len(self._keys) or int(self._keys[at]) != key:
            return 0, -math.inf
        found = int(self._counts[at])
        chance = float(self._as_first[first]) * float(self._as_second[second]) / self._total
        return found, math.log(found / chance)

    def likeness(self, known: Sequence[int], others: Sequence[int]) -> Doubles:
        """How much likelier the neighbours of each of `others` are beside the word of `known` in its place
        than anywhere: the mean log likelihood ratio over them, nearer to 0 the fewer there are. Shape
        (len(others),)."""
        sums, weights = np.zeros(len(others)), np.zeros(len(others))
        rows = np.array(known, np.int64)
        sides = [
            (self._after(others), self._as_first[rows], self._as_second, rows << _HIGH, 0),
            (self._before(others), self._as_second[rows], self._as_first, rows, _HIGH),
        ]
        for (owner, neighbours, times), seen, everywhere, half, shift in sides:
            chance = everywhere[neighbours] / self._total
            found = self._found((neighbours << shift) | half[owner])
            ratios = np.log((found + SMOOTHING * chance) / ((seen[owner] + SMOOTHING) * chance))
            met = np.minimum(times, MOST_OFTEN)
            sums += np.bincount(owner, ratios * met, len(others))
            weights += np.bincount(owner, met, len(others))
        likeness: Doubles = sums / (weights + FEW)
        return likeness

    def _after(self, rows: Sequence[int]) -> _Met:
        ends = np.searchsorted(self._keys, [[row << _HIGH, (row + 1) << _HIGH] for row in rows])
        return self._met([range(*each) for each in ends.tolist()], None)

    def _before(self, rows: Sequence[int]) -> _Met:
        starts, order = self._by_second
        return self._met([range(starts[row], starts[row + 1]) for row in rows], order)

    def _met(self, places: Sequence[range], order: Ints | None) -> _Met:
        """Of each of some words the neighbours on one side, the most frequent of very many: which
        word it is of, the neighbour, and how often."""
        found = []
        for each in places:
            at = (
                np.arange(each.start, each.stop) if order is None else order[each.start : each.stop]
            )
            if len(at) > MOST_NEIGHBOURS:
                at = at[np.argpartition(-self._counts[at], MOST_NEIGHBOURS)[:MOST_NEIGHBOURS]]
            found.append(at)
        rows = np.concatenate(found)
        keys = self._keys[rows]
        neighbours = keys & _LOW if order is None else keys >> _HIGH
        owners = np.repeat(np.arange(len(found)), list(map(len, found)))
        return owners, neighbours, self._counts[rows]

    def _found(self, keys: Longs) -> Ints:
        if not len(self._keys):
            return np.zeros(len(keys), np.int32)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found: Ints = np.where(self._keys[at] == keys, self._counts[at], 0)
        return found

    @cached_property
    def _by_second(self) -> tuple[Ints, Ints]:
        """Where the pairs of each second word begin in an order by it, and that order."""
        second = (self._keys & _LOW).astype(np.int32)
        order = np.argsort(second, kind="stable").astype(np.int32)
        starts = np.searchsorted(second[order], np.arange(len(self._as_second) + 1))
        return starts.astype(np.int32), order
