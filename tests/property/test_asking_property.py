"""Whatever is asked: an answer whose every hit meets the query's conditions, or a documented refusal."""

from __future__ import annotations

from collections.abc import Iterator

import newsroom
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.errors import RequestError
from index.opened import OpenIndex
from index.text.analysis import stem, terms
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest
from search.query.conditions import All, AnyOf, Condition, Holds, Not, Passes
from search.query.query import parse_query

WORDS = [
    "court",
    "verdict",
    "rain",
    "karachi",
    "hockey",
    "team",
    "wheat",
    "price",
    "بارش",
    "کراچی",
    "عدالت",
]
MARKS = [
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    "-",
    "+",
    "!",
    "|",
    "&&",
    '"',
    "*",
    "?",
    "~",
    "~3",
    "(نہیں)",
    "(یا)",
]
FIELDS = [
    "title:",
    "lang:ur",
    "lang:en",
    "-lang:ur",
    "date:2026",
    "source:",
    "tag:",
    "before:2020",
    ":",
]
NOISE = ["😀", "\ud800", "\x00", "\u202e", "\u200f", "۔", "،", "..", "rai*", "vac?", "*", "-", "  "]
queries = st.lists(st.sampled_from([*WORDS * 2, *MARKS, *FIELDS, *NOISE]), max_size=14).flatmap(
    lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])
)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("asking") / "data", newsroom.ARTICLES)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(index: OpenIndex) -> SearchEngine:
    return newsroom.engine(index)


@unhurried
@given(queries, st.sampled_from(list(Mode)))
@example("*" * 300, Mode.HYBRID)
@example("(" * 200 + "rain" + ")" * 200, Mode.HYBRID)
@example(" OR ".join(["rain", "court"] * 60), Mode.KEYWORD)
@example(" ".join(f"{letter}a*" for letter in "abcdefghijklmnopqrstuvwxyz" * 2), Mode.HYBRID)
@example("NOT " * 100 + "rain", Mode.HYBRID)
@example('"' * 99, Mode.HYBRID)
def test_an_answer_or_a_refusal(engine: SearchEngine, text: str, mode: Mode) -> None:
    try:
        response = engine.search(SearchRequest(text, mode=mode, size=50))
    except RequestError as error:
        _refused(error)
        return
    assert response.total.value >= len(response.hits)
    assert all(notice.code and notice.message for notice in response.understood.notices)


def _refused(error: RequestError) -> None:
    assert error.hint


@unhurried
@given(queries)
@example("-(rain OR court) karachi")
@example("rain AND NOT (karachi OR title:rain)")
@example("lang:ur OR title:court")
def test_documents_meet_the_conditions_read_by_hand(engine: SearchEngine, text: str) -> None:
    """The masks of postings agree with a reading of each article's words, one by one."""
    limits = SearchConfig()
    try:
        query = parse_query(text, limits, every_word=True)
        selected = set(engine.selection(text).ids)
    except RequestError:
        return
    if query.everything or any(atom.loose for atom in query.atoms) or query.filters.sources:
        return
    for document in newsroom.ARTICLES:
        meets = all(_meets(condition, document) for condition in query.conditions)
        assert (document.id in selected) == (meets and _passes(Passes(query.filters), document))


def _meets(condition: Condition, document: Document) -> bool:
    if isinstance(condition, Holds):
        return _holds(condition, document)
    if isinstance(condition, Passes):
        return _passes(condition, document)
    if isinstance(condition, Not):
        return not _meets(condition.part, document)
    assert isinstance(condition, (All, AnyOf))
    together = all if isinstance(condition, All) else any
    return together(_meets(part, document) for part in condition.parts)


def _passes(condition: Passes, document: Document) -> bool:
    filters = condition.filters
    dated = not (filters.date_from or filters.date_to)  # none of these articles has a date
    tagged = not (filters.tags or filters.sources)  # nor a tag or a source
    return dated and tagged and document.lang in (filters.languages or (document.lang,))


def _holds(condition: Holds, document: Document) -> bool:
    atom = condition.atom
    texts = [document.title] if atom.field == "title" else [document.title, document.body]
    for words in map(terms, texts):
        if atom.within is not None:
            reach = len(atom.words) + atom.within
            windows = (set(words[at : at + reach]) for at in range(len(words)))
            found = any(set(atom.words) <= window for window in windows)
        elif len(atom.words) > 1 or atom.phrase:
            size = len(atom.words)
            found = any(tuple(words[at : at + size]) == atom.words for at in range(len(words)))
        else:
            found = stem(atom.words[0]) in map(stem, words)
        if found:
            return True
    return False
