"""Words typed in capitals: which of them are an acronym that another word hides, as IT and WHO.

Where an archive always writes a word in capitals (PTI), or as a name (Covid, Nasa), its one term says
all there is to say. Only where there is another word beside the acronym (it, who, aids) is it looked
for by its capitals, which `index.compounds` posted.
"""

from __future__ import annotations

from dataclasses import replace

from index.analysis import stem
from index.reader import OpenIndex
from search.config import SearchConfig
from search.query import Atom, Group, Query


class Acronyms:
    """Tells them apart, by what one index holds. Safe under threads."""

    def __init__(self, index: OpenIndex, config: SearchConfig) -> None:
        self._index = index
        self._config = config

    def settled(self, query: Query) -> Query:
        """The query with `Atom.acronym` only where the archive has another word beside it."""
        if not any(atom.acronym for atom in query.atoms):
            return query
        groups = (Group(tuple(map(self._settled, group.alternatives))) for group in query.groups)
        return replace(query, groups=tuple(groups))

    def _settled(self, atom: Atom) -> Atom:
        if not atom.acronym:
            return atom
        share = self._in_capitals(atom) if atom.field == "any" else 1.0
        if share >= self._config.acronym_always:
            return replace(atom, acronym="")
        return replace(atom, ambiguous=share < self._config.acronym_mostly)

    def _in_capitals(self, atom: Atom) -> float:
        """Share of the articles with a word that have it in capitals; all, if it is no other word."""
        (word,) = atom.words
        keyword, lexicon = self._index.keyword, self._index.lexicon
        capitals = keyword.posting(atom.acronym).df
        spelt = self._index.phrases.spelt.get(lexicon.row(word), word)
        if not capitals or spelt.istitle():
            return 1.0
        return capitals / keyword.posting(stem(word)).df
