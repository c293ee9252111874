"""Serves an app with waitress: listening sockets, a pool of threads, a clean end, and SIGHUP.

SIGHUP lets settings be read again, and a broken index or encoder be tried again. Of the settings those
of `[web]` come into force, but for those of the socket and the processes (`web.settings.renewed`).
Others need a restart, and the log says so. A new index needs neither.
"""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from waitress.server import BaseWSGIServer, create_server

from index.errors import TalashError
from search.live import LiveEngine
from web.http.app import create_app
from web.middleware import logs, metrics
from web.middleware.security import MAX_BODY_BYTES
from web.settings import Settings, renewed

log = logging.getLogger("talash.serve")

MAX_HEADER_BYTES = 128 * 1024
"""Room for the longest query, percent-encoded, and a browser's own headers."""


class Server:
    """An app on sockets that are bound already (`web.serving.sockets`).

    Another `app` may be put in its place: it answers all requests that begin from then on.
    """

    def __init__(
        self, app: Flask, sockets: Sequence[socket.socket], threads: int, grace: float = 10.0
    ) -> None:
        self.app = app
        self._grace = grace
        self._stopping: float | None = None
        self._reloading = False
        self.on_reload: Callable[[], None] = lambda: None
        self._map: dict[int, Any] = {}
        self._server: Any = create_server(
            lambda environ, start_response: self.app(environ, start_response),
            map=self._map,
            sockets=list(sockets),
            threads=threads,
            ident="talash",
            # Whose word is taken on a client's address, the app decides: [web] proxies.
            clear_untrusted_proxy_headers=False,
            # The app answers a body over its limit in the one error shape; this is the far fence.
            max_request_body_size=16 * MAX_BODY_BYTES,
            max_request_header_size=MAX_HEADER_BYTES,
        )
        # With several sockets waitress keeps one of these for each, and all of them in one map.
        self._listeners = [each for each in self._map.values() if isinstance(each, BaseWSGIServer)]

    def run(self) -> bool:
        """Serve until `stop`; then answer what was asked already, and end.

        From then on nobody new is let in. Requests under way get `grace` seconds; returns whether
        all of them were answered in time.
        """
        asyncore = self._server.asyncore
        try:
            while self._stopping is None:
                asyncore.loop(timeout=1.0, map=self._map, use_poll=True, count=1)
                if self._reloading:
                    self._reloading = False
                    self.on_reload()
            for each in self._listeners:
                asyncore.dispatcher.close(each)  # the listening socket alone
            while (busy := self._busy()) and time.monotonic() < self._stopping + self._grace:
                asyncore.loop(timeout=0.1, map=self._map, use_poll=True, count=1)
            if busy:
                log.warning("%d requests were cut off after %g s.", busy, self._grace)
            return not busy
        finally:
            self._server.task_dispatcher.shutdown(timeout=0 if self._busy() else 5)
            asyncore.close_all(self._map)

    def stop(self, *, once: bool = False) -> None:
        """End `run`, from another thread or a signal handler. A second time: without waiting, or, said
        `once`, nothing more."""
        again = self._stopping is not None
        if again and once:
            return
        self._stopping = -self._grace if again else time.monotonic()
        self._listeners[0].pull_trigger()

    def reload(self) -> None:
        """Let `run` call `on_reload`, between two events."""
        self._reloading = True
        self._listeners[0].pull_trigger()

    def _busy(self) -> int:
        """Connections with a request under way or an answer on its way out."""
        channels = [each for one in self._listeners for each in list(one.active_channels.values())]
        return sum(bool(each.requests or each.total_outbufs_len) for each in channels)


@dataclass
class Reloader:
    """Called when a reload is asked for. Settings that cannot be read leave all as it was."""

    server: Server
    engine: LiveEngine
    settings: Settings
    read: Callable[[], Settings]

    def __call__(self) -> None:
        """Reload, in the server's thread."""
        try:
            new = self.read()
            settings = renewed(self.settings, new)
            figures = self.server.app.extensions[metrics.KEY]
            app = create_app(settings, self.engine, figures)
        except TalashError as error:
            log.error("Not reloaded, all stays as it was: %s", error)
            return
        logs.configure(settings.web)
        self.server.app = app
        self.settings = settings
        self.engine.refresh()
        if new != settings:
            log.warning("Settings of [search], [index], the socket and workers need a restart.")
        log.info("Reloaded.")


def follow_signals(server: Server, *, alone: bool = True) -> None:
    """SIGTERM and ctrl-C end the server, SIGHUP reloads: this is how service managers ask.

    A worker, which is not `alone`, gets SIGTERM from its parent and perhaps from the service manager
    too; that is one wish, and what ends it at once is its parent.
    """

    for number in (signal.SIGTERM, signal.SIGINT) if alone else (signal.SIGTERM,):
        signal.signal(number, lambda signum, frame: server.stop(once=not alone))
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda signum, frame: server.reload())
