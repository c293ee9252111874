"""The two arms of a search: words (BM25F over the keyword index) and meaning (nearest passages)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from index.analysis import stem
from index.catalogue import Columns
from index.impacts import Concept, Floats, Ints, Posting, score
from index.keyword import KeywordIndex
from index.vectors import VectorIndex
from search.filters import Mask
from search.query import Atom, Group, Query

NO_COSINE = np.float32(-1.0)
"""Stands for "not looked at": below every real cosine of a text encoder."""


@dataclass(frozen=True)
class KeywordResult:
    """Keyword scores of every document (0 where filtered out or nothing matched).

    `lookup` finds the postings of the concepts' terms, to explain the scores by.
    """

    scores: Floats
    ceiling: float
    concepts: tuple[Concept, ...]
    lookup: Callable[[str], Posting]


@dataclass(frozen=True)
class SemanticResult:
    """The nearest documents, best first: each with its best passage's cosine and pid."""

    docids: Ints
    cosines: Floats
    pids: Ints
    vector: Floats

    def above(self, floor: float, reach: float) -> SemanticResult:
        """Those related to the query: above `floor`, and within `reach` of the best."""
        if not len(self.cosines):
            return self
        keep = int((self.cosines >= max(floor, float(self.cosines[0]) - reach)).sum())
        return SemanticResult(self.docids[:keep], self.cosines[:keep], self.pids[:keep], self.vector)


def concepts_of(query: Query) -> tuple[tuple[Concept, ...], bool]:
    """What to score by, and whether by exact words instead of stems.

    A group of alternatives is one concept; each word of a phrase is one too. Stop words are left
    out unless there is nothing else, and then they are looked up as exact words, the only place
    that holds them.
    """
    groups = [group for group in query.groups if not group.stop]
    exact = not groups
    found: dict[tuple[tuple[str, float], ...], Concept] = {}
    for group in groups or query.groups:
        for word, terms in _concept_terms(group, exact):
            key = tuple((term, 1.0) for term in terms)
            found.setdefault(key, Concept(word, key))
    return tuple(found.values()), exact


def _concept_terms(group: Group, exact: bool) -> list[tuple[str, list[str]]]:
    def term(word: str) -> str:
        return word if exact else stem(word)

    if len(group.alternatives) == 1:
        atom = group.alternatives[0]
        return [(word, [term(word)]) for word in atom.words]
    words = [word for atom in group.alternatives for word in atom.words]
    return [(group.alternatives[0].surface, list(dict.fromkeys(term(word) for word in words)))]


def keyword_arm(query: Query, index: KeywordIndex, size: int, passing: Mask) -> KeywordResult:
    """Score all documents for the query's words; those outside `passing` get nothing."""
    concepts, exact = concepts_of(query)
    lookup = partial(index.posting, exact=exact)
    result = score(concepts, lookup, size, index.params)
    scores = np.where(passing, result.scores, np.float32(0))
    return KeywordResult(scores, result.ceiling, concepts, lookup)


def semantic_arm(
    vector: Floats, vectors: VectorIndex, columns: Columns, passing: Mask, depth: int
) -> SemanticResult:
    """The documents of the `depth` passages nearest to the query's `vector`, within `passing`."""
    allowed = None if passing.all() else passing[columns.passage_doc] & (columns.passage_doc >= 0)
    near = vectors.search(vector, depth, allowed)
    docids = columns.passage_doc[near.pids]
    # Best first, so the first passage of a document is its best.
    _, first = np.unique(docids, return_index=True)
    first.sort()
    return SemanticResult(docids[first], near.scores[first], near.pids[first], vector)


def best_passages(
    docids: Ints, vector: Floats, vectors: VectorIndex, columns: Columns
) -> tuple[Ints, Floats]:
    """For each document the pid and exact cosine of the passage nearest to `vector`."""
    if not len(docids):
        return np.empty(0, np.int32), np.empty(0, np.float32)
    counts = columns.doc_passages[docids].astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    pids = np.repeat(columns.doc_first_pid[docids] - starts, counts) + np.arange(counts.sum())
    cosines = vectors.cosines(vector, pids)
    best = np.maximum.reduceat(cosines, starts)
    owner = np.repeat(np.arange(len(docids)), counts)
    where = np.flatnonzero(cosines == best[owner])
    _, first = np.unique(owner[where], return_index=True)
    return pids[where[first]].astype(np.int32), best


def required_documents(query: Query, index: KeywordIndex, passing: Mask) -> Mask:
    """`passing` narrowed to documents that hold all required phrases and no excluded word."""
    mask = passing.copy()
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
    """Documents that hold an atom: its exact words in a row, or its word in any inflection."""
    mask = np.zeros(size, bool)
    title_only = atom.field == "title"
    if atom.phrase or len(atom.words) > 1 or atom.stop:
        mask[index.phrase_documents(atom.words, title_only=title_only)] = True
    elif title_only:
        mask[index.field_documents(stem(atom.words[0]), "title")] = True
    else:
        mask[index.posting(stem(atom.words[0])).docids] = True
    return mask
