"""Which word follows which in the archive's Urdu: what tells spellings of one sound apart.

Counted while documents are read, in chunks; what is held is bounded (`MOST_PAIRS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from index.arrays import Ints, Longs
from index.text.analysis import script

MOST_PAIRS = 2_000_000
"""Pairs kept, 12 bytes each; of a larger archive the rarest go first, four times as many at a time."""
CHUNK = 2_000_000
_HIGH = 32


class BigramCounter:
    """Counts pairs of neighbouring Urdu words, of one text after another."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._met: list[int] = []
        self._keys = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)
        self.least = 1
        """Pairs met less often than this may be missing: the archive has too many."""

    def add(self, terms: Sequence[str]) -> None:
        """Count the pairs of a text's exact terms, in reading order."""
        numbers = [self._number(term) for term in terms]
        self._met.extend(a << _HIGH | b for a, b in pairwise(numbers) if a >= 0 <= b)
        if len(self._met) >= CHUNK:
            self._settle()

    def counts(self, words: Sequence[str]) -> tuple[Longs, Ints]:
        """Longs (row of the first word << 32 | row of the second), ascending, and their counts.

        Rows are places in `words`, which must hold every word added.
        """
        self._settle()
        self._prune(MOST_PAIRS)
        keys, counts = self._keys, self._counts
        place = {word: row for row, word in enumerate(words)}
        rows = np.array([place[word] for word in self._numbers], np.int64)
        keys = rows[keys >> _HIGH] << _HIGH | rows[keys & (1 << _HIGH) - 1] if len(keys) else keys
        order = np.argsort(keys)
        return keys[order], counts[order].astype(np.int32)

    def _number(self, term: str) -> int:
        number = self._numbers.get(term)
        if number is None:
            if script(term) != "ur":
                return -1
            number = self._numbers[term] = len(self._numbers)
        return number

    def _settle(self) -> None:
        keys, counts = np.unique(np.array(self._met, np.int64), return_counts=True)
        self._met = []
        self._keys, self._counts = joined((self._keys, self._counts), (keys, counts))
        self._prune(4 * MOST_PAIRS)

    def _prune(self, most: int) -> None:
        self._keys, self._counts, least = pruned(self._keys, self._counts, most)
        self.least = max(self.least, least)


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
