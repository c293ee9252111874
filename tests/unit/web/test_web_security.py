from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from desk import Desk
from flask.testing import FlaskClient

import web
from index.documents import Document
from index.errors import IndexMissingError
from search.models import Degraded, Notice
from web.http.app import create_app
from web.middleware import security
from web.settings import Settings, WebConfig

ADDRESSES = [
    "/",
    "/?q=police",
    "/?q=police&page=x",
    "/documents/en/0-0.html?q=police",
    "/documents/none",
    "/settings",
    "/nowhere",
    "/api/v1/search?q=police",
    "/api/v1/search",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
    "/static/talash.css",
    "/static/none.css",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post", "head", "options"])
def test_every_response_is_guarded(client: FlaskClient, address, method):
    headers = getattr(client, method)(address).headers
    for name, value in security.HEADERS.items():
        assert headers[name] == value
    assert headers["Cache-Control"]
    if (address, method) != ("/settings", "post"):  # the one place that sets one
        assert "Set-Cookie" not in headers


def test_failures_are_guarded_too(client: FlaskClient, engine: Desk):
    for failure in (IndexMissingError("none"), ValueError("?")):
        engine.failure = failure
        assert "Content-Security-Policy" in client.get("/?q=a").headers


def test_the_policy_allows_nothing_inline_and_no_other_host():
    policy = security.HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_no_guard_is_missing():
    """Written down once more: the test above takes them from the program."""
    assert {name: security.HEADERS.get(name) for name in GUARDS} == GUARDS


GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def test_our_own_files_keep_within_the_policy():
    folder = Path(web.__file__).parent
    for path in [*folder.glob("templates/*.html"), *folder.glob("static/*.*")]:
        text = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), path.name
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path.name
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), path.name
        assert "|safe" not in text.replace(" ", ""), path.name


def test_static_files_are_kept_by_browsers_and_named_by_their_content(client: FlaskClient):
    page = client.get("/").get_data(as_text=True)
    (address,) = re.findall(r'href="(/static/talash\.css\?v=[0-9a-f]{12})"', page)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "no-cache" in client.get("/").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("config", "host", "allowed"),
    [
        (WebConfig(), "localhost:8000", True),
        (WebConfig(), "127.0.0.1:8000", True),
        (WebConfig(), "[::1]:8000", True),
        (WebConfig(), "evil.example", False),
        (WebConfig(host=("::1",)), "evil.example", False),
        (WebConfig(host=("0.0.0.0",)), "news.example", True),
        (WebConfig(hosts=("news.example",)), "news.example:443", True),
        (WebConfig(hosts=("news.example",)), "evil.example", False),
        (WebConfig(host=("0.0.0.0",), hosts=("news.example",)), "evil.example", False),
    ],
)
def test_host_names(config, host, allowed):
    client = create_app(Settings(web=config), Desk()).test_client()
    assert (client.get("/", headers={"Host": host}).status_code == 200) is allowed


ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"


def test_nothing_from_outside_becomes_markup():
    """Every text that comes from a reader or an archive, put through every page."""
    document = Document(
        "id", ATTACK, f"police {ATTACK}", "en", None, ATTACK, "javascript:alert(1)", (ATTACK,)
    )
    engine = Desk(
        [replace(document, id=ATTACK)],
        degraded=(Degraded("semantic", ATTACK, ATTACK),),
        notices=(Notice("x", ATTACK),),
    )
    client = create_app(Settings(), engine).test_client()
    attack = quote(ATTACK)
    for address in (
        f"/?q={attack}",
        f"/?q=police+{attack}&source={attack}&tag={attack}&ui={attack}",
        f"/?q={attack}&mode={attack}",
        f"/documents/{attack}?q=police+{attack}",
        f"/documents/x{attack}",
        f"/{attack}",
        f"/api/v1/{attack}",
    ):
        response = client.get(address)
        if response.mimetype == "text/html":
            page = response.get_data(as_text=True)
            assert "<script>" not in page
            assert "<img" not in page
            assert "49" not in re.sub(r"v=\w+| d=\"[^\"]+\"", "", page), "no text is a template"
            assert 'href="javascript:' not in page
        else:
            assert response.mimetype == "application/problem+json"
        assert "Content-Security-Policy" in response.headers


def test_pages_write_nothing(client: FlaskClient, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for address in ADDRESSES:
        client.get(address)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("news.example", False),
    ],
)
def test_loopback(host, private):
    assert security.is_loopback(host) is private
