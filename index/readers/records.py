"""What the format readers hand over: raw records, before their fields are understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

from index.readers.config import ReaderConfig
from index.readers.content import Content

SENT = "sent"
"""The field of a Member that says when the message was sent that it is attached to."""


@dataclass(frozen=True)
class Note:
    """What a report should say of something that was read all the same: a guessed encoding, mended
    text, a rule that cut much. `number` is that of the record, 0 for the file as a whole.

    Notes of one file with the same `reason` are one line of the report, with the number of the first
    and how many there are: what differs from one to the next belongs into `example`. `kind` says where
    it is counted, `amount` how much of it there was (letters, characters): see `FileReport`.
    """

    reason: str
    number: int = 0
    kind: Literal["", "encoding", "repaired", "date", "cut"] = ""
    amount: int = 1
    example: str = ""


class Order(Enum):
    """What stands first in a date of three numbers."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Record:
    """One article as its file gives it.

    `number` counts from 1 in a file of many records and is 0 when the file is one article.
    `headline_inside` says that the first line of the body may be its headline (plain text has no
    other place for one). `lang_hint` is believed only where detection finds nothing, `date_hint` (a date,
    and whose it is) where neither a field nor the text nor the address has one. `orders`
    is the order that the dates of fields are written in, where it is known (`dates.in_one_order`). `stories` are
    the fields of further articles that stand on the same page, by the same rules. `columns` are
    fields that the reader settled for names that say nothing, by `names.letters`. `pages` is where
    in its body each page of a printed document begins, in characters. `amp` is said of web pages only:
    whether one is made for telephones (`amp_twins`).
    """

    number: int
    fields: Mapping[str, Any]
    headline_inside: bool = False
    lang_hint: str = ""
    date_hint: tuple[str, str] = ("", "")
    orders: Mapping[str, Order] = field(default_factory=dict)
    stories: tuple[Mapping[str, Any], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    pages: Sequence[int] = ()
    amp: bool | None = None


@dataclass(frozen=True)
class BadRecord:
    """A record that could not be read; its neighbours can."""

    number: int
    reason: str


@dataclass(frozen=True)
class Member:
    """A file inside the one that is read, to be read by its own format: a page of a web archive, an
    attachment. `content.name` is its path in there; `fields` is what the container says of it (address,
    date), for what the file does not say itself."""

    content: Content
    fields: Mapping[str, Any] = field(default_factory=dict)


Reader = Callable[[Content, ReaderConfig], Iterator[Record | BadRecord | Member | Note]]
"""Reads one file. Raises InputError when no record of it can be had."""
