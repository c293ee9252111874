"""Who asks and under which path, where a web server stands in front.

What it forwards is put in force by werkzeug's ProxyFix, for as many proxies as `[web] proxies` says.
Beside that, here: addresses that come with a port, values that are none, and a path prefix whether it
was taken off on the way or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from index.errors import ConfigError
from web.settings import PATH_PREFIX, WebConfig

_Environ = dict[str, Any]
_Application = Callable[[_Environ, Any], Iterable[bytes]]

_BEFORE = "werkzeug.proxy_fix.orig"
_SENT_ON = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
_ADDRESS = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[^:]+)(?::\d+)?|(?P<bare>[^\[\]]+)")


def parsed(written: str) -> IPv4Address | IPv6Address | None:
    """An IP address, None when it is none. An IPv4 one that is written as an IPv6 one is the IPv4 one."""
    try:
        found = ip_address(written.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def address(entry: str) -> str:
    """The address of an entry of X-Forwarded-For, without its port; empty when it is none."""
    found = _ADDRESS.fullmatch(entry.strip())
    written = next(filter(None, found.groups()), "") if found else ""
    return str(parsed(written) or "")


def from_this_machine(environ: _Environ) -> bool:
    """Whether a program of this machine asks, and not a proxy here for somebody elsewhere.

    waitress calls the other end of a Unix socket `localhost`, gunicorn and uWSGI give it no name.
    """
    if any(name.startswith(_SENT_ON) for name in environ):
        return False
    peer = environ.get(_BEFORE, environ).get("REMOTE_ADDR")
    known = address(peer or "")
    return ip_address(known).is_loopback if known else peer in ("", "localhost")


def install(app: Flask, config: WebConfig) -> None:
    """Let the app see requests as readers made them. After all of its addresses are known."""
    ours = frozenset(str(rule).split("/")[1] for rule in app.url_map.iter_rules()) - {""}
    if config.path and config.path.split("/")[1] in ours:
        raise ConfigError(
            f"Addresses of Talash itself begin with {config.path}, so it cannot be the prefix.",
            hint="Choose another path for [web] prefix and public_url, such as /archive.",
        )
    inner: _Application = app.wsgi_app
    if config.path or config.proxies:
        inner = _under_path(inner, config.path, ours)
    if config.proxies:
        inner = ProxyFix(_checked(inner), x_for=config.proxies, x_proto=config.proxies, x_prefix=1)
    app.wsgi_app = inner  # type: ignore[method-assign, assignment]


def _checked(inner: _Application) -> _Application:
    """Behind ProxyFix: take back what is no address, no scheme and no path to stand in a link."""

    def answer(environ: _Environ, start_response: Any) -> Iterable[bytes]:
        before = environ[_BEFORE]
        environ["REMOTE_ADDR"] = address(environ.get("REMOTE_ADDR") or "") or before["REMOTE_ADDR"]
        if environ["wsgi.url_scheme"] not in ("http", "https"):
            environ["wsgi.url_scheme"] = before["wsgi.url_scheme"]
        prefix = (environ.get("SCRIPT_NAME") or "").rstrip("/")
        known = PATH_PREFIX.fullmatch(prefix) or not prefix
        environ["SCRIPT_NAME"] = prefix if known else before["SCRIPT_NAME"] or ""
        return inner(environ, start_response)

    return answer


def _under_path(inner: _Application, path: str, ours: frozenset[str]) -> _Application:
    """All links begin with `path`, or with the one the proxy named; requests may, or may not.

    A proxy's path that looks like one of our addresses is taken as taken off already.
    """

    def answer(environ: _Environ, start_response: Any) -> Iterable[bytes]:
        root = path or environ.get("SCRIPT_NAME", "")
        asked = environ.get("PATH_INFO", "")
        if root and f"{asked}/".startswith(f"{root}/") and root.split("/")[1] not in ours:
            asked = asked[len(root) :]
        environ.update(SCRIPT_NAME=root, PATH_INFO=asked or "/")
        return inner(environ, start_response)

    return answer
