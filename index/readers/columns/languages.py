"""Articles that are told in several languages in one record: values by language are one article each.

{"title": {"ur": "...", "en": "..."}, "body": {"ur": "...", "en": "..."}, "date": "..."}
{"title": [{"@language": "ur", "@value": "..."}, {"@language": "en", "@value": "..."}], ...}
{"date": "...", "ur": {"title": "...", "body": "..."}, "en": {"title": "...", "body": "..."}}
{"title": "...", "body": "...", "translations": [{"lang": "en", "title": "...", "body": "..."}]}
title_ur, title_en, body_ur, body_en, date                                        (columns of a table)

An article has one language: its words are stemmed by it, and it is found and shown by it. What belongs to no
language (day, address, id) is every article's. Of a text in one language whose headline stands in several, the
headline of that language is its own; the others are kept under their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from index.readers.columns.names import letters, place_of
from index.readers.columns.shapes import CONTAINERS, Fields, has_text
from index.readers.columns.trees import tree_text
from index.text.language import detect
from index.text.language_codes import language_code

_KNOWN = "ur en ar fa hi ps sd pa bn ks skr bal tr fr de es zh ru"
_CODES = frozenset(_KNOWN.split())
"""Codes that may stand in the name of a column; others are words, too (`text_id`)."""
_NAME = re.compile(r"[A-Za-z]{4,}|[^\W\d_a-zA-Z]{3,}")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+")
_KEY = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?|[^\W\d_]{3,12}")
_LANGUAGE = ("lang", "language", "@language", "locale", "languagecode", "langcode", "xmllang")
_VALUE = ("@value", "value", "text", "rendered", "content", "#text")
_TRANSLATION_NAMES = "translations translation i18n languages locales localized localizations"
_TRANSLATIONS = frozenset(_TRANSLATION_NAMES.split())
_MOST = 12
_TEXTS = ("title", "body")
_OF_ONE = (*_TEXTS, "lang")
"""Fields that an article in one language does not share with its translations."""


def by_language(fields: Fields) -> list[Fields]:
    """The articles of a record, one a language; most have one, which is the record as it is."""
    nested = any(isinstance(value, (dict, list)) for value in fields.values())
    if not nested and not _marked(tuple(fields)):
        return [fields]
    if told := list(_tellings(fields)):
        around = {name for name, _, _ in told}
        rest = {name: value for name, value in fields.items() if name not in around}
        own = [rest] if has_text(rest) else []
        common = {name: value for name, value in rest.items() if _field(name) not in _OF_ONE}
        return own + [
            {**(common if own else rest), **inner, "lang": code} for _, code, inner in told
        ]
    for name, value in fields.items():
        if isinstance(value, Mapping) and letters(name) in CONTAINERS and _values(value)[0]:
            outer = {other: each for other, each in fields.items() if other != name}
            return [{**outer, **each} for each in by_language(value)]
    values, shared = _values(fields)
    return _articles(values, shared) if values else [fields]


def are_languages(keys: Iterable[Any]) -> bool:
    """Whether keys are all languages, one of them at least of those that no other word is."""
    codes = [_code(key) for key in keys]
    return bool(codes) and all(codes) and not _CODES.isdisjoint(codes)


def _tellings(fields: Fields) -> Iterator[tuple[str, str, Fields]]:
    """Whole articles under languages: the name of the field, the language, and what is in it."""
    inner = {name: value for name, value in fields.items() if isinstance(value, Mapping)}
    whole = [name for name in inner if _code(name) and has_text(inner[name])]
    if len(whole) > 1 and are_languages(whole):
        yield from ((name, _code(name), inner[name]) for name in whole)
        return
    for name, value in fields.items():
        pairs: Iterable[tuple[str, Any]] = ()
        if isinstance(value, Mapping) and letters(name) in _TRANSLATIONS:
            pairs = ((_code(key), each) for key, each in value.items())
        elif isinstance(value, list) and letters(name) in _TRANSLATIONS:
            pairs = ((_own_code(each), each) for each in value)
        for code, each in islice(pairs, _MOST):
            if code and isinstance(each, Mapping) and has_text(each):
                yield name, code, each


_Values = dict[str, dict[str, Any]]
"""Values of fields by language, then by name; those of "" are of a language that no name says."""


def _values(fields: Fields) -> tuple[_Values, dict[str, Any]]:
    """The values that are of a language, if a title or a text is; and those that are of none."""
    marked = _marked(tuple(fields))
    found: _Values = {}
    shared: dict[str, Any] = {}
    several = False
    for name, value in fields.items():
        by_code = _by_code(value) if isinstance(value, (Mapping, list)) else {}
        if by_code and (len(by_code) > 1 or _field(name) in _TEXTS):
            several = several or _field(name) in _TEXTS
            for code, each in by_code.items():
                found.setdefault(code, {})[name] = each
        elif name in marked and value not in (None, ""):
            several = several or _field(name) in _TEXTS
            found.setdefault(marked[name], {})[name] = value
        elif marked and _field(name) in _TEXTS and value not in (None, ""):
            found.setdefault("", {})[name] = value
        else:
            shared[name] = value
    return (found, shared) if several else ({}, {})


def _articles(values: _Values, shared: Fields) -> list[Fields]:
    """One article for each language with a text, or with a headline where there is no text at all."""
    unsaid = _text(values.get("", {}), "body") or _text(values.get("", {}), "title")
    if unsaid and (code := detect(unsaid)) in values:
        values[code] = {**values.pop(""), **values[code]}
    codes = [code for code in values if _text(values[code], "body")]
    text = _text(shared, "body") if not codes else ""
    if text:  # its headline alone stands in several languages
        code = detect(text)
        codes = [code if code in values else next(iter(values))]
    codes = codes or [code for code in values if _text(values[code], "title")]
    rest = {
        name if name not in values[codes[0]] else f"{name} ({code})": value
        for code in values
        for name, value in values[code].items()
        if codes and code not in codes
    }
    found: list[Fields] = []
    for code in codes:
        lang = {"lang": code} if code and not text else {}
        found.append({**shared, **lang, **values[code], **rest})
        rest = {}
    return found


def _text(values: Fields, field: str) -> str:
    """The text of a field among values of one language: one that is no summary before one that is."""
    ranked = [
        (place[0], value)
        for name, value in values.items()
        if (place := place_of(name, {})) and place[1] == field
    ]
    return next((text for _, value in sorted(ranked, key=lambda each: each[0]) if (text := tree_text(value))), "")  # fmt: skip


def _by_code(value: Any) -> dict[str, Any]:
    """The values by language in an object whose keys are languages, or in a list whose items name theirs."""
    if isinstance(value, Mapping):
        if not 0 < len(value) <= _MOST or not all(isinstance(each, (str, list, type(None))) for each in value.values()):  # fmt: skip
            return {}
        pairs: list[tuple[str, Any]] = [(_code(key), each) for key, each in value.items()]
    else:
        if not 1 < len(value) <= _MOST or not all(isinstance(each, Mapping) for each in value):
            return {}
        pairs = [(_own_code(each), _own_value(each)) for each in value]
    found = dict(pairs)
    return found if len(found) == len(value) and are_languages(found) else {}


def _own_code(item: Any) -> str:
    """The language that an object says it is in."""
    for name, value in item.items() if isinstance(item, Mapping) else ():
        if letters(str(name)) in _LANGUAGE or name in _LANGUAGE:
            return language_code(value) if isinstance(value, str) else ""
    return ""


def _own_value(item: Fields) -> Any:
    return next((item[name] for name in _VALUE if isinstance(item.get(name), str)), None)


def _code(key: Any) -> str:
    return language_code(key) if isinstance(key, str) and _KEY.fullmatch(key) else ""


@lru_cache(maxsize=256)
def _marked(names: tuple[str, ...]) -> Mapping[str, str]:
    """The languages in the names of columns, where they part texts: one has several, or one without a name beside."""
    found: dict[str, str] = {}
    bare: dict[str, set[str]] = {}
    for name in names:
        if not isinstance(name, str) or _field(name) == "":
            continue
        code, rest = _parted(name)
        if code:
            found[name] = code
        bare.setdefault(rest, set()).add(code)
    parts = any(len(codes) > 1 and _field(rest) in _TEXTS for rest, codes in bare.items())
    return found if parts else {}


def _parted(name: str) -> tuple[str, str]:
    """The language in the name of a column, and the letters of its name without it."""
    words = _PARTS.findall(name)
    for place in (-1, 0) if len(words) > 1 else ():
        word = words[place].lower()
        code = word if word in _CODES else language_code(word) if _NAME.fullmatch(word) else ""
        rest = words[:-1] if place else words[1:]
        if code and _field(" ".join(rest)):
            return code, "".join(rest).lower()
    return "", "".join(words).lower()


def _field(name: str) -> str:
    place = place_of(str(name), {})
    return place[1] if place else ""
