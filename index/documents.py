"""What is stored: a document as its newsroom wrote it, and the passages it is searched by.

Text here is always the original. Normalization happens in `index.text.analysis`, on the way into an
index or a query, and never changes what people read.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

LANGUAGES = ("ur", "en")
"""Languages whose words Talash analyses and translates. Articles may be in any other."""

UNDETERMINED = "und"
"""The language of a document without words."""

PAGES = "pages"
"""The field of `Document.extra` that says where in the body each page begins, in characters."""

SCANNED = "scanned page"
"""The field that says which page of its file an article was scanned from, counted from 1."""

READ_BY, OCR = "read by", "OCR"
CONFIDENCE = "ocr confidence"
"""The fields that say that its text was read from a picture, and how sure the program was of its words
(0 to 100)."""


@dataclass(frozen=True)
class Document:
    """One article.

    `id` is unique in an index and stable across rebuilds. `lang` is a code of
    `index.text.language_codes`, or `und`.
    `extra` keeps the fields of the source record that Talash has no use for, JSON-ready. `origin`
    is the file it was read from, `root` the file or folder that was named to read it, for keeping
    in step with them; they are never shown.
    """

    id: str
    title: str
    body: str
    lang: str = UNDETERMINED
    date: date | None = None
    source: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    origin: str = field(default="", compare=False)
    root: str = field(default="", compare=False)

    @property
    def content_hash(self) -> str:
        """Digest of what is searched (title and body): equal for exact copies."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(self.title.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
        digest.update(self.body.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


class Passage(NamedTuple):
    """A stretch of a document that gets one vector: `body[start:end]`, about one or more sentences.

    `ordinal` counts from 0 in reading order; `TITLE_ORDINAL` is the title (then start and end index the title).
    """

    ordinal: int
    start: int
    end: int
    lang: str


TITLE_ORDINAL = -1

SAME_PAGE = "same_page"
"""The field of `Document.extra` that lists the ids of the other articles of an article's page."""

ATTACHED_TO, ATTACHMENTS = "attached to", "attachments"
"""The fields that say which message, by its title, a document came with, and what came with a message: the
ids of the documents, as they go on behind that of the mailbox or of the message's file."""

IGNORED = "input-ignored"
"""Code of what is in the folder but is not an article; callers count it apart."""

NOTED = "input-noted"
"""Code of what a report says of an article or file that was read all the same."""


@dataclass(frozen=True)
class Skipped:
    """A file or record that was not indexed, and why. `record` is 0 for a file as a whole."""

    path: str
    reason: str
    code: str = "input-unreadable"
    record: int = 0


def page_at(extra: Mapping[str, Any], place: int) -> int:
    """The page of a place in a document's body, counted from 1; 0 for a document without pages."""
    if isinstance(scanned := extra.get(SCANNED), int):
        return scanned
    starts = extra.get(PAGES)
    if not isinstance(starts, list) or not all(isinstance(start, int) for start in starts):
        return 0
    return max(1, bisect_right(starts, place)) if starts else 0


def ocr_confidence(extra: Mapping[str, Any]) -> int | None:
    """How sure the program was; None where the text was not read from a picture."""
    confidence = extra.get(CONFIDENCE)
    return confidence if extra.get(READ_BY) == OCR and isinstance(confidence, int) else None
