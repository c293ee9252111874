"""Everything but the catalogue of a changed index, out of the generation before.

What did not change is linked, not copied: the files of a generation are never written to again. What is
appended to is copied a piece at a time; of FAISS the whole index is read, and written piece by piece.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from index.encoders.protocol import Encoder
from index.incremental.learned import Change, extend
from index.operations.encode import Previous, encode
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.keyword.keyword_index import KeywordWriter
from index.parts.part import Building, KnownVectors
from index.parts.vectors import extend_centroids, extend_faiss
from index.progress import Progress
from index.store.layout import (
    CATALOGUE_FILE,
    FAISS_FILE,
    FAST_FILE,
    KEYWORD_DIR,
    SPACE_FILE,
    STATES_FILE,
    VECTORS_FILE,
)
from index.store.manifest import Manifest

_ROWS = (VECTORS_FILE, STATES_FILE, SPACE_FILE, FAISS_FILE, FAST_FILE)
"""Files with a row or an entry for each pid, which only grow."""


def change_parts(
    directory: Path,
    before: Path,
    manifest: Manifest,
    catalogue: Catalogue,
    change: Change,
    encoder: Encoder,
    report: Progress,
) -> tuple[int, int]:
    """Fill the staged `directory`, in which the changed `catalogue` stands already.

    `manifest` is that of the generation `before`, whose files were checked. Returns how many texts
    were encoded and how many had vectors.
    """
    columns, names = catalogue.columns(), set(manifest.files) - {CATALOGUE_FILE}
    if not change.removed and not len(change.added):  # records say something else, no text does
        link(before, directory, names)
        return 0, 0
    encoded = reused = 0
    if len(change.added):
        previous = Previous.open(before, encoder)
        source = encode(catalogue, directory, previous, encoder, report, change.added.tolist())
        encoded, reused = source.encoded, source.reused
        report("extending the vector index", 0, 0)
        extend_faiss(before, directory)
    else:
        link(before, directory, names & set(_ROWS))
    extend_centroids(before, directory, columns.doc_first_pid, columns.doc_passages)
    link(before, directory, (name for name in names if name.startswith(f"{KEYWORD_DIR}/")))
    _post(directory, catalogue, change, report)
    extend(directory, before, catalogue, change, encoder, report)
    no_words: KnownVectors = ({}, np.empty((0, encoder.info.dimension), np.float16))
    # Parts that nothing above knows how to change are built anew.
    all_parts.build_parts(Building(directory, catalogue, encoder, no_words, report))
    return encoded, reused


def link(before: Path, directory: Path, names: Iterable[str]) -> None:
    """Give files of the generation before a second name; copy them where that cannot be."""
    for name in names:
        (directory / name).parent.mkdir(exist_ok=True)
        try:
            (directory / name).hardlink_to(before / name)
        except OSError:  # a file system without links, or with too many of them
            shutil.copyfile(before / name, directory / name)


def _post(directory: Path, catalogue: Catalogue, change: Change, report: Progress) -> None:
    """The words of the change, in the copy of the keyword index."""
    with KeywordWriter.edit(directory / KEYWORD_DIR) as postings:
        if change.removed:
            postings.remove(list(change.removed))
        for done, docid in enumerate(change.added.tolist(), 1):
            postings.add(docid, catalogue.document(docid))
            report("posting words", done, len(change.added))
        postings.finish()
