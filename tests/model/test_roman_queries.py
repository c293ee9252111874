"""The sample archive asked in Roman Urdu, as people type it: `tests/data/roman_queries.tsv`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import archives
import pytest

from search.engine import SearchEngine
from search.models import SearchRequest, SearchResponse

pytestmark = [pytest.mark.model, pytest.mark.long, pytest.mark.timeout(900)]

QUERIES = Path(__file__).resolve().parents[1] / "data" / "roman_queries.tsv"
TOP = 3


def questions() -> list[tuple[str, frozenset[str]]]:
    """(query, ids of the right articles)."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [(row["query"], frozenset(row["relevant"].split(","))) for row in rows]


@cache
def answered(engine: SearchEngine, **asked: object) -> list[SearchResponse]:
    return [engine.search(SearchRequest(query, size=TOP, **asked)) for query, _ in questions()]


def missed(engine: SearchEngine, top: int = TOP, **asked: object) -> list[str]:
    """The questions that have no right article among the first `top` hits."""
    return [
        f"{query} -> {response.understood.resolved}"
        for (query, right), response in zip(questions(), answered(engine, **asked), strict=True)
        if not right & {hit.id for hit in response.hits[:top]}
    ]


def told(what: str, wrong: list[str]) -> None:
    """The count, for `pytest -s` and for whoever reads a failure."""
    print(f"\n{what}: {len(questions()) - len(wrong)} of {len(questions())} found")
    print(*(f"  missed: {each}" for each in wrong), sep="\n")


def test_there_are_fifty_questions_about_all_articles() -> None:
    assert len(questions()) == 50
    names = {path.relative_to(archives.SEEDS).as_posix() for path in archives.SEEDS.glob("*/*.md")}
    assert {name for _, right in questions() for name in right} == names


def test_a_right_article_is_near_the_top(engine: SearchEngine) -> None:
    wrong = missed(engine)
    told(f"a right article in the top {TOP}", wrong)
    told("a right article in first place", missed(engine, top=1))
    assert len(wrong) <= 5


def test_the_urdu_article_is_near_the_top(engine: SearchEngine) -> None:
    wrong = missed(engine, languages=("ur",))
    told(f"the Urdu article in the top {TOP} of lang:ur", wrong)
    assert len(wrong) <= 5


def test_reading_roman_urdu_is_what_finds_them(engine: SearchEngine) -> None:
    """Taken literally the same queries find far less."""
    wrong = missed(engine, literal=True)
    told(f"taken literally, a right article in the top {TOP}", wrong)
    assert len(missed(engine)) + 10 <= len(wrong)
