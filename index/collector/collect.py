"""The collector's rounds: what is due is asked for, one host at a time, and the index follows.

A round asks for what is due when it begins, and for the new articles that it finds. Between two
requests to one host lies a delay; meanwhile other hosts have their turn.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from threading import Event

from index.collector.addresses import host_of, is_front_of
from index.collector.articles import digest_of, read_page, write_article
from index.collector.config import CollectConfig
from index.collector.discovery import Found, read_listing
from index.collector.http import Answer, Fetcher
from index.collector.politeness import Asking, Clock, GoneError, RefusedError, Source, http_time
from index.collector.state import Job, Row, State
from index.errors import CollectError, IndexWriteError
from index.readers import ReaderConfig

_PATIENCE = 60.0
"""Seconds a round waits for a host at most; what is left waits for a later round."""
_TRIES = 5
"""So often an article is asked for that cannot be had."""
_MOST_PARTS = 20
"""Sitemaps that are followed of a list of sitemaps: the newest."""
_LONGEST_PAUSE = 24 * 3600.0
"""Seconds between two looks at a feed at most, however often it failed."""


@dataclass(frozen=True)
class Problem:
    """An address that gave nothing, and why."""

    url: str
    reason: str


@dataclass
class CollectReport:
    """What a round did. `new` and `revised` are addresses of articles, `gone` those that their
    newspaper took down (they stay in the archive); `waiting` is how many addresses are left for a later
    round; `offered` are feeds that a section page says it has: better to follow than the page."""

    requests: int = 0
    feeds: int = 0
    new: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    unchanged: int = 0
    gone: list[str] = field(default_factory=list)
    waiting: int = 0
    problems: list[Problem] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)


Indexer = Callable[[list[Path]], object]
"""Brings the index in step with these files; if it raises, they are handed to it again later."""


class Collector:
    """Follows the feeds of a state. `index` is called with the files that changed, after each round."""

    def __init__(
        self,
        config: CollectConfig,
        state: State,
        *,
        index: Indexer,
        source: Source | None = None,
        clock: Clock = time,
        reading: ReaderConfig | None = None,
    ) -> None:
        self._config = config
        self._state = state
        self._index = index
        self._clock = clock
        self._asking = Asking(config, state, source or Fetcher(config), clock)
        self._reading = reading or ReaderConfig()
        self._horizon = 0.0
        self._jobs: defaultdict[str, deque[Job]] = defaultdict(deque)
        self._report = CollectReport()

    def run(self, stop: Event | None = None) -> CollectReport:
        """One round, or as much of it as there is time for until `stop` is set.

        Raises what `index` raises, and IndexWriteError if an article's file cannot be written; the state
        knows then what is still to be written and indexed.
        """
        self._horizon = self._clock.time()
        self._report = CollectReport()
        before = self._asking.requests
        self._jobs.clear()
        for job in self._state.due(self._horizon):
            self._plan(job)
        while not (stop and stop.is_set()) and (found := self._next()):
            self._do(found)
        self._report.requests = self._asking.requests - before
        self._report.waiting = len(self._state.due(self._horizon))
        self._hand_over()
        return self._report

    def until_due(self) -> float:
        """Seconds until there is something to ask for, at most the time between two looks at a feed."""
        pause = self._config.every
        if (due := self._state.next_due()) is not None:
            pause = min(pause, due - self._clock.time())
        return max(0.0, pause)

    def _plan(self, job: Job) -> None:
        """Let a job be done in this round."""
        self._jobs[host_of(job.url)].append(job)

    def _next(self) -> Job | None:
        """The next job of the host that may be asked first."""
        waits = {host: self._asking.wait_for(host) for host, jobs in self._jobs.items() if jobs}
        host = min(waits, key=waits.__getitem__, default=None)
        if host is None or waits[host] > _PATIENCE:
            return None
        return self._jobs[host].popleft()

    def _do(self, job: Job) -> None:
        work = {"feed": self._look, "new": self._fetch_new, "again": self._fetch_again}[job.what]
        row = self._state.row(job)
        if row is None:
            return
        try:
            work(row)
        except CollectError as error:
            self._report.problems.append(Problem(job.url, str(error)))
            with self._state.together():
                self._failed(job, row, error)

    # Feeds, sitemaps and section pages

    def _look(self, feed: Row) -> None:
        self._report.feeds += 1
        url = feed["url"]
        answer = self._asking.ask(url, feed["etag"], feed["modified"])
        now = self._clock.time()
        if answer.status == 304:
            self._state.looked_at(url, now, now + self._config.every)
            return
        listing = read_listing(answer.url, answer.body)
        self._report.offered += listing.feeds
        with self._state.together():
            for part in listing.parts[:_MOST_PARTS]:
                if self._state.add_feed(part, self._horizon, parent=feed["parent"] or url):
                    self._plan(Job("feed", part))
            many = sum(self._note(found, url) for found in listing.articles[: self._config.max_new])
            self._state.looked_at(
                url, now, now + self._config.every, listing.kind, *_stamps(answer), many
            )

    def _note(self, found: Found, feed: str) -> bool:
        """Let an article that a feed names be fetched if it is new, or again if it changed since."""
        if not self._state.is_known(found.url):
            self._state.wait(found.url, feed, found.fields, self._horizon)
            self._plan(Job("new", found.url))
            return True
        article = self._state.article_of(found.url)
        if article and not article["gone"] and self._has_changed(article, _moment(found.changed)):
            self._state.ask_again(article["id"], self._horizon)
            self._plan(Job("again", article["url"]))
        return False

    def _has_changed(self, article: Row, changed: float) -> bool:
        """Whether a feed says so since the article was asked for. A date ahead of time is of another zone;
        and feeds that call all of theirs new each time are believed later each time."""
        now, pause = self._clock.time(), self._config.every * 2 ** min(article["checks"], 16)
        checked = float(article["checked"])
        return checked < changed <= now and now - checked >= pause

    # Articles

    def _ask_for_article(self, url: str, etag: str = "", modified: str = "") -> Answer:
        answer = self._asking.ask(url, etag, modified)
        if answer.url != url and is_front_of(answer.url, url):
            raise GoneError("it leads to the front page")
        return answer

    def _fetch_new(self, waiting: Row) -> None:
        url = waiting["url"]
        answer = self._ask_for_article(url)
        fields = read_page(answer, json.loads(waiting["fields"]), self._reading)
        now = self._clock.time()
        with self._state.together():
            self._state.waits_no_more(url)
            there = self._state.article_of(fields["url"]) or self._state.article_of(answer.url)
            if there is None:
                article = self._state.put_article(fields, digest_of(fields), now)
                self._checked(article, 0, now, _stamps(answer))
                self._report.new.append(fields["url"])
            else:  # another address of an article that is known
                article = int(there["id"])
                self._report.unchanged += 1
            self._state.name(article, (url, answer.url, fields["url"]))

    def _fetch_again(self, article: Row) -> None:
        answer = self._ask_for_article(article["url"], article["etag"], article["modified"])
        now, stamps = self._clock.time(), (article["etag"], article["modified"])
        with self._state.together():
            if answer.status != 304:
                stamps = _stamps(answer)
                said = json.loads(article["fields"])
                page = read_page(answer, said, self._reading)
                moved = {url for url in (answer.url, page["url"]) if not self._state.is_known(url)}
                self._state.name(article["id"], moved)
                fields = {**said, **page, "url": article["url"]}
                digest = digest_of(fields)
                if digest != article["digest"]:
                    self._state.revise(article, fields, digest, now)
                    self._report.revised.append(article["url"])
            self._report.unchanged += article["url"] not in self._report.revised[-1:]
            self._checked(int(article["id"]), article["checks"] + 1, now, stamps)

    def _checked(self, article: int, checks: int, now: float, stamps: tuple[str, str]) -> None:
        """An article was asked for; the next time is later each time, and at last never."""
        hours = self._config.recheck
        due = now + hours[checks] * 3600 if checks < len(hours) else None
        self._state.checked(article, checks, now, due, *stamps)

    def _failed(self, job: Job, row: Row, error: CollectError) -> None:
        """What could not be had is asked for later, or never."""
        now = self._clock.time()
        if job.what == "feed":
            pause = self._config.every * 2 ** min(row["failures"], 16)
            self._state.feed_failed(job.url, now, now + min(pause, _LONGEST_PAUSE), error.message)
        elif job.what == "new":
            never = isinstance(error, (GoneError, RefusedError)) or row["failures"] + 1 >= _TRIES
            if never:
                self._state.waits_no_more(job.url)
                self._state.name(None, [job.url])
            else:
                self._state.put_off(job.url, now + self._config.every * 2 ** row["failures"])
        elif isinstance(error, GoneError):
            self._state.gone(row["id"])
            self._report.gone.append(job.url)
        else:
            self._checked(int(row["id"]), row["checks"] + 1, now, (row["etag"], row["modified"]))

    def _hand_over(self) -> None:
        """Write the files of what is new or revised, and let the index follow."""
        rows = self._state.unwritten()
        if not rows:
            return
        try:
            files = [
                write_article(self._config.folder, json.loads(row["fields"]), row["revisions"])
                for row in rows
            ]
        except OSError as error:
            raise IndexWriteError(
                f"An article cannot be written into {self._config.folder}: {error.strerror}."
            ) from error
        self._index(files)
        self._state.set_written([int(row["id"]) for row in rows])


def _stamps(answer: Answer) -> tuple[str, str]:
    """What a server wants to hear next time, to say whether anything has changed."""
    return answer.headers.get("etag", ""), answer.headers.get("last-modified", "")


def _moment(written: str) -> float:
    """Seconds since 1970 of a date with a time of day as feeds write it; 0.0 if it is none."""
    try:
        moment = datetime.fromisoformat(written.strip().replace("Z", "+00:00"))
    except ValueError:
        return http_time(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
