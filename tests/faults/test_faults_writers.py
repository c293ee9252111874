"""Two writers, a writer that hangs, one that dies, and a clock that goes back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import archives
import pytest
from click.testing import CliRunner
from operations import OPERATIONS, prepare, state

from index.errors import IndexLockedError, IndexMissingError
from index.operations.versions import generations as listed
from index.operations.versions import rollback
from index.store import generations, lock
from index.store.generations import writer_lock
from index.store.lock import process_start, unlock
from index.store.manifest import current_token, generation_names
from web.cli.main import main

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")

HANG = """
import os, signal, sys, time
from pathlib import Path
from index.store.generations import begin, writer_lock
data, kind = Path(sys.argv[1]), sys.argv[2]
if kind == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with writer_lock(data, command="talash index rebuild خبریں"):
    (begin(data).path / "half").write_text("آدھا", "utf-8")
    print("ready", flush=True)
    if kind == "stopped":
        os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(120)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("writers") / "data")


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


@contextmanager
def hanging(data: Path, kind: str = "asleep") -> Iterator[subprocess.Popen[bytes]]:
    """A live process that holds the lock and does not go on."""
    command = [sys.executable, "-X", "utf8", "-c", HANG, str(data), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
        try:
            yield process
        finally:
            process.kill()


def change_holder(data: Path, **changes: object) -> None:
    said = json.loads((data / lock.HOLDER).read_text("utf-8")) | changes
    (data / lock.HOLDER).write_text(json.dumps(said), "utf-8")


# -- a writer that hangs ---------------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize(
    ("kind", "how"), [("asleep", "SIGTERM"), ("deaf", "SIGKILL"), ("stopped", "SIGKILL")]
)
def test_a_writer_that_hangs_is_named_and_ended(data: Path, kind: str, how: str) -> None:
    old = state(data)
    with hanging(data, kind) as process:
        with pytest.raises(IndexLockedError) as caught:
            OPERATIONS["rebuild"](data)
        assert f"process {process.pid} on " in caught.value.message
        assert "talash index rebuild خبریں" in caught.value.message
        assert "talash index unlock" in caught.value.hint
        with pytest.raises(IndexLockedError, match="--force"):
            unlock(data)
        assert process.poll() is None
        done = unlock(data, force=True, grace=0.3 if how == "SIGKILL" else 20)
        assert (done.held, done.how, done.holder["pid"]) == (True, how, process.pid)
        assert process.wait(20) == -getattr(signal, how)
    assert state(data) == old
    OPERATIONS["rebuild"](data)
    assert not list((data / "generations").glob(".staging-*"))
    assert state(data, deep=True) != old


@POSIX
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"started": "another boot 1"}, "is another one"),
        ({"pid": 2**22 + 5}, "has ended or is another one"),
        ({"started": ""}, "did not say"),
        ({"pid": "1; reboot"}, "did not say"),
        ({"pid": 1}, "did not say"),
        ({"pid": -1}, "did not say"),
        ({"host": "archive-2"}, "end process"),
        ({"pid": os.getpid(), "started": process_start(os.getpid())}, "this very process"),
    ],
)
def test_who_is_not_surely_the_holder_is_never_ended(
    data: Path, changes: dict[str, object], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    with hanging(data) as process:
        change_holder(data, **changes)
        monkeypatch.setattr(lock, "_send", lambda *args: sent.append(args[0]))
        with pytest.raises(IndexLockedError, match=told):
            unlock(data, force=True, grace=0.1)
        assert process.poll() is None
    assert sent == []


@POSIX
def test_a_holder_that_changes_while_it_is_ended(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first writer went on after all, and another one has the lock: it is left alone."""
    with hanging(data) as process:
        real = lock._not_to_be_ended

        def meanwhile(said: dict[str, object]) -> str:
            change_holder(data, token="another")
            return real(said)

        monkeypatch.setattr(lock, "_not_to_be_ended", meanwhile)
        with pytest.raises(IndexLockedError, match="Another writer has begun"):
            unlock(data, force=True, grace=0.1)
        assert process.poll() is None


@POSIX
def test_one_that_cannot_be_ended_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with hanging(data):
        monkeypatch.setattr(lock, "_send", deny)
        with pytest.raises(IndexLockedError, match="another user's"):
            unlock(data, force=True, grace=0.1)
        monkeypatch.setattr(lock, "_send", lambda *_: None)  # it waits for the disk
        with pytest.raises(IndexLockedError, match="waits for the disk"):
            unlock(data, force=True, grace=0.1)


@POSIX
def test_a_dead_writer_holds_nothing(data: Path, tmp_path: Path) -> None:
    assert not unlock(data).held
    with hanging(data) as process:
        process.kill()
        process.wait(20)
    done = unlock(data, force=True)
    assert (done.held, done.how, done.holder["pid"]) == (False, "", process.pid)
    with pytest.raises(IndexMissingError):
        unlock(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
    OPERATIONS["rebuild"](data)
    assert unlock(data).holder == {}


@POSIX
def test_the_command(data: Path) -> None:
    def call(*args: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["index", "unlock", "--data", str(data), *args])
        return done.exit_code, done.output

    assert call() == (0, "Nobody is writing. There is nothing to be done.\n")
    with hanging(data) as process:
        code, said = call()
        assert code == 5
        assert f"process {process.pid} on " in said
        assert "talash index unlock --force" in said
        code, said = call("--force")
        assert code == 0
        assert "with SIGTERM. The next writer may begin." in said
    code, said = call()
    assert (code, "has ended" in said) == (0, True)
    code, said = call("--json")
    assert json.loads(said)["held"] is False
    shutil.rmtree(data)
    assert call()[0] == 3


def test_what_tells_a_process_from_a_later_one() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        mine = process_start(other.pid)
        assert mine
        assert mine == process_start(other.pid) != process_start(1)
        other.kill()
        if sys.platform.startswith("linux"):
            os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
            assert process_start(other.pid) == ""  # dead, though its number is still taken
    assert process_start(other.pid) == ""


# -- two writers -----------------------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_second_writer_is_refused_whatever_it_wants(name: str, built: Path) -> None:
    """By another process, and by another thread of this one; readers do not wait."""
    data, old = built, state(built)
    with hanging(data) as process, pytest.raises(IndexLockedError, match=f"process {process.pid}"):
        OPERATIONS[name](data)
    caught: list[BaseException] = []

    def second() -> None:
        try:
            OPERATIONS[name](data)
        except IndexLockedError as error:
            caught.append(error)

    with writer_lock(data):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        assert state(data) == old
    assert len(caught) == 1
    assert state(data) == old


RACE = """
import sys, time
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from index.errors import IndexLockedError
from operations import OPERATIONS
sys.stdin.readline()
done = 0
while done < 2:
    try:
        OPERATIONS[sys.argv[2]](Path(sys.argv[1]))
        done += 1
    except IndexLockedError:
        time.sleep(0.02)
print(done)
"""


def test_two_writers_at_once_take_turns(data: Path) -> None:
    """Both try again and again: every write is whole, none is lost, and none is mixed."""
    tests = Path(archives.__file__).parent
    code = RACE.format(root=str(tests.parent), tests=str(tests))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(data), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("rebuild", "restore")
    ]
    for each in started:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    for each in started:
        said, wrong = each.communicate(timeout=120)
        assert (each.returncode, said.strip()) == (0, "2"), wrong
    # Two rebuilds one after the other are one: the second finds that there is nothing to do.
    assert int(current_token(data)[:8]) in (2 + 3, 2 + 4)
    state(data, deep=True)


# -- a clock that goes back ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [each for each in OPERATIONS if each != "rollback"])
def test_the_clock_goes_back(name: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is newer is told by the number in a name and never by the clock."""
    before = current_token(data)
    wanted = data.with_name("wanted")
    shutil.copytree(data, wanted)
    OPERATIONS[name](wanted)
    then = [datetime(1999, 12, 31, tzinfo=timezone.utc)]

    def earlier() -> datetime:
        then[0] -= timedelta(days=1)
        return then[0]

    monkeypatch.setattr(generations, "_now", earlier)
    OPERATIONS[name](data)
    after = current_token(data)
    assert after > before
    assert after[9:13] == "1999"
    assert state(data) == state(wanted)
    assert [each.name for each in listed(data)] == [after, before]  # newest first
    assert generation_names(data) == [before, after]  # the oldest, and no other, has gone
    assert rollback(data).generation == before
    OPERATIONS[name](data)
    assert current_token(data) > after
    assert before in generation_names(data)
    state(data, deep=True)
