"""Marks and snippets of any text: whole words, in order, in place, and nothing cut that is one."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from promises import of_spans

from index.text.analysis import LONGEST_WORD, is_stop, tokenize
from index.text.sentences import sentences
from search.models import Span
from search.show.highlight import KINDS, Wanted, mark, settle
from search.show.snippets import marks_of, second_snippet, snippet, worth_of

untimed = settings(deadline=None)
"""The first English word loads the stemmer, which is slow on a busy machine."""

WORDS = ["کتاب", "کِتَاب", "كتاب", "کتابیں", "کتابوں", "خوب\u200cصورت", "خوبصورت", "train", "Trains"]
WORDS += [
    "the",
    "کے",
    "۲۰۲۶",
    "2026",
    "COVID-19",
    "U.S.",
    "3,500",
    "O’Brien",
    "سڑک",
    "IMFکے",
    "½",
    "ﷺ",
]
GLUE = [
    " ",
    " ",
    " ",
    " ",
    "\n",
    "\r\n",
    "\u00a0",
    "\u2028",
    "۔ ",
    ". ",
    "، ",
    "-",
    "\u200c",
    "\u200f",
]
GLUE += ["\u064e", "ـ", "(", "”", "! ", ""]

any_text = st.text(max_size=400)
urdu_text = st.text(
    st.sampled_from("ابتکگیےںہھوئؤآيكهة\u064e\u0670\u0640\u200c\u200f۔،؟ \n.abc-0۲"), max_size=400
)
news_text = st.lists(st.sampled_from(WORDS + GLUE * 2), max_size=150).map("".join)
texts = news_text | urdu_text | any_text


@st.composite
def wants(draw: st.DrawFn) -> Wanted:
    """Terms as a query would have them: from the tokenizer, no stop words alone."""
    seeds = draw(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=5))
    words = {t.term: seed for seed in seeds for t in tokenize(seed) if not is_stop(t.term)}
    runs = draw(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), max_size=3))
    phrases = {tuple(t.term for t in tokenize(" ".join(run))): " ".join(run) for run in runs}
    return Wanted(words, {phrase: typed for phrase, typed in phrases.items() if phrase})


@untimed
@given(texts, wants())
def test_marks_are_whole_words_in_order(text: str, wanted: Wanted) -> None:
    spans = mark(text, wanted)
    of_spans(text, spans)
    assert all(span.kind in ("exact", "variant") and span.word for span in spans)


@untimed
@given(texts, wants())
def test_every_word_as_typed_is_marked(text: str, wanted: Wanted) -> None:
    spans = mark(text, wanted)
    for token in tokenize(text):
        if token.term in wanted.words:
            assert any(span.start <= token.start and token.end <= span.end for span in spans)


@untimed
@given(texts, wants())
def test_exact_marks_hold_what_was_typed(text: str, wanted: Wanted) -> None:
    typed = {*wanted.words.values(), *wanted.phrases.values()}
    for span in mark(text, wanted):
        assert span.word in typed


@untimed
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8), st.sampled_from(KINDS)), max_size=12)
)
def test_settled_spans_are_apart_and_none_gives_way_to_a_weaker(
    drawn: list[tuple[int, int, str]],
) -> None:
    spans = [Span(start, start + length, kind) for start, length, kind in drawn]
    kept = settle(spans)
    assert all(a.end <= b.start for a, b in pairwise(kept))
    for span in spans:
        if span.start < span.end and span not in kept:
            rivals = [k for k in kept if k.start < span.end and span.start < k.end]
            assert any(KINDS.index(k.kind) <= KINDS.index(span.kind) for k in rivals)


def _cuts_word(body: str, at: int) -> bool:
    return any(token.start < at < token.end for token in tokenize(body))


@untimed
@given(texts, wants(), st.integers(0, 300), st.data())
def test_snippets_are_true_to_the_body(
    body: str, wanted: Wanted, max_chars: int, data: st.DataObject
) -> None:
    sentence = data.draw(st.none() | st.sampled_from(sentences(body) or [(0, 0)]))
    found = snippet(body, "ur", marks_of(body, wanted, worth_of(wanted, {}), sentence), max_chars)
    end = found.start + len(found.text)
    assert found.text == re.sub(r"\s", " ", body[found.start : end])
    assert found.text == found.text.strip()
    assert len(found.text) <= max(max_chars, LONGEST_WORD)
    assert found.cut_before == bool(body[: found.start].strip())
    assert found.cut_after == bool(body[end:].strip())
    if found.kind == "keyword":
        of_spans(found.text, found.spans)
        assert found.spans
    elif found.kind == "semantic":
        (meaning,) = found.spans
        assert 0 <= meaning.start < meaning.end <= len(found.text)
        assert meaning.kind == "meaning"
    else:
        assert found.spans == ()


@untimed
@given(texts, wants(), st.integers(0, 300))
def test_no_word_is_cut(body: str, wanted: Wanted, max_chars: int) -> None:
    tokens = tokenize(body)
    assume(all(token.end - token.start <= LONGEST_WORD for token in tokens))
    found = snippet(body, "ur", marks_of(body, wanted, worth_of(wanted, {}), None), max_chars)
    assert not _cuts_word(body, found.start)
    assert not _cuts_word(body, found.start + len(found.text))


@untimed
@given(texts, wants())
def test_a_body_with_a_wanted_word_shows_it(body: str, wanted: Wanted) -> None:
    found = snippet(body, "ur", marks_of(body, wanted, worth_of(wanted, {}), None), 280)
    assert (found.kind == "keyword") == bool(mark(body, wanted))


@untimed
@given(texts, wants(), st.integers(64, 300))
def test_a_second_snippet_shows_other_words_at_another_place(
    body: str, wanted: Wanted, max_chars: int
) -> None:
    known = marks_of(body, wanted, worth_of(wanted, {}), None)
    first = snippet(body, "ur", known, max_chars)
    second = second_snippet(body, "ur", known, first, (), max_chars)
    if second is None:
        return
    of_spans(second.text, second.spans)
    assert {span.word for span in second.spans} - {span.word for span in first.spans}
    ends = (first.start + len(first.text), second.start + len(second.text))
    assert ends[0] <= second.start or ends[1] <= first.start
