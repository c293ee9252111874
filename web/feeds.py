"""Answers in other people's formats: an Atom feed, a browser's search plugin, CSV and JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from urllib.parse import quote

from flask import Blueprint, Response, request, url_for

from index.errors import CursorExpiredError
from search.models import Hit, SearchRequest, SearchResponse
from web import atom_feed, caching, observing, params, present, tables
from web.addresses import absolute, here, home
from web.context import engine, settings
from web.opensearch import describe

blueprint = Blueprint("feeds", __name__)

ADDRESSES = (
    "/feed.atom",
    "/opensearch.xml",
    "/suggestions.json",
    "/export.csv",
    "/export.jsonl",
)
EXPORT_PAGE = 100
_TRIES = 3
_NAME_CHARS = 60
_AS_IS = "%&=+;:@/?,!$'()*~"


@blueprint.get("/feed.atom")
def atom() -> Response:
    """The newest articles a search finds, as an Atom feed."""
    params.check_names(_args(), params.FEED)
    limits = settings().search
    size = str(min(params.FEED_SIZE, limits.max_page_size))
    given = {name: values for name, values in _args().items() if any(values)}
    asked = params.parse_search({"size": [size], "sort": ["newest"], **given}, limits)
    # A feed is a line in time: what has no date has no place on it.
    dated = replace(asked, date_from=asked.date_from or date.min)
    if known := caching.unchanged():
        return known
    response = observing.search(dated)
    addresses = atom_feed.Addresses(
        itself=absolute(f"{here()}?{quote(request.query_string, safe=_AS_IS)}"),
        page=absolute(_with(home(), replace(asked, size=10))),
        document=lambda id: absolute(url_for("pages.document", id=id)),
    )
    empty = "" if response.hits else engine().status().created
    body = Response(
        atom_feed.feed(response, asked, addresses, empty, settings().index.timezone),
        mimetype="application/atom+xml",
    )
    return caching.tagged(body, response.generation, whole=not response.degraded)


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """What a browser needs to offer this archive beside its other search engines."""
    params.check_names(_args(), ())
    body = describe(absolute(home()), icon=absolute(url_for("static", filename="icon.svg")))
    return Response(body, mimetype="application/opensearchdescription+xml")


@blueprint.get("/suggestions.json")
def suggestions() -> Response:
    """Suggestions as browsers take them: what was typed, and a list of completions."""
    params.check_names(_args(), params.SUGGEST[:1])
    text = params.parse_query(_args(), settings().search)
    if not text:
        return Response(present.encode(["", []]), mimetype="application/x-suggestions+json")
    if known := caching.unchanged():
        return known
    found = engine().suggest(text, params.SUGGESTIONS_SHOWN)
    texts = list(dict.fromkeys(each.text for each in found.suggestions))
    body = Response(present.encode([text, texts]), mimetype="application/x-suggestions+json")
    return caching.tagged(body, found.generation)


@blueprint.get("/export.csv")
def export_csv() -> Response:
    """All hits of a search that paging reaches, as CSV."""
    asked = _export_asked()
    return _file(asked, "csv", "text/csv", tables.as_csv(_all_hits(asked)))


@blueprint.get("/export.jsonl")
def export_jsonl() -> Response:
    """All hits of a search that paging reaches, as JSON Lines."""
    asked = _export_asked()
    return _file(asked, "jsonl", "application/jsonl", tables.as_jsonl(_all_hits(asked)))


def _export_asked() -> SearchRequest:
    params.check_names(_args(), params.EXPORT)
    limits = settings().search
    size = min(EXPORT_PAGE, limits.max_page_size, limits.window)
    return replace(params.parse_search(_args(), limits), size=size)


def _all_hits(asked: SearchRequest) -> list[Hit]:
    """The hits of all pages, every one from the same generation.

    Raises CursorExpiredError when the index is rebuilt again and again meanwhile.
    """
    for _ in range(_TRIES):
        pages = list(_pages(asked))
        if len({page.generation for page in pages}) == 1:
            return [hit for page in pages for hit in page.hits]
    raise CursorExpiredError(
        "The index was rebuilt while the hits were read.", hint="Ask again in a moment."
    )


def _pages(asked: SearchRequest) -> Iterator[SearchResponse]:
    """Page after page, as far as paging goes or until the generation is another one."""
    window, first = settings().search.window, ""
    for number in count(1):
        page = observing.search(replace(asked, page=number))
        yield page
        first = first or page.generation
        done = number * asked.size >= min(page.total.reachable, window)
        if done or page.generation != first:
            return


def _file(asked: SearchRequest, extension: str, mimetype: str, body: bytes) -> Response:
    """A download, named after the query: in ASCII, and as it is for those who can."""
    words = re.sub(r"[^\w-]+|_", " ", asked.query).split()
    named = f"talash-{'-'.join(words)}"[:_NAME_CHARS].rstrip("-") + f".{extension}"
    plain = re.sub(r"-+", "-", re.sub(r"[^a-zA-Z0-9.-]+", "", named)).replace("-.", ".")
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(named, safe='')}"
    )
    return response


def _args() -> params.Args:
    return request.args.to_dict(flat=False)


def _with(path: str, asked: SearchRequest) -> str:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in params.to_args(asked))
    return f"{path}?{query}" if query else path
