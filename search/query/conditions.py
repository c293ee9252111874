"""What a document must meet to be found at all: the boolean side of a query, as masks over docids.

A condition is a tree of words, phrases, filters, AND, OR and NOT. What is asked for may be met by a
sure alternative of a word too (its translation, or the Urdu word that was typed in Latin letters);
what is left out is left out as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from index.arrays import Mask
from index.budget import check
from index.parts.catalogue.catalogue import Columns
from index.parts.keyword.keyword_index import KeywordIndex
from index.text.analysis import is_stop, stem
from index.text.compounds import ALONE, Compound
from search.query.filters import Filters, documents_passing

Field = Literal["any", "title"]


@dataclass(frozen=True)
class Atom:
    """One thing to look for: a word, a run of words, or words of a pattern.

    `words` are the tokens' exact terms. `phrase` asks for them in this order and in these very
    forms; a single word that is no phrase may match by its stem. `surface` is the spelling as
    typed, without quotes and operators. `stop` says that ranking should pass over it.

    `compound` is what it was typed together with, `acronym` its capitals where they make it another word
    than its letters do; `ambiguous` says that the archive mostly means that other word.

    `pattern` is a word with `*` and `?` in it, folded; `edits` how many letters a word may differ
    by; both stand for words of the archive, which are looked up when the query is understood.
    `within` makes of a phrase words in any order with at most so many others between them.
    """

    words: tuple[str, ...]
    phrase: bool
    field: Field
    surface: str
    stop: bool = False
    compound: Compound = ALONE
    acronym: str = ""
    ambiguous: bool = False
    pattern: str = ""
    edits: int = 0
    within: int | None = None

    @property
    def plain(self) -> bool:
        """Whether it may be read otherwise: a single word without marks, anywhere in a document."""
        single = len(self.words) == 1 and not self.phrase and self.field == "any"
        return single and self.compound.alone and not (self.loose or self.ambiguous)

    @property
    def loose(self) -> bool:
        """Whether it stands for several words of the archive."""
        return bool(self.pattern or self.edits)

    @property
    def demanding(self) -> bool:
        """Whether a document must hold it wherever it stands in a query: a mark asks so."""
        return self.phrase or self.loose or self.field != "any"


@dataclass(frozen=True)
class Holds:
    """The document holds this."""

    atom: Atom


@dataclass(frozen=True)
class Passes:
    """The document passes these filters."""

    filters: Filters


@dataclass(frozen=True)
class Among:
    """The document is one of these: those that an address names, say."""

    docids: tuple[int, ...]
    typed: str


@dataclass(frozen=True)
class All:
    """Every one of these is met."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one of these is met."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """This is not met."""

    part: Condition


Condition: TypeAlias = "Holds | Passes | Among | All | AnyOf | Not"


@dataclass(frozen=True)
class Lookup:
    """What conditions are held against: an index, and what the query's atoms stand for in it.

    `forms` are the words of the archive that a loose atom stands for, `sure` the ranking terms by
    which a plain one is met as well, `names` the other spellings of names, as terms by their words, and
    `spelt` the other ways to write a phrase.
    """

    columns: Columns
    keyword: KeywordIndex
    forms: Mapping[Atom, Sequence[str]] = field(default_factory=dict)
    sure: Mapping[str, Sequence[str]] = field(default_factory=dict)
    names: Mapping[tuple[str, ...], Sequence[str]] = field(default_factory=dict)
    spelt: Mapping[Atom, Sequence[tuple[str, ...]]] = field(default_factory=dict)


def documents_meeting(conditions: Sequence[Condition], lookup: Lookup, passing: Mask) -> Mask:
    """`passing` narrowed to the documents that meet all conditions.

    Raises SearchTimeoutError.
    """
    mask: Mask = passing.copy()
    for condition in conditions:
        mask &= _mask(condition, lookup, wanted=True)
    return mask


def atoms_of(conditions: Sequence[Condition], *, wanted: bool = True) -> Iterator[Atom]:
    """The atoms that conditions ask for, or, not `wanted`, those that they leave out."""
    for condition in conditions:
        if isinstance(condition, Holds):
            if wanted:
                yield condition.atom
        elif isinstance(condition, Not):
            yield from atoms_of([condition.part], wanted=not wanted)
        elif not isinstance(condition, (Passes, Among)):
            yield from atoms_of(condition.parts, wanted=wanted)


def filters_only(condition: Condition) -> bool:
    """Whether no word is in a condition."""
    return not any(atoms_of([condition])) and not any(atoms_of([condition], wanted=False))


def described(condition: Condition) -> str:
    """A condition as it could have been typed."""
    if isinstance(condition, Holds):
        atom = condition.atom
        text = f'"{atom.surface}"' if atom.phrase else atom.surface
        text += "~" if atom.edits else "" if atom.within is None else f"~{atom.within}"
        return f"title:{text}" if atom.field == "title" else text
    if isinstance(condition, Passes):
        return _described_filters(condition.filters)
    if isinstance(condition, Among):
        return condition.typed
    if isinstance(condition, Not):
        return f"NOT {described(condition.part)}"
    joiner = " AND " if isinstance(condition, All) else " OR "
    return f"({joiner.join(map(described, condition.parts))})"


def _described_filters(filters: Filters) -> str:
    fields = (("lang", filters.languages), ("source", filters.sources), ("tag", filters.tags))
    shown = [f"{name}:{value}" for name, values in fields for value in values]
    if filters.date_from or filters.date_to:
        shown.append(f"date:{filters.date_from or ''}..{filters.date_to or ''}")
    return " OR ".join(shown)


def _mask(condition: Condition, lookup: Lookup, *, wanted: bool) -> Mask:
    check()
    if isinstance(condition, Holds):
        return _holding(condition.atom, lookup, wanted=wanted)
    if isinstance(condition, Passes):
        return documents_passing(lookup.columns, (condition.filters,))
    if isinstance(condition, Among):
        mask = np.zeros(len(lookup.columns), bool)
        mask[list(condition.docids)] = True
        return mask
    if isinstance(condition, Not):
        return ~_mask(condition.part, lookup, wanted=not wanted)
    masks = (_mask(part, lookup, wanted=wanted) for part in condition.parts)
    every = isinstance(condition, All)
    found = np.full(len(lookup.columns), every)
    for mask in masks:
        found = found & mask if every else found | mask
    return found


def _holding(atom: Atom, lookup: Lookup, *, wanted: bool) -> Mask:
    """Documents that hold an atom: its exact words in a row, or its word in any inflection. Stop
    words have no inflections here: only the exact fields hold them."""
    index = lookup.keyword
    mask = np.zeros(len(lookup.columns), bool)
    title_only = atom.field == "title"
    for run in lookup.spelt.get(atom, ()) if wanted else ():
        check()
        if atom.within is None:
            found = index.phrase_documents(run, title_only=title_only)
        else:
            window = len(run) + atom.within
            found = index.near_documents([[word] for word in run], window, title_only=title_only)
        mask[found] = True
    if atom.loose:
        for word in lookup.forms.get(atom, ()):
            check()
            found = (
                index.field_documents(word, "title_exact")
                if title_only
                else (index.posting(word, exact=True).docids)
            )
            mask[found] = True
    elif atom.within is not None:
        groups = [[word] for word in atom.words]
        mask[index.near_documents(groups, len(groups) + atom.within, title_only=title_only)] = True
    elif atom.phrase or len(atom.words) > 1 or is_stop(atom.words[0]):
        mask[index.phrase_documents(atom.words, title_only=title_only)] = True
        for joined in () if title_only else atom.compound.joined:
            mask[index.posting(stem(joined)).docids] = True
    elif title_only:
        mask[index.field_documents(stem(atom.words[0]), "title")] = True
    else:
        others = lookup.sure.get(atom.words[0], ()) if wanted else ()
        for term in (stem(atom.words[0]), *others):
            mask[index.posting(term).docids] = True
    for term in lookup.names.get(atom.words, ()) if wanted and not title_only else ():
        mask[index.posting(term).docids] = True
    return mask
