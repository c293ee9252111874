"""Did you mean: what is offered for a misspelt query, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterator

import newsroom
import pytest

from index.documents import Document
from index.opened import OpenIndex
from index.text.edit_distance import beginning_distances, distances
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest
from search.suggest.near_words import NearWords, slip_cost

MORE = [
    Document(
        id="ur/ماہی",
        title="ماہی گیر اور بندرگاہ",
        body="ماہی گیر بندرگاہ پر تھے۔ ماہی گیر نے بھاری جال پھینکا۔ قیمتیں بڑھ گئیں۔",
        lang="ur",
    ),
    Document(
        id="en/slide",
        title="Landslide shuts the highway",
        body="A landslide shut the highway near Abbottabad. The book fair goes on.",
        lang="en",
        source="City Ledger",
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


def meant(engine: SearchEngine, query: str, **asked: object) -> tuple[str, ...]:
    request = SearchRequest(query, **{"mode": Mode.KEYWORD, **asked})
    return engine.search(request).understood.did_you_mean


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("karahci rain", "karachi rain"),
        ("Wheet price", "Wheat price"),
        ("hocky team", "hockey team"),
        ("landslied", "landslide"),
        ("ministre", "minister"),
        ("land slide highway", "landslide highway"),
        ("bookfair", "book fair"),
        ("عدالط", "عدالت"),
        ("صیلاب", "سیلاب"),
        ("محقمہ موسمیات", "محکمہ موسمیات"),
        ("باری جال", "بھاری جال"),
        ("ماہیگیر", "ماہی گیر"),
        ("قیمطیں", "قیمتیں"),
        ("موسمیاط کراچی", "موسمیات کراچی"),
    ],
)
def test_a_misspelt_query_is_set_right(engine: SearchEngine, query: str, right: str) -> None:
    assert right in meant(engine, query)


@pytest.mark.parametrize(
    "query",
    [
        "karachi rain",
        "schools opened",  # another form of a word that is known
        "کراچی بارش",
        "wazir dakhla ki mulaqat",  # Roman Urdu
        "barish",
        "xylophone",  # nothing near
        "12345",
        "rn",
        "the and of",
        "هے",
        "ھھھھ",
        "ييي",
    ],
)
def test_what_is_right_or_unknown_is_left_alone(engine: SearchEngine, query: str) -> None:
    assert meant(engine, query) == ()


def test_marks_are_left_as_they_are(engine: SearchEngine) -> None:
    assert meant(engine, "lang:en karahci") == ("lang:en karachi",)
    assert meant(engine, '"heavy rain" karahci') == ('"heavy rain" karachi',)
    assert meant(engine, "karahci -wheat") == ("karachi -wheat",)
    assert meant(engine, "rain -karahci") == ()
    assert meant(engine, '"karahci rain"') == ()
    assert meant(engine, "title:karahci") == ()
    assert meant(engine, "-karahci karahci rain") == ("-karahci karachi rain",)


def test_a_word_in_pieces_is_searched_as_one_and_needs_no_correction(engine: SearchEngine) -> None:
    understood = engine.search(SearchRequest("بندر گاہ", mode=Mode.KEYWORD)).understood
    assert (understood.words, understood.did_you_mean) == (("بندرگاہ",), ())


def test_a_correction_finds_more_within_the_filters(engine: SearchEngine) -> None:
    assert meant(engine, "landslied", sources=("City Ledger",)) == ("landslide",)
    assert meant(engine, "karahci", sources=("City Ledger",)) == ()
    assert meant(engine, "karahci source:Nowhere") == ()
    for query in ("landslied", "ministre", "قیمطیں"):
        for better in meant(engine, query):
            found, before = (
                engine.search(SearchRequest(each, mode=Mode.KEYWORD, literal=True)).total.keyword
                for each in (better, query)
            )
            assert found > before


def test_a_correction_keeps_company_with_the_other_words(engine: SearchEngine) -> None:
    """Of two words as near, the one that is found together with the rest."""
    assert meant(engine, "wheat prise") == ("wheat price",)
    assert meant(engine, "hockey prise") == ()


def test_two_slips_are_mended_together(engine: SearchEngine) -> None:
    assert meant(engine, "hevy rain karahci")[0] == "heavy rain karachi"


def test_many_slips_are_no_endless_puzzle(engine: SearchEngine) -> None:
    """Every word may be meant for several others: all combinations of forty would never end."""
    slips = ["wheet", "karahci", "hocky", "ministre", "landslied"]
    assert len(meant(engine, " ".join(slips * 8))) <= 3
    assert meant(engine, " ".join(slips[2:3])) == ("hockey",)


def test_only_where_words_were_searched_and_first_looked_at(engine: SearchEngine) -> None:
    assert meant(engine, "karahci", literal=True) == ()
    assert meant(engine, "karahci rain", page=2) == ()
    assert meant(engine, "karahci", mode=Mode.SEMANTIC) == ()
    assert meant(engine, "karahci", mode=Mode.HYBRID) == ("karachi",)


def test_no_longer_a_query_than_is_served(index: OpenIndex) -> None:
    short = newsroom.engine(index, SearchConfig(max_query_chars=8))
    assert meant(short, "bookfair") == ()


def test_a_frequent_word_is_never_corrected(engine: SearchEngine, index: OpenIndex) -> None:
    near = NearWords(index.lexicon).near("rain")
    assert all(index.lexicon.words[row] != "rain" for each in near for row in each.rows)
    assert meant(engine, "rain") == ()


@pytest.mark.parametrize(
    ("typed", "meant_word", "kind", "cost"),
    [
        ("زیر", "ذیر", "ur", 0.3),
        ("صیلاب", "سیلاب", "ur", 0.3),
        ("بارت", "بھارت", "ur", 0.3),
        ("کی", "کے", "ur", 0.3),
        ("بازر", "بازار", "ur", 1.0),
        ("hocky", "hockey", "en", 1.0),
        ("recieve", "receive", "en", 0.8),
        ("comittee", "committee", "en", 0.4),
        ("prise", "price", "en", 1.0),
        ("same", "same", "en", 0.0),
        ("lohore", "lahore", "en", 0.6),
        ("bame", "same", "en", 1.4),
    ],
)
def test_easy_slips_cost_less(typed: str, meant_word: str, kind: str, cost: float) -> None:
    assert slip_cost(typed, meant_word, kind) == pytest.approx(cost)  # type: ignore[arg-type]
    assert slip_cost(meant_word, typed, kind) == pytest.approx(cost)  # type: ignore[arg-type]


def test_distances_count_edits_up_to_a_bound() -> None:
    assert distances("lahore", ["lahore", "lahroe", "lahor", "karachi"], 2).tolist() == [0, 1, 1, 3]
    assert distances("x", [], 2).tolist() == []
    assert beginning_distances("lahr", ["lahore", "lahroe", "karachi"], 1).tolist() == [1, 0, 2]
    assert beginning_distances("x", [], 1).tolist() == []
