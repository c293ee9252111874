"""Settings of the index: defaults stand here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class IndexConfig:
    """Where the index lives and how it is built.

    `encoder` is `bundled`, a directory, `st:NAME` or an embeddings URL (see `index.encoders`);
    empty means the one the index was built with, and `bundled` for a new index;
    `threads` is the encoder's thread count, 0 for one per core.
    """

    data_dir: Path = Path("data")
    encoder: str = ""
    threads: int = 0
    keep_generations: int = 2
