"""Every payload of the cross-site scripting corpus, in every field: no answer gains an element."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import hostile
import pytest

from search.models import SearchRequest
from web.present import web_address

pytestmark = pytest.mark.long
PAYLOADS = hostile.payloads()
VOID = {"meta", "link", "input", "path", "circle", "rect", "br", "hr", "img"}


class Skeleton(HTMLParser):
    """The elements of a page, each with the names of its attributes, and the links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[tuple[str, tuple[str, ...]]] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], "every element is closed, so no text closed one"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, tuple(sorted(name for name, _ in attrs))))
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hostile.Published]:
    room = hostile.Newsroom(tmp_path_factory.mktemp("poisoned"))
    yield room.publish(hostile.poisoned())
    room.close()


@pytest.fixture(scope="module")
def expected(site: hostile.Published) -> set[tuple[str, tuple[str, ...]]]:
    """Tag and attributes of all elements that stand in our templates or in `marked`."""
    found: set[tuple[str, tuple[str, ...]]] = set()
    for template in (Path(__file__).parents[2] / "web" / "templates").glob("*.html"):
        found |= _names(template.read_text("utf-8"))
    return found


def _names(template: str) -> set[tuple[str, tuple[str, ...]]]:
    parser = HTMLParser()
    found: set[tuple[str, tuple[str, ...]]] = set()
    parser.handle_starttag = lambda tag, attrs: found.add((tag, ()))  # type: ignore[method-assign]
    parser.feed(template)
    return found


def allowed(page: str, expected: set[tuple[str, tuple[str, ...]]]) -> Skeleton:
    """Only elements of our templates, no handler and no style, links into this site or the web."""
    seen = Skeleton(page)
    tags = {tag for tag, _ in expected} | {"mark", "span"}
    for tag, attributes in seen.found:
        assert tag in tags, tag
        assert not any(name.startswith("on") or name in ("style", "srcdoc") for name in attributes)
    for link in seen.links:
        assert link.startswith(("/", "#")) or web_address(link), link
        assert not link.startswith("//"), link
    return seen


def test_the_whole_archive_came_in(site: hostile.Published) -> None:
    assert site.failures == []
    assert site.report.documents >= len(PAYLOADS)


@pytest.mark.smoke
@pytest.mark.parametrize("ui", ["en", "ur"])
def test_pages_of_results_hold_our_elements_only(site, expected, ui) -> None:
    for page in range(1, 4):
        allowed(site.page("سیلاب flood", page=str(page), size="50", ui=ui), expected)
    allowed(site.page("onerror script ran img"), expected)


@pytest.mark.smoke
def test_documents_hold_our_elements_only(site, expected) -> None:
    hits = site.engine.search(SearchRequest("سیلاب", size=100)).hits
    assert len(hits) > 50
    for hit in hits[::3]:
        allowed(site.document(hit.id, q="سیلاب ran onerror script"), expected)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_as_query(site, expected, payload) -> None:
    answer = site.get("/", q=payload)
    assert answer.status_code in (200, 400)
    allowed(answer.get_data(as_text=True), expected)
    if payload.startswith("<") and answer.status_code == 200:
        assert payload not in answer.get_data(as_text=True)
    for path in ("/settings", "/documents/" + "x"):
        allowed(site.get(path, q=payload, back=payload, ui=payload).get_data(True), expected)


def test_a_filter_value_and_a_wrong_parameter_are_text(site, expected) -> None:
    for payload in PAYLOADS[::5]:
        for name in ("source", "tag", "lang", "from", "sort", "page", "off"):
            answer = site.get("/", q="سیلاب", **{name: payload})
            assert answer.status_code in (200, 400)
            allowed(answer.get_data(as_text=True), expected)


def test_json_and_feeds_are_no_pages(site) -> None:
    for path, kind in (
        ("/api/v1/search", "application/json"),
        ("/feed.atom", "application/atom+xml"),
        ("/export.csv", "text/csv"),
        ("/export.jsonl", "application/jsonl"),
    ):
        answer = site.get(path, q="سیلاب")
        assert answer.mimetype == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_feed_parses_to_atom_alone(site) -> None:
    root = ElementTree.fromstring(site.get("/feed.atom", q="سیلاب").get_data())
    atom = "feed title id link updated author name generator entry published category summary"
    assert {element.tag.partition("}")[2] for element in root.iter()} <= set(atom.split())
    # Own links carry the ids as they are: a quote is one of the signs an address may have.
    links = [link.replace("'", "%27") for each in root.iter() if (link := each.get("href"))]
    assert all(web_address(link) for link in links)


@pytest.mark.parametrize("question", [{"q": "سیلاب"}, {"q": "سیلاب", "body": "1"}, {"body": "1"}])
def test_no_cell_is_a_formula(site, question) -> None:
    text = site.get("/export.csv", **question).get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) > 50
    assert {len(row) for row in rows} == {10 + ("body" in question)}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_file_name_says_nothing_to_a_header(site) -> None:
    for payload in [*PAYLOADS, 'سیلاب"\r\nX-Evil: 1', "../../etc/passwd", "a\u202egnp.exe"]:
        answer = site.get("/export.csv", q=payload)
        if answer.status_code == 200:
            named = answer.headers["Content-Disposition"]
            assert named.startswith('attachment; filename="talash-')
            assert not set(named.partition('filename="')[2].partition('"')[0]) & set("/\\<>\r\n:")
            assert "%E2%80%AE" not in named
            assert "X-Evil" not in answer.headers
