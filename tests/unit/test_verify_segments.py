"""Whatever is wrong in whichever segment, `verify` sees it; `repair` mends it or names what does."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import archives
import growing
import newsroom
import numpy as np
import pytest
from sealing import seal_again

from index.errors import IndexDamagedError, IndexMismatchError, StoreError
from index.opened import OpenIndex
from index.operations.backup import backup, restore
from index.operations.repair import repair
from index.operations.verify import verify
from index.operations.versions import rollback
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.store.layout import segments
from index.store.manifest import current, read_manifest

FIRST, SECOND, THIRD = (f"segments/0000000{number}" for number in (1, 2, 3))


def built(data: Path, seed: int) -> Path:
    """An index of four segments: the second takes documents out and puts some in, the third only takes
    out, of the second too, the fourth only puts in."""
    written = archives.articles(17, seed=seed)
    newsroom.build(data, written[:12]).close()
    growing.commit(data, [2, 5], written[12:15])
    growing.commit(data, [7, 12], [])
    growing.commit(data, [], written[15:])
    return data


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("segments") / "data", 1)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same numbers of other articles."""
    return built(tmp_path_factory.mktemp("stranger") / "data", 2)


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "data"))


def failed(data: Path) -> dict[str, str]:
    report = verify(data, deep=True, sample=1_000, encoder=lambda _: newsroom.Bilingual())
    return {check.name: check.detail for check in report.checks if not check.ok}


def test_a_sound_index_of_several_segments(data: Path) -> None:
    assert len(segments(current(data))) == 4
    assert failed(data) == {}


@pytest.mark.long
def test_a_file_of_another_index_is_noticed_in_any_segment(data: Path, stranger: Path) -> None:
    """Each as it was written, and with a checksum of its own: only what is in it is wrong."""
    generation, unseen, seen = current(data), set[str](), set[str]()
    for name in read_manifest(generation).files:
        other, path = current(stranger) / name, generation / name
        if not name.startswith((FIRST, SECOND)) or not other.exists():
            continue
        content = path.read_bytes()
        if other.read_bytes() == content:
            continue
        shutil.copyfile(other, path)
        seal_again(generation)
        seen.add(path.name)
        if not failed(data):
            unseen.add(path.name)
        path.write_bytes(content)
    assert {*all_parts.truth_files(), "columns.npz", "word_counts.npz", "centroids.npy"} - seen == {
        "removed.npy"  # the same numbers
    }
    # What is less the means of a day gone by cannot be held against others; a change alone reads it.
    assert unseen == {"story_vectors.npy", "story_usual.npz"}


def test_other_documents_are_removed(data: Path) -> None:
    """Of the same language, so that their number alone tells nothing."""
    path = current(data) / SECOND / "removed.npy"
    removed = np.load(path)
    np.save(path, removed + np.array([2, 2], np.int32))
    seal_again(current(data))
    assert failed(data)


def test_a_segment_is_missing(data: Path) -> None:
    shutil.rmtree(current(data) / SECOND)
    assert f"file {SECOND}/removed.npy" in failed(data)
    with pytest.raises(IndexDamagedError, match=f"{SECOND}/.* is missing") as caught:
        OpenIndex.open_current(data)
    assert "talash index rebuild" in caught.value.hint
    with pytest.raises(IndexDamagedError, match="follows from no other file") as caught:
        repair(archives.config(data), encoder=newsroom.Bilingual())
    assert "talash index rollback" in caught.value.hint
    seal_again(current(data))  # as if it had never been
    assert "catalogue counts" in failed(data)
    with pytest.raises(IndexDamagedError):
        OpenIndex.open_current(data)


def test_a_segment_in_the_middle_is_missing(data: Path) -> None:
    """The numbers of the next do not follow on those before."""
    shutil.rmtree(current(data) / FIRST)
    seal_again(current(data))
    assert "do not follow" in failed(data)["catalogue"]
    with pytest.raises(IndexDamagedError):
        OpenIndex.open_current(data)


def test_a_segment_too_many(data: Path) -> None:
    shutil.copytree(current(data) / SECOND, current(data) / "segments" / "00000009")
    assert "segments/00000009/removed.npy" in failed(data)["no other files"]
    shutil.rmtree(current(data) / "segments" / "00000009")
    shutil.copytree(current(data) / THIRD, current(data) / "segments" / "00000009")
    with pytest.raises(IndexDamagedError):
        OpenIndex.open_current(data)


def test_a_folder_of_another_name_is_no_segment(data: Path) -> None:
    (current(data) / "segments" / "lost+found").mkdir()
    assert failed(data) == {}
    growing.commit(data, [], [RAIN])
    assert [path.name for path in segments(current(data))][1:] == [
        *("00000001", "00000002", "00000003", "00000004")
    ]


RAIN = replace(newsroom.ARTICLES[0], id="ur/اور")


def other_format(segment: Path) -> None:
    with closing(sqlite3.connect(segment / "catalogue.sqlite")) as db:
        db.execute("PRAGMA user_version=99")


def other_dimension(segment: Path) -> None:
    np.save(segment / "vectors.npy", np.load(segment / "vectors.npy")[:, :-2])


def other_space(segment: Path) -> None:
    with np.load(segment / "word_states.npz") as stored:
        arrays = dict(stored)
    np.savez(segment / "word_states.npz", **arrays | {"fitted": arrays["fitted"] + 1})


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (other_format, IndexMismatchError, "user_version 99"),
        (other_dimension, IndexDamagedError, "of different kinds"),
        (other_space, IndexDamagedError, "of different spaces"),
    ],
)
def test_a_segment_of_another_format_or_encoder(
    data: Path, change: Callable[[Path], None], error: type[StoreError], told: str
) -> None:
    change(current(data) / THIRD)
    seal_again(current(data))
    assert any(told in detail for detail in failed(data).values())
    for ask in (
        lambda: OpenIndex.open_current(data),
        lambda: growing.commit(data, [], [RAIN]),
        lambda: repair(archives.config(data), encoder=newsroom.Bilingual()),
    ):
        with pytest.raises(error, match=told) as caught:
            ask()
        assert "talash index" in caught.value.hint


def fewer_rows(segment: Path) -> None:
    np.save(segment / "story_vectors.npy", np.load(segment / "story_vectors.npy")[:-1])


def no_directions(segment: Path) -> None:
    np.save(segment / "story_vectors.npy", 3 * np.load(segment / "story_vectors.npy"))


def other_documents(segment: Path) -> None:
    with np.load(segment / "story_usual.npz") as stored:
        arrays = dict(stored)
    np.savez(segment / "story_usual.npz", **arrays | {"first": arrays["first"] + 1_000})


def other_shape(segment: Path) -> None:
    with np.load(segment / "story_usual.npz") as stored:
        arrays = dict(stored)
    np.savez(segment / "story_usual.npz", **arrays | {"cosines": arrays["cosines"][:, :, 1:]})


@pytest.mark.parametrize("change", [fewer_rows, no_directions, other_documents, other_shape])
def test_what_stories_are_looked_for_by(data: Path, change: Callable[[Path], None]) -> None:
    change(current(data) / FIRST)
    seal_again(current(data))
    assert list(failed(data)) == ["deep: story vectors"]
    if change is not no_directions:
        with pytest.raises(IndexDamagedError):
            growing.commit(data, [], [RAIN])
    repair(archives.config(data), encoder=newsroom.Bilingual())
    assert failed(data) == {}


def test_there_and_back_and_back_again(data: Path, tmp_path: Path) -> None:
    """A backup of several segments is restored as one; a rollback finds them as they were."""
    before, file = current(data), tmp_path / "b.tar"
    with Catalogue.open(before) as catalogue:
        wanted = list(catalogue.records())
    backup(data, file)
    restore(file, archives.config(data), encoder=newsroom.Bilingual())
    assert segments(current(data)) == [current(data)]
    with Catalogue.open(current(data)) as catalogue:
        assert list(catalogue.records()) == wanted
    assert failed(data) == {}
    assert rollback(data).generation == before.name
    assert failed(data) == {}
    growing.commit(data, [], [RAIN])
    assert failed(data) == {}
