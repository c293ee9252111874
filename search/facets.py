"""Counts over the whole result set, not the page: how many matching documents carry each value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.catalogue import Columns
from search.filters import Mask
from search.models import Facets, FacetValue


def count_facets(columns: Columns, matching: Mask) -> Facets:
    """Languages and sources of the documents in `matching`, most frequent first."""
    return Facets(
        languages=_counts(columns.lang[matching], columns.lang_names),
        sources=_counts(columns.source[matching], columns.source_names),
    )


def _counts(codes: npt.NDArray[np.integer], names: Sequence[str]) -> tuple[FacetValue, ...]:
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    found = [
        FacetValue(name, int(count))
        for name, count in zip(names, counts, strict=True)
        if count and name
    ]
    return tuple(sorted(found, key=lambda value: (-value.count, value.value)))


def count_sources(columns: Columns) -> tuple[FacetValue, ...]:
    """Every source of the archive, most frequent first."""
    return _counts(columns.source[columns.live], columns.source_names)
