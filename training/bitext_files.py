"""Reads the tables that a bilingual lexicon is learned from, as pairs of short texts.

A dictionary entry and a pair of names are short sentence pairs, as far as learning goes. Paragraphs
are cut into sentences, which are put side by side by their lengths (Gale and Church, "A program for
aligning sentences in bilingual corpora", Computational Linguistics 1993).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from index.sound.transliteration import SpellingModel
from index.text.analysis import Script, is_stop, script, terms
from index.text.sentences import sentences

LONGEST = 40
"""Words of a side that are looked at: what is longer is a list, or was cut badly."""

PARAGRAPH = "UQA-paragraph"
SOURCE_WEIGHT = {"quran": 0.5}
"""Of a sentence pair: scripture speaks another language than the news."""

SMALL_PLACES, ALIKE_FROM = frozenset({"locality", "neighbourhood"}), 0.1
"""Kinds of names that are the same in both languages, and the chance from which they sound so: of 30 pairs
of these kinds below it one was right (گناہ, a sin, for a village; کراچی for one of its quarters)."""

_BEADS = {(1, 1): 0.89, (1, 2): 0.045, (2, 1): 0.045, (1, 0): 0.005, (0, 1): 0.005, (2, 2): 0.01}
"""How often so many sentences stand for so many (Gale and Church, table 5)."""

_VARIANCE = 6.8
"""Of the length of a translation, for each character (the same)."""

Kind = Literal["sentence", "dictionary", "name"]


@dataclass(frozen=True)
class Pair:
    """An Urdu and an English text that say the same: their content words in order, a weight, and all their
    words in order."""

    urdu: tuple[str, ...]
    english: tuple[str, ...]
    weight: float
    kind: Kind
    urdu_text: tuple[str, ...] = ()
    english_text: tuple[str, ...] = ()


def content(words: Sequence[str], kind: Script) -> tuple[str, ...]:
    """The content words among the words of a text that are written in a script, in order."""
    return tuple(
        term for term in words if script(term) == kind and len(term) > 1 and not is_stop(term)
    )


def read_parallel(path: Path) -> Iterator[Pair]:
    """Sentence pairs; paragraphs sentence by sentence."""
    for urdu, english, weight in sentence_pairs(path):
        yield from _pair(urdu, english, weight, "sentence")


def sentence_pairs(path: Path) -> Iterator[tuple[str, str, float]]:
    """The texts of sentence pairs, Urdu and English, with their weight."""
    for urdu, english, source in _rows(path, "urdu", "english", "source"):
        weight = SOURCE_WEIGHT.get(source, 1.0)
        texts = _side_by_side(urdu, english) if source == PARAGRAPH else [(urdu, english)]
        for ours, theirs in texts:
            yield ours, theirs, weight


def read_dictionary(path: Path) -> Iterator[Pair]:
    """Dictionary entries, each with as much weight as it has votes."""
    for urdu, english, votes in _rows(path, "urdu", "english", "count"):
        yield from _pair(urdu, english, float(votes), "dictionary")


def read_names(path: Path) -> Iterator[Pair]:
    """Names in both scripts, but for small places whose two names are of two places, by their sound."""
    for urdu, english, kind in _rows(path, "urdu", "english", "kind"):
        if kind not in SMALL_PLACES or _sound_alike(urdu, english):
            yield from _pair(urdu, english, 1.0, "name")


def _sound_alike(urdu: str, english: str) -> bool:
    model, latin = SpellingModel.load(), "".join(terms(english))
    if script(latin) != "en" or not latin.isalpha():
        return True
    chance = model.match_probability(
        np.array(model.log_likelihood(latin, ["".join(terms(urdu))], "english"), np.float32),
        np.array([model.background(latin)], np.float32),
        np.array([len(latin)], np.int32),
        "english",
    )
    return float(chance[0]) >= ALIKE_FROM


def _pair(urdu: str, english: str, weight: float, kind: Kind) -> Iterator[Pair]:
    urdu_text, english_text = tuple(terms(urdu)), tuple(terms(english))
    ours, theirs = content(urdu_text, "ur"), content(english_text, "en")
    if ours and theirs:
        yield Pair(ours[:LONGEST], theirs[:LONGEST], weight, kind, urdu_text, english_text)


def _rows(path: Path, *columns: str) -> Iterator[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield tuple(row[column] for column in columns)


def _side_by_side(urdu: str, english: str) -> Iterator[tuple[str, str]]:
    """The sentences of a paragraph and of its translation that stand for each other."""
    ours = [urdu[start:end] for start, end in sentences(urdu)]
    theirs = [english[start:end] for start, end in sentences(english)]
    for first, last, from_, to in _beads([len(s) for s in ours], [len(s) for s in theirs]):
        if last > first and to > from_:
            yield " ".join(ours[first:last]), " ".join(theirs[from_:to])


def _beads(ours: Sequence[int], theirs: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """The likeliest way to put two rows of sentences, given by their lengths, side by side."""
    ratio = sum(theirs) / max(1, sum(ours))
    best = {(0, 0): (0.0, (0, 0))}
    for i in range(len(ours) + 1):
        for j in range(len(theirs) + 1):
            costs = [
                (best[i - a, j - b][0] + _cost(sum(ours[i - a : i]), sum(theirs[j - b : j]), ratio)
                 - math.log(chance), (a, b))
                for (a, b), chance in _BEADS.items()
                if a <= i and b <= j
            ]  # fmt: skip
            if costs:
                best[i, j] = min(costs)
    i, j = len(ours), len(theirs)
    found = []
    while i or j:
        a, b = best[i, j][1]
        found.append((i - a, i, j - b, j))
        i, j = i - a, j - b
    return found[::-1]


def _cost(ours: int, theirs: int, ratio: float) -> float:
    """How unlikely two stretches of these lengths translate each other: -log of a normal tail."""
    mean = (ours * ratio + theirs) / 2
    away = abs(theirs - ours * ratio) / math.sqrt(_VARIANCE * max(mean, 1.0))
    return -math.log(max(math.erfc(away / math.sqrt(2.0)), 1e-300))
