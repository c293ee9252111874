"""What a word is, where it stands, under which key it is ranked, and which words say nothing."""

from __future__ import annotations

import hashlib
import unicodedata
from types import SimpleNamespace

import pytest

from index.parts.lexicon.bilingual import BilingualLexicon
from index.sound.phonetic_keys import SKELETONS_FINGERPRINT
from index.text import analysis
from index.text.analysis import (
    ANALYZER_FINGERPRINT,
    LONGEST_WORD,
    URDU_SUFFIXES,
    Token,
    is_stop,
    script,
    stem,
    stop_words,
    terms,
    tokenize,
)
from index.text.normalize import normalize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("کِتاب اور مُحَمَّد", ["کِتاب", "اور", "مُحَمَّد"]),
        ("پی\u200cڈی\u200cایف فائل", ["پی\u200cڈی\u200cایف", "فائل"]),
        ("\u200fلاہور\u200e میں", ["لاہور", "میں"]),
        ("پاک\u200fستان", ["پاک\u200fستان"]),
        ("IMFکے 5Gنے ٹی20", ["IMF", "کے", "5", "G", "نے", "ٹی", "20"]),
        ("2019ء میں، 1445ھ", ["2019", "میں", "1445", "ھ"]),
        ("2019ءمیں", ["2019", "میں"]),
        ("۳،۵۰۰ افراد", ["۳،۵۰۰", "افراد"]),
        ("3,500 or 1,50,000 or 3.5m", ["3,500", "or", "1,50,000", "or", "3.5", "m"]),
        ("10,11,12", ["10", "11", "12"]),
        ("سیزن 1984۔85", ["سیزن", "1984", "85"]),
        ("COVID-19 F16 20th", ["COVID", "19", "F", "16", "20", "th"]),
        ("Rs1,400 Rs. 1,400 1400/-", ["Rs", "1,400", "Rs", "1,400", "1400"]),
        ("$1.5bn £5m PKR1,40,000", ["1.5", "bn", "5", "m", "PKR", "1,40,000"]),
        ("۲۰کلو 15٪ 30°C 3pm", ["۲۰", "کلو", "15", "30", "C", "3", "pm"]),
        ("H1N1 m² 10² v2.0", ["H", "1", "N", "1", "m", "²", "10", "²", "v", "2.0"]),
        ("पृष्ठ२० 1990's", ["पृष्ठ", "२०", "1990", "s"]),
        ("China's ‘new’ O’Brien", ["China's", "new", "O’Brien"]),
        ("rock 'n' roll'", ["rock", "n", "roll"]),
        ("U.S. troops, e.g. J.K.", ["U.S", "troops", "e.g", "J.K"]),
        ("naqvi@example.com", ["naqvi", "example", "com"]),
        ("#نیا_پاکستان", ["نیا", "پاکستان"]),
        ("Cafe\u0301s", ["Cafe\u0301s"]),
        ("محمدﷺ نے", ["محمد", "نے"]),
        ("‘پاکستان’نے کہا’سنو‘", ["پاکستان", "نے", "کہا", "سنو"]),
        ("Google™ ½ ⑴ €5", ["Google", "5"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("", []),
        ("۔ ، ؟ \u200c \u064e ـــ", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    tokens = tokenize(text)
    assert [text[token.start : token.end] for token in tokens] == words
    assert [token.term for token in tokens] == list(map(normalize, words))
    assert terms(text) == [token.term for token in tokens]


def test_tokens_say_where_they_stand() -> None:
    assert tokenize("اعلیٰ سطحی") == [Token("اعلی", 0, 5), Token("سطحی", 6, 10)]


def test_both_keyboards_give_the_same_terms() -> None:
    assert terms("وفاقی کابینہ کی کمیٹی") == terms("وفاقي كابينه كي كميٹي")


@pytest.mark.parametrize(
    "family",
    [
        "1400 1,400 ۱۴۰۰ ۱،۴۰۰ ١٬٤٠٠ 1400/-",
        "140000 1,40,000 140,000 ۱،۴۰،۰۰۰",
        "20kg 20-kg ۲۰kg",
        "covid19 COVID-19 Covid‑19 ｃｏｖｉｄ19",
        "کووڈ19 کووڈ-19 کووِڈ۱۹",
        "t20 T-20 T۲۰",
        "پی۔ٹی۔آئی پی.ٹی.آئی پی-ٹی-آئی",
        "U.S.A USA",
    ],
)
def test_spellings_of_one_thing_are_the_same_words_in_a_row(family: str) -> None:
    assert len({tuple(terms(each)) for each in family.split()}) == 1


def test_a_run_without_an_end_is_cut() -> None:
    assert [len(term) for term in terms("x" * (2 * LONGEST_WORD + 1))] == [64, 64, 1]
    assert [len(term) for term in terms("7" * (2 * LONGEST_WORD + 1))] == [64, 64, 1]
    assert max(map(len, terms("ک" * 1000))) <= LONGEST_WORD + 1


@pytest.mark.parametrize(
    "family",
    [
        "شہری شہریوں",
        "حملہ حملے حملوں",
        "ملاقات ملاقاتیں ملاقاتوں",
        "لڑکی لڑکیاں لڑکیوں",
        "بچہ بچے بچوں",
        "سوال سوالات",
        "واقعہ واقعات واقعے",
        "ہدایت ہدایات",
        "امریکا امریکہ",
        "ورکر ورکرز",
        "ایئر ائیر",
        "دعا دعاؤں",
        "citizen citizens citizens' citizen's",
        "obrien o'brien",
        "attack attacks attacked attacking",
    ],
)
def test_one_key_for_the_forms_of_a_word(family: str) -> None:
    assert len({stem(term) for term in terms(family)}) == 1


@pytest.mark.parametrize(
    "pair", ["شہر شہری", "رات را", "بات با", "وقت وقتی", "چین چینی", "گھر گھی"]
)
def test_other_words_keep_their_keys(pair: str) -> None:
    one, other = terms(pair)
    assert stem(one) != stem(other)


def test_no_rule_leaves_less_than_two_letters() -> None:
    for rules in URDU_SUFFIXES:
        for suffix, _, least in rules:
            assert least >= 2
            assert stem(f"ب{suffix}").startswith("ب")


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("کتاب", "ur"),
        ("china's", "en"),
        ("5g", "en"),
        ("2019", "other"),
        ("भाषा", "other"),
        ("", "other"),
    ],
)
def test_script(term: str, expected: str) -> None:
    assert script(term) == expected


def test_stop_words_are_terms_and_leave_abbreviations_alone() -> None:
    assert {normalize(word) for word in stop_words} == stop_words
    assert all(map(is_stop, terms("کے لئے کیلئے کے لیے میں سے")))
    assert not any(map(is_stop, terms("WHO US IT may چین پولیس نہیں")))


def test_fingerprint_follows_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert analysis.fingerprint() == ANALYZER_FINGERPRINT
    changes: dict[str, object] = {
        "NORMALIZER_VERSION": "other",
        "WORD_PATTERN": "other",
        "URDU_SUFFIXES": (),
        "stop_words": frozenset({"the"}),
        "ACRONYM": "other",
        "Stemmer": SimpleNamespace(version=lambda: "0"),
    }
    seen = {ANALYZER_FINGERPRINT}
    for name, value in changes.items():
        with monkeypatch.context() as patch:
            patch.setattr(analysis, name, value)
            seen.add(analysis.fingerprint())
    assert len(seen) == len(changes) + 1


ANALYSES = {"d1d60e7264409aef": "722b1a9f99261ab8"}
"""Fingerprint of the rules -> digest of the words and stems they make of what is below."""


def test_rules_that_part_or_stem_otherwise_have_a_fingerprint_of_their_own() -> None:
    """An index made by other rules would be searched wrongly, and nobody told. If this fails and the
    fingerprint is the same, a rule is missing in it; else write both down here, run
    `python tests/formats.py` and make the bundled lexicon anew (training/README.md)."""
    letters = [
        chr(code)
        for block in (range(0x21, 0x3000), range(0xFB50, 0xFF00))
        for code in block
        if unicodedata.ucd_3_2_0.category(chr(code)) != "Cn"  # the same in every Python
    ]
    endings = [ending for rules in URDU_SUFFIXES for ending, _, _ in rules]
    texts = [
        *(f"{letter} کتاب{letter} {letter}کتاب a{letter}b 1{letter}2" for letter in letters),
        *(f"کتاب{first}{second}" for first in endings for second in ["", *endings]),
        "books booked booking China's U.S.A. ex-minister 3,500 1,50,000 covid19 ٹی20 2019ء ائیر ایئر",
    ]
    found = [(*token, stem(token.term)) for text in texts for token in tokenize(text)]
    digest = hashlib.sha256(repr(found).encode()).hexdigest()[:16]
    assert digest == ANALYSES.get(ANALYZER_FINGERPRINT)


def test_the_bundled_lexicon_was_made_by_these_rules() -> None:
    assert BilingualLexicon.load().analyzer == ANALYZER_FINGERPRINT
    assert BilingualLexicon.load().skeletons == SKELETONS_FINGERPRINT


@pytest.mark.parametrize(
    "text", ["X.Xً", "Xً.X", "U.S.\u200e team", "x.y.z\u0651q", "I.M.F\u200cکے", "پ.ٹِ.آئی"]
)
def test_marks_and_hidden_signs_in_initials_do_not_part_them(text: str) -> None:
    """Folding takes them out, so a word must be the same with them and without."""
    assert terms(text) == terms(normalize(text))
