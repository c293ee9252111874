from __future__ import annotations

import json
import re
from urllib.parse import quote

import jsonschema
import pytest
from desk import Desk
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import SecretStr

from index.errors import IndexMissingError
from web.http.app import create_app
from web.parameters import LISTING
from web.settings import Settings, WebConfig


@pytest.fixture
def description(client: FlaskClient) -> dict:
    return client.get("/api/v1/openapi.json").get_json()


def test_it_is_valid_openapi(description):
    assert description["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(description).validate()


def test_every_json_address_is_described(description, app):
    rooms = ("api.", "feeds.")
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(rooms)}
    assert {rule.replace("<document:id>", "{id}") for rule in rules} == set(description["paths"])


def test_every_parameter_is_described(description):
    parameters = description["paths"]["/api/v1/search"]["get"]["parameters"]
    names = [each["name"] for each in parameters]
    assert names == [*(each.name for each in LISTING), "If-None-Match"]
    by_name = {each["name"]: each for each in parameters}
    assert by_name["mode"]["schema"]["enum"] == ["hybrid", "keyword", "semantic"]
    assert re.fullmatch(by_name["lang"]["schema"]["items"]["pattern"], "ur-Latn")
    assert by_name["q"]["required"]
    assert by_name["literal"]["schema"]["enum"] == ["1", "true", "yes"]
    assert by_name["off"]["schema"]["items"] == {"type": "string", "maxLength": 100}
    assert by_name["off"]["schema"]["maxItems"] == 50


CASES = [
    ("/api/v1/search", "?q=police", 200),
    ("/api/v1/search", "?q=" + quote("پولیس") + "&mode=semantic&page=3", 200),
    ("/api/v1/search", "?q=nothing-at-all", 200),
    ("/api/v1/search", "?q=barish+citizens&off=rain", 200),
    ("/api/v1/search", "", 400),
    ("/api/v1/search", "?q=a&x=1", 400),
    ("/api/v1/documents/{id}", "?q=police", 200),
    ("/api/v1/documents/{id}", "?y=1", 400),
    ("/api/v1/documents/{id}", "none", 404),
    ("/api/v1/facets", "?q=police&lang=ur", 200),
    ("/api/v1/facets", "?q=police&page=2", 400),
    ("/api/v1/suggest", "?q=pol&size=3", 200),
    ("/api/v1/suggest", "?q=pol&size=21", 400),
    ("/api/v1/related", "?id=en/0-1.html&size=2", 200),
    ("/api/v1/related", "?id=none", 404),
    ("/api/v1/related", "", 400),
    ("/api/v1/explain", "?q=police&id=en/0-1.html", 200),
    ("/api/v1/explain", "?q=police&id=en/1-1.html", 200),
    ("/api/v1/explain", "?q=police", 400),
    ("/api/v1/openapi.json", "", 200),
    ("/api/v1/openapi.json", "?z=1", 400),
    ("/healthz", "", 200),
    ("/readyz", "", 200),
]


def check(description: dict, path: str, response) -> None:
    """The response is one the description promises."""
    promised = description["paths"][path]["get"]["responses"][str(response.status_code)]["content"]
    (schema,) = [entry["schema"] for kind, entry in promised.items() if kind == response.mimetype]
    validator = jsonschema.Draft202012Validator(
        {**schema, "components": description["components"]},
        format_checker=jsonschema.FormatChecker(),
    )
    validator.validate(json.loads(response.data))


@pytest.mark.parametrize(("path", "arguments", "status"), CASES)
def test_responses_are_as_described(client, description, path, arguments, status):
    address = path.replace("{id}", "en/0-1.html" if arguments.startswith("?") else "")
    response = client.get(address + arguments)
    assert response.status_code == status
    check(description, path, response)


@pytest.mark.parametrize("failure", [IndexMissingError("none"), ValueError("?")])
@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/documents/{id}", "/readyz"])
def test_failures_are_as_described(client, engine: Desk, description, path, failure):
    engine.failure = failure
    address = path.replace("{id}", "x") + ("?q=a" if path.endswith("search") else "")
    check(description, path, client.get(address))


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search",
        "/api/v1/facets",
        "/api/v1/suggest",
        "/api/v1/related",
        "/api/v1/explain",
        "/api/v1/documents/{id}",
        "/api/v1/openapi.json",
        "/healthz",
        "/readyz",
        "/feed.atom",
        "/opensearch.xml",
        "/suggestions.json",
        "/export.csv",
        "/export.jsonl",
    ],
)
def test_refusals_are_as_described(client, description, path):
    address = path.replace("{id}", "x")
    check(description, path, client.get(address, data=b"x" * 100_000))
    check(description, path, client.get(address, headers={"Host": "evil.example"}))
    check(description, path, client.post(address))


TOKEN = "x" * 40


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer wrong"}])
def test_what_asks_for_a_token_says_so(engine: Desk, description, given) -> None:
    client = create_app(Settings(web=WebConfig(token=SecretStr(TOKEN))), engine).test_client()
    assert {} in description["security"], "most archives ask for none"
    schemes = {name for each in description["security"] for name in each}
    assert schemes == set(description["components"]["securitySchemes"])
    for path, room in description["paths"].items():
        refused = client.get(path.replace("{id}", "x"), headers=given)
        assert (refused.status_code == 401) == (room["get"].get("security") != [])
        check(description, path, refused)
        if refused.status_code == 401:
            assert refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("auth", [("bearer", TOKEN), ("basic", "any")])
def test_the_token_opens_as_described(engine: Desk, description, auth) -> None:
    client = create_app(Settings(web=WebConfig(token=SecretStr(TOKEN))), engine).test_client()
    scheme, name = auth
    sent = {"Authorization": f"Bearer {TOKEN}"} if scheme == "bearer" else None
    basic = (name, TOKEN) if scheme == "basic" else None
    assert description["components"]["securitySchemes"][scheme]["scheme"] == scheme
    assert client.get("/api/v1/openapi.json", headers=sent, auth=basic).status_code == 200


def test_refusals_for_asking_too_often_are_as_described(engine: Desk, description) -> None:
    config = WebConfig(rate_limit=1, rate_burst=1)
    client = create_app(Settings(web=config), engine).test_client()
    answers = [client.get("/api/v1/search?q=بارش") for _ in range(30)]
    assert answers[-1].status_code == 429
    assert "429" not in description["paths"]["/healthz"]["get"]["responses"]
    assert description["paths"]["/api/v1/search"]["get"]["responses"]["503"]
    check(description, "/api/v1/search", answers[-1])


def test_every_member_of_the_search_body_is_described(description):
    members = description["components"]["schemas"]["SearchBody"]["properties"]
    assert "hits" in members
    assert "from" in description["components"]["schemas"]["Query"]["properties"]
