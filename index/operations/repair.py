"""Mends an index whose derived parts are damaged, from its own catalogue and exact vectors."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.errors import REBUILD, IndexDamagedError
from index.operations.build import encoder_of
from index.operations.build_from_truth import FromTruthReport, build_from_truth
from index.parts import all_parts
from index.parts.lexicon.lexicon import usable_vectors
from index.progress import Progress, silent
from index.store.generations import begin, write_errors, writer_lock
from index.store.manifest import Manifest, current, file_problem, read_manifest


@dataclass(frozen=True)
class RepairReport(FromTruthReport):
    """What a repair did: `damaged` are the derived files that were not as written."""

    damaged: tuple[str, ...] = ()


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
    report = progress or silent
    current(config.data_dir)  # without an index, nothing is made where it would stand
    with writer_lock(config.data_dir):
        path = current(config.data_dir)
        manifest = read_manifest(path)
        manifest.require_ours()
        damaged = _damaged(path, manifest, report)
        _require_truth(path, damaged)
        spec = config.encoder or manifest.encoder.spec
        encoder = encoder or encoder_of(spec, config, report)
        with begin(config.data_dir) as staged:
            with write_errors(config.data_dir):
                for name in all_parts.saved_files():
                    if name in manifest.files and name not in damaged:
                        shutil.copyfile(path / name, staged.path / name)
            words = usable_vectors(staged.path, manifest.encoder.dimension)
            made = build_from_truth(staged, manifest, encoder, spec, words, config, report)
    seconds = round(time.monotonic() - started, 3)
    return RepairReport(**vars(replace(made, seconds=seconds)), damaged=tuple(damaged))


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
