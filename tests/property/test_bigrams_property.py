"""Whatever is read, and in whatever chunks: the counts are those of a plain `Counter`."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from index.parts import bigrams
from index.parts.bigrams import BigramCounter
from index.text.analysis import script

WORDS = sorted(["وزیر", "داخلہ", "کی", "ملاقات", "آم", "imf", "5g", "2026", "карта"])
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=12), max_size=12)


@given(TEXTS, st.integers(1, 20), st.permutations(WORDS))
def test_counts_are_those_of_a_counter(
    texts: list[list[str]], chunk: int, words: list[str]
) -> None:
    counter = BigramCounter()
    with patch.object(bigrams, "CHUNK", chunk):
        for text in texts:
            counter.add(text)
        keys, counts = counter.counts(words)
    right = Counter(
        (words.index(a) << 32) + words.index(b)
        for text in texts
        for a, b in pairwise(text)
        if script(a) == script(b) == "ur"
    )
    assert list(zip(keys.tolist(), counts.tolist(), strict=True)) == sorted(right.items())


@given(TEXTS, st.integers(1, 10))
def test_pruning_keeps_all_that_were_met_more_often_than_any_it_drops(
    texts: list[list[str]], most: int
) -> None:
    counter = BigramCounter()
    for text in texts:
        counter.add(text)
    whole = dict(zip(*(part.tolist() for part in counter.counts(WORDS)), strict=True))
    with patch.object(bigrams, "MOST_PAIRS", most):
        kept = dict(zip(*(part.tolist() for part in counter.counts(WORDS)), strict=True))
    assert len(kept) <= most
    assert kept.items() <= whole.items()
    dropped = [count for key, count in whole.items() if key not in kept]
    assert max(dropped, default=0) < min(kept.values(), default=len(WORDS) * 100)
    assert kept == whole or len(whole) > most
