"""An export: everything that answers, ranked once, read in chunks, whatever happens meanwhile."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import pytest

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.errors import IndexDamagedError, RequestError, SearchTimeoutError
from index.parts.catalogue.catalogue import Catalogue
from index.store.manifest import current
from search.config import SearchConfig
from search.engine import SearchEngine
from search.live import LiveEngine
from search.models import Mode, SearchRequest, Sort
from search.rank.ranking import Ranker, Ranking

WINDOW, CHUNK = 20, 7
LIMITS = SearchConfig(max_page_size=5, window=WINDOW, export_chunk=CHUNK)
WIRE = (
    "پنجاب میں گندم کی خریداری کا ہدف پورا، کِسانوں نے ۱۴۰۰ بوریاں فی مرکز جمع کرائیں",
    "محکمہ خوراک کے مطابق گندم کی خریداری کا ہدف پورا ہو گیا ہے۔ کسانوں نے مراکز پر بوریاں جمع کرائیں۔ "
    "وزیر خوراک نے کہا کہ ادائیگی ایک ہفتے میں کر دی جائے گی، اور یہ کہ سیاہ\u200cفام گوداموں کی مرمت "
    "جاری ہے۔ ضلعی افسروں نے بتایا کہ اس سال ہر مرکز پر قطاریں چھوٹی رہیں۔",
)
EVERYTHING = SearchRequest("")


def corpus() -> list[Document]:
    """Sixty articles in both languages, some undated, and one wire text that two newspapers ran."""
    told = [
        Document(
            id=f"wire/{number}",
            title=WIRE[0],
            body=WIRE[1] + extra,
            lang="ur",
            date=date(2026, 3, 1 + number),
            source=source,
            tags=("گندم, خوراک",),
        )
        for number, (source, extra) in enumerate((("شہر نامہ", ""), ("صبحِ نو", " ایجنسی۔")))
    ]
    return [*archives.articles(60), *told]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "data"
    archives.build(corpus(), folder)
    return folder


@pytest.fixture(scope="module")
def engine(data: Path) -> Iterator[SearchEngine]:
    opened = archives.open_engine(data, LIMITS, floor=0.05)
    yield opened
    opened.close()


def ids(engine: SearchEngine | LiveEngine, request: SearchRequest) -> list[str]:
    return [row.id for row in engine.export(request).rows]


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    "query", ["بارش rain پانی river", "city", "پانی", "-rain پولیس", "lang:ur"]
)
def test_it_holds_all_that_answers_and_says_how_many(
    engine: SearchEngine, query: str, mode: Mode
) -> None:
    """Though the window, and a page, are shorter than the answer: as many as a list by date."""
    request = SearchRequest(query, mode=mode, size=5)
    total = engine.search(replace(request, sort=Sort.NEWEST)).total.value
    found = engine.export(request)
    rows = [row.id for row in found.rows]
    assert found.total == total == len(rows) == len(set(rows))
    more = engine.search(request).total.value - total
    said = [each.message for each in found.notices if each.code == "only-answers"]
    assert bool(said) == bool(more)
    assert all(f" {more:,} more" in message for message in said)


def test_some_answers_are_longer_than_the_window(engine: SearchEngine) -> None:
    """The test above is worth what it sees."""
    totals = [engine.export(SearchRequest(query)).total for query in ("city", "پانی", "lang:ur")]
    assert max(totals) > WINDOW


@pytest.mark.parametrize("sort", list(Sort))
def test_it_begins_with_the_hits_of_the_pages_in_their_order(
    engine: SearchEngine, sort: Sort
) -> None:
    request = SearchRequest("city rain بارش", mode=Mode.KEYWORD, sort=sort, size=5)
    pages = [engine.search(replace(request, page=page)) for page in range(1, WINDOW // 5 + 1)]
    paged = [hit for page in pages for hit in page.hits]
    exported = [row for row in engine.export(request).rows if not row.copy_of]
    answers = {row.id for row in exported}
    paged = [hit for hit in paged if hit.id in answers]
    rows = exported[: len(paged)]
    assert len(rows) > 5
    assert [(r.id, r.score) for r in rows] == [(h.id, h.score) for h in paged]
    assert [r.snippet for r in rows] == [h.snippet.text for h in paged]


@pytest.mark.parametrize("mode", list(Mode))
def test_without_words_and_filters_it_is_the_archive(engine: SearchEngine, mode: Mode) -> None:
    found = {row.id: row for row in engine.export(replace(EVERYTHING, mode=mode)).rows}
    expected = {each.id: each for each in corpus()}
    assert found.keys() == expected.keys()
    for name, row in found.items():
        article = expected[name]
        assert (row.title, row.body, row.date) == (article.title, article.body, article.date)
        assert (row.lang, row.source, row.tags) == (article.lang, article.source, article.tags)
    assert any(row.date is None for row in found.values())


@pytest.mark.parametrize(
    "filters",
    [
        {"languages": ("ur",)},
        {"sources": ("City Ledger",)},
        {"tags": ("weather",)},
        {"tags": ("گندم, خوراک",)},
        {"date_from": date(2026, 2, 1), "date_to": date(2026, 3, 31)},
        {"languages": ("en",), "tags": ("sport",)},
    ],
)
def test_filters_alone_are_enough(engine: SearchEngine, filters: dict) -> None:
    request = SearchRequest("", **filters)

    def passes(each: Document) -> bool:
        return (
            each.lang in (request.languages or (each.lang,))
            and each.source in (request.sources or (each.source,))
            and bool(set(each.tags) & set(request.tags or each.tags) or not request.tags)
            and (not request.date_from or bool(each.date and each.date >= request.date_from))
            and (not request.date_to or bool(each.date and each.date <= request.date_to))
        )

    expected = {each.id for each in corpus() if passes(each)}
    assert set(ids(engine, request)) == expected
    assert 0 < len(expected) < len(corpus())


def test_words_to_leave_out_alone_are_still_no_question(engine: SearchEngine) -> None:
    """Everything is had by asking for nothing, never by a question that was not understood."""
    found = engine.export(SearchRequest("-rain"))
    assert (found.total, [notice.code for notice in found.notices]) == (0, ["only-exclusions"])
    with pytest.raises(RequestError):
        engine.search(EVERYTHING)


def test_copies_are_rows_that_name_what_they_are_copies_of(engine: SearchEngine) -> None:
    request = SearchRequest("گندم کی خریداری", mode=Mode.KEYWORD)
    found = engine.export(request)
    rows = {row.id: row for row in found.rows}
    assert {"wire/0", "wire/1"} <= rows.keys()
    assert found.copies == 1
    shown = {hit.id for hit in engine.search(replace(request, size=5)).hits}
    (copy,) = {"wire/0", "wire/1"} - shown
    (leader,) = {"wire/0", "wire/1"} & shown
    assert rows[copy].copy_of == leader
    assert rows[leader].copy_of == ""


def test_it_ranks_once_and_reads_a_chunk_at_a_time(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked, read = [], []
    rank, documents = Ranker.rank, Catalogue.documents

    def ranking(self: Ranker, **how: bool) -> Ranking:
        ranked.append(self)
        return rank(self, **how)

    def reading(self: Catalogue, docids: object) -> list[Document]:
        found = documents(self, docids)
        read.append(len(found))
        return found

    monkeypatch.setattr(Ranker, "rank", ranking)
    monkeypatch.setattr(Catalogue, "documents", reading)
    found = engine.export(SearchRequest("بارش rain پانی river"))
    assert (len(ranked), read) == (1, []), "nothing is read before the first row is asked for"
    next(found.rows)
    assert sum(read) <= 2 * CHUNK
    assert sum(1 for _ in found.rows) == found.total - 1
    assert len(ranked) == 1
    assert max(read) <= CHUNK


def test_who_goes_away_ends_the_work(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    found = engine.export(SearchRequest("بارش rain پانی river"))
    next(found.rows)
    found.rows.close()  # type: ignore[attr-defined] - as a server does when its client goes
    monkeypatch.setattr(Catalogue, "documents", None)
    assert list(found.rows) == []


def test_the_time_budget_is_for_ranking_not_for_reading(data: Path) -> None:
    slow = archives.open_engine(data, replace(LIMITS, time_budget=0.3))
    try:
        found = slow.export(EVERYTHING)
        next(found.rows)
        time.sleep(0.35)
        assert sum(1 for _ in found.rows) == found.total - 1
    finally:
        slow.close()
    none = archives.open_engine(data, replace(LIMITS, time_budget=1e-9))
    with pytest.raises(SearchTimeoutError):
        none.export(SearchRequest("rain"))
    none.close()


@pytest.mark.parametrize("limits", [SearchConfig(max_page_size=1), SearchConfig(window=1)])
def test_limits_of_pages_are_none_of_its_business(data: Path, limits: SearchConfig) -> None:
    opened = archives.open_engine(data, limits)
    assert opened.export(EVERYTHING).total == len(corpus())
    assert opened.selection("lang:ur").ids
    opened.close()


# --- a generation that is replaced ---


@pytest.fixture
def live(data: Path, tmp_path: Path) -> Iterator[LiveEngine]:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    opened = LiveEngine(archives.config(copy), LIMITS, HashEncoder())
    yield opened
    opened.close()


def test_a_generation_that_is_replaced_is_read_to_its_end(live: LiveEngine, tmp_path: Path) -> None:
    """And retired: its files are gone while they are read."""
    found = live.export(EVERYTHING)
    first = next(found.rows)
    folder = tmp_path / "data"
    old = current(folder)
    for mark in ("صحرا", "پہاڑ", "دریا"):
        archives.build(archives.articles(8, seed=3, mark=mark), folder)
    assert live.export(EVERYTHING).total == 8
    assert not old.exists()
    rest = [row.id for row in found.rows]
    assert {first.id, *rest} == {each.id for each in corpus()}
    assert found.generation == old.name != live.generation()


def test_files_that_are_written_to_are_read_no_further(
    live: LiveEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mapped file that is cut short would end the process."""
    monkeypatch.setattr("search.config.Waiting.ROWS_UNGUARDED", CHUNK)
    found = live.export(EVERYTHING)
    next(found.rows)
    file = current(tmp_path / "data") / "catalogue.sqlite"
    os.utime(file, ns=(1, 1))
    with pytest.raises(IndexDamagedError, match="written to"):
        list(found.rows)
