"""The power goes, at any moment of any operation: the old index is there, or the new one.

A process that is killed leaves all it wrote to the operating system; a power cut does not. So here
each operation is followed call by call, and for every moment all disks are laid out that a power
cut may leave (`disk.Platter`).
"""

from __future__ import annotations

import os
import shutil
import stat
from itertools import islice
from pathlib import Path

import disk
import pytest
from operations import EACH, OPERATIONS, State, prepare, state

from index.operations.backup import backup
from index.store.manifest import current_token

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows orders renames itself")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("power") / "data")


def follow(name: str, data: Path) -> disk.Platter:
    platter = disk.Platter(data.parent)
    with platter.following():
        OPERATIONS[name](data)
    return platter


def cuts(platter: disk.Platter, data: Path, work: Path) -> list[tuple[int, str, State | str]]:
    """What a reader gets after each power cut: a state, or what is wrong."""
    seen: dict[frozenset[object], State | str] = {}
    found = []
    for cut in platter.after_power_cuts(data.name):
        files = cut.files()
        key = disk.what_is_read(files, data.name)
        if key not in seen:
            left = disk.lay_out(files, work / f"{len(seen)}")
            try:
                seen[key] = state(left / data.name)
            except Exception as error:
                seen[key] = f"{type(error).__name__}: {error}"
            shutil.rmtree(left)
        found.append((cut.number, cut.moment.what, seen[key]))
    return found


@pytest.mark.parametrize("name", EACH)
def test_power_is_cut_at_every_moment(name: str, built: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(built, tmp_path / "disk" / "data"))
    old = state(data)
    platter = follow(name, data)
    new = state(data, deep=True)
    found = cuts(platter, data, tmp_path / "left")
    wrong = [each for each in found if each[2] not in (old, new)]
    assert wrong == []
    last = max(number for number, _, _ in found)
    assert {each[2] for each in found if each[0] == last} == {new}  # acknowledged is kept
    assert len(found) > 10


def test_a_first_index_in_a_folder_whose_parents_are_new(tmp_path: Path) -> None:
    """A name is certain when its directory is synced: so must be every directory that was made."""
    root = tmp_path / "disk"
    root.mkdir()
    data = root / "srv" / "خبریں" / "data"
    platter = disk.Platter(root)
    with platter.following():
        OPERATIONS["rebuild"](data)
    last = len(platter.moments) - 1
    left = [each.files() for each in platter.after_power_cuts() if each.number == last]
    for files in left:
        below = data.relative_to(root).as_posix()
        assert files.get(f"{below}/CURRENT") == (data / "CURRENT").read_bytes()
    assert state(disk.lay_out(left[0], tmp_path / "left") / data.relative_to(root)) == state(data)


@pytest.mark.parametrize("name", EACH)
def test_the_next_writer_takes_what_a_power_cut_left(
    name: str, built: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(built, tmp_path / "disk" / "data"))
    platter = follow(name, data)
    step = max(1, sum(1 for _ in platter.after_power_cuts()) // 3)
    for number, each in enumerate(islice(platter.after_power_cuts(), 0, None, step)):
        left = disk.lay_out(each.files(), tmp_path / "left" / str(number)) / "data"
        OPERATIONS["rebuild"](left)
        state(left)
        names = [path.name for path in (left / "generations").iterdir()]
        assert [each for each in names if each.startswith(".")] == [], each.moment.what
        assert current_token(left) == max(names)


@pytest.mark.parametrize("spared", [stat.S_ISREG, stat.S_ISDIR])
def test_it_would_be_seen_if_something_were_not_synced(
    spared, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the tests above can fail: without syncing files, or directories, they do."""
    real = os.fsync
    data = Path(shutil.copytree(built, tmp_path / "disk" / "data"))
    old = state(data)
    platter = disk.Platter(data.parent)
    with platter.following():
        followed = os.fsync
        monkeypatch.setattr(
            os, "fsync", lambda fd: (real if spared(os.fstat(fd).st_mode) else followed)(fd)
        )
        OPERATIONS["rebuild"](data)
        monkeypatch.setattr(os, "fsync", followed)
    new = state(data)
    found = cuts(platter, data, tmp_path / "left")
    assert [each for each in found if each[2] not in (old, new)] or [
        each for each in found if each[0] == found[-1][0] and each[2] != new
    ]


def test_a_backup_that_has_its_name_holds_its_bytes(built: Path, tmp_path: Path) -> None:
    """A name that is certain before what it names is leaves an empty backup."""
    root = tmp_path / "disk"
    root.mkdir()
    file = root / "archive.tar"
    platter = disk.Platter(root)
    with platter.following():
        backup(built, file)
    whole = file.read_bytes()
    disks = (cut.files() for cut in platter.after_power_cuts())
    named = [files[file.name] for files in disks if file.name in files]
    assert named
    assert set(named) == {whole}
