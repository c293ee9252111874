"""The JSON addresses. Each turns arguments into a request, asks the engine and dumps the answer."""

from __future__ import annotations

from importlib.metadata import version

from flask import Blueprint, Response, request

from web import openapi, params, present
from web.context import engine, settings

blueprint = Blueprint("api", __name__)


def _json(body: object) -> Response:
    return Response(present.as_json(body), mimetype="application/json")


def _args() -> params.Args:
    return request.args.to_dict(flat=False)


@blueprint.get("/api/v1/search")
def search() -> Response:
    """Search the archive."""
    params.check_names(_args(), params.SEARCH)
    asked = params.parse_search(_args(), settings().search)
    return _json(present.search_body(engine().search(asked)))


@blueprint.get("/api/v1/documents/<document:id>")
def document(id: str) -> Response:
    """One document, whole."""
    params.check_names(_args(), params.DOCUMENT)
    asked = params.parse_opened(_args(), settings().search)
    return _json(engine().document(id, asked))


@blueprint.get("/api/v1/openapi.json")
def description() -> Response:
    """This description."""
    params.check_names(_args(), ())
    return Response(present.encode(openapi.description()), mimetype="application/json")


@blueprint.get("/healthz")
def health() -> Response:
    """The process is up, whatever the index."""
    return _json(present.Health(status="ok", version=version("talash")))


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
