"""Keeps the vectors of the queries asked last: people page through results and refine filters."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from index.encoder import Vectors


class QueryCache:
    """At most `size` vectors, the one not used for longest goes first. Safe for threads."""

    def __init__(self, size: int) -> None:
        """`size` 0 keeps nothing."""
        self._size = size
        self._lock = threading.Lock()
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    def encode(
        self, texts: Sequence[str], dimension: int, encode: Callable[[list[str]], Vectors]
    ) -> Vectors:
        """Vectors of shape (len(texts), dimension); `encode` is called for texts not kept."""
        found = self._known(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            fresh = dict(zip(missing, encode(missing), strict=True))
            self._keep(fresh)
            found |= fresh
        result = np.empty((len(texts), dimension), np.float32)
        for row, text in enumerate(texts):
            result[row] = found[text]
        return result

    def _known(self, texts: Sequence[str]) -> dict[str, Vectors]:
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
            for text in known:
                self._vectors.move_to_end(text)
            return known

    def _keep(self, fresh: dict[str, Vectors]) -> None:
        if self._size <= 0:
            return
        with self._lock:
            for text, vector in fresh.items():
                self._vectors[text] = vector.copy()  # a row would keep its whole batch alive
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
