"""The keyword index: Whoosh keeps the postings, numpy scores them. The only module that knows Whoosh.

Four fields: `title` and `body` hold ranking terms (stems without stop words, and what
`index.text.compounds` adds; frequencies only); `title_exact` and `body_exact` hold every word with
its positions, for phrases and for queries made of stop words alone. Words come from
`index.text.analysis` and are handed to Whoosh ready-made, so that there is one tokenizer and no
code of ours in Whoosh's pickled schema.

Whoosh docnums stay in here: the outside speaks docids (the catalogue's integers).
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from cachetools import LRUCache
from whoosh import fields, formats
from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import LockError
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.util.numeric import byte_to_length, length_to_byte

from index import budget
from index.arrays import Floats, Ints, Longs, Mask
from index.documents import Document
from index.errors import IndexDamagedError, SearchTimeoutError
from index.parts.keyword.bm25 import Bm25fParams, Posting
from index.parts.keyword.phrase_match import PLACE_BITS, contained, in_a_row, stand_near
from index.store.manifest import REBUILD
from index.text.analysis import is_stop, terms
from index.text.compounds import ranking_terms

RANKING = ("title", "body")
EXACT = ("title_exact", "body_exact")
_CACHED_POSTINGS = 8_000_000
"""Decoded postings kept per open index: 8 bytes each, so at most 64 MB."""
_CACHED_LISTS = 50_000
"""Postings with their places kept for the phrases of the searches under way: some 100 bytes each."""
_DECODED_AT_ONCE = 1_000
"""Documents whose positions are decoded before the time that is left is asked for."""
_MEMORY_MB = 256
_MOST_SEGMENTS = 8
_NOTHING = Posting(np.empty(0, np.int32), np.empty(0, np.float32))

_Values = tuple[Longs, list[bytes]]
"""Docnums, ascending, and what is stored with each."""


def _schema() -> fields.Schema:
    schema = fields.Schema(docid=fields.NUMERIC(int, bits=32, signed=False, sortable=True))
    for name in RANKING:
        schema.add(name, fields.KEYWORD())
        schema[name].format = formats.Frequency()
        schema[name].scorable = True
    for name in EXACT:
        schema.add(name, fields.TEXT(analyzer=None, phrase=True))
    return schema


class KeywordWriter:
    """Writes the postings of a new keyword index, one document after another."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True)
        self._open(whoosh_index.create_in(str(directory), _schema()))

    def _open(self, index: Any) -> None:
        self._index = index
        try:
            self._writer = index.writer(limitmb=_MEMORY_MB)
        except LockError as error:  # nobody else writes here: the system refused the lock's file
            folder = index.storage.folder
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder) from error

    @classmethod
    def edit(cls, directory: Path) -> KeywordWriter:
        """Open the copy of a keyword index to change it; its segments are never written to."""
        writer = cls.__new__(cls)
        with _raised_as_damage():
            index = whoosh_index.open_dir(str(directory), schema=_schema())
        writer._open(index)
        return writer

    def remove(self, docids: Sequence[int]) -> None:
        """Take documents that are posted out."""
        with _raised_as_damage(), closing(self._index.reader()) as reader:
            column = _docid_column(reader.leaf_readers())
        for docnum in np.flatnonzero(np.isin(column, np.array(docids, column.dtype))).tolist():
            self._writer.delete_document(docnum)

    def add(self, docid: int, document: Document) -> tuple[list[str], list[str]]:
        """Post the words of one document under its docid; returns those of title and body."""
        title, body = terms(document.title), terms(document.body)
        self._writer.add_document(
            docid=docid,
            title=ranking_terms(title, document.title),
            body=ranking_terms(body, document.body),
            title_exact=title,
            body_exact=body,
        )
        return title, body

    def finish(self) -> None:
        """Write everything out and release Whoosh's own lock."""
        self._writer.commit(mergetype=_merge_small)
        self._index.close()

    def abort(self) -> None:
        """Drop what was posted."""
        self._writer.cancel()
        self._index.close()


class KeywordIndex:
    """An open keyword index of one generation. Safe under threads; caches decoded postings."""

    def __init__(self, reader: Any, params: Bm25fParams) -> None:
        self._reader = reader
        self._params = params
        # Whoosh's posting files keep a read position, so decoding is one at a time.
        self._lock = threading.Lock()
        self._cache: LRUCache[tuple[str, tuple[str, ...]], Posting] = LRUCache(
            _CACHED_POSTINGS, getsizeof=lambda posting: posting.df + 1
        )
        self._lists: LRUCache[tuple[int, str, str], _Values] = LRUCache(
            _CACHED_LISTS, getsizeof=lambda values: len(values[0]) + 1
        )
        self._leaves = [(leaf, offset) for leaf, offset in reader.leaf_readers()]
        self._docids = _docid_column(self._leaves)
        self._deleted = _deleted(self._leaves)
        self.document_count = int(reader.doc_count())
        self._lengths = {name: self._field_lengths(name) for name in RANKING + EXACT}
        self._norms = {name: self._length_norms(name) for name in RANKING + EXACT}

    @classmethod
    def open(cls, directory: Path, params: Bm25fParams | None = None) -> KeywordIndex:
        """Open the index in `directory`; raises IndexDamagedError when Whoosh cannot read it."""
        with _raised_as_damage():
            storage = FileStorage(str(directory), readonly=True)
            reader = storage.open_index(schema=_schema()).reader()
            return cls(reader, params or Bm25fParams())

    @property
    def params(self) -> Bm25fParams:
        """The BM25F parameters the term frequencies were normalized with."""
        return self._params

    @property
    def docids(self) -> Ints:
        """The docids of all documents, ascending."""
        return np.sort(self._docids[~self._deleted])

    def posting(self, term: str, *, exact: bool = False) -> Posting:
        """Documents that hold `term`, with frequencies normalized and joined over the fields.

        `term` is a ranking term (a stem, or what `index.text.compounds` adds: IT), or an exact word
        when `exact`. Words with spaces between them are a run: where these very words stand one
        after another; of words with a | between them any will do in their place.
        """
        fields = _fields_of(term, exact)
        key = (term, fields)
        with self._lock:
            cached = self._cache.get(key)
            if cached is None:
                with _raised_as_damage():
                    cached = self._decode(term, fields)
                self._cache[key] = cached
        return cached

    def field_documents(self, term: str, field: str) -> Ints:
        """Docids, ascending, whose `field` (one of RANKING) holds the ranking term."""
        with self._lock, _raised_as_damage():
            docids, _ = self._field_posting(field, term)
        return np.sort(docids)

    def phrase_documents(self, words: Sequence[str], *, title_only: bool = False) -> Ints:
        """Docids, ascending, that hold the exact words one after another in one field."""
        names = EXACT[:1] if title_only else EXACT
        found: set[int] = set()
        with self._lock, _raised_as_damage():
            for name in names:
                found.update(self._phrase_docnums(name, list(words)))
        return np.sort(self._docids[np.fromiter(found, np.int64, len(found))])

    def near_documents(
        self,
        groups: Sequence[Sequence[str]],
        window: int,
        *,
        least: int | None = None,
        title_only: bool = False,
    ) -> Ints:
        """Docids, ascending, in one field of which words stand near each other, in any order.

        Of each group any of its exact words will do. `least` groups (all, unless said) must have one
        within `window` places. Raises SearchTimeoutError.
        """
        names = EXACT[:1] if title_only else EXACT
        wanted = len(groups) if least is None else least
        found: set[int] = set()
        with self._lock, _raised_as_damage():
            for name in names:
                for leaf, offset in self._leaves:
                    found.update(self._near_docnums(leaf, offset, name, groups, window, wanted))
        return np.sort(self._docids[np.fromiter(found, np.int64, len(found))])

    def titles(self, words: Sequence[str]) -> tuple[Ints, Ints]:
        """Docids, ascending, whose title is these exact words, and those whose title is them but for
        stop words and order."""
        telling = [word for word in words if not is_stop(word)]
        with self._lock, _raised_as_damage():
            holding = self._title_docnums(telling or words)
            near = self._of_length("title", len(telling), holding) if telling else holding[:0]
            exact = self._of_length("title_exact", len(words), holding)
            if len(exact):
                standing = [*self._phrase_docnums("title_exact", list(words))]
                exact = exact[np.isin(exact, standing)]
        return np.sort(self._docids[exact]), np.sort(self._docids[near])

    def vocabulary(self) -> Iterator[tuple[str, int, int]]:
        """Every exact word with the number of documents that hold it in the title and in the body."""
        found: dict[str, list[int]] = {}
        with self._lock, _raised_as_damage():
            for place, name in enumerate(EXACT):
                for leaf, offset in self._leaves:
                    for raw in leaf.lexicon(name):
                        word = raw.decode("utf-8")
                        frequency = self._live_documents(leaf, offset, name, word)
                        if frequency:
                            found.setdefault(word, [0, 0])[place] += frequency
        for word in sorted(found):
            titles, bodies = found[word]
            yield word, titles, bodies

    def every_posting(self, field: str) -> Iterator[tuple[str, Ints, Floats]]:
        """Every term of one of the four fields, with its docids, ascending, and frequencies."""
        with self._lock, _raised_as_damage():
            names = [raw.decode("utf-8") for raw in self._reader.lexicon(field)]
        for term in names:
            with self._lock, _raised_as_damage():
                docids, frequencies = self._field_posting(field, term)
            order = np.argsort(docids, kind="stable")
            yield term, docids[order], frequencies[order]

    def places(self, field: str, term: str) -> Ints:
        """Where an exact word stands in `field` of each of its documents, those in order."""
        found: list[tuple[int, Sequence[int]]] = []
        with self._lock, _raised_as_damage():
            matcher = self._reader.postings(field, term)
            while matcher.is_active():
                docid = int(self._docids[matcher.id()])
                found.append((docid, matcher.value_as("positions")))
                matcher.next()
        found.sort(key=lambda each: each[0])
        return np.array([place for _, places in found for place in places], np.int32)

    def close(self) -> None:
        """Release the files."""
        self._reader.close()

    def _title_docnums(self, words: Sequence[str]) -> Longs:
        """Docnums whose title holds every one of the exact words."""
        found: Longs | None = None
        for word in dict.fromkeys(words):
            docnums = self._raw_posting("title_exact", word)[0]
            found = docnums if found is None else np.intersect1d(found, docnums)
            if not len(found):
                break
        return np.empty(0, np.int64) if found is None else found

    def _of_length(self, field: str, words: int, docnums: Longs) -> Longs:
        """Those whose `field` has so many words, as far as Whoosh keeps lengths apart."""
        so_long = self._lengths[field][docnums] == byte_to_length(length_to_byte(words))
        found: Longs = docnums[so_long]
        return found

    def _phrase_docnums(self, field: str, words: list[str]) -> Iterator[int]:
        if len(words) == 1:
            yield from self._raw_posting(field, words[0])[0].tolist()
            return
        for docnum, _ in self._phrase_counts(field, words):
            yield docnum

    def _phrase_counts(self, field: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Docnums in which words stand in a row, and how often; any of words with | between will do."""
        groups = [word.split("|") for word in words]
        for leaf, offset in self._leaves:
            postings, common = self._read_together(leaf, offset, field, groups)
            common = common[~self._deleted[common + offset]]
            if not len(common):
                continue
            decode = self._reader.schema[field].format.decode_positions
            docnums, counts = in_a_row([_places(group, common, decode) for group in postings])
            yield from zip((docnums + offset).tolist(), counts.tolist(), strict=True)

    def _read_together(
        self, leaf: Any, offset: int, field: str, groups: Sequence[Sequence[str]]
    ) -> tuple[list[list[_Values]], Longs]:
        """The posting lists of groups of words in a segment, and the docnums, ascending, that have one word
        of each group. Where there are none, the lists behind are not read."""
        read: list[list[_Values]] = []
        common = np.empty(0, np.int64)
        for words in groups:
            read.append([self._values(leaf, offset, field, word) for word in words])
            held = [docnums for docnums, _ in read[-1]]
            holding = held[0] if len(held) == 1 else np.unique(np.concatenate(held))
            common = common[contained(common, holding)] if len(read) > 1 else holding
            if not len(common):
                break
        return read, common

    def _values(self, leaf: Any, offset: int, field: str, word: str) -> _Values:
        """The posting list of a word with its places; a query's phrases share their words."""
        key = (offset, field, word)
        found = self._lists.get(key)
        if found is None:
            try:
                found = _read_values(leaf.postings(field, word))
            except TermNotFound:
                found = np.empty(0, np.int64), []
            if len(found[0]) <= _CACHED_LISTS // 4:
                self._lists[key] = found
        return found

    def _near_docnums(
        self,
        leaf: Any,
        offset: int,
        field: str,
        groups: Sequence[Sequence[str]],
        window: int,
        least: int,
    ) -> Iterator[int]:
        held = np.zeros(leaf.doc_count_all(), np.int32)
        present = [[word for word in dict.fromkeys(g) if (field, word) in leaf] for g in groups]
        for words in present:
            here = np.zeros(len(held), bool)
            for word in words:
                budget.check()
                here[_read_blocks(leaf.postings(field, word))[0]] = True
            held += here
        candidates = np.flatnonzero(held >= max(least, 1))
        walks = [[leaf.postings(field, word) for word in words] for words in present]
        for docnum in candidates[~self._deleted[candidates + offset]].tolist():
            budget.check()
            positions = [_positions_in(docnum, group) for group in walks]
            if stand_near(positions, window, least):
                yield docnum + offset

    def _decode(self, term: str, names: tuple[str, ...]) -> Posting:
        weights = (self._params.title_weight, 1.0)
        parts = []
        for name, weight in zip(names, weights, strict=True):
            docnums, frequencies = self._frequencies(name, term)
            if len(docnums):
                tf = frequencies * self._norms[name][docnums] * np.float32(weight)
                parts.append((self._docids[docnums], tf))
        if not parts:
            return _NOTHING
        docids = np.concatenate([part[0] for part in parts])
        order = np.argsort(docids, kind="stable")
        docids = docids[order]
        tf = np.concatenate([part[1] for part in parts])[order]
        first = np.flatnonzero(np.diff(docids, prepend=-1))
        joined = np.add.reduceat(tf, first, dtype=np.float64)
        return Posting(docids[first].astype(np.int32), joined.astype(np.float32))

    def _frequencies(self, field: str, term: str) -> tuple[Any, Floats]:
        """Docnums and how often a term, or a run of words, stands in each."""
        words = term.split(" ")
        if len(words) == 1:
            return self._raw_posting(field, term)
        found = list(self._phrase_counts(field, words))
        docnums = np.array([docnum for docnum, _ in found], np.int64)
        return docnums, np.array([count for _, count in found], np.float32)

    def _field_posting(self, field: str, term: str) -> tuple[Ints, Floats]:
        docnums, frequencies = self._raw_posting(field, term)
        return self._docids[docnums], frequencies

    def _raw_posting(self, field: str, term: str) -> tuple[Any, Floats]:
        """Docnums (over all segments, deleted ones left out) and frequencies of a term."""
        docnums: list[Any] = []
        frequencies: list[Any] = []
        for leaf, offset in self._leaves:
            try:
                matcher = leaf.postings(field, term)
            except TermNotFound:
                continue
            ids, weights = _read_blocks(matcher)
            ids += offset
            if leaf.has_deletions():
                keep = ~self._deleted[ids]
                ids, weights = ids[keep], weights[keep]
            docnums.append(ids)
            frequencies.append(weights)
        if not docnums:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return np.concatenate(docnums), np.concatenate(frequencies)

    def _live_documents(self, leaf: Any, offset: int, field: str, word: str) -> int:
        """How many documents of a segment hold a word; Whoosh's own figure counts deleted ones too."""
        if not leaf.has_deletions():
            return int(leaf.doc_frequency(field, word))
        ids, _ = _read_blocks(leaf.postings(field, word))
        return int((~self._deleted[ids + offset]).sum())

    def _field_lengths(self, field: str) -> Floats:
        """Words of `field` per docnum, as Whoosh keeps them."""
        parts = [_field_lengths(leaf, field) for leaf, _ in self._leaves]
        return np.concatenate(parts) if parts else np.empty(0, np.float32)

    def _length_norms(self, field: str) -> Floats:
        """1 / (1 - b + b * len / avglen) per docnum, from Whoosh's byte-sized field lengths."""
        b = self._params.b_title if field.startswith("title") else self._params.b_body
        lengths = self._lengths[field]
        live = lengths[(lengths > 0) & ~self._deleted]
        average = float(live.mean()) if len(live) else 1.0
        norms: Floats = (1.0 / (1.0 - b + b * lengths / average)).astype(np.float32)
        return norms


def _fields_of(term: str, exact: bool) -> tuple[str, ...]:
    """The two fields that hold a term: a run has its places, an acronym is posted for ranking."""
    if " " in term:
        return EXACT
    return EXACT if exact and not (term.isascii() and term.isupper()) else RANKING


def _merge_small(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy: what came since the largest segment is one segment, in the end.

    Each change brings a segment, and each segment a look-up a term. So the small ones are joined
    when there are many; the largest, which is the archive, is only written again when all is.
    """
    held = sorted((each for each in segments if each.doc_count()), key=lambda s: s.doc_count_all())
    if len(held) <= _MOST_SEGMENTS:
        return held
    for segment in held[:-1]:
        with closing(SegmentReader(writer.storage, writer.schema, segment)) as reader:
            writer.add_reader(reader)
    return held[-1:]


@contextmanager
def _raised_as_damage() -> Iterator[None]:
    """Whoosh meets damage as whatever its parsing trips over: zlib, pickle, struct errors."""
    try:
        yield
    except SearchTimeoutError:
        raise
    except Exception as error:
        raise IndexDamagedError(
            f"The keyword index cannot be read ({type(error).__name__}: {error}).", hint=REBUILD
        ) from error


def _docid_column(leaves: Sequence[tuple[Any, int]]) -> Ints:
    """The docid of every docnum over all segments."""
    parts = [
        np.fromiter(leaf.column_reader("docid"), np.int64, leaf.doc_count_all())
        for leaf, _ in leaves
        if leaf.doc_count_all()
    ]
    return np.concatenate(parts).astype(np.int32) if parts else np.empty(0, np.int32)


def _deleted(leaves: Sequence[tuple[Any, int]]) -> Mask:
    """Which docnums are documents no more, over all segments."""
    gone = np.zeros(sum(leaf.doc_count_all() for leaf, _ in leaves), bool)
    for leaf, offset in leaves:
        if leaf.has_deletions():
            count = leaf.doc_count_all()
            gone[offset : offset + count] = [leaf.is_deleted(docnum) for docnum in range(count)]
    return gone


def _field_lengths(leaf: Any, field: str) -> Floats:
    """Words of `field` in every document of a segment (Whoosh keeps them to about 3 %)."""
    count = leaf.doc_count_all()
    lengths = (leaf.doc_field_length(docnum, field) or 0 for docnum in range(count))
    return np.fromiter(lengths, np.float32, count)


def _positions_in(docnum: int, walks: Sequence[Any]) -> list[int]:
    """Where the words of some postings stand in one document; asked of ascending documents."""
    found: list[int] = []
    for walk in walks:
        if walk.is_active() and walk.id() < docnum:
            walk.skip_to(docnum)
        if walk.is_active() and walk.id() == docnum:
            found.extend(walk.value_as("positions"))
    return found


def _read_blocks(matcher: Any) -> tuple[Any, Floats]:
    """All ids and weights of a posting list."""
    ids: list[Any] = []
    weights: list[Any] = []
    for differences, found, _ in _blocks(matcher):
        ids.append(np.cumsum(differences, dtype=np.int64))
        weights.append(np.full(len(differences), 1.0 if found is None else found, np.float32))
    if not ids:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    return np.concatenate(ids), np.concatenate(weights)


def _read_values(matcher: Any) -> _Values:
    """All ids of a posting list and what is stored with each."""
    ids: list[Any] = [np.empty(0, np.int64)]
    values: list[bytes] = []
    for differences, _, found in _blocks(matcher):
        budget.check()
        ids.append(np.cumsum(differences, dtype=np.int64))
        values.extend(found)
    return np.concatenate(ids), values


def _blocks(matcher: Any) -> Iterator[tuple[Any, Any, Any]]:
    """The blocks of a posting list as they are stored: differences of the ids, weights (one number, or
    None for 1, if they are all the same) and values.

    Whoosh's public `id()`/`next()` walk costs Python calls for every posting; the matcher reads whole
    blocks (`whoosh.codec.whoosh3.W3LeafMatcher`), so those are taken. A test holds this against the
    public walk.
    """
    matcher = getattr(matcher, "child", matcher)
    while matcher.is_active():
        matcher._read_data()
        yield matcher._data
        matcher._next_block()


def _places(
    postings: Sequence[_Values],
    wanted: Longs,
    decode: Callable[[bytes], list[int]],
) -> Longs:
    """Where words stand in the documents wanted."""
    parts = []
    for docnums, values in postings:
        at = np.searchsorted(docnums, wanted[contained(wanted, docnums)]).tolist()
        found = []
        for start in range(0, len(at), _DECODED_AT_ONCE):
            budget.check()
            found += [decode(values[place]) for place in at[start : start + _DECODED_AT_ONCE]]
        lengths = np.fromiter(map(len, found), np.int64, len(found))
        positions = np.fromiter(chain.from_iterable(found), np.int64, int(lengths.sum()))
        parts.append(np.repeat(docnums[at] << PLACE_BITS, lengths) + positions)
    return np.concatenate(parts)
