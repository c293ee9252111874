"""Which word follows which in the archive's Urdu: what tells spellings of one sound apart, and what it
says of how words are used.

Counted while documents are read, in chunks; what is held is bounded (`MOST_PAIRS`).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.arrays import Doubles, Ints, Longs, distinct, grouped
from index.text.analysis import script
from index.text.normalize import Table

MOST_PAIRS = 2_000_000
"""Pairs kept, 12 bytes each; of a larger archive the rarest go first, four times as many at a time."""
CHUNK = 2_000_000
_HIGH = 32
_LOW = (1 << _HIGH) - 1


class BigramCounter:
    """Counts pairs of neighbouring Urdu words, of one text after another."""

    def __init__(self) -> None:
        self._urdu: list[str] = []
        self._numbers = Table(self._new)
        self._met = array(
            "i"
        )  # the words of all texts by their numbers, -1 for others and between texts
        self._keys = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)
        self.least = 1
        """Pairs met less often than this may be missing: the archive has too many."""

    def add(self, terms: Sequence[str]) -> None:
        """Count the pairs of a text's exact terms, in reading order."""
        numbers = self._numbers
        self._met.extend([numbers[term] for term in terms])
        self._met.append(-1)
        if len(self._met) >= CHUNK:
            self._settle()

    def add_numbered(self, words: Ints, names: Sequence[str]) -> None:
        """Count the pairs of many texts, one after another: of each word its place in `names`, -1 between
        two texts."""
        numbers = np.full(len(names) + 1, -1, np.int32)  # the last one's place is -1, too
        met = distinct(words[words >= 0])
        numbers[met] = [self._numbers[names[place]] for place in met.tolist()]
        self._count(numbers[words])

    def update(self, other: BigramCounter) -> None:
        """Count what another has counted, too."""
        other._settle()
        self._settle()
        rows = np.array([self._numbers[word] for word in other._urdu], np.int64)
        keys = rows[other._keys >> _HIGH] << _HIGH | rows[other._keys & _LOW]
        order = np.argsort(keys)
        both = (self._keys, self._counts), (keys[order], other._counts[order])
        self._keys, self._counts = joined(*both)
        self.least = max(self.least, other.least)
        self._prune(4 * MOST_PAIRS)

    def counts(self, words: Sequence[str]) -> tuple[Longs, Ints]:
        """Longs (row of the first word << 32 | row of the second), ascending, and their counts.

        Rows are places in `words`, which must hold every word added.
        """
        self._settle()
        self._prune(MOST_PAIRS)
        keys, counts = self._keys, self._counts
        place = {word: row for row, word in enumerate(words)}
        rows = np.array([place[word] for word in self._urdu], np.int64)
        keys = rows[keys >> _HIGH] << _HIGH | rows[keys & _LOW] if len(keys) else keys
        order = np.argsort(keys)
        return keys[order], counts[order].astype(np.int32)

    def _new(self, term: str) -> int:
        if script(term) != "ur":
            return -1
        self._urdu.append(term)
        return len(self._urdu) - 1

    def _settle(self) -> None:
        self._count(np.array(self._met, np.int32))
        self._met = array("i")

    def _count(self, met: Ints) -> None:
        first, second = met[:-1].astype(np.int64), met[1:]
        pairs = (first >= 0) & (second >= 0)
        keys, counts = np.unique(first[pairs] << _HIGH | second[pairs], return_counts=True)
        self._keys, self._counts = joined((self._keys, self._counts), (keys, counts))
        self._prune(4 * MOST_PAIRS)

    def _prune(self, most: int) -> None:
        self._keys, self._counts, least = pruned(self._keys, self._counts, most)
        self.least = max(self.least, least)


def counts_of(wanted: Longs, keys: Longs, counts: Ints) -> Ints:
    """How often each of some pairs is met, 0 for those that are not among `keys`, which ascend."""
    if not len(keys):
        return np.zeros(wanted.shape, np.int32)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, counts[at], 0)


def joined(first: tuple[Longs, Longs], second: tuple[Longs, Longs]) -> tuple[Longs, Longs]:
    """The (keys, counts) of both, added up; keys ascending."""
    keys, places = np.unique(np.concatenate([first[0], second[0]]), return_inverse=True)
    counts = np.bincount(places, np.concatenate([first[1], second[1]]), len(keys))
    return keys, counts.astype(np.int64)


def pruned(keys: Longs, counts: Longs, most: int) -> tuple[Longs, Longs, int]:
    """Without the rarest, so that `most` are left or fewer; and the least count that was kept."""
    least = 1
    while len(keys) > most:
        least += 1
        often = counts >= least
        keys, counts = keys[often], counts[often]
    return keys, counts, least


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
    """Beside which words others stand: whether two of them are used alike, and whether two belong together.

    Both are read off the pairs of neighbouring words; nothing is stored for it. Rows are those of the
    lexicon.
    """

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
            found = counts_of((neighbours << shift) | half[owner], self._keys, self._counts)
            ratios = np.log((found + SMOOTHING * chance) / ((seen[owner] + SMOOTHING) * chance))
            met = np.minimum(times, MOST_OFTEN)
            sums += np.bincount(owner, ratios * met, len(others))
            weights += np.bincount(owner, met, len(others))
        return sums / (weights + FEW)

    def _after(self, rows: Sequence[int]) -> _Met:
        ends = np.searchsorted(self._keys, [[row << _HIGH, (row + 1) << _HIGH] for row in rows])
        return self._met([range(*each) for each in ends.tolist()], None)

    def _before(self, rows: Sequence[int]) -> _Met:
        order, starts = self._by_second
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

    @cached_property
    def _by_second(self) -> tuple[Ints, Ints]:
        """The pairs in the order of their second words, and where those of each begin."""
        return grouped((self._keys & _LOW).astype(np.int32), len(self._as_second))
