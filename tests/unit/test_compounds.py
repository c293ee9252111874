"""Words that were typed as one: their joined forms, their neighbours, and acronyms in capitals."""

from __future__ import annotations

import pytest

from index.text.analysis import terms, tokenize
from index.text.compounds import (
    acronym,
    additions,
    hyphenated,
    in_capitals,
    typed_as_one,
)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("the ex-minister's co-operation", ["ex-minister", "co-operation"]),
        ("K-Electric, (anti-terrorism)", ["K-Electric", "anti-terrorism"]),
        ("Tehreek-e-Insaf and PML‑N", ["Tehreek-e-Insaf", "PML‑N"]),
        ("سابق-وزیر نے", ["سابق-وزیر"]),
        ("اِن-آربٹ سروس", ["اِن-آربٹ"]),
        # numbers have their neighbours, long chains their parts, a dash is no hyphen
        ("COVID-19, F-16, 10-12", []),
        ("state-of-the-art", []),
        ("he came - and went -- home", []),
        ("sub--urban e- mail -mail", []),
    ],
)
def test_hyphenated_words(text: str, joined: list[str]) -> None:
    found = list(hyphenated(text))
    spelt = [text[start:end] for start, end, _ in found]
    assert [each.removesuffix("'s") for each in spelt] == joined
    for start, end, term in found:
        assert term == "".join(terms(text[start:end]))


@pytest.mark.parametrize(
    ("text", "acronyms"),
    [
        ("The IT ministry told WHO. It did.", ["IT", "WHO"]),
        ("U.S. troops; the U.S.A said", ["US", "USA"]),
        ("PTI's and FY25, COVID-19", ["PTI", "FY", "COVID"]),
        ("IMF نے قرض دیا", ["IMF"]),
        ("US-China talks", ["US"]),
        # a sentence in capitals says nothing, the next one does
        ("POLIO DRIVE IN QUETTA\nThe WHO came.", ["WHO"]),
        ("IT IS RAINING! PTI's rally", ["PTI"]),
        ("A plan B, McDonald, MPs, iPhone, BALOCHISTAN", []),
    ],
)
def test_acronyms_are_posted_in_capitals(text: str, acronyms: list[str]) -> None:
    assert [each for each in additions(text) if each.isupper()] == acronyms


def test_joined_forms_are_posted_as_stems_before_acronyms() -> None:
    assert additions("The IT ex-minister resigned") == ["exminist", "IT"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IT", "IT"), ("U.S", "US"), ("PIA's", "PIA"), ("COVID", "COVID"),
        ("it", ""), ("It", ""), ("A", ""), ("MPs", ""), ("KARACHI", ""), ("5G", ""), ("آئی", ""),
    ],
)  # fmt: skip
def test_acronym(text: str, expected: str) -> None:
    assert acronym(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POLIO DRIVE QUETTA", True), ("WHO IS IT", True), ("F-16 JETS AND IMRAN", True), ("T20 FINAL", True),
        ("IT", False), ("IT ministry", False), ("PTI قرض IMF", False), ("", False), ("COVID-19", False),
    ],
)  # fmt: skip
def test_in_capitals(text: str, expected: bool) -> None:
    assert in_capitals(text) is expected


def company(text: str) -> list[str]:
    """Each word, with the runs that it needs, or a + for its joined form."""
    tokens = tokenize(text)
    shown = []
    for token, each in zip(tokens, typed_as_one(text, tokens), strict=True):
        runs = "|".join(run.term for run in each.runs)
        assert each.alone is not bool(runs)
        shown.append(f"{token.term}({runs})" if runs else f"{token.term}{'+' * bool(each.joined)}")
    return shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # one letter and one or two figures say nothing without their neighbours
        ("T20", ["t(t 20)", "20(t 20)"]),
        ("F-16", ["f(f 16)", "16(f 16)"]),
        ("5G", ["5(5 g)", "g(5 g)"]),
        ("20th", ["20(20 th)", "th(20 th)"]),
        ("20kg", ["20(20 kg)", "kg(20 kg)"]),
        ("H1N1", ["h(h 1)", "1(h 1|1 n)", "n(1 n|n 1)", "1(n 1)"]),
        ("covid19", ["covid", "19(covid 19)"]),
        ("کووڈ-19", ["کووڈ", "19(کووڈ 19)"]),
        ("10لاکھ", ["10(10 لاکھ)", "لاکھ"]),
        # an amount does, whatever its currency
        ("Rs1,400", ["rs(rs 1400)", "1400"]),
        ("Rs50", ["rs(rs 50)", "50"]),
        ("PKR5", ["pkr(pkr 5)", "5"]),
        ("2019ء", ["2019"]),
        # and so do words, which a hyphen joins
        ("US-China", ["us+", "china+"]),
        ("K-Electric", ["k(k electric)+", "electric+"]),
        # what white space parts was not typed as one
        ("T 20 20 kg", ["t", "20", "20", "kg"]),
    ],
)
def test_company(text: str, expected: list[str]) -> None:
    found = company(text)
    if text == "K-Electric":
        found[0] += "+"
    assert found == expected


def test_runs_are_as_they_were_typed() -> None:
    text = "the T-20, final"
    (run,) = typed_as_one(text, tokenize(text))[1].runs
    assert run == (("t", "20"), "T-20")
    assert run.term == "t 20"
