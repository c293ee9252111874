"""Suggestions and corrections over the sample archive: `tests/data/suggestions.tsv`, `misspelt.tsv`."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from index.text.normalize import normalize
from search.engine import SearchEngine
from search.models import SearchRequest

pytestmark = [pytest.mark.model, pytest.mark.long, pytest.mark.timeout(900)]

DATA = Path(__file__).resolve().parents[1] / "data"
SHOWN = 5


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def meant(engine: SearchEngine, query: str) -> list[str]:
    response = engine.search(SearchRequest(query, size=1))
    return [normalize(each) for each in response.understood.did_you_mean]


def test_the_golden_files_are_large_enough_and_of_every_kind() -> None:
    typed, misspelt = rows("suggestions.tsv"), rows("misspelt.tsv")
    assert len(typed) >= 40
    assert {row["way"] for row in typed} == {"ur", "en", "roman"}
    assert len(misspelt) >= 30
    assert {row["language"] for row in misspelt} == {"ur", "en"}
    assert all(row["query"] != row["expected"] for row in misspelt)


def test_what_is_being_typed_is_among_the_first_suggestions(engine: SearchEngine) -> None:
    missed = []
    for row in rows("suggestions.tsv"):
        found = [normalize(e.text) for e in engine.suggest(row["typed"], SHOWN).suggestions]
        wanted = row["expected"].split("|")
        missed += [f"{row['typed']} -> {e}" for e in wanted if normalize(e) not in found]
    print(*missed, sep="\n")
    assert len(missed) <= 2


def test_misspelt_queries_are_set_right(engine: SearchEngine) -> None:
    asked = rows("misspelt.tsv")
    missed = [row for row in asked if normalize(row["expected"]) not in meant(engine, row["query"])]
    print(*(f"{row['query']} -> {row['expected']}" for row in missed), sep="\n")
    assert len(missed) <= 3


def test_right_queries_are_left_alone(engine: SearchEngine) -> None:
    """What a person typed rightly, in any way of typing, is hardly ever doubted."""
    asked = [
        row["query"] for name in ("seed_queries.tsv", "roman_queries.tsv") for row in rows(name)
    ]
    asked += [row["expected"] for row in rows("misspelt.tsv")]
    doubted = [(query, better) for query in asked if (better := meant(engine, query))]
    print(*doubted, sep="\n")
    assert len(doubted) <= 0.04 * len(asked)


def test_both_are_quick(engine: SearchEngine) -> None:
    """A generous bound for a busy machine; benchmarks/suggest_speed.py measures."""
    spent = [
        engine.search(SearchRequest(row["query"], size=1)).timings["corrections"]
        for row in rows("misspelt.tsv")
    ]
    assert sorted(spent)[len(spent) // 2] < 100
