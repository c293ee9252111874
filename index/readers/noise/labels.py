"""The head of a text that says what each of its lines is.

Title: Rain in Thar             عنوان: تھر میں بارش
Date: 7 January 2026            تاریخ: 7 جنوری 2026
Source: Daily Example           متن:
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.readers.columns.names import field_of
from index.readers.dates import fold

_LABEL = re.compile(r"(?P<name>[^\W\d][^:：\n.۔؟?!\"]{1,29}?)\s*[:：]\s*(?P<value>.*)")
_FEWEST = 2
_MOST = 20
_MAX_VALUE = 120  # of a line whose label is not known
_MAX_WORDS = 3
_STOP = "۔؟।.!?"
_AUTHOR = re.compile(r"author|authors|by|byline|writer|reporter|تحریر|مصنف|رپورٹر", re.I)


def labelled_head(text: str) -> tuple[dict[str, str], str]:
    """The labels and values at the top of a text, and the text below; no labels, and the whole of it, where
    not two lines in a row have labels that are names of fields."""
    lines = text.split("\n")
    labels, end = _read(lines)
    if len(labels) < _FEWEST:
        return {}, text
    return labels, "\n".join(lines[end:]).lstrip("\n")


def heads_in(lines: Sequence[str]) -> list[int]:
    """The lines at which labelled heads begin that have the label of the first line."""
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    label = None if first is None else _LABEL.match(lines[first].strip())
    if not label or not field_of(label["name"]):
        return []
    alike = (place for place, line in enumerate(lines) if line.strip().startswith(label["name"]))
    return [
        place for place in alike if len(_read(lines[place : place + _MOST])[0]) >= _FEWEST
    ]  # fmt: skip


def _read(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """The labels and values of the first lines, and where the text begins."""
    labels: dict[str, str] = {}
    fields: set[str] = set()
    after_blank = False
    for place, line in enumerate(lines):
        if not line.strip():
            after_blank = True
            continue
        label = _LABEL.fullmatch(line.strip())
        field = _field(label["name"]) if label else ""
        if label is None or field in fields or len(labels) >= _MOST:
            return labels, place
        if field == "body":
            if labels and not label["value"]:
                return labels, place + 1
            return labels, place
        if not field and (not labels or after_blank or not _is_short(label)):
            return labels, place
        after_blank = False
        fields |= {field} - {""}
        labels["author" if field == "author" else label["name"]] = label["value"].strip()
    return labels, len(lines)


def _field(name: str) -> str:
    return "author" if _AUTHOR.fullmatch(fold(name)) else field_of(name)


def _is_short(label: re.Match[str]) -> bool:
    """Whether a line whose label is no field's can be one of a head all the same."""
    value = label["value"].strip()
    return (
        0 < len(value) <= _MAX_VALUE
        and value[-1] not in _STOP
        and len(label["name"].split()) <= _MAX_WORDS
    )
