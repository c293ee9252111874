"""Whatever is asked for, the counts are those that one gets by paging through every answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import archives
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from inputs import some

from index.documents import Document
from index.opened import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import FacetValue, Mode, SearchRequest

COUNT = 150
untimed = settings(
    deadline=None,
    max_examples=some(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NONE: dict[str, dict[str, Any]] = {
    "languages": {"languages": ()},
    "sources": {"sources": ()},
    "tags": {"tags": ()},
    "months": {"date_from": None, "date_to": None},
}
"""Each dimension, and what a request without its filter has in its place."""
QUERIES = [
    "بارش rain",
    "لاهور سيلاب",  # the Arabic keyboard's ه and ي
    "market road ناموجود",
    "rain -flood",
    '"کے لیے" بارش',
    "title:کتاب wheat",
    "date:2026-02..2026-05 river پانی",
    "lang:ur کرکٹ cricket",
    "lang:ur",
    "tag:weather,موسم -rain",
]


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


DAYS = st.none() | st.dates(date(2025, 12, 20), date(2026, 8, 5))
REQUESTS = st.builds(
    SearchRequest,
    query=st.sampled_from(QUERIES),
    mode=st.sampled_from(list(Mode)),
    languages=some("ur", "en", "und"),
    sources=some("شہر نامہ", "صبح نو", "City Ledger", "daybreak post", "no such paper"),
    tags=some("موسم", "کھیل", "Weather", "sport", "ناموجود"),
    date_from=DAYS,
    date_to=DAYS,
).filter(lambda each: not (each.date_from and each.date_to) or each.date_from <= each.date_to)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("facets") / "data"
    archives.build(archives.articles(COUNT, seed=9), data)
    return data


@pytest.fixture(scope="module")
def engine(data: Path) -> Iterator[SearchEngine]:
    """The semantic arm looks at few passages, so that its answer depends on the filters."""
    opened = archives.open_engine(data, SearchConfig(semantic_depth=25), floor=0.3)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def documents(data: Path) -> dict[str, Document]:
    with closing(OpenIndex.open_current(data)) as index:
        return archives.documents(index)


def answer(engine: SearchEngine, request: SearchRequest) -> set[str]:
    """Ids of all hits, page by page."""
    found: set[str] = set()
    for page in range(1, COUNT):
        response = engine.search(replace(request, page=page, size=40))
        found |= {hit.id for hit in response.hits}
        if page * 40 >= response.total.value:
            assert len(found) == response.total.value
            return found
    raise AssertionError("pages without end")


def plain(name: str) -> str:
    return name.lower().replace("ِ", "")


def passes(document: Document, request: SearchRequest, dimension: str) -> bool:
    """Whether a document has one of the values chosen in a dimension."""
    if dimension == "months":
        if document.date is None:
            return False
        first, last = request.date_from or date.min, request.date_to or date.max
        return first <= document.date <= last
    chosen = {plain(each) for each in getattr(request, dimension)}
    return any(plain(value) in chosen for value in values(document, dimension))


def values(document: Document, dimension: str) -> tuple[str, ...]:
    if dimension == "tags":
        return document.tags
    if dimension == "months":
        return (f"{document.date:%Y-%m}",) if document.date else ()
    return (document.lang if dimension == "languages" else document.source,)


def counted(
    engine: SearchEngine, request: SearchRequest, documents: dict[str, Document], dimension: str
) -> list[Document]:
    """What a dimension is counted over, found by searching twice."""
    found = answer(engine, request)
    unfiltered = replace(request, **NONE[dimension])
    if unfiltered != request:
        found |= {
            name
            for name in answer(engine, unfiltered)
            if not passes(documents[name], request, dimension)
        }
    return [documents[name] for name in found]


def tally(found: Iterable[Document], dimension: str) -> Counter[str]:
    return Counter(value for each in found for value in values(each, dimension))


def as_dict(listed: tuple[FacetValue, ...]) -> dict[str, int]:
    assert len({each.value for each in listed}) == len(listed)
    return {each.value: each.count for each in listed}


@untimed
@given(request=REQUESTS)
@example(SearchRequest("بارش rain", languages=("ur",), tags=("weather", "موسم")))
@example(SearchRequest("lang:ur", languages=("en",), date_from=date(2026, 3, 1)))
def test_every_dimension_is_what_paging_finds(
    engine: SearchEngine, documents: dict[str, Document], request: SearchRequest
) -> None:
    facets = engine.search(replace(request, size=1)).facets
    for dimension in ("languages", "sources", "tags"):
        wanted = tally(counted(engine, request, documents, dimension), dimension)
        listed = as_dict(getattr(facets, dimension))
        assert {value: count for value, count in listed.items() if count} == dict(wanted)
        chosen = {plain(each) for each in getattr(request, dimension)}
        assert all(plain(value) in chosen for value, count in listed.items() if not count)
        ordered = [(-each.count, each.value) for each in getattr(facets, dimension)]
        assert ordered == sorted(ordered)


@untimed
@given(request=REQUESTS)
@example(SearchRequest("بارش rain", date_from=date(2026, 3, 10), date_to=date(2026, 4, 9)))
def test_months_show_the_whole_time_with_its_gaps(
    engine: SearchEngine, documents: dict[str, Document], request: SearchRequest
) -> None:
    facets = engine.search(replace(request, size=1)).facets
    found = counted(engine, request, documents, "months")
    days = sorted(each.date for each in found if each.date)
    assert {each.value: each.count for each in facets.months if each.count} == dict(
        tally(found, "months")
    )
    assert facets.undated == len(found) - len(days)
    assert (facets.first, facets.last) == ((days[0], days[-1]) if days else (None, None))
    if days:
        months = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month + 1
        listed = [each.value for each in facets.months]
        assert listed == sorted(listed)
        assert len(listed) == months


@untimed
@given(request=REQUESTS, first=st.integers(1, 7), months=st.integers(1, 4))
def test_what_is_chosen_adds_up_to_the_total(
    engine: SearchEngine, request: SearchRequest, first: int, months: int
) -> None:
    last = date(2026, first + months, 1) - timedelta(days=1)
    request = replace(request, date_from=date(2026, first, 1), date_to=last)
    response = engine.search(replace(request, size=1))
    for dimension in ("languages", "sources"):
        listed = as_dict(getattr(response.facets, dimension))
        chosen = {plain(each) for each in getattr(request, dimension)}
        shown = [n for value, n in listed.items() if not chosen or plain(value) in chosen]
        assert sum(shown) == response.total.value
    inside = [f"2026-{month:02}" for month in range(first, first + months)]
    by_month = as_dict(response.facets.months)
    assert sum(by_month.get(month, 0) for month in inside) == response.total.value
