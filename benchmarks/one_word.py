"""One word asked of the sample archive: are the articles of the other language on it among the first three?

    python benchmarks/one_word.py --data DIR [--count 150] [--show]

Words are drawn by script: everyday ones (met often enough in the language at large) that are key words of
an article, which has them in its title or repeats them, and far more often than the language at large does (Dunning's
log-likelihood ratio, "Accurate methods for the statistics of surprise and coincidence", 1993): an article
is on what it says more often than others do. Right are the other tellings of the articles that a word is a key word of;
the sample archive tells each of its stories in both languages. So no dictionary says what is right.
`--show` prints the words that failed, for reading: the other telling may say it otherwise.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.analysis import script, stem, terms
from index.bilingual import BilingualLexicon
from index.build import rebuild
from index.config import IndexConfig
from index.encoders import open_encoder
from index.reader import OpenIndex
from index.translations import Script
from search.config import SearchConfig
from search.engine import SearchEngine
from search.function_words import is_function_word
from search.models import SearchRequest

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
FIRST = 3
OFTEN = 2
"""How often a word stands in an article that is about it, unless it stands in its title."""
KEY_FROM = 13.83
"""Least log-likelihood ratio of a key word: one in five thousand words reaches it by chance."""
SELDOM = 1.0
"""Times in a million that an everyday word is met at least."""
LETTERS = 3
SEED = 12


@dataclass(frozen=True)
class Asked:
    """A word, and the ids of the articles of the other language that are right."""

    word: str
    language: Script
    right: frozenset[str]


def other_telling(name: str) -> str:
    """The id of the same story in the other language."""
    language, _, rest = name.partition("/")
    return f"{'en' if language == 'ur' else 'ur'}/{rest}"


def keyness(count: int, length: int, million: float) -> float:
    """The log-likelihood ratio of a word met `count` times in a text of `length` words, which the language at
    large has `million` times in a million; 0 of one that is rarer here."""
    expected = length * million / 1e6
    return 2 * (count * math.log(count / expected) - count + expected) if count > expected else 0.0


def words_of(index: OpenIndex, language: Script) -> Iterator[Asked]:
    """All words that may be asked, in order: everyday key words that are no names, in their commonest form."""
    lexicon, spelt = BilingualLexicon.load(), index.phrases.spelt
    about: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for docid in range(len(index.columns)):
        document = index.catalogue.document(docid)
        if document.lang != language:
            continue
        words = [
            word
            for word in terms(f"{document.title} {document.body}")
            if script(word) == language and not is_function_word(word)
        ]
        title = set(map(stem, terms(document.title)))
        for word in words:
            forms[stem(word)][word] += 1
        for each, count in Counter(map(stem, words)).items():
            million = lexicon.frequency(each, language)
            often = each in title or count >= OFTEN
            if often and million >= SELDOM and keyness(count, len(words), million) >= KEY_FROM:
                about[each].add(other_telling(document.id))
    for each in sorted(about):
        word = max(forms[each], key=lambda form: (forms[each][form], form))
        name = spelt.get(index.lexicon.row(word), word).istitle()
        if len(word) >= LETTERS and word.isalpha() and not name:
            yield Asked(word, language, frozenset(about[each]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    config = IndexConfig(data_dir=asked.data)
    encoder = open_encoder("bundled")
    rebuild([SEEDS], config, encoder=encoder)
    index = OpenIndex.open_current(config.data_dir)
    engine = SearchEngine(index, encoder, SearchConfig())
    table = Table("asked in", "words to choose from", "asked", f"in the first {FIRST}", "share")
    console = Console(width=150)
    languages: tuple[Script, Script] = ("en", "ur")
    for language in languages:
        found = list(words_of(index, language))
        chosen = random.Random(SEED).sample(found, min(asked.count, len(found)))
        right = 0
        for each in chosen:
            target = "ur" if language == "en" else "en"
            answer = engine.search(SearchRequest(each.word, languages=(target,), size=FIRST))
            hit = bool({one.id for one in answer.hits} & each.right)
            right += hit
            if asked.show and not hit:
                also = [
                    f"{other.word} {other.weight:.2f}"
                    for reading in answer.understood.readings
                    for other in reading.alternatives
                ]
                got = [one.id for one in answer.hits]
                console.print(f"{each.word}: {', '.join(also)} -> {got}, not {sorted(each.right)}")
        share = f"{right / len(chosen):.3f}"
        table.add_row(language, str(len(found)), str(len(chosen)), str(right), share)
    console.print(table)
    index.close()


if __name__ == "__main__":
    main()
