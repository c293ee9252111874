"""One request: to an address that was checked, for so many bytes and seconds and no more."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import certifi
import urllib3
from urllib3.exceptions import HTTPError

from index.collector.addresses import Reachable
from index.collector.config import CollectConfig
from index.errors import CollectError
from index.version import VERSION

_PIECE = 65_536
_ACCEPT = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.5"


@dataclass(frozen=True)
class Answer:
    """What a server said: the status, the headers (names in lower case) and the content, opened."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def user_agent(config: CollectConfig) -> str:
    """How the collector names itself."""
    contact = f"; {config.contact}" if config.contact else ""
    return f"Talash/{VERSION} (news archive{contact})"


class Fetcher:
    """Asks servers. It follows no redirection: where that leads is for the collector to judge."""

    def __init__(self, config: CollectConfig) -> None:
        self._config = config
        self._reachable = Reachable(config.allow)
        self._tls = ssl.create_default_context()
        self._tls.load_verify_locations(certifi.where())

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for an address, with more `headers` than always.

        Raises CollectError when there is no answer: no such host, a private address, no connection,
        too slow, too large, cut short.
        """
        parts = urlsplit(url)
        sent = {
            "Host": parts.netloc,
            "User-Agent": user_agent(self._config),
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            **(headers or {}),
        }
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with self._pool(url) as pool:
                answer = pool.urlopen(
                    "GET",
                    path,
                    headers=sent,
                    redirect=False,
                    retries=False,
                    preload_content=False,
                    decode_content=True,
                )
                try:
                    body = self._body(answer)
                finally:
                    answer.close()
        except (HTTPError, OSError, ValueError) as error:
            raise CollectError(f"no answer: {_reason(error)}") from error
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(url, answer.status, names, body)

    def _pool(self, url: str) -> urllib3.HTTPConnectionPool:
        parts = urlsplit(url)
        address = self._reachable.address_of(url)
        timeout = urllib3.Timeout(connect=self._config.timeout, read=self._config.timeout)
        if parts.scheme == "http":
            return urllib3.HTTPConnectionPool(address, parts.port or 80, timeout=timeout)
        return urllib3.HTTPSConnectionPool(
            address,
            parts.port or 443,
            timeout=timeout,
            ssl_context=self._tls,
            server_hostname=parts.hostname,
            assert_hostname=parts.hostname,
        )

    def _body(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        """The content, piece by piece: a server that never ends must not fill memory or time."""
        if not 200 <= answer.status < 300:
            return b""
        began, pieces, size = time.monotonic(), [], 0
        while piece := answer.read1(_PIECE, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > self._config.max_bytes:
                raise CollectError(
                    f"larger than {self._config.max_bytes:,} bytes.",
                    hint="Raise [collect] max_bytes.",
                )
            if time.monotonic() - began > self._config.longest:
                raise CollectError(f"not at its end after {self._config.longest:g} seconds.")
        return b"".join(pieces)


def _reason(error: Exception) -> str:
    """An error of the network in a few words."""
    cause = getattr(error, "reason", None) or error
    return str(cause).split(": ", 1)[-1] or type(error).__name__
