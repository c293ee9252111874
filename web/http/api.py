"""The JSON addresses. Each turns arguments into a request, asks the engine and dumps the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response

from index.version import VERSION
from search.models import DocumentExplanation, DocumentView, Related, Suggestions
from web import parameters, present
from web.context import engine, settings
from web.http import cursor
from web.http.routes import Address, route, tagged, unchanged
from web.middleware import observing
from web.parameters import Args

blueprint = Blueprint("api", __name__)


def _json(body: object) -> Response:
    return Response(present.as_json(body), mimetype="application/json")


def _answer(found: Any) -> Response:
    """An answer of one generation, which a client may keep unless a part of it is missing."""
    return tagged(_json(found), found.generation, whole=not getattr(found, "degraded", ()))


@route(blueprint, Address("/api/v1/search", present.SearchBody, parameters.LISTING, (410, 503)))
def search(args: Args) -> Response:
    """Search the archive."""
    limits = settings().search
    asked = parameters.parse_search(args, limits)
    given = parameters.parse_cursor(args)
    place = cursor.read(given, asked) if given is not None else None
    if known := unchanged():
        return known
    if place:
        place.check(engine().generation())
        asked = replace(asked, page=place.page)
    response = observing.recorded_search(asked)
    if place:
        place.check(response.generation)  # a new one may have come in between
    return _answer(present.search_body(response, cursor.after(response, limits.window)))


@route(blueprint, Address("/api/v1/facets", present.FacetsBody, parameters.FACETS, (503,)))
def facets(args: Args) -> Response:
    """The counts of a search, without its hits."""
    asked = parameters.parse_search(args, settings().search)
    if known := unchanged():
        return known
    return _answer(present.facets_body(observing.recorded_search(replace(asked, size=1))))


@route(blueprint, Address("/api/v1/suggest", Suggestions, parameters.SUGGEST, (503,)))
def suggest(args: Args) -> Response:
    """Completions of what is being typed."""
    text, size = parameters.parse_suggest(args, settings().search)
    return unchanged() or _answer(engine().suggest(text, size))


@route(blueprint, Address("/api/v1/related", Related, parameters.RELATED, (404, 503)))
def related(args: Args) -> Response:
    """Other tellings of a document's story, its copies, and documents like it."""
    id, size = parameters.parse_related(args, settings().search)
    return unchanged() or _answer(engine().related(id, size))


@route(blueprint, Address("/api/v1/explain", DocumentExplanation, parameters.EXPLAIN, (404, 503)))
def explain(args: Args) -> Response:
    """Why a document is in the answer to a search, or why it is not."""
    asked = parameters.parse_search(args, settings().search)
    id = parameters.parse_id(args, settings().search)
    return unchanged() or _answer(engine().explain(asked, id))


@route(
    blueprint,
    Address("/api/v1/documents/<document:id>", DocumentView, parameters.DOCUMENT, (404, 503)),
)
def document(args: Args, id: str) -> Response:
    """One document, whole, with the marks of a query."""
    asked = parameters.parse_opened(args, settings().search)
    return unchanged() or _answer(engine().document(id, asked))


@route(blueprint, Address("/healthz", present.Health, tagged=False, open=True))
def health(args: Args) -> Response:
    """The process is up."""
    return _json(present.Health(status="ok", version=VERSION))


@route(blueprint, Address("/readyz", present.Readiness, (), (503,), tagged=False, open=True))
def ready(args: Args) -> Response:
    """The index can be searched."""
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
