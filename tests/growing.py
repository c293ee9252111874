"""Archives that change: documents are taken out and put in, by the product's own change, by docid.

What it comes to is held against a derivation of everything from the same truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import archives
import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.operations import change as changing
from index.operations.merge import copy_truth
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.part import Building, KnownVectors
from index.store.manifest import current

NO_WORDS: KnownVectors = ({}, np.empty((0, 0), np.float16))


def quiet(what: str, done: int, total: int) -> None:
    """Report nothing."""


def derived(directory: Path, source: Path, encoder: HashEncoder) -> Path:
    """Everything made anew of the truth in `source`, as one segment."""
    directory.mkdir()
    with Catalogue.open(source) as catalogue:
        copy_truth(source, catalogue, directory, quiet)
    with Catalogue.open(directory) as catalogue:
        all_parts.build_parts(Building(directory, catalogue, encoder, NO_WORDS, quiet))
    return directory


def commit(
    data_dir: Path,
    remove: Sequence[int],
    add: Sequence[Document],
    encoder: HashEncoder | None = None,
) -> Path:
    """Make the changed archive the current generation; returns its directory. However much has changed, it
    is not derived at once."""
    with Catalogue.open(current(data_dir)) as catalogue:
        gone = catalogue.ids(remove)

    def edit(changes: changing.Changes) -> None:
        for name in gone:
            changes.delete(name)
        for document in add:
            changes.put(document, lambda there: True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changing, "MOST_DRIFT", 1e9)
        changing.change(edit, archives.config(data_dir), encoder=encoder or newsroom.Bilingual())
    return current(data_dir)
