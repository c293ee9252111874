"""Addresses of ours: with their host and prefix, and query strings that stay short and can be read.

A page of results links to itself some eighty times, and percent-encoding makes six characters of every
Urdu letter; so they stand there as they are. HTML takes letters of any script in an address; the browser encodes them when it asks
(URL Standard, "query state").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote_plus, urlsplit

from flask import request, url_for

from web.context import settings


def absolute(address: str) -> str:
    """An address of ours, as `url_for` and `here` give it, with the host that readers know."""
    host = urlsplit(settings().web.public_url or request.host_url)
    return f"{host.scheme}://{host.netloc}{address}"


def here() -> str:
    """The path of the request, as readers know it: with the prefix, not encoded."""
    return request.root_path + request.path


def home() -> str:
    """The path of the start page, which all of ours begin with."""
    return url_for("pages.search")


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs as `name=value&...`: like `urllib.parse.urlencode`, but letters stay letters."""
    return "&".join(f"{_written(name)}={_written(value)}" for name, value in pairs)


@lru_cache(maxsize=1024)
def _written(text: str) -> str:
    """Percent-encoded, all but letters, marks and digits."""
    return "".join(
        char if char > "\x7f" and unicodedata.category(char)[0] in "LMN" else quote_plus(char)
        for char in text.encode("utf-8", "replace").decode()
    )
