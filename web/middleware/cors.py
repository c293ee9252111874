"""Which other web pages' scripts may read the API: none, unless the owner names them.

Only `/api/v1/` is ever opened, only for reading, and never with cookies or a login: there are none.
"""

from __future__ import annotations

from flask import Flask, Response, request

from web.settings import WebConfig

_PREFIX = "/api/v1/"
_MAX_AGE = 24 * 60 * 60
ANY = "*"


def install(app: Flask, config: WebConfig) -> None:
    """Answer the scripts of the origins in the settings."""
    origins = frozenset(origin.lower() for origin in config.cors_origins)
    if not origins:
        return

    @app.after_request
    def allow(response: Response) -> Response:
        if not request.path.startswith(_PREFIX):
            return response
        if ANY not in origins:
            response.vary.add("Origin")
        origin = request.headers.get("Origin", "")
        if ANY not in origins and origin.lower() not in origins:
            return response
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = ANY if ANY in origins else origin
        headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-Id"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, HEAD"
            headers["Access-Control-Allow-Headers"] = "If-None-Match, Authorization"
            headers["Access-Control-Max-Age"] = str(_MAX_AGE)
        return response
