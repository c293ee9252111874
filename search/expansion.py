"""What else a word may be found as: translations, and the same name in the other script.

Four witnesses, each with a weight between 0 and 1 (`docs/measured.md` tells how they were set):

    the bundled lexicon   what the two languages translate each other by (`index.bilingual`)
    the archive           translations learned from its own sentence pairs
    meaning               words of the other language whose vectors are nearest
    sound                 words of the other script that spell the word: names and loanwords

The first two are one dictionary: what the archive teaches is evidence beside what is known already.
A word that it knows is translated, not spelled. Meaning and sound serve what it does not know, and
never stand above a translation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from index.analysis import is_stop, script
from index.bilingual import BilingualLexicon, Meanings
from index.impacts import Floats
from index.lexicon import SCRIPTS, Lexicon, Linked, Script
from index.spelling import SpellingModel
from search.config import SearchConfig
from search.remembering import remembered
from search.roman import REMEMBERED

MOST = 5
"""Alternatives of a word; more only add weak ones."""

TRANSLATION_SCALE = 2.0
"""From the weight of a translation that the archive taught to that of an alternative."""

SHARE_POWER = 0.7
"""What a rarer translation weighs beside the commonest: (ratio of their chances) ^ power. Synonyms share
what a word is translated by, and each of them is right."""

KNOWN_EVIDENCE, ARCHIVE_EVIDENCE = 20.0, 10.0
"""As how many observations the bundled lexicon counts at most, and what an archive is sure of."""

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

BELOW_TRANSLATIONS = 0.8
"""What meaning and sound may weigh at most, as a part of the best translation."""

MIN_WEIGHT = 0.15
_SPELT_OUT = re.compile("[aeiouy]")
WELL_KNOWN = (1.0 - MIN_WEIGHT) / LEFT_BY_TRANSLATIONS
"""Weight of a translation beside which no neighbour could weigh anything."""

_NEIGHBOURS = 16
_SPELLINGS = 8


@dataclass(frozen=True)
class Found:
    """A word of the lexicon that stands for another: `row`, `weight` and the witness's name."""

    row: int
    weight: float
    source: str


_NOTHING = Found(-1, 0.0, "")


@dataclass(frozen=True)
class _Known:
    """The translations of a word that the archive holds, best first, and how surely the word is known
    whatever the archive holds."""

    found: tuple[Found, ...]
    surety: float

    @property
    def best(self) -> float:
        return self.found[0].weight if self.found else 0.0

    @property
    def rows(self) -> frozenset[int]:
        return frozenset(each.row for each in self.found)


_UNKNOWN = _Known((), 0.0)


class Expander:
    """Finds the alternatives of words, by the lexicon of one index and the bundled one."""

    def __init__(
        self, lexicon: Lexicon, config: SearchConfig, bilingual: BilingualLexicon | None = None
    ) -> None:
        """`bilingual` is the bundled lexicon unless given."""
        self._lexicon = lexicon
        self._config = config
        self._given = bilingual
        self._known = remembered(self._known_of, REMEMBERED)
        self._sounds = remembered(self._sounds_of, REMEMBERED)

    def needs_vector(self, word: str) -> bool:
        """Whether `alternatives` wants the word's vector: nothing translates it, and the lexicon of
        the index has none of it."""
        if not self._config.expansion or not _expandable(word):
            return False
        kind = script(word)
        if kind == "other" or self._lexicon.has_vector(self._lexicon.head(word)):
            return False
        return self._known(word, kind).best < WELL_KNOWN

    def alternatives(self, word: str, vector: Floats | None = None) -> tuple[Found, ...]:
        """Words of the other language that a normalized word stands for, the likeliest first."""
        kind = script(word)
        if kind == "other" or not _expandable(word):
            return ()
        known = self._known(word, kind) if self._config.expansion else _UNKNOWN
        found = {each.row: each for each in known.found}
        most = BELOW_TRANSLATIONS * known.best if found else 1.0
        for witness in self._others(word, kind, vector, known):
            if witness.row in known.rows:
                if witness.source == "sound":  # the translation is the same word: all the surer
                    _keep(found, replace(found[witness.row], weight=witness.weight))
                continue
            sure = max(known.best, known.surety if witness.source == "sound" else 0.0)
            weight = min(most, witness.weight * (1.0 - LEFT_BY_TRANSLATIONS * sure))
            if weight >= MIN_WEIGHT:
                _keep(found, replace(witness, weight=weight))
        return tuple(sorted(found.values(), key=lambda each: (-each.weight, each.row))[:MOST])

    def _known_of(self, word: str, kind: Script) -> _Known:
        """The translations of a word that the archive holds, by what is known and what it taught."""
        meanings = self._bilingual.meanings(word, kind)
        bundled = self._held(meanings)
        taught = self._taught(word)
        first = KNOWN_EVIDENCE * min(1.0, meanings.evidence / KNOWN_EVIDENCE) * meanings.surety
        second = ARCHIVE_EVIDENCE * max((each.weight for each in taught.values()), default=0.0)
        first = first if bundled else 0.0
        both = max(first + second, 1e-9)
        found = []
        for head in bundled.keys() | taught.keys():
            ours, theirs = bundled.get(head), taught.get(head)
            weight = first * (ours.weight if ours else 0.0)
            weight = (weight + second * (theirs.weight if theirs else 0.0)) / both
            if weight >= MIN_WEIGHT:
                found.append(Found((ours or theirs or _NOTHING).row, weight, "meaning"))
        found.sort(key=lambda each: (-each.weight, each.row))
        return _Known(tuple(found[:MOST]), meanings.surety)

    def _held(self, meanings: Meanings) -> dict[int, Found]:
        """What the bundled lexicon knows and the archive holds, by head: the commonest of its forms."""
        shares: dict[int, float] = {}
        sureties: dict[int, float] = {}
        rows: dict[int, int] = {}
        lexicon = self._lexicon
        for each in meanings.found:
            head = lexicon.head(each.word)
            if head < 0 or is_stop(each.word):
                continue
            row = lexicon.row(each.word)
            if head not in rows or rows[head] < 0:
                rows[head] = row
            shares[head] = shares.get(head, 0.0) + each.share * each.surety
            sureties[head] = max(sureties.get(head, 0.0), each.surety)
        best = max(shares.values(), default=1.0)
        return {
            head: Found(
                rows[head] if rows[head] >= 0 else head,
                sureties[head] * (shares[head] / best) ** SHARE_POWER,
                "meaning",
            )
            for head in shares
        }

    def _taught(self, word: str) -> dict[int, Found]:
        """What the archive's own sentence pairs say."""
        head = self._lexicon.head(word)
        links = self._lexicon.translations.of(head) if head >= 0 else ()
        return {
            row: Found(row, min(1.0, weight * TRANSLATION_SCALE), "meaning")
            for row, weight in links
        }

    @property
    def _bilingual(self) -> BilingualLexicon:
        return self._given or BilingualLexicon.load()

    def _others(
        self, word: str, kind: Script, vector: Floats | None, known: _Known
    ) -> Iterator[Found]:
        if self._config.expansion and known.best < WELL_KNOWN:
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
        if kind == "en" and not _SPELT_OUT.search(word):
            return ()  # initials have no sound: PTI is not پتی
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
