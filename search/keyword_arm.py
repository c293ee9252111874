"""The keyword arm: what a query asks for in words, and which documents hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from index.analysis import is_stop, stem
from index.budget import checked
from index.impacts import Concept, Floats, Posting, score
from index.keyword import KeywordIndex
from search.conditions import Atom
from search.config import SearchConfig
from search.filters import Mask
from search.understanding import Understanding, WordMeaning

EXACT_WEIGHT = 0.5
"""What the very words typed add to their stems (docs/measured.md, text analysis)."""


@dataclass(frozen=True)
class Layer:
    """One way of looking the query's words up: by stem, or as the very words typed."""

    concepts: tuple[Concept, ...]
    lookup: Callable[[str], Posting]
    dfs: tuple[float, ...] = ()


@dataclass(frozen=True)
class KeywordResult:
    """Keyword scores of every document (0 where filtered out or nothing matched).

    Layer by layer the same concepts; the first is the one that decides what matches. `holding`
    masks every document that holds a word of the query, filtered out or not.
    """

    scores: Floats
    ceiling: float
    layers: tuple[Layer, ...]
    holding: Mask

    @property
    def words(self) -> tuple[str, ...]:
        """The query's words that documents were ranked by."""
        return tuple(concept.word for concept in self.layers[0].concepts)


def keyword_arm(
    asked: Understanding, index: KeywordIndex, size: int, passing: Mask, config: SearchConfig
) -> KeywordResult:
    """Score all documents for the query's words; those outside `passing` get nothing."""
    layers = _layers(asked, index, config)
    scores = np.zeros(size, np.float32)
    ceiling = 0.0
    scored = []
    for layer in layers:
        part = score(
            layer.concepts, layer.lookup, size, index.params, documents=index.document_count
        )
        scores += part.scores
        ceiling += part.ceiling
        scored.append(replace(layer, dfs=part.dfs))
    return KeywordResult(
        np.where(passing, scores, np.float32(0)), ceiling, tuple(scored), scores > 0
    )


def _layers(asked: Understanding, index: KeywordIndex, config: SearchConfig) -> tuple[Layer, ...]:
    """What to score by: stems, and the exact words at less weight.

    Stop words are left out unless there is nothing else; then the exact words alone are looked up,
    for only their field holds stop words.
    """
    all_stop = all(
        _silent(word, atom, asked.of(atom))
        for atom in asked.query.atoms
        for word in asked.words(atom)
    )
    # Remembered for this search: every hit is explained by the same few postings.
    stemmed = cache(checked(index.posting))
    exact = cache(checked(partial(index.posting, exact=True)))
    wanted = _concepts(asked, all_stop, config)
    if all_stop:
        return (Layer(tuple(Concept(word, typed) for word, _, typed in wanted), exact),)
    return (
        Layer(tuple(Concept(word, stems) for word, stems, _ in wanted), stemmed),
        Layer(tuple(Concept(word, typed, EXACT_WEIGHT) for word, _, typed in wanted), exact),
    )


_Terms = tuple[tuple[str, float], ...]
_Word = tuple[str, Atom, WordMeaning]


def _silent(word: str, atom: Atom, meaning: WordMeaning) -> bool:
    """Whether ranking passes over a word of an atom; never over an acronym or half of a T20."""
    if not atom.company.alone or atom.acronym:
        return False
    return meaning.silent or is_stop(word)


def _concepts(
    asked: Understanding, all_stop: bool, config: SearchConfig
) -> list[tuple[str, _Terms, _Terms]]:
    """Each concept: the word it stands for, its stems and its exact words, weighted.

    A group of alternatives is one concept, and so are the words that a pattern stands for; each word
    of a phrase is one, and words that are looked up as the same are one.
    """
    found: dict[tuple[str, ...], tuple[str, dict[str, _Word]]] = {}
    for group in asked.query.groups:
        words = [
            (word, atom, asked.of(atom))
            for atom in group.alternatives
            for word in asked.words(atom)
            if all_stop or not _silent(word, atom, asked.of(atom))
        ]
        several = len(group.alternatives) > 1 or group.alternatives[0].loose
        surface = " / ".join(atom.surface for atom in group.alternatives)
        for part in [words] if several and words else [[each] for each in words]:
            keys = tuple(dict.fromkeys(key for word in part for key in _keys(*word[:2])))
            _, typed = found.setdefault(keys, (surface if several else _name(*part[0][:2]), {}))
            for word in part:
                typed.setdefault(word[0], word)
    return [(word, *_terms(typed.values(), config)) for word, typed in found.values()]


def _keys(word: str, atom: Atom) -> tuple[str, ...]:
    """What a word is looked up as, before anything is added to it."""
    if not atom.company.alone:
        return tuple(run.term for run in atom.company.runs)
    return (atom.acronym or stem(word),)


def _name(word: str, atom: Atom) -> str:
    """A word as the reader is told of it: one that needs its neighbours, with them."""
    if not atom.company.alone:
        return " ".join(dict.fromkeys(run.surface for run in atom.company.runs))
    return atom.acronym or word


def _terms(typed: Iterable[_Word], config: SearchConfig) -> tuple[_Terms, _Terms]:
    """The weighted stems and exact words of a concept: typed ones, and what else they mean.

    A translation is looked up by its stem alone: which form it takes, the query does not say.
    """
    stems: dict[str, float] = {}
    exact: dict[str, float] = {}
    for word, atom, meaning in typed:
        for term in _together(atom):
            _raise(stems, term, 1.0)
            _raise(exact, term, 1.0)
        for joined in atom.company.joined:
            _raise(stems, stem(joined), config.joined_weight)
        if not atom.company.alone:
            continue
        weight = _weight(atom, meaning, config)
        _raise(stems, stem(word), weight)
        _raise(exact, word, weight)
        if meaning.silent:
            _raise(exact, meaning.resolved, 1.0)
        for other in meaning.wanted:
            _raise(stems, stem(other.word), other.weight)
            if other.source == "roman":
                _raise(exact, other.word, other.weight)
    return tuple(stems.items()), tuple(exact.items())


def _together(atom: Atom) -> Iterator[str]:
    """What is looked up before the word itself: words in a row, and the acronym."""
    yield from (run.term for run in atom.company.runs)
    if atom.acronym:
        yield atom.acronym


def _weight(atom: Atom, meaning: WordMeaning, config: SearchConfig) -> float:
    """The weight of a word beside what it is a part of, or what it looks like."""
    if atom.acronym:
        return config.acronym_word_weight
    return config.letter_weight if atom.company.runs else meaning.weight


def _raise(weights: dict[str, float], term: str, weight: float) -> None:
    weights[term] = max(weight, weights.get(term, 0.0))
