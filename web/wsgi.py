"""The app for servers of other make: `gunicorn 'web.wsgi:create()'`.

Settings come from `talash.toml` and the environment, as for `talash serve`; those of the socket, workers,
threads and grace are the other server's own.
"""

from __future__ import annotations

from flask import Flask

from web.http.app import create_app
from web.middleware import logs
from web.settings import load


def create() -> Flask:
    """An app of its own in each process: nothing is shared by it, and nothing opened before."""
    settings = load()
    logs.configure(settings.web)
    return create_app(settings)
