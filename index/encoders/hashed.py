"""A tiny encoder for tests: words and letter groups, hashed. No model, no meaning.

Texts that share words or parts of words lie close; nothing is cross-lingual. It opens at once and
gives the same vectors on every machine, so tests of everything around the encoder need no model. Nor
does it cost much beside what it is there to test: the vectors of words are made once, and those of many
texts are put together by numpy.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise
from math import sqrt

import numpy as np

from index.arrays import Longs
from index.encoders.protocol import EncoderInfo, TokenStates, Vectors
from index.text.normalize import JOINERS, MARKS, Table

DIMENSION = 64
MAX_WORDS = 512
_GROUP = 3  # letters in a group
_TEXTS = 256
"""Encoded together."""
_KNOWN_WORDS = 1 << 16
"""Words, and groups of letters, that are kept in mind."""

# Letters and digits, with the marks and joiners that Urdu writes inside words.
_WORD = re.compile(rf"\w[\w{MARKS}{JOINERS}]*")
_PARTED = re.compile(f"({_WORD.pattern})")
"""Splits a text into what is between words and the words, by turns."""
_INSIDE = re.compile(f"[{MARKS}{JOINERS}]")


class HashEncoder:
    """A `TokenEncoder` without a model. Queries and passages are encoded alike."""

    info = EncoderInfo(f"test-hash-{DIMENSION}", DIMENSION, MAX_WORDS)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), 64)."""
        return _encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), 64)."""
        return _encode(texts)

    def token_states(self, texts: Sequence[str], *, query: bool) -> list[TokenStates]:
        """One state per word, the vector of that word alone."""
        states: list[TokenStates] = []
        _encode(texts, lambda _, each: states.append(each))
        return states

    def encode_with_states(
        self, texts: Sequence[str], visit: Callable[[int, TokenStates], None]
    ) -> Vectors:
        """`encode_passages`, and the states of each text to `visit`."""
        return _encode(texts, visit)


def _encode(
    texts: Sequence[str], visit: Callable[[int, TokenStates], None] | None = None
) -> Vectors:
    result = np.zeros((len(texts), DIMENSION), np.float32)
    for start in range(0, len(texts), _TEXTS):
        found = [_PARTED.split(text)[: 2 * MAX_WORDS] for text in texts[start : start + _TEXTS]]
        vectors, starts = _of_texts([parts[1::2] for parts in found])
        if visit:
            lengths = np.fromiter(map(len, chain.from_iterable(found)), np.int64)
            for row, (first, end) in enumerate(pairwise(starts.tolist()), start):
                parts = len(found[row - start])
                bounds = np.cumsum(lengths[:parts])[: 2 * (end - first)]  # the last gap has no word
                lengths = lengths[parts:]
                visit(row, TokenStates(vectors[first:end], bounds.reshape(-1, 2)))
        result[start : start + _TEXTS] = _sums(vectors, starts)
    return result


def _of_texts(texts: Sequence[Sequence[str]]) -> tuple[Vectors, Longs]:
    """The vectors of the words of some texts, and where each begins among them and the last ends."""
    starts = np.cumsum([0, *map(len, texts)])
    words = [*chain.from_iterable(texts)]
    if new := [*set(words).difference(_VECTORS)]:
        _VECTORS.update(zip(new, _vectors(new), strict=True))
    vectors = [_VECTORS[word] for word in words]
    return np.array(vectors, np.float32).reshape(-1, DIMENSION), starts


def _sums(vectors: Vectors, starts: Longs) -> Vectors:
    """Of each text the unit vector of the sum of its words."""
    found = np.empty((len(starts) - 1, DIMENSION), np.float32)
    for row, (start, end) in enumerate(pairwise(starts.tolist())):
        np.add.reduce(vectors[start:end], axis=0, out=found[row])
    return _units(found)


def _vectors(words: Sequence[str]) -> Vectors:
    """The unit vectors of words, by their features: the word itself, which comes first, weighs most."""
    features = [[_PLACES[feature] for feature in _features(word)] for word in words]
    counts = np.array([*map(len, features)])
    places = np.array([*chain.from_iterable(features)])
    weights = np.full(len(places), 0.5)
    weights[np.cumsum(counts) - counts] = 2.0
    signed = np.where(places < 0, -weights, weights)
    rows = np.repeat(np.arange(len(words)), counts)
    at = rows * DIMENSION + np.abs(places) % DIMENSION
    sums = np.bincount(at, signed, len(words) * DIMENSION).astype(np.float32)
    return _units(sums.reshape(-1, DIMENSION))


_VECTORS: Table[str, Vectors] = Table(lambda word: _vectors([word])[0], _KNOWN_WORDS)


def _place(feature: str) -> int:
    """The coordinate that a feature counts in, and with which sign: that of 0 stands as -64."""
    code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
    place = code % DIMENSION
    return place if code >> 16 & 1 else (-place or -DIMENSION)


_PLACES: Table[str, int] = Table(_place, _KNOWN_WORDS)


def _features(word: str) -> Iterator[str]:
    """The word itself, which weighs most, and the groups of letters in it."""
    word = _INSIDE.sub("", unicodedata.normalize("NFKC", word).casefold())
    yield word
    padded = f"<{word}>"
    for start in range(len(padded) - _GROUP + 1):
        yield padded[start : start + _GROUP]


def _units(vectors: Vectors) -> Vectors:
    """The rows at length 1; one fixed direction for a text without words."""
    norms = np.array([sqrt(row.dot(row)) for row in vectors], np.float32)
    nothing = norms == 0
    norms[nothing] = 1
    units: Vectors = vectors / norms[:, None]
    units[nothing, 0] = 1
    return units
