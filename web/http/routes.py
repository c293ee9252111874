"""How an address for programs is declared, once: its parameters, its answer, its failures.

The declaration checks the parameters of each request, and the OpenAPI description is made of it
(`web.http.openapi`). Answers that a client may keep have a weak ETag from the generation: files of
a generation never change, so an answer is the same (but for its timings) as long as the generation,
the address, the program and its settings are. Who already has it gets a 304 before any searching is
done.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from flask import Blueprint, Response, request

from index.version import VERSION
from web.context import engine, settings
from web.middleware import observing
from web.parameters import Param, check_names


@dataclass(frozen=True)
class Address:
    """An address: what it answers with (a dataclass, or a media type's schema) and its failures.

    `tagged` answers have an ETag. `counted` is a file that is streamed: headers give its name and
    what is known of it beforehand. `open` addresses answer whoever asks, however often and whatever
    the parameters. Its `summary` is the first line of the view's docstring, its `name`, if no other is
    given, the view's.
    """

    path: str
    body: type | dict[str, Any]
    parameters: tuple[Param, ...] = ()
    failures: tuple[int, ...] = ()
    media: str = "application/json"
    tagged: bool = True
    counted: bool = False
    open: bool = False
    name: str = ""
    summary: str = ""


ADDRESSES: dict[str, Address] = {}
"""Every address of `web.http.api` and `web.http.feeds`, by its path."""


def route(
    blueprint: Blueprint, address: Address
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Let a view answer GET at an address; it is called with the arguments and the parts of the path."""

    def declare(view: Callable[..., Response]) -> Callable[..., Response]:
        path = re.sub(r"<\w+:(\w+)>", r"{\1}", address.path)
        summary = (view.__doc__ or "").partition("\n")[0].rstrip(".")
        name = address.name or re.sub(r"_(\w)", lambda found: found[1].upper(), view.__name__)
        ADDRESSES[path] = replace(address, path=path, name=name, summary=summary)

        @blueprint.get(address.path)
        @wraps(view)
        def answer(**parts: str) -> Response:
            args = request.args.to_dict(flat=False)
            if not address.open:
                check_names(args, address.parameters)
            return view(args, **parts)

        return answer

    return declare


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
