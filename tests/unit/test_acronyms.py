"""Names made of letters and numbers meet in both scripts: `tests/data/acronyms.tsv` and others."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import archives
import newsroom
import pytest

from index.documents import Document
from index.text.spoken_letters import LETTER_NAMED, NUMBER_WORDS, letters_of, number_of
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest

ACRONYMS = Path(__file__).resolve().parents[1] / "data" / "acronyms.tsv"

TEXTS = {
    "t20-en": "The T20 final was won.",
    "t20-dash": "A T-20 league began.",
    "t20-ur": "ٹی 20 لیگ کا آغاز ہوا۔",
    "t20-glued": "ٹی20 کا میچ",
    "t20-word": "ٹی ٹوئنٹی میچ ملتوی",
    "t20-other": "ٹی ٹونٹی سیریز",
    "g20-en": "The G20 summit opened in Delhi.",
    "g20-ur": "جی 20 اجلاس دہلی میں شروع",
    "g20-word": "جی بیس ممالک",
    "f16-en": "Two F-16s flew over; an F-16 landed.",
    "f16-ur": "ایف 16 طیارے",
    "f16-word": "ایف سولہ طیارہ",
    "jf17-en": "The JF-17 was shown.",
    "jf17-ur": "جے ایف 17 تھنڈر",
    "cop-en": "COP28 was held in Dubai.",
    "cop-ur": "کوپ 28 دبئی میں",
    "k-en": "K-Electric raised its tariff.",
    "k-ur": "کے الیکٹرک نے نرخ بڑھائے",
    "k-of": "لاہور کے الیکشن",
    "rahman-en": "A R Rahman sang.",
    "rahman-dots": "A.R. Rahman composed it.",
    "rahman-ur": "اے آر رحمان کا نغمہ",
    "zafar-en": "M. Zafar wrote this.",
    "zafar-ur": "ایم ظفر کی تحریر",
    "tv-en": "He watched TV all day.",
    "tv-ur": "وہ ٹی وی دیکھتا رہا",
    "tv-joiner": "ٹی‌وی چینل",
    "mqm-en": "The MQM-P quit; the MQM split.",
    "mqm-ur": "ایم کیو ایم کا جلسہ",
    "daughter": "ان کی بیٹی آئی اور چائے پی گئی",
    "twenty": "بیس لوگ اور 20 کرسیاں؛ some 20 people, no letter",
    "pity": "What a pity. His aunt had an IMF of her own imagination.",
}


def asked(engine: SearchEngine, query: str) -> set[str]:
    request = SearchRequest(query, mode=Mode.KEYWORD, size=100)
    return {hit.id for hit in engine.search(request).hits}


def opened(data: Path, articles: dict[str, str]) -> SearchEngine:
    newsroom.build(
        data, [Document(id=name, title="", body=text) for name, text in articles.items()]
    ).close()
    # The test encoder's neighbours mean nothing: none shall find an article by itself.
    return archives.open_engine(data, SearchConfig(likely_from=1.0))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    found = opened(tmp_path_factory.mktemp("letters") / "data", TEXTS)
    yield found
    found.close()


def acronyms() -> list[tuple[str, list[str]]]:
    with ACRONYMS.open(encoding="utf-8", newline="") as file:
        return [
            (row["latin"], [row["urdu"], *row["variants"].split("|")])
            for row in csv.DictReader(file, delimiter="\t")
        ]


@pytest.fixture(scope="module")
def newsroom_of_acronyms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """Each acronym in an English article and, as each of its spellings, in an Urdu one."""
    articles = {}
    for latin, urdu in acronyms():
        articles[f"{latin}-en"] = f"Leaders of the {latin} met the press on Monday."
        for at, spelling in enumerate(urdu):
            articles[f"{latin}-ur{at}"] = f"پیر کو {spelling} کے رہنماؤں نے پریس کانفرنس کی۔"
    found = opened(tmp_path_factory.mktemp("acronyms") / "data", articles)
    yield found
    found.close()


@pytest.mark.parametrize(("latin", "urdu"), acronyms())
def test_acronyms_meet_in_all_their_spellings(
    newsroom_of_acronyms: SearchEngine, latin: str, urdu: list[str]
) -> None:
    expected = {f"{latin}-en", *(f"{latin}-ur{at}" for at in range(len(urdu)))}
    hyphened = urdu[0].replace(" ", "-")
    for query in (latin, ".".join(latin) + ".", "-".join(latin), *urdu, hyphened):
        assert asked(newsroom_of_acronyms, query) == expected, query
    if latin not in ("WHO", "NAB"):  # words of English, too
        assert asked(newsroom_of_acronyms, latin.lower()) == expected
        assert asked(newsroom_of_acronyms, f"+{latin.lower()} +press") == expected


T20 = {each for each in TEXTS if each.startswith("t20-")}


@pytest.mark.parametrize(
    ("queries", "prefix"),
    [
        (("T20", "t20", "T-20", "ٹی 20", "ٹی20", "ٹی۲۰", "ٹی ٹوئنٹی", "ٹی ٹونٹی"), "t20"),
        (("G20", "جی 20", "جی بیس"), "g20"),
        (("F-16", "f16", "ایف 16", "ایف سولہ", "ایف۔16"), "f16"),
        (("JF-17", "jf17", "جے ایف 17"), "jf17"),
        (("A R Rahman", "اے آر رحمان"), "rahman"),
        (("TV", "tv", "ٹی وی", "ٹی‌وی"), "tv"),
    ],
)
def test_letters_and_numbers_meet(
    engine: SearchEngine, queries: tuple[str, ...], prefix: str
) -> None:
    expected = {name for name in TEXTS if name.startswith(f"{prefix}-")}
    for query in queries:
        assert asked(engine, query) == expected, query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("K-Electric", {"k-en", "k-ur"}),
        ("کے الیکٹرک", {"k-en", "k-ur"}),
        ("M. Zafar", {"zafar-en", "zafar-ur"}),
        ("ایم ظفر", {"zafar-en", "zafar-ur"}),
        ("COP28", {"cop-en", "cop-ur"}),
        ("کوپ28", {"cop-en", "cop-ur"}),
        ("MQM-P", {"mqm-en", "mqm-ur"}),
    ],
)
def test_a_letter_and_a_word_meet(engine: SearchEngine, query: str, expected: set[str]) -> None:
    assert expected <= asked(engine, query)


def test_letters_that_are_words_stay_words(engine: SearchEngine) -> None:
    assert asked(engine, "بیٹی") == {"daughter"}
    assert "tv-ur" not in asked(engine, "آئی پی")


def test_what_is_searched_is_told_and_can_be_switched_off(engine: SearchEngine) -> None:
    (reading,) = engine.search(SearchRequest("TV")).understood.readings
    assert {each.word for each in reading.alternatives} >= {"ٹی وی", "ٹیوی"}
    request = SearchRequest("TV", mode=Mode.KEYWORD, off=("ٹی وی", "ٹیوی"))
    assert {hit.id for hit in engine.search(request).hits} == {"tv-en"}


@pytest.mark.parametrize(
    ("word", "letters"),
    [("ٹی", "t"), ("ڈبلیو", "w"), ("آئیایمایف", "imf"), ("q", "q"), ("کتاب", ""), ("20", "")],
)
def test_letters_of(word: str, letters: str) -> None:
    assert letters_of(word) == letters


@pytest.mark.parametrize(
    ("word", "letter"), [("ٹی", "t"), ("آئی", "i"), ("آئیایمایف", ""), ("t", ""), ("کتاب", "")]
)
def test_a_letter_is_named_by_one_word(word: str, letter: str) -> None:
    assert LETTER_NAMED.get(word, "") == letter


def test_numbers_to_a_hundred_are_known_in_urdu() -> None:
    assert list(map(int, NUMBER_WORDS)) == list(range(101))
    assert [number_of(word) for word in ("سولہ", "ٹوئنٹی", "نوے", "28", "بات")] == [
        "16", "20", "90", "28", ""
    ]  # fmt: skip
