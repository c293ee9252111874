"""How links and "more like this" do on tellings that are judged.

    python benchmarks/story_tellings.py SET DATA [--judged FILE] [--across] [--unjudged]

SET is the folder of a test set whose queries are made of documents: a query's id is a letter, perhaps a
hyphen, and the id of its document. DATA is that of its index (`talash index rebuild SET/documents.jsonl
--data DATA`). Two documents belong together if one answers the query made of the other; FILE adds pairs
that were judged by reading (id, id, 0 to 2). The stories are linked again, as a rebuild does.

Printed are, by relevance of the pairs, how many are linked as one event (copies included), as one event or
one running story, and how many of the article's "more like this" (and its links) name the other within the
first five and ten of the other article's language. Of the links that judged articles have, how many are
judged right, right but of a running story, or not judged; those are listed with `--unjudged`. With `--across`
only pairs of two languages count.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from index.opened import OpenIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.stories.build import StoryFinder, settle
from index.parts.stories.evidence import THRESHOLD
from index.parts.stories.stories import RUNNING, Pairs, Stories
from index.store.manifest import current
from search.config import SearchConfig
from search.rank.related import related

Pair = frozenset[str]


def judged_pairs(folder: Path, names: set[str], judged: Path | None) -> dict[Pair, int]:
    """The pairs of a test set with their relevance."""
    found: dict[Pair, int] = {}
    if judged is not None:
        for line in judged.read_text(encoding="utf-8").splitlines():
            if line.strip():
                first, second, label = line.split()
                found[frozenset((first, second))] = int(label)
    with (folder / "qrels.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            own = next(row["qid"][at:] for at in (1, 2) if row["qid"][at:] in names)
            if own != row["docid"]:
                pair = frozenset((own, row["docid"]))
                found[pair] = max(row["rel"], found.get(pair, 0))
    return found


def linked(data: Path, index: OpenIndex) -> Pairs:
    """The links of an index as a rebuild would make them."""
    generation = current(data)
    finder = StoryFinder.of(
        generation, index.catalogue, Lexicon.open(generation), index.manifest.encoder.id
    )
    firsts = np.flatnonzero(index.columns.firsts).astype(np.int32)
    return settle(finder.find(firsts), index.columns.lang)


def place(index: OpenIndex, first: int, second: int) -> int:
    """Which place an article has in what is related to another, of its own language; 0 for none."""
    config = SearchConfig()
    found = related(first, index, config.max_related, config)
    language = index.columns.lang_names[index.columns.lang[second]]
    listed = [*found.stories, *found.copies, *found.likes]
    names = [each.id for each in listed if each.lang == language]
    (wanted,) = index.catalogue.documents([second])
    return names.index(wanted.id) + 1 if wanted.id in names else 0


def main() -> None:
    """Read the arguments, link, look and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("test_set", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--judged", type=Path)
    parser.add_argument("--across", action="store_true")
    parser.add_argument("--unjudged", action="store_true")
    options = parser.parse_args()
    console, index = Console(width=200), OpenIndex.open_current(options.data)
    documents = dict(index.catalogue.iter_documents())
    docids = {document.id: docid for docid, document in documents.items()}
    known = judged_pairs(options.test_set, set(docids), None)
    judged = judged_pairs(options.test_set, set(docids), options.judged)
    started = time.process_time()
    pairs = linked(options.data, index)
    console.print(
        f"{len(documents):,} documents linked in {time.process_time() - started:.1f} s CPU"
    )
    stories = Stories.of_pairs(pairs, len(index.columns), index.columns.copy_of)
    object.__setattr__(index, "stories", stories)

    languages = index.columns.lang
    sure = (pairs.kinds != RUNNING) | (pairs.chances >= THRESHOLD)
    across = languages[pairs.first] != languages[pairs.second]
    links: dict[Pair, bool] = {}
    for at in np.flatnonzero(sure & (across | (not options.across))).tolist():
        a, b = documents[int(pairs.first[at])].id, documents[int(pairs.second[at])].id
        links[frozenset((a, b))] = bool(pairs.kinds[at] != RUNNING)

    table = Table("relevance", "pairs", "one event", "or running", "first 5", "first 10", box=None)
    for relevance in sorted(set(known.values()) - {0}, reverse=True):
        some = [tuple(pair) for pair, label in known.items() if label == relevance]
        exact = {
            (a, b)
            for a, b in some
            if index.columns.copy_of[docids[a]] == index.columns.copy_of[docids[b]]
        }
        event = sum(links.get(frozenset(p), False) or p in exact for p in some)
        either = sum(frozenset(p) in links or p in exact for p in some)
        places = [place(index, docids[a], docids[b]) for a, b in some]
        places += [place(index, docids[b], docids[a]) for a, b in some]
        near = [sum(0 < each <= most for each in places) / len(places) for most in (5, 10)]
        shares = (event / len(some), either / len(some), *near)
        table.add_row(str(relevance), str(len(some)), *(f"{share:.3f}" for share in shares))
    console.print(table)

    concerned = {name for pair in known for name in pair}
    verdicts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for pair, event in links.items():
        if pair & concerned:
            label = judged.get(pair)
            verdicts[event][
                {None: "not judged", 0: "wrong", 1: "rel 1"}.get(label, "rel 2 or 3")
            ] += 1
            if label is None and options.unjudged:
                titles = (f"{name} {documents[docids[name]].title[:80]}" for name in sorted(pair))
                console.print("event" if event else "running", *titles, sep=" | ", markup=False)
    console.print(
        "links as one event:", dict(verdicts[True]), "as one running story:", dict(verdicts[False])
    )


if __name__ == "__main__":
    main()
