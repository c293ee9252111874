"""One Urdu word, many spellings: written otherwise, apart or as one, they meet; other words do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import archives
import newsroom
import pytest

from index.documents import Document
from search.config import SearchConfig, SpellingCosts
from search.engine import SearchEngine
from search.models import Hit, Mode, SearchRequest
from search.understand.loanwords import spell_one_loan
from search.understand.spelling_costs import spelling_cost

ONLY_SPELLINGS = SearchConfig(expansion=False, names=False, roman=False)

SENTENCES = (
    "{} فورسز نے سرحد پر کارروائی کی",
    "شہر میں {} سخت کر دی گئی",
    "{} اہلکاروں نے گاڑی روک لی",
    "وزیر نے {} صورتحال کا جائزہ لیا",
    "جلسے کی {} پولیس کے پاس ہے",
    "{} خدشات کے باعث راستے بند ہیں",
)
"""Where one word may stand, however it is written."""
OTHERS = (
    "ہمارا {} ترقی کرے گا اور خوشحال ہوگا",
    "{} بھر میں بارش کا امکان ہے",
    "{} کے عوام امن چاہتے ہیں",
    "دشمن {} کی سرحدیں خطرے میں ہیں",
)
"""Where ملک stands; مالک, a letter away, stands elsewhere."""
OWNERS = (
    "دکان {} نے کرایہ بڑھا دیا",
    "مکان کا {} لاہور میں رہتا تھا",
    "فیکٹری {} گرفتار کر لیا گیا",
    "گاڑی کے {} کو جرمانہ بھرنا پڑا",
)

KINDS = (
    "مسلح {} کے درمیان جھڑپیں ہوئیں",
    "دونوں {} کے کارکن زخمی ہوئے",
    "شدت پسند {} کے خلاف آپریشن",
    "مختلف {} کے نمائندے جمع ہوئے",
    "چھوٹے {} میں تقسیم ہو گئے",
    "ان {} کی مدد سے حملہ ہوا",
)
"""Where گروپوں stands and گروہوں, a letter away and of one kind, but another word."""


def _articles() -> Iterator[Document]:
    def named(name: str, body: str) -> Document:
        return Document(id=name, title="", body=body + "۔")

    for at, sentence in enumerate(SENTENCES):
        yield named(f"security-{at}", sentence.format("سکیورٹی"))
        yield named(f"security-long-{at}", sentence.format("سیکیورٹی"))
    for at, sentence in enumerate(KINDS):
        yield named(f"group-{at}", sentence.format("گروپوں"))
        yield named(f"band-{at}", sentence.format("گروہوں"))
    for at, sentence in enumerate(OTHERS * 3):
        yield named(f"country-{at}", sentence.format("ملک"))
    for at, sentence in enumerate(OWNERS * 3):
        yield named(f"owner-{at}", sentence.format("مالک"))
    for at, verb in enumerate(("پہنچے", "روانہ ہوئے", "خوش ہیں", "چلے گئے")):
        yield named(f"pm-one-{at}", f"وزیراعظم کل کراچی {verb}")
        yield named(f"pm-apart-{at}", f"وزیر اعظم کل کراچی {verb}")
    yield named("pm-zer", "وزیرِ اعظم کا خطاب سنا گیا")
    yield named("minister", "وزیر خزانہ نے بجٹ پیش کیا")
    yield named("pretty-one", "یہ وادی بہت خوبصورت تھی")
    yield named("pretty-apart", "جھیل خوب صورت نظر آئی")
    yield named("pretty-zwnj", "باغ خوب\u200cصورت لگا")
    yield named("actress", "اداکارہ نے نئی فلم سائن کی")
    yield named("actress-pieces", "معروف ادا کا رہ نے انکار کیا")
    yield named("duty", "اپنا فرض ادا کرو اور گھر پر رہ جاؤ")
    yield named("for", "عوام کے لئے بجلی سستی ہوئی، چاہئے کہ سب خوش ہوں")
    yield named("day-or", "دن یا رات کا کوئی فرق نہ رہا")
    yield named("world", "ساری دنیا حیران رہ گئی")
    yield named("sukkur", "سکھر بیراج میں پانی کم ہوا")
    yield named("rahman", "رحمٰن بابا کا عرس شروع ہوا")
    yield named("makers", "فیصلہ کرنے والے لوگ کم تھے")
    yield named("makers-one", "شکایت کرنیوالے سب لوگ آئے")
    yield named("deliberate", "غیر قانونی تعمیرات گرا دی گئیں")
    yield named("deliberate-one", "غیرقانونی شکار پر پابندی لگی")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("variants") / "data"
    newsroom.build(data, list(_articles())).close()
    return data


@pytest.fixture(scope="module")
def engine(data: Path) -> Iterator[SearchEngine]:
    opened = archives.open_engine(data, ONLY_SPELLINGS)
    yield opened
    opened.close()


def hits(engine: SearchEngine, query: str, **options: object) -> list[Hit]:
    request = SearchRequest(query, mode=Mode.KEYWORD, size=100, **options)  # type: ignore[arg-type]
    return list(engine.search(request).hits)


def found(engine: SearchEngine, query: str, **options: object) -> set[str]:
    return {hit.id for hit in hits(engine, query, **options)}


def named(engine: SearchEngine, query: str, *prefixes: str) -> set[str]:
    return {name for name in found(engine, query) if name.startswith(prefixes)}


SECURITY = {f"security{kind}-{at}" for kind in ("", "-long") for at in range(6)}
PRIME_MINISTER = {f"pm-{kind}-{at}" for kind in ("one", "apart") for at in range(4)} | {"pm-zer"}
PRETTY = {"pretty-one", "pretty-apart", "pretty-zwnj"}


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        (["سکیورٹی", "سیکیورٹی", "سیکورٹی", '"سکیورٹی"', "+سیکیورٹی"], SECURITY),
        (
            ["وزیراعظم", '"وزیراعظم"', '"وزیر اعظم"', '"وزیرِ اعظم"', "وزیر\u200cاعظم"],
            PRIME_MINISTER,
        ),
        (["خوبصورت", '"خوب صورت"', "خوب\u200cصورت"], PRETTY),
        (["اداکارہ", "ادا کا رہ", "ادا  کارہ"], {"actress", "actress-pieces"}),
        (["سکہر", "سکھر"], {"sukkur"}),
        (["رحمان", "رحمن", "رحمٰن"], {"rahman"}),
        (["غیرقانونی", '"غیر قانونی"'], {"deliberate", "deliberate-one"}),
        (['"کرنے والے"', "کرنیوالے", "کرنےوالے"], {"makers", "makers-one"}),
        (["چاہئے", "چاہیے", "چاہیئے"], {"for"}),
    ],
)
def test_every_spelling_finds_every_other(
    engine: SearchEngine, queries: list[str], expected: set[str]
) -> None:
    for query in queries:
        assert found(engine, query) == expected, query


def test_words_apart_find_the_one_word_beside_what_else_they_mean(engine: SearchEngine) -> None:
    assert named(engine, "وزیر اعظم", "pm-") == PRIME_MINISTER
    assert named(engine, "خوب صورت", "pretty") == PRETTY


def test_different_words_keep_apart_however_near_in_letters(engine: SearchEngine) -> None:
    assert not named(engine, "ملک", "owner")
    assert not named(engine, "مالک", "country")
    assert not named(engine, "گروپوں", "band")
    assert not named(engine, "گروہوں", "group")
    assert named(engine, "دنیا", "day", "world") == {"world"}


def test_what_is_typed_stands_above_what_is_spelt_otherwise(engine: SearchEngine) -> None:
    for typed, own, other in (
        ("سکیورٹی", "security-", "security-long"),
        ("وزیراعظم", "pm-one", "pm-"),
    ):
        order = [hit.id for hit in hits(engine, typed)]
        mine = [at for at, name in enumerate(order) if name.startswith(own) and "long" not in name]
        rest = [at for at, name in enumerate(order) if at not in mine and name.startswith(other)]
        assert max(mine) < min(rest), order


def test_a_phrase_is_met_in_any_spelling_of_its_words(engine: SearchEngine) -> None:
    expected = {"pm-one-0", "pm-apart-0"}
    assert found(engine, '"وزیراعظم کل کراچی پہنچے"') == expected
    assert found(engine, '"وزیر اعظم کل کراچی پہنچے"') == expected
    assert found(engine, '"سیکورٹی فورسز"') == {"security-0", "security-long-0"}


def test_conditions_are_met_by_spellings_and_exclusions_are_not(engine: SearchEngine) -> None:
    assert found(engine, "سکیورٹی AND فورسز") == {"security-0", "security-long-0"}
    assert found(engine, "+سیکیورٹی +پولیس") == {"security-4", "security-long-4"}
    assert "security-0" in found(engine, "فورسز -سیکیورٹی")
    assert "security-long-0" not in found(engine, "فورسز -سیکیورٹی")
    assert "pm-apart-0" in found(engine, 'کراچی NOT "وزیراعظم"')


def test_deleting_takes_what_was_typed_and_no_other_spelling(engine: SearchEngine) -> None:
    ids = engine.selection("سکیورٹی").ids
    assert set(ids) == {f"security-{at}" for at in range(6)}


def test_literal_and_switched_off_words_are_not_searched(engine: SearchEngine) -> None:
    assert found(engine, "وزیراعظم", literal=True) == {f"pm-one-{at}" for at in range(4)}
    assert found(engine, '"وزیراعظم"', literal=True) == {f"pm-one-{at}" for at in range(4)}
    assert not any("long" in name for name in found(engine, "سکیورٹی", off=("سیکیورٹی",)))


def test_the_reader_is_told_and_sees_the_spelling_marked(engine: SearchEngine) -> None:
    response = engine.search(SearchRequest("وزیراعظم", mode=Mode.KEYWORD, size=20))
    (reading,) = response.understood.readings
    assert ("وزیر اعظم", "spelling") in {(a.word, a.source) for a in reading.alternatives}
    hit = next(hit for hit in response.hits if hit.id == "pm-apart-1")
    marked = {(hit.snippet.text[s.start : s.end], s.kind) for s in hit.snippet.spans}
    assert ("وزیر اعظم", "variant") in marked


@pytest.mark.parametrize(
    "pair",
    [
        "سکیورٹی/سیکیورٹی",
        "پراجیکٹ/پروجیکٹ",
        "اسٹیشن/سٹیشن",
        "ہسپتال/اسپتال",
        "سکہر/سکھر",
        "رحمان/رحمن",
        "تناو/تنائو",
        "قرآن/قران",
        "مزاحمت/مذاحمت",
        "وزارت/وزرات",
        "چیئرمین/چیرمین",
        "گذشتہ/گزشتہ",
        "ٹرمپ/ترمپ",
    ],
)
def test_spellings_cost_little_both_ways(pair: str) -> None:
    one, other = pair.split("/")
    there, back = spelling_cost(one, other), spelling_cost(other, one)
    assert there is not None
    assert there < SpellingCosts.MOST
    assert back == pytest.approx(there)


@pytest.mark.parametrize(
    "pair",
    # Other forms and other words: no matter how they are used, they are not spellings of one.
    [
        "لڑکیوں/لڑکوں",
        "دیتا/دیتے",
        "کرائی/کروائی",
        "شمال/شمالی",
        "بچی/بچے",
        "گئی/گئیں",
        "حکومت/خدمت",
    ],
)
def test_other_forms_of_a_word_are_no_spellings(pair: str) -> None:
    assert not spelling_cost(*pair.split("/"))


def test_another_vowel_costs_more_than_one_that_is_written_or_not() -> None:
    written = spelling_cost("فلڈنگ", "فیلڈنگ")
    another = spelling_cost("فولڈنگ", "فیلڈنگ")
    assert written is not None
    assert another is not None
    assert written < another


def test_a_hamza_before_the_o_of_a_verb_is_written_or_not() -> None:
    assert spelling_cost("جائوں", "جاوں") == pytest.approx(SpellingCosts.WRITTEN)


@pytest.mark.parametrize(
    "pair", ["میسج/میسیج", "چیئر/چیر", "لائیک/لائک", "پلاسٹر/پلستر", "ریلے/ریئلے"]
)
def test_an_english_word_in_urdu_letters_is_one_however_its_vowels_are_written(pair: str) -> None:
    one, other = pair.split("/")
    assert spell_one_loan(one, other)
    assert spell_one_loan(other, one)


@pytest.mark.parametrize(
    "pair",
    # Urdu words and names a vowel apart, and an English word beside an Urdu one.
    ["میچ/موچ", "ملک/مالک", "سعود/سعاد", "گھاٹ/گھوٹ", "آمین/آمن", "جیل/جھیل", "حکم/حاکم"],
)
def test_words_a_vowel_apart_are_no_loan_of_one_english_word(pair: str) -> None:
    assert not spell_one_loan(*pair.split("/"))
