"""Spellings of one thing find each other: amounts, units, codes, hyphens and acronyms, by words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import archives
import newsroom
import pytest

from index.documents import Document
from index.opened import OpenIndex
from index.operations.verify import verify
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Hit, Mode, SearchRequest

AS_TYPED = SearchConfig(expansion=False, names=False, roman=False)
TEXTS = {
    "rs": "Flour now costs Rs1,400 a bag.",
    "rs-dot": "It was Rs. 1,400 last week.",
    "figures": "They paid 1400/- in cash.",
    "dollars": "A visa costs $1,400 now.",
    "rupees": "قیمت ۱،۴۰۰ روپے ہو گئی۔",
    "lakh": "The bill was 1,40,000 rupees.",
    "thousand": "He got PKR140,000 yesterday.",
    "kg-glued": "A 20kg bag of flour.",
    "kg-apart": "The bag weighs 20 kg at least.",
    "kilo": "۲۰کلو آٹا",
    "twenty": "Some 20 people came; g was silent and so was t.",
    "t20": "The T20 final was won.",
    "t-20": "A T-20 league began.",
    "t-alone": "Mr T spoke of 19 others.",
    "f16": "Two F-16s flew over.",
    "5g": "The 5G auction is near.",
    "covid": "Covid-19 came back.",
    "covid-glued": "A covid19 ward opened.",
    "covid-apart": "COVID 19 patients rose.",
    "covid-urdu": "کووڈ-19 کے مریض",
    "covid-urdu-glued": "کووڈ۱۹ وارڈ",
    "ex-minister": "The ex-minister resigned.",
    "exminister": "An exminister was held.",
    "k-electric": "K-Electric raised its tariff.",
    "kelectric": "KElectric cut the power.",
    "letter-k": "Schools teach K and other letters; electric cars sell.",
    "pti": "پی ٹی آئی کا جلسہ",
    "pti-dots": "پی۔ٹی۔آئی نے کہا",
    "pti-full-stops": "پی.ٹی.آئی رہنما",
    "came": "بارش آئی اور ٹی وی بند ہوا، چائے پی گئی",
    "it-ministry": "The IT ministry opened an office.",
    "it": "It said it would do it, and it did it: it is what it is.",
    "shouted": "IT IS RAINING IN QUETTA",
    "who": "The WHO sent vaccines.",
    "who-came": "Those who came and who left, who knows who.",
    "us": "The U.S. imposed tariffs.",
    "us-all": "They told us and asked us to wait for us.",
    "polio": "A polio drive began in Quetta.",
    "button": "Press ON, not OFF, as in the past.",
    "drive": "Quetta is a long drive away.",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("meet") / "data"
    articles = [Document(id=name, title="", body=text) for name, text in TEXTS.items()]
    newsroom.build(data, articles).close()
    return data


@pytest.fixture(scope="module")
def engine(data: Path) -> Iterator[SearchEngine]:
    opened = archives.open_engine(data, AS_TYPED)
    yield opened
    opened.close()


def hits(engine: SearchEngine, query: str) -> list[Hit]:
    return list(engine.search(SearchRequest(query, mode=Mode.KEYWORD, size=50)).hits)


def found(engine: SearchEngine, query: str) -> list[str]:
    return [hit.id for hit in hits(engine, query)]


AMOUNTS = {"rs", "rs-dot", "figures", "dollars", "rupees"}
COVID = {"covid", "covid-glued", "covid-apart"}
PTI = {"pti", "pti-dots", "pti-full-stops"}


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        ("1400 1,400 ۱۴۰۰ ۱،۴۰۰ 1400/- $1,400 £1,400 PKR1400 Rs1,400 Rs.1,400", AMOUNTS),
        ('"1400" "1,400" "۱،۴۰۰" "$1,400"', AMOUNTS),
        ('"Rs1,400" "Rs 1400" "rs. 1,400"', {"rs", "rs-dot"}),
        ("140000 1,40,000 140,000 ۱۴۰۰۰۰ PKR1,40,000", {"lakh", "thousand"}),
        ('20kg 20-kg "20 kg" "20kg" ۲۰kg', {"kg-glued", "kg-apart"}),
        ("t20 T20 T-20 T‑20 ۔T۲۰", {"t20", "t-20"}),
        ("f16 F-16 F16s", {"f16"}),
        ("5G 5-G ۵G", {"5g"}),
        ('"covid 19" "covid19" "COVID-19"', COVID),
        ("covid19 covid-19 COVID-19", COVID),
        ("کووڈ19 کووڈ-19 کووڈ۱۹", {"covid-urdu", "covid-urdu-glued"}),
        ("exminister ex-minister Ex-Minister", {"ex-minister", "exminister"}),
        ("kelectric KElectric", {"k-electric", "kelectric"}),
    ],
)
def test_every_spelling_finds_every_other(
    engine: SearchEngine, queries: str, expected: set[str]
) -> None:
    for query in _queries(queries):
        assert set(found(engine, query)) == expected, query


def _queries(text: str) -> list[str]:
    """Queries between spaces, those in quotes whole."""
    parts = text.split('"')
    typed = [word for part in parts[::2] for word in part.split()]
    return typed + [f'"{part}"' for part in parts[1::2]]


def test_parts_that_say_enough_are_found_alone(engine: SearchEngine) -> None:
    """Under those that hold both: the K of K-Electric is none of them, nor is twenty of anything 20 kg."""
    assert set(found(engine, "K-Electric")[:2]) == {"k-electric", "kelectric"}
    assert set(found(engine, "K-Electric")[2:]) == {"letter-k"}
    assert set(found(engine, "20 kg")) == {"kg-apart", "kg-glued"}


@pytest.mark.parametrize(
    "query", ["پی ٹی آئی", "پی۔ٹی۔آئی", "پی.ٹی.آئی", '"پی ٹی آئی"', '"پی۔ٹی۔آئی"']
)
def test_acronyms_spelled_out_meet(engine: SearchEngine, query: str) -> None:
    ranked = found(engine, query)
    assert len(ranked) == 3
    assert set(ranked) == PTI


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("IT", "it-ministry"),
        ("IT office", "it-ministry"),
        ("WHO", "who"),
        ("WHO vaccines", "who"),
        ("US", "us"),
        ("U.S.", "us"),
        ("US tariffs", "us"),
        ("WHO ویکسین", "who"),
    ],
)
def test_an_acronym_comes_before_the_pronoun(engine: SearchEngine, query: str, first: str) -> None:
    ranked = hits(engine, query)
    assert ranked[0].id == first
    marked = [ranked[0].snippet.text[span.start : span.end] for span in ranked[0].snippet.spans]
    assert query.split()[0].rstrip(".") in (marked[0], marked[0].replace(".", ""))
    if ranked[1:] and ranked[1].id in ("it", "who-came", "us-all"):
        assert ranked[0].score > 1.5 * ranked[1].score


def test_function_words_in_capitals_are_function_words(engine: SearchEngine) -> None:
    assert found(engine, "press ON") == found(engine, "press on") == ["button"]
    assert "button" in found(engine, "ON")


def test_the_pronoun_is_not_the_acronym(engine: SearchEngine) -> None:
    for query, first in (("it", "it"), ("who", "who-came"), ("us", "us-all")):
        assert found(engine, query)[0] == first


@pytest.mark.parametrize(
    "query",
    ["polio drive quetta", "who vaccines", "it office", "k-electric tariff", "t20 final",
     '"polio drive"', "title:polio drive", "polio -quetta drive", "rs1,400 flour bag"],
)  # fmt: skip
@pytest.mark.parametrize("mode", list(Mode))
def test_a_query_in_capitals_is_the_one_in_small_letters(
    data: Path, query: str, mode: Mode
) -> None:
    engine = archives.open_engine(data, SearchConfig())
    try:
        small, capital = (
            engine.search(SearchRequest(text, mode=mode)) for text in (query, query.upper())
        )
    finally:
        engine.close()
    assert small.hits == capital.hits
    assert small.total == capital.total
    assert small.understood.readings == capital.understood.readings


@pytest.mark.parametrize(
    ("query", "name", "marks"),
    [
        ("1400", "rs", ["1,400"]),
        ("Rs1,400", "rs", ["Rs1,400"]),
        ("Rs1,400", "rupees", ["۱،۴۰۰"]),
        ("t20", "t-20", ["T-20"]),
        ("covid19", "covid-apart", ["COVID 19"]),
        ("exminister", "ex-minister", ["ex-minister"]),
        ("ex-minister", "exminister", ["exminister"]),
        ("ex-minister", "ex-minister", ["ex-minister"]),
        ("20 kg", "kg-glued", ["20", "kg"]),
        ("پی ٹی آئی", "pti-dots", ["پی۔ٹی۔آئی"]),
        ("US", "us", ["U.S"]),
    ],
)
def test_marks_cover_what_was_asked(
    engine: SearchEngine, query: str, name: str, marks: list[str]
) -> None:
    (snippet,) = [hit.snippet for hit in hits(engine, query) if hit.id == name]
    assert [snippet.text[span.start : span.end] for span in snippet.spans] == marks


def test_what_is_added_is_no_word_of_the_archive(data: Path) -> None:
    index = OpenIndex.open_current(data)
    words = {word for word, *_ in index.keyword.vocabulary()}
    assert words == set(index.lexicon.words)
    assert not {"IT", "WHO", "kelectrics", "covid19", "t20", "k-electric"} & words
    assert all(word == word.lower() for word in words)
    assert "exminister" in words  # it stands in an article
    assert index.lexicon.frequencies[index.lexicon.row("exminister")] == 1
    assert verify(data).ok
    assert verify(data, deep=True, sample=5, encoder=lambda _: newsroom.Bilingual()).ok
