"""Does the encoder know a sentence's translation? P@1 both ways over tab-separated pairs.

python benchmarks/bitext.py PAIRS.tsv        (English, tab, Urdu; one pair a line)
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from index.encoders.registry import open_encoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--encoder", default="bundled")
    options = parser.parse_args()
    pairs = [line.split("\t")[:2] for line in options.pairs.read_text("utf-8").splitlines() if line]
    english, urdu = ([pair[side] for pair in pairs] for side in (0, 1))
    encoder = open_encoder(options.encoder)
    table = Table("direction", "pairs", "P@1", box=None)
    for name, asked, answers in (("ur -> en", urdu, english), ("en -> ur", english, urdu)):
        found = encoder.encode_queries(asked) @ encoder.encode_passages(answers).T
        right = found.argmax(axis=1) == np.arange(len(pairs))
        table.add_row(name, str(len(pairs)), f"{right.mean():.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
