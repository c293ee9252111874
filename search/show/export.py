"""What an export is made of: every document that answers, read while it is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from search.models import Degraded, Notice, SearchRequest


@dataclass(frozen=True)
class Exported:
    """One document of an export: a row. `snippet` is as in a hit, without marks; `body` is whole.

    `copy_of` is the id of the document under which a list of the same answer folds this one.
    """

    id: str
    title: str
    lang: str
    date: date | None
    source: str
    url: str
    tags: tuple[str, ...]
    score: float
    snippet: str
    copy_of: str
    body: str


@dataclass(frozen=True)
class Export:
    """Every document that answers a request, in its order, copies too.

    `rows` can be gone through once and gives `total` documents, of which `copies` are such as a
    list would fold. They are read as they are taken.
    """

    request: SearchRequest
    total: int
    copies: int
    rows: Iterator[Exported]
    generation: str
    notices: tuple[Notice, ...] = ()
    degraded: tuple[Degraded, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
