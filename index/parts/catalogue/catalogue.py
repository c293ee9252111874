"""The catalogue: every document and passage, in one SQLite file a segment. It is the truth.

One integer id space serves all parts of an index. A `docid` names a document, a `pid` a passage
and its row among the exact vectors. Those of a segment follow on those of the one before, and none is
given twice in the life of an index; a deletion leaves a hole (a docid that is not `Columns.live`, a pid
that `Columns.passage_doc` maps to -1). The passages of one document have neighbouring pids.

`index.parts.catalogue.writer` makes a file, in a directory nobody reads yet. `Catalogue` reads them
and takes them to be immutable: all are opened at once and survive being unlinked.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from index.arrays import Ints, distinct
from index.documents import Document, Passage
from index.errors import IndexDamagedError, IndexMismatchError
from index.parts.catalogue.addresses import (
    ARTICLE,
    FILE,
    Addresses,
    load_addresses,
    number_of,
    read_addresses,
)
from index.parts.catalogue.columns import NO_DATE as NO_DATE
from index.parts.catalogue.columns import Columns as Columns
from index.parts.catalogue.columns import SegmentColumns, together
from index.parts.catalogue.columns import normalized as normalized
from index.parts.catalogue.writer import (
    APPLICATION_ID,
    DOCUMENT,
    FIND_ID,
    SCHEMA_VERSION,
    Row,
    clean,
    read_document,
)
from index.passages import passage_text
from index.store.array_files import damage_named
from index.store.layout import (
    ADDRESSES_FILE,
    CATALOGUE_FILE,
    COLUMNS_FILE,
    REMOVED_FILE,
    holding,
)
from index.store.manifest import Counts

_ADDRESS_FORMS = tuple(product(("", "http://", "https://"), ("", "www."), ("", "/")))
_BATCH = 500
_PASSAGE = 'SELECT pid, docid, ordinal, start, "end", lang FROM passages'


class CatalogueFile:
    """Reads the finished catalogue of one segment. Safe to share between threads.

    Every method raises IndexDamagedError if the file cannot be read or does not hold what it must.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, *, stored: bool) -> None:
        self.path = path
        self._db = db
        self._stored = stored
        self._lock = threading.Lock()
        for pragma, ours in ("application_id", APPLICATION_ID), ("user_version", SCHEMA_VERSION):
            if (found := self.rows(f"PRAGMA {pragma}")[0][0]) != ours:
                wrong = IndexDamagedError if pragma == "application_id" else IndexMismatchError
                raise wrong(f"{path} has {pragma} {found} instead of {ours}.")

    @classmethod
    def open(cls, path: Path, *, stored: bool = True) -> CatalogueFile:
        """Open the file; its columns are those `stored` beside it, if there are any.

        Raises IndexDamagedError if it is missing or no catalogue, IndexMismatchError if another
        version of Talash wrote it.
        """
        with _reading(path):
            db = connect(path)
            try:
                return cls(path, db, stored=stored)
            except BaseException:
                db.close()
                raise

    def close(self) -> None:
        """Close the file; nothing works afterwards (sqlite3.ProgrammingError)."""
        with self._lock:
            self._db.close()

    @cached_property
    def columns(self) -> SegmentColumns:
        """Those stored beside the file, or else, of one that is new, read from its rows."""
        directory = self.path.parent
        if self._stored and (directory / COLUMNS_FILE).exists():
            with damage_named(f"The columns in {directory}"):
                return SegmentColumns.load(directory)
        with _reading(self.path):
            return SegmentColumns.read(self.rows)

    @cached_property
    def addresses(self) -> Addresses:
        """Those stored beside the file, or else read from its rows."""
        directory = self.path.parent
        if self._stored and (directory / ADDRESSES_FILE).exists():
            with damage_named(directory / ADDRESSES_FILE):
                return load_addresses(directory, len(self.columns.docids))
        with _reading(self.path):
            return read_addresses(self.rows)

    def docids_with(self, column: int, number: int) -> list[int]:
        """The documents that have a number in a column of `addresses`."""
        found: list[int] = self.columns.docids[self.addresses[:, column] == number].tolist()
        return found

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """What the file answers to a query."""
        with self._lock, _reading(self.path):
            return self._db.execute(query, values).fetchall()

    def where_in(self, query: str, wanted: Sequence[int]) -> list[Row]:
        """The answer to a query that ends with a key, for some values of it, in batches."""
        batches = [wanted[i : i + _BATCH] for i in range(0, len(wanted), _BATCH)]
        queries = [f"{query} IN ({','.join('?' * len(batch))})" for batch in batches]
        return [row for q, batch in zip(queries, batches) for row in self.rows(q, batch)]  # noqa: B905

    def scan(self, query: str, key: str) -> Iterator[Row]:
        """The answer to a query for all values of a key, in their order, in batches."""
        last = -1
        while rows := self.rows(f"{query} WHERE {key}>? ORDER BY {key} LIMIT {_BATCH}", (last,)):
            yield from rows
            last = rows[-1][0]


class Catalogue:
    """Reads the catalogues of an index's segments as one. Safe to share between threads.

    Every method raises IndexDamagedError if a file cannot be read or does not hold what it must.
    """

    def __init__(self, files: Sequence[CatalogueFile], removed: Ints) -> None:
        self.files = tuple(files)
        self._removed = frozenset(removed.tolist())
        parts = [file.columns for file in files]
        with _reading(files[0].path):
            self._columns = together(parts, removed)
        self._docid_ends = [part.end for part in parts]
        self._pid_ends = [part.end_pid for part in parts]

    @classmethod
    def open(cls, path: Path, *, stored: bool = True) -> Catalogue:
        """Open the catalogue of a generation, or one file. Columns that are not `stored` are read from the
        rows: all of them.

        Raises IndexDamagedError if it is missing or no catalogue, IndexMismatchError if another
        version of Talash wrote it.
        """
        paths = holding(path, CATALOGUE_FILE) if path.is_dir() else [path]
        removed = removed_docids(path) if path.is_dir() else np.empty(0, np.int32)
        files: list[CatalogueFile] = []
        try:
            for each in paths:
                files.append(CatalogueFile.open(each, stored=stored and path.is_dir()))
            return cls(files, removed)
        except BaseException:
            for file in files:
                file.close()
            raise

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; nothing but `columns` works afterwards (sqlite3.ProgrammingError)."""
        for file in self.files:
            file.close()

    def columns(self) -> Columns:
        """The arrays put together when the catalogue was opened."""
        return self._columns

    def counts(self) -> Counts:
        """How many documents, passages, copies, and documents per language."""
        columns = self._columns
        sizes = np.bincount(columns.lang[columns.live & (columns.lang >= 0)]).tolist()
        documents = int(columns.live.sum())
        languages = dict(zip(columns.lang_names, sizes, strict=False))
        if unnamed := documents - sum(sizes):
            languages[""] = unnamed
        passages = int((columns.passage_doc >= 0).sum())
        return Counts(documents, passages, documents - int(columns.firsts.sum()), languages)

    def count_passages(self) -> int:
        """How many passages the files hold of documents that are there; reads all of them."""
        query = "SELECT docid, COUNT(*) FROM passages GROUP BY docid"
        rows = (row for file in self.files for row in file.rows(query))
        return sum(row[1] for row in rows if row[0] not in self._removed)

    def docid_of(self, document_id: str) -> int | None:
        """Docid of the document with this id; None if there is none."""
        for file in reversed(self.files):
            for row in file.rows(FIND_ID, (clean(document_id),)):
                if row[0] not in self._removed:
                    return int(row[0])
        return None

    def document(self, docid: int) -> Document:
        """The document `docid`; IndexDamagedError if there is none (another part disagrees)."""
        return self.documents([docid])[0]

    def documents(self, docids: Iterable[int]) -> list[Document]:
        """The documents, in the order asked; IndexDamagedError if one is not there."""
        wanted = [int(docid) for docid in docids]
        found: dict[int, Document] = {}
        for file, row in self._of_docids(f"{DOCUMENT} WHERE docid", wanted):
            with _reading(file.path):
                found[row[0]] = read_document(row)
        if missing := [docid for docid in wanted if docid not in found]:
            raise IndexDamagedError(f"{self.files[0].path} has no document {missing[0]}.")
        return [found[docid] for docid in wanted]

    def docids_at(self, address: str) -> tuple[int, ...]:
        """The docids of the documents with this web address, whatever its scheme, its www. and the
        slash at its end. Reads the addresses of all documents."""
        bare = re.sub(r"(?i)^(?:https?://)?(?:www\.)?", "", address.strip()).rstrip("/")
        forms = [f"{scheme}{www}{bare}{slash}" for scheme, www, slash in _ADDRESS_FORMS]
        marks = ",".join("?" * len(forms))
        query = f"SELECT docid FROM documents WHERE url IN ({marks}) ORDER BY docid"  # noqa: S608
        rows = (row for file in self.files for row in file.rows(query, forms))
        return tuple(row[0] for row in rows if row[0] not in self._removed)

    def ids(self, docids: Iterable[int]) -> tuple[str, ...]:
        """The ids of documents, in the order asked; those that are not there are left out."""
        wanted = [int(docid) for docid in docids]
        rows = self._of_docids("SELECT docid, id FROM documents WHERE docid", wanted)
        found: dict[int, str] = {row[0]: row[1] for _, row in rows}
        return tuple(found[docid] for docid in wanted if docid in found)

    def places(self) -> dict[str, tuple[str, str]]:
        """The `origin` and the `root` of every document, by its id."""
        query = "SELECT docid, id, origin, root FROM documents"
        rows = (row for file in self.files for row in file.rows(query))
        return {row[1]: (row[2], row[3]) for row in rows if row[0] not in self._removed}

    def root_of(self, origin: str) -> str:
        """The `root` of the last document that was read from a file; "" if there is none, or no file."""
        if not origin:
            return ""
        query, number = "SELECT origin, root FROM documents WHERE docid=?", number_of(origin)
        for file in reversed(self.files):
            for docid in reversed(file.docids_with(FILE, number)):
                ((found, root),) = file.rows(query, (docid,))
                if found == origin and docid not in self._removed:
                    return str(root)
        return ""

    def pages_of(self, article: str) -> list[Document]:
        """The web pages of an article, by its address as `without_amp` gives it, and maybe others."""
        found = (file.docids_with(ARTICLE, number_of(article)) for file in self.files)
        return self.documents(d for each in found for d in each if d not in self._removed)

    def iter_documents(self, docids: Sequence[int] | None = None) -> Iterator[tuple[int, Document]]:
        """Every (docid, document), by docid, or those of some docids in their order; read in batches."""
        if docids is not None:
            for start in range(0, len(docids), _BATCH):
                batch = docids[start : start + _BATCH]
                yield from zip(batch, self.documents(batch), strict=True)
            return
        for file in self.files:
            for row in file.scan(DOCUMENT, "docid"):
                if row[0] not in self._removed:
                    with _reading(file.path):
                        document = read_document(row)
                    yield row[0], document

    def records(self) -> Iterator[Document]:
        """Every document, by docid: what makes the catalogue anew."""
        return (document for _, document in self.iter_documents())

    def passages(self, docid: int) -> list[tuple[int, Passage]]:
        """The (pid, passage) pairs of a document, by pid; none for a docid that is not live."""
        return self.passages_of([docid])[int(docid)]

    def passages_of(self, docids: Iterable[int]) -> dict[int, list[tuple[int, Passage]]]:
        """The (pid, passage) pairs of each document asked for, by pid."""
        found: dict[int, list[tuple[int, Passage]]] = {int(docid): [] for docid in docids}
        for pid, (docid, passage) in self.passages_at(self._pids_of(found)).items():
            found.setdefault(docid, []).append((pid, passage))
        return found

    def passages_at(self, pids: Iterable[int]) -> dict[int, tuple[int, Passage]]:
        """(docid, passage) of each pid, in the order asked; pids that are not there are left out."""
        wanted = [int(pid) for pid in pids]
        rows = self._of(f"{_PASSAGE} WHERE pid", wanted, self._pid_ends)
        found = {
            row[0]: (row[1], Passage._make(row[2:]))
            for _, row in rows
            if row[1] not in self._removed
        }
        return {pid: found[pid] for pid in wanted if pid in found}

    def texts_at(self, pids: Iterable[int]) -> list[str]:
        """The text of each pid, as the encoder reads it, in the order asked; pids that are not there
        are left out, documents are read once each."""
        wanted = list(pids)
        passages = self.passages_at(wanted)
        docids = sorted({docid for docid, _ in passages.values()})
        documents = dict(zip(docids, self.documents(docids), strict=True))
        found = (passages[pid] for pid in wanted if pid in passages)
        return [passage_text(documents[docid], passage) for docid, passage in found]

    def text_hashes(self, docids: Iterable[int] | None = None) -> Iterator[tuple[int, bytes]]:
        """Every (pid, hash of its text), by pid, or those of the passages of some documents."""
        query = "SELECT pid, text_hash, docid FROM passages"
        if docids is not None:
            pids = self._pids_of(docids)
            rows: Iterator[Row] = (
                row for _, row in self._of(f"{query} WHERE pid", pids, self._pid_ends)
            )
        else:
            rows = (row for file in self.files for row in file.scan(query, "pid"))
        yield from ((row[0], row[1]) for row in rows if row[2] not in self._removed)

    def repeated_texts(self) -> set[bytes]:
        """The hashes of texts that several passages of one segment have."""
        query = "SELECT text_hash FROM passages GROUP BY text_hash HAVING COUNT(*) > 1"
        return {row[0] for file in self.files for row in file.rows(query)}

    def check(self) -> list[str]:
        """Problems SQLite itself finds in the files, none if they are sound. Slow: reads all of them."""
        rows = (row for file in self.files for row in file.rows("PRAGMA integrity_check"))
        return [str(row[0]) for row in rows if row[0] != "ok"]

    def _pids_of(self, docids: Iterable[int]) -> list[int]:
        columns, pids = self._columns, list[int]()
        for docid in docids:
            if 0 <= docid < len(columns):  # one that is not live has no passages
                first, many = int(columns.doc_first_pid[docid]), int(columns.doc_passages[docid])
                pids += range(first, first + many)
        return pids

    def _of_docids(self, query: str, wanted: Sequence[int]) -> Iterator[tuple[CatalogueFile, Row]]:
        there = [docid for docid in wanted if docid not in self._removed]
        return self._of(query, there, self._docid_ends)

    def _of(
        self, query: str, wanted: Sequence[int], ends: Sequence[int]
    ) -> Iterator[tuple[CatalogueFile, Row]]:
        """The answers of each file to a query that ends with a key, for those values that are its own."""
        owners = np.searchsorted(ends, wanted, side="right").tolist() if len(ends) > 1 else None
        for at, file in enumerate(self.files):
            own = (
                wanted
                if owners is None
                else [w for w, o in zip(wanted, owners, strict=True) if o == at]
            )
            if own:
                yield from ((file, row) for row in file.where_in(query, own))


def removed_docids(generation: Path) -> Ints:
    """The docids, ascending, that segments of a generation say are documents no more.

    Raises IndexDamagedError.
    """
    found = [np.empty(0, np.int32)]
    for path in holding(generation, REMOVED_FILE):
        if path.exists():
            with damage_named(path):
                stored = np.load(path, allow_pickle=False)
                if stored.dtype != np.int32 or stored.ndim != 1:
                    raise ValueError("it holds no docids")
                found.append(stored)
    return distinct(np.concatenate(found))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError:  # the caller's mistake, such as reading after close()
        raise
    except (sqlite3.DatabaseError, TypeError, ValueError, LookupError, OverflowError) as error:
        raise IndexDamagedError(f"{path} is damaged: {error}.") from error


def known_texts(generation: Path) -> dict[bytes, int]:
    """A pid for the hash of every text of a generation's catalogues: lets a rebuild reuse vectors.

    Catalogues of the formats `index.store.manifest.REUSED` are read, too.
    """
    found: dict[bytes, int] = {}
    for path in holding(generation, CATALOGUE_FILE):
        with _reading(path), closing(connect(path)) as db:
            found.update(db.execute("SELECT text_hash, pid FROM passages"))
    return found


def connect(path: Path, pragma: str = "PRAGMA cache_size=-16000") -> sqlite3.Connection:
    """Open a catalogue that nobody changes, to read it. Raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
    try:
        db.executescript(f"PRAGMA trusted_schema=OFF; {pragma}")
    except BaseException:
        db.close()
        raise
    return db
