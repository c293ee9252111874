"""Numbers by their value: groups, units, scripts, currencies, and what is no quantity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.quantities import quantities


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("closed at Rs501,800 a tola", {"501800"}),
        ("5 لاکھ 1 ہزار 800 روپے", {"501800"}),
        ("۵ لاکھ ۱ ہزار ۸۰۰ روپے", {"501800"}),
        ("4 لاکھ 97 ہزار 300 روپے", {"497300"}),
        ("86 کروڑ روپے", {"860000000"}),
        ("Rs860 million", {"860000000"}),
        ("ایک ارب 90 کروڑ روپے", {"1900000000"}),
        ("Rs1.9 billion", {"1900000000"}),
        ("ساڑھے چار کروڑ روپے جرمانہ", {"45000000"}),
        ("a fine of Rs45 million", {"45000000"}),
        ("1,50,000 and ۳،۵۰۰ and ٢٫٥", {"150000", "3500", "2.5"}),
        ("280 روپے 42 پیسے", {"280", "42"}),
        ("2 ہزار 3 لاکھ", {"2000", "300000"}),
        ("two million people", {"2000000"}),
        ("147mm of rain in 2019ء", {"147", "2019"}),
    ],
)
def test_values(text: str, values: set[str]) -> None:
    assert quantities(text) == values


@pytest.mark.parametrize("text", ["", "no number", "5 گیندیں", "T20", "9" * 40, "ایک اور بات"])
def test_what_is_no_quantity(text: str) -> None:
    assert quantities(text) == frozenset()


@given(st.integers(10, 99_999_999))
def test_a_whole_number_is_itself_however_it_is_grouped(number: int) -> None:
    urdu = str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    for written in (str(number), f"{number:,}", urdu, f"Rs{number:,}"):
        assert quantities(f"کل {written} روپے") == {str(number)}


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(float(value) > 0 for value in quantities(text))
