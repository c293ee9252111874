"""How long the page of results takes, with its marks, stories and facets, and how large it is.

    python benchmarks/page_speed.py --data DIR --queries FILE [--count N]

Asks the app for the page of each query once, after warming up with others: the product's own path
without a socket. `engine` is the part of the search, the columns after it are its stages.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from search_speed import read_queries

from index.config import IndexConfig
from search.live import LiveEngine
from search.models import SearchRequest, SearchResponse
from web.http.app import create_app
from web.settings import Settings

STAGES = ("understand", "keyword", "encode", "vectors", "fusion", "snippets", "related", "facets")
WARM = 30


class Listening(LiveEngine):
    """The engine, which remembers the timings of its last search."""

    last: dict[str, float]

    def search(self, request: SearchRequest) -> SearchResponse:
        """Search, and keep the timings."""
        response = super().search(request)
        self.last = response.timings
        return response


@dataclass
class Pages:
    """What was seen of the pages of one language."""

    wall: list[float] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def row(self) -> list[str]:
        """Milliseconds of the page, bytes of its HTML, milliseconds by stage."""
        p50, p95 = np.percentile(self.wall, [50, 95])
        sizes = (np.median(self.size), max(self.size))
        stages = (np.median(self.stages[name]) for name in ("total", *STAGES))
        return [
            str(len(self.wall)),
            *(f"{value:.1f}" for value in (p50, p95)),
            *(f"{value / 1000:.1f}" for value in sizes),
            *(f"{value:.1f}" for value in stages),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--count", type=int, default=100)
    args = parser.parse_args()
    engine = Listening(IndexConfig(data_dir=args.data))
    status = engine.status()
    print(f"{status.documents:,} documents, {status.passages:,} passages")
    browser = create_app(Settings(), engine).test_client()
    sets = read_queries(args.queries, args.count + WARM)
    for queries in sets.values():
        for query in queries[:WARM]:
            browser.get("/", query_string={"q": query})
    headings = ("queries", "n", "p50 ms", "p95 ms", "kB p50", "kB max", "engine", *STAGES)
    table = Table(*headings, box=None)
    for language, queries in sets.items():
        pages = Pages()
        for query in queries[WARM:]:
            started = time.perf_counter()
            answer = browser.get("/", query_string={"q": query})
            pages.wall.append((time.perf_counter() - started) * 1000)
            pages.size.append(len(answer.data))
            for stage, spent in engine.last.items():
                pages.stages[stage].append(spent)
        table.add_row(language, *pages.row())
    Console(width=160).print(table)
    engine.close()


if __name__ == "__main__":
    main()
