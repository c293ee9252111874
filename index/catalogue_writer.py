"""Writes a catalogue (`index.catalogue`): a new one, or the copy of one that is to be changed.

The file stands in a directory nobody reads yet, so a change is made in place, and a crash throws
the directory away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from index.catalogue_schema import (
    ALIAS,
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
from index.documents import Document, Passage
from index.generations import sync_file, write_errors
from index.status import Counts

_COMMIT_EVERY = 2_000
_TOLD = "date=?, source=?, tags=?, url=?, extra=?, origin=?"
"""What a record says beside its text and language: the columns that both tables have."""


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
        day, source, tags, url, extra, origin = told(document)
        row = (docid, clean(document.id), clean(document.lang), day, source, tags, first,
               len(passages), document.content_hash, clean(document.title), url, extra,
               origin)  # fmt: skip
        pids = enumerate(passages, first)
        rows = [(pid, docid, p.ordinal, p.start, p.end, p.lang, h) for pid, (p, h) in pids]
        with write_errors(self._path):
            self._db.execute("INSERT INTO documents VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", row)
            self._db.execute("INSERT INTO bodies VALUES(?,?)", (docid, clean(document.body)))
            self._db.executemany("INSERT INTO passages VALUES(?,?,?,?,?,?,?)", rows)
            if docid % _COMMIT_EVERY == _COMMIT_EVERY - 1:
                self._db.executescript("BEGIN")  # commits what is pending first
        self._next_docid += 1
        self._next_pid += len(rows)
        return docid

    def add_alias(self, twin: Document, docid: int) -> None:
        """Let an exact duplicate be found by its id; its text is that of the document `docid`.

        Raises ValueError if the id is taken.
        """
        if self.has_id(twin.id):
            raise ValueError(f"the id is taken: {twin.id!r}")
        with write_errors(self._path):
            row = (clean(twin.id), int(docid), *told(twin))
            self._db.execute("INSERT INTO aliases VALUES(?,?,?,?,?,?,?,?)", row)

    def find_content(self, content_hash: str) -> int | None:
        """Docid of the document with this `Document.content_hash`, if there is one."""
        return self._scalar("SELECT docid FROM documents WHERE content_hash=?", content_hash)

    def has_id(self, document_id: str) -> bool:
        """Whether the id is taken, by a document or an alias."""
        return self._scalar(FIND_ID, clean(document_id)) is not None

    def record(self, document_id: str) -> Document | None:
        """What is stored under an id, with its text; None if it is not there."""
        found = self._record(document_id)
        return read_document(found[0]) if found else None

    def ids(self) -> Iterator[tuple[str, str]]:
        """Every id with its origin, of documents and aliases."""
        query = "SELECT id, origin FROM documents UNION ALL SELECT id, origin FROM aliases"
        yield from self._rows(query)

    def retell(self, document: Document) -> None:
        """Let a record with this id, text and language say all else anew; KeyError without one."""
        found = self._record(document.id)
        if found is None:
            raise KeyError(document.id)
        table = "aliases" if found[1] else "documents"
        with write_errors(self._path):
            row = (*told(document), clean(document.id))
            self._db.execute(f"UPDATE {table} SET {_TOLD} WHERE id=?", row)  # noqa: S608 - ours

    def remove(self, document_id: str) -> tuple[int, Document] | None:
        """Take a record out. Returns the docid that is a hole now, and the document it was.

        None when its text stays, because another record has it: an alias then takes the place of a
        document that goes, under the same docid. KeyError if there is no such id.
        """
        found = self._record(document_id)
        if found is None:
            raise KeyError(document_id)
        row, is_alias = found
        document = read_document(row)
        if is_alias:
            self._write("DELETE FROM aliases WHERE id=?", document.id)
            return None
        docid = int(row[0])
        heirs = self._rows(f"{ALIAS} WHERE aliases.docid=? ORDER BY aliases.id LIMIT 1", docid)
        if heirs:
            heir = read_document(heirs[0])
            self._write("DELETE FROM aliases WHERE id=?", heir.id)
            values = (*told(heir), clean(heir.id), docid)
            self._write(f"UPDATE documents SET {_TOLD}, id=? WHERE docid=?", *values)  # noqa: S608
            return None
        span = "first_pid, first_pid + passages FROM documents"
        first, end = self._rows(f"SELECT {span} WHERE docid=?", docid)[0]
        self._write("DELETE FROM passages WHERE pid>=? AND pid<?", first, end)
        self._write("DELETE FROM bodies WHERE docid=?", docid)
        self._write("DELETE FROM documents WHERE docid=?", docid)
        return docid, document

    def finish(self) -> Counts:
        """Complete the file, sync it to the disk and close it; return what it holds."""
        with write_errors(self._path):
            meta = ("next_docid", str(self._next_docid), "next_pid", str(self._next_pid))
            self._db.execute("INSERT OR REPLACE INTO meta VALUES(?,?),(?,?)", meta)
            self._db.executescript("PRAGMA journal_mode=DELETE")  # commits what is pending first
            counts = count(lambda query: self._db.execute(query).fetchall())
            self._db.close()
            sync_file(self._path)
        return counts

    def close(self) -> None:
        """Close without finishing. Harmless after `finish`, never raises."""
        with suppress(sqlite3.Error):
            self._db.close()

    def _record(self, document_id: str) -> tuple[Row, bool] | None:
        """The row stored under an id, and whether it is an alias."""
        for query, is_alias in (
            (f"{DOCUMENT} WHERE id=?", False),
            (f"{ALIAS} WHERE aliases.id=?", True),
        ):
            if rows := self._rows(query, clean(document_id)):
                return rows[0], is_alias
        return None

    def _write(self, query: str, *values: Any) -> None:
        with write_errors(self._path):
            self._db.execute(query, values)

    def _rows(self, query: str, *values: Any) -> list[Row]:
        with write_errors(self._path):
            return self._db.execute(query, values).fetchall()

    def _scalar(self, query: str, value: str) -> int | None:
        row = next(iter(self._rows(query, value)), None)
        return row[0] if row else None


def told(document: Document) -> tuple[str | None, str, str, str, str, str]:
    """What a record says beside its text and language, as it is stored."""
    day = None if document.date is None else date.isoformat(document.date)  # no time of day
    return (
        day,
        clean(document.source),
        to_json(list(document.tags)),
        clean(document.url),
        to_json(dict(document.extra)),
        clean(document.origin),
    )
