"""Keeps what an encoder made of the queries asked last: people page through results and refine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from index.batch_cache import BatchCache
from index.encoders.protocol import Vectors

QUERY_CACHE = 512
"""Queries that are kept, unless somebody says otherwise."""


class VectorCache(BatchCache[str, Vectors]):
    """Keeps vectors and nothing else."""

    def vectors(
        self, texts: Sequence[str], dimension: int, encode: Callable[[list[str]], Vectors]
    ) -> Vectors:
        """Vectors of shape (len(texts), dimension)."""
        # Copies: a row would keep its whole batch alive.
        rows = self.of(texts, lambda missing: [row.copy() for row in encode(missing)])
        return np.array(rows, np.float32).reshape(len(texts), dimension)
