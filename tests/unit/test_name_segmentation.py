"""Names that the two scripts part into different numbers of words find each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import archives
import newsroom
import pytest

from index.documents import Document
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest

PAIRS = {
    "xiaohong": ("Xiaohong arrived in Gwadar.", "ژاو ہونگ گوادر پہنچ گئے۔"),
    "netanyahu": ("Netanyahu addressed them.", "نیتن یاہو نے خطاب کیا۔"),
    "faisalabad": ("Mills closed in Faisalabad.", "فیصل آباد میں ملیں بند"),
    "malik": ("Abdul Malik Baloch spoke.", "عبدالمالک بلوچ نے بات کی۔"),
    "suukyi": ("Aung San Suu Kyi was moved.", "آنگ سان سوچی کو منتقل کیا گیا۔"),
    "jinping": ("Xi Jinping met ministers.", "شی جن پنگ کی وزرا سے ملاقات"),
    "khan": ("Shah Rukh Khan made a film.", "شاہ رخ خان کی فلم"),
    "imran": ("Imran Khan was bailed.", "عمران خان کی ضمانت"),
    "siraj": ("Sirajul Haq spoke to workers.", "سراج الحق کا کارکنوں سے خطاب"),
    "mustafiz": ("Mustafizur Rahman bowled well.", "مستفیض الرحمان کی عمدہ گیند بازی"),
    "kings": ("The Karachi Kings won in Lahore.", "کراچی کنگز لاہور میں جیت گئے"),
    "thrones": ("A king of old spoke to other kings.", "بادشاہوں کی کہانی"),
    "khalifa": ("The Burj Khalifa lit up.", "برج خلیفہ روشن"),
    "shaheen": ("A mountain road reopened.", "پہاڑی سڑک کھل گئی، کئی کاریں رک گئیں"),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    data = tmp_path_factory.mktemp("parts") / "data"
    articles = [
        Document(id=f"{name}-{lang}", title="", body=text)
        for name, texts in PAIRS.items()
        for lang, text in zip(("en", "ur"), texts, strict=True)
    ]
    newsroom.build(data, articles).close()
    opened = archives.open_engine(data, SearchConfig())
    yield opened
    opened.close()


def found(engine: SearchEngine, query: str) -> list[str]:
    request = SearchRequest(query, mode=Mode.KEYWORD, size=50)
    return [hit.id for hit in engine.search(request).hits]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Xiaohong", "xiaohong"),
        ("ژاو ہونگ", "xiaohong"),
        ("Netanyahu", "netanyahu"),
        ("نیتن یاہو", "netanyahu"),
        ("faisalabad", "faisalabad"),
        ("فیصل آباد", "faisalabad"),
        ("Abdul Malik", "malik"),
        ("عبدالمالک", "malik"),
        ("Suu Kyi", "suukyi"),
        ("سوچی", "suukyi"),
        ("Jinping", "jinping"),
        ("Sirajul Haq", "siraj"),
        ("سراج الحق", "siraj"),
        ("Mustafizur Rahman", "mustafiz"),
        ("مستفیض الرحمان", "mustafiz"),
        ("Karachi Kings", "kings"),
        ("کراچی کنگز", "kings"),
        ("Burj Khalifa", "khalifa"),
        ("برج خلیفہ", "khalifa"),
        ("shahrukhkhan", "khan"),
        ("imrankhan", "imran"),
    ],
)
def test_both_languages_are_found(engine: SearchEngine, query: str, name: str) -> None:
    assert set(found(engine, query)[:2]) == {f"{name}-en", f"{name}-ur"}, query


@pytest.mark.parametrize("query", ["reopened", "mountain", "addressed"])
def test_other_words_are_not_parted(engine: SearchEngine, query: str) -> None:
    response = engine.search(SearchRequest(query))
    others = [each.word for word in response.understood.readings for each in word.alternatives]
    assert not any(" " in other for other in others)


def test_a_slip_does_not_hide_a_name_of_two_words(tmp_path: Path) -> None:
    """شاہرکن spells Shahrukh, too, but hardly any article holds it; شہرکے is شہر کے."""
    film = [
        Document(str(n), "شاہ رخ خان کی فلم", "شہر کے سنیما میں فلم دکھائی گئی", "ur")
        for n in range(22)
    ]
    slips = [Document("s", "شاہرکن عالم", "اس شہرکے لوگ", "ur")]
    newsroom.build(tmp_path / "data", [*film, *slips]).close()
    engine = archives.open_engine(tmp_path / "data", SearchConfig())
    (reading,) = engine.search(SearchRequest("shahrukh")).understood.readings
    others = [each.word for each in reading.alternatives]
    assert others[0] == "شاہ رخ"
    assert "شہرکے" not in others
    engine.close()
