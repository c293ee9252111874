from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st

from search.models import (
    Alternative,
    DocumentView,
    PassageView,
    SearchRequest,
    Span,
    WordReading,
)
from web import present
from web.text import Text
from web.ui import paragraphs

texts = st.text(alphabet=st.sampled_from("ab <>&\"'/کِتاب\u200cA\n=mark") | st.characters())
spans = st.lists(
    st.builds(
        Span,
        start=st.integers(-5, 40),
        end=st.integers(-5, 40),
        kind=st.sampled_from(["exact", "variant", "meaning", "<x>"]),
        word=st.text(),
        strength=st.floats(0.01, 1),
    ),
    max_size=6,
)
TAG = re.compile(
    r'<mark class="(?:exact|variant|meaning)(?: faint)?"(?: title="answers: [^"<>]*")?>|</mark>'
)
SENTENCE, WORD = Span(0, 3, "meaning"), Span(2, 3, "meaning", "w")


@given(texts, spans)
def test_marked_text_without_its_marks_is_the_escaped_text(text, marks):
    shown = str(present.marked(text, marks))
    bare = TAG.sub("", shown)
    assert html.unescape(bare.replace("&#39;", "'")) == html.unescape(html.escape(text))
    assert "<" not in bare
    assert ">" not in bare


@given(texts, spans)
def test_marks_open_and_close_in_turn(text, marks):
    found = [tag[1] == "/" for tag in TAG.findall(str(present.marked(text, marks)))]
    assert found == [False, True] * (len(found) // 2)


@given(texts, spans)
def test_pieces_join_to_the_text(text, marks):
    assert "".join(piece for piece, _ in present.segments(text, marks)) == text


def test_the_strongest_mark_shows_where_marks_overlap():
    shown = present.marked("a whole day", [Span(0, 11, "meaning"), Span(2, 7, "exact", "whole")])
    assert shown == (
        '<mark class="meaning">a </mark><mark class="exact">whole</mark>'
        '<mark class="meaning"> day</mark>'
    )


def test_a_mark_on_another_word_says_which_one_it_answers():
    marks = [Span(0, 1, "exact", "a"), Span(2, 3, "variant", "<b"), Span(4, 5, "meaning", 'c"')]
    assert present.marked("a b c", marks) == (
        '<mark class="exact">a</mark> <mark class="variant" title="answers: &lt;b">b</mark> '
        '<mark class="meaning" title="answers: c&#34;">c</mark>'
    )
    roman = present.marked("برف", [Span(0, 3, "exact", "baraf")])
    assert roman == '<mark class="exact" title="answers: baraf">برف</mark>'
    assert "title" not in present.marked("Baraf", [Span(0, 5, "exact", "baraf")])
    assert 'title="جس لفظ کے لیے: c"' in present.marked(
        "c", [Span(0, 1, "meaning", "c")], Text("ur")
    )


def test_a_word_shows_within_a_sentence_found_by_its_meaning():
    for marks in ([SENTENCE, WORD], [WORD, SENTENCE]):
        assert present.marked("a b", marks) == (
            '<mark class="meaning">a </mark><mark class="meaning" title="answers: w">b</mark>'
        )


def test_the_best_alternatives_are_shown_and_all_that_are_off():
    words = [Alternative(f"w{n}", "en", n / 20, "meaning", off=n == 1) for n in range(1, 13)]
    shown = present.alternatives(WordReading("t", "", tuple(words)))
    assert [each.word for each in shown] == [f"w{n}" for n in (12, 11, 10, 9, 8, 7, 6, 5, 1)]


def test_a_script_in_an_article_stays_text():
    shown = present.marked("<script>x</script>", [Span(1, 7, "exact")])
    assert shown == '&lt;<mark class="exact">script</mark>&gt;x&lt;/script&gt;'


@pytest.mark.parametrize(
    ("lang", "attributes"),
    [
        ("ur", 'lang="ur" dir="rtl"'),
        ("en", 'lang="en" dir="ltr"'),
        ("ur-Latn", 'lang="ur-Latn" dir="ltr"'),
        ("und", 'dir="auto"'),
        ("fa", 'lang="fa" dir="rtl"'),
        ("ar", 'lang="ar" dir="rtl"'),
        ("ps", 'lang="ps" dir="rtl"'),
        ("fr", 'lang="fr" dir="ltr"'),
        ("hi", 'lang="hi" dir="ltr"'),
        ("zh", 'lang="zh" dir="ltr"'),
        ("pa", 'lang="pa" dir="auto"'),  # Gurmukhi or Shahmukhi: as the text
        ("../x", 'lang="../x" dir="auto"'),
        ('"><script>', 'lang="&#34;&gt;&lt;script&gt;" dir="auto"'),
    ],
)
def test_language_and_direction_of_a_text(lang, attributes):
    assert present.lang_dir(lang) == attributes


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a?b=1#c", True),
        ("HTTP://example.org", True),
        ("https://example.org/خبر", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        (" https://example.org", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ('https://e.org/"onclick', False),
        ("", False),
    ],
)
def test_only_web_addresses_are_linked(url, linked):
    assert bool(present.web_address(url)) is linked


def view(body: str, *passages: PassageView, spans: tuple[Span, ...] = ()) -> DocumentView:
    return DocumentView("id", "t", body, "ur", None, "", "", (), passages, "g", (), spans)


def test_paragraphs_carry_their_own_language_and_marks():
    body = "پہلا جملہ۔\n\nA second line.\r\n  \nآخر"
    second = body.index("A second")
    found = paragraphs.paragraphs(
        view(
            body,
            PassageView(0, 0, 11, "ur"),
            PassageView(1, second, second + 14, "en", best=True),
            spans=(Span(second + 2, second + 8, "exact", "second"),),
        )
    )
    assert [each.lang for each in found] == ["ur", "en", "ur"]
    assert [each.best for each in found] == [False, True, False]
    assert found[1].html == (
        '<span class="passage">A <mark class="exact">second</mark> line.</span>'
    )


@given(texts, spans)
def test_paragraphs_lose_no_letter(body, marks):
    passages = [PassageView(0, span.start, span.end, "en", best=True) for span in marks[:2]]
    shown = paragraphs.paragraphs(view(body, *passages, spans=tuple(marks)))
    text = "".join(html.unescape(re.sub(r"<[^>]+>", "", str(each.html))) for each in shown)
    kept = "".join(line for line in re.split(r"[\r\n]+", body) if line.strip())
    assert text == html.unescape(html.escape(kept))


def test_json_has_the_promised_members():
    body = json.loads(present.as_json(present.search_body(Desk().search(SearchRequest("police")))))
    assert set(body) == {
        "query",
        "hits",
        "total",
        "page",
        "size",
        "next",
        "facets",
        "notices",
        "degraded",
        "timings",
        "generation",
    }
    assert {
        "id",
        "title",
        "lang",
        "date",
        "source",
        "url",
        "tags",
        "score",
        "explanation",
        "snippet",
        "title_spans",
        "second",
        "stories",
        "copies",
        "folded",
    } == set(body["hits"][0])
    assert {
        "from",
        "to",
        "text",
        "mode",
        "sort",
        "lang",
        "source",
        "tag",
        "language",
        "words",
        "literal",
        "off",
        "resolved",
        "readings",
        "did_you_mean",
    } == set(body["query"])
    hit = body["hits"][0]
    first = hit["snippet"]["spans"][0]
    assert hit["snippet"]["text"][first["start"] : first["end"]] == "police"


def test_broken_text_keeps_its_length_in_json():
    response = Desk().search(SearchRequest("police"))
    hit = replace(response.hits[0], title="a\ud800b")
    body = json.loads(present.as_json(present.search_body(replace(response, hits=(hit,)))))
    assert body["hits"][0]["title"] == "a?b"


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("ur", "IMF سے مذاکرات", "rtl"),
        ("fa", "", "rtl"),
        ("ur-Latn", "کراچی", "ltr"),
        ("sd", "5: حيدرآباد ۾ ادبي ميلو", "rtl"),
        ("pa", "ਪੰਜਾਬ", "ltr"),
        ("pa", "پنجاب وچ مینہ", "rtl"),
        ("und", "", "auto"),
    ],
)
def test_the_direction_of_a_language_that_is_written_both_ways_is_the_texts(
    lang: str, text: str, found: str
) -> None:
    assert present.direction(lang, text) == found
