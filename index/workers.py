"""Work done in processes of their own, so that every core has some.

    with Workers(2) as workers:
        job = workers.begin(function, argument)
        made = job.wait(report)

A process does one job at a time, on one core, and is started when a job finds none idle. It is a new
interpreter, no fork (a copy of a process with threads is no safe place to begin), and does not run the
program's main module again. One that is killed costs its job, which another does anew. All are ended when
the context is left, and by themselves when the process that started them ends, however it does.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from index.errors import WorkerKilledError
from index.memory import seldom_collected
from index.progress import Progress, no_report

_Made = TypeVar("_Made")
_Piece = TypeVar("_Piece")

_TRIES = 3
_HELD = 3
"""Pieces a process, of those that come one after another."""
_LOOK = 0.2
"""Seconds between two reports of how far a job is."""
_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from index.workers import serve; serve(int(sys.argv[2]))"
_ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_DONE, _FAILED, _AT = "done", "failed", "at"

log = logging.getLogger("talash")


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # Linux: containers may allow fewer than there are
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Job(Generic[_Made]):
    """What a worker was given to do."""

    def __init__(self) -> None:
        self.future: Future[_Made] = Future()
        self.at = ("", 0, 0)
        """How far it is, as it is told to a `Progress`."""

    def wait(self, report: Progress) -> _Made:
        """What was made of it; `report` is told how far it is. Raises what the work raised, and
        WorkerKilledError."""
        while not wait([self.future], _LOOK).done:
            if self.at[0]:
                report(*self.at)
        return self.future.result()

    def take_back(self) -> bool:
        """Whether no worker had begun with it, and none will."""
        return self.future.cancel()

    def make(self, work: Callable[[_Piece], _Made], piece: _Piece) -> None:
        """Do in this process what was taken back."""
        self.future = Future()
        try:
            self.future.set_result(work(piece))
        except Exception as error:
            self.future.set_exception(error)


class Workers:
    """Processes to give work to. For one thread."""

    def __init__(self, count: int) -> None:
        """So many at once, at most."""
        self.count = count
        self._threads = ThreadPoolExecutor(count, "worker")  # each waits for one process
        self._idle: list[_Process] = []
        self._running: set[_Process] = set()
        self._closed = False
        self._lock = threading.Lock()

    def begin(self, work: Callable[..., _Made], *arguments: Any) -> Job[_Made]:
        """Let a worker call `work`, a function of a module, with these arguments and a `Progress`. When it
        was killed the work is done again: it must not mind what is left of the first time."""
        job: Job[_Made] = Job()
        job.future = self._threads.submit(self._do, work, arguments, job)
        return job

    def share(
        self,
        here: Callable[[_Piece], _Made],
        pieces: Sequence[_Piece],
        there: Callable[..., _Made],
        *arguments: Any,
    ) -> list[_Made]:
        """What is made of each piece, in order: by `here` in this process, or by a worker, which calls
        `there` with the arguments, the piece and a `Progress`. Whoever is done takes the next."""
        jobs = [self.begin(there, *arguments, piece) for piece in pieces]
        made: dict[int, _Made] = {}
        for at in reversed(range(len(jobs))):  # workers begin with the first
            if jobs[at].take_back():
                made[at] = here(pieces[at])
        return [made[at] if at in made else job.wait(no_report) for at, job in enumerate(jobs)]

    def each(
        self,
        here: Callable[[_Piece], _Made],
        pieces: Iterable[_Piece],
        there: Callable[..., _Made],
        *arguments: Any,
    ) -> Iterator[tuple[_Piece, _Made]]:
        """The same of pieces that come one after another, of which a few are held: each, with what is made
        of it, in order. While the next is a worker's, this process makes something of those behind it."""
        held: deque[tuple[_Piece, Job[_Made]]] = deque()
        coming = iter(pieces)
        try:
            while True:
                for piece in islice(coming, _HELD * (self.count + 1) - len(held)):
                    held.append((piece, self.begin(there, *arguments, piece)))
                if not held:
                    return
                piece, job = held[0]
                for other, waiting in reversed(held):
                    if job.future.done():
                        break
                    if waiting.take_back():
                        waiting.make(here, other)
                yield piece, job.wait(no_report)
                held.popleft()
        finally:
            for _, job in held:
                job.take_back()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes, at once, whatever they are at."""
        with self._lock:
            self._closed = True
            for each in self._running:
                each.process.kill()
        self._threads.shutdown(cancel_futures=True)
        for each in self._running:
            each.end()

    def _do(self, work: Callable[..., _Made], arguments: tuple[Any, ...], job: Job[_Made]) -> _Made:
        code = 0
        for _ in range(_TRIES):
            process = self._take()
            try:
                kind, made = process.ask((work, arguments), job)
            except (EOFError, ConnectionError):
                code = self._bury(process)
                continue
            with self._lock:
                self._idle.append(process)
            if kind == _FAILED:
                raise made
            return made  # type: ignore[no-any-return]
        raise WorkerKilledError(
            f"A process that was to build a part of the index ended {_TRIES} times before it was done "
            f"(status {code})."
        )

    def _take(self) -> _Process:
        with self._lock:
            if self._closed:
                raise EOFError
            process = self._idle.pop() if self._idle else _Process()
            self._running.add(process)
            return process

    def _bury(self, process: _Process) -> int:
        with self._lock:
            self._running.discard(process)
            closed = self._closed
        code = process.end()
        if not closed:
            log.warning("A worker was killed (status %d); its part is begun again.", code)
        return code


class _Process:
    """A worker's process and the pipe to it."""

    def __init__(self) -> None:
        self._pipe, theirs = Pipe()
        path = json.dumps(sys.path)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-c", _BOOT, path, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,  # it closes when this process ends, and the worker ends with it
                stdout=subprocess.DEVNULL,
                env={**os.environ, **_ONE_CORE},
                start_new_session=True,  # Ctrl-C is for this process: it ends its workers
            )

    def ask(
        self, order: tuple[Callable[..., Any], tuple[Any, ...]], job: Job[Any]
    ) -> tuple[str, Any]:
        """Whether it is done, and what was made of it or the error. Raises EOFError or ConnectionError if
        the process is no more."""
        self._pipe.send(order)
        while True:
            kind, said = self._pipe.recv()
            if kind != _AT:
                return kind, said
            job.at = said

    def end(self) -> int:
        """End it; its exit status, negative for a signal."""
        self._pipe.close()
        if self.process.stdin:
            self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(1)
        self.process.kill()
        return self.process.wait()


def serve(handle: int) -> None:
    """A worker's whole life: do what the pipe behind `handle` brings."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pipe = Connection(handle)
    with suppress(EOFError), seldom_collected():
        while True:
            work, arguments = pipe.recv()
            pipe.send(_done(pipe, work, arguments))


def _done(
    pipe: Connection[Any, Any], work: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[str, Any]:
    told, stage = 0.0, ""

    def report(what: str, done: int, total: int) -> None:
        nonlocal told, stage
        now = time.monotonic()
        if what != stage or now - told > _LOOK:
            pipe.send((_AT, (what, done, total)))
            told, stage = now, what

    try:
        return _DONE, work(*arguments, report)
    except BaseException as error:
        return _FAILED, portable(error)


def portable(error: BaseException) -> BaseException:
    """An error that can be sent, itself if it can."""
    with suppress(Exception):
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
        return error
    return RuntimeError(f"{type(error).__name__}: {error}")


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
