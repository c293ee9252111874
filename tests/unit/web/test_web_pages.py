from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from desk import URDU_ID, Desk
from flask.testing import FlaskClient

from index.documents import Document
from index.errors import IndexMissingError
from search.config import SearchConfig
from search.models import Degraded, FacetValue, Notice, SearchRequest
from web.http.app import create_app
from web.settings import Settings, WebConfig
from web.ui import view

URDU = quote("پولیس")
PAGES = [
    "/",
    "/?q=police",
    f"/?q={URDU}",
    "/?q=police&lang=ur&source=Daily+Sahar&from=2026-01&to=2026-03&tag=news&page=1&size=5",
    "/?q=zzzz&lang=ur&mode=keyword",
    "/?q=barish+citizens&off=rain",
    "/?q=barish&literal=1",
    "/documents/en/0-0.html?q=police",
    "/documents/" + quote(URDU_ID),
    "/documents/none",
    "/?q=police&page=0",
]
_VOID = {"meta", "link", "input", "br", "img", "circle", "path"}


class Balanced(HTMLParser):
    """Fails on tags that do not nest; keeps what the tests look at."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute twice in {tag} {attrs}"
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(str(given["id"]))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in _VOID:
            assert self.open.pop() == tag


def parse(client: FlaskClient, address: str) -> Balanced:
    parsed = Balanced()
    parsed.feed(client.get(address).get_data(as_text=True))
    parsed.close()
    assert parsed.open == []
    return parsed


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize("ui", ["", "en", "ur"])
@pytest.mark.parametrize("address", PAGES)
def test_pages_are_well_formed(client, address, ui):
    glue = "&" if "?" in address else "?"
    parsed = parse(client, f"{address}{glue}ui={ui}" if ui else address)
    assert len(parsed.ids) == len(set(parsed.ids))
    (root,) = [attrs for tag, attrs in parsed.tags if tag == "html"]
    assert (root["lang"], root["dir"]) == (("ur", "rtl") if ui == "ur" else ("en", "ltr"))
    assert sum(tag == "h1" for tag, _ in parsed.tags) == 1
    for tag, attrs in parsed.tags:
        if tag in ("input", "select") and attrs.get("type") != "hidden":
            assert attrs.get("aria-label") or attrs.get("name") != "q"


def test_titles_and_snippets_carry_their_language_and_direction(client):
    page = client.get(f"/?q={quote('بجٹ budget')}&size=100").get_data(as_text=True)
    # An Urdu headline that begins with Latin letters must not flip.
    assert re.search(r'<h2 lang="ur" dir="rtl"><a[^>]*>IMF', page)
    assert '<p class="snippet keyword" lang="ur" dir="rtl">' in page
    assert '<h2 lang="en" dir="ltr">' in page
    assert "<bdi>روزنامہ ساحل</bdi>" in page


def test_the_search_box_keeps_what_was_typed(client):
    page = client.get("/?q=%22a+%26+b%22").get_data(as_text=True)
    assert 'value="&#34;a &amp; b&#34;"' in page
    assert 'dir="auto"' in page


def test_the_setting_chooses_the_interface_and_the_reader_may_change_it(engine):
    client = create_app(Settings(web=WebConfig(language="ur")), engine).test_client()
    assert '<html lang="ur" dir="rtl" ' in client.get("/").get_data(as_text=True)
    page = client.get("/?q=police&ui=en").get_data(as_text=True)
    assert '<html lang="en" dir="ltr" ' in page
    # The choice goes along on every link and in the form.
    assert '<input type="hidden" name="ui" value="en">' in page
    assert all("ui=" in link for link in re.findall(r'href="(/(?:\?|documents)[^"]*)"', page))


def test_dates_are_written_in_the_language_of_the_interface(client):
    address = "/?q=police&to=2026-01-20"
    assert "16 January 2026" in client.get(address).get_data(as_text=True)
    assert "16 جنوری 2026" in client.get(address + "&ui=ur").get_data(as_text=True)


def test_marks_and_the_line_that_says_why(client):
    page = client.get("/?q=police").get_data(as_text=True)
    assert '<mark class="exact">Police</mark>' in page
    assert "Words no. 1" in page
    urdu = client.get("/?q=police&mode=semantic&lang=ur").get_data(as_text=True)
    assert '<mark class="meaning' in urdu
    assert 'class="by-meaning"' in client.get("/?q=weather").get_data(as_text=True)


def test_filters_stay_and_can_be_taken_away(client):
    page = client.get(
        f"/?q=police&lang=ur&source={quote('نیا دور')}&from=2026-01&tag=news&sort=newest"
    ).get_data(as_text=True)
    assert 'name="lang" value="ur" form="search" checked' in page
    assert 'name="source" value="نیا دور" form="search" checked' in page
    assert 'value="2026-01-01"' in page
    assert '<option value="newest" selected>' in page
    assert 'name="tag" value="news" form="search" checked>' in page
    chips = page.partition('<ul class="chips"')[2].partition("</ul>")[0]
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', chips)]
    assert len(links) == 5
    assert not any("lang=ur" in link for link in links[:1])
    assert all("sort=newest" in link for link in links)
    assert "lang=" not in links[-1]
    assert "source=" not in links[-1]


def test_sources_that_the_filter_hides_can_still_be_added(client):
    page = client.get("/?q=police&source=Daily+Sahar").get_data(as_text=True)
    assert 'value="The Harbour Post" form="search"' in page


def test_paging(client):
    first = client.get("/?q=police&size=5").get_data(as_text=True)
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    last = client.get("/?q=police&size=5&page=7").get_data(as_text=True)
    assert 'rel="next"' not in last
    assert 'rel="prev" href="/?q=police&amp;page=6&amp;size=5"' in last
    assert '<ol class="hits" start="31">' in last
    beyond = client.get("/?q=police&page=50")
    assert beyond.status_code == 200
    assert "There is no page 50" in text_of(beyond.get_data(as_text=True))


def test_nothing_found_says_what_to_try(client):
    page = client.get("/?q=zzzz&lang=ur&mode=keyword").get_data(as_text=True)
    assert "Nothing found for" in page
    assert 'href="/?q=zzzz&amp;mode=keyword"' in page, "without the filters"
    assert 'href="/?q=zzzz&amp;lang=ur"' in page, "by meaning too"


def test_a_part_that_did_not_answer_is_never_silent(client, engine: Desk):
    engine.degraded = (Degraded("semantic", "encoder-unavailable", "the model is gone"),)
    engine.notices = (Notice("syntax", "A quotation mark was never closed."),)
    for query in ("police", "zzzz"):
        page = client.get(f"/?q={query}").get_data(as_text=True)
        assert "come from words alone" in page
        assert "the model is gone" in page
        assert "never closed" in page


@pytest.mark.parametrize("arm", ["semantic", "translation", "marks", "a-new-one"])
def test_what_did_not_answer_is_said_of_an_article_too(client, engine: Desk, arm: str):
    engine.degraded = (Degraded(arm, "encoder-unavailable", "the model is <gone>"),)
    name = quote(next(iter(engine.documents)))
    for ui, said in (("en", "was not compared with the search"), ("ur", "موازنہ نہیں ہو سکا")):
        page = client.get(f"/documents/{name}?q=police&ui={ui}").get_data(as_text=True)
        assert said in page
        assert "the model is &lt;gone&gt;" in page
        results = client.get(f"/?q=police&ui={ui}").get_data(as_text=True)
        assert "the model is &lt;gone&gt;" in results
    assert "the model is" not in client.get(f"/documents/{name}").get_data(as_text=True)


def test_a_notice_is_in_the_language_of_the_interface_where_it_can_be(client, engine: Desk):
    engine.notices = (
        Notice("boost-ignored", "^2 was ignored.", "^2"),
        Notice("new", "Something new."),
    )
    page = client.get("/?q=police&ui=ur").get_data(as_text=True)
    assert "^2 was ignored." not in page
    assert "\u2068^2\u2069: یہاں" in page
    assert '<bdi lang="en" dir="ltr">Something new.</bdi>' in page
    assert "^2 was ignored." in client.get("/?q=police").get_data(as_text=True)


def test_an_empty_query_is_asked_for_again(client):
    response = client.get("/?q=+")
    assert response.status_code == 200
    assert "Type a few words" in response.get_data(as_text=True)
    assert "Type a few words" not in client.get("/").get_data(as_text=True)


def test_unknown_arguments_of_a_shared_link_do_no_harm(client):
    assert client.get("/?q=police&utm_source=x&fbclid=y").status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/?q=" + "x" * 10_000, 400, "10,000 characters"),
        ("/?q=a&page=-1", 400, "whole number"),
        ("/?q=a&page=1000000", 400, "first 1,000 hits"),
        ("/?q=a&lang=nonsense", 400, "ur, en, fa"),
        ("/?q=a&from=2026-02&to=2026-01", 400, "wrong order"),
        ("/documents/none?q=police", 404, "no document"),
        ("/nowhere", 404, "not found"),
    ],
)
@pytest.mark.parametrize("ui", ["en", "ur"])
def test_errors_have_a_page(client, address, status, says, ui):
    response = client.get(address + ("&" if "?" in address else "?") + f"ui={ui}")
    page = response.get_data(as_text=True)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert says in page
    assert f'<html lang="{ui}"' in page
    assert 'name="q"' in page, "one can go on searching"
    assert len(page) < 10_000


def test_without_an_index_every_page_says_so(client, engine: Desk):
    engine.failure = IndexMissingError("There is no index.", hint="Run talash index rebuild.")
    for address in ("/", "/?q=police", "/documents/x"):
        response = client.get(address)
        assert response.status_code == 503
        assert "Run talash index rebuild." in response.get_data(as_text=True)


def test_an_unforeseen_error_shows_its_number_only(client, engine: Desk):
    engine.failure = ValueError("secret")
    page = client.get("/?q=police").get_data(as_text=True)
    assert "secret" not in page
    assert re.search(r"report it: [0-9a-f]{12}", page)


def test_document_page(client):
    page = client.get("/documents/en/0-2.html?q=officers&lang=en&page=2").get_data(as_text=True)
    assert '<mark class="exact">officers</mark>' in page
    assert 'href="/?q=officers&amp;lang=en&amp;page=2"' in page, "back to the same results"
    assert 'href="http://example.org/0/2" rel="noopener noreferrer external"' in page
    assert "Closest to your search in meaning" in page
    passages = page[page.index('class="passages"') :].partition("</details>")[0]
    assert passages.count("<li") == 4
    assert "javascript:" not in client.get("/documents/en/0-1.html").get_data(as_text=True).replace(
        'dir="ltr">javascript:alert(1)', ""
    )


def test_a_document_with_nothing_in_it_has_a_page():
    engine = Desk([Document("x", "", "", "und"), Document("y", "rain", "", "en")])
    response = create_app(Settings(), engine).test_client().get("/documents/x")
    assert response.status_code == 200
    assert "Untitled" in response.get_data(as_text=True)


def test_broken_text_does_not_cost_the_page():
    engine = Desk([Document("x", "police a\ud800b", "police", "en")])
    client = create_app(Settings(), engine).test_client()
    assert "a\ufffdb" in client.get("/?q=police").get_data(as_text=True)
    assert client.get("/documents/x").status_code == 200


def test_ten_results_are_a_small_page(client):
    assert len(client.get(f"/?q={URDU}").data) < 60_000


@pytest.mark.parametrize(
    ("page", "last", "numbers"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, 0, 9]),
        (5, 9, [1, 0, 4, 5, 6, 0, 9]),
        (4, 9, [1, 2, 3, 4, 5, 0, 9]),
        (9, 9, [1, 0, 8, 9]),
        (50, 9, [1, 0, 9]),
    ],
)
def test_page_numbers(page, last, numbers):
    assert view.page_numbers(page, last) == numbers


def test_filter_options_come_once_each_and_the_chosen_first():
    found = (FacetValue("b", 5), FacetValue("a", 2), FacetValue("", 1))
    options = view.options(found, ("z", "a"), ("b", "c", ""))
    assert [(each.value, each.count, each.chosen) for each in options] == [
        ("a", 2, True),
        ("z", 0, True),
        ("b", 5, False),
        ("c", 0, False),
    ]
    (only,) = view.options((FacetValue("صبحِ نو", 3),), ("صبح نو",))
    assert (only.value, only.count, only.chosen) == ("صبحِ نو", 3, True), "as the archive spells it"


def test_links_leave_defaults_out(app):
    with app.test_request_context():
        assert view.Links().search(SearchRequest("a b")) == "/?q=a+b"
        assert view.Links("ur").home() == "/?ui=ur"
        assert view.Links().document("a/b #1") == "/documents/a/b%20%231"


def test_a_list_says_why_it_shows_fewer_than_it_found(engine: Desk, client):
    total = engine.search(SearchRequest("budget")).total
    folded = total.value - total.reachable
    assert folded > 1
    assert f"{folded} more are nearly the same as some of these" in client.get("/?q=budget").text
    limits = SearchConfig(max_page_size=5, window=7)
    app = create_app(Settings(search=limits), Desk(limits=limits))
    short = app.test_client().get("/?q=budget&size=5").text
    assert "can be paged through." in short


def test_what_was_not_ranked_has_no_reasons(client):
    assert 'class="why"' in client.get("/?q=police").text
    assert 'class="why"' not in client.get("/?q=*").text
