"""Marks in Roman Urdu articles: Latin words that read as the Urdu words of a query (بارش in barish)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from index.documents import Document
from index.sound.roman_text import read_words
from index.text.language_codes import ROMAN_URDU
from search.models import Span
from search.show.highlight import Wanted, mark, settle


def with_roman(
    document: Document, text: str, wanted: Wanted, spans: Iterable[Span]
) -> tuple[Span, ...]:
    """The marks `spans` of a document's `text`, and those of its words as they are read; of documents in other
    languages nothing more."""
    if document.lang != ROMAN_URDU or not wanted:
        return tuple(spans)

    @cache
    def answered(word: str) -> Span | None:
        return next(iter(mark(word, wanted)), None)

    more = [
        replace(found, start=start, end=end)
        for start, end, readings in read_words(text)
        if (found := next(filter(None, map(answered, readings)), None))
    ]
    return settle((*spans, *more))
