"""Are the right words lit up in the other language?

    python benchmarks/highlight_quality.py --dictionary FILE SET...

FILE is a TSV of Urdu and English words that mean the same; SET is a TSV of English and Urdu sentences
that say the same, or a folder with a `queries.jsonl` whose ids differ in `-en-` and `-ur-`. Sentences
become the documents of an index; each is opened with its translation as the query (or with a few words
of it), the product's own path. Only query words are looked at whose translation by the dictionary
stands in the sentence: that word is right, any other is wrong, though it may be a translation too.

    recall        of the query words, how many light up a right word
    precision     of the marks that answer them, how many are right
    false alarms  of the query words, how many light up any word of a sentence that has nothing to do
                  with them

The dictionary is never seen by the search. `lexicon` is what the archive taught; `states` are the
encoder's word states.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.config import IndexConfig
from index.documents import Document
from index.operations.build import rebuild_from
from index.parts.word_states import content_words
from index.text.analysis import Token, is_stop, stem, tokenize
from search.config import SearchConfig
from search.live import LiveEngine
from search.models import SearchRequest

VARIANTS = {
    "lexicon and states": SearchConfig(),
    "states alone, no dictionary": SearchConfig(expansion=False, names=False),
    "lexicon alone": SearchConfig(alignment=False),
    "letters alone": SearchConfig(expansion=False, names=False, alignment=False),
}
APART = 37  # how far from a sentence's translation its unrelated sentence stands

Gold = Mapping[str, set[int]]
"""Query word (term) -> where the words begin that translate it."""


@dataclass
class Counts:
    """What was asked and what lit up."""

    words: int = 0
    found: int = 0
    marks: int = 0
    right: int = 0
    strangers: int = 0
    alarms: int = 0

    def row(self) -> list[str]:
        """Words, recall, precision, false alarms."""
        shares = ((self.found, self.words), (self.right, self.marks), (self.alarms, self.strangers))
        return [f"{self.words:,}", *(f"{a / max(1, b):.3f}" for a, b in shares)]


@dataclass(frozen=True)
class Dictionary:
    """Stems of an English word -> stems of the Urdu words, each a run; and the other way."""

    runs: Mapping[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def read(cls, path: Path) -> Dictionary:
        """From lines of Urdu, English and further columns."""
        found = cls()
        for line in path.read_text(encoding="utf-8").splitlines():
            urdu, english = line.split("\t")[:2]
            theirs = tuple(stem(each.term) for each in tokenize(urdu))
            ours = [stem(each.term) for each in tokenize(english) if not is_stop(each.term)]
            if len(ours) == 1 and 0 < len(theirs) <= 3:
                found.runs[ours[0]].add(theirs)
        return found

    def pairs(self, english: str, urdu: str) -> Iterator[tuple[Token, Token]]:
        """Content words of the two sentences that translate each other."""
        words = tokenize(urdu)
        stems = [stem(each.term) for each in words]
        content = set(content_words(urdu))
        for word in content_words(english):
            for run in self.runs.get(stem(word.term), ()):
                for at in range(len(stems) - len(run) + 1):
                    if tuple(stems[at : at + len(run)]) == run:
                        yield from (
                            (word, each) for each in words[at : at + len(run)] if each in content
                        )


def sentences(path: Path) -> list[tuple[str, str]]:
    if path.is_file():
        rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
        return [(row[0], row[1]) for row in rows]
    lines = (path / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {row["qid"]: row["text"] for row in map(json.loads, lines)}
    other = {qid: qid.replace("-en-", "-ur-") for qid in texts if "-en-" in qid}
    return [(texts[en], texts[ur]) for en, ur in other.items() if ur in texts]


def gold(pairs: Sequence[tuple[Token, Token]], *, urdu: bool) -> Gold:
    found: dict[str, set[int]] = defaultdict(set)
    for english, theirs in pairs:
        asked, shown = (theirs, english) if urdu else (english, theirs)
        found[asked.term].add(shown.start)
    return found


def measure(
    engine: LiveEngine,
    dictionary: Dictionary,
    rows: Sequence[tuple[str, str]],
    most: int,
    urdu: bool,
) -> Counts:
    """Ask for each sentence with its translation, or with up to `most` words of it."""
    counts, choice = Counts(), random.Random(1)
    for number, (english, theirs) in enumerate(rows):
        known = gold(list(dictionary.pairs(english, theirs)), urdu=urdu)
        query = theirs if urdu else english
        if most and known:
            words = [each for each in content_words(query) if each.term in known]
            kept = sorted(choice.sample(range(len(words)), min(most, len(words))))
            query = " ".join(query[words[at].start : words[at].end] for at in kept)
            known = {words[at].term: known[words[at].term] for at in kept}
        if not known:
            continue
        lang = "en" if urdu else "ur"
        for term, places in marks(engine, f"{number}-{lang}", query).items():
            if term in known:
                counts.marks += len(places)
                counts.right += len(places & known[term])
                counts.found += bool(places & known[term])
        stranger = marks(engine, f"{(number + APART) % len(rows)}-{lang}", query)
        counts.words += len(known)
        counts.strangers += len(known)
        counts.alarms += sum(term in stranger for term in known)
    return counts


def marks(engine: LiveEngine, document: str, query: str) -> dict[str, set[int]]:
    """Query word (term) -> where the words begin that a document lights up for it."""
    found: dict[str, set[int]] = defaultdict(set)
    for span in engine.document(document, SearchRequest(query)).body_spans:
        for word in tokenize(span.word):
            found[word.term].add(span.start)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--dictionary", type=Path, required=True)
    parser.add_argument("sets", type=Path, nargs="+")
    args = parser.parse_args()
    dictionary = Dictionary.read(args.dictionary)
    table = Table(box=None)
    for heading in ("set", "query", "variant", "words", "recall", "precision", "false alarms"):
        table.add_column(heading)
    for path in args.sets:
        rows = sentences(path)
        with tempfile.TemporaryDirectory() as directory:
            config = IndexConfig(data_dir=Path(directory))
            texts = [
                (f"{n}-{lang}", lang, text)
                for n, row in enumerate(rows)
                for lang, text in zip(("en", "ur"), row, strict=True)
            ]
            rebuild_from(
                [Document(id=i, title="", body=text, lang=lang) for i, lang, text in texts], config
            )
            for name, variant in VARIANTS.items():
                engine = LiveEngine(config, variant).opened()
                for urdu in (False, True):
                    for most, kind in ((0, "sentence"), (3, "1 to 3 words")):
                        query = f"{'ur -> en' if urdu else 'en -> ur'}, {kind}"
                        counts = measure(engine, dictionary, rows, most, urdu)
                        table.add_row(path.stem, query, name, *counts.row())
                engine.close()
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
