"""From the arguments of a URL to a `SearchRequest`, and back.

Page, API and command line all come through here, so that a wrong value gets the same message
everywhere. The tables of each address's parameters are what the OpenAPI description is made from.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field

from index.documents import LANGUAGES
from index.errors import RequestError
from search.config import SearchConfig
from search.models import Mode, SearchRequest, Sort
from web.hints import did_you_mean

Args = Mapping[str, Sequence[str]]
"""Arguments by name, in the order given: `{"q": ["flood"], "lang": ["ur", "en"]}`."""

FILTER_LANGUAGES = (*LANGUAGES, "und")
"""What `lang` may be: `und` finds the documents whose language could not be told."""

MAX_CURSOR_CHARS = 200
MAX_ID_CHARS = 4_000
"""The longest document id an address is read for."""

MAX_OFF = 50
MAX_OFF_CHARS = 100
"""How many words `off` may name, and how long each may be: more is no reader's choice."""

_YES = ("1", "true", "yes")
_E = TypeVar("_E", bound=Enum)
_DEFAULT = SearchRequest(query="")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_Day = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


@dataclass(frozen=True)
class Param:
    """A parameter: its name, its type as pydantic describes types, and what it does."""

    name: str
    type: Any
    does: str
    many: bool = False
    required: bool = False
    default: object = None


SEARCH = (
    Param(
        "q",
        str,
        'What to search for, in Urdu, English or both. Knows "phrases", -exclusions, OR, title:, '
        "source:, lang: and date:2026-01..2026-02.",
        required=True,
    ),
    Param("mode", Mode, "Which arms answer: words, meaning or both.", default=_DEFAULT.mode.value),
    Param("lang", Literal[FILTER_LANGUAGES], "Only documents in this language.", many=True),
    Param("source", str, "Only documents from this source, spelled as in the facets.", many=True),
    Param("tag", str, "Only documents with this tag.", many=True),
    Param("from", _Day, "Only documents of this day or later: YYYY, YYYY-MM or YYYY-MM-DD."),
    Param("to", _Day, "Only documents of this day or earlier; a year or month is taken whole."),
    Param(
        "literal",
        Literal[_YES],
        "Search for the words as typed alone, not also for words that mean or sound the same.",
    ),
    Param(
        "off",
        Annotated[str, Field(max_length=MAX_OFF_CHARS)],
        "Do not search for this one of the words that `readings` lists as alternatives.",
        many=True,
    ),
    Param("sort", Sort, "The order of the hits.", default=_DEFAULT.sort.value),
    Param("page", Annotated[int, Field(ge=1)], "Which page, from 1.", default=_DEFAULT.page),
    Param("size", Annotated[int, Field(ge=1)], "Hits a page.", default=_DEFAULT.size),
)

DOCUMENT = (
    Param("q", str, "Mark the words of this query, as a search for it would."),
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
SUGGESTIONS_SHOWN, MAX_SUGGESTIONS = 8, 20
SUGGEST = (
    Param("q", str, "What has been typed so far.", required=True),
    Param(
        "size",
        Annotated[int, Field(ge=1, le=MAX_SUGGESTIONS)],
        "How many suggestions, at most.",
        default=SUGGESTIONS_SHOWN,
    ),
)
_ID = Param(
    "id",
    Annotated[str, Field(max_length=MAX_ID_CHARS)],
    "The document's id, as it stands in a hit.",
    required=True,
)
RELATED_SHOWN, MAX_RELATED = 5, 20
RELATED = (
    _ID,
    Param(
        "size",
        Annotated[int, Field(ge=1, le=MAX_RELATED)],
        "How many documents like it, at most. Stories and copies are all listed.",
        default=RELATED_SHOWN,
    ),
)
EXPLAIN = (_ID, *_without("page", "size"))
FEED_SIZE = 20
FEED = (
    *_without("sort", "page", "size"),
    Param("size", Annotated[int, Field(ge=1)], "Entries, at most.", default=FEED_SIZE),
)
EXPORT = _without("page", "size")


def check_names(args: Iterable[str], known: Iterable[Param]) -> None:
    """A misspelled parameter is an error: ignoring it would answer another question."""
    names = [param.name for param in known]
    for name in args:
        if name not in names:
            hint = did_you_mean(name, names) if names else "This address takes no parameters."
            raise RequestError(f"There is no parameter {name!r}.", parameter=name, hint=hint)


def parse_search(args: Args, limits: SearchConfig) -> SearchRequest:
    """The search these arguments ask for. Blank values count as not given, as forms send them."""
    start, end = _dates(args)
    size = _number(args, "size", _DEFAULT.size)
    if size > limits.max_page_size:
        raise RequestError(
            f"size is {size}; a page holds at most {limits.max_page_size} hits.",
            parameter="size",
            hint="Ask for more pages instead.",
        )
    page = _number(args, "page", _DEFAULT.page)
    if page * size > limits.window:
        raise RequestError(
            f"Page {page} of {size} hits lies beyond the first {limits.window} hits, "
            "which is as far as paging goes.",
            parameter="page",
            hint=f"The last page of this size is {limits.window // size}; or narrow the search.",
        )
    return SearchRequest(
        query=parse_query(args, limits, required=True),
        mode=_choice(args, "mode", Mode, _DEFAULT.mode),
        languages=_languages(args),
        sources=_values(args, "source"),
        tags=_values(args, "tag"),
        date_from=start,
        date_to=end,
        sort=_choice(args, "sort", Sort, _DEFAULT.sort),
        page=page,
        size=size,
        literal=_yes(args, "literal"),
        off=_off(args),
    )


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
    text = parse_query(args, limits, required=True)
    return text, _number(args, "size", SUGGESTIONS_SHOWN, MAX_SUGGESTIONS)


def parse_related(args: Args) -> tuple[str, int]:
    """The document's id, and how many related ones are wanted."""
    return parse_id(args), _number(args, "size", RELATED_SHOWN, MAX_RELATED)


def parse_id(args: Args) -> str:
    """The id of a document, which no address has room for at any length."""
    found = _one(args, "id")
    if found is None:
        raise RequestError(
            "There is no id.", parameter="id", hint="Give the id of a document, as a hit names it."
        )
    if len(found) > MAX_ID_CHARS:
        raise RequestError(
            f"The id has {len(found):,} characters; the limit is {MAX_ID_CHARS:,}.", parameter="id"
        )
    return found


def parse_opened(args: Args, limits: SearchConfig) -> SearchRequest | None:
    """The search that a document is opened from, if any."""
    return parse_search(args, limits) if parse_query(args, limits) else None


def parse_query(args: Args, limits: SearchConfig, *, required: bool = False) -> str:
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


def to_args(request: SearchRequest) -> list[tuple[str, str]]:
    """The shortest arguments that ask for this request: defaults are left out."""
    pairs = [("q", request.query)] if request.query else []
    pairs += [("lang", each) for each in request.languages]
    pairs += [("source", each) for each in request.sources]
    pairs += [("tag", each) for each in request.tags]
    for name, day in (("from", request.date_from), ("to", request.date_to)):
        if day is not None:
            pairs.append((name, day.isoformat()))
    if request.literal:
        pairs.append(("literal", _YES[0]))
    pairs += [("off", each) for each in request.off]
    for name in ("mode", "sort", "page", "size"):
        value = getattr(request, name)
        if value != getattr(_DEFAULT, name):
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


def _one(args: Args, name: str) -> str | None:
    values = _values(args, name)
    if len(values) > 1:
        raise RequestError(f"{name} is given more than once.", parameter=name, hint="Give one.")
    return values[0] if values else None


def _number(args: Args, name: str, default: int, most: int | None = None) -> int:
    value = _one(args, name)
    if value is None:
        return default
    if not re.fullmatch(r"\d{1,9}", value.strip()) or int(value) < 1:
        raise RequestError(
            f"{name} is {_shown(value)}; it must be a whole number from 1.", parameter=name
        )
    if most is not None and int(value) > most:
        raise RequestError(f"{name} is {int(value):,}; at most {most} are given.", parameter=name)
    return int(value)


def _choice(args: Args, name: str, choices: type[_E], default: _E) -> _E:
    value = _one(args, name)
    if value is None:
        return default
    known = [str(each.value) for each in choices]
    if value not in known:
        raise _unknown(name, value, known)
    return choices(value)


def _languages(args: Args) -> tuple[str, ...]:
    languages = _values(args, "lang")
    for lang in languages:
        if lang not in FILTER_LANGUAGES:
            raise _unknown("lang", lang, FILTER_LANGUAGES)
    return languages


def _yes(args: Args, name: str) -> bool:
    """A switch. Not giving it is the only way to say no."""
    value = _one(args, name)
    if value is not None and value not in _YES:
        raise _unknown(name, value, _YES)
    return value is not None


def _off(args: Args) -> tuple[str, ...]:
    words = _values(args, "off")
    if len(words) > MAX_OFF:
        raise RequestError(
            f"off names {len(words):,} words; it may name {MAX_OFF}.",
            parameter="off",
            hint="With literal=1 only the words as typed are searched for.",
        )
    for word in words:
        if len(word) > MAX_OFF_CHARS:
            raise RequestError(
                f"off is {_shown(word)}, of {len(word):,} characters; "
                f"a word has at most {MAX_OFF_CHARS}.",
                parameter="off",
                hint="Take the words from `readings` in an answer.",
            )
    return words


def _unknown(name: str, value: str, known: Sequence[str]) -> RequestError:
    """A value that is none of the few there are: they are few enough to name them all."""
    return RequestError(
        f"There is no {name} {_shown(value)}.", parameter=name, hint=f"Known: {', '.join(known)}."
    )


def _dates(args: Args) -> tuple[date | None, date | None]:
    start = _day(args, "from", _first_day)
    end = _day(args, "to", _last_day)
    if start and end and start > end:
        raise RequestError(
            f"The dates are in the wrong order: from {start} is after to {end}.",
            parameter="from",
            hint="Swap them.",
        )
    return start, end


def _day(args: Args, name: str, complete: Callable[..., date]) -> date | None:
    value = _one(args, name)
    if value is None:
        return None
    match = _DATE.fullmatch(value.strip())
    try:
        if match:
            return complete(*(int(part) for part in match.groups() if part))
    except ValueError:
        pass  # the thirteenth month, the thirtieth of February, the year nought
    raise RequestError(
        f"{name} is {_shown(value)}, which is no date.",
        parameter=name,
        hint="Write YYYY, YYYY-MM or YYYY-MM-DD.",
    )


def _first_day(year: int, month: int = 1, day: int = 1) -> date:
    return date(year, month, day)


def _last_day(year: int, month: int = 12, day: int = 0) -> date:
    date(year, month, 1)  # a wrong month is a ValueError, which monthrange alone does not raise
    return date(year, month, day or calendar.monthrange(year, month)[1])


def _shown(value: str) -> str:
    """A wrong value as an error message repeats it: quoted, and not at any length."""
    return repr(value if len(value) <= 40 else value[:40] + "…")
