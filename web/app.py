"""The application factory. Nothing is opened at import, and two apps can live in one process."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, url_for
from werkzeug.routing import BaseConverter

from web import api, context, errors, pages, present, security
from web.service import SearchService, open_engine
from web.settings import Settings

_STATIC = Path(__file__).parent / "static"


class DocumentId(BaseConverter):
    """An id in an address: any text at all, slashes, `#` and Urdu included."""

    regex = "(?s:.+)"
    part_isolating = False


def create_app(settings: Settings, engine: SearchService | None = None) -> Flask:
    """An app that serves `engine`, or the index the settings point to."""
    app = Flask("web", root_path=str(Path(__file__).parent))
    app.extensions[context.KEY] = (settings, engine or open_engine(settings))
    # An id may hold an empty path segment; merging slashes would make it another id.
    app.url_map.merge_slashes = False
    app.url_map.converters["document"] = DocumentId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=_Assets(),
        direction=present.direction,
        lang_dir=present.lang_dir,
        marked=present.marked,
        web_address=present.web_address,
    )
    security.install(app, settings.web)
    errors.install(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(pages.blueprint)
    return app


class _Assets:
    """Addresses of our own files, with a digest of the content so that browsers may keep them."""

    def __init__(self) -> None:
        self._digests = {
            path.name: hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
            for path in _STATIC.iterdir()
            if path.is_file()
        }

    def __call__(self, name: str) -> str:
        return url_for("static", filename=name, v=self._digests[name])
