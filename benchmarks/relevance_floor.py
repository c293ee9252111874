"""Can meaning be told from nonsense? Queries of a test set against strings of random letters.

    python benchmarks/relevance_floor.py TESTSET... --data DIR

For each measure: the area under the ROC curve between real and nonsense queries by their best
match; then the share of nonsense and of real queries whose best match reaches the fitted floor.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from test_sets import TestSet, open_test_set

from search.config import SearchConfig

ALPHABETS = ("abcdefghijklmnopqrstuvwxyz", "ابپتٹجچحخدڈرڑزسشصضطعغفقکگلمنوہیے")
Floats = npt.NDArray[np.float32]


def gibberish(count: int) -> list[str]:
    """Strings of random letters that the index was not fitted to."""
    dice = random.Random(7)

    def word() -> str:
        return "".join(dice.choice(dice.choice(ALPHABETS)) for _ in range(dice.randint(3, 10)))

    strings = [" ".join(word() for _ in range(dice.randint(1, 4))) for _ in range(count)]
    return [*strings, "zzzzzz", "asdf", "qwerty uiop", "xyzzy plugh", "ھھھھھ", "ٹٹٹٹ ڈڈڈڈ"]


def auc(real: Floats, nonsense: Floats) -> float:
    """Chance that a real query's match is better than a nonsense query's."""
    return float((real[:, None] > nonsense[None, :]).mean())


def best_matches(test_set: TestSet, texts: list[str]) -> tuple[Floats, Floats]:
    """The highest cosine and the highest centred similarity each text reaches anywhere in the index."""
    index = test_set.index
    rows = index.vectors.vectors(np.arange(index.vectors.count))
    languages = index.columns.lang[index.columns.passage_doc]
    cosine, centred = [], []
    for vector in test_set.engine.guard.request().encode_queries(texts):
        cosine.append((rows @ vector).max())
        centred.append(index.relevance.similarity(vector, rows, languages).max())
    return np.array(cosine, np.float32), np.array(centred, np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("test_sets", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    headings = (
        "set",
        "queries",
        "n",
        "AUC cosine",
        "AUC centred",
        "floor",
        "real above",
        "nonsense",
    )
    table = Table(*headings, box=None)
    for directory in options.test_sets:
        test_set = open_test_set(directory, options.data, SearchConfig())
        noise = best_matches(test_set, gibberish(200))
        floor = test_set.index.relevance.floor
        for language in sorted({query.language for query in test_set.queries}):
            texts = [query.text for query in test_set.queries if query.language == language]
            real = best_matches(test_set, texts[:: max(1, len(texts) // 300)])
            figures = (
                f"{auc(real[0], noise[0]):.3f}",
                f"{auc(real[1], noise[1]):.3f}",
                f"{floor:.3f}",
                f"{(real[1] >= floor).mean():.1%}",
                f"{(noise[1] >= floor).mean():.1%}",
            )
            table.add_row(test_set.name, language, str(len(real[0])), *figures)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
