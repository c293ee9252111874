"""British and American spellings of one word meet; other words have no other spelling."""

from __future__ import annotations

import pytest

from search.understand.english_spellings import other_spellings

PAIRS = [
    ("neighbourhoods", "neighborhoods"),
    ("colour", "color"),
    ("organised", "organized"),
    ("organisation", "organization"),
    ("analyse", "analyze"),
    ("centres", "centers"),
    ("travelled", "traveled"),
    ("defence", "defense"),
    ("dialogue", "dialog"),
    ("programme", "program"),
    ("jewellery", "jewelry"),
    ("grey", "gray"),
    ("tyres", "tires"),
]


@pytest.mark.parametrize(("british", "american"), PAIRS)
def test_both_spellings_lead_to_each_other(british: str, american: str) -> None:
    assert american in other_spellings(british)
    assert british in other_spellings(american)


@pytest.mark.parametrize(
    "word", ["flour", "hours", "prise", "size", "filled", "called", "story", "sense", "برف"]
)
def test_what_looks_like_one_of_them_is_spelt_in_one_way(word: str) -> None:
    assert not list(other_spellings(word))
