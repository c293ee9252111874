"""Other spellings of a query's Urdu words that the archive holds: one word, many ways to write it.

Three kinds, each with the chance that it is the same word (0 to 1):

    written otherwise   سکیورٹی and سیکیورٹی, بھائی and بہائی, a slip: near in letters, and in like context
    written apart       وزیراعظم as وزیر اعظم, اداکارہ as ادا کا رہ
    written as one      the same the other way, for words side by side in the query

Letters propose (`search.understand.spelling_costs`), the archive decides: two words that are used
alike are one word written twice, two that are not are two, however near in letters. What stands
apart is one word where its parts stand together far more often than by chance, or where writing
them as one is the rare slip. Nothing is compared with everything: what may be near is found by sets
of letters, and a bounded number is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.arrays import Ints
from index.logistic import logistic
from index.parts.lexicon.bilingual import BilingualLexicon
from index.parts.lexicon.lexicon import Lexicon
from index.text.analysis import is_stop, script, stem
from index.text.edit_distance import distances
from index.text.spoken_letters import letters_of
from search.config import CacheSizes, SpellingCosts, SpellingMatching
from search.method_cache import cached_method
from search.understand.loanwords import spell_one_loan
from search.understand.spelling_costs import LOOSE_LETTERS, spelling_cost

_SEAMS = {"ن": "ں", "ی": "ے"}
"""What a letter within a word is at the end of one: کیونکہ is کیوں کہ, ہونیوالے is ہونے والے."""

_Sets = npt.NDArray[np.uint64]
_Letters = tuple[Ints, npt.NDArray[np.object_], Ints, _Sets, _Sets, list[int]]


@dataclass(frozen=True)
class Spelling:
    """Another way to write a word, as one word or several, and the chance that it is that."""

    words: tuple[str, ...]
    chance: float

    @property
    def term(self) -> str:
        """Under which `index.parts.keyword.keyword_index.KeywordIndex.posting` finds it."""
        return " ".join(self.words)


@dataclass(frozen=True)
class Joined:
    """Words `first` to `last` - 1 of some in a row, which are also written as one.

    `pieces` says that they are that word in pieces, which mean nothing by themselves.
    """

    first: int
    last: int
    spelling: Spelling
    pieces: bool


class Spellings:
    """Finds the spellings of words in one lexicon. Safe under threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._contexts = lexicon.contexts
        self._of = cached_method(self._found, CacheSizes.WORDS)

    def of(self, word: str) -> tuple[Spelling, ...]:
        """Other spellings of a normalized Urdu word, the likeliest first."""
        if script(word) != "ur" or is_stop(word):
            return ()
        return self._of(word)

    def joined(self, words: Sequence[str]) -> list[Joined]:
        """Which of some words in a row are written as one, too. An empty word is no neighbour."""
        found = []
        for first in range(len(words)):
            for last in range(first + 2, min(len(words), first + SpellingMatching.LONGEST_RUN) + 1):
                parts = words[first:last]
                if not all(parts) or any(script(part) != "ur" for part in parts):
                    break
                for each in self._as_one(tuple(parts)):
                    found.append(Joined(first, last, each, self._pieces(parts, each.words[0])))
        return found

    def _pieces(self, parts: Sequence[str], whole: str) -> bool:
        """Whether parts are too many, too short or too rare for words of their own."""
        if len(parts) > 2 or min(map(len, parts)) == 1:
            return True
        least = SpellingMatching.PIECE * self._tokens(whole)
        return any(self._tokens(part) < least for part in parts)

    def _tokens(self, word: str) -> int:
        row = self._lexicon.row(word)
        return self._contexts.tokens(row) if row >= 0 else 0

    def _found(self, word: str) -> tuple[Spelling, ...]:
        found = [*self._apart(word), *self._otherwise(word)] if word.isalpha() else []
        found.sort(key=lambda each: (-each[0] * each[1].chance, each[1].words))
        return tuple(spelling for _, spelling in found[: SpellingMatching.MOST])

    # --- written otherwise -------------------------------------------------------------------

    def _otherwise(self, word: str) -> Iterator[tuple[float, Spelling]]:
        """Words near in letters, and about how often each stands in the archive."""
        if len(word) < SpellingMatching.LEAST_LETTERS:
            return
        row = self._lexicon.row(word)
        times = self._tokens(word)
        likely = sorted(self._by_letters(word, row), reverse=True)[: SpellingMatching.LOOKED_AT]
        likenesses = self._likenesses(row, [other for _, other, _ in likely])
        english = _english(word)
        for (logit, other, most), likeness in zip(likely, likenesses, strict=True):
            logit += SpellingMatching.LIKENESS * min(most, likeness)
            # Below this it is another word, whatever it means.
            if logit > -SpellingMatching.SAME - SpellingMatching.LOAN:
                spelt = self._lexicon.words[other]
                logit += _same_meaning(english, _english(spelt))
                if _undecided(logit) and spell_one_loan(word, spelt):
                    logit += SpellingMatching.LOAN
            chance = logistic(logit)
            common = min(times, self._contexts.tokens(other)) >= SpellingMatching.COMMON
            if chance >= (SpellingMatching.LEAST_OF_COMMON if common else SpellingMatching.LEAST):
                spelling = Spelling(
                    (self._lexicon.words[other],), min(chance, SpellingMatching.SURE)
                )
                yield self._contexts.tokens(other) + 1.0, spelling

    def _by_letters(self, word: str, row: int) -> Iterator[tuple[float, int, float]]:
        """Log odds that a word is another one, before their context is looked at, its row, and what context
        may say for it at most: words of one kind keep like context (گروپوں, گروہوں), too."""
        times = self._contexts.tokens(row) if row >= 0 else 0
        most = SpellingMatching.LIKENESS * SpellingMatching.LIKENESS_RANGE[1] if row >= 0 else 0.0
        most += SpellingMatching.SAME + SpellingMatching.LOAN
        for other, spelt, firm in self._near(word):
            cost = spelling_cost(word, spelt) if other != row and not is_stop(spelt) else None
            if cost:
                another = cost >= SpellingCosts.OTHER and not firm
                bound = SpellingMatching.LIKENESS_RANGE[1]
                bound = SpellingMatching.LIKENESS_OF_ANOTHER if another else bound
                rare, often = sorted((times + 1, self._contexts.tokens(other) + 1))
                ratio = min(
                    SpellingMatching.MOST_RATIO if times else SpellingMatching.NEW_RATIO,
                    math.log(often / rare),
                )
                cost *= max(
                    SpellingMatching.LEAST_PART,
                    SpellingMatching.USUAL_LENGTH / min(len(word), len(spelt)),
                )
                logit = (
                    SpellingMatching.BIAS
                    - SpellingMatching.COST * cost
                    + SpellingMatching.RATIO * ratio
                )
                if logit + most > 0.0:
                    yield logit, other, bound

    def _likenesses(self, row: int, others: Sequence[int]) -> list[float]:
        """How alike a word and each other one are used: how well the commoner of two foretells the
        context of the rarer. 0 for a word that the archive lacks."""
        if row < 0 or not others:
            return [0.0] * len(others)
        times = self._contexts.tokens(row)
        rarer = [self._contexts.tokens(other) <= times for other in others]
        found = self._contexts.likeness(
            [row if less else other for other, less in zip(others, rarer, strict=True)],
            [other if less else row for other, less in zip(others, rarer, strict=True)],
        )
        clipped: list[float] = np.clip(found, *SpellingMatching.LIKENESS_RANGE).tolist()
        return clipped

    def _near(self, word: str) -> list[tuple[int, str, bool]]:
        """The Urdu words a letter away, or two for long ones: their rows, they, and whether they have the same
        firm letters."""
        rows, words, sizes, letters, firm, starts = self._letters
        edits = SpellingMatching.EDITS if len(word) >= SpellingMatching.LONG_WORD else 1
        (loose,), (solid,) = _bits([word])
        first = starts[min(len(word) - edits, len(starts) - 1)]
        last = starts[min(len(word) + edits + 1, len(starts) - 1)]
        # Another letter is two in a set, one more or less is one.
        most = 2 * edits - np.abs(sizes[first:last] - len(word))
        near = np.flatnonzero(np.bitwise_count(letters[first:last] ^ loose) <= most) + first
        near = near[np.bitwise_count(firm[near] ^ solid) <= 2]
        others = words[near].tolist()
        close = distances(word, others, edits) <= edits
        near = near[close]
        same = (firm[near] == solid).tolist()
        return list(zip(rows[near].tolist(), words[near].tolist(), same, strict=True))

    @cached_property
    def _letters(self) -> _Letters:
        """The Urdu words of the archive, the shortest first: rows, words, lengths, sets of letters and of firm
        letters as bits; and where those of each length begin."""
        rows = self._lexicon.script_rows("ur")
        sizes = np.array([len(self._lexicon.words[row]) for row in rows.tolist()], np.int32)
        order = np.argsort(sizes, kind="stable")
        rows, sizes = rows[order], sizes[order]
        words = np.array([self._lexicon.words[row] for row in rows.tolist()], object)
        starts = np.append(0, np.cumsum(np.bincount(sizes))).tolist()
        return rows, words, sizes, *_bits(words.tolist()), starts

    # --- written apart, and as one -----------------------------------------------------------

    def _apart(self, word: str) -> Iterator[tuple[float, Spelling]]:
        """The parts of a word that stand in a row, in the places where they do so most."""
        runs: list[tuple[bool, float, tuple[str, ...]]] = []
        for parts in self._parts(word, SpellingMatching.LONGEST_RUN):
            if len(parts) < 2 or min(map(self._tokens, parts)) > SpellingMatching.MOST_WALKED:
                continue
            if times := self._one_word(parts, word):
                runs.append((len(parts) > 2, -times, parts))
        for _, times, parts in sorted(runs)[: SpellingMatching.MOST_RUNS]:
            yield -times, Spelling(parts, SpellingMatching.SURE)

    def _parts(self, word: str, most: int, before: int = -1) -> Iterator[tuple[str, ...]]:
        """All ways to part a word into words of the archive that follow each other somewhere."""
        if before >= 0:
            row = self._lexicon.row(word)
            if row >= 0 and self._contexts.together(before, row)[0]:
                yield (word,)
        if most == 1:
            return
        for at in range(1, len(word)):
            for part in _at_the_seam(word[:at]):
                row = self._lexicon.row(part)
                if row >= 0 and (before < 0 or self._contexts.together(before, row)[0]):
                    for others in self._parts(word[at:], most - 1, row):
                        yield (part, *others)

    def _as_one(self, parts: tuple[str, ...]) -> Iterator[Spelling]:
        """The words that `parts` make when written as one, if the archive holds them as that."""
        for whole in dict.fromkeys(_seamless(parts)):
            if (
                self._lexicon.row(whole) >= 0
                and not is_stop(whole)
                and self._one_word(parts, whole)
            ):
                yield Spelling((whole,), SpellingMatching.SURE)

    def _one_word(self, parts: Sequence[str], whole: str) -> float:
        """How often `parts` stand in a row, if they are the word `whole` written apart; else 0.

        Of more than two parts that is expected by their pairs, of parts that the archive never has in a
        row it is little: whoever asks has written them so.
        """
        if all(map(letters_of, parts)):
            return 0.0
        rows = [self._lexicon.row(part) for part in parts]
        as_one = self._tokens(whole)
        met = [
            self._contexts.together(first, second) if min(first, second) >= 0 else (0, -math.inf)
            for first, second in pairwise(rows)
        ]
        times = float(met[0][0])
        for (often, _), middle in zip(met[1:], rows[1:], strict=False):
            times *= often / max(1, self._contexts.tokens(middle))
        if not times:
            never = as_one and (len(parts) > 2 or not any(map(is_stop, parts)))
            return SpellingMatching.NEVER_MET if never else 0.0
        if any(is_stop(part) or len(part) == 1 for part in parts):
            fragments = (
                max(excess * often / (often + 1.0) for often, excess in met)
                >= SpellingMatching.TOGETHER
            )
        else:
            fragments = max(excess for _, excess in met) >= SpellingMatching.TOGETHER_WORDS
        if len(parts) > 2:  # a word that three are as one by chance is one of many
            return times if as_one and (fragments or times < 1.0) else 0.0
        return times if fragments or times >= SpellingMatching.SLIP * as_one else 0.0


@lru_cache(maxsize=CacheSizes.WORDS)
def _english(word: str) -> tuple[Mapping[str, float], float]:
    """What the bundled lexicon translates an Urdu word by, stems with their shares, and how surely."""
    meanings = BilingualLexicon.load().meanings(word, "ur")
    shares: dict[str, float] = {}
    for each in meanings.found:
        key = stem(each.word)
        shares[key] = shares.get(key, 0.0) + each.share
    return shares, meanings.surety * min(1.0, meanings.evidence / SpellingMatching.ATTESTED)


def _undecided(logit: float) -> bool:
    """Whether it still matters that two words spell one loan, which takes long to tell."""
    at_best = logistic(logit + SpellingMatching.LOAN)
    return at_best >= SpellingMatching.LEAST and logistic(logit) < SpellingMatching.SURE


def _same_meaning(
    one: tuple[Mapping[str, float], float], other: tuple[Mapping[str, float], float]
) -> float:
    """What the translations of two words say of their being one, in log odds; 0 if they are not known."""
    (ours, surety), (theirs, theirs_surety) = one, other
    shared = sum(min(share, theirs.get(word, 0.0)) for word, share in ours.items())
    alike = min(1.0, shared / SpellingMatching.SHARED)
    return min(surety, theirs_surety) * (
        SpellingMatching.SAME * alike - SpellingMatching.OTHER * (1.0 - alike)
    )


def _at_the_seam(part: str) -> Iterator[str]:
    yield part
    if part[-1] in _SEAMS and len(part) > 1:
        yield part[:-1] + _SEAMS[part[-1]]


def _seamless(parts: Sequence[str]) -> Iterator[str]:
    """Words written as one, with their last letters as they are at the end and as within a word."""
    yield "".join(parts)
    within = {last: letter for letter, last in _SEAMS.items()}
    yield "".join(p[:-1] + within.get(p[-1], p[-1]) for p in parts[:-1]) + parts[-1]


def _bits(words: Sequence[str]) -> tuple[_Sets, _Sets]:
    """The letters of each word, and those that are not easily left out, as sets of 64 bits; letters that
    share a bit only let more through. No word is empty."""
    if not words:
        return np.empty(0, np.uint64), np.empty(0, np.uint64)
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4")
    starts = np.cumsum([0, *map(len, words[:-1])])
    bits = np.uint64(1) << (letters % 64).astype(np.uint64)
    loose = (letters[:, None] == _LOOSE).any(axis=1)
    firm = np.where(loose, np.uint64(0), bits)
    return np.bitwise_or.reduceat(bits, starts), np.bitwise_or.reduceat(firm, starts)


_LOOSE = np.array([*map(ord, LOOSE_LETTERS)], np.uint32)
