"""An index written by each format opens and answers, or is refused with the mending command."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import archives
import formats
import newsroom
import numpy as np
import pytest

from index.errors import IndexDamagedError, IndexMismatchError
from index.opened import OpenIndex
from index.operations import change
from index.operations.build import previous_spec, rebuild_from
from index.operations.upgrade import upgrade
from index.operations.verify import verify
from index.store.manifest import (
    FORMAT_VERSION,
    OPENED,
    REUSED,
    UPGRADED,
    FileEntry,
    current,
    read_manifest,
)
from search.models import SearchRequest

KEPT = sorted(int(folder.name) for folder in formats.FORMATS.iterdir())


def test_every_format_is_kept() -> None:
    assert list(range(1, FORMAT_VERSION + 1)) == KEPT


@pytest.mark.parametrize("number", [n for n in KEPT if n not in OPENED])
def test_an_older_format_is_refused_with_the_mending_command(number: int) -> None:
    with pytest.raises(IndexMismatchError) as caught:
        OpenIndex.open_current(formats.FORMATS / str(number))
    assert f"format {number}" in caught.value.message
    command = "talash index upgrade" if number in UPGRADED else "talash index rebuild"
    assert command in caught.value.hint


@pytest.mark.parametrize("number", OPENED)
def test_a_format_that_is_read_opens_and_answers(tmp_path: Path, number: int) -> None:
    data = copied(number, tmp_path)
    answers(data)
    more = replace(newsroom.ARTICLES[0], id="ur/more")
    change.add([more], archives.config(data), encoder=newsroom.Bilingual())
    assert read_manifest(current(data)).format_version == FORMAT_VERSION
    answers(data)


def copied(number: int, tmp_path: Path) -> Path:
    return Path(shutil.copytree(formats.FORMATS / str(number), tmp_path / "data"))


def answers(data: Path) -> None:
    assert verify(data).ok
    assert verify(data, deep=True, sample=5, encoder=lambda _: newsroom.Bilingual()).ok
    engine = newsroom.engine(OpenIndex.open_current(data))
    try:
        for query in ("کراچی میں بارش", "heavy rain"):
            found = [hit.id for hit in engine.search(SearchRequest(query)).hits]
            assert {"ur/بارش", "en/rain"} <= set(found[:3])
    finally:
        engine.close()


@pytest.mark.parametrize("number", UPGRADED)
def test_an_index_is_upgraded_from_its_own_truth(tmp_path: Path, number: int) -> None:
    """Without the encoder: what was learned has the form it had."""
    data = copied(number, tmp_path)
    before = current(data)
    report = upgrade(archives.config(data))
    assert (report.format_before, report.relearned) == (number, False)
    assert (report.generation == report.previous == before.name) is (number == FORMAT_VERSION)
    assert read_manifest(current(data)).format_version == FORMAT_VERSION
    assert (current(data) / "vectors.npy").samefile(before / "vectors.npy")
    answers(data)
    again = upgrade(archives.config(data))
    assert again.generation == again.previous == current(data).name


def test_what_follows_from_other_spelling_rules_is_learned_again(tmp_path: Path) -> None:
    data = copied(4, tmp_path)
    path = current(data) / "lexicon.npz"
    with np.load(path) as stored:
        arrays = dict(stored) | {"spelling": np.frombuffer(b"other", np.uint8)}
    np.savez(path, **arrays)
    resealed(current(data), "lexicon.npz")
    encoder = newsroom.OnlyWords()
    assert upgrade(archives.config(data), encoder=encoder).relearned
    answers(data)
    assert rebuild_from(newsroom.ARTICLES, archives.config(data), encoder=encoder).encoded == 0


def resealed(generation: Path, name: str) -> None:
    """Let the manifest have the size and the checksum that a file has now."""
    manifest = read_manifest(generation, UPGRADED)
    content = (generation / name).read_bytes()
    entry = FileEntry(len(content), hashlib.sha256(content).hexdigest())
    sealed = replace(manifest, files={**manifest.files, name: entry})
    (generation / "manifest.json").write_text(json.dumps(sealed.to_json()), encoding="utf-8")


@pytest.mark.parametrize("number", [n for n in KEPT if n not in UPGRADED])
def test_what_cannot_be_upgraded_is_refused_with_the_rebuild(tmp_path: Path, number: int) -> None:
    data = copied(number, tmp_path)
    before = current(data)
    with pytest.raises(IndexMismatchError, match="cannot be upgraded") as caught:
        upgrade(archives.config(data))
    assert "talash index rebuild PATH" in caught.value.hint
    assert current(data) == before


def test_damage_is_not_upgraded(tmp_path: Path) -> None:
    data = copied(4, tmp_path)
    raw = bytearray((current(data) / "vectors.npy").read_bytes())
    raw[-3] ^= 1
    (current(data) / "vectors.npy").write_bytes(raw)
    with pytest.raises(IndexDamagedError, match=r"vectors\.npy"):
        upgrade(archives.config(data))


@pytest.mark.parametrize("number", [n for n in REUSED if n not in OPENED])
def test_a_rebuild_takes_the_vectors_of_an_older_format(tmp_path: Path, number: int) -> None:
    """The encoder's work of hours is not done again because of a column more."""
    data = Path(shutil.copytree(formats.FORMATS / str(number), tmp_path / "data"))
    with pytest.raises(IndexMismatchError, match=f"format {number}"):
        change.delete(["ur/بارش"], archives.config(data))
    report = rebuild_from(newsroom.ARTICLES, archives.config(data), encoder=newsroom.Bilingual())
    assert report.reused > 0
    assert (report.encoded, report.reused) == (0, report.passages)
    assert verify(data).ok


def test_an_older_format_does_not_change_the_encoder(tmp_path: Path) -> None:
    data = Path(shutil.copytree(formats.FORMATS / str(REUSED[0]), tmp_path / "data"))
    assert previous_spec(data) == "test"


def test_they_are_small() -> None:
    for number in KEPT:
        files = [path for path in (formats.FORMATS / str(number)).rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) < 300_000
