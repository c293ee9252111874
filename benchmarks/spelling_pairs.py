"""Whether two ways to write a word meet in search, and whether two different words keep apart.

    python benchmarks/spelling_pairs.py PAIRS.tsv --data DIR [--frequent 2000]

PAIRS.tsv has two ways to write one Urdu word a line, between them a tab; one of them may be several words
(``وزیراعظم``, ``وزیر اعظم``). Each is searched for, and is met if every article that holds the other, but
not itself, is found for it: `by words` those that carry most of what the query asks (`HELD`), `in quotes`
those that meet it as a condition. Pairs of which the archive lacks one are left out.

Then the other side: of the most frequent Urdu words of the archive, which are searched by which others
among them. Each pair that is no line of PAIRS.tsv is printed, to be read: two different words that meet are
an error.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from index.arrays import Ints
from index.errors import EncoderError
from index.opened import OpenIndex
from index.text.analysis import stem, terms
from search.config import SearchConfig
from search.models import Mode, SearchRequest
from search.query.conditions import documents_meeting
from search.query.filters import Filters, documents_passing
from search.query.query import parse_query
from search.rank.keyword_arm import keyword_arm
from search.rewrite.phrase_spellings import with_spellings
from search.understand.understanding import Interpreter

HELD = 0.5
"""Share of the rarity of a query's words from which an article counts as found by them."""

Pair = tuple[str, str]


class Meetings:
    """Asks an index for one way to write a word, and looks for the articles with the other."""

    def __init__(self, index: OpenIndex) -> None:
        self._index = index
        self._config = SearchConfig()
        self._reader = Interpreter(index, self._config)
        self.seconds: list[float] = []

    def holding(self, text: str) -> Ints:
        """The documents that hold the words of a text in a row."""
        return self._index.keyword.phrase_documents(terms(text))

    def by_words(self, asked: str, wanted: Ints) -> bool:
        """Whether a query finds all wanted documents."""
        request = SearchRequest(asked, mode=Mode.KEYWORD)
        began = time.perf_counter()
        query = parse_query(asked, self._config)
        understood = self._reader.understand(query, request, EncoderError("words only"))
        found = keyword_arm(understood, self._index.keyword, self._index.columns, self._config)
        self.seconds.append(time.perf_counter() - began)
        return bool((found.weighted_coverage[wanted] >= HELD).all())

    def in_quotes(self, asked: str, wanted: Ints) -> bool:
        """Whether all wanted documents meet a query in quotes."""
        query = with_spellings(parse_query(f'"{asked}"', self._config), self._reader.spellings)
        understood = self._reader.understand(
            query, SearchRequest(query.text), EncoderError("words only")
        )
        lookup = understood.lookup(self._index, self._config)
        every = documents_passing(self._index.columns, (Filters(),))
        return bool(documents_meeting(query.conditions, lookup, every)[wanted].all())

    def among(self, count: int) -> list[Pair]:
        """Pairs of the archive's most frequent Urdu words of which one is searched by the other."""
        lexicon = self._index.lexicon
        rows = lexicon.script_rows("ur")
        best = rows[np.argsort(-lexicon.frequencies[rows], kind="stable")[:count]]
        frequent = {lexicon.words[row] for row in best.tolist()}
        return sorted(
            {
                (min(word, other), max(word, other))
                for word in frequent
                for spelling in self._reader.spellings.of(word)
                if (other := spelling.term) in frequent and stem(word) != stem(other)
            }
        )


def read(path: Path) -> list[Pair]:
    """The pairs of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(one, other) for one, other, *_ in (line.split("\t") for line in lines if line)]


def main() -> None:
    """Print what meets, what does not, and which frequent words do."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the index")
    parser.add_argument("--frequent", type=int, default=2000, help="words that must keep apart")
    asked = parser.parse_args()
    index = OpenIndex.open_current(asked.data)
    meetings, pairs = Meetings(index), read(asked.pairs)
    tried = words = quoted = 0
    missed = []
    for typed, other in [pair for one in pairs for pair in (one, one[::-1])]:
        wanted = np.setdiff1d(meetings.holding(other), meetings.holding(typed))
        if not len(wanted) or not len(meetings.holding(typed)):
            continue
        tried += 1
        met = meetings.by_words(typed, wanted)
        words += met
        quoted += meetings.in_quotes(typed, wanted)
        missed += [] if met else [f"{typed} -> {other}"]
    known = {tuple(sorted(pair)) for pair in pairs}
    frequent = meetings.among(asked.frequent)
    print("| queries | met by words | in quotes | p50 ms |\n| --- | --- | --- | --- |")
    p50 = 1000 * float(np.median(meetings.seconds or [0.0]))
    print(f"| {tried} | {words / max(1, tried):.3f} | {quoted / max(1, tried):.3f} | {p50:.1f} |")
    print(f"\nNot met: {', '.join(missed)}")
    print(f"\n{len(frequent)} pairs of the {asked.frequent} most frequent words meet; to be read:")
    print("\n".join(f"{one} / {other}" for one, other in frequent if (one, other) not in known))
    index.close()


if __name__ == "__main__":
    main()
