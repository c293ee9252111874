"""JSON and JSON Lines: an article, a list of articles, or an object around such lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from index.errors import InputError
from index.readers.columns.shapes import articles, record
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import Lines, decoded
from index.readers.guessing import with_guessed_columns
from index.readers.records import BadRecord, Note, Record

_Items = Iterator[Record | BadRecord | Note]
_ACTIONS = ("index", "create", "update", "delete")


def read_json(content: Content, config: ReaderConfig) -> _Items:
    """Read a JSON file, or JSON Lines under the name of one."""
    whole = decoded(content.read(config))
    try:
        data = _loads(whole.text)
    except InputError:
        if not _is_lines(whole.text):
            raise
        del whole
        yield from read_json_lines(content, config)
        return
    yield from whole.notes()
    del whole
    if isinstance(data, Mapping):
        found = articles(data)
        if found is None:
            yield Record(0, record(data))
            return
        data = found
    if not isinstance(data, list):
        raise InputError("holds neither an object nor a list of objects")
    yield from with_guessed_columns(_records(data), config)


def read_json_lines(content: Content, config: ReaderConfig) -> _Items:
    """Read one object a line. A line that cannot be read is reported; blank lines do not count."""
    with content.open(config) as stream:
        lines = Lines(stream, config.max_record_chars)
        first = next((line for line in lines if line.text.strip() or lines.problem), None)
        if first is not None and first.text.lstrip().startswith("["):
            whole = _whole_list(content, config)
            if whole is not None:
                yield from with_guessed_columns(_records(whole), config)
                return
        if first is not None:
            read = _of_lines(chain([first], lines), lines)
            yield from with_guessed_columns(read, config)


def _of_lines(texts: Iterable[Any], lines: Lines) -> _Items:
    """Records of lines; `lines` says where the last of the texts stood."""
    number, document_id = 0, None
    for line in texts:
        if not line.text.strip() and not lines.problem:
            continue
        try:
            if lines.problem:
                raise lines.problem
            data = _loads(line.text)
        except InputError as error:
            number += 1
            yield BadRecord(number, f"line {lines.number:,}: {error.message}")
            continue
        if (action := _action(data)) is not None:  # the next line is what it is about
            document_id = action.get("_id")
            continue
        number += 1
        yield from line.notes(number)
        if document_id is not None and isinstance(data, Mapping):
            data = {"_id": document_id, **data}
        document_id = None
        yield from _records([data], number)


def _action(data: Any) -> Mapping[str, Any] | None:
    """What a line of a bulk file for a search engine says of the next one, if it is one."""
    if not isinstance(data, Mapping) or len(data) != 1:
        return None
    ((name, about),) = data.items()
    is_action = name in _ACTIONS and isinstance(about, Mapping)
    return about if is_action and all(key.startswith("_") for key in about) else None


def _records(items: Iterable[Any], first: int = 1) -> Iterator[Record | BadRecord]:
    for number, item in enumerate(items, first):
        if isinstance(item, Mapping):
            yield Record(number, record(item))
        else:
            yield BadRecord(number, f"not an object but {_kind(item)}")


def _whole_list(content: Content, config: ReaderConfig) -> list[Any] | None:
    """Read a `.jsonl` that is in truth one JSON list, as some tools write it."""
    try:
        data = _loads(decoded(content.read(config)).text)
    except InputError:
        return None
    return (
        data if isinstance(data, list) and any(isinstance(item, Mapping) for item in data) else None
    )


def _is_lines(text: str) -> bool:
    """Whether a text has several lines, the first of which is an object by itself."""
    first, _, rest = text.strip().partition("\n")
    try:
        return bool(rest) and isinstance(_loads(first), Mapping)
    except InputError:
        return False


def _loads(text: str) -> Any:
    """Parse JSON as it comes: NaN becomes null, raw line breaks in strings are let pass."""
    try:
        return json.loads(
            text.strip().lstrip("\ufeff"), parse_constant=lambda _: None, strict=False
        )
    except RecursionError:
        raise InputError("JSON nested too deeply") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno:,}, column {error.colno:,}"
        raise InputError(f"not valid JSON: {error.msg.lower()} ({place})") from None
    except ValueError:  # Python's own bound: reading digits takes the square of their number
        raise InputError("a number in it has thousands of digits") from None


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
