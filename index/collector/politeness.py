"""How a server is asked: if its robots.txt lets, with time between, with patience when it has none.

robots.txt is read as RFC 9309 has it: one that is not there allows everything, one that cannot be
had now (5xx, no answer) forbids everything for now.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from index.collector.addresses import host_of, normalize
from index.collector.config import CollectConfig
from index.collector.http import Answer
from index.collector.state import Host, State
from index.errors import CollectError

ROBOT = "Talash"
"""What robots.txt calls us."""
_DAY = 86_400.0
_HOPS = 5
_ROBOTS_BYTES = 512_000
_LONGEST_DELAY = 60.0
"""Seconds; a longer Crawl-delay would mean a few pages a day."""
_LONGEST_REST = 6 * 3600.0
"""Seconds that a host is left alone at most, whatever it asks for and however often it failed."""
_BUSY = (429, 503)


class Clock(Protocol):
    """The time, and waiting: tests bring their own."""

    def time(self) -> float:
        """Seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Source(Protocol):
    """What answers requests; see `index.collector.http.Fetcher`."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for an address. Raises CollectError when there is no answer."""


class RefusedError(CollectError):
    """The robots.txt of a host does not want an address to be fetched."""


class GoneError(CollectError):
    """The server says that there is nothing at an address: 404, 410, or by leading to its front page."""


class Asking:
    """Asks servers politely and counts the `requests`."""

    def __init__(self, config: CollectConfig, state: State, source: Source, clock: Clock) -> None:
        self._config = config
        self._state = state
        self._source = source
        self._clock = clock
        self.requests = 0

    def wait_for(self, host: str) -> float:
        """Seconds until a host may be asked."""
        return max(0.0, self._state.host(host).free - self._clock.time())

    def ask(self, url: str, etag: str = "", modified: str = "") -> Answer:
        """Ask for an address and where it redirects to; `etag` and `modified` are of the copy that is here,
        and the status is 304 if that is still right. `Answer.url` is where the answer came from.

        Raises RefusedError, GoneError (404, 410), and CollectError for any other status or no answer.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        known = {name: value for name, value in headers.items() if value}
        seen = {url}
        for _ in range(_HOPS):
            if not self._robots(url).can_fetch(url, ROBOT):
                raise RefusedError("its robots.txt does not want it fetched")
            answer = self._get(url, known)
            if answer.status not in (301, 302, 303, 307, 308):
                return self._judged(answer)
            url = _location(answer, url)
            if not url:
                raise CollectError("redirected to what is no address on the web")
            if url in seen:
                raise CollectError("redirected in a circle")
            seen.add(url)
        raise CollectError(f"redirected more than {_HOPS} times")

    @staticmethod
    def _judged(answer: Answer) -> Answer:
        if answer.status == 304 or 200 <= answer.status < 300:
            return answer
        if answer.status in (404, 410):
            raise GoneError(f"status {answer.status}")
        raise CollectError(f"status {answer.status}")

    def _get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """One request when the host may be asked, and when it may be asked next."""
        name = host_of(url)
        if (wait := self.wait_for(name)) > 0:
            self._clock.sleep(wait)
        self.requests += 1
        host = self._state.host(name)
        # Noted before the request as well: a kill in the middle of it does not make the next one early.
        self._state.set_host(name, replace(host, free=self._clock.time() + self._delay(host)))
        try:
            answer = self._source.get(url, headers)
        except CollectError:
            self._rest(name, host, 0.0)
            raise
        if answer.status >= 500 or answer.status in _BUSY:
            self._rest(name, host, self._asked_for(answer))
        else:
            free = self._clock.time() + self._delay(host)
            self._state.set_host(name, replace(host, free=free, failures=0))
        return answer

    def _delay(self, host: Host) -> float:
        return max(self._config.delay, host.delay)

    def _rest(self, name: str, host: Host, asked: float) -> None:
        """Leave a host alone, each time twice as long as the time before."""
        rest = max(asked, self._delay(host) * 2 ** min(host.failures + 1, 16))
        free = self._clock.time() + min(rest, _LONGEST_REST)
        self._state.set_host(name, replace(host, free=free, failures=host.failures + 1))

    def _asked_for(self, answer: Answer) -> float:
        """Seconds of Retry-After: a number, or a date."""
        value = answer.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return float(value[:9])
        return max(0.0, http_time(value) - self._clock.time())

    def _robots(self, url: str) -> Protego:
        """The rules of a host, at most a day old."""
        parts, name = urlsplit(url), host_of(url)
        host = self._state.host(name)
        if host.robots is None or host.robots_until <= self._clock.time():
            text, days = self._read_robots(f"{parts.scheme}://{parts.netloc}/robots.txt")
            host = replace(
                self._state.host(name), robots=text, robots_until=self._clock.time() + days * _DAY
            )
            rules = Protego.parse(text)
            delay = min(float(rules.crawl_delay(ROBOT) or 0.0), _LONGEST_DELAY)
            self._state.set_host(name, replace(host, delay=delay))
            return rules
        return Protego.parse(host.robots)

    def _read_robots(self, url: str) -> tuple[str, float]:
        """The text of a robots.txt and for how many days it holds."""
        for _ in range(_HOPS):
            try:
                answer = self._get(url, {})
            except CollectError as error:
                raise CollectError(f"its robots.txt cannot be had: {error.message}") from None
            if 200 <= answer.status < 300:
                return answer.body[:_ROBOTS_BYTES].decode("utf-8", "replace"), 1.0
            if 300 <= answer.status < 400:
                url = _location(answer, url)
                if url:
                    continue
            if answer.status >= 500 or answer.status == 429:
                raise CollectError(f"its robots.txt cannot be had: status {answer.status}")
            break
        return "", 1.0


def _location(answer: Answer, base: str) -> str:
    """Where an answer redirects to; "" for no address. Servers write it in UTF-8, HTTP hands it on as
    Latin-1."""
    location = answer.headers.get("location", "")
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    return normalize(location, base)


def http_time(value: str) -> float:
    """Seconds since 1970 of a date as HTTP and feeds write it, in UTC where its zone is not known; 0.0 if it
    is none."""
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return 0.0
