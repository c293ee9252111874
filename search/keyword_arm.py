"""The keyword arm: what a query asks for in words, and which documents hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from index.analysis import is_stop, stem
from index.budget import checked
from index.impacts import Concept, Floats, Posting, score
from index.keyword import KeywordIndex
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
    asked: Understanding, index: KeywordIndex, size: int, passing: Mask
) -> KeywordResult:
    """Score all documents for the query's words; those outside `passing` get nothing."""
    layers = _layers(asked, index)
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


def _layers(asked: Understanding, index: KeywordIndex) -> tuple[Layer, ...]:
    """What to score by: stems, and the exact words at less weight.

    Stop words are left out unless there is nothing else; then the exact words alone are looked up,
    for only their field holds stop words.
    """
    all_stop = all(
        _silent(word, asked.of(atom)) for atom in asked.query.atoms for word in asked.words(atom)
    )
    # Remembered for this search: every hit is explained by the same few postings.
    stemmed = cache(checked(index.posting))
    exact = cache(checked(partial(index.posting, exact=True)))
    wanted = _concepts(asked, all_stop)
    if all_stop:
        return (Layer(tuple(Concept(word, typed) for word, _, typed in wanted), exact),)
    return (
        Layer(tuple(Concept(word, stems) for word, stems, _ in wanted), stemmed),
        Layer(tuple(Concept(word, typed, EXACT_WEIGHT) for word, _, typed in wanted), exact),
    )


_Terms = tuple[tuple[str, float], ...]


def _silent(word: str, meaning: WordMeaning) -> bool:
    return meaning.silent or is_stop(word)


def _concepts(asked: Understanding, all_stop: bool) -> list[tuple[str, _Terms, _Terms]]:
    """Each concept: the word it stands for, its stems and its exact words, weighted.

    A group of alternatives is one concept, and so are the words that a pattern stands for; each word
    of a phrase is one, and words of one stem are one.
    """
    found: dict[tuple[str, ...], tuple[str, dict[str, WordMeaning]]] = {}
    for group in asked.query.groups:
        words = [
            (word, asked.of(atom))
            for atom in group.alternatives
            for word in asked.words(atom)
            if all_stop or not _silent(word, asked.of(atom))
        ]
        several = len(group.alternatives) > 1 or group.alternatives[0].loose
        surface = " / ".join(atom.surface for atom in group.alternatives)
        for part in [words] if several and words else [[each] for each in words]:
            stems = tuple(dict.fromkeys(stem(word) for word, _ in part))
            _, typed = found.setdefault(stems, (surface if several else part[0][0], {}))
            for word, meaning in part:
                typed.setdefault(word, meaning)
    return [(word, *_terms(typed)) for word, typed in found.values()]


def _terms(typed: Mapping[str, WordMeaning]) -> tuple[_Terms, _Terms]:
    """The weighted stems and exact words of a concept: typed ones, and what else they mean.

    A translation is looked up by its stem alone: which form it takes, the query does not say.
    """
    stems: dict[str, float] = {}
    exact: dict[str, float] = {}
    for word, meaning in typed.items():
        _raise(stems, stem(word), meaning.weight)
        _raise(exact, word, meaning.weight)
        if meaning.silent:
            _raise(exact, meaning.resolved, 1.0)
        for other in meaning.wanted:
            _raise(stems, stem(other.word), other.weight)
            if other.source == "roman":
                _raise(exact, other.word, other.weight)
    return tuple(stems.items()), tuple(exact.items())


def _raise(weights: dict[str, float], term: str, weight: float) -> None:
    weights[term] = max(weight, weights.get(term, 0.0))
