"""The keyword arm: what a query asks for in words, and which documents hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from index.analysis import is_stop, stem
from index.impacts import Concept, Floats, Posting, score
from index.keyword import KeywordIndex
from search.filters import Mask
from search.query import Atom, Group, Query


@dataclass(frozen=True)
class KeywordResult:
    """Keyword scores of every document (0 where filtered out or nothing matched).

    `lookup` finds the postings of the concepts' terms, to explain the scores by.
    """

    scores: Floats
    ceiling: float
    concepts: tuple[Concept, ...]
    lookup: Callable[[str], Posting]


def concepts_of(query: Query) -> tuple[tuple[Concept, ...], bool]:
    """What to score by, and whether by exact words instead of stems.

    A group of alternatives is one concept; each word of a phrase is one too. Stop words are left
    out unless there is nothing else, and then they are looked up as exact words, the only place
    that holds them.
    """
    exact = all(is_stop(word) for atom in query.atoms for word in atom.words)
    found: dict[tuple[str, ...], Concept] = {}
    for group in query.groups:
        for word, terms in _concept_terms(group, exact):
            weighted = tuple((term, 1.0) for term in terms)
            found.setdefault(terms, Concept(word, weighted))
    return tuple(found.values()), exact


def _concept_terms(group: Group, exact: bool) -> list[tuple[str, tuple[str, ...]]]:
    """Each concept of a group: the word it stands for, and the terms that will do."""
    words = [
        word for atom in group.alternatives for word in atom.words if exact or not is_stop(word)
    ]
    terms = words if exact else [stem(word) for word in words]
    if len(group.alternatives) == 1:
        return [(word, (term,)) for word, term in zip(words, terms, strict=True)]
    surface = " / ".join(atom.surface for atom in group.alternatives)
    return [(surface, tuple(dict.fromkeys(terms)))] if terms else []


def keyword_arm(query: Query, index: KeywordIndex, size: int, passing: Mask) -> KeywordResult:
    """Score all documents for the query's words; those outside `passing` get nothing."""
    concepts, exact = concepts_of(query)
    lookup = partial(index.posting, exact=exact)
    result = score(concepts, lookup, size, index.params)
    scores = np.where(passing, result.scores, np.float32(0))
    return KeywordResult(scores, result.ceiling, concepts, lookup)


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
