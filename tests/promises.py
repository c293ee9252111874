"""What reading, storing and asking promise for any input at all.

The property tests hold these for input made up at random, `scripts/fuzz.py` for input that is bred
to reach every branch. A broken promise is an AssertionError, or whatever else comes out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from index.documents import TITLE_ORDINAL, Document, Skipped
from index.errors import RequestError
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter
from index.passages import PassageParams, cut, passage_text, text_hash
from index.readers import read_paths
from index.text.analysis import LONGEST_WORD, is_stop, tokenize
from index.text.language_codes import language_code
from index.text.normalize import normalize
from search.config import SearchConfig
from search.models import Snippet, Span
from search.query.query import Query, parse_query
from search.query.syntax import typing_from
from search.show.highlight import Wanted, mark
from search.show.snippets import marks_of, second_snippet, snippet, worth_of

LIMITS = SearchConfig()
NEWS = (
    "کراچی میں تیز بارش، سڑکیں بند۔ محکمہ موسمیات نے ۳،۵۰۰ شہریوں کو خبر دی: «لوگ خوب\u200cصورت کِتاب لے کر نکلے»۔ "
    "Heavy rain in Karachi: the U.S. team's COVID-19 alert, 3,500 people. وزیر اعظم نے IMFکے وفد سے ملاقات کی۔\n"
) * 4
"""Both languages, with marks, ZWNJ, mixed digits and what glues words together."""

_FAULT = re.compile(r"cannot be read: [A-Z]\w+: ")
"""How the readers report an exception that none of its readers foresaw."""


def of_reading(path: Path) -> list[Document]:
    """Read one file (or folder), and hold what `of_items` says. The documents."""
    return of_items(read_paths([path]))


def of_items(items: Iterable[Document | Skipped]) -> list[Document]:
    """What was read is documents and reports, no fault behind a report, own ids. The documents."""
    documents: list[Document] = []
    for item in items:
        assert isinstance(item, (Document, Skipped))
        if isinstance(item, Document):
            _of_document(item)
            documents.append(item)
        else:
            assert item.path
            assert item.reason
            assert item.code
            assert not _FAULT.match(item.reason), item.reason
    assert len({each.id for each in documents}) == len(documents)
    return documents


def _of_document(document: Document) -> None:
    assert document.id
    assert document.title.strip()
    assert document.lang in ("und", language_code(document.lang))
    texts = (document.id, document.title, document.body, document.source, document.url)
    for text in (*texts, *document.tags):
        text.encode("utf-8")
        assert "\x00" not in text
    json.dumps(dict(document.extra), allow_nan=False)


def of_storing(documents: list[Document], file: Path) -> None:
    """Cut documents into passages and keep them: what comes back is what went in."""
    with CatalogueWriter(file) as writer:
        for document in documents:
            passages = cut(document, PassageParams())
            assert passages
            for each in passages:
                whole = document.title if each.ordinal == TITLE_ORDINAL else document.body
                assert 0 <= each.start < each.end <= len(whole)
                assert whole[each.start : each.end].strip()
            hashes = [text_hash(passage_text(document, each)) for each in passages]
            writer.add(document, list(zip(passages, hashes, strict=True)))
        writer.finish()
    with Catalogue.open(file) as kept:
        assert [document for _, document in kept.iter_documents()] == documents


def of_words(text: str) -> None:
    """Fold and tokenize: the fold is final, words stand apart, in order, and are their own folds."""
    folded = normalize(text)
    assert normalize(folded) == folded
    at = 0
    for token in tokenize(text):
        assert at <= token.start < token.end <= len(text)
        assert token.term == normalize(text[token.start : token.end]) != ""
        at = token.end


def of_asking(text: str, body: str = NEWS) -> Query | None:
    """Read a query and mark a text by it. The query, or None for one refused as documented."""
    begun = typing_from(text)
    assert begun is None or 0 <= begun[0] <= len(text)
    try:
        query = parse_query(text, LIMITS)
    except RequestError as error:
        return _refused(error)
    assert sum(len(atom.words) for atom in query.atoms) <= LIMITS.max_query_words
    for atom in (*query.atoms, *query.excluded):
        if not atom.pattern:
            assert tuple(token.term for token in tokenize(atom.surface)) == atom.words != ()
    first, last = query.filters.date_from, query.filters.date_to
    assert first is None or last is None or first <= last
    assert len(query.notices) == len(set(query.notices))
    of_marking(body, wanted(query), 280)
    return query


def _refused(error: RequestError) -> None:
    assert error.parameter == "q"
    assert error.hint


def wanted(query: Query) -> Wanted:
    """The words and phrases to mark for a query that nobody has looked up anywhere."""
    phrases = {atom.words: atom.surface for atom in query.atoms if atom.phrase}
    words = {
        word: atom.surface
        for atom in query.atoms
        for word in atom.words
        if not atom.phrase and not is_stop(word)
    }
    return Wanted(words, phrases)


def of_marking(body: str, wanted: Wanted, max_chars: int) -> None:
    """Marks of a body and its snippets: whole words, in order, inside a stretch of the body."""
    of_spans(body, mark(body, wanted))
    known = marks_of(body, wanted, worth_of(wanted, {}), None)
    first = snippet(body, "ur", known, max_chars)
    of_snippet(body, first, max_chars)
    second = second_snippet(body, "ur", known, first, (), max_chars)
    if second is not None:
        of_snippet(body, second, max_chars)
        ends = (first.start + len(first.text), second.start + len(second.text))
        assert ends[0] <= second.start or ends[1] <= first.start


def of_snippet(body: str, found: Snippet, max_chars: int) -> None:
    """A snippet is the body's own text, no longer than asked for."""
    end = found.start + len(found.text)
    assert found.text == re.sub(r"\s", " ", body[found.start : end]).strip()
    assert len(found.text) <= max(max_chars, LONGEST_WORD)
    if found.kind == "keyword":
        assert found.spans
        of_spans(found.text, found.spans)


def of_spans(text: str, spans: tuple[Span, ...]) -> None:
    """In order, apart, inside, from the edge of a word to the edge of a word."""
    tokens = tokenize(text)
    starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
    at = 0
    for span in spans:
        assert at <= span.start < span.end <= len(text)
        assert span.start in starts
        assert span.end in ends
        at = span.end
