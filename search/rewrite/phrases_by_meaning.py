"""Phrases across languages: what is asked instead of a phrase that stands nowhere.

A quoted phrase is exact in its own language. Asked of articles in another language, or of an archive
that does not hold it, it would find nothing; then its meaning is asked: its words, with all that they
are searched by, near each other, and the semantic arm. The answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.opened import OpenIndex
from index.text.analysis import is_stop, tokenize
from search.models import Notice
from search.query.conditions import (
    AnyOf,
    Atom,
    Condition,
    Holds,
    Lookup,
    Not,
    Passes,
    documents_meeting,
)
from search.query.filters import Filters, documents_passing
from search.query.query import Group, Query


def by_meaning(query: Query, languages: Sequence[str], index: OpenIndex) -> Query:
    """The query, with the phrases that stand nowhere, or in no article of one of the `languages` asked
    for, turned into words that are searched by their meaning there."""
    if not query.conditions:
        return query
    columns = index.columns
    there = documents_passing(columns, (query.filters,))
    for condition in query.conditions:
        phrases = _phrases(condition)
        if not phrases:
            continue
        lookup = Lookup(columns, index.keyword, dict(query.forms), spelt=dict(query.spelt))
        holding = documents_meeting([condition], lookup, there)
        standing = {columns.lang_names[code] for code in np.unique(columns.lang[holding])}
        if not standing or set(languages) - standing:
            query = _loosened(query, condition, phrases, tuple(sorted(standing)))
    return query


def _loosened(
    query: Query, condition: Condition, phrases: tuple[Atom, ...], standing: tuple[str, ...]
) -> Query:
    """The query with a condition that holds only in the languages in which its phrases stand."""
    elsewhere = AnyOf((condition, Not(Passes(Filters(languages=standing)))))
    kept = [each for each in query.conditions if each != condition]
    return replace(
        query,
        conditions=(*kept, elsewhere) if standing else tuple(kept),
        groups=tuple(part for group in query.groups for part in _words(group, phrases)),
        nearby=(*query.nearby, *((_content(atom), standing) for atom in phrases)),
        notices=(*query.notices, *map(_notice, phrases)),
    )


def _phrases(condition: Condition) -> tuple[Atom, ...]:
    """The phrases of a condition that is nothing but one, or alternatives of them."""
    parts = condition.parts if isinstance(condition, AnyOf) else (condition,)
    atoms = [part.atom for part in parts if isinstance(part, Holds)]
    phrases = tuple(
        atom for atom in atoms if atom.phrase and atom.field == "any" and atom.within is None
    )
    return phrases if len(phrases) == len(parts) else ()


def _words(group: Group, phrases: Sequence[Atom]) -> list[Group]:
    """A group with its phrases' words each on its own."""
    kept = tuple(atom for atom in group.alternatives if atom not in phrases)
    words = [
        Group((Atom((token.term,), False, "any", spelt, stop=is_stop(token.term)),))
        for atom in group.alternatives
        if atom in phrases
        for token in tokenize(atom.surface)
        if (spelt := atom.surface[token.start : token.end])
    ]
    return [*([Group(kept)] if kept else []), *words]


def _content(atom: Atom) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word for word in atom.words if not is_stop(word)))
    return words or atom.words


def _notice(atom: Atom) -> Notice:
    part = f'"{atom.surface}"'
    shown = part if len(part) <= 60 else f'{part[:58]}…"'
    message = f"No article asked for holds {shown}; it was searched by its meaning."
    return Notice("phrase-by-meaning", message, shown)
