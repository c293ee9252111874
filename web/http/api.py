"""The JSON addresses. Each turns arguments into a request, asks the engine and dumps the answer."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from index.version import VERSION
from web import parameters, params, present
from web.context import engine, settings
from web.http import caching, cursor, openapi
from web.middleware import observing

blueprint = Blueprint("api", __name__)


def _json(body: object) -> Response:
    return Response(present.as_json(body), mimetype="application/json")


def _args() -> params.Args:
    return request.args.to_dict(flat=False)


@blueprint.get("/api/v1/search")
def search() -> Response:
    """Search the archive."""
    params.check_names(_args(), parameters.LISTING)
    limits = settings().search
    asked = params.parse_search(_args(), limits)
    given = params.parse_cursor(_args())
    place = cursor.read(given, asked) if given is not None else None
    if known := caching.unchanged():
        return known
    if place:
        place.check(engine().generation())
        asked = replace(asked, page=place.page)
    response = observing.search(asked)
    if place:
        place.check(response.generation)  # a new one may have come in between
    body = present.search_body(response, cursor.after(response, limits.window))
    return caching.tagged(_json(body), response.generation, whole=not response.degraded)


@blueprint.get("/api/v1/facets")
def facets() -> Response:
    """The counts of a search, without its hits."""
    params.check_names(_args(), parameters.FACETS)
    asked = params.parse_search(_args(), settings().search)
    if known := caching.unchanged():
        return known
    response = observing.search(replace(asked, size=1))
    body = _json(present.facets_body(response))
    return caching.tagged(body, response.generation, whole=not response.degraded)


@blueprint.get("/api/v1/suggest")
def suggest() -> Response:
    """Completions of what is being typed."""
    params.check_names(_args(), parameters.SUGGEST)
    text, size = params.parse_suggest(_args(), settings().search)
    if known := caching.unchanged():
        return known
    found = engine().suggest(text, size)
    return caching.tagged(_json(found), found.generation)


@blueprint.get("/api/v1/related")
def related() -> Response:
    """What belongs to a document: other tellings of its story, copies, articles like it."""
    params.check_names(_args(), parameters.RELATED)
    id, size = params.parse_related(_args(), settings().search)
    if known := caching.unchanged():
        return known
    found = engine().related(id, size)
    return caching.tagged(_json(found), found.generation)


@blueprint.get("/api/v1/explain")
def explain() -> Response:
    """Why a document is in the answer to a search, or why it is not."""
    params.check_names(_args(), parameters.EXPLAIN)
    asked = params.parse_search(_args(), settings().search)
    id = params.parse_id(_args(), settings().search)
    if known := caching.unchanged():
        return known
    found = engine().explain(asked, id)
    return caching.tagged(_json(found), found.generation, whole=not found.degraded)


@blueprint.get("/api/v1/documents/<document:id>")
def document(id: str) -> Response:
    """One document, whole."""
    params.check_names(_args(), parameters.DOCUMENT)
    asked = params.parse_opened(_args(), settings().search)
    if known := caching.unchanged():
        return known
    found = engine().document(id, asked)
    return caching.tagged(_json(found), found.generation, whole=not found.degraded)


@blueprint.get("/api/v1/openapi.json")
def description() -> Response:
    """This description."""
    params.check_names(_args(), ())
    servers = [{"url": request.root_path or "/"}]
    body = openapi.description(settings().search) | {"servers": servers}
    return Response(present.encode(body), mimetype="application/json")


@blueprint.get("/healthz")
def health() -> Response:
    """The process is up, whatever the index."""
    return _json(present.Health(status="ok", version=VERSION))


@blueprint.get("/readyz")
def ready() -> Response:
    """The index can be searched; 503 with the reason when it cannot."""
    engine().ready()
    status = engine().status()
    return _json(
        present.Readiness(
            status="ready",
            generation=status.generation,
            documents=status.documents,
            passages=status.passages,
            languages=dict(status.languages),
        )
    )
