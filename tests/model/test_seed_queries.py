"""The sample archive through the real encoder: every question of `seed_queries.tsv` that is typed
in Urdu or English, across the languages too, from both keyboards, and nonsense, which finds nothing.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import archives
import pytest

from search.engine import SearchEngine
from search.models import Mode, SearchRequest, SearchResponse

pytestmark = [pytest.mark.model, pytest.mark.long, pytest.mark.timeout(900)]

DATA = Path(__file__).resolve().parents[1] / "data"


def questions(language: str) -> list[tuple[str, frozenset[str]]]:
    """(query, ids of the right articles) of one language."""
    with (DATA / "seed_queries.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        (row["query"], frozenset(row["relevant"].split(",")))
        for row in rows
        if row["lang"] == language
    ]


ENGLISH, URDU = questions("en"), questions("ur")
BOTH = [*ENGLISH, *URDU]
NONSENSE = ["asdkjh qzxv", "zzzzz", "کھجبلت ڑغثق"]  # and sound like no word
ACROSS = slice(None, None, 3)
"""Ten questions of each language are asked of the other's articles: every third one."""


@cache
def asked(engine: SearchEngine, query: str, **filters: object) -> SearchResponse:
    return engine.search(SearchRequest(query, **filters))


def found(engine: SearchEngine, query: str, **filters: object) -> list[str]:
    return [hit.id for hit in asked(engine, query, **filters).hits]


def test_there_are_thirty_questions_of_each_language() -> None:
    assert len(ENGLISH) == len(URDU) == 30
    names = {path.relative_to(archives.SEEDS).as_posix() for path in archives.SEEDS.glob("*/*.md")}
    assert {name for _, right in BOTH for name in right} == names


@pytest.mark.smoke
@pytest.mark.parametrize(("query", "right"), BOTH, ids=[query for query, _ in BOTH])
def test_a_right_article_comes_first(
    engine: SearchEngine, query: str, right: frozenset[str]
) -> None:
    assert found(engine, query)[0] in right


def test_the_first_page_holds_what_both_newsrooms_wrote(engine: SearchEngine) -> None:
    """Without a filter, too, the other language's article is mostly there: 55 of 60 when written."""
    whole = [query for query, right in BOTH if right <= set(found(engine, query))]
    assert len(whole) >= 52


@pytest.mark.parametrize(
    ("query", "right"), ENGLISH[ACROSS], ids=[query for query, _ in ENGLISH[ACROSS]]
)
def test_english_finds_urdu(engine: SearchEngine, query: str, right: frozenset[str]) -> None:
    hits = found(engine, f"{query} lang:ur", size=3)
    assert all(name.startswith("ur/") for name in hits)
    assert right & set(hits)


@pytest.mark.parametrize(("query", "right"), URDU[ACROSS], ids=[query for query, _ in URDU[ACROSS]])
def test_urdu_finds_english(engine: SearchEngine, query: str, right: frozenset[str]) -> None:
    hits = found(engine, query, languages=("en",), size=3)
    assert all(name.startswith("en/") for name in hits)
    assert right & set(hits)


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_finds_nothing(engine: SearchEngine, query: str) -> None:
    for mode in Mode:
        response = engine.search(SearchRequest(query, mode=mode))
        assert (response.hits, response.total.value, response.degraded) == ((), 0, ())


ARABIC_KEYBOARD = str.maketrans({"ی": "ي", "ک": "ك", "ہ": "ه", "ۃ": "ة"})


@pytest.mark.parametrize(("query", "right"), URDU, ids=[query for query, _ in URDU])
def test_the_arabic_keyboard_finds_the_same_article_first(
    engine: SearchEngine, query: str, right: frozenset[str]
) -> None:
    assert found(engine, query.translate(ARABIC_KEYBOARD))[0] in right


def test_the_arabic_keyboard_means_the_same(engine: SearchEngine) -> None:
    """What a word means does not depend on the keyboard, in semantic mode either."""
    wrong = [
        query
        for query, right in URDU
        if not set(found(engine, query.translate(ARABIC_KEYBOARD), mode=Mode.SEMANTIC)[:1]) & right
    ]
    typed = [
        query
        for query, right in URDU
        if not set(found(engine, query, mode=Mode.SEMANTIC)[:1]) & right
    ]
    assert len(wrong) <= len(typed), wrong


def test_scores_are_shares_of_one(engine: SearchEngine) -> None:
    """A score is between 0 and 1 (`search.rank.fusion`), whatever is asked."""
    over = [
        (query, hit.id, hit.score)
        for query, _ in BOTH
        for mode in Mode
        for hit in asked(engine, query, mode=mode).hits
        if not 0 < hit.score <= 1
    ]
    assert over == []
