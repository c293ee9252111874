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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from index.analysis import script, stem
from index.bilingual import BilingualLexicon, Meanings
from index.impacts import Floats
from index.lexicon import SCRIPTS, Lexicon, Linked, Script
from index.spelling import SpellingModel
from search.config import SearchConfig
from search.function_words import is_function_word
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
"""As how many observations the bundled lexicon and an archive count at most: an archive teaches a word
by the articles that hold it, as far as it is sure."""

TRUSTED_FROM = 0.85
"""Of the words that both know, for what part an archive that is to be trusted agrees with the bundled
lexicon. It was .84 and .92 where all stories are told in both languages, .38 in archives of two newsrooms."""

_ASKED, _WELL_ATTESTED, _SURE, _ARCHIVES = 200, 20.0, 0.9, 5.0
"""Words that an archive is tried on; evidence and surety of those that count; and trusted archives that
outweigh a handful of words."""

HEAD_SHARE = 0.3
"""How common the usual form of a translation must be, beside its commonest, to be the one shown."""

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

NAMESAKE = 2.0
"""A word of like sound that means something else is less likely the word meant, the shorter the name:
by (this / letters) of what is known of it. PTI is not پتی, a leaf, but a man may be called شفقت, kindness."""

LOAN_SHARE = 0.3
"""How often a loanword must be the word that it sounds like, beside the one that it is most, to be as
good as that: بیئر is beer, and hardly ever a bear."""

ENOUGH_LETTERS = 6
"""Of a word whose sound tells whom it names: shorter ones sound like many, and are often initials."""

MIN_WEIGHT = 0.15
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
        return _best({each.row: each for each in self.found})

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
                if witness.source == "sound":  # it sounds like its translation: all the surer
                    _keep(found, witness)
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
        first = min(KNOWN_EVIDENCE, meanings.evidence) * meanings.surety if bundled else 0.0
        second = self._trust * min(ARCHIVE_EVIDENCE, self._articles(word)) * _best(taught)
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
        forms: dict[int, dict[int, float]] = {}
        sureties: dict[int, float] = {}
        lexicon = self._lexicon
        for each in meanings.found:
            head = lexicon.head(each.word)
            if head >= 0 and not is_function_word(each.word):
                row = lexicon.row(each.word)
                mine = forms.setdefault(head, {})
                mine[row] = mine.get(row, 0.0) + each.share * each.surety
                sureties[head] = max(sureties.get(head, 0.0), each.surety)
        shares = {head: sum(mine.values()) for head, mine in forms.items()}
        best = max(shares.values(), default=1.0)
        return {
            head: Found(
                _shown(head, mine),
                sureties[head] * (shares[head] / best) ** SHARE_POWER,
                "meaning",
            )
            for head, mine in forms.items()
        }

    def _taught(self, word: str) -> dict[int, Found]:
        """What the archive's own sentence pairs say."""
        head = self._lexicon.head(word)
        links = self._lexicon.translations.of(head) if head >= 0 else ()
        return {
            row: Found(row, min(1.0, weight * TRANSLATION_SCALE) * self._trust, "meaning")
            for row, weight in links
            if not is_function_word(self._lexicon.words[row])
        }

    @cached_property
    def _trust(self) -> float:
        """How far what the archive taught is to be believed (0 to 1), by the words that both know well.

        Only an archive that tells its stories in both languages teaches what words mean; in others
        the sentences that were taken for pairs are of like stories.
        """
        lexicon = self._lexicon
        taught = np.flatnonzero(np.diff(lexicon.translations.starts))
        agreed = words = 0.0
        for row in taught[:: max(1, len(taught) // _ASKED)].tolist():
            kind = script(lexicon.words[row])
            if kind == "other":
                continue
            meanings = self._bilingual.meanings(lexicon.words[row], kind)
            if meanings.evidence >= _WELL_ATTESTED and meanings.surety >= _SURE:
                known = {stem(each.word) for each in meanings.found}
                links = lexicon.translations.of(row)
                right = [weight for other, weight in links if stem(lexicon.words[other]) in known]
                agreed += sum(right) / sum(weight for _, weight in links)
                words += 1
        return min(1.0, (agreed / TRUSTED_FROM + _ARCHIVES) / (words + _ARCHIVES))

    def _articles(self, word: str) -> int:
        """How many articles hold a word, in its most frequent form."""
        head = self._lexicon.head(word)
        return int(self._lexicon.frequencies[head]) if head >= 0 else 0

    @property
    def _bilingual(self) -> BilingualLexicon:
        return self._given or BilingualLexicon.load()

    def _others(
        self, word: str, kind: Script, vector: Floats | None, known: _Known
    ) -> Iterator[Found]:
        if self._config.expansion and known.best < WELL_KNOWN:
            near = self._neighbours(word, kind, vector)
            for row, cosine in near:
                if is_function_word(self._lexicon.words[row]):
                    continue
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
            Found(int(lexicon.heads[row]), chance * self._no_namesake(row, word), "sound")
            for (row, _), chance in zip(spelled, chances.tolist(), strict=True)
            if chance >= SOUND_FROM and lexicon.words[row].isalpha()
            if not is_function_word(lexicon.words[row])
        )

    def _no_namesake(self, row: int, word: str) -> float:
        """The chance that a word of like sound is not another word, which means something else: what the
        word is, beside what the other one is most, where both are known."""
        other = self._lexicon.words[row]
        sound = min(1.0, len(word) / ENOUGH_LETTERS)
        kind = script(other)
        meanings = self._bilingual.meanings(other, kind) if kind != "other" else Meanings()
        said = {stem(each.word): each.share for each in reversed(meanings.found)}
        if (
            stem(word) in said
        ):  # a loanword: of this word, or of another (بیئر is beer before it is bear)
            share = said[stem(word)] / max(said.values())
            return float(min(1.0, share / LOAN_SHARE) ** SHARE_POWER)
        return sound * (1.0 - min(1.0, NAMESAKE / len(word)) * meanings.surety)


def _expandable(word: str) -> bool:
    return script(word) in SCRIPTS and not is_function_word(word) and len(word) > 1


def _best(found: Mapping[int, Found]) -> float:
    return max((each.weight for each in found.values()), default=0.0)


def _shown(head: int, forms: Mapping[int, float]) -> int:
    """The form of a translation to show: the archive's usual one, unless another is far commoner in
    this sense (چیتا for a leopard, not the چیت of talks)."""
    best = max(forms, key=lambda row: (forms[row], -row))
    return head if best < 0 or forms.get(head, 0.0) >= HEAD_SHARE * forms[best] else best


def _keep(found: dict[int, Found], each: Found) -> None:
    """Of two witnesses for one word the surer speaks."""
    if each.row not in found or found[each.row].weight < each.weight:
        found[each.row] = each
