"""The parameters of each address: what `web.params` parses and the OpenAPI description tells.

Their limits are those of `search.config`, named here and read when a request or a description is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from index.documents import LANGUAGES
from search.config import SearchConfig
from search.models import Mode, SearchRequest, Sort

FILTER_LANGUAGES = (*LANGUAGES, "und")
"""What `lang` may be: `und` finds the documents whose language could not be told."""

MAX_CURSOR_CHARS = 200
YES = ("1", "true", "yes")

_DEFAULT = SearchRequest(query="")
_Day = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
_Count = Annotated[int, Field(ge=1)]


@dataclass(frozen=True)
class Param:
    """A parameter: its name, its type as pydantic describes types, and what it does.

    `setting` names the setting that is its default, `most` the one that bounds it (the number
    itself, or how many characters a text has) and `values` the one that bounds how often it may be
    given.
    """

    name: str
    type: Any
    does: str
    many: bool = False
    required: bool = False
    fixed: object = None
    setting: str = ""
    most: str = ""
    values: str = ""

    def default(self, limits: SearchConfig) -> object:
        """Its value where none is given; None where there is none."""
        return getattr(limits, self.setting) if self.setting else self.fixed

    def limit(self, limits: SearchConfig) -> int | None:
        """What bounds it, if anything."""
        return getattr(limits, self.most) if self.most else None

    def most_values(self, limits: SearchConfig) -> int | None:
        """How often it may be given, if that is bounded."""
        return getattr(limits, self.values) if self.values else None


SEARCH = (
    Param(
        "q",
        str,
        'What to search for, in Urdu, English or both. Knows "phrases", -exclusions, OR, title:, '
        "source:, lang: and date:2026-01..2026-02.",
        required=True,
        most="max_query_chars",
    ),
    Param("mode", Mode, "Which arms answer: words, meaning or both.", fixed=_DEFAULT.mode.value),
    Param("lang", Literal[FILTER_LANGUAGES], "Only documents in this language.", many=True),
    Param("source", str, "Only documents from this source, spelled as in the facets.", many=True),
    Param("tag", str, "Only documents with this tag.", many=True),
    Param("from", _Day, "Only documents of this day or later: YYYY, YYYY-MM or YYYY-MM-DD."),
    Param("to", _Day, "Only documents of this day or earlier; a year or month is taken whole."),
    Param(
        "literal",
        Literal[YES],
        "Search for the words as typed alone, not also for words that mean or sound the same.",
    ),
    Param(
        "off",
        str,
        "Do not search for this one of the words that `readings` lists as alternatives.",
        many=True,
        most="max_off_chars",
        values="max_off_words",
    ),
    Param("sort", Sort, "The order of the hits.", fixed=_DEFAULT.sort.value),
    Param("page", _Count, "Which page, from 1.", fixed=_DEFAULT.page),
    Param("size", _Count, "Hits a page.", setting="page_size", most="max_page_size"),
)

DOCUMENT = (
    Param(
        "q", str, "Mark the words of this query, as a search for it would.", most="max_query_chars"
    ),
    *(param for param in SEARCH if param.name in ("literal", "off")),
)


def _without(*names: str) -> tuple[Param, ...]:
    return tuple(param for param in SEARCH if param.name not in names)


LISTING = (
    *SEARCH,
    Param(
        "cursor",
        Annotated[str, Field(max_length=MAX_CURSOR_CHARS)],
        "Go on where an answer ended: its `next`, with all its other parameters repeated and no page.",
    ),
)
FACETS = _without("sort", "page", "size")
SUGGEST = (
    Param("q", str, "What has been typed so far.", required=True, most="max_query_chars"),
    Param(
        "size",
        _Count,
        "How many suggestions, at most.",
        setting="suggestions",
        most="max_suggestions",
    ),
)
_ID = Param(
    "id", str, "The document's id, as it stands in a hit.", required=True, most="max_id_chars"
)
RELATED = (
    _ID,
    Param(
        "size",
        _Count,
        "How many documents like it, at most. Stories and copies are all listed.",
        setting="related",
        most="max_related",
    ),
)
EXPLAIN = (_ID, *_without("page", "size"))
FEED = (
    *_without("sort", "page", "size"),
    Param("size", _Count, "Entries, at most.", setting="feed_size", most="max_page_size"),
)
EXPORT = (
    Param(
        "q",
        str,
        "What to search for, as in a search. Without it everything that passes the filters is "
        "taken, without any filter the whole archive.",
        most="max_query_chars",
    ),
    *_without("q", "page", "size"),
    Param("body", Literal[YES], "Also give each document's whole text, as the last column."),
)
