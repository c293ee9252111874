"""Sixty everyday queries of a real archive: is their language told, are both languages among the first ten?

    python benchmarks/everyday.py --data DIR [--queries FILE] [--show]

FILE (`benchmarks/everyday.tsv` unless given) has a language (en, ur, roman-ur) and a query a line. Whether an archive holds
articles of both languages on a query's matter only a reader can say: `--show` prints the first titles of
each language, and what else each word is searched by.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import SearchRequest, SearchResponse

QUERIES = Path(__file__).with_suffix(".tsv")
FIRST, TITLES = 10, 2


def main() -> None:
    """Ask them and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--queries", type=Path, default=QUERIES)
    parser.add_argument("--show", action="store_true")
    chosen = parser.parse_args()
    index = OpenIndex.open_current(chosen.data)
    engine = SearchEngine(index, open_encoder("bundled"), SearchConfig(time_budget=0))
    asked: Counter[str] = Counter()
    told: Counter[str] = Counter()
    both: Counter[str] = Counter()
    console = Console()
    for line in chosen.queries.read_text("utf-8").splitlines():
        language, query = line.split("\t")
        response = engine.search(SearchRequest(query, size=FIRST))
        asked[language] += 1
        told[language] += response.understood.language == language
        both[language] += {"ur", "en"} <= {hit.lang for hit in response.hits}
        if chosen.show:
            show(console, engine, query, response)
    table = Table("asked in", "queries", "language told", f"both in the first {FIRST}")
    for language, count in asked.items():
        shares = (f"{told[language] / count:.3f}", f"{both[language] / count:.3f}")
        table.add_row(language, str(count), *shares)
    console.print(table)


def show(console: Console, engine: SearchEngine, query: str, response: SearchResponse) -> None:
    """What a query is searched by, how much it finds, and the first titles of each language."""
    total, understood = response.total, response.understood
    languages = " ".join(hit.lang for hit in response.hits)
    console.print(f"\n{query} ({understood.language}): {total.keyword} by words, {languages}")
    for reading in understood.readings:
        others = ", ".join(f"{each.word} {each.weight:.2f}" for each in reading.alternatives)
        console.print(f"  {reading.typed}: {others}", markup=False)
    for language in ("en", "ur"):
        request = SearchRequest(query, size=TITLES, languages=(language,))
        for hit in engine.search(request).hits:
            console.print(f"  {language} {hit.title[:90]}", markup=False)


if __name__ == "__main__":
    main()
