"""Makes one segment of several, out of their truth: no text is encoded, what is gone is left out.

Small segments are merged while a change is written (`merge_due`): their documents keep their numbers, as
each segment's follow on those of the one before. All are merged into a new index by `copy_truth`, with new
numbers and without holes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from itertools import accumulate, islice, takewhile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter
from index.parts.lexicon.changes import WordCounts
from index.parts.part import Building, KnownVectors
from index.parts.vectors import VectorFile, rows_of
from index.parts.word_states import WordStates, WordStatesFile
from index.progress import Progress
from index.store.array_files import damage_named
from index.store.layout import (
    CATALOGUE_FILE,
    REMOVED_FILE,
    SEGMENTS_DIR,
    VECTORS_FILE,
    WORD_COUNTS_FILE,
    segments,
)

TOGETHER = 10
"""So many segments of a size become one: few enough to be looked up one after another, and a document is
written again once for each time that what came since has grown tenfold."""
MOST_MERGED = 10_000
"""Documents of a segment that is made while a change is written; larger ones are left to `compact`."""
_DOCUMENTS = 500
_ROWS = 8_192


def new_segment(generation: Path) -> Path:
    """The directory of a new segment of a staged generation, made."""
    last = segments(generation)[-1]
    number = int(last.name) + 1 if last != generation else 1
    path = generation / SEGMENTS_DIR / f"{number:08d}"
    path.mkdir(parents=True)
    return path


def merge_due(generation: Path, check: Callable[[Path], None], report: Progress) -> bool:
    """Merge the newest segments of a staged generation if so many have come (`due`). `check` raises
    IndexDamagedError for the directory of one that must not be handed on."""
    later = segments(generation)[1:]
    many = due([_size(path) for path in reversed(later)])
    if many:
        report("merging segments", 0, 0)
        for path in later[-many:]:
            check(path)
        _merge(generation, later[-many:], report)
    return bool(many)


def due(sizes: Sequence[int]) -> int:
    """How many of the segments of these sizes, the newest first, are to become one; 0 if none.

    `TOGETHER` of one size with all that are smaller and newer; or, where those of that size have no room in
    one, as many as fill half of it. None that is `TOGETHER` times as large as all the others together: it
    would be written again for little.
    """
    tier = TOGETHER
    while tier <= MOST_MERGED:
        alike = list(takewhile(lambda size: size < tier, sizes))  # noqa: B023 - used at once
        fitting = [
            s for s, total in zip(alike, accumulate(alike), strict=True) if total <= MOST_MERGED
        ]
        total, largest = sum(fitting), max(fitting, default=0)
        enough = sum(size * TOGETHER >= tier for size in fitting) >= TOGETHER
        full = 1 < len(fitting) < len(alike) and 2 * total > MOST_MERGED
        if (enough or full) and largest <= TOGETHER * (total - largest):
            return len(fitting)
        tier *= TOGETHER
    return 0


def _size(segment: Path) -> int:
    """What a segment costs to be merged, in documents."""
    rows = 0
    if (segment / CATALOGUE_FILE).exists():
        with Catalogue.open(segment) as catalogue:
            rows = len(catalogue.files[0].columns.docids)
    return rows + len(_removed(segment))


def _removed(segment: Path) -> npt.NDArray[np.int32]:
    if not (segment / REMOVED_FILE).exists():
        return np.empty(0, np.int32)
    with damage_named(segment / REMOVED_FILE):
        stored: npt.NDArray[np.int32] = np.load(segment / REMOVED_FILE, allow_pickle=False)
    return stored


def _merge(generation: Path, parts: list[Path], report: Progress) -> None:
    """Put one segment in the place of some that follow one another."""
    merged = new_segment(generation)
    removed = np.concatenate([_removed(path) for path in parts])
    with Catalogue.open(generation) as catalogue:
        own = [file.columns for file in catalogue.files if file.path.parent in parts]
        outside = removed
        if own:
            kept = range(own[0].first, own[-1].end)
            copy_truth(generation, catalogue, merged, report, kept=kept)
            outside = removed[(removed < kept.start) | (removed >= kept.stop)]
        if len(outside):
            np.save(merged / REMOVED_FILE, np.sort(outside))
    counts = [WordCounts.load(path / WORD_COUNTS_FILE) for path in parts]
    WordCounts.together(counts, removed.tolist()).save(merged)
    for path in parts:
        try:
            shutil.rmtree(path)
        except OSError as error:  # it names a file without its folder
            raise OSError(error.errno, error.strerror, str(path)) from error
    if own:
        with Catalogue.open(merged) as catalogue:
            all_parts.build_parts(Building(merged, catalogue, None, NO_WORDS, report), segment=True)


NO_WORDS: KnownVectors = ({}, np.empty((0, 0), np.float16))


def copy_truth(
    generation: Path,
    catalogue: Catalogue,
    directory: Path,
    report: Progress,
    *,
    kept: range | None = None,
) -> None:
    """Write the truth of a generation, whose catalogue is open, into `directory` as that of one segment.

    With a range of docids only theirs, all that is theirs under the numbers it has; else all documents,
    under new numbers and without holes.
    """
    columns = catalogue.columns()
    docids = np.flatnonzero(columns.live)
    if kept is None:
        pids = np.flatnonzero(columns.passage_doc >= 0)
        writer = CatalogueWriter(directory / CATALOGUE_FILE)
    else:
        docids = docids[(docids >= kept.start) & (docids < kept.stop)]
        files = [f.columns for f in catalogue.files if kept.start <= f.columns.first < kept.stop]
        pids = np.arange(files[0].first_pid, files[-1].end_pid)
        writer = CatalogueWriter(directory / CATALOGUE_FILE, kept.start, files[0].first_pid)
    with writer:
        done, documents = 0, catalogue.iter_documents(docids.tolist())
        while batch := dict(islice(documents, _DOCUMENTS)):
            passages, hashes = catalogue.passages_of(batch), dict(catalogue.text_hashes(batch))
            for docid, document in batch.items():
                if kept is not None:
                    writer.skip(docid, int(columns.doc_first_pid[docid]))
                writer.add(document, [(each, hashes[pid]) for pid, each in passages[docid]])
            report("copying documents", done := done + len(batch), len(docids))
        if kept is not None:
            writer.skip(kept.stop, files[-1].end_pid)
        writer.finish()
    _copy_rows(generation, directory, pids)


def _copy_rows(generation: Path, directory: Path, pids: npt.NDArray[np.int64]) -> None:
    """The vectors and the word states of some pids, one after another."""
    rows, states = rows_of(generation), WordStates.open(generation)
    vectors = VectorFile(directory / VECTORS_FILE, len(pids), rows.shape[1])
    words = WordStatesFile(directory, states.space) if states else None
    try:
        for start in range(0, len(pids), _ROWS):
            some = pids[start : start + _ROWS]
            vectors.append(rows[some])
            if words and states:
                words.append(map(states.bytes_of, some.tolist()))
        vectors.finish()
        if words:
            words.finish()
    finally:
        vectors.abort()
        if words:
            words.abort()
