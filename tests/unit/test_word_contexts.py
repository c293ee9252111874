"""Which words are used alike, and which belong together, by a few sentences counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from index.parts.bigrams import BigramCounter, WordContexts

TEXTS = (
    "سکول میں داخلہ ہوا",
    "سکول کے استاد آئے",
    "اسکول میں داخلہ ہوا",
    "اسکول کے استاد گئے",
    "دریا میں طغیانی تھی",
    "دریا پار پل ٹوٹا",
    "خوب صورت وادی",
    "خوب صورت جھیل",
)


@pytest.fixture(scope="module")
def counted() -> tuple[WordContexts, list[str]]:
    counter = BigramCounter()
    for text in TEXTS:
        counter.add(text.split())
    words = sorted({word for text in TEXTS for word in text.split()})
    return WordContexts(*counter.counts(words), len(words)), words


def test_words_in_one_company_are_alike_and_others_are_not(
    counted: tuple[WordContexts, list[str]],
) -> None:
    contexts, words = counted
    school, other, river = map(words.index, ("سکول", "اسکول", "دریا"))
    same, different = contexts.likeness([school, school], [other, river])
    assert same > different
    assert contexts.likeness([other], [school])[0] == pytest.approx(same)


def test_words_met_together_are_told_from_chance(counted: tuple[WordContexts, list[str]]) -> None:
    contexts, words = counted
    times, excess = contexts.together(words.index("خوب"), words.index("صورت"))
    pairs = sum(len(text.split()) - 1 for text in TEXTS)
    assert (times, excess) == (2, pytest.approx(math.log(2 * pairs / (2 * 2))))
    assert contexts.together(words.index("صورت"), words.index("خوب")) == (0, -math.inf)
    assert contexts.tokens(words.index("خوب")) == 2


def test_an_archive_without_pairs_says_nothing() -> None:
    nothing = WordContexts(np.empty(0, np.int64), np.empty(0, np.int32), 3)
    assert nothing.likeness([0, 0], [1, 2]).tolist() == [0.0, 0.0]
    assert nothing.together(0, 1) == (0, -math.inf)
