"""The text of a tree of blocks, as editors and scrapers keep one.

{"sections": [{"headline": "...", "paragraphs": ["...", "..."]}]}
{"blocks": [{"type": "paragraph", "data": {"text": "..."}}]}
["plain, ", {"type": "bold", "text": "bold"}, " and plain"]
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_TEXT = ("rendered", "processed", "text", "value", "html", "#text", "@value")
_BELOW_WORDS = (
    "summary sections section headline heading headlines paragraphs paragraph blocks content contents "
    "children body items data model nodes"
)
_BELOW = frozenset(_BELOW_WORDS.split())
"""Where a node keeps what is below it."""
_NOT_TEXT_WORDS = (
    "image img figure picture photo video media caption embed gallery ad advert iframe script"
)
_NOT_TEXT = frozenset(_NOT_TEXT_WORDS.split())
_INLINE_WORDS = (
    "text fragment link text_link urllink bold italic underline strikethrough mention hashtag cashtag "
    "email phone url strong em plain code spoiler"
)
_INLINE = frozenset(_INLINE_WORDS.split())
"""Types of nodes that are pieces of a line."""
_OF_ARTICLES = frozenset(("title", "headline", "date", "url", "published", "created_at"))
_CALL = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b(?:datetime\.)?(?:datetime|date)\("""
    r"""(?P<day>\d{4}, ?\d{1,2}, ?\d{1,2})[^()]{0,100}\)"""
    r"""|\b(?:Timestamp|ObjectId|Decimal|UUID)\((?P<text>'[^']*'|"[^"]*")[^()]{0,100}\)"""
)
"""Strings, and calls that Python prints for days, ids and numbers."""
_MAX_DEPTH = 12
_MAX_LITERAL = 1_000_000
_MAX_BITS = 256  # Python refuses to print integers of thousands of digits


def tree_text(value: Any, depth: int = 0) -> str:
    """The text of a node, its blocks as paragraphs. True, false and null are no text; numbers are."""
    if isinstance(value, str):
        inner = written_value(value)
        return (inner is not None and tree_text(inner, depth + 1)) or value
    if isinstance(value, bool) or depth > _MAX_DEPTH:
        return ""
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _MAX_BITS else ""
    if isinstance(value, (list, tuple)):
        separator = "" if _is_line(value) else "\n\n"
        texts = (tree_text(each, depth + 1) for each in value)
        return separator.join(text for text in texts if (text if separator == "" else text.strip()))
    if not isinstance(value, Mapping) or _type(value) in _NOT_TEXT:
        return ""
    if own := next((value[key] for key in _TEXT if value.get(key)), None):
        return tree_text(own, depth + 1)
    texts = (
        tree_text(each, depth + 1) for key, each in value.items() if str(key).lower() in _BELOW
    )
    return "\n\n".join(text for text in texts if text.strip())


def written_value(text: str) -> list[Any] | dict[str, Any] | None:
    """The list or object that is written out in a text, as JSON or as Python prints it; else None."""
    text = text.strip()
    if (text[:1], text[-1:]) not in (("[", "]"), ("{", "}")):
        return None
    found: Any = None
    with suppress(ValueError, RecursionError):
        found = json.loads(text, strict=False)
    if found is None and len(text) <= _MAX_LITERAL:
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            found = _as_json(ast.literal_eval(_CALL.sub(_argument, text)))
    return found if isinstance(found, (list, dict)) else None


def _argument(found: re.Match[str]) -> str:
    """What a call of Python was given that makes a day or the like; a string as it is."""
    if found["day"]:
        return f"[{found['day']}]"
    return found["text"] or found[0]


def _as_json(value: Any) -> Any:
    """A value of Python as JSON has it: bytes are text, tuples and sets lists, names of fields text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return {str(_as_json(name)): _as_json(each) for name, each in value.items()}
    if isinstance(value, set):
        value = sorted(value, key=repr)
    if isinstance(value, (list, tuple)):
        return [_as_json(each) for each in value]
    return value if isinstance(value, (str, int, float)) else None


def is_text(value: Any) -> bool:
    """Whether a value is a text: words, the pieces or paragraphs of one, or a tree of typed nodes."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, str) or _is_node(each) for each in value)
    if isinstance(value, Mapping):
        typed = "type" in value or "blocks" in value
        return typed and any(isinstance(value.get(name), list) for name in _BELOW)
    return isinstance(value, str)


def _is_node(value: Any) -> bool:
    """Whether a value is a marked piece of a text or a typed block; what has a title or a day is an article."""
    if is_piece(value):
        return True
    is_block = isinstance(value, Mapping) and isinstance(value.get("type"), str)
    return is_block and _OF_ARTICLES.isdisjoint(value)


def is_piece(value: Any) -> bool:
    """Whether a value is a marked piece of a text."""
    return isinstance(value, Mapping) and _type(value) in _INLINE


def _is_line(nodes: list[Any] | tuple[Any, ...]) -> bool:
    """Whether nodes are the pieces of one line: bare words between marked ones, or all marked."""
    marked = [node for node in nodes if isinstance(node, Mapping)]
    if not marked or not all(_type(node) in _INLINE for node in marked):
        return False
    return all(isinstance(node, (str, Mapping)) for node in nodes)


def _type(node: Mapping[str, Any]) -> str:
    return str(node.get("type", "")).lower()
