"""Urdu typed in Latin letters is read by the archive's own words, and English stays English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import newsroom
import pytest

from index.documents import Document
from index.parts.lexicon.lexicon import Lexicon
from search.config import Reading
from search.understand.roman import RomanDecoder, RomanReading, RunReading


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lexicon]:
    index = newsroom.build(tmp_path_factory.mktemp("newsroom"))
    yield index.lexicon
    index.close()


def run(lexicon: Lexicon, text: str) -> RunReading:
    return RomanDecoder(lexicon).read(text.split())


def read(lexicon: Lexicon, text: str) -> list[RomanReading]:
    return list(run(lexicon, text).words)


def best(lexicon: Lexicon, text: str) -> list[str]:
    """Each word as it most probably reads; itself where that is English or unknown Urdu."""
    words = []
    for typed, reading in zip(text.split(), read(lexicon, text), strict=True):
        urdu = sum(chance for _, chance in reading.urdu) > 0.5
        words.append(reading.urdu[0][0] if urdu else typed)
    return words


@pytest.mark.parametrize(
    ("typed", "urdu"),
    [
        ("wazir dakhla ki mulaqat", "وزیر داخلہ کی ملاقات"),
        ("wazeer dakhila ki mulaqaat", "وزیر داخلہ کی ملاقات"),
        ("vazir daakhila", "وزیر داخلہ"),
        ("karachi mein barish ka alert", "کراچی میں بارش کا الرٹ"),
        ("adalat ka faisla", "عدالت کا فیصلہ"),
        ("hukumat ne bijli ki qeemat kam ki", "حکومت نے بجلی کی قیمت کم کی"),
        ("barish", "بارش"),
    ],
)
def test_urdu_is_read_however_it_is_spelt(lexicon: Lexicon, typed: str, urdu: str) -> None:
    assert best(lexicon, typed) == urdu.split()


@pytest.mark.parametrize(
    "typed", ["the price of wheat", "court verdict", "rain forecast", "school books", "hockey team"]
)
def test_english_stays_english(lexicon: Lexicon, typed: str) -> None:
    assert best(lexicon, typed) == typed.split()
    assert all(reading.english > 0.5 for reading in read(lexicon, typed))


def test_a_mixed_query_is_read_word_by_word(lexicon: Lexicon) -> None:
    assert best(lexicon, "heavy rain karachi mein barish") == [
        "heavy", "rain", "کراچی", "میں", "بارش",
    ]  # fmt: skip


def test_neighbours_decide_what_one_word_leaves_open(lexicon: Lexicon) -> None:
    among_urdu = read(lexicon, "mulaqat log barish")[1]
    among_english = read(lexicon, "court log verdict")[1]
    assert among_urdu.english < read(lexicon, "log")[0].english < among_english.english


def test_a_word_that_usually_follows_is_the_likelier_reading(lexicon: Lexicon) -> None:
    (alone,) = read(lexicon, "azm")
    behind = read(lexicon, "wazir azm")[1]
    assert dict(behind.urdu)["اعظم"] > dict(alone.urdu)["اعظم"]


@pytest.mark.parametrize(
    ("typed", "urdu"),
    [
        ("zindagi", "زندگی"),
        ("jazeera par zindagi", "جزیرہ پر زندگی"),
        ("hukumat ki azadi", "حکومت کی آزادی"),
        ("mohabbat ka paigham", "محبت کا پیغام"),
    ],
)
def test_urdu_that_the_archive_lacks_is_read_by_the_bundled_lexicon(
    lexicon: Lexicon, typed: str, urdu: str
) -> None:
    assert any(lexicon.row(word) < 0 for word in urdu.split())
    assert best(lexicon, typed) == urdu.split()


def test_what_the_archive_lacks_is_not_its_nearest_word(tmp_path: Path) -> None:
    few = [Document("1", "ملکیت کا تنازع", "وزارت نے زمین کی ملکیت پر فیصلہ سنا دیا", "ur")]
    index = newsroom.build(tmp_path, few)
    assert best(index.lexicon, "wazir ki mulaqat") == ["وزیر", "کی", "ملاقات"]
    assert best(index.lexicon, "zameen ki milkiyat") == ["زمین", "کی", "ملکیت"]
    index.close()


def test_urdu_that_nothing_known_spells_is_unknown_or_foreign(lexicon: Lexicon) -> None:
    for typed in ("wusatullah", "qqzzrkk"):
        (reading,) = read(lexicon, typed)
        assert reading.unknown + reading.english > 0.99


@pytest.mark.parametrize("text", ["wazir dakhla", "log", "x", "the court ka", "qqq " * 64, "5g"])
def test_chances_add_up(lexicon: Lexicon, text: str) -> None:
    for reading in read(lexicon, text):
        chances = [chance for _, chance in reading.urdu]
        assert chances == sorted(chances, reverse=True)
        assert len(chances) <= Reading.CANDIDATES + Reading.BUNDLED_CANDIDATES
        assert sum(chances) + reading.english + reading.unknown == pytest.approx(1, abs=1e-6)
        assert min([*chances, reading.english, reading.unknown]) >= 0


def test_no_words(lexicon: Lexicon) -> None:
    assert read(lexicon, "") == []


def test_urdu_is_read_where_the_archive_has_none(tmp_path: Path) -> None:
    english = [each for each in newsroom.ARTICLES if each.lang == "en"]
    index = newsroom.build(tmp_path, english)
    assert best(index.lexicon, "wazir dakhla mulaqat") == ["وزیر", "داخلہ", "ملاقات"]
    for typed in ("the price of wheat", "court verdict", "rain forecast", "school books"):
        assert best(index.lexicon, typed) == typed.split()
        assert run(index.lexicon, typed).urdu < 0.5
    index.close()


def test_an_archive_without_english_still_tells_english_by_its_letters(tmp_path: Path) -> None:
    urdu = [each for each in newsroom.ARTICLES if each.lang == "ur"]
    index = newsroom.build(tmp_path, urdu)
    assert best(index.lexicon, "wazir dakhla ki mulaqat") == ["وزیر", "داخلہ", "کی", "ملاقات"]
    assert best(index.lexicon, "international government") == ["international", "government"]
    index.close()


@pytest.mark.parametrize("typed", ["karachi", "karachi rain alert", "final team", "karachi 5g"])
def test_words_of_both_languages_are_no_evidence_of_urdu(lexicon: Lexicon, typed: str) -> None:
    assert all(reading.english + reading.unknown > 0.5 for reading in read(lexicon, typed))


def test_urdu_words_decide_among_words_of_both_languages(lexicon: Lexicon) -> None:
    assert best(lexicon, "karachi ki team") == ["کراچی", "کی", "ٹیم"]
    (karachi, *_) = read(lexicon, "karachi ki team")
    assert "کراچی" in karachi.shared


@pytest.mark.parametrize(
    ("text", "urdu"),
    [
        ("wazir dakhla ki mulaqat", True),
        ("cricket team ka kaptan", True),  # two words of three are English: Urdu is full of them
        ("karachi mein barish", True),
        ("barish", True),
        ("price of wheat", False),
        ("karachi rain alert", False),
        ("the court verdict wazir", False),  # one Urdu word is a name in English news
        ("karachi", False),
    ],
)
def test_the_language_is_that_of_the_run(lexicon: Lexicon, text: str, urdu: bool) -> None:
    assert (run(lexicon, text).urdu > 0.5) == urdu


@pytest.mark.parametrize(
    ("text", "either"),
    [
        ("karachi", True),
        ("karachi team", True),
        ("karachi 2024", True),
        ("karachi ki team", False),
        ("karachi price", False),  # Urdu has a word of its own
        ("wheat", False),
        ("barish", False),
        ("2024", False),
        ("", False),
    ],
)
def test_words_that_are_as_usual_in_both_languages_may_be_either(
    lexicon: Lexicon, text: str, either: bool
) -> None:
    assert run(lexicon, text).either == either


def test_english_words_are_not_taken_for_another_that_sounds_like_them(lexicon: Lexicon) -> None:
    for word in ("the", "this", "of", "which"):
        (reading,) = read(lexicon, word)
        assert not reading.shared
    (price,) = read(lexicon, "price")
    assert "پریس" not in price.shared


@pytest.fixture(scope="module")
def courts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lexicon]:
    """An archive with rare misspellings and other words that mean nothing, as large ones have them."""
    urdu = [
        *["انصاف کا فیصلہ عوام کا حق ہے اور انصاف ملنا چاہیے"] * 12,
        *["جج نے مقدمے کا فیصلہ سنا دیا"] * 12,
        "ان کو اںصاف ملا",
        "ان کی عدم مو جودگی میں اجلاس ہوا",
        "آٹے کے گوڈاونز سیل کر دیے گئے",
    ]
    english = ["The judge of the court gave Insaaf a good day, and insaaf was news"] * 12
    articles = [
        Document(id=f"{lang}-{at}", title="", body=body, lang=lang)
        for lang, bodies in (("ur", urdu), ("en", english))
        for at, body in enumerate(bodies)
    ]
    index = newsroom.build(tmp_path_factory.mktemp("courts"), articles)
    yield index.lexicon
    index.close()


@pytest.mark.parametrize(
    ("typed", "urdu"),
    [
        ("insaaf ka faisla", "انصاف کا فیصلہ"),  # not the slip اںصاف, which means nothing else
        ("judge ka faisla", "جج کا فیصلہ"),  # its own in Urdu letters, not what is spelt like it
        ("goodnews ka faisla", "goodnews کا فیصلہ"),
    ],
)
def test_a_rare_word_without_a_meaning_is_no_likelier_for_it(
    courts: Lexicon, typed: str, urdu: str
) -> None:
    assert best(courts, typed) == urdu.split()
