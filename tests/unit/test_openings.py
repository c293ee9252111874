"""Where words may stand in a text, by how they begin."""

from __future__ import annotations

import pytest

from index.text.analysis import stem, term_of
from index.text.openings import Openings

FILLED = " ۔" * 100
"""What is short is not looked through."""


@pytest.mark.parametrize(
    ("piece", "known"),
    [
        ("شہریوں", {"شہریوں", "شہری"}),
        ("(ex-ministers)", {"ex", "ministers", "minist", "exministers", "exminist"}),
        ("WHO's", {"who's", "who", "WHO"}),
        ("IMFکے", {"imf", "کے", "IMF"}),
        ("سیلاب،", {"سیلاب"}),
        ("3,500", {"3500"}),
    ],
)
def test_a_piece_is_found_by_all_that_its_words_are_known_by(piece: str, known: set[str]) -> None:
    text = f"آج {piece} کل{FILLED}"
    for key in known:
        assert Openings([key, "none"]).pieces(text) == [(3, 3 + len(piece))]
    assert Openings(["none"]).pieces(text) == []


@pytest.mark.parametrize(
    "word", ["cry", "crying", "using", "dying", "skies", "hopping", "لئے", "چاہیئے", "ایئر"]
)
def test_a_word_is_found_by_its_stem_where_that_ends_in_other_letters(word: str) -> None:
    for key in (term_of(word), stem(term_of(word))):
        assert Openings([key]).pieces(f"{word}{FILLED}") == [(0, len(word))]


@pytest.mark.parametrize("piece", ["كِتاب", "کتا\u200cب", "ﮐﺘﺎﺏ", "科学"])
def test_a_piece_is_read_whatever_is_asked_where_marks_may_join_its_letters(piece: str) -> None:
    assert Openings(["none"]).pieces(f"{piece}{FILLED}") == [(0, len(piece))]


def test_a_word_that_is_cut_may_begin_anywhere() -> None:
    text = f"آج {'ا' * 100} کل{FILLED}"
    assert Openings(["ب"]).pieces(text) == [(0, len(text))]


def test_a_word_without_letters_may_begin_anywhere() -> None:
    assert Openings(["'"]).pieces(FILLED) == [(0, len(FILLED))]
