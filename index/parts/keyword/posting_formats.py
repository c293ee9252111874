"""How Whoosh keeps our postings: frequencies for ranking, and packed places for exact words.

Whoosh's own formats make an object of every token that is posted and pickle the places of every
posting by itself, so that a frequent word costs a Python call for each document that holds it. These
are given lists of words, and keep places as they are read: 32-bit numbers in a row. Blocks are large
and not compressed: a word of ten thousand documents is one block instead of eighty.

An index is opened with these formats, not with those pickled in its schema.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.formats import Format

from index.arrays import Longs

_Values = Iterator[tuple[str, int, float, bytes]]
"""What is posted of a text: word, frequency, weight (the same here), and what is stored with it."""

BLOCK = 4096
"""Postings in a block, but the last one of a word."""
_PLACE = np.dtype("<u4")


class Frequencies(Format):  # type: ignore[misc]
    """How often each word stands in a text, kept as its weight; nothing beside it."""

    posting_size = 0

    def word_values(self, value: Sequence[str], analyzer: object, **_: Any) -> _Values:
        """The words of a text, as lists of them are given to Whoosh."""
        for word, count in Counter(value).items():
            yield word, count, float(count), b""


class Places(Format):  # type: ignore[misc]
    """Where each word stands in a text: places from 0, ascending."""

    def word_values(self, value: Sequence[str], analyzer: object, **_: Any) -> _Values:
        """The words of a text with their packed places."""
        found: dict[str, array[int]] = {}
        for place, word in enumerate(value):
            places = found.get(word)
            if places is None:
                places = found[word] = array("I")
            places.append(place)
        for word, places in found.items():
            packed = np.array(places, _PLACE).tobytes()
            yield word, len(places), float(len(places)), packed

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """The places in one posting; with this Whoosh's own phrase queries work, too."""
        places: list[int] = unpack([valuestring])[0].tolist()
        return places


def unpack(stored: Sequence[bytes]) -> tuple[Longs, Longs]:
    """The places in some postings, one after another, and how many are in each."""
    lengths = np.fromiter(map(len, stored), np.int64, len(stored)) // _PLACE.itemsize
    return np.frombuffer(b"".join(stored), _PLACE).astype(np.int64), lengths


def codec() -> W3Codec:
    """Whoosh's codec with large blocks: whole postings are read, never skipped in."""
    return W3Codec(blocklimit=BLOCK, compression=0)
