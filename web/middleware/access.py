"""The token of `[web] token`: who does not have it gets nothing but health, and files of ours.

Programs send it as `Authorization: Bearer TOKEN`. Browsers ask their reader for it (HTTP Basic, any
name, the token as password), so pages need no form and no cookie of ours.
"""

from __future__ import annotations

import hmac

from flask import Flask, request

from index.errors import ConfigError, UnauthorizedError
from web.settings import WebConfig

CHALLENGE = 'Basic realm="Talash", charset="UTF-8", Bearer realm="Talash"'
MIN_CHARS = 16
_OPEN = ("static", "api.health", "api.ready")


def install(app: Flask, config: WebConfig) -> None:
    """Guard the app, if there is a token. Raises ConfigError for one that can be guessed."""
    token = config.token.get_secret_value()
    if not token:
        return
    if len(token) < MIN_CHARS or not token.isascii() or not token.isprintable():
        raise ConfigError(
            f"web.token must have at least {MIN_CHARS} characters, all of them ASCII.",
            hint="Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )

    @app.before_request
    def guard() -> None:
        preflight = request.method == "OPTIONS" and request.path.startswith("/api/v1/")
        if request.endpoint in _OPEN or preflight:
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
