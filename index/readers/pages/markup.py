"""The markup of a page before it is parsed: lighter, and without what an archive wrapped around it."""

from __future__ import annotations

import re
from collections.abc import Callable

_DATA = re.compile(
    r"""data:[\w.+-]{1,60}/?[\w.+-]{0,60}(?:;[\w=.+-]{1,60}){0,4},[^"'()<>\s]{100,}"""
)
"""What a browser packs into a page when it saves it as one file: pictures, fonts, whole frames."""
_FRAMES = re.compile(r"""\ssrcdoc=(?:"[^"]*"|'[^']*')""", re.I)
_JSON_LD = re.compile(r"<script[^>]{0,300}\bapplication/ld\+json\b", re.I)
_TOOLBAR = ("<!-- BEGIN WAYBACK TOOLBAR INSERT", "<!-- END WAYBACK TOOLBAR INSERT -->")
_PACKED = ("script", "style", "svg", "noscript", "template")


def lighten(text: str) -> str:
    """Take out what no reader sees and what makes pages weigh megabytes: inlined pictures, scripts but
    JSON-LD, styles; and the toolbar of the Wayback Machine. Takes time by the length of the text."""
    text = _DATA.sub("data:,", text)
    if "srcdoc" in text:
        text = _FRAMES.sub(" ", text)
    start, end = text.find(_TOOLBAR[0]), text.find(_TOOLBAR[1])
    if 0 <= start < end:
        text = text[:start] + text[end + len(_TOOLBAR[1]) :]
    for tag in _PACKED:
        text = _without(text, tag, keep=lambda found: bool(_JSON_LD.match(found)))
    return text


def _without(text: str, tag: str, keep: Callable[[str], bool]) -> str:
    """Cut out elements that hold no elements, from start tag to end tag; one left open stays."""
    opening = re.compile(rf"<{tag}(?=[\s>/])", re.I)
    closing = re.compile(rf"</{tag}\s*>", re.I)
    pieces, place = [], 0
    for found in opening.finditer(text):
        if found.start() < place:
            continue
        end = closing.search(text, found.end())
        if end is None:
            break
        if not keep(text[found.start() : found.start() + 400]):
            pieces.append(text[place : found.start()])
            place = end.end()
    return "".join([*pieces, text[place:]]) if pieces else text


_WRAPPED = re.compile(
    r"https?://(?:web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?"
    r"|archive\.(?:today|ph|is|md|fo|li|vn)/(?:o/\w+|[\d.-]{4,20}|newest))/(https?):/+(.+)",
    re.I,
)
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s>]{4,2000})",
    re.I,
)


def original_address(url: str) -> str:
    """The address of a page that an archive keeps a copy of, in the archive's address; any other as it is."""
    wrapped = _WRAPPED.fullmatch(url.strip())
    return f"{wrapped[1].lower()}://{wrapped[2]}" if wrapped else url.strip()


def saved_from(text: str) -> str:
    """The address that a browser or SingleFile noted when it saved the page, or ""."""
    found = _SAVED_FROM.search(text, 0, 100_000)
    return found[1] if found else ""
