"""Two writers, a writer that hangs, one that dies, and a clock that goes back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import archives
import pytest
from click.testing import CliRunner
from operations import EACH, OPERATIONS, prepare, state

from index.errors import IndexLockedError, IndexMissingError
from index.operations.versions import generations as listed
from index.operations.versions import rollback
from index.store import generations, lock
from index.store.generations import writer_lock
from index.store.lock import require_free
from index.store.manifest import current_token, generation_names
from web.cli.main import main

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")

HANG = """
import os, signal, sys, time
from pathlib import Path
from types import SimpleNamespace
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


# -- a writer that hangs ---------------------------------------------------------------------------


@POSIX
@pytest.mark.parametrize("kind", ["asleep", "deaf", "stopped"])
def test_a_writer_that_hangs_is_named(data: Path, kind: str) -> None:
    old = state(data)
    with hanging(data, kind) as process:
        with pytest.raises(IndexLockedError) as caught:
            OPERATIONS["rebuild"](data)
        assert f"process {process.pid} on " in caught.value.message
        assert "talash index rebuild خبریں" in caught.value.message
        assert "talash index unlock" in caught.value.hint
        with pytest.raises(IndexLockedError) as caught:
            require_free(data)
        assert f"end process {process.pid} on " in caught.value.hint
        assert process.poll() is None
        process.kill()
        process.wait(20)
    assert state(data) == old
    OPERATIONS["rebuild"](data)
    assert not list((data / "generations").glob(".staging-*"))
    assert state(data, deep=True) != old


@POSIX
def test_a_writer_that_did_not_say_who_it_is(data: Path) -> None:
    with hanging(data):
        (data / lock.HOLDER).write_text("{", "utf-8")
        with pytest.raises(IndexLockedError, match="another process") as caught:
            require_free(data)
        assert "did not say" in caught.value.hint


@POSIX
def test_a_dead_writer_holds_nothing(data: Path, tmp_path: Path) -> None:
    assert require_free(data) == {}
    with hanging(data) as process:
        process.kill()
        process.wait(20)
    assert require_free(data)["pid"] == process.pid
    with pytest.raises(IndexMissingError):
        require_free(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
    OPERATIONS["rebuild"](data)
    assert require_free(data) == {}


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
        assert f"end process {process.pid} on " in said
    code, said = call()
    assert (code, "has ended" in said) == (0, True)
    code, said = call("--json")
    assert json.loads(said)["held"] is False
    shutil.rmtree(data)
    assert call()[0] == 3


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
from types import SimpleNamespace
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


def at_once(code: str, *rows: Sequence[str]) -> list[str]:
    """What processes say that run this code with these arguments and begin together."""
    tests = Path(archives.__file__).parent
    code = code.format(root=str(tests.parent), tests=str(tests))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, *row],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for row in rows
    ]
    for each in started:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    told = []
    for each in started:
        said, wrong = each.communicate(timeout=120)
        assert each.returncode == 0, wrong
        told.append(said.strip())
    return told


def test_two_writers_at_once_take_turns(data: Path) -> None:
    """Both try again and again: every write is whole, none is lost, and none is mixed."""
    assert at_once(RACE, (str(data), "rebuild"), (str(data), "restore")) == ["2", "2"]
    # Two rebuilds one after the other are one: the second finds that there is nothing to do.
    assert int(current_token(data)[:8]) in (2 + 3, 2 + 4)
    state(data, deep=True)


MERGING = """
import sys, time
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
import archives, newsroom
from index.errors import IndexLockedError
from index.operations import change, merge
from index.store.layout import segments
from index.store.manifest import current
change.MOST_DRIFT, merge.TOGETHER = 1e9, 2
data, mark = Path(sys.argv[1]), sys.argv[2]
waiting = archives.articles(3, seed=len(mark), mark=mark)
sys.stdin.readline()
while waiting:
    try:
        change.add(waiting[:1], archives.config(data), encoder=newsroom.Bilingual())
        del waiting[:1]
    except IndexLockedError:
        time.sleep(0.02)
print(len(segments(current(data))))
"""


@pytest.mark.long
def test_changes_that_merge_segments_take_turns(data: Path) -> None:
    """Each merges what the other has put there; nothing is lost, nothing there twice."""
    before, _ = state(data)
    told = at_once(MERGING, (str(data), "کھیل"), (str(data), "موسم نامہ"))
    assert all(int(each) < 5 for each in told)
    held, _ = state(data, deep=True)
    assert len(held) == len(before) + 6
    assert {each for each, _ in before} < {each for each, _ in held}


# -- a clock that goes back ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [each for each in EACH if each.values != ("rollback",)])
def test_the_clock_goes_back(name: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is newer is told by the number in a name and never by the clock."""
    before = current_token(data)
    wanted = data.with_name("wanted")
    shutil.copytree(data, wanted)
    OPERATIONS[name](wanted)
    then = [datetime(1999, 12, 31, tzinfo=timezone.utc)]

    def earlier(zone: timezone) -> datetime:
        then[0] -= timedelta(days=1)
        return then[0]

    monkeypatch.setattr(generations, "datetime", SimpleNamespace(now=earlier))
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
