"""A few keywords of one language, documents of the other: does hybrid beat each arm alone?

    python benchmarks/keyword_test.py TESTSETS --data DIR [--sets NAME,...] [--lengths N,...]
        [--limit N]

TESTSETS is a folder of test sets; `tatoeba` in it is sentence pairs (`pairs.tsv`: English, tab,
Urdu), each side a document. A query is the rarest content words of a sentence or question, in their
order, rarity being the document frequency in the query's own language; sentences with too few
content words are left out. Figures are MRR@10 of the product's own search. `plain` is keyword mode
without its lexicon, names and Roman Urdu: what a search engine of one language would do. The ratios
are hybrid to the better of semantic and keyword, and to the better of semantic and plain. Indexes
are kept in DIR.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ranking_sweep import ask
from rich.console import Console
from rich.table import Table
from test_sets import TestSet, open_test_set

from index.text.analysis import Token, is_stop, terms, tokenize
from search.config import SearchConfig
from search.engine import SearchEngine
from search.evaluate.evaluate import TestQuery
from search.models import Mode

SETS = ("tico19", "uqa", "tatoeba")
LENGTHS = (2, 3, 5)
DIRECTIONS = (("en", "ur"), ("ur", "en"))


def from_pairs(pairs: Path, directory: Path) -> Path:
    """A test set of sentence pairs: each sentence is a document and asks for its translation."""
    documents, queries, qrels = [], [], []
    for number, line in enumerate(pairs.read_text("utf-8").splitlines()):
        sentences = dict(zip(("en", "ur"), line.split("\t"), strict=False))
        for language, other in DIRECTIONS:
            name, text = f"{language}/{number}", sentences[language]
            documents.append({"id": name, "lang": language, "title": "", "text": text})
            queries.append({"qid": name, "lang": language, "text": text, "type": "sentence"})
            qrels.append({"qid": name, "docid": f"{other}/{number}", "rel": 1})
    directory.mkdir(parents=True, exist_ok=True)
    for file, rows in (("documents", documents), ("queries", queries), ("qrels", qrels)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (directory / f"{file}.jsonl").write_text(text, "utf-8")
    return directory


def document_frequencies(test_set: TestSet, language: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for _, document in test_set.index.catalogue.iter_documents():
        if document.lang == language:
            found.update(set(terms(f"{document.title}\n{document.body}")))
    return found


def keywords(text: str, count: int, frequency: Counter[str]) -> str:
    """The rarest `count` content words of a text, as spelled there; empty if it has not as many."""
    words: dict[str, Token] = {}
    for token in tokenize(text):
        if not is_stop(token.term) and any(letter.isalpha() for letter in token.term):
            words.setdefault(token.term, token)
    if len(words) < count:
        return ""
    rarest = sorted(words.values(), key=lambda word: (frequency[word.term], word.start))[:count]
    return " ".join(text[word.start : word.end] for word in sorted(rarest, key=lambda w: w.start))


def sample(queries: Sequence[TestQuery], limit: int) -> list[TestQuery]:
    """At most `limit` of the queries, evenly spaced; all of them for 0."""
    count = min(limit or len(queries), len(queries))
    return [queries[at * len(queries) // count] for at in range(count)]


def rows(test_set: TestSet, lengths: Sequence[int], limit: int) -> Iterator[list[str]]:
    engine = test_set.engine
    off = SearchConfig(expansion=False, names=False, roman=False)
    plain = SearchEngine(test_set.index, engine.guard, off)
    runs = [(engine, mode) for mode in (Mode.HYBRID, Mode.SEMANTIC, Mode.KEYWORD)]
    for direction in DIRECTIONS:
        frequency = document_frequencies(test_set, direction[0])
        asked = [
            query
            for query in test_set.queries
            if query.language == direction[0] and test_set.relevant[query.id].get(direction[1])
        ]
        for length in lengths:
            short = [replace(each, text=keywords(each.text, length, frequency)) for each in asked]
            chosen = replace(
                test_set, queries=sample([query for query in short if query.text], limit)
            )
            figures = [
                chosen.mrr(direction, lambda q, t, e=each, m=mode: ask(e, q, t, m, 10))  # type: ignore[misc]
                for each, mode in [*runs, (plain, Mode.KEYWORD)]
            ]
            hybrid, semantic, keyword, bare = figures
            ratios = (hybrid / max(semantic, keyword), hybrid / max(semantic, bare))
            yield [
                test_set.name,
                " > ".join(direction),
                str(length),
                str(len(chosen.queries)),
                *(f"{figure:.3f}" for figure in figures),
                *(f"{ratio:.3f}" for ratio in ratios),
            ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("test_sets", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", type=lambda text: text.split(","), default=SETS)
    parser.add_argument(
        "--lengths", type=lambda text: [int(part) for part in text.split(",")], default=LENGTHS
    )
    parser.add_argument("--limit", type=int, default=0, help="queries a row; 0 is all of them")
    options = parser.parse_args()
    headings = ("set", "direction", "words", "queries", "hybrid", "semantic", "keyword", "plain")
    table = Table(*headings, "hybrid / better", "hybrid / better, plain", box=None)
    for name in options.sets:
        directory = options.test_sets / name
        if (directory / "pairs.tsv").is_file():
            directory = from_pairs(directory / "pairs.tsv", options.data / name)
        test_set = open_test_set(directory, options.data, SearchConfig())
        for row in rows(test_set, options.lengths, options.limit):
            table.add_row(*row)
        test_set.index.close()
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
