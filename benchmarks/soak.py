"""Clients search a served archive while every command that changes an index runs: what they notice.

    python benchmarks/soak.py [--data DIR] [--seconds 300] [--quiet 60] [--clients 8]
                              [--pause S] [--rest S] [--encoder SPEC]

See tests/soaking.py for what is asked and checked. Works on a copy of DIR (an index; without it one
is built), beside the sample archive. `--pause` is the mean time between two requests of a client,
`--rest` the time between two commands. Ends with 1 if a request failed or an answer was mixed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from soaking import Sample, Soak, soak  # noqa: E402

MB = 1024 * 1024


def speeds(done: Soak, console: Console) -> None:
    """Latencies of the quiet times and of that in between, by kind of request."""
    began, ended = done.busy
    took: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for each in (request for seen in done.seen for request in seen.requests):
        busy = began <= each.began < ended
        for kind in (each.kind, "all"):
            took[kind, busy].append(each.took)
    table = Table(
        "ms", "quiet n", "p50", "p95", "p99", "busy n", "p50", "p95", "p99", "p95 busy / quiet"
    )
    for kind in ("page", "api", "exact", "all"):
        cells, p95 = [kind], []
        for busy in (False, True):
            values = took[kind, busy]
            middle, late, latest = np.percentile(values, (50, 95, 99))
            cells += [f"{len(values):,}", f"{middle:.0f}", f"{late:.0f}", f"{latest:.0f}"]
            p95.append(late)
        table.add_row(*cells, f"{p95[1] / p95[0]:.2f}")
    console.print(table)


def memory(samples: list[Sample], console: Console) -> None:
    """Memory by thirds of the run, and its slope in the second half."""
    table = Table("server", "first", "after 1/4", "1/2", "3/4", "last", "highest")
    for name, of in (
        ("resident MB", lambda each: each.rss / MB),
        ("of its own MB", lambda each: each.anonymous / MB),
        ("open files", lambda each: each.files),
    ):
        values = [of(each) for each in samples]
        marks = [values[int(part * (len(values) - 1) / 4)] for part in range(5)]
        table.add_row(name, *(f"{each:.0f}" for each in (*marks, max(values))))
    console.print(table)
    late = samples[len(samples) // 2 :]
    minutes = [(each.at - late[0].at) / 60 for each in late]
    slope = np.polyfit(minutes, [each.anonymous / MB for each in late], 1)[0]
    console.print(f"own memory in the second half: {slope:+.2f} MB a minute")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--encoder", default="bundled")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--quiet", type=float, default=60)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--rest", type=float, default=0.0)
    given = parser.parse_args()
    console = Console(highlight=False, width=120)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        if given.data:
            shutil.copytree(given.data, data)
        load = os.getloadavg()[0]
        done = soak(
            Path(folder), data, given.encoder, beside=[ROOT / "seeds"], quiet=given.quiet,
            seconds=given.seconds, clients=given.clients, pause=given.pause, rest=given.rest,
        )  # fmt: skip
    speeds(done, console)
    memory(done.samples, console)
    ran: dict[str, list[float]] = defaultdict(list)
    for kind, seconds in done.writer.ran[1:]:
        ran[kind].append(seconds)
    told = ", ".join(f"{len(each)} {kind} ({np.median(each):.1f} s)" for kind, each in ran.items())
    console.print(f"commands: {told}; {len(done.writer.states)} generations made, ", end="")
    console.print(f"{len(done.generations)} answered from; load before {load:.1f}")
    for each in (*done.errors[:20], *done.mixed[:20]):
        console.print(each, markup=False)
    requests = sum(len(seen.requests) for seen in done.seen)
    console.print(f"{requests:,} requests, {len(done.errors)} errors, {len(done.mixed)} mixed")
    return bool(done.errors or done.mixed)


if __name__ == "__main__":
    sys.exit(main())
