"""JSON as people and programs write it that do not keep to it.

    // exported 7 January
    [{"title": "...", "views": NaN,}, {"_id": ObjectId("5f1"), "date": ISODate("2026-01-07")}]
    var news = [...];                      callback({...})                    {'title': '...', 'tags': None}
    {"title": "..."}{"title": "..."}       [{"title": "..."}, {"tit           (cut)

What is JSON is read as that. Else what is in the way is taken out; and where that does not help, either,
the objects that are whole are picked out of the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from index.errors import InputError
from index.readers.columns.trees import written_value

_STRING = r'"(?:[^"\\]|\\.)*"?'  # whole, whatever is in it; one that is left open goes to the end
_COMMENT = re.compile(_STRING + r"|//[^\n]*|/\*.*?\*/", re.S)
_COMMENT_OF_A_LINE = re.compile(_STRING + r"|//[^\n]*", re.S)
_IN_THE_WAY = re.compile(
    _STRING + r"|,(?=\s*[}\]])"
    r"|\b(?:new\s{1,9})?(?:ObjectId|ISODate|Date|Number(?:Long|Int|Decimal)|UUID)\(([^()]{0,200})\)"
    r"|\bundefined\b",
    re.S,
)
_AROUND = re.compile(
    r"\s*(?:(?:(?:var|let|const|export\s+default)\s+)?[\w$.\[\]'\"]{0,100}\s*[=(]|export\s+default)\s*(?=[\[{])"
)
_DECODER = json.JSONDecoder(parse_constant=lambda _: None, strict=False)
_EFFORT = 8
"""Times the length of a text that may be read in looking for objects in it."""
_COUNTING = 50
"""Characters that are counted through for the line of an error in the time that one is read in."""


def loads(text: str) -> Any:
    """The value that a text is. Raises InputError with what is wrong with it as JSON."""
    text = text.strip().lstrip("\ufeff")
    try:
        return _parsed(text)
    except InputError:
        for other in (_without_what_is_around, _without_what_is_in_the_way):
            try:
                if (changed := other(text)) != text:
                    return _parsed(changed)
            except InputError:
                continue
        if (value := written_value(text)) is not None:
            return value
        raise


def objects_in(text: str) -> Iterator[Mapping[str, Any]]:
    """The objects in a text that are whole, the outermost, in their order; there may be anything between."""
    text = _without_what_is_in_the_way(text)
    place, left = text.find("{"), _EFFORT * len(text)
    while place >= 0 and left > 0:
        try:
            value, end = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError as error:
            left -= error.pos - place + error.pos // _COUNTING + 1
            end = place + 1
        except (RecursionError, ValueError):
            left -= len(text)
            end = place + 1
        else:
            yield value
        place = text.find("{", end)


def _without_what_is_around(text: str) -> str:
    """The value that a script keeps under a name, or hands to a function."""
    start = _AROUND.match(text)
    if not start:
        return text
    return _without_what_is_in_the_way(text[start.end() :].rstrip(" \t\r\n;)"))


def _without_what_is_in_the_way(text: str) -> str:
    """The text without comments, and commas before a bracket; what a database calls is its argument."""

    end = text.rfind("*/") + 2 if "*/" in text else 0  # from there on no comment is closed
    text = _COMMENT.sub(_kept, text[:end]) + _COMMENT_OF_A_LINE.sub(_kept, text[end:])

    def instead(found: re.Match[str]) -> str:
        if found[0].startswith('"'):
            return found[0]
        if found[1] is not None:
            return found[1].strip().replace("'", '"') or "null"
        return "null" if found[0] == "undefined" else ""

    return _IN_THE_WAY.sub(instead, text)


def _kept(found: re.Match[str]) -> str:
    """A string as it is; of a comment nothing."""
    return found[0] if found[0].startswith('"') else " "


def _parsed(text: str) -> Any:
    """Parse JSON: NaN becomes null, raw line breaks in strings are let pass."""
    try:
        return json.loads(text, parse_constant=lambda _: None, strict=False)
    except RecursionError:
        raise InputError("JSON nested too deeply") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno:,}, column {error.colno:,}"
        raise InputError(f"not valid JSON: {error.msg.lower()} ({place})") from None
    except ValueError:  # Python's own bound: reading digits takes the square of their number
        raise InputError("a number in it has thousands of digits") from None
