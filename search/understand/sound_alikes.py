"""How often a word of like sound is the word meant: sound calibrated on real text.

P(meant) is a logistic of

    the chance that the one spells the other (`index.sound.transliteration`), and how far it is
    behind the best the letters of the Latin word
    whether the archive's English writes the word with a capital
    how surely the typed word, and the other one, are known to mean something that sounds otherwise

fitted on the words of two archives that tell their stories in both languages: what their sentence
pairs taught was taken for what is meant. Of words that the bundled lexicon does not know the
likeliest by sound is mostly right, of those it knows one in thirty (docs/measured.md). The vectors
of the two words would add little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from index.batch_cache import BatchCache
from index.logistic import logistic
from index.parts.lexicon.bilingual import BilingualLexicon, family
from index.parts.lexicon.lexicon import Lexicon, Linked
from index.sound.phonetic_keys import skeletons
from index.sound.transliteration import SpellingModel, fold_latin
from index.text.analysis import SCRIPTS, Script, script, stem
from search.config import CacheSizes, SoundMatching
from search.understand.function_words import is_function_word

BIAS, SPELLED, BEHIND, LETTERS, CAPITAL = -4.10, 0.41, -8.89, 5.78, 0.43
KNOWN, OTHER_KNOWN = -4.30, -2.30
"""Weights of the logistic, in the order above; letters count in tens, up to ten."""


class SoundAlikes:
    """Words of the other script that a word may be, by the lexicon of one index and the bundled one."""

    def __init__(
        self,
        lexicon: Lexicon,
        spelt: Callable[[], Mapping[int, str]],
        bilingual: BilingualLexicon | None = None,
    ) -> None:
        """`spelt` says how words are most often spelt, by row; it is asked when first needed."""
        self._lexicon = lexicon
        self._spelt = spelt
        self._given = bilingual
        self._model = SpellingModel.load()
        self._spelled: BatchCache[str, list[tuple[int, float]]] = BatchCache(CacheSizes.WORDS)

    def of(self, word: str, kind: Script, least: float) -> list[tuple[int, float]]:
        """Rows of the heads of words of like sound, and the chance that each is meant, of those that are
        meant with the chance `least`."""
        found = self.spelled(word, kind)
        if not found:
            return []
        best = max(chance for _, chance in found)
        known = self.means_otherwise(word, kind)
        translations = {family(each.word) for each in self._bilingual.meanings(word, kind).found}
        meant = []
        for row, chance in found:
            other = self._lexicon.words[row]
            loan = self._loan_chance(word, other) if family(other) in translations else None
            if loan is None:
                chance = self._meant(word, other, chance, best - chance, known, least)
            else:
                chance *= loan
            meant.append((row, chance))
        heads = self._lexicon.heads
        return [(int(heads[row]), chance) for row, chance in meant if chance >= least]

    def spelled(self, word: str, kind: Script) -> list[tuple[int, float]]:
        """Rows of words that spell a word, whatever either means, and the chance that they do. For a word
        that is known otherwise those of other consonants are not looked at."""
        return self._spelled.of([word], self._spelled_by)[0]

    def hear(self, words: Sequence[str]) -> None:
        """Look up together what some words of either script spell, in a fraction of the time that it takes one
        by one."""
        self._spelled.of(words, self._spelled_by)

    def _spelled_by(self, words: Sequence[str]) -> list[list[tuple[int, float]]]:
        found: dict[str, list[tuple[int, float]]] = {}
        for kind in SCRIPTS:
            other: Script = "ur" if kind == "en" else "en"
            own = [word for word in words if script(word) == kind]
            known = [self.means_otherwise(word, kind) >= SoundMatching.WELL_KNOWN for word in own]
            # All of them first, by their own consonants: fewer calls, and the rest is soon told.
            heard = self._heard(own, other, near=False)
            unsure = [word for word, sure in zip(own, known, strict=True) if not sure]
            heard |= self._heard(unsure, other, near=True)
            found |= {word: self._sure(word, kind, linked) for word, linked in heard.items()}
        return [found.get(word, []) for word in words]

    def _heard(self, words: Sequence[str], kind: Script, *, near: bool) -> dict[str, Linked]:
        most = SoundMatching.SPELLINGS
        heard = self._lexicon.all_sounding_like(words, kind, "english", most, near=near)
        return dict(zip(words, heard, strict=True))

    def _sure(self, word: str, kind: Script, heard: Linked) -> list[tuple[int, float]]:
        """Of words that sound like one those that spell it, and the chance that they do."""
        lexicon = self._lexicon
        latin = [word if kind == "en" else lexicon.words[row] for row, _ in heard]
        chances = self._model.match_probabilities(latin, [log for _, log in heard], "english")
        return [
            (row, chance)
            for (row, _), chance in zip(heard, chances, strict=True)
            if chance >= SoundMatching.SPELLED_FROM
            and lexicon.words[row].isalpha()
            and not is_function_word(lexicon.words[row])
            and not (kind == "en" and lexicon.lacks_space(row))
        ]

    def means_otherwise(self, word: str, kind: Script) -> float:
        """How surely a word is known to mean what sounds otherwise (0 to 1): قیمت of price, not پرائس."""
        return _means_otherwise(self._bilingual, word, kind)

    def _loan_chance(self, word: str, other: str) -> float | None:
        """The chance that a word is meant which it is known to be in the other script's letters, by how often
        that word is this one, beside what it is most; None if it is not known to be."""
        meanings = self._bilingual.meanings(other, "ur" if script(other) == "ur" else "en")
        said = {stem(each.word): each.share for each in reversed(meanings.found)}
        if stem(word) not in said:
            return None
        share = said[stem(word)] / max(said.values())
        return float(min(1.0, share / SoundMatching.LOAN_SHARE) ** SoundMatching.LOAN_POWER)

    def _meant(
        self, word: str, other: str, chance: float, behind: float, known: float, least: float
    ) -> float:
        kind: Script = "ur" if script(other) == "ur" else "en"
        latin = word if kind == "ur" else other
        logit = (
            BIAS
            + SPELLED * float(np.log(chance / max(1e-6, 1.0 - chance)))
            + BEHIND * behind
            + LETTERS * min(len(latin), SoundMatching.MOST_LETTERS) / SoundMatching.MOST_LETTERS
            + CAPITAL * self._has_capital(latin)
            + KNOWN * known
        )
        if logistic(logit) >= least:  # else what the other means does not matter
            logit += OTHER_KNOWN * self.means_otherwise(other, kind)
        return logistic(logit)

    def _has_capital(self, latin: str) -> bool:
        spelt, lexicon = self._spelt(), self._lexicon
        row = lexicon.row(latin)
        head = int(lexicon.heads[row]) if row >= 0 else lexicon.head(latin)
        return spelt.get(head, spelt.get(row, ""))[:1].isupper()

    @property
    def _bilingual(self) -> BilingualLexicon:
        return self._given or BilingualLexicon.load()


@lru_cache(maxsize=CacheSizes.WORDS)  # whatever index is open
def _means_otherwise(bilingual: BilingualLexicon, word: str, kind: Script) -> float:
    own = skeletons(fold_latin(word) if kind == "en" else word, latin=kind == "en")
    meanings = bilingual.meanings(word, kind)
    total = 0.0
    for each in meanings.found:
        if each.share * each.surety < SoundMatching.LEAST_SHARE:
            continue
        latin = kind == "ur"
        theirs = skeletons(fold_latin(each.word) if latin else each.word, latin=latin)
        if own.isdisjoint(theirs):
            total += each.share * each.surety
    return total * meanings.evidence / (meanings.evidence + SoundMatching.HARDLY_KNOWN)
