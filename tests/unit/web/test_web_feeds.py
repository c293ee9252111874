"""Atom, OpenSearch, CSV and JSON Lines: well formed whatever the articles hold."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date
from urllib.parse import quote
from xml.etree import ElementTree

import desk
import pytest
from desk import Desk
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document
from web.formats.xml import clean
from web.http.app import create_app
from web.settings import Settings, WebConfig

ATOM = {"a": "http://www.w3.org/2005/Atom"}
OPENSEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HOSTILE = "police <script>&amp;]]> \x00\x0b\ud800\ufffe کِتاب\u200cیں"


def feed(client: FlaskClient, address: str = "/feed.atom?q=police") -> ElementTree.Element:
    response = client.get(address)
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    return ElementTree.fromstring(response.data)


def one(element: ElementTree.Element, path: str, spaces=ATOM) -> ElementTree.Element:
    (found,) = element.findall(path, spaces)
    return found


# --- Atom ---


def test_a_feed_is_newest_first_and_dated(client: FlaskClient, engine: Desk):
    root = feed(client, "/feed.atom?q=programme&size=30")
    days = [entry.text for entry in root.findall("a:entry/a:updated", ATOM)]
    assert days == sorted(days, reverse=True)
    dated = [
        each.id for each in engine.documents.values() if each.date and "programme" in each.body
    ]
    assert len(days) == len(dated) + desk.TELLINGS  # and the Urdu ones, which all have a date
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\+05:00", day) for day in days)
    assert one(root, "a:updated").text == days[0]


def test_a_feed_has_what_rfc_4287_asks_for(client: FlaskClient):
    root = feed(client)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    for part in (root, *root.findall("a:entry", ATOM)):
        for name in ("title", "id", "updated"):
            assert one(part, f"a:{name}").text
        uuid.UUID(one(part, "a:id").text.removeprefix("urn:uuid:"))
    assert one(root, "a:author/a:name").text
    relations = {each.get("rel"): each.get("href") for each in root.findall("a:link", ATOM)}
    assert relations["self"] == "http://localhost/feed.atom?q=police"
    assert relations["alternate"] == "http://localhost/?q=police&sort=newest"
    entries = root.findall("a:entry", ATOM)
    assert len({one(each, "a:id").text for each in entries}) == len(entries) > 5


def test_entries_say_their_language_and_lead_to_their_page(client: FlaskClient):
    entries = feed(client, "/feed.atom?q=police&size=30").findall("a:entry", ATOM)
    assert {each.get(XML_LANG) for each in entries} == {"ur", "en"}
    for each in entries:
        href = one(each, "a:link[@rel='alternate']").get("href")
        assert client.get(href.removeprefix("http://localhost")).status_code == 200
    sources = [
        each.get("href") for entry in entries for each in entry.findall("a:link[@rel='via']", ATOM)
    ]
    assert sources
    assert all(each.startswith(("http://", "https://")) for each in sources)


def test_ids_stay_on_every_day_and_behind_every_address(client: FlaskClient, engine: Desk):
    first = [each.text for each in feed(client).findall("a:entry/a:id", ATOM)]
    engine.served = "g-0002"
    public = Settings(web=WebConfig(public_url="https://archive.example"))
    other = create_app(public, engine).test_client()
    root = feed(other)
    assert [each.text for each in root.findall("a:entry/a:id", ATOM)] == first
    assert one(root, "a:id").text == one(feed(client), "a:id").text
    hrefs = [each.get("href") for each in root.iter("{http://www.w3.org/2005/Atom}link")]
    assert [each for each in hrefs if "localhost" in each] == []


def test_a_feed_of_nothing_is_as_old_as_the_index(client: FlaskClient, engine: Desk):
    root = feed(client, "/feed.atom?q=zzzz")
    assert root.findall("a:entry", ATOM) == []
    assert one(root, "a:updated").text == engine.status().created


def hostile() -> Desk:
    bad = Document(
        '../<a>&"\x00 کتاب#?',
        HOSTILE,
        HOSTILE,
        "en",
        date(2026, 1, 7),
        HOSTILE,
        "javascript:x",
        (HOSTILE, "=1+1"),
    )
    return Desk([bad])


def test_a_hostile_article_breaks_no_feed():
    client = create_app(Settings(), hostile()).test_client()
    root = feed(client, "/feed.atom?q=police%00%3Cx%3E&tag=" + quote("=1+1"))
    assert one(root, "a:entry/a:title").text == clean(HOSTILE.replace("\ud800", "\ufffd"))
    assert root.findall("a:entry/a:link[@rel='via']", ATOM) == []


@pytest.mark.parametrize("arguments", ["", "q=", "q=a&page=2", "q=a&sort=oldest", "q=a&size=101"])
def test_a_feed_of_a_wrong_question(client: FlaskClient, arguments):
    response = client.get("/feed.atom?" + arguments)
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")


@given(st.text())
def test_cleaned_text_is_always_xml(text):
    root = ElementTree.Element("x")
    root.text = clean(text)
    # Line ends come back as line feeds: XML 1.0, section 2.11.
    back = ElementTree.fromstring(ElementTree.tostring(root, encoding="utf-8")).text or ""
    assert back == clean(text).replace("\r\n", "\n").replace("\r", "\n")


# --- OpenSearch ---


def test_browsers_can_search_here(client: FlaskClient):
    response = client.get("/opensearch.xml")
    assert response.mimetype == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(response.data)
    assert len(one(root, "o:ShortName", OPENSEARCH).text) <= 16
    assert len(one(root, "o:Description", OPENSEARCH).text) <= 1024
    urls = {each.get("type"): each.get("template") for each in root.findall("o:Url", OPENSEARCH)}
    for kind in ("text/html", "application/atom+xml", "application/x-suggestions+json"):
        address = urls[kind].replace("{searchTerms}", quote("پولیس"))
        found = client.get(address.removeprefix("http://localhost"))
        assert (found.status_code, found.mimetype) == (200, kind)
    assert client.get(one(root, "o:Image", OPENSEARCH).text[16:]).status_code == 200


def test_suggestions_have_the_form_browsers_know(client: FlaskClient):
    typed, found = json.loads(client.get("/suggestions.json?q=Pol").data)
    assert typed == "Pol"
    assert found
    assert len(found) == len(set(found)) <= 8
    assert json.loads(client.get("/suggestions.json?q=").data) == ["", []]
