"""Counts beside the results: what is counted over what, how it is spelled, and the line of time."""

from __future__ import annotations

import calendar
import gc
import random
import sys
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import pytest
from inputs import some

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.opened import OpenIndex
from search.config import Scoring, SearchConfig
from search.engine import SearchEngine
from search.models import Facets, FacetValue, Mode, SearchRequest, Sort

RAIN = "بارش"


def article(
    number: int,
    lang: str,
    day: str | None,
    source: str,
    *tags: str,
    body: str = "آج شہر میں بارش ہوئی اور rain fell on the city.",
) -> Document:
    when = None if day is None else date.fromisoformat(day)
    return Document(f"a{number}", f"خبر {number}", body, lang, when, source, "", tags)


ARTICLES = [
    article(1, "ur", "2026-01-31", "صبحِ نو", "تعلیم", "صحت"),
    article(2, "ur", "2026-02-01", "صبحِ نو", "صحت"),
    article(3, "ur", "2026-05-09", "شہر نامہ", "تعلیم"),
    article(4, "en", "2026-05-10", "City Ledger", "health"),
    article(5, "en", None, "City Ledger", "health", "صحت"),
    article(6, "ur", None, "", "تعلیم"),
    article(7, "ur", "2026-03-01", "شہر نامہ", "کھیل", body="کرکٹ کا فائنل آج ہوگا۔"),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    yield from opened(ARTICLES, tmp_path_factory.mktemp("facets") / "data")


def opened(articles: list[Document], data: Path) -> Iterator[SearchEngine]:
    archives.build(articles, data)
    engine = archives.open_engine(data)
    yield engine
    engine.close()


def ask(engine: SearchEngine, query: str = RAIN, **filters: object) -> Facets:
    return engine.search(SearchRequest(query, mode=Mode.KEYWORD, **filters)).facets


def pairs(listed: tuple[FacetValue, ...]) -> list[tuple[str, int]]:
    return [(each.value, each.count) for each in listed]


def test_without_a_filter_all_is_counted_over_the_answer(engine: SearchEngine) -> None:
    found = ask(engine)
    assert pairs(found.languages) == [("ur", 4), ("en", 2)]
    assert pairs(found.sources) == [("City Ledger", 2), ("صبحِ نو", 2), ("شہر نامہ", 1)]
    assert pairs(found.tags) == [("تعلیم", 3), ("صحت", 3), ("health", 2)]
    months = [("2026-01", 1), ("2026-02", 1), ("2026-03", 0), ("2026-04", 0), ("2026-05", 2)]
    assert pairs(found.months) == months
    assert (found.first, found.last) == (date(2026, 1, 31), date(2026, 5, 10))
    assert found.undated == 2


def test_a_dimension_does_not_narrow_itself_but_the_others(engine: SearchEngine) -> None:
    found = ask(engine, languages=("ur",))
    assert pairs(found.languages) == [("ur", 4), ("en", 2)]
    assert pairs(found.sources) == [("صبحِ نو", 2), ("شہر نامہ", 1)]
    assert pairs(found.tags) == [("تعلیم", 3), ("صحت", 2)]
    assert pairs(found.months)[-1] == ("2026-05", 1)
    assert found.undated == 1


def test_two_dimensions_each_leave_the_other_standing(engine: SearchEngine) -> None:
    found = ask(engine, languages=("ur",), tags=("صحت",))
    assert pairs(found.languages) == [("ur", 2), ("en", 1)]
    assert pairs(found.tags) == [("تعلیم", 3), ("صحت", 2)]
    assert pairs(found.sources) == [("صبحِ نو", 2)]


def test_the_dates_ignore_their_own_filter_only(engine: SearchEngine) -> None:
    found = ask(engine, date_from=date(2026, 2, 1), date_to=date(2026, 2, 28))
    assert pairs(found.languages) == [("ur", 1)]
    assert [each.count for each in found.months] == [1, 1, 0, 0, 2]
    assert found.undated == 2


def test_filters_typed_into_the_query_always_hold(engine: SearchEngine) -> None:
    found = ask(engine, f"lang:ur {RAIN}", languages=("ur",))
    assert pairs(found.languages) == [("ur", 4)]
    found = ask(engine, f"date:2026-05 {RAIN}", date_to=date(2026, 5, 9))
    assert pairs(found.months) == [("2026-05", 2)]
    assert found.undated == 0


def test_a_chosen_value_is_listed_even_with_nothing_in_it(engine: SearchEngine) -> None:
    found = ask(engine, tags=("کھیل",))
    assert pairs(found.tags) == [("تعلیم", 3), ("صحت", 3), ("health", 2), ("کھیل", 0)]
    assert pairs(found.languages) == []
    assert pairs(ask(engine, tags=("ناموجود",)).tags) == pairs(ask(engine).tags)


@pytest.mark.parametrize("typed", ["تعليم", "تَعلیم", "تعلی\u200dم"])
def test_a_value_is_chosen_in_any_spelling_and_listed_in_the_archives(
    engine: SearchEngine, typed: str
) -> None:
    """Arabic keyboard, marks and joiners as in the archive's own words."""
    found = ask(engine, tags=(typed,))
    assert ("تعلیم", 3) in pairs(found.tags)
    assert pairs(found.languages) == [("ur", 3)]


def test_spellings_that_a_filter_takes_for_one_are_counted_as_one(tmp_path: Path) -> None:
    """Of two keyboards, and with a mark or without; a document with both spellings is one."""
    articles = [
        article(1, "ur", "2026-01-01", "صبحِ نو", "معيشت"),
        article(2, "ur", "2026-01-02", "صبح نو", "معیشت", "معيشت"),
        article(3, "ur", "2026-01-03", "صبحِ نو", "معیشت", "Economy"),
        article(4, "ur", "2026-01-04", "صبحِ نو", "economy"),
    ]
    for engine in opened(articles, tmp_path / "data"):
        for chosen in ((), ("معيشت",), ("معیشت",)):
            found = ask(engine, tags=chosen)
            assert pairs(found.tags) == [("معیشت", 3), ("economy", 2)]
            assert pairs(found.sources) == [("صبحِ نو", 3 if chosen else 4)]


def test_browsing_counts_what_the_filters_leave(engine: SearchEngine) -> None:
    found = ask(engine, "", languages=("en",))
    assert pairs(found.languages) == [("ur", 5), ("en", 2)]
    assert pairs(found.tags) == [("health", 2), ("صحت", 1)]
    found = ask(engine, "tag:کھیل")
    assert pairs(found.months) == [("2026-03", 1)]


def test_nothing_found_has_no_counts(engine: SearchEngine) -> None:
    assert ask(engine, "زلزلہ") == Facets()


def test_the_most_frequent_tags_and_those_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scoring, "TAGS_COUNTED", 2)
    for engine in opened(ARTICLES, tmp_path / "data"):
        assert pairs(ask(engine).tags) == [("تعلیم", 3), ("صحت", 3)]
        assert pairs(ask(engine, tags=("health",)).tags) == [
            ("تعلیم", 3),
            ("صحت", 3),
            ("health", 2),
        ]


@pytest.mark.parametrize(
    ("days", "months"),
    [
        (["2006-02-28", "2026-01-01"], 240),
        (["2006-01-31", "2026-01-01"], 21),
        (["0900-06-01", "2026-01-01"], 2),
    ],
)
def test_a_long_time_is_counted_by_year(tmp_path: Path, days: list[str], months: int) -> None:
    """240 months are the most; of more years than that, only those that hold something."""
    articles = [article(at, "ur", day, "صبحِ نو") for at, day in enumerate(days)]
    for engine in opened(articles, tmp_path / "data"):
        found = pairs(ask(engine).months)
        size = 7 if months == 240 else 4
        assert len(found) == months
        assert (found[0], found[-1]) == ((days[0][:size], 1), (days[1][:size], 1))
        assert sum(count for _, count in found) == 2


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """An archive in which meaning finds more than the nearest passages of each language."""
    data = tmp_path_factory.mktemp("counted") / "data"
    archives.build(archives.articles(240, seed=11), data)
    engine = archives.open_engine(data, SearchConfig(semantic_depth=12), floor=0.05)
    yield engine
    engine.close()


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"languages": ("ur",)},
        {"sources": ("City Ledger", "صبحِ نو"), "date_from": date(2026, 2, 1)},
        {"tags": ("weather",), "languages": ("en", "ur")},
    ],
)
def test_a_count_is_what_ticking_the_value_gives(
    many: SearchEngine, mode: Mode, sort: Sort, filters: dict[str, object]
) -> None:
    """In every mode and order, whatever else is chosen: for months by their first and last day."""
    dice = random.Random(f"{mode} {sort} {filters}")  # four of some twenty, others in each case
    for query in ("بارش سیلاب", "rain OR flood", "لاہور میں ڈینگی", "selab", 'barish -"city road"'):
        asked = SearchRequest(query, mode=mode, sort=sort, size=1, **filters)
        found = many.search(asked).facets
        ticked = [
            *((each, {"languages": (each.value,)}) for each in found.languages),
            *((each, {"sources": (each.value,)}) for each in found.sources),
            *((each, {"tags": (each.value,)}) for each in found.tags),
            *((each, month(each.value)) for each in found.months),
        ]
        for each, chosen in dice.sample(ticked, min(some(4), len(ticked))):
            total = many.search(replace(asked, **chosen)).total.value
            assert total == each.count, (query, each, chosen)


def month(value: str) -> dict[str, date]:
    year, number = map(int, value.split("-"))
    last = calendar.monthrange(year, number)[1]
    return {"date_from": date(year, number, 1), "date_to": date(year, number, last)}


def test_what_is_counted_of_an_archive_goes_with_it(tmp_path: Path) -> None:
    """Nothing keeps the names and arrays of a generation that nobody has open any more."""
    archives.build(ARTICLES, tmp_path / "data")
    index = OpenIndex.open_current(tmp_path / "data")
    engine = SearchEngine(index, HashEncoder(), SearchConfig())
    ask(engine, languages=("ur",), tags=("تعلیم",), sources=("صبحِ نو",))
    columns = index.columns
    held = [weakref.ref(columns), weakref.ref(columns.live), weakref.ref(columns.tag_codes)]
    names = columns.tag_names
    gc.disable()
    try:
        engine.close()
        del engine, index, columns
        assert [each() for each in held] == [None] * 3
        assert sys.getrefcount(names) == 2, "only this test knows the names"
    finally:
        gc.enable()
