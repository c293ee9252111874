"""Is the truth of an index sound? What must hold before anything is derived from it.

    every file is what SQLite or numpy says it is, in the very tables that Talash makes
    every document and every passage has the hash of its text
    every passage has a vector of length one, and the states of its words

A text that held half a character (a lone surrogate) is stored with U+FFFD in its place and is not
held against its hash. Vectors cannot be told from their texts without the encoder:
`index.operations.verify.deep` encodes a sample.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from index.documents import Document, Passage
from index.errors import IndexDamagedError
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.schema import CREATE
from index.parts.vectors import load_vectors
from index.parts.word_states import WordStates, content_words
from index.store.layout import CATALOGUE_FILE
from index.store.manifest import REBUILD, Counts
from index.text.passages import passage_text, text_hash

_CHUNK = 16_384
_REPLACED = "\ufffd"
_LENGTH_ERROR = 0.01
"""How far a vector may be from length one: float16 errs by less than a thousandth."""


def check_tables(directory: Path, passages: int) -> None:
    """Refuse a catalogue file whose tables are not those that Talash makes, or that is not sound.

    Whoever made it, nothing in it is more than data then: no view, no trigger, no other table. Its
    id spaces are no larger than `passages`, the number of vectors, so that opening it is no bomb.
    Raises IndexDamagedError.
    """
    path = directory / CATALOGUE_FILE
    try:
        with closing(_connect(path)) as db:
            tables = _schema(db)
            if tables != _own_schema():
                raise _damaged(f"{CATALOGUE_FILE} has other tables than Talash makes")
            wrong = [str(row[0]) for row in db.execute("PRAGMA integrity_check(5)")]
            if wrong != ["ok"]:
                raise _damaged(f"{CATALOGUE_FILE} is not sound: {'; '.join(wrong)[:300]}")
            meta = dict(db.execute("SELECT key, value FROM meta LIMIT 10"))
            documents, pids = int(meta["next_docid"]), int(meta["next_pid"])
            if not 0 <= documents <= pids == passages:
                raise _damaged(f"{CATALOGUE_FILE} has {pids} passages, the vectors {passages}")
    except (sqlite3.Error, ValueError, LookupError, TypeError, OverflowError) as error:
        raise _damaged(f"{CATALOGUE_FILE} cannot be read ({error})") from error


def check_truth(
    directory: Path, catalogue: Catalogue, counts: Counts, dimension: int, visit: Callable[[], None]
) -> None:
    """Raise IndexDamagedError unless the truth in `directory` is whole and of one piece.

    `counts` and `dimension` are what its manifest says; `visit` is called for each document.
    """
    if catalogue.counts() != counts:
        raise _damaged(f"the catalogue holds {catalogue.counts()}, the manifest says {counts}")
    check_vectors(directory, catalogue, dimension)
    check_texts(directory, catalogue, visit)


def check_vectors(directory: Path, catalogue: Catalogue, dimension: int) -> str:
    """Every passage has an exact vector of length one. Raises IndexDamagedError."""
    rows = load_vectors(directory)
    wanted = (len(catalogue.columns().passage_doc), dimension)
    if rows.shape != wanted or rows.dtype != np.float16:
        raise _damaged(f"the exact vectors are {rows.dtype} {rows.shape}, not float16 {wanted}")
    live = catalogue.columns().passage_doc >= 0
    for start in range(0, len(rows), _CHUNK):
        lengths = np.linalg.norm(rows[start : start + _CHUNK].astype(np.float32), axis=1)
        good = np.abs(lengths - 1) < _LENGTH_ERROR  # False for what is no number, too
        if len(bad := np.flatnonzero(~good & live[start : start + _CHUNK])):
            raise _damaged(f"the exact vector of passage {start + int(bad[0])} is none")
    return f"{int(live.sum())} have length one"


def check_texts(directory: Path, catalogue: Catalogue, visit: Callable[[], None]) -> str:
    """Every document, passage and row of word states is of its text. Raises IndexDamagedError."""
    columns, states, seen = catalogue.columns(), WordStates.open(directory), 0
    if states is not None and states.passages != len(columns.passage_doc):
        raise _damaged(f"there are word states of {states.passages} passages")
    hashes, contents = catalogue.text_hashes(), _content_hashes(directory / CATALOGUE_FILE)
    for docid, document in catalogue.iter_documents():
        found = catalogue.passages(docid)
        if len(found) != columns.doc_passages[docid]:
            raise _damaged(f"document {docid} has {len(found)} passages")
        replaced = _REPLACED in document.title + document.body
        if contents.get(docid) != document.content_hash and not replaced:
            raise _damaged(f"document {docid} has the hash of another text")
        for pid, passage in found:
            text = _inside(document, passage, pid)
            stored = next(hashes, (-1, b""))
            if stored[0] != pid or not (_REPLACED in text or stored[1] == text_hash(text)):
                raise _damaged(f"passage {pid} has the hash of another text")
            if states is not None and len(states.bytes_of(pid)) != len(content_words(text)):
                raise _damaged(f"passage {pid} has the states of other words")
            seen += 1
        visit()
    if seen != catalogue.counts().passages:
        raise _damaged(f"{catalogue.counts().passages - seen} passages belong to no document")
    return f"{seen} passages and their documents have the hashes of their texts"


def _content_hashes(path: Path) -> dict[int, str]:
    try:
        with closing(_connect(path)) as db:
            return dict(db.execute("SELECT docid, content_hash FROM documents"))
    except sqlite3.Error as error:
        raise _damaged(f"{CATALOGUE_FILE} cannot be read ({error})") from error


def _inside(document: Document, passage: Passage, pid: int) -> str:
    text = document.title if passage.ordinal == Passage.TITLE else document.body
    if not 0 <= passage.start <= passage.end <= len(text):
        raise _damaged(f"passage {pid} lies outside its document")
    return passage_text(document, passage)


def _connect(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True, isolation_level=None)
    db.executescript("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON")
    return db


def _schema(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    found = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT 100")
    return sorted(found.fetchall(), key=repr)


def _own_schema() -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(":memory:")) as db:  # on a full or read-only disk too
        db.executescript(CREATE)
        return _schema(db)


def _damaged(what: str) -> IndexDamagedError:
    return IndexDamagedError(f"The index is damaged: {what}.", hint=REBUILD)
