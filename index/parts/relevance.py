"""Telling meaning from nonsense: a better query vector, and a relevance floor fitted to each index.

An encoder gives every text a vector, and every vector has nearest neighbours: `asdkjh qwe` is as
"close" to an article (cosine .87) as a real question is. A threshold on the cosine cannot part the
two (area under the ROC curve .64 to .78 on the evaluation sets). What can: meaningless strings all
lie in a few common directions. Those directions are measured, with strings of random letters, and
used twice:

- taken out of the query by half, they leave a vector that finds better (MRR@10 on uqa Urdu to
  English .67 -> .74, no direction of any set worse): part of every query is noise, too;
- taken out whole, they leave what the query means; its similarity to a passage, less what any
  passage of that language gets, is the *centred similarity* of the two (area under the curve .999).

The floor is fitted too: the centred similarity that 95 of 100 other nonsense strings do not reach
anywhere in this very index. No word list, nothing to train per encoder. Figures in docs/measured.md.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Rows, ranges
from index.encoders.protocol import Encoder
from index.errors import IndexDamagedError
from index.parts.catalogue.catalogue import Columns
from index.parts.part import Building, Checking, Following, Part, Question
from index.parts.vectors import chunks, rows_of
from index.store.array_files import damage_named
from index.store.layout import RELEVANCE_FILE

DIRECTIONS = 4
"""Dimensions of nonsense taken out of a query; 1 parts them nearly as well, 16 no better."""
DAMPING = 0.5
"""How much of those directions is taken out of the vector that searches."""
_PROBES = 200
_PERCENTILE = 95
_AT_ONCE = 16_384
_ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "ابپتٹجچحخدڈرڑزسشصضطعغفقکگلمنوہیے")
_MEAN_ERROR = 0.002
"""Of one number of a mean passage, fitted again."""
_FLOOR_ERROR = 0.02
"""Of a floor, fitted again."""


@dataclass(frozen=True)
class Relevance:
    """What nonsense looks like to one encoder over one index.

    `noise` has shape (DIRECTIONS, dimension), orthonormal rows; `means` (languages, dimension) is
    the mean passage of each language code of the catalogue's columns; `floor` is the
    centred similarity below which the best match of a query is no match.
    """

    noise: Floats
    means: Floats
    floor: float

    @classmethod
    def fit(
        cls, encoder: Encoder, rows: Rows | npt.NDArray[np.float16], columns: Columns
    ) -> Relevance:
        """Measure an index: `rows` are its exact vectors. Takes two short encoder calls."""
        probes = encoder.encode_queries(nonsense(2 * _PROBES))
        noise = np.linalg.svd(probes[:_PROBES], full_matrices=False)[2][:DIRECTIONS]
        measured = cls(noise.astype(np.float32), _means(rows, columns), 0.0)
        if not columns.live.any():
            return measured
        best = measured._best(probes[_PROBES:], rows, columns.text_languages)
        return replace(measured, floor=float(np.percentile(best, _PERCENTILE)))

    def followed(self, before: Columns, now: Columns, rows: Rows) -> Relevance:
        """The measure of the index after a change: its means follow the texts that came and went, noise
        and floor are as they were. `rows` are the exact vectors of both."""
        then = np.full(len(now), -1, np.int8)
        then[: len(before)] = np.where(before.firsts, before.lang, -1)
        here = np.where(now.firsts, now.lang, -1)
        means = np.zeros((max(1, len(now.lang_names)), rows.shape[1]), np.float64)
        for code, name in enumerate(now.lang_names):
            old = before.language_code(name)
            was, is_now = (then == old) & (old >= 0), here == code
            if old >= 0:
                passages = before.doc_passages[was[: len(before)]]
                means[code] = self.means[old].astype(np.float64) * int(passages.sum())
            for columns, changed, sign in ((now, is_now & ~was, 1), (before, was & ~is_now, -1)):
                docids = np.flatnonzero(changed)
                pids = ranges(columns.doc_first_pid[docids], columns.doc_passages[docids])
                for start in range(0, len(pids), _AT_ONCE):
                    some = rows[pids[start : start + _AT_ONCE]].astype(np.float64)
                    means[code] += sign * some.sum(axis=0)
            means[code] /= max(1, int(now.doc_passages[is_now].sum()))
        return replace(self, means=means.astype(np.float32))

    def search_vector(self, query: Floats) -> Floats:
        """The vector to search with: the query's, the directions of nonsense damped."""
        vector: Floats = query - np.float32(DAMPING) * (query @ self.noise.T) @ self.noise
        return vector

    def offsets(self, vector: Floats) -> Floats:
        """What any passage of each language gets from a vector, shape (dimension,) or (dimension, k):
        its product with the means."""
        return self.means @ vector

    def similarity(
        self, query: Floats, passages: Floats, languages: npt.NDArray[np.int8]
    ) -> Floats:
        """The centred similarity of passages (rows; with their language codes) to a query vector."""
        residual = self._residual(query)
        return passages @ residual - self.offsets(residual)[languages]

    def save(self, directory: Path) -> None:
        """Write the measure beside the vectors."""
        floor = np.full((1, self.noise.shape[1]), self.floor, np.float32)
        np.save(directory / RELEVANCE_FILE, np.concatenate([floor, self.noise, self.means]))

    @classmethod
    def load(cls, directory: Path) -> Relevance:
        """Read the measure of a generation. Raises IndexDamagedError."""
        with damage_named(f"The relevance measure in {directory}"):
            stored = np.load(directory / RELEVANCE_FILE, allow_pickle=False)
            floor, noise, means = np.split(stored, [1, 1 + DIRECTIONS])
            if not len(means):
                raise ValueError(f"it has {len(stored)} rows")
            return cls(noise, means, float(floor[0, 0]))

    def _residual(self, queries: Floats) -> Floats:
        """Queries (rows or one) without the directions of nonsense."""
        residual: Floats = queries - (queries @ self.noise.T) @ self.noise
        return residual

    def _best(
        self, queries: Floats, rows: Rows | npt.NDArray[np.float16], languages: npt.NDArray[np.int8]
    ) -> Floats:
        """The highest centred similarity each query (row) reaches anywhere in the index."""
        residuals = self._residual(queries)
        offsets = residuals @ self.means.T
        best = np.full(len(queries), -np.inf, np.float32)
        for start, chunk in chunks(rows):
            here = languages[start : start + len(chunk)]
            found = residuals @ chunk[here >= 0].T - offsets[:, here[here >= 0]]
            best = np.maximum(best, found.max(axis=1, initial=-np.inf))
        return best


@cache
def nonsense(count: int) -> tuple[str, ...]:
    """Strings of random letters, one to four "words", the same ones every time."""
    dice = random.Random(20260107)  # noqa: S311 - not a secret

    def word(alphabet: str) -> str:
        return "".join(dice.choice(alphabet) for _ in range(dice.randint(4, 9)))

    return tuple(
        " ".join(word(_ALPHABETS[number % 2]) for _ in range(dice.randint(1, 4)))
        for number in range(count)
    )


def _means(rows: Rows | npt.NDArray[np.float16], columns: Columns) -> Floats:
    """The mean passage of each language; one of zeros for an archive that has none.

    A text counts once: what hundreds of newspapers carry is not what all articles have in common.
    """
    languages, count = columns.text_languages, max(1, len(columns.lang_names))
    sums = np.zeros((count, rows.shape[1]), np.float64)
    for start, chunk in chunks(rows):
        part = languages[start : start + len(chunk)]
        for code in range(count):
            sums[code] += chunk[part == code].sum(axis=0, dtype=np.float64)
    sizes = np.bincount(languages[languages >= 0], minlength=count)[:count, None]
    return (sums / np.maximum(sizes, 1)).astype(np.float32)


def _build(building: Building) -> None:
    rows = rows_of(building.directory)
    fitted = Relevance.fit(building.encoder, rows, building.catalogue.columns())
    fitted.save(building.directory)


def _follow(following: Following) -> None:
    rows, now = rows_of(following.directory), following.catalogue.columns()
    stored = Relevance.load(following.before)
    stored.followed(following.columns, now, rows).save(following.directory)


def _check(checking: Checking) -> Iterator[Question]:
    if checking.encoder:
        yield Question("relevance", lambda: _fitted_again(checking), deep=True)


def _fitted_again(checking: Checking) -> str:
    """The floor of an extended index is that of its last whole derivation."""
    assert checking.encoder
    stored = Relevance.load(checking.directory)
    made = Relevance.fit(checking.encoder, rows_of(checking.directory), checking.columns)
    if stored.means.shape != made.means.shape or not np.allclose(
        stored.means, made.means, rtol=0, atol=_MEAN_ERROR
    ):
        raise IndexDamagedError("the relevance measure has other mean passages")
    if checking.extended and np.isfinite(stored.floor):
        return f"floor {stored.floor:.3f}, that of the last rebuild; fitted again {made.floor:.3f}"
    if not abs(stored.floor - made.floor) <= _FLOOR_ERROR:
        message = f"the relevance floor is {stored.floor:.3f}, fitted again {made.floor:.3f}"
        raise IndexDamagedError(message)
    return f"floor {stored.floor:.3f}, fitted again {made.floor:.3f}"


PART = Part(
    "relevance",
    (RELEVANCE_FILE,),
    needs=("catalogue", "exact_vectors"),
    build=_build,
    open=lambda opening: Relevance.load(opening.directory),
    check=_check,
    follow=_follow,
)
