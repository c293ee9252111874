"""The tables of a catalogue (`index.parts.catalogue.catalogue`), and what writes them: a new one, or the
copy of one that is to
be changed.

The file stands in a directory nobody reads yet, so a change is made in place, and a crash throws
the directory away.
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
PRAGMA cache_size=-32000; PRAGMA secure_delete=ON;
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
_FACTS = "date=?, source=?, tags=?, url=?, extra=?"
"""What a record says beside its text and language."""


class CatalogueWriter:
    """Writes a catalogue; for one thread at a time. Every method may raise IndexWriteError.

    Leaving the context without `finish` closes the file as it is, to be thrown away.
    """

    def __init__(self, path: Path) -> None:
        """Create the file. Raises FileExistsError if there is one."""
        if path.exists():
            raise FileExistsError(path)
        self._open(path, CREATE)
        self._next_docid = self._next_pid = 0

    def _open(self, path: Path, script: str) -> None:
        self._path = path
        with write_errors(path):
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.executescript(f"{script} BEGIN;")

    @classmethod
    def edit(cls, path: Path) -> CatalogueWriter:
        """Open a copy of a finished catalogue to change it; docids and pids go on where it ended."""
        writer = cls.__new__(cls)
        writer._open(path, WRITING)
        meta: dict[str, str] = dict(writer._rows("SELECT key, value FROM meta"))
        writer._next_docid, writer._next_pid = int(meta["next_docid"]), int(meta["next_pid"])
        return writer

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

    def record(self, document_id: str) -> Document | None:
        """What is stored under an id, with its text; None if it is not there."""
        found = self._record(document_id)
        return read_document(found) if found else None

    def places(self) -> dict[str, tuple[str, str]]:
        """The `origin` and the `root` of every document, by its id."""
        rows = self._rows("SELECT id, origin, root FROM documents")
        return {document_id: (origin, root) for document_id, origin, root in rows}

    def set_facts(self, document: Document) -> None:
        """Let the document with this id, text and language say all else anew."""
        values = (*facts(document), clean(document.id))
        self._write(f"UPDATE documents SET {_FACTS} WHERE id=?", *values)  # noqa: S608 - ours

    def set_place(self, document: Document) -> None:
        """Write down that the document with this id is read from another file now."""
        values = (clean(document.origin), clean(document.root), clean(document.id))
        self._write("UPDATE documents SET origin=?, root=? WHERE id=?", *values)

    def remove(self, document_id: str) -> tuple[int, Document]:
        """Take a document out. Returns the docid that is a hole now, and the document it was.

        KeyError if there is no such id.
        """
        row = self._record(document_id)
        if row is None:
            raise KeyError(document_id)
        document, docid = read_document(row), int(row[0])
        span = "first_pid, first_pid + passages FROM documents"
        first, end = self._rows(f"SELECT {span} WHERE docid=?", docid)[0]
        self._write("DELETE FROM passages WHERE pid>=? AND pid<?", first, end)
        self._write("DELETE FROM bodies WHERE docid=?", docid)
        self._write("DELETE FROM documents WHERE docid=?", docid)
        return docid, document

    def finish(self) -> Counts:
        """Complete the file and close it; return what it holds. It is not synced to the disk: that is
        done when the generation is sealed."""
        with write_errors(self._path):
            meta = ("next_docid", str(self._next_docid), "next_pid", str(self._next_pid))
            self._db.execute("INSERT OR REPLACE INTO meta VALUES(?,?),(?,?)", meta)
            self._db.executescript("PRAGMA journal_mode=DELETE")  # commits what is pending first
            counts = count(lambda query: self._db.execute(query).fetchall())
            self._db.close()
        return counts

    def close(self) -> None:
        """Close without finishing. Harmless after `finish`, never raises."""
        with suppress(sqlite3.Error):
            self._db.close()

    def _record(self, document_id: str) -> Row | None:
        return next(iter(self._rows(f"{DOCUMENT} WHERE id=?", clean(document_id))), None)

    def _write(self, query: str, *values: Any) -> None:
        with write_errors(self._path):
            self._db.execute(query, values)

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
