"""Serves an app with waitress: a listening socket, a pool of threads and a clean end."""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress.server import create_server

from index.errors import ConfigError

log = logging.getLogger("talash.serve")

MAX_HEADER_BYTES = 128 * 1024
"""Room for the longest query, percent-encoded, and a browser's own headers."""


class Server:
    """An app on a bound socket. Binding happens here, so that `url` is true before `run`."""

    def __init__(self, app: Flask, host: str, port: int, threads: int, grace: float = 10.0) -> None:
        self._socket = _bind(host, port)
        self._grace = grace
        self._stopping: float | None = None
        self._reloading = False
        self._reload: Callable[[], None] | None = None
        from web.security import MAX_BODY_BYTES

        self._server: Any = create_server(
            app,
            sockets=[self._socket],
            threads=threads,
            ident="talash",
            # Whose word is taken on a client's address, the app decides: [web] proxies.
            clear_untrusted_proxy_headers=False,
            # The app answers a body over its limit in the one error shape; this is the far fence.
            max_request_body_size=16 * MAX_BODY_BYTES,
            max_request_header_size=MAX_HEADER_BYTES,
        )
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}/"

    def run(self) -> bool:
        """Serve until `stop`; then answer what was asked already, and end.

        From then on nobody new is let in. Requests under way get `grace` seconds; returns whether
        all of them were answered in time.
        """
        server, loop = self._server, self._server.asyncore.loop
        try:
            while self._stopping is None:
                loop(timeout=1.0, map=server._map, use_poll=True, count=1)
                if self._reload is not None and self._reloading:
                    self._reloading = False
                    self._reload()
            server.asyncore.dispatcher.close(server)  # the listening socket alone
            while (busy := self._busy()) and time.monotonic() < self._stopping + self._grace:
                loop(timeout=0.1, map=server._map, use_poll=True, count=1)
            if busy:
                log.warning("%d requests were cut off after %g s.", busy, self._grace)
            return not busy
        finally:
            server.task_dispatcher.shutdown(timeout=0 if self._busy() else 5)
            server.asyncore.close_all(server._map)

    def stop(self) -> None:
        """End `run`, from another thread or a signal handler. A second time: without waiting."""
        again = self._stopping is not None
        self._stopping = -self._grace if again else time.monotonic()
        self._server.trigger.pull_trigger()

    def reload(self) -> None:
        """Let `run` call what was given to `on_reload`, between two events."""
        self._reloading = True
        self._server.trigger.pull_trigger()

    def on_reload(self, action: Callable[[], None]) -> None:
        """What to do when a reload is asked for."""
        self._reload = action

    def serve_app(self, app: Flask) -> None:
        """Let another app answer all requests that begin from now on."""
        self._server.application = app

    def _busy(self) -> int:
        """Connections with a request under way or an answer on its way out."""
        channels = list(self._server.active_channels.values())
        return sum(bool(each.requests or each.total_outbufs_len) for each in channels)


def follow_signals(server: Server) -> None:
    """SIGTERM and ctrl-C end the server, SIGHUP reloads: this is how service managers ask."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: server.stop())
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda signum, frame: server.reload())


def _bind(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        return socket.create_server(address[:2], family=family)
    except socket.gaierror as error:
        raise ConfigError(f"There is no host {host!r}: {error.strerror}.") from error
    except OSError as error:
        raise ConfigError(
            f"Cannot listen on {host} port {port}: {error.strerror}.",
            hint="Another server may be running there; choose a port with --port.",
        ) from error
