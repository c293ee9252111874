"""Reading Roman Urdu: which typed Latin words are Urdu, and which Urdu words of the archive they are.

A hidden Markov model over the Latin words of a query. The states of a word are the archive's Urdu
words that it may spell, English, and Urdu that the archive does not hold:

    Urdu word u    P(u) by its frequency,        P(typed | u) by the spelling model
    English        as frequent as in the archive's English, or any English by its letters
    unknown Urdu   any Urdu by its letters

Words of one language stand together, and Urdu words follow each other as in the archive (bigrams),
so neighbours decide what one word alone leaves open: `log` is a logarithm or people. The forward
and backward algorithm (Rabiner 1989) gives each state's probability; nothing is decided for good.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index.impacts import Ints
from index.lexicon import SCRIPTS, Lexicon, Script
from index.spelling import SpellingModel
from search.remembering import remembered

CANDIDATES = 12
"""Urdu words considered for a typed word."""

PRIOR_WEIGHT = 0.6
"""How much frequency counts beside spelling: words people ask for are rarer than words of texts."""

STAY = 0.98
"""That the next word is of the same language."""

UNKNOWN_ENGLISH = 0.1
"""Share of English words that the archive does not hold: people ask in more English than it has."""

BIGRAM_SHARE = 0.3
"""How much of an Urdu word's chance its left neighbour decides."""

REMEMBERED = 10_000
"""Words whose states are kept, about 1 kB each."""

_Logs = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RomanReading:
    """What a Latin word may be: `urdu` are (row of the lexicon, probability), likeliest first.

    `english` and `unknown` are the chances of the other two states; all add up to 1, but for
    candidates left out.
    """

    urdu: tuple[tuple[int, float], ...]
    english: float
    unknown: float


@dataclass(frozen=True)
class _States:
    """Log scores of a word's states: its Urdu candidates (`rows`), then English, then unknown."""

    rows: Ints
    scores: _Logs


class RomanReader:
    """Reads the Latin words of queries by the lexicon of one index."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        # Queries share most of their words, function words above all.
        self._states = remembered(self._states_of, REMEMBERED)

    def read(self, words: Sequence[str]) -> list[RomanReading]:
        """How each of the neighbouring Latin words reads."""
        if not words or not self._lexicon.totals["ur"]:
            return [RomanReading((), 1.0, 0.0) for _ in words]
        states = [self._states(word) for word in words]
        return [self._reading(state, chances) for state, chances in self._chances(states)]

    def _states_of(self, word: str) -> _States:
        lexicon, model = self._lexicon, self._model
        found = lexicon.sounding_like(word, "ur", "typed", CANDIDATES)
        rows = np.array([row for row, _ in found], np.int32)
        logs = np.array([log for _, log in found], np.float64)
        letters = model.background(word)
        english = np.logaddexp(
            np.log(UNKNOWN_ENGLISH) + letters + model.english_odds(word),
            np.log1p(-UNKNOWN_ENGLISH) + self._english_log(word),
        )
        unseen = lexicon.unseen_urdu
        urdu = np.log1p(-unseen) + logs + self._prior("ur", lexicon.frequencies[rows])
        return _States(rows, np.concatenate([urdu, [english, np.log(unseen) + letters]]))

    def _english_log(self, word: str) -> float:
        row = self._lexicon.row(word)
        if row < 0:
            return -50.0
        return float(self._prior("en", self._lexicon.frequencies[[row]])[0])

    def _prior(self, kind: Script, frequencies: Ints) -> _Logs:
        """Log chances of words of one script, flattened by `PRIOR_WEIGHT`: they add up to 1."""
        flat: _Logs = PRIOR_WEIGHT * np.log(frequencies) - self._normalizers[kind]
        return flat

    @cached_property
    def _normalizers(self) -> dict[Script, float]:
        return {
            kind: float(
                np.log((self._lexicon.script_frequencies(kind) ** PRIOR_WEIGHT).sum() + 1e-9)
            )
            for kind in SCRIPTS
        }

    def _chances(self, states: Sequence[_States]) -> list[tuple[_States, npt.NDArray[np.float64]]]:
        """Each word's states with their probabilities, given all words."""
        steps = [self._step(a, b) for a, b in itertools.pairwise(states)]
        forward = [states[0].scores]
        for state, step in zip(states[1:], steps, strict=True):
            forward.append(state.scores + _log_sum(forward[-1][:, None] + step, 0))
        backward = [np.zeros(len(states[-1].scores))]
        for state, step in zip(states[:0:-1], steps[::-1], strict=True):
            backward.insert(0, _log_sum(step + (state.scores + backward[0])[None, :], 1))
        logs = (a + b for a, b in zip(forward, backward, strict=True))
        return [
            (state, np.exp(log - _log_sum(log, 0))) for state, log in zip(states, logs, strict=True)
        ]

    def _step(self, left: _States, right: _States) -> _Logs:
        """Log weight of each state of `right` after each of `left`; 0 is what chance gives."""
        lexicon = self._lexicon
        urdu_left = np.r_[np.ones(len(left.rows), bool), False, True]
        urdu_right = np.r_[np.ones(len(right.rows), bool), False, True]
        same = urdu_left[:, None] == urdu_right[None, :]
        step: _Logs = np.log(same * STAY + ~same * (1 - STAY))
        if len(left.rows) and len(right.rows):
            counts = lexicon.pair_counts(left.rows, right.rows)
            follows = counts / np.maximum(lexicon.frequencies[left.rows], 1)[:, None]
            usual = lexicon.frequencies[right.rows] / lexicon.totals["ur"]
            lift = 1 - BIGRAM_SHARE + BIGRAM_SHARE * np.minimum(follows, 1.0) / usual
            step[: len(left.rows), : len(right.rows)] += np.log(lift)
        return step

    def _reading(self, state: _States, chances: npt.NDArray[np.float64]) -> RomanReading:
        order = np.argsort(-chances[:-2], kind="stable")
        urdu = tuple((int(state.rows[at]), float(chances[at])) for at in order)
        return RomanReading(urdu, float(chances[-2]), float(chances[-1]))

    @cached_property
    def _model(self) -> SpellingModel:
        return SpellingModel.load()


def _log_sum(logs: _Logs, axis: int) -> _Logs:
    """log of the sum of exponentials along an axis."""
    top = logs.max(axis=axis, keepdims=True)
    summed: _Logs = np.log(np.exp(logs - top).sum(axis=axis)) + top.squeeze(axis)
    return summed
