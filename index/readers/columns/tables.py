"""Tables that programs write as JSON: by column, by key, or as names and rows.

{"title": {"0": "...", "1": "..."}, "text": {"0": "...", "1": "..."}}      by column, as pandas does
{"columns": ["title", "text"], "data": [["...", "..."], ["...", "..."]]}     names and rows
{"101": {"title": "...", "text": "..."}, "102": {...}}                      by id, day or address
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from index.readers.columns.languages import are_languages
from index.readers.columns.names import field_of
from index.readers.columns.shapes import BESIDE, CONTAINERS, DAY, Fields, has_text, is_name

_NAMES = ("columns", "fields", "header", "headers", "names")
_ROWS = ("data", "rows", "values", "records")

_ADDRESS = re.compile(r"https?://\S+", re.I)
_ALIKE = 0.5


def rows_of(data: Any) -> list[Fields] | None:
    """The rows of a table; None where the value is none."""
    if isinstance(data, Mapping):
        for names in filter(None, map(data.get, _NAMES)):
            for rows in filter(None, map(data.get, _ROWS)):
                if (found := _under(_as_names(names), rows)) is not None:
                    return found
        return _by_column(data) or _by_key(data)
    if isinstance(data, list) and len(data) > 1:
        return _under(_as_names(data[0]), data[1:])
    return None


def key_of(key: str) -> dict[str, str]:
    """What a key says of the article under it: its day, its address, or else its id."""
    if DAY.fullmatch(key):
        return {"date": key}
    return {"url": key} if _ADDRESS.fullmatch(key) else {"id": key}


def _as_names(value: Any) -> list[str]:
    """Names of columns, given as such or as objects that have one; none where a text is not among them."""
    if not isinstance(value, list):
        return []
    names = [each.get("name") if isinstance(each, Mapping) else each for each in value]
    known = {field_of(each) for each in names if isinstance(each, str)}
    return list(map(str, names)) if known & {"title", "body"} else []


def _under(names: Sequence[str], rows: Any) -> list[Fields] | None:
    if not names or not isinstance(rows, list):
        return None
    if not all(isinstance(row, list) and len(row) <= len(names) for row in rows):
        return None
    return [dict(zip(names, row, strict=False)) for row in rows]


def _by_column(data: Fields) -> list[Fields] | None:
    """Columns of as many values each, told apart by the same keys or by their order."""
    columns: dict[str, Mapping[Any, Any]] = {}
    for name, value in data.items():
        if isinstance(value, list) and len(value) > 1:
            value = dict(enumerate(value))
        if not isinstance(value, Mapping) or not value:
            return None
        columns[name] = value
    if len(columns) < 2 or len(set(map(tuple, columns.values()))) > 1:
        return None
    texts = [column for name, column in columns.items() if field_of(name) in ("title", "body")]
    if (
        not texts
        or are_languages(texts[0])
        or not all(isinstance(cell, str) for column in texts for cell in column.values())
    ):
        return None
    return [{name: column[key] for name, column in columns.items()} for key in texts[0]]


def _by_key(data: Fields) -> list[Fields] | None:
    """Articles of one shape under keys that are no names."""
    values = list(data.values())
    if len(values) < 2 or not all(isinstance(each, Mapping) and has_text(each) for each in values):
        return None
    if are_languages(data) or any(
        field_of(key) or is_name(key, CONTAINERS | BESIDE) for key in data
    ):
        return None
    shared = set(values[0]).intersection(*values[1:])
    if len(shared) < 2 or len(shared) < _ALIKE * len(set().union(*values)):
        return None
    return [{**key_of(str(key)), **value} for key, value in data.items()]
