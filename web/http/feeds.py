"""Answers in other people's formats: an Atom feed, a browser's search plugin, CSV and JSON Lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request, url_for

from index.errors import RateLimitedError
from search.models import SearchRequest, Sort
from web import parameters, present
from web.addresses import absolute, here, home
from web.context import engine, settings
from web.formats import tables, xml
from web.http.routes import Address, route, tagged, unchanged
from web.middleware import observing
from web.parameters import Args

blueprint = Blueprint("feeds", __name__)

_TEXT = {"type": "string"}
STREAMS = "talash.streams"
"""Where an app keeps the semaphore of exports under way."""
_BUSY = 10
"""Seconds after which it is worth to ask again for an export."""
_NAME_CHARS = 60
_AS_IS = "%&=+;:@/?,!$'()*~"


@route(
    blueprint, Address("/feed.atom", _TEXT, parameters.FEED, (503,), media="application/atom+xml")
)
def atom(args: Args) -> Response:
    """The newest dated documents a search finds, as an Atom feed."""
    limits = settings().search
    asked = replace(parameters.parse_search(args, limits, limits.feed_size), sort=Sort.NEWEST)
    # A feed is a line in time: what has no date has no place on it.
    dated = replace(asked, date_from=asked.date_from or date.min)
    if known := unchanged():
        return known
    response = observing.recorded_search(dated)
    addresses = xml.Addresses(
        itself=absolute(f"{here()}?{quote(request.query_string, safe=_AS_IS)}"),
        page=absolute(_page(asked)),
        document=lambda id: absolute(url_for("pages.document", id=id)),
    )
    empty = "" if response.hits else engine().status().created
    body = Response(
        xml.feed(response, asked, addresses, empty, settings().index.timezone),
        mimetype="application/atom+xml",
    )
    return tagged(body, response.generation, whole=not response.degraded)


@route(
    blueprint,
    Address("/opensearch.xml", _TEXT, media="application/opensearchdescription+xml", tagged=False),
)
def opensearch(args: Args) -> Response:
    """The OpenSearch description, for browsers."""
    body = xml.describe(absolute(home()), icon=absolute(url_for("static", filename="icon.svg")))
    return Response(body, mimetype="application/opensearchdescription+xml")


@route(
    blueprint,
    Address(
        "/suggestions.json",
        {
            "type": "array",
            "items": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
            "minItems": 2,
            "maxItems": 2,
        },
        (replace(parameters.SUGGEST[0], required=False),),
        (503,),
        media="application/x-suggestions+json",
    ),
)
def suggestions(args: Args) -> Response:
    """Completions in the form browsers take: what was typed, and a list."""
    text = parameters.query_text(args, settings().search)
    if not text:
        return Response(present.as_json(["", []]), mimetype="application/x-suggestions+json")
    if known := unchanged():
        return known
    found = engine().suggest(text, settings().search.suggestions)
    texts = list(dict.fromkeys(each.text for each in found.suggestions))
    body = Response(present.as_json([text, texts]), mimetype="application/x-suggestions+json")
    return tagged(body, found.generation)


def _table(kind: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    media = tables.MEDIA[kind]
    path = f"/export.{kind}"
    return route(
        blueprint, Address(path, _TEXT, parameters.EXPORT, (503,), media=media, counted=True)
    )


@_table("csv")
def export_csv(args: Args) -> Response:
    """Every document that answers, copies too, as CSV."""
    return _export("csv", args)


@_table("jsonl")
def export_jsonl(args: Args) -> Response:
    """Every document that answers, copies too, as JSON Lines."""
    return _export("jsonl", args)


def _export(kind: str, args: Args) -> Response:
    """A file that is written while it is sent, so that none is too long.

    How many documents it will hold is known, and told, before the first of them is read. A thread is
    busy until the last was taken: only half of them may be, so that slow readers of exports do not
    keep others from searching.
    """
    asked = parameters.parse_search(args, settings().search, required=False)
    bodies = parameters.parse_yes(args, "body")
    if known := unchanged():
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
        found = observing.recorded_export(asked)
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
    return tagged(response, found.generation, whole=not found.degraded)


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


def _page(asked: SearchRequest) -> str:
    """The page of a search, of the usual size."""
    usual = settings().search.page_size
    args = parameters.to_args(replace(asked, size=usual), usual)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in args)
    return f"{home()}?{query}" if query else home()
