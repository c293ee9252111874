"""JSON and JSON Lines: an article, a list of articles, or an object around such lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from index.errors import InputError
from index.readers.columns.loose_json import loads, objects_in
from index.readers.columns.shapes import BESIDE, articles, is_article, is_name, record
from index.readers.columns.tables import rows_of
from index.readers.columns.trees import written_value
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import Lines, decoded
from index.readers.guessing import with_guessed_columns
from index.readers.records import BadRecord, Note, Record

_Items = Iterator[Record | BadRecord | Note]
_ACTIONS = ("index", "create", "update", "delete")
_MAX_DEPTH = 4  # lists in lists, answers in a list


def read_json(content: Content, config: ReaderConfig) -> _Items:
    """Read a JSON file, or JSON Lines under the name of one."""
    whole = decoded(content.read(config))
    try:
        data = loads(whole.text)
    except InputError as error:
        if _is_lines(whole.text):
            del whole
            yield from read_json_lines(content, config)
            return
        data = _whole_articles(whole.text)
        if not data:
            raise
        yield Note(f"{error.message}: what is whole in it was read")
    yield from whole.notes()
    del whole
    if isinstance(data, Mapping) and _inside(data) is None:
        yield Record(0, record(data))
        return
    if not isinstance(data, (Mapping, list)):
        raise InputError("holds neither an object nor a list of objects")
    yield from with_guessed_columns(_records([data]), config)


def read_json_lines(content: Content, config: ReaderConfig) -> _Items:
    """Read one object a line. A line that cannot be read is reported; blank lines do not count."""
    with content.open(config) as stream:
        lines = Lines(stream, config.max_record_chars)
        first = next((line for line in lines if line.text.strip() or lines.problem), None)
        if first is not None and not first.text.rstrip(" ,\r").endswith(("}", "]", '"')):
            whole = _not_lines(content, config)
            if whole is not None:
                yield from with_guessed_columns(_records([whole]), config)
                return
        if first is not None:
            read = _of_lines(chain([first], lines), lines)
            yield from with_guessed_columns(read, config)


def _of_lines(texts: Iterable[Any], lines: Lines) -> _Items:
    """Records of lines; `lines` says where the last of the texts stood."""
    number, document_id = 0, None
    for line in texts:
        text = line.text.strip().rstrip(",")
        if text in ("", "[", "]") and not lines.problem:
            continue
        try:
            if lines.problem:
                raise lines.problem
            data = _of_line(text)
        except InputError as error:
            number += 1
            yield BadRecord(number, f"line {lines.number:,}: {error.message}")
            continue
        if (action := _action(data)) is not None:  # the next line is what it is about
            document_id = action.get("_id")
            continue
        yield from line.notes(number + 1)
        if document_id is not None and isinstance(data, Mapping):
            data = {"_id": document_id, **data}
        document_id = None
        for item in _records([data], number + 1):
            number += 1
            yield item


def _of_line(text: str) -> Any:
    """The value of a line, or the objects that stand one after another on it."""
    try:
        return loads(text)
    except InputError as error:
        if "extra data" not in error.message:
            raise
        return list(objects_in(text))


def _action(data: Any) -> Mapping[str, Any] | None:
    """What a line of a bulk file for a search engine says of the next one, if it is one."""
    if not isinstance(data, Mapping) or len(data) != 1:
        return None
    ((name, about),) = data.items()
    is_action = name in _ACTIONS and isinstance(about, Mapping)
    return about if is_action and all(key.startswith("_") for key in about) else None


def _records(items: Iterable[Any], first: int = 1) -> Iterator[Record | BadRecord]:
    for number, item in enumerate(_each(items), first):
        if isinstance(item, Mapping):
            yield Record(number, record(item))
        else:
            yield BadRecord(number, f"not an object but {_kind(item)}")


def _each(items: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """The articles in values that are articles, or hold some."""
    for item in items:
        inner = _inside(item) if depth < _MAX_DEPTH else None
        yield from (item,) if inner is None else _each(inner, depth + 1)


def _inside(item: Any) -> list[Any] | None:
    """What a value holds: the rows of a table, the articles of an answer; None where it is one itself."""
    if isinstance(item, str):
        return None if (value := written_value(item)) is None else [value]
    if (rows := rows_of(item)) is not None:
        return list(rows)
    if isinstance(item, Mapping):
        return articles(item) or (None if is_article(item) else _tables_in(item))
    is_list = isinstance(item, list) and any(isinstance(each, (Mapping, list)) for each in item)
    return item if is_list else None


def _tables_in(item: Mapping[str, Any]) -> list[Any] | None:
    """The rows of the tables in an object: a dump has its collections under their names."""
    tables = (rows_of(value) for key, value in item.items() if not is_name(str(key), BESIDE))
    return [row for rows in tables if rows for row in rows] or None


def _whole_articles(text: str) -> list[Any]:
    """The objects in a text that is no JSON which are articles, or hold some."""
    return [each for each in objects_in(text) if is_article(record(each)) or _inside(each)]


def _not_lines(content: Content, config: ReaderConfig) -> Any:
    """Read a `.jsonl` that is in truth one JSON value, or several over many lines; None if it is not."""
    try:
        text = decoded(content.read(config)).text
    except InputError:
        return None
    try:
        data = loads(text)
    except InputError:
        return None if _is_lines(text) else _whole_articles(text) or None
    return data if isinstance(data, (list, Mapping)) else None


def _is_lines(text: str) -> bool:
    """Whether a text has several lines, the first of which is an object by itself."""
    first, _, rest = text.strip().lstrip("[").lstrip().partition("\n")
    try:
        return bool(rest) and isinstance(loads(first.strip().rstrip(",")), (Mapping, str))
    except InputError:
        return False


def _kind(value: Any) -> str:
    """Name a JSON value as people do who do not write Python."""
    if value is None:
        return "null"
    names = {
        str: "a string",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
    }
    return names.get(type(value), "something else")
