"""A writer that runs Talash's own commands and dies where it is told; `crashing` starts it.

It imports the program once and forks for each row of commands, so that neither the start of Python
nor that of the libraries is what is killed. Standard input has a JSON object a line:

    {"commands": [[...]], "data": DIR, "drift": MOST_DRIFT, "together": TOGETHER, "count": bool,
     "last": step or 0}
    {"reap": true}

It answers with the process, then that it begins, then, after each command, which generation is in
use and how many steps were made: that is the acknowledgement. Beside that it says when it begins to
merge segments, and when it has.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

MODULES = (
    "index.operations.change", "index.encoders.hashed", "index.operations.sync", "search.engine",
    "web.cli.changes", "web.cli.index", "web.cli.terminal", "web.present",
)  # fmt: skip
EVENTS = {
    "os.rename": "rename",
    "os.remove": "remove",
    "os.rmdir": "remove",
    "os.link": "link",
    "os.mkdir": "make a folder",
    "sqlite3.connect": "open a database",
}
"""What a process tells of itself before it does it (`sys.addaudithook`), beside opening to write."""


class Steps:
    """Counts what is done to the disk, and ends the process before it does the step `last`."""

    def __init__(self, root: str, last: int) -> None:
        self.root, self.last, self.count = root, last, 0
        self._fsync = os.fsync
        os.fsync = self._sync
        sys.addaudithook(self._hear)

    def _sync(self, handle: int) -> None:
        self._step("sync")
        self._fsync(handle)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            flags = args[2] or 0
            if flags & (os.O_WRONLY | os.O_RDWR) and str(args[0]).startswith(self.root):
                self._step("open to write")
        elif event in EVENTS:
            self._step(EVENTS[event])

    def _step(self, what: str) -> None:
        self.count += 1
        if self.count == self.last:
            say({"last": what})
            os.kill(os.getpid(), signal.SIGKILL)


def say(what: dict[str, Any]) -> None:
    """One write, so that a line is whole or not there."""
    os.write(1, (json.dumps(what) + "\n").encode())


def run(row: dict[str, Any]) -> None:
    from index.operations import change, merge
    from index.store.manifest import current_token
    from web.cli.main import main

    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - until the end
    change.MOST_DRIFT, merge.TOGETHER = row["drift"], row["together"]
    steps = Steps(row["data"], row["last"]) if row["count"] else None

    def merge_due(generation: Path, check: Callable[[Path], None], report: Any) -> bool:
        """The product's own, which says when it begins."""

        def begun(segment: Path) -> None:
            say({"merging": steps.count if steps else 0})
            check(segment)

        merged = merge.merge_due(generation, begun, report)
        if merged:
            say({"merged": steps.count if steps else 0})
        return merged

    change.merge_due = merge_due
    say({"begun": time.monotonic()})
    for command in row["commands"]:
        where = ["--data", row["data"], "--encoder", "test"]
        code = main([*command[:2], *where, *command[2:]], standalone_mode=False)
        if code:
            raise RuntimeError(f"{command} ended with {code}")
        say({
            "done": current_token(Path(row["data"])),
            "steps": steps.count if steps else 0,
            "at": time.monotonic(),
        })  # fmt: skip


def serve() -> None:
    for module in MODULES:  # before a child is forked
        import_module(module)
    child = 0
    for line in sys.stdin:
        row = json.loads(line)
        if row.get("reap"):
            say({"ended": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])})
            continue
        child = os.fork()
        if child == 0:
            say({"pid": os.getpid()})
            try:
                run(row)
            except BaseException:
                say({"failed": traceback.format_exc()})
                os._exit(1)
            os._exit(0)


if __name__ == "__main__":
    serve()
