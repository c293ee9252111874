"""A writer is killed, at one call after another of every operation: old or new, and nothing between.

Kills at random moments of real processes are in tests/server; here the moments are chosen, so that
each step of the switch is met for certain.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import disk
import pytest
from operations import EACH, OPERATIONS, prepare, state

from index.store.lock import is_locked
from index.store.manifest import current_token

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("killed") / "data")


NURSERY = """
import os, signal, sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
import disk
from operations import OPERATIONS
for line in sys.stdin:
    name, step, data = line.rstrip("\\n").split(" ", 2)
    pid = os.fork()
    if pid == 0:
        seen = 0
        def count(what, args):
            global seen
            seen += 1
            if seen == int(step):
                os.kill(os.getpid(), signal.SIGKILL)
        with disk.watched(before=count):
            OPERATIONS[name](Path(data))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
"""Imports the program once, does no work itself and so has no threads: its forks are sound."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[subprocess.Popen[str]]:
    tests = Path(disk.__file__).parent
    code = NURSERY.format(root=str(tests.parent), tests=str(tests))
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **alone},
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed_at(nursery: subprocess.Popen[str], name: str, data: Path, step: int) -> int:
    """Exit status of a process that is killed just before its `step`-th change to the disk."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{name} {step} {data}\n")
    nursery.stdin.flush()
    return int(nursery.stdout.readline())


@pytest.mark.parametrize("name", EACH)
def test_killed_at_one_step_after_another(
    name: str, built: Path, tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    def fresh() -> None:
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(built, data)

    data, made = tmp_path / "data", list[str]()
    fresh()
    with disk.watched(before=lambda what, _: made.append(what)):
        OPERATIONS[name](data)
    old, new = state(built), state(data)
    switch = len(made) - made[::-1].index("replace")  # CURRENT's, the last that is replaced
    steps = {*range(1, len(made), 40), *range(max(1, switch - 1), min(switch + 3, len(made)))}
    switched = {}
    for step in sorted(steps):
        fresh()  # what a dead one left would change the numbers of the steps
        before = current_token(data)
        assert killed_at(nursery, name, data, step) == -signal.SIGKILL, step
        switched[step] = current_token(data) != before
        assert state(data) == (new if switched[step] else old), (step, made[step - 1])
        assert not is_locked(data)  # the system let go of the dead one's lock
    assert [switched[step] for step in sorted(switched)] == sorted(switched.values())
    assert switched[switch] is False  # killed before the very replace
    assert switched[switch + 1] is True
    OPERATIONS["rebuild"](data)  # the next writer takes what the dead one left, and clears up
    state(data, deep=True)
    assert not list((data / "generations").glob(".*"))


@pytest.mark.parametrize("name", ["compact", "delete", "rollback"])
def test_a_writer_that_has_little_to_do_clears_up_too(
    name: str, built: Path, tmp_path: Path
) -> None:
    """One that finds the index as it would make it, one that removes what is not there, one that goes back."""
    data = Path(shutil.copytree(built, tmp_path / "data"))
    if name != "rollback":
        OPERATIONS[name](data)
    before = current_token(data)
    for left in (".staging-0-1", ".retired-00000001-20260101T000000Z-abcd"):
        (data / "generations" / left / "keyword").mkdir(parents=True)
        (data / "generations" / left / "vectors.npy").write_bytes(b"half")
    OPERATIONS[name](data)
    assert (current_token(data) == before) == (name != "rollback")
    assert not list((data / "generations").glob(".*"))
    state(data)
