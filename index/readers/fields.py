"""What the fields of a record mean: the names that they go by (`names`), one rule for each kind of value.

Where several fields could be the title, the one named first in the table of names wins; what is not
used stays in `extra` under its own name.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from index.documents import UNDETERMINED, Document
from index.errors import InputError
from index.readers.columns.names import SUMMARY, date_parts, inner_place_of, letters, place_of
from index.readers.columns.shapes import flat
from index.readers.columns.trees import tree_text
from index.readers.config import ReaderConfig
from index.readers.dates import believable, is_ambiguous, parse_date, read_date
from index.readers.html_text import html_to_text, without_shortcodes
from index.readers.noise import cleaning
from index.readers.noise.headlines import HEADLINES_ALONE, headlines_alone
from index.readers.noise.site_names import without_site
from index.readers.plain_text import (
    derive_title,
    has_words,
    one_line,
    scrub,
    split_headline,
    without_headline,
)
from index.readers.records import Note, Record
from index.text.language import detect
from index.text.language_codes import ROMAN_URDU, language_code

_INNER = ("rendered", "name", "title", "text", "main", "basic", "default", "value", "#text", "@value", "$oid",
          "$date", "$numberLong", "$numberInt", "$numberDouble", "href", "@id", "term")  # fmt: skip
"""Where a field that is an object keeps its text, such as `{"source": {"name": "..."}}`."""

_CUT = re.compile(
    r"\s*(?:\[\+?\d+ chars\]|ONLY AVAILABLE IN [A-Z ]+PLANS?|\[?(?:…|\.\.\.)\]?"
    r"(?:\s*(?:read more|continue reading|مزید پڑھیں)[^\n]{0,40}|\s*https?://\S{1,80})?)\s*\Z",
    re.I,
)
"""How a text ends that its service cut."""
_TAIL = 100
_CHARS = re.compile(r"\s*\[\+?\d+ chars\]\Z|\s*ONLY AVAILABLE IN [A-Z ]+PLANS?\Z")
_ADDRESS = re.compile(
    r"(?:https?:)?//(?:www\.)?([^\s/:?#]+)\S*|(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/?", re.I
)
_MARKUP = re.compile(
    r"</(?:p|div|span|a|b|i|em|strong|li|ul|h[1-6]|blockquote)\s*>|<(?:br|p)\s*/?>", re.I
)
_ENTITY = re.compile(
    r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|quot|apos|nbsp|[lr][sd]quo|hellip|[mn]dash);", re.I
)
_URL = re.compile(r"(?:https?:)?//[^\s/]+\S*|www\.\S+", re.I)
_DAY_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?|[a-z]{3})[/-](\d\d?)(?=[/_.-]|\Z)", re.I)
_MAX_URL = 2048
_MAX_NAME = 200
_LISTED = re.compile(
    r"""\s*(?:"([^"]*)"|'([^']*)')\s*(?=[,،;؛|\n]|\Z)"""  # in quotes: whole, whatever is in it
    r"|((?:(?<!\d)\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)|[^,،;؛|\n])+)"  # 1,400 and 2,00,000 are one
)
"""The tags in a string that lists them."""
_MAX_DEPTH = 16
_MAX_BITS = 256  # Python refuses to print integers of thousands of digits


_AUTHOR_NAMES = (
    "author authors by authorname authornames byline writer writers reporter reportername creator dccreator columnist correspondent "
    "مصنف مصنفہ تحریر رپورٹر لکھاری کالمنگار نامہنگار"
)
_AUTHORS = frozenset(map(letters, _AUTHOR_NAMES.split()))
"""Names, by `letters`, of fields that say who wrote an article."""

DATED_BY = "dated by"
"""The field of `Document.extra` that says where the date of an article is from that has none of its own."""

_Path = tuple[str, ...]


@dataclass
class Used:
    """What came of a record's fields: the `values` of a Document, the field that each column was taken
    for, what is left over (`extra`), and what a report should say."""

    values: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def understand(record: Record, path_id: str, config: ReaderConfig) -> tuple[Document, Used]:
    """Make a document of a record, and say what its fields were taken for. Raises InputError when there
    is no text in it."""
    used = _sort_fields(record, config)
    values = used.values
    title, body, cleaned = _title_and_body(record, values, config)
    if not has_words(title) and not has_words(body):
        raise InputError("no text: neither a title nor a body with any word in it")
    if not record.number and (count := headlines_alone(f"{title}\n{body}")):
        raise InputError(HEADLINES_ALONE.format(count))
    if len(title) + len(body) > config.max_record_chars:
        limit = f"{config.max_record_chars:,}"
        raise InputError(f"longer than {limit} characters.", hint="Raise max_record_chars.")
    lang = _language(values.get("lang", ""), record, f"{title}\n{body}")
    for name, value in cleaned.extra().items():
        used.extra.setdefault(name, value)
    used.notes += cleaned.notes()
    if author := author_in(used.extra):
        used.extra["author"] = author
    url = values.get("url") or _url(cleaned.url)
    document = Document(
        id=_id(record, values.get("id", ""), path_id),
        title=title,
        body=body,
        lang=lang,
        date=values.get("date") or cleaned.date or _day_of(url) or _hinted(record, used, config),
        source=values.get("source") or cleaned.source,
        url=url,
        tags=values.get("tags", ()),
        extra=_bounded(used.extra, config),
    )
    return document, used


def author_in(extra: Mapping[str, Any]) -> str:
    """Who wrote an article, by the fields that are called so: one name, or several with commas between them."""
    for name, value in extra.items():
        if letters(name) == "credits" and isinstance(value, Mapping):
            return author_in(value)
        if letters(name) in _AUTHORS and not isinstance(value, (int, float)):
            names = (one_line(as_text(each, separator="، ")) for each in _as_list(value))
            if author := "، ".join(each for each in names if any(map(str.isalpha, each))):
                return author
    return ""


def _hinted(record: Record, used: Used, config: ReaderConfig) -> date | None:
    """The date that an article without one is given, which is said of it."""
    written, whose = record.date_hint
    day = parse_date(written, config.timezone)
    if day:
        used.extra[DATED_BY] = whose
        used.notes.append(Note(f"without a date of its own: {whose} was taken"))
    return day


def _day_of(url: str) -> date | None:
    """The day that an address names: `/2024/03/05/`, `/2024/mar/05/`."""
    found = _DAY_IN_URL.search(url)
    return parse_date({"year": found[1], "month": found[2], "day": found[3]}) if found else None


def _language(given: str, record: Record, text: str) -> str:
    """The language of an article: as it is given, else as its text shows, else as its page says."""
    if given == "ur" and text.isascii() and detect(text) == ROMAN_URDU:
        return ROMAN_URDU
    lang = given or detect(text)
    return language_code(record.lang_hint) or lang if lang == UNDETERMINED else lang


def _id(record: Record, own: str, path_id: str) -> str:
    """The path of a file, and which of its articles: own ids are numbers that start from 1 in every file."""
    if not record.number:
        return path_id
    return f"{path_id}/{own}" if own else f"{path_id}#{record.number}"


def _title_and_body(
    record: Record, used: Mapping[str, Any], config: ReaderConfig
) -> tuple[str, str, cleaning.Cleaned]:
    """Settle title and body, each given or found in the other; no text of either is lost."""
    title: str = used.get("title", "")
    body: str = used.get("body", "")
    if _MARKUP.search(body):
        body = html_to_text(without_shortcodes(body))
    if len(title) > config.max_title_chars:
        body = f"{title}\n\n{body}".strip()
        title = ""
    cleaned = cleaning.clean(body)
    body = cleaned.text
    if not title and (record.headline_inside or _has_headline(body)):
        title, body = split_headline(
            body, headline_chars=config.headline_chars, title_chars=config.derived_title_chars
        )
    elif not title:
        title = derive_title(body, config.derived_title_chars)
    title, site = without_site(title, used.get("source", ""), used.get("url", ""))
    return title, without_headline(body, title), replace(cleaned, source=cleaned.source or site)


def _has_headline(text: str) -> bool:
    """Whether the first line of a text stands for itself and is no sentence."""
    first, _, rest = text.partition("\n")
    return bool(rest.strip()) and first.rstrip()[-1:] not in "۔؟.!?:…،,"


def _sort_fields(record: Record, config: ReaderConfig) -> Used:
    """Part a record's fields into those of a Document and the rest."""
    settled = {**record.columns, **config.columns}
    used, candidates = Used(), []
    own = (name for name in record.fields if not settled or letters(name) not in settled)
    date_columns = date_parts(own) or ()
    for order, (path, value) in enumerate(flat(record.fields, settled)):
        if len(path) == 1 and path[0] in date_columns:
            continue
        place = place_of(".".join(path), settled) if len(path) == 1 else None
        place = place or inner_place_of(path, settled)
        if place:
            candidates.append((place[0] + _DEEPER * (len(path) - 1), order, place[1], path, value))
        else:
            _keep(used.extra, path, value)
    left: list[tuple[str, _Path, Any]] = []
    bodies: list[tuple[_Path, Any, str]] = []
    longest = False
    for rank, _, name, path, value in sorted(candidates, key=lambda item: item[:2]):
        parsed: Any = None
        if name == "date" and name not in used.values:
            parsed = parse_date(value, config.timezone, record.orders.get(".".join(path)))
        elif name not in used.values:
            parsed = _parse(name, value, config)
        if parsed and name == "body":
            is_summary = rank >= 0 and rank % _DEEPER >= SUMMARY - 1
            longest = longest or (is_summary and not bodies)
            bodies.append((path, value, parsed))
        elif parsed:
            used.values[name], used.columns[".".join(path)] = parsed, name
        else:
            left.append((name, path, value))
    _join_date(record, date_columns, used, config)
    if bodies:
        left += _choose_body(bodies, used, longest=longest)
    _keep_unread(left, used)
    if not record.number and "id" in used.values:  # the file alone tells it from others
        used.extra["id"] = used.values["id"]
    return used


def _join_date(record: Record, columns: Sequence[str], used: Used, config: ReaderConfig) -> None:
    """Take the date out of the columns of its year, month and day, unless there is one; else keep them."""
    parts = {name: as_text(record.fields[name]) for name in columns}
    day = None if "date" in used.values else parse_date(parts, config.timezone)
    if day:
        used.values["date"] = day
        used.columns |= dict.fromkeys(columns, "date")
    for name in () if day else columns:
        _keep(used.extra, (name,), record.fields[name])


_NUMBERED = re.compile(r"(.*\D)(\d{1,3})")


_DEEPER = 200.0
"""What is in an object stands behind all that stands beside it."""


def _is_cut(text: str) -> bool:
    return bool(_CUT.search(text[-_TAIL:]))


def _choose_body(
    bodies: list[tuple[_Path, Any, str]], used: Used, *, longest: bool
) -> list[tuple[str, _Path, Any]]:
    """Take the body that is named best; the longest where that was cut, or is a summary. Returns the
    others."""
    chosen = bodies[0]
    if longest or _is_cut(chosen[2]):
        chosen = max(
            bodies, key=lambda body: len(body[2][:-_TAIL]) + len(_CUT.sub("", body[2][-_TAIL:]))
        )
        text = _CHARS.sub("", chosen[2])
        if _is_cut(chosen[2]):
            used.notes.append(Note("the text is cut in the file itself", example=text[-60:]))
        chosen = (*chosen[:2], text)
    parts = _numbered_alike(chosen[0], bodies) or [chosen]
    used.values["body"] = "\n\n".join(text for _, _, text in parts)
    used.columns |= {".".join(path): "body" for path, _, _ in parts}
    return [
        ("body", other, value) for other, value, _ in bodies if ".".join(other) not in used.columns
    ]


def _numbered_alike(
    path: _Path, bodies: list[tuple[_Path, Any, str]]
) -> list[tuple[_Path, Any, str]]:
    """The pieces of a text whose columns have one name and a number each (`Paragraph 2`), in order."""
    own = _NUMBERED.fullmatch(path[-1])
    found = []
    for body in bodies if own else ():
        other = _NUMBERED.fullmatch(body[0][-1])
        if own and other and (body[0][:-1], other[1]) == (path[:-1], own[1]):
            found.append((int(other[2]), body))
    return [body for _, body in sorted(found, key=lambda each: each[0])]


def _keep_unread(left: list[tuple[str, _Path, Any]], used: Used) -> None:
    """Keep values that are not used; a source and an address may stand in for each other."""
    for name, path, value in left:
        text = one_line(as_text(value)) if name == "source" else ""
        address = _ADDRESS.fullmatch(text)
        if address and len(text) <= _MAX_URL:
            column = ".".join(path)
            if "source" not in used.values:
                used.values["source"], used.columns[column] = address[1] or address[2], "source"
            if "url" not in used.values and address[1] and (url := _url(text)):
                used.values["url"], used.columns[column] = url, "url"
            if column in used.columns:
                continue
        ready = _keep(used.extra, path, value)
        if ready in _EMPTY or name in used.values or name not in ("date", "lang"):
            continue
        used.extra.setdefault(name, ready)  # what could not be understood is found under one name
        if name == "date":
            example = one_line(as_text(value))[:60]
            used.notes.append(Note(_why_no_date(value), kind="date", example=example))


def _why_no_date(value: Any) -> str:
    """What a report says of a date that is not taken for one."""
    if (day := read_date(value)) and not believable(day):
        return "a date that no newspaper can be of"
    if is_ambiguous(value):
        return "a date of which nothing tells at which end its year of two digits stands"
    return "a date that was not understood"


_EMPTY: tuple[Any, ...] = (None, "", [], {})


def _keep(extra: dict[str, Any], path: _Path, value: Any) -> Any:
    """Keep a value where it was; returns it as it is kept."""
    ready = json_ready(value)
    if ready not in _EMPTY:
        *outer, name = map(scrub, path)
        inner = extra
        for each in outer:
            inner = inner.setdefault(each, {})
        inner[name] = ready
    return ready


def _parse(field: str, value: Any, config: ReaderConfig) -> Any:
    """Read one value as the field wants it; something false when it cannot be that."""
    if field == "body":
        return text_of(value).strip()
    if field == "title":
        title = one_line(as_text(value, separator=" "))
        return html.unescape(title) if _ENTITY.search(title) else title
    if field == "tags":
        return _tags(value, config)
    text = one_line(as_text(value))
    if field == "source":
        is_name = len(text) <= _MAX_NAME and has_words(text) and not _ADDRESS.fullmatch(text)
        return text if is_name else ""
    if field == "url":
        return _url(text)
    if field == "id":
        return text if len(text) <= config.max_id_chars else ""
    return language_code(text)


def text_of(value: Any) -> str:
    """Read a body: a text, paragraphs, a tree of blocks, or any of these written as one string."""
    return (
        scrub(tree_text(value))
        if isinstance(value, (str, list, tuple, Mapping))
        else as_text(value)
    )


def as_text(value: Any, *, separator: str = "\n\n", depth: int = 0) -> str:
    """Read text from a value of any type. True, false and null are no text; numbers are."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, int):
        return "" if isinstance(value, bool) or value.bit_length() > _MAX_BITS else str(value)
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if depth >= 3:
        return ""
    if isinstance(value, Mapping):
        inner = next((value[key] for key in _INNER if value.get(key)), None)
        return as_text(inner, separator=separator, depth=depth + 1)
    if isinstance(value, (list, tuple)):
        texts = (as_text(item, separator=separator, depth=depth + 1) for item in value)
        return separator.join(text for text in texts if text.strip())
    return ""


def _tags(value: Any, config: ReaderConfig) -> tuple[str, ...]:
    """Read tags, each once, in the order given; at most `max_tags`."""
    names: dict[str, str] = {}
    if isinstance(value, list) and all(isinstance(each, int) for each in value):
        return ()  # ids of tags
    for name in _listed(value):
        name = one_line(name).strip("#'\" ")
        if has_words(name) and len(name) <= config.max_tag_chars:
            names.setdefault(name.casefold(), name)
        if len(names) >= config.max_tags:
            break
    return tuple(names.values())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _listed(value: Any, depth: int = 0) -> Iterator[str]:
    """The items of a list, each whole: a comma in one is part of it. A string with commas is a list,
    unless it is one of JSON or its items are in quotes; then they say where each ends."""
    if isinstance(value, (list, tuple)):
        if depth < _MAX_DEPTH:
            for item in value:
                yield from (as_text(item),) if isinstance(item, str) else _listed(item, depth + 1)
    elif isinstance(value, Mapping) and value.get("value") and value.get("name"):  # a pair of both
        yield as_text(value["value"], separator=" ")
    elif isinstance(value, str):
        with suppress(ValueError, RecursionError):
            if value.lstrip()[:1] == "[" and isinstance(items := json.loads(value), list):
                yield from _listed(items, depth + 1)
                return
        for quoted, single, plain in _LISTED.findall(scrub(value).strip().strip("[]{}")):
            yield quoted or single or plain
    else:
        yield as_text(value, separator=" ")


def _url(text: str) -> str:
    """Accept web addresses only: a record from outside must not bring a `javascript:` link."""
    if len(text) > _MAX_URL or not _URL.fullmatch(text):
        return ""
    if text.startswith("//"):
        return f"https:{text}"
    return text if text[:4].lower() == "http" else f"https://{text}"


def json_ready(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON can hold it: bounded in depth, without NaN or foreign types."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= _MAX_BITS else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return scrub(value)
    if depth >= _MAX_DEPTH:
        return None
    if isinstance(value, Mapping):
        return {scrub(str(key)): json_ready(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [json_ready(item, depth + 1) for item in value]
    return as_text(value) or None


def _bounded(extra: dict[str, Any], config: ReaderConfig) -> dict[str, Any]:
    """Drop the unknown fields that would swell the index (raw HTML, say), and say which."""
    left = config.max_extra_chars
    kept: dict[str, Any] = {}
    dropped = []
    for key, value in extra.items():
        size = len(key) + len(json.dumps(value, ensure_ascii=False))
        if size <= left:
            kept[key] = value
            left -= size
        else:
            dropped.append(key[:_MAX_NAME])
    if dropped:
        kept["dropped_fields"] = dropped[:20]
    return kept
