"""What the tests of workers let them do. A worker imports this module, so it imports little before it must."""

from __future__ import annotations

import errno
import os
import resource
import signal
import time
from pathlib import Path
from typing import Any

from index.errors import IndexWriteError
from index.progress import Progress


def double(number: int, report: Progress) -> int:
    return 2 * number


def own_pid(seconds: float, report: Progress) -> int:
    time.sleep(seconds)
    return os.getpid()


def steps(count: int, report: Progress) -> str:
    for done in range(count):
        report("counting", done, count)
        time.sleep(0.02)
    return "counted"


def linger(told: Path, report: Progress) -> None:
    """Say who it is, and work on for longer than any test."""
    told.with_suffix(".new").write_text(str(os.getpid()))
    told.with_suffix(".new").rename(told)
    time.sleep(600)


def killed_at_first(marks: Path, times: int, report: Progress) -> int:
    """Is killed so many times; how many times it was begun."""
    seen = len(list(marks.iterdir()))
    (marks / str(seen)).touch()
    if seen < times:
        os.kill(os.getpid(), signal.SIGKILL)
    return seen + 1


def disk_full(path: Path, report: Progress) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def refused(report: Progress) -> None:
    raise IndexWriteError("It cannot be written.", hint="Free some space.")


class PeculiarError(Exception):
    """An error that cannot be sent."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def peculiar(report: Progress) -> None:
    raise PeculiarError("quite", "peculiar")


def build_killed_once(name: str, directory: Path, report: Progress) -> Any:
    """Build a part, killed the first time with some of its files written."""
    from index.parts import all_parts

    (part,) = (part for part in all_parts.PARTS if part.name == name)
    mark = directory.parent / f"{name}.killed"
    if not mark.exists():
        mark.touch()
        for file in part.files:
            (directory / file).write_bytes(b"half of it")
        os.kill(os.getpid(), signal.SIGKILL)
    return all_parts.build_apart(name, directory, report)


def build_on_a_full_disk(name: str, directory: Path, report: Progress) -> Any:
    """Build a part where no file may grow beyond a kilobyte."""
    from index.parts import all_parts

    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
    return all_parts.build_apart(name, directory, report)


def build_for_ever(name: str, directory: Path, report: Progress) -> None:
    """Never build a part; say in the data directory who does not."""
    linger(directory.parents[1] / "worker", report)


def begun(path: Path) -> int:
    """The process that `linger` named, when it has."""
    for _ in range(3000):
        if path.exists():
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError(f"nobody wrote {path}")


def is_gone(pid: int) -> bool:
    """Whether a process has ended, or does within a minute."""
    for _ in range(3000):
        try:
            os.kill(pid, 0)
            state: Any = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def understood_killed_once(source: Any, batch: Any, report: Progress) -> Any:
    """Understand records, but be killed at the first ones."""
    from index.readers import side_by_side

    mark = Path(os.environ["TALASH_TEST_MARKS"], "understood.killed")
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return side_by_side.understand_batch(source, batch, report)


def killed(*arguments: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def only_there(workers: Any, here: Any, pieces: Any, there: Any, *arguments: Any) -> Any:
    """`Workers.each` that does nothing itself."""
    for piece in pieces:
        yield piece, workers.begin(there, *arguments, piece).wait(lambda *at: None)
