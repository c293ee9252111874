"""The application factory. Nothing is opened at import, and two apps can live in one process."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_babel import Babel
from werkzeug.routing import BaseConverter

from web import api, context, cors, errors, feeds, pages, present, security, view
from web.assets import Assets
from web.service import SearchService, open_engine
from web.settings import Settings


class DocumentId(BaseConverter):
    """An id in an address: any text at all, slashes, `#` and Urdu included."""

    regex = "(?s:.+)"
    part_isolating = False


def create_app(settings: Settings, engine: SearchService | None = None) -> Flask:
    """An app that serves `engine`, or the index the settings point to."""
    app = Flask("web", root_path=str(Path(__file__).parent))
    app.extensions[context.KEY] = (settings, engine or open_engine(settings))
    Babel(app, default_locale=settings.web.language, locale_selector=pages.interface)
    # An id may hold an empty path segment; merging slashes would make it another id.
    app.url_map.merge_slashes = False
    app.url_map.converters["document"] = DocumentId
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=Assets(),
        direction=present.direction,
        in_the_open=present.in_the_open,
        lang_dir=present.lang_dir,
        marked=present.marked,
        stories_shown=view.STORIES_SHOWN,
        web_address=present.web_address,
    )
    security.install(app, settings.web)
    cors.install(app, settings.web)
    errors.install(app)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(feeds.blueprint)
    app.register_blueprint(pages.blueprint)
    return app
