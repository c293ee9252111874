"""What every response says to the browser, and which requests are let in at all.

Talash runs no script and draws no style but its own files, talks to no other host and may stand in
no frame; so the policy forbids all else, and text from the archive that slipped through escaping
would still not run.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from index.errors import RequestError
from web.settings import WebConfig

MAX_BODY_BYTES = 16 * 1024
"""Nothing here takes a body; this is only room for a client that sends one by habit."""

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
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


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def host_names(config: WebConfig) -> frozenset[str]:
    """The names the server answers to; none means any."""
    names = config.hosts
    if not names and is_loopback(config.host):
        names = (*_LOOPBACK_NAMES, config.host)
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
