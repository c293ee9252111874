"""What does a change of an index cost? Beside the encoding of its texts, and beside a rebuild.

    python benchmarks/incremental.py --from DATA [--sizes 1000 10000 20000] [--change 100] [--cold] [--compact]
    python benchmarks/incremental.py --from DATA --encoder test --sizes 2000 20000

Takes its articles from the index in DATA (which stays as it is), whose vectors spare the encoding of
the archives that are changed, if its encoder is the one named; the articles added are in none of them and
are encoded for real. With `--cold` each archive is built with nothing to take over, with `--compact` made
compact at the end; both take their time. Seconds are those of the clock and, in brackets, of the
processor; beside them stands what was written to the disk: the files of the new generation that are no
links to those of the one before.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.config import IndexConfig
from index.documents import Document
from index.encoders.protocol import Encoder, TokenEncoder
from index.encoders.registry import open_encoder
from index.operations.build import rebuild_from
from index.operations.change import add, compact, delete, update
from index.operations.encode import Previous
from index.parts.catalogue.catalogue import Catalogue
from index.parts.word_states import Bytes, keeper
from index.passages import PassageParams, cut, passage_text
from index.store.manifest import current, open_manifest


@dataclass
class Measured:
    """Seconds by what was done to an archive of one size."""

    documents: int
    whole: bool = False
    passages: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)

    def clock(self, name: str, work: Callable[[], object], data: Path | None = None) -> object:
        """Do something and note how long it took, and how much of the index in `data` is new then."""
        before = _inodes(data) if data else set()
        started, begun = time.perf_counter(), time.process_time()
        done = work()
        self.seconds[name] = time.perf_counter() - started
        self.processor[name] = time.process_time() - begun
        print(f"  {self.documents:>6,} {name:<28} {self.told(name)}", flush=True)
        if data:
            files = (path.stat() for path in current(data).rglob("*") if path.is_file())
            self.written[name] = sum(each.st_size for each in files if each.st_ino not in before)
        return done

    def told(self, name: str) -> str:
        """Seconds of the clock and of the processor."""
        return f"{self.seconds[name]:.2f} ({self.processor[name]:.2f})"


def _inodes(data: Path) -> set[int]:
    return {path.stat().st_ino for path in current(data).rglob("*") if path.is_file()}


def measure(
    source: Path, size: int, new: Sequence[Document], encoder: Encoder, *, cold: bool, whole: bool
) -> Measured:
    """Build an archive of the first `size` articles of `source` and change it."""
    found = Measured(size, whole)
    with tempfile.TemporaryDirectory() as folder:
        config = IndexConfig(data_dir=Path(folder) / "data")
        with Catalogue.open(current(source)) as catalogue:
            archive = list(islice(catalogue.records(), size))
        if cold:
            found.clock("cold rebuild", lambda: rebuild_from(archive, config, encoder=encoder))
        else:
            if open_manifest(current(source)).encoder.id == encoder.info.id:
                shutil.copytree(source, config.data_dir)
            found.clock(
                "rebuild, nothing encoded", lambda: rebuild_from(archive, config, encoder=encoder)
            )
        again = found.clock(
            "rebuild, nothing changed", lambda: rebuild_from(archive, config, encoder=encoder)
        )
        assert getattr(again, "unchanged", False)
        found.passages = open_manifest(current(config.data_dir)).counts.passages
        _change(found, config, archive, new, encoder)
    return found


def _change(
    found: Measured,
    config: IndexConfig,
    archive: Sequence[Document],
    new: Sequence[Document],
    encoder: Encoder,
) -> None:
    params = PassageParams()
    texts = [passage_text(each, passage) for each in new for passage in cut(each, params)]
    states = Previous.open(current(config.data_dir), encoder).states

    def encoded() -> None:
        if states and isinstance(encoder, TokenEncoder):
            kept: list[Bytes | None] = [None] * len(texts)
            encoder.encode_with_states(texts, keeper(states.space, texts, kept))
        else:
            encoder.encode_passages(texts)

    found.clock("encoding the new alone", encoded)
    data = config.data_dir
    found.clock("add", lambda: add(new, config, encoder=encoder), data)
    one = replace(archive[0], body=f"{archive[0].body}\n{archive[1].title}.")
    found.clock("update one", lambda: update([one], config, encoder=encoder), data)
    found.clock("delete one", lambda: delete([archive[1].id], config), data)
    some = [replace(each, body=f"{each.body}\n{each.title}.") for each in archive[2 : len(new)]]
    found.clock("update", lambda: update(some, config, encoder=encoder), data)
    told = [replace(each, tags=("read",)) for each in archive[-len(new) :]]
    found.clock("other tags", lambda: update(told, config, encoder=encoder), data)
    found.clock("delete", lambda: delete([each.id for each in new], config), data)
    if found.whole:
        found.clock("compact", lambda: compact(config, encoder=encoder))


def table(results: Sequence[Measured], change: int) -> Table:
    """The figures, a column a size."""
    shown = Table(title=f"Changing {change} articles")
    shown.add_column("seconds")
    for each in results:
        shown.add_column(f"{each.documents:,} documents", justify="right")
    shown.add_row("passages", *(f"{each.passages:,}" for each in results))
    for name in results[0].seconds:
        shown.add_row(name, *(each.told(name) for each in results))
    shown.add_section()
    for name in results[0].written:
        shown.add_row(
            f"{name}, MB written", *(f"{each.written[name] / 1e6:.1f}" for each in results)
        )
    shown.add_section()
    for name in ("add", "update", "other tags"):
        ratios = (each.seconds[name] / each.seconds["encoding the new alone"] for each in results)
        shown.add_row(f"{name} / encoding the new", *(f"{ratio:.2f}" for ratio in ratios))
    first = next(iter(results[0].seconds))
    ratios = (each.seconds[first] / each.seconds["rebuild, nothing changed"] for each in results)
    shown.add_row(f"{first} / nothing changed", *(f"{ratio:.1f}" for ratio in ratios))
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="source", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 20_000])
    parser.add_argument("--change", type=int, default=100)
    parser.add_argument("--encoder", default="bundled")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--compact", action="store_true")
    arguments = parser.parse_args()
    encoder = open_encoder(arguments.encoder)
    encoder.encode_passages(["warm"])
    with Catalogue.open(current(arguments.source)) as catalogue:
        new = [document for _, document in catalogue.iter_documents()][-arguments.change :]
    results = [
        measure(arguments.source, size, new, encoder, cold=arguments.cold, whole=arguments.compact)
        for size in arguments.sizes
    ]
    Console(width=120).print(table(results, arguments.change))


if __name__ == "__main__":
    main()
