"""Which articles tell one story? The links of an index against the pairs that are known.

    python benchmarks/story_pairs.py [TESTSET...] --data DIR

The sample archive, the near-miss articles of the tests, both together, and each test set: two of its
documents, of two languages, that answer one query tell the same. All other documents are
distractors. How links do on real tellings is measured by `benchmarks/story_tellings.py`; their weights are
fitted by `training/story_links.py`.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from index.operations.build import rebuild
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.lexicon import Lexicon
from index.parts.stories.build import StoryFinder, settle
from index.parts.stories.stories import COPY, RUNNING, STORY
from index.store.manifest import current
from search.evaluate.evaluate import ensure_index, read_queries

ROOT = Path(__file__).resolve().parents[1]
SEEDS, NEAR_MISS = ROOT / "seeds", ROOT / "tests" / "data" / "near_miss"
Pair = frozenset[str]
Known = Mapping[Pair, str]


@dataclass(frozen=True)
class Archive:
    """A built archive and what is known of it: pairs of ids with their relation."""

    name: str
    generation: Path
    known: Known


def seed_pairs() -> dict[Pair, str]:
    """Articles of the sample archive that share their name."""
    names = [path.name for path in (SEEDS / "ur").glob("*.md")]
    return {frozenset((f"ur/{name}", f"en/{name}")): "story" for name in names}


def near_miss_pairs() -> dict[Pair, str]:
    """The pairs that the near-miss articles were written to be."""
    with NEAR_MISS.with_name("near_miss_pairs.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {frozenset((row["first"], row["second"])): row["relation"] for row in rows}


def build(name: str, paths: Sequence[Path], known: Known, data: Path, encoder: Encoder) -> Archive:
    """Build an archive of article files; ids are the two last parts of a file's path."""
    config = IndexConfig(data_dir=data / name)
    rebuild(paths, config, encoder=encoder)
    return Archive(name, current(config.data_dir), known)


def build_test_set(directory: Path, data: Path, encoder: Encoder) -> Archive:
    """Build (or open) a test set; documents of two languages that answer one query are a pair."""
    config = IndexConfig(data_dir=data / "eval" / directory.resolve().name)
    ensure_index(directory / "documents.jsonl", config, encoder, None)
    index = OpenIndex.open_current(config.data_dir)
    known = {}
    for query in read_queries(directory, index):
        lang = {name: language(index, name) for name in query.relevant}
        known.update({frozenset((a, b)): "story" for a in lang for b in lang if lang[a] != lang[b]})
    index.close()
    return Archive(directory.resolve().name, current(config.data_dir), known)


def language(index: OpenIndex, name: str) -> int:
    docid = index.catalogue.docid_of(name)
    assert docid is not None
    return int(index.columns.lang[docid])


def short(document_id: str) -> str:
    """The id without the folder that several folders of articles are told apart by."""
    parts = document_id.split("/")
    return "/".join(parts[-2:])


def report(archive: Archive, encoder: str, table: Table, console: Console) -> None:
    """A row of the table, and what was missed or wrong."""
    with Catalogue.open(archive.generation) as catalogue:
        lexicon, languages = Lexicon.open(archive.generation), catalogue.columns().lang
        everything = np.arange(len(languages), dtype=np.int32)
        started = time.process_time()
        # Linked again, as a rebuild does: a test set's index may be from before the last change.
        finder = StoryFinder.of(archive.generation, catalogue, lexicon, encoder)
        found_pairs = finder.find(everything)
        pairs = settle(found_pairs, languages)
        seconds = time.process_time() - started
        names = {docid: short(document.id) for docid, document in catalogue.iter_documents()}
    found = {STORY: set[Pair](), COPY: set[Pair](), RUNNING: set[Pair]()}
    for a, b, kind in zip(pairs.first, pairs.second, pairs.kinds, strict=True):
        found[int(kind)].add(frozenset((names[a], names[b])))
    row = [archive.name, f"{len(names):,}"]
    for relation, code in (("story", STORY), ("copy", COPY)):
        known = {pair for pair, kind in archive.known.items() if kind == relation}
        right, wrong = known & found[code], found[code] - known
        precision = len(right) / len(found[code]) if found[code] else float("nan")
        recall = len(right) / len(known) if known else float("nan")
        row += [str(len(known)), str(len(right)), str(len(wrong))]
        row += [f"{precision:.3f}", f"{recall:.3f}"] if relation == "story" else []
        for verdict, some in (("missing", known - right), ("wrong", wrong)):
            for pair in sorted(map(sorted, some))[:12]:
                console.print(f"{archive.name}: {verdict} {relation}: {' + '.join(pair)}")
    table.add_row(*row, f"{seconds:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("test_sets", nargs="*", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    console, encoder = Console(width=140), open_encoder("bundled")
    seeds, near = seed_pairs(), near_miss_pairs()
    archives = [
        build("seeds", [SEEDS], seeds, options.data, encoder),
        build("near-miss", [NEAR_MISS], near, options.data, encoder),
        build("both", [SEEDS, NEAR_MISS], seeds | near, options.data, encoder),
        *(build_test_set(each, options.data, encoder) for each in options.test_sets),
    ]
    headings = ("archive", "documents", "stories", "found", "wrong", "precision", "recall")
    table = Table(*headings, "copies", "found", "wrong", "CPU time", box=None)
    for archive in archives:
        report(archive, encoder.info.id, table, console)
    console.print(table)


if __name__ == "__main__":
    main()
