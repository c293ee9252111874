"""Schemathesis against the whole API: nothing undocumented, and no fault of ours, whatever is sent.

The app runs in this process over the mini archive, with a real engine behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, quote_from_bytes

import archives
import jsonschema
import newsroom
import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from inputs import some

from search.live import LiveEngine
from web import parameters
from web.http import openapi
from web.http.app import create_app
from web.http.routes import ADDRESSES
from web.settings import Settings

SETTINGS = hypothesis_settings(max_examples=some(60), suppress_health_check=list(HealthCheck))
KNOWN = "ur/بارش"
HOSTILE = ["\0", "\ud800", "a" * 5_000, "-1", "9" * 400, "\u202e", "%00", "{}", "' OR 1=1", "\x1b["]
URDU = [
    "بارش",
    "ﺑﺎﺭﺵ",
    "barish",
    "کِتاب\u200cیں",
    "۱۲۳",
    "١٢٣",
    '"وزیر داخلہ"',
    "-بارش",
    "title:بارش",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    data = tmp_path_factory.mktemp("fuzz") / "data"
    newsroom.build(data).close()
    engine = LiveEngine(archives.config(data), encoder=newsroom.Bilingual())
    yield create_app(Settings(), engine)
    engine.close()


@pytest.fixture(scope="module")
def client(app: Flask):
    return app.test_client()


PATHS = {
    address.path: [param.name for param in address.parameters] for address in ADDRESSES.values()
}


@pytest.mark.long
@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_answer_is_as_described(app: Flask, path) -> None:
    import schemathesis  # a second of every worker's time, for this one test
    from schemathesis import checks
    from schemathesis.specs.openapi import checks as openapi_checks

    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    # Not among them: that all valid data is accepted. A query of signs alone is valid, and refused.
    wanted = [
        checks.not_a_server_error,
        openapi_checks.status_code_conformance,
        openapi_checks.content_type_conformance,
        openapi_checks.response_headers_conformance,
        openapi_checks.response_schema_conformance,
        openapi_checks.unsupported_method,
    ]
    seen = []

    @given(case=described[path]["GET"].as_strategy(), known=st.booleans())
    @SETTINGS
    def ask(case, known) -> None:
        for arguments in (case.path_parameters, case.query):
            if known and "id" in (arguments or {}):
                arguments["id"] = KNOWN
        # In this process nobody unpacks what is sent compressed.
        plain = {"Accept-Encoding": "identity"}
        seen.append(case.call_and_validate(checks=wanted, headers=plain).status_code)

    ask()
    assert 200 in seen, "no question was a good one"


# --- hostile input that no schema thinks of ---

NAMES = sorted({name for names in PATHS.values() for name in names} | {"", "x", "q[]"})
values = st.sampled_from(
    HOSTILE + URDU + ["ur/بارش", "en/rain", "2026-02-30", "semantic"]
) | st.text(max_size=40)


def _sent(value: str) -> str:
    """A value percent-encoded byte for byte, as a broken client does it."""
    return quote_from_bytes(value.encode("utf-8", "surrogatepass"))


def conforms(path: str, response) -> None:
    """The answer is one the description promises for this address."""
    described = openapi.describe()
    assert response.status_code < 500, response.text
    promised = described["paths"][path]["get"]["responses"][str(response.status_code)]
    if response.status_code == 304:
        return
    schema = promised["content"][response.mimetype]["schema"]
    if response.is_json or response.mimetype.endswith("+json"):
        whole = {**schema, "components": described["components"]}
        jsonschema.Draft202012Validator(whole).validate(response.get_json(force=True))


@given(
    path=st.sampled_from(sorted(PATHS)),
    given_=st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=5),
    id=values,
)
@hypothesis_settings(max_examples=some(400), suppress_health_check=list(HealthCheck))
def test_hostile_arguments_are_answered_as_described(client, path, given_, id) -> None:
    query = "&".join(f"{_sent(name)}={_sent(value)}" for name, value in given_)
    conforms(path, client.get(path.replace("{id}", _sent(id) or "x") + "?" + query))


@pytest.mark.parametrize("path", sorted(PATHS))
@pytest.mark.parametrize("value", HOSTILE + URDU)
def test_each_parameter_takes_or_refuses_hostile_values(client, path, value) -> None:
    good = {"q": quote("بارش"), "id": quote(KNOWN)}
    names = PATHS[path]
    for name in names:
        pairs = {each: good[each] for each in names if each in good} | {name: _sent(value)}
        query = "&".join(f"{key}={text}" for key, text in pairs.items())
        address = path.replace("{id}", quote(KNOWN))
        conforms(path, client.get(f"{address}?{query}"))


def test_the_tables_are_all_tried() -> None:
    tables = (
        parameters.LISTING,
        parameters.SUGGEST,
        parameters.RELATED,
        parameters.EXPLAIN,
        parameters.EXPORT,
    )
    assert {param.name for table in tables for param in table} <= set(NAMES)
