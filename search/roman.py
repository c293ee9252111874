"""Reading Roman Urdu: which typed Latin words are Urdu, and which Urdu words of the archive they are.

A hidden Markov model over the Latin words of a query. The states of a word are the archive's Urdu
words that it may spell, English, and Urdu that the archive does not hold:

    Urdu word u    P(u) by its frequency,        P(typed | u) by the spelling model
    English        as frequent as in the archive's English and in English at large, or any
                   English by its letters
    unknown Urdu   any Urdu by its letters

Words of one language stand together, and Urdu words follow each other as in the archive (bigrams),
so neighbours decide what one word alone leaves open: `log` is a logarithm or people. The forward
and backward algorithm (Rabiner 1989) gives each state's probability; nothing is decided for good.

Names and loanwords are of both languages: karachi is کراچی, and load is لوڈ. They are no evidence of
Urdu; a query of nothing else is English, and both are searched.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index.analysis import is_stop, stem
from index.bilingual import BilingualLexicon
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

SHARED_FROM = 0.4
"""Chance that an English word and an Urdu one translate each other, from which the Urdu word is taken for the
English one in Urdu letters where it sounds like it."""

SHARED_SAYS = 1.5
"""How much a word of both languages may say for English, in nats; for Urdu it says nothing."""

ENGLISH_FROM = 5.0
"""Times in a million that a word of English at large is met; rarer ones are Urdu in English texts too."""

ANOTHER_WORD = 0.8
"""How surely an Urdu word must be known to mean something, to be no mere name: لوگ is people, not a log."""

ENGLISH_FIRST = 3.0
"""Odds that a run which may as well be either is English, where the archive has English."""

_NAMESAKES = 2
"""Likeliest spellings of a name that are taken for it."""

REMEMBERED = 10_000
"""Words whose states are kept, about 1 kB each."""

_Logs = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RomanReading:
    """What a Latin word may be: `urdu` are (row of the lexicon, probability), likeliest first.

    `english` and `unknown` are the chances of the other two states; all add up to 1, but for
    candidates left out. `shared` are the candidates that are English words too, in Urdu letters.
    """

    urdu: tuple[tuple[int, float], ...]
    english: float
    unknown: float
    shared: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _States:
    """Log scores of a word's states: its Urdu candidates (`rows`), then English, then unknown."""

    rows: Ints
    scores: _Logs
    shared: frozenset[int]


class RomanReader:
    """Reads the Latin words of queries by the lexicon of one index and the bundled one."""

    def __init__(self, lexicon: Lexicon, bilingual: BilingualLexicon | None = None) -> None:
        """`bilingual` is the bundled lexicon unless given."""
        self._lexicon = lexicon
        self._given = bilingual
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
        if not word.isalpha():  # T20, 5G: of either language, and no spelling of anything
            return _States(np.empty(0, np.int32), np.zeros(2), frozenset())
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
        shared = self._shared(word, rows) if self._lexicon.totals["en"] else frozenset()
        same = np.isin(rows, list(shared))
        urdu[same] = np.clip(urdu[same], english - SHARED_SAYS, english) - np.log(
            max(1, len(shared))
        )
        return _States(rows, np.concatenate([urdu, [english, np.log(unseen) + letters]]), shared)

    def _shared(self, word: str, rows: Ints) -> frozenset[int]:
        """Which of these Urdu words are this English word in Urdu letters.

        They translate each other; or it is a name that stands in the archive's English, and the Urdu
        word of its sound means nothing else.
        """
        words, held = self._lexicon.words, self._lexicon.row(word) >= 0
        if not held and self._bilingual.frequency(word, "en") < ENGLISH_FROM:
            return frozenset()
        meanings = self._bilingual.meanings(word, "en")
        if meanings.surety >= SHARED_FROM:
            known = {stem(each.word) for each in meanings.found if each.surety >= SHARED_FROM}
            return frozenset(row for row in rows.tolist() if stem(words[row]) in known)
        return frozenset(
            row
            for row in rows[:_NAMESAKES].tolist()
            if held
            and not is_stop(words[row])
            and self._bilingual.meanings(words[row], "ur").surety < ANOTHER_WORD
        )

    def _english_log(self, word: str) -> float:
        """How often the word is met in English: half by the archive, half by English at large."""
        row = self._lexicon.row(word)
        here, at_large = -50.0, -50.0
        if row >= 0:
            here = float(self._prior("en", self._lexicon.frequencies[[row]])[0])
        if (often := self._bilingual.frequency(word, "en")) >= ENGLISH_FROM:
            at_large = PRIOR_WEIGHT * float(np.log(often)) - self._english_at_large
        return float(np.logaddexp(here, at_large)) - float(np.log(2.0))

    @cached_property
    def _english_at_large(self) -> float:
        often = self._bilingual.frequencies("en")
        return float(np.log((often**PRIOR_WEIGHT).sum() + 1e-9))

    @property
    def _bilingual(self) -> BilingualLexicon:
        return self._given or BilingualLexicon.load()

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
        begin = np.zeros(len(states[0].scores))
        begin[-2] = np.log(ENGLISH_FIRST) if self._lexicon.totals["en"] else 0.0
        forward = [states[0].scores + begin]
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
            # What follows what in English is not counted: it would weigh for Urdu alone.
            lift[:, np.isin(right.rows, list(right.shared))] = 1.0
            step[: len(left.rows), : len(right.rows)] += np.log(lift)
        return step

    def _reading(self, state: _States, chances: npt.NDArray[np.float64]) -> RomanReading:
        order = np.argsort(-chances[:-2], kind="stable")
        urdu = tuple((int(state.rows[at]), float(chances[at])) for at in order)
        return RomanReading(urdu, float(chances[-2]), float(chances[-1]), state.shared)

    @cached_property
    def _model(self) -> SpellingModel:
        return SpellingModel.load()


def _log_sum(logs: _Logs, axis: int) -> _Logs:
    """log of the sum of exponentials along an axis."""
    top = logs.max(axis=axis, keepdims=True)
    summed: _Logs = np.log(np.exp(logs - top).sum(axis=axis)) + top.squeeze(axis)
    return summed
