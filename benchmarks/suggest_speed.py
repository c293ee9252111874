"""How fast suggestions and corrections are, and how often they are right.

    python benchmarks/suggest_speed.py --data DIR --queries QUERIES.jsonl [--count 60]

Suggestions: every keystroke of real queries. Corrections: one random edit in one word of a query
that the archive knows; how often is the query as it was among those offered? And how often is a
query doubted that was typed rightly? Lines of the queries are {"lang": ..., "text": ...}, or a
.tsv file with the columns query and lang.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from search_speed import read_queries

from index.config import IndexConfig
from index.text.analysis import is_stop, script, tokenize
from index.text.normalize import normalize
from search.live import LiveEngine
from search.models import Mode, SearchRequest

LETTERS = {"ur": "ابپتٹجچدڈرڑزسشصطعغفقکگلمنوہھیے", "en": "abcdefghijklmnopqrstuvwxyz"}
SHOWN = 8


def queries_of(path: Path, count: int) -> dict[str, list[str]]:
    if path.suffix != ".tsv":
        return read_queries(path, count)
    found: dict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found[row["lang"]].append(row["query"])
    return {language: texts[:count] for language, texts in sorted(found.items())}


def suggestions(engine: LiveEngine, queries: list[str]) -> tuple[list[float], list[float], float]:
    """Wall and processor milliseconds of each keystroke; the share that got any suggestion."""
    wall, processor, answered = [], [], 0
    for query in queries:
        for end in range(1, min(len(query), 40) + 1):
            started, worked = time.perf_counter(), time.thread_time()
            found = engine.suggest(query[:end], SHOWN)
            wall.append((time.perf_counter() - started) * 1000)
            processor.append((time.thread_time() - worked) * 1000)
            answered += bool(found.suggestions)
    return wall, processor, answered / len(wall)


def misspelt(query: str, dice: random.Random) -> str:
    """The query with one edit in one word of five letters and more; empty if it has none."""
    words = [t for t in tokenize(query) if len(t.term) >= 5 and not is_stop(t.term)]
    words = [t for t in words if script(t.term) in LETTERS and t.term.isalpha()]
    if not words:
        return ""
    word = dice.choice(words)
    letters = LETTERS[script(word.term)]
    text = query[word.start : word.end]
    at = dice.randrange(1, len(text) - 1)
    edited = dice.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + dice.choice(letters) + text[at:],
            text[:at] + dice.choice(letters) + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )
    )
    return "" if edited == text else query[: word.start] + edited + query[word.end :]


def ask(engine: LiveEngine, query: str) -> tuple[float, tuple[str, ...]]:
    """Milliseconds spent on corrections, and the corrections."""
    response = engine.search(SearchRequest(query, mode=Mode.KEYWORD, size=1))
    return response.timings["corrections"], response.understood.did_you_mean


def corrections(engine: LiveEngine, queries: list[str], dice: random.Random) -> list[str]:
    """A row of the table: of misspelt queries the cost and the share mended, and of right ones the
    share doubted."""
    spent, mended, offered, doubted = list[float](), 0, 0, 0
    for query in queries:
        doubted += bool(ask(engine, query)[1])
        wrong = misspelt(query, dice)
        if wrong:
            cost, found = ask(engine, wrong)
            spent.append(cost)
            offered += bool(found)
            mended += normalize(query) in map(normalize, found)
    p50, p95 = np.percentile(spent, [50, 95])
    return [
        str(len(spent)),
        f"{p50:.1f}",
        f"{p95:.1f}",
        f"{mended / len(spent):.0%}",
        f"{offered / len(spent):.0%}",
        f"{doubted / len(queries):.1%}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    engine = LiveEngine(IndexConfig(data_dir=options.data))
    sets = queries_of(options.queries, options.count)
    typing = Table("queries", "keystrokes", "p50 ms", "p95 ms", "cpu p50", "cpu p95", "answered")
    mending = Table("queries", "misspelt", "p50 ms", "p95 ms", "mended", "offered any", "doubted")
    suggestions(engine, [text for texts in sets.values() for text in texts[-2:]])
    dice = random.Random(1)
    for language, texts in sets.items():
        wall, processor, answered = suggestions(engine, texts[: options.count // 3])
        times = [*np.percentile(wall, [50, 95]), *np.percentile(processor, [50, 95])]
        typing.add_row(
            language, str(len(wall)), *(f"{each:.1f}" for each in times), f"{answered:.0%}"
        )
        mending.add_row(language, *corrections(engine, texts, dice))
    console = Console(width=120)
    console.print(typing)
    console.print(mending)


if __name__ == "__main__":
    main()
