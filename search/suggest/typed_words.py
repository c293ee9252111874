"""Which words of an archive a typed word may be, whole or half-typed, and how surely.

1      the very word, or a word that begins with it
.9     another inflection of a whole word
below  it sounds so: an Urdu word typed in Latin letters, or a spelling a letter or two away
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats, Ints
from index.parts.lexicon.lexicon import Lexicon
from index.parts.suggestions.suggestions import SuggestionIndex
from index.sound.transliteration import SpellingModel, fold_latin
from index.text.analysis import script
from index.text.edit_distance import beginning_distances, distances
from search.config import CacheSizes, SearchConfig, Suggesting
from search.method_cache import cached_method

_EDIT_WEIGHTS = np.array(Suggesting.EDIT_WEIGHTS, np.float32)


@dataclass(frozen=True)
class Options:
    """The words a typed one may be: all rows from `first` to `last` - 1 of the lexicon, surely, and
    `rows` (ascending, others) as surely as `chances` say."""

    first: int
    last: int
    rows: Ints
    chances: Floats

    def chances_of(self, rows: Ints) -> Floats:
        """The chance that each of some words is meant, 0 for one that is none of these."""
        surely = (rows >= self.first) & (rows < self.last)
        chances: Floats = surely.astype(np.float32)
        if len(self.rows):
            at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
            other = self.rows[at] == rows
            chances[other] = self.chances[at[other]]
        return chances


class TypedWords:
    """Looks up typed words among those of the suggestions of one index. Safe under threads."""

    def __init__(
        self, lexicon: Lexicon, suggestions: SuggestionIndex, config: SearchConfig
    ) -> None:
        self._lexicon = lexicon
        self._suggestions = suggestions
        self._roman = config.roman
        self._model = SpellingModel.load()
        self._known_whole = cached_method(self._whole, CacheSizes.TYPED_WORDS)
        self._known_beginning = cached_method(self._beginning, CacheSizes.TYPED_WORDS)

    def whole(self, word: str) -> Options:
        """The words that a normalized typed one may be, which is whole."""
        return self._known_whole(word)

    def beginning(self, word: str) -> Options:
        """The words that may begin with a normalized typed one."""
        return self._known_beginning(word)

    def _whole(self, word: str) -> Options:
        first = bisect_left(self._lexicon.words, word)
        last = first + (self._lexicon.words[first : first + 1] == [word])
        found = []
        if (head := self._lexicon.head(word)) >= 0:
            rows = np.flatnonzero(self._lexicon.heads == head).astype(np.int32)
            found.append((rows, np.full(len(rows), Suggesting.INFLECTED, np.float32)))
        if self._may_be_roman(word):
            found.append(self._urdu_whole(word))
        if last == first:
            found.append(self._near(word, self._sounding(word), whole=True))
        return _options(first, last, found)

    def _beginning(self, word: str) -> Options:
        return self.beginning_among(word, None)

    def beginning_among(self, word: str, among: Ints | None) -> Options:
        """Those of the words `among` (rows, ascending; None for all) that may begin so.

        Words of the same script that are spelt a little differently only if none is spelt so.
        """
        words = self._lexicon.words
        first = bisect_left(words, word)
        last = bisect_left(words, word + chr(0x10FFFF), first)
        spelt = last > first
        if among is not None:
            spelt = bool(np.diff(np.searchsorted(among, np.array([first, last], among.dtype)))[0])
        found = []
        if self._may_be_roman(word):
            rows = self._suggestions.sounds["ur"].beginning_like(fold_latin(word), latin=True)
            rows = self._often(_only(rows, among))
            sound = fold_latin(word)
            found.append(self._likely(rows, self._lexicon.beginning_like(sound, rows), sound))
        if not spelt:
            found.append(self._near(word, _only(self._sounding(word), among), whole=False))
        return _options(first, last, found)

    def _may_be_roman(self, word: str) -> bool:
        return (
            self._roman
            and script(word) == "en"
            and len(fold_latin(word)) >= Suggesting.SOUND_LETTERS
        )

    def _sounding(self, word: str) -> Ints:
        """Words of the same script that begin with the same sounds."""
        kind = script(word)
        if kind == "other":
            return np.empty(0, np.int32)
        latin = kind == "en"
        return self._suggestions.sounds[kind].beginning_like(
            fold_latin(word) if latin else word, latin=latin
        )

    def _urdu_whole(self, word: str) -> tuple[Ints, Floats]:
        found = self._lexicon.sounding_like(word, "ur", "typed", Suggesting.SPELLINGS)
        rows = np.array([row for row, _ in found], np.int32)
        return self._likely(rows, np.array([log for _, log in found], np.float32), word)

    def _likely(self, rows: Ints, logs: Floats, latin: str) -> tuple[Ints, Floats]:
        chances = self._model.match_probability(
            logs, self._model.background(latin), len(latin), "typed"
        )
        likely = chances >= Suggesting.SOUND_FROM
        return rows[likely], Suggesting.SOUND_WEIGHT * chances[likely]

    def _near(self, word: str, rows: Ints, *, whole: bool) -> tuple[Ints, Floats]:
        """Those of the words that are spelt nearly as `word` is, or begin nearly so."""
        if len(word) < Suggesting.EDIT_LETTERS:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        most = 1 + (len(word) >= Suggesting.TWO_EDITS_LETTERS)
        rows = self._often(rows)
        words = [self._lexicon.words[row] for row in rows.tolist()]
        edits = (distances if whole else beginning_distances)(word, words, most)
        kept = edits <= most
        return rows[kept], _EDIT_WEIGHTS[edits[kept]]

    def _often(self, rows: Ints) -> Ints:
        if len(rows) <= Suggesting.MOST_SCORED:
            return rows
        often = np.argpartition(-self._lexicon.frequencies[rows], Suggesting.MOST_SCORED)[
            : Suggesting.MOST_SCORED
        ]
        kept: Ints = np.sort(rows[often])
        return kept


def _only(rows: Ints, among: Ints | None) -> Ints:
    return rows if among is None else np.intersect1d(rows, among, assume_unique=True)


def _options(first: int, last: int, found: Sequence[tuple[Ints, Floats]]) -> Options:
    """Options of a range of sure rows, and of others by their best chance."""
    chances: dict[int, float] = {}
    for rows, likely in found:
        for row, chance in zip(rows.tolist(), likely.tolist(), strict=True):
            chances[row] = max(chance, chances.get(row, 0.0))
    kept = sorted(row for row in chances if not first <= row < last)
    return Options(
        first, last, np.array(kept, np.int32), np.array([chances[row] for row in kept], np.float32)
    )
