"""How a document is cut into the passages that get vectors.

One vector for a whole article loses what stands deep in it; one for every sentence loses what a
sentence leans on. The sizes here were chosen by `benchmarks/passage_sweep.py`; the table is in
docs/measured.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from index.documents import Document, Passage
from index.language import detect
from index.sentences import sentences


@dataclass(frozen=True)
class PassageParams:
    """Sizes in characters and sentences.

    A passage gathers up to `sentences` sentences, closing early once it has `min_chars`
    characters; the next begins `overlap` sentences before its end. `with_title` puts the title
    in front of each passage's text for the encoder (never in what is shown).
    """

    sentences: int = 3
    min_chars: int = 200
    overlap: int = 1
    with_title: bool = True


def cut(document: Document, params: PassageParams) -> list[Passage]:
    """The passages of a document in reading order; one over the title when there is no body."""
    spans = sentences(document.body)
    if not spans:
        end = len(document.title)
        return [Passage(Passage.TITLE, 0, end, _language(document, document.title))]
    found: list[Passage] = []
    first = 0
    while True:
        last = first
        while (
            last + 1 < len(spans)
            and last + 1 - first < params.sentences
            and spans[last][1] - spans[first][0] < params.min_chars
        ):
            last += 1
        start, end = spans[first][0], spans[last][1]
        found.append(Passage(len(found), start, end, _language(document, document.body[start:end])))
        if last + 1 >= len(spans):
            return found
        first = max(last + 1 - params.overlap, first + 1)


def encoder_text(document: Document, passage: Passage, params: PassageParams) -> str:
    """What the encoder reads for a passage."""
    if passage.ordinal == Passage.TITLE:
        return document.title
    text = document.body[passage.start : passage.end]
    if params.with_title and document.title and not text.startswith(document.title):
        return f"{document.title}. {text}"
    return text


def text_hash(text: str) -> bytes:
    """16-byte digest that names a text; equal texts share one vector across rebuilds."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _language(document: Document, text: str) -> str:
    """A passage's own language where it is clear, else the document's."""
    found = detect(text)
    return document.lang if found == "und" else found
