"""The tables of a catalogue (`index.catalogue`), and how values are written into them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from index.documents import Document
from index.status import Counts

SCHEMA_VERSION = 2
APPLICATION_ID = 0x54414C41  # "TALA": tells our file from any other SQLite file

# No durable journal: a crash throws the whole staging directory away, and finish() syncs.
WRITING = """
PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;
PRAGMA cache_size=-32000; PRAGMA secure_delete=ON;
"""
# Bodies stand apart so that loading the columns reads a few megabytes and not the whole archive.
# An alias keeps all of its record but the text, which is that of its document.
CREATE = f"""
PRAGMA page_size=8192; PRAGMA application_id={APPLICATION_ID};
PRAGMA user_version={SCHEMA_VERSION}; {WRITING}
CREATE TABLE documents(
  docid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lang TEXT NOT NULL, date TEXT,
  source TEXT NOT NULL, tags TEXT NOT NULL, first_pid INTEGER NOT NULL, passages INTEGER NOT NULL,
  content_hash TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, extra TEXT NOT NULL,
  origin TEXT NOT NULL);
CREATE TABLE bodies(docid INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE INDEX documents_content ON documents(content_hash);
CREATE TABLE passages(
  pid INTEGER PRIMARY KEY, docid INTEGER NOT NULL, ordinal INTEGER NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, lang TEXT NOT NULL, text_hash BLOB NOT NULL);
CREATE TABLE aliases(
  id TEXT PRIMARY KEY, docid INTEGER NOT NULL, date TEXT, source TEXT NOT NULL, tags TEXT NOT NULL,
  url TEXT NOT NULL, extra TEXT NOT NULL, origin TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX aliases_docid ON aliases(docid);
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
FIND_ID = """SELECT docid FROM documents WHERE id=?1
UNION ALL SELECT docid FROM aliases WHERE id=?1 LIMIT 1"""
DOCUMENT = """SELECT docid, id, title, body, lang, date, source, url, tags, extra, origin
FROM documents JOIN bodies USING (docid)"""
ALIAS = """SELECT aliases.docid, aliases.id, title, body, lang, aliases.date, aliases.source,
aliases.url, aliases.tags, aliases.extra, aliases.origin
FROM aliases JOIN documents USING (docid) JOIN bodies USING (docid)"""

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
    """The document of a row of `DOCUMENT` or `ALIAS`. Raises TypeError or ValueError."""
    if any(isinstance(value, bytes) for value in row):
        raise TypeError("bytes where text must be")
    _, document_id, title, body, lang, day, source, url, tags, extra, origin = row
    day, names = date.fromisoformat(day) if day else None, tuple(json.loads(tags))
    return Document(
        document_id, title, body, lang, day, source, url, names, json.loads(extra), origin
    )


def count(rows: Callable[[str], list[Row]]) -> Counts:
    """What a catalogue holds; `rows` answers a query."""
    languages: dict[str, int] = dict(rows("SELECT lang, COUNT(*) FROM documents GROUP BY lang"))
    passages = rows("SELECT COUNT(*) FROM passages")[0][0]
    aliases = rows("SELECT COUNT(*) FROM aliases")[0][0]
    return Counts(sum(languages.values()), passages, aliases, languages)
