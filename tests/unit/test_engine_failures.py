"""What cannot be served as asked: a failing encoder, bad input, a document that is not there.

Failure is never an empty list: a missing arm is named, a wrong value is named with its fix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import pytest

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.encoders.protocol import Vectors
from index.errors import EncoderError, NotFoundError, RequestError
from index.opened import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest, Span

MODES = list(Mode)


@pytest.fixture
def engine(seed_engine: SearchEngine) -> SearchEngine:
    return seed_engine


@pytest.fixture
def documents(seed_documents: dict[str, Document]) -> dict[str, Document]:
    return seed_documents


class Broken(HashEncoder):
    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        raise EncoderError("The embeddings server does not answer.", hint="Is it running?")


@pytest.mark.parametrize("encoder", [Broken(), EncoderError("The model's file is gone.")])
def test_words_answer_when_the_encoder_fails_and_it_is_told(
    engine: SearchEngine, seed_index: OpenIndex, encoder: Broken | EncoderError
) -> None:
    lame = SearchEngine(seed_index, encoder, SearchConfig())
    response = lame.search(SearchRequest("لاہور بارش"))
    (degraded,) = response.degraded
    assert (degraded.arm, degraded.code) == ("semantic", "encoder-unavailable")
    assert degraded.reason
    by_words = engine.search(SearchRequest("لاہور بارش", mode=Mode.KEYWORD))
    assert [(h.id, h.score) for h in response.hits] == [(h.id, h.score) for h in by_words.hits]
    assert response.total == by_words.total
    assert lame.search(SearchRequest("لاہور بارش", mode=Mode.KEYWORD)).degraded == ()
    assert lame.search(SearchRequest("lang:ur", mode=Mode.SEMANTIC)).total.value == 30
    with pytest.raises(EncoderError):
        lame.search(SearchRequest("لاہور بارش", mode=Mode.SEMANTIC))
    assert lame.document("ur/01-monsoon-lahore.md", SearchRequest("بارش")).body_spans
    if isinstance(encoder, EncoderError):
        with pytest.raises(EncoderError, match="gone"):
            lame.require_encoder()


# -- bad input ---------------------------------------------------------------------------------------

BAD = [
    (SearchRequest(""), "q", "empty"),
    (SearchRequest(" \t\n"), "q", "empty"),
    (SearchRequest("؟!… — «»"), "q", "no word"),
    (SearchRequest("ا" * 10_000), "q", "10,000 characters"),
    (SearchRequest("بارش " * 2_000), "q", "9,999 characters"),
    (SearchRequest("بارش", page=0), "page", "from 1"),
    (SearchRequest("بارش", page=-1), "page", "from 1"),
    (SearchRequest("بارش", page=1_000_000), "page", "1,000,000"),
    (SearchRequest("بارش", page=101), "page", "first 1,000"),
    (SearchRequest("بارش", size=0), "size", "1 to 100"),
    (SearchRequest("بارش", size=101), "size", "1 to 100"),
    (SearchRequest("بارش", languages=("xx",)), "lang", "'xx'"),
    (SearchRequest("بارش", languages=("ur", "")), "lang", "''"),
    (
        SearchRequest("بارش", date_from=date(2026, 2, 1), date_to=date(2026, 1, 1)),
        "from",
        "wrong order",
    ),
]


@pytest.mark.parametrize(("request_", "parameter", "says"), BAD)
def test_what_cannot_be_served_says_why(
    engine: SearchEngine, request_: SearchRequest, parameter: str, says: str
) -> None:
    for mode in MODES:
        for ask in (engine.search, engine.top):
            with pytest.raises(RequestError) as caught:
                ask(replace(request_, mode=mode))
            assert caught.value.parameter == parameter
            assert says in caught.value.message
            assert caught.value.hint


def test_undetermined_is_a_language_even_where_no_document_is(engine: SearchEngine) -> None:
    """The API and the command line offer it, and `lang:und` in a query is understood."""
    assert engine.search(SearchRequest("lang:und بارش")).total.value == 0
    assert engine.search(SearchRequest("بارش", languages=("und",))).total.value == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('"محکمہ موسمیات بارش', "quote-unbalanced"),
        ("-بارش", "only-exclusions"),
        ("lang:xx بارش", "language-unknown"),
        ("date:2026-02..2026-01 بارش", "date-reversed"),
        ("بارش OR", "operator-alone"),
        ("مصنف:احمد بارش", "field-unknown"),
        ("بارش " * 70, "too-many-words"),
    ],
)
def test_what_cannot_be_parsed_is_searched_as_words_and_said(
    engine: SearchEngine, query: str, code: str
) -> None:
    for mode in MODES:
        response = engine.search(SearchRequest(query, mode=mode))
        assert code in [notice.code for notice in response.understood.notices]
        assert all(notice.message for notice in response.understood.notices)
        if mode is Mode.KEYWORD:
            assert bool(response.hits) == (code != "only-exclusions")


@pytest.mark.parametrize(
    "query",
    ["\x00", "بارش\x00", "\ud800 بارش", "%", "'; DROP TABLE documents;--", "*" * 500, "🌧️ بارش"],
)
def test_text_of_any_kind_is_answered_or_refused_and_never_breaks(
    engine: SearchEngine, query: str
) -> None:
    for mode in MODES:
        request = SearchRequest(query, mode=mode)
        if "بارش" in query or "DROP" in query:
            assert engine.search(request).total.reachable >= 0
        else:
            with pytest.raises(RequestError, match="has no word"):
                engine.search(request)


# -- a document --------------------------------------------------------------------------------------


def marked(text: str, spans: Sequence[Span]) -> set[str]:
    return {text[span.start : span.end] for span in spans}


def test_a_document_is_shown_whole_with_its_passages_and_marks(
    engine: SearchEngine, seed_index: OpenIndex, documents: dict[str, Document]
) -> None:
    name = "ur/01-monsoon-lahore.md"
    view, document = engine.document(name, SearchRequest("بارشیں لاہور")), documents[name]
    assert (view.title, view.body, view.tags) == (document.title, document.body, document.tags)
    assert (view.lang, view.date, view.source) == ("ur", document.date, document.source)
    assert marked(view.title, view.title_spans) == {"لاہور", "بارش"}
    assert marked(view.body, view.body_spans) >= {"بارش"}
    assert {span.kind for span in view.body_spans} == {"exact", "variant"}
    end = 0
    for number, passage in enumerate(view.passages):
        assert passage.ordinal == number
        assert end <= passage.start < passage.end <= len(view.body)
        assert not view.body[end : passage.start].strip()
        end = passage.end
    assert not view.body[end:].strip()
    assert view.generation == seed_index.name
    plain = engine.document(name)
    assert plain.title_spans == plain.body_spans == ()
    assert sum(passage.best for passage in view.passages) <= 1
    assert not any(passage.best for passage in plain.passages)


def test_a_document_that_is_not_there(engine: SearchEngine) -> None:
    for name in ("ur/99-none.md", "", "../seeds", "\ud800"):
        with pytest.raises(NotFoundError) as caught:
            engine.document(name, SearchRequest("بارش"))
        assert caught.value.parameter == "id"
        assert caught.value.hint


def test_a_document_opened_from_a_query_without_words(engine: SearchEngine) -> None:
    view = engine.document("en/01-monsoon-lahore.md", SearchRequest("؟!"))
    assert view.body_spans == ()
    with pytest.raises(RequestError, match="10,000"):
        engine.document("en/01-monsoon-lahore.md", SearchRequest("x" * 10_000))


@pytest.mark.parametrize("body", ["", "؟!", "بارش"])
def test_an_archive_of_one_passage(tmp_path: Path, body: str) -> None:
    """The only passage is its language's mean, so nothing makes more sense than nonsense does."""
    archives.build([Document("a", "بارش" if body != "بارش" else "", body, "ur")], tmp_path / "data")
    engine = archives.open_engine(tmp_path / "data")
    for mode in MODES:
        assert engine.search(SearchRequest("zzzz", mode=mode)).total.value == 0
        found = engine.search(SearchRequest("بارش", mode=mode)).hits
        assert all(hit.score > 0 and hit.explanation.arms for hit in found)
        assert found or mode is Mode.SEMANTIC
    engine.close()
