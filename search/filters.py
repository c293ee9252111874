"""Which documents may be found at all: filters as one mask over docids.

A mask costs one comparison a document and serves both arms alike, so a filtered search is as fast
as a plain one and neither arm can return what the other may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from index.catalogue import NO_DATE, Columns, normalized

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Filters:
    """Conditions that must all hold; within one, any value will do. Dates are inclusive."""

    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None


def documents_passing(columns: Columns, filters: Sequence[Filters]) -> Mask:
    """Mask over docids of the live documents that pass every one of `filters`.

    Sources and tags are compared as words are: keyboard, marks and letter case do not matter.
    """
    mask: Mask = columns.live.copy()
    for each in filters:
        if each.languages:
            mask &= _one_of(columns.lang, _codes(normalized(columns.lang_names), each.languages))
        if each.sources:
            mask &= _one_of(columns.source, _codes(columns.source_keys, each.sources))
        if each.tags:
            mask &= _tagged(columns, _codes(columns.tag_keys, each.tags))
        if each.date_from:
            mask &= columns.date >= each.date_from.toordinal()
        if each.date_to:
            mask &= (columns.date != NO_DATE) & (columns.date <= each.date_to.toordinal())
    return mask


def _codes(keys: tuple[str, ...], wanted: Sequence[str]) -> list[int]:
    chosen = set(normalized(wanted))
    return [code for code, key in enumerate(keys) if key in chosen]


def _one_of(column: npt.NDArray[np.integer], codes: list[int]) -> Mask:
    mask: Mask = np.isin(column, np.array(codes, column.dtype))
    return mask


def _tagged(columns: Columns, codes: list[int]) -> Mask:
    hits = np.isin(columns.tag_codes, np.array(codes, columns.tag_codes.dtype))
    owners = np.repeat(np.arange(len(columns)), np.diff(columns.tag_indptr))
    mask = np.zeros(len(columns), bool)
    mask[owners[hits]] = True
    return mask
