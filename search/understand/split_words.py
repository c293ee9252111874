"""Words that were typed in pieces, put together: ادا کا رہ is اداکارہ."""

from __future__ import annotations

from dataclasses import replace

from search.query.query import Atom, Group, Query
from search.understand.spellings import Spelling, Spellings


def plain_words(query: Query) -> list[str]:
    """The words of a query that stand side by side; empty for what is no single plain word."""
    return [
        group.alternatives[0].words[0]
        if len(group.alternatives) == 1 and group.alternatives[0].plain
        else ""
        for group in query.groups
    ]


def with_whole_words(query: Query, spellings: Spellings) -> tuple[Query, dict[str, Spelling]]:
    """The query with words that were typed in pieces (ادا کا رہ) put together, and of each of these
    words the pieces."""
    words = plain_words(query)
    groups = list(query.groups)
    pieces: dict[str, Spelling] = {}
    plain, free = query.plain, len(words)
    for joined in sorted(spellings.joined(words), key=lambda each: (-each.last, each.first)):
        if not joined.pieces or joined.last > free:
            continue
        typed = [group.alternatives[0] for group in groups[joined.first : joined.last]]
        surface, whole = " ".join(atom.surface for atom in typed), joined.spelling.words[0]
        groups[joined.first : joined.last] = [Group((Atom((whole,), False, "any", surface),))]
        plain = plain.replace(surface, whole)
        pieces[whole] = Spelling(tuple(words[joined.first : joined.last]), joined.spelling.chance)
        free = joined.first
    return replace(query, groups=tuple(groups), plain=plain) if pieces else query, pieces
