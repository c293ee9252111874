"""The OpenAPI 3.1 description, made from the code it describes.

Schemas come from the dataclasses that are dumped, parameters from the tables that are parsed,
statuses from the map of errors. Only the summaries are written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter

from search.models import DocumentView
from web import params, present
from web.errors import TITLES
from web.params import Param

_REF = "#/components/schemas/{model}"
_SHAPES: tuple[type, ...] = (
    present.SearchBody,
    DocumentView,
    present.Health,
    present.Readiness,
    present.Problem,
)
_ALWAYS = (400, 413, 500)
"""Failures that any address can have: a wrong parameter or host name, a body, a fault of ours."""


@cache
def description() -> dict[str, Any]:
    """The description as JSON-ready data."""
    shapes, schemas = _schemas(_SHAPES)
    search = _operation(
        "search", "Search the archive", shapes[present.SearchBody], (503,), params.SEARCH
    )
    document = _operation(
        "document",
        "One document, whole, with the marks of a query",
        shapes[DocumentView],
        (404, 503),
        params.DOCUMENT,
    )
    itself = _operation("openapi", "This description", {"type": "object"})
    health = _operation("health", "The process is up", shapes[present.Health])
    ready = _operation("ready", "The index can be searched", shapes[present.Readiness], (503,))
    document["parameters"].insert(0, _ID)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Talash",
            "version": version("talash"),
            "description": "Search an archive of Urdu and English news, across the two languages. "
            "Offsets of spans count Unicode code points. Errors are problem+json (RFC 9457).",
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/api/v1/search": {"get": search},
            "/api/v1/documents/{id}": {"get": document},
            "/api/v1/openapi.json": {"get": itself},
            "/healthz": {"get": health},
            "/readyz": {"get": ready},
        },
        "components": {"schemas": schemas},
    }


_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The document's id, percent-encoded as UTF-8. A slash in it may stay as it is.",
    "schema": {"type": "string"},
}


def _schemas(shapes: Iterable[type]) -> tuple[dict[type, Any], dict[str, Any]]:
    """Where each shape stands, and all the schemas by name."""
    inputs = [(shape, "serialization", present.adapter(shape)) for shape in shapes]
    found, definitions = TypeAdapter.json_schemas(inputs, ref_template=_REF)  # type: ignore[arg-type]
    return {shape: schema for (shape, _), schema in found.items()}, definitions["$defs"]


def _operation(
    name: str,
    summary: str,
    body: Any,
    failures: tuple[int, ...] = (),
    parameters: Iterable[Param] = (),
) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    responses: dict[str, Any] = {
        "200": {"description": summary, "content": {"application/json": {"schema": body}}}
    }
    for status in sorted((*_ALWAYS, *failures)):
        responses[str(status)] = {"description": TITLES[status], "content": problem}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [_parameter(each) for each in parameters],
        "responses": responses,
    }


def _parameter(param: Param) -> dict[str, Any]:
    one = TypeAdapter(param.type).json_schema(ref_template=_REF)
    one.pop("description", None)
    one.pop("title", None)
    if param.default is not None:
        one["default"] = param.default
    schema = {"type": "array", "items": one} if param.many else one
    return {
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": param.does,
        "schema": schema,
    }
