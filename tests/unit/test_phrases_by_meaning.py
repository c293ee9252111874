"""A quoted phrase is exact in its own language, and asked by its meaning where it cannot stand."""

from __future__ import annotations

from collections.abc import Iterator

import newsroom
import pytest

from index.opened import OpenIndex
from index.parts.keyword.packed_postings import stand_near
from search.engine import SearchEngine
from search.models import Mode, SearchRequest, SearchResponse

PHRASE = '"The court reserved its verdict"'


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("phrases") / "data", newsroom.ARTICLES)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(index: OpenIndex) -> SearchEngine:
    return newsroom.engine(index)


def ask(engine: SearchEngine, query: str, **how: object) -> SearchResponse:
    return engine.search(SearchRequest(query, **{"size": 20, **how}))


def codes(response: SearchResponse) -> list[str]:
    return [notice.code for notice in response.understood.notices]


@pytest.mark.parametrize("mode", list(Mode))
def test_where_it_stands_it_is_exact(engine: SearchEngine, mode: Mode) -> None:
    response = ask(engine, PHRASE, mode=mode)
    assert {hit.id for hit in response.hits} <= {"en/court"}
    assert codes(response) == []


@pytest.mark.parametrize("query", [PHRASE, f"+{PHRASE}", f"{PHRASE} verdict"])
def test_in_another_language_its_meaning_is_asked_and_it_says_so(
    engine: SearchEngine, query: str
) -> None:
    response = ask(engine, query, languages=("ur",))
    assert response.hits[0].id == "ur/عدالت"
    assert {hit.lang for hit in response.hits} == {"ur"}
    assert codes(response) == ["phrase-by-meaning"]
    assert response.understood.notices[0].part == PHRASE


def test_a_filter_typed_with_it_says_the_same(engine: SearchEngine) -> None:
    response = ask(engine, f"{PHRASE} lang:ur")
    assert response.hits[0].id == "ur/عدالت"
    assert "phrase-by-meaning" in codes(response)


def test_in_both_languages_each_has_its_own(engine: SearchEngine) -> None:
    """English articles hold it, Urdu ones mean it; counts are what ticking one of them gives."""
    both = ask(engine, PHRASE, languages=("ur", "en"))
    assert {hit.id for hit in both.hits if hit.lang == "en"} == {"en/court"}
    assert "ur/عدالت" in {hit.id for hit in both.hits}
    for lang in ("ur", "en"):
        counts = {each.value: each.count for each in both.facets.languages}
        assert counts[lang] == ask(engine, PHRASE, languages=(lang,)).total.value


def test_a_pasted_sentence_that_nobody_wrote_is_no_empty_page(engine: SearchEngine) -> None:
    response = ask(engine, '"The interior minister received the ambassador of China"')
    assert response.hits[0].id in ("en/minister", "ur/وزیر-داخلہ")
    assert codes(response) == ["phrase-by-meaning"]


def test_a_phrase_within_other_words(engine: SearchEngine) -> None:
    response = ask(engine, 'heavy "rain all over Karachi city" alert')
    assert {hit.id for hit in response.hits[:2]} == {"en/rain", "ur/بارش"}
    assert "phrase-by-meaning" in codes(response)


def test_one_of_several_phrases_is_enough(engine: SearchEngine) -> None:
    response = ask(engine, f'{PHRASE} OR "no such words anywhere"', mode=Mode.KEYWORD)
    assert [hit.id for hit in response.hits] == ["en/court"]
    assert codes(response) == []


def test_words_far_apart_are_no_telling_of_it(engine: SearchEngine) -> None:
    """By words alone an article must hold most of them near each other."""
    response = ask(engine, '"price rain verdict hockey"', mode=Mode.KEYWORD)
    assert response.hits == ()
    assert codes(response) == ["phrase-by-meaning"]


def test_what_is_left_out_is_never_loosened(engine: SearchEngine) -> None:
    response = ask(engine, f"court -{PHRASE}", languages=("ur",))
    assert "phrase-by-meaning" not in codes(response)
    literal = ask(engine, 'court -"no such words"', mode=Mode.KEYWORD, literal=True)
    assert "en/court" in {hit.id for hit in literal.hits}


@pytest.mark.parametrize(
    ("positions", "window", "least", "near"),
    [
        ([[0], [1]], 2, 2, True),
        ([[1], [0]], 2, 2, True),
        ([[0], [5]], 5, 2, False),
        ([[0], [5]], 6, 2, True),
        ([[0, 40], [10, 41]], 2, 2, True),
        ([[0], [1], [30]], 3, 2, True),
        ([[0], [1], [30]], 3, 3, False),
        ([[], [1]], 9, 2, False),
        ([[], []], 9, 1, False),
        ([[3], [3]], 1, 2, True),
    ],
)
def test_words_stand_near(positions: list[list[int]], window: int, least: int, near: bool) -> None:
    assert stand_near(positions, window, least) is near


def test_near_documents_of_any_form(index: OpenIndex) -> None:
    def near(*groups: list[str], **how: bool) -> tuple[str, ...]:
        return index.catalogue.ids(index.keyword.near_documents(groups, 4, **how))

    assert near(["rain", "rains"], ["karachi"]) == ("en/rain",)
    assert near(["karachi"], ["rain"], title_only=True) == ("en/rain",)
    assert near(["verdict"], ["rain"]) == ()
