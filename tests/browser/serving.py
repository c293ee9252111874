"""A server over any engine, for as long as a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from search.live import LiveEngine
from web.http.app import create_app
from web.serving.server import Server
from web.serving.sockets import listen
from web.settings import Settings, WebConfig


@contextmanager
def serving(engine: LiveEngine, prefix: str = "") -> Iterator[str]:
    """The address of a server over `engine`, without the last slash."""
    config = WebConfig(port=0, prefix=prefix)
    listening = listen(config)
    server = Server(create_app(Settings(web=config), engine), listening.sockets, 4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield listening.addresses(prefix)[0].rstrip("/")
    finally:
        server.stop()
        thread.join(10)
