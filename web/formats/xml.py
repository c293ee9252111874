"""A search as an Atom feed (RFC 4287), and the OpenSearch 1.1 description, by which a browser searches
here from its address bar. XML is made by a serializer, never put together as text."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from xml.etree.ElementTree import Element, SubElement, tostring

from search.models import Hit, SearchRequest, SearchResponse
from web.parameters import to_args
from web.present import web_address

_ATOM = "http://www.w3.org/2005/Atom"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_IDS = uuid.UUID("ae1ec51e-3941-5821-bda6-eef4c87d0d3b")
_LANG = "xml:lang"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    root = Element("feed", {"xmlns": _ATOM})
    _child(root, "title", f"Talash: {asked.query}")
    _child(root, "id", _id("feed", *map("=".join, to_args(asked, size=0))))
    _child(root, "link", rel="self", type="application/atom+xml", href=to.itself)
    _child(root, "link", rel="alternate", type="text/html", href=to.page)
    newest = max((hit.date for hit in response.hits if hit.date), default=None)
    _child(root, "updated", began(newest, zone) if newest else created)
    _child(_child(root, "author"), "name", "Talash")
    _child(root, "generator", "Talash")
    for hit in response.hits:
        _entry(root, hit, to, zone)
    return _serialize(root)


def _entry(root: Element, hit: Hit, to: Addresses, zone: tzinfo) -> None:
    entry = _child(root, "entry", **{_LANG: hit.lang})
    _child(entry, "title", hit.title or hit.id)
    _child(entry, "id", _id("article", hit.id, hit.url))
    _child(entry, "link", rel="alternate", type="text/html", href=to.document(hit.id))
    if web_address(hit.url):
        _child(entry, "link", rel="via", href=hit.url)
    if hit.date:
        _child(entry, "updated", began(hit.date, zone))
        _child(entry, "published", began(hit.date, zone))
    if hit.source.strip():
        _child(_child(entry, "author"), "name", hit.source)
    for tag in hit.tags:
        _child(entry, "category", term=tag)
    text = hit.snippet.text
    before, after = "… " * hit.snippet.cut_before, " …" * hit.snippet.cut_after
    _child(entry, "summary", f"{before}{text}{after}", **{_LANG: hit.snippet.lang})


def began(day: date, zone: tzinfo) -> str:
    """When a day began, as RFC 3339 writes it: to the minute, which local times were not before 1907."""
    moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    minutes = round((moment.utcoffset() or timedelta()) / timedelta(minutes=1))
    return moment.replace(tzinfo=timezone(timedelta(minutes=minutes))).isoformat()


def _id(*about: str) -> str:
    """A name that stays: the same for the same thing on every day and behind every address."""
    name = "\n".join(about).encode("utf-8", "replace").decode()
    return uuid.uuid5(_IDS, name).urn


def describe(root: str, icon: str) -> bytes:
    """The description for the archive whose start page is at `root`."""
    made = Element("OpenSearchDescription", {"xmlns": _OPENSEARCH})
    _child(made, "ShortName", "Talash")
    _child(made, "Description", "Urdu and English news in one search: تلاش")
    for language in ("ur", "en"):
        _child(made, "Language", language)
    _child(made, "InputEncoding", "UTF-8")
    _child(made, "OutputEncoding", "UTF-8")
    _child(made, "Image", icon, width="16", height="16", type="image/svg+xml")
    for kind, rel, path in (
        ("text/html", "results", "?q={searchTerms}"),
        ("application/atom+xml", "results", "feed.atom?q={searchTerms}"),
        ("application/x-suggestions+json", "suggestions", "suggestions.json?q={searchTerms}"),
        ("application/opensearchdescription+xml", "self", "opensearch.xml"),
    ):
        _child(made, "Url", type=kind, rel=rel, method="get", template=root + path)
    return _serialize(made)


def clean(text: str) -> str:
    """The text without the characters that no XML 1.0 document may hold, escaped or not."""
    return _FORBIDDEN.sub("", text)


def _child(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A new element at the end of `parent`; empty attributes are left out."""
    given = {key: clean(value) for key, value in attributes.items() if value}
    made = SubElement(parent, name, given)
    made.text = clean(text) or None
    return made


def _serialize(root: Element) -> bytes:
    """The document as UTF-8, with its declaration."""
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"
