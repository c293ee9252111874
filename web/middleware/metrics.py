"""Figures for Prometheus at `/metrics`: requests, stages of searches, the index. No text of anyone.

Off unless `[web] metrics` is set; then only for who has the token, or without one for clients on this
machine. Each app has figures of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Histogram, exposition, multiprocess
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector
from werkzeug.exceptions import NotFound

from index.errors import EncoderError, TalashError
from web.context import settings
from web.middleware import forwarded
from web.middleware.observing import RequestRecord

if TYPE_CHECKING:
    from search.live import LiveEngine

KEY = "talash.metrics"
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which several processes of one service keep their figures, for prometheus_client."""
blueprint = Blueprint("service", __name__)
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts since the process began, and the index as it is when asked. Safe under threads."""

    def __init__(self, engine: LiveEngine) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "talash_requests",
            "Requests answered.",
            ("endpoint", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "talash_request_seconds",
            "Time from a request's begin to its answer, without waiting for a free thread.",
            ("endpoint",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._stages = Histogram(
            "talash_search_stage_seconds",
            "Time in each stage of a request's searches.",
            ("stage",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._refused = Counter(
            "talash_refusals",
            "Requests refused or cut off, by the problem's code.",
            ("code",),
            registry=self.registry,
        )
        for code in ("rate-limited", "search-timeout"):
            self._refused.labels(code)  # there from the first, as 0
        self._index = _Index(engine)
        self.registry.register(self._index)

    def count(self, observed: RequestRecord, response: Response) -> None:
        """Count a request that was answered."""
        endpoint = request.endpoint or "none"
        method = request.method if request.method in _METHODS else "other"
        self._requests.labels(endpoint, method, str(response.status_code)).inc()
        self._seconds.labels(endpoint).observe(observed.milliseconds / 1000)
        for stage, spent in observed.stages.items():
            self._stages.labels(stage).observe(spent / 1000)

    def refused(self, code: str) -> None:
        """Count a request that was refused for its rate, or cut off for its time."""
        self._refused.labels(code).inc()

    def text(self) -> bytes:
        """The exposition format, version 0.0.4; of several processes their sums."""
        registry = self.registry
        if SHARED in os.environ:
            registry = CollectorRegistry()
            registry.register(self._index)
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return bytes(exposition.generate_latest(registry))


class _Index(Collector):
    """The index and its encoder, looked at when the figures are asked for."""

    def __init__(self, engine: LiveEngine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        """Readiness, always; what the index holds, where there is one."""
        ready, encoder = 1, 1
        try:
            self._engine.ready()
        except EncoderError:
            ready = encoder = 0
        except TalashError:
            ready = 0
        yield GaugeMetricFamily("talash_ready", "1 when the index can be searched.", value=ready)
        yield GaugeMetricFamily(
            "talash_encoder_up",
            "0 when the encoder does not answer and words alone are searched.",
            value=encoder,
        )
        try:
            status = self._engine.status()
        except TalashError:
            return
        yield GaugeMetricFamily("talash_documents", "In the index.", value=status.documents)
        yield GaugeMetricFamily("talash_passages", "In the index.", value=status.passages)
        languages = GaugeMetricFamily(
            "talash_documents_by_language", "In the index.", labels=("lang",)
        )
        for lang, count in status.languages.items():
            languages.add_metric((lang,), count)
        yield languages
        about = {"generation": status.generation, "encoder": status.encoder}
        yield InfoMetricFamily("talash_index", "The index being served.", value=about)
        try:
            built = datetime.fromisoformat(status.created.replace("Z", "+00:00")).timestamp()
        except ValueError:
            return
        yield GaugeMetricFamily("talash_index_created_seconds", "When it was built.", value=built)


def metrics() -> Metrics:
    """The figures of the app that is handling this request."""
    found: Metrics = current_app.extensions[KEY]
    return found


@blueprint.get("/metrics", endpoint="metrics")
def show() -> Response:
    """The figures. Not there for anyone but this machine, unless a token guards them."""
    web = settings().web
    near = forwarded.from_this_machine(request.environ)
    if not web.metrics or not (web.token.get_secret_value() or near):
        raise NotFound
    return Response(metrics().text(), content_type=exposition.CONTENT_TYPE_PLAIN_0_0_4)
