"""Suggestions while typing, in all three ways, over the little newsroom."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.errors import RequestError
from index.opened import OpenIndex
from index.text.normalize import normalize
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Suggestion
from search.query.syntax import typing_from
from search.suggest.matches import Matches, apart, side_by_side
from search.suggest.typed_words import Options

MORE = [
    Document(
        id="ur/پہاڑ",
        title="شاہراہِ قراقرم کھل گئی",
        body="ہنزہ میں شاہراہِ قراقرم کھل گئی۔ شاہراہِ قراقرم پر برف تھی۔ ہنزہ کے لوگ خوش ہوئے۔",
        lang="ur",
    ),
    Document(
        id="en/fair",
        title="Jashn-e-Baharan: kites and 2026 tulips",
        body='The Jashn-e-Baharan drew Ali Raza and Ali Raza drew kites. "No more," he said.',
        lang="en",
    ),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("newsroom"), [*newsroom.ARTICLES, *MORE])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(index: OpenIndex) -> SearchEngine:
    return newsroom.engine(index)


def offered(engine: SearchEngine, text: str, size: int = 8) -> list[str]:
    return [each.text for each in engine.suggest(text, size).suggestions]


def first(engine: SearchEngine, text: str) -> Suggestion:
    return engine.suggest(text, 8).suggestions[0]


def test_a_name_is_offered_in_both_scripts(engine: SearchEngine) -> None:
    for typed in ("mohsin na", "Mohsin Naq", "mohsen naqv", "muhsin naqwi"):
        assert offered(engine, typed)[:2] in (
            ["Mohsin Naqvi", "محسن نقوی"],
            ["محسن نقوی", "Mohsin Naqvi"],
        ), typed
    assert offered(engine, "محسن ن") == ["محسن نقوی", "Mohsin Naqvi"]


def test_roman_urdu_offers_urdu(engine: SearchEngine) -> None:
    for typed in ("wazir dakh", "vazeer dakhl", "wazeer e dakhla"):
        assert offered(engine, typed)[0] == "وزیر داخلہ", typed
    assert offered(engine, "shahrah e qara")[0] == "شاہراہِ قراقرم"


def test_what_a_suggestion_is(engine: SearchEngine) -> None:
    assert first(engine, "mohsin n") == Suggestion("Mohsin Naqvi", "en", "name", 1)
    assert first(engine, "وزیر دا") == Suggestion("وزیر داخلہ", "ur", "phrase", 1)
    assert first(engine, "wheat pr") == Suggestion(
        "Wheat price rises", "en", "title", 1, "en/wheat"
    )
    assert first(engine, "pric").kind == "word"


def test_words_are_matched_anywhere_at_their_beginning(engine: SearchEngine) -> None:
    assert "Mohsin Naqvi" in offered(engine, "naqv")[:3]
    assert "Heavy rain in Karachi" in offered(engine, "rain in kar")
    assert offered(engine, "aqvi") == []


def test_words_that_stand_apart_in_a_title_find_it(engine: SearchEngine) -> None:
    assert offered(engine, "karachi heavy") == ["Heavy rain in Karachi"]
    assert "کراچی میں تیز بارش" in offered(engine, "بارش کراچی")


def test_a_space_ends_a_word(engine: SearchEngine) -> None:
    assert "school" in offered(engine, "scho")
    assert offered(engine, "scho ") == []
    assert offered(engine, "mohsin ")[0] == "Mohsin Naqvi"


def test_the_urdu_keyboard_marks_and_joiners_do_not_matter(engine: SearchEngine) -> None:
    for typed in ("وزير داخ", "وزیرِ داخ", "وزیر\u200c داخ", "وزیر  داخ"):
        assert offered(engine, typed)[0] == "وزیر داخلہ", repr(typed)


def test_what_stands_before_is_kept(engine: SearchEngine) -> None:
    assert offered(engine, "lang:ur mohsin na")[0] == "lang:ur Mohsin Naqvi"
    assert offered(engine, "flood OR mohsin na")[0] == "flood OR Mohsin Naqvi"
    assert offered(engine, "zzzzz qqqq mohsin")[0] == "zzzzz qqqq Mohsin Naqvi"
    assert offered(engine, '"heavy rain" mohsin na')[0] == '"heavy rain" Mohsin Naqvi'


def test_what_is_one_thing_to_the_query_stays_one(engine: SearchEngine) -> None:
    assert offered(engine, '"mohsin na')[0] == '"Mohsin Naqvi"'
    assert offered(engine, "“محسن ن")[0] == '“محسن نقوی"'
    assert offered(engine, "title:mohsi")[0] == 'title:"Mohsin Naqvi"'
    assert offered(engine, "rain -mohsi")[0] == 'rain -"Mohsin Naqvi"'
    assert "-Karachi" in offered(engine, "-karac")


@pytest.mark.parametrize(
    "text",
    ["", " ", "؟!", "lang:", "lang:u", "source:City", 'source:"City L', "x" * 5_000, "\ud800"],
)
def test_nothing_to_complete(engine: SearchEngine, text: str) -> None:
    found = engine.suggest(text, 8)
    assert found.suggestions == ()
    assert found.query == text
    assert found.generation == engine.generation()


def test_no_two_say_the_same(engine: SearchEngine) -> None:
    for typed in ("m", "scho", "karachi", "وزیر", "wazir"):
        texts = [normalize(each) for each in offered(engine, typed, 20)]
        assert len(texts) == len(set(texts)), typed
    assert sum(each.lower().startswith("school") for each in offered(engine, "school")) == 2
    assert "Schools" not in offered(engine, "school")  # the title, and one form of the word


def test_sure_ones_come_before_those_that_sound_so(engine: SearchEngine) -> None:
    own = [each for each in offered(engine, "kar", 20) if each.isascii()]
    assert own[0] == "Karachi"
    assert offered(engine, "kar")[1] == "کراچی"


@pytest.mark.parametrize("how", [side_by_side, apart])
@pytest.mark.parametrize("chances", [(0.5, 1.0), (1.0, 0.5), (0.6, 0.5)])
def test_a_match_is_as_sure_as_its_least_sure_word(
    index: OpenIndex, how: Callable[..., Matches], chances: tuple[float, ...]
) -> None:
    typed = [
        Options(
            0,
            0,
            np.array([index.lexicon.words.index(word)], np.int32),
            np.array([chance], np.float32),
        )
        for word, chance in zip(("mohsin", "naqvi"), chances, strict=True)
    ]
    found = how(index.suggestions, typed)
    assert len(found) >= 1
    assert found.chances.tolist() == pytest.approx([0.5] * len(found))


def test_misspelt_beginnings_are_completed_when_no_word_begins_so(engine: SearchEngine) -> None:
    assert "Karachi" in offered(engine, "karrach")
    assert "ملاقات" in offered(engine, "ملاکات")
    assert "weather" in offered(engine, "waether")


def test_the_size_is_the_caller_s(engine: SearchEngine) -> None:
    for size in (1, 3, 20):
        assert len(offered(engine, "m", size)) <= size
    assert len(offered(engine, "m", 3)) == 3
    for size in (0, 21, -1):
        with pytest.raises(RequestError):
            engine.suggest("m", size)


def test_roman_urdu_may_be_switched_off(index: OpenIndex) -> None:
    literal = newsroom.engine(index, SearchConfig(roman=False))
    assert offered(literal, "wazir dakh") == []
    assert offered(literal, "mohsin na")[0] == "Mohsin Naqvi"


@pytest.mark.parametrize(
    ("query", "typed", "whole"),
    [
        ("mohs", "mohs", False),
        ("lang:ur mohs", " mohs", False),
        ("lang:ur", None, False),
        ("زبان:ur محس", " محس", False),
        ("-moh", "moh", True),
        ("a -moh b", " b", False),
        ("title:moh", "moh", True),
        ("عنوان:مح", "مح", True),
        ("title:moh na", " na", False),
        ('"heavy ra', "heavy ra", True),
        ("“heavy” ra", " ra", False),
        ('5" rai', '5" rai', False),
        ("a OR b", " b", False),
        ("COVID-1", "COVID-1", False),
        ("foo:ba", "foo:ba", False),
        ("\u200f-moh", "moh", True),
        ('source:"City', None, False),
        ('source:"City" ra', " ra", False),
    ],
)
def test_where_the_words_being_typed_begin(query: str, typed: str | None, whole: bool) -> None:
    found = typing_from(query)
    assert (found and (query[found[0] :], found[1])) == (None if typed is None else (typed, whole))
