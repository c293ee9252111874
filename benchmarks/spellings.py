"""How many amounts, units, codes, compounds and acronyms are found by their other spellings.

    python benchmarks/spellings.py ARTICLES.jsonl --data DIR [--count 200]

ARTICLES.jsonl (id, title, body) are the documents of the index in DIR. From the texts a number of
each kind is drawn, evenly over all that a pattern finds. Each is asked for, by words alone and as
typed, in every other spelling that people use for it, and `found` is the share of these queries for
which the article it was drawn from is one that holds every word (`SearchEngine.selection`). The last
column is how many articles that is on average: what finds everything would find the right one, too.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from index.errors import EncoderError
from index.opened import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine

URDU_DIGITS = str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹،")
_LETTER = "(?:اے|بی|سی|ڈی|ای|ایف|جی|ایچ|آئی|جے|کے|ایل|ایم|این|او|پی|کیو|آر|ایس|ٹی|یو|وی)"


def amount(match: re.Match[str]) -> list[str]:
    """1400, 1,400, ۱۴۰۰, ۱،۴۰۰, "1,400", $1,400; Rs1,400 for rupees."""
    figures = match["number"].replace(",", "")
    grouped = f"{int(figures):,}"
    plain = [figures, grouped, figures.translate(URDU_DIGITS), grouped.translate(URDU_DIGITS)]
    rupees = [f"Rs{grouped}", f"Rs. {figures}"] if match[0].startswith("Rs") else []
    return [*plain, f'"{grouped}"', f"${grouped}", f"{figures}/-", *rupees]


def unit(match: re.Match[str]) -> list[str]:
    """20kg, 20-kg, "20 kg"."""
    number, name = match["number"], match["unit"]
    return [f"{number}{name}", f"{number}-{name}", f'"{number} {name}"']


def code(match: re.Match[str]) -> list[str]:
    """t20, T-20, "T 20"."""
    letters, number = match["letters"], match["number"]
    return [f"{letters}{number}".lower(), f"{letters}-{number}", f'"{letters} {number}"']


def compound(match: re.Match[str]) -> list[str]:
    """ex-minister, exminister."""
    return [match[0].lower(), match[0].replace("-", "")]


def letters(match: re.Match[str]) -> list[str]:
    """پی۔ٹی۔آئی, پی.ٹی.آئی and, in quotes, پی ٹی آئی."""
    names = re.split(r"[ .۔]", match[0])
    return ["۔".join(names), ".".join(names), f'"{" ".join(names)}"']


KINDS: dict[str, tuple[str, Callable[[re.Match[str]], list[str]]]] = {
    "amounts": (
        r"(?<!\w)(?:Rs\.? ?|PKR ?|[$£€])(?P<number>[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{2,})(?![\d.,]*\w)",
        amount,
    ),
    "units": (
        r"(?<![\w.,])(?P<number>\d{1,4})(?P<unit>[a-z]{2,3}|[\u0627-\u06d2]{2,4})(?!\w)",
        unit,
    ),
    "codes": (r"(?<![\w-])(?P<letters>[A-Z][A-Za-z]{0,5})-?(?P<number>\d{1,3})(?![\w-])", code),
    "compounds": (r"(?<![\w-])[A-Za-z]{1,12}-[A-Za-z]{1,12}(?![\w-])", compound),
    "letters": (rf"(?<!\w){_LETTER}(?:[ .۔]{_LETTER}){{2,3}}(?!\w)", letters),
}


def drawn(
    articles: list[dict[str, str]], pattern: str, count: int
) -> list[tuple[str, re.Match[str]]]:
    """Matches of a pattern with the article each is from, one of a spelling, evenly over all."""
    found: dict[str, tuple[str, re.Match[str]]] = {}
    for article in articles:
        for match in re.finditer(pattern, f"{article.get('title') or ''}\n{article['body']}"):
            if not match[0].lower().startswith("rs") or match.re.groups != 2:  # Rs50 is an amount
                found.setdefault(match[0], (article["id"], match))
    every = list(found.values())
    step = max(1.0, len(every) / count)
    return [every[int(at * step)] for at in range(min(count, len(every)))]


def measured(
    engine: SearchEngine,
    sample: list[tuple[str, re.Match[str]]],
    spellings: Callable[..., list[str]],
) -> tuple[int, int, int]:
    """Queries asked, how many found the article, and the articles that all of them found."""
    asked = right = everything = 0
    for name, match in sample:
        for query in spellings(match):
            if query != match[0]:
                matching = engine.selection(query).ids
                asked += 1
                right += name in matching
                everything += len(matching)
    return asked, right, everything


def read(path: Path) -> Iterator[dict[str, str]]:
    """The articles of a file, a JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    """Print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder of the index")
    parser.add_argument("--count", type=int, default=200, help="of each kind")
    asked = parser.parse_args()
    articles = list(read(asked.articles))
    index = OpenIndex.open_current(asked.data)
    engine = SearchEngine(index, EncoderError("words only"), SearchConfig())
    print("| kind | drawn | queries | found | articles a query |\n| --- | --- | --- | --- | --- |")
    for kind, (pattern, spellings) in KINDS.items():
        sample = drawn(articles, pattern, asked.count)
        queries, right, everything = measured(engine, sample, spellings)
        share, others = right / max(1, queries), everything / max(1, queries)
        print(f"| {kind} | {len(sample)} | {queries} | {share:.3f} | {others:.1f} |", flush=True)
    index.close()


if __name__ == "__main__":
    main()
