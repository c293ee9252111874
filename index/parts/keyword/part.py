"""The keyword index as a part of an index: posted from the texts, and every posting held against them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Ints
from index.errors import IndexDamagedError
from index.parts.catalogue.catalogue import removed_docids
from index.parts.keyword.keyword_index import EXACT, RANKING, KeywordIndex
from index.parts.keyword.writer import KeywordWriter
from index.parts.part import Building, Checking, Opening, Part, Question, Reader, agree
from index.sound.roman_text import urdu_terms
from index.store.layout import KEYWORD_DIR, KEYWORD_TERMS_FILE, holding
from index.text.analysis import is_stop, stem
from index.text.compounds import additions

_Rows = npt.NDArray[np.int64]


def _build(building: Building) -> None:
    """Post every text; the pairs of words are counted on the way."""
    total = building.catalogue.counts().documents
    with KeywordWriter(building.directory / KEYWORD_DIR) as postings:
        for done, (docid, document) in enumerate(building.catalogue.iter_documents(), 1):
            postings.add(docid, document)
            building.report("posting words", done, total)
        building.report("writing the keyword index", 0, 0)
        postings.finish()
        building.bigrams.update(postings.pairs)


def open_keyword(generation: Path) -> KeywordIndex:
    """The keyword index over all segments of a generation. Raises IndexDamagedError."""
    folders = holding(generation, KEYWORD_DIR)
    return KeywordIndex.open(*folders, removed=removed_docids(generation))


def _open(opening: Opening) -> KeywordIndex:
    keyword = open_keyword(opening.directory)
    wanted = opening.manifest.counts.documents
    opening.agree("documents in the keyword index", keyword.document_count, wanted)
    if not np.array_equal(keyword.docids, np.flatnonzero(opening.catalogue.columns().live)):
        message = f"The keyword index of {opening.directory.name} holds other documents than its catalogue."
        raise IndexDamagedError(message)
    return keyword


def vocabulary(directory: Path) -> list[tuple[str, int, int]]:
    """The words of an archive with their frequencies by field, as its keyword index has them."""
    with closing(open_keyword(directory)) as keyword:
        return list(keyword.vocabulary())


def _check(checking: Checking) -> Iterator[Question]:
    yield Question("keyword index", lambda: _documents(checking))
    yield Question("postings", _postings(checking), deep=True)


def _documents(checking: Checking) -> str:
    with closing(open_keyword(checking.directory)) as keyword:
        return agree(keyword.document_count, checking.manifest.counts.documents, "documents")


@dataclass
class _Field:
    """Every word of one field in reading order: its number, its docid, its place in the field."""

    numbers: dict[str, int] = field(default_factory=dict)
    words: array[int] = field(default_factory=lambda: array("i"))
    docids: array[int] = field(default_factory=lambda: array("i"))
    places: array[int] = field(default_factory=lambda: array("i"))

    def add(self, docid: int, words: Sequence[str]) -> None:
        numbers = self.numbers
        self.words.extend(numbers.setdefault(word, len(numbers)) for word in words)
        self.docids.extend([docid] * len(words))
        self.places.extend(range(len(words)))


def _postings(checking: Checking) -> Reader:
    """What a keyword index must hold of a catalogue: every posting, made again and compared.

    Takes about 40 bytes for each word of the archive.
    """
    fields, added, documents = (_Field(), _Field()), (_Field(), _Field()), 0
    while (article := (yield)) is not None:
        texts = article.document.title, article.document.body
        words = article.title_words, article.body_words
        for exact, more, own, text in zip(fields, added, words, texts, strict=True):
            exact.add(article.docid, own)
            more.add(article.docid, additions(text) + urdu_terms(article.document.lang, text))
        documents += 1
    with closing(open_keyword(checking.directory)) as keyword:
        if keyword.document_count != documents:
            raise IndexDamagedError(f"{keyword.document_count} documents, not {documents}")
        count = sum(_exact(*each, keyword) for each in zip(EXACT, fields, strict=True))
        count += sum(_ranking(*each, keyword) for each in zip(RANKING, fields, added, strict=True))
    return f"{count} are those of {documents} documents"


def _exact(name: str, posted: _Field, keyword: KeywordIndex) -> int:
    """Exact words: documents, and the places of each word in them."""
    columns = (posted.words, posted.docids, posted.places)
    numbers, docids, places = (np.array(part, np.int64) for part in columns)
    order = np.lexsort((places, docids, numbers))
    numbers, docids, places = numbers[order], docids[order], places[order]
    parts = _parts(numbers, list(posted.numbers))
    total = 0
    for term, found, frequencies in keyword.every_posting(name):
        part = parts.pop(term, slice(0, 0))
        wanted, counts = np.unique(docids[part], return_counts=True)
        _same(name, term, wanted, counts, found, frequencies)
        if not np.array_equal(places[part], keyword.places(name, term)):
            raise IndexDamagedError(f"{name} has {term!r} in other places")
        total += len(wanted)
    return _none_left(name, parts, total)


def _ranking(name: str, exact: _Field, added: _Field, keyword: KeywordIndex) -> int:
    """Stems and what is added to them: documents, and how often."""
    stems: dict[str, int] = {}
    of_word = [
        -1 if is_stop(word) else stems.setdefault(stem(word), len(stems)) for word in exact.numbers
    ]
    of_added = [stems.setdefault(term, len(stems)) for term in added.numbers]
    numbers = np.concatenate(
        [
            np.array(of, np.int64)[np.array(each.words, np.int64)]
            for of, each in ((of_word, exact), (of_added, added))
        ]
    )
    docids = np.array(exact.docids + added.docids, np.int64)
    kept = numbers >= 0
    pairs, counts = np.unique(numbers[kept] << 32 | docids[kept], return_counts=True)
    parts = _parts(pairs >> 32, list(stems))
    total = 0
    for term, found, frequencies in keyword.every_posting(name):
        part = parts.pop(term, slice(0, 0))
        _same(name, term, pairs[part] & 0xFFFFFFFF, counts[part], found, frequencies)
        total += part.stop - part.start
    return _none_left(name, parts, total)


def _parts(numbers: _Rows, names: list[str]) -> dict[str, slice]:
    """Where each word that occurs stands in its ascending numbers."""
    present, starts = np.unique(numbers, return_index=True)
    ends = [*starts[1:].tolist(), len(numbers)][: len(present)]
    rows = zip(present.tolist(), starts.tolist(), ends, strict=True)
    return {names[number]: slice(start, end) for number, start, end in rows}


def _same(
    name: str,
    term: str,
    wanted: _Rows,
    counts: _Rows,
    found: Ints,
    frequencies: npt.NDArray[np.float32],
) -> None:
    if not np.array_equal(wanted, found) or not np.array_equal(counts, frequencies):
        raise IndexDamagedError(
            f"{name} has {term!r} in {len(found)} documents, {int(frequencies.sum())} times; "
            f"the articles in {len(wanted)}, {int(counts.sum())} times, or in others"
        )


def _none_left(name: str, parts: Mapping[str, slice], total: int) -> int:
    if parts:
        raise IndexDamagedError(
            f"{name} lacks {next(iter(parts))!r} and {len(parts) - 1} more words"
        )
    return total


PART = Part(
    "keyword",
    (KEYWORD_DIR, KEYWORD_TERMS_FILE),
    needs=("catalogue",),
    build=_build,
    open=_open,
    check=_check,
    segmented=True,
    apart=True,
)
