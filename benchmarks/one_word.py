"""One word asked of the sample archive: are articles of the other language about it among the first three?

    python benchmarks/one_word.py --data DIR [--count 150] [--show]

`one_word.tsv` has a language, a word and what it may be called in the other language, written by hand before
anything was searched; so no dictionary of the program says what is right. Its words are all everyday key words
of the sample archive (in an article's title or repeated there, and more often than the language at large has
them: Dunning's log-likelihood ratio over 6.63) but names, numbers and words of grammar.

An article is about a word if it has one of these in its title or uses them twice or oftener, in any form that
has the same stem; where none does, one that uses them once is the best there is. Words that no article of the
other language says are left out, and counted.
`--show` prints what failed.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.config import IndexConfig
from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from index.operations.build import rebuild
from index.text.analysis import Script, stem, terms
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import SearchRequest

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
WORDS = Path(__file__).with_suffix(".tsv")
FIRST = 3
OFTEN = 2
"""How often an article that is about a word uses it, unless it has it in its title."""
SEED = 12


@dataclass(frozen=True)
class Asked:
    """A word, the language that is searched, and the ids of its articles that are about the word."""

    word: str
    target: Script
    right: frozenset[str]


def stems(text: str) -> str:
    """The stems of a text with a space around each, to look for runs of them."""
    return f" {' '.join(map(stem, terms(text)))} "


def asked_of(index: OpenIndex) -> list[Asked]:
    """All words of the file, in order."""
    texts: dict[str, dict[str, tuple[str, str]]] = {"ur": {}, "en": {}}
    for docid in range(len(index.columns)):
        document = index.catalogue.document(docid)
        texts[document.lang][document.id] = stems(document.title), stems(document.body)
    found = []
    for line in WORDS.read_text("utf-8").splitlines():
        language, word, others = line.split("\t")
        target: Script = "ur" if language == "en" else "en"
        called = {stems(other) for other in others.split(",")}
        says: dict[int, set[str]] = {1: set(), OFTEN: set()}
        for name, (title, body) in texts[target].items():
            times = sum(f"{title}{body}".count(run) for run in called)
            if times:
                about = times >= OFTEN or any(run in title for run in called)
                says[OFTEN if about else 1].add(name)
        found.append(Asked(word, target, frozenset(says[OFTEN] or says[1])))
    return found


def main() -> None:
    """Ask them and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--show", action="store_true")
    chosen = parser.parse_args()
    config = IndexConfig(data_dir=chosen.data)
    encoder = open_encoder("bundled")
    rebuild([SEEDS], config, encoder=encoder)
    index = OpenIndex.open_current(config.data_dir)
    engine = SearchEngine(index, encoder, SearchConfig(time_budget=0))
    table = Table("searched", "words", "left out", "asked", f"one in the first {FIRST}", "of those")
    console = Console(width=150)
    words = asked_of(index)
    for target in ("ur", "en"):
        mine = [each for each in words if each.target == target]
        about = [each for each in mine if each.right]
        sample = random.Random(SEED).sample(about, min(chosen.count, len(about)))
        hit = share = 0.0
        for each in sample:
            answer = engine.search(SearchRequest(each.word, languages=(target,), size=FIRST))
            got = [one.id for one in answer.hits]
            right = len(each.right.intersection(got))
            hit += bool(right)
            share += right / min(FIRST, len(each.right))
            if chosen.show and not right:
                also = ", ".join(
                    f"{other.word} {other.weight:.2f}"
                    for reading in answer.understood.readings
                    for other in reading.alternatives
                )
                console.print(f"{each.word}: {also} -> {got}, not {sorted(each.right)}")
        left, size = len(mine) - len(about), max(1, len(sample))
        rates = f"{hit / size:.3f}", f"{share / size:.3f}"
        table.add_row(target, str(len(mine)), str(left), str(len(sample)), *rates)
    console.print(table)
    index.close()


if __name__ == "__main__":
    main()
