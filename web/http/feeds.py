"""Answers in other people's formats: an Atom feed, a browser's search plugin, CSV and JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request, url_for

from index.errors import RateLimitedError
from search.models import SearchRequest
from web import parameters, params, present
from web.addresses import absolute, here, home
from web.context import engine, settings
from web.formats import atom as atom_feed
from web.formats import tables
from web.formats.opensearch import describe
from web.http import caching
from web.middleware import observing

blueprint = Blueprint("feeds", __name__)

ADDRESSES = (
    "/feed.atom",
    "/opensearch.xml",
    "/suggestions.json",
    "/export.csv",
    "/export.jsonl",
)
STREAMS = "talash.streams"
"""Where an app keeps the semaphore of exports under way."""
_BUSY = 10
"""Seconds after which it is worth to ask again for an export."""
_NAME_CHARS = 60
_AS_IS = "%&=+;:@/?,!$'()*~"


@blueprint.get("/feed.atom")
def atom() -> Response:
    """The newest articles a search finds, as an Atom feed."""
    params.check_names(_args(), parameters.FEED)
    asked = params.parse_feed(_args(), settings().search)
    # A feed is a line in time: what has no date has no place on it.
    dated = replace(asked, date_from=asked.date_from or date.min)
    if known := caching.unchanged():
        return known
    response = observing.search(dated)
    addresses = atom_feed.Addresses(
        itself=absolute(f"{here()}?{quote(request.query_string, safe=_AS_IS)}"),
        page=absolute(_page(asked)),
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
    params.check_names(_args(), parameters.SUGGEST[:1])
    text = params.parse_query(_args(), settings().search)
    if not text:
        return Response(present.encode(["", []]), mimetype="application/x-suggestions+json")
    if known := caching.unchanged():
        return known
    found = engine().suggest(text, settings().search.suggestions)
    texts = list(dict.fromkeys(each.text for each in found.suggestions))
    body = Response(present.encode([text, texts]), mimetype="application/x-suggestions+json")
    return caching.tagged(body, found.generation)


@blueprint.get("/export.csv")
def export_csv() -> Response:
    """Everything that answers a search, as CSV."""
    return _export("csv")


@blueprint.get("/export.jsonl")
def export_jsonl() -> Response:
    """Everything that answers a search, as JSON Lines."""
    return _export("jsonl")


def _export(kind: str) -> Response:
    """A file that is written while it is sent, so that none is too long.

    How many documents it will hold is known, and told, before the first of them is read. A thread is
    busy until the last was taken: only half of them may be, so that slow readers of exports do not
    keep others from searching.
    """
    params.check_names(_args(), parameters.EXPORT)
    asked, bodies = params.parse_export(_args(), settings().search)
    if known := caching.unchanged():
        return known
    streams = current_app.extensions[STREAMS]
    if not streams.acquire(blocking=False):
        raise RateLimitedError(
            "As many exports are under way as may be at a time.",
            wait=_BUSY,
            hint=f"Ask again in {_BUSY} s.",
        )
    with ExitStack() as turn:
        turn.callback(streams.release)
        found = observing.export(asked)
        held = turn.pop_all()  # until the last piece was taken, or the client goes
    pieces = tables.pieces(kind, found.rows, bodies=bodies)
    response = Response(_ending(pieces, held), mimetype=tables.MEDIA[kind])
    response.call_on_close(held.close)  # also where no piece was ever taken, as for HEAD
    response.implicit_sequence_conversion = False  # nobody may read it into memory
    response.headers["X-Total-Count"] = str(found.total)
    if found.notices:
        response.headers["X-Notices"] = ", ".join(each.code for each in found.notices)
    if found.degraded:
        response.headers["X-Degraded"] = ", ".join(each.arm for each in found.degraded)
    _name(response, asked, kind)
    return caching.tagged(response, found.generation, whole=not found.degraded)


def _ending(pieces: Iterator[bytes], held: ExitStack) -> Iterator[bytes]:
    with held:
        yield from pieces


def _name(response: Response, asked: SearchRequest, extension: str) -> None:
    """Make it a download, named after the query: in ASCII, and as it is for those who can."""
    words = re.sub(r"[^\w-]+|_", " ", asked.query).split()
    named = "-".join(["talash", *words])[:_NAME_CHARS].rstrip("-") + f".{extension}"
    plain = re.sub(r"-+", "-", re.sub(r"[^a-zA-Z0-9.-]+", "", named)).replace("-.", ".")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(named, safe='')}"
    )


def _args() -> params.Args:
    return request.args.to_dict(flat=False)


def _page(asked: SearchRequest) -> str:
    """The page of a search, of the usual size."""
    usual = settings().search.page_size
    args = params.to_args(replace(asked, size=usual), usual)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in args)
    return f"{home()}?{query}" if query else home()
