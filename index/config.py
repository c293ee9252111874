"""Settings of the index: defaults stand here and nowhere else."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

# The standard library's parser; Python 3.10 has it under the name it was born with.
tomllib: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


@dataclass(frozen=True)
class IndexConfig:
    """Where the index lives and how it is built.

    `encoder` is `bundled`, a directory, `st:NAME` or an embeddings URL (see
    `index.encoders.registry`); empty means the one the index was built with, and `bundled` for a
    new index; `threads` is the encoder's thread count, 0 for one per core. `workers` is how many processes
    build an index beside each other, 0 for one per core.

    `max_file_mb` is the size in megabytes, opened if it is packed, from which a file is left out that
    has to be held whole; tables and files of JSON lines are read row by row and have none. `mapping` is
    a file that says which column is which field, where their names do not (docs/formats.md).

    `timezone` is the archive's: what counts as today, and the day of an article that gives seconds or
    an instant and no day. Pakistan's, where the newspapers are that this is made for; not the
    machine's, which is UTC in most containers, so that the same articles make the same index everywhere.

    `ocr` has pictures and scanned pages read by Tesseract.
    """

    data_dir: Path = Path("data")
    encoder: str = ""
    threads: int = 0
    workers: Annotated[int, Field(ge=0, le=256)] = 0
    keep_generations: int = 2
    max_file_mb: Annotated[int, Field(ge=1)] = 64
    mapping: Path | None = None
    ocr: bool = False
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Karachi"))
