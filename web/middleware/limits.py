"""How often one client may ask: a token bucket for each address, in memory.

A bucket holds `burst` tokens, refills evenly and gives one to every request. Buckets that nobody used
for longest are forgotten first, so memory is bounded whoever asks.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from cachetools import LRUCache
from flask import Flask, request

from index.errors import RateLimitedError
from web.middleware import forwarded, security
from web.settings import WebConfig

AUTO_RATE = 600
"""Requests a minute, where others can reach the server and nobody said how many."""
MAX_CLIENTS = 10_000
FREE = ("static", *security.PROBES)


class Buckets:
    """The buckets of all clients. Safe under threads."""

    def __init__(
        self,
        rate: int,
        burst: int,
        clock: Callable[[], float] = time.monotonic,
        max_clients: int = MAX_CLIENTS,
    ) -> None:
        """`rate` is in tokens a minute (above 0), `burst` what a full bucket holds."""
        self._rate = rate / 60
        self._burst = float(max(1, burst))
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: LRUCache[str, tuple[float, float]] = LRUCache(max_clients)

    def take(self, client: str) -> float:
        """Take a token; 0 when there was one, else in how many seconds there will be.

        Who is refused loses nothing.
        """
        with self._lock:
            now = self._clock()
            left, since = self._buckets.get(client, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            wait = max(0.0, (1 - left) / self._rate)
            self._buckets[client] = (left if wait else left - 1, now)
        return wait

    def __len__(self) -> int:
        return len(self._buckets)


def client_key(address: str) -> str:
    """Who counts as one client: an IPv4 address, or the /64 network of an IPv6 one.

    A household has a whole /64: single addresses of it would be as many clients as it likes.
    """
    found = forwarded.parsed(address)
    if found is None:
        return address[:64]
    return f"{int(found) >> 64:x}::/64" if found.version == 6 else str(found)


def rate_of(config: WebConfig) -> int:
    """Requests a minute for each client, 0 for any number.

    `auto`: no limit where only this machine can reach the server and no proxy stands in front.
    """
    if config.rate_limit != "auto":
        return config.rate_limit
    return AUTO_RATE if config.proxies or not security.is_private(config) else 0


def install(app: Flask, config: WebConfig) -> None:
    """Refuse requests of the app that come too often. Files, health and metrics are free."""
    rate = rate_of(config)
    if not rate:
        return
    buckets = Buckets(rate, config.rate_burst)

    @app.before_request
    def limit() -> None:
        if request.endpoint in FREE:
            return
        wait = buckets.take(client_key(request.remote_addr or ""))
        if wait:
            seconds = max(1, math.ceil(wait))
            raise RateLimitedError(
                "This address asks more often than it may.",
                wait=seconds,
                hint=f"Ask again in {seconds} s.",
            )
