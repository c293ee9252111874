"""Answers that a client may keep and ask about: a weak ETag from the generation.

Files of a generation never change, so an answer is the same (but for its timings) as long as the
generation, the address, the program and its settings are. Who already has it gets a 304 before any
searching is done.
"""

from __future__ import annotations

import hashlib

from flask import Response, request

from index.version import VERSION
from web.context import engine, settings
from web.middleware import observing


def _tag(generation: str) -> str:
    search, zone = settings().search, settings().index.timezone.key
    about = (VERSION, search, zone, settings().web.public_url, request.root_url)
    asked = (generation, request.path, request.query_string, *about)
    return hashlib.blake2b(repr(asked).encode("utf-8", "replace"), digest_size=12).hexdigest()


def unchanged() -> Response | None:
    """The 304, when the client already has this address's answer of the generation being served."""
    known = request.if_none_match
    if known.star_tag or not known:
        return None
    tag = _tag(engine().generation())
    if not known.contains_weak(tag):
        return None
    observing.current().generation = engine().generation()
    response = Response(status=304)
    response.set_etag(tag, weak=True)
    return response


def tagged(response: Response, generation: str, *, whole: bool = True) -> Response:
    """The response with its ETag; none when the answer is not `whole`, as it may soon be."""
    observing.current().generation = generation
    if whole:
        response.set_etag(_tag(generation), weak=True)
        if not response.is_streamed:  # making it conditional would read it into memory
            response.make_conditional(request)
    return response
