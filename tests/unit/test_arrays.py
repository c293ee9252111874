"""What is done with arrays by sorting."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import distinct, first_alike

NUMBERS = st.lists(st.integers(0, 20))


@given(NUMBERS)
def test_each_number_once(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))


@given(NUMBERS)
def test_the_first_of_those_alike(numbers: list[int]) -> None:
    found = first_alike(np.array(numbers, np.uint64))
    assert found.tolist() == [numbers.index(each) for each in numbers]
