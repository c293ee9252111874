"""Newspapers for the collector, on a real local web server: feeds, pages, and everything that goes wrong.

Three hosts of the loopback network are one newspaper each. What they publish depends on the time that
the request brings (`X-Now`), so that an hour passes as fast as it is asked for.
"""

from __future__ import annotations

import gzip
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import archives

START = 1_780_000_000.0
HOUR = 3600.0
RSS, ATOM, SITEMAP = "127.0.0.1", "127.0.0.2", "127.0.0.3"
"""The hosts, by how each names its articles: the first is in Urdu, the others in English."""


@dataclass(frozen=True)
class Story:
    """An article of a newspaper: when it appears, and when it is corrected (seconds after START)."""

    host: str
    number: int
    since: float
    corrected: float | None

    @property
    def path(self) -> str:
        """Its address on the host."""
        return f"/news/{self.number}"

    def is_out(self, now: float) -> bool:
        """Whether it is published."""
        return now >= START + self.since

    def is_corrected(self, now: float) -> bool:
        """Whether it says something else than at first."""
        return self.corrected is not None and now >= START + self.corrected

    def title(self) -> str:
        """Its headline, which no other has."""
        ur = self.host == RSS
        words = archives.text(random.Random(f"{self.host}{self.number}"), "ur" if ur else "en", 6)
        return f"{words.rstrip('۔.')} {self.number}"

    def body(self, now: float) -> str:
        """Its text at a time: 120 words, and 8 more once it is corrected."""
        dice, lang = random.Random(f"b{self.host}{self.number}"), "ur" if self.host == RSS else "en"
        text = archives.text(dice, lang, 120)
        more = (
            "درستی: پہلی خبر میں غلطی تھی۔"
            if lang == "ur"
            else "Correction: the first report was wrong."
        )
        return f"{text} {more}" if self.is_corrected(now) else text


def stories(many: int) -> list[Story]:
    """So many articles over the three newspapers and the first half hour; one in ten is corrected later."""
    hosts = (RSS, ATOM, SITEMAP)
    return [
        Story(hosts[n % 3], n, since=(n * 1800.0) / many, corrected=2400.0 if n % 10 == 0 else None)
        for n in range(many)
    ]


class Press(ThreadingHTTPServer):
    """The web server of all newspapers. `requests` are host and path of all that was asked for."""

    daemon_threads = True

    def __init__(self, host: str, port: int, all_stories: list[Story]) -> None:
        self.stories = {(story.host, story.path): story for story in all_stories}
        self.requests: list[tuple[str, str]] = []
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Press

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        now = float(self.headers.get("X-Now", START + 2 * HOUR))
        host = (self.headers.get("Host") or "").partition(":")[0]
        self.server.requests.append((host, self.path))
        special = getattr(
            self, f"_{self.path.strip('/').replace('.', '_').replace('-', '_')}", None
        )
        if special is not None:
            special(host, now)
        elif (
            story := self.server.stories.get((host, self.path.partition("?")[0]))
        ) and story.is_out(now):
            self._page(story, now)
        else:
            self._send(404)

    def _send(
        self, status: int, body: bytes = b"", kind: str = "text/html; charset=utf-8", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _out(self, host: str, now: float) -> list[Story]:
        out = [s for s in self.server.stories.values() if s.host == host and s.is_out(now)]
        return sorted(out, key=lambda story: -story.since)

    def _url(self, story: Story) -> str:
        return f"http://{story.host}:{self.server.server_address[1]}{story.path}"

    def _page(self, story: Story, now: float) -> None:
        """An article with a frame around it; `ETag` changes with the text."""
        tag = f'"{story.number}-{story.is_corrected(now)}"'
        if self.headers.get("If-None-Match") == tag:
            self._send(304)
            return
        lang = "ur" if story.host == RSS else "en"
        paragraphs = "".join(f"<p>{part}</p>" for part in story.body(now).split("\n"))
        page = (
            f'<!doctype html><html lang="{lang}"><head><title>{story.title()}</title>'
            f'<link rel="canonical" href="{self._url(story)}"></head><body><nav><a href="/">Home</a></nav>'
            f"<article><h1>{story.title()}</h1>{paragraphs}</article></body></html>"
        ).encode()
        self._send(200, gzip.compress(page), ETag=tag, Content_Encoding="gzip")

    def _robots_txt(self, host: str, now: float) -> None:
        if host == SITEMAP:
            self._send(404)
            return
        delay = "Crawl-delay: 7\n" if host == ATOM else ""
        self._send(200, f"User-agent: *\n{delay}Disallow: /private/\n".encode(), "text/plain")

    def _feed_rss(self, host: str, now: float) -> None:
        items = "".join(
            f"<item><title>{s.title()}</title><link>{self._url(s)}?utm_source=rss</link>"
            f"<pubDate>{formatdate(START + s.since)}</pubDate></item>"
            for s in self._out(host, now)
        )
        private = f"<item><title>Not for robots at all</title><link>http://{host}:{self.server.server_address[1]}/private/1</link></item>"
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>شہر نامہ</title>{items}{private}</channel></rss>'
        self._send(200, feed.encode(), "application/rss+xml")

    def _feed_atom(self, host: str, now: float) -> None:
        def updated(story: Story) -> str:
            at = START + (
                story.corrected if story.is_corrected(now) and story.corrected else story.since
            )
            return archives_time(at)

        entries = "".join(
            f'<entry><title>{s.title()}</title><link href="{s.path}"/><id>urn:{s.number}</id>'
            f"<updated>{updated(s)}</updated></entry>"
            for s in self._out(host, now)
        )
        feed = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>City Ledger</title>{entries}</feed>'
        self._send(200, feed.encode(), "application/atom+xml")

    def _sitemap_xml(self, host: str, now: float) -> None:
        port = self.server.server_address[1]
        body = f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>http://{host}:{port}/sitemap-news.xml</loc></sitemap></sitemapindex>'
        self._send(200, body.encode(), "application/xml")

    def _sitemap_news_xml(self, host: str, now: float) -> None:
        rows = "".join(
            f"<url><loc>{self._url(s)}</loc><news:news><news:publication><news:name>Daybreak Post</news:name>"
            f"</news:publication><news:publication_date>{archives_time(START + s.since)}</news:publication_date>"
            f"<news:title>{s.title()}</news:title></news:news></url>"
            for s in self._out(host, now)
        )
        body = (
            '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
        )
        self._send(200, body.encode(), "application/xml")

    # What goes wrong

    def _loop(self, host: str, now: float) -> None:
        self._send(302, Location="/loop-back")

    def _loop_back(self, host: str, now: float) -> None:
        self._send(302, Location="/loop")

    def _inside(self, host: str, now: float) -> None:
        self._send(302, Location="http://169.254.169.254/latest/meta-data/")

    def _file(self, host: str, now: float) -> None:
        self._send(302, Location="file:///etc/passwd")

    def _busy(self, host: str, now: float) -> None:
        self._send(429, Retry_After="120")

    def _broken(self, host: str, now: float) -> None:
        self._send(500)

    def _gone(self, host: str, now: float) -> None:
        self._send(410)

    def _empty(self, host: str, now: float) -> None:
        self._send(200, b"<html><body></body></html>")

    def _endless(self, host: str, now: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        try:
            self.wfile.write(b'<?xml version="1.0"?><rss><channel>')
            while True:
                self.wfile.write(b"<item><title>more and more and more</title></item>" * 200)
        except OSError:
            pass

    def _slow(self, host: str, now: float) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(200):
                self.wfile.write(b"<p>slow</p>")
                self.wfile.flush()
                threading.Event().wait(0.05)
        except OSError:
            pass

    def _bomb(self, host: str, now: float) -> None:
        self._send(200, gzip.compress(b"a" * 30_000_000), Content_Encoding="gzip")

    def _old_encoding(self, host: str, now: float) -> None:
        text = "وزیر داخلہ نے کہا کہ شہر میں بارش کے بعد پانی نکال دیا گیا ہے۔ " * 6
        page = f"<html><head><title>بارش کے بعد شہر کا حال</title></head><body><article><h1>بارش کے بعد شہر کا حال</h1><p>{text}</p></article></body></html>"
        # Urdu's own letters that windows-1256 has; the page claims to be something else.
        self._send(
            200, page.replace("۔", ".").encode("cp1256", "ignore"), "text/html; charset=iso-8859-1"
        )


def archives_time(seconds: float) -> str:
    """A time as Atom writes it."""
    from datetime import datetime, timezone

    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


@contextmanager
def press(all_stories: list[Story]) -> Iterator[tuple[int, Mapping[str, Press]]]:
    """The newspapers at work: the port, which is the same on all three hosts, and their servers."""
    servers: dict[str, Press] = {}
    try:
        first = servers[RSS] = Press(RSS, 0, all_stories)
        port = first.server_address[1]
        for host in (ATOM, SITEMAP):
            servers[host] = Press(host, port, all_stories)
        for server in servers.values():
            threading.Thread(target=server.serve_forever, daemon=True).start()
        yield port, servers
    finally:
        for server in servers.values():
            server.shutdown()
            server.server_close()
