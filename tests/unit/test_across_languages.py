"""What a query is searched by in articles of its own language, and in those of the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.opened import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Hit, Mode, SearchRequest
from search.rank.semantic_arm import QueryVectors

MIXED = [
    Document(id="ur/court", title="Court Marshal نامی فلم", body="فلم Court Marshal کی نمائش ہوئی۔", lang="ur"),
    Document(id="en/adalat", title="A play named عدالت", body="The play عدالت was staged again.", lang="en"),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    folder = tmp_path_factory.mktemp("across")
    opened = newsroom.build(folder / "data", [*newsroom.ARTICLES, *MIXED])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(index: OpenIndex) -> SearchEngine:
    return newsroom.engine(index)


def hits(engine: SearchEngine, query: str, **how: object) -> dict[str, Hit]:
    request = SearchRequest(query, **{"mode": Mode.KEYWORD, "size": 50, **how})
    return {hit.id: hit for hit in engine.search(request).hits}


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("عدالت", {"ur/عدالت", "en/court", "en/adalat"}, "ur/court"),
        ("court", {"en/court", "ur/عدالت", "ur/court"}, "en/adalat"),
    ],
)
def test_a_translation_finds_articles_of_the_other_language(
    engine: SearchEngine, query: str, found: set[str], not_found: str
) -> None:
    """The word that was typed finds any article; what it is translated to, only those of the other."""
    listed = hits(engine, query)
    assert found <= listed.keys()
    assert not_found not in listed


def test_of_its_own_language_articles_are_rated_by_the_query_as_typed(
    engine: SearchEngine,
) -> None:
    def rated(**how: object) -> dict[str, float]:
        found = hits(engine, "court verdict", mode=Mode.SEMANTIC, **how)
        return {hit.id: hit.score for hit in found.values() if hit.lang == "en"}

    assert rated() == pytest.approx(rated(literal=True))
    assert rated()


def test_a_short_query_is_encoded_once_more_as_its_translations(index: OpenIndex) -> None:
    encoder = newsroom.Bilingual()
    engine = SearchEngine(index, encoder, SearchConfig(translated_words=2))
    engine.search(SearchRequest("court verdict", mode=Mode.SEMANTIC))
    assert "court verdict" in encoder.queries
    assert any("عدالت" in text and "court" not in text for text in encoder.queries)
    encoder.queries.clear()
    engine.search(SearchRequest("court verdict rain price", mode=Mode.SEMANTIC))
    assert not any("عدالت" in text for text in encoder.queries)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_vector_for_the_other_language_lies_between(index: OpenIndex, share: float) -> None:
    config = SearchConfig(translations_share=share)
    queries = np.eye(2, index.vectors.dimension, dtype=np.float32)
    asked = QueryVectors.of(queries, "en", index, config)
    own, other = (index.columns.language_code(name) for name in ("en", "ur"))
    assert asked.queries[asked.rows[own]] == pytest.approx(queries[0])
    between = asked.queries[asked.rows[other]]
    assert between[:2] == pytest.approx(np.array([1 - share, share]) / np.hypot(1 - share, share))


@pytest.mark.parametrize(
    ("query", "all_of_it", "two_words"),
    [
        ("court rain verdict", "ur/all", "en/two"),
        ("عدالت بارش فیصلہ", "en/all", "ur/two"),
    ],
)
def test_all_words_translated_stand_above_two_of_three_as_typed(
    tmp_path: Path, query: str, all_of_it: str, two_words: str
) -> None:
    """Whichever language is asked: articles of about one length, so that words decide."""
    told = [
        Document(id="en/two", title="Tidings", body="The court sits in the rain, they say.", lang="en"),
        Document(id="en/all", title="Tidings", body="A court verdict after the rain today.", lang="en"),
        Document(id="ur/two", title="خبریں", body="آج بارش میں عدالت لگی، کہا جاتا ہے۔", lang="ur"),
        Document(id="ur/all", title="خبریں", body="آج بارش کے بعد عدالت کا فیصلہ آیا۔", lang="ur"),
    ]  # fmt: skip
    told += [
        Document(id=f"{lang}/other-{n}", title=title, body=f"{body} {n}", lang=lang)
        for n in range(9)
        for lang, title, body in (("en", "Notes", "Cricket news, part"), ("ur", "باتیں", "کرکٹ کی باتیں، حصہ"))
    ]  # fmt: skip
    index = newsroom.build(tmp_path / "data", told)
    ranked = list(hits(newsroom.engine(index), query))
    index.close()
    assert ranked.index(all_of_it) < ranked.index(two_words)


def test_what_words_add_is_the_score_in_either_language(engine: SearchEngine) -> None:
    listed = hits(engine, "court verdict").values()
    assert {hit.lang for hit in listed} == {"en", "ur"}
    for hit in listed:
        (arm,) = [arm for arm in hit.explanation.arms if arm.arm == "keyword"]
        added = sum(word.weight for word in hit.explanation.words)
        assert added == pytest.approx(arm.score, abs=0.001)


@pytest.mark.parametrize(
    ("home", "relevance", "scales"),
    [
        (0, [0.20, 0.18, 0.10], [1.0, 0.2 / 0.18]),
        (1, [0.20, 0.18, 0.10], [1.0, 1.0]),
        (0, [0.20, 0.02, 0.01], [1.0, 1.3]),
        (0, [-0.01, 0.02, 0.01], [1.0, 1.0]),
        (0, [0.20, -0.02, -0.03], [1.0, 1.0]),
        (-1, [0.20, 0.02, 0.01], [1.0, 1.0]),
    ],
)
def test_the_best_of_each_language_counts_alike(
    index: OpenIndex, home: int, relevance: list[float], scales: list[float]
) -> None:
    """Up to a bound, and where the query's own language has a match at all."""
    nothing = np.zeros((1, 4), np.float32)
    rows, ones, config = (
        np.zeros(2, np.int32),
        np.ones(2, np.float32),
        SearchConfig(language_scale=1.3),
    )
    plain = QueryVectors(nothing, nothing, rows, home, ones, index, config)
    scaled = plain.scaled(np.array(relevance, np.float32), np.array([0, 1, 1], np.int8))
    assert scaled.scales == pytest.approx(scales, rel=2e-4)
    assert scaled.scales[home] == 1 or home < 0


@pytest.fixture(scope="module")
def mostly_english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    """Fourteen English reports of rain in court and a longer Urdu one that mentions both."""
    told = [
        Document(
            id=f"en/{n}", title=f"City notes {n}", body="Rain in court: court rain.", lang="en"
        )
        for n in range(14)
    ]
    body = "عدالت میں کارروائی جاری رہی۔ باہر بارش ہوئی۔ کرکٹ ٹیم نے میچ جیت لیا اور لوگ خوش ہوئے۔"
    told.append(Document(id="ur/0", title="شہر کی خبریں", body=body, lang="ur"))
    opened = newsroom.build(tmp_path_factory.mktemp("mostly") / "data", told)
    yield opened
    opened.close()


def test_a_language_with_something_is_among_the_first_ten(mostly_english: OpenIndex) -> None:
    """Raised just as far as it takes, within a bound; the order within a language stays."""
    listed = {}
    for scale in (1.0, 3.0):
        engine = SearchEngine(
            mostly_english, newsroom.Bilingual(), SearchConfig(joined_scale=scale)
        )
        listed[scale] = [
            each.id for each in engine.search(SearchRequest("court rain", size=20)).hits
        ]
    before, after = listed[1.0], listed[3.0]
    assert before.index("ur/0") >= 10
    assert 6 <= after.index("ur/0") < 10
    assert [name for name in after if name != "ur/0"] == [n for n in before if n != "ur/0"]


def test_filters_do_not_change_how_far_a_language_is_raised(mostly_english: OpenIndex) -> None:
    engine = SearchEngine(mostly_english, newsroom.Bilingual(), SearchConfig(joined_scale=3.0))
    scores = [
        {hit.id: hit.score for hit in engine.search(request).hits}["ur/0"]
        for request in (
            SearchRequest("court rain", size=20),
            SearchRequest("court rain", size=20, languages=("ur",)),
        )
    ]
    assert scores[0] == scores[1]
