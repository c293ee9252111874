"""A rebuild killed without warning, over and over: the old index answers as it did, or the new one.

A nursery process imports the program once and does no work itself; for each try it forks a child
that rebuilds, so dozens of kills cost seconds. The moments are drawn over the whole time a rebuild
takes, and more of them over its end, where files are sealed and the switch is made.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import archives
import pytest
from inputs import some
from processes import told_what_to_do

from index.operations.verify import verify
from index.store.manifest import current_token, generation_names
from search.models import Mode, SearchRequest

pytestmark = [
    pytest.mark.server,
    pytest.mark.long,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]

TALASH = [sys.executable, "-c", "from web.cli.main import main; main(prog_name='talash')"]
KILLS, STEPS = some(34), 12
SIZES = (20, 26)
QUERIES = ("بارش", "rain flood", "لاہور سیلاب")

NURSERY = """
import os, sys
sys.path.insert(0, {tests!r})
import archives
from pathlib import Path
from index.operations.build import rebuild_from
from index.encoders.hashed import HashEncoder
from search import engine, live

def say(what):
    os.write(1, (what + "\\n").encode())

for line in sys.stdin:
    if line.strip() == "reap":
        say(f"ended {{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}}")
        continue
    which, size, data = line.split(maxsplit=2)
    child = os.fork()
    if child == 0:
        stages = set()
        def step(stage, done, total):
            if stage not in stages:
                stages.add(stage)
                say(stage)
        say(f"pid {{os.getpid()}}")
        documents = archives.articles(int(size), seed=int(which), mark="ب" + which)
        rebuild_from(documents, archives.config(Path(data.strip())), progress=step)
        os._exit(0)
"""


class Nursery:
    """Starts rebuilds in children, hears what they say, and ends them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.said.put(line.strip())

    def _tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def start(self, which: int, data: Path) -> int:
        """Begin to rebuild an archive; return the process that does."""
        self._tell(f"{which} {SIZES[which]} {data}")
        return int(self.hear("pid").split()[1])

    def hear(self, word: str) -> str:
        """Wait for a line that begins with a word."""
        while True:
            line = self.said.get(timeout=120)
            if line.startswith(word):
                return line

    def end(self) -> int:
        """Wait for the child to end; return its exit status."""
        self._tell("reap")
        return int(self.hear("ended").split()[1])

    def kill(self, pid: int) -> int:
        """Kill the child. Until it is reaped its number is no other process's, ended or not."""
        os.kill(pid, signal.SIGKILL)
        return self.end()


@contextmanager
def nursery() -> Iterator[Nursery]:
    code = NURSERY.format(tests=str(Path(archives.__file__).parent))
    with told_what_to_do([sys.executable, "-c", code]) as process:
        yield Nursery(process)


def answers(data: Path) -> list[object]:
    """All that the index answers to a few questions."""
    engine = archives.open_engine(data, floor=0.05)
    found: list[object] = [
        (hit.id, hit.score, hit.snippet.text)
        for query in QUERIES
        for mode in Mode
        for hit in engine.search(SearchRequest(query, mode=mode, size=50)).hits
    ]
    engine.close()
    return found


def hidden(data: Path) -> list[str]:
    return [path.name for path in (data / "generations").iterdir() if path.name.startswith(".")]


class Trial:
    """One data directory, the archive it serves, and what each archive answers."""

    def __init__(self, data: Path, wanted: list[list[object]]) -> None:
        self.data, self.wanted = data, wanted
        self.serves = 0
        self.outcomes: Counter[str] = Counter()

    def check(self, moment: str) -> None:
        """After a kill: one whole archive, sound in every file; which of the two must be told."""
        names, token = generation_names(self.data), current_token(self.data)
        assert token in names, moment
        found = answers(self.data)
        assert found in self.wanted, f"{moment}: neither the old answers nor the new ones"
        which = self.wanted.index(found)
        report = verify(self.data)
        assert report.ok, (moment, [check for check in report.checks if not check.ok])
        self.outcomes["new" if which != self.serves else "old"] += 1
        self.outcomes["left half done"] += bool(hidden(self.data))
        self.serves = which


def moments(dice: random.Random) -> Iterator[tuple[str, float]]:
    """What a rebuild says first, and which share of its time from then on goes by: spread evenly, and not the
    same in any two runs, over all of it, and over its end."""
    while True:
        for number in range(STEPS):
            yield "pid", (number + dice.random()) / STEPS
            if number % 2:
                yield "sealing", (number + dice.random()) / STEPS


def test_killed_at_any_moment_the_index_still_serves(tmp_path: Path, seed: int) -> None:
    data = tmp_path / "data"
    with nursery() as rooms:
        wanted: list[list[object]] = []
        for which in (1, 0):
            started = time.monotonic()
            rooms.start(which, data)
            rooms.hear("sealing")
            sealing = time.monotonic()
            assert rooms.end() == 0
            takes = {"pid": time.monotonic() - started, "sealing": time.monotonic() - sealing}
            wanted.insert(0, answers(data))
        assert wanted[0] != wanted[1]
        trial = Trial(data, wanted)
        for stage, share in moments(random.Random(seed)):
            delay = share * takes[stage]
            pid = rooms.start(1 - trial.serves, data)
            if stage != "pid":
                rooms.hear(stage)
            time.sleep(delay)
            status = rooms.kill(pid)
            assert status in (0, -signal.SIGKILL)
            trial.outcomes["killed" if status else "had ended"] += 1
            if status == 0:  # it was measured while another test took its time
                takes[stage] = delay
            trial.check(f"killed {delay:.3f} s after {stage}, seed {seed}")
            if trial.outcomes["killed"] == KILLS:
                break
            assert trial.outcomes["had ended"] < KILLS, "too slow to kill anything"
        print(dict(trial.outcomes))
        assert trial.outcomes["old"] > KILLS // 3
        assert trial.outcomes["left half done"] > KILLS // 3
        rooms.start(1 - trial.serves, data)
        assert rooms.end() == 0
    assert answers(data) == wanted[1 - trial.serves]
    assert hidden(data) == []
    assert not (data / "writer.json").exists()
    assert len(generation_names(data)) == 2
    checked = subprocess.run(
        [*TALASH, "index", "verify", "--data", str(data), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["ok"] is True
