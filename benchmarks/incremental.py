"""What does a change of an index cost, however large the archive is?

    python benchmarks/incremental.py --new FILE DATA [DATA ...] [--change 100] [--encoder SPEC] [--compact]

Each DATA is an index, which stays as it is: a copy of it is changed, whose files are links where the
disk has room for them. The articles of FILE (or a folder) that are added are in none of them. Every
command runs in a process of its own that has the program imported and nothing else: it reads what
models it needs, as on a command line. Seconds are those of the processor and, in brackets, of the clock,
which says little on a busy machine; MB are what the process gave the system to write.

The vectors of what is added come from the encoder of the indexes, unless another is named; beside the
change stands what encoding its texts takes alone. With `--compact` everything is derived at once at the
end, nothing encoded: that is also what a rebuild costs beside its encoding.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.config import IndexConfig
from index.documents import Document
from index.encoders.protocol import TokenEncoder
from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from index.operations.change import add, compact, delete, update
from index.parts.catalogue.catalogue import Catalogue
from index.parts.word_states import StateKeeper, WordStates
from index.passages import PassageParams, cut, passage_text
from index.readers import read_paths
from index.store.layout import segments
from index.store.manifest import current, open_manifest

ONE_BY_ONE = 10


@dataclass(frozen=True)
class Cost:
    """What a command took, and how many segments the index had after it."""

    processor: float
    clock: float
    written: int
    segments: int
    peak: int


@dataclass
class Measured:
    """What was done to the archive of one index, by name."""

    documents: int
    passages: int
    costs: dict[str, Cost] = field(default_factory=dict)


def in_a_process(work: Callable[[], object], data: Path) -> Cost:
    """Do something in a child; its imports are this process's, its memory and its models are its own.

    Raises RuntimeError if it fails."""
    end, start = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            work()
            io = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
            os.write(start, io["wchar"].encode())
            failed = 0
        finally:
            os._exit(failed)  # and no clean-up of the parent's
    os.close(start)
    with os.fdopen(end) as told:
        written = told.read()
    _, status, used = os.wait4(child, 0)
    clock = time.monotonic() - started
    if status:
        raise RuntimeError(f"it ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(
        processor=used.ru_utime + used.ru_stime,
        clock=clock,
        written=int(written),
        segments=len(segments(current(data))),
        peak=used.ru_maxrss * 1024,
    )


def measure(source: Path, new: Sequence[Document], spec: str, *, whole: bool) -> Measured:
    """Change a copy of an index."""
    manifest = open_manifest(current(source))
    found = Measured(manifest.counts.documents, manifest.counts.passages)
    more = new[ONE_BY_ONE:]
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        data = Path(folder) / "data"
        lock = shutil.ignore_patterns("writer.*")  # not that of DATA
        shutil.copytree(source, data, copy_function=os.link, ignore=lock)
        config = IndexConfig(data_dir=data, encoder=spec or manifest.encoder.spec)
        with Catalogue.open(current(data)) as catalogue:
            held = list(islice(catalogue.records(), 2 + len(more)))

        def clock(name: str, work: Callable[[], object]) -> None:
            cost = found.costs[name] = in_a_process(work, data)
            print(f"  {found.documents:>7,} {name:<28} {told(cost)}", flush=True)

        some, many = held[2:], f"{len(more)}"
        clock("open a generation", lambda: OpenIndex.open_current(data).close())
        clock("encode the new alone", lambda: encode(more, data, config))
        clock(f"add {many}", lambda: add(more, config))
        clock("update one", lambda: update([_longer(held[0])], config))
        clock("delete one", lambda: delete([held[1].id], config))
        for number, each in enumerate(new[:ONE_BY_ONE], 1):
            clock(f"add one ({number})", partial(add, [each], config))
        clock(f"delete {many}", lambda: delete([each.id for each in more], config))
        clock(f"update {many}", lambda: update(list(map(_longer, some)), config))
        clock("open it again", lambda: OpenIndex.open_current(data).close())
        if whole:
            clock("compact", lambda: compact(config))
    return found


def _longer(document: Document) -> Document:
    return replace(document, body=f"{document.body}\n{document.title}.")


def encode(new: Sequence[Document], data: Path, config: IndexConfig) -> None:
    """What the encoder does for some articles when they are added."""
    generation = current(data)
    encoder = open_encoder(config.encoder)
    params = PassageParams.stated(open_manifest(generation).build)
    texts = [passage_text(each, passage) for each in new for passage in cut(each, params)]
    states = WordStates.open(generation)
    if states and isinstance(encoder, TokenEncoder):
        keeper = StateKeeper(states.space, texts)
        encoder.encode_with_states(texts, keeper.visit)
        keeper.kept()
    else:
        encoder.encode_passages(texts)


def told(cost: Cost) -> str:
    return (
        f"{cost.processor:.2f} ({cost.clock:.1f}) s, {cost.written / 1e6:.1f} MB, "
        f"{cost.segments} segments, at most {cost.peak / 1e6:.0f} MB of memory"
    )


def table(results: Sequence[Measured]) -> Table:
    """The figures, a column a size."""
    shown = Table("seconds of the processor (of the clock)")
    for each in results:
        shown.add_column(f"{each.documents:,} articles", justify="right")
    shown.add_row("passages", *(f"{each.passages:,}" for each in results))
    names = list(results[0].costs)
    for name in names:
        shown.add_row(name, *(_seconds(each.costs[name]) for each in results))
    changes = [name for name in names if not name.startswith(("open", "encode"))]
    shown.add_section()
    for name in changes:
        row = (f"{each.costs[name].written / 1e6:.1f}" for each in results)
        shown.add_row(f"{name}, MB written", *row)
    shown.add_section()
    for name in changes:
        shown.add_row(
            f"segments after {name}", *(f"{each.costs[name].segments}" for each in results)
        )
    shown.add_section()
    first = next(name for name in names if name.startswith("add"))
    shown.add_row(
        f"{first}, times encoding them",
        *(
            f"{each.costs[first].processor / each.costs['encode the new alone'].processor:.2f}"
            for each in results
        ),
    )
    return shown


def _seconds(cost: Cost) -> str:
    return f"{cost.processor:.2f} ({cost.clock:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--new", type=Path, required=True)
    parser.add_argument("--change", type=int, default=100)
    parser.add_argument("--encoder", default="")
    parser.add_argument("--compact", action="store_true")
    given = parser.parse_args()
    wanted = given.change + ONE_BY_ONE
    new = [each for each in read_paths([given.new]) if isinstance(each, Document)][-wanted:]
    results = [measure(data, new, given.encoder, whole=given.compact) for data in given.data]
    Console(width=120).print(table(results))


if __name__ == "__main__":
    main()
