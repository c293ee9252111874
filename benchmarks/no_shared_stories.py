"""An archive that tells nothing twice: does a question of a few words find the other language?

    python benchmarks/no_shared_stories.py STORIES ARCHIVE... --data DIR [--others N]
        [--lengths N,...] [--limit N] [--modes MODE,...]

STORIES is a test set whose stories stand in both languages (TICO-19): of every second one the English
telling is left out, of the others the Urdu one. N articles of the ARCHIVE files (JSON lines, perhaps
packed; evenly from all of them) stand around them. A query is the rarest content words of a sentence of a telling
that was left out, in their order, or all of the sentence; rarity is the document frequency in the
query's own language, tellings left out counted too. The telling in the other language is the answer,
looked for among the articles of that language, and of both (`any`). Figures are MRR@10.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from keyword_test import DIRECTIONS, keywords, sample
from ranking_sweep import ask
from rich.console import Console
from rich.table import Table
from test_sets import TestSet, open_test_set

from index.text.analysis import terms
from search.config import SearchConfig
from search.evaluate.evaluate import ANY
from search.models import Mode

Row = dict[str, Any]

WHOLE = 0
"""Stands for all words of a sentence."""


def json_lines(path: Path) -> Iterator[Row]:
    """The objects of a file of JSON lines, opened if it is packed."""
    with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else raw as file:
        yield from map(json.loads, file)


def told_once(directory: Path) -> tuple[list[Row], list[Row], dict[str, Counter[str]]]:
    """The documents kept, the queries that were left without their own telling (`qid` -> document),
    and how many of all tellings hold each term, by language."""
    documents = {row["id"]: row for row in json_lines(directory / "documents.jsonl")}
    frequencies: dict[str, Counter[str]] = defaultdict(Counter)
    for row in documents.values():
        frequencies[row["lang"]].update(set(terms(f"{row['title']}\n{row['text']}")))
    tellings: dict[str, dict[str, str]] = defaultdict(dict)
    for row in json_lines(directory / "qrels.jsonl"):
        tellings[row["qid"]][documents[row["docid"]]["lang"]] = row["docid"]
    pairs = dict.fromkeys((each["en"], each["ur"]) for each in tellings.values() if len(each) > 1)
    dropped = {pair[number % 2]: pair[1 - number % 2] for number, pair in enumerate(pairs)}
    kept = [row for name, row in documents.items() if name not in dropped]
    queries = [
        {**row, "answer": dropped[own]}
        for row in json_lines(directory / "queries.jsonl")
        if (own := tellings[row["qid"]].get(row["lang"])) in dropped
    ]
    return kept, queries, frequencies


def around(archives: Sequence[Path], count: int) -> Iterator[Row]:
    """`count` articles, evenly from all files and evenly spaced in each."""
    sizes = [sum(1 for _ in json_lines(path)) for path in archives]
    for path, size in zip(archives, sizes, strict=True):
        share = count * size // sum(sizes)
        wanted = {at * size // share for at in range(share)}
        yield from (row for at, row in enumerate(json_lines(path)) if at in wanted)


def write(directory: Path, **files: Sequence[Row]) -> Path:
    """A test set of these rows."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (directory / f"{name}.jsonl").write_text(text, "utf-8")
    return directory


def build(
    stories: Path, archives: Sequence[Path], count: int, data: Path, config: SearchConfig
) -> tuple[TestSet, dict[str, Counter[str]]]:
    """The open test set, and the document frequencies by language."""
    kept, queries, frequencies = told_once(stories)
    others = list(around(archives, count))
    for row in others:
        text = row.get("text") or row.get("body") or ""
        frequencies[row["lang"]].update(set(terms(f"{row.get('title') or ''}\n{text}")))
    directory = write(
        data / "no_shared_stories",
        documents=[*kept, *others],
        queries=queries,
        qrels=[{"qid": row["qid"], "docid": row["answer"], "rel": 1} for row in queries],
    )
    return open_test_set(directory, data, config), frequencies


def rows(
    test_set: TestSet,
    frequencies: dict[str, Counter[str]],
    lengths: Sequence[int],
    limit: int,
    modes: Sequence[Mode],
) -> Iterator[list[str]]:
    for source, target in DIRECTIONS:
        asked = sample([each for each in test_set.queries if each.language == source], limit)
        for length in lengths:
            short = [
                replace(each, text=keywords(each.text, length, frequencies[source]))
                if length
                else each
                for each in asked
            ]
            chosen = replace(test_set, queries=[each for each in short if each.text])
            yield [
                f"{source} > {target}",
                str(length) if length else "all",
                str(len(chosen.queries)),
                *(
                    f"{chosen.mrr((source, place), lambda q, t, m=mode: ask(test_set.engine, q, t, m, 10)):.3f}"  # type: ignore[misc]
                    for place in (target, ANY)
                    for mode in modes
                ),
            ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stories", type=Path)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--others", type=int, default=20_000, help="articles around the stories")
    parser.add_argument("--lengths", default="1,2,3,5,0", help="words of a query; 0 is all")
    parser.add_argument("--limit", type=int, default=0, help="sentences a row; 0 is all of them")
    parser.add_argument("--modes", default="hybrid,semantic,keyword")
    options = parser.parse_args()
    modes = [Mode(name) for name in options.modes.split(",")]
    lengths = [int(length) for length in options.lengths.split(",")]
    test_set, frequencies = build(
        options.stories, options.archives, options.others, options.data, SearchConfig()
    )
    headings = [f"{place}, {mode.value}" for place in ("other", ANY) for mode in modes]
    table = Table("direction", "words", "queries", *headings, box=None)
    for row in rows(test_set, frequencies, lengths, options.limit, modes):
        table.add_row(*row)
    print(f"{test_set.index.manifest.counts.documents} documents")
    Console(width=140).print(table)
    test_set.index.close()


if __name__ == "__main__":
    main()
