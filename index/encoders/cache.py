"""Keeps what an encoder made of the queries asked last: people page through results and refine."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

import numpy as np

from index.encoders.protocol import Vectors

Encoded = TypeVar("Encoded")

QUERY_CACHE = 512
"""Queries that are kept, unless somebody says otherwise."""


class QueryCache(Generic[Encoded]):
    """At most `size` queries, the one not used for longest goes first. Safe for threads."""

    def __init__(self, size: int) -> None:
        """`size` 0 keeps nothing."""
        self._size = size
        self._lock = threading.Lock()
        self._encoded: OrderedDict[str, Encoded] = OrderedDict()

    def of(
        self, texts: Sequence[str], encode: Callable[[list[str]], Iterable[Encoded]]
    ) -> list[Encoded]:
        """What is known of each text, in the order given; `encode` is called for those not kept."""
        found = self._known(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            fresh = dict(zip(missing, encode(missing), strict=True))
            self._keep(fresh)
            found |= fresh
        return [found[text] for text in texts]

    def _known(self, texts: Sequence[str]) -> dict[str, Encoded]:
        with self._lock:
            known = {text: self._encoded[text] for text in texts if text in self._encoded}
            for text in known:
                self._encoded.move_to_end(text)
            return known

    def _keep(self, fresh: dict[str, Encoded]) -> None:
        if self._size <= 0:
            return
        with self._lock:
            for text, encoded in fresh.items():
                self._encoded[text] = encoded
                self._encoded.move_to_end(text)
            while len(self._encoded) > self._size:
                self._encoded.popitem(last=False)


class VectorCache(QueryCache[Vectors]):
    """Keeps vectors and nothing else."""

    def vectors(
        self, texts: Sequence[str], dimension: int, encode: Callable[[list[str]], Vectors]
    ) -> Vectors:
        """Vectors of shape (len(texts), dimension)."""
        # Copies: a row would keep its whole batch alive.
        rows = self.of(texts, lambda missing: [row.copy() for row in encode(missing)])
        return np.array(rows, np.float32).reshape(len(texts), dimension)
