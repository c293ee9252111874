"""AMP pages: the same article once more, made for telephones, at an address of its own.

Of a page and its AMP twin that are read in one go the one that comes first is kept. They are told by the
article's address, which an AMP page names as canonical, or has but for `/amp`, `?amp` or `amp.` in its own.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"\A(?:www\.)?(?:amp\.|m\.)?|\Am\.")
_PATH = re.compile(r"/amp(?=/|\Z)|[.-]amp(?=\.x?html?\Z)|\.amp\Z")
_ASKED = re.compile(r"(?:\A|&)(?:amp(?:=[^&]*)?|outputtype=amp|output=amp)(?=&|\Z)", re.I)


class Twins:
    """The web pages met so far, by the addresses of their articles."""

    def __init__(self) -> None:
        self._is_amp: dict[int, bool] = {}

    def is_another(self, url: str, root: str, *, amp: bool) -> bool:
        """Whether the page of this address, told to be `amp` or not, is the twin of one below the same root."""
        if not url:
            return False
        article, by_address = without_amp(url)
        amp = amp or by_address
        met = self._is_amp.setdefault(hash((root, article)), amp)
        return met != amp


def without_amp(url: str) -> tuple[str, bool]:
    """The address of an article as pages are compared by it, and whether it was one of an AMP page.

    >>> without_amp("https://www.misal.example/news/1/amp?x=1")
    ('misal.example/news/1?x=1', True)
    """
    parts = urlsplit(url)
    path, of_path = _PATH.subn("", parts.path)
    query, of_query = _ASKED.subn("", parts.query)
    host = parts.netloc.lower()
    bare = _HOST.sub("", host, count=1)
    is_amp = bool(of_path or of_query or ".amp." in f".{host}")
    query = query.strip("&")
    return f"{bare}{path.rstrip('/')}{'?' if query else ''}{query}", is_amp
