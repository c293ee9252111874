"""What a change takes over of large files: the blocks that hold it are as they were written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import archives
import newsroom
import pytest

from index import digests
from index.errors import IndexDamagedError
from index.operations import taken
from index.operations.change import ChangeReport, update
from index.parts.catalogue.catalogue import Catalogue
from index.parts.vectors import load_vectors
from index.store.layout import MANIFEST, STATES_FILE, VECTORS_FILE
from index.store.manifest import current, read_manifest


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of files of many blocks."""
    for module in (digests, taken):
        monkeypatch.setattr(module, "BLOCK", 256)
    newsroom.build(tmp_path, newsroom.ARTICLES).close()
    return tmp_path


def longer(data: Path, docid: int) -> ChangeReport:
    """Update a document: all passages but the new one are taken over."""
    with Catalogue.open(current(data)) as catalogue:
        document = catalogue.document(docid)
    more = replace(document, body=f"{document.body}\nNothing of this was said before.")
    return update([more], archives.config(data), encoder=newsroom.Bilingual())


def damage_last_vector(data: Path) -> Path:
    path = current(data) / VECTORS_FILE
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    return path


def last_document(data: Path) -> int:
    with Catalogue.open(current(data)) as catalogue:
        return len(catalogue.columns()) - 1


def test_blocks_of_the_files_that_parts_are_taken_of_are_sealed(data: Path) -> None:
    manifest = read_manifest(current(data))
    assert set(manifest.blocks) <= {VECTORS_FILE, STATES_FILE}
    blocks = -(-manifest.files[VECTORS_FILE].size // 256)
    assert len(manifest.blocks[VECTORS_FILE]) == 16 * blocks > 16 * 4
    before = dict(manifest.blocks)
    longer(data, 0)
    after = read_manifest(current(data)).blocks
    assert before.items() < after.items()


def test_damage_of_what_is_taken_over_is_named(data: Path) -> None:
    path = damage_last_vector(data)
    with pytest.raises(IndexDamagedError, match=f"{path.name} is damaged"):
        longer(data, last_document(data))


def test_damage_elsewhere_is_not_looked_for(data: Path) -> None:
    damage_last_vector(data)
    assert longer(data, 0).reused


def test_damage_of_what_a_file_says_of_itself_is_named(data: Path) -> None:
    path = current(data) / VECTORS_FILE
    content = bytearray(path.read_bytes())
    content[:128] = content[:128].replace(b"  ", b"\n ", 1)
    path.write_bytes(content)
    assert len(load_vectors(current(data)))
    with pytest.raises(IndexDamagedError, match=VECTORS_FILE):
        longer(data, last_document(data))


def test_of_an_index_of_an_earlier_version_files_are_read_to_their_end(data: Path) -> None:
    manifest = replace(read_manifest(current(data)), blocks={})
    (current(data) / MANIFEST).write_text(json.dumps(manifest.to_json()), encoding="utf-8")
    assert longer(data, 0).reused
    damage_last_vector(data)
    with pytest.raises(IndexDamagedError, match="altered"):
        longer(data, 1)
