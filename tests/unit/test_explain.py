"""Why a document is in an answer, and every reason why it may not be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import archives
import newsroom
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from inputs import some

from index.documents import Document
from index.errors import EncoderError, NotFoundError
from index.opened import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest

DATED = Document(
    id="dated",
    title="Snow leopards counted",
    body="Cameras counted snow leopards in the high valleys. A ranger was glad.",
    lang="en",
    date=date(2026, 1, 7),
    source="City Ledger",
    tags=("wildlife",),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(
        tmp_path_factory.mktemp("explain") / "data", [*newsroom.ARTICLES, DATED]
    )
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(index: OpenIndex) -> SearchEngine:
    return newsroom.engine(index)


def codes(engine: SearchEngine, query: str, id: str = "dated", **more) -> list[str]:
    found = engine.explain(SearchRequest(query, **more), id)
    assert not found.found
    assert (found.rank, found.score, found.arms, found.words) == (None, 0.0, (), ())
    assert all(each.message.endswith(".") for each in found.absences)
    return [each.code for each in found.absences]


@pytest.mark.parametrize("query", ["بارش", "rain in karachi", "barish", '"وزیر داخلہ"'])
def test_a_hit_is_explained_as_in_the_list(engine, query):
    hits = engine.search(SearchRequest(query, size=50)).hits
    assert hits
    for rank, hit in enumerate(hits, 1):
        found = engine.explain(SearchRequest(query, page=3, size=1), hit.id)
        assert (found.found, found.rank, found.score) == (True, rank, hit.score)
        assert (found.arms, found.words) == (hit.explanation.arms, hit.explanation.words)
        assert (found.title, found.absences) == (hit.title, ())


@pytest.mark.parametrize(
    ("query", "more", "code", "says"),
    [
        ("snow", {"languages": ("ur",)}, "filter-lang", "en"),
        ("snow lang:ur", {}, "filter-lang", "en"),
        ("snow", {"sources": ("Daybreak",)}, "filter-source", "City Ledger"),
        ("snow", {"tags": ("sport",)}, "filter-tag", "wildlife"),
        ("snow", {"date_from": date(2026, 2, 1)}, "filter-date", "2026-01-07"),
        ("snow date:2025", {}, "filter-date", "2026-01-07"),
        ("snow -ranger", {}, "excluded", "ranger"),
        ('"wheat rose"', {}, "required", '"wheat rose"'),
        ("snow AND wheat", {}, "required", "wheat"),
        ("snow AND (wheat OR hockey)", {}, "required", "wheat OR hockey"),
        ("snow -(ranger OR hockey)", {}, "excluded", "ranger OR hockey"),
        ('snow NOT source:"City Ledger"', {}, "excluded", "source:City Ledger"),
        ("snow AND lang:ur", {}, "required", "lang:ur"),
        ("title:ranger", {}, "required", "title:ranger"),
    ],
)
def test_what_keeps_a_document_out_for_good(engine, query, more, code, says):
    (absence,) = engine.explain(SearchRequest(query, **more), "dated").absences
    assert absence.code == code
    assert says in absence.message


def test_all_that_keeps_it_out_is_told(engine):
    found = codes(engine, 'snow -ranger "wheat rose"', languages=("en",), tags=("sport",))
    assert found == ["filter-tag", "excluded", "required"]
    found = codes(engine, "snow -ranger", languages=("ur",), tags=("sport",))
    assert found == ["filter-lang", "filter-tag", "excluded"]


def test_an_undated_document_fails_a_date(engine):
    (absence,) = engine.explain(
        SearchRequest("rain", date_from=date(2026, 1, 1)), "en/rain"
    ).absences
    assert "not known" in absence.message


def test_neither_words_nor_meaning(engine):
    found = codes(engine, "wheat price")
    assert found[0] == "no-word"
    assert set(found[1:]) <= {"below-floor", "not-nearest"}
    assert len(found) == 2
    assert codes(engine, "wheat price", mode=Mode.KEYWORD) == ["no-word"]
    (far,) = codes(engine, "wheat price", mode=Mode.SEMANTIC)
    assert far in ("below-floor", "not-nearest")


def test_one_word_of_several_is_too_little(engine):
    """A common word of several; a rarer one would say enough."""
    request = SearchRequest("rain wheat price market farmers", mode=Mode.KEYWORD)
    (absence,) = engine.explain(request, "en/rain").absences
    assert absence.code == "few-words"
    assert absence.message.endswith(": rain.")


def test_without_the_encoder_that_is_a_reason(index):
    blind = newsroom.engine(index, encoder=EncoderError("no model"))
    found = blind.explain(SearchRequest("wheat price"), "dated")
    assert [each.code for each in found.absences] == ["no-word", "semantic-unavailable"]
    assert found.degraded[0].arm == "semantic"


def test_near_but_not_among_the_nearest(index):
    engine = newsroom.engine(index, SearchConfig(semantic_depth=1, similarity_reach=0.0))
    seen = {code for each in newsroom.ARTICLES for code in _absent(engine, each.id)}
    assert "not-nearest" in seen


def _absent(engine: SearchEngine, id: str) -> list[str]:
    request = SearchRequest("rain alert", mode=Mode.SEMANTIC)
    return [each.code for each in engine.explain(request, id).absences]


def test_beyond_the_window(index):
    engine = newsroom.engine(index, SearchConfig(window=1))
    ids = [each.id for each in newsroom.ARTICLES]
    found = [engine.explain(SearchRequest("lang:en"), id) for id in ids if id.startswith("en/")]
    assert sorted(each.found for each in found)[-2:] in ([False, True], [False, False])
    missing = {absence.code for each in found for absence in each.absences}
    assert missing == {"beyond-window"}


def test_a_copy_is_shown_under_another(tmp_path):
    body = " ".join(each.body for each in newsroom.ARTICLES if each.lang == "en") + DATED.body
    long, twin = replace(DATED, body=body), replace(DATED, id="twin", body=f"{body} More soon.")
    opened = newsroom.build(tmp_path / "data", [*newsroom.ARTICLES, long, twin])
    engine = newsroom.engine(opened)
    hits = engine.search(SearchRequest("snow leopards")).hits
    (hit,) = [each for each in hits if each.copies]
    (copy,) = hit.copies
    (absence,) = engine.explain(SearchRequest("snow leopards"), copy.id).absences
    assert absence.code == "copy"
    assert hit.id in absence.message
    opened.close()


def test_exclusions_alone_ask_for_nothing(engine):
    assert codes(engine, "-wheat") == ["nothing-asked"]


def test_no_such_document(engine):
    with pytest.raises(NotFoundError):
        engine.explain(SearchRequest("snow"), "none")


WORDS = ["rain", "بارش", "-rain", '"وزیر داخلہ"', "lang:ur", "title:wheat", "date:2026", "barish"]


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
    st.sampled_from([each.id for each in newsroom.ARTICLES]),
    st.sampled_from(list(Mode)),
)
@hypothesis_settings(
    deadline=None,
    max_examples=some(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_there_is_always_a_rank_or_a_reason(engine, words, id, mode):
    """What is listed has a rank and no reason against it; what is not has a reason and no rank."""
    request = SearchRequest(" ".join(words), mode=mode, size=100)
    listed = {hit.id for hit in engine.search(request).hits}
    found = engine.explain(request, id)
    assert found.found == (id in listed)
    assert bool(found.rank) is found.found
    assert bool(found.absences) is not found.found


@pytest.mark.long
def test_the_sample_archive(seed_engine):
    """On real articles: every document of the other language is left out by the filter alone."""
    request = SearchRequest("پانی", languages=("ur",))
    for path in sorted((archives.SEEDS / "en").glob("*.md"))[:5]:
        found = seed_engine.explain(request, f"en/{path.name}")
        assert [each.code for each in found.absences] == ["filter-lang"]
