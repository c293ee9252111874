"""What a query is searched by in articles of its own language, and in those of the other."""

from __future__ import annotations

from collections.abc import Iterator

import newsroom
import pytest

from index.documents import Document
from index.reader import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Hit, Mode, SearchRequest

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


def test_a_short_query_is_encoded_once_more_with_its_translations(index: OpenIndex) -> None:
    encoder = newsroom.Bilingual()
    config = SearchConfig(translated_words=2)
    engine = SearchEngine(index, encoder, config)
    engine.search(SearchRequest("court verdict", mode=Mode.SEMANTIC))
    short = [text for text in encoder.queries if "court" in text]
    assert any("عدالت" in text for text in short)
    assert "court verdict" in short
    encoder.queries.clear()
    engine.search(SearchRequest("court verdict rain price", mode=Mode.SEMANTIC))
    assert not any("عدالت" in text for text in encoder.queries)
