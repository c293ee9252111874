"""Words lit up across languages by what the encoder makes of them, with no dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import newsroom
import pytest

from index.errors import EncoderError
from index.opened import OpenIndex
from search.config import SearchConfig
from search.models import Hit, Mode, SearchRequest, Span

NO_DICTIONARY = SearchConfig(expansion=False, names=False)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("aligned") / "data")
    yield opened
    opened.close()


def found(
    index: OpenIndex, query: str, id: str, config: SearchConfig = NO_DICTIONARY, **asked
) -> Hit:
    response = newsroom.engine(index, config).search(SearchRequest(query, size=20, **asked))
    return next(hit for hit in response.hits if hit.id == id)


def lit(text: str, spans: tuple[Span, ...]) -> dict[str, str]:
    return {
        text[span.start : span.end]: span.word
        for span in spans
        if span.kind == "meaning" and span.word
    }


def all_lit(hit: Hit) -> dict[str, str]:
    return lit(hit.title, hit.title_spans) | lit(hit.snippet.text, hit.snippet.spans)


def test_an_english_query_lights_up_urdu_words(index: OpenIndex) -> None:
    marks = all_lit(found(index, "court verdict", "ur/عدالت"))
    assert marks["فیصلہ"] == "verdict"
    assert marks["عدالت"] == "court"


def test_and_the_other_way_round(index: OpenIndex) -> None:
    marks = all_lit(found(index, "عدالت کا فیصلہ", "en/court"))
    assert {word.lower(): typed for word, typed in marks.items()} == {
        "court": "عدالت", "verdict": "فیصلہ",
    }  # fmt: skip


def test_both_keyboards_and_marks_are_the_same_word(index: OpenIndex) -> None:
    plain = all_lit(found(index, "وکیل عدالت", "en/court"))
    typed = all_lit(found(index, "وَكيل عدالت", "en/court"))
    assert set(plain) == set(typed) != set()


def test_marks_are_whole_words_and_say_how_sure_they_are(index: OpenIndex) -> None:
    hit = found(index, "court verdict", "ur/عدالت")
    for span in (*hit.title_spans, *hit.snippet.spans):
        assert 0 < span.strength <= 1


def test_the_same_language_is_left_to_its_words(index: OpenIndex) -> None:
    assert all_lit(found(index, "court verdict", "en/court")) == {}


def test_a_document_lights_up_whole(index: OpenIndex) -> None:
    view = newsroom.engine(index, NO_DICTIONARY).document(
        "ur/عدالت", SearchRequest("court verdict")
    )
    assert set(lit(view.body, view.body_spans).values()) == {"court", "verdict"}


@pytest.mark.parametrize("asked", [{"literal": True}, {"mode": Mode.KEYWORD}])
def test_not_where_the_reader_asked_for_words_alone(index: OpenIndex, asked: dict) -> None:
    response = newsroom.engine(index, NO_DICTIONARY).search(
        SearchRequest("court verdict عدالت", size=20, **asked)
    )
    marks = [all_lit(hit) for hit in response.hits]
    assert response.hits
    assert not any(marks)


def test_the_switch_turns_it_off(index: OpenIndex) -> None:
    off = replace(NO_DICTIONARY, alignment=False)
    assert all_lit(found(index, "court verdict", "ur/عدالت", off)) == {}


def test_a_word_switched_off_is_not_lit(index: OpenIndex) -> None:
    on = found(index, "court verdict", "ur/عدالت", SearchConfig())
    off = found(index, "court verdict", "ur/عدالت", SearchConfig(), off=("فیصلہ",))
    assert "فیصلہ" in all_lit(on)
    assert "فیصلہ" not in all_lit(off)


class Silent(newsroom.Bilingual):
    def token_states(self, texts, *, query):  # type: ignore[no-untyped-def]
        if query:
            raise EncoderError("gone")
        return super().token_states(texts, query=query)


def test_an_encoder_that_fails_costs_the_marks_and_nothing_else(index: OpenIndex) -> None:
    engine = newsroom.engine(index, NO_DICTIONARY, Silent())
    response = engine.search(SearchRequest("court verdict"))
    assert response.hits
    assert [(each.arm, each.reason) for each in response.degraded] == [("marks", "gone")]
