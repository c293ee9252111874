"""What else a word may be found as: translations, and the same name in the other script.

Three witnesses, each with a weight between 0 and 1 (`docs/measured.md` tells how they were set):

    translations   learned from sentence pairs of this archive; the surest
    meaning        words of the other language whose vectors are nearest
    sound          words of the other script that spell the word: names and loanwords

Where the archive's own translations are sure, the other two have little left to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from index.analysis import is_stop, script
from index.impacts import Floats
from index.lexicon import SCRIPTS, Lexicon, Linked, Script
from index.spelling import SpellingModel
from search.config import SearchConfig
from search.remembering import remembered
from search.roman import REMEMBERED

MOST = 5
"""Alternatives of a word; more only add weak ones."""

TRANSLATION_SCALE = 2.0
"""From the weight of a learned translation to that of an alternative."""

COSINE_BIAS, COSINE_GAIN, COSINE_LAG = -6.0, 8.5, -3.2
"""P(translation | cosine c, lag behind the nearest neighbour l) = logistic(bias + gain c + lag l).

Fitted on the words of a crowd-made Urdu-English dictionary (Indian Parallel Corpora, CC BY-SA 3.0)
that the evaluation archives hold; on the fifth of them kept aside, neighbours said to be right with
.2, .4 and .6 were so in .22, .51 and .70 of all cases.
"""

SOUND_FROM = 0.7
"""Probability from which a spelling counts as a match."""

LEFT_BY_TRANSLATIONS = 0.9
"""How much of their weight a sure translation takes from meaning and sound."""

MIN_WEIGHT = 0.15
_NEIGHBOURS = 16
_SPELLINGS = 8


@dataclass(frozen=True)
class Found:
    """A word of the lexicon that stands for another: `row`, `weight` and the witness's name."""

    row: int
    weight: float
    source: str


class Expander:
    """Finds the alternatives of words, by the lexicon of one index."""

    def __init__(self, lexicon: Lexicon, config: SearchConfig) -> None:
        self._lexicon = lexicon
        self._config = config
        self._sounds = remembered(self._sounds_of, REMEMBERED)

    def needs_vector(self, word: str) -> bool:
        """Whether `alternatives` wants the word's vector: the lexicon has none of it."""
        if not self._config.expansion or not _expandable(word):
            return False
        return not self._lexicon.has_vector(self._lexicon.head(word))

    def alternatives(self, word: str, vector: Floats | None = None) -> tuple[Found, ...]:
        """Words of the other language that a normalized word stands for, the likeliest first."""
        kind = script(word)
        if kind == "other" or not _expandable(word):
            return ()
        found: dict[int, Found] = {}
        sure = 0.0
        if self._config.expansion:
            for each in self._translations(word):
                sure = max(sure, each.weight)
                _keep(found, each)
        left = 1.0 - LEFT_BY_TRANSLATIONS * sure
        for witness in self._others(word, kind, vector) if left > MIN_WEIGHT else ():
            if (weight := witness.weight * left) >= MIN_WEIGHT:
                _keep(found, Found(witness.row, weight, witness.source))
        return tuple(sorted(found.values(), key=lambda each: (-each.weight, each.row))[:MOST])

    def _translations(self, word: str) -> Iterator[Found]:
        head = self._lexicon.head(word)
        if head >= 0:
            for row, weight in self._lexicon.translations.of(head):
                yield Found(row, min(1.0, weight * TRANSLATION_SCALE), "meaning")

    def _others(self, word: str, kind: Script, vector: Floats | None) -> Iterator[Found]:
        if self._config.expansion:
            near = self._neighbours(word, kind, vector)
            for row, cosine in near:
                lag = near[0][1] - cosine
                logit = COSINE_BIAS + COSINE_GAIN * cosine + COSINE_LAG * lag
                yield Found(row, 1.0 / (1.0 + math.exp(-logit)), "meaning")
        if self._config.names:
            yield from self._sounds(word, kind)

    def _neighbours(self, word: str, kind: Script, vector: Floats | None) -> Linked:
        head = self._lexicon.head(word)
        if self._lexicon.has_vector(head):
            return self._lexicon.neighbours.of(head)
        return () if vector is None else self._lexicon.nearest(vector, kind, _NEIGHBOURS)

    def _sounds_of(self, word: str, kind: Script) -> tuple[Found, ...]:
        lexicon, model = self._lexicon, SpellingModel.load()
        other: Script = "ur" if kind == "en" else "en"
        spelled = lexicon.sounding_like(word, other, "english", _SPELLINGS)
        if not spelled:
            return ()
        latin = [word if kind == "en" else lexicon.words[row] for row, _ in spelled]
        chances = model.match_probability(
            np.array([log for _, log in spelled], np.float32),
            np.array([model.background(each) for each in latin], np.float32),
            np.array([len(each) for each in latin], np.int32),
            "english",
        )
        return tuple(
            Found(int(lexicon.heads[row]), chance, "sound")
            for (row, _), chance in zip(spelled, chances.tolist(), strict=True)
            if chance >= SOUND_FROM and not is_stop(lexicon.words[row])
        )


def _expandable(word: str) -> bool:
    return script(word) in SCRIPTS and not is_stop(word) and len(word) > 1


def _keep(found: dict[int, Found], each: Found) -> None:
    """Of two witnesses for one word the surer speaks."""
    if each.row not in found or found[each.row].weight < each.weight:
        found[each.row] = each
