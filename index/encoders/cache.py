"""Keeps what an encoder made of the queries asked last: people page through results and refine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

import numpy as np
from cachetools import LRUCache

from index.encoders.protocol import Vectors

Encoded = TypeVar("Encoded")

QUERY_CACHE = 512
"""Queries that are kept, unless somebody says otherwise."""


class QueryCache(Generic[Encoded]):
    """At most `size` queries, the one not used for longest goes first. Safe for threads."""

    def __init__(self, size: int) -> None:
        """`size` 0 keeps nothing."""
        self._lock = threading.Lock()
        self._encoded: LRUCache[str, Encoded] = LRUCache(size)

    def of(
        self, texts: Sequence[str], encode: Callable[[list[str]], Iterable[Encoded]]
    ) -> list[Encoded]:
        """What is known of each text, in the order given; `encode` is called for those not kept."""
        with self._lock:
            found = {text: self._encoded[text] for text in texts if text in self._encoded}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            fresh = dict(zip(missing, encode(missing), strict=True))
            with self._lock:
                for text in missing if self._encoded.maxsize else ():
                    self._encoded[text] = fresh[text]
            found |= fresh
        return [found[text] for text in texts]


class VectorCache(QueryCache[Vectors]):
    """Keeps vectors and nothing else."""

    def vectors(
        self, texts: Sequence[str], dimension: int, encode: Callable[[list[str]], Vectors]
    ) -> Vectors:
        """Vectors of shape (len(texts), dimension)."""
        # Copies: a row would keep its whole batch alive.
        rows = self.of(texts, lambda missing: [row.copy() for row in encode(missing)])
        return np.array(rows, np.float32).reshape(len(texts), dimension)
