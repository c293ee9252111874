"""What the collector follows, what it has and what is due: one SQLite file beside the articles.

An article is in it with its text as well as in its file: the file is written after, and again if the
writing was cut off (`unwritten`). So a kill at any moment neither loses an article nor a revision.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.errors import CollectError

FILE = ".collector.sqlite"
LOCK = ".collector.lock"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feeds(
  url TEXT PRIMARY KEY, added REAL NOT NULL, parent TEXT, kind TEXT NOT NULL DEFAULT '',
  etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '', due REAL NOT NULL,
  looked REAL, failures INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '',
  articles INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS queue(
  url TEXT PRIMARY KEY, feed TEXT NOT NULL, fields TEXT NOT NULL, due REAL NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS articles(
  id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, fields TEXT NOT NULL, digest TEXT NOT NULL,
  etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '', first REAL NOT NULL,
  checked REAL NOT NULL, checks INTEGER NOT NULL DEFAULT 0, due REAL, gone INTEGER NOT NULL DEFAULT 0,
  written INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS known(
  url TEXT PRIMARY KEY, article INTEGER REFERENCES articles(id));
CREATE TABLE IF NOT EXISTS revisions(
  article INTEGER NOT NULL REFERENCES articles(id), until REAL NOT NULL, fields TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hosts(
  host TEXT PRIMARY KEY, free REAL NOT NULL DEFAULT 0, delay REAL NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0, robots TEXT, robots_until REAL NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS queue_due ON queue(due);
CREATE INDEX IF NOT EXISTS articles_due ON articles(due);
PRAGMA user_version = 1;
"""
_ALL = """SELECT what, url, due FROM (
  SELECT 'feed' AS what, url, due FROM feeds UNION ALL SELECT 'new', url, due FROM queue
  UNION ALL SELECT 'again', url, due FROM articles WHERE due IS NOT NULL)"""


Row = sqlite3.Row
"""A row of the state, by the names of its columns."""


@dataclass(frozen=True)
class Job:
    """An address to ask for: of a feed, of a `new` article, or of one to look at `again`."""

    what: str
    url: str


@dataclass(frozen=True)
class Host:
    """When a host may be asked next (`free`, in seconds since 1970), and what its robots.txt says."""

    free: float = 0.0
    delay: float = 0.0
    failures: int = 0
    robots: str | None = None
    robots_until: float = 0.0


class State:
    """An open state file. Raises CollectError if it is not one of ours or in use by another collector."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(folder / FILE, timeout=5, isolation_level=None)
            self._db.row_factory = Row
            self._db.executescript(_SCHEMA)
        except (sqlite3.DatabaseError, OSError) as error:
            raise CollectError(
                f"The state of the collector in {folder} cannot be opened: {error}."
            ) from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other collector fetches for this folder meanwhile. Raises CollectError if one does."""
        try:
            with FileLock(self._folder / LOCK, timeout=0):
                yield
        except Timeout:
            raise CollectError(
                f"Another collector is fetching into {self._folder}.",
                hint="Wait for it, or stop it.",
            ) from None

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is said to the state in here is kept, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _one(self, query: str, *values: Any) -> Row | None:
        row: Row | None = self._db.execute(query, values).fetchone()
        return row

    def _all(self, query: str, *values: Any) -> list[Row]:
        return self._db.execute(query, values).fetchall()

    def _do(self, statement: str, *values: Any) -> int:
        """Carry out a statement; the number of rows it changed."""
        return self._db.execute(statement, values).rowcount

    def add_feed(self, url: str, now: float, parent: str | None = None) -> bool:
        """Follow a feed from now on; whether it is a new one."""
        return bool(
            self._do(
                "INSERT OR IGNORE INTO feeds(url, added, parent, due) VALUES (?, ?, ?, ?)",
                url, now, parent, now,
            )
        )  # fmt: skip

    def remove_feed(self, url: str) -> bool:
        """Follow a feed no more, nor the sitemaps it named; what was fetched stays."""
        with self.together():
            self._do(
                "DELETE FROM queue WHERE feed = ?1 OR feed IN (SELECT url FROM feeds WHERE parent = ?1)",
                url,
            )
            return bool(self._do("DELETE FROM feeds WHERE url = ?1 OR parent = ?1", url))

    def due(self, until: float) -> list[Job]:
        """All that is due by then, longest first."""
        rows = self._all(f"{_ALL} WHERE due <= ? ORDER BY due, url", until)
        return [Job(row["what"], row["url"]) for row in rows]

    def next_due(self) -> float | None:
        """When something is due next, in seconds since 1970; None if nothing ever is."""
        row = self._one(_ALL.replace("what, url, due", "min(due) AS due", 1))
        return row["due"] if row else None

    def row(self, job: Job) -> Row | None:
        """All that is known of what a job is about; None if it is not there any more."""
        table = {"feed": "feeds", "new": "queue", "again": "articles"}[job.what]
        return self._one(f"SELECT * FROM {table} WHERE url = ?", job.url)  # noqa: S608 - ours

    def feeds(self) -> list[Row]:
        """What is followed, in the order of the addresses, sitemaps after the list that names them."""
        return self._all(
            "SELECT * FROM feeds ORDER BY coalesce(parent, url), parent IS NOT NULL, url"
        )

    def looked_at(
        self,
        feed: str,
        now: float,
        due: float,
        kind: str | None = None,
        etag: str | None = None,
        modified: str | None = None,
        articles: int = 0,
    ) -> None:
        """A feed was read; what is None is as before."""
        self._do(
            "UPDATE feeds SET looked = ?, due = ?, failures = 0, problem = '', kind = coalesce(?, kind),"
            " etag = coalesce(?, etag), modified = coalesce(?, modified), articles = articles + ?"
            " WHERE url = ?",
            now, due, kind, etag, modified, articles, feed,
        )  # fmt: skip

    def feed_failed(self, feed: str, now: float, due: float, problem: str) -> None:
        """A feed could not be read."""
        self._do(
            "UPDATE feeds SET looked = ?, due = ?, failures = failures + 1, problem = ? WHERE url = ?",
            now, due, problem, feed,
        )  # fmt: skip

    def host(self, name: str) -> Host:
        """What is known of a host."""
        row = self._one(
            "SELECT free, delay, failures, robots, robots_until FROM hosts WHERE host = ?", name
        )
        return Host(*row) if row else Host()

    def set_host(self, name: str, host: Host) -> None:
        """Keep what is known of a host."""
        self._do(
            "INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?, ?)",
            name, host.free, host.delay, host.failures, host.robots, host.robots_until,
        )  # fmt: skip

    def article_of(self, url: str) -> Row | None:
        """The article that has this address, or had it once."""
        return self._one(
            "SELECT a.* FROM articles a WHERE a.id = (SELECT article FROM known WHERE url = ?)", url
        )

    def is_known(self, url: str) -> bool:
        """Whether an address needs no fetching: it is an article's, or waits already."""
        return bool(
            self._one(
                "SELECT 1 FROM known WHERE url = ?1 UNION SELECT 1 FROM queue WHERE url = ?1", url
            )
        )

    def name(self, article: int | None, urls: Iterable[str]) -> None:
        """Let addresses be known as those of an article; None is for those of no article at all."""
        for url in urls:
            self._do("INSERT OR REPLACE INTO known VALUES (?, ?)", url, article)

    def wait(self, url: str, feed: str, fields: Mapping[str, Any], due: float) -> None:
        """An article is to be fetched; `fields` is what the feed says of it."""
        self._do(
            "INSERT INTO queue(url, feed, fields, due) VALUES (?, ?, ?, ?)",
            url, feed, as_json(fields), due,
        )  # fmt: skip

    def put_off(self, url: str, due: float) -> None:
        """An article could not be had; it is to be fetched later."""
        self._do("UPDATE queue SET due = ?, failures = failures + 1 WHERE url = ?", due, url)

    def waits_no_more(self, url: str) -> None:
        """An article was fetched, or never will be."""
        self._do("DELETE FROM queue WHERE url = ?", url)

    def put_article(self, fields: Mapping[str, Any], digest: str, now: float) -> int:
        """A new article, by its `url`; its number."""
        self._do(
            "INSERT INTO articles(url, fields, digest, first, checked) VALUES (?, ?, ?, ?, ?)",
            fields["url"], as_json(fields), digest, now, now,
        )  # fmt: skip
        row = self._one("SELECT last_insert_rowid() AS id")
        return int(row["id"]) if row else 0

    def ask_again(self, article: int, due: float) -> None:
        """An article is said to have changed."""
        self._do("UPDATE articles SET due = ? WHERE id = ?", due, article)

    def checked(
        self, article: int, checks: int, now: float, due: float | None, etag: str, modified: str
    ) -> None:
        """An article was asked for the `checks`-th time again; None: it is not to be again."""
        self._do(
            "UPDATE articles SET checked = ?, checks = ?, due = ?, etag = ?, modified = ? WHERE id = ?",
            now, checks, due, etag, modified, article,
        )  # fmt: skip

    def gone(self, article: int) -> None:
        """The newspaper has taken an article down; it stays here and is asked for no more."""
        self._do("UPDATE articles SET gone = 1, due = NULL WHERE id = ?", article)

    def revisions(self, url: str) -> list[Row]:
        """What an article said before, the oldest first: `until` when (seconds since 1970), `fields`."""
        return self._all(
            "SELECT until, fields FROM revisions"
            " WHERE article = (SELECT article FROM known WHERE url = ?) ORDER BY until",
            url,
        )

    def revise(self, article: Row, fields: Mapping[str, Any], digest: str, now: float) -> None:
        """An article says something else now; what it said is kept."""
        self._do("INSERT INTO revisions VALUES (?, ?, ?)", article["id"], now, article["fields"])
        self._do(
            "UPDATE articles SET fields = ?, digest = ?, written = 0 WHERE id = ?",
            as_json(fields), digest, article["id"],
        )  # fmt: skip

    def unwritten(self) -> list[Row]:
        """Articles whose file or index entry is not up to date, with the number of their revisions."""
        return self._all(
            "SELECT *, (SELECT count(*) FROM revisions r WHERE r.article = a.id) AS revisions"
            " FROM articles a WHERE written = 0 ORDER BY id"
        )

    def set_written(self, ids: Sequence[int]) -> None:
        """These articles' files and index entries are up to date."""
        with self.together():
            for each in ids:
                self._do("UPDATE articles SET written = 1 WHERE id = ?", each)


def as_json(fields: Mapping[str, Any]) -> str:
    """The fields of an article as they are stored."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)
