"""A real server, real HTTP, real rebuilds: no request fails and no answer mixes two archives."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import quote

import archives
import pytest
from processes import listening

from index.documents import Document

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.timeout(900)]

TALASH = [sys.executable, "-c", "from web.cli.main import main; main(prog_name='talash')"]
REBUILDS = 5
ASKING = 3  # threads
COMMON = "مشترک"
MARKS, SIZES = ("صحرا", "پہاڑ"), (16, 23)


def archive(which: int) -> list[Document]:
    """Documents that all hold the common word; the ids tell which archive they are of."""
    return [
        replace(each, id=f"{which}/{each.id}", body=f"{each.body} {COMMON}")
        for each in archives.articles(SIZES[which], seed=which, mark=MARKS[which])
    ]


def write(path: Path, documents: list[Document]) -> Path:
    lines = (json.dumps(asdict(each), ensure_ascii=False, default=str) for each in documents)
    path.write_text("\n".join(lines), "utf-8")
    return path


def rebuild(source: Path, data: Path) -> str:
    """The generation that `talash index rebuild` made."""
    command = [*TALASH, "index", "rebuild", str(source), "--data", str(data)]
    done = subprocess.run(
        [*command, "--encoder", "test", "--json"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["generation"])


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The address of `talash serve` over a data directory; it must end well."""
    command = [*TALASH, "serve", "--data", str(data), "--encoder", "test", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        address, said, rest = listening(process)
        yield address
        process.terminate()
        assert process.wait(60) == 0
        rest.join(10)
        assert [line for line in said if "Traceback" in line or "ERROR" in line] == []
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=120) as answer:
        assert answer.status == 200
        return answer.read()


class Reader(threading.Thread):
    """Asks again and again, notes what each answer said, and stops at the first that is wrong."""

    def __init__(self, address: str, stop: threading.Event) -> None:
        super().__init__()
        self.address, self.stop = address, stop
        self.seen: Counter[tuple[str, int]] = Counter()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                for mode in ("hybrid", "keyword"):
                    self.look(mode)
                assert b"<html" in get(f"{self.address}/?q={quote(COMMON)}")
                get(f"{self.address}/readyz")
                time.sleep(0.05)
        except BaseException as error:
            self.error = error
            self.stop.set()

    def look(self, mode: str) -> None:
        url = f"{self.address}/api/v1/search?q={quote(COMMON)}&size=100&mode={mode}"
        body = json.loads(get(url))
        assert body["degraded"] == []
        (which,) = {int(hit["id"][0]) for hit in body["hits"]}
        assert len(body["hits"]) == body["total"]["value"] == SIZES[which]
        assert sum(each["count"] for each in body["facets"]["languages"]) == SIZES[which]
        for hit in body["hits"]:
            assert MARKS[which] in hit["title"]
            assert MARKS[1 - which] not in hit["snippet"]["text"]
        self.seen[body["generation"], which] += 1


def test_no_request_fails_and_no_answer_is_mixed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sources = [write(tmp_path / f"{which}.jsonl", archive(which)) for which in (0, 1)]
    generations = {rebuild(sources[0], data): 0}
    stop = threading.Event()
    with serving(data) as address:
        readers = [Reader(address, stop) for _ in range(ASKING)]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, REBUILDS + 1):
                generations[rebuild(sources[number % 2], data)] = number % 2
                if stop.is_set():
                    break
            time.sleep(0.5)
        finally:
            stop.set()
            for reader in readers:
                reader.join(120)
        last = json.loads(get(f"{address}/readyz"))["generation"]
    assert [reader.error for reader in readers if reader.error] == []
    seen = sum((reader.seen for reader in readers), Counter())
    assert [(name, which) for name, which in seen if generations[name] != which] == []
    assert last == max(generations)
    # Every generation was answered from, or nothing of this was put to the test.
    assert {name for name, _ in seen} == set(generations)
    assert sum(seen.values()) > 10 * REBUILDS
