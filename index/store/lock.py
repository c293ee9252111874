"""Who holds the writer's lock of a data directory.

The lock is the operating system's, so a process that dies lets go of it; only one that lives and
does not go on keeps it. It is never taken from such a process: two writers would be worse than
none. `writer.json` says which process it is, for whoever may end it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.errors import IndexLockedError, IndexMissingError, IndexWriteError
from index.store.layout import HOLDER, LOCK

LOOK = 0.5
"""Seconds that a writer waits for others who look whether there is one."""

_HELD = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK}


def holder_record(command: str, since: str) -> dict[str, Any]:
    """What this process writes into `writer.json`."""
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
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


def holder_in_words(holder: Mapping[str, Any]) -> str:
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
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # until the file is closed
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno in _HELD and error.filename is None:  # of the lock, not of the file
            return True
        message = f"{path} cannot be opened: {error.strerror or error}."
        hint = "Run this as the user who writes the index, or as root."
        raise IndexWriteError(message, hint=hint) from error
    return False


def require_free(data_dir: Path) -> Mapping[str, Any]:
    """What `writer.json` said of the last writer, nothing if it ended well.

    Raises IndexLockedError, which names the process to end, if there is a writer, IndexMissingError
    if there is no data directory and IndexWriteError if the lock may not be opened.
    """
    if not data_dir.is_dir():
        raise IndexMissingError(f"There is no index in {data_dir}.")
    holder = read_holder(data_dir)
    if not is_locked(data_dir):
        return holder
    hint = "It did not say which process it is. Wait a moment and ask again."
    if holder:
        hint = (
            f"If it hangs, end process {holder.get('pid')} on {holder.get('host')}: its lock ends "
            "with it, and the index stays as it is."
        )
    raise IndexLockedError(f"{data_dir} is being written by {holder_in_words(holder)}.", hint=hint)
