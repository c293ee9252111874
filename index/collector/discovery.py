"""The articles that a feed, a sitemap or a section page names."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import feedparser
from courlan import is_navigation_page
from lxml import etree, html

from index.collector.addresses import normalize, same_site
from index.errors import CollectError, InputError
from index.readers import ReaderConfig
from index.readers.content import Content
from index.readers.formats.xml.feeds import mended
from index.readers.formats.xml.markup import local_name

_HEADLINE_WORDS = 4
"""A link of fewer words on a section page is a section's, a reporter's or a button's."""
_GZIP = b"\x1f\x8b"
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")


@dataclass(frozen=True)
class Found:
    """An article that is named: its address, what is said of it, and when it is said to have changed."""

    url: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    changed: str = ""


@dataclass(frozen=True)
class Listing:
    """What an address that is followed turned out to be (`feed`, `sitemap`, `sitemaps`, `section`).

    `parts` are the sitemaps that a list of sitemaps names, the newest first; `feeds` are the feeds that
    a page says it has.
    """

    kind: str
    articles: tuple[Found, ...] = ()
    parts: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()


def read_listing(url: str, body: bytes) -> Listing:
    """Read what came from an address. Raises CollectError for what names no articles in any way known."""
    if body.startswith(_GZIP):  # a packed sitemap, as files are
        try:
            body = Content.of_bytes("sitemap.xml.gz", body).read(ReaderConfig())
        except InputError as error:
            raise CollectError(f"not a sitemap that can be read: {error.message}") from None
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"{":
        return Listing("feed", tuple(_once(_json_feed(url, body))))
    if b"<urlset" in start or b"<sitemapindex" in start:
        return _sitemap(url, body)
    if any(mark in start for mark in (b"<rss", b"<feed", b"<rdf:RDF", b"<RDF")):
        return Listing("feed", tuple(_once(_feed(url, body))))
    return _section(url, body)


def _once(found: Iterator[Found]) -> Iterator[Found]:
    """Each address once, as it came first."""
    seen: set[str] = set()
    for each in found:
        if each.url and each.url not in seen:
            seen.add(each.url)
            yield each


def _feed(url: str, body: bytes) -> Iterator[Found]:
    whole = mended(body)
    body = whole.text.encode() if whole else body
    parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-location": url})
    if not parsed.entries and parsed.bozo:
        raise CollectError(f"not a feed that can be read: {parsed.bozo_exception}")
    for entry in map(dict, parsed.entries):  # its own `get` takes one date for another
        content = entry.get("content") or [{}]
        fields = {
            "title": entry.get("title"),
            "body": content[0].get("value") or entry.get("summary"),
            "date": entry.get("published") or entry.get("updated"),
            "author": entry.get("author"),
            "tags": [tag.get("term") for tag in entry.get("tags") or () if tag.get("term")],
            "source": parsed.feed.get("title"),
        }
        yield Found(
            normalize(entry.get("link") or entry.get("id") or "", url),
            _filled(fields),
            entry.get("updated") or "",
        )


def _json_feed(url: str, body: bytes) -> Iterator[Found]:
    try:
        data = json.loads(body)
        items = data["items"]
        source = data.get("title")
        for item in items:
            fields = {
                "title": item.get("title"),
                "body": item.get("content_html") or item.get("content_text") or item.get("summary"),
                "date": item.get("date_published") or item.get("date_modified"),
                "tags": item.get("tags"),
                "source": source,
            }
            address = normalize(str(item.get("url") or item.get("id") or ""), url)
            yield Found(address, _filled(fields), str(item.get("date_modified") or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CollectError("JSON, but not a JSON feed") from None


def _sitemap(url: str, body: bytes) -> Listing:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise CollectError(f"not a sitemap that can be read: {error}") from None
    if root is None:
        raise CollectError("not a sitemap that can be read")
    rows = [
        {local_name(node): (node.text or "").strip() for node in entry.iter("*") if node.text}
        for entry in root.iterchildren("*")
    ]
    rows = [row for row in rows if row.get("loc")]
    if not rows and parser.error_log:
        raise CollectError("not a sitemap that can be read: it is cut short")
    rows.sort(key=lambda row: row.get("lastmod") or row.get("publication_date") or "", reverse=True)
    if local_name(root) == "sitemapindex":
        return Listing(
            "sitemaps",
            parts=tuple(filter(None, (normalize(row.get("loc", ""), url) for row in rows))),
        )
    found = (
        Found(
            normalize(row.get("loc", ""), url),
            _filled(
                {
                    "title": row.get("title"),
                    "date": row.get("publication_date"),
                    "source": row.get("name"),
                }
            ),
            row.get("lastmod", ""),
        )
        for row in rows
    )
    return Listing("sitemap", tuple(_once(found)))


def _section(url: str, body: bytes) -> Listing:
    """The headlines that a page of the newspaper links to."""
    try:
        tree = html.fromstring(body)
    except (etree.ParserError, ValueError):
        raise CollectError("neither a feed nor a sitemap nor a page") from None
    feeds = [
        normalize(link.get("href", ""), url)
        for link in tree.iter("link")
        if link.get("type", "").lower() in _FEED_TYPES
    ]

    def links() -> Iterator[Found]:
        for link in tree.iter("a"):
            address = normalize(link.get("href", ""), url)
            headline = " ".join(link.text_content().split())
            if (
                len(headline.split()) >= _HEADLINE_WORDS
                and same_site(address, url)
                and address != normalize(url)
                and not is_navigation_page(address)
            ):
                yield Found(address, {"title": headline})

    found = tuple(_once(links()))
    if not found:
        raise CollectError(
            "a page that links to no headline of its site", hint="Name its feed or its sitemap."
        )
    return Listing("section", found, feeds=tuple(filter(None, dict.fromkeys(feeds))))


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
