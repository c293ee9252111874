"""A search as an Atom feed (RFC 4287)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from xml.etree.ElementTree import Element

from search.models import Hit, SearchRequest, SearchResponse
from web.formats.xml import child, serialize
from web.params import to_args
from web.present import web_address

_NAMESPACE = "http://www.w3.org/2005/Atom"
_IDS = uuid.UUID("ae1ec51e-3941-5821-bda6-eef4c87d0d3b")
_LANG = "xml:lang"


@dataclass(frozen=True)
class Addresses:
    """Absolute addresses: of the feed, of the search's page, and of a document's by its id."""

    itself: str
    page: str
    document: Callable[[str], str]


def feed(
    response: SearchResponse, asked: SearchRequest, to: Addresses, created: str, zone: tzinfo
) -> bytes:
    """The hits of a response, which must all have dates, in their order.

    `created` (ISO 8601) is when the index was built: an empty feed was last updated then. Of an article
    the day is known and no hour: its time is when the day began in `zone`.
    """
    root = Element("feed", {"xmlns": _NAMESPACE})
    child(root, "title", f"Talash: {asked.query}")
    child(root, "id", _id("feed", *map("=".join, to_args(asked, size=0))))
    child(root, "link", rel="self", type="application/atom+xml", href=to.itself)
    child(root, "link", rel="alternate", type="text/html", href=to.page)
    newest = max((hit.date for hit in response.hits if hit.date), default=None)
    child(root, "updated", _began(newest, zone) if newest else created)
    child(child(root, "author"), "name", "Talash")
    child(root, "generator", "Talash")
    for hit in response.hits:
        _entry(root, hit, to, zone)
    return serialize(root)


def _entry(root: Element, hit: Hit, to: Addresses, zone: tzinfo) -> None:
    entry = child(root, "entry", **{_LANG: hit.lang})
    child(entry, "title", hit.title or hit.id)
    child(entry, "id", _id("article", hit.id, hit.url))
    child(entry, "link", rel="alternate", type="text/html", href=to.document(hit.id))
    if web_address(hit.url):
        child(entry, "link", rel="via", href=hit.url)
    if hit.date:
        child(entry, "updated", _began(hit.date, zone))
        child(entry, "published", _began(hit.date, zone))
    if hit.source.strip():
        child(child(entry, "author"), "name", hit.source)
    for tag in hit.tags:
        child(entry, "category", term=tag)
    text = hit.snippet.text
    before, after = "… " * hit.snippet.cut_before, " …" * hit.snippet.cut_after
    child(entry, "summary", f"{before}{text}{after}", **{_LANG: hit.snippet.lang})


def _began(day: date, zone: tzinfo) -> str:
    """When a day began, as RFC 3339 writes it: to the minute, which local times were not before 1907."""
    moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    minutes = round((moment.utcoffset() or timedelta()) / timedelta(minutes=1))
    return moment.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()


def _id(*about: str) -> str:
    """A name that stays: the same for the same thing on every day and behind every address."""
    name = "\n".join(about).encode("utf-8", "replace").decode()
    return uuid.uuid5(_IDS, name).urn
