"""The spelling model: which Urdu word a Latin one is, and the other way round."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest

from index.sound.phonetic_keys import MOST_SKELETONS, SkeletonTable, SoundIndex, skeletons
from index.sound.transliteration import (
    CHANNELS,
    LONGEST_CHUNK,
    LONGEST_LATIN,
    SpellingModel,
    fold_latin,
    latin_codes,
    ragged,
    urdu_symbols,
)
from index.text.normalize import normalize

VOCABULARY = [
    normalize(word)
    for word in [
        "وزیر",
        "وزارت",
        "وزن",
        "زور",
        "ضرور",
        "اعظم",
        "عظیم",
        "نامرادی",
        "مراد",
        "نمرود",
        "بھارت",
        "بہار",
        "بھائی",
        "بہائی",
        "پھول",
        "پہل",
        "فول",
        "کھانا",
        "خانہ",
        "خان",
        "کان",
        "قانون",
        "کنواں",
        "ہندوستان",
        "پاکستان",
        "پاک",
        "پاکستانی",
        "حکومت",
        "حکمت",
        "حکم",
        "محکمہ",
        "عدالت",
        "عادت",
        "عادل",
        "دھکا",
        "دکھ",
        "دکان",
        "دکھانا",
        "ڈاکا",
        "ذاکر",
        "ذکر",
        "لڑکا",
        "لڑکی",
        "لکڑی",
        "تعلیم",
        "طالب",
        "طلب",
        "تلاش",
        "نقوی",
        "نقوش",
        "ٹیکنالوجی",
        "چابہار",
        "چار",
        "واشنگٹن",
        "ژاوہونگ",
        "پولیس",
        "پالیسی",
        "انہوں",
        "انہیں",
        "امن",
        "ایمان",
        "ایوان",
        "شہر",
        "شعر",
        "شاعر",
        "شور",
        "بچہ",
        "باجا",
        "صدر",
        "سدھار",
        "سادہ",
        "کشمیر",
        "لاہور",
        "کراچی",
        "گھر",
        "غار",
        "گرد",
    ]
]
TYPED = {
    "wazir": "وزیر", "wazeer": "وزیر", "vazir": "وزیر", "wizaarat": "وزارت", "azam": "اعظم",
    "aazam": "اعظم", "azeem": "عظیم", "naa-muraadi": "نامرادی", "namuradi": "نامرادی",
    "bhaarat": "بھارت", "phool": "پھول", "khana": "کھانا", "qanoon": "قانون", "kanoon": "قانون",
    "hindustan": "ہندوستان", "pakistan": "پاکستان", "hukoomat": "حکومت", "hakumat": "حکومت",
    "adaalat": "عدالت", "dahakaa": "دھکا", "larka": "لڑکا", "ladka": "لڑکا", "larki": "لڑکی",
    "taleem": "تعلیم", "taaleem": "تعلیم", "talaash": "تلاش", "unhon": "انہوں", "inhon": "انہوں",
    "shaair": "شاعر", "bachcha": "بچہ", "bacchaa": "بچہ", "sadar": "صدر", "kashmeer": "کشمیر",
    "iman": "ایمان", "ghar": "گھر", "khaan": "خان", "zaroor": "ضرور", "zikr": "ذکر",
}  # fmt: skip
NAMES = {
    "naqvi": "نقوی", "technology": "ٹیکنالوجی", "chabahar": "چابہار", "washington": "واشنگٹن",
    "xiaohong": "ژاوہونگ", "police": "پولیس", "policy": "پالیسی", "karachi": "کراچی",
    "lahore": "لاہور", "kashmir": "کشمیر", "pakistan": "پاکستان",
}  # fmt: skip


@pytest.fixture(scope="module")
def model() -> SpellingModel:
    return SpellingModel.load()


@pytest.fixture(scope="module")
def urdu() -> SoundIndex:
    return SoundIndex.build(VOCABULARY)


@pytest.fixture(scope="module")
def latin() -> SoundIndex:
    return SoundIndex.build([*NAMES, "china's", "market", "sharon", "5g", "knock", "colic"])


@pytest.mark.parametrize(("typed", "word"), TYPED.items())
def test_typed_word_is_found_first(urdu: SoundIndex, typed: str, word: str) -> None:
    rows, scores = urdu.sounding_like(typed)
    assert urdu.words[rows[0]] == word
    assert list(scores) == sorted(scores, reverse=True)


@pytest.mark.parametrize(("name", "word"), NAMES.items())
def test_names_are_found_in_both_directions(
    urdu: SoundIndex, latin: SoundIndex, name: str, word: str
) -> None:
    rows, there = urdu.sounding_like(name, channel="english")
    assert urdu.words[rows[0]] == word
    rows, back = latin.sounding_like(word, channel="english")
    assert latin.words[rows[0]] == name
    assert back[0] == pytest.approx(there[0], abs=1e-3)


def test_index_and_model_say_the_same_of_every_candidate(
    urdu: SoundIndex, model: SpellingModel
) -> None:
    for typed, channel in itertools.product(("wazir", "khana", "x", "Chabahar"), CHANNELS):
        rows, scores = urdu.sounding_like(typed, channel=channel)
        alone = [model.log_likelihood(typed, [VOCABULARY[row]], channel)[0] for row in rows]
        assert scores == pytest.approx(alone, abs=1e-3)


def test_marks_joiners_and_the_other_keyboard_are_normalized_before(model: SpellingModel) -> None:
    plain = model.log_likelihood("pakistani", ["پاکستانی"])
    for spelled in ("پاكستاني", "پاکِستانی", "پاک\u200cستانی"):
        assert model.log_likelihood("pakistani", [normalize(spelled)]) == pytest.approx(plain)


def test_likelihood_is_a_probability_of_latin_words(model: SpellingModel) -> None:
    """Of all words of one to three letters, ان is a few, and their shares add up to less than 1."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    some = [
        "".join(letters) for n in (1, 2, 3) for letters in itertools.product(alphabet, repeat=n)
    ]
    some = [word for word in some if fold_latin(word) == word]
    for channel in CHANNELS:
        shares = np.exp(np.concatenate(model.log_likelihoods(some, [["ان"]] * len(some), channel)))
        assert 0.5 < shares.sum() < 1.02


def test_word_spelled_in_no_known_way_still_has_a_finite_likelihood(model: SpellingModel) -> None:
    values = model.log_likelihood("zxqjv", ["آئے", "ک", "ښځې", "ء", "ا" * 60])
    assert values.shape == (5,)
    assert np.isfinite(values).all()
    assert (values[[0, 1, 3, 4]] < model.background("zxqjv")).all()


def test_letter_never_seen_is_no_free_ride(model: SpellingModel) -> None:
    """Pashto and Sindhi letters emit something, as any letter does; they are not skipped."""
    ours, theirs = model.log_likelihood("aur", ["اور", "ډګر"])
    assert ours > theirs + 3
    assert theirs > model.log_likelihood("aur", ["قلم"])[0]


def test_long_words_do_not_vanish(model: SpellingModel) -> None:
    good, bad = model.log_likelihood("hindustaaniyon" * 2, ["ہندوستانیوں" * 2, "پاکستانیوں" * 2])
    assert good > bad + 5


def test_limit_keeps_the_best(urdu: SoundIndex) -> None:
    rows, _ = urdu.sounding_like("kan")
    assert list(urdu.sounding_like("kan", limit=2)[0]) == list(rows[:2])


@pytest.mark.parametrize("nothing", ["", "5", "''", "۔", "漢字"])
def test_what_is_no_word_sounds_like_nothing(
    urdu: SoundIndex, latin: SoundIndex, nothing: str
) -> None:
    assert len(urdu.sounding_like(nothing)[0]) == 0
    assert len(latin.sounding_like(nothing)[0]) == 0


@pytest.mark.parametrize("words", [[], ["وزیر"], ["wazir", "5g", "x"]])
def test_arrays_open_the_same_index_again(words: list[str]) -> None:
    index = SoundIndex.build(words)
    again = SoundIndex.from_arrays(words, index.arrays())
    assert again.latin == index.latin
    for word in ("wazir", "وزیر"):
        rows, scores = index.sounding_like(word)
        assert again.sounding_like(word)[0].tolist() == rows.tolist()
        assert again.sounding_like(word)[1].tolist() == scores.tolist()


def test_large_bucket_is_cut_to_the_best(model: SpellingModel) -> None:
    """300 words have the skeleton of لا; the one that is meant survives the cut, at every place."""
    weak = "اوی"
    words = [
        "".join(("ل", *inner)) for n in range(1, 6) for inner in itertools.product(weak, repeat=n)
    ]
    index = SoundIndex.build(words)
    assert len(words) > 300
    for word, typed in (("لا", "la"), ("لی", "li"), ("لایا", "laya"), ("لو", "lo")):
        rows, _ = index.sounding_like(typed, limit=5)
        assert word in [words[row] for row in rows]


def test_match_probability_tells_right_from_wrong(model: SpellingModel) -> None:
    for channel, pairs in zip(CHANNELS, (TYPED, NAMES), strict=True):
        right, wrong = [], []
        for spelled, word in pairs.items():
            other = next(w for w in reversed(VOCABULARY) if w[0] != word[0])
            values = model.log_likelihood(spelled, [word, other], channel)
            length = len(fold_latin(spelled))
            good, bad = model.match_probability(values, model.background(spelled), length, channel)
            right.append(good)
            wrong.append(bad)
        assert np.mean(right) > 0.8
        assert np.mean(wrong) < 0.2


def test_english_odds(model: SpellingModel) -> None:
    english = [
        "government",
        "international",
        "strength",
        "should",
        "election",
        "knowledge",
        "yesterday",
    ]
    typed = [
        "hukoomat",
        "wazeer",
        "taaleem",
        "kahaniyan",
        "unhon",
        "zindagi",
        "mulaqaat",
        "shakhsiyat",
    ]
    assert all(model.english_odds(word) > 0 for word in english)
    assert all(model.english_odds(word) < 0 for word in typed)
    assert model.english_odds("") == 0.0


def test_background_is_a_distribution(model: SpellingModel) -> None:
    assert model.background("kitab") > model.background("xqzjv")
    shares = [
        math.exp(model.background(a) - model.background("")) for a in "abcdefghijklmnopqrstuvwxyz"
    ]
    assert all(share > 0 for share in shares)


def test_version_names_the_weights(model: SpellingModel) -> None:
    assert len(SpellingModel.bundled_version()) == 16
    assert SpellingModel.load() is model


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Naa-Muraadi", "naamuraadi"), ("pleeeease", "pleease"), ("bachchaa", "bacchaa"),
        ("achchha", "accha"), ("café", "cafe"), ("China’s", "chinas"), ("5G", "g"), ("", ""),
    ],
)  # fmt: skip
def test_fold_latin(word: str, folded: str) -> None:
    assert fold_latin(word) == folded
    assert fold_latin(folded) == folded
    assert len(fold_latin("ab" * 100)) == LONGEST_LATIN


def test_aspirates_are_one_symbol() -> None:
    _, (one, other) = urdu_symbols(["بھائی", "بہائی"])
    assert one == other - 1
    (one, other, usual), _ = urdu_symbols(["ښ", "ټ", "ب"])
    assert one == other != usual


@pytest.mark.parametrize(
    ("latin_word", "word"),
    [("wazeer", "وزیر"), ("qanun", "قانون"), ("phir", "پھر"), ("fir", "پھر"), ("mein", "میں"),
     ("sheher", "شہر"), ("ladka", "لڑکا"), ("alamat", "علامہ"), ("tech", "ٹیک"), ("cement", "سیمنٹ")],
)  # fmt: skip
def test_skeletons_meet(latin_word: str, word: str) -> None:
    assert skeletons(latin_word, latin=True) & skeletons(word, latin=False)


@pytest.mark.parametrize("word", ["", "-", "'", "۔", "\u064e", "\u200c", "123", "۱۲۳", "…", "🌧️"])
def test_what_has_no_letters_sounds_like_nothing(word: str) -> None:
    """Its skeleton would be the empty one, which words of vowels alone share."""
    assert skeletons("aao", latin=True) & skeletons("آؤ", latin=False)
    for latin in (True, False):
        assert skeletons(word, latin=latin) == set()
    for words, asked in ((["آؤ", word], "aao"), (["aao", word], "آؤ")):
        index = SoundIndex.build(words)
        assert index.sounding_like(asked)[0].tolist() == [0]
        assert index.sounding_like(word)[0].tolist() == []
        assert SoundIndex.build([word]).sounding_like(asked)[0].tolist() == []


def test_skeletons_part_what_differs() -> None:
    assert not skeletons("wazir", latin=True) & skeletons("لڑکا", latin=False)
    assert len(skeletons("chchzjsdchzjsdch", latin=True)) <= MOST_SKELETONS
    table = SkeletonTable.build(["وزیر", "زور", "لڑکا"], latin=False)
    assert table.candidates(["wazir"], latin=True).tolist() == [0, 1]
    assert table.candidates(["pqb"], latin=True).tolist() == []


def test_chunk_codes() -> None:
    letters = np.frombuffer(b"abcde", np.uint8)
    starts = np.array([0, 3, 5], np.int32)
    codes = latin_codes(ragged(letters, starts, np.array([0, 1], np.int32)))
    assert codes.shape == (LONGEST_CHUNK + 1, 4, 2)
    assert codes[1, 1:, 0].tolist() == [1, 2, 3]
    assert codes[2, 2:, 0].tolist() == [1 * 27 + 2, 2 * 27 + 3]
    assert codes[3, 3, 0] == (1 * 27 + 2) * 27 + 3
    assert codes[:, 2, 1].tolist()[:3] == [0, 5, 4 * 27 + 5]


def test_a_query_resolves_in_milliseconds(urdu: SoundIndex) -> None:
    query = ["pakistan", "hukoomat", "wazir", "azam", "taleem", "adalat", "larka"]
    urdu.sounding_like("pakistan")
    best = min(_seconds(urdu, query) for _ in range(5))
    assert best < 0.05


def _seconds(index: SoundIndex, query: list[str]) -> float:
    begin = time.perf_counter()
    for word in query:
        index.sounding_like(word)
    return time.perf_counter() - begin
