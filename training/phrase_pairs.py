"""Phrases of two and three words that are one thing, with what they translate to: prime minister, وزیر اعظم.

Pairs of runs that the word alignment keeps together are extracted (Och and Ney, "The Alignment Template
Approach to Statistical Machine Translation", Computational Linguistics 2004): no word of one run is linked
to a word outside the other, and words at their ends may be linked to nothing. Which of them are one thing
is told by how much more often both runs are in one sentence than either is alone (Dice's coefficient,
Melamed, "Models of translational equivalence among words", Computational Linguistics 2000), and by their
words standing together more than chance lets them (Bouma, GSCL 2009, as in
`index.parts.suggestions.phrase_mining`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from index.parts.suggestions.phrase_mining import is_content
from index.text.analysis import is_stop, stem
from index.text.normalize import normalize
from training.bitext_files import Pair
from training.word_alignment import Meetings, Sides, Weights

LONGEST_RUN = 3
"""Words of a phrase."""

LINKED_FROM, BEST_FROM = 0.5, 0.1
"""Chance from which two words are linked: any two, and two that are each other's best."""

LEAST_SENTENCES = 2.0
"""Sentences (those with one Urdu text count as one) that a pair of runs is extracted from."""

MIN_NPMI, MIN_DICE = 0.1, 0.1

PART_OF = 0.8
"""Share of its extractions that a longer pair explains from which a pair is only a part of it."""

SURETY_BIAS, SURETY_DICE, SURETY_COUNT = 1.2, 1.3, 0.5
"""Log odds that a pair is right: of one with a Dice of 1 met once, what each factor of e in Dice adds, and
each in sentences. From reading 300 pairs."""

_LINKING = frozenset(normalize("آف اینڈ دی").split())
"""English words of grammar in Urdu letters: Bank of Punjab is بینک آف پنجاب."""

Run = tuple[str, ...]
RunPair = tuple[Run, Run]


@dataclass(frozen=True)
class PhrasePair:
    """A run of Urdu and one of English words, at least one of them of several, that stand for each other in
    `count` pairs of texts; `surety` is the chance that they translate each other."""

    urdu: Run
    english: Run
    count: float
    surety: float


@dataclass
class _Together:
    """In how many pairs of texts two runs, by their stems, stand for each other: all of them, with an Urdu
    text counted once, and by their forms."""

    texts: float = 0.0
    once: float = 0.0
    forms: Counter[RunPair] = field(default_factory=Counter)


def listed(pair: Pair) -> bool:
    """Whether an entry of the dictionary or of the names is a phrase, on either side."""
    return pair.kind != "sentence" and 1 < max(map(len, runs_of(pair))) <= LONGEST_RUN


def runs_of(pair: Pair) -> RunPair:
    """The words of both sides of an entry, the English ones without words of grammar around them: to go."""
    english = pair.english_text
    while len(english) > 1 and is_stop(english[0]):
        english = english[1:]
    while len(english) > 1 and is_stop(english[-1]):
        english = english[:-1]
    return pair.urdu_text, english


def extract(pairs: Sequence[Pair], met: Meetings, links: Weights, sides: Sides) -> list[PhrasePair]:
    """The pairs of phrases in sentence pairs, of which each word's links are known."""
    linked = _linked(met, links, sides)
    known = {run for pair in filter(listed, pairs) for run in runs_of(pair)}
    sentences = [(number, pair) for number, pair in enumerate(pairs) if pair.kind == "sentence"]
    same = Counter(pair.urdu for _, pair in sentences)
    together: dict[RunPair, _Together] = defaultdict(_Together)
    mine, theirs = Runs(known), Runs(known)
    for number, pair in sentences:
        once = 1.0 / same[pair.urdu]
        ours, others = stems(pair.urdu_text), stems(pair.english_text)
        mine.add(pair.urdu_text, ours, once)
        theirs.add(pair.english_text, others, once)
        places = set(_consistent(pair, ours, others, linked.get(number, frozenset()), known))
        for key, forms in {
            (ours[a:b], others[c:d]): (pair.urdu_text[a:b], pair.english_text[c:d])
            for a, b, c, d in places
        }.items():
            found = together[key]
            found.texts += pair.weight
            found.once += once
            found.forms[forms] += 1
    return _of_forms(_whole(_good(together, mine, theirs), together), together)


def stems(words: Sequence[str]) -> Run:
    """The stem of each word."""
    return tuple(map(stem, words))


class Runs:
    """In how many sentences each run of up to `LONGEST_RUN` words is, by its stems; `known` are runs whatever
    they begin and end with."""

    def __init__(self, known: AbstractSet[Run]) -> None:
        self._known = known
        self.count: dict[Run, float] = defaultdict(float)
        self.total = 0.0

    def add(self, words: Run, stems: Run, weight: float) -> None:
        """Count the runs of a sentence."""
        self.total += weight
        for run in {stems[first:last] for first, last in _spans(words, self._known)}:
            self.count[run] += weight

    def npmi(self, run: Run) -> float:
        """How much more its words stand together than chance lets them, at its weakest joint; 1 for a
        single word. A word of grammar says nothing."""
        both, joints = self.count[run], []
        for at in range(1, len(run)):
            one, other = self._part(run[:at], -1), self._part(run[at:], 0)
            chance = max(self.count[one], both) * max(self.count[other], both) / self.total**2
            joints.append(math.log(both / self.total / chance) / -math.log(both / self.total))
        return min(joints, default=1.0)

    def _part(self, run: Run, edge: int) -> Run:
        """The part of a run at a joint, without the words of grammar there."""
        while len(run) > 1 and run not in self.count:
            run = run[:-1] if edge else run[1:]
        return run


def _spans(words: Run, known: AbstractSet[Run]) -> Iterator[tuple[int, int]]:
    """Where runs may begin and end: with words of content, unless they are known as a whole."""
    content = [is_content(word) and word not in _LINKING for word in words]
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + LONGEST_RUN) + 1):
            if (content[first] and content[last - 1]) or words[first:last] in known:
                yield first, last


def _linked(met: Meetings, links: Weights, sides: Sides) -> dict[int, frozenset[tuple[str, str]]]:
    """The stems that are linked in each pair of texts."""
    chance = links / met.weight
    best_urdu, best_english = np.zeros(len(chance)), np.zeros(len(chance))
    np.maximum.at(best_urdu, met.urdu_word, chance)
    np.maximum.at(best_english, met.english_word, chance)
    mutual = (chance == best_urdu[met.urdu_word]) & (chance == best_english[met.english_word])
    at = np.flatnonzero((chance >= LINKED_FROM) | mutual & (chance >= BEST_FROM))
    urdu, english = sides.urdu.words, sides.english.words
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for number, cell in zip(met.pair[at].tolist(), met.cell[at].tolist(), strict=True):
        found[number].add((urdu[met.urdu[cell]], english[met.english[cell]]))
    return {number: frozenset(each) for number, each in found.items()}


def _consistent(
    pair: Pair,
    ours: Run,
    theirs: Run,
    linked: frozenset[tuple[str, str]],
    known: AbstractSet[Run],
) -> Iterator[tuple[int, int, int, int]]:
    """Where the pairs of runs of a sentence pair begin and end that no link leaves."""
    to_urdu: dict[int, list[int]] = defaultdict(list)
    to_english: dict[int, list[int]] = defaultdict(list)
    for here, one in enumerate(ours):
        for there, other in enumerate(theirs):
            if (one, other) in linked:
                to_english[here].append(there)
                to_urdu[there].append(here)
    runs = set(_spans(pair.urdu_text, known))
    for first, last in _spans(pair.english_text, known):
        reached = [here for there in range(first, last) for here in to_urdu[there]]
        if not reached or max(reached) - min(reached) >= LONGEST_RUN:
            continue
        for start in range(max(0, max(reached) + 1 - LONGEST_RUN), min(reached) + 1):
            for end in range(max(reached) + 1, start + LONGEST_RUN + 1):
                others = [there for here in range(start, end) for there in to_english[here]]
                if (start, end) in runs and all(first <= there < last for there in others):
                    yield start, end, first, last


def _good(together: Mapping[RunPair, _Together], mine: Runs, theirs: Runs) -> dict[RunPair, float]:
    """The pairs of which one is several words, each one thing, and how surely they are right."""
    found = {}
    for (urdu, english), each in together.items():
        if each.once < LEAST_SENTENCES or len(urdu) == len(english) == 1:
            continue
        dice = 2 * each.once / (mine.count[urdu] + theirs.count[english])
        if dice >= MIN_DICE and min(mine.npmi(urdu), theirs.npmi(english)) >= MIN_NPMI:
            odds = SURETY_BIAS + SURETY_DICE * math.log(dice) + SURETY_COUNT * math.log(each.once)
            found[urdu, english] = 1.0 / (1.0 + math.exp(-odds))
    return found


def _whole(
    found: Mapping[RunPair, float], together: Mapping[RunPair, _Together]
) -> dict[RunPair, float]:
    """Without those that are nearly always a part of a longer pair."""
    parts = {
        part
        for pair in found
        for part in _parts(pair)
        if part in found and together[pair].once >= PART_OF * together[part].once
    }
    return {pair: surety for pair, surety in found.items() if pair not in parts}


def _parts(pair: RunPair) -> Iterator[RunPair]:
    for urdu in _within(pair[0]):
        for english in _within(pair[1]):
            if (urdu, english) != pair:
                yield urdu, english


def _within(run: Run) -> Iterator[Run]:
    for first in range(len(run)):
        for last in range(first + 1, len(run) + 1):
            yield run[first:last]


def _of_forms(
    found: Mapping[RunPair, float], together: Mapping[RunPair, _Together]
) -> list[PhrasePair]:
    return [
        PhrasePair(
            forms[0], forms[1], together[pair].texts * count / together[pair].forms.total(), surety
        )
        for pair, surety in found.items()
        for forms, count in together[pair].forms.items()
    ]


def apart(
    pairs: Sequence[Pair], met: Meetings, phrases: Sequence[PhrasePair], sides: Sides
) -> npt.NDArray[np.bool_]:
    """Which meetings are of a word with a part of the phrase that translates it: Islamabad and اسلام.

    Whatever of it is evidence belongs to the phrase.
    """
    whole: dict[Run, list[Run]] = defaultdict(list)
    for each in phrases:
        if 1 in (len(each.urdu), len(each.english)):
            whole[stems(each.english)].append(stems(each.urdu))
    cells = len(met.urdu)
    cell_of = {
        both: at
        for at, both in enumerate(zip(met.urdu.tolist(), met.english.tolist(), strict=True))
    }
    found = []
    for number, pair in enumerate(pairs):
        ours, theirs = stems(pair.urdu_text), stems(pair.english_text)
        if pair.kind != "sentence":
            ours, theirs = map(stems, runs_of(pair))
        if pair.kind != "sentence" and len(ours) != len(theirs) and 1 in (len(ours), len(theirs)):
            parts = {(one, other) for one in ours for other in theirs}
        else:
            parts = _parts_in(ours, theirs, whole)
        for one, other in parts:
            both = sides.urdu.known.get(one, -1), sides.english.known.get(other, -1)
            if (cell := cell_of.get(both, -1)) >= 0:
                found.append(number * cells + cell)
    return np.isin(met.pair * cells + met.cell, np.array(found, np.int64))


def _parts_in(ours: Run, theirs: Run, whole: Mapping[Run, Sequence[Run]]) -> set[tuple[str, str]]:
    """The words of the phrases that stand for each other in a pair of texts."""
    runs = {ours[at : at + size] for size in range(1, LONGEST_RUN + 1) for at in range(len(ours))}
    return {
        (one, other)
        for size in range(1, LONGEST_RUN + 1)
        for at in range(len(theirs) + 1 - size)
        for urdu in whole.get(theirs[at : at + size], ())
        if urdu in runs
        for one in urdu
        for other in theirs[at : at + size]
    }
