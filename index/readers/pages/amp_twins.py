"""AMP pages: the same article once more, made for telephones, at an address of its own.

Of a page and its AMP twin the one that comes first is kept, in one go or in an index that the other comes to later. They are
told by the article's address, which an AMP page names as canonical, or has but for `/amp`, `?amp` or `amp.` in its own.
"""

from __future__ import annotations

import os
import re

from index.readers.pages.addresses import parts_of
from index.readers.walk import is_within

AMP = "amp"
"""The field of `Document.extra` that says of a web page with an address whether it is an AMP page."""

_HOST = re.compile(r"\A(?:www\.)?(?:amp\.|m\.)?|\Am\.")
_PATH = re.compile(r"/amp(?=/|\Z)|[.-]amp(?=\.x?html?\Z)|\.amp\Z")
_ASKED = re.compile(r"(?:\A|&)(?:amp(?:=[^&]*)?|outputtype=amp|output=amp)(?=&|\Z)", re.I)


class Twins:
    """The web pages met so far, by the addresses of their articles; those of folders apart are none of each other's."""

    def __init__(self) -> None:
        self._met: dict[int, tuple[tuple[str, bool], ...]] = {}
        self._folders: dict[str, str] = {}

    def is_another(self, url: str, origin: str, root: str, *, amp: bool) -> bool:
        """Whether the page of this address, told to be `amp` or not, is the twin of one met below the same root. `origin`
        and `root` are those of its document."""
        if not url:
            return False
        folder = os.path.dirname(origin) if root == origin else root  # noqa: PTH120
        folder = self._folders.setdefault(folder, folder)
        article, by_address = without_amp(url)
        amp, key = amp or by_address, hash(article)
        for other, is_amp in self._met.get(key, ()):
            if is_within(folder, other) or is_within(other, folder):
                return is_amp != amp
        self._met[key] = (*self._met.get(key, ()), (folder, amp))
        return False


def without_amp(url: str) -> tuple[str, bool]:
    """The address of an article as pages are compared by it, and whether it was one of an AMP page.

    >>> without_amp("https://www.misal.example/news/1/amp?x=1")
    ('misal.example/news/1?x=1', True)
    """
    parts = parts_of(url)
    path, of_path = _PATH.subn("", parts.path)
    query, of_query = _ASKED.subn("", parts.query)
    host = parts.netloc.lower()
    bare = _HOST.sub("", host, count=1)
    is_amp = bool(of_path or of_query or ".amp." in f".{host}")
    query = query.strip("&")
    return f"{bare}{path.rstrip('/')}{'?' if query else ''}{query}", is_amp
