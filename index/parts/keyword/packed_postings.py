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
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo
from whoosh.formats import Format
from whoosh.matching import ListMatcher
from whoosh.system import pack_ushort

from index.arrays import Ints, Longs, Mask

PLACE_BITS = 32
"""Bits of a place that are the position; the ones above are the document number."""

_HEADER = struct.Struct("<IIHH")
_DOCNUM = np.dtype("<u4")
_PLACE = np.dtype("<u4")
"""Of a place that Whoosh asks for, which knows each posting's as bytes."""
_NUMBERS = {width: np.dtype(f"<u{width}") for width in (1, 2, 4)}


class Frequencies(Format):  # type: ignore[misc]
    """How often each word stands in a text; nothing beside it."""

    posting_size = 0


class Places(Format):  # type: ignore[misc]
    """Where each word stands in a text: places from 0, ascending."""

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The places in one posting. With this, Whoosh's own phrase queries work, too."""
        places: list[int] = np.frombuffer(valuestring, _PLACE).tolist()
        return places


class PackedCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's third codec with posting lists of our own."""

    def field_writer(self, storage: Any, segment: Any) -> PackedFieldWriter:
        """Called by whoever writes a segment."""
        return PackedFieldWriter(self, storage, segment)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Format, term: Any = None, scorer: Any = None
    ) -> PackedPostings:
        """Called by Whoosh for every posting list."""
        return PackedPostings.read(dbfile, terminfo, format_, term=term, scorer=scorer)


@dataclass(frozen=True)
class PostingList:
    """Where a word stands in some documents: docnums, ascending, how often in each, and, if the field keeps
    them, the places in one after another; the `shortest` and the `longest` field of them in words."""

    docnums: npt.NDArray[np.uint32]
    frequencies: npt.NDArray[np.uint32]
    places: npt.NDArray[np.uint32]
    shortest: int
    longest: int


class PackedFieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes whole posting lists, word by word, fields and words in order."""

    def put(self, word: bytes, lists: Sequence[PostingList]) -> None:
        """Write the posting list of a word: one, or several of documents that follow one another."""
        docnums = _joined([each.docnums for each in lists])
        frequencies = _narrow(_joined([each.frequencies for each in lists]))
        places = _narrow(_joined([each.places for each in lists]))
        packed = docnums.tobytes() + frequencies.tobytes() + places.tobytes()
        widths = frequencies.itemsize, places.itemsize
        terminfo = W3TermInfo(
            weight=int(frequencies.sum(dtype=np.int64)),
            df=len(docnums),
            minlength=min([each.shortest for each in lists]),
            maxlength=max([each.longest for each in lists]),
            maxweight=int(frequencies.max()),
            minid=int(docnums[0]),
            maxid=int(docnums[-1]),
        )
        terminfo.set_extent(self._postfile.tell(), _HEADER.size + len(packed))
        self._postfile.write(_HEADER.pack(len(packed), len(docnums), *widths) + packed)
        self._tindex.add(pack_ushort(self._fieldid) + word, terminfo.to_bytes())


def _joined(parts: Sequence[npt.NDArray[np.uint32]]) -> npt.NDArray[np.uint32]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


class PackedPostings(ListMatcher):  # type: ignore[misc]
    """The posting list of a word: to Whoosh one of its matchers, to us the arrays of it."""

    def __init__(
        self,
        docnums: Longs,
        frequencies: Ints,
        places: npt.NDArray[np.unsignedinteger],
        format_: Format,
        **options: Any,
    ) -> None:
        super().__init__(docnums, frequencies, format=format_, **options)
        self.docnums = docnums
        self.frequencies = frequencies
        self._packed = places

    @classmethod
    def read(cls, file: Any, terminfo: Any, format_: Format, **options: Any) -> PackedPostings:
        """The posting list that `terminfo` says where to find in an open file of Whoosh's.

        Raises ValueError if its parts are not of the length that they should have.
        """
        offset, _ = terminfo.extent()
        header = file.get(offset, _HEADER.size)
        length, count, frequency_bytes, place_bytes = _HEADER.unpack(header)
        stored = file.get(offset + _HEADER.size, length)
        docnums = np.frombuffer(stored, _DOCNUM, count)
        frequencies = np.frombuffer(stored, _NUMBERS[frequency_bytes], count, docnums.nbytes)
        at = docnums.nbytes + frequencies.nbytes
        places = np.frombuffer(stored, _NUMBERS[place_bytes], -1, at)
        if len(places) not in (0, int(frequencies.sum(dtype=np.int64))):
            raise ValueError(f"{len(places)} places of {int(frequencies.sum())} words")
        return cls(
            docnums.astype(np.int64),
            frequencies.astype(np.int32),
            places,
            format_,
            terminfo=terminfo,
            **options,
        )

    def places(self, rows: Longs) -> tuple[Longs, Longs]:
        """Where the word stands in the documents of some rows of `docnums`: the places one after
        another, and how many are of each."""
        counts = self.frequencies[rows].astype(np.int64)
        ends = np.cumsum(counts)
        at = np.repeat(self._starts[rows] - ends + counts, counts) + np.arange(counts.sum())
        return self._packed[at].astype(np.int64), counts

    @cached_property
    def _starts(self) -> Longs:
        return np.cumsum(self.frequencies, dtype=np.int64) - self.frequencies

    def id(self) -> int:
        """The docnum of the posting that Whoosh stands at."""
        return int(self.docnums[self._i])

    def weight(self) -> float:
        """Its frequency."""
        return float(self.frequencies[self._i])

    def value(self) -> bytes | None:
        """What its format keeps with it."""
        if not len(self._packed):
            return None
        return self.places(np.array([self._i]))[0].astype(_PLACE).tobytes()


def _narrow(numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.unsignedinteger]:
    """The same in as few bytes as the largest needs."""
    largest = int(numbers.max(initial=0))
    width = 1 if largest < 1 << 8 else 2 if largest < 1 << 16 else 4
    return numbers.astype(_NUMBERS[width])


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
    starts = np.unique(places[rarest]) - rarest
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
