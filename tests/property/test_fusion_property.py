"""What holds of fusion whatever the scores are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.rank.fusion import Fused, fuse

KEYWORD_CEILING, RELEVANCE_CEILING = 32.0, 0.25
PAIRS = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(0.0078125, KEYWORD_CEILING, width=32)),
        st.one_of(st.just(-1.0), st.floats(-0.125, RELEVANCE_CEILING, width=32)),
    ),
    min_size=1,
    max_size=30,
)
WEIGHTS = st.sampled_from([0.0, 0.25, 0.4, 0.5, 1.0])


def join(pairs: list[tuple[float, float]], weight: float, factor: float = 1.0) -> Fused:
    keyword, relevance = (np.array(column, np.float32) for column in zip(*pairs, strict=True))
    return fuse(
        keyword * np.float32(factor),
        KEYWORD_CEILING * factor,
        relevance,
        keyword_weight=weight,
        relevance_ceiling=RELEVANCE_CEILING,
    )


@given(PAIRS, WEIGHTS)
def test_shares_add_up_and_stay_in_bounds(pairs: list[tuple[float, float]], weight: float) -> None:
    fused = join(pairs, weight)
    assert (fused.keyword_share >= 0).all()
    assert (fused.semantic_share >= 0).all()
    assert (fused.keyword_share <= weight + 1e-5).all()
    assert (fused.semantic_share <= 1 - weight + 1e-5).all()
    assert fused.scores.tolist() == (fused.keyword_share + fused.semantic_share).tolist()
    assert (fused.scores <= 1 + 1e-5).all()


@given(PAIRS, WEIGHTS)
def test_better_in_both_arms_is_never_worse(
    pairs: list[tuple[float, float]], weight: float
) -> None:
    scores = join(pairs, weight).scores
    for one, (keyword, relevance) in zip(scores, pairs, strict=True):
        for other, (its_keyword, its_relevance) in zip(scores, pairs, strict=True):
            if keyword >= its_keyword and relevance >= its_relevance:
                assert one >= other


@given(PAIRS)
def test_a_single_arm_keeps_its_own_order(pairs: list[tuple[float, float]]) -> None:
    words, meaning = join(pairs, 1.0).scores, join(pairs, 0.0).scores
    keyword = np.array([pair[0] for pair in pairs], np.float32)
    relevance = np.array([max(pair[1], 0) for pair in pairs], np.float32)
    assert (
        np.argsort(-words, kind="stable").tolist() == np.argsort(-keyword, kind="stable").tolist()
    )
    assert words.tolist() == pytest.approx((keyword / KEYWORD_CEILING).tolist(), abs=1e-6)
    assert meaning.tolist() == pytest.approx((relevance / RELEVANCE_CEILING).tolist(), abs=1e-6)


@given(PAIRS, WEIGHTS, st.randoms(use_true_random=False))
def test_a_score_does_not_depend_on_the_company(
    pairs: list[tuple[float, float]], weight: float, dice
) -> None:
    """Unlike ranks, and min-max scaling: adding or shuffling candidates changes no score."""
    scores = dict(zip(pairs, join(pairs, weight).scores.tolist(), strict=True))
    shuffled = pairs[: max(1, len(pairs) // 2)]
    dice.shuffle(shuffled)
    assert join(shuffled, weight).scores.tolist() == [scores[pair] for pair in shuffled]


@given(PAIRS, WEIGHTS, st.sampled_from([0.125, 2.0, 1024.0]))
def test_the_unit_of_keyword_scores_does_not_matter(
    pairs: list[tuple[float, float]], weight: float, factor: float
) -> None:
    plain, scaled = join(pairs, weight).scores, join(pairs, weight, factor).scores
    np.testing.assert_allclose(plain, scaled, rtol=1e-5)
