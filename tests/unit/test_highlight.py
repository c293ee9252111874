"""Marks on the original spelling. Expected marks are written into the text: [exact] {variant}."""

from __future__ import annotations

import pytest

from index.text.analysis import stem, surfaces, term_of
from search.config import SearchConfig
from search.models import Span
from search.query.query import parse_query
from search.show.highlight import Meant, Wanted, mark, settle
from search.understand.understanding import as_typed

SIGNS = {"exact": "[]", "variant": "{}", "meaning": "<>"}


def shown(text: str, spans: tuple[Span, ...]) -> str:
    out, at = "", 0
    for span in spans:
        opener, closer = SIGNS[span.kind]
        out += text[at : span.start] + opener + text[span.start : span.end] + closer
        at = span.end
    return out + text[at:]


def wanted(query: str) -> Wanted:
    return Wanted.of(as_typed(parse_query(query, SearchConfig())))


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        # the word as typed, whatever its case
        ("train", "The Train left; trainer stayed.", "The [Train] left; trainer stayed."),
        # other inflections
        ("train", "Trains were late.", "{Trains} were late."),
        ("شہریوں", "شہری اور شہریوں نے", "{شہری} اور [شہریوں] نے"),
        # vowel marks, tatweel and ZWNJ are inside the mark
        ("کتاب", "یہ کِتَاب ہے", "یہ [کِتَاب] ہے"),
        ("کتاب", "کتـــاب", "[کتـــاب]"),
        ("خوبصورت", "خوب\u200cصورت باغ", "[خوب\u200cصورت] باغ"),
        ("خوب\u200cصورت", "خوبصورت باغ", "[خوبصورت] باغ"),
        # both keyboards, both ways
        ("کیلا", "كيلا مہنگا", "[كيلا] مہنگا"),
        ("كيلا", "کیلا مہنگا", "[کیلا] مہنگا"),
        # digits of both scripts, and a text in both directions
        ("2026", "سال ۲۰۲۶ میں", "سال [۲۰۲۶] میں"),
        ("IMF قرض", "IMF سے قرض ملا", "[IMF] سے [قرض] ملا"),
        # never stop words alone, unless there is nothing else
        ("price of wheat", "the price of sugar", "the [price] of sugar"),
        ("سے کے", "شہر سے باہر کے", "شہر [سے] باہر [کے]"),
        # a phrase is one mark, its stop words inside; its words alone are none
        (
            '"price of wheat"',
            "The Price of wheat, not wheat price.",
            "The [Price of wheat], not wheat price.",
        ),
        ('"شہر کی سڑک"', "شہر کی\nسَڑک بند", "[شہر کی\nسَڑک] بند"),
        ('"covid 19"', "COVID-19 season", "[COVID-19] season"),
        # a phrase and its word wanted alone
        ('"night train" train', "night train, train", "[night train], [train]"),
        # phrases that overlap, and one inside another
        ('"a1 b1" "b1 c1"', "a1 b1 c1", "[a1 b1] [c1]"),
        ('"a1 b1 c1" "a1 b1" "b1"', "a1 b1 c1 a1 b1 b1", "[a1 b1 c1] [a1 b1] [b1]"),
        # phrases ask for these very forms
        ('"night train"', "night trains", "night trains"),
        # exclusions and filters are not looked for, words for the title are
        ("wheat -sugar lang:en title:rice", "wheat sugar en rice", "[wheat] sugar en [rice]"),
        # alternatives
        ("cricket OR hockey", "hockey and cricket", "[hockey] and [cricket]"),
        ("wheat", "", ""),
    ],
)
def test_mark(query: str, text: str, expected: str) -> None:
    assert shown(text, mark(text, wanted(query))) == expected


def test_a_span_names_the_word_it_answers() -> None:
    spans = mark("Trains in شہریوں", wanted('Train "in" شَہری'))
    assert [span.word for span in spans] == ["Train", "in", "شَہری"]


def test_an_exact_word_is_named_before_one_that_shares_its_stem() -> None:
    spans = mark("trained trains", wanted("trains trained"))
    assert [(span.kind, span.word) for span in spans] == [("exact", "trained"), ("exact", "trains")]


def test_nothing_wanted_marks_nothing() -> None:
    assert not wanted("lang:ur")
    assert mark("wheat", wanted("lang:ur")) == ()


def test_a_stop_word_is_no_variant() -> None:
    """`its` has the stem of `it`, but stop words are marked as typed or not at all."""
    assert mark("it and its", wanted("it")) == (Span(0, 2, "exact", "it"),)


class TestSettle:
    def test_orders_and_keeps_what_is_apart(self) -> None:
        late, early = Span(5, 8, "exact", "b"), Span(0, 3, "meaning")
        assert settle([late, early]) == (early, late)

    def test_the_stronger_kind_wins_wherever_it_stands(self) -> None:
        meaning, exact = Span(0, 20, "meaning"), Span(4, 9, "exact", "word")
        assert settle([meaning, exact]) == (exact,)
        assert settle([Span(0, 6, "variant", "a"), exact]) == (exact,)

    def test_the_earlier_and_longer_wins_among_equals(self) -> None:
        first, second = Span(0, 6, "exact", "a"), Span(3, 9, "exact", "b")
        assert settle([second, first]) == (first,)
        assert settle([Span(0, 3, "exact", "c"), first]) == (first,)

    def test_unknown_kinds_are_weakest_and_empty_spans_go(self) -> None:
        exact = Span(0, 3, "exact", "a")
        assert settle([Span(1, 2, "new"), exact, Span(5, 5, "exact")]) == (exact,)
        assert settle([]) == ()


@pytest.mark.parametrize(
    "query", ['trains "load shedding" کتابوں', "WHO report", '"وزیر اعظم" دورہ']
)
def test_words_that_need_no_judging_would_not_be_marked(query: str) -> None:
    asked = wanted(query)
    text = "Who trains WHO? Loads of reports: وزیرِ اعظم، کِتاب، دورے Training shedding لوڈ 2019ء ½"
    for word in surfaces(text):
        term = term_of(word)
        capitals = asked.acronyms.get(word)
        verdict = ("exact", capitals, 1.0) if capitals else asked.verdict(term)
        phrases, runs = asked.openers.get(term, ()), asked.run_openers.get(stem(term), ())
        wanted_or_not = (verdict, phrases, runs) if verdict or phrases or runs else None
        assert asked.judged[word] == wanted_or_not


def test_what_answers_by_meaning_is_marked_whatever_the_typed_words_begin_with() -> None:
    prime_minister = tuple(map(stem, ("وزیر", "اعظم")))
    asked = Wanted(
        words={"flood": "flood"},
        meanings={stem("سیلاب"): "flood"},
        runs={prime_minister: Meant("prime minister", 0.9, "وزیر اعظم")},
        spelt={("ٹڈی", "دل"): "ٹڈیدل"},
    )
    text = "سیلاب کے بعد وزیرِ اعظم کا دورہ، ٹڈی دل"
    marked = [(text[each.start : each.end], each.kind, each.word) for each in mark(text, asked)]
    assert marked == [
        ("سیلاب", "meaning", "flood"),
        ("وزیرِ اعظم", "meaning", "prime minister"),
        ("ٹڈی دل", "variant", "ٹڈیدل"),
    ]
