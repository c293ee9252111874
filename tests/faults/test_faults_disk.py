"""The disk refuses, at every call in turn and for real: nothing changes, and the message says why.

Injected, because root may write anywhere and a full disk is not at hand everywhere: one fsync, rename,
replace, mkdir, link, unlink, rmdir or opening fails after another. For real, where a file system may be
mounted (`unshare`, which needs no rights on most machines): a tmpfs with less and less room, and one
that is read-only. What each library makes of a full disk is in test_build_failures.py.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import archives
import disk
import pytest
from operations import EACH, OPERATIONS, prepare, state

from index.errors import IndexWriteError, TalashError
from index.store.manifest import current_token

REFUSALS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.EDQUOT)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("disk") / "data")


def calls(name: str, data: Path) -> list[str]:
    """The changes to the disk that an operation makes, in order."""
    found: list[str] = []
    with disk.watched(before=lambda what, _: found.append(what)):
        OPERATIONS[name](data)
    return found


def chosen(made: list[str]) -> list[int]:
    """The last ten steps that make something certain or give it a name, the switch among them, and
    one in ten of all the others."""
    count = [step for step, what in enumerate(made, 1) if what not in ("open", "unlink", "rmdir")]
    return sorted({*count[-10:], *range(1, len(made) + 1, 10)})


def attempt(name: str, data: Path, step: int, number: int) -> TalashError | None:
    """Perform an operation whose `step`-th change to the disk is refused.

    An error that is not of the tree is raised: the user would see a traceback.
    """
    seen = itertools.count(1)

    def refuse(what: str, args: tuple[object, ...]) -> None:
        if next(seen) == step:
            named = [str(args[0])] if isinstance(args[0], (str, Path)) else []
            raise OSError(number, os.strerror(number), *named)

    try:
        with disk.watched(before=refuse):
            OPERATIONS[name](data)
    except TalashError as error:
        return error
    return None


def contents(data: Path) -> dict[str, bytes]:
    """Everything that a reader or the next writer may look at."""
    passing = ("CURRENT.tmp", "writer.json.tmp", "writer.json", "writer.lock")
    files = (path for path in data.rglob("*") if path.is_file() and path.name not in passing)
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in files}


def check_hint(error: TalashError, number: int) -> None:
    assert isinstance(error, IndexWriteError)
    said = error.hint.lower()
    if number in (errno.ENOSPC, errno.EDQUOT):
        assert "space" in said or "is in use" in error.message
    elif number in (errno.EROFS, errno.EACCES):
        assert "--data" in said or "is in use" in error.message


@pytest.mark.parametrize("name", EACH)
def test_the_disk_refuses_at_every_step(name: str, built: Path, tmp_path: Path) -> None:
    """After each refusal: the old index or, once the switch is made, the new one; and nothing left."""

    def fresh() -> None:
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(built, data)

    data = tmp_path / "data"
    fresh()
    made = calls(name, data)
    new, old = state(data), contents(built)
    fresh()
    refused = []
    for step in chosen(made):
        before, number = current_token(data), REFUSALS[step % len(REFUSALS)]
        error = attempt(name, data, step, number)
        if error is not None:
            refused.append(step)
            check_hint(error, number)
            switched = current_token(data) != before
            assert switched == ("is in use" in error.message), (step, made[step - 1])
            assert switched or contents(data) == old, (step, made[step - 1])
        if error is None or switched:  # what failed else was the removal of what is old
            assert state(data) == new, (step, made[step - 1])
            fresh()
    assert len(refused) > 4
    attempt(name, data, refused[len(refused) // 2], errno.ENOSPC)
    OPERATIONS[name](data)  # once there is room again it goes through
    assert state(data, deep=True) == new


MOUNTED = """
import json, os, shutil, subprocess, sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
place = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], check=True)
from index.errors import TalashError
from index.store.manifest import current_token
from operations import EACH, OPERATIONS, prepare, state
print("mounted", flush=True)

def attempt(name):
    try:
        OPERATIONS[name](data)
        return "done"
    except TalashError as error:
        return f"{{type(error).__name__}}: {{error}}"

data = prepare(place / "data")
old, found = state(data), []
if sys.argv[2] == "full":
    kept = shutil.copytree(data, place.parent / "kept")
    for name in OPERATIONS:
        shutil.rmtree(data)
        shutil.copytree(kept, data)
        for room in [0, 8, 24, *range(48, 480, 48)] if name != "rollback" else []:
            ballast = place / "ballast"
            free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, free - room * 1024)
            before = current_token(data)
            said = attempt(name)
            ballast.unlink()
            same = state(data) == old
            left = [path.name for path in (data / "generations").glob(".*")]
            found.append([f"{{name}}, {{room}} kB", said, current_token(data) == before, same, left])
            if said == "done":
                break
else:
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    for name in OPERATIONS:
        before = current_token(data)
        said = attempt(name)
        found.append([name, said, current_token(data) == before, state(data) == old, []])
print(json.dumps(found))
"""


def on_a_mounted_disk(tmp_path: Path, kind: str) -> list[tuple[str, str, bool, bool, list[str]]]:
    place = tmp_path / "mounted"
    place.mkdir()
    tests = Path(archives.__file__).parent
    code = MOUNTED.format(root=str(tests.parent), tests=str(tests))
    if not shutil.which("unshare"):
        pytest.skip("needs unshare")
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", sys.executable, "-c", code, str(place), kind],
        capture_output=True,
        text=True,
        timeout=200,
    )
    if "mounted" not in done.stdout:
        pytest.skip(f"nothing may be mounted here: {done.stderr.strip().splitlines()[-1:]}")
    assert done.returncode == 0, done.stderr
    found: list[tuple[str, str, bool, bool, list[str]]] = json.loads(done.stdout.split("\n")[1])
    return found


@pytest.mark.long
def test_a_real_disk_with_less_and_less_room(tmp_path: Path) -> None:
    """A full tmpfs: SQLite, Whoosh, numpy and FAISS meet the end of it, each in its own way."""
    found = on_a_mounted_disk(tmp_path, "full")
    refused = [each for each in found if each[1] != "done"]
    for what, said, stays, same, left in refused:
        assert said.startswith("IndexWriteError: "), (what, said)
        assert "Free some space" in said, (what, said)
        assert (stays, same, left) == (True, True, []), what
    writing = {name for name in OPERATIONS if name != "rollback"}
    assert {what.split(",")[0] for what, said, *_ in found if said == "done"} == writing
    times = Counter(what.split(",")[0] for what, *_ in refused)
    assert times.keys() == writing
    assert min(times.values()) > 3


@pytest.mark.long
def test_a_real_disk_that_is_read_only(tmp_path: Path) -> None:
    """Readers go on; a writer is told that it may not write, and where else it could."""
    found = on_a_mounted_disk(tmp_path, "ro")
    assert [each[0] for each in found] == list(OPERATIONS)
    for name, said, stays, same, _ in found:
        assert said.startswith("IndexWriteError: "), (name, said)
        assert "Read-only file system" in said
        assert "--data" in said
        assert (stays, same) == (True, True)
