"""Whatever is typed is understood: no error but the parser's, and nothing outside its bounds."""

from __future__ import annotations

from collections.abc import Iterator

import newsroom
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from inputs import some

from index.errors import RequestError
from index.opened import OpenIndex
from index.text.analysis import is_stop, script, stem, terms
from search.config import Reading, SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest
from search.query.query import Query, parse_query
from search.understand.roman import RomanDecoder
from search.understand.understanding import Interpreter, Understanding, WordMeaning

untimed = settings(
    deadline=None,
    max_examples=some(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
CONFIG = SearchConfig(max_query_chars=300, max_query_words=20)
ROMAN = ["wazir", "wazeer", "dakhla", "ki", "mulaqat", "mein", "barish", "adalat", "log", "Karachi"]
OTHERS = ["court", "the", "meetings", "naqvi", "وزیر", "عدالت", "کی", "2026", "COVID-19", "U.S."]
SIGNS = ["OR", "-", '"', "title:", "lang:ur", "|", "(", ")", "’", "۔"]
WORDS = st.sampled_from([*ROMAN, *OTHERS]) | st.text("aeiouhkmnrstz'", min_size=1, max_size=8)
PLAIN = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
TYPED = st.lists(WORDS | st.sampled_from(SIGNS), max_size=14).map(" ".join)
TEXTS = st.text(max_size=60) | PLAIN | TYPED
OFF = st.lists(st.sampled_from(["وزیر", "عدالت", "court", "meeting", "نقوی"]), max_size=3)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("newsroom"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def reader(index: OpenIndex) -> Interpreter:
    return Interpreter(index, CONFIG)


@pytest.fixture(scope="module")
def engine(index: OpenIndex) -> SearchEngine:
    return newsroom.engine(index, CONFIG)


def read(text: str) -> Query | None:
    try:
        return parse_query(text, CONFIG)
    except RequestError:
        return None


def understand(
    reader: Interpreter, text: str, off: list[str] | None = None
) -> Understanding | None:
    query = read(text)
    if query is None:
        return None
    request = SearchRequest(text, off=tuple(off or ()))
    return reader.understand(query, request, newsroom.Bilingual())


@untimed
@given(TEXTS, OFF)
@example("\ud800 wazir \x00", [])
@example("ß ſ ŉ K ı", [])
@example("a'b'c " * 10, [])
def test_alternatives_keep_within_bounds(reader: Interpreter, text: str, off: list[str]) -> None:
    found = understand(reader, text, off)
    for word, meaning in found.meanings.items() if found else ():
        assert 0 <= meaning.weight <= 1
        assert len({other.word for other in meaning.alternatives}) == len(meaning.alternatives)
        for other in meaning.alternatives:
            assert 0 < other.weight <= 1
            assert other.source in {"roman", "meaning", "sound"}
            assert other.off == (other.word in off)
            assert other.lang == script(other.word)
            assert stem(other.word) != stem(word)
            assert not is_stop(other.word)
        assert meaning.resolved not in off or not meaning.resolved
        assert meaning.function_word == (bool(meaning.resolved) and is_stop(meaning.resolved))


@untimed
@given(TEXTS)
def test_a_resolved_text_has_as_many_words_as_were_typed(reader: Interpreter, text: str) -> None:
    found = understand(reader, text)
    if found and found.resolved:
        assert len(terms(found.resolved)) == len([w for a in found.query.atoms for w in a.words])
        assert found.text == found.resolved
        assert any(script(word) == "ur" for word in terms(found.resolved))


@untimed
@given(PLAIN)
def test_each_plain_word_is_itself_or_urdu_in_its_place(reader: Interpreter, text: str) -> None:
    found = understand(reader, text)
    if found and found.resolved and not any(atom.phrase for atom in found.query.atoms):
        for atom, word in zip(found.query.atoms, terms(found.resolved), strict=True):
            (typed,) = atom.words
            assert word == (found.of(atom).resolved or typed)
            assert script(typed) == "en" or word == typed


@untimed
@given(TEXTS)
@example('barish title:barish "barish" "barish adalat"')
def test_only_plain_words_mean_more_than_themselves(reader: Interpreter, text: str) -> None:
    found = understand(reader, text)
    for atom in found.query.atoms if found else ():
        if not atom.plain:
            assert found.of(atom) == WordMeaning()
        else:
            assert found.of(atom) == found.meanings[atom.words[0]]


@untimed
@given(TEXTS)
def test_readings_are_of_distinct_words_typed(reader: Interpreter, text: str) -> None:
    found = understand(reader, text)
    if found:
        typed = [terms(each.typed)[0] for each in found.readings]
        assert len(typed) == len(set(typed))
        assert set(typed) <= {word for atom in found.query.atoms for word in atom.words}


@untimed
@given(TEXTS)
def test_a_literal_request_is_nothing_but_the_query(reader: Interpreter, text: str) -> None:
    query = read(text)
    if query:
        found = reader.understand(query, SearchRequest(text, literal=True), newsroom.Bilingual())
        query = found.query  # its compounds settled
        plain = query.plain
        assert found == Understanding(query, plain, query.language, literal=True)
        assert [atom.words for atom in query.atoms] == [atom.words for atom in read(text).atoms]


@untimed
@given(st.lists(st.sampled_from(ROMAN) | st.text(max_size=12), max_size=9))
def test_chances_of_a_reading_add_up(index: OpenIndex, words: list[str]) -> None:
    readings = RomanDecoder(index.lexicon).read(words).words
    assert len(readings) == len(words)
    for reading in readings:
        chances = [chance for _, chance in reading.urdu]
        assert len(chances) <= Reading.CANDIDATES
        assert chances == sorted(chances, reverse=True)
        assert min([*chances, reading.english, reading.unknown]) >= 0
        assert sum(chances) + reading.english + reading.unknown <= 1 + 1e-6


@untimed
@given(TEXTS, st.sampled_from(list(Mode)), OFF)
def test_any_query_is_answered_with_true_marks(
    engine: SearchEngine, text: str, mode: Mode, off: list[str]
) -> None:
    query = read(text)
    if query is None:
        return
    for hit in engine.search(SearchRequest(text, mode=mode, off=tuple(off))).hits:
        assert hit.score > 0 or query.browsing
        for shown, spans in ((hit.title, hit.title_spans), (hit.snippet.text, hit.snippet.spans)):
            assert all(0 <= span.start < span.end <= len(shown) for span in spans)
