"""Settings of the index: defaults stand here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class IndexConfig:
    """Where the index lives and how it is built.

    `encoder` is `bundled`, a directory, `st:NAME` or an embeddings URL (see
    `index.encoders.registry`); empty means the one the index was built with, and `bundled` for a
    new index; `threads` is the encoder's thread count, 0 for one per core.

    `timezone` is the archive's: what counts as today, and the day of an article that gives seconds or
    an instant and no day. Pakistan's, where the newspapers are that this is made for; not the
    machine's, which is UTC in most containers, so that the same articles make the same index everywhere.

    `ocr` has pictures and scanned pages read by Tesseract.
    """

    data_dir: Path = Path("data")
    encoder: str = ""
    threads: int = 0
    keep_generations: int = 2
    ocr: bool = False
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Karachi"))
