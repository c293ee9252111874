"""The parameters of each address, and the way from the arguments of a URL to a `SearchRequest` and back.

Page, API and command line all come through here, so that a wrong value gets the same message
everywhere; the OpenAPI description is made of the same tables. Limits are those of `search.config`,
named here and read when a request or a description is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import Field

from index.errors import RequestError
from search.config import SearchConfig
from search.models import Mode, SearchRequest, Sort
from search.paging import check_dates, check_page
from search.query.date_ranges import DateRange, period
from search.query.filters import LANGUAGES_HINT, language_of
from web.settings import did_you_mean

MAX_CURSOR_CHARS = 200
YES = ("1", "true", "yes")

_DEFAULT = SearchRequest(query="")
_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_Day = Annotated[str, Field(pattern=_DATE)]
_Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z]{2,4})*$")]
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
    Param(
        "lang",
        _Language,
        "Only documents in this language: its code (ur, en, fa, ur-Latn); und for those without words.",
        many=True,
    ),
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

Args = Mapping[str, Sequence[str]]
"""Arguments by name, in the order given: `{"q": ["flood"], "lang": ["ur", "en"]}`."""


def check_names(args: Iterable[str], known: Iterable[Param]) -> None:
    """A misspelled parameter is an error: ignoring it would answer another question."""
    names = [param.name for param in known]
    for name in args:
        if name not in names:
            hint = did_you_mean(name, names) if names else "This address takes no parameters."
            raise RequestError(f"There is no parameter {name!r}.", parameter=name, hint=hint)


def parse_search(
    args: Args, limits: SearchConfig, size: int | None = None, *, required: bool = True
) -> SearchRequest:
    """The search these arguments ask for. Blank values count as not given, as forms send them.

    `size` is that of a page where none is given. Where no query is `required`, none asks for all that
    passes the filters.
    """
    start, end = _day(args, "from"), _day(args, "to")
    asked = SearchRequest(
        query=query_text(args, limits, required=required),
        mode=Mode(_one(args, "mode", Mode) or _DEFAULT.mode),
        languages=_languages(args),
        sources=_values(args, "source"),
        tags=_values(args, "tag"),
        date_from=start.first if start else None,
        date_to=end.last if end else None,
        sort=Sort(_one(args, "sort", Sort) or _DEFAULT.sort),
        page=_number(args, "page", _DEFAULT.page),
        size=_number(args, "size", size or limits.page_size),
        literal=parse_yes(args, "literal"),
        off=_off(args, limits),
    )
    check_dates(asked)
    check_page(asked, limits)
    return asked


def parse_opened(args: Args, limits: SearchConfig) -> SearchRequest | None:
    """The search that a document is opened from, if any."""
    return parse_search(args, limits) if query_text(args, limits) else None


def query_text(args: Args, limits: SearchConfig, *, required: bool = False) -> str:
    """The query text, within its limit."""
    query = (_one(args, "q") or "").strip()
    if required and not query:
        raise RequestError(
            "The query is empty.", parameter="q", hint="Give some words to search for."
        )
    if len(query) > limits.max_query_chars:
        raise RequestError(
            f"The query has {len(query):,} characters; the limit is {limits.max_query_chars:,}.",
            parameter="q",
            hint="Ask with the words that matter most.",
        )
    return query


def parse_cursor(args: Args) -> str | None:
    """The cursor, which is there instead of a page."""
    cursor = _one(args, "cursor")
    if cursor is not None and _one(args, "page") is not None:
        raise RequestError(
            "There are both a page and a cursor.", parameter="cursor", hint="Give one of them."
        )
    return cursor


def parse_suggest(args: Args, limits: SearchConfig) -> tuple[str, int]:
    """What has been typed, and how many suggestions are wanted."""
    text = query_text(args, limits, required=True)
    return text, _number(args, "size", limits.suggestions, limits.max_suggestions)


def parse_related(args: Args, limits: SearchConfig) -> tuple[str, int]:
    """The document's id, and how many related ones are wanted."""
    return parse_id(args, limits), _number(args, "size", limits.related, limits.max_related)


def parse_id(args: Args, limits: SearchConfig) -> str:
    """The id of a document, which no address has room for at any length."""
    found = _one(args, "id")
    if found is None:
        raise RequestError(
            "There is no id.", parameter="id", hint="Give the id of a document, as a hit names it."
        )
    if len(found) > limits.max_id_chars:
        raise RequestError(
            f"The id has {len(found):,} characters; the limit is {limits.max_id_chars:,}.",
            parameter="id",
        )
    return found


def parse_yes(args: Args, name: str) -> bool:
    """A switch. Not giving it is the only way to say no."""
    return _one(args, name, YES) is not None


def to_args(request: SearchRequest, size: int) -> list[tuple[str, str]]:
    """The shortest arguments that ask for this request: defaults are left out.

    `size` is the default of the address that they are for.
    """
    pairs = [("q", request.query)] if request.query else []
    pairs += [("lang", each) for each in request.languages]
    pairs += [("source", each) for each in request.sources]
    pairs += [("tag", each) for each in request.tags]
    for name, day in (("from", request.date_from), ("to", request.date_to)):
        if day is not None:
            pairs.append((name, day.isoformat()))
    if request.literal:
        pairs.append(("literal", YES[0]))
    pairs += [("off", each) for each in request.off]
    usual = replace(_DEFAULT, size=size)
    for name in ("mode", "sort", "page", "size"):
        value = getattr(request, name)
        if value != getattr(usual, name):
            pairs.append((name, str(value.value if isinstance(value, Enum) else value)))
    return pairs


def _values(args: Args, name: str) -> tuple[str, ...]:
    """All the values of a parameter, once each, without blanks.

    A byte that is no UTF-8 reaches us as a lone surrogate, which nothing further in can encode. A
    query loses its NULs, which no page may hold; elsewhere they are a wrong value.
    """
    values = (value.encode("utf-8", "replace").decode() for value in args.get(name, ()))
    if name == "q":
        values = (value.replace("\0", "") for value in values)
    return tuple(dict.fromkeys(value for value in values if value.strip()))


def _one(args: Args, name: str, known: Iterable[str] = ()) -> str | None:
    """The one value of a parameter, which must be among those `known`, if there are any."""
    values = _values(args, name)
    if len(values) > 1:
        raise RequestError(f"{name} is given more than once.", parameter=name, hint="Give one.")
    names = [each.value if isinstance(each, Enum) else each for each in known]
    value = next(iter(values), None)
    if value is not None and names and value not in names:
        hint = f"Known: {', '.join(names)}."
        raise RequestError(f"There is no {name} {_shown(value)}.", parameter=name, hint=hint)
    return value


def _languages(args: Args) -> tuple[str, ...]:
    """The languages, by their codes."""
    codes = []
    for value in _values(args, "lang"):
        if not (code := language_of(value)):
            raise RequestError(
                f"There is no lang {_shown(value)}.", parameter="lang", hint=LANGUAGES_HINT
            )
        codes.append(code)
    return tuple(dict.fromkeys(codes))


def _number(args: Args, name: str, default: int, most: int | None = None) -> int:
    value = _one(args, name)
    if value is None:
        return default
    if not re.fullmatch(r"\d{1,9}", value.strip()) or int(value) < 1:
        raise RequestError(
            f"{name} is {_shown(value)}; it must be a whole number from 1.", parameter=name
        )
    if most is not None and int(value) > most:
        raise RequestError(f"{name} is {int(value):,}; at most {most:,} are given.", parameter=name)
    return int(value)


def _off(args: Args, limits: SearchConfig) -> tuple[str, ...]:
    words = _values(args, "off")
    if len(words) > limits.max_off_words:
        raise RequestError(
            f"off names {len(words):,} words; it may name {limits.max_off_words:,}.",
            parameter="off",
            hint="With literal=1 only the words as typed are searched for.",
        )
    for word in words:
        if len(word) > limits.max_off_chars:
            raise RequestError(
                f"off is {_shown(word)}, of {len(word):,} characters; "
                f"a word has at most {limits.max_off_chars:,}.",
                parameter="off",
                hint="Take the words from `readings` in an answer.",
            )
    return words


def _day(args: Args, name: str) -> DateRange | None:
    """The days of a year, a month or a day; None where none is given."""
    value = _one(args, name)
    if value is None:
        return None
    found = period(value.strip()) if re.fullmatch(_DATE, value.strip(), re.ASCII) else None
    if found is None:
        raise RequestError(
            f"{name} is {_shown(value)}, which is no date.",
            parameter=name,
            hint="Write YYYY, YYYY-MM or YYYY-MM-DD.",
        )
    return found


def _shown(value: str) -> str:
    """A wrong value as an error message repeats it: quoted, and not at any length."""
    return repr(value if len(value) <= 40 else value[:40] + "…")
