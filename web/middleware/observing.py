"""What is known of a request under way, for its log line, its metrics and its problem's `id`."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Flask, Response, g, request

from search.models import Export, SearchRequest, SearchResponse
from web.context import engine

ID_HEADER = "X-Request-Id"
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass
class RequestRecord:
    """One request: its id, when it began (seconds, `perf_counter`) and what its searches took.

    `stages` are milliseconds by stage, summed over all searches of the request.
    """

    id: str
    began: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)
    hits: int | None = None
    generation: str = ""
    searches: int = 0

    @property
    def milliseconds(self) -> float:
        """Since it began."""
        return round((time.perf_counter() - self.began) * 1000, 2)

    def searched(self, hits: int, generation: str, timings: Mapping[str, float]) -> None:
        """Note what a search took and found."""
        self.searches += 1
        self.hits, self.generation = hits, generation
        for stage, spent in timings.items():
            self.stages[stage] = round(self.stages.get(stage, 0.0) + spent, 3)


def current() -> RequestRecord:
    """What is known of the request that is being handled."""
    if "observed" not in g:
        g.observed = RequestRecord(uuid.uuid4().hex[:12])
    found: RequestRecord = g.observed
    return found


def recorded_search(asked: SearchRequest) -> SearchResponse:
    """Ask the engine, and note what it took."""
    response = engine().search(asked)
    current().searched(response.total.value, response.generation, response.timings)
    return response


def recorded_export(asked: SearchRequest) -> Export:
    """Ask the engine for everything that answers, and note what the ranking took."""
    found = engine().export(asked)
    current().searched(found.total, found.generation, found.timings)
    return found


def install(
    app: Flask, finished: Callable[[RequestRecord, Response], None], *, trust_ids: bool = False
) -> None:
    """Give each request an id, its response the header, and tell `finished` of both at the end.

    With `trust_ids` (a proxy of ours is in front) an id that came with the request is kept.
    """

    @app.before_request
    def begin() -> None:
        given = request.headers.get(ID_HEADER, "") if trust_ids else ""
        g.observed = RequestRecord(given if _ID.fullmatch(given) else uuid.uuid4().hex[:12])

    @app.after_request
    def end(response: Response) -> Response:
        observed = current()
        response.headers[ID_HEADER] = observed.id
        finished(observed, response)
        return response
