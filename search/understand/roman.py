"""Reading Roman Urdu: which typed Latin words are Urdu, and which Urdu words they are.

A hidden Markov model over the Latin words of a query. The states of a word are the Urdu words that it
may spell, English, and Urdu that neither the archive nor the bundled lexicon holds:

    Urdu word u    P(u) by its frequency,        P(typed | u) by the spelling model
    English        as frequent as in the archive's English and in English at large, or any
                   English by its letters
    unknown Urdu   any Urdu by its letters

What the archive lacks is Urdu that it has not met yet: with the chance that Good's estimate leaves to
such words, mostly one of the bundled lexicon, by its frequency there.

Words of one language stand together, and Urdu words follow each other as in the archive (bigrams),
so neighbours decide what one word alone leaves open: `log` is a logarithm or people. The forward
and backward algorithm (Rabiner 1989) gives each state's probability; nothing is decided for good.

Names and loanwords are of both languages: karachi is کراچی, and load is لوڈ. They are hardly evidence
of Urdu.

In which language a run of words was asked is decided by all its words together, each drawn from the
language of the run or, now and then, from the other: Roman Urdu is full of English words, and English
news of Urdu names.

    P(run | L) = product over words w of (1 - s_L) P(w | L) + s_L P(w | other)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from index.arrays import Doubles, Ints, Mask
from index.batch_cache import BatchCache
from index.parts.lexicon.bilingual import BilingualLexicon
from index.parts.lexicon.lexicon import Lexicon
from index.sound.phonetic_keys import skeletons
from index.sound.transliteration import SpellingModel, fold_latin
from index.text.analysis import SCRIPTS, Script, is_stop, stem
from search.config import CacheSizes, Reading


@dataclass(frozen=True)
class RomanReading:
    """What a Latin word may be: `urdu` are (word, probability), likeliest first; the archive may lack them.

    `english` and `unknown` are the chances of the other two states; all add up to 1, but for
    candidates left out. `shared` are the candidates that are English words too, in Urdu letters. `stop`
    says that the likeliest is a stop word.
    """

    urdu: tuple[tuple[str, float], ...]
    english: float
    unknown: float
    shared: frozenset[str] = frozenset()
    stop: bool = False

    def in_english(self, *, only_shared: bool) -> RomanReading:
        """The same word in an English query: an English word, whose candidates are another way to
        find it; `only_shared` leaves those that are the same word."""
        kept = tuple(
            (word, chance)
            for word, chance in self.urdu
            if chance >= Reading.LIKELY and (word in self.shared or not only_shared)
        )
        return replace(self, urdu=kept, english=1.0, unknown=0.0)


@dataclass(frozen=True)
class RunReading:
    """How Latin words that stand together read: each of them, and the chance that they are Roman Urdu
    as a whole. `either`: all of them are as usual in Urdu as in English, such as names."""

    words: tuple[RomanReading, ...]
    urdu: float
    either: bool = False


@dataclass(frozen=True)
class _Candidates:
    """The Urdu words that a Latin one may spell, those that the archive holds first: their rows in its lexicon
    (-1 for none), log P(Latin | word), log P(word), and the chance that the one spells the other."""

    words: Sequence[str]
    rows: Ints
    logs: Doubles
    priors: Doubles
    spelt: Doubles

    def __len__(self) -> int:
        return len(self.words)


_NO_CANDIDATES = _Candidates((), np.empty(0, np.int32), np.empty(0), np.empty(0), np.empty(0))


@dataclass(frozen=True)
class _States:
    """Log scores of a word's states: its Urdu candidates, then English, then unknown.

    `shared` says which candidates are English words, too, `either` that it is as usual in both
    languages."""

    candidates: _Candidates
    scores: Doubles
    shared: Mask
    either: bool = False

    @cached_property
    def english(self) -> float:
        return float(self.scores[-2])

    @cached_property
    def urdu(self) -> float:
        """Of all Urdu together, known and unknown."""
        return float(_log_sum(np.append(self.scores[:-2], self.scores[-1]), 0))


class RomanDecoder:
    """Reads the Latin words of queries by the lexicon of one index and the bundled one."""

    def __init__(
        self, lexicon: Lexicon, *, is_roman: Callable[[str], bool] = lambda word: False
    ) -> None:
        """`is_roman` says whether a Latin word stands in Roman Urdu articles only: then it is no
        English word of the archive."""
        self._lexicon = lexicon
        self._is_roman = is_roman
        # Queries share most of their words, function words above all.
        self._states: BatchCache[str, _States] = BatchCache(CacheSizes.WORDS)

    def read(self, words: Sequence[str]) -> RunReading:
        """How neighbouring Latin words read."""
        if not words:
            return RunReading((), 0.0)
        states = self._states.of(words, self._states_of)
        read = [self._reading(state, chances) for state, chances in self._chances(states)]
        urdu = self._chance_of_urdu(states)
        either = Reading.EITHER_FROM <= urdu <= 1.0 - Reading.EITHER_FROM and all(
            state.either or not word.isalpha() for word, state in zip(words, states, strict=True)
        )
        return RunReading(tuple(read), urdu, either and any(map(str.isalpha, words)))

    def spells_stop_word(self, word: str) -> bool:
        """Whether one of the Urdu words that a Latin one spells best is a stop word."""
        (states,) = self._states.of([word], self._states_of)
        return any(map(is_stop, states.candidates.words[: Reading.NAMESAKES]))

    def _chance_of_urdu(self, states: Sequence[_States]) -> float:
        """The chance that words are a run of Roman Urdu, not of English."""
        english = np.array([state.english for state in states])
        urdu = np.array([state.urdu for state in states])
        as_urdu = np.logaddexp(
            np.log1p(-Reading.ENGLISH_IN_URDU) + urdu, np.log(Reading.ENGLISH_IN_URDU) + english
        )
        as_english = np.logaddexp(
            np.log1p(-Reading.URDU_IN_ENGLISH) + english, np.log(Reading.URDU_IN_ENGLISH) + urdu
        )
        first = np.log(Reading.ENGLISH_FIRST) if self._lexicon.totals["en"] else 0.0
        return float(np.exp(-np.logaddexp(0.0, (as_english - as_urdu).sum() + first)))

    def _states_of(self, words: Sequence[str]) -> list[_States]:
        spelling = [word for word in words if word.isalpha()]
        known = [self._known(word) for word in spelling]
        found = dict(
            zip(spelling, zip(known, self._candidates(spelling, known), strict=True), strict=True)
        )
        return [
            self._states_by(word, *found[word])
            if word in found  # T20, 5G: of either language, and no spelling of anything
            else _States(_NO_CANDIDATES, np.zeros(2), np.empty(0, bool))
            for word in words
        ]

    def _states_by(self, word: str, known: AbstractSet[str], found: _Candidates) -> _States:
        lexicon, model = self._lexicon, self._model
        letters = model.background(word)
        # A new word of English is as often a name of somewhere as one of English letters.
        unmet = np.logaddexp(0.0, model.english_odds(word)) - np.log(2.0)
        english = np.logaddexp(
            np.log(Reading.UNKNOWN_ENGLISH) + letters + unmet,
            np.log1p(-Reading.UNKNOWN_ENGLISH) + self._english_log(word),
        )
        urdu = found.logs + found.priors
        stems = set(map(stem, known))
        # English in Urdu letters that the archive lacks is found by nothing: it is read as English.
        held = found.rows >= 0
        near = itertools.compress(found.words, held & (found.spelt >= Reading.SPELT_FROM))
        loans = frozenset(each for each in near if stem(each) in stems)
        nearest = itertools.compress(found.words, held & (found.spelt >= Reading.SURELY_SPELT))
        shared = loans or self._namesakes(word, tuple(nearest), loans=not known)
        same = np.array([each in shared for each in found.words], bool)
        if shared:
            english = max(english, _log_sum(urdu[same], 0) - Reading.NAME_SAYS)
            # All of them together: which it is, sound and frequency say. That a rare word has no meaning
            # does not make it likelier than the commoner ones that are spelt so: insaaf, انصاف.
            raised = same if loans else same | (urdu >= urdu[same].max() + Reading.LIKELIER)
            urdu[raised] += max(0.0, english - Reading.SHARED_SAYS - _log_sum(urdu[raised], 0))
        unknown = np.log(lexicon.unseen_urdu) + np.log1p(-Reading.BUNDLED) + letters
        scores = np.concatenate([urdu, [english, unknown]])
        return _States(found, scores, same, self._either(word, found, scores, same))

    def _either(self, word: str, found: _Candidates, scores: Doubles, shared: Mask) -> bool:
        """Whether a word is as usual in both languages: a name, a loanword that Urdu uses as often as
        its own word (کیس, not فائر for fire), or one that happens to spell a word of each (dil)."""
        if (np.abs(scores[:-2][~shared] - scores[-2]) < Reading.EITHER_WITHIN).any():
            return True
        meanings = self._bilingual.meanings(word, "en")
        if meanings.surety < Reading.SHARED_FROM:
            return bool(shared.any()) and self._lexicon.row(word) >= 0
        words, frequencies = self._lexicon.words, self._lexicon.frequencies
        known = {stem(each.word) for each in meanings.found if each.surety >= Reading.SHARED_FROM}
        held = found.rows[shared & (found.rows >= 0)].tolist()
        loans = [row for row in held if stem(words[row]) in known]
        first = self._lexicon.head(meanings.found[0].word)
        own = int(frequencies[first]) if first >= 0 else 0
        return bool(loans) and int(frequencies[loans].max()) >= Reading.AS_USUAL * own

    def _candidates(
        self, words: Sequence[str], known: Sequence[AbstractSet[str]]
    ) -> list[_Candidates]:
        """The Urdu words that each of some Latin ones may spell: those of like sound that the archive or the
        bundled lexicon holds, and its own (`known`) in Urdu letters whatever they are (judge, جج)."""
        lexicon = self._lexicon
        heard = lexicon.all_sounding_like(words, "ur", "typed", Reading.CANDIDATES)
        heard_rows = [
            {row: log for row, log in sounding if not lexicon.lacks_space(row)}
            for sounding in heard
        ]
        others = []
        for own, there in zip(known, heard_rows, strict=True):
            rows = {each: lexicon.row(each) for each in own}
            others.append({w: row for w, row in rows.items() if row >= 0 and row not in there})
        lacking = [self._lacking(word) for word in words]
        asked = [[*own, *beside] for own, (beside, _) in zip(others, lacking, strict=True)]
        logs = self._model.log_likelihoods(words, asked, "typed")
        return [
            self._likely(word, there, own, *beside, scores.astype(np.float64))
            for word, there, own, beside, scores in zip(
                words, heard_rows, others, lacking, logs, strict=True
            )
        ]

    def _likely(
        self,
        word: str,
        heard: Mapping[int, float],
        others: Mapping[str, int],
        lacking: Sequence[str],
        lacking_priors: Doubles,
        logs: Doubles,
    ) -> _Candidates:
        """The candidates of a word that are worth a look: by row those of the archive that sound alike,
        `others` that it holds, too, and those that it lacks; `logs` are those of the last two."""
        lexicon = self._lexicon
        held = np.array([*heard, *others.values()], np.int32)
        priors = np.log1p(-lexicon.unseen_urdu) + self._prior("ur", lexicon.frequencies[held])
        words = (*(lexicon.words[row] for row in held.tolist()), *lacking)
        logs = np.concatenate([np.array(list(heard.values()), np.float64), logs])
        spelt = np.array(
            self._model.match_probabilities([word] * len(words), logs.tolist(), "typed"),
            np.float64,
        )
        rows = np.append(held, np.full(len(lacking), -1, np.int32))
        # What the archive holds of like sound speaks for Urdu even if it is too far to be the word.
        likely = spelt >= np.where(rows < 0, Reading.SURELY_SPELT, Reading.SPELT_FROM)
        kept = np.flatnonzero(likely | ((rows >= 0) & ~np.isin(rows, [*others.values()])))
        return _Candidates(
            tuple(words[at] for at in kept.tolist()),
            rows[kept],
            logs[kept],
            np.concatenate([priors, lacking_priors])[kept],
            spelt[kept],
        )

    def _lacking(self, word: str) -> tuple[list[str], Doubles]:
        """The commonest Urdu words of like sound that the archive lacks: words of the bundled lexicon, and
        log P of each."""
        unseen = np.log(self._lexicon.unseen_urdu) + np.log(Reading.BUNDLED)
        bundled = self._bilingual.sounding_like(fold_latin(word), Reading.BUNDLED_CANDIDATES)
        common = [each for each in bundled if self._lexicon.row(each[0]) < 0]
        words, often = [each for each, _ in common], np.array([each for _, each in common])
        priors = Reading.PRIOR_WEIGHT * np.log(np.maximum(often, Reading.UNMET)) + unseen
        return words, priors - self._at_large["ur"]

    def _known(self, word: str) -> frozenset[str]:
        """The Urdu words that an English one is known to be translated by, where the archive has English."""
        if is_stop(word) or not self._lexicon.totals["en"]:
            return frozenset()
        meanings = self._bilingual.meanings(word, "en").found
        return frozenset(each.word for each in meanings if each.surety >= Reading.SHARED_FROM)

    def _namesakes(self, word: str, urdu: Sequence[str], *, loans: bool) -> frozenset[str]:
        """Which of these Urdu words, the likeliest first, mean nothing else than an English one in Urdu letters.

        The Urdu word means nothing else, as names do; or, of `loans`, where English at large does not
        know the word either, it is a loanword.
        """
        if is_stop(word) or not self._lexicon.totals["en"]:
            return frozenset()
        nearest = urdu[: Reading.NAMESAKES]
        return frozenset(each for each in nearest if self._namesake(each, loans=loans))

    def _namesake(self, word: str, *, loans: bool) -> bool:
        """Whether an Urdu word means nothing else than what it sounds like: it has no known meaning, or,
        of `loans`, one of its own sound."""
        if is_stop(word):
            return False
        meanings = self._bilingual.meanings(word, "ur")
        if meanings.surety < Reading.ANOTHER_WORD or not loans:
            return meanings.surety < Reading.ANOTHER_WORD
        sounds = skeletons(word, latin=False)
        return any(
            each.surety >= Reading.SHARED_FROM
            and sounds & skeletons(fold_latin(each.word), latin=True)
            for each in meanings.found[: Reading.MEANINGS]
        )

    def _english_log(self, word: str) -> float:
        """How often the word is met in English: half by the archive, half by English at large."""
        row = self._lexicon.head(word)
        here, at_large = -50.0, -50.0
        if row >= 0 and not self._is_roman(word):
            here = float(self._prior("en", self._lexicon.frequencies[[row]])[0])
        often = self._bilingual.frequency(word, "en")
        if is_stop(word):  # which has no translation, and is commoner than any that have
            often = float(self._bilingual.frequencies("en").max(initial=0.0))
        if often >= Reading.ENGLISH_FROM:
            at_large = Reading.PRIOR_WEIGHT * float(np.log(often)) - self._at_large["en"]
        return float(np.logaddexp(here, at_large)) - float(np.log(2.0))

    @cached_property
    def _at_large(self) -> dict[Script, float]:
        """Of each language log of what the bundled lexicon's frequencies add up to, flattened."""
        often = {kind: self._bilingual.frequencies(kind) for kind in SCRIPTS}
        often["ur"] = np.maximum(often["ur"], Reading.UNMET)
        return {
            kind: float(np.log((each**Reading.PRIOR_WEIGHT).sum() + 1e-9))
            for kind, each in often.items()
        }

    @property
    def _bilingual(self) -> BilingualLexicon:
        return BilingualLexicon.load()

    def _prior(self, kind: Script, frequencies: Ints) -> Doubles:
        """Log chances of words of one script, flattened by `Reading.PRIOR_WEIGHT`: they add up to 1."""
        flat: Doubles = Reading.PRIOR_WEIGHT * np.log(frequencies) - self._normalizers[kind]
        return flat

    @cached_property
    def _normalizers(self) -> dict[Script, float]:
        return {
            kind: float(
                np.log(
                    (self._lexicon.script_frequencies(kind) ** Reading.PRIOR_WEIGHT).sum() + 1e-9
                )
            )
            for kind in SCRIPTS
        }

    def _chances(self, states: Sequence[_States]) -> list[tuple[_States, Doubles]]:
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

    def _step(self, left: _States, right: _States) -> Doubles:
        """Log weight of each state of `right` after each of `left`; 0 is what chance gives."""
        step = np.full((len(left.scores), len(right.scores)), math.log(Reading.STAY))
        step[-2, :] = step[:, -2] = math.log(1 - Reading.STAY)
        step[-2, -2] = math.log(Reading.STAY)
        before, behind = left.candidates, right.candidates
        if len(before) and len(behind):
            lift = self._lift(before.rows, behind.rows)
            step[: len(before), : len(behind)] += np.log(lift)
            if (
                right.shared.any()
            ):  # what follows what in English is not counted, and is as usual there
                likely, then = (
                    np.exp(each.scores[:-2] - _log_sum(each.scores[:-2], 0))
                    for each in (left, right)
                )
                usually = float(then @ np.where(right.shared, likely @ lift, 1.0))
                step[len(before), len(behind)] += np.log(usually)
        return step

    def _lift(self, before: Ints, behind: Ints) -> Doubles:
        """How much likelier each word becomes behind each other, by their rows; 1 where the archive lacks
        either and so tells nothing."""
        lexicon = self._lexicon
        lift = np.ones((len(before), len(behind)))
        left, right = np.flatnonzero(before >= 0), np.flatnonzero(behind >= 0)
        if len(left) and len(right):
            first, second = before[left], behind[right]
            follows = (
                lexicon.pair_counts(first, second)
                / np.maximum(lexicon.frequencies[first], 1)[:, None]
            )
            usual = lexicon.frequencies[second] / lexicon.totals["ur"]
            lift[np.ix_(left, right)] = (
                1 - Reading.BIGRAM_SHARE + Reading.BIGRAM_SHARE * np.minimum(follows, 1.0) / usual
            )
        return lift

    def _reading(self, state: _States, chances: Doubles) -> RomanReading:
        words, spelt = state.candidates.words, state.candidates.spelt
        order = np.argsort(-chances[:-2], kind="stable").tolist()
        urdu = tuple(
            (words[at], float(chances[at])) for at in order if spelt[at] >= Reading.SPELT_FROM
        )
        far = float(chances[:-2][spelt < Reading.SPELT_FROM].sum())
        unknown = float(chances[-1]) + far
        shared = frozenset(itertools.compress(words, state.shared))
        stop = bool(urdu) and is_stop(urdu[0][0])
        return RomanReading(urdu, float(chances[-2]), unknown, shared, stop)

    @cached_property
    def _model(self) -> SpellingModel:
        return SpellingModel.load()


def _log_sum(logs: Doubles, axis: int) -> Doubles:
    """log of the sum of exponentials along an axis."""
    top = logs.max(axis=axis, keepdims=True)
    summed: Doubles = np.log(np.exp(logs - top).sum(axis=axis)) + top.squeeze(axis)
    return summed
