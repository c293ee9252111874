"""Runs of two to four words that come again, counted by numpy a length at a time.

A run of n words is looked at only where both runs of n - 1 words in it were kept (Agrawal and
Srikant's apriori rule, VLDB 1994), so the table stays small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.arrays import Ints, Longs
from index.parts.suggestions.word_stream import GLUE, Words

LONGEST = 4


@dataclass(frozen=True)
class Runs:
    """The runs of one length. `at` says which one begins at each place of the stream, -1 for none.

    `count` is how often each occurs, `articles` in how many articles, `first` the place of its first
    occurrence.
    """

    length: int
    at: Ints
    count: Longs
    articles: Longs
    first: Longs

    def __len__(self) -> int:
        return len(self.count)


def count_runs(words: Words, least: int) -> list[Runs]:
    """Runs of 1 to `LONGEST` words, those of two and more that occur `least` times."""
    rows = words.row_of[words.stream] if len(words.stream) else np.empty(0, np.int32)
    found = [_runs(1, rows.astype(np.int64), words, 1)]
    shorter = found[0].at
    for length in range(2, LONGEST + 1):
        keys = np.full(len(rows), -1, np.int64)
        both = (shorter[:-1] >= 0) & (shorter[1:] >= 0)
        last = rows[length - 1 :]
        inside = np.flatnonzero(both)
        inside = inside[inside < len(last)]
        inside = inside[last[inside] >= 0]
        keys[inside] = shorter[inside].astype(np.int64) << 32 | last[inside]
        found.append(_runs(length, keys, words, least))
        shorter = found[-1].at
    return found


def _runs(length: int, keys: Longs, words: Words, least: int) -> Runs:
    """The runs whose `keys` these are, one for each place; -1 where none begins."""
    places = np.flatnonzero(keys >= 0)
    _, first, number, count = np.unique(
        keys[places], return_index=True, return_inverse=True, return_counts=True
    )
    kept = count >= least
    renumbered = np.cumsum(kept) - 1
    at = np.full(len(keys), -1, np.int32)
    lasting = kept[number]
    at[places[lasting]] = renumbered[number[lasting]]
    pairs = at[places[lasting]].astype(np.int64) << 32 | words.article[places[lasting]]
    pairs.sort()
    new = np.r_[True, pairs[1:] != pairs[:-1]] if len(pairs) else np.zeros(0, bool)
    articles = np.bincount(pairs[new] >> 32, minlength=int(kept.sum()))
    return Runs(length, at, count[kept].astype(np.int64), articles, places[first[kept]])


def rows_of(runs: Runs, words: Words) -> Ints:
    """The rows of each run's words in the lexicon; shape (runs, length)."""
    rows: Ints = words.row_of[words.stream[runs.first[:, None] + np.arange(runs.length)]]
    return rows


def spellings_of(words: Words, runs: Runs, wanted: Ints) -> list[str]:
    """Each of the wanted runs as it is most often spelt."""
    if not len(wanted):
        return []
    chosen = np.full(len(runs), -1, np.int32)
    chosen[wanted] = np.arange(len(wanted), dtype=np.int32)
    numbers = np.where(runs.at >= 0, chosen[runs.at], -1)
    places = np.flatnonzero(numbers >= 0)
    mixed = np.zeros(len(places), np.uint64)
    for offset in range(runs.length):  # Knuth's multiplicative hashing, word by word
        spelling = words.stream[places + offset].astype(np.uint64)
        mixed = (mixed ^ spelling) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    order = np.lexsort((mixed, numbers[places]))
    number, mixed = numbers[places][order], mixed[order]
    new = np.flatnonzero(np.r_[True, (number[1:] != number[:-1]) | (mixed[1:] != mixed[:-1])])
    count = np.diff(new, append=len(order))
    best = np.lexsort((-count, number[new]))
    _, at = np.unique(number[new][best], return_index=True)
    shown = places[order[new[best[at]]]]
    return [
        "".join(_spaced(words.spellings[words.stream[place + k]], k) for k in range(runs.length))
        for place in shown.tolist()
    ]


def _spaced(spelling: str, place: int) -> str:
    if spelling.startswith("-"):
        return spelling if place else spelling[1:]
    if spelling.startswith(GLUE):
        return spelling[1:]
    return f" {spelling}" if place else spelling
