"""Roman Urdu articles in Urdu letters, for an index: `barish` is read as بارش.

Each Latin word becomes the likeliest Urdu word that it spells, by the spelling model and by how usual the
word is (`index.data`, the bundled lexicon's vocabulary). What spells none stays as it is: names,
English, numbers. Unlike a query (`search.understand.roman`), an article says by itself that it is Urdu, and
no archive is there yet to ask which words it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from index.arrays import Floats
from index.sound.phonetic_keys import SoundIndex
from index.sound.transliteration import SpellingModel
from index.text.analysis import URDU_STOP_WORDS, is_stop, script, stem, term_of
from index.text.language_codes import ROMAN_URDU
from index.text.normalize import normalize

_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_LEXICON = Path(__file__).parents[1] / "data" / "bilingual.npz"
_LEAST_STEPS = 10
"""How usual a word of the lexicon must be, in its steps: rarer ones are as often slips of other words."""
_WEIGHT = 0.035
"""Nats that a step of usualness is worth beside the spelling."""
_STOP_STEPS = 150
"""Of function words, which have no translation and so no place in the lexicon."""
_CANDIDATES = 12
_SPELT_FROM = 0.3
_ALSO_WITHIN = 2.0
"""Nats behind the best within which another reading is found by, too: `aam` is عام and آم."""
_MOST_READINGS = 3


def in_urdu(text: str) -> str:
    """Roman Urdu in Urdu letters, word by word; all between the words stays.

    >>> in_urdu("Karachi mein barish")
    'کراچی میں بارش'
    """
    return _WORD.sub(lambda word: (readings(word[0]) or (word[0],))[0], text)


def urdu_terms(language: str, text: str) -> list[str]:
    """What a text of Roman Urdu is ranked by beside its own words: the stems of all readings of each, without
    stop words. Nothing of other languages."""
    if language != ROMAN_URDU:
        return []
    found = (term for _, _, terms in read_words(text) for term in terms)
    return [stem(term) for term in found if not is_stop(term)]


def read_words(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The Latin words of a text that spell Urdu ones: where each begins and ends, and its readings."""
    for word in _WORD.finditer(text):
        if found := readings(word[0]):
            yield word.start(), word.end(), found


@lru_cache(maxsize=1 << 16)
def readings(word: str) -> tuple[str, ...]:
    """The Urdu words that a Latin one may spell, the likeliest first; none for a word of no Urdu."""
    sounds, steps = _vocabulary()
    rows, logs = sounds.sounding_like(word, limit=_CANDIDATES)
    if not len(rows):
        return ()
    model = SpellingModel.load()
    spelt = np.array(model.match_probabilities([word] * len(rows), logs.tolist(), "typed"))
    scores = np.where(spelt >= _SPELT_FROM, logs + _WEIGHT * steps[rows], -np.inf)
    best = np.argsort(-scores, kind="stable")[:_MOST_READINGS]
    least = scores[best[0]] - _ALSO_WITHIN
    return tuple(
        sounds.words[rows[at]]
        for at in best.tolist()
        if np.isfinite(scores[at]) and scores[at] >= least
    )


@cache
def _vocabulary() -> tuple[SoundIndex, Floats]:
    """Urdu words by their sound, and how usual each is. Made once, in seconds, when an archive holds
    Roman Urdu."""
    with np.load(_LEXICON, allow_pickle=False) as stored:
        words = bytes(stored["ur_words"]).decode().split("\n")
        steps = stored["ur_frequencies"].astype(np.float32)
    usual = {
        word: float(step)
        for word, step in zip(words, steps, strict=True)
        if step >= _LEAST_STEPS and script(word) == "ur" and " " not in word
    }
    usual |= {term_of(normalize(word)): _STOP_STEPS for word in URDU_STOP_WORDS.split()}
    return SoundIndex.build(list(usual)), np.array(list(usual.values()), np.float32)
