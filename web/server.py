"""Serves an app with waitress: a listening socket, a pool of threads and a clean end."""

from __future__ import annotations

import signal
import socket
from types import FrameType
from typing import Any

from flask import Flask
from waitress.server import create_server

from index.errors import ConfigError

MAX_HEADER_BYTES = 128 * 1024
"""Room for the longest query, percent-encoded, and a browser's own headers."""


class Server:
    """An app on a bound socket. Binding happens here, so that `url` is true before `run`."""

    def __init__(self, app: Flask, host: str, port: int, threads: int) -> None:
        self._socket = _bind(host, port)
        from web.security import MAX_BODY_BYTES

        self._server: Any = create_server(
            app,
            sockets=[self._socket],
            threads=threads,
            ident="talash",
            # The app answers a body over its limit in the one error shape; this is the far fence.
            max_request_body_size=16 * MAX_BODY_BYTES,
            max_request_header_size=MAX_HEADER_BYTES,
        )
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}/"

    def run(self) -> None:
        """Serve until `stop`, or until SystemExit or KeyboardInterrupt reaches this thread.

        Requests that are being answered get some seconds to end; then the socket is closed.
        """
        try:
            self._server.run()
        finally:
            self._server.close()

    def stop(self) -> None:
        """End `run` from another thread. The server's own thread does it, between two events."""
        self._server.trigger.pull_trigger(self._end)

    def _end(self) -> None:
        self._server.task_dispatcher.shutdown()
        self._server.asyncore.close_all(self._server._map)


def end_on_terminate() -> None:
    """Let SIGTERM end the server as ctrl-C does: this is how service managers ask."""

    def leave(signum: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)


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
