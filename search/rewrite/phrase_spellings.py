"""Phrases in the other spellings of their words.

"وزیراعظم کا دورہ" is "وزیر اعظم کا دورہ". What is put in quotes is asked for as it stands, and a word
stands there however it is written. What is left out is left out as typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from search.config import SpellingMatching
from search.query.conditions import atoms_of
from search.query.query import Query
from search.understand.spellings import Spellings

_Run = tuple[str, ...]


def with_spellings(query: Query, spellings: Spellings) -> Query:
    """The query, with the other ways to write its phrases and the words asked for in titles."""
    wanted = dict.fromkeys((*query.atoms, *atoms_of(query.conditions)))
    spelt = [
        (atom, runs)
        for atom in wanted
        if (atom.phrase or atom.field == "title") and not atom.loose and atom.words
        if (runs := other_runs(atom.words, spellings))
    ]
    return replace(query, spelt=tuple(spelt)) if spelt else query


def other_runs(words: Sequence[str], spellings: Spellings) -> tuple[_Run, ...]:
    """Other ways to write some words in a row, the likeliest first: no word is changed twice."""
    instead: dict[int, list[tuple[int, _Run, float]]] = {}
    for at, word in enumerate(words):
        for each in spellings.of(word)[: SpellingMatching.OF_A_WORD_OF_A_PHRASE]:
            instead.setdefault(at, []).append((at + 1, each.words, each.chance))
    for joined in spellings.joined(words):
        spelling = joined.spelling
        instead.setdefault(joined.first, []).append((joined.last, spelling.words, spelling.chance))
    if not instead:
        return ()
    runs: dict[_Run, float] = {}
    for run, chance in islice(
        _runs(words, 0, instead), SpellingMatching.OF_A_PHRASE * SpellingMatching.OF_A_PHRASE
    ):
        runs[run] = max(chance, runs.get(run, 0.0))
    runs.pop(tuple(words), None)
    return tuple(sorted(runs, key=lambda run: (-runs[run], run))[: SpellingMatching.OF_A_PHRASE])


def _runs(
    words: Sequence[str], at: int, instead: dict[int, list[tuple[int, _Run, float]]]
) -> Iterator[tuple[_Run, float]]:
    if at == len(words):
        yield (), 1.0
        return
    for last, run, chance in [(at + 1, (words[at],), 1.0), *instead.get(at, ())]:
        for rest, rest_chance in _runs(words, last, instead):
            yield run + rest, chance * rest_chance
