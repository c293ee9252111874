"""docs/api.md and the examples: addresses, parameters, problems and answers are the product's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from test_docs import ROOT, NoEngine, blocks, code, commands, rows, sent
from werkzeug.exceptions import default_exceptions

from index import errors as index_errors
from scripts import api_examples
from search.config import SearchConfig
from search.engine import SearchEngine
from search.query.filters import language_of
from web import parameters
from web.http import errors, openapi
from web.http.app import create_app
from web.parameters import Param
from web.settings import Settings


def trimmed(schema: Any) -> Any:
    """A schema for an example that leaves things out: nothing required, nothing unknown."""
    if isinstance(schema, dict):
        kept = {key: trimmed(value) for key, value in schema.items() if key != "required"}
        return kept | ({"additionalProperties": False} if "properties" in schema else {})
    return [trimmed(each) for each in schema] if isinstance(schema, list) else schema


EXAMPLES = [
    pytest.param(each, id=f"{name}-{number}")
    for name in api_examples.NAMES
    for number, each in enumerate(api_examples.examples(name))
]


@pytest.mark.parametrize("name", api_examples.NAMES)
def test_every_json_block_is_an_example(name: str) -> None:
    """`make docs` keeps them true: see tests/model/test_api_examples.py."""
    assert blocks(name, "json") == [each.text for each in api_examples.examples(name)]


@pytest.mark.parametrize("shown", EXAMPLES)
def test_examples_have_the_shape_of_answers(shown: api_examples.Example) -> None:
    example = json.loads(shown.text)
    described = openapi.describe()
    template = re.sub(r"(?<=/documents/).+", "{id}", shown.path)
    answers = described["paths"][template]["get"]["responses"]
    content = answers[str(example.get("status", 200))]["content"]
    ((_, answer),) = content.items()
    schemas = trimmed(described["components"]["schemas"])
    schema = {**answer["schema"], "components": {"schemas": schemas}}
    jsonschema.Draft202012Validator(schema).validate(example)
    for hit in example.get("hits", ()):
        _check_against_seed(hit)
    for facet in example.get("facets", {}).get("languages", ()):
        assert language_of(facet["value"]) == facet["value"]


def _check_against_seed(hit: dict[str, Any]) -> None:
    """What a hit says of its article is what the article says."""
    seed = (ROOT / "seeds" / hit["id"]).read_text("utf-8")
    for field in {"title", "date", "source", "url"} & hit.keys():
        assert f"\n{field}: {hit[field]}\n" in seed, field
    snippet = hit.get("snippet", {})
    assert " ".join(snippet.get("text", "").split()) in " ".join(seed.split())
    for span in snippet.get("spans", ()):
        assert span.get("kind") in ("exact", "variant", "meaning")


@pytest.mark.parametrize("name", ["README.md", "docs/api.md"])
def test_addresses_in_examples_answer(name: str, seed_engine: SearchEngine) -> None:
    """Every GET the documents show, asked of a server over the sample archive."""
    app = create_app(Settings(), seed_engine)  # type: ignore[arg-type]
    for words in commands(name):
        if words[0] != "curl":
            continue
        (url,) = [word for word in words if word.startswith("http")]
        answer = app.test_client().get(url, query_string=sent(words) or None)
        assert answer.status_code == 200, url


# --- docs/api.md ---


def test_the_addresses_are_those_of_the_server() -> None:
    rules = create_app(Settings(), NoEngine()).url_map.iter_rules()  # type: ignore[arg-type]
    rooms = ("api.", "feeds.")
    serving = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", r.rule) for r in rules if r.endpoint.startswith(rooms)
    }
    assert {
        code(row[0])[0].removeprefix("GET ") for row in rows("docs/api.md", "Addresses")
    } == serving


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        ("Search", parameters.LISTING),
        ("Suggest", parameters.SUGGEST),
        ("Related", parameters.RELATED),
    ],
)
def test_the_parameters_are_those_that_are_parsed(heading: str, table: tuple[Param, ...]) -> None:
    found = {code(row[0])[0]: row for row in rows("docs/api.md", heading)}
    assert list(found) == [param.name for param in table]
    limits = SearchConfig()
    for param in table:
        _, default, does = found[param.name]
        expected = param.default(limits)
        assert code(default) == ([str(expected)] if expected is not None else []), param.name
        if param.name != "q" and param.most and (most := getattr(limits, param.most)):
            assert f"{most:,}" in re.findall(r"[\d,]*\d", does), f"{param.name}: at most {most}"


def test_the_limits_are_those_in_force() -> None:
    """And every limit that a parameter or a default has is told."""
    found = {code(row[0])[0]: row for row in rows("docs/api.md", "Limits")}
    config = SearchConfig()
    for name, (_, default, does) in found.items():
        assert code(default) == [str(getattr(config, name))], name
        if limit := SearchConfig.__dataclass_fields__[name].metadata.get("limit"):
            assert f"at most `{limit}`" in does
    tables = (parameters.LISTING, parameters.SUGGEST, parameters.RELATED, parameters.FEED)
    named = {
        name
        for table in (*tables, parameters.EXPORT)
        for each in table
        for name in (each.setting, each.most, each.values)
    }
    assert named - {""} <= set(found)


def test_the_problems_are_those_that_can_be_had() -> None:
    found = {code(row[0])[0]: int(row[1]) for row in rows("docs/api.md", "Problems")}
    refusals = [errors.problem_of(kind()) for kind in default_exceptions.values()]
    named = [each for each in refusals if not each.code.startswith("http-")]
    expected = {each.code: each.status for each in named}
    for kind in _errors(index_errors.TalashError):
        status = errors.status_of(kind(""))
        if status != 500:  # the others are told as an internal error
            expected[kind.code] = status
    del expected[index_errors.StoreError.code]  # only ever one of its children
    assert found == expected


def _errors(kind: type[index_errors.TalashError]) -> Iterator[type[index_errors.TalashError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _errors(child)


def test_the_problem_shown_is_the_one_sent() -> None:
    client = create_app(Settings(), NoEngine()).test_client()  # type: ignore[arg-type]
    shown = [json.loads(each.text) for each in api_examples.examples("docs/api.md")]
    (example,) = [each for each in shown if "detail" in each]
    answer = client.get("/api/v1/search?q=rain&page=-1")
    assert answer.mimetype == "application/problem+json"
    assert json.loads(answer.data) == example
