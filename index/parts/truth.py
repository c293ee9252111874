"""The truth of an index: its catalogue, the exact vectors of its passages, and the states of their words.

It follows from no other part: documents are read into the catalogue, passages encoded. Before anything
is derived from it, it must hold that

    every file is what SQLite or numpy says it is, in the very tables that Talash makes
    every document and every passage has the hash of its text
    every passage has a vector of length one, and the states of its words

A text that held half a character (a lone surrogate) is stored with U+FFFD in its place and is not
held against its hash. Vectors cannot be told from their texts without the encoder: a sample is encoded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.arrays import Rows, evenly
from index.documents import TITLE_ORDINAL, Document, Passage
from index.errors import IndexDamagedError
from index.parts.catalogue.addresses import load_addresses, save_addresses
from index.parts.catalogue.catalogue import Catalogue, connect
from index.parts.catalogue.columns import SegmentColumns
from index.parts.catalogue.writer import CREATE
from index.parts.part import Building, Checking, Opening, Part, Question, Reader, agree
from index.parts.vectors import chunks, load_vectors, require_alike, rows_of
from index.parts.word_states import WordStates, content_words
from index.passages import passage_text, text_hash
from index.store.array_files import damage_named
from index.store.layout import (
    ADDRESSES_FILE,
    CATALOGUE_FILE,
    COLUMNS_FILE,
    SPACE_FILE,
    STATES_FILE,
    VECTORS_FILE,
    holding,
)

_REPLACED = "\ufffd"
_LENGTH_ERROR = 0.01
"""How far a vector may be from length one: float16 errs by less than a thousandth."""


def check_tables(generation: Path, *, read_all: bool = True) -> None:
    """Refuse the catalogue files of a generation unless each is as `_check_table` says, and the numbers of
    each follow on those of the one before, from 0 on. Raises IndexDamagedError."""
    docid = pid = 0
    for path in holding(generation, CATALOGUE_FILE):
        rows = len(load_vectors(path.parent))
        docid, pid = _check_table(path.parent, rows, (docid, pid), read_all=read_all)


def _check_table(
    directory: Path, passages: int, begins: tuple[int, int], *, read_all: bool
) -> tuple[int, int]:
    """Refuse a segment's catalogue file whose tables are not those that Talash makes, or that is not sound.

    Whoever made it, nothing in it is more than data then: no view, no trigger, no other table. Its
    id spaces begin where they should and are no larger than `passages`, the number of vectors, so that
    opening it is no bomb. Returns where they end. Whether it is sound, SQLite must read all of it to say.
    """
    path = directory / CATALOGUE_FILE
    try:
        with closing(connect(path, "PRAGMA cell_size_check=ON")) as db:
            tables = _schema(db)
            if tables != _own_schema():
                raise _damaged(f"{CATALOGUE_FILE} has other tables than Talash makes")
            if read_all:
                wrong = [str(row[0]) for row in db.execute("PRAGMA integrity_check(5)")]
                if wrong != ["ok"]:
                    raise _damaged(f"{CATALOGUE_FILE} is not sound: {'; '.join(wrong)[:300]}")
            meta = dict(db.execute("SELECT key, value FROM meta LIMIT 10"))
            first = int(meta.get("first_docid", 0)), int(meta.get("first_pid", 0))
            ends = int(meta["next_docid"]), int(meta["next_pid"])
            if first != begins:
                raise _damaged(f"{CATALOGUE_FILE} begins with other numbers than {begins}")
            documents, pids = (end - begin for begin, end in zip(first, ends, strict=True))
            if not 0 <= documents <= pids == passages:
                raise _damaged(f"{CATALOGUE_FILE} has {pids} passages, the vectors {passages}")
            return ends
    except (sqlite3.Error, ValueError, LookupError, TypeError, OverflowError) as error:
        raise _damaged(f"{CATALOGUE_FILE} cannot be read ({error})") from error


def _open_catalogue(opening: Opening) -> Catalogue:
    first = opening.catalogue.files[0].columns
    opening.agree("documents before its first segment", first.first + first.first_pid, 0)
    live = int(opening.catalogue.columns().live.sum())
    opening.agree("documents in the catalogue", live, opening.manifest.counts.documents)
    return opening.catalogue


def _check_catalogue(checking: Checking) -> Iterator[Question]:
    yield Question("catalogue", lambda: _sound(checking.catalogue))
    yield Question("catalogue counts", lambda: _counts(checking))
    yield Question("passages", _passages(checking))
    yield Question("tables", lambda: _tables(checking), deep=True)
    yield Question("texts", _texts(checking), deep=True)


def _sound(catalogue: Catalogue) -> str:
    if problems := catalogue.check():
        raise IndexDamagedError("; ".join(problems[:5]))
    return "SQLite finds it sound"


def _counts(checking: Checking) -> str:
    stated, catalogue = checking.manifest.counts, checking.catalogue
    found = replace(catalogue.counts(), passages=catalogue.count_passages())
    if found != stated:
        raise IndexDamagedError(f"it holds {found}, the manifest says {stated}")
    return f"{found.documents} documents, {found.passages} passages, {found.copies} copies"


def _tables(checking: Checking) -> str:
    check_tables(checking.directory, read_all=False)  # "catalogue" reads all
    return "they are those that Talash makes"


def _passages(checking: Checking) -> Reader:
    seen, wanted = 0, checking.catalogue.count_passages()
    while (article := (yield)) is not None:
        if len(article.passages) != checking.columns.doc_passages[article.docid]:
            message = f"passages of document {article.docid} are not where they belong"
            raise IndexDamagedError(message)
        for pid, passage in article.passages:
            if not _is_inside(article.document, passage):
                raise IndexDamagedError(f"passage {pid} lies outside document {article.docid}")
        seen += len(article.passages)
    if seen != wanted:
        raise IndexDamagedError(f"{wanted - seen} belong to no document")
    return f"{seen} lie inside their documents"


def _is_inside(document: Document, passage: Passage) -> bool:
    text = document.title if passage.ordinal == TITLE_ORDINAL else document.body
    return 0 <= passage.start <= passage.end <= len(text)


def _texts(checking: Checking) -> Reader:
    hashes, seen = checking.catalogue.text_hashes(), 0
    contents = _content_hashes(checking.catalogue)
    while (article := (yield)) is not None:
        document = article.document
        replaced = _REPLACED in document.title + document.body
        if contents.get(article.docid) != document.content_hash and not replaced:
            raise IndexDamagedError(f"document {article.docid} has the hash of another text")
        for pid, passage in article.passages:
            text = passage_text(document, passage)
            stored = next(hashes, (-1, b""))
            if stored[0] != pid or not (_REPLACED in text or stored[1] == text_hash(text)):
                raise IndexDamagedError(f"passage {pid} has the hash of another text")
        seen += len(article.passages)
    return f"{seen} passages and their documents have the hashes of their texts"


def _save_columns(building: Building) -> None:
    for file in building.catalogue.files:
        file.columns.save(file.path.parent)
        save_addresses(file.addresses, file.path.parent)


def _columns(checking: Checking) -> str:
    for file in checking.catalogue.files:
        directory = file.path.parent
        if not (directory / COLUMNS_FILE).exists():
            continue
        with damage_named(f"The columns in {directory}"):
            stored = SegmentColumns.load(directory)
        for name, value in vars(file.columns).items():
            if not np.array_equal(value, getattr(stored, name)):
                raise IndexDamagedError(f"{COLUMNS_FILE} has another {name} than the catalogue")
        if not (directory / ADDRESSES_FILE).exists():  # an earlier version's
            continue
        with damage_named(directory / ADDRESSES_FILE):
            addresses = load_addresses(directory, len(file.columns.docids))
        if not np.array_equal(addresses, file.addresses):
            raise IndexDamagedError(f"{ADDRESSES_FILE} has others than the catalogue")
    return "they are those of the catalogue"


def _check_vectors(checking: Checking) -> Iterator[Question]:
    yield Question("exact vectors", lambda: "{} rows of {}".format(*_rows(checking).shape))
    yield Question("exact vectors", lambda: _lengths(checking), deep=True)
    if checking.encoder:
        yield Question("sample of passages", lambda: _sample(checking), deep=True)


def _rows(checking: Checking) -> Rows:
    rows = rows_of(checking.directory)
    wanted = (len(checking.columns.passage_doc), checking.manifest.encoder.dimension)
    if rows.shape != wanted or rows.dtype != np.float16:
        message = f"the exact vectors are {rows.dtype} {rows.shape}, not float16 {wanted}"
        raise IndexDamagedError(message)
    return rows


def _lengths(checking: Checking) -> str:
    rows, live = _rows(checking), checking.columns.passage_doc >= 0
    for start, chunk in chunks(rows):
        good = np.abs(np.linalg.norm(chunk, axis=1) - 1) < _LENGTH_ERROR  # nor what is no number
        if len(bad := np.flatnonzero(~good & live[start : start + len(chunk)])):
            raise IndexDamagedError(f"the exact vector of passage {start + int(bad[0])} is none")
    return f"{int(live.sum())} have length one"


def _sample(checking: Checking) -> str:
    assert checking.encoder
    pids = np.flatnonzero(checking.columns.passage_doc >= 0)
    if not len(pids):
        return "there are none"
    chosen = pids[evenly(len(pids), checking.sample)]
    made = checking.encoder.encode_passages(checking.catalogue.texts_at(chosen.tolist()))
    rows = rows_of(checking.directory)[chosen].astype(np.float32)
    return require_alike(rows, made, [f"passage {pid}" for pid in chosen])


def _word_states(checking: Checking) -> Reader:
    states = WordStates.open(checking.directory)
    if states is None:
        return "this encoder gives none"
    agree(states.passages, len(checking.columns.passage_doc), "passages", "the catalogue")
    while (article := (yield)) is not None:
        for pid, passage in article.passages:
            words = content_words(passage_text(article.document, passage))
            if len(states.bytes_of(pid)) != len(words):
                raise IndexDamagedError(f"passage {pid} has the states of other words")
    return f"of {states.passages} passages"


def _content_hashes(catalogue: Catalogue) -> dict[int, str]:
    query = "SELECT docid, content_hash FROM documents"
    return {row[0]: row[1] for file in catalogue.files for row in file.rows(query)}


def _schema(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    found = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT 100")
    return sorted(found.fetchall(), key=repr)


def _own_schema() -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(":memory:")) as db:  # on a full or read-only disk too
        db.executescript(CREATE)
        return _schema(db)


def _damaged(what: str) -> IndexDamagedError:
    return IndexDamagedError(f"The index is damaged: {what}.")


CATALOGUE = Part(
    "catalogue",
    (CATALOGUE_FILE,),
    open=_open_catalogue,
    check=_check_catalogue,
    segmented=True,
)
COLUMNS = Part(
    "columns",
    (COLUMNS_FILE, ADDRESSES_FILE),
    needs=("catalogue",),
    build=_save_columns,
    check=lambda checking: [Question("columns", lambda: _columns(checking), deep=True)],
    optional=True,
    segmented=True,
)
EXACT_VECTORS = Part("exact_vectors", (VECTORS_FILE,), check=_check_vectors, segmented=True)
WORD_STATES = Part(
    "word_states",
    (STATES_FILE, SPACE_FILE),
    open=lambda opening: WordStates.open(opening.directory),
    check=lambda checking: [Question("word states", _word_states(checking))],
    optional=True,
    segmented=True,
)
