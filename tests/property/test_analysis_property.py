"""The promises of the text handling, for any text at all: real Urdu, noise, NULs and surrogates."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from index.text.analysis import (
    WORD_PATTERN,
    compiled,
    is_stop,
    script,
    stem,
    surfaces,
    terms,
    tokenize,
    words_in,
)
from index.text.compounds import additions, hyphenated, typed_as_one
from index.text.normalize import normalize
from index.text.openings import Openings
from index.text.sentences import LONGEST, sentences

ANYTHING = st.text(st.characters(), max_size=60)  # surrogates, NUL and unassigned ones included

URDU = "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیےآأإؤئۂۀۃةيىكهە"
MARKS = "\u064b\u064e\u0650\u0651\u0652\u0653\u0654\u0670\u0610\u0640\u06e1\u0301"
HIDDEN = "\u200c\u200d\u200e\u200f\u202b\u202c\u2067\u2069\ufeff\u00ad"
NEWSPRINT = st.text(
    st.sampled_from(f"{URDU}{URDU}{MARKS}{HIDDEN}abcXYZéğ019۰۵۹٠٥ \n۔،؟.,!?'’‘\"”()-_%٪ﻼﷲ"),
    max_size=60,
)
TEXTS = st.one_of(ANYTHING, NEWSPRINT)


@given(TEXTS)
@example("\u0675\u0654 ŉ½ﷺ")
@example("کئئے ءا اءء")
def test_normalizing_twice_changes_nothing(text: str) -> None:
    folded = normalize(text)
    assert normalize(folded) == folded


@given(TEXTS)
def test_canonically_equal_texts_fold_alike(text: str) -> None:
    assert normalize(unicodedata.normalize("NFC", text)) == normalize(text)
    assert normalize(unicodedata.normalize("NFD", text)) == normalize(text)


@given(TEXTS)
def test_a_token_is_the_fold_of_its_own_stretch_of_text(text: str) -> None:
    reached = 0
    for token in tokenize(text):
        assert reached <= token.start < token.end <= len(text)
        assert token.term
        assert token.term == normalize(text[token.start : token.end])
        reached = token.end
    assert terms(text) == [token.term for token in tokenize(text)]


@given(TEXTS)
@example("ex-minister's K-Electric U.S.A. ٹی-۲۰ a-b-c-d")
def test_what_was_typed_as_one_is_made_of_tokens(text: str) -> None:
    tokens = tokenize(text)
    starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
    for start, end, joined in hyphenated(text):
        assert start in starts
        assert end in ends
        assert joined == "".join(token.term for token in tokenize(text[start:end]))
    for company in typed_as_one(text, tokens):
        assert company.alone is not bool(company.runs)
        for run in company.runs:
            assert run.words == tuple(terms(run.surface))
    assert all(term and " " not in term for term in additions(text))


@given(NEWSPRINT)
def test_words_are_the_same_before_and_after_folding(text: str) -> None:
    # Promised for the characters of newspapers, with marks and hidden signs inside words: elsewhere a
    # ligature may split, or a hidden sign part a number, in ways no pattern foresees.
    text = re.sub(rf"(?<![^\W\d_])[{HIDDEN}{MARKS}]+|[{HIDDEN}]+(?![^\W\d_])", "", text)
    assert terms(normalize(text)) == terms(text)


@given(NEWSPRINT)
def test_every_letter_and_digit_is_in_a_token(text: str) -> None:
    covered = {place for token in tokenize(text) for place in range(token.start, token.end)}
    for place, char in enumerate(text):
        if char.isalnum() and char not in "ء\u0640":
            assert place in covered


@given(TEXTS)
def test_stems_and_scripts_exist_for_every_term(text: str) -> None:
    for term in terms(text):
        assert stem(term)
        assert script(term) in ("ur", "en", "other")
        assert isinstance(is_stop(term), bool)


@given(st.one_of(TEXTS, st.lists(NEWSPRINT, max_size=60).map("".join)))
def test_sentences_cover_every_word_in_order(text: str) -> None:
    reached, covered = 0, set()
    for start, end in sentences(text):
        assert reached <= start < end <= len(text)
        assert end - start <= LONGEST
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
        reached = end
    assert covered >= {place for place, char in enumerate(text) if char.isalnum()}


@given(TEXTS)
def test_pieces_where_a_word_may_begin_hold_every_such_word(text: str) -> None:
    """No word stands across white space: what is read piece by piece is what is read at once."""
    text = f"{text} {'. ' * 100}"  # what is short is not looked through
    places = {(token.start, token.end): token.term for token in tokenize(text)}
    for wanted in set(places.values()):
        pieces = Openings([stem(wanted)]).pieces(text)
        read = [match.span() for piece in pieces for match in words_in(text, *piece)]
        assert set(read) <= places.keys()
        assert read == sorted(read)
        assert {place for place, term in places.items() if term == wanted} <= set(read)


RULE = compiled(WORD_PATTERN)


@given(TEXTS)
@example("covid19 U.S.A U.S. O'Brien e\u0301 a.b IMFکے " + "a" * 65 + " " + "b" * 64 + "'s")
def test_the_quick_way_finds_the_words_of_the_rule(text: str) -> None:
    assert surfaces(text) == RULE.findall(text)
