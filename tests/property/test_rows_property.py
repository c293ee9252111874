"""Arrays one after another are what they would be as one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.arrays import Rows

LENGTHS = st.lists(st.integers(0, 4), min_size=1, max_size=5)


@given(LENGTHS, st.data())
def test_rows_are_those_of_one_array(lengths: list[int], data: st.DataObject) -> None:
    size = sum(lengths)
    whole = np.arange(2 * size, dtype=np.float16).reshape(-1, 2)
    rows = Rows(np.split(whole, np.cumsum(lengths)[:-1]))
    assert (len(rows), rows.shape, rows.dtype) == (size, (size, 2), np.float16)
    first, last = (data.draw(st.integers(0, size + 2)) for _ in range(2))
    np.testing.assert_array_equal(rows[first:last], whole[first:last])
    np.testing.assert_array_equal(rows[:], whole)
    places = np.array(data.draw(st.lists(st.integers(0, max(size - 1, 0)))), np.int64)[: size * 9]
    np.testing.assert_array_equal(rows[places], whole[places])
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), bool)
    np.testing.assert_array_equal(rows[mask], whole[mask])


def test_rows_of_two_kinds_are_none() -> None:
    with pytest.raises(ValueError, match="different kinds"):
        Rows([np.zeros((2, 3), np.float16), np.zeros((2, 4), np.float16)])
