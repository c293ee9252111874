"""Limits and defaults: whatever the settings, every link that is given is one that is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from xml.etree import ElementTree

import archives
import pytest
from desk import Desk, corpus
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from inputs import some

from index.encoders.hashed import HashEncoder
from index.errors import ConfigError, RequestError
from index.opened import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import SearchRequest
from search.paging import check_page
from web.http import openapi
from web.http.app import create_app
from web.settings import Settings, load

BOUNDED = {each.name: each.metadata["limit"] for each in fields(SearchConfig) if each.metadata}


def limits(**given: int) -> SearchConfig:
    return SearchConfig(**given)


small = st.integers(1, 12)
configs = st.builds(
    limits,
    page_size=small,
    feed_size=small,
    max_page_size=st.integers(1, 40),
    window=st.integers(1, 60),
    suggestions=small,
    max_suggestions=small,
    related=small,
    max_related=small,
    max_query_chars=st.integers(8, 60),
    max_off_words=st.integers(0, 3),
    max_off_chars=st.integers(1, 12),
)


class Page(HTMLParser):
    """The addresses of a page: its links, and what its search form would ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fields: list[tuple[str, str]] = []
        self.longest = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag in ("a", "link") and "href" in given:
            self.links.append(given["href"])
        if tag == "input" and given.get("name") == "q":
            self.longest = int(given["maxlength"])
        sent = given.get("type") != "checkbox" or "checked" in given
        if (
            tag == "input"
            and given.get("name")
            and given.get("form", "search") == "search"
            and sent
        ):
            self.fields.append((given["name"], given.get("value", "")))

    def own(self) -> set[str]:
        """Addresses of this server's own pages and files that answer a question."""
        return {
            each.partition("#")[0]
            for each in self.links
            if each.startswith("/") and not each.startswith("/static/")
        } - {""}

    def form(self) -> str:
        return "/?" + urlencode(self.fields)


def serving(config: SearchConfig) -> FlaskClient:
    return create_app(Settings(search=config), Desk(limits=config)).test_client()


def status(client: FlaskClient, address: str) -> int:
    with client.get(address) as answer:
        return answer.status_code


def every_page(client: FlaskClient, address: str) -> Iterator[str]:
    """The pages that `rel=next` leads to."""
    while address:
        html = client.get(address).text
        yield html
        found = re.search(r'rel="next" href="([^"]+)"', html)
        address = unescape(found[1]) if found else ""


@settings(max_examples=some(4), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(config=configs, tellings=st.integers(0, 5), size=st.integers(1, 40))
@example(config=SearchConfig(max_page_size=5), tellings=3, size=5)
@example(config=SearchConfig(window=10), tellings=4, size=3)
@example(config=SearchConfig(window=15, page_size=6), tellings=6, size=6)
@example(config=SearchConfig(page_size=9), tellings=6, size=10)
@example(config=SearchConfig(max_off_words=0), tellings=2, size=5)
@pytest.mark.long
def test_every_link_is_served(config: SearchConfig, tellings: int, size: int) -> None:
    client, until = serving(config), date(2026, 1, 6) + timedelta(days=9 * tellings)
    some = f"/?q=police&to={until}"
    starts = ["/", some, f"{some}&lang=ur&sort=newest", f"/?q=citizens&to={until}&off=A"]
    if not config.max_off_words:
        starts.pop()
    if size <= config.max_page_size:
        starts.append(f"{some}&size={size}")
    tried: set[str] = set()
    for start in starts:
        for html in every_page(client, start):
            page = Page(html)
            for address in (page.own() | {page.form()}) - tried:
                tried.add(address)
                assert status(client, address) == 200, (start, address)
            assert page.longest == config.max_query_chars


@pytest.mark.parametrize(("usual", "size"), [(5, 5), (5, 10), (10, 5), (20, 10), (20, 20)])
def test_links_keep_the_size_that_was_asked_for(usual: int, size: int) -> None:
    """Also where it is the default of another server, or of this program."""
    client = serving(SearchConfig(page_size=usual))
    pages = list(every_page(client, f"/?q=police&size={size}"))
    starts = [
        int(found) for html in pages for found in re.findall(r'class="hits" start="(\d+)"', html)
    ]
    total = client.get("/api/v1/search?q=police").get_json()["total"]["reachable"]
    assert starts == list(range(1, total + 1, size))
    assert (("size", str(size)) in Page(pages[0]).fields) == (size != usual)


@settings(max_examples=some(15), deadline=None)
@given(config=configs, size=st.integers(1, 40))
def test_pages_show_all_that_is_within_the_window(config: SearchConfig, size: int) -> None:
    """The last page is short where it must be, and ends exactly there; cursors go as far."""
    client = serving(config)
    size = min(size, config.max_page_size)
    total = client.get("/api/v1/search?q=police").get_json()["total"]
    asked, seen = f"/api/v1/search?q=police&size={size}", []
    following: str | None = ""
    while following is not None:
        body = client.get(asked + (f"&cursor={following}" if following else "")).get_json()
        seen += [hit["id"] for hit in body["hits"]]
        following = body["next"]
    assert len(seen) == len(set(seen)) == total["reachable"] == min(total["value"], config.window)
    last = config.last_page(size)
    assert status(client, f"{asked}&page={last}") == 200
    refused = client.get(f"{asked}&page={last + 1}")
    assert (refused.status_code, refused.get_json()["parameter"]) == (400, "page")
    assert f"last page of this size is {last:,}" in refused.get_json()["hint"]


@settings(max_examples=some(15), deadline=None)
@given(config=configs)
def test_defaults_are_served_and_described(config: SearchConfig) -> None:
    client = serving(config)
    body = client.get("/api/v1/search?q=police").get_json()
    assert body["size"] == config.page_size <= config.max_page_size
    feed = ElementTree.fromstring(client.get("/feed.atom?q=police").data)
    assert len(feed.findall("{*}entry")) <= config.feed_size <= config.max_page_size
    assert len(client.get("/api/v1/suggest?q=po").get_json()["suggestions"]) <= config.suggestions
    assert len(client.get("/suggestions.json?q=po").get_json()[1]) <= config.suggestions
    assert status(client, "/api/v1/related?id=en/0-1.html") == 200
    for link in feed.iter("{*}link"):
        if link.get("href", "").startswith("http://localhost"):
            parts = urlsplit(link.get("href", ""))
            assert status(client, f"{parts.path}?{parts.query}") == 200
    described = openapi.describe(config)["paths"]
    for path, operation in described.items():
        for each in operation["get"]["parameters"]:
            schema = each["schema"]
            if "default" in schema and "maximum" in schema:
                assert schema["default"] <= schema["maximum"], (path, each["name"])
                most, above = schema["maximum"], schema["maximum"] + 1
                asked = {"/api/v1/related": "id=en/0-1.html"}.get(path, "q=police")
                assert status(client, f"{path}?{asked}&{each['name']}={most}") == 200
                assert status(client, f"{path}?{asked}&{each['name']}={above}") == 400


def test_the_sizes_of_every_address_are_described() -> None:
    """The test above is worth what it sees."""
    bounded = [
        path
        for path, operation in openapi.describe()["paths"].items()
        for each in operation["get"]["parameters"]
        if "maximum" in each["schema"] and "default" in each["schema"]
    ]
    assert bounded == ["/api/v1/search", "/api/v1/suggest", "/api/v1/related", "/feed.atom"]


@settings(
    max_examples=some(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(config=configs, page=st.integers(1, 80), size=st.integers(1, 50))
def test_the_engine_has_the_same_rule(
    seed_index: OpenIndex, config: SearchConfig, page: int, size: int
) -> None:
    engine = SearchEngine(seed_index, HashEncoder(), config)
    request = SearchRequest("lang:ur", page=page, size=size)
    if size <= config.max_page_size and page <= config.last_page(size):
        check_page(request, config)
        found = engine.search(request)
        assert len(found.hits) == max(0, min(size, found.total.reachable - (page - 1) * size))
        assert found.total.reachable == min(found.total.value, config.window)
    else:
        for asked in (engine.search, lambda wrong: check_page(wrong, config)):
            with pytest.raises(RequestError) as caught:
                asked(request)
            assert caught.value.parameter in ("page", "size")
    assert engine.selection("lang:ur").ids, "what is no page has no limits of pages"
    assert engine.related("ur/16-water-filter.md").likes is not None


def test_no_suggestion_is_too_long_to_be_searched_for(seed_index: OpenIndex) -> None:
    config = replace(SearchConfig(), max_query_chars=25)
    engine = SearchEngine(seed_index, HashEncoder(), config)
    for typed in ("lahore", "کراچی", "p", "پول"):
        for each in engine.suggest(typed, 20).suggestions:
            engine.search(SearchRequest(each.text))


@pytest.mark.parametrize(
    ("command", "setting"),
    [("search", "page_size"), ("suggest", "suggestions"), ("related", "related")],
)
def test_defaults_that_are_written_out_are_those_in_force(command: str, setting: str) -> None:
    """What loads no settings, to be there at once, names them all the same."""
    from web.cli.main import main

    (size,) = [each for each in main.commands[command].params if each.name == "size"]
    assert f"[default: {getattr(SearchConfig(), setting)}, or" in (getattr(size, "help", "") or "")
    assert SearchRequest("").size == SearchConfig().page_size


# --- settings that contradict each other ---


@pytest.mark.parametrize("name", BOUNDED)
def test_a_limit_bounds_its_default(name: str) -> None:
    limit = BOUNDED[name]
    default = getattr(SearchConfig(), name)
    lowered = load(environ={f"TALASH_SEARCH_{limit}".upper(): str(default - 1)}).search
    assert getattr(lowered, name) == getattr(lowered, limit) == default - 1


@pytest.mark.parametrize("name", BOUNDED)
def test_a_size_that_was_set_above_its_limit_stops_the_program(name: str, tmp_path: Any) -> None:
    limit = BOUNDED[name]
    most = getattr(SearchConfig(), limit)
    file = tmp_path / "talash.toml"
    file.write_text(f"[search]\n{name} = {most + 1}\n")
    with pytest.raises(ConfigError) as caught:
        load(config=file, environ={})
    for said in (
        f"search.{name} = {most + 1}",
        str(file),
        f"at most {most}",
        f"raise search.{limit}",
    ):
        assert said in str(caught.value)
    file.write_text(f"[search]\n{name} = {most + 1}\n{limit} = {most + 1}\n")
    assert getattr(load(config=file, environ={}).search, name) == most + 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_page_size", 0),
        ("window", 0),
        ("page_size", 0),
        ("max_query_chars", 0),
        ("max_query_chars", 5_001),
        ("max_suggestions", 0),
        ("snippet_chars", 0),
        ("export_chunk", 0),
        ("keyword_weight", 1.5),
        ("relevance_ceiling", 0),
    ],
)
def test_a_setting_that_can_serve_nothing_stops_the_program(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"search\.{name} = '?{value}'?"):
        load(environ={f"TALASH_SEARCH_{name}".upper(): str(value)})


def test_the_longest_query_fits_into_every_address_of_its_page() -> None:
    """Each of its characters may take four bytes, and the link to the settings encodes it twice."""
    from web.serving.server import MAX_HEADER_BYTES

    longest = SearchConfig.__dataclass_fields__["max_query_chars"]
    config = load(environ={"TALASH_SEARCH_MAX_QUERY_CHARS": "5000"}).search
    assert longest.default < config.max_query_chars
    client = serving(config)
    page = Page(client.get("/?" + urlencode({"q": "\U0001f33e" * config.max_query_chars})).text)
    addresses = [urljoin("http://archive.example/", each) for each in page.own()]
    from werkzeug.urls import iri_to_uri

    assert max(len(iri_to_uri(each)) for each in addresses) < MAX_HEADER_BYTES - 16_384


# --- commas ---


def test_a_value_with_a_comma_is_one_value() -> None:
    """In the form, in its own chip, in the API and in the files: a repeated parameter is not split."""
    tags = ("سندھ، کراچی", "Sindh, Karachi", "a;b", "x|y", '"quoted"')
    documents = [
        replace(each, tags=tags[: 1 + number % len(tags)], source="Dawn, Karachi")
        for number, each in enumerate(corpus(2))
    ]
    client = create_app(Settings(), Desk(documents)).test_client()
    counts = client.get("/api/v1/facets?q=programme").get_json()["facets"]
    assert {each["value"] for each in counts["tags"]} >= set(tags[:2])
    page = Page(client.get("/?q=police").text)
    assert ("tag", tags[0]) not in page.fields, "nothing is chosen yet"
    for name, facet in (("tag", counts["tags"]), ("source", counts["sources"])):
        for each in facet:
            asked = urlencode({"q": "programme", name: each["value"]})
            body = client.get(f"/api/v1/search?{asked}").get_json()
            assert body["total"]["value"] == each["count"] > 0
            assert body["query"][name] == [each["value"]]
            chosen = Page(client.get(f"/?{asked}").text)
            assert (name, each["value"]) in chosen.fields
            assert f'value="{unescape(each["value"])}"' in unescape(client.get(f"/?{asked}").text)
            exported = client.get(f"/export.jsonl?{asked}")
            assert exported.headers["X-Total-Count"] == str(each["count"])


def test_the_archive_is_asked_for_such_a_value_as_a_whole(tmp_path: Any) -> None:
    articles = [replace(each, tags=("Sindh, Karachi",)) for each in archives.articles(4)]
    articles += [
        replace(each, id=f"x{each.id}", tags=("Sindh",)) for each in archives.articles(4, 2)
    ]
    archives.build(articles, tmp_path / "data")
    engine = archives.open_engine(tmp_path / "data")
    client = create_app(Settings(), engine).test_client()  # type: ignore[arg-type]
    for value, total in (("Sindh, Karachi", "4"), ("Sindh", "4"), ("Karachi", "0")):
        answer = client.get("/export.csv?" + urlencode({"tag": value}))
        assert answer.headers["X-Total-Count"] == total, value
    engine.close()
