"""Bars of time: few enough, of equal length, and none of what is counted lost."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.models import FacetValue
from web.ui.histogram import LOWEST, MAX_BARS, bars, closer


def months(**counts: int) -> tuple[FacetValue, ...]:
    """`m2026_03=4`: four in March 2026."""
    return tuple(FacetValue(k[1:].replace("_", "-"), count) for k, count in counts.items())


YEAR = tuple(FacetValue(f"2026-{month:02}", month) for month in range(1, 13))


def test_a_year_is_shown_by_month() -> None:
    found = bars(YEAR)
    assert [each.count for each in found] == list(range(1, 13))
    assert (found[1].first, found[1].last) == (date(2026, 2, 1), date(2026, 2, 28))
    assert (found[11].height, found[5].height) == (100, 50)
    assert not any(each.chosen or each.whole for each in found)


@pytest.mark.parametrize(
    ("first", "last", "count", "spans"),
    [
        ("2025-11", "2026-11", 5, (date(2025, 10, 1), date(2026, 12, 31))),
        ("2020-06", "2026-01", 7, (date(2020, 1, 1), date(2026, 12, 31))),
        ("1990", "2026", 8, (date(1990, 1, 1), date(2029, 12, 31))),
        ("0003", "9999", 10, (date.min, date.max)),
    ],
)
def test_longer_times_take_longer_bars(
    first: str, last: str, count: int, spans: tuple[date, date]
) -> None:
    found = bars((FacetValue(first, 2), FacetValue(last, 3)))
    assert len(found) == count
    assert (found[0].first, found[-1].last) == spans
    assert (found[0].count, found[-1].count) == (2, 3)
    assert {each.count for each in found[1:-1]} <= {0}


def test_empty_months_are_empty_bars_and_small_ones_can_be_seen() -> None:
    found = bars(months(m2026_01=1_000, m2026_02=0, m2026_03=1))
    assert [each.height for each in found] == [100, 0, LOWEST]
    assert bars(()) == bars(months(m2026_01=0)) == ()


def test_the_chosen_range_is_shown_where_it_lies() -> None:
    found = bars(YEAR, date(2026, 3, 15), date(2026, 5, 2))
    assert [each.first.month for each in found if each.chosen] == [3, 4, 5]
    assert not any(each.whole for each in found)
    found = bars(YEAR, date(2026, 3, 1), date(2026, 3, 31))
    assert [each.first.month for each in found if each.whole] == [3]
    assert [each.first.month for each in bars(YEAR, date(2026, 11, 2)) if each.chosen] == [11, 12]
    assert [each.first.month for each in bars(YEAR, None, date(2026, 1, 1)) if each.chosen] == [1]


def test_a_chosen_year_is_shown_by_month_beside_the_whole() -> None:
    counts = (*months(m2019_02=3, m2025_12=1), *YEAR)
    shown = bars(counts, date(2026, 1, 1), date(2026, 12, 31))
    assert {each.last.year - each.first.year for each in shown} == {0}
    near = closer(counts, date(2026, 1, 1), date(2026, 12, 31), shown)
    assert [each.count for each in near] == list(range(1, 13))
    assert closer(counts, None, None, shown) == ()
    assert closer(counts, date(2026, 3, 1), date(2026, 3, 31), shown) == (), "no finer than a month"
    assert closer(YEAR, date(2026, 3, 1), date(2026, 8, 31), bars(YEAR)) == (), "shown already"
    half = closer(counts, date(2026, 6, 9), None, shown)
    assert [each.first.month for each in half] == [6, 7, 8, 9, 10, 11, 12]


COUNTS = st.dictionaries(st.integers(12, 12 * 9999 + 11), st.integers(0, 50), max_size=30)
DAYS = st.none() | st.dates()


@given(COUNTS, DAYS, DAYS)
def test_bars_hold_every_document_once_side_by_side(
    counts: dict[int, int], first: date | None, last: date | None
) -> None:
    given_months = tuple(
        FacetValue(f"{at // 12:04}-{at % 12 + 1:02}", counts[at]) for at in sorted(counts)
    )
    found = bars(given_months, first, last)
    assert len(found) <= MAX_BARS
    assert sum(each.count for each in found) == sum(counts.values())
    for one, next_one in pairwise(found):
        assert one.last + timedelta(days=1) == next_one.first
    if found:
        assert found[0].count
        assert found[-1].count
        assert max(each.height for each in found) == 100
        assert all((each.height >= LOWEST) == (each.count > 0) for each in found)
    assert len(closer(given_months, first, last, found)) <= MAX_BARS
