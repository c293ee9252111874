"""Suggestions for any text at all: they never fail, and offer what was typed."""

from __future__ import annotations

import newsroom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inputs import some

from index.sound.phonetic_keys import skeletons
from index.sound.transliteration import fold_latin
from index.text.analysis import script, terms, tokenize
from search.engine import SearchEngine
from search.models import Mode, SearchRequest
from search.query.syntax import typing_from

WORDS = sorted({word for each in newsroom.ARTICLES for word in terms(f"{each.title} {each.body}")})
ROMAN = ["wazir", "mulaqat", "barish", "mehkma", "shehri", "adalat", "faisla", "e", "ki", "mausam"]
MARKS = ['"', "-", "lang:ur ", "title:", " OR ", "(", "“", "source:", "\u200f", " ", "ِ", "\u200c"]

words = st.sampled_from(WORDS + ROMAN)
begun = st.builds(lambda word, letters: word[:letters], words, st.integers(1, 6))
typed = st.lists(st.one_of(words, begun, st.sampled_from(MARKS)), max_size=6).map(" ".join)
anything = st.one_of(st.text(max_size=40), typed, st.builds(str.__add__, typed, begun))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    return newsroom.engine(newsroom.build(tmp_path_factory.mktemp("newsroom")))


def sounds_of(word: str) -> set[str]:
    """The skeletons of a word as strings, without the n that a last one loses."""
    latin = script(word) == "en"
    numbers = skeletons(fold_latin(word) if latin else word, latin=latin)
    return {f"{number:x}".replace("0", "") for number in numbers}


def may_begin(beginning: str, word: str) -> bool:
    """Whether a word begins so in letters, or in sound but for what is left open at its end."""
    if word.startswith(beginning):
        return True
    theirs = sounds_of(word)
    ours = {key.rstrip("e") for ending in ("", "h", "e") for key in sounds_of(beginning + ending)}
    return any(other.startswith(key) or key.startswith(other) for key in ours for other in theirs)


@settings(max_examples=some(300), deadline=None)
@given(text=anything, size=st.integers(1, 20))
def test_any_text_gets_an_answer_of_bounded_size(
    engine: SearchEngine, text: str, size: int
) -> None:
    found = engine.suggest(text, size)
    assert found.query == text
    assert len(found.suggestions) <= size
    assert len({each.text for each in found.suggestions}) == len(found.suggestions)
    for each in found.suggestions:
        assert each.count >= 1
        assert (each.kind == "title") == bool(each.id)


@settings(max_examples=some(300), deadline=None)
@given(text=st.one_of(typed, st.builds(str.__add__, typed, begun)))
def test_each_holds_what_was_typed(engine: SearchEngine, text: str) -> None:
    place = typing_from(text)
    for each in engine.suggest(text, 20).suggestions:
        assert place is not None
        assert each.text.startswith(text[: place[0]])
        last = tokenize(text)[-1].term
        held = [token.term for token in tokenize(each.text)]
        assert any(may_begin(last, word) for word in held), (text, each.text)


@settings(max_examples=some(100), deadline=None)
@given(text=typed.filter(lambda text: bool(terms(text))))
def test_corrections_never_fail_and_are_queries_of_their_own(
    engine: SearchEngine, text: str
) -> None:
    from index.errors import RequestError

    try:
        found = engine.search(SearchRequest(text, mode=Mode.KEYWORD, size=1)).understood
    except RequestError:
        return
    assert len(found.did_you_mean) <= 3
    assert text.strip() not in found.did_you_mean
    for each in found.did_you_mean:
        engine.search(SearchRequest(each, mode=Mode.KEYWORD, size=1))
