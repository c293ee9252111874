"""Kills a writer of the index at random points and checks what is left: nothing lost, all alike.

    python benchmarks/crash.py [--kills 200] [--seconds S] [--seed N] [--keep DIR]

See tests/crashing.py for how it is done. Ends with 1 if anything was lost or disagreed; `--keep`
leaves the archive in a folder to look at.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from math import inf
from pathlib import Path

from rich.console import Console
from rich.table import Table

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # else threads wait for each other on a busy machine
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from crash_plan import KINDS
from crashing import Tally, crash


def show(tally: Tally, seed: int, seconds: float) -> None:
    console = Console(highlight=False)
    table = Table("operation", "kills", "old state", "new state", "left half done")
    for kind in (*KINDS, "after the last"):
        old, new, left = (tally.by_kind[kind, word] for word in ("old", "new", "left"))
        if old + new:
            table.add_row(kind, *(str(each) for each in (old + new, old, new, left)))
    console.print(table)
    steps = ", ".join(f"{what} {count}" for what, count in tally.by_step.most_common())
    at_steps = sum(tally.by_step.values())
    console.print(f"at a moment {tally.kills - at_steps}, before a step {at_steps}: {steps}")
    console.print(f"{tally.merges} merges ended, {tally.in_merges} kills in others")
    for each in (*tally.losses, *tally.disagreements):
        console.print(each)
    console.print(
        f"{tally.kills} kills ({tally.ended} rows ended before), {len(tally.losses)} losses, "
        f"{len(tally.disagreements)} disagreements, {seconds:.0f} s, seed {seed}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--seconds", type=float, default=inf, help="stop then, however few they are"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    started = time.monotonic()
    if given.keep:
        tally = crash(given.keep, given.seed, given.kills, given.seconds)
    else:
        with tempfile.TemporaryDirectory() as folder:
            tally = crash(Path(folder), given.seed, given.kills, given.seconds)
    show(tally, given.seed, time.monotonic() - started)
    return bool(tally.losses or tally.disagreements)


if __name__ == "__main__":
    sys.exit(main())
