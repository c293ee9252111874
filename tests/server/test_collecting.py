"""The collector against newspapers on a real web server: an hour of news, kills, and hostile answers."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from inputs import some
from press import ATOM, HOUR, RSS, SITEMAP, START, Press, Story, press, stories
from processes import in_a_child

from index.collector.collect import Collector
from index.collector.config import CollectConfig
from index.collector.http import Answer, Fetcher
from index.collector.state import State
from index.config import IndexConfig
from index.documents import Document
from index.errors import CollectError, IndexMissingError
from index.opened import OpenIndex
from index.operations.build import rebuild
from index.operations.sync import sync
from index.readers.originals.origins import Origins

pytestmark = [pytest.mark.server, pytest.mark.long, pytest.mark.timeout(600)]

CONFIG = CollectConfig(
    allow=("127.0.0.0/8",), every=600.0, delay=5.0, recheck=(0.4, 0.4), timeout=5.0
)


@dataclass
class Simulated:
    """A clock that runs as fast as it is waited for, and the requests made by it; both live on in a
    file, so that a process that is killed is followed by one that goes on at the same time."""

    file: Path
    kill_at: int = 0
    fetcher: Fetcher | None = None
    done: int = 0
    times: dict[str, float] = field(default_factory=dict)

    def time(self) -> float:
        return float(self.file.read_text()) if self.file.exists() else START

    def sleep(self, seconds: float) -> None:
        self.file.write_text(repr(self.time() + seconds))

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask, note when, and die if it is the turn."""
        assert self.fetcher is not None
        self.done += 1
        with self.file.with_suffix(".log").open("a") as log:
            log.write(json.dumps([self.time(), url, self.done == self.kill_at]) + "\n")
        if self.done == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.fetcher.get(url, {**(headers or {}), "X-Now": repr(self.time())})

    def log(self, *, answered: bool = False) -> list[tuple[float, str]]:
        """When what was asked for; only what was `answered`, if it is told."""
        lines = self.file.with_suffix(".log").read_text().splitlines()
        return [
            (at, url) for at, url, killed in map(json.loads, lines) if not (answered and killed)
        ]


def collect(config: CollectConfig, index: IndexConfig, clock: Simulated, until: float) -> None:
    """Rounds until a time, as `talash fetch watch` makes them."""

    def follow(files: list[Path]) -> None:
        places = Origins([config.folder])
        try:
            sync([config.folder], index, only={places.shown(str(file)) for file in files})
        except IndexMissingError:
            rebuild([config.folder], index)

    clock.fetcher = Fetcher(config)
    with State(config.folder) as state, state.alone():
        collector = Collector(config, state, index=follow, source=clock, clock=clock)
        while clock.time() < until:
            collector.run()
            clock.sleep(max(1.0, collector.until_due()))


def documents(index: IndexConfig) -> list[Document]:
    """All articles of an index."""
    with closing(OpenIndex.open_current(index.data_dir)) as opened:
        return [each for each in opened.catalogue.records() if isinstance(each, Document)]


@pytest.fixture
def newspapers() -> Iterator[tuple[int, Mapping[str, Press]]]:
    with press(stories(30)) as found:
        yield found


def follow_all(config: CollectConfig, port: int) -> None:
    with State(config.folder) as state:
        for host, path in ((RSS, "feed.rss"), (ATOM, "feed.atom"), (SITEMAP, "sitemap.xml")):
            state.add_feed(f"http://{host}:{port}/{path}", START)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_an_hour_of_news_with_two_kills(tmp_path: Path) -> None:
    many = max(60, some(125))
    config = replace(CONFIG, folder=tmp_path / "news")
    index = IndexConfig(data_dir=tmp_path / "data", encoder="test")
    clock = tmp_path / "clock"
    told = stories(many)
    with press(told) as (port, _):
        follow_all(config, port)
        for kill_at in (many // 4, many // 2):
            dying = Simulated(clock, kill_at=kill_at)
            assert in_a_child(lambda: collect(config, index, dying, START + HOUR)) == -9  # noqa: B023
        last = Simulated(clock)
        assert in_a_child(lambda: collect(config, index, last, START + HOUR + 1200)) == 0

    now = last.time()
    there = documents(index)
    assert Counter(each.title for each in there) == Counter(story.title() for story in told)
    assert {each.title: each.body for each in there} == {
        story.title(): story.body(now) for story in told
    }
    check_revisions(config, told, port, last.log(answered=True))
    check_manners(last.log(), config, port)


def check_revisions(
    config: CollectConfig, told: list[Story], port: int, log: list[tuple[float, str]]
) -> None:
    """What was corrected after it was fetched has its former text, once; all else has none."""
    revised = 0
    with State(config.folder) as state:
        for story in told:
            url = f"http://{story.host}:{port}{story.path}"
            former = [json.loads(row["fields"])["body"] for row in state.revisions(url)]
            first = min(at for at, asked in log if asked.partition("?")[0] == url)
            changed = story.is_corrected(START + 2 * HOUR) and not story.is_corrected(first)
            assert former == ([story.body(START)] if changed else []), story
            revised += changed
    assert revised >= 3


def check_manners(log: list[tuple[float, str]], config: CollectConfig, port: int) -> None:
    """No request too early, none that robots.txt forbids, none more than the rules allow."""
    times: dict[str, list[float]] = defaultdict(list)
    for at, url in log:
        times[url.split("/")[2]].append(at)
    assert set(times) == {f"{host}:{port}" for host in (RSS, ATOM, SITEMAP)}
    for host, each in times.items():
        delay = 7.0 if host.startswith(ATOM) else config.delay
        first = 1 if host.startswith(ATOM) else 0  # before its robots.txt was read
        gaps = [b - a for a, b in zip(each[first:], each[first + 1 :], strict=False)]
        assert min(gaps) >= delay, host
    asked = Counter(url for _, url in log)
    kills, looks = 2, 1 + (HOUR + 1200) / config.every
    for url, many in asked.items():
        assert "/private/" not in url
        most = 1 if url.endswith("robots.txt") else looks if "/news/" not in url else 1 + 3
        assert many <= most + kills, url


@pytest.mark.smoke
def test_what_goes_wrong_is_said_and_the_rest_goes_on(
    tmp_path: Path, newspapers: tuple[int, Mapping[str, Press]]
) -> None:
    port, _ = newspapers
    config = replace(
        CONFIG, folder=tmp_path / "news", max_bytes=1_000_000, longest=0.5, delay=0.001
    )
    clock = Simulated(tmp_path / "clock", fetcher=Fetcher(config))
    clock.sleep(HOUR)
    paths = (
        "loop",
        "inside",
        "file",
        "busy",
        "broken",
        "gone",
        "empty",
        "endless",
        "slow",
        "bomb",
        "nowhere",
    )
    with State(config.folder) as state:
        for path in paths:
            state.add_feed(f"http://{SITEMAP}:{port}/{path}", START)
        state.add_feed(f"http://{RSS}:{port}/feed.rss", START)
        report = Collector(config, state, index=lambda files: None, source=clock, clock=clock).run()
        problems = {problem.url.rsplit("/", 1)[1]: problem.reason for problem in report.problems}
        waiting = {row["url"].rsplit("/", 1)[1] for row in state.feeds() if row["looked"] is None}
    said = {
        "loop": "circle", "inside": "private network", "file": "no address on the web",
        "busy": "429", "broken": "500", "gone": "410", "empty": "no headline", "endless": "larger than",
        "slow": "0.5 seconds", "bomb": "larger than", "nowhere": "404",
    }  # fmt: skip
    for path, reason in said.items():
        if path not in waiting:  # a host that asked for patience is not asked again in this round
            assert reason in problems[path], path
    assert len(problems) >= 4
    assert "1" in problems  # /private/1, which robots.txt forbids
    assert len(report.new) == 10
    assert not any("169.254" in url for _, url in clock.log()[:-1] if url.startswith("http://127"))


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("loop", "circle"), ("file", "no address on the web"), ("busy", "429"), ("broken", "500"),
        ("gone", "410"), ("endless", "larger than"), ("slow", "seconds"), ("bomb", "larger than"),
        ("inside", "private network"),
    ],
)  # fmt: skip
def test_a_hostile_answer_ends(
    tmp_path: Path, newspapers: tuple[int, Mapping[str, Press]], path: str, reason: str
) -> None:
    from index.collector.politeness import Asking

    port, _ = newspapers
    config = replace(CONFIG, folder=tmp_path, max_bytes=1_000_000, longest=0.5)
    clock = Simulated(tmp_path / "clock", fetcher=Fetcher(config))
    with State(tmp_path) as state, pytest.raises(CollectError, match=reason):
        Asking(config, state, clock, clock).ask(f"http://{SITEMAP}:{port}/{path}")


@pytest.mark.smoke
def test_private_addresses_are_not_asked_unless_told(
    tmp_path: Path, newspapers: tuple[int, Mapping[str, Press]]
) -> None:
    port, servers = newspapers
    fetcher = Fetcher(CollectConfig(folder=tmp_path))
    for host in (RSS, "localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"):
        with pytest.raises(CollectError):
            fetcher.get(f"http://{host}:{port}/feed.rss")
    assert not any(server.requests for server in servers.values())


def test_a_page_in_an_old_encoding_is_read(
    tmp_path: Path, newspapers: tuple[int, Mapping[str, Press]]
) -> None:
    from index.collector.articles import read_page
    from index.readers import ReaderConfig

    port, _ = newspapers
    answer = Fetcher(CONFIG).get(f"http://{RSS}:{port}/old-encoding")
    assert "بارش" in read_page(answer, {}, ReaderConfig())["title"]


def test_two_collectors_do_not_fetch_for_one_folder(tmp_path: Path) -> None:
    with (
        State(tmp_path) as one,
        one.alone(),
        State(tmp_path) as other,
        pytest.raises(CollectError, match="Another collector"),
        other.alone(),
    ):
        pass
