"""Where the fields of an article are in nested data: dumps of search engines and databases, answers of
news services, and trees of blocks that editors keep a text in.

    {"hits": {"hits": [{"_id": "1", "_source": {...}}]}}      {"data": {"article": {...}}}
    {"content": {"model": {"blocks": [...]}}}                 {"body": {"sections": [{"paragraphs": [...]}]}}

Nothing here knows a service by its name: objects are looked into for what an article has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from index.readers.columns.names import SUMMARY, letters, place_of
from index.readers.columns.trees import is_piece, is_text

Fields = Mapping[str, Any]

_CONTAINERS_NAMES = (
    "data article item news post story record row document doc fields attributes node result "
    "payload meta metadata properties info head header jsonld ldjson og yoastheadjson thread"
)
CONTAINERS = frozenset(_CONTAINERS_NAMES.split())
"""Names of objects (by `letters`) in which fields of the article itself stand."""
_BESIDE_NAMES = (
    "related relatedarticles relatedposts recommended comments replies trending popular mostread ads links users "
    "images pictures photos videos media authors contributors tags categories keywords topics sections "
    "breadcrumb breadcrumbs entities suggestions blocks paragraphs nodes children"
)
BESIDE = frozenset(_BESIDE_NAMES.split())
"""Names of lists beside an article: not articles of this file."""
_OF_AN_ANSWER = ("name", "message", "detail", "details")  # {"message": "success", "data": [...]}
_PATH = re.compile(r"[^\W\d][\w$-]*(?:\.[\w$-]+){1,5}")
_SITES = ("feed", "channel", "site")
_ADDRESS = re.compile(r"https?://", re.I)
DAY = re.compile(r"(?:18|19|20)\d\d([-/.]?)\d\d\1\d\d")
_PROSE = 80
_MAX_WRAPPING = 4  # {"response": {"data": {"articles": [...]}}}
_ARTICLE_TYPES = ("article", "posting", "report", "review")
_ENOUGH = 20


def flat(
    fields: Fields, settled: Mapping[str, str] | None = None, around: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The fields of a record by their paths: its own, then those in objects that are part of it, or that
    a path of `settled` (by `letters`) leads into."""
    inner: list[tuple[str, Fields]] = []
    for key, value in fields.items():
        path = (*around, str(key))
        if isinstance(value, list) and len(value) == 1 and letters(str(key)) in CONTAINERS:
            value = value[0]  # {"data": [{"post": "..."}]}
        if isinstance(value, Mapping) and _is_looked_into(path, value, settled):
            inner.append((str(key), value))
        else:
            yield path, value
    for key, value in inner:
        yield from flat(value, settled, (*around, key))


def _is_looked_into(
    path: tuple[str, ...], value: Fields, settled: Mapping[str, str] | None
) -> bool:
    if len(path) > _MAX_WRAPPING:
        return False
    if settled:
        start = letters(".".join(path))
        if any(name != start and name.startswith(start) for name in settled):
            return True
    return len(path) <= 2 and letters(path[-1]) in CONTAINERS and _is_part(value)


def _is_part(value: Fields) -> bool:
    """Whether an object holds fields of its own: `{"source": {"id": 3, "name": "Dawn"}}` is one value."""
    known = [place_of(str(key), {}) for key in value]
    return sum(place is not None for place in known) > ("name" in value) + ("id" in value)


def record(fields: Fields, depth: int = 0) -> Fields:
    """The article in what is around one: a hit of a search engine, an object with nothing but it."""
    if isinstance(found := fields.get("_source"), Mapping):
        return {"_id": fields.get("_id"), **found}
    if isinstance(found := fields.get("_embedded"), Mapping):
        return {**fields, **_embedded(found)}
    if told := _told_in_blocks(fields):
        return _of_blocks(told, _blocks_of(told))
    if depth < _MAX_WRAPPING and not has_text(fields):
        inner = [value for value in fields.values() if isinstance(value, Mapping)]
        found = [each for value in inner if is_article(each := record(value, depth + 1))]
        if len(found) == 1:
            outer = {key: value for key, value in fields.items() if not isinstance(value, Mapping)}
            return {**outer, **found[0]}
    return fields


def _embedded(resources: Fields) -> dict[str, Any]:
    """Author and tags of an article that has only their numbers, of the resources that came with it (HAL, WordPress)."""
    found: dict[str, Any] = {}
    for name, value in resources.items():
        items = (
            [each for part in value for each in (part if isinstance(part, list) else [part])]
            if isinstance(value, list)
            else []
        )
        names = [
            each["name"]
            for each in items
            if isinstance(each, Mapping) and isinstance(each.get("name"), str)
        ]
        if names and letters(name) == "author":
            found["author"] = "، ".join(names)
        elif names and letters(name) in ("wpterm", "tags", "categories"):
            found["tags"] = names
    return found


def nested(fields: Fields) -> Fields:
    """The objects that a table was made of, whose columns are named by paths: `source.name`."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        *outer, last = name.split(".") if _PATH.fullmatch(name) else (name,)
        inner = found
        for each in outer:
            there = inner.setdefault(each, {})
            if not isinstance(there, dict):
                inner, last = found, name
                break
            inner = there
        inner.setdefault(last, value)
    return found


def _is_answer(name: str, value: Any) -> bool:
    """Whether a service says by this how it went; a message may be an article, too."""
    return letters(name) in _OF_AN_ANSWER and not (isinstance(value, str) and len(value) >= _PROSE)


def has_text(fields: Fields) -> bool:
    """Whether an object is an article: it has a title or a text, itself or in a part of it."""
    return any(
        value and not _is_answer(path[-1], value) and _field(path[-1]) in ("title", "body")
        for path, value in flat(fields)
    )


def articles(data: Fields, depth: int = 0) -> list[Any] | None:
    """The articles that an object around them holds, in one list or in several; None when it is an
    article itself, or nothing of the kind."""
    if is_article(data):
        return None
    found: list[Any] = []
    graph = data.get("@graph")
    if isinstance(graph, list) and any(map(_is_typed_article, graph)):
        return [each for each in graph if _is_typed_article(each)]
    for key, value in data.items():
        name = letters(str(key))
        if isinstance(value, list) and name not in BESIDE and _is_list_of_articles(value, depth):
            found += _with_what_is_around(str(key), data, value)
    if found:
        return found
    for value in data.values():
        if isinstance(value, Mapping) and depth < _MAX_WRAPPING:
            inner = articles(value, depth + 1) or ()
            found += _from_site(_site(data), inner) if inner else inner
    return found or None


def is_article(data: Fields) -> bool:
    """Whether an object has a text of its own; a feed has a title and articles, and a piece of a text is
    marked as one."""
    if is_piece(data):
        return False
    if _told_in_blocks(data) or isinstance(data.get("_source"), Mapping):
        return True
    for path, value in flat(data):
        place = place_of(path[-1], {})
        is_body = place and place[1] == "body" and place[0] < SUMMARY and is_text(value)
        if is_body and value and not _is_answer(path[-1], value):
            return True
    return False


def _is_list_of_articles(value: list[Any], depth: int) -> bool:
    """Whether a list holds objects with text, or some that hold such."""
    heads = [item for item in value[:_ENOUGH] if isinstance(item, Mapping)]
    return any(has_text(record(item)) for item in heads) or (
        depth < _MAX_WRAPPING and any(articles(item, depth + 1) for item in heads)
    )


def _is_typed_article(item: Any) -> bool:
    types = item.get("@type") if isinstance(item, Mapping) else None
    return any(
        str(each).lower().endswith(_ARTICLE_TYPES)
        for each in (types if isinstance(types, list) else [types])
    )


def _with_what_is_around(key: str, around: Fields, items: list[Any]) -> list[Any]:
    """The articles of a list with what the object around it says of them: whose they are, of what day."""
    site = _site(around)
    if letters(key) == "messages" and isinstance(around.get("name"), str):  # a chat: its channel
        site = {"sitename": around["name"]}
        items = [each for each in items if not _is_service(each)]
    return _from_site(site | ({"date": key} if DAY.fullmatch(key) else {}), items)


def _is_service(message: Any) -> bool:
    return isinstance(message, Mapping) and message.get("type") == "service"


def _from_site(site: Fields, items: Iterable[Any]) -> list[Any]:
    return [{**site, **each} if isinstance(each, Mapping) else each for each in items]


def _site(around: Fields) -> dict[str, Any]:
    """The name and the language of the site that an object around articles is of: it has a title and an
    address."""
    for each in (around, *map(around.get, _SITES)):
        values = each.values() if isinstance(each, Mapping) else ()
        if isinstance(each, Mapping) and any(
            isinstance(value, str) and _ADDRESS.match(value) for value in values
        ):
            name = each.get("title") or each.get("name")
            if isinstance(name, str):
                lang = each.get("language")
                return {"sitename": name} | ({"lang": lang} if isinstance(lang, str) else {})
    return {}


def is_name(key: str, names: frozenset[str]) -> bool:
    """Whether a key is one of these names, which are as `letters` has them."""
    return letters(key) in names


def _field(key: str) -> str:
    place = place_of(key, {})
    return place[1] if place else ""


def _blocks_of(fields: Fields) -> list[Any]:
    """The blocks of a tree in which a page keeps its text as `content.model.blocks`."""
    content = fields.get("content")
    model = content.get("model") if isinstance(content, Mapping) else None
    blocks = model.get("blocks") if isinstance(model, Mapping) else None
    return blocks if isinstance(blocks, list) else []


def _told_in_blocks(fields: Fields, depth: int = 0) -> Fields | None:
    """The object in this one, or itself, that has such blocks."""
    if _blocks_of(fields):
        return fields
    if depth > _MAX_WRAPPING:
        return None
    inner = (each for each in fields.values() if isinstance(each, Mapping))
    return next((told for each in inner if (told := _told_in_blocks(each, depth + 1))), None)


_FACTS = {
    "date": ("firstPublished", "lastPublished", "lastUpdated", "timestamp"),
    "lang": ("language", "lang"),
    "url": ("canonicalUrl", "assetUri", "url"),
}


def _of_blocks(fields: Fields, blocks: list[Any]) -> Fields:
    """An article as it is told by its blocks, and by the metadata beside them."""
    title = next((_model_text(each) for each in blocks if _type(each) == "headline"), "")
    paragraphs = [
        each for each in blocks if _type(each) in ("text", "subheadline", "unorderedList")
    ]
    stamped = next((each.get("model") for each in blocks if _type(each) == "timestamp"), None)
    around = [stamped, fields.get("metadata"), fields.get("promo")]
    found: dict[str, Any] = {"title": title, "body": [_model_text(each) for each in paragraphs]}
    for field, names in _FACTS.items():
        values = (_deep(part, name) for name in names for part in around)
        found[field] = next((value for value in values if value), None)
    labels = [_deep(each, "thingLabel") for each in _deep(fields.get("metadata"), "about") or ()]
    found["tags"] = [label for label in labels if label]
    found["source"] = _deep(fields.get("metadata"), "siteName")
    if not title:
        found["title"] = _deep(fields.get("promo"), "headline")
    rest = {key: value for key, value in fields.items() if key not in ("content", "promo", *found)}
    return {**found, **rest}


def _type(block: Any) -> str:
    return str(block.get("type", "")) if isinstance(block, Mapping) else ""


def _model_text(block: Any, depth: int = 0) -> str:
    """The text of a block: its own, or that of the blocks in it."""
    model = block.get("model") if isinstance(block, Mapping) else None
    if not isinstance(model, Mapping) or depth > 8:
        return ""
    if isinstance(text := model.get("text"), str) and text:
        return text
    inner = model.get("blocks")
    texts = [_model_text(each, depth + 1) for each in inner] if isinstance(inner, list) else []
    is_line = _type(block) in ("paragraph", "fragment", "urlLink")
    return ("" if is_line else "\n\n").join(filter(None, texts))


def _deep(value: Any, name: str, depth: int = 0) -> Any:
    """The first value of this name in an object or in one that it holds."""
    if not isinstance(value, Mapping) or depth > 3:
        return None
    if value.get(name):
        return value[name]
    inner = (_deep(each, name, depth + 1) for each in value.values())
    return next((found for found in inner if found), None)
