"""The whole trip over a small archive: arms, filters, order, pages and counts, against scans.

`keyword` mode can be foretold exactly by looking at every document; what it may not return the
semantic arm may not either, so filters, phrases and exclusions are held against all modes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import archives
import pytest

from index.documents import Document
from index.errors import RequestError
from index.opened import OpenIndex
from index.store.manifest import current
from index.text.analysis import stem, tokenize
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Hit, Mode, SearchRequest, SearchResponse, Sort

COUNT = 150
MODES = list(Mode)
AS_TYPED = SearchConfig(expansion=False, names=False, roman=False)
"""Alternatives would bring documents that hold none of the words."""
QUERIES = ["بارش", "rain flood", "لاہور سیلاب کرکٹ", "کتابوں کا میلہ", "market road ناموجود"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("engine") / "data"
    archives.build(archives.articles(COUNT, seed=6), data)
    return data


@pytest.fixture(scope="module")
def engine(data: Path) -> Iterator[SearchEngine]:
    opened = archives.open_engine(data, AS_TYPED, floor=0.05)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def documents(data: Path) -> dict[str, Document]:
    with closing(OpenIndex.open_current(data)) as index:
        return archives.documents(index)


@cache
def stems(text: str) -> Counter[str]:
    return Counter(stem(token.term) for token in tokenize(text))


def whole(document: Document) -> str:
    return f"{document.title}\n{document.body}"


def holding(documents: dict[str, Document], *words: str) -> set[str]:
    """Ids of the documents that hold any inflection of any of the words."""
    wanted = {stem(token.term) for word in words for token in tokenize(word)}
    return {name for name, each in documents.items() if wanted & stems(whole(each)).keys()}


def all_hits(engine: SearchEngine, request: SearchRequest, size: int = 100) -> list[Hit]:
    found: list[Hit] = []
    for page in range(1, 2 * COUNT):
        response = engine.search(replace(request, page=page, size=size))
        found += response.hits
        if len(found) >= response.total.reachable or not response.hits:
            return found
    raise AssertionError("pages without end")


def ids(engine: SearchEngine, query: str, mode: Mode = Mode.KEYWORD, **filters: object) -> set[str]:
    return {hit.id for hit in all_hits(engine, SearchRequest(query, mode=mode, **filters))}


# -- arms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["بارش", "rain", "کتابیں", "citizen", "لاہور cricket"])
def test_keyword_mode_finds_what_holds_a_word(
    engine: SearchEngine, documents: dict[str, Document], query: str
) -> None:
    found = all_hits(engine, SearchRequest(query, mode=Mode.KEYWORD))
    assert {hit.id for hit in found} == holding(documents, *query.split())
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert all(0 < hit.score <= 1 for hit in found)
    assert all([arm.arm for arm in hit.explanation.arms] == ["keyword"] for hit in found)


def test_two_common_words_find_what_holds_both(
    engine: SearchEngine, documents: dict[str, Document]
) -> None:
    found = {hit.id for hit in all_hits(engine, SearchRequest("rain flood", mode=Mode.KEYWORD))}
    rain, flood = holding(documents, "rain"), holding(documents, "flood")
    assert min(len(rain), len(flood)) > len(documents) / 4
    assert found == rain & flood


@pytest.mark.parametrize("query", QUERIES)
def test_semantic_mode_knows_no_words(engine: SearchEngine, query: str) -> None:
    response = engine.search(SearchRequest(query, mode=Mode.SEMANTIC))
    assert response.total.keyword == 0
    assert response.total.value == response.total.semantic_only
    for rank, hit in enumerate(response.hits, 1):
        (arm,) = hit.explanation.arms
        assert (arm.arm, arm.rank) == ("semantic", rank)
        assert hit.explanation.words == ()


@pytest.mark.parametrize("query", QUERIES)
def test_hybrid_finds_what_either_arm_finds(engine: SearchEngine, query: str) -> None:
    by_words, by_meaning = ids(engine, query), ids(engine, query, Mode.SEMANTIC)
    assert ids(engine, query, Mode.HYBRID) == by_words | by_meaning
    total = engine.search(SearchRequest(query)).total
    assert total.keyword == len(by_words)
    assert total.semantic_only == len(by_meaning - by_words)
    assert total.value == total.reachable == len(by_words | by_meaning)
    assert by_words
    assert by_meaning - by_words


def test_the_most_and_rarest_words_come_first(
    engine: SearchEngine, documents: dict[str, Document]
) -> None:
    query = "زلزلہ پولیس عید"
    first = all_hits(engine, SearchRequest(query, mode=Mode.KEYWORD))
    matched = [
        len({stem(w) for w in query.split()} & stems(whole(documents[h.id])).keys()) for h in first
    ]
    assert max(matched) == matched[0]
    assert sum(matched[:5]) > sum(matched[-5:])


def test_nothing_found_is_an_empty_page_and_no_failure(engine: SearchEngine) -> None:
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        response = engine.search(SearchRequest("قطبین zzzqqq", mode=mode))
        if mode is Mode.KEYWORD:
            assert (response.hits, response.total.value) == ((), 0)
            assert response.facets.languages == response.facets.sources == ()
        assert response.degraded == ()


# -- filters -----------------------------------------------------------------------------------------

FILTERS: list[tuple[str, dict[str, object], Callable[[Document], bool]]] = [
    ("lang:ur", {"languages": ("ur",)}, lambda d: d.lang == "ur"),
    ("lang:en,ur", {"languages": ("en", "ur")}, lambda d: True),
    ('source:"City Ledger"', {"sources": ("City Ledger",)}, lambda d: d.source == "City Ledger"),
    ("source:صبحِ‌نو", {"sources": ("صبح نو",)}, lambda d: d.source == "صبحِ نو"),
    ("tag:weather", {"tags": ("Weather",)}, lambda d: "weather" in d.tags),
    ("tag:موسم", {"tags": ("موسم",)}, lambda d: "موسم" in d.tags),
    (
        "date:2026-02..2026-03",
        {"date_from": date(2026, 2, 1), "date_to": date(2026, 3, 31)},
        lambda d: d.date is not None and date(2026, 2, 1) <= d.date <= date(2026, 3, 31),
    ),
    (
        "date:2026-04..",
        {"date_from": date(2026, 4, 1)},
        lambda d: bool(d.date and d.date.month > 3),
    ),
    (
        "date:..2026-01-09",
        {"date_to": date(2026, 1, 9)},
        lambda d: bool(d.date and d.date <= date(2026, 1, 9)),
    ),
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("typed", "asked", "passes"), FILTERS, ids=[each[0] for each in FILTERS])
def test_a_filter_holds_in_every_arm_however_it_is_given(
    engine: SearchEngine,
    documents: dict[str, Document],
    mode: Mode,
    typed: str,
    asked: dict[str, object],
    passes: Callable[[Document], bool],
) -> None:
    if typed == "source:صبحِ‌نو":
        typed = 'source:"صبح نو"'
    for query in ("بارش rain", "لاہور Lahore"):
        found = ids(engine, query, mode, **asked)
        assert all(passes(documents[name]) for name in found)
        # What is typed is part of the question: meaning looks at the nearest of what it lets through.
        assert ids(engine, f"{typed} {query}", mode) >= found
        assert found == {name for name in ids(engine, query, mode) if passes(documents[name])}, (
            "a filter of the request selects from the answer"
        )
        if mode is Mode.KEYWORD:
            assert ids(engine, f"{typed} {query}", mode) == found
            words = holding(documents, *query.split())
            assert found == {name for name in words if passes(documents[name])}
            assert found


def test_filters_of_the_request_and_of_the_query_must_both_hold(
    engine: SearchEngine, documents: dict[str, Document]
) -> None:
    both = ids(engine, "tag:weather بارش rain", languages=("en",))
    assert both == {
        name
        for name in holding(documents, "بارش", "rain")
        if documents[name].lang == "en" and "weather" in documents[name].tags
    }
    assert ids(engine, "lang:ur بارش rain", languages=("en",)) == set()
    assert ids(engine, "source:نامعلوم بارش") == set()


def test_a_filter_does_not_change_a_keyword_score(engine: SearchEngine) -> None:
    """Rarity is that of the archive, so a score means the same with and without a filter."""
    everywhere = {
        h.id: h.score for h in all_hits(engine, SearchRequest("بارش rain", mode=Mode.KEYWORD))
    }
    request = SearchRequest("بارش rain", mode=Mode.KEYWORD, languages=("ur",))
    filtered = all_hits(engine, request)
    assert filtered
    assert all(hit.score == everywhere[hit.id] for hit in filtered)


def test_browsing_shows_all_that_passes_newest_first(
    engine: SearchEngine, documents: dict[str, Document]
) -> None:
    wanted = {name for name, each in documents.items() if "weather" in each.tags}
    for request in (SearchRequest("tag:weather"), SearchRequest("", tags=("weather",))):
        for mode in MODES:
            found = all_hits(engine, replace(request, mode=mode))
            assert {hit.id for hit in found} == wanted
            check_order([hit.date for hit in found], newest=True)
            assert {hit.score for hit in found} == {0.0}
            assert {hit.snippet.kind for hit in found} == {"lead"}
            assert all(hit.explanation.arms == () for hit in found)
    oldest = all_hits(engine, SearchRequest("tag:weather", sort=Sort.OLDEST))
    check_order([hit.date for hit in oldest], newest=False)


# -- order and pages ---------------------------------------------------------------------------------


def check_order(dates: list[date | None], *, newest: bool) -> None:
    """In order, and whatever has no date at the end."""
    dated = [each for each in dates if each is not None]
    assert dates[: len(dated)] == dated, "an undated document stands before a dated one"
    assert dated == sorted(dated, reverse=newest)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_by_date_the_undated_come_last_and_none_is_lost(
    engine: SearchEngine, mode: Mode, sort: Sort
) -> None:
    request = SearchRequest("بارش OR rain", mode=mode)
    found = all_hits(engine, replace(request, sort=sort))
    check_order([hit.date for hit in found], newest=sort is Sort.NEWEST)
    assert {hit.id for hit in found} <= {hit.id for hit in all_hits(engine, request)}
    if mode is not Mode.SEMANTIC:
        assert None in [hit.date for hit in found]
        assert {hit.id for hit in found} >= ids(engine, "بارش OR rain")
    same_day = Counter(hit.date for hit in found if hit.date).most_common(1)[0][0]
    scores = [hit.score for hit in found if hit.date == same_day]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(("sort", "size"), [*((sort, 7) for sort in Sort), (Sort.RELEVANCE, 1)])
@pytest.mark.parametrize("mode", MODES)
def test_pages_cover_every_hit_once_and_in_order(
    engine: SearchEngine, mode: Mode, sort: Sort, size: int
) -> None:
    request = SearchRequest("کتاب OR بارش OR rain", mode=mode, sort=sort)
    found = [hit.id for hit in all_hits(engine, request, size=size)]
    assert found == [hit.id for hit in all_hits(engine, request, size=100)]
    least = 20 if sort is Sort.RELEVANCE or mode is not Mode.SEMANTIC else 1
    assert len(found) == len(set(found)) == engine.search(request).total.value > least


def test_a_page_after_the_last_is_empty_and_says_how_many_there_are(engine: SearchEngine) -> None:
    request = SearchRequest("بارش", size=100)
    after = engine.search(replace(request, page=9))
    assert after.hits == ()
    assert after.total == engine.search(request).total
    assert after.facets == engine.search(request).facets


@pytest.mark.parametrize("sort", list(Sort))
def test_paging_ends_at_the_window_and_counts_go_on(
    engine: SearchEngine, data: Path, sort: Sort
) -> None:
    """With a window of 20 the first 20 of the same order can be paged to; totals and facets stay."""
    narrow = archives.open_engine(data, replace(AS_TYPED, window=20), floor=0.05)
    for mode in MODES:
        words = "بارش OR rain OR پانی OR river"
        request = SearchRequest(words, mode=mode, sort=sort, size=10)
        wide, small = engine.search(request), narrow.search(request)
        by_meaning = mode is Mode.SEMANTIC and sort is not Sort.RELEVANCE
        assert by_meaning or wide.total.value > 20
        assert small.total.value == wide.total.value
        assert small.total.reachable == min(20, wide.total.value)
        assert small.facets == wide.facets
        if sort is not Sort.RELEVANCE or mode is Mode.KEYWORD:
            reached = [
                h.id for page in (1, 2) for h in narrow.search(replace(request, page=page)).hits
            ]
            assert reached == [h.id for h in all_hits(engine, request)][:20]
        with pytest.raises(RequestError) as caught:
            narrow.search(replace(request, page=3))
        assert caught.value.parameter == "page"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("query", [*QUERIES, "lang:ur", '"کے لیے"', "rain -flood"])
def test_facets_count_the_whole_result(engine: SearchEngine, mode: Mode, query: str) -> None:
    found = all_hits(engine, SearchRequest(query, mode=mode))
    facets = engine.search(SearchRequest(query, mode=mode, size=1)).facets
    for values, wanted in (
        (facets.languages, Counter(hit.lang for hit in found)),
        (facets.sources, Counter(hit.source for hit in found)),
    ):
        assert {each.value: each.count for each in values} == dict(wanted)
        assert [each.count for each in values] == sorted(wanted.values(), reverse=True)


def test_the_top_is_the_pages_hits(engine: SearchEngine) -> None:
    for mode in MODES:
        request = SearchRequest("بارش rain", mode=mode, page=2, size=7)
        hits = engine.search(request).hits
        assert engine.top(request) == [(hit.id, pytest.approx(hit.score, abs=1e-6)) for hit in hits]


def test_a_search_changes_nothing_and_threads_agree(engine: SearchEngine) -> None:
    requests = [SearchRequest(query, mode=mode) for query in QUERIES for mode in MODES]

    def look(request: SearchRequest) -> SearchResponse:
        return replace(engine.search(request), timings={})

    wanted = [look(request) for request in requests]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(look, requests * 3)) == wanted * 3


def test_a_response_says_where_its_time_went_and_what_it_answers(
    engine: SearchEngine, data: Path
) -> None:
    request = SearchRequest("بارش")
    response = engine.search(request)
    assert response.request == request
    assert response.generation == current(data).name
    assert {
        "parse",
        "keyword",
        "encode",
        "vectors",
        "fusion",
        "snippets",
        "total",
    } <= response.timings.keys()
    parts = sum(spent for stage, spent in response.timings.items() if stage != "total")
    assert parts <= response.timings["total"] * 1.01
    assert "encode" not in engine.search(SearchRequest("بارش", mode=Mode.KEYWORD)).timings
