"""Which documents may be found at all: filters as one mask over docids.

A mask costs one comparison a document and serves both arms alike, so a filtered search is as fast
as a plain one and neither arm can return what the other may not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from index.arrays import Mask
from index.documents import UNDETERMINED
from index.parts.catalogue.catalogue import NO_DATE, Columns, normalized
from index.text.analysis import terms
from index.text.language_codes import language_code, primary
from index.text.normalize import normalize

LANGUAGES_HINT = "Give a code such as ur, en, fa or ur-Latn; und finds what has no words."


@dataclass(frozen=True)
class Filters:
    """Conditions that must all hold; within one, any value will do. Dates are inclusive."""

    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None


@dataclass(frozen=True)
class Names:
    """What a query can name in an archive. `located` gives the docids of a web address."""

    languages: frozenset[str]
    sources: NameList
    tags: NameList
    located: Callable[[str], tuple[int, ...]] = lambda address: ()

    @classmethod
    def of(cls, columns: Columns, located: Callable[[str], tuple[int, ...]]) -> Names:
        """The names that an archive holds."""
        return cls(
            frozenset(columns.lang_names),
            NameList(columns.source_names, lambda: columns.source_keys),
            NameList(columns.tag_names, lambda: columns.tag_keys),
            located,
        )


class NameList:
    """Names as the archive spells them, found by their folded spelling or their words alone.

    An archive may have a hundred thousand tags: they are folded when a query first names one.
    """

    def __init__(
        self, names: Sequence[str], keys: Callable[[], Sequence[str]] | None = None
    ) -> None:
        """`keys` gives the names as they are compared, where somebody has folded them already."""
        self._all = names
        self._keys = keys or (lambda: normalized(names))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for name in self._all if name)

    @cached_property
    def _folded(self) -> dict[str, str]:
        pairs = zip(self._keys(), self._all, strict=True)
        return {key: name for key, name in pairs if name}

    @cached_property
    def _words(self) -> dict[str, str]:
        return {" ".join(terms(name)): name for name in self.names}

    def known(self, typed: str) -> str:
        """The name that was typed; empty if there is none such."""
        return self._folded.get(normalize(typed), "") or self._words.get(" ".join(terms(typed)), "")

    def holding(self, typed: str) -> list[str]:
        """The names that hold the words typed in a row."""
        wanted = " ".join(terms(typed))
        return [name for words, name in self._words.items() if f" {wanted} " in f" {words} "]


def language_of(name: str) -> str:
    """What a filter takes a language for: its code, `und` for none at all; empty for no language."""
    return UNDETERMINED if name.casefold() == UNDETERMINED else language_code(name)


def documents_passing(columns: Columns, filters: Sequence[Filters]) -> Mask:
    """Mask over docids of the live documents that pass every one of `filters`.

    Sources and tags are compared as words are: keyboard, marks and letter case do not matter.
    """
    mask: Mask = columns.live.copy()
    for each in filters:
        if each.languages:
            mask &= np.isin(columns.lang, _language_codes(columns.lang_names, each.languages))
        if each.sources:
            mask &= np.isin(columns.source, _codes(columns.source_keys, each.sources))
        if each.tags:
            hits = np.isin(columns.tag_codes, _codes(columns.tag_keys, each.tags))
            owners = np.repeat(np.arange(len(columns)), np.diff(columns.tag_indptr))
            tagged = np.zeros(len(columns), bool)
            tagged[owners[hits]] = True
            mask &= tagged
        if each.date_from:
            mask &= columns.date >= each.date_from.toordinal()
        if each.date_to:
            mask &= (columns.date != NO_DATE) & (columns.date <= each.date_to.toordinal())
    return mask


def _language_codes(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Codes of the languages wanted. A language is wanted in all its scripts: `ur` is `ur-Latn`, too."""
    chosen = set(normalized(wanted))
    return [
        code
        for code, name in enumerate(names)
        if normalize(name) in chosen or normalize(primary(name)) in chosen
    ]


def _codes(keys: tuple[str, ...], wanted: Sequence[str]) -> list[int]:
    chosen = set(normalized(wanted))
    return [code for code, key in enumerate(keys) if key in chosen]
