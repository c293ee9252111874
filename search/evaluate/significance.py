"""Rows of an evaluation compared, and whether they differ by more than luck.

The test is Fisher's paired permutation test (scipy): if neither run were better, each query's
difference could as well have had the other sign. It needs no normal distribution, which reciprocal
ranks do not have. p is two-sided and not corrected for the number of comparisons made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

import numpy as np
from scipy import stats

from search.models import Mode

MAIN = "MRR@10"
"""The measure that says which of two arms is the better one."""

RESAMPLES = 9_999
_BATCH = 1_000
_SEED = 20_260_101


@dataclass(frozen=True)
class Difference:
    """The mean difference of a measure, and how often chance alone makes one as large."""

    mean: float
    p: float


@dataclass(frozen=True)
class Comparison:
    """How far a row lies above its baseline, on the same queries.

    `baseline` is another mode, or `without` and the part that was switched off; `metrics` are the
    baseline's own figures.
    """

    query_language: str
    document_language: str
    mode: str
    baseline: str
    queries: int
    metrics: dict[str, float]
    differences: dict[str, Difference]
    query_type: str = ""


class RowKey(NamedTuple):
    """What a row is of. The order of the rows is theirs, modes in the order of `Mode`."""

    query_language: str
    document_language: str
    query_type: str
    mode: Mode

    def named(self) -> dict[str, str]:
        """What it is of, by the names that rows have for it."""
        return {**self._asdict(), "mode": self.mode.value}

    def order(self) -> tuple[str, str, str, int]:
        """What to sort rows by."""
        return *self[:3], list(Mode).index(self.mode)


Figures = dict[RowKey, dict[str, dict[str, float]]]
"""By row and measure: the figure of each query."""


def paired_difference(values: Sequence[float], baseline: Sequence[float]) -> Difference:
    """How much `values` lie above `baseline`, query by query. The same input has the same p."""
    differences = np.subtract(values, baseline, dtype=np.float64)
    changed = differences[differences != 0]  # no sign to flip in the others
    mean = round(float(differences.mean()), 4)
    if len(changed) < 2:
        return Difference(mean, 1.0)  # one sign, flipped, is as far out as it was
    found = stats.permutation_test(
        (changed,),
        np.sum,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=_BATCH,
        rng=np.random.default_rng(_SEED),
    )
    return Difference(mean, round(float(found.pvalue), 4))


def means(figures: dict[str, dict[str, float]]) -> dict[str, float]:
    """Each measure's mean over the queries it is measured on."""
    return {name: round(fmean(values.values()), 4) for name, values in figures.items()}


def hybrid_against_better_arm(full: Figures) -> Iterator[Comparison]:
    """Hybrid rows against the better of their two arms, where both were measured too."""
    for key in full:
        arms = [key._replace(mode=mode) for mode in (Mode.KEYWORD, Mode.SEMANTIC)]
        if key.mode is Mode.HYBRID and all(arm in full for arm in arms):
            better = max(arms, key=lambda arm: fmean(full[arm][MAIN].values()))
            yield compare(full, key, full, better, better.mode.value)


def compare(full: Figures, key: RowKey, other: Figures, other_key: RowKey, name: str) -> Comparison:
    """A row of `full` against a row of `other`, query by query."""
    figures, baseline = full[key], other[other_key]
    differences = {
        measure: paired_difference(list(values.values()), [baseline[measure][q] for q in values])
        for measure, values in figures.items()
    }
    return Comparison(
        **key.named(),
        baseline=name,
        queries=len(figures[MAIN]),
        metrics=means(baseline),
        differences=differences,
    )
