"""How far one spelling is from another. The only module that knows rapidfuzz.

Distances are of optimal string alignment: Damerau's edits (a letter too many, too few, another, or
two in the wrong order), no part edited twice (Damerau, CACM 1964).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

from index.arrays import Ints


def distances(word: str, others: Sequence[str], most: int) -> Ints:
    """Edits from `word` to each of `others`; `most` + 1 for those that are farther."""
    if not others:
        return np.empty(0, np.int32)
    found = process.cdist([word], others, scorer=OSA.distance, score_cutoff=most, dtype=np.int32)
    return np.asarray(found[0], np.int32)


def beginning_distances(typed: str, words: Sequence[str], most: int) -> Ints:
    """Edits from `typed` to the beginning of each word that is nearest to it."""
    if not words:
        return np.empty(0, np.int32)
    lengths = range(max(1, len(typed) - most), len(typed) + most + 1)
    cut = [distances(typed, [word[:length] for word in words], most) for length in lengths]
    nearest: Ints = np.min(cut, axis=0)
    return nearest


def edit_steps(word: str, other: str) -> list[tuple[str, int, int]]:
    """A shortest way from one word to another: `replace`, `delete` (a letter of `word`) or `insert`
    (one of `other`), with the places of the letter in both (Levenshtein, 1966)."""
    steps: list[Any] = Levenshtein.editops(word, other).as_list()
    return steps
