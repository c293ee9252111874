"""The forward algorithm of the spelling model, for many words at once.

A word is a row of sites, and each site emits a chunk of up to `LONGEST_CHUNK` letters
(`index.sound.transliteration`). The algorithm adds up the chances of all ways to cut the letters
into chunks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from index.arrays import Floats, Ints

LONGEST_CHUNK = 3
"""Latin letters that one site can emit: kkh of خ."""

PER_LETTER = 2.0
"""Chances are scaled by e^(this * letters), to keep the product of a long word within float32."""


def forward(emissions: Iterable[Floats], words: int, letters: int) -> Floats:
    """P(first j letters) after the last site; shape (letters + 1, words).

    Each of `emissions` is one site's P(chunk of k letters before the place j), as an array of shape
    (LONGEST_CHUNK + 1, letters + 1, words).
    """
    reached = before_any(words, letters)
    for _ in steps(emissions, reached):
        pass
    return reached


def before_any(words: int, letters: int) -> Floats:
    """P(first j letters) before any site: no letter is emitted yet."""
    padded = np.zeros((LONGEST_CHUNK + letters + 1, words), np.float32)
    padded[LONGEST_CHUNK] = 1.0
    return padded[LONGEST_CHUNK:]


def steps(emissions: Iterable[Floats], reached: Floats) -> Iterator[Floats]:
    """P(first j letters) after each site, from what `before_any` gave; always the same array."""
    place, word = reached.strides
    # ``before[k, j, w]`` is reached[j - k, w], which is 0 where j < k.
    before = as_strided(
        reached, (LONGEST_CHUNK + 1, *reached.shape), (-place, place, word), writeable=False
    )
    for chance in emissions:
        reached[:] = np.einsum("kjw,kjw->jw", chance, before)
        yield reached


def ragged(flat: npt.NDArray[Any], starts: Ints, rows: Ints) -> npt.NDArray[Any]:
    """The pieces `rows` of a flat array, one a column, filled up with zeros."""
    begin = starts[rows]
    length = starts[rows + 1] - begin
    place = np.arange(int(length.max(initial=0)), dtype=np.int32)[:, None]
    outside = place >= length
    at = begin + place
    at[outside] = 0
    found: npt.NDArray[Any] = flat.take(at)
    found[outside] = 0
    return found


def logs(chances: Floats, letters: Ints | int) -> Floats:
    """Log of the scaled product of a word of so many letters; never -inf."""
    return np.asarray(
        np.log(np.maximum(chances, np.float32(1e-37))) - PER_LETTER * letters, np.float32
    )
