"""The tables of a catalogue (`index.parts.catalogue.catalogue`), and how values are written into
them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from index.documents import Document
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
