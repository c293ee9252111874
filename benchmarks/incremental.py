"""What does a change of an index cost? Beside the encoding of its texts, and beside a rebuild.

    python benchmarks/incremental.py --from DATA [--sizes 1000 10000 20000] [--change 100] [--cold] [--compact]

Takes its articles from the index in DATA (which stays as it is), whose vectors spare the encoding of
the archives that are changed; the articles added are in none of them and are encoded for real. With
`--cold` each archive is built with nothing to take over, with `--compact` made compact at the end;
both take their time.
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
from index.operations.change import add, compact, delete, drift, update
from index.operations.encode import Previous
from index.parts.catalogue.catalogue import Catalogue
from index.parts.word_states import Bytes, keeper
from index.passages import PassageParams, cut, passage_text
from index.store.layout import CATALOGUE_FILE
from index.store.manifest import current, open_manifest


@dataclass
class Measured:
    """Seconds by what was done to an archive of one size."""

    documents: int
    whole: bool = False
    passages: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def clock(self, name: str, work: Callable[[], object]) -> object:
        """Do something and note how long it took."""
        started = time.perf_counter()
        done = work()
        self.seconds[name] = time.perf_counter() - started
        print(f"  {self.documents:>6,} {name:<28} {self.seconds[name]:8.2f} s", flush=True)
        return done


def measure(
    source: Path, size: int, new: Sequence[Document], encoder: Encoder, *, cold: bool, whole: bool
) -> Measured:
    """Build an archive of the first `size` articles of `source` and change it."""
    found = Measured(size, whole)
    with tempfile.TemporaryDirectory() as folder:
        config = IndexConfig(data_dir=Path(folder) / "data")
        with Catalogue.open(current(source) / CATALOGUE_FILE) as catalogue:
            archive = list(islice(catalogue.records(), size))
        if cold:
            found.clock("cold rebuild", lambda: rebuild_from(archive, config, encoder=encoder))
        else:
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
    added = found.clock("add", lambda: add(new, config, encoder=encoder))
    found.notes["add"] = f"{getattr(added, 'encoded', 0)} passages"
    some = [replace(each, body=f"{each.body}\n{archive[0].title}.") for each in archive[: len(new)]]
    found.clock("update", lambda: update(some, config, encoder=encoder))
    told = [replace(each, tags=("read",)) for each in archive[-len(new) :]]
    found.clock("other tags", lambda: update(told, config, encoder=encoder))
    found.clock("delete", lambda: delete([each.id for each in new], config, encoder=encoder))
    found.notes["drift"] = f"{drift(open_manifest(current(config.data_dir))):.2f}"
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
        shown.add_row(name, *(f"{each.seconds[name]:.2f}" for each in results))
    shown.add_section()
    for name in ("add", "update", "delete", "other tags"):
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
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--compact", action="store_true")
    arguments = parser.parse_args()
    encoder = open_encoder("bundled")
    encoder.encode_passages(["warm"])
    with Catalogue.open(current(arguments.source) / CATALOGUE_FILE) as catalogue:
        new = [document for _, document in catalogue.iter_documents()][-arguments.change :]
    results = [
        measure(arguments.source, size, new, encoder, cold=arguments.cold, whole=arguments.compact)
        for size in arguments.sizes
    ]
    Console(width=120).print(table(results, arguments.change))


if __name__ == "__main__":
    main()
