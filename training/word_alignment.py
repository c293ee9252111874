"""Word alignment in both directions at once: which word of a text stands for which of the other.

IBM Model 1 (Brown and others, "The Mathematics of Statistical Machine Translation", Computational
Linguistics 1993) in each direction, and then both made to agree (Liang, Taskar and Klein, "Alignment by
Agreement", NAACL 2006): a link counts by the product of what the two directions say of it. The
encoder's vectors are a prior: of the words that a sentence leaves open, the like one is the likelier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.text.analysis import stem
from training.bitext_files import Pair

ALONE, AGREEING = 4, 4
"""Rounds of expectation maximization: each direction by itself, then both together."""

NULL = 0.3
"""How likely a word is to translate nothing, as a multiple of a word picked at random."""

DOUBT = 0.5
"""Evidence of nothing that a word's translations have to outweigh."""

PRIOR_GAIN = 4.0
"""A translation is e^(gain * cosine) times as likely before anything is read."""

_CHUNK = 65_536
Ints = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Meetings:
    """Every time two words stand in one pair of texts.

    `cell[i]` is the pair of stems met, `english_word[i]` and `urdu_word[i]` which word of which pair
    of texts it was, `urdu_form[i]` and `english_form[i]` in what form. `urdu[c]` and `english[c]` are the
    stems of a cell.
    """

    urdu: Ints
    english: Ints
    cell: Ints
    urdu_word: Ints
    english_word: Ints
    urdu_form: Ints
    english_form: Ints
    weight: Weights
    pair: Ints


class Numbers:
    """Numbers for words, in order of appearance."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def of(self, word: str) -> int:
        """The number of a word, a new one the first time."""
        return self.known.setdefault(word, len(self.known))

    @property
    def words(self) -> list[str]:
        """All words, by number."""
        return list(self.known)


@dataclass(frozen=True)
class Sides:
    """The stems and the forms of both languages, by number."""

    urdu: Numbers
    english: Numbers
    urdu_forms: Numbers
    english_forms: Numbers

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> Sides:
        """The numbers of all words of some pairs."""
        sides = cls(Numbers(), Numbers(), Numbers(), Numbers())
        for pair in pairs:
            for word in pair.urdu:
                sides.urdu.of(stem(word))
                sides.urdu_forms.of(word)
            for word in pair.english:
                sides.english.of(stem(word))
                sides.english_forms.of(word)
        return sides


def meet(pairs: Sequence[Pair], sides: Sides) -> Meetings:
    """All meetings of the words of each pair; of two forms of one stem in a text the first counts."""
    parts: list[npt.NDArray[Any]] = []
    weights: list[Weights] = []
    for number, pair in enumerate(pairs):
        ours = _stems(pair.urdu, sides.urdu, sides.urdu_forms)
        theirs = _stems(pair.english, sides.english, sides.english_forms)
        first = np.repeat(ours, theirs.shape[1], axis=1)
        second = np.tile(theirs, ours.shape[1])
        parts.append(np.concatenate([np.full((1, first.shape[1]), number), first, second]))
        weights.append(np.full(first.shape[1], pair.weight))
    number, urdu, urdu_form, english, english_form = np.concatenate(parts, axis=1)
    many_urdu, many_english = len(sides.urdu.known), len(sides.english.known)
    cells, cell = np.unique(english * many_urdu + urdu, return_inverse=True)
    return Meetings(
        urdu=cells % many_urdu,
        english=cells // many_urdu,
        cell=cell,
        urdu_word=np.unique(number * many_urdu + urdu, return_inverse=True)[1],
        english_word=np.unique(number * many_english + english, return_inverse=True)[1],
        urdu_form=urdu_form,
        english_form=english_form,
        weight=np.concatenate(weights),
        pair=number,
    )


def _stems(words: Sequence[str], stems: Numbers, forms: Numbers) -> Ints:
    found: dict[int, int] = {}
    for word in words:
        found.setdefault(stems.of(stem(word)), forms.of(word))
    return np.array([list(found), list(found.values())], np.int64)


def cosines(met: Meetings, urdu: Vectors, english: Vectors) -> Weights:
    """How alike the stems of each cell are, by centred unit vectors."""
    found = np.empty(len(met.urdu))
    for start in range(0, len(found), _CHUNK):
        part = slice(start, start + _CHUNK)
        found[part] = np.einsum("ij,ij->i", urdu[met.urdu[part]], english[met.english[part]])
    return found


def align(met: Meetings, likeness: Weights) -> Weights:
    """How surely each meeting is one of a word and its translation, times the weight of its pair."""
    prior = np.exp(PRIOR_GAIN * likeness)
    sizes = {"urdu": int(met.urdu.max()) + 1, "english": int(met.english.max()) + 1}
    to_urdu: Weights = prior / np.bincount(met.english, prior)[met.english]
    to_english: Weights = prior / np.bincount(met.urdu, prior)[met.urdu]
    for number in range(ALONE + AGREEING):
        first = _shares(to_urdu * prior, met.cell, met.urdu_word, NULL / sizes["urdu"])
        second = _shares(to_english * prior, met.cell, met.english_word, NULL / sizes["english"])
        if number >= ALONE:
            first = second = first * second
        to_urdu = _chances(np.bincount(met.cell, first * met.weight), met.english)
        to_english = _chances(np.bincount(met.cell, second * met.weight), met.urdu)
    return first * met.weight


def _shares(chances: Weights, cell: Ints, word: Ints, nothing: float) -> Weights:
    """What part of each word each of its meetings explains."""
    shares: Weights = chances[cell]
    shares /= np.bincount(word, shares)[word] + nothing
    return shares


def _chances(counts: Weights, source: Ints) -> Weights:
    chances: Weights = counts / (np.bincount(source, counts)[source] + DOUBT)
    return chances
