"""What the fields of a record mean: one table of names, one rule for each kind of value.

Every archive names its fields its own way (`headline`, `News Text`, `pubDate`, `source.name`).
Names are compared by their letters and digits alone. Where several fields could be the title, the
one named first in the table wins; what is not used stays in `extra` under its own name.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from index.documents import LANGUAGES, Document
from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.dates import parse_date
from index.readers.html_text import html_to_text
from index.readers.noise import cleaning
from index.readers.plain_text import derive_title, has_words, one_line, scrub, split_headline
from index.readers.records import Record
from index.text.language import detect

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "docid", "documentid", "articleid", "newsid", "uuid", "guid"),
    "title": ("title", "headline", "heading", "newstitle", "articletitle", "subject", "name",
              "عنوان", "سرخی"),
    "body": ("body", "text", "content", "article", "articlebody", "articletext", "newstext",
             "news", "fulltext", "maintext", "bodytext", "story", "contenttext", "contenthtml",
             "contentencoded", "passage", "متن", "خبر",
             "description", "summary", "excerpt", "abstract", "snippet", "lead"),
    "date": ("date", "published", "publishedat", "publishedon", "publisheddate", "datepublished",
             "pubdate", "publicationdate", "publishdate", "publishtime", "dateposted", "posted",
             "postedat", "datetime", "timestamp", "dcdate", "created", "createdat", "datecreated",
             "تاریخ"),
    "source": ("source", "publisher", "newspaper", "sitename", "site", "outlet", "publication",
               "agency", "provider", "sourcename", "website", "ذریعہ", "ماخذ"),
    "url": ("url", "link", "permalink", "canonicalurl", "canonical", "href", "sourceurl",
            "articleurl", "pageurl", "weburl", "uri"),
    "tags": ("tags", "keywords", "categories", "category", "topics", "topic", "labels", "section",
             "newscategory", "ٹیگز"),
    "lang": ("lang", "language", "langcode", "languagecode", "locale", "inlanguage", "زبان"),
}  # fmt: skip
"""Field of a Document: the names it goes by, best first. Those after `متن` stand in for a body."""

_BY_NAME = {
    name: (rank, field) for field, names in NAMES.items() for rank, name in enumerate(names)
}
_INNER = ("rendered", "name", "title", "text", "value", "#text", "@value", "$oid", "$date", "href")
"""Where a field that is an object keeps its text, such as `{"source": {"name": "..."}}`."""

_NAME_LETTERS = re.compile(r"[\W_]+")
_LANGUAGE_NAMES = {
    "urdu": "ur",
    "اردو": "ur",
    "urd": "ur",
    "english": "en",
    "انگریزی": "en",
    "eng": "en",
}
_MARKUP = re.compile(
    r"</(?:p|div|span|a|b|i|em|strong|li|ul|h[1-6]|blockquote)\s*>|<(?:br|p)\s*/?>", re.I
)
_ENTITY = re.compile(
    r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|quot|apos|nbsp|[lr][sd]quo|hellip|[mn]dash);", re.I
)
_URL = re.compile(r"(?:https?:)?//[^\s/]+\S*|www\.\S+", re.I)
_MAX_URL = 2048
_MAX_NAME = 200
_LISTED = re.compile(
    r"""\s*(?:"([^"]*)"|'([^']*)')\s*(?=[,،;؛|\n]|\Z)"""  # in quotes: whole, whatever is in it
    r"|((?:(?<!\d)\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)|[^,،;؛|\n])+)"  # 1,400 and 2,00,000 are one
)
"""The tags in a string that lists them."""
_MAX_DEPTH = 16
_MAX_BITS = 256  # Python refuses to print integers of thousands of digits


def build(record: Record, path_id: str, config: ReaderConfig) -> Document:
    """Make a document of a record. Raises InputError when there is no text in it."""
    used, extra = _sort_fields(record.fields, config)
    title, body, cleaned = _title_and_body(record, used, config)
    if not has_words(title) and not has_words(body):
        raise InputError("no text: neither a title nor a body with any word in it")
    if len(title) + len(body) > config.max_record_chars:
        limit = f"{config.max_record_chars:,}"
        raise InputError(f"longer than {limit} characters.", hint="Raise max_record_chars.")
    lang = used.get("lang") or detect(f"{title}\n{body}")
    if lang == "und" and record.lang_hint in LANGUAGES:
        lang = record.lang_hint
    if cleaned.lines:
        extra["noise_lines"] = cleaned.lines
    return Document(
        id=_id(record, used.get("id", ""), path_id),
        title=title,
        body=body,
        lang=lang,
        date=used.get("date") or cleaned.date,
        source=used.get("source") or cleaned.source,
        url=used.get("url", ""),
        tags=used.get("tags", ()),
        extra=_bounded(extra, config),
    )


def _id(record: Record, own: str, path_id: str) -> str:
    """The path of a file, and which of its articles: own ids are numbers that start from 1 in every file."""
    if not record.number:
        return path_id
    return f"{path_id}/{own}" if own else f"{path_id}#{record.number}"


def field_of(name: str) -> str:
    """Return the field of a Document that a name stands for, or ""."""
    known = _BY_NAME.get(_letters(name[:_MAX_NAME]))
    return known[1] if known else ""


def _title_and_body(
    record: Record, used: Mapping[str, Any], config: ReaderConfig
) -> tuple[str, str, cleaning.Cleaned]:
    """Settle title and body, each given or found in the other; no text of either is lost."""
    title: str = used.get("title", "")
    body: str = used.get("body", "")
    if _MARKUP.search(body):
        body = html_to_text(body)
    if len(title) > config.max_title_chars:
        body = f"{title}\n\n{body}".strip()
        title = ""
    cleaned = cleaning.clean(body)
    body = cleaned.text
    if not title and record.headline_inside:
        title, body = split_headline(
            body, headline_chars=config.headline_chars, title_chars=config.derived_title_chars
        )
    elif not title:
        title = derive_title(body, config.derived_title_chars)
    return title, body, cleaned


def _sort_fields(
    fields: Mapping[str, Any], config: ReaderConfig
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part a record's fields into those of a Document and the rest."""
    candidates = []
    extra: dict[str, Any] = {}
    for key, value in fields.items():
        known = _BY_NAME.get(_letters(key[:_MAX_NAME]))
        if known:
            candidates.append((*known, key, value))
        elif (ready := json_ready(value)) not in (None, "", [], {}):
            extra[scrub(key)] = ready
    used: dict[str, Any] = {}
    unread: dict[str, Any] = {}
    for _, field, key, value in sorted(candidates, key=lambda item: item[0]):
        parsed = None if field in used else _parse(field, value, config)
        if parsed:
            used[field] = parsed
        elif (ready := json_ready(value)) not in (None, "", [], {}):
            extra[scrub(key)] = ready
            unread.setdefault(field, ready)
    for field in ("date", "lang"):  # what could not be understood is found under one name
        if field in unread and field not in used:
            extra.setdefault(field, unread[field])
    return used, extra


@lru_cache(maxsize=4096)
def _letters(key: str) -> str:
    return _NAME_LETTERS.sub("", key.casefold())


def _parse(field: str, value: Any, config: ReaderConfig) -> Any:
    """Read one value as the field wants it; something false when it cannot be that."""
    if field == "body":
        return as_text(value).strip()
    if field == "title":
        title = one_line(as_text(value, separator=" "))
        return html.unescape(title) if _ENTITY.search(title) else title
    if field == "date":
        written = as_text(value) if isinstance(value, Mapping) else value
        return parse_date(written, config.timezone)
    if field == "tags":
        return _tags(value, config)
    text = one_line(as_text(value))
    if field == "source":
        return text if len(text) <= _MAX_NAME and has_words(text) else ""
    if field == "url":
        return _url(text)
    if field == "id":
        return text if len(text) <= config.max_id_chars else ""
    return _language(text)


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
    for name in _listed(value):
        name = one_line(name).strip("#'\" ")
        if has_words(name) and len(name) <= config.max_tag_chars:
            names.setdefault(name.casefold(), name)
        if len(names) >= config.max_tags:
            break
    return tuple(names.values())


def _listed(value: Any, depth: int = 0) -> Iterator[str]:
    """The items of a list, each whole: a comma in one is part of it. A string with commas is a list,
    unless it is one of JSON or its items are in quotes; then they say where each ends."""
    if isinstance(value, (list, tuple)):
        if depth < _MAX_DEPTH:
            for item in value:
                yield from (as_text(item),) if isinstance(item, str) else _listed(item, depth + 1)
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


def _language(text: str) -> str:
    """Read `ur`, `Urdu`, `ur-PK`, `en_US`. Urdu in Latin letters (`ur-Latn`) is for detection."""
    parts = re.split(r"[-_\s(]+", text.casefold().strip())
    if "latn" in parts or "roman" in parts:
        return ""
    code = _LANGUAGE_NAMES.get(parts[0], parts[0])
    return code if code in LANGUAGES else ""


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
