"""Processes that tests start: servers, writers to be killed, children that do one thing."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


def listening(process: subprocess.Popen[str]) -> tuple[str, list[str], threading.Thread]:
    """The address a server says it listens on; all it says, now and later; and who goes on reading.

    Raises AssertionError, with what it said, if it ends before.
    """
    said: list[str] = []
    for line in process.stderr or ():
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            rest = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
            rest.start()
            return found[0], said, rest
    raise AssertionError("".join(said))


@contextmanager
def told_what_to_do(command: Sequence[str], **environ: str) -> Iterator[subprocess.Popen[str]]:
    """A process with one thread a library that reads orders and answers them, ended afterwards."""
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **alone, **environ},
    )
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(60)
        if process.stdout:
            process.stdout.close()


def in_a_child(work: Callable[[], None]) -> int:
    """Exit status of a forked process that does `work`; -9 if it was killed."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
