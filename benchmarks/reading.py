"""How fast tables and files of JSON lines are read, and what memory it takes, without an index.

    python benchmarks/reading.py --rows 100000 [--format csv jsonl csv.gz] [--words 250]

Rows are made up, half of them Urdu, with a date, a source, an address and tags; in tables every tenth
text has quotation marks and line breaks. Each format is read in a process of its own, by
`index.readers.read_paths`: a row of the table says its size, articles a second of processor time and the greatest memory
that the process held (resident set), less what it held before.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

_URDU = "کراچی میں بارش کے بعد سڑکوں پر پانی جمع ہو گیا اور ٹریفک کی روانی متاثر ہوئی محکمہ موسمیات نے کہا ہے کہ مزید بارش ہوگی"
_ENGLISH = "rain water stood on the roads of Karachi after a day of rain and traffic slowed the met office said more is expected"
_COLUMNS = ("id", "News_Title", "News_Body", "publishing_date", "source", "url", "tags")


def rows(count: int, words: int) -> Iterator[tuple[str, ...]]:
    """Made-up articles, the same for the same arguments."""
    dice = random.Random(1)
    for number in range(count):
        vocabulary = (_URDU if number % 2 else _ENGLISH).split()
        text = " ".join(dice.choices(vocabulary, k=words))
        if number % 10 == 0:
            text = f'"{text[:40]}",\n{text[40:]}'
        date = f"{2000 + number % 25}-{1 + number % 12:02}-{1 + number % 28:02}"
        url = f"https://example.org/{number}"
        yield (
            str(number),
            text[:50].replace("\n", " "),
            text,
            date,
            "City Ledger",
            url,
            "rain, city",
        )


def write(path: Path, count: int, words: int) -> None:
    """Write a file of the format that its name says."""
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "wb") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as file:
        _write(file, path, count, words)


def _write(file: TextIO, path: Path, count: int, words: int) -> None:
    if ".csv" in path.name:
        table = csv.writer(file)
        table.writerow(_COLUMNS)
        table.writerows(rows(count, words))
        return
    for row in rows(count, words):
        file.write(json.dumps(dict(zip(_COLUMNS, row, strict=True)), ensure_ascii=False) + "\n")


def read(path: Path) -> None:
    """Read a file and print what it took, as JSON."""
    from index.documents import Document
    from index.readers import read_paths

    before = _memory()
    began = time.process_time()
    found = sum(isinstance(item, Document) for item in read_paths([path]))
    taken = time.process_time() - began
    print(json.dumps({"articles": found, "seconds": taken, "mb": _memory() - before}))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure each format."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=250)
    parser.add_argument("--format", nargs="+", default=["csv", "jsonl", "csv.gz"])
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.read:
        read(args.read)
        return
    print(
        "| format | MB | articles | CPU s | articles a CPU s | memory, MB |\n| --- | --- | --- | --- | --- | --- |"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in args.format:
            path = Path(folder, f"articles.{name}")
            write(path, args.rows, args.words)
            ran = [sys.executable, __file__, "--read", str(path)]
            found = json.loads(subprocess.run(ran, check=True, capture_output=True).stdout)
            speed = found["articles"] / found["seconds"]
            size = path.stat().st_size / 1e6
            print(
                f"| {name} | {size:,.0f} | {found['articles']:,} | {found['seconds']:.1f} | {speed:,.0f} | {found['mb']:.0f} |"
            )
            path.unlink()


if __name__ == "__main__":
    main()
