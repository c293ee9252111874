"""The catalogue: every document and passage, in one SQLite file. It is the truth.

One integer id space serves all parts of an index. A `docid` names a document, a `pid` a passage
and its row in the exact vector file. Both are dense in a fresh build and are never given twice in
the life of a catalogue; a deletion leaves a hole (a docid that is not `Columns.live`, a pid that
`Columns.passage_doc` maps to -1). The passages of one document have neighbouring pids.

`index.parts.catalogue.writer` makes the file, in a directory nobody reads yet. `Catalogue` reads it
and takes it to be immutable: it is opened at once and survives the file being unlinked.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.documents import Document, Passage
from index.errors import IndexDamagedError, IndexMismatchError
from index.parts.catalogue.writer import (
    APPLICATION_ID,
    DOCUMENT,
    FIND_ID,
    SCHEMA_VERSION,
    Row,
    clean,
    count,
    read_document,
)
from index.passages import passage_text
from index.store.manifest import Counts
from index.text.normalize import normalize

NO_DATE = -1

_ADDRESS_FORMS = tuple(product(("", "http://", "https://"), ("", "www."), ("", "/")))
_BATCH = 500
_PASSAGE = 'SELECT pid, docid, ordinal, start, "end", lang FROM passages'


@dataclass(frozen=True)
class Columns:
    """What filters and sorting need of every document, as read-only arrays indexed by docid.

    Codes point into the name tuples beside them; -1 stands for none (and for all of a docid that
    is not `live`). The tags of a document are `tag_codes[tag_indptr[docid]:tag_indptr[docid+1]]`,
    its passages `doc_first_pid[docid]` and the `doc_passages[docid] - 1` pids after it.
    `copy_of` is the first document with the very text of this one: itself, unless it is a copy.
    """

    live: npt.NDArray[np.bool_]
    lang: npt.NDArray[np.int8]
    lang_names: tuple[str, ...]
    date: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    source_names: tuple[str, ...]
    tag_indptr: npt.NDArray[np.int64]
    tag_codes: npt.NDArray[np.int32]
    tag_names: tuple[str, ...]
    doc_first_pid: npt.NDArray[np.int32]
    doc_passages: npt.NDArray[np.int32]
    passage_doc: npt.NDArray[np.int32]
    copy_of: npt.NDArray[np.int32]

    def __len__(self) -> int:
        """Docids ever given: the length of every per-document array."""
        return len(self.live)

    def language_code(self, language: str) -> int:
        """The code of a language; -1 if no document is in it."""
        return self.lang_names.index(language) if language in self.lang_names else -1

    @cached_property
    def firsts(self) -> npt.NDArray[np.bool_]:
        """Mask of the documents that are there, of exact copies only the first."""
        firsts: npt.NDArray[np.bool_] = self.live & (self.copy_of == np.arange(len(self)))
        return firsts

    @cached_property
    def passage_languages(self) -> npt.NDArray[np.int8]:
        """The language code of each passage; -1 for a pid that is none any more."""
        owners = self.passage_doc
        return np.where(owners >= 0, self.lang[owners], -1).astype(np.int8)

    @cached_property
    def text_languages(self) -> npt.NDArray[np.int8]:
        """The language code of each passage, every text counted once: -1 for one of a copy, too."""
        return self.languages_of(self.firsts)

    def languages_of(self, documents: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
        """The language code of each passage of the documents under a mask; -1 for any other."""
        return np.where(documents[self.passage_doc], self.passage_languages, np.int8(-1))

    # Worked out once, for an archive may have a hundred thousand tags, and each search asks for them.

    @cached_property
    def source_keys(self) -> tuple[str, ...]:
        """The sources as names are compared."""
        return normalized(self.source_names)

    @cached_property
    def tag_keys(self) -> tuple[str, ...]:
        """The tags as names are compared."""
        return normalized(self.tag_names)


def normalized(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they are compared: one spelling for what counts as one."""
    return tuple(normalize(name) for name in names)


class Catalogue:
    """Reads a finished catalogue. Safe to share between threads.

    Every method raises IndexDamagedError if the file cannot be read or does not hold what it must.
    """

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self._path = path
        self._db = db
        self._lock = threading.Lock()
        for pragma, ours in ("application_id", APPLICATION_ID), ("user_version", SCHEMA_VERSION):
            if (found := self._rows(f"PRAGMA {pragma}")[0][0]) != ours:
                wrong = IndexDamagedError if pragma == "application_id" else IndexMismatchError
                raise wrong(f"{path} has {pragma} {found} instead of {ours}.")
        with _reading(path):
            self._columns = _read_columns(self._rows)

    @classmethod
    def open(cls, path: Path) -> Catalogue:
        """Open the file and load its columns.

        Raises IndexDamagedError if it is missing or no catalogue, IndexMismatchError if another
        version of Talash wrote it.
        """
        with _reading(path):
            db = connect(path)
            try:
                return cls(path, db)
            except BaseException:
                db.close()
                raise

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing but `columns` works afterwards (sqlite3.ProgrammingError)."""
        with self._lock:
            self._db.close()

    def columns(self) -> Columns:
        """The arrays loaded when the catalogue was opened."""
        return self._columns

    def counts(self) -> Counts:
        """How many documents, passages, copies, and documents per language."""
        return count(self._rows)

    def docid_of(self, document_id: str) -> int | None:
        """Docid of the document with this id; None if there is none."""
        rows = self._rows(FIND_ID, (clean(document_id),))
        return int(rows[0][0]) if rows else None

    def document(self, docid: int) -> Document:
        """The document `docid`; IndexDamagedError if there is none (another part disagrees)."""
        return self.documents([docid])[0]

    def documents(self, docids: Iterable[int]) -> list[Document]:
        """The documents, in the order asked; IndexDamagedError if one is not there."""
        wanted = [int(docid) for docid in docids]
        rows = self._where_in(f"{DOCUMENT} WHERE docid", wanted)
        with _reading(self._path):
            found = {row[0]: read_document(row) for row in rows}
        if missing := [docid for docid in wanted if docid not in found]:
            raise IndexDamagedError(f"{self._path} has no document {missing[0]}.")
        return [found[docid] for docid in wanted]

    def docids_at(self, address: str) -> tuple[int, ...]:
        """The docids of the documents with this web address, whatever its scheme, its www. and the
        slash at its end. Reads the addresses of all documents."""
        bare = re.sub(r"(?i)^(?:https?://)?(?:www\.)?", "", address.strip()).rstrip("/")
        forms = [f"{scheme}{www}{bare}{slash}" for scheme, www, slash in _ADDRESS_FORMS]
        marks = ",".join("?" * len(forms))
        query = f"SELECT docid FROM documents WHERE url IN ({marks}) ORDER BY docid"  # noqa: S608
        return tuple(row[0] for row in self._rows(query, forms))

    def ids(self, docids: Iterable[int]) -> tuple[str, ...]:
        """The ids of documents, in the order asked; those that are not there are left out."""
        wanted = [int(docid) for docid in docids]
        rows = self._where_in("SELECT docid, id FROM documents WHERE docid", wanted)
        found: dict[int, str] = {row[0]: row[1] for row in rows}
        return tuple(found[docid] for docid in wanted if docid in found)

    def iter_documents(self, docids: Sequence[int] | None = None) -> Iterator[tuple[int, Document]]:
        """Every (docid, document), by docid, or those of some docids in their order; read in batches."""
        if docids is not None:
            for start in range(0, len(docids), _BATCH):
                batch = docids[start : start + _BATCH]
                yield from zip(batch, self.documents(batch), strict=True)
            return
        for row in self._scan(DOCUMENT, "docid"):
            with _reading(self._path):
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
        columns, pids = self._columns, list[int]()
        for docid in found:
            if 0 <= docid < len(columns):  # one that is not live has no passages
                first, many = columns.doc_first_pid[docid], columns.doc_passages[docid]
                pids += range(first, first + many)
        for pid, (docid, passage) in self.passages_at(pids).items():
            found.setdefault(docid, []).append((pid, passage))
        return found

    def passages_at(self, pids: Iterable[int]) -> dict[int, tuple[int, Passage]]:
        """(docid, passage) of each pid, in the order asked; pids that are not there are left out."""
        wanted = [int(pid) for pid in pids]
        rows = self._where_in(f"{_PASSAGE} WHERE pid", wanted)
        found = {row[0]: (row[1], Passage(*row[2:])) for row in rows}
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

    def text_hashes(self) -> Iterator[tuple[int, bytes]]:
        """Every (pid, hash of its text), by pid."""
        yield from self._scan("SELECT pid, text_hash FROM passages", "pid")

    def repeated_texts(self) -> set[bytes]:
        """The hashes of texts that several passages have."""
        query = "SELECT text_hash FROM passages GROUP BY text_hash HAVING COUNT(*) > 1"
        return {row[0] for row in self._rows(query)}

    def check(self) -> list[str]:
        """Problems SQLite itself finds in the file, none if it is sound. Slow: reads all of it."""
        return [str(row[0]) for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._lock, _reading(self._path):
            return self._db.execute(query, values).fetchall()

    def _where_in(self, query: str, wanted: Sequence[int]) -> list[Row]:
        batches = [wanted[i : i + _BATCH] for i in range(0, len(wanted), _BATCH)]
        queries = [f"{query} IN ({','.join('?' * len(batch))})" for batch in batches]
        return [row for q, batch in zip(queries, batches) for row in self._rows(q, batch)]  # noqa: B905

    def _scan(self, query: str, key: str) -> Iterator[Any]:
        last = -1
        while rows := self._rows(f"{query} WHERE {key}>? ORDER BY {key} LIMIT {_BATCH}", (last,)):
            yield from rows
            last = rows[-1][0]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError:  # the caller's mistake, such as reading after close()
        raise
    except (sqlite3.DatabaseError, TypeError, ValueError, LookupError, OverflowError) as error:
        raise IndexDamagedError(f"{path} is damaged: {error}.") from error


def known_texts(path: Path) -> dict[bytes, int]:
    """A pid for the hash of every text of a catalogue: lets a rebuild reuse vectors.

    Catalogues of the formats `index.store.manifest.REUSED` are read, too.
    """
    with _reading(path), closing(connect(path)) as db:
        return dict(db.execute("SELECT text_hash, pid FROM passages"))


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


def _read_columns(rows: Callable[[str], list[Row]]) -> Columns:
    meta: dict[str, str] = dict(rows("SELECT key, value FROM meta"))
    size, pids = int(meta["next_docid"]), int(meta["next_pid"])
    query = "SELECT docid, lang, date, source, tags, first_pid, passages, content_hash"
    found = rows(f"{query} FROM documents ORDER BY docid")
    columns_of = zip(*found) if found else ((),) * 8  # noqa: B905
    at, langs, dates, sources, tags, first, many, contents = columns_of
    if max(size, pids) >= 2**31 or (at and not 0 <= at[0] <= at[-1] < size):
        raise ValueError("docids are out of range")

    def spread(values: Any, kind: type[Any], empty: int = -1) -> npt.NDArray[Any]:
        column = np.full(size, empty, kind)
        column[np.array(at, np.int64)] = values
        return column

    lang_names, lang = _coded(langs)
    source_names, source = _coded(sources)
    days, day = _coded(dates)
    ordinals = np.array([*(date.fromisoformat(d).toordinal() for d in days), NO_DATE])
    parsed = {value: tuple(dict.fromkeys(json.loads(value))) for value in set(tags)}
    tag_names, tag = _coded([name for value in tags for name in parsed[value]])
    tag_counts = spread([len(parsed[value]) for value in tags], np.int32, 0)
    passage_doc = np.full(pids, -1, np.int32)
    for docid, start, n in zip(at, first, many):  # noqa: B905
        passage_doc[start : start + n] = docid
    firsts: dict[str, int] = {}
    copy_of = np.arange(size, dtype=np.int32)
    copy_of[np.array(at, np.int64)] = [firsts.setdefault(c, d) for c, d in zip(contents, at)]  # noqa: B905
    columns = Columns(
        live=spread(True, np.bool_, False),
        lang=spread(lang, np.int8),
        lang_names=lang_names,
        date=spread(ordinals[day], np.int32),  # code -1, no date, takes the last
        source=spread(source, np.int32),
        source_names=source_names,
        tag_indptr=np.concatenate([[0], np.cumsum(tag_counts, dtype=np.int64)]),
        tag_codes=np.array(tag, np.int32),
        tag_names=tag_names,
        doc_first_pid=spread(first, np.int32),
        doc_passages=spread(many, np.int32, 0),
        passage_doc=passage_doc,
        copy_of=copy_of,
    )
    for value in vars(columns).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return columns


def _coded(values: Sequence[str | None]) -> tuple[tuple[str, ...], list[int]]:
    names = tuple(sorted({value for value in values if value}))
    codes: dict[str | None, int] = {name: code for code, name in enumerate(names)}
    return names, [codes.get(value, -1) for value in values]
