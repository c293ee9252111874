"""What the format readers hand over: raw records, before their fields are understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from index.readers.config import ReaderConfig


@dataclass(frozen=True)
class Record:
    """One article as its file gives it.

    `number` counts from 1 in a file of many records and is 0 when the file is one article.
    `headline_inside` says that the first line of the body may be its headline (plain text has no
    other place for one). `lang_hint` is believed only where detection finds nothing.
    """

    number: int
    fields: Mapping[str, Any]
    headline_inside: bool = False
    lang_hint: str = ""


@dataclass(frozen=True)
class BadRecord:
    """A record that could not be read; its neighbours can."""

    number: int
    reason: str


Reader = Callable[[bytes, ReaderConfig], Iterator[Record | BadRecord]]
"""Reads the content of one file. Raises InputError when no record of it can be had."""
