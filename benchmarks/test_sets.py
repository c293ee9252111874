"""What the ranking benchmarks share: a test set's index, its queries, and MRR@10 by direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.config import IndexConfig
from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.evaluate.evaluate import (
    ANY,
    TestQuery,
    documents_of,
    ensure_index,
    read_queries,
    relevant_by_language,
)

Ranked = Sequence[str]


@dataclass
class TestSet:
    """An open test set; `engine` answers with the configuration in force."""

    name: str
    index: OpenIndex
    engine: SearchEngine
    queries: list[TestQuery]
    relevant: dict[str, dict[str, dict[str, int]]]

    def directions(self) -> list[tuple[str, str]]:
        """Pairs of query and document language that have queries."""
        pairs = {
            (query.language, target) for query in self.queries for target in self.relevant[query.id]
        }
        return sorted(pairs)

    def mrr(self, direction: tuple[str, str], answer: Callable[[TestQuery, str], Ranked]) -> float:
        """Mean reciprocal rank at 10 of `answer(query, document language)`."""
        total, count = 0.0, 0
        for query in self.queries:
            relevant = self.relevant[query.id].get(direction[1])
            if query.language != direction[0] or not relevant:
                continue
            ranked = list(answer(query, direction[1]))[:10]
            ranks = [at for at, name in enumerate(ranked, 1) if name in relevant]
            total += 1 / ranks[0] if ranks else 0.0
            count += 1
        return total / count if count else float("nan")


def open_test_set(directory: Path, data_dir: Path, config: SearchConfig, every: int = 1) -> TestSet:
    """Open (building if need be) the index of a test set; take every `every`-th query."""
    index_config = IndexConfig(data_dir=data_dir / "eval" / directory.resolve().name)
    encoder = open_encoder("bundled")
    ensure_index(documents_of(directory), index_config, encoder, None)
    index = OpenIndex.open_current(index_config.data_dir)
    queries = read_queries(directory, index)[::every]
    relevant = {query.id: relevant_by_language(query, index) for query in queries}
    if len(index.columns.lang_names) < 2:
        for found in relevant.values():
            found.pop(ANY, None)
    engine = SearchEngine(index, encoder, config)
    return TestSet(directory.resolve().name, index, engine, queries, relevant)
