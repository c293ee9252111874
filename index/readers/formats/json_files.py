"""JSON and JSON Lines: an article, a list of articles, or an object around one such list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import decode, decode_lines
from index.readers.records import BadRecord, Record

_TEXTS = ("body", "text", "content", "article", "title", "headline")
_MAX_WRAPPING = 3  # {"response": {"data": {"articles": [...]}}}


def read_json(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord]:
    """Read a JSON file, or JSON Lines under the name of one."""
    text = decode(content.read(config))
    try:
        data = _loads(text)
    except InputError as error:
        lines = text.strip().split("\n", 2)
        if len(lines) < 2 or not _is_object(lines[0]):
            raise
        del text, lines, error
        yield from read_json_lines(content, config)
        return
    if isinstance(data, Mapping):
        found = _find_list(data, 0)
        if found is None:
            yield Record(0, data)
            return
        data = found
    if not isinstance(data, list):
        raise InputError("holds neither an object nor a list of objects")
    yield from _records(data)


def read_json_lines(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord]:
    """Read one object a line. A line that cannot be read is reported; blank lines do not count."""
    raw = content.read(config)
    number = 0
    for position, line in enumerate(decode_lines(raw), 1):
        if isinstance(line, str) and not line.strip():
            continue
        if number == 0 and isinstance(line, str) and line.lstrip().startswith("["):
            whole = _whole_list(raw)
            if whole is not None:
                yield from _records(whole)
                return
        number += 1
        try:
            if isinstance(line, InputError):
                raise line
            data = _loads(line)
        except InputError as error:
            yield BadRecord(number, f"line {position:,}: {error.message}")
        else:
            yield from _records([data], number)


def _records(items: list[Any], first: int = 1) -> Iterator[Record | BadRecord]:
    for number, item in enumerate(items, first):
        if isinstance(item, Mapping):
            yield Record(number, item)
        else:
            yield BadRecord(number, f"not an object but {_kind(item)}")


def _find_list(data: Mapping[str, Any], depth: int) -> list[Any] | None:
    """Find the list of articles in an object around it; None when it is an article itself."""
    if any(isinstance(data.get(key), str) for key in _TEXTS[:4]):
        return None
    lists = [value for value in data.values() if _is_list_of_articles(value)]
    if len(lists) > 1:
        raise InputError("holds several lists of objects.", hint="Keep one list in a file.")
    if lists:
        return list(lists[0])
    inner = [value for value in data.values() if isinstance(value, Mapping)]
    if len(inner) == 1 and depth < _MAX_WRAPPING and not any(key in data for key in _TEXTS):
        return _find_list(inner[0], depth + 1)
    return None


def _is_list_of_articles(value: Any) -> bool:
    """Whether a list holds objects with text; an article's pictures are objects too."""
    if not isinstance(value, list):
        return False
    heads = [item for item in value[:20] if isinstance(item, Mapping)]
    return any(str(key).lower() in _TEXTS for item in heads for key in item)


def _whole_list(raw: bytes) -> list[Any] | None:
    """Read a `.jsonl` that is in truth one JSON list, as some tools write it."""
    try:
        data = _loads(decode(raw))
    except InputError:
        return None
    return (
        data if isinstance(data, list) and any(isinstance(item, Mapping) for item in data) else None
    )


def _is_object(line: str) -> bool:
    try:
        return isinstance(_loads(line), Mapping)
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
