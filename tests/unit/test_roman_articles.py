"""Articles in Roman Urdu: read in Urdu letters for both arms, shown and marked as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import archives
import pytest

from index.documents import Document
from index.passages import PassageParams, cut, passage_text
from index.sound.roman_text import in_urdu, readings, urdu_terms
from search.engine import SearchEngine
from search.models import SearchRequest

ROMAN = Document(
    "roman",
    "Karachi mein tez barish, school band",
    "Karachi mein aaj tez barish hui aur hukumat ne tamam school band karne ka elaan kar diya.",
    "ur-Latn",
)
DOCUMENTS = [
    ROMAN,
    Document("urdu", "کراچی میں بارش", "کراچی میں بارش کے بعد سڑکوں پر پانی جمع ہو گیا۔", "ur"),
    Document(
        "english", "Rain in Karachi", "Heavy rain closed the schools of the city on Monday.", "en"
    ),
    Document("persian", "باران در تهران", "باران شدید در تهران باعث تعطیلی مدرسه‌ها شد.", "fa"),
    Document("french", "Pluie à Paris", "La pluie a fermé les écoles de Paris lundi.", "fr"),
]


@pytest.mark.parametrize(
    ("roman", "urdu"),
    [
        ("Karachi mein barish", "کراچی میں بارش"),
        ("hukumat ne bijli mehngi kar di", "حکومت نے بجلی مہنگی کر دی"),
        ("Police ne 3 logon ko giraftar kiya.", "پولیس نے 3 لوگوں کو گرفتار کیا."),
    ],
)
def test_roman_urdu_in_urdu_letters(roman: str, urdu: str) -> None:
    assert in_urdu(roman) == urdu


def test_what_spells_no_urdu_word_stays() -> None:
    assert in_urdu("xkcd 2026 https") == "xkcd 2026 https"
    assert readings("xkcd") == ()
    assert urdu_terms("en", "barish") == []
    assert "بارش" in urdu_terms("ur-Latn", "tez barish")


def test_passages_are_encoded_in_urdu_letters_and_lie_in_the_article() -> None:
    passages = cut(ROMAN, PassageParams())
    assert [passage.lang for passage in passages] == ["ur-Latn"] * 2
    assert passage_text(ROMAN, passages[0]).startswith("کراچی میں تیز بارش")
    assert ROMAN.body[passages[1].start : passages[1].end] == ROMAN.body


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    data: Path = tmp_path_factory.mktemp("roman") / "data"
    archives.build(DOCUMENTS, data)
    opened = archives.open_engine(data)
    yield opened
    opened.close()


def found(engine: SearchEngine, query: str, *languages: str) -> list[str]:
    return [hit.id for hit in engine.search(SearchRequest(query, languages=languages)).hits]


def test_an_urdu_query_finds_a_roman_article(engine: SearchEngine) -> None:
    assert {"roman", "urdu"} <= set(found(engine, "بارش"))
    assert found(engine, "اعلان") == ["roman"]


def test_an_urdu_filter_takes_roman_articles_in(engine: SearchEngine) -> None:
    assert set(found(engine, "بارش", "ur")) == {"roman", "urdu"}
    assert found(engine, "بارش", "ur-Latn") == ["roman"]
    assert set(found(engine, "lang:urdu بارش")) == {"roman", "urdu"}
    facets = engine.search(SearchRequest("بارش", languages=("ur",))).facets.languages
    assert ("ur", 2) in [(each.value, each.count) for each in facets]


def test_roman_words_are_no_english_ones(engine: SearchEngine) -> None:
    """`barish` stands in the archive in Latin letters, and is asked for as Urdu all the same."""
    response = engine.search(SearchRequest("karachi barish"))
    assert response.understood.language == "roman-ur"
    assert {"roman", "urdu"} <= {hit.id for hit in response.hits}


def test_words_are_marked_where_they_are_read(engine: SearchEngine) -> None:
    hit = next(hit for hit in engine.search(SearchRequest("بارش")).hits if hit.id == "roman")
    assert [hit.title[span.start : span.end] for span in hit.title_spans] == ["barish"]
    view = engine.document("roman", SearchRequest("بارش"))
    assert [view.body[span.start : span.end] for span in view.body_spans] == ["barish"]


@pytest.mark.parametrize(
    ("query", "language", "id"), [("باران", "fa", "persian"), ("écoles", "fr", "french")]
)
def test_other_languages_are_found_and_filtered(
    engine: SearchEngine, query: str, language: str, id: str
) -> None:
    assert id in found(engine, query)
    assert found(engine, query, language) == [id]
    assert found(engine, query, "sd") == []
