"""Senses of a word that fit the rest of the query weigh more; nothing else changes."""

from __future__ import annotations

from typing import ClassVar, cast

import numpy as np
import pytest

from index.analysis import stop_words
from index.impacts import Floats
from index.lexicon import Lexicon
from index.vectors import unit
from search.context import in_context, is_open
from search.function_words import function_words, is_function_word
from search.models import Alternative

MONEY, WATER, WORD = np.eye(3, dtype=np.float32)


class Vectors:
    """Stands in for the vectors of a lexicon: bank is between money and water."""

    known: ClassVar[dict[str, Floats]] = {
        "bank": WORD,
        "بینک": unit(WORD + MONEY),
        "کنارے": unit(WORD + WATER),
    }

    def head(self, word: str) -> int:
        return [*self.known].index(word) if word in self.known else -1

    def centred(self, row: int) -> Floats | None:
        return None if row < 0 else [*self.known.values()][row]

    def less_mean(self, vector: Floats, kind: str) -> Floats:
        return vector


LEXICON = cast(Lexicon, Vectors())
BANK = (
    Alternative("بینک", "ur", 0.9, "meaning"),
    Alternative("کنارے", "ur", 0.8, "meaning"),
)


def weights(found: tuple[Alternative, ...]) -> dict[str, float]:
    return {each.word: each.weight for each in found}


def test_the_sense_that_fits_the_rest_of_the_query_comes_first() -> None:
    money = in_context("bank", BANK, unit(WORD + MONEY), LEXICON)
    river = in_context("bank", BANK, unit(WORD + WATER), LEXICON)
    assert [each.word for each in money] == ["بینک", "کنارے"]
    assert [each.word for each in river] == ["کنارے", "بینک"]
    assert (money[0].weight, river[0].weight) == (0.9, 0.8)  # none gains
    assert 0.4 <= weights(money)["کنارے"] < 0.8
    assert 0.45 <= weights(river)["بینک"] < 0.8


def test_a_query_that_is_the_word_alone_says_nothing_of_its_sense() -> None:
    assert in_context("bank", BANK, WORD, LEXICON) == BANK


def test_a_word_without_a_vector_keeps_its_weights() -> None:
    assert in_context("quay", BANK, unit(WORD + WATER), LEXICON) == BANK


def test_a_translation_without_a_vector_keeps_its_weight() -> None:
    three = (*BANK, Alternative("کوٹھی", "ur", 0.5, "meaning", off=True))
    found = in_context("bank", three, unit(WORD + WATER), LEXICON)
    assert next(each for each in found if each.word == "کوٹھی") == three[2]


def test_what_was_read_as_roman_urdu_is_no_sense_to_choose() -> None:
    read = Alternative("بینک", "ur", 0.4, "roman")
    found = in_context("bank", (*BANK[1:], read), unit(WORD + MONEY), LEXICON)
    assert weights(found) == {"کنارے": 0.8, "بینک": 0.4}


@pytest.mark.parametrize(("second", "is_it"), [(0.8, True), (0.3, True), (0.2, False)])
def test_a_sense_is_open_where_a_second_is_likely(second: float, is_it: bool) -> None:
    other = Alternative("کنارے", "ur", second, "meaning")
    assert is_open((BANK[0], other)) == is_it
    assert not is_open(BANK[:1])
    assert not is_open(())


def test_words_of_grammar_are_not_words_of_content() -> None:
    for word in ("we", "us", "may", "ہم", "جائے", "رہا", "the", "کا"):
        assert is_function_word(word)
    for word in ("after", "against", "new", "خلاف", "وزیر", "minister", "school"):
        assert not is_function_word(word)
    assert not function_words & {"mine shaft", ""}
    assert len(function_words - stop_words) > 100
