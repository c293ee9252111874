"""Mends an index whose derived parts are damaged, from its own catalogue and exact vectors."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.encoders.registry import open_encoder
from index.errors import REBUILD, IndexDamagedError, StoreError
from index.operations.build_from_truth import build_from_truth, words_in
from index.operations.versions import require_ours
from index.parts import all_parts
from index.parts.part import KnownVectors
from index.progress import Progress
from index.store.generations import begin, write_errors, writer_lock
from index.store.manifest import Manifest, current, file_problem, read_manifest


@dataclass(frozen=True)
class RepairReport:
    """What a repair did: `damaged` are the derived files that were not as written."""

    generation: str
    previous: str
    documents: int
    passages: int
    damaged: tuple[str, ...]
    words_reused: int
    words_encoded: int
    seconds: float


def repair(
    config: IndexConfig, *, progress: Progress | None = None, encoder: Encoder | None = None
) -> RepairReport:
    """Make a new generation of the current one's truth, everything else derived again.

    No passage is encoded. The damaged generation stays, as `keep_generations` allows. Raises
    IndexDamagedError, which names the rebuild, when the catalogue, the exact vectors, the word
    states or the manifest are damaged themselves; IndexMissingError, IndexMismatchError,
    IndexLockedError, IndexWriteError and EncoderError. After any of them the index is as it was.
    """
    started = time.monotonic()
    report = progress or (lambda what, done, total: None)
    current(config.data_dir)  # without an index, nothing is made where it would stand
    with writer_lock(config.data_dir):
        path = current(config.data_dir)
        manifest = read_manifest(path)
        require_ours(manifest)
        damaged = _damaged(path, manifest, report)
        _require_truth(path, damaged)
        spec = config.encoder or manifest.encoder.spec
        encoder = encoder or open_encoder(
            spec,
            threads=config.threads,
            progress=lambda done, total, _: report("preparing the encoder", done, total),
        )
        with begin(config.data_dir) as staged:
            with write_errors(config.data_dir):
                for name in all_parts.saved_files():
                    if name in manifest.files and name not in damaged:
                        shutil.copyfile(path / name, staged.path / name)
            words = _words(staged.path, manifest.encoder.dimension)
            made = build_from_truth(staged, manifest, encoder, spec, words, config, report)
    return RepairReport(
        generation=made.generation,
        previous=made.previous,
        documents=manifest.counts.documents,
        passages=manifest.counts.passages,
        damaged=tuple(damaged),
        words_reused=made.words_reused,
        words_encoded=made.words_encoded,
        seconds=round(time.monotonic() - started, 3),
    )


def _damaged(path: Path, manifest: Manifest, report: Progress) -> dict[str, str]:
    """What is wrong with each file that is not as it was written."""
    found = {}
    for done, (name, entry) in enumerate(manifest.files.items(), 1):
        if problem := file_problem(path / name, entry, checksum=True):
            found[name] = problem
        report("reading files", done, len(manifest.files))
    return found


def _require_truth(path: Path, damaged: dict[str, str]) -> None:
    if lost := [name for name in all_parts.truth_files() if name in damaged]:
        message = (
            f"{path / lost[0]} {damaged[lost[0]]}. It follows from no other file, so the index "
            "cannot be repaired from itself."
        )
        hint = f"{REBUILD} Or go back (talash index rollback), or restore a backup."
        raise IndexDamagedError(message, hint=hint)


def _words(directory: Path, dimension: int) -> KnownVectors:
    """The vectors of words, if they can be used: they only spare the encoder work."""
    try:
        return words_in(directory, dimension)
    except StoreError:  # read, but of no use: every word is encoded again, and counted so
        return {}, np.empty((0, dimension), np.float16)
