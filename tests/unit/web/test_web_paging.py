"""Cursors, ETags and other pages' scripts: what a program may rely on between two requests."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from functools import cache
from urllib.parse import quote

import pytest
from desk import Desk
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from index.errors import CursorExpiredError, RequestError
from search.models import Degraded, SearchRequest, SearchResponse
from web.http import cursor
from web.http.app import create_app
from web.settings import Settings, WebConfig

SEARCH = "/api/v1/search?q=" + quote("پولیس police") + "&lang=ur&lang=en&size=7"
TAGGED = [
    SEARCH,
    "/api/v1/facets?q=police",
    "/api/v1/suggest?q=pol",
    "/api/v1/related?id=en/0-1.html",
    "/api/v1/explain?q=police&id=en/0-1.html",
    "/api/v1/documents/en/0-1.html",
    "/feed.atom?q=police",
    "/suggestions.json?q=pol",
]


# --- cursors ---


def test_cursors_lead_through_the_whole_answer_once(client: FlaskClient):
    whole = client.get(SEARCH.replace("size=7", "size=100")).get_json()
    found, following, pages = [], "", 0
    while following is not None:
        body = client.get(SEARCH + (f"&cursor={following}" if following else "")).get_json()
        found += [hit["id"] for hit in body["hits"]]
        following, pages = body["next"], pages + 1
    assert found == [hit["id"] for hit in whole["hits"]]
    assert pages == -(-len(found) // 7) > 2
    assert whole["next"] is None


def test_the_last_page_of_the_window_has_no_next(engine: Desk):
    response = engine.search(SearchRequest("police", size=5, page=2))
    assert cursor.after(response, window=11)
    assert cursor.after(response, window=10) is None


def test_copies_that_are_folded_are_no_further_page(engine: Desk):
    whole = engine.search(SearchRequest("budget", size=100))
    shown = len(whole.hits)
    assert whole.total.value > shown
    assert cursor.after(whole, window=1_000) is None
    for size, page in ((shown, 1), (1, shown)):
        last = engine.search(SearchRequest("budget", size=size, page=page))
        assert last.hits
        assert cursor.after(last, window=1_000) is None
    assert cursor.after(engine.search(SearchRequest("budget", size=shown - 1)), window=1_000)


def test_a_cursor_of_another_question_is_refused(client: FlaskClient):
    following = client.get(SEARCH).get_json()["next"]
    for other in (SEARCH.replace("size=7", "size=8"), SEARCH + "&sort=newest"):
        response = client.get(f"{other}&cursor={following}")
        assert response.status_code == 400
        assert response.get_json()["parameter"] == "cursor"
        assert "another question" in response.get_json()["detail"]


def test_a_cursor_of_another_generation_has_expired(client: FlaskClient, engine: Desk):
    following = client.get(SEARCH).get_json()["next"]
    engine.served = "g-0002"
    response = client.get(f"{SEARCH}&cursor={following}")
    body = response.get_json()
    assert (response.status_code, body["code"]) == (410, "cursor-expired")
    assert "without a cursor" in body["hint"]


def test_a_generation_that_comes_in_between_is_noticed(client: FlaskClient, engine: Desk):
    following = client.get(SEARCH).get_json()["next"]
    engine.generation = lambda: "g-0001"  # type: ignore[method-assign]
    engine.served = "g-0002"
    assert client.get(f"{SEARCH}&cursor={following}").status_code == 410


def test_a_cursor_stands_instead_of_a_page(client: FlaskClient):
    following = client.get(SEARCH).get_json()["next"]
    response = client.get(f"{SEARCH}&cursor={following}&page=2")
    assert (response.status_code, response.get_json()["parameter"]) == (400, "cursor")


def _forged(plain: str) -> str:
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "given",
    [
        "x",
        "!!!!",
        "====",
        "اردو",
        "\0",
        _forged("1\ng-0001\n0\n" + "0" * 16),
        _forged("1\ng-0001\n-1\n" + "0" * 16),
        _forged("2\ng-0001\n2\n" + "0" * 16),
        _forged("1\n../../etc\n2\n" + "0" * 16),
        _forged("1\ng-0001\n" + "9" * 99 + "\n" + "0" * 16),
        "A" * 10_000,
    ],
)
def test_what_is_no_cursor_is_refused(client: FlaskClient, engine: Desk, given):
    response = client.get(f"{SEARCH}&cursor={quote(given)}")
    assert (response.status_code, response.get_json()["parameter"]) == (400, "cursor")
    assert engine.asked == []


def test_a_cursor_made_up_beyond_the_window_is_refused(client: FlaskClient, engine: Desk):
    asked = SearchRequest("police", size=10)
    real = cursor.read(str(cursor.after(engine.search(asked), 1_000)), asked)
    forged = cursor.Cursor(real.generation, 999_999_999, real.digest)
    assert cursor.read(str(forged), asked) == forged


@given(st.text(max_size=60))
def test_reading_any_text_raises_request_errors_only(text):
    with pytest.raises(RequestError):
        cursor.read(text, SearchRequest("police"))


@cache
def _answer() -> SearchResponse:
    return Desk().search(SearchRequest("police"))


@given(st.text(min_size=1, max_size=30), st.integers(1, 50), st.integers(1, 100))
def test_a_cursor_survives_its_trip(query, page, size):
    asked = SearchRequest(query, page=page, size=size)
    following = cursor.after(replace(_answer(), request=asked), 10**9)
    if following is not None:
        assert cursor.read(following, replace(asked, page=1)).page == page + 1
        with pytest.raises(CursorExpiredError):
            cursor.read(following, asked).check("another")


# --- ETags ---


@pytest.mark.parametrize("address", TAGGED)
def test_who_has_the_answer_is_not_sent_it_again(client, engine: Desk, address):
    first = client.get(address)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "private, no-cache"
    engine.asked.clear()
    again = client.get(address, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert engine.asked == [], "nothing is searched for an answer that still stands"
    engine.served = "g-0002"
    changed = client.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_each_address_has_its_own_etag(client: FlaskClient):
    tags = [client.get(address).headers["ETag"] for address in (*TAGGED, SEARCH + "&page=2")]
    assert len(set(tags)) == len(tags)


def test_settings_are_in_the_etag():
    tags = set()
    for window in (500, 1_000):
        settings = Settings(search=replace(Settings().search, window=window))
        client = create_app(settings, Desk()).test_client()
        tags.add(client.get(SEARCH).headers["ETag"])
    assert len(tags) == 2


def test_an_answer_that_lacks_a_part_is_not_kept(client: FlaskClient, engine: Desk):
    engine.degraded = (Degraded("semantic", "encoder-unavailable", "no model"),)
    document = "/api/v1/documents/en/0-1.html?q=police"
    addresses = (SEARCH, "/api/v1/facets?q=police", "/feed.atom?q=police", document)
    for address in addresses:
        assert "ETag" not in client.get(address).headers
    engine.degraded = ()
    for address in addresses:
        assert "ETag" in client.get(address).headers


@pytest.mark.parametrize("known", ["*", '"x"', "nonsense", ""])
def test_other_conditions_do_not_hide_errors(client: FlaskClient, known):
    headers = {"If-None-Match": known}
    assert client.get("/api/v1/documents/none", headers=headers).status_code == 404
    assert client.get("/api/v1/search?q=a&x=1", headers=headers).status_code == 400


def test_without_an_index_a_condition_changes_nothing(client: FlaskClient, engine: Desk):
    from index.errors import IndexMissingError

    engine.failure = IndexMissingError("None.")
    assert client.get(SEARCH, headers={"If-None-Match": 'W/"ab"'}).status_code == 503


# --- other pages' scripts ---

THEIRS = "https://desk.example"


def serving(*origins: str) -> FlaskClient:
    settings = Settings(web=WebConfig(cors_origins=origins))
    return create_app(settings, Desk()).test_client()


def test_no_other_page_reads_the_api_unless_allowed(client: FlaskClient):
    response = client.get(SEARCH, headers={"Origin": THEIRS})
    assert not [name for name in dict(response.headers) if name.startswith("Access-Control")]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_an_allowed_origin_reads_answers_and_errors():
    client = serving(THEIRS, "http://127.0.0.1:3000")
    for address, status in ((SEARCH, 200), ("/api/v1/search", 400), ("/api/v1/none", 404)):
        response = client.get(address, headers={"Origin": THEIRS})
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == THEIRS
        assert response.headers["Access-Control-Expose-Headers"].startswith("ETag")
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    "origin", ["https://desk.example.evil", "http://desk.example", "null", "", "https://desk"]
)
def test_another_origin_does_not(origin):
    response = serving(THEIRS).get(SEARCH, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Origin" in response.headers["Vary"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_browsers_question_before_is_answered():
    asked = {"Origin": THEIRS, "Access-Control-Request-Method": "GET"}
    response = serving(THEIRS).options(SEARCH, headers=asked)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == THEIRS
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert response.headers["Access-Control-Allow-Headers"] == "If-None-Match, Authorization"
    asked["Origin"] = "https://evil.example"
    refused = serving(THEIRS).options(SEARCH, headers=asked)
    assert "Access-Control-Allow-Methods" not in refused.headers


def test_any_origin_may_be_allowed():
    response = serving("*").get(SEARCH, headers={"Origin": THEIRS})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/", "/feed.atom?q=police", "/export.csv?q=police", "/healthz"])
def test_pages_and_files_stay_closed(path):
    response = serving("*").get(path, headers={"Origin": THEIRS})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert json.dumps(dict(response.headers)).count("cross-origin") == 0
