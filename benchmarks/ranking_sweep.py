"""How the arms are joined: MRR@10 of each arm, reciprocal rank fusion and settings of our own.

python benchmarks/ranking_sweep.py TESTSET... --data DIR [--every N]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from test_sets import TestSet, open_test_set

from search.config import SearchConfig
from search.engine import SearchEngine
from search.evaluate.evaluate import ANY, TestQuery
from search.models import Mode, SearchRequest

DEPTH = 100


def variants(base: SearchConfig) -> Iterator[tuple[str, SearchConfig]]:
    for weight in (0.3, 0.4, 0.5, 0.6):
        yield f"hybrid, keyword weight {weight}", replace(base, keyword_weight=weight)
    for ceiling in (0.2, 0.3):
        yield f"hybrid, relevance ceiling {ceiling}", replace(base, relevance_ceiling=ceiling)
    for weight in (0.0, 0.25, 1.0):
        yield f"hybrid, centroid weight {weight}", replace(base, centroid_weight=weight)


def ask(engine: SearchEngine, query: TestQuery, target: str, mode: Mode, size: int) -> list[str]:
    languages = () if target == ANY else (target,)
    request = SearchRequest(query.text, mode=mode, languages=languages, size=size)
    return [name for name, _ in engine.top(request)]


def fused_by_rank(engine: SearchEngine, query: TestQuery, target: str) -> list[str]:
    scores: dict[str, float] = defaultdict(float)
    for mode in (Mode.KEYWORD, Mode.SEMANTIC):
        for rank, name in enumerate(ask(engine, query, target, mode, DEPTH), 1):
            scores[name] += 1 / (60 + rank)  # Cormack et al., SIGIR 2009
    return sorted(scores, key=lambda name: -scores[name])


def rows(test_set: TestSet, base: SearchConfig) -> Iterator[tuple[str, list[float]]]:
    directions = test_set.directions()

    def line(engine: SearchEngine, mode: Mode) -> list[float]:
        return [test_set.mrr(d, lambda q, t: ask(engine, q, t, mode, 10)) for d in directions]

    for mode in (Mode.KEYWORD, Mode.SEMANTIC):
        yield f"{mode.value} alone", line(test_set.engine, mode)
    engine = test_set.engine
    yield (
        "reciprocal rank fusion, k 60",
        [test_set.mrr(d, lambda q, t: fused_by_rank(engine, q, t)) for d in directions],
    )
    yield "hybrid, as shipped", line(engine, Mode.HYBRID)
    for name, config in variants(base):
        yield name, line(SearchEngine(test_set.index, engine.guard, config), Mode.HYBRID)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("test_sets", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take every N-th query")
    options = parser.parse_args()
    base = SearchConfig(max_page_size=DEPTH)
    for directory in options.test_sets:
        test_set = open_test_set(directory, options.data, base, options.every)
        headings = [f"{asked} > {found}" for asked, found in test_set.directions()]
        table = Table(test_set.name, *headings, box=None)
        for name, figures in rows(test_set, base):
            table.add_row(name, *(f"{figure:.3f}" for figure in figures))
        Console(width=160).print(table)


if __name__ == "__main__":
    main()
