"""The tables of a catalogue (`index.parts.catalogue.catalogue`), and what writes them.

The file stands in a directory nobody reads yet: a crash throws the directory away.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from index.documents import Document, Passage
from index.store.generations import write_errors
from index.store.manifest import Counts

SCHEMA_VERSION = 3
APPLICATION_ID = 0x54414C41  # "TALA": tells our file from any other SQLite file

# No durable journal: a crash throws the whole staging directory away, and finish() syncs.
WRITING = """
PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;
PRAGMA cache_size=-32000;
"""
# Bodies stand apart so that loading the columns reads a few megabytes and not the whole archive.
CREATE = f"""
PRAGMA page_size=8192; PRAGMA application_id={APPLICATION_ID};
PRAGMA user_version={SCHEMA_VERSION}; {WRITING}
CREATE TABLE documents(
  docid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lang TEXT NOT NULL, date TEXT,
  source TEXT NOT NULL, tags TEXT NOT NULL, first_pid INTEGER NOT NULL, passages INTEGER NOT NULL,
  content_hash TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, extra TEXT NOT NULL,
  origin TEXT NOT NULL, root TEXT NOT NULL);
CREATE TABLE bodies(docid INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE passages(
  pid INTEGER PRIMARY KEY, docid INTEGER NOT NULL, ordinal INTEGER NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, lang TEXT NOT NULL, text_hash BLOB NOT NULL);
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
FIND_ID = "SELECT docid FROM documents WHERE id=?"
DOCUMENT = """SELECT docid, id, title, body, lang, date, source, url, tags, extra, origin, root
FROM documents JOIN bodies USING (docid)"""

Row = tuple[Any, ...]

_SURROGATE = re.compile("[\ud800-\udfff]")
_STRICT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str)


def clean(text: str) -> str:
    """`text` with lone surrogates, which UTF-8 cannot carry, replaced one for one by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def to_json(value: object) -> str:
    """A value as it is stored: NaN and infinity, which JSON does not know, become null."""
    try:
        return clean(_STRICT.encode(value))
    except ValueError:
        return to_json(json.loads(json.dumps(value, default=str), parse_constant=lambda _: None))


def read_document(row: Row) -> Document:
    """The document of a row of `DOCUMENT`. Raises TypeError or ValueError."""
    if any(isinstance(value, bytes) for value in row):
        raise TypeError("bytes where text must be")
    _, document_id, title, body, lang, day, source, url, tags, extra, origin, root = row
    day, names = date.fromisoformat(day) if day else None, tuple(json.loads(tags))
    return Document(
        document_id, title, body, lang, day, source, url, names, json.loads(extra), origin, root
    )


def as_stored(document: Document) -> Document:
    """A document as it is read back once it is stored: nothing of it changes a second time."""
    day = document.date
    return Document(
        clean(document.id),
        clean(document.title),
        clean(document.body),
        clean(document.lang),
        None if day is None else date(day.year, day.month, day.day),  # no time of day
        clean(document.source),
        clean(document.url),
        tuple(json.loads(to_json(list(document.tags)))),
        json.loads(to_json(dict(document.extra))),
        clean(document.origin),
        clean(document.root),
    )


def count(rows: Callable[[str], list[Row]]) -> Counts:
    """What a catalogue holds; `rows` answers a query."""
    languages: dict[str, int] = dict(rows("SELECT lang, COUNT(*) FROM documents GROUP BY lang"))
    passages = rows("SELECT COUNT(*) FROM passages")[0][0]
    copies = rows("SELECT COUNT(*) - COUNT(DISTINCT content_hash) FROM documents")[0][0]
    return Counts(sum(languages.values()), passages, copies, languages)


_COMMIT_EVERY = 2_000


class CatalogueWriter:
    """Writes a catalogue; for one thread at a time. Every method may raise IndexWriteError.

    Leaving the context without `finish` closes the file as it is, to be thrown away.
    """

    def __init__(self, path: Path, first_docid: int = 0, first_pid: int = 0) -> None:
        """Create the file; docids and pids are given from these on. Raises FileExistsError if there is
        one."""
        if path.exists():
            raise FileExistsError(path)
        self._path = path
        self._first_docid, self._first_pid = first_docid, first_pid
        self._next_docid, self._next_pid = first_docid, first_pid
        with write_errors(path):
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.executescript(f"{CREATE} BEGIN;")

    def __enter__(self) -> CatalogueWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, document: Document, passages: Sequence[tuple[Passage, bytes]]) -> int:
        """Store a document and its passages (each with the hash of its text); return the docid.

        Lone surrogates become U+FFFD, one for one, so that spans stay right. Raises ValueError if
        the id is taken.
        """
        if self.has_id(document.id):
            raise ValueError(f"the id is taken: {document.id!r}")
        docid, first = self._next_docid, self._next_pid
        day, source, tags, url, extra = facts(document)
        row = (docid, clean(document.id), clean(document.lang), day, source, tags, first,
               len(passages), document.content_hash, clean(document.title), url, extra,
               clean(document.origin), clean(document.root))  # fmt: skip
        pids = enumerate(passages, first)
        rows = [(pid, docid, p.ordinal, p.start, p.end, p.lang, h) for pid, (p, h) in pids]
        with write_errors(self._path):
            self._db.execute("INSERT INTO documents VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)", row)
            self._db.execute("INSERT INTO bodies VALUES(?,?)", (docid, clean(document.body)))
            self._db.executemany("INSERT INTO passages VALUES(?,?,?,?,?,?,?)", rows)
            if docid % _COMMIT_EVERY == _COMMIT_EVERY - 1:
                self._db.executescript("BEGIN")  # commits what is pending first
        self._next_docid += 1
        self._next_pid += len(rows)
        return docid

    def has_id(self, document_id: str) -> bool:
        """Whether the id is taken."""
        return bool(self._rows(FIND_ID, clean(document_id)))

    def skip(self, docid: int, pid: int) -> None:
        """Leave holes: go on with this docid and this pid, which are not below the next ones."""
        self._next_docid, self._next_pid = docid, pid

    def finish(self) -> Counts:
        """Complete the file and close it; return what it holds. It is not synced to the disk: that is
        done when the generation is sealed."""
        with write_errors(self._path):
            meta = {"next_docid": self._next_docid, "next_pid": self._next_pid}
            if self._first_docid:  # the first segment says nothing of it
                meta |= {"first_docid": self._first_docid, "first_pid": self._first_pid}
            pairs = [(name, str(value)) for name, value in meta.items()]
            self._db.executemany("INSERT INTO meta VALUES(?,?)", pairs)
            self._db.executescript("PRAGMA journal_mode=DELETE")  # commits what is pending first
            counts = count(lambda query: self._db.execute(query).fetchall())
            self._db.close()
        return counts

    def close(self) -> None:
        """Close without finishing. Harmless after `finish`, never raises."""
        with suppress(sqlite3.Error):
            self._db.close()

    def _rows(self, query: str, *values: Any) -> list[Row]:
        with write_errors(self._path):
            return self._db.execute(query, values).fetchall()


def facts(document: Document) -> tuple[str | None, str, str, str, str]:
    """What a record says beside its text and language, as it is stored."""
    day = None if document.date is None else date.isoformat(document.date)  # no time of day
    return (
        day,
        clean(document.source),
        to_json(list(document.tags)),
        clean(document.url),
        to_json(dict(document.extra)),
    )
