"""A tiny encoder for tests: words and letter groups, hashed. No model, no meaning.

Texts that share words or parts of words lie close; nothing is cross-lingual. It opens at once and
gives the same vectors on every machine, so tests of everything around the encoder need no model.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from index.encoders.protocol import EncoderInfo, TokenStates, Vectors
from index.text.normalize import JOINERS, MARKS

DIMENSION = 64
MAX_WORDS = 512
_GROUP = 3  # letters in a group

# Letters and digits, with the marks and joiners that Urdu writes inside words.
_WORD = re.compile(rf"\w[\w{MARKS}{JOINERS}]*")
_INSIDE = re.compile(f"[{MARKS}{JOINERS}]")


class HashEncoder:
    """A `TokenEncoder` without a model. Queries and passages are encoded alike."""

    @property
    def info(self) -> EncoderInfo:
        """Identity, dimension and the most words that are read."""
        return EncoderInfo(f"test-hash-{DIMENSION}", DIMENSION, MAX_WORDS)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), 64)."""
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), 64)."""
        return self._encode(texts)

    def token_states(self, texts: Sequence[str], *, query: bool) -> list[TokenStates]:
        """One state per word, the vector of that word alone."""
        return [_states(text) for text in texts]

    def encode_with_states(
        self, texts: Sequence[str], visit: Callable[[int, TokenStates], None]
    ) -> Vectors:
        """`encode_passages`, and the states of each text to `visit`."""
        for row, states in enumerate(self.token_states(texts, query=False)):
            visit(row, states)
        return self.encode_passages(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        result = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in enumerate(texts):
            result[row] = _text_vector(text)
        return result


@lru_cache(maxsize=4_000)
def _text_vector(text: str) -> Vectors:
    return _unit(_vectors(_WORD.findall(text)[:MAX_WORDS]).sum(axis=0))


def _states(text: str) -> TokenStates:
    found = list(_WORD.finditer(text))[:MAX_WORDS]
    states = _vectors([match[0] for match in found])
    return TokenStates(states, tuple([match.span() for match in found]))


def _vectors(words: list[str]) -> Vectors:
    vectors = np.zeros((len(words), DIMENSION), np.float32)
    for row, word in enumerate(words):
        vectors[row] = _word_vector(word)
    return vectors


@lru_cache(maxsize=1 << 16)
def _word_vector(word: str) -> Vectors:
    vector = np.zeros(DIMENSION, np.float32)
    for feature, weight in _features(word):
        code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
        vector[code % DIMENSION] += weight if code >> 16 & 1 else -weight
    return _unit(vector)


def _features(word: str) -> Iterator[tuple[str, float]]:
    """The word itself, which weighs most, and the groups of letters in it."""
    word = _INSIDE.sub("", unicodedata.normalize("NFKC", word).casefold())
    yield word, 2.0
    padded = f"<{word}>"
    for start in range(len(padded) - _GROUP + 1):
        yield padded[start : start + _GROUP], 0.5


def _unit(vector: Vectors) -> Vectors:
    """The vector at length 1; one fixed direction for a text without words."""
    norm = float(np.linalg.norm(vector))
    if norm == 0:
        result = np.zeros(DIMENSION, np.float32)
        result[0] = 1
        return result
    unit: Vectors = (vector / np.float32(norm)).astype(np.float32)
    return unit
