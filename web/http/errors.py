"""The only module that knows HTTP statuses: from an error's code to what the client is told.

API and health addresses answer with problem+json (RFC 9457), pages with a page; the map is one.
What nobody foresaw is logged under an id, and the client is told the id and nothing else.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from index.errors import RateLimitedError, RequestError, TalashError
from web import present
from web.http import pages
from web.http.routes import ADDRESSES
from web.middleware import metrics, observing, security
from web.present import Problem

log = logging.getLogger("talash.web")

STATUS = {
    "request-invalid": 400,
    "not-found": 404,
    "cursor-expired": 410,
    "unauthorized": 401,
    "rate-limited": 429,
    "encoder-unavailable": 503,
    "search-timeout": 503,
    "index-error": 503,
    "error": 500,
}
"""Status by code. A code that is not here has its parent's, as the tree in `index.errors` goes."""

_HTTP_CODES = {
    400: "request-invalid",
    404: "not-found",
    405: "method-not-allowed",
    413: "request-too-large",
}
_ASK_AGAIN = {"index-starting": 2, "search-timeout": 30}
"""Seconds after which a problem of ours may be over, for Retry-After."""

TITLES = {
    400: "The request cannot be served as asked",
    401: "The archive asks for a token",
    404: "There is nothing here by that name",
    405: "This address does not take that method",
    410: "The index was rebuilt since this answer began",
    413: "The request is too large",
    429: "Too many requests",
    500: "An unexpected error",
    503: "The index cannot be searched right now",
}
"""What each status means here, in the error itself and in the OpenAPI description."""


def status_of(error: TalashError) -> int:
    """The HTTP status of an error, from its own code or the nearest ancestor's."""
    codes = (getattr(kind, "code", "") for kind in type(error).__mro__)
    return next((STATUS[code] for code in codes if code in STATUS), 500)


def problem_of(error: Exception) -> Problem:
    """What may be said about an error."""
    if isinstance(error, TalashError) and status_of(error) != 500:
        problem = _problem(status_of(error), error.code, error.message, error.hint)
        if isinstance(error, RequestError) and error.parameter:
            problem = replace(problem, parameter=error.parameter)
        return problem
    if isinstance(error, HTTPException) and error.code is not None and error.code != 500:
        code = _HTTP_CODES.get(error.code, f"http-{error.code}")
        return _problem(error.code, code, error.description or error.name, "")
    unexpected = _problem(500, "internal-error", "The server met an error it did not expect.", "")
    return replace(unexpected, hint="The server's log has it by its id.")


def _problem(status: int, code: str, detail: str, hint: str) -> Problem:
    title = TITLES.get(status, "The request failed")
    return Problem(f"urn:talash:problem:{code}", title, status, detail, code, hint)


def as_json(problem: Problem) -> bytes:
    """The problem as JSON; members that do not apply are left out."""
    members = present.adapter(Problem).dump_python(problem, mode="json", exclude_none=True)
    return present.as_json(members)


def speaks_json(path: str) -> bool:
    """Programs get problem+json, people a page."""
    return path.startswith("/api/") or path == "/metrics" or path in ADDRESSES


def install(app: Flask) -> None:
    """Let every error of this app, foreseen or not, leave through `_answer`."""
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return Response(status=error.code, headers=_headers(error, "Location"))
    problem = problem_of(error)
    if problem.status == 429 or problem.status >= 500:
        problem = replace(problem, id=observing.current().id)
    if problem.code in ("rate-limited", "search-timeout"):
        metrics.metrics().refused(problem.code)
    if problem.code == "internal-error":
        log.error("error %s at %s", problem.id, request.path, exc_info=error)
    elif problem.status >= 500 and request.path != "/readyz":  # a probe asks every few seconds
        log.warning("%s at %s: %s", problem.code, request.path, error)
    if speaks_json(request.path):
        response = Response(as_json(problem), mimetype="application/problem+json")
    else:
        response = pages.error_page(problem)
    response.status_code = problem.status
    response.headers.extend(_headers(error, "Allow"))
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = security.CHALLENGE
    again = _ASK_AGAIN.get(problem.code, 0)
    if wait := error.wait if isinstance(error, RateLimitedError) else again:
        response.headers["Retry-After"] = str(wait)
    return response


def _headers(error: Exception, name: str) -> list[tuple[str, Any]]:
    """The one header of an HTTP exception worth keeping, if it has it."""
    if not isinstance(error, HTTPException):
        return []
    return [(key, value) for key, value in error.get_headers() if key == name]
