"""Which rules of the text handling earn their place: MRR@10 of plain BM25 with each on and off.

    python benchmarks/analysis_ablation.py EVAL_ROOT [mixtures folds retyped suffixes stops]

EVAL_ROOT holds test sets (`uqa`, `roman_wiki`) of `documents.jsonl`, `queries.jsonl` and
`qrels.jsonl`. Texts are cut by the product's own tokenizer once; a variant then only says which
key a word's spelling gets (or none, for a stop word), so that each takes a second.

A column shows MRR@10; behind it, against the first row of the block, the change in thousandths and
how many queries won and lost. Keywords and phrases of roman_wiki are words of the very page that
is to be found, so they can only lose by stemming; the questions of uqa were put independently.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pyarabic import araby

from index.text import analysis, normalize
from index.text.analysis import is_stop, script, stem, tokenize

Key = Callable[[str], "str | None"]
"""What a spelling is indexed under."""

K1, B = 1.2, 0.75
SETS = (
    ("uqa ur", "uqa", "ur", "question"),
    ("uqa en", "uqa", "en", "question"),
    ("keywords", "roman_wiki", "ur", "keywords"),
    ("phrases", "roman_wiki", "ur", "phrase7"),
)


@dataclass
class Postings:
    """BM25 impacts of one variant: term t's are at [starts[t]:starts[t + 1]]."""

    term_of: np.ndarray
    docs: np.ndarray
    impacts: np.ndarray
    starts: np.ndarray


class TestSet:
    """One direction of one set, its texts coded as numbers of spellings."""

    def __init__(self, root: Path, name: str, folder: str, lang: str, kind: str) -> None:
        self.name = name
        rows = {part: list(_records(root / folder / f"{part}.jsonl")) for part in PARTS}
        documents = [row for row in rows["documents"] if row["lang"] == lang]
        number = {row["id"]: place for place, row in enumerate(documents)}
        wanted: dict[str, list[int]] = defaultdict(list)
        for row in rows["qrels"]:
            if row["rel"] > 0 and row["docid"] in number:
                wanted[row["qid"]].append(number[row["docid"]])
        self.codes: dict[str, int] = {}
        texts = [self._coded(f"{row.get('title') or ''}\n{row['text']}") for row in documents]
        self.size = len(texts)
        self.words = np.concatenate(texts)
        self.doc_of = np.repeat(np.arange(self.size), [len(text) for text in texts])
        asked = [q for q in rows["queries"] if (q["lang"], q["type"]) == (lang, kind)]
        asked = [query for query in asked if wanted[query["qid"]]]
        self.texts = [query["text"] for query in asked]
        self.wanted = [wanted[query["qid"]] for query in asked]

    def _coded(self, text: str) -> np.ndarray:
        spellings = (text[token.start : token.end] for token in tokenize(text))
        codes = [self.codes.setdefault(word, len(self.codes)) for word in spellings]
        return np.array(codes, dtype=np.int64)

    def postings(self, key: Key, k1: float = K1, b: float = B) -> Postings:
        """Index all documents under `key`."""
        ids: dict[str, int] = {}
        keys = [key(spelling) for spelling in self.codes]
        term_of = np.array([-1 if k is None else ids.setdefault(k, len(ids)) for k in keys])
        words = term_of[self.words]
        kept = words >= 0
        words, docs = words[kept], self.doc_of[kept]
        lengths = np.bincount(docs, minlength=self.size)
        pairs, counts = np.unique(words * self.size + docs, return_counts=True)
        terms, docs = pairs // self.size, pairs % self.size
        df = np.bincount(terms, minlength=len(ids))
        idf = np.log(1 + (self.size - df + 0.5) / (df + 0.5))
        norm = k1 * (1 - b + b * lengths[docs] / lengths.mean())
        impacts = idf[terms] * counts * (k1 + 1) / (counts + norm)
        return Postings(term_of, docs, impacts, np.searchsorted(terms, np.arange(len(ids) + 1)))

    def run(
        self,
        keys: Sequence[tuple[float, Key]],
        retype: Callable[[str], str] = str,
        params: tuple[float, float] = (K1, B),
    ) -> np.ndarray:
        """Reciprocal ranks of all queries, scores being the weighted sum over `keys`."""
        queries = [self._coded(retype(text)) for text in self.texts]
        arms = [(weight, self.postings(key, *params)) for weight, key in keys]
        return np.array([self._rank(*row, arms) for row in zip(queries, self.wanted, strict=True)])

    def _rank(
        self, query: np.ndarray, wanted: list[int], arms: list[tuple[float, Postings]]
    ) -> float:
        scores = np.zeros(self.size)
        for weight, index in arms:
            for term in index.term_of[query]:
                if term >= 0:
                    span = slice(index.starts[term], index.starts[term + 1])
                    scores[index.docs[span]] += weight * index.impacts[span]
        best = 0.0
        for doc in wanted:
            rank = 1 + (scores > scores[doc]).sum() + (scores[:doc] == scores[doc]).sum()
            if scores[doc] > 0 and rank <= 10:
                best = max(best, 1 / rank)
        return best


PARTS = ("documents", "queries", "qrels")


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


class Report:
    """Prints one row a variant, against the first row of its block."""

    def __init__(self, sets: list[TestSet]) -> None:
        self.sets = sets
        self.base: list[np.ndarray] | None = None

    def block(self, title: str) -> None:
        """Begin a block; its first row is what the others are compared with."""
        print(f"\n{title:28}" + "".join(f"{one.name:26}" for one in self.sets))
        self.base = None

    def row(self, name: str, *keys: tuple[float, Key], **options: Any) -> None:
        """Measure the weighted sum of `keys` on every set and print it."""
        found = [one.run(keys, **options) for one in self.sets]
        base = self.base or found
        cells = [_cell(new, old) for new, old in zip(found, base, strict=True)]
        print(f"{name:28}" + "".join(f"{cell:26}" for cell in cells), flush=True)
        self.base = base


def _cell(new: np.ndarray, old: np.ndarray) -> str:
    if new is old:
        return f"{new.mean():.4f}"
    change = (new - old).mean() * 1000
    return f"{new.mean():.4f} {change:+6.1f} {(new > old).sum():>4}/{(new < old).sum()}"


# The product's keys, and ways to change one of its rules.


def term(spelling: str) -> str | None:
    return normalize.normalize(spelling)


def exact(spelling: str) -> str | None:
    folded = normalize.normalize(spelling)
    return None if is_stop(folded) else folded


def stemmed(spelling: str) -> str | None:
    folded = normalize.normalize(spelling)
    return None if is_stop(folded) else stem(folded)


def every_stem(spelling: str) -> str | None:
    return stem(normalize.normalize(spelling))


def pyarabic_defaults(spelling: str) -> str:
    """What pyarabic's own normalizing functions make of a word."""
    bare = araby.strip_tatweel(araby.strip_tashkeel(spelling.lower()))
    return str(araby.normalize_alef(araby.normalize_hamza(araby.normalize_ligature(bare))))


@contextmanager
def changed(letters: dict[str, str | None] | None = None, **rules: Any) -> Iterator[None]:
    """The product with other letter folds (in `normalize`) or other rules (of `analysis`)."""
    table = {ord(char): fold for char, fold in (letters or {}).items()}
    before_letters = {code: normalize._LETTERS[code] for code in table}
    before_rules = {name: getattr(analysis, name) for name in rules}
    normalize._LETTERS.update(table)
    for name, rule in rules.items():
        setattr(analysis, name, rule)
    stem.cache_clear()
    try:
        yield
    finally:
        normalize._LETTERS.update(before_letters)
        for name, rule in before_rules.items():
            setattr(analysis, name, rule)
        stem.cache_clear()


def same(letters: Iterable[str]) -> dict[str, str | None]:
    return {letter: letter for letter in letters}


ARABIC_KEYBOARD = str.maketrans("یکہ", "يكه")
RULES_OFF: dict[str, tuple[dict[str, str | None], Callable[[str], str]]] = {
    # rule: the letters it folds, and queries typed the other way
    "ي ك ه (keyboard)": (same("يىكهە"), lambda text: text.translate(ARABIC_KEYBOARD)),
    "أ إ ٱ -> ا": (same("أإٱ"), lambda text: text.replace("ا", "أ", 1)),
    "ؤ -> و": (same("ؤ"), lambda text: text.replace("ؤ", "و")),
    "ۂ ۀ -> ہ": (same("ۂۀ"), lambda text: text.replace("ۂ", "ہ")),
    "ة ۃ -> ہ": (same("ةۃ"), lambda text: text.replace("ۃ", "ہ")),
    "marks": (same(araby.DIACRITICS), lambda text: text.replace("ال", "اَل")),
    "digits": (same("۰۱۲۳۴۵۶۷۸۹"), lambda text: text.translate(str.maketrans("123", "۱۲۳"))),
}
REJECTED: dict[str, dict[str, str | None]] = {
    "آ -> ا": {"آ": "ا"},
    "ئ -> ی in terms": {"ئ": "ی"},
    "ئ dropped": {"ئ": None},
    "ء dropped": {"ء": None},
    "ة ۃ -> ت": {"ة": "ت", "ۃ": "ت"},
    "ھ -> ہ": {"ھ": "ہ"},
    "ے -> ی": {"ے": "ی"},
    "ں -> ن": {"ں": "ن"},
}


def folds(report: Report) -> None:
    report.block("folding")
    report.row("none", (1, lambda spelling: spelling))
    report.row("lower case", (1, str.lower))
    report.row("pyarabic defaults", (1, pyarabic_defaults))
    report.row("ours", (1, term))
    report.block("one rule off")
    report.row("ours", (1, term))
    for name, (letters, _) in RULES_OFF.items():
        with changed(letters):
            report.row(name, (1, term))
    with _endings([]):
        report.row("ئے -> یے, final ء", (1, term))
    report.block("one more rule (rejected)")
    report.row("ours", (1, term))
    for name, letters in REJECTED.items():
        with changed(letters):
            report.row(name, (1, term))


def retyped(report: Report) -> None:
    """Queries typed the other way, with the rule and without."""
    variants = dict(RULES_OFF)
    for name, (letters, other) in variants.items():
        report.block(f"typed: {name}")
        report.row("with the rule", (1, term), retype=other)
        with changed(letters):
            report.row("without", (1, term), retype=other)
    for name, old, new in (("لیے for لئے", "ئے", "یے"), ("ا for final اء", "اء", "ا")):
        report.block(f"typed: {name}")
        report.row("with the rule", (1, term), retype=lambda t, o=old, n=new: t.replace(o, n))
        with _endings([]):
            report.row("without", (1, term), retype=lambda t, o=old, n=new: t.replace(o, n))


@contextmanager
def _endings(rules: list[Any]) -> Iterator[None]:
    before = normalize._ENDINGS[:]
    normalize._ENDINGS[:] = rules
    try:
        yield
    finally:
        normalize._ENDINGS[:] = before


def suffixes(report: Report) -> None:
    rounds = analysis.URDU_SUFFIXES
    best = ((1, stemmed), (0.5, exact))
    for title, arms in (("stems alone", best[:1]), ("stems + half exact", best)):
        report.block(f"suffixes: {title}")
        report.row("ours", *arms)
        with changed(URDU_SUFFIXES=()):
            report.row("none", *arms)
        for rule in [rule for rules in rounds for rule in rules]:
            fewer = tuple(tuple(r for r in rules if r != rule) for rules in rounds)
            with changed(URDU_SUFFIXES=fewer):
                report.row(f"without {rule[0]}", *arms)
        for name, rule in (("ی, 3 letters", ("ی", "", 3)), ("ان", ("ان", "", 3))):
            with changed(URDU_SUFFIXES=(*rounds[:2], (*rounds[2], rule))):
                report.row(f"with {name}", *arms)
        for name, more in (("verbs تا تے تی نا نے نی", "تا تے تی نا نے نی"), ("English س", "س")):
            extra = tuple((suffix, "", 3) for suffix in more.split())
            with changed(URDU_SUFFIXES=(rounds[0], (*rounds[1], *extra), rounds[2])):
                report.row(f"with {name}", *arms)


ASKING = "کیا کون کب کہاں کیوں کیسے کتنا کتنی کتنے کس what which when where how why"
AUXILIARIES = "گیا گئی گیے کرتا کرتی کرتے کرنے جاتا جاتی جاتے رہا رہی رہے ہوتا ہوتی ہوتے"


def stops(report: Report) -> None:
    urdu = frozenset(word for word in analysis.stop_words if script(word) == "ur")
    report.block("stop words")
    report.row("ours", (1, stemmed), (0.5, exact))
    for name, words in {
        "none": frozenset(),
        "Urdu only": urdu,
        "without questions": analysis.stop_words - set(ASKING.split()),
        "and WHO, US, IT": analysis.stop_words | {"who", "us", "it"},
        "and گیا کرتا جاتا ...": analysis.stop_words | set(AUXILIARIES.split()),
    }.items():
        with changed(stop_words=words):
            report.row(name, (1, stemmed), (0.5, exact))


def mixtures(report: Report) -> None:
    report.block("stems and exact terms")
    report.row("exact, stop words too", (1, term))
    report.row("exact", (1, exact))
    report.row("stems, stop words too", (1, every_stem))
    report.row("stems", (1, stemmed))
    for weight in (0.25, 0.5, 0.75, 1, 2):
        report.row(f"stems + {weight} exact", (1, stemmed), (weight, exact))
    report.block("k1, b of stems + 0.5 exact")
    for k1 in (1.2, 0.9, 0.6):
        for b in (0.75, 0.6, 0.5, 0.3):
            report.row(f"{k1}, {b}", (1, stemmed), (0.5, exact), params=(k1, b))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path, help="directory of the test sets")
    parser.add_argument("blocks", nargs="*", help="which blocks to print; all if none is named")
    asked = parser.parse_args()
    report = Report([TestSet(asked.root, *spec) for spec in SETS])
    for block in (mixtures, folds, retyped, suffixes, stops):
        if not asked.blocks or block.__name__ in asked.blocks:
            block(report)


if __name__ == "__main__":
    main()
