"""Addresses as pages, feeds and archives write them: one that is none (`http://[`) costs itself, not its article."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import SplitResult, urljoin, urlsplit


def parts_of(address: str) -> SplitResult:
    """What an address is made of; nothing of what is no address."""
    with suppress(ValueError):
        return urlsplit(address)
    return SplitResult("", "", "", "", "")


def joined(base: str, address: str) -> str:
    """An address that may be told from where its page is; as it stands where it or the page's is none."""
    with suppress(ValueError):
        return urljoin(base, address)
    return address
