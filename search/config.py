"""Settings of searching: defaults stand here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchConfig:
    """Limits of a request and the weights of ranking.

    `window` is how many hits paging can reach; lengths are in characters unless said otherwise.
    """

    max_query_chars: int = 1_000
    max_query_words: int = 64
    max_page_size: int = 100
    window: int = 1_000
    snippet_chars: int = 280
