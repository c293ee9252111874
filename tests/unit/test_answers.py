"""What answers a query: loose words, lists by date, ties and titles."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.opened import OpenIndex
from index.parts.keyword.bm25 import Bm25fParams, Concept, Posting, held, score
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Alternative, Hit, Mode, SearchRequest, Sort
from search.query.query import parse_query
from search.rank.answers import answering, found_by_words
from search.rank.keyword_arm import KeywordResult, keyword_arm
from search.rank.semantic_arm import SemanticResult
from search.understand.understanding import Understanding, WordMeaning, as_typed

CONFIG = SearchConfig()
AS_TYPED = SearchConfig(expansion=False, names=False, roman=False)
BY_WORDS = (Mode.KEYWORD, Mode.HYBRID)


# -- loose words -------------------------------------------------------------------------------------


def test_a_concept_is_held_as_surely_as_its_weightiest_term() -> None:
    postings = {
        name: Posting(np.array(docids, np.int32), np.ones(len(docids), np.float32))
        for name, docids in {"پولیو": [0, 1], "polio": [1, 2], "drop": [2, 3]}.items()
    }
    terms = (("پولیو", 1.0), ("polio", 0.6), ("drop", 0.2))
    concept = Concept("پولیو", terms, loose=frozenset({"drop"}))
    assert held(
        concept, postings.__getitem__, np.arange(5, dtype=np.int32)
    ).tolist() == pytest.approx([1, 1, 0.6, 0, 0])
    found = score([concept], postings.__getitem__, 5, Bm25fParams())
    assert found.weighted_coverage.tolist() == pytest.approx([1, 1, 0.6, 0, 0])
    assert found.scores[3] > 0, "a loose term still adds to the score"


@pytest.fixture
def loosely(tmp_path: Path) -> Iterator[tuple[OpenIndex, Understanding]]:
    """`پولیو`, and two words that are searched for it: a sure and a loose one."""
    texts = {
        "typed": "پولیو مہم شروع ہوئی",
        "inflected": "پولیو کی خبر اور مہم",
        "sure": "polio drive begins in the city",
        "loose": "prices dropped in the market",
        "neither": "the market was open today",
    }
    index = newsroom.build(
        tmp_path, [Document(name, "", text, "en") for name, text in texts.items()]
    )
    query = parse_query("پولیو", CONFIG)
    others = (
        Alternative("polio", "en", 0.9, "sound"),
        Alternative("dropped", "en", 0.2, "meaning"),
    )
    meanings = {"پولیو": WordMeaning(1.0, others)}
    yield index, Understanding(query, query.plain, "ur", meanings)
    index.close()


def test_a_loose_alternative_finds_nothing_by_itself(
    loosely: tuple[OpenIndex, Understanding],
) -> None:
    index, asked = loosely
    found = keyword_arm(asked, index.keyword, index.columns, CONFIG)
    ids = [index.catalogue.document(docid).id for docid in np.flatnonzero(found.coverage)]
    assert ids == ["typed", "inflected", "sure"]
    assert found.scores[3] > 0 == found.weighted_coverage[3]
    assert found.coverage[2] == 1.0 > found.weighted_coverage[2], (
        "a sure word holds the concept whole"
    )
    narrow = replace(CONFIG, sure_from=0.1)
    assert keyword_arm(asked, index.keyword, index.columns, narrow).coverage[3]


def test_a_typed_word_finds_whatever_it_weighs(loosely: tuple[OpenIndex, Understanding]) -> None:
    """A name typed in Latin letters weighs less than what it is read as, and stands in texts."""
    index, asked = loosely
    reading = (Alternative("dropped", "en", 1.0, "roman"),)
    light = replace(asked, meanings={"پولیو": WordMeaning(0.3, reading)})
    found = keyword_arm(light, index.keyword, index.columns, CONFIG)
    assert np.flatnonzero(found.coverage).tolist() == [0, 1, 3]


def test_one_of_two_common_words_finds_nothing_where_others_hold_both(tmp_path: Path) -> None:
    """عدالت کا فیصلہ counts no article that has a verdict of anybody's; a rare word finds without the other."""
    texts = {
        **{f"both{at}": f"عدالت کا فیصلہ نمبر {at}" for at in range(3)},
        **{f"court{at}": f"عدالت میں سماعت {at}" for at in range(30)},
        **{f"decided{at}": f"کابینہ کا فیصلہ {at}" for at in range(30)},
        "rare": "گوادر کی بندرگاہ",
        **{f"other{at}": f"بارش کی خبر {at}" for at in range(40)},
    }
    documents = [Document(name, "", text, "ur") for name, text in texts.items()]
    index = newsroom.build(tmp_path, documents)
    try:
        for text, expected in (
            ("عدالت کا فیصلہ", {"both"}),
            ("گوادر عدالت", {"rare"}),
            ("عدالت", {"both", "court"}),
        ):
            asked = as_typed(parse_query(text, CONFIG))
            keyword = keyword_arm(asked, index.keyword, index.columns, CONFIG)
            mask = found_by_words(keyword, np.ones(len(texts), bool), index.columns.lang, CONFIG)
            found = {index.catalogue.document(int(at)).id for at in np.flatnonzero(mask)}
            assert {name.rstrip("0123456789") for name in found} == expected
    finally:
        index.close()


def test_words_find_what_holds_most_of_the_concepts(tmp_path: Path) -> None:
    """One word of three that hundreds of articles have finds nothing where others hold all of them."""
    texts = {
        "all": "Imran Khan arrested at the court",
        "two": "Imran arrested by the police",
        **{f"khan{at}": f"Khan number {at} played cricket" for at in range(20)},
        "other": "rain in Karachi",
    }
    documents = [Document(name, "", text, "en") for name, text in texts.items()]
    index = newsroom.build(tmp_path, documents)
    try:
        for text, found in (
            ("imran khan arrest", {"all", "two"}),
            ("khan", {"all"} | {f"khan{at}" for at in range(20)}),
            ("zulfiqar khan", {"all"} | {f"khan{at}" for at in range(20)}),
        ):
            asked = as_typed(parse_query(text, CONFIG))
            keyword = keyword_arm(asked, index.keyword, index.columns, CONFIG)
            by_words = found_by_words(
                keyword, np.ones(len(texts), bool), index.columns.lang, CONFIG
            )
            ids = {index.catalogue.document(int(at)).id for at in np.flatnonzero(by_words)}
            assert ids == found
            none = found_by_words(keyword, np.zeros(len(texts), bool), index.columns.lang, CONFIG)
            assert not none.any()
    finally:
        index.close()


# -- what answers ------------------------------------------------------------------------------------


def arms(
    coverage: list[float], scores: list[float], similarity: dict[int, float]
) -> tuple[KeywordResult, SemanticResult]:
    found = np.array([*similarity], np.int32)
    numbers = np.array([*similarity.values()], np.float32)
    held = np.array(coverage, np.float32)
    docids = np.arange(len(held), dtype=np.int32)
    keyword = KeywordResult(docids, np.array(scores, np.float32), 10.0, (), held, held, 10.0)
    semantic = SemanticResult(found, numbers, found, numbers, numbers, numbers)
    return keyword, semantic


def test_what_answers_holds_all_or_most_or_is_nearest() -> None:
    keyword, semantic = arms(
        coverage=[1.0, 0.8, 0.8, 0.8, 0.5, 0.5, 0.1, 0.0, 0.0],
        scores=[0.5, 5.0, 0.5, 0.5, 5.0, 0.5, 1.0, 0.3, 0.0],
        similarity={3: 0.6, 5: 0.9, 6: 0.9, 7: 1.0, 8: 0.5},
    )
    everything = np.ones(9, bool)
    found = answering(keyword, semantic, everything, CONFIG)
    assert np.flatnonzero(found).tolist() == [0, 1, 3, 5]
    wide = found_by_words(keyword, everything, np.zeros(len(everything), np.int8), CONFIG)
    wide[semantic.docids] = True  # as a list by relevance
    assert np.flatnonzero(wide).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert not (found & ~wide).any()
    some = np.arange(9) > 0
    assert not answering(keyword, semantic, some, CONFIG)[0]


def test_where_nothing_holds_enough_the_nearest_answer() -> None:
    keyword, semantic = arms([0.3, 0.3, 0.28, 0.1], [1, 1, 1, 1], {1: 0.5, 3: 0.9})
    everything = np.ones(4, bool)
    assert np.flatnonzero(answering(keyword, semantic, everything, CONFIG)).tolist() == [3]
    assert np.flatnonzero(answering(keyword, None, everything, CONFIG)).tolist() == [0, 1, 2]
    assert np.flatnonzero(answering(None, semantic, everything, CONFIG)).tolist() == [3]
    nothing = replace(keyword, weighted_coverage=np.zeros(4, np.float32))
    assert not answering(nothing, None, everything, CONFIG).any()


# -- order -------------------------------------------------------------------------------------------

BODY = "The water of the city is short. A crisis of water, water, water: a crisis, say the farmers."


def articles() -> list[Document]:
    def made(name: str, title: str, body: str, day: str | None, lang: str = "en") -> Document:
        return Document(name, title, body, lang, day and date.fromisoformat(day))  # type: ignore[arg-type]

    lines = (
        ("full1", "Water and water crisis: the crisis of water in figures", BODY, "2026-03-01"),
        ("full2", "Crisis, water crisis, crisis", BODY, "2026-03-02"),
        ("exact", "Water crisis", "A committee met on Monday. It will meet again.", "2024-01-01"),
        ("near", "The “Water” Crisis!", "Nobody came to the hearing, it was told.", "2026-01-01"),
        ("old", "Same story", "The leopard came down to the valley.", "2025-05-01"),
        ("undated", "Same story", "The leopard came down to the valley?", None),
        ("new", "Same story", "The leopard came down to the valley!", "2025-06-01"),
        ("urdu", "پانی کا بُحران", "اجلاس پیر کو ہوا۔", "2024-02-02"),
        (
            "urdu-full",
            "پانی کی قلت اور بحران",
            "پانی پانی بحران پانی کا بحران بڑھ گیا۔",
            "2026-01-09",
        ),
    )
    found = [made(*each) for each in lines]
    return [replace(each, lang="ur") if each.id.startswith("urdu") else each for each in found]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    data = tmp_path_factory.mktemp("answers") / "data"
    archives.build([*articles(), *archives.articles(40, seed=3)], data)
    opened = archives.open_engine(data, AS_TYPED, floor=0.05)
    yield opened
    opened.close()


def hits(engine: SearchEngine, query: str, **asked: object) -> tuple[Hit, ...]:
    return engine.search(SearchRequest(query, size=100, **asked)).hits


@pytest.mark.parametrize("mode", BY_WORDS)
@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Water crisis", ["exact", "near"]),
        ("WATER CRISIS", ["exact", "near"]),
        ('"water crisis"', ["exact", "near"]),
        ("the water crisis", ["near", "exact"]),
        ("پانی کا بحران", ["urdu"]),
        ("پاني كا بحران", ["urdu"]),
        ("پانی بحران", ["urdu"]),
    ],
)
def test_a_title_that_is_the_query_comes_first(
    engine: SearchEngine, mode: Mode, query: str, first: list[str]
) -> None:
    found = hits(engine, query, mode=mode)
    assert [hit.id for hit in found][: len(first)] == first
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    for hit in found:
        arms = {each.arm: each for each in hit.explanation.arms}
        assert ("title" in arms) == (hit.id in first)
        assert sum(each.share for each in arms.values()) == pytest.approx(hit.score, abs=1e-5)
    # The test encoder's relevance may be beyond full, and so what is above all others.
    assert found[0].score >= 1.0 - 0.01 * (first == ["urdu"])
    assert mode is Mode.HYBRID or found[0].score <= 1.0


def test_a_title_is_no_title_of_other_queries(engine: SearchEngine) -> None:
    for query in ("water", "water OR crisis", "water crisis committee", "crisis"):
        for hit in hits(engine, query):
            assert "title" not in {each.arm for each in hit.explanation.arms}, query


@pytest.mark.parametrize("mode", list(Mode))
def test_of_equals_the_newest_comes_first_and_the_undated_last(
    engine: SearchEngine, mode: Mode
) -> None:
    found = [hit for hit in hits(engine, "leopard valley", mode=mode) if hit.title == "Same story"]
    shown = [(hit.id, *(copy.id for copy in hit.copies)) for hit in found]
    assert [*itertools.chain(*shown)] == ["new", "old", "undated"]
    for before, after in itertools.pairwise(hits(engine, "city water rain", mode=mode)):
        if before.score == after.score:
            assert (before.date or date.min) >= (after.date or date.min)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_list_by_date_tells_what_it_leaves_out(engine: SearchEngine, mode: Mode) -> None:
    asked = SearchRequest("water crisis farmers", mode=mode, size=100)
    ranked = engine.search(asked)
    by_date = engine.search(replace(asked, sort=Sort.NEWEST))
    assert 0 < by_date.total.value <= ranked.total.value
    told = [each for each in by_date.understood.notices if each.code == "only-answers"]
    assert bool(told) == (by_date.total.value < ranked.total.value)
    if told:
        assert str(ranked.total.value - by_date.total.value) in told[0].message
    assert not [each for each in ranked.understood.notices if each.code == "only-answers"]
    kept = {hit.id for hit in by_date.hits}
    for hit in ranked.hits:
        if hit.id not in kept and not any(hit.id in (c.id for c in k.copies) for k in by_date.hits):
            why = engine.explain(replace(asked, sort=Sort.NEWEST), hit.id)
            assert [each.code for each in why.absences] == ["weak"]
