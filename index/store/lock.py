"""Who holds the writer's lock of a data directory, and how to end a holder that hangs.

The lock is the operating system's, so a process that dies lets go of it; only one that lives and
does not go on keeps it. Such a process is ended, never the lock taken from under it: two writers
would be worse than none. `writer.json` says which process it is, with the moment it started, so
that a process which was given the same number later is never ended in its place.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import IndexLockedError, IndexMissingError, IndexWriteError
from index.store.layout import HOLDER, LOCK
from index.store.manifest import REBUILD

if sys.platform == "win32":
    from filelock import FileLock, Timeout
else:
    import fcntl

GRACE = 10.0
"""Seconds that a holder is given to end by itself, and then to be gone."""

LOOK = 0.5
"""Seconds that a writer waits for others who look whether there is one."""

_TICK = 0.05
_HELD = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK}


@dataclass(frozen=True)
class Unlocked:
    """What `unlock` found and did. `held`: somebody had the lock; `how` it was ended: `SIGTERM`,
    `SIGKILL`, or "" if nothing had to be done. `holder` is what `writer.json` said, maybe nothing.
    """

    held: bool
    how: str
    holder: Mapping[str, Any]


def introduce(command: str, since: str) -> dict[str, Any]:
    """What this process writes into `writer.json`."""
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "started": process_start(os.getpid()),
        "command": command,
        "since": since,
        "token": uuid.uuid4().hex,
    }


def read_holder(data_dir: Path) -> dict[str, Any]:
    """What `writer.json` says, nothing if it cannot be read."""
    try:
        return dict(json.loads((data_dir / HOLDER).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def describe(holder: Mapping[str, Any]) -> str:
    """The holder in words."""
    if not holder:
        return "another process"
    pid, host, command, since = (holder.get(k) for k in ("pid", "host", "command", "since"))
    return f"process {pid} on {host} since {since} ({command})"


def is_locked(data_dir: Path) -> bool:
    """Whether a writer holds the lock at this moment. Changes nothing, and keeps nobody out.

    Whoever looks shares the lock with all others who look, for as long as the look takes; a writer
    that comes in that moment waits for its end (`LOOK`).
    Raises IndexWriteError if this user may not open the lock.
    """
    path = data_dir / LOCK
    try:
        with path.open("rb") as file:
            return not _shared(file)
    except FileNotFoundError:
        return False
    except OSError as error:
        message = f"{path} cannot be opened: {error.strerror or error}."
        hint = "Run this as the user who writes the index, or as root."
        raise IndexWriteError(message, hint=hint) from error


if sys.platform == "win32":

    def _shared(file: BinaryIO) -> bool:
        """Whether the lock could be shared: Windows shares none, so it is taken and let go."""
        lock = FileLock(file.name, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return False
        lock.release()
        return True

else:

    def _shared(file: BinaryIO) -> bool:
        """Whether the lock could be shared, until the file is closed."""
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                return False
            raise
        return True


def unlock(data_dir: Path, *, force: bool = False, grace: float = GRACE) -> Unlocked:
    """See who holds the writer's lock; with `force`, end that process and wait until it is gone.

    It is asked with SIGTERM and after `grace` seconds ended with SIGKILL. What it had committed
    stays, what it had staged is removed by the next writer. Raises IndexMissingError if there is no
    data directory, and IndexLockedError, which says what can be done, if the lock stays held:
    without `force`, when the holder is on another host, is not known for certain, is this process,
    is another user's, or does not end. Raises IndexWriteError if the lock may not be opened.
    """
    if not data_dir.is_dir():
        raise IndexMissingError(f"There is no index in {data_dir}.", hint=REBUILD)
    holder = read_holder(data_dir)
    if not is_locked(data_dir):
        return Unlocked(False, "", holder)
    message = f"{data_dir} is being written by {describe(holder)}."
    if problem := _not_to_be_ended(holder):
        raise IndexLockedError(message, hint=problem)
    if not force:
        hint = "If it hangs, end it: talash index unlock --force. The index stays as it is."
        raise IndexLockedError(message, hint=hint)
    return Unlocked(True, _end(data_dir, holder, grace), holder)


def process_start(pid: int) -> str:
    """What tells a process from a later one with the same number; "" if there is no such process.

    Linux: the boot and the tick of it the process started at; elsewhere what `ps` says.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        state, *fields = text.rpartition(")")[2].split()  # the name before may hold anything
        return "" if state in "ZX" else f"{boot} {fields[18]}"
    except (OSError, LookupError):
        if Path("/proc/self/stat").exists():
            return ""
    with suppress(OSError, subprocess.SubprocessError):
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
        return done.stdout.strip()
    return ""


def _not_to_be_ended(holder: Mapping[str, Any]) -> str:
    """Why the holder cannot be ended from here, and what to do; "" if it can."""
    pid, started, host = holder.get("pid"), holder.get("started"), holder.get("host")
    if type(pid) is not int or pid < 2 or not started or not isinstance(started, str):
        return "It did not say which process it is. Wait a moment and ask again."
    if host != socket.gethostname():
        return f"It runs on {host}: end process {pid} there, or run this command there."
    if pid == os.getpid():
        return "That is this very process."
    if process_start(pid) != started:
        return (
            f"Process {pid} has ended or is another one (in another container?), yet the lock is "
            "held: a child of it may be alive. See who has writer.lock open (lsof), and end that."
        )
    return ""


def _end(data_dir: Path, holder: Mapping[str, Any], grace: float) -> str:
    pid = int(holder["pid"])
    message = f"{data_dir} is being written by {describe(holder)}."
    with _handle(pid) as handle:
        for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            # Looked at again once the handle is there: from now on it is this process or none.
            if read_holder(data_dir).get("token") != holder.get("token"):
                return _let_go(data_dir, message, "")
            if process_start(pid) != holder["started"]:
                return _let_go(data_dir, message, "")
            try:
                _send(pid, handle, number)
            except ProcessLookupError:
                pass
            except PermissionError as error:
                hint = (
                    f"It is another user's: run this as that user, or as root ({error.strerror})."
                )
                raise IndexLockedError(message, hint=hint) from error
            if _free_within(data_dir, grace):
                return signal.Signals(number).name
    hint = (
        f"Process {pid} does not end though it was killed: it waits for the disk or a network "
        "drive, or a child of it holds the lock. Look there, or restart the machine."
    )
    raise IndexLockedError(message, hint=hint)


def _let_go(data_dir: Path, message: str, how: str) -> str:
    """The holder is another one now, or gone: then nobody was ended."""
    if is_locked(data_dir):
        raise IndexLockedError(message, hint="Another writer has begun. Ask again.")
    return how


def _free_within(data_dir: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while is_locked(data_dir):
        if time.monotonic() > end:
            return False
        time.sleep(_TICK)
    return True


@contextmanager
def _handle(pid: int) -> Iterator[int | None]:
    """A handle that means this process for good, where the system has such (Linux)."""
    handle: int | None = None
    with suppress(OSError):
        handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    try:
        yield handle
    finally:
        if handle is not None:
            os.close(handle)


def _send(pid: int, handle: int | None, number: int) -> None:
    if handle is not None and hasattr(signal, "pidfd_send_signal"):
        signal.pidfd_send_signal(handle, number)
    else:
        os.kill(pid, number)
