"""Clients that search a served index while it is changed, and what they must be told.

Some articles, the bulletin, hold one common word and the number of their edition, and one command
changes all of them at once. What each generation holds is noted by the writer, so every answer that
names its generation can be held against it, and a page may name only one edition.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from processes import listening

ROOT = Path(__file__).resolve().parents[1]
TALASH = [sys.executable, "-c", "from web.cli.main import main; main(prog_name='talash')"]
COMMON = "نشانزدہ"
BULLETIN, EXTRA = 6, 3
_FILE = "bulletin.jsonl"
QUERIES = (
    "بارش", "سیلاب متاثرین", "وزیر اعظم کا دورہ", "بجلی کی قیمت", "کرکٹ ٹیم",
    "flood relief", "electricity price", "cricket final", "court verdict", "wheat harvest",
    "barish", "sailab mutasireen", "bijli ki qeemat", "karachi mein garmi",
)  # fmt: skip
COMMANDS = ("update", "add", "sync", "delete", "rebuild", "compact")
_EDITION = re.compile(r"edition(\d{5})")
_TAG = re.compile(r"<[^>]*>")

State = tuple[int, frozenset[str]]
"""The edition of the bulletin, and every id that holds the common word."""


def _ids(path: Path) -> list[str]:
    """What the articles of a file are called in an index."""
    lines = path.read_text("utf-8").splitlines()
    return [f"{path.name}/{json.loads(line)['id']}" for line in lines]


@dataclass
class News:
    """A folder of articles that changes, and the command that makes an index follow."""

    folder: Path
    beside: Sequence[Path] = ()
    edition: int = 0
    _extras: list[Path] = field(default_factory=list)
    _number: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self._bulletin()
        self._more()

    @property
    def state(self) -> State:
        """What an index of this folder holds."""
        return self.edition, frozenset(
            each for path in self.folder.iterdir() for each in _ids(path)
        )

    def change(self, kind: str) -> list[str]:
        """Change files, and return the words after `talash index` that take it in."""
        if kind in ("update", "sync", "rebuild"):
            self._bulletin()
        if kind == "update":
            return ["update", str(self.folder / _FILE)]
        if kind == "add":
            return ["add", str(self._more())]
        if kind == "sync":
            self._more()
            return ["sync", str(self.folder)]
        if kind == "delete":
            gone = [self._extras.pop(0) for _ in self._extras[2:]]
            ids = [each for path in gone for each in _ids(path)]
            for path in gone:
                path.unlink()
            return ["delete", *ids] if ids else ["compact"]
        if kind == "rebuild":
            return ["rebuild", *map(str, self.beside), str(self.folder)]
        return ["compact"]

    def _bulletin(self) -> None:
        self.edition += 1
        articles = [self._article(f"bulletin/{n}", n) for n in range(BULLETIN)]
        (self.folder / _FILE).write_text("\n".join(articles), "utf-8")

    def _more(self) -> Path:
        self._number += 1
        path = self.folder / f"extra-{self._number}.jsonl"
        ids = [f"extra/{self._number}-{n}" for n in range(EXTRA)]
        path.write_text("\n".join(self._article(each, None) for each in ids), "utf-8")
        self._extras.append(path)
        return path

    def _article(self, document_id: str, place: int | None) -> str:
        told = f"edition{self.edition:05}" if place is not None else f"Extra {document_id}"
        body = (
            f"{COMMON} خبر نامہ {told}۔ لاہور میں تیز بارش ہوئی اور سڑکیں بند ہو گئیں۔"
            if (place or 0) % 2
            else f"{COMMON} {told}. Heavy rain closed the roads of Lahore for hours."
        )
        fields = {"id": document_id, "title": f"{COMMON} {told} {document_id}", "body": body}
        return json.dumps(fields, ensure_ascii=False)


@dataclass(frozen=True)
class Request:
    """One answered request: when (monotonic seconds), how long (ms), and of what kind."""

    began: float
    took: float
    kind: str


@dataclass
class Seen:
    """What clients were told. Lists and sets are only added to, each client has its own."""

    requests: list[Request] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    editions: set[tuple[str, int]] = field(default_factory=set)
    held: set[tuple[str, State]] = field(default_factory=set)


class Client(threading.Thread):
    """Asks one thing after the other over one connection, with a pause between (seconds, mean)."""

    def __init__(self, address: str, stop: threading.Event, number: int, pause: float) -> None:
        super().__init__(daemon=True)
        self._netloc, self._stop_now, self._pause = urlsplit(address).netloc, stop, pause
        self._dice, self.seen = random.Random(number), Seen()
        self._connection = http.client.HTTPConnection(self._netloc, timeout=60)

    def run(self) -> None:
        while not self._stop_now.is_set():
            kind, path = self._draw()
            began = time.monotonic()
            try:
                self._connection.request("GET", path)
                answer = self._connection.getresponse()
                body = answer.read()
                self.seen.requests.append(Request(began, (time.monotonic() - began) * 1000, kind))
                if answer.status != 200:
                    raise ValueError(f"{answer.status} {body[:200]!r}")
                self._look(kind, body)
            except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
                self.seen.errors.append(f"{path}: {type(error).__name__} {error}")
                self._connection.close()
            self._stop_now.wait(self._dice.expovariate(1 / self._pause) if self._pause else 0)
        self._connection.close()

    def _draw(self) -> tuple[str, str]:
        query, common = quote(self._dice.choice(QUERIES)), quote(COMMON)
        return self._dice.choice((
            ("page", f"/?q={query}"),
            ("page", f"/?q={common}"),
            ("api", f"/api/v1/search?q={query}"),
            ("api", f"/api/v1/search?q={common}&size=50"),
            # In quotes: nothing that the word is translated by is searched, which other articles hold.
            ("exact", f"/api/v1/search?q=%22{common}%22&size=100&mode=keyword"),
            ("api", f"/api/v1/documents/{_FILE}/bulletin/{self._dice.randrange(BULLETIN)}"),
        ))  # fmt: skip

    def _look(self, kind: str, body: bytes) -> None:
        if kind == "page":
            text = body.decode("utf-8")
            if "</html>" not in text:
                raise ValueError("a page cut short")
            self._one(text, "")
            return
        found = json.loads(body)
        generation = found["generation"]
        edition = self._one(json.dumps(found, ensure_ascii=False), generation)
        if kind == "exact":
            ids = [hit["id"] for hit in found["hits"]]
            if not len(ids) == found["total"]["value"] == _sum(found["facets"]["languages"]):
                raise ValueError("the answer does not count what it holds")
            self.seen.held.add((generation, (edition, frozenset(ids))))

    def _one(self, text: str, generation: str) -> int:
        """The one edition that an answer speaks of; 0 if of none."""
        editions = {int(each) for each in _EDITION.findall(_TAG.sub("", text))}
        if len(editions) > 1:
            self.seen.mixed.append(f"{generation or 'a page'}: editions {sorted(editions)}")
        edition = max(editions, default=0)
        if generation and edition:
            self.seen.editions.add((generation, edition))
        return edition


def _sum(facet: list[dict[str, Any]]) -> int:
    return sum(each["count"] for each in facet)


@dataclass
class Writer:
    """Runs commands one after the other, and notes what each generation holds."""

    data: Path
    encoder: str
    news: News
    states: dict[str, State] = field(default_factory=dict)
    ran: list[tuple[str, float]] = field(default_factory=list)

    def run(self, kind: str) -> None:
        """One command (seconds in `ran`). Raises RuntimeError if it fails."""
        words = self.news.change(kind)
        where = ["--data", str(self.data), "--encoder", self.encoder, "--json"]
        started = time.monotonic()
        done = subprocess.run(
            [*TALASH, "index", words[0], *where, *words[1:]],
            capture_output=True,
            text=True,
            cwd=self.news.folder.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        if done.returncode:
            raise RuntimeError(f"{words} ended with {done.returncode}: {done.stderr}")
        self.states[json.loads(done.stdout)["generation"]] = self.news.state
        self.ran.append((kind, time.monotonic() - started))


@contextmanager
def serving(data: Path, encoder: str) -> Iterator[tuple[subprocess.Popen[str], str, list[str]]]:
    """`talash serve` over a data directory, its address and what it says. It must end well."""
    process = subprocess.Popen(
        [*TALASH, "serve", "--data", str(data), "--encoder", encoder, "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=data.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TALASH_WEB_LOG_FORMAT": "off"},
    )
    try:
        address, said, rest = listening(process)
        yield process, address, said
        process.terminate()
        code = process.wait(60)
        rest.join(10)
        if code or any("Traceback" in line or "ERROR" in line for line in said):
            raise RuntimeError(f"the server ended with {code}: {''.join(said)}")
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


@dataclass(frozen=True)
class Sample:
    """The server at a moment: memory of all kinds and of its own (bytes), files it has open."""

    at: float
    rss: int
    anonymous: int
    files: int

    @classmethod
    def of(cls, pid: int) -> Sample:
        """From /proc, so on Linux only."""
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
        kb = {name: value for name, _, value in (line.partition(":") for line in lines)}
        rss, anonymous = (int(kb[name].split()[0]) * 1024 for name in ("VmRSS", "RssAnon"))
        return cls(time.monotonic(), rss, anonymous, len(list(Path(f"/proc/{pid}/fd").iterdir())))


@dataclass
class Soak:
    """What came of it. `began`, `changed`, `ended`: borders of the time in which writers ran."""

    seen: list[Seen]
    writer: Writer
    samples: list[Sample]
    busy: tuple[float, float]

    @property
    def errors(self) -> list[str]:
        """Requests that failed."""
        return [each for seen in self.seen for each in seen.errors]

    @property
    def mixed(self) -> list[str]:
        """Answers that were of no one generation, or not of the one they name."""
        found = [each for seen in self.seen for each in seen.mixed]
        for seen in self.seen:
            for name, edition in seen.editions:
                if self.writer.states[name][0] != edition:
                    found.append(f"{name} holds {self.writer.states[name][0]}, told {edition}")
            for name, held in seen.held:
                if self.writer.states[name] != held:
                    found.append(f"{name}: other articles than the writer put there")
        return found

    @property
    def generations(self) -> set[str]:
        """Those that were answered from."""
        return {name for seen in self.seen for name, _ in seen.editions}


def soak(
    root: Path, data: Path, encoder: str, *, beside: Sequence[Path], quiet: float, seconds: float,
    clients: int = 8, pause: float = 0.0, rest: float = 0.0,
) -> Soak:  # fmt: skip
    """Search a served index: quietly, under changes, and quietly again (each `quiet` seconds).

    `data` is where the index is, or is made, of the folders `beside` and the news. `pause` is between
    two requests of a client, `rest` between two commands. Every command runs at least once.
    """
    writer = Writer(data, encoder, News(root / "news", beside))
    writer.run("rebuild")
    stop = threading.Event()
    with serving(data, encoder) as (process, address, _):
        asking = [Client(address, stop, number, pause) for number in range(clients)]
        samples: list[Sample] = []

        def watch() -> None:
            while not stop.wait(1.0):
                samples.append(Sample.of(process.pid))

        watching = threading.Thread(target=watch, daemon=True)
        for thread in (*asking, watching):
            thread.start()
        try:
            time.sleep(quiet)
            began, number = time.monotonic(), 0
            while time.monotonic() < began + seconds or number < len(COMMANDS):
                writer.run(COMMANDS[number % len(COMMANDS)])
                number += 1
                time.sleep(rest)
            ended = time.monotonic()
            time.sleep(quiet)
        finally:
            stop.set()
            for thread in (*asking, watching):
                thread.join(60)
    return Soak([each.seen for each in asking], writer, samples, (began, ended))
