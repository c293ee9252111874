"""The sample archive by the real encoder: counts are what ticking gives, lists by date are to the point."""

from __future__ import annotations

import calendar
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from search.engine import SearchEngine
from search.models import Mode, SearchRequest, Sort

pytestmark = [pytest.mark.model, pytest.mark.long]

QUERIES = (
    "education",
    "polio",
    "سیلاب",
    "پانی کی قلت",
    "wheat harvest",
    "taleem",
    "book fair Lahore",
)
FILTERS = (
    {},
    {"languages": ("ur",)},
    {"sources": ("City Ledger",)},
    {"tags": ("education",), "date_from": date(2025, 1, 1)},
)


def ticked(engine: SearchEngine, asked: SearchRequest) -> Iterator[tuple[SearchRequest, int]]:
    """Each value counted beside an answer: the search with it alone in its dimension, and its count."""
    facets = engine.search(asked).facets
    for name in ("languages", "sources", "tags"):
        for each in getattr(facets, name):
            yield replace(asked, **{name: (each.value,)}), each.count
    for each in facets.months:
        year, month = map(int, each.value.split("-"))
        last = date(year, month, calendar.monthrange(year, month)[1])
        yield replace(asked, date_from=date(year, month, 1), date_to=last), each.count


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.SEMANTIC])
def test_a_count_is_what_ticking_gives(engine: SearchEngine, mode: Mode) -> None:
    dice = random.Random(4)
    for query in QUERIES:
        for filters in FILTERS:
            every = [*ticked(engine, SearchRequest(query, mode=mode, size=1, **filters))]
            for asked, count in dice.sample(every, min(8, len(every))):
                assert engine.search(asked).total.value == count, asked


@pytest.mark.parametrize(
    ("query", "words"), [("polio", ("polio", "پولیو")), ("پولیو", ("polio", "پولیو"))]
)
def test_by_date_the_first_hits_are_on_the_subject(
    engine: SearchEngine, query: str, words: tuple[str, ...]
) -> None:
    found = engine.search(SearchRequest(query, sort=Sort.NEWEST)).hits
    assert found
    for hit in found[:3]:
        document = engine.document(hit.id)
        text = f"{document.title} {document.body}".lower()
        assert any(word in text for word in words), hit.title
