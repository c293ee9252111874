"""Mends an index whose derived parts are damaged, from its own catalogue and exact vectors; and makes
a whole generation out of any truth, as `index.operations.backup` does with one that it unpacked.

No passage is encoded. The encoder reads a few hundred strings of nonsense for the relevance floor, and
words that have no vector yet.
"""

from __future__ import annotations

import itertools
import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.errors import REBUILD, IndexDamagedError, IndexMismatchError
from index.operations.build import BuildSetup, derive, encoder_of
from index.operations.merge import copy_truth
from index.operations.verify import ask
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.lexicon import load_word_vectors, usable_vectors
from index.parts.part import Checking, KnownVectors
from index.passages import PassageParams
from index.progress import Progress, no_report
from index.store.generations import StagedGeneration, begin, write_errors, writer_lock
from index.store.layout import GENERATIONS_DIR, parted, segments
from index.store.manifest import (
    Counts,
    Manifest,
    current,
    current_token,
    file_problem,
    read_manifest,
)


@dataclass(frozen=True)
class FromTruthReport:
    """A generation that was made, the current one now, and where its words got their vectors.

    `previous` was current before.
    """

    generation: str
    previous: str
    documents: int
    passages: int
    words_reused: int
    words_encoded: int
    seconds: float = 0.0


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
    report = progress or no_report
    current(config.data_dir)  # without an index, nothing is made where it would stand
    with writer_lock(config.data_dir):
        path = current(config.data_dir)
        manifest = read_manifest(path)
        manifest.require_ours()
        damaged = _damaged(path, manifest, report)
        _require_whole_truth(path, damaged)
        spec = config.encoder or manifest.encoder.spec
        encoder = encoder or encoder_of(spec, config, report)
        setup = BuildSetup(config, report, encoder, spec, PassageParams.stated(manifest.build))
        with begin(config.data_dir) as staged:
            with write_errors(config.data_dir):
                for name in manifest.files:
                    if parted(name)[1] in all_parts.saved_files() and name not in damaged:
                        (staged.path / name).parent.mkdir(parents=True, exist_ok=True)
                        shutil.copyfile(path / name, staged.path / name)
            words = usable_vectors(staged.path, manifest.encoder.dimension)
            made = build_from_truth(staged, manifest, setup, words)
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


def _require_whole_truth(path: Path, damaged: dict[str, str]) -> None:
    if lost := [name for name in damaged if parted(name)[1] in all_parts.truth_files()]:
        message = (
            f"{path / lost[0]} {damaged[lost[0]]}. It follows from no other file, so the index "
            "cannot be repaired from itself."
        )
        hint = f"{REBUILD} Or go back (talash index rollback), or restore a backup."
        raise IndexDamagedError(message, hint=hint)


def build_from_truth(
    staged: StagedGeneration, manifest: Manifest, setup: BuildSetup, words: KnownVectors
) -> FromTruthReport:
    """Derive everything else from the truth in the staged directory, and commit it.

    `manifest` is that of the generation the truth is from. Raises IndexDamagedError when the truth is not sound, IndexMismatchError when it is of
    another encoder, and what `StagedGeneration.commit` raises.
    """
    path, info = staged.path, setup.encoder.info
    if (info.id, info.dimension) != (manifest.encoder.id, manifest.encoder.dimension):
        message = f"The index was built with encoder {manifest.encoder.id}, this is {info.id}."
        raise IndexMismatchError(message)
    with write_errors(staged.data_dir):
        for part in all_parts.PARTS:
            for name in part.files if part.spares_encoding else ():
                (path / name).unlink(missing_ok=True)  # what can be made again is not believed
        with Catalogue.open(path, stored=False) as catalogue:
            counts = catalogue.counts()
            _require_truth(Checking(path, manifest, catalogue), setup.report)
            if len(segments(path)) == 1:
                return _derived(staged, counts, words, setup)
            with begin(staged.data_dir) as fresh:
                copy_truth(path, catalogue, fresh.path, setup.report)
                staged.abort()  # before anything is committed: nothing of it may come back
                return _derived(fresh, counts, words, setup)


def _derived(
    staged: StagedGeneration, counts: Counts, words: KnownVectors, setup: BuildSetup
) -> FromTruthReport:
    """Everything else out of the sound truth of one segment."""
    previous = current_token(staged.data_dir)
    built = derive(staged, counts, words, setup)
    made, _ = load_word_vectors(staged.data_dir / GENERATIONS_DIR / built.generation)
    reused = sum(word in words[0] for word in made)
    found = reused, len(made) - reused
    return FromTruthReport(built.generation, previous, built.documents, built.passages, *found)


def _require_truth(checking: Checking, report: Progress) -> None:
    """Raise IndexDamagedError unless the truth is whole and of one piece."""
    seen, total = itertools.count(1), checking.manifest.counts.documents
    truth = [part for part in all_parts.PARTS if part.is_truth]
    answers = ask(
        truth, checking, deep=True, visit=lambda: report("checking texts", next(seen), total)
    )
    if wrong := [answer.detail for answer in answers if not answer.ok]:
        raise IndexDamagedError(f"The index is damaged: {'; '.join(wrong)}.")
