"""Pairs of neighbouring Urdu words are counted, over any number of texts and chunks."""

from __future__ import annotations

import pickle

import pytest

from index.parts import bigrams
from index.parts.bigrams import BigramCounter
from index.text.analysis import terms

TEXTS = [
    "وزیر داخلہ کی ملاقات",
    "وزیر داخلہ نے وزیر اعظم سے ملاقات کی",
    "وزیر اعظم",
]


def counted(texts: list[str], words: list[str] | None = None) -> dict[tuple[str, str], int]:
    """The pairs of texts, by word."""
    counter = BigramCounter()
    for text in texts:
        counter.add(terms(text))
    words = words or sorted({word for text in texts for word in terms(text)})
    keys, counts = counter.counts(words)
    assert keys.tolist() == sorted(set(keys.tolist()))
    low = (1 << 32) - 1
    found = zip(keys.tolist(), counts.tolist(), strict=True)
    return {(words[key >> 32], words[key & low]): count for key, count in found}


def test_pairs_are_counted_in_reading_order() -> None:
    pairs = counted(TEXTS)
    assert pairs["وزیر", "داخلہ"] == pairs["وزیر", "اعظم"] == 2
    assert pairs["کی", "ملاقات"] == pairs["ملاقات", "کی"] == 1
    assert ("داخلہ", "وزیر") not in pairs
    assert sum(pairs.values()) == 3 + 7 + 1


def test_what_others_have_counted_is_counted_too() -> None:
    whole = BigramCounter()
    for part in (TEXTS[2:], TEXTS[:1], [], TEXTS[1:2] * 3):
        counter = BigramCounter()
        for text in part:
            counter.add(terms(text))
        whole.update(pickle.loads(pickle.dumps(counter)))
    words = sorted({word for text in TEXTS for word in terms(text)})
    alone = BigramCounter()
    for text in [*TEXTS, *TEXTS[1:2] * 2]:
        alone.add(terms(text))
    (keys, counts), (ours, our_counts) = whole.counts(words), alone.counts(words)
    assert keys.tolist() == ours.tolist()
    assert counts.tolist() == our_counts.tolist()


def test_texts_do_not_run_into_each_other() -> None:
    assert ("ملاقات", "وزیر") not in counted(TEXTS)


@pytest.mark.parametrize("between", ["IMF", "2026", "5G"])
def test_a_word_of_another_script_parts_its_neighbours(between: str) -> None:
    assert counted([f"وزیر اعظم {between} قرض منظور"]) == {
        ("وزیر", "اعظم"): 1,
        ("قرض", "منظور"): 1,
    }


def test_a_word_may_follow_itself() -> None:
    assert counted(["گھر گھر گھر"]) == {("گھر", "گھر"): 2}


@pytest.mark.parametrize("chunk", [1, 3, 4])
def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    whole = counted(TEXTS * 5)
    monkeypatch.setattr(bigrams, "CHUNK", chunk)
    assert counted(TEXTS * 5) == whole
    assert whole["وزیر", "داخلہ"] == 10


def test_rows_are_places_in_the_list_of_words_whatever_else_it_holds() -> None:
    words = ["zebra", "وزیر", "2026", "ملاقات", "کی", "داخلہ", "آم"]
    assert counted(TEXTS[:1], words) == counted(TEXTS[:1])


@pytest.mark.parametrize(
    ("most", "kept"), [(6, {5, 3, 2, 1}), (4, {5, 3, 2}), (2, {5, 3}), (1, {5})]
)
def test_the_rarest_go_first(monkeypatch: pytest.MonkeyPatch, most: int, kept: set[int]) -> None:
    """Five pairs: once, twice, twice, three and five times met."""
    monkeypatch.setattr(bigrams, "MOST_PAIRS", most)
    texts = ["ا ب"] + ["ا پ", "ا ت"] * 2 + ["ا ج"] * 3 + ["ا د"] * 5
    assert set(counted(texts).values()) == kept


@pytest.mark.parametrize("texts", [[], ["", "وزیر"], ["rain in Karachi"], ["وزیر IMF"]])
def test_nothing_to_count(texts: list[str]) -> None:
    assert counted(texts) == {}
