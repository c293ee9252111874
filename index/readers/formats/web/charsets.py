"""Pages whose encoding only their container knows."""

from __future__ import annotations

import codecs
import re

from index.readers.decoding import is_utf8

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset", re.I)
_HEAD = 4096


def as_utf8(raw: bytes, charset: str) -> bytes:
    """A page in UTF-8 with its mark, where its headers alone say what it is in; else as it is.

    What the page itself declares, or is valid UTF-8, is left to the reader of pages.
    """
    if not charset or _DECLARED.search(raw, 0, _HEAD) or raw.startswith(codecs.BOM_UTF8):
        return raw
    if is_utf8(raw):
        return raw
    try:
        return codecs.BOM_UTF8 + raw.decode(charset).encode()
    except (LookupError, ValueError):  # no such encoding, no name of one, or not in it
        return raw
