"""Which segments are merged: there are never many, and no document is written again and again."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from index.operations.merge import MOST_MERGED, TOGETHER, due


def grown(changes: Sequence[int]) -> tuple[int, float]:
    """The most segments there ever are, and how often a document is written again, of changes of so many
    documents each."""
    sizes, most, again = list[int](), 0, 0
    for each in changes:
        sizes.append(each)
        if many := due(sizes[::-1]):
            merged = sum(sizes[-many:])
            assert many > 1
            assert merged <= MOST_MERGED
            sizes[-many:] = [merged]
            again += merged
        most = max(most, len(sizes))
    return most, again / sum(changes)


@pytest.mark.parametrize("size", [1, 3, 10, 99, 100, 101, 999, 1_001, 1_500, 4_999])
def test_changes_of_one_size(size: int) -> None:
    """Once for each time that what came has grown tenfold, and as many segments of each size as are merged."""
    total = 6 * MOST_MERGED
    most, again = grown([size] * (total // size))
    assert again <= 8
    assert most <= 4 * TOGETHER + total // (MOST_MERGED // 2)


@pytest.mark.parametrize("seed", range(3))
def test_changes_of_any_size(seed: int) -> None:
    dice = random.Random(seed)
    changes = [dice.choice((1, 1, 1, 5, 30, 100, 1_000)) for _ in range(1_000)]
    most, again = grown(changes)
    assert again <= 8
    assert most <= 4 * TOGETHER + 3 * sum(changes) // MOST_MERGED


def test_a_large_segment_is_not_written_again_for_a_few_documents() -> None:
    assert due([1] * (TOGETHER - 1) + [MOST_MERGED - 100]) == 0
    assert due([1] * TOGETHER + [MOST_MERGED - 100]) == TOGETHER


def test_what_is_too_large_together_is_merged_as_far_as_it_fits() -> None:
    assert due([1_500] * 6) == 0  # there is room for more
    assert due([1_500] * 7) == 6
    assert due([MOST_MERGED - 1] * 30) == 0
