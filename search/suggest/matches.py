"""Which suggestions hold the words being typed: side by side in the order typed, or anyhow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats, Ints, Mask, Parallel, distinct, ranges
from index.parts.suggestions.suggestions import NAME, PHRASE, TITLE, WORD, SuggestionIndex
from search.config import Suggesting
from search.suggest.typed_words import Options

_KIND_GAIN = np.zeros(4, np.float32)
_KIND_GAIN[[TITLE, NAME, PHRASE, WORD]] = (
    Suggesting.TITLE_GAIN,
    Suggesting.NAME_GAIN,
    Suggesting.PHRASE_GAIN,
    Suggesting.WORD_GAIN,
)
_SURELY = np.float32(100.0)
"""More than any score: what is sure comes before what is not."""


@dataclass(frozen=True)
class Matches(Parallel):
    """Entries that match, some more than once, with their scores and the chance that they are meant."""

    entries: Ints
    scores: Floats
    chances: Floats

    def best(self, most: int, among: Mask | None = None) -> Ints:
        """The entries to offer first: sure ones before those that only sound so, by score."""
        at = np.arange(len(self)) if among is None else np.flatnonzero(among)
        order = self.scores[at] + np.where(
            self.chances[at] >= Suggesting.SURE, _SURELY, np.float32(0)
        )
        if len(at) > most:
            kept = np.argpartition(-order, most)[:most]
            at, order = at[kept], order[kept]
        best: Ints = self.entries[at[np.lexsort((self.entries[at], -order))]]
        return best


def side_by_side(suggestions: SuggestionIndex, options: Sequence[Options]) -> Matches:
    """Entries that hold a run of words that the typed ones may be."""
    begin, chances = _runs(suggestions, options)
    entries = suggestions.entry_of[begin]
    at_start = begin == suggestions.starts[entries]
    return Matches(entries, _scores(suggestions, entries, chances, at_start, len(options)), chances)


def following(suggestions: SuggestionIndex, options: Sequence[Options]) -> Ints:
    """The words that come behind such a run in some entry: rows of the lexicon, ascending."""
    behind = _runs(suggestions, options)[0] + len(options)
    entries = suggestions.entry_of[behind - 1]
    return distinct(suggestions.rows[behind[behind < suggestions.starts[entries + 1]]])


def _runs(suggestions: SuggestionIndex, options: Sequence[Options]) -> tuple[Ints, Floats]:
    """Where in `SuggestionIndex.rows` such runs begin, and the chance that each is meant."""
    places = [_places(suggestions, each) for each in options]
    pivot = min(range(len(options)), key=lambda at: len(places[at]))
    begin = places[pivot] - pivot
    begin = begin[(begin >= 0) & (begin + len(options) <= len(suggestions.rows))]
    begin = begin[suggestions.entry_of[begin] == suggestions.entry_of[begin + len(options) - 1]]
    chances = np.ones(len(begin), np.float32)
    for at, each in enumerate(options):
        held = each.chances_of(suggestions.rows[begin + at])
        begin, chances = begin[held > 0], np.minimum(chances, held)[held > 0]
    return begin, chances


def apart(suggestions: SuggestionIndex, options: Sequence[Options]) -> Matches:
    """Entries that hold a word for each typed one, wherever."""
    places = sorted((_places(suggestions, each) for each in options), key=len)
    held = np.zeros(len(suggestions), np.uint8)
    entries = suggestions.entry_of[places[0]]
    for turn, each in enumerate(places):
        holding = suggestions.entry_of[each]
        held[holding[held[holding] == turn]] = turn + 1
    entries = distinct(entries[held[entries] == len(options)])
    lengths = suggestions.starts[entries + 1] - suggestions.starts[entries]
    first = np.cumsum(lengths) - lengths
    rows = suggestions.rows[ranges(suggestions.starts[entries], lengths)]
    chances = np.ones(len(entries), np.float32)
    for option in options if len(entries) else ():
        chances = np.minimum(chances, np.maximum.reduceat(option.chances_of(rows), first))
    at_start = np.zeros(len(entries), bool)
    scores = _scores(suggestions, entries, chances, at_start, len(options)) - np.float32(
        Suggesting.APART
    )
    return Matches(entries, scores, chances)


def _places(suggestions: SuggestionIndex, options: Options) -> Ints:
    surely = suggestions.places(options.first, options.last)
    if not len(options.rows):
        return surely
    return np.concatenate([surely, suggestions.places_of(options.rows)])


def _scores(
    suggestions: SuggestionIndex, entries: Ints, chances: Floats, at_start: Mask, typed: int
) -> Floats:
    lengths = suggestions.starts[entries + 1] - suggestions.starts[entries]
    scores: Floats = np.float32(Suggesting.CHANCE_GAIN) * chances
    scores += np.float32(Suggesting.ARTICLES_GAIN) * suggestions.weights[entries]
    scores += _KIND_GAIN[suggestions.kinds[entries]]
    scores += np.float32(Suggesting.FROM_THE_START) * at_start
    scores -= np.float32(Suggesting.EACH_FURTHER_WORD) * (lengths - typed)
    return scores
