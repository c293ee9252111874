"""One envelope for every success and every failure, at every address."""

from __future__ import annotations

import json
import logging
import random
import re
from urllib.parse import quote

import archives
import pytest
from desk import URDU_ID, Desk
from flask import Flask
from flask.testing import FlaskClient

from index import errors
from index.documents import Document
from search.models import Degraded, SearchRequest
from web.http.app import create_app
from web.settings import Settings

JSON_ADDRESSES = [
    "/api/v1/search?q=police",
    "/api/v1/documents/" + quote(URDU_ID),
    "/api/v1/facets?q=police",
    "/api/v1/suggest?q=pol",
    "/api/v1/related?id=" + quote(URDU_ID),
    "/api/v1/explain?q=police&id=" + quote(URDU_ID),
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
]
WITH_ENGINE = [*JSON_ADDRESSES[:6], "/readyz"]
WITH_PARAMETERS = JSON_ADDRESSES[:7]


def problem(response) -> dict:
    """The body of an error, checked to be the one shape."""
    assert response.mimetype == "application/problem+json"
    body = json.loads(response.data)
    assert {"type", "title", "status", "detail", "code", "hint"} <= set(body)
    assert set(body) <= {"type", "title", "status", "detail", "code", "hint", "parameter", "id"}
    assert body["status"] == response.status_code
    assert body["type"] == "urn:talash:problem:" + body["code"]
    assert body["title"]
    assert body["detail"]
    return body


@pytest.mark.parametrize("address", JSON_ADDRESSES)
def test_success_is_json(client: FlaskClient, address):
    response = client.get(address)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert isinstance(json.loads(response.data), dict)


def test_arguments_reach_the_engine(client: FlaskClient, engine: Desk):
    client.get("/api/v1/search?q=police&lang=ur&lang=en&source=A%20%26%20B&from=2026&page=2&size=5")
    (asked,) = engine.asked
    assert asked.languages == ("ur", "en")
    assert asked.sources == ("A & B",)
    assert (asked.page, asked.size) == (2, 5)


def test_hits_are_a_list_of_objects_with_ids(client: FlaskClient):
    body = client.get("/api/v1/search?q=police&size=3").get_json()
    assert len(body["hits"]) == 3
    assert all(isinstance(hit["id"], str) for hit in body["hits"])
    assert (body["page"], body["size"]) == (1, 3)
    assert body["total"]["value"] == body["total"]["keyword"] + body["total"]["semantic_only"]


def test_what_was_understood_is_said(client: FlaskClient):
    query = client.get("/api/v1/search?q=barish&off=rain").get_json()["query"]
    assert (query["literal"], query["off"], query["resolved"]) == (False, ["rain"], "بارش")
    (reading,) = query["readings"]
    assert (reading["typed"], reading["resolved"]) == ("barish", "بارش")
    assert all(0 < each.pop("weight") <= 1 for each in reading["alternatives"])
    assert sorted(reading["alternatives"], key=lambda each: each["lang"]) == [
        {"word": "rain", "lang": "en", "source": "meaning", "off": True},
        {"word": "بارش", "lang": "ur", "source": "roman", "off": False},
    ]
    literal = client.get("/api/v1/search?q=barish&literal=1").get_json()["query"]
    assert (literal["literal"], literal["resolved"], literal["readings"]) == (True, "", [])


def test_what_did_not_answer_is_said(engine: Desk, client: FlaskClient):
    engine.degraded = (Degraded("semantic", "encoder-unavailable", "no model"),)
    body = client.get("/api/v1/search?q=police").get_json()
    assert body["degraded"] == [
        {"arm": "semantic", "code": "encoder-unavailable", "reason": "no model"}
    ]
    answer = client.get(f"/api/v1/documents/{quote(URDU_ID)}?q=police")
    assert answer.get_json()["degraded"] == body["degraded"]
    assert "ETag" not in answer.headers  # it may soon be whole
    whole = client.get(f"/api/v1/documents/{quote(URDU_ID)}")
    assert (whole.get_json()["degraded"], "ETag" in whole.headers) == ([], True)


ODD_IDS = [
    URDU_ID,
    "a/b//c",
    "/lead",
    "100%",
    "a?b=c&d",
    "a%2Fb",
    "line\nbreak",
    "back\\slash",
    "a+b",
]


def test_any_id_can_be_fetched_and_linked():
    bodies = [archives.text(random.Random(number), "en", 60) for number in range(len(ODD_IDS))]
    told = zip(ODD_IDS, bodies, strict=True)
    engine = Desk([Document(id, body[:20], f"police {body}", "en") for id, body in told])
    client = create_app(Settings(), engine).test_client()
    page = client.get("/?q=police").get_data(as_text=True)
    links = re.findall(r'<h2 lang="en" dir="ltr"><a href="([^"]*)"', page)
    linked = {
        client.get(link.replace("&amp;", "&")).get_data(as_text=True).partition("<h1")[2][:200]
        for link in links
    }
    assert len(linked) == len(ODD_IDS), "each link leads to an article of its own"
    for id in ODD_IDS:
        assert client.get("/api/v1/documents/" + quote(id, safe="")).get_json()["id"] == id, id


def test_document_marks_the_query(client: FlaskClient):
    plain = client.get("/api/v1/documents/en/0-0.html").get_json()
    assert plain["body_spans"] == []
    marked = client.get("/api/v1/documents/en/0-0.html?q=officers").get_json()
    assert [marked["body"][s["start"] : s["end"]] for s in marked["body_spans"]] == ["officers"]


# --- failures ---


@pytest.mark.parametrize("address", WITH_PARAMETERS)
def test_unknown_parameter(client: FlaskClient, address):
    glue = "&" if "?" in address else "?"
    body = problem(client.get(f"{address}{glue}pgae=1"))
    assert (body["status"], body["code"], body["parameter"]) == (400, "request-invalid", "pgae")


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=" + "x" * 10_000, "q"),
        ("q=" + quote("ا" * 10_000), "q"),
        ("q=a&page=-1", "page"),
        ("q=a&page=1000000", "page"),
        ("q=a&size=1000", "size"),
        ("q=a&lang=nonsense", "lang"),
        ("q=a&mode=x", "mode"),
        ("q=a&sort=x", "sort"),
        ("q=a&from=2026-02&to=2026-01", "from"),
        ("q=a&to=soon", "to"),
        ("q=a&literal=maybe", "literal"),
        ("q=a&off=" + "x" * 101, "off"),
        ("q=a&" + "&".join(f"off={n}" for n in range(51)), "off"),
    ],
)
def test_wrong_parameter(client: FlaskClient, engine: Desk, arguments, parameter):
    body = problem(client.get("/api/v1/search?" + arguments))
    assert (body["status"], body["parameter"]) == (400, parameter)
    assert engine.asked == [], "a wrong request must not reach the engine"


def test_no_such_document(client: FlaskClient):
    body = problem(client.get("/api/v1/documents/none"))
    assert (body["status"], body["code"]) == (404, "not-found")


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/", "/api/v1/documents/"])
def test_no_such_address(client: FlaskClient, address):
    assert problem(client.get(address))["code"] == "not-found"


@pytest.mark.parametrize("address", JSON_ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_can_be_written(client: FlaskClient, address, method):
    response = getattr(client, method)(address)
    assert problem(response)["code"] == "method-not-allowed"
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("address", JSON_ADDRESSES)
def test_a_large_body_is_refused(client: FlaskClient, address):
    body = problem(client.get(address, data=b"x" * 100_000))
    assert (body["status"], body["code"]) == (413, "request-too-large")


@pytest.mark.parametrize("address", JSON_ADDRESSES)
def test_a_foreign_host_name_is_refused_on_loopback(client: FlaskClient, address):
    far = {"REMOTE_ADDR": "203.0.113.7"}
    body = problem(client.get(address, headers={"Host": "evil.example"}, environ_base=far))
    assert body["status"] == 400
    assert "hosts" in body["hint"]


@pytest.mark.parametrize("address", WITH_ENGINE)
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.IndexMissingError("No index.", hint="Run: talash index rebuild"), 503),
        (errors.IndexDamagedError("A file is gone."), 503),
        (errors.IndexMismatchError("Another encoder."), 503),
        (errors.EncoderError("No model."), 503),
        (errors.RequestError("Too many words.", parameter="q"), 400),
    ],
)
def test_failures_of_the_engine(client: FlaskClient, engine: Desk, address, error, status):
    engine.failure = error
    body = problem(client.get(address))
    assert (body["status"], body["code"]) == (status, error.code)
    assert (body["detail"], body["hint"]) == (error.message, error.hint)


@pytest.mark.parametrize("address", WITH_ENGINE)
@pytest.mark.parametrize(
    "failure", [ValueError("secret /srv/path"), errors.ConfigError("secret"), OSError("secret")]
)
def test_what_nobody_foresaw_is_logged_and_not_told(
    client: FlaskClient, engine: Desk, address, failure, caplog
):
    engine.failure = failure
    with caplog.at_level(logging.ERROR):
        response = client.get(address)
    body = problem(response)
    assert (body["status"], body["code"]) == (500, "internal-error")
    assert b"secret" not in response.data
    assert body["id"] in caplog.text
    assert "secret" in caplog.text


def test_the_process_is_up_without_an_index(client: FlaskClient, engine: Desk):
    engine.failure = errors.IndexMissingError("No index.")
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_every_error_of_the_tree_has_a_status():
    from web.http.errors import status_of

    def kinds(kind):
        yield kind
        for child in kind.__subclasses__():
            yield from kinds(child)

    for kind in kinds(errors.TalashError):
        assert status_of(kind("x")) in (400, 401, 404, 410, 429, 500, 503)


def test_two_apps_in_one_process():
    first = Desk([Document("a", "police", "", "en")])
    second = Desk([Document("b", "police", "", "en")])
    one, two = (create_app(Settings(), each).test_client() for each in (first, second))
    assert one.get("/api/v1/documents/a").status_code == 200
    assert two.get("/api/v1/documents/a").status_code == 404


def test_the_command_line_prints_the_same_bytes(app: Flask, engine: Desk):
    from web import present
    from web.http import cursor

    served = app.test_client().get("/api/v1/search?q=police").get_json()
    response = engine.search(SearchRequest("police"))
    printed = present.as_json(
        present.search_body(response, cursor.after(response, window=1_000)), indent=2
    )
    assert {**json.loads(printed), "timings": {}} == {**served, "timings": {}}
