"""Counts over the whole result set, not the page: languages, sources, tags and months.

Each of the four is a dimension with a filter of the request: `lang`, `source`, `tag`, and for the
months `from` and `to`. Values of one dimension are alternatives, dimensions must all hold. A reader
who has chosen Urdu wants to know what English would add, so a dimension's own filter does not
narrow its counts: a dimension is counted over the documents that answer the question and pass the
filters of the other dimensions.

What answers a question does not depend on the filters (`search.rank.ranking`), so a count is the
total of the same search with that value alone chosen in its dimension; for a month or a year, with
the dates from its first day to its last. Filters typed into the query (`lang:ur`, `date:2026`) are
part of the question and always hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from index import budget
from index.arrays import Ints, Longs, distinct, ranges
from index.opened import OpenIndex
from index.parts.catalogue.catalogue import normalized
from index.text.language_codes import primary
from index.text.normalize import normalize
from search.config import Scoring
from search.models import Facets, FacetValue, SearchRequest
from search.query.filters import documents_passing
from search.rank.ranking import Ranking, request_filters

Codes = npt.NDArray[np.integer]


class FacetCounter:
    """Counts over one generation of an index. Safe under threads."""

    def __init__(self, index: OpenIndex) -> None:
        columns = index.columns
        self._index = index
        languages = tuple(map(primary, columns.lang_names))  # as a filter takes them
        self._languages = _Values(languages, normalized(languages), columns.lang[columns.live])
        self._sources = _Values(
            columns.source_names, columns.source_keys, columns.source[columns.live]
        )
        self._tags = _Values(columns.tag_names, columns.tag_keys, columns.tag_codes)
        # Two spellings of one tag are one.
        owners = np.repeat(np.arange(len(columns)), np.diff(columns.tag_indptr))
        pairs = distinct(owners << 32 | self._tags.groups(columns.tag_codes))
        self._tag_groups = pairs & (1 << 32) - 1
        self._tag_starts = np.searchsorted(pairs >> 32, np.arange(len(columns) + 1))

    def count(self, ranking: Ranking, request: SearchRequest) -> Facets:
        """Count every dimension over the answer to a request, most frequent first.

        Spellings of one name that a filter takes for the same (keyboard, marks, letter case) are
        one value, in the spelling that is most frequent in the archive. Chosen values of the
        archive are always listed, also with a count of 0. Months are `YYYY-MM` in time order, the
        empty ones between the first and the last included; a time longer than MAX_MONTHS is
        counted in years, `YYYY`, and of more than MAX_MONTHS years only those that hold something
        are listed. Documents without a date are in no month: `undated` counts them.
        """
        columns, filters = self._index.columns, request_filters(request)
        matching = np.flatnonzero(ranking.matching)

        def without(**own: Any) -> Longs:
            """What the search finds without a dimension's own filters."""
            budget.check()
            others = replace(filters, **own)
            if others == filters:
                return matching
            return np.flatnonzero(ranking.answers & documents_passing(columns, (others,)))

        languages = columns.lang[without(languages=())]
        sources = columns.source[without(sources=())]
        tags = self._tags_of(without(tags=()))
        dates = columns.date[without(date_from=None, date_to=None)]
        dated = dates[dates >= 0]
        return Facets(
            languages=self._languages.listed(self._languages.groups(languages), filters.languages),
            sources=self._sources.listed(self._sources.groups(sources), filters.sources),
            tags=self._tags.listed(tags, filters.tags, Scoring.TAGS_COUNTED),
            months=_months(dated),
            first=date.fromordinal(int(dated.min())) if len(dated) else None,
            last=date.fromordinal(int(dated.max())) if len(dated) else None,
            undated=len(dates) - len(dated),
        )

    def _tags_of(self, docids: Longs) -> Codes:
        """The tags of some documents, one after another."""
        starts = self._tag_starts[docids]
        tags: Codes = self._tag_groups[ranges(starts, self._tag_starts[docids + 1] - starts)]
        return tags


class _Values:
    """The values of a dimension: codes whose names a filter takes for the same are one group.

    Groups are numbered in the order of the names they are shown by.
    """

    def __init__(self, names: tuple[str, ...], plain: tuple[str, ...], codes: Codes) -> None:
        """`plain` are the names as they are compared, `codes` all that occur in the archive: they
        decide which spelling is shown."""
        counts = np.bincount(codes[codes >= 0], minlength=len(names))
        best = sorted(
            range(len(names)),
            key=lambda code: (-counts[code], names[code] != plain[code], names[code]),
        )
        spelled: dict[str, str] = {}
        for code in best:
            spelled.setdefault(plain[code], names[code])
        ordered = sorted(spelled, key=lambda name: spelled[name])
        self._shown = [spelled[name] for name in ordered]
        self._group_of = {name: group for group, name in enumerate(ordered)}
        # The last place is that of code -1: no value.
        self._groups = np.array([*(self._group_of[name] for name in plain), -1], np.int64)

    def groups(self, codes: Codes) -> Codes:
        """The group of each code that stands for a value."""
        groups: Codes = self._groups[codes]
        return groups[groups >= 0]

    def listed(
        self, groups: Codes, chosen: Sequence[str] = (), most: int | None = None
    ) -> tuple[FacetValue, ...]:
        """How often each group occurs: the `most` frequent ones, and those chosen."""
        counts = np.bincount(groups, minlength=len(self._shown))
        known = [self._group_of[name] for name in map(normalize, chosen) if name in self._group_of]
        found = _ranked(np.flatnonzero(counts), counts)[:most]
        if known:
            found = _ranked(np.union1d(found, np.array(known, np.int64)), counts)
        return tuple(FacetValue(self._shown[at], int(counts[at])) for at in found)


def _ranked(groups: Codes, counts: Codes) -> Codes:
    return groups[np.lexsort((groups, -counts[groups]))]


def _months(dated: Ints) -> tuple[FacetValue, ...]:
    """Documents by month, or by year where that would be too many buckets."""
    if not len(dated):
        return ()
    days = (dated.astype(np.int64) - date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    if int((months.max() - months.min()).astype(int)) < Scoring.MAX_MONTHS:
        return _buckets(months, "M")
    return _buckets(days.astype("datetime64[Y]"), "Y")


def _buckets(times: npt.NDArray[np.datetime64], unit: Literal["M", "Y"]) -> tuple[FacetValue, ...]:
    first = times.min()
    counts = np.bincount((times - first).astype(np.int64))
    shown = np.arange(len(counts)) if len(counts) <= Scoring.MAX_MONTHS else np.flatnonzero(counts)
    names = np.datetime_as_string(first + shown.astype(f"timedelta64[{unit}]")).tolist()
    return tuple(map(FacetValue, names, counts[shown].tolist()))
