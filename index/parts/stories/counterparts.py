"""Which words of the other language a word is met as: what it is translated by, and what it sounds like.

Translations are those of the bundled lexicon, and sounds tell names, which is how these cross scripts. A word
is looked up once, together with many others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from index.arrays import Doubles, Floats, Ints, Longs, Mask, distinct, ranges
from index.parts.lexicon.bilingual import BilingualLexicon, ManyWords
from index.parts.lexicon.lexicon import Lexicon
from index.sound.transliteration import SpellingModel
from index.text.analysis import SCRIPTS, Script, is_stop, script

SHARE_POWER = 0.7
"""What a rarer translation weighs beside the commonest: as in ranking."""
SOUND_FROM = 0.7
"""Probability from which a spelling counts as the same name: as in ranking."""
SURE = 0.5
"""A word whose translations are so surely known is not looked up by sound; and the surety with which any
other word is expected to be met: of names, half are spelled in a way that is recognized."""

_SPELLINGS = 4
_REMEMBERED = 1 << 17
_UNKNOWN = -2

_Found = tuple[Longs, Ints, Doubles]
"""Places of words, heads that they are met as, and how surely."""


@dataclass(frozen=True)
class Met:
    """As which words of the other language each of some words is met: word i as those from `starts[i]` up to
    `starts[i + 1]`, heads with weights (0..1], each once; and how surely it would be if the other text says
    the same (`sureties`)."""

    starts: Longs
    heads: Ints
    weights: Floats
    sureties: Floats


class Counterparts:
    """Which words of the other language, as far as the archive holds them, a word is met as."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._model = model = SpellingModel.load()
        self._background = lru_cache(_REMEMBERED)(partial(model.background, channel="english"))
        self._translating = {kind: _Translating(lexicon, kind) for kind in SCRIPTS}
        self._first = np.full(len(lexicon.words), -1, np.int64)
        self._count = np.zeros(len(lexicon.words), np.int32)
        self._sureties = np.zeros(len(lexicon.words), np.float32)
        self._forget()

    def of(self, heads: Ints) -> Met:
        """The words of the other language that each of some words is met as."""
        self.learn(heads)
        counts = self._count[heads]
        places = ranges(self._first[heads], counts)
        starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        return Met(starts, self._heads[places], self._weights[places], self._sureties[heads])

    def learn(self, heads: Ints) -> None:
        """Look up at once those of some words that are not known: `of` finds them then."""
        new = distinct(heads[self._first[heads] < 0])
        if len(new):
            if self._known + len(new) > _REMEMBERED:
                self._forget()
                new = distinct(heads)
            self._look_up(new)

    def _forget(self) -> None:
        self._first[:] = -1
        self._known = 0
        self._heads, self._weights = np.empty(0, np.int32), np.empty(0, np.float32)

    def _look_up(self, heads: Ints) -> None:
        words = [self._lexicon.words[head] for head in heads.tolist()]
        kinds = [script(word) for word in words]
        found: list[_Found] = []
        for kind in SCRIPTS:
            own = np.array([at for at, each in enumerate(kinds) if each == kind], np.int64)
            spelled = [words[at] for at in own.tolist()]
            sureties, (places, rows, weights) = self._translating[kind].of(spelled)
            found.append((own[places], rows, weights))
            self._sureties[heads[own]] = np.maximum(sureties, SURE)
            unsure: Mask = sureties < SURE
            unsure |= np.bincount(places, minlength=len(own)) == 0
            own = own[unsure]
            places, rows, weights = self._sounding([words[at] for at in own.tolist()], kind)
            found.append((own[places], rows, weights))
        places, rows, weights = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((weights, rows, places))
        keys = places[order] << 32 | rows[order]
        order = order[np.append(keys[1:] != keys[:-1], True)[: len(keys)]]
        self._count[heads] = counts = np.bincount(places[order], minlength=len(heads))
        self._first[heads] = len(self._heads) + np.cumsum(counts) - counts
        self._heads = np.concatenate([self._heads, rows[order]])
        self._weights = np.concatenate([self._weights, weights[order].astype(np.float32)])
        self._known += len(heads)

    def _sounding(self, words: Sequence[str], kind: Script) -> _Found:
        """The heads that words of one script spell in the other, and how likely."""
        lexicon = self._lexicon
        other: Script = "ur" if kind == "en" else "en"
        spelled = lexicon.all_sounding_like(words, other, "english", _SPELLINGS, near=False)
        pairs = [(at, row, log) for at, each in enumerate(spelled) for row, log in each]
        latin = [words[at] if kind == "en" else lexicon.words[row] for at, row, _ in pairs]
        chances = self._model.match_probability(
            np.array([log for _, _, log in pairs], np.float32),
            np.array([self._background(each) for each in latin], np.float32),
            np.array([len(each) for each in latin], np.int32),
            "english",
        )
        places = np.array([at for at, _, _ in pairs], np.int64)
        rows = np.array([row for _, row, _ in pairs], np.int32)
        like = np.flatnonzero(chances >= SOUND_FROM)
        stop = [is_stop(lexicon.words[row]) for row in rows[like].tolist()]
        like = like[~np.array(stop, bool)]
        return places[like], lexicon.heads[rows[like]], chances[like].astype(np.float64)


class _Translating:
    """What the words of one language are translated by, as far as the archive holds it."""

    def __init__(self, lexicon: Lexicon, kind: Script) -> None:
        self._lexicon, self._kind = lexicon, kind
        self._many: ManyWords | None = None
        self._heads = np.empty(0, np.int32)

    def of(self, words: Sequence[str]) -> tuple[Doubles, _Found]:
        """How surely the translations of each are known, and these."""
        if self._many is None:
            self._many = BilingualLexicon.load().many(self._kind)
            self._heads = np.full(self._many.others, _UNKNOWN, np.int32)
        meanings = self._many.meanings(words)
        owners = np.repeat(np.arange(len(words)), np.diff(meanings.starts))
        best, sureties = np.zeros(len(words)), np.zeros(len(words))
        np.maximum.at(best, owners, meanings.shares)
        np.maximum.at(sureties, owners, meanings.sureties)
        weights = meanings.sureties * (meanings.shares / best[owners]) ** SHARE_POWER
        heads = self._held(meanings.others)
        held = heads >= 0
        return sureties, (owners[held], heads[held], weights[held])

    def _held(self, others: Longs) -> Ints:
        """The heads of words of the other language; -1 for what the archive lacks, and for stop words."""
        assert self._many is not None
        lexicon = self._lexicon
        for other in distinct(others[self._heads[others] == _UNKNOWN]).tolist():
            word, stemmed = self._many.other(other)
            row = lexicon.rows.get(word, -1)
            if is_stop(word) or " " in word:
                self._heads[other] = -1
            else:
                self._heads[other] = (
                    lexicon.heads[row] if row >= 0 else lexicon.head_of_stem(stemmed)
                )
        return self._heads[others]
