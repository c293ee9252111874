"""Writes the postings of a segment: words are gathered as numbers, and put in order by numpy.

Whoosh's own writer makes an object for every posting, puts those in order and hands them on one by one.
Here a text adds the numbers of its words to an array; what a posting list holds (documents,
frequencies, places) is read off the arrays of many texts at once, and Whoosh is given whole lists.
When `RUN` words have been gathered they become a run on disk, so that memory does not grow with the
archive; in the end the lists of a word from all runs are one, for documents come in order.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage
from whoosh.util.numeric import byte_to_length, length_to_byte

from index.arrays import Longs, Mask, distinct, ranges
from index.documents import Document
from index.parts.bigrams import BigramCounter
from index.parts.keyword.keyword_index import EXACT, RANKING, save_hashes, schema, term_hash
from index.parts.keyword.packed_postings import PackedCodec, PackedFieldWriter, PostingLists
from index.sound.roman_text import urdu_terms
from index.text.analysis import is_stop, stem, terms
from index.text.compounds import additions
from index.text.normalize import Table

RUN = 4_000_000
"""Words gathered before they are put in order, which takes about 60 bytes for each."""
_TOGETHER = 1_000_000
"""Numbers of posting lists that are written at once."""
_LONGEST_FIELD = 1 << 40
_GENERATION = 1
"""Of Whoosh's table of contents; the first says that there is nothing yet."""
_NO_NUMBERS = np.empty(0, np.int64)
_Numbers = npt.NDArray[np.integer[Any]]


@dataclass
class _Gathered:
    """Titles or bodies that came: the numbers of their words, how many are of each, and what is added
    to them for ranking, with the docnum of each."""

    words: array[int] = field(default_factory=lambda: array("i"))
    counts: array[int] = field(default_factory=lambda: array("i"))
    added: array[int] = field(default_factory=lambda: array("i"))
    added_to: array[int] = field(default_factory=lambda: array("i"))


class KeywordWriter:
    """Writes the postings of one segment, one document after another."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True)
        self._directory = directory
        whoosh_index.create_in(str(directory), schema())
        self._storage, self._schema = FileStorage(str(directory)), schema()
        self._codec = PackedCodec()
        self._segment = self._codec.new_segment(self._storage, whoosh_index._DEF_INDEX_NAME)
        self._documents = self._codec.per_document_writer(self._storage, self._segment)
        self._scratch = tempfile.TemporaryDirectory(dir=directory)
        self._names: list[str] = []
        self._numbers = Table(self._new)
        self._stems = array("i")  # of each number that of its stem, -1 for a stop word
        self._docids = array("i")
        self._settled = 0
        self._gathered = (_Gathered(), _Gathered())
        self._runs: dict[str, list[_Run]] = {name: [] for name in RANKING + EXACT}
        self.pairs = BigramCounter()
        """The pairs of words, counted on the way: complete when it is finished."""

    def _new(self, term: str) -> int:
        self._names.append(term)
        return len(self._names) - 1

    def add(self, docid: int, document: Document) -> None:
        """Post the words of one document under its docid."""
        docnum, numbers = len(self._docids), self._numbers
        self._docids.append(docid)
        texts = document.title, document.body
        for gathered, text in zip(self._gathered, texts, strict=True):
            words = terms(text)
            gathered.words.extend([numbers[word] for word in words])
            gathered.counts.append(len(words))
            added = additions(text) + urdu_terms(document.lang, text)
            gathered.added.extend([numbers[term] for term in added])
            gathered.added_to.extend([docnum] * len(added))
        if sum(len(each.words) for each in self._gathered) >= RUN:
            self._settle()
            for runs in self._runs.values():
                runs[-1] = runs[-1].kept(Path(self._scratch.name))

    def finish(self) -> None:
        """Write everything out."""
        self._settle()
        self._documents.close()
        hashes: list[int] = []
        with closing(self._codec.field_writer(self._storage, self._segment)) as writer:
            for name in sorted(self._runs):
                if any(len(run.terms) for run in self._runs[name]):
                    hashes += self._write_field(writer, name)
        self._segment.set_doc_count(len(self._docids))
        segments = [self._segment] if self._docids else []
        name = self._segment.indexname
        whoosh_index.TOC(self._schema, segments, _GENERATION).write(self._storage, name)
        whoosh_index.clean_files(self._storage, name, _GENERATION, segments)
        self._clean_up()
        save_hashes(self._directory, distinct(np.array(hashes, np.uint32)))

    def _settle(self) -> None:
        """Make a run of what was gathered of each field, and write down how long the fields are."""
        self._know_stems()
        first, last = self._settled, len(self._docids)
        lengths: dict[str, _Numbers] = {}
        for exact, ranking, gathered in zip(EXACT, RANKING, self._gathered, strict=True):
            words, counts = np.array(gathered.words, np.int32), np.array(gathered.counts, np.int64)
            self.pairs.add_numbered(np.insert(words, np.cumsum(counts), -1), self._names)
            docnums = np.repeat(np.arange(first, last), counts)
            places = np.arange(len(words)) - np.repeat(np.cumsum(counts) - counts, counts)
            lengths[exact] = counts
            self._runs[exact].append(_run(words, docnums, places, _as_stored(counts), first))
            stems = np.array(self._stems, np.int32)[words]
            ranked = stems >= 0
            stems = np.concatenate([stems[ranked], np.array(gathered.added, np.int32)])
            docnums = np.concatenate([docnums[ranked], np.array(gathered.added_to, np.int64)])
            lengths[ranking] = counts = np.bincount(docnums - first, minlength=last - first)
            self._runs[ranking].append(_run(stems, docnums, None, _as_stored(counts), first))
        self._gathered = (_Gathered(), _Gathered())
        self._write_documents(first, {name: lengths[name].tolist() for name in sorted(lengths)})
        self._settled = last

    def _know_stems(self) -> None:
        """Look up the stems of the words that are new; stems have numbers, too."""
        for number in range(len(self._stems), len(self._names)):
            word = self._names[number]
            self._stems.append(-1 if is_stop(word) else self._numbers[stem(word)])

    def _write_documents(self, first: int, lengths: dict[str, list[int]]) -> None:
        column = self._schema["docid"]
        for at, docid in enumerate(self._docids[first:]):
            self._documents.start_doc(first + at)
            for name, counts in lengths.items():
                self._documents.add_field(name, self._schema[name], None, counts[at])
            value = column.to_column_value(docid)
            self._documents.add_column_value("docid", column.column_type, value)
            self._documents.finish_doc()

    def _write_field(self, writer: PackedFieldWriter, name: str) -> Iterator[int]:
        """Write the posting lists of a field, in the order of its words; the hashes of these."""
        runs = self._runs[name]
        numbers = distinct(np.concatenate([run.terms for run in runs])).tolist()
        words = sorted([(self._names[number].encode(), number) for number in numbers])
        order = np.array([number for _, number in words])
        writer.start_field(name, self._schema[name])
        for block in _blocks(np.sum([run.numbers_of(order) for run in runs], axis=0)):
            some = [word for word, _ in words[block]]
            writer.put(some, _joined([run.lists(order[block]) for run in runs]))
            yield from (term_hash(name, word) for word in some)
        writer.finish_field()

    def _clean_up(self) -> None:
        self._scratch.cleanup()
        self._storage.temp_storage(f"{self._segment.indexname}.tmp").destroy()

    def __enter__(self) -> KeywordWriter:
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what was posted, unless it was finished."""
        with suppress(Exception):  # what went wrong matters, not what its clean-up then met
            if not self._documents.is_closed:
                self._documents.close()
                self._clean_up()


def _as_stored(lengths: Longs) -> Longs:
    """Lengths of fields as Whoosh keeps them: in a byte, to about 3 %."""
    met, place = np.unique(lengths, return_inverse=True)
    kept = [byte_to_length(length_to_byte(each)) for each in met.tolist()]
    found: Longs = np.array(kept, np.int64)[place]
    return found


@dataclass(frozen=True)
class _Run:
    """Posting lists of one field in some documents that follow one another.

    `terms` are numbers of words, ascending; the list of the i-th is `starts[i]:starts[i + 1]` of `docnums`
    and `frequencies`, and `place_starts[i]:place_starts[i + 1]` of `places`, of which a ranking field
    has none. `shortest` and `longest` are, of each list, the lengths of the field in its documents.
    """

    terms: npt.NDArray[np.int32]
    starts: Longs
    docnums: npt.NDArray[np.uint32]
    frequencies: npt.NDArray[np.uint32]
    place_starts: Longs
    places: npt.NDArray[np.uint32]
    shortest: Longs
    longest: Longs

    def kept(self, directory: Path) -> _Run:
        """The same, its arrays mapped from files in a directory."""
        mapped = []
        for array_ in vars(self).values():
            with tempfile.NamedTemporaryFile(dir=directory, suffix=".npy", delete=False) as file:
                np.save(file, array_)
            mapped.append(np.load(file.name, mmap_mode="r"))
        return _Run(*mapped)

    def numbers_of(self, words: Longs) -> Longs:
        """How many numbers the posting list of each of some words has."""
        at, held = self._find(words)
        many = np.zeros(len(words), np.int64)
        many[held] = 2 * _lengths(self.starts, at[held]) + _lengths(self.place_starts, at[held])
        return many

    def lists(self, words: Longs) -> PostingLists:
        """The posting lists of some words; empty ones of those that no document of the run holds."""
        at, held = self._find(words)
        at = at[held]
        counts, shortest, longest = (np.zeros(len(words), np.int64) for _ in range(3))
        counts[held] = _lengths(self.starts, at)
        postings = ranges(self.starts[at], counts[held])
        places = ranges(self.place_starts[at], _lengths(self.place_starts, at))
        shortest[held], longest[held] = self.shortest[at], self.longest[at]
        return PostingLists(
            counts,
            self.docnums[postings],
            self.frequencies[postings],
            self.places[places],
            shortest,
            longest,
        )

    def _find(self, words: Longs) -> tuple[Longs, Mask]:
        """Where the lists of some words are, and which of them are there at all."""
        if not len(self.terms):
            return np.zeros(len(words), np.int64), np.zeros(len(words), bool)
        at = np.minimum(np.searchsorted(self.terms, words), len(self.terms) - 1)
        return at, self.terms[at] == words


def _lengths(starts: Longs, at: Longs) -> Longs:
    """How long the lists at some places are, of all that begin at `starts`."""
    found: Longs = starts[at + 1] - starts[at]
    return found


def _blocks(sizes: Longs) -> Iterator[slice]:
    """Words that follow one another, whose lists have about `_TOGETHER` numbers; `sizes` are those of each."""
    ends = np.flatnonzero(np.diff(np.cumsum(sizes) // _TOGETHER)) + 1
    bounds = [0, *ends.tolist(), len(sizes)]
    yield from (slice(start, end) for start, end in pairwise(bounds) if start < end)


def _joined(parts: Sequence[PostingLists]) -> PostingLists:
    """The lists of the same words in several runs, whose documents follow one another, as one."""
    if len(parts) == 1:
        return parts[0]
    words = np.arange(len(parts[0].counts))
    order = np.argsort(
        np.concatenate([np.repeat(words, each.counts) for each in parts]), kind="stable"
    )
    standing = [
        _sums(each.frequencies, each.counts) if len(each.places) else 0 * words for each in parts
    ]
    placed = np.argsort(
        np.concatenate([np.repeat(words, each) for each in standing]), kind="stable"
    )
    shortest = np.stack([np.where(each.counts, each.shortest, _LONGEST_FIELD) for each in parts])
    return PostingLists(
        np.sum([each.counts for each in parts], axis=0),
        np.concatenate([each.docnums for each in parts])[order],
        np.concatenate([each.frequencies for each in parts])[order],
        np.concatenate([each.places for each in parts])[placed],
        shortest.min(axis=0),
        np.stack([each.longest for each in parts]).max(axis=0),
    )


def _sums(values: _Numbers, counts: Longs) -> Longs:
    """The sums of lists of values, `counts[i]` in list i."""
    ends = np.cumsum(counts)
    totals = np.append(0, np.cumsum(values, dtype=np.int64))
    found: Longs = totals[ends] - totals[ends - counts]
    return found


def _run(words: _Numbers, docnums: Longs, places: Longs | None, lengths: Longs, first: int) -> _Run:
    """The posting lists of words, each with its docnum and its place, if these are kept; documents in
    order, and places in each. `lengths` are those of the documents from docnum `first` on."""
    keys = words.astype(np.int64) << 32 | docnums
    if places is None:
        keys.sort()
    else:
        order = np.argsort(keys, kind="stable")
        keys, places = keys[order], places[order]
    postings = np.flatnonzero(np.diff(keys, prepend=-1))
    frequencies = np.diff(postings, append=len(keys))
    terms_of, docnums = keys[postings] >> 32, keys[postings] & 0xFFFFFFFF
    begin = np.flatnonzero(np.diff(terms_of, prepend=-1))
    own = lengths[docnums - first]
    nothing = not len(begin)
    return _Run(
        terms=terms_of[begin].astype(np.int32),
        starts=np.append(begin, len(postings)),
        docnums=docnums.astype(np.uint32),
        frequencies=frequencies.astype(np.uint32),
        place_starts=_starts(postings[begin], places),
        places=_NO_NUMBERS.astype(np.uint32) if places is None else places.astype(np.uint32),
        shortest=_NO_NUMBERS if nothing else np.minimum.reduceat(own, begin),
        longest=_NO_NUMBERS if nothing else np.maximum.reduceat(own, begin),
    )


def _starts(begin: Longs, places: Longs | None) -> Longs:
    """Where the places of each list begin, and where the last end."""
    return np.zeros(len(begin) + 1, np.int64) if places is None else np.append(begin, len(places))
