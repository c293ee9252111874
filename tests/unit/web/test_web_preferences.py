from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import pytest
from desk import Desk
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from web.http.app import create_app
from web.settings import Settings, WebConfig
from web.ui.preferences import CHOICES, COOKIE, Preferences, way_back

CHOSEN = {"face": "naskh", "size": "large", "theme": "dark", "ui": "ur", "keys": "off"}
everything = st.fixed_dictionaries({name: st.sampled_from(each) for name, each in CHOICES.items()})


def root(client: FlaskClient, address: str = "/") -> str:
    page = client.get(address).get_data(as_text=True)
    (tag,) = re.findall(r"<html [^>]+>", page)
    return tag


@given(everything)
def test_settings_survive_the_cookie(given):
    preferences = Preferences.of(given)
    assert Preferences.from_cookie(preferences.to_cookie()) == preferences


def test_defaults_need_no_words_in_it():
    assert Preferences().to_cookie() == ""
    assert Preferences.of(CHOSEN).to_cookie() == "face=naskh&size=large&theme=dark&ui=ur&keys=off"


@given(st.text())
def test_any_cookie_gives_settings_from_the_lists(value):
    preferences = Preferences.from_cookie(value)
    assert all(getattr(preferences, name) in CHOICES[name] for name in CHOICES)


@pytest.mark.parametrize(
    "value", ['face="><script>', "face=comic", "size=large;x", "a=1&" * 99, "%ff=%fe", "ui=fr"]
)
def test_a_broken_cookie_counts_as_none(client, value):
    client.set_cookie(COOKIE, quote(value))
    assert root(client) == root(create_app(Settings(), Desk()).test_client())


def test_what_was_chosen_is_on_the_page_that_comes_back(client):
    answer = client.post("/settings", data=CHOSEN | {"back": "/?q=police&page=2"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/?q=police&page=2"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for mark in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"):
        assert mark in cookie
    assert "Secure" not in cookie, "the server speaks plain HTTP here"
    assert root(client) == (
        '<html lang="ur" dir="rtl" data-face="naskh" data-size="large" data-theme="dark" '
        'data-keys="off">'
    )
    assert 'name="color-scheme" content="dark"' in client.get("/").get_data(as_text=True)
    settings = client.get("/settings").get_data(as_text=True)
    for name, value in CHOSEN.items():
        assert f'name="{name}" value="{value}" checked' in settings


def test_over_tls_the_cookie_stays_there(client):
    answer = client.post("/settings", data=CHOSEN, base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_unknown_values_are_not_kept(client):
    answer = client.post("/settings", data={"face": "comic", "x": "y", "theme": "dark"})
    assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=theme=dark;")


def test_nothing_of_the_archive_is_asked_or_written():
    engine = Desk(failure=AssertionError("the engine was asked"))
    client = create_app(Settings(), engine).test_client()
    assert client.post("/settings", data=CHOSEN).status_code == 303
    assert client.get("/settings").status_code == 200


def test_another_site_cannot_set_them(client):
    answer = client.post("/settings", data=CHOSEN, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


def test_the_language_of_the_address_goes_first():
    client = create_app(Settings(web=WebConfig(language="ur")), Desk()).test_client()
    assert 'lang="ur"' in root(client), "the server's"
    client.set_cookie(COOKIE, "ui=en")
    assert 'lang="en"' in root(client), "the reader's"
    assert 'lang="ur"' in root(client, "/?ui=ur"), "the address's"


def test_pages_differ_by_their_reader(client):
    assert "Cookie" in client.get("/").headers["Vary"]


def test_the_way_there_and_back(client):
    page = client.get("/?q=police&lang=ur&ui=ur").get_data(as_text=True)
    (there,) = set(re.findall(r'class="gear" href="([^"]+)"', page))
    there = there.replace("&amp;", "&")
    settings = client.get(there).get_data(as_text=True)
    assert 'name="back" value="/?q=police&amp;lang=ur"' in settings, "without the language"
    assert '<html lang="ur"' in settings
    assert 'name="ui" value="ur" checked' in settings
    (again,) = set(re.findall(r'class="gear" href="([^"]+)"', settings))
    assert again.replace("&amp;", "&") == there, "from the settings to the settings leads nowhere"


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "x", "",
     "/\t/evil.example", "\\\\evil.example", " /x", "/a\r\nSet-Cookie: x=1"],
)  # fmt: skip
def test_the_way_back_stays_on_the_site(client, address):
    assert way_back(address) == "/"
    answer = client.post("/settings", data={"back": address})
    assert answer.headers["Location"] == "/"


@given(st.text())
def test_no_way_back_names_a_host(text):
    for address in (text, "/" + text):
        parts = urlsplit(way_back(address))
        assert (parts.scheme, parts.netloc) == ("", "")
        assert way_back(address)[:1] == "/"
        assert way_back(address)[:2] not in ("//", "/\\")
