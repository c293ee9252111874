"""How an answer leaves the program: the one JSON shape, and text with its marks as safe HTML.

The JSON of an endpoint is a dataclass here (or in `search.models`) dumped by pydantic; the OpenAPI
description asks pydantic for the schema of the same dataclass, so the two cannot disagree. The
command line's `--json` prints the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import quote

from markupsafe import Markup, escape
from pydantic import Field, TypeAdapter

from index.documents import LANGUAGES, UNDETERMINED
from index.text.analysis import script
from index.text.language_codes import ROMAN_URDU
from search.models import (
    Alternative,
    Degraded,
    Facets,
    Hit,
    Mode,
    Notice,
    SearchResponse,
    Sort,
    Span,
    Total,
    WordReading,
)
from web.text import Text

ALTERNATIVES_SHOWN = 8
"""Alternatives of a word that are shown to people; the JSON has them all."""

FAINT_BELOW = 0.5
"""Strength of a mark below which it is drawn fainter."""


@dataclass(frozen=True)
class Query:
    """The search as it was understood: what was asked, its language and the words ranked by.

    `resolved`, `readings` and `did_you_mean` are those of `search.models.QueryInfo`.
    """

    text: str
    mode: Mode
    sort: Sort
    lang: tuple[str, ...]
    source: tuple[str, ...]
    tag: tuple[str, ...]
    from_: Annotated[date | None, Field(serialization_alias="from")]
    to: date | None
    language: str
    words: tuple[str, ...]
    literal: bool
    off: tuple[str, ...]
    resolved: str
    readings: tuple[WordReading, ...]
    did_you_mean: tuple[str, ...]


@dataclass(frozen=True)
class SearchBody:
    """One page of an answer. Offsets of spans count Unicode code points, not UTF-16 units.

    `next` is the cursor to the page after this one, null on the last.
    """

    query: Query
    hits: tuple[Hit, ...]
    total: Total
    page: int
    size: int
    next: str | None
    facets: Facets
    notices: tuple[Notice, ...]
    degraded: tuple[Degraded, ...]
    timings: Mapping[str, float]
    generation: str


@dataclass(frozen=True)
class FacetsBody:
    """The counts of an answer, without its hits."""

    query: Query
    total: Total
    facets: Facets
    notices: tuple[Notice, ...]
    degraded: tuple[Degraded, ...]
    generation: str


@dataclass(frozen=True)
class Health:
    """The process is up."""

    status: str
    version: str


@dataclass(frozen=True)
class Readiness:
    """The index can be searched."""

    status: str
    generation: str
    documents: int
    passages: int
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """The one shape of every error (RFC 9457, application/problem+json).

    `code` is stable and meant for programs, `hint` names the mend, `parameter` the offending
    parameter and `id` the entry in the server's log; the last two only where they apply.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    parameter: str | None = None
    id: str | None = None


def search_body(response: SearchResponse, next: str | None = None) -> SearchBody:
    """The public shape of a response; `next` is the cursor to what follows."""
    return SearchBody(
        query=_query(response),
        hits=response.hits,
        total=response.total,
        page=response.request.page,
        size=response.request.size,
        next=next,
        facets=response.facets,
        notices=response.understood.notices,
        degraded=response.degraded,
        timings=response.timings,
        generation=response.generation,
    )


def facets_body(response: SearchResponse) -> FacetsBody:
    """The counts of a response."""
    whole = search_body(response)
    return FacetsBody(**{each.name: getattr(whole, each.name) for each in fields(FacetsBody)})


def _query(response: SearchResponse) -> Query:
    asked = response.request
    return Query(
        text=asked.query,
        mode=asked.mode,
        sort=asked.sort,
        lang=asked.languages,
        source=asked.sources,
        tag=asked.tags,
        from_=asked.date_from,
        to=asked.date_to,
        language=response.understood.language,
        words=response.understood.words,
        literal=asked.literal,
        off=asked.off,
        resolved=response.understood.resolved,
        readings=response.understood.readings,
        did_you_mean=response.understood.did_you_mean,
    )


@cache
def adapter(shape: Any) -> TypeAdapter[Any]:
    """Pydantic's view of a dataclass; made once, it is costly."""
    return TypeAdapter(shape)


def as_json(body: object, *, indent: int | None = None) -> bytes:
    """UTF-8 JSON that people can read too: Urdu stays Urdu. A dataclass is an object of its fields.

    A lone surrogate (text that came broken into the archive) becomes `?`: same length, so every
    span still fits.
    """
    separators = (",", ":") if indent is None else None
    shape: Any = type(body)
    if is_dataclass(body):
        try:
            return adapter(shape).dump_json(body, by_alias=True, indent=indent) + b"\n"
        except ValueError:  # a lone surrogate
            body = adapter(shape).dump_python(body, mode="json", by_alias=True)
    text = json.dumps(body, ensure_ascii=False, indent=indent, separators=separators)
    return text.encode("utf-8", "replace") + b"\n"


def alternatives(reading: WordReading) -> list[Alternative]:
    """The alternatives of a word to show, best first; other spellings of the word itself come last.

    Those that are switched off are always among them: else nobody could switch them on again.
    """
    ranked = sorted(reading.alternatives, key=lambda e: (e.source == "spelling", -e.weight))
    return [each for at, each in enumerate(ranked) if at < ALTERNATIVES_SHOWN or each.off]


# --- text with marks ---

_STRENGTH = {"exact": 3, "variant": 2, "meaning": 1}
_ENGLISH = Text("en")


def segments(text: str, spans: Iterable[Span]) -> list[tuple[str, Span | None]]:
    """The text cut where marks begin and end; of marks that overlap, the strongest one shows.

    A word found by its meaning shows within a sentence found by its meaning. The pieces always join to the text again, whatever the spans say.
    """
    usable = [span for span in within(spans, 0, len(text)) if span.start < span.end]
    cuts = sorted({0, len(text)} | {edge for span in usable for edge in (span.start, span.end)})
    usable.sort(key=lambda span: span.start)
    pieces: list[tuple[str, Span | None]] = []
    open_: list[Span] = []  # the few that have begun and not ended: a text may have 100,000 marks
    begun = 0
    for start, end in pairwise(cuts):
        open_ = [span for span in open_ if span.end > start]
        while begun < len(usable) and usable[begun].start <= start:
            open_.append(usable[begun])
            begun += 1
        strongest = max(
            open_,
            key=lambda span: (_STRENGTH.get(span.kind, 0), span.word != "", span.strength),
            default=None,
        )
        pieces.append((text[start:end], strongest))
    return pieces


def marked(text: str, spans: Iterable[Span], interface: Text = _ENGLISH) -> Markup:
    """Escaped text with `<mark>` around the spans: escape first, then mark, never the reverse.

    A mark on another word than the one typed says in its title which one it answers.
    """
    parts: list[str] = []
    for piece, span in segments(text, spans):
        if span is None:
            parts.append(str(escape(piece)))
        else:
            kind = span.kind if span.kind in _STRENGTH else "exact"
            word = _answered(piece, kind, span.word)
            title = f' title="{interface("answers", word=word)}"' if word else ""
            faint = " faint" if span.strength < FAINT_BELOW else ""
            parts.append(f'<mark class="{kind}{faint}"{title}>{escape(piece)}</mark>')
    return Markup("".join(parts))  # noqa: S704 - every piece was escaped above


def _answered(piece: str, kind: str, word: str) -> str:
    """The typed word a mark has to name: none where readers see for themselves that it is this one.

    A word typed in Latin letters counts as exact in Urdu script too.
    """
    seen = kind == "exact" and script(piece.lower()) == script(word.lower())
    return "" if seen else word


def within(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """The spans that touch `text[start:end]`, as offsets into that stretch."""
    return [
        replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
        for span in spans
        if span.start < end and span.end > start
    ]


def direction(lang: str, text: str = "") -> str:
    """The `dir` of a text: from its language. Where that says nothing it is "auto", or what the first strong
    letter of `text` shows: a browser looks for no letter in elements that have a `dir` of their own."""
    found = _direction(lang) if lang not in ("", UNDETERMINED) else "auto"
    if found != "auto":
        return found
    orders = map(unicodedata.bidirectional, text)
    first = next((order for order in orders if order in ("L", "R", "AL")), "")
    return {"L": "ltr", "R": "rtl", "AL": "rtl"}.get(first, "auto")


@lru_cache(maxsize=512)
def _direction(lang: str) -> str:
    """By Unicode's CLDR. Languages that are written both ways, as Punjabi, follow the text."""
    if lang in (*LANGUAGES, ROMAN_URDU):  # nearly all there are: without a table to read
        return "rtl" if lang == "ur" else "ltr"
    from babel import Locale, UnknownLocaleError
    from babel.localedata import exists

    if exists(f"{lang}_Arab"):
        return "auto"
    try:
        order = Locale.parse(lang).character_order
    except (UnknownLocaleError, ValueError):
        return "auto"
    return "rtl" if order == "right-to-left" else "ltr"


@lru_cache(maxsize=64)
def lang_dir(lang: str) -> Markup:
    """The `lang` and `dir` attributes of a text in this language."""
    named = Markup("") if lang in ("", "und") else Markup('lang="{}" ').format(lang)
    return named + Markup('dir="{}"').format(direction(lang))


_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)


def web_address(url: str) -> str:
    """The URL if a link may lead there. A document can claim any, also `javascript:`."""
    return url if _WEB_ADDRESS.fullmatch(url) else ""


def in_the_open(url: str) -> str:
    """A URL as its letters stand: what would turn their order or hide is percent-encoded.

    `https://bank.example/\u202egro.dab` shows as another address than it leads to.
    """
    return "".join(
        quote(char, errors="replace") if unicodedata.category(char)[0] in "CZ" else char
        for char in url
    )
