"""What a change takes over of the index before is as it was written: damage is not handed on.

The vectors and word states of a few passages stand in files of all. Of these files the manifest has a digest of
each block, so that those alone are read that hold what is taken; of one that an earlier version sealed, all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.arrays import Longs, Rows, distinct, ranges
from index.digests import BLOCK
from index.errors import IndexDamagedError
from index.parts.word_states import DIMENSION, WordStates
from index.store.layout import SPACE_FILE, STATES_FILE, VECTORS_FILE, holding
from index.store.manifest import Manifest, blocks_problem, file_problem


@dataclass(frozen=True)
class Taken:
    """Which blocks of which files of a generation are taken over; of a file with none all of it."""

    generation: Path
    manifest: Manifest
    blocks: dict[str, list[int]]

    @classmethod
    def of(
        cls,
        generation: Path,
        manifest: Manifest,
        rows: Rows,
        states: WordStates | None,
        pids: Iterable[int],
    ) -> Taken:
        """Those that hold the vectors and the word states of some passages: `rows` and `states` are all."""
        wanted = distinct(np.fromiter(pids, np.int64))
        if len(wanted) and wanted[-1] >= len(rows):
            raise IndexDamagedError(
                f"{generation / VECTORS_FILE} lacks the vectors of some passages."
            )
        found = dict[str, list[int]]()

        def take(path: Path, begins: Longs, ends: Longs) -> None:
            name = path.relative_to(generation).as_posix()
            first, last = begins // BLOCK, np.maximum(ends - 1, begins) // BLOCK
            blocks = distinct(
                np.append(0, ranges(first, last - first + 1))
            )  # the first says what it is
            found[name] = blocks.tolist() if name in manifest.blocks else []

        for at, path in enumerate(holding(generation, VECTORS_FILE)):
            own = wanted[(wanted >= rows.starts[at]) & (wanted < rows.starts[at + 1])]
            if not len(own):
                continue
            part = rows.parts[at]
            width = part.itemsize * part.shape[1]
            begins = path.stat().st_size - part.nbytes + (own - rows.starts[at]) * width
            take(path, begins, begins + width)
            if states:
                begins, ends = states.places(own)
                take(path.with_name(STATES_FILE), begins * DIMENSION, ends * DIMENSION)
                found[path.with_name(SPACE_FILE).relative_to(generation).as_posix()] = []
        return cls(generation, manifest, found)

    @property
    def bytes(self) -> int:
        """How much is read to find out whether it is as it was written."""
        sizes = (
            (len(blocks) * BLOCK, self.manifest.files[name].size)
            for name, blocks in self.blocks.items()
        )
        return sum(min(part, whole) if part else whole for part, whole in sizes)

    def require_as_written(self) -> None:
        """Raise IndexDamagedError, which names the file, unless all of it is."""
        for name, blocks in self.blocks.items():
            require_as_written(self.generation, self.manifest, name, blocks)


def require_as_written(
    generation: Path, manifest: Manifest, name: str, blocks: Iterable[int] = ()
) -> None:
    """Raise IndexDamagedError unless some blocks of a file of a generation, all of it if none are named, are as
    they were written."""
    path, blocks = generation / name, [*blocks]
    if blocks:
        problem = blocks_problem(path, manifest.blocks[name], blocks)
    else:
        problem = file_problem(path, manifest.files[name], checksum=True)
    if problem:
        raise IndexDamagedError(f"{path} {problem}.")
