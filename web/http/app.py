"""The application factory. Nothing is opened at import, and two apps can live in one process."""

from __future__ import annotations

from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import Flask, Response
from flask_babel import Babel
from werkzeug.routing import BaseConverter

from web import context, present
from web.http import errors, feeds, openapi, pages
from web.middleware import (
    compression,
    forwarded,
    limits,
    logs,
    metrics,
    observing,
    security,
)
from web.middleware.metrics import Metrics
from web.middleware.observing import RequestRecord
from web.service import open_engine
from web.settings import Settings
from web.ui import view
from web.ui.assets import Assets

if TYPE_CHECKING:
    from search.live import LiveEngine


class DocumentId(BaseConverter):
    """An id in an address: any text at all, slashes, `#` and Urdu included."""

    regex = "(?s:.+)"
    part_isolating = False


def create_app(
    settings: Settings, engine: LiveEngine | None = None, figures: Metrics | None = None
) -> Flask:
    """An app that serves `engine`, or the index the settings point to, and counts in `figures`."""
    engine = engine or open_engine(settings)
    app = Flask("web", root_path=str(Path(__file__).parents[1]))
    app.extensions[context.KEY] = (settings, engine)
    app.extensions[metrics.KEY] = figures = figures or metrics.Metrics(engine)
    app.extensions[feeds.STREAMS] = BoundedSemaphore(max(1, settings.web.threads // 2))
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

    def finished(observed: RequestRecord, response: Response) -> None:
        figures.count(observed, response)
        logs.log_request(settings.web, observed, response)

    # First of all to be installed: its id is there before any refusal, and it sees the final answer.
    observing.install(app, finished, trust_ids=settings.web.proxies > 0)
    security.install(app, settings.web)
    limits.install(app, settings.web)
    security.ask_for_token(app, settings.web)
    security.allow_origins(app, settings.web)
    errors.install(app)
    compression.install(app)
    for each in (*openapi.BLUEPRINTS, metrics.blueprint, pages.blueprint):
        app.register_blueprint(each)
    forwarded.install(app, settings.web)
    return app
