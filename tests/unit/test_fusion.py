"""Fusion and filters of the arithmetic kind: every figure is worked out beside its assertion."""

from __future__ import annotations

import numpy as np
import pytest

from search.config import SearchConfig
from search.rank.fusion import fuse

WEIGHT, CEILING = 0.45, 0.25  # keyword_weight and relevance_ceiling


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_the_defaults_are_the_ones_used_here() -> None:
    assert SearchConfig().keyword_weight == WEIGHT
    assert SearchConfig().relevance_ceiling == CEILING


def test_a_convex_combination() -> None:
    fused = fuse(
        floats(6, 3, 0), 12.0, floats(0.05, 0.10, 0.25), keyword_weight=0.4, relevance_ceiling=0.25
    )
    assert fused.keyword_share.tolist() == pytest.approx(
        [0.4 * 6 / 12, 0.4 * 3 / 12, 0.4 * 0 / 12]  # 0.2, 0.1, 0
    )
    assert fused.semantic_share.tolist() == pytest.approx(
        [0.6 * 0.05 / 0.25, 0.6 * 0.10 / 0.25, 0.6 * 0.25 / 0.25]  # 0.12, 0.24, 0.6
    )
    assert fused.scores.tolist() == pytest.approx([0.32, 0.34, 0.6])


def test_a_document_both_arms_find_best_of_all_reaches_one() -> None:
    fused = fuse(floats(12), 12.0, floats(0.25), keyword_weight=0.4, relevance_ceiling=0.25)
    assert fused.scores.tolist() == pytest.approx([0.4 + 0.6])


def test_what_was_not_looked_at_or_is_unrelated_gives_no_share() -> None:
    """-1 stands for "not looked at"; a relevance a little below 0 is an unrelated passage's."""
    fused = fuse(
        floats(6, 6, 6), 12.0, floats(-1, -0.01, 0), keyword_weight=0.4, relevance_ceiling=0.25
    )
    assert fused.semantic_share.tolist() == [0, 0, 0]
    assert fused.scores.tolist() == pytest.approx([0.2, 0.2, 0.2])


def test_without_a_keyword_arm() -> None:
    """Semantic mode: the ceiling is 0 and so is the keyword's weight."""
    fused = fuse(floats(0, 0), 0.0, floats(0.2, 0.1), keyword_weight=0.0, relevance_ceiling=0.25)
    assert fused.keyword_share.tolist() == [0, 0]
    assert fused.scores.tolist() == pytest.approx([0.2 / 0.25, 0.1 / 0.25])


def test_without_a_semantic_arm() -> None:
    """Keyword mode, or an encoder that failed: words have all the weight."""
    fused = fuse(floats(9, 3), 12.0, floats(-1, -1), keyword_weight=1.0, relevance_ceiling=0.25)
    assert fused.scores.tolist() == pytest.approx([9 / 12, 3 / 12])


def test_unknown_words_leave_the_decision_to_meaning() -> None:
    """One of two equally rare words is unknown: ceiling 12 instead of 6, the keyword share halves.

    Document 0 holds the known word, document 1 is the one that means the query.
    """
    known = fuse(floats(6, 0), 6.0, floats(0.05, 0.2), keyword_weight=0.4, relevance_ceiling=0.25)
    assert known.scores.tolist() == pytest.approx([0.4 * 6 / 6 + 0.6 * 0.2, 0.6 * 0.8])  # .52, .48
    mixed = fuse(floats(6, 0), 12.0, floats(0.05, 0.2), keyword_weight=0.4, relevance_ceiling=0.25)
    assert mixed.scores.tolist() == pytest.approx([0.4 * 6 / 12 + 0.6 * 0.2, 0.6 * 0.8])  # .32, .48


def test_nothing_to_join() -> None:
    fused = fuse(floats(), 0.0, floats(), keyword_weight=0.4, relevance_ceiling=0.25)
    assert fused.scores.shape == (0,)


def test_scaled_scores_still_add_up() -> None:
    fused = fuse(
        np.array([2.0, 1.0], np.float32), 2.0, np.array([0.1, 0.2], np.float32),
        keyword_weight=0.45, relevance_ceiling=0.25,
    ).scaled(np.array([1.0, 1.1], np.float32))  # fmt: skip
    plain = np.array([0.45 + 0.55 * 0.4, 0.225 + 0.55 * 0.8])
    np.testing.assert_allclose(fused.scores, plain * [1.0, 1.1], rtol=1e-5)
    shares = fused.keyword_share + fused.semantic_share + fused.title_share
    np.testing.assert_allclose(shares, fused.scores, rtol=1e-6)
