"""What the result page shows beside the hits: links, filters, chips and page numbers.

A link to another view of the same search is the request, changed, written as a URL again; so no
template puts a query string together.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import url_for

from index.text.normalize import normalize
from search.config import SearchConfig
from search.models import Alternative, FacetValue, SearchRequest, SearchResponse, WordReading
from web import present
from web.addresses import query_string
from web.parameters import YES, to_args
from web.text import Text

VALUES_SHOWN = 8
"""Sources, and tags, offered before the rest is folded away."""

TAGS_OFFERED = 30
"""Tags offered at all: the most frequent ones, after those that are chosen."""

RELATED_SHOWN = 6
"""Articles of each kind that a document's page names beside it."""

STORIES_SHOWN = 2
"""Other tellings of its story that a result names."""


@dataclass(frozen=True)
class Links:
    """Addresses of our pages, within the limits of what is served.

    `ui` is the interface language where the reader chose one.
    """

    ui: str = ""
    limits: SearchConfig = field(default_factory=SearchConfig)

    def home(self) -> str:
        """The start page."""
        return self._address(url_for("pages.search"), [])

    def search(self, asked: SearchRequest) -> str:
        """The results of a request."""
        return self._address(url_for("pages.search"), self._args(asked))

    def query(self, query: str, asked: SearchRequest | None = None) -> str:
        """The results of another query, with the filters of a request if there was one."""
        base = asked or SearchRequest("", size=self.limits.page_size)
        return self.search(replace(base, query=query, page=1, literal=False, off=()))

    def page(self, asked: SearchRequest, number: int) -> str:
        """Another page of the same results."""
        return self.search(replace(asked, page=number))

    def document(self, id: str, asked: SearchRequest | None = None) -> str:
        """A document; with the request along, so that it can lead back to the same results."""
        args = self._args(asked) if asked else []
        return self._address(url_for("pages.document", id=id), args)

    def feed(self, asked: SearchRequest) -> str:
        """The newest of an answer as a feed."""
        pairs = [pair for pair in self._args(asked) if pair[0] not in ("page", "size", "sort")]
        return f"{url_for('feeds.atom')}?{query_string(pairs)}"

    def export(self, kind: str, asked: SearchRequest | None = None, *, bodies: bool = False) -> str:
        """The whole of an answer, or of the archive, as a file."""
        args = self._args(asked) if asked else []
        pairs = [pair for pair in args if pair[0] not in ("page", "size")]
        pairs += [("body", YES[0])] if bodies else []
        path = url_for(f"feeds.export_{kind}")
        return f"{path}?{query_string(pairs)}" if pairs else path

    def _args(self, asked: SearchRequest) -> list[tuple[str, str]]:
        return to_args(asked, self.limits.page_size)

    def _address(self, path: str, args: list[tuple[str, str]]) -> str:
        pairs = [*args, ("ui", self.ui)] if self.ui else args
        return f"{path}?{query_string(pairs)}" if pairs else path


@dataclass(frozen=True)
class Option:
    """A value a filter offers, and how many articles have it (`search.rank.facets`)."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the same search without it."""

    kind: str
    value: str
    without: str


def options(
    found: Iterable[FacetValue], chosen: tuple[str, ...], others: Iterable[str] = ()
) -> list[Option]:
    """What is chosen, what the results hold, then what else there is: each value once.

    A chosen value that is spelled otherwise in the archive is the archive's.
    """
    counts = {each.value: each.count for each in found if each.value}
    spelled = {normalize(value): value for value in counts}
    taken = {spelled.get(normalize(value), value) for value in chosen}
    ranked = [value for value in counts if value in taken]
    values = dict.fromkeys((*ranked, *sorted(taken), *counts, *(each for each in others if each)))
    return [Option(value, counts.get(value, 0), value in taken) for value in values]


def chips(asked: SearchRequest, links: Links, text: Text) -> list[Chip]:
    """The filters in force, one chip each."""
    found = []
    for kind, name in (("languages", "languages"), ("sources", "sources"), ("tag", "tags")):
        values: tuple[str, ...] = getattr(asked, name)
        for value in values:
            rest = tuple(each for each in values if each != value)
            changes: dict[str, Any] = {name: rest, "page": 1}
            without = replace(asked, **changes)
            shown = text.language(value) if name == "languages" else value
            found.append(Chip(kind, shown, links.search(without)))
    first, last = asked.date_from, asked.date_to
    anytime = links.search(replace(asked, date_from=None, date_to=None, page=1))
    if first and last:
        found.append(Chip("dates", period(first, last, text), anytime))
    elif first:
        found.append(Chip("from", text.date(first), anytime))
    elif last:
        found.append(Chip("to", text.date(last), anytime))
    return found


def period(first: date, last: date, text: Text) -> str:
    """What a range is called, both days included: a month or some, a year or some, else its days."""
    if first == last:
        return text.date(first)
    if first.day != 1 or last.day != calendar.monthrange(last.year, last.month)[1]:
        return f"{text.date(first)} – {text.date(last)}"
    if (first.month, last.month) == (1, 12):
        return f"{first.year}" if first.year == last.year else f"{first.year}–{last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return text.month(first)
    return f"{text.month(first)} – {text.month(last)}"


@dataclass(frozen=True)
class WordChip(Alternative):
    """An alternative of a typed word, and the same search with it switched over.

    `toggle` is empty where no more words may be switched off.
    """

    toggle: str = ""


@dataclass(frozen=True)
class WordChips:
    """What a typed word was searched by. `resolved` is empty where a chip shows it already.

    Without `typed` it is the words that are off and that no reading names.
    """

    typed: str
    resolved: str
    chips: tuple[WordChip, ...]


def word_chips(
    readings: Iterable[WordReading], asked: SearchRequest, links: Links
) -> list[WordChips]:
    """The alternatives of each typed word, one chip each."""

    def chip(each: Alternative) -> WordChip:
        return WordChip(**vars(each), toggle=_toggled(each, asked, links))

    found = []
    for reading in readings:
        words = tuple(map(chip, present.alternatives(reading)))
        known = any(each.word == reading.resolved for each in words)
        if words:
            found.append(WordChips(reading.typed, "" if known else reading.resolved, words))
    shown = {each.word for row in found for each in row.chips}
    # A word that is off may change how the query is read; it must be possible to take it back.
    hidden = [Alternative(word, "", 1.0, "", off=True) for word in asked.off if word not in shown]
    if hidden and not asked.literal:
        found.append(WordChips("", "", tuple(map(chip, hidden))))
    return found


def _toggled(each: Alternative, asked: SearchRequest, links: Links) -> str:
    """The search with a word off that was on, or the reverse; it opens where the words are."""
    limits = links.limits
    room = len(asked.off) < limits.max_off_words and len(each.word) <= limits.max_off_chars
    if not (each.off or room):
        return ""
    rest = tuple(word for word in asked.off if word != each.word)
    off = rest if each.off else (*rest, each.word)
    return links.search(replace(asked, off=off, page=1)) + "#also"


def unfiltered(asked: SearchRequest) -> SearchRequest:
    """The same question without any filter."""
    kept = {name: getattr(asked, name) for name in ("mode", "sort", "size", "literal", "off")}
    return SearchRequest(asked.query, **kept)


def last_page(response: SearchResponse) -> int:
    """The last page that paging reaches; at least 1."""
    return max(1, -(-response.total.reachable // response.request.size))


def page_numbers(page: int, last: int) -> list[int]:
    """The first and the last page and those around this one; 0 stands for a gap."""
    near = {1, last, *range(page - 1, page + 2)}
    numbers: list[int] = []
    for number in sorted(each for each in near if 1 <= each <= last):
        if numbers and number - numbers[-1] == 2:
            numbers.append(number - 1)  # a gap of one page is that page
        elif numbers and number - numbers[-1] > 2:
            numbers.append(0)
        numbers.append(number)
    return numbers


def address(path: str, args: list[tuple[str, str]]) -> str:
    """A path, as routed, with its arguments."""
    return f"{quote(path)}?{query_string(args)}" if args else quote(path)
