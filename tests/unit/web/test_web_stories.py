"""What a result and an article bring along: other tellings, copies, other spellings, faint marks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from desk import Desk
from flask.testing import FlaskClient

from index.documents import SAME_PAGE, Document
from index.errors import EncoderError, IndexMissingError, NotFoundError
from search.models import (
    Related,
    RelatedDocument,
    SearchRequest,
    SearchResponse,
    Snippet,
    Span,
)
from web import present
from web.http.app import create_app
from web.settings import Settings


class Rich(Desk):
    """Whose first result of a page has all that a result may bring along."""

    def search(self, request: SearchRequest) -> SearchResponse:
        response = super().search(request)
        if not response.hits:
            return response
        first, *rest = response.hits
        body = self.documents[first.id].body
        start = body.index(" ", len(body) // 2) + 1
        faint = Span(0, body[start:].index(" "), "meaning", "police", 0.4)
        second = Snippet(body[start:], first.lang, "keyword", start, True, False, (faint,))
        likes = self.related(first.id, 5).likes
        told = [replace(each, lang="ur", relation="story") for each in likes[:3]]
        copies = [replace(each, relation="copy") for each in likes[3:5]]
        rich = replace(first, second=second, stories=tuple(told), copies=tuple(copies), folded=2)
        return replace(response, hits=(rich, *(replace(h, stories=(), copies=()) for h in rest)))


@pytest.fixture
def stories() -> Rich:
    return Rich()


@pytest.fixture
def reader(stories: Rich) -> FlaskClient:
    return create_app(Settings(), stories).test_client()


def hit(page: str, number: int = 1) -> str:
    return page[page.index(f'id="hit-{number}"') :].partition("</article>")[0]


@pytest.mark.parametrize(
    ("ui", "told", "copies", "more"),
    [
        ("en", "Also told in Urdu", "2 nearly identical articles", "2 more tellings"),
        ("ur", "یہی خبر اردو میں", "2 تقریباً یکساں خبریں", "اس کے 2 اور بیان"),
    ],
)
def test_a_result_names_its_story_and_its_copies(reader, ui, told, copies, more):
    first = hit(reader.get(f"/?q=police&ui={ui}").get_data(as_text=True))
    assert first.count('class="snippet') == 2
    for said in (told, copies, more):
        assert said in first
    assert re.search(
        r'class="other urdu"><a lang="ur" dir="rtl" href="/documents/[^"]+q=police', first
    )
    assert "#story" in first


def test_results_without_a_story_have_no_empty_boxes(reader):
    second = hit(reader.get("/?q=police").get_data(as_text=True), 2)
    assert "told" not in second
    assert "copies" not in second


def test_every_result_can_be_linked_to(reader):
    page = reader.get("/?q=police&page=2").get_data(as_text=True)
    assert re.findall(r'id="(hit-\d+)"', page) == [f"hit-{n}" for n in range(11, 21)]
    assert 'href="#hit-11"' in page


def test_another_spelling_keeps_the_filters_and_begins_afresh(reader):
    page = reader.get("/?q=polcie&tag=news&page=1&off=x").get_data(as_text=True)
    links = re.findall(r'href="([^"]+)"', page[page.index('class="mean"') :].partition("</p>")[0])
    assert links == ["/?q=police&amp;tag=news"]


def test_an_article_has_the_other_language_first(stories, reader, monkeypatch):
    def named(id: str, lang: str, relation: str) -> RelatedDocument:
        return RelatedDocument(id, f"<{id}>", lang, None, "", "", relation, 0.9)

    found = Related(
        "x",
        (named("a", "en", "story"), named("b", "ur", "story")),
        (),
        (named("c", "en", "like"),),
        "g",
    )
    monkeypatch.setattr(stories, "related", lambda id, size: found)
    page = reader.get("/documents/en/0-1.html").get_data(as_text=True)
    assert re.findall(r'href="/documents/(\w)"', page) == ["b", "a", "c"]
    assert "&lt;a&gt;" in page
    assert "Nearly the same text" not in page


@pytest.mark.parametrize("ui", ["en", "ur"])
def test_an_article_is_shown_also_when_nothing_can_be_found_for_it(
    stories, reader, monkeypatch, ui
):
    def fail(id: str, size: int) -> Related:
        raise EncoderError("The <encoder> is away.")

    monkeypatch.setattr(stories, "related", fail)
    answer = reader.get(f"/documents/en/0-1.html?ui={ui}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Two hundred officers" in page
    assert "The &lt;encoder&gt; is away." in page


@pytest.mark.parametrize(("error", "status"), [(NotFoundError, 404), (IndexMissingError, 503)])
def test_an_article_that_is_gone_is_gone(stories, reader, error, status):
    stories.failure = error("It went.")
    assert reader.get("/documents/en/0-1.html").status_code == status


def test_an_unsure_mark_is_fainter():
    spans = [Span(0, 1, "meaning", "w", 0.49), Span(2, 3, "meaning", "w", 0.5)]
    assert re.findall(r'class="([^"]+)"', present.marked("a b", spans)) == [
        "meaning faint",
        "meaning",
    ]


def test_the_surer_of_two_marks_shows():
    spans = [Span(0, 1, "meaning", "x", 0.3), Span(0, 1, "meaning", "y", 0.9)]
    assert 'title="answers: y"' in present.marked("a", spans)
    assert present.within(spans, 0, 1) == spans, "their strength is kept"


def test_a_title_is_nobody_s_markup():
    attack = "<img src=x>"
    named = ("1a", "1b", "1c")
    engine = Rich(
        [Document(n, f"police {attack}", f"police said so {n}. " * 9, "en") for n in named]
    )
    client = create_app(Settings(), engine).test_client()
    for address in ("/?q=police", "/documents/1a"):
        assert attack not in client.get(address).get_data(as_text=True)


def test_an_article_names_the_others_of_its_page() -> None:
    documents = [
        Document(
            "a.txt", "بندرگاہ", "بندرگاہ کی خبر", "ur", extra={SAME_PAGE: ["a.txt#2", "gone"]}
        ),
        Document("a.txt#2", "نئی <کرین>", "کرین کی خبر", "ur", extra={SAME_PAGE: ["a.txt"]}),
        Document("b.txt", "Elsewhere", "A third page.", "en"),
    ]
    client = create_app(Settings(), Desk(documents)).test_client()
    page = client.get("/documents/a.txt?lang=en").get_data(as_text=True)
    assert "From the same page" in page
    assert 'href="/documents/a.txt%232' in page
    assert "نئی &lt;کرین&gt;" in page
    assert "From the same page" not in client.get("/documents/b.txt").get_data(as_text=True)
