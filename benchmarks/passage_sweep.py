"""How large a passage should be: MRR@10 of the semantic arm for passages of several sizes.

    python benchmarks/passage_sweep.py TESTSET --data DIR [--every N]

Each size gets an index of its own below DIR, built and searched by the product's own path; the
largest is one vector for a whole document.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table
from test_sets import TestSet

from index.config import IndexConfig
from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from index.operations.build import rebuild
from index.passages import PassageParams
from search.config import SearchConfig
from search.engine import SearchEngine
from search.evaluate.evaluate import ANY, read_queries, relevant_by_language
from search.models import Mode, SearchRequest

SIZES = (1, 40, 120, 300, 10**9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("test_set", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    encoder = open_encoder("bundled")
    table = None
    for size in SIZES:
        config = IndexConfig(data_dir=options.data / f"passages-{size}")
        documents = options.test_set / "documents.jsonl"
        report = rebuild([documents], config, encoder=encoder, params=PassageParams(size))
        index = OpenIndex.open_current(config.data_dir)
        queries = read_queries(options.test_set, index)[:: options.every]
        relevant = {query.id: relevant_by_language(query, index) for query in queries}
        for weight in (0.0, 0.5):
            engine = SearchEngine(index, encoder, SearchConfig(centroid_weight=weight))
            test_set = TestSet(options.test_set.name, index, engine, queries, relevant)

            def answer(query, target, engine=engine):  # type: ignore[no-untyped-def]
                languages = () if target == ANY else (target,)
                request = SearchRequest(query.text, mode=Mode.SEMANTIC, languages=languages)
                return [name for name, _ in engine.top(request)]

            directions = test_set.directions()
            headings = [f"{asked} > {found}" for asked, found in directions]
            table = table or Table("min chars", "passages", "centroid", *headings, box=None)
            figures = (f"{test_set.mrr(each, answer):.3f}" for each in directions)
            table.add_row(f"{size:,}", f"{report.passages:,}", str(weight), *figures)
        index.close()
    if table:
        Console(width=150).print(table)


if __name__ == "__main__":
    main()
