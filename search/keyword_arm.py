"""The keyword arm: what a query asks for in words, and which documents hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from index.analysis import is_stop, stem
from index.budget import check, checked
from index.impacts import Concept, Floats, Posting, score
from index.keyword import KeywordIndex
from search.config import SearchConfig
from search.filters import Mask
from search.query import Atom, Query
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
    """Keyword scores of every document (0 where nothing matched).

    Layer by layer the same concepts; the first is the one that decides what matches. `mass` is the
    share (0..1) of the query's total rarity that the words a document holds carry, and 0 for one that
    holds none but loose alternatives: those add to its score, and do not make it found by words.
    """

    scores: Floats
    ceiling: float
    layers: tuple[Layer, ...]
    mass: Floats

    def among(self, found: Mask) -> KeywordResult:
        """The same, where only some documents are found: the others score nothing."""
        return replace(self, scores=np.where(found, self.scores, np.float32(0)))

    @property
    def holding(self) -> Mask:
        """The documents that words alone find: they hold a concept of the query."""
        found: Mask = self.mass > 0
        return found

    @property
    def words(self) -> tuple[str, ...]:
        """The query's words that documents were ranked by."""
        return tuple(concept.word for concept in self.layers[0].concepts)


def keyword_arm(
    asked: Understanding, index: KeywordIndex, size: int, config: SearchConfig
) -> KeywordResult:
    """Score all documents for the query's words."""
    layers = _layers(asked, index, config.sure_from)
    scores = np.zeros(size, np.float32)
    mass = np.zeros(size, np.float32)
    ceiling = 0.0
    scored: list[Layer] = []
    for layer in layers:
        part = score(
            layer.concepts, layer.lookup, size, index.params, documents=index.document_count
        )
        scores += part.scores
        ceiling += part.ceiling
        if not scored:
            mass = part.mass
        scored.append(replace(layer, dfs=part.dfs))
    return KeywordResult(scores, ceiling, tuple(scored), mass)


def _layers(asked: Understanding, index: KeywordIndex, sure_from: float) -> tuple[Layer, ...]:
    """What to score by: stems, and the exact words at less weight.

    Stop words are left out unless there is nothing else; then the exact words alone are looked up,
    for only their field holds stop words.
    """
    all_stop = all(
        _silent(word, asked.of(atom)) for atom in asked.query.atoms for word in atom.words
    )
    # Remembered for this search: every hit is explained by the same few postings.
    stemmed = cache(checked(index.posting))
    exact = cache(checked(partial(index.posting, exact=True)))
    wanted = _concepts(asked, all_stop, sure_from)
    exactly = tuple(words for _, words in wanted)
    if all_stop:
        return (Layer(exactly, exact),)
    return (
        Layer(tuple(stems for stems, _ in wanted), stemmed),
        Layer(tuple(replace(words, boost=EXACT_WEIGHT) for words in exactly), exact),
    )


_Terms = tuple[tuple[str, float], ...]


def _silent(word: str, meaning: WordMeaning) -> bool:
    return meaning.silent or is_stop(word)


def _concepts(
    asked: Understanding, all_stop: bool, sure_from: float
) -> list[tuple[Concept, Concept]]:
    """Each concept, by its stems and by its exact words.

    A group of alternatives is one concept, each word of a phrase is one, and words of one stem
    are one.
    """
    found: dict[tuple[str, ...], tuple[str, dict[str, WordMeaning]]] = {}
    for group in asked.query.groups:
        words = [
            (word, asked.of(atom))
            for atom in group.alternatives
            for word in atom.words
            if all_stop or not _silent(word, asked.of(atom))
        ]
        several = len(group.alternatives) > 1
        surface = " / ".join(atom.surface for atom in group.alternatives)
        for part in [words] if several and words else [[each] for each in words]:
            stems = tuple(dict.fromkeys(stem(word) for word, _ in part))
            _, typed = found.setdefault(stems, (surface if several else part[0][0], {}))
            for word, meaning in part:
                typed.setdefault(word, meaning)
    return [
        (
            _concept(word, stems, {stem(each) for each in typed}, sure_from),
            _concept(word, exact, set(typed), sure_from),
        )
        for word, typed in found.values()
        for stems, exact in [_terms(typed)]
    ]


def _concept(word: str, terms: _Terms, typed: AbstractSet[str], sure_from: float) -> Concept:
    """A concept whose terms are loose if they were not typed and weigh little beside the best."""
    needed = sure_from * max((weight for _, weight in terms), default=0.0)
    loose = {term for term, weight in terms if weight < needed and term not in typed}
    return Concept(word, terms, loose=frozenset(loose))


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


def required_documents(query: Query, index: KeywordIndex, passing: Mask) -> Mask:
    """`passing` narrowed to documents that hold all required phrases and no excluded word."""
    mask: Mask = passing.copy()
    for group in query.groups:
        if group.required:
            mask &= _any_of(group.alternatives, index, len(mask))
    for atom in query.excluded:
        mask &= ~_holding(atom, index, len(mask))
    return mask


def _any_of(atoms: Sequence[Atom], index: KeywordIndex, size: int) -> Mask:
    mask = np.zeros(size, bool)
    for atom in atoms:
        mask |= _holding(atom, index, size)
    return mask


def _holding(atom: Atom, index: KeywordIndex, size: int) -> Mask:
    """Documents that hold an atom: its exact words in a row, or its word in any inflection. Stop
    words have no inflections here: only the exact fields hold them."""
    check()
    mask = np.zeros(size, bool)
    title_only = atom.field == "title"
    if atom.phrase or len(atom.words) > 1 or is_stop(atom.words[0]):
        mask[index.phrase_documents(atom.words, title_only=title_only)] = True
    elif title_only:
        mask[index.field_documents(stem(atom.words[0]), "title")] = True
    else:
        mask[index.posting(stem(atom.words[0])).docids] = True
    return mask
