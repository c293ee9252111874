"""How a document is cut into the passages that get vectors.

A passage is a sentence; one too short to mean much alone is read with the next. One vector for a
whole article loses what stands deep in it (MRR@10 .27 against .93 on tico19, English to Urdu);
what a sentence leans on comes back through the document's centroid, the mean of its passages
(`index.parts.vectors`). The title is a passage of its own, the first. The sizes were chosen by
`benchmarks/passage_sweep.py`; the table is in docs/measured.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from index.documents import LANGUAGES, TITLE_ORDINAL, UNDETERMINED, Document, Passage
from index.sound.roman_text import in_urdu
from index.text.language import urdu_or_english
from index.text.language_codes import ROMAN_URDU
from index.text.normalize import one_keyboard
from index.text.sentences import sentences


@dataclass(frozen=True)
class PassageParams:
    """A passage ends with the sentence that brings it to `min_chars` characters."""

    min_chars: int = 40

    @classmethod
    def stated(cls, build: Any) -> PassageParams:
        """What a manifest, which may be a stranger's, says of them in numbers."""
        stated = build.get("passages") if isinstance(build, Mapping) else None
        known = stated.items() if isinstance(stated, Mapping) else ()
        names = {each.name for each in fields(cls)}
        return cls(**{name: n for name, n in known if name in names and type(n) is int})


def cut(document: Document, params: PassageParams) -> list[Passage]:
    """The passages of a document, never none: its title, if any, then its body in reading order."""
    found: list[Passage] = []
    title = document.title.strip()
    if title:
        found.append(Passage(TITLE_ORDINAL, 0, len(document.title), _language(document, title)))
    start = -1
    spans = sentences(document.body)
    for number, (first, end) in enumerate(spans):
        start = first if start < 0 else start
        if end - start >= params.min_chars or number + 1 == len(spans):
            language = _language(document, document.body[start:end])
            found.append(Passage(len(found) - bool(title), start, end, language))
            start = -1
    return found or [Passage(TITLE_ORDINAL, 0, len(document.title), document.lang)]


def passage_text(document: Document, passage: Passage) -> str:
    """The text of a passage, as the encoder reads it: Roman Urdu in Urdu letters, which it knows better."""
    text = document.title if passage.ordinal == TITLE_ORDINAL else document.body
    text = one_keyboard(text[passage.start : passage.end])
    return in_urdu(text) if document.lang == ROMAN_URDU else text


def text_hash(text: str) -> bytes:
    """16-byte digest that names a text; equal texts share one vector across rebuilds."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _language(document: Document, text: str) -> str:
    """A passage's own language where it is Urdu or English and its document may be, else the document's."""
    if document.lang not in (*LANGUAGES, UNDETERMINED):
        return document.lang
    found = urdu_or_english(text)
    return document.lang if found == UNDETERMINED else found
