"""Workers do what they are given, in processes of their own; one that is killed costs its job alone."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import working

from index.errors import IndexWriteError, WorkerKilledError
from index.progress import no_report
from index.workers import Workers


def test_jobs_are_done_in_other_processes_as_many_as_were_asked_for() -> None:
    with Workers(2) as workers:
        jobs = [workers.begin(working.own_pid, 0.2) for _ in range(6)]
        pids = {job.wait(no_report) for job in jobs}
    assert 1 <= len(pids) <= 2
    assert os.getpid() not in pids
    assert all(working.is_gone(pid) for pid in pids)


def test_it_is_told_how_far_a_job_is() -> None:
    told: list[tuple[str, int, int]] = []
    with Workers(1) as workers:
        made = workers.begin(working.steps, 50).wait(lambda *at: told.append(at))
    assert made == "counted"
    assert {(what, total) for what, _, total in told} == {("counting", 50)}
    done = [at for _, at, _ in told]
    assert done == sorted(done)


def test_pieces_are_shared_and_come_back_in_order() -> None:
    here: list[int] = []

    def double(number: int) -> int:
        here.append(number)
        return 2 * number

    with Workers(2) as workers:
        assert workers.share(double, range(40), working.double) == list(range(0, 80, 2))
        assert workers.share(double, [], working.double) == []
    assert here == sorted(here, reverse=True)


def test_an_error_comes_as_it_was_raised(tmp_path: Path) -> None:
    with Workers(1) as workers:
        with pytest.raises(OSError, match="space") as caught:
            workers.begin(working.disk_full, tmp_path).wait(no_report)
        assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path))
        with pytest.raises(IndexWriteError) as refused:
            workers.begin(working.refused).wait(no_report)
        assert refused.value.hint == "Free some space."
        with pytest.raises(RuntimeError, match="PeculiarError: quite peculiar"):
            workers.begin(working.peculiar).wait(no_report)
        assert workers.begin(working.double, 21).wait(no_report) == 42


def test_a_job_whose_worker_is_killed_is_begun_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Workers(2) as workers:
        other = workers.begin(working.own_pid, 1.0)
        assert workers.begin(working.killed_at_first, tmp_path, 2).wait(no_report) == 3
        assert other.wait(no_report)
    assert caplog.text.count("A worker was killed (status -9)") == 2


def test_a_job_that_is_killed_each_time_is_given_up(tmp_path: Path) -> None:
    with Workers(1) as workers:
        with pytest.raises(WorkerKilledError, match="status -9") as caught:
            workers.begin(working.killed_at_first, tmp_path, 99).wait(no_report)
        assert len(list(tmp_path.iterdir())) == 3
        assert "workers = 1" in caught.value.hint
        assert workers.begin(working.double, 21).wait(no_report) == 42


def test_who_leaves_ends_the_workers_whatever_they_are_at(tmp_path: Path) -> None:
    def stopped() -> None:
        with Workers(1) as workers:
            workers.begin(working.linger, tmp_path / "pid")
            waiting = workers.begin(working.double, 1)
            working.begun(tmp_path / "pid")
            try:
                raise KeyboardInterrupt
            finally:
                assert not waiting.future.done()

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert working.is_gone(working.begun(tmp_path / "pid"))


PARENT = """
import signal, sys
sys.path[:] = {path!r}
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it is ignored
from pathlib import Path
import working
from index.progress import no_report
from index.workers import Workers
with Workers(1) as workers:
    workers.begin(working.linger, Path({told!r})).wait(no_report)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_workers_end_with_the_process_that_started_them(tmp_path: Path, number: int) -> None:
    code = PARENT.format(path=sys.path, told=str(tmp_path / "pid"))
    parent = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    pid = working.begun(tmp_path / "pid")
    parent.send_signal(number)
    said = parent.communicate(timeout=60)[1]
    assert parent.returncode == -number
    assert ("KeyboardInterrupt" in said) == (number == signal.SIGINT)
    assert working.is_gone(pid)
