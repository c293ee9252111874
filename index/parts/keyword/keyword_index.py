"""The keyword index: Whoosh keeps the postings, numpy scores them. With `packed_postings` and
`mapped_files`, all that knows Whoosh.

Four fields: `title` and `body` hold ranking terms (stems without stop words, and what
`index.text.compounds` adds; frequencies only); `title_exact` and `body_exact` hold every word with
its positions, for phrases and for queries made of stop words alone. Words come from
`index.text.analysis` and are handed to Whoosh ready-made, so that there is one tokenizer. The schema
is the one below, whatever Whoosh has pickled.

Whoosh docnums stay in here: the outside speaks docids (the catalogue's integers).
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache
from whoosh import fields
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3TermInfo
from whoosh.util.numeric import byte_to_length, length_to_byte

from index import budget
from index.arrays import Floats, Ints, Longs, Mask, distinct
from index.errors import IndexDamagedError, SearchTimeoutError
from index.parts.keyword.bm25 import Bm25fParams, Posting
from index.parts.keyword.mapped_files import MappedStorage
from index.parts.keyword.packed_postings import (
    PLACE_BITS,
    Frequencies,
    PackedPostings,
    Places,
    StoredList,
    TermTable,
    contained,
    in_a_row,
    stand_near,
    stored_list,
)
from index.store.layout import KEYWORD_DIR, KEYWORD_TERMS_FILE
from index.text.analysis import is_stop

RANKING = ("title", "body")
EXACT = ("title_exact", "body_exact")
_SEEDS = {name: crc32(name.encode()) for name in RANKING + EXACT}
_HASH = np.dtype("<u4")
_CACHED_POSTINGS = 8_000_000
"""Decoded postings kept per open index: 8 bytes each, so at most 64 MB."""
_PLACES = (1 << PLACE_BITS) - 1
_MOST_DOCIDS = (1 << 31) - 1
_LENGTHS_ERROR = 0.1
_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], np.float32)
"""Words of a field by the byte that Whoosh keeps for them."""
_NOTHING = Posting(np.empty(0, np.int32), np.empty(0, np.float32))


def schema() -> fields.Schema:
    """The fields, whatever Whoosh has pickled."""
    made = fields.Schema(docid=fields.NUMERIC(int, bits=32, signed=False, sortable=True))
    for name in RANKING:
        made.add(name, fields.KEYWORD())
        made[name].format = Frequencies()
        made[name].scorable = True
    for name in EXACT:
        made.add(name, fields.TEXT(analyzer=None, phrase=True))
        made[name].format = Places()
    return made


class KeywordIndex:
    """An open keyword index of one generation. Safe under threads; caches decoded postings."""

    def __init__(self, readers: Sequence[_Reader], removed: Ints, params: Bm25fParams) -> None:
        self._readers = readers
        self.params = params
        """The BM25F parameters the term frequencies were normalized with."""
        self._weights = np.float32(params.title_weight), np.float32(1.0)
        # Whoosh's posting files keep a read position, so decoding is one at a time.
        self._lock = threading.Lock()
        self._cache: LRUCache[tuple[str, tuple[str, ...]], Posting] = LRUCache(
            _CACHED_POSTINGS, getsizeof=lambda posting: posting.df + 1
        )
        self._leaves = _leaves(readers)
        self._docids = _docid_column(self._leaves)
        self._in_order = bool((self._docids[1:] > self._docids[:-1]).all())
        self._deleted: Mask = np.isin(self._docids, removed)
        self._has_deletions = _by_leaf(self._deleted, self._leaves)
        self.document_count = int((~self._deleted).sum())
        self._lengths = {name: self._field_lengths(name) for name in RANKING + EXACT}
        self._norms = {name: self._length_norms(name) for name in RANKING + EXACT}

    @classmethod
    def open(
        cls, *folders: Path, removed: Ints | None = None, params: Bm25fParams | None = None
    ) -> KeywordIndex:
        """Open the postings in some folders as one index, without the docids `removed`.

        Raises IndexDamagedError when Whoosh cannot read them.
        """
        gone = np.empty(0, np.int32) if removed is None else removed
        with _raised_as_damage():
            readers = [
                _Reader(MappedStorage(str(each)).open_index(schema=schema()).reader(), each)
                for each in folders
            ]
            return cls(readers, gone, params or Bm25fParams())

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

    def postings(self, terms: Sequence[str]) -> tuple[Longs, Ints, Floats]:
        """What `posting` says of each of many ranking terms, none of them a run or twice among them, in half the
        time: the documents and frequencies of term i are those from the i-th start up to the next. Nothing is
        remembered."""
        owners, docnums = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        frequencies = [np.empty(0, np.float32)]
        with self._lock, _raised_as_damage():
            for name, weight in zip(RANKING, self._weights, strict=True):
                for leaf, offset in self._leaves:
                    read = [(at, leaf.stored(name, term)) for at, term in enumerate(terms)]
                    if found := [(at, *each[:2]) for at, each in read if each]:
                        asked, holding, often = zip(*found, strict=True)
                        owners.append(np.repeat(asked, [*map(len, holding)]))
                        docnums.append(np.concatenate(holding) + np.int64(offset))
                        tf = np.concatenate(often).astype(np.float32)
                        frequencies.append(tf * self._norms[name][docnums[-1]] * weight)
        held, tf = np.concatenate(docnums), np.concatenate(frequencies)
        there = ~self._deleted[held]
        keys = np.concatenate(owners) << 32 | self._docids[held]
        keys, tf = keys[there], tf[there]
        order = np.argsort(keys)
        keys, tf = keys[order], tf[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        joined = np.add.reduceat(tf, first, dtype=np.float64) if len(first) else tf
        starts = np.searchsorted(keys[first] >> 32, np.arange(len(terms) + 1))
        docids = (keys[first] & (1 << 32) - 1).astype(np.int32)
        return starts, docids, joined.astype(np.float32)

    def field_documents(self, term: str, field: str) -> Ints:
        """Docids, ascending, whose `field` (one of RANKING) holds the ranking term."""
        with self._lock, _raised_as_damage():
            docids, _ = self._field_posting(field, term)
        return np.sort(docids)

    def phrase_documents(self, words: Sequence[str], *, title_only: bool = False) -> Ints:
        """Docids, ascending, that hold the exact words one after another in one field."""
        with self._lock, _raised_as_damage():
            names = EXACT[:1] if title_only else EXACT
            found = [self._phrase_docnums(name, words) for name in names]
        return np.sort(self._docids[distinct(np.concatenate(found))])

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
        wanted = len(groups) if least is None else least
        with self._lock, _raised_as_damage():
            return self._documents(
                docnum
                for name in (EXACT[:1] if title_only else EXACT)
                for leaf, offset in self._leaves
                for docnum in self._near_docnums(leaf, offset, name, groups, window, wanted)
            )

    def titles(self, words: Sequence[str]) -> tuple[Ints, Ints]:
        """Docids, ascending, whose title is these exact words, and those whose title is them but for
        stop words and order."""
        telling = [word for word in words if not is_stop(word)]
        with self._lock, _raised_as_damage():
            holding = self._title_docnums(telling or words)
            near = self._of_length("title", len(telling), holding) if telling else holding[:0]
            exact = self._of_length("title_exact", len(words), holding)
            if len(exact):
                exact = exact[np.isin(exact, self._phrase_docnums("title_exact", words))]
        return np.sort(self._docids[exact]), np.sort(self._docids[near])

    def vocabulary(self) -> Iterator[tuple[str, int, int]]:
        """Every exact word with the number of documents that hold it in the title and in the body."""
        found: dict[str, list[int]] = {}
        with self._lock, _raised_as_damage():
            for place, name in enumerate(EXACT):
                for leaf, offset in self._leaves:
                    for raw, frequency in leaf.terms(name):
                        word = raw.decode("utf-8")
                        if self._has_deletions[offset]:
                            frequency = self._live_documents(leaf, offset, name, word)
                        if frequency:
                            found.setdefault(word, [0, 0])[place] += frequency
        for word in sorted(found):
            titles, bodies = found[word]
            yield word, titles, bodies

    def every_posting(self, field: str) -> Iterator[tuple[str, Ints, Floats]]:
        """Every term of one of the four fields, with its docids, ascending, and frequencies."""
        with self._lock, _raised_as_damage():
            found = {raw for leaf, _ in self._leaves for raw, _ in leaf.terms(field)}
            names = [raw.decode("utf-8") for raw in sorted(found)]
        for term in names:
            with self._lock, _raised_as_damage():
                docids, frequencies = self._field_posting(field, term)
            if len(docids):
                order = np.argsort(docids, kind="stable")
                yield term, docids[order], frequencies[order]

    def places(self, field: str, term: str) -> Ints:
        """Where an exact word stands in `field` of each of its documents, those in order."""
        found = [np.empty(0, np.int64)]
        with self._lock, _raised_as_damage():
            for leaf, offset in self._leaves:
                if (postings := leaf.postings(field, term)) is None:
                    continue
                docnums = postings.docnums + offset
                live = np.flatnonzero(~self._deleted[docnums])
                places, counts = postings.places(live)
                docids = self._docids[docnums[live]].astype(np.int64)
                found.append(np.repeat(docids << PLACE_BITS, counts) + places)
        return (np.sort(np.concatenate(found)) & _PLACES).astype(np.int32)

    def close(self) -> None:
        """Release the files."""
        for each in self._readers:
            each.reader.close()

    def _documents(self, docnums: Iterable[int]) -> Ints:
        """Their docids, ascending, each once."""
        found = set(docnums)
        return np.sort(self._docids[np.fromiter(found, np.int64, len(found))])

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

    def _phrase_docnums(self, field: str, words: Sequence[str]) -> Longs:
        found = self._raw_posting(field, words[0]) if len(words) == 1 else None
        docnums: Longs = (found or self._phrase_counts(field, words))[0]
        return docnums

    def _phrase_counts(self, field: str, words: Sequence[str]) -> tuple[Longs, Floats]:
        """Docnums in which words stand in a row, and how often; any of words with | between will do."""
        groups = [word.split("|") for word in words]
        found, often = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for leaf, offset in self._leaves:
            postings, common = _read_together(leaf, field, groups)
            common = common[~self._deleted[common + offset]]
            if not len(common):
                continue
            docnums, counts = in_a_row([_places(group, common) for group in postings])
            found.append(docnums + offset)
            often.append(counts)
        return np.concatenate(found), np.concatenate(often).astype(np.float32)

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
        read: list[list[PackedPostings]] = []
        for words in groups:
            read.append(_read_all(leaf, field, dict.fromkeys(words)))
            here = np.zeros(len(held), bool)
            for postings in read[-1]:
                here[postings.docnums] = True
            held += here
        candidates = np.flatnonzero(held >= max(least, 1))
        candidates = candidates[~self._deleted[candidates + offset]]
        places = [np.sort(_places(group, candidates)) for group in read]
        for docnum in candidates.tolist():
            budget.check()
            ends = np.array([docnum, docnum + 1]) << PLACE_BITS
            spans = [slice(*np.searchsorted(each, ends)) for each in places]
            found = [each[span].tolist() for each, span in zip(places, spans, strict=True)]
            if stand_near(found, window, least):
                yield docnum + offset

    def _decode(self, term: str, names: tuple[str, ...]) -> Posting:
        parts = []
        for name, weight in zip(names, self._weights, strict=True):
            docnums, frequencies = self._frequencies(name, term)
            if len(docnums):
                tf = frequencies * self._norms[name][docnums] * weight
                parts.append((self._docids[docnums], tf))
        if not parts:
            return _NOTHING
        if len(parts) == 1 and self._in_order:
            return Posting(*parts[0])
        docids = np.concatenate([part[0] for part in parts])
        order = np.argsort(docids, kind="stable")
        docids = docids[order]
        tf = np.concatenate([part[1] for part in parts])[order]
        new = np.ones(len(docids), bool)
        np.not_equal(docids[1:], docids[:-1], out=new[1:])
        first = np.flatnonzero(new)
        joined = np.add.reduceat(tf, first, dtype=np.float64)
        return Posting(docids[first], joined.astype(np.float32))

    def _frequencies(self, field: str, term: str) -> tuple[Any, Floats]:
        """Docnums and how often a term, or a run of words, stands in each."""
        words = term.split(" ")
        if len(words) == 1:
            return self._raw_posting(field, term)
        return self._phrase_counts(field, words)

    def _field_posting(self, field: str, term: str) -> tuple[Ints, Floats]:
        docnums, frequencies = self._raw_posting(field, term)
        return self._docids[docnums], frequencies

    def _raw_posting(self, field: str, term: str) -> tuple[Any, Floats]:
        """Docnums (over all segments, deleted ones left out) and frequencies of a term."""
        docnums: list[Any] = []
        frequencies: list[Any] = []
        for leaf, offset in self._leaves:
            if (stored := leaf.stored(field, term)) is None:
                continue
            held, counts = stored[0] + np.int64(offset), stored[1]
            if self._has_deletions[offset]:
                keep = ~self._deleted[held]
                held, counts = held[keep], counts[keep]
            docnums.append(held)
            frequencies.append(counts.astype(np.float32))
        if len(docnums) == 1:
            return docnums[0], frequencies[0]
        if not docnums:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return np.concatenate(docnums), np.concatenate(frequencies)

    def _live_documents(self, leaf: Any, offset: int, field: str, word: str) -> int:
        """How many documents of a segment hold a word; Whoosh's own figure counts those removed too."""
        postings = leaf.postings(field, word)
        return int((~self._deleted[postings.docnums + offset]).sum()) if postings else 0

    def _field_lengths(self, field: str) -> Floats:
        """Words of `field` per docnum, as Whoosh keeps them."""
        parts = [_field_lengths(leaf, field) for leaf, _ in self._leaves]
        return np.concatenate([np.empty(0, np.float32), *parts])

    def _length_norms(self, field: str) -> Floats:
        """1 / (1 - b + b * len / avglen) per docnum, from Whoosh's byte-sized field lengths."""
        b = self.params.b_title if field.startswith("title") else self.params.b_body
        lengths = self._lengths[field]
        live = lengths[(lengths > 0) & ~self._deleted]
        average = float(live.mean()) if len(live) else 1.0
        return (1.0 / (1.0 - b + b * lengths / average)).astype(np.float32)


def _fields_of(term: str, exact: bool) -> tuple[str, ...]:
    """The two fields that hold a term: a run has its places, an acronym is posted for ranking."""
    if " " in term:
        return EXACT
    return EXACT if exact and not (term.isascii() and term.isupper()) else RANKING


@contextmanager
def _raised_as_damage() -> Iterator[None]:
    """Whoosh meets damage as whatever its parsing trips over: zlib, pickle, struct errors."""
    try:
        yield
    except SearchTimeoutError:
        raise
    except Exception as error:
        raise IndexDamagedError(
            f"The keyword index cannot be read ({type(error).__name__}: {error})."
        ) from error


class _Reader:
    """The postings in one folder, and hashes of their terms: of many segments most hold none of a word, and
    Whoosh takes long to say so."""

    def __init__(self, reader: Any, folder: Path) -> None:
        self.reader = reader
        self._hashes = memoryview(_load_hashes(folder).data)

    def leaves(self) -> list[_Leaf]:
        """Whoosh's own segments in the folder."""
        return [_Leaf(leaf, self._hashes) for leaf, _ in self.reader.leaf_readers()]


class _Leaf:
    """A segment of Whoosh's that asks for no term that it does not hold."""

    def __init__(self, reader: Any, hashes: memoryview) -> None:
        self._reader, self._hashes = reader, hashes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    @cached_property
    def _tables(self) -> dict[str, TermTable]:
        """Of a segment that is not empty."""
        return {name: TermTable(self._reader._terms, name) for name in RANKING + EXACT}

    def postings(self, field: str, word: str) -> PackedPostings | None:
        """The posting list of a word, deleted documents included; None if it holds none."""
        stored = self.stored(field, word)
        return PackedPostings.of(stored) if stored else None

    def stored(self, field: str, word: str) -> StoredList | None:
        """The same as it is stored."""
        term = word.encode()
        if len(self._hashes):  # a folder of an earlier version has none
            wanted = term_hash(field, term)
            at = bisect_left(self._hashes, wanted)
            if at == len(self._hashes) or self._hashes[at] != wanted:
                return None
        place = self._tables[field].place(term)
        return None if place < 0 else stored_list(self._reader._terms._postfile, place)

    def terms(self, field: str) -> Iterator[tuple[bytes, int]]:
        """The words of a field, ascending, with the number of documents that hold each, deleted ones included;
        nothing else is read of them."""
        index = self._reader._terms._tindex
        begin = self._reader._terms._keycoder(field, b"")
        for start, length, info, _ in index.ranges_from(begin):
            key = index.dbfile.get(start, length)
            if not key.startswith(begin):
                return
            yield key[len(begin) :], W3TermInfo.read_doc_freq(index.dbfile, info)


def save_hashes(folder: Path, hashes: npt.NDArray[np.uint32]) -> None:
    """Write hashes of terms, and their checksum, beside the folder that holds these."""
    checked = np.append(hashes, np.array(crc32(hashes.tobytes()), _HASH))
    _hashes_of(folder).write_bytes(checked.astype(_HASH).tobytes())


def _hashes_of(folder: Path) -> Path:
    return folder.with_name(KEYWORD_TERMS_FILE.replace(KEYWORD_DIR, folder.name))


def _load_hashes(folder: Path) -> npt.NDArray[np.uint32]:
    """Those written; none of a folder of an earlier version. Raises ValueError if they are not as written."""
    path = _hashes_of(folder)
    if not path.exists():
        return np.empty(0, _HASH)
    stored = np.fromfile(path, _HASH)
    hashes = stored[:-1]
    if int(stored[-1]) != crc32(hashes.tobytes()):
        raise ValueError(f"{path.name} is damaged")
    return hashes


def term_hash(field: str, word: bytes) -> int:
    """A number by which a segment is asked whether it may hold a word."""
    return crc32(word, _SEEDS[field])


def _leaves(readers: Iterable[_Reader]) -> list[tuple[_Leaf, int]]:
    """The segments that hold documents, each with the docnum of its first, over all of them."""
    leaves = []
    first = 0
    for reader in readers:
        for leaf in reader.leaves():
            if documents := int(leaf.doc_count_all()):
                leaves.append((leaf, first))
                first += documents
    return leaves


def _by_leaf(mask: Mask, leaves: Sequence[tuple[Any, int]]) -> dict[int, bool]:
    """Whether any docnum of each segment is under a mask, by its first."""
    return {first: bool(mask[first : first + leaf.doc_count_all()].any()) for leaf, first in leaves}


def _docid_column(leaves: Sequence[tuple[Any, int]]) -> Ints:
    """The docid of every docnum over all segments. Raises ValueError if they are none."""
    parts = [_numbers(leaf.column_reader("docid", translate=False), ">u4") for leaf, _ in leaves]
    docids = np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64)
    if len(docids) and (docids.max() > _MOST_DOCIDS or len(distinct(docids)) < len(docids)):
        raise ValueError("its docids are none")
    return docids.astype(np.int32)


def _field_lengths(leaf: Any, field: str) -> Floats:
    """Words of `field` in every document of a segment (Whoosh keeps them to about 3 %). Raises ValueError
    if they are not near their sum."""
    name, stored = f"_{field}_len", leaf._perdoc
    lengths: Floats = np.zeros(leaf.doc_count_all(), np.float32)
    if stored.has_column(name):
        lengths = _LENGTHS[_numbers(stored.column_reader(name, LENGTHS_COLUMN), "u1")]
    total, wanted = float(lengths.sum(dtype=np.float64)), leaf.field_length(field)
    if abs(total - wanted) > _LENGTHS_ERROR * wanted + 1:
        raise ValueError(f"the lengths of {field} are {total:.0f} words, not {wanted}")
    return lengths


def _numbers(column: Any, kind: str) -> npt.NDArray[Any]:
    """A whole column of numbers of a segment; Whoosh's own `load` is a Python call a document."""
    count = column._doccount
    stored = column._dbfile.get(column._basepos, min(column._count, count) * column._fixedlen)
    found = np.full(count, column._default, kind)
    found[: column._count] = np.frombuffer(stored, kind)
    return found


def _read_all(leaf: Any, field: str, words: Iterable[str]) -> list[PackedPostings]:
    """The posting lists of those words that the segment holds."""
    budget.check()
    found = (leaf.postings(field, word) for word in words)
    return [postings for postings in found if postings is not None]


def _read_together(
    leaf: Any, field: str, groups: Sequence[Sequence[str]]
) -> tuple[list[list[PackedPostings]], Longs]:
    """The posting lists of groups of words in a segment, and the docnums, ascending, that have one word
    of each group. Where there are none, the lists behind are not read."""
    read: list[list[PackedPostings]] = []
    common = np.empty(0, np.int64)
    for words in groups:
        read.append(_read_all(leaf, field, words))
        held = [postings.docnums for postings in read[-1]] or [common[:0]]
        holding = held[0] if len(held) == 1 else distinct(np.concatenate(held))
        common = common[contained(common, holding)] if len(read) > 1 else holding
        if not len(common):
            break
    return read, common


def _places(postings: Sequence[PackedPostings], wanted: Longs) -> Longs:
    """Where words stand in the documents wanted, each a document number and a place in one number."""
    parts = [np.empty(0, np.int64)]
    for each in postings:
        budget.check()
        rows = np.searchsorted(each.docnums, wanted[contained(wanted, each.docnums)])
        places, counts = each.places(rows)
        parts.append(np.repeat(each.docnums[rows] << PLACE_BITS, counts) + places)
    return np.concatenate(parts)
