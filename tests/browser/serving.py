"""A server over any engine, for as long as a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from web.app import create_app
from web.server import Server
from web.service import SearchService
from web.settings import Settings


@contextmanager
def serving(engine: SearchService) -> Iterator[str]:
    """The address of a server over `engine`, without the last slash."""
    server = Server(create_app(Settings(), engine), "127.0.0.1", 0, 4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.url.rstrip("/")
    finally:
        server.stop()
        thread.join(10)
