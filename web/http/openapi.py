"""The OpenAPI 3.1 description, made from the code it describes.

Addresses come from the routes themselves (`web.http.routes`), schemas from the dataclasses that are
dumped, parameters from the tables that are parsed, statuses from the map of errors.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Response, request
from pydantic import TypeAdapter

from index.version import VERSION
from search.config import SearchConfig
from web import present
from web.context import settings
from web.http import api, feeds
from web.http.errors import TITLES
from web.http.routes import ADDRESSES, Address, route
from web.parameters import Args, Param

BLUEPRINTS = (api.blueprint, feeds.blueprint)
"""Whose addresses are described."""

_REF = "#/components/schemas/{model}"
_ALWAYS = (400, 401, 405, 413, 429, 500)
"""Failures of any address: a wrong parameter or host name, a method, a body, too many requests, a fault of ours."""
_TEXT = {"type": "string"}


@route(
    api.blueprint, Address("/api/v1/openapi.json", {"type": "object"}, name="openapi", tagged=False)
)
def description(args: Args) -> Response:
    """This description."""
    servers = [{"url": request.root_path or "/"}]
    body = describe(settings().search) | {"servers": servers}
    return Response(present.as_json(body), mimetype="application/json")


@cache
def describe(limits: SearchConfig | None = None) -> dict[str, Any]:
    """The description as JSON-ready data, for a server with these limits."""
    limits = limits or SearchConfig()
    # In one order, whichever module was imported first: the API, then what else there is.
    addresses = sorted(ADDRESSES.values(), key=lambda each: not each.path.startswith("/api/"))
    shapes = [each.body for each in addresses if isinstance(each.body, type)]
    inputs = [
        (shape, "serialization", present.adapter(shape))
        for shape in (*dict.fromkeys(shapes), present.Problem)
    ]
    schemas, definitions = TypeAdapter.json_schemas(inputs, ref_template=_REF)  # type: ignore[arg-type]
    found = {shape: schema for (shape, _), schema in schemas.items()}
    paths = {}
    for each in addresses:
        body = found[each.body] if isinstance(each.body, type) else each.body
        operation = _operation(each, body, limits)
        if "{id}" in each.path:
            operation["parameters"].insert(0, _ID)
        paths[each.path] = {"get": operation}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Talash",
            "version": VERSION,
            "description": "Search an archive of Urdu and English news, across the two languages. "
            "Offsets of spans count Unicode code points. Errors are problem+json (RFC 9457). Every "
            "address also answers HEAD and OPTIONS.",
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, *({name: []} for name in _TOKEN)],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "headers": _HEADERS,
            "securitySchemes": _TOKEN,
        },
    }


_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The document's id, percent-encoded as UTF-8. A slash in it may stay as it is.",
    "schema": {"type": "string", "minLength": 1},
}
_KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETags of the answers already had; 304 when one of them still stands.",
    "schema": _TEXT,
}
_TOKEN = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token, where the archive asks for one; without it 401.",
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "The same for browsers: the token is the password, the name may be any.",
    },
}
_HEADERS = {
    "ETag": {
        "description": "Stands for the generation and the address; weak, as timings differ. "
        "Not given when a part of the search did not answer.",
        "schema": {"type": "string", "pattern": '^W/"[0-9a-f]+"$'},
    },
    "Cache-Control": {
        "description": "Keep it, but ask each time whether it still stands.",
        "schema": {"type": "string", "const": "private, no-cache"},
    },
    "Content-Disposition": {
        "description": "A file name made of the query.",
        "schema": _TEXT,
    },
    "X-Total-Count": {
        "description": "How many documents the file holds when it is whole.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "X-Notices": {
        "description": "Codes of what in the query was read otherwise than typed, by commas; "
        "a search says the same in its `notices`.",
        "schema": _TEXT,
    },
    "X-Degraded": {
        "description": "Arms that should have answered and did not, by commas: the file may "
        "lack what they would have found.",
        "schema": _TEXT,
    },
    "WWW-Authenticate": {"description": "How to send the token.", "schema": _TEXT},
    "Retry-After": {
        "description": "In how many seconds to ask again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "Allow": {"description": "The methods the address takes.", "schema": _TEXT},
}


def _header(name: str, *, required: bool = False) -> dict[str, Any]:
    reference = {"$ref": f"#/components/headers/{name}"}
    return {name: {**_HEADERS[name], "required": True} if required else reference}


def _operation(address: Address, body: Any, limits: SearchConfig) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    headers = _header("Cache-Control", required=True)
    headers |= _header("ETag") if address.tagged else {}
    for name in ("Content-Disposition", "X-Total-Count") if address.counted else ():
        headers |= _header(name, required=True)
    for name in ("X-Notices", "X-Degraded") if address.counted else ():
        headers |= _header(name)
    responses: dict[str, Any] = {
        "200": {
            "description": address.summary,
            "headers": headers,
            "content": {address.media: {"schema": body}},
        }
    }
    if address.tagged:
        responses["304"] = {
            "description": "What the client has still stands",
            "headers": _header("ETag", required=True),
        }
    for status in sorted({*_ALWAYS, *address.failures} - ({401, 429} if address.open else set())):
        responses[str(status)] = {"description": TITLES[status], "content": problem}
    responses["405"]["headers"] = _header("Allow", required=True)
    if not address.open:
        responses["401"]["headers"] = _header("WWW-Authenticate", required=True)
        responses["429"]["headers"] = _header("Retry-After", required=True)
    if "503" in responses:
        responses["503"]["headers"] = _header("Retry-After")
    parameters = [_parameter(each, limits) for each in address.parameters]
    guarded: dict[str, Any] = {"security": []} if address.open else {}
    return {
        **guarded,
        "operationId": address.name,
        "summary": address.summary,
        "parameters": [*parameters, _KNOWN] if address.tagged else parameters,
        "responses": responses,
    }


def _parameter(param: Param, limits: SearchConfig) -> dict[str, Any]:
    one = TypeAdapter(param.type).json_schema(ref_template=_REF)
    one.pop("description", None)
    one.pop("title", None)
    if (default := param.default(limits)) is not None:
        one["default"] = default
    if param.most:
        bound = "maxLength" if one["type"] == "string" else "maximum"
        one[bound] = getattr(limits, param.most)
    schema: dict[str, Any] = {"type": "array", "items": one} if param.many else one
    if param.values:
        schema["maxItems"] = getattr(limits, param.values)
    return {
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": param.does,
        "schema": schema,
    }
