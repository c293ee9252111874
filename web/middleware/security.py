"""What every response says to the browser, and which requests are let in at all: by host name, token
and, for other pages' scripts, origin.

Talash runs no script and draws no style but its own files, talks to no other host and may stand in
no frame; so the policy forbids all else, and text from the archive that slipped through escaping
would still not run.
"""

from __future__ import annotations

import hmac
import stat
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from index.errors import ConfigError, RequestError, UnauthorizedError
from web.middleware import forwarded
from web.settings import WebConfig

MAX_BODY_BYTES = 16 * 1024
"""Nothing here takes a body; this is only room for a client that sends one by habit."""

PROBES = ("api.health", "api.ready", "service.metrics")
"""What programs that watch over the server ask: they name the machine, and ask as often as they do."""

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")

CHALLENGE = 'Basic realm="Talash", charset="UTF-8", Bearer realm="Talash"'
MIN_TOKEN_CHARS = 16
OPEN = ("static", "api.health", "api.ready")

_API = "/api/v1/"
_PREFLIGHT_SECONDS = 24 * 60 * 60
_ANY = "*"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def is_private(config: WebConfig) -> bool:
    """Whether nothing but programs of this machine can reach the server itself."""
    return config.socket is not None or all(map(is_loopback, config.host))


def open_to(config: WebConfig) -> str:
    """Who can read the archive unasked, as a warning; empty where nobody can or a token guards it."""
    if config.token.get_secret_value():
        return ""
    if config.socket is not None:
        everybody = int(config.socket_mode, 8) & stat.S_IWOTH
        everybody_can = f"Every user of this machine can read the archive by {config.socket}"
        return f"{everybody_can}: its mode is {config.socket_mode}." if everybody else ""
    reached = ", ".join(host for host in config.host if not is_loopback(host))
    return f"{reached} can be reached by others, and no [web] token is set." if reached else ""


def host_names(config: WebConfig) -> frozenset[str]:
    """The names the server answers to; none means any.

    No browser reaches a Unix socket, so there is no name to rebind: whoever stands in front decides.
    """
    names = config.hosts
    if not names and config.socket is None and is_private(config):
        names = (*_LOOPBACK_NAMES, *config.host)
    return frozenset(name.strip("[]").lower() for name in names)


def _host_name(header: str) -> str:
    """The name in a Host header, without port and brackets."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def install(app: Flask, config: WebConfig) -> None:
    """Guard the app's requests and responses."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    answers_to = host_names(config)

    @app.before_request
    def refuse() -> None:
        if (request.content_length or 0) > MAX_BODY_BYTES:
            raise RequestEntityTooLarge(f"A request may carry at most {MAX_BODY_BYTES:,} bytes.")
        if request.endpoint in PROBES and forwarded.from_this_machine(request.environ):
            return
        if answers_to and _host_name(request.environ.get("HTTP_HOST", "")) not in answers_to:
            raise RequestError(
                "This server does not answer to that host name.",
                hint="Its owner can allow the name with the setting [web] hosts.",
            )

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static" and response.status_code == 200:
            # Addresses of our files carry a digest of their content: a new file has a new address.
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "private, no-cache"
        return response


def ask_for_token(app: Flask, config: WebConfig) -> None:
    """Let who does not have the token get nothing but health and files of ours, if there is one.

    Programs send it as `Authorization: Bearer TOKEN`. Browsers ask their reader for it (HTTP Basic, any
    name, the token as password), so pages need no form and no cookie of ours. Raises ConfigError for a
    token that can be guessed.
    """
    token = config.token.get_secret_value()
    if not token:
        return
    if len(token) < MIN_TOKEN_CHARS or not token.isascii() or not token.isprintable():
        raise ConfigError(
            f"web.token must have at least {MIN_TOKEN_CHARS} characters, all of them ASCII.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )

    @app.before_request
    def guard() -> None:
        preflight = request.method == "OPTIONS" and request.path.startswith(_API)
        if request.endpoint in OPEN or preflight:
            return
        if not hmac.compare_digest(_given().encode("utf-8", "replace"), token.encode()):
            raise UnauthorizedError(
                "This archive asks for a token.",
                hint="Send it as Authorization: Bearer, or as the password in a browser.",
            )


def _given() -> str:
    """The token that came with the request, right or wrong; empty without one."""
    given = request.authorization
    if given is None:
        return ""
    if given.type == "bearer":
        return given.token or ""
    return (given.password or "") if given.type == "basic" else ""


def allow_origins(app: Flask, config: WebConfig) -> None:
    """Let the scripts of other web pages read the API, of those origins that the owner names.

    Only `/api/v1/` is ever opened, only for reading, and never with cookies or a login: there are none.
    """
    origins = frozenset(origin.lower() for origin in config.cors_origins)
    if not origins:
        return

    @app.after_request
    def allow(response: Response) -> Response:
        if not request.path.startswith(_API):
            return response
        if _ANY not in origins:
            response.vary.add("Origin")
        origin = request.headers.get("Origin", "")
        if _ANY not in origins and origin.lower() not in origins:
            return response
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = _ANY if _ANY in origins else origin
        headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-Id"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, HEAD"
            headers["Access-Control-Allow-Headers"] = "If-None-Match, Authorization"
            headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
        return response
