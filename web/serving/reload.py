"""What SIGHUP does: settings are read again, and a broken index or encoder is tried again.

Of the settings those of `[web]` come into force, but for those of the socket and the processes
(`web.settings.renewed`). Others need a restart, and the log says so. A new index needs neither.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask

from index.errors import TalashError
from search.live import LiveEngine
from web.http.app import create_app
from web.middleware import logs, metrics
from web.serving.server import Server
from web.settings import Settings, renewed

log = logging.getLogger("talash.serve")


class Reloader:
    """Called when a reload is asked for. Settings that cannot be read leave all as it was."""

    def __init__(
        self,
        server: Server,
        app: Flask,
        engine: LiveEngine,
        settings: Settings,
        read: Callable[[], Settings],
    ) -> None:
        self._server, self._engine, self._settings = server, engine, settings
        self._figures: metrics.Metrics = app.extensions[metrics.KEY]
        self._read = read

    def __call__(self) -> None:
        """Reload, in the server's thread."""
        old = self._settings
        try:
            new = self._read()
            settings = renewed(old, new)
            app = create_app(settings, self._engine, self._figures)
        except TalashError as error:
            log.error("Not reloaded, all stays as it was: %s", error)
            return
        logs.configure(settings.web)
        self._server.serve_app(app)
        self._settings = settings
        self._engine.refresh()
        if new != settings:
            log.warning("Settings of [search], [index], the socket and workers need a restart.")
        log.info("Reloaded.")
