"""Kills a writer again and again, and holds what is left against what must be there.

Each row of commands is run twice: on a copy of the archive, which shows how long it takes and which
steps it makes, and that the writer after a killed one works and clears away what that left; then on
the archive itself, where it is killed. Some kills come at a moment drawn over the time the row takes,
others before a step that changes the disk (a file opened to be written, a sync, a rename, a link, a
removal), half of these among the last steps of a command, where it commits, or in a merge of segments.

The kill is SIGKILL: what the system was given is kept, so this says nothing of a power cut.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from queue import Queue
from typing import Any

from crash_plan import KINDS, Archive, Operation, Plan
from processes import told_what_to_do

from index.encoders.hashed import HashEncoder
from index.opened import OpenIndex
from index.operations.verify import verify
from index.store.manifest import current_token, generation_names, open_manifest

ROOT = Path(__file__).resolve().parents[1]
WRITERS = ((0.25, 10), (100.0, 2), (0.02, 10), (100.0, 3))
"""`MOST_DRIFT` and `TOGETHER` of a row: the product's own, one that merges segments in almost every change and
never derives all at once, one that always does, and one that merges now and then."""
_COMMIT = 16
"""Steps before the end of a command that are drawn from more often."""


class Writer:
    """The process that forks writers (`crash_writer`), and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said: Queue[dict[str, Any]] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._said.put(json.loads(line))

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def run(
        self,
        data: Path,
        row: list[Operation],
        how: tuple[float, int],
        *,
        last: int = -1,
        after: float = -1.0,
    ) -> list[dict[str, Any]]:
        """Run a row, `how` as in `WRITERS`, and return what was said. It is killed before the step
        `last` (0 counts only), or `after` so many seconds, or not at all."""
        commands = [each.command for each in row]
        told = {"commands": commands, "data": str(data), "drift": how[0], "together": how[1]}
        self._tell({**told, "count": last >= 0, "last": max(last, 0)})
        said = list(self._until("pid"))
        if after >= 0:
            said += self._until("begun")
            time.sleep(after)
            # Until it is reaped its number is no other process's, ended or not.
            os.kill(said[0]["pid"], signal.SIGKILL)
        self._tell({"reap": True})
        said += self._until("ended")
        failed = [each["failed"] for each in said if "failed" in each]
        assert not failed, failed[0]
        return said

    def _until(self, word: str) -> Iterator[dict[str, Any]]:
        while True:
            said = self._said.get(timeout=300)
            yield said
            if word in said:
                return


@contextmanager
def writer() -> Iterator[Writer]:
    """A process to run commands in, ended afterwards."""
    with told_what_to_do(
        [sys.executable, str(Path(__file__).with_name("crash_writer.py"))], PYTHONPATH=str(ROOT)
    ) as process:
        yield Writer(process)


@dataclass
class Tally:
    """What came of the kills. `by_kind` counts (operation killed, outcome), `merges` those that were ended
    before a kill, `in_merges` kills while segments were being merged."""

    by_kind: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_step: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    ended: int = 0
    merges: int = 0
    in_merges: int = 0
    losses: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)


class Crashes:
    """One archive under commands that are killed."""

    def __init__(self, root: Path, seed: int, rooms: Writer) -> None:
        self.dice, self.rooms, self.tally = random.Random(seed), rooms, Tally()
        self.data, self.copy = root / "data", root / "copy"
        self.plan = Plan(root, self.dice)
        first = self.plan.rebuild()
        rooms.run(self.data, [first], WRITERS[0])
        self.archive = first.after
        self.agrees(self.data, self.archive, "first build")

    def kill(self, kind: str, how: tuple[float, int]) -> None:
        """One row with an operation of a kind, killed at a moment (if it merges segments, seldom); if nothing
        of it was done, once more, before a step. A row that ended before is no kill."""
        row = self.plan.row(self.archive, kind)
        done = self._rehearse(row, how)
        begun = next(each["begun"] for each in done if "begun" in each)
        seconds = next(each["at"] for each in reversed(done) if "at" in each) - begun
        before = current_token(self.data)
        if self.dice.random() < (0.3 if any("merged" in each for each in done) else 0.7):
            said = self.rooms.run(self.data, row, how, after=self.dice.random() * seconds)
            self._judge(row, before, said)
        if current_token(self.data) == before:
            said = self.rooms.run(self.data, row, how, last=self._step(done))
            self._judge(row, before, said)

    def _step(self, done: list[dict[str, Any]]) -> int:
        """Any step, one of a merge if there is any, or one of the last of a command."""
        ends = [each["steps"] for each in done if "done" in each]
        merged = [each["merged"] for each in done if "merged" in each]
        draw = self.dice.random()
        if draw < 0.5 and merged:
            end = self.dice.choice(merged)
            begun = max(e["merging"] for e in done if "merging" in e and e["merging"] < end)
            return self.dice.randint(begun + 1, end)
        if draw < 0.5:
            return self.dice.randint(1, ends[-1])
        end = self.dice.choice(ends)
        return self.dice.randint(max(1, end - _COMMIT), end)

    def _rehearse(self, row: list[Operation], how: tuple[float, int]) -> list[dict[str, Any]]:
        """The row on a copy of what the last kill left."""
        shutil.copytree(self.data, self.copy)
        said = self.rooms.run(self.copy, row, how, last=0)
        where = f"{[each.kind for each in row]} after a kill"
        self.agrees(self.copy, row[-1].after, where, deep=self.dice.random() < 0.25)
        for left in _left(self.copy):
            self.tally.disagreements.append(f"{where}: {left} is still there")
        shutil.rmtree(self.copy)
        return said

    def _judge(self, row: list[Operation], before: str, said: list[dict[str, Any]]) -> None:
        done = [each["done"] for each in said if "done" in each]
        self.tally.merges += sum("merged" in each for each in said)
        if said[-1]["ended"] == 0:
            self.tally.ended += 1
            self.archive = row[-1].after
            self.agrees(self.data, self.archive, "not killed")
            return
        assert said[-1]["ended"] == -signal.SIGKILL, said
        states = [self.archive, *(each.after for each in row)]
        new = current_token(self.data) != ([before, *done])[-1]
        killed = row[len(done)].kind if len(done) < len(row) else "after the last"
        where = f"kill {self.tally.kills}, {killed} of {[each.command for each in row]}"
        self.tally.kills += 1
        self.tally.by_kind[killed, "new" if new else "old"] += 1
        self.tally.by_kind[killed, "left"] += bool(_left(self.data))
        last = [each for each in said if not {"last", "ended"} & each.keys()][-1]
        self.tally.in_merges += "merging" in last
        self.tally.by_step.update(each["last"] for each in said if "last" in each)
        acknowledged = states[len(done)]
        wanted = states[min(len(done) + new, len(row))]
        self.archive = self.agrees(self.data, wanted, where, acknowledged)

    def agrees(
        self,
        data: Path,
        wanted: Archive,
        where: str,
        acknowledged: Archive | None = None,
        *,
        deep: bool = True,
    ) -> Archive:
        """Hold an index against the records it must have, and its parts against each other."""
        tally = self.tally
        found = records(data)
        if acknowledged is not None:  # those that the command under way leaves as they are
            promised = {each for each in acknowledged if wanted.get(each) == acknowledged[each]}
            lost = [each for each in promised if found.get(each) != acknowledged[each]]
            tally.losses += [f"{where}: {each}" for each in lost]
        if found != wanted:
            odd = [each for each in found | wanted if found.get(each) != wanted.get(each)]
            tally.disagreements.append(f"{where}: {odd[:3]} are not as they were put")
        for name in generation_names(data):  # also those that are not in use
            open_manifest(data / "generations" / name, "checksums")
        if deep:
            report = verify(data, deep=True, sample=3, encoder=lambda _: HashEncoder())
            bad = [f"{check.name}: {check.detail}" for check in report.checks if not check.ok]
            tally.disagreements += [f"{where}: {each}" for each in bad]
        return found


def records(data: Path) -> Archive:
    """What the index in use holds."""
    index = OpenIndex.open_current(data)
    try:
        return {each.id: (each, each.origin) for each in index.catalogue.records()}
    finally:
        index.close()


def _left(data: Path) -> list[str]:
    """What a writer leaves behind that did not end."""
    found = [*(data / "generations").glob(".*"), *data.glob("writer.json"), *data.rglob("*.tmp")]
    return [path.relative_to(data).as_posix() for path in found]


def crash(root: Path, seed: int, kills: int, seconds: float = inf) -> Tally:
    """Kill writers so many times over all operations, or for so long, and end with one that is let be."""
    ends = time.monotonic() + seconds
    with writer() as rooms:
        crashes = Crashes(root, seed, rooms)
        number = 0
        while crashes.tally.kills < kills and time.monotonic() < ends:
            kind = KINDS[number % len(KINDS)]
            crashes.kill(kind, WRITERS[number // len(KINDS) % len(WRITERS)])
            number += 1
            assert number < 3 * kills + 20, "too slow to kill anything"
        last = crashes.plan.row(crashes.archive, "add")
        rooms.run(crashes.data, last, WRITERS[0])
        crashes.agrees(crashes.data, last[-1].after, "the last writer")
        crashes.tally.disagreements += [f"{each} stays" for each in _left(crashes.data)]
    return crashes.tally
