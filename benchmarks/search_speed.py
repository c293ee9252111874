"""How long a search takes on a large index, and where the time goes.

    python benchmarks/search_speed.py --documents FILE[:COUNT]... --queries FILE --data DIR

Builds the index from JSONL files (or uses the one in DIR again), warms up with other queries, then
asks each query once through `LiveEngine.search`, the product's own path, and prints the table. Each
query is asked of the whole search and, right after, of one that takes its words as typed (no
translations, names or Roman Urdu), each with an encoder and memory of its own: `as typed` is what the
rest of the search costs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from index.config import IndexConfig
from index.documents import Document, Skipped
from index.errors import IndexMissingError
from index.operations.build import rebuild_from
from index.readers import read_paths
from index.store.manifest import current
from search.config import SearchConfig
from search.live import LiveEngine
from search.models import Mode, SearchRequest

STAGES = (
    "parse",
    "understand",
    "filter",
    "keyword",
    "encode",
    "vectors",
    "fusion",
    "snippets",
    "facets",
)


def documents(specs: list[str]) -> Iterator[Document | Skipped]:
    for spec in specs:
        name, _, count = spec.partition(":")
        yield from itertools.islice(read_paths([Path(name)]), int(count) if count else None)


def build(specs: list[str], config: IndexConfig) -> None:
    shown = [0.0]

    def progress(what: str, done: int, total: int) -> None:
        if time.monotonic() - shown[0] > 15:
            shown[0] = time.monotonic()
            print(f"  {what} {done:,} of {total:,}", flush=True)

    report = rebuild_from(documents(specs), config, progress=progress)
    print(
        f"built {report.documents:,} documents, {report.passages:,} passages in "
        f"{report.seconds:.0f} s ({report.encoded:,} encoded, {report.reused:,} reused, "
        f"{report.copies:,} copies of others, {len(report.skipped)} skipped)"
    )


def read_queries(path: Path, count: int) -> dict[str, list[str]]:
    """Up to `count` queries per language, evenly drawn."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        by_language[row["lang"]].append(row["text"])
    return {
        language: texts[:: max(1, len(texts) // count)][:count]
        for language, texts in sorted(by_language.items())
    }


AS_TYPED = SearchConfig(expansion=False, names=False, roman=False)


def measure(
    engines: dict[str, LiveEngine], queries: list[str], mode: Mode
) -> dict[str, tuple[list[float], dict[str, float]]]:
    """By engine: wall milliseconds of each search, and mean milliseconds by stage."""
    found = {name: (list[float](), defaultdict[str, float](float)) for name in engines}
    for query in queries:
        for name, engine in engines.items():
            walls, stages = found[name]
            started = time.perf_counter()
            response = engine.search(SearchRequest(query, mode=mode))
            walls.append((time.perf_counter() - started) * 1000)
            for stage, spent in response.timings.items():
                stages[stage] += spent / len(queries)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", nargs="+", required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=150)
    options = parser.parse_args()
    config = IndexConfig(data_dir=options.data)
    try:
        current(config.data_dir)
    except IndexMissingError:
        build(options.documents, config)
    status = LiveEngine(config).status()
    print(
        f"{status.documents:,} documents, {status.passages:,} passages, {status.size_bytes:,} bytes"
    )
    sets = read_queries(options.queries, options.count + 30)
    table = Table("queries", "mode", "words", "n", "p50 ms", "p95 ms", *STAGES, box=None)
    for language, queries in sets.items():
        warm, asked = queries[:30], queries[30:]
        for mode in Mode:
            # Query vectors are remembered; every mode must pay for its own.
            engines = {
                "understood": LiveEngine(config).opened(),
                "as typed": LiveEngine(config, AS_TYPED).opened(),
            }
            measure(engines, warm, mode)
            for name, (walls, stages) in measure(engines, asked, mode).items():
                total = sum(stages[stage] for stage in STAGES)
                shares = (f"{stages[stage] / total:.0%}" if total else "" for stage in STAGES)
                p50, p95 = (f"{value:.1f}" for value in np.percentile(walls, [50, 95]))
                table.add_row(language, mode.value, name, str(len(asked)), p50, p95, *shares)
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
