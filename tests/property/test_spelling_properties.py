"""What holds of the spelling model for any words at all."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from inputs import some

from index.sound.phonetic_keys import SoundIndex, skeletons
from index.sound.transliteration import CHANNELS, SpellingModel, fold_latin
from index.text.normalize import normalize

URDU = st.text("ابپتٹجچحخدڈرڑزژسشعغفقکگلمنںوہھءیےئآٺ\u064e\u200c", min_size=1, max_size=14).map(
    normalize
)
LATIN = st.text("abcdefghijklmnopqrstuvwxyz'-", max_size=14)
ANY = st.text(max_size=20)


@given(ANY)
def test_fold_is_plain_letters_and_idempotent(word: str) -> None:
    folded = fold_latin(word)
    assert folded == "" or (folded.isascii() and folded.isalpha() and folded.islower())
    assert fold_latin(folded) == folded


@settings(max_examples=some(60), deadline=None)
@given(LATIN, st.lists(URDU, min_size=1, max_size=5), st.sampled_from(CHANNELS))
def test_a_word_scores_the_same_alone_and_in_company(latin, words, channel) -> None:  # type: ignore[no-untyped-def]
    model = SpellingModel.load()
    together = model.log_likelihood(latin, words, channel)
    assert np.isfinite(together).all()
    assert (together <= 1e-3).all()
    for word, value in zip(words, together, strict=True):
        assert abs(model.log_likelihood(latin, [word], channel)[0] - value) < 1e-2


@settings(max_examples=some(60), deadline=None)
@given(LATIN, st.lists(URDU, min_size=1, max_size=8, unique=True))
@example("-", [""])
@example("a", [""])
@example("b", ["", "آؤ"])
@example("aao", ["", "آؤ"])
def test_candidates_are_those_that_share_a_skeleton(latin: str, words: list[str]) -> None:
    rows, scores = SoundIndex.build(words).sounding_like(latin)
    folded = fold_latin(latin)
    keys = skeletons(folded, latin=True)
    right = {i for i, word in enumerate(words) if keys & skeletons(word, latin=False)}
    assert set(rows.tolist()) == (right if folded else set())
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


@settings(max_examples=some(30), deadline=None)
@given(ANY, ANY)
def test_nothing_typed_can_break_it(typed: str, word: str) -> None:
    model = SpellingModel.load()
    assert np.isfinite(model.log_likelihood(typed, [word])).all()
    assert np.isfinite(model.background(typed))
    assert np.isfinite(model.english_odds(typed))
