"""Writes a catalogue (`index.parts.catalogue.catalogue`): a new one, or the copy of one that is to
be changed.

The file stands in a directory nobody reads yet, so a change is made in place, and a crash throws
the directory away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from index.documents import Document, Passage
from index.parts.catalogue.schema import (
    CREATE,
    DOCUMENT,
    FIND_ID,
    WRITING,
    Row,
    clean,
    count,
    read_document,
    to_json,
)
from index.store.generations import write_errors
from index.store.manifest import Counts

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
