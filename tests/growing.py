"""Archives that change: a generation made from the one before by taking documents out and putting in.

The catalogue gets holes where documents were; ids are never given twice. What the index has learned
is either extended (`index.incremental.learned`) or derived from the whole of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import newsroom
import numpy as np

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.encoders.protocol import EncoderInfo
from index.incremental.learned import Change, extend
from index.operations.encode import Previous, encode
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter
from index.parts.part import Building, KnownVectors
from index.parts.vectors import load_vectors
from index.parts.word_states import WordStates
from index.passages import PassageParams, cut, passage_text, text_hash
from index.store.generations import begin, writer_lock
from index.store.layout import CATALOGUE_FILE
from index.store.manifest import EncoderStamp, current

NO_WORDS: KnownVectors = ({}, np.empty((0, 0), np.float16))


def quiet(what: str, done: int, total: int) -> None:
    """Report nothing."""


def changed(
    directory: Path,
    before: Path,
    encoder: HashEncoder,
    remove: Sequence[int],
    add: Sequence[Document],
) -> Change:
    """Write the truth, centroids, keyword and vector index of a changed archive into `directory`."""
    with Catalogue.open(before / CATALOGUE_FILE) as old:
        gone = dict(zip(remove, old.documents(remove), strict=True))
    shutil.copyfile(before / CATALOGUE_FILE, directory / CATALOGUE_FILE)
    with CatalogueWriter.edit(directory / CATALOGUE_FILE) as writer:
        for document in gone.values():
            writer.remove(document.id)
        added = np.array([_write(writer, document) for document in add], np.int32)
        writer.finish()
    with Catalogue.open(directory / CATALOGUE_FILE) as catalogue:
        _write_rows(directory, before, catalogue, added, encoder)
        building = Building(directory, catalogue, encoder, NO_WORDS, quiet)
        for part in all_parts.PARTS:
            if part.name in ("keyword", "vectors"):
                assert part.build
                part.build(building)
    return Change(gone, added)


def _write(writer: CatalogueWriter, document: Document) -> int:
    passages = cut(document, PassageParams())
    return writer.add(document, [(p, text_hash(passage_text(document, p))) for p in passages])


def _write_rows(
    directory: Path, before: Path, catalogue: Catalogue, added: np.ndarray, encoder: HashEncoder
) -> None:
    states = WordStates.open(before)
    assert states is not None
    previous = Previous({}, load_vectors(before), states, NO_WORDS)
    encode(catalogue, directory, previous, encoder, quiet, added.tolist())


def derived(directory: Path, source: Path, encoder: HashEncoder) -> Path:
    """Everything learned of the truth in `source`, from nothing."""
    directory.mkdir()
    for name in all_parts.truth_files():
        shutil.copy(source / name, directory)
    with Catalogue.open(directory / CATALOGUE_FILE) as catalogue:
        all_parts.build_parts(Building(directory, catalogue, encoder, NO_WORDS, quiet))
    return directory


def commit(
    data_dir: Path,
    remove: Sequence[int],
    add: Sequence[Document],
    encoder: HashEncoder | None = None,
) -> Path:
    """Make the changed archive the current generation; returns its directory."""
    encoder = encoder or newsroom.Bilingual()
    info: EncoderInfo = encoder.info
    with writer_lock(data_dir), begin(data_dir) as staged:
        before = current(data_dir)
        change = changed(staged.path, before, encoder, remove, add)
        with Catalogue.open(staged.path / CATALOGUE_FILE) as catalogue:
            extend(staged.path, before, catalogue, change, encoder, quiet)
            counts = catalogue.counts()
        staged.commit(
            encoder=EncoderStamp(info.id, info.dimension, "test"),
            counts=counts,
            build={
                "passages": {"min_chars": PassageParams().min_chars},
                "extended": {"added": len(add)},
            },
        )
    return current(data_dir)
