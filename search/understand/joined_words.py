"""Words of a query that may also be written as one, and words in capitals that may be acronyms.

Neighbours are looked for as one word, too (ex minister, exminister), and names made of letters in all
their spellings (`search.understand.acronyms`). Of the words typed in capitals this finds those
that another word hides, as IT and WHO: where an archive always writes a word in capitals (PTI), or
as a name (Covid, Nasa), its one term says all there is to say. Only where there is another word
beside the acronym (it, who, aids) is it looked for by its capitals, which `index.text.compounds`
posted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from index.opened import OpenIndex
from index.text.analysis import stem
from index.text.compounds import side_by_side
from search.config import SearchConfig
from search.query.query import Atom, Group, Query
from search.understand.acronyms import Acronyms


class JoinedWords:
    """Decides which those are, by what one index holds. Safe under threads."""

    def __init__(
        self, index: OpenIndex, config: SearchConfig, others: Callable[[str], Sequence[str]]
    ) -> None:
        """`others`: the words of the other script that a normalized word may stand for."""
        self._index = index
        self._config = config
        self._acronyms = Acronyms(index, config, others)

    def with_joined_words(self, query: Query, *, literal: bool) -> Query:
        """The query with the compound of its words, and with `Atom.acronym` only where the archive
        has another word beside it. `literal`: what white space parts is two words."""
        groups = query.groups
        if not literal:
            groups = tuple(_with_joined_neighbours(self._acronyms.named(groups)))
        groups = tuple(
            Group(tuple(map(self._with_acronym, group.alternatives))) for group in groups
        )
        return replace(query, groups=groups)

    def _with_acronym(self, atom: Atom) -> Atom:
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
        spelt = self._index.suggestions.spelt.get(lexicon.row(word), word)
        if not capitals or spelt.istitle():
            return 1.0
        return capitals / keyword.posting(stem(word)).df


def _with_joined_neighbours(groups: Sequence[Group]) -> list[Group]:
    """Plain words with what they are together with their neighbours: ex minister, exminister."""
    atoms = [group.alternatives[0] for group in groups]
    words = [
        atom.words[0] if len(group.alternatives) == 1 and atom.plain else ""
        for group, atom in zip(groups, atoms, strict=True)
    ]
    found = list(groups)
    for at, joined in enumerate(side_by_side(words)):
        if joined and not atoms[at].compound.joined:
            atoms[at] = replace(atoms[at], compound=atoms[at].compound._replace(joined=joined))
            found[at] = Group((atoms[at],))
    return found
