"""Words typed in capitals: which of them are an acronym that another word hides, as IT and WHO.

Where an archive writes a word in capitals most of the time (PTI), or as a name (Covid, Nasa), its
one term says all there is to say. Only where the acronym is the lesser part of the word (it, who,
aids) is it looked for by its capitals, which `index.compounds` posted.
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
        self._mostly = config.acronym_mostly

    def settled(self, query: Query) -> Query:
        """The query with `Atom.acronym` only where the acronym is another word here."""
        if not any(atom.acronym for atom in query.atoms):
            return query
        groups = (Group(tuple(map(self._settled, group.alternatives))) for group in query.groups)
        return replace(query, groups=tuple(groups))

    def _settled(self, atom: Atom) -> Atom:
        if not atom.acronym or (atom.field == "any" and self._hidden(atom)):
            return atom
        return replace(atom, acronym="")

    def _hidden(self, atom: Atom) -> bool:
        (word,) = atom.words
        capitals = self._index.keyword.posting(atom.acronym).df
        if not capitals or capitals >= self._mostly * self._index.keyword.posting(stem(word)).df:
            return False
        row = self._index.lexicon.row(word)
        spelt = self._index.phrases.spelt.get(row, word)
        return spelt.isupper() or spelt.islower()
