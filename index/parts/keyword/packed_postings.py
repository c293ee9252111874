"""Posting lists as arrays: how Whoosh keeps the words of an archive.

Whoosh's own codec pickles numbers in small compressed blocks and the places of every posting by
itself, so that a frequent word costs Python calls for each document that holds it. `PackedCodec` writes
a posting list as rows of numbers that numpy reads as they are:

    bytes that follow, postings, bytes a frequency and a place    12 bytes
    docnums, ascending                                            4 bytes each
    frequencies                                                   1, 2 or 4 bytes each
    places, if the format keeps them, by docnum                   1, 2 or 4 bytes each

Everything else of Whoosh's stays: terms, columns, deletions, segments and their merging. Whoosh
names the classes of a segment in what it pickles, so moving `PackedCodec` is a new index format.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermsReader
from whoosh.formats import Format
from whoosh.system import pack_ushort
from whoosh.util.numeric import length_to_byte

from index.arrays import Ints, Longs, Mask, distinct

PLACE_BITS = 32
"""Bits of a place that are the position; the ones above are the document number."""

_HEADER = struct.Struct("<IIHH")
_DOCNUM = np.dtype("<u4")
_NUMBERS = {width: np.dtype(f"<u{width}") for width in (1, 2, 4)}


class Frequencies(Format):  # type: ignore[misc]
    """How often each word stands in a text; nothing beside it."""

    posting_size = 0


class Places(Format):  # type: ignore[misc]
    """Where each word stands in a text: places from 0, ascending."""


class PackedCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's third codec with posting lists of our own, which are read by `PackedPostings` alone."""

    def field_writer(self, storage: Any, segment: Any) -> PackedFieldWriter:
        """Called by whoever writes a segment."""
        return PackedFieldWriter(self, storage, segment)


_TERM_INFO = np.dtype(
    {
        "names": [
            "flags",
            "weight",
            "df",
            "shortest",
            "longest",
            "maxweight",
            "minid",
            "maxid",
            "offset",
            "length",
        ],
        "formats": ["u1", ">f4", ">u4", "u1", "u1", ">f4", ">u4", ">u4", ">i8", ">i4"],
    }
)
"""What `W3TermInfo.to_bytes` makes of a term whose postings stand in a file."""
_OFFSET_AT = _TERM_INFO.itemsize - 12
_KEY_AND_VALUE = struct.Struct("!Ii")
"""Lengths, in front of each key of Whoosh's hash files."""
_SLOT, _OFFSET = struct.Struct("!Iq"), struct.Struct("!q")
"""Of the hash files a hash and where its key is, 0 for none; and the offset in `_TERM_INFO`."""
_Widths = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class PostingLists:
    """Where some words stand in some documents.

    Word i is in `counts[i]` documents, at least one: those of all words one after another are `docnums`,
    ascending for each word, and `frequencies`, how often it stands in each. If the field keeps places,
    `places` are where each word stands in each of its documents. `shortest` and `longest` are, of each word,
    the shortest and the longest field that holds it, in words.
    """

    counts: Longs
    docnums: npt.NDArray[np.uint32]
    frequencies: npt.NDArray[np.uint32]
    places: npt.NDArray[np.uint32]
    shortest: Longs
    longest: Longs


class PackedFieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes whole posting lists, of many words at once, fields and words in order."""

    def put(self, words: Sequence[bytes], lists: PostingLists) -> None:
        """Write the posting lists of some words."""
        begins = np.cumsum(lists.counts) - lists.counts
        weights = np.add.reduceat(lists.frequencies, begins, dtype=np.int64)
        highest = np.maximum.reduceat(lists.frequencies, begins)
        placed = weights if len(lists.places) else np.zeros_like(weights)
        most = np.zeros_like(weights)
        if len(lists.places):
            most = np.maximum.reduceat(lists.places, np.cumsum(placed) - placed)
        widths = _bytes_for(highest), _bytes_for(most)
        docnums = np.full(len(words), _DOCNUM.itemsize)
        columns = [
            (lists.docnums, lists.counts, docnums),
            (lists.frequencies, lists.counts, widths[0]),
            (lists.places, placed, widths[1]),
        ]
        lengths = sum(counts * width for _, counts, width in columns)
        at = np.cumsum(_HEADER.size + lengths) - lengths
        packed = np.empty(int(at[-1] + lengths[-1]), np.uint8)
        header = np.stack([lengths, lists.counts, widths[0] | widths[1] << 16], axis=1).astype(
            "<u4"
        )
        packed[(at - _HEADER.size)[:, None] + np.arange(_HEADER.size)] = header.view(np.uint8)
        start, offsets = self._postfile.tell(), at - _HEADER.size
        for values, counts, width in columns:
            _lay(packed, at, values, counts, width)
            at = at + counts * width
        self._postfile.write(packed.tobytes())
        infos = np.zeros(len(words), _TERM_INFO)
        infos["weight"], infos["df"], infos["maxweight"] = weights, lists.counts, highest
        infos["shortest"], infos["longest"] = (
            _lengths_as_bytes(each) for each in (lists.shortest, lists.longest)
        )
        infos["minid"] = lists.docnums[begins]
        infos["maxid"] = lists.docnums[begins + lists.counts - 1]
        infos["offset"], infos["length"] = start + offsets, _HEADER.size + lengths
        self._put_terms(words, infos.tobytes())

    def _put_terms(self, words: Sequence[bytes], infos: bytes) -> None:
        """What Whoosh's writer does with a key and a value at a time (`OrderedHashWriter.add`)."""
        index, size, field = self._tindex, _TERM_INFO.itemsize, pack_ushort(self._fieldid)
        at, written = index.dbfile.tell(), list[bytes]()
        for number, word in enumerate(words):
            key = field + word
            if key <= index.lastkey:
                raise ValueError(f"words must increase: {index.lastkey!r}, {key!r}")
            number *= size
            written += (_KEY_AND_VALUE.pack(len(key), size), key, infos[number : number + size])
            hashed = index.hashfn(key)
            index.buckets[hashed & 255].append((hashed, at))
            index.index.append(at)
            index.lastkey = key
            at += _KEY_AND_VALUE.size + len(key) + size
        index.dbfile.write(b"".join(written))


def _bytes_for(numbers: npt.NDArray[np.integer[Any]]) -> _Widths:
    """In how many bytes each number is stored: 1, 2 or 4."""
    return np.where(numbers < 1 << 8, 1, np.where(numbers < 1 << 16, 2, 4))


def _lay(
    packed: npt.NDArray[np.uint8],
    at: Longs,
    values: npt.NDArray[np.uint32],
    counts: Longs,
    widths: _Widths,
) -> None:
    """Write lists of values, `counts[i]` in list i, at their places in `packed`, each value of a list in
    `widths[i]` bytes."""
    for width, kind in _NUMBERS.items():
        own = widths == width
        many = counts[own]
        if not many.any():
            continue
        numbers = values if own.all() else values[np.repeat(own, counts)]
        begins = np.repeat(at[own] - (np.cumsum(many) - many) * width, many)
        places = begins + np.arange(len(numbers)) * width
        octets = numbers.astype(kind).view(np.uint8).reshape(-1, width)
        for octet in range(width):
            packed[places + octet] = octets[:, octet]


def _lengths_as_bytes(lengths: Longs) -> npt.NDArray[np.integer[Any]]:
    distinct, place = np.unique(lengths, return_inverse=True)
    found = np.array([length_to_byte(each) for each in distinct.tolist()], np.uint8)
    return found[place]


class TermTable:
    """Where the posting list of each term of a field begins: what Whoosh's reader tells with a dozen Python
    calls for each."""

    def __init__(self, terms: W3TermsReader, field: str) -> None:
        table = terms._tindex
        self._hash, self._slots = table.hashfn, table.tables
        self._field = pack_ushort(terms._fieldmap[field]) if field in terms._fieldmap else None
        self._stored = table.dbfile._buf if self._field else b""  # an empty file is not mapped

    def place(self, term: bytes) -> int:
        """Where in the file of postings a term's begin; -1 if the field has no such term."""
        if self._field is None:
            return -1
        key = self._field + term
        hashed = self._hash(key)
        first, many = self._slots[hashed & 255]
        for slot in range(many):
            at = first + ((hashed >> 8) + slot) % many * _SLOT.size
            there, item = _SLOT.unpack_from(self._stored, at)
            if not item:
                break
            begin = item + _KEY_AND_VALUE.size
            end = begin + len(key)
            if (
                there == hashed
                and self._stored[begin:end] == key
                and _KEY_AND_VALUE.unpack_from(self._stored, item)[0] == len(key)
            ):
                return int(_OFFSET.unpack_from(self._stored, end + _OFFSET_AT)[0])
        return -1


_Unsigned = npt.NDArray[np.unsignedinteger[Any]]
StoredList = tuple[_Unsigned, _Unsigned, _Unsigned]
"""Docnums, frequencies and places of a word as they are stored."""


def stored_list(file: Any, offset: int) -> StoredList:
    """The posting list that stands at some place in an open file of Whoosh's.

    Raises ValueError if its parts are not of the length that they should have.
    """
    header = file.get(offset, _HEADER.size)
    length, count, frequency_bytes, place_bytes = _HEADER.unpack(header)
    stored = file.get(offset + _HEADER.size, length)
    docnums = np.frombuffer(stored, _DOCNUM, count)
    frequencies = np.frombuffer(stored, _NUMBERS[frequency_bytes], count, docnums.nbytes)
    at = docnums.nbytes + frequencies.nbytes
    places = np.frombuffer(stored, _NUMBERS[place_bytes], -1, at)
    if len(places) and len(places) != int(frequencies.sum(dtype=np.int64)):
        raise ValueError(f"{len(places)} places of {int(frequencies.sum())} words")
    return docnums, frequencies, places


@dataclass(frozen=True)
class PackedPostings:
    """The posting list of a word: its documents, ascending, how often it stands in each, and `packed`, where
    it stands in each, if the field keeps places."""

    docnums: Longs
    frequencies: Ints
    packed: _Unsigned

    @classmethod
    def of(cls, stored: StoredList) -> PackedPostings:
        """The posting list that is stored so."""
        docnums, frequencies, places = stored
        return cls(docnums.astype(np.int64), frequencies.astype(np.int32), places)

    def places(self, rows: Longs) -> tuple[Longs, Longs]:
        """Where the word stands in the documents of some rows of `docnums`: the places one after
        another, and how many are of each."""
        counts = self.frequencies[rows].astype(np.int64)
        ends = np.cumsum(counts)
        at = np.repeat(self._starts[rows] - ends + counts, counts) + np.arange(counts.sum())
        return self.packed[at].astype(np.int64), counts

    @cached_property
    def _starts(self) -> Longs:
        return np.cumsum(self.frequencies, dtype=np.int64) - self.frequencies


def contained(values: npt.NDArray[np.integer], ordered: npt.NDArray[np.integer]) -> Mask:
    """Which of some numbers are among others, which are in order."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Mask = ordered[at] == values
    return found


def in_a_row(places: Sequence[Longs]) -> tuple[Longs, Longs]:
    """Document numbers, ascending, in which words stand one after another, and how often in each.

    Whoosh's own phrase query makes an object for every pair of neighbours; a phrase whose words stand
    thousands of times in one text took it seconds. This takes time linear in the positions.
    `places[i]` is where the word of place i stands, or any of those that will do there, in any order.
    """
    rarest, *others = sorted(range(len(places)), key=lambda place: len(places[place]))
    starts = distinct(places[rarest]) - rarest
    for place in others:
        starts = starts[contained(starts + place, np.sort(places[place]))]
    return np.unique(starts >> PLACE_BITS, return_counts=True)


def stand_near(positions: Sequence[Sequence[int]], window: int, least: int) -> bool:
    """Whether at least `least` of some words, by their positions, stand within `window` places.

    Linear in the positions, but for putting them in order.
    """
    placed = sorted((at, word) for word, places in enumerate(positions) for at in places)
    counts = [0] * len(positions)
    held = first = 0
    for at, word in placed:
        held += counts[word] == 0
        counts[word] += 1
        while placed[first][0] <= at - window:
            gone = placed[first][1]
            counts[gone] -= 1
            held -= counts[gone] == 0
            first += 1
        if held >= least:
            return True
    return False
