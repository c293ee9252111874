"""Is a count beside a filter what ticking it gives?

    python benchmarks/facet_truth.py --data DIR... [--values 500]

Makes a hundred queries out of titles, names and words of the archive, in both languages and with
Urdu words typed in Latin letters, and asks each in one mode and order, half of them with filters
already chosen. Of all values counted beside the answers it draws so many, ticks each alone in its
dimension, keeping the filters of the others, and holds the count against the total. Months are
ticked by their first and last day. `wrong` should be 0 everywhere.
"""

from __future__ import annotations

import argparse
import calendar
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from index.text.analysis import is_stop, script, terms
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import FacetValue, Mode, SearchRequest, Sort

QUERIES, VALUES = 100, 500
ROMAN = (
    *("selab", "zalzala", "barish", "bijli", "adalat", "mehngai", "talba", "hukumat", "kisan"),
    *("pani ki qillat", "gandum ki qeemat", "cricket team ka elan", "sehat aur taleem"),
)
"""Urdu as people type it in Latin letters."""


@dataclass(frozen=True)
class Ticked:
    """A value counted beside an answer, and the search with that value ticked."""

    dimension: str
    asked: SearchRequest
    value: FacetValue
    ticked: SearchRequest


def queries(index: OpenIndex, dice: random.Random, count: int) -> list[str]:
    """Titles, runs of one to three of their words, single words of texts, and Roman Urdu."""
    documents = [document for _, document in index.catalogue.iter_documents()]
    made = list(ROMAN)
    while len(made) < count:
        document = dice.choice(documents)
        text = dice.choice((document.title, document.title, document.body))
        words = [word for word in terms(text) if not is_stop(word) and script(word) != "other"]
        if not words:
            continue
        kind = dice.random()
        if kind < 0.15:
            made.append(document.title)
        else:
            first, length = dice.randrange(len(words)), 1 if kind < 0.5 else dice.randint(2, 3)
            made.append(" ".join(words[first : first + length]))
    dice.shuffle(made)
    return made[:count]


def requests(index: OpenIndex, dice: random.Random, count: int) -> Iterator[SearchRequest]:
    """Each query in a mode and an order, every other one with filters chosen."""
    columns, modes = index.columns, list(Mode)
    for number, query in enumerate(queries(index, dice, count)):
        asked = SearchRequest(query, mode=modes[number % len(modes)])
        if number % 5 == 4:
            asked = replace(asked, sort=Sort.NEWEST)
        if number % 2:
            chosen = {
                "languages": (dice.choice(columns.lang_names),),
                "sources": tuple(dice.sample(columns.source_names, 2)),
                "date_from": date(dice.choice((2010, 2020, 2025)), 1, 1),
            }
            names = dice.sample(sorted(chosen), dice.randint(1, 2))
            asked = replace(asked, **{name: chosen[name] for name in names})
        yield asked


def values(engine: SearchEngine, asked: SearchRequest) -> Iterator[Ticked]:
    """Every value counted beside the answer to a request."""
    facets = engine.search(asked).facets
    for value in facets.languages:
        yield Ticked("languages", asked, value, replace(asked, languages=(value.value,)))
    for value in facets.sources:
        yield Ticked("sources", asked, value, replace(asked, sources=(value.value,)))
    for value in facets.tags:
        yield Ticked("tags", asked, value, replace(asked, tags=(value.value,)))
    for value in facets.months:
        year, _, month = value.value.partition("-")
        first = date(int(year), int(month or 1), 1)
        last = int(month or 12)
        end = date(int(year), last, calendar.monthrange(int(year), last)[1])
        yield Ticked("months", asked, value, replace(asked, date_from=first, date_to=end))


def wrong(engine: SearchEngine, drawn: list[Ticked]) -> list[tuple[Ticked, int]]:
    """Those whose count is not the total of the search with the value ticked."""
    totals = ((each, engine.search(replace(each.ticked, size=1)).total.value) for each in drawn)
    return [(each, total) for each, total in totals if total != each.value.count]


def draw(engine: SearchEngine, index: OpenIndex, count: int, queries: int) -> list[Ticked]:
    """So many values of the answers to so many queries, the same ones every time."""
    dice = random.Random(1123)
    every = [each for asked in requests(index, dice, queries) for each in values(engine, asked)]
    return dice.sample(every, min(count, len(every)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--values", type=int, default=VALUES)
    options = parser.parse_args()
    encoder = open_encoder("bundled")
    table = Table("index", "mode", "dimension", "values", "wrong", box=None)
    for data in options.data:
        index = OpenIndex.open_current(data)
        engine = SearchEngine(index, encoder, SearchConfig())
        drawn = draw(engine, index, options.values, QUERIES)
        failed = Counter((e.asked.mode.value, e.dimension) for e, _ in wrong(engine, drawn))
        checked = Counter((each.asked.mode.value, each.dimension) for each in drawn)
        for (mode, dimension), count in sorted(checked.items()):
            table.add_row(data.name, mode, dimension, str(count), str(failed[mode, dimension]))
        table.add_row(data.name, "all", "", str(len(drawn)), str(failed.total()))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
