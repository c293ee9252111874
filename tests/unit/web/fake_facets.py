"""Counts as `search.rank.facets` gives them, over what the fake engine finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from index.documents import Document
from search.models import Facets, FacetValue, SearchRequest


def counted(values: Iterable[str]) -> tuple[FacetValue, ...]:
    """Values with their counts, most frequent first."""
    return tuple(FacetValue(value, count) for value, count in Counter(values).most_common())


def facets(
    found: Sequence[Document],
    request: SearchRequest,
    fits: Callable[[Document, SearchRequest], bool],
) -> Facets:
    """Counts of the documents `found` for the words alone, each without its own filter."""

    def over(request: SearchRequest) -> list[Document]:
        return [each for each in found if fits(each, request)]

    dated = over(replace(request, date_from=None, date_to=None))
    days = sorted(each.date for each in dated if each.date)
    months = Counter(f"{day:%Y-%m}" for day in days)
    return Facets(
        languages=counted(each.lang for each in over(replace(request, languages=()))),
        sources=counted(each.source for each in over(replace(request, sources=()))),
        tags=counted(tag for each in over(replace(request, tags=())) for tag in each.tags),
        months=tuple(FacetValue(month, months[month]) for month in sorted(months)),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        undated=len(dated) - len(days),
    )
