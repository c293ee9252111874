"""Expectation maximization for the alignment model of `index.sound.transliteration`.

A `Corpus` is a set of pairs (Latin word, Urdu word) with weights. `train` starts from what a letter
may plausibly emit, learns chunks letter by letter, and then widens the context level by level. The
expected counts it returns, one table a level, are the parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index.sound.transliteration import (
    BREADTH,
    LEVELS,
    LONGEST_CHUNK,
    SITES,
    SYMBOLS,
    VOWEL_SITE,
    site_keys,
)

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pairs = Mapping[tuple[str, str], float]
"""(folded Latin word, normalized Urdu word) -> weight."""

OTHERS = np.array([1e-5, 1e-8, 1e-11])
"""P of a chunk never seen of a letter, by length. So every word has some probability."""

PRIORS = (0.0, 5.0, 20.0, 40.0, 40.0)
"""For each level, how many observations the narrower context is worth; tuned on split dev."""

_BATCH = 512
_CHUNK_LENGTH_PRIOR = np.array([1.0, 1.0, 0.1, 0.02])
_MAY_EMIT = {
    "vowel": re.compile("[aeiouy]*"),
    "weak": re.compile("[aeiou]*[^aeiou]*"),
    "aspirate": re.compile("[^aeiou]*|[^aeiou][aeiou]h"),
    "consonant": re.compile("[^aeiou]*"),
}
"""A consonant leaves vowels to the site behind it, else kha would count as a spelling of خ."""


def _kind(symbol: int) -> str:
    if symbol == VOWEL_SITE:
        return "vowel"
    if len(SYMBOLS[symbol]) > 1:
        return "aspirate"
    return "weak" if SYMBOLS[symbol] in "اآےعئءہحوی" else "consonant"


@dataclass
class _Batch:
    weights: Array  # (pairs,)
    sites: Ints  # (pairs, sites): places in the flat sites of the corpus, -1 behind the end
    chunks: Ints  # (pairs, LONGEST_CHUNK + 1, letters + 1): number of the chunk, 0 for none
    lengths: Ints  # (pairs,)


class Corpus:
    """Pairs, with the contexts of their Urdu words and the chunks of their Latin words."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = sorted(pairs, key=lambda pair: (len(pair[1]), len(pair[0]), pair))
        self.weights = np.array([pairs[pair] for pair in self.pairs])
        self.words = sorted({urdu for _, urdu in self.pairs})
        keys, starts = site_keys(self.words)
        self.starts = starts.astype(np.int64)
        # Contexts of each level, numbered; the narrower context of each; the letter of each.
        self.keys: list[Ints] = []
        self.narrower: list[Ints] = []
        self.context: list[Ints] = []
        self.owner: list[Ints] = []
        for level in range(LEVELS):
            known, first, number = np.unique(keys[level], return_index=True, return_inverse=True)
            self.keys.append(known)
            self.owner.append(keys[0][first])
            self.context.append(number)
            self.narrower.append(self.context[level - 1][first] if level else np.zeros(0, int))
        found = {
            latin[j : j + k]
            for latin, _ in self.pairs
            for k in range(LONGEST_CHUNK + 1)
            for j in range(len(latin) - k + 1)
        }
        self.chunks = ["none", *sorted(found, key=lambda chunk: (len(chunk), chunk))]
        self.lengths = np.array([0, *map(len, self.chunks[1:])])

    @cached_property
    def batches(self) -> list[_Batch]:
        """The pairs in equal portions, those of a length together."""
        number = {chunk: at for at, chunk in enumerate(self.chunks)}
        row = {word: at for at, word in enumerate(self.words)}
        batches = []
        for begin in range(0, len(self.pairs), _BATCH):
            some = self.pairs[begin : begin + _BATCH]
            rows = np.array([row[urdu] for _, urdu in some])
            lengths = np.array([len(latin) for latin, _ in some])
            place = np.arange((self.starts[rows + 1] - self.starts[rows]).max())
            sites = self.starts[rows][:, None] + place
            sites[sites >= self.starts[rows + 1][:, None]] = -1
            chunks = np.zeros((len(some), LONGEST_CHUNK + 1, lengths.max() + 1), np.int64)
            for at, (latin, _) in enumerate(some):
                for k in range(LONGEST_CHUNK + 1):
                    for j in range(len(latin) - k + 1):
                        chunks[at, k, j] = number[latin[j : j + k]]
            weights = self.weights[begin : begin + _BATCH]
            batches.append(_Batch(weights, sites, chunks, lengths))
        return batches

    def expected_counts(
        self, table: Array, context: Ints, owner: Ints, column: Ints
    ) -> tuple[Array, float]:
        """The E step: how often each context emitted each chunk, and the log-likelihood per pair.

        `table` is P(column | context); `context` numbers the sites, `owner` is the letter of each
        context, and ``column[letter, chunk]`` the column of a chunk.
        """
        counts = np.zeros(table.size)
        total = 0.0
        for batch in self.batches:
            rows = context[batch.sites]
            cells = rows[:, :, None, None] * table.shape[1]
            cells = cells + column[owner[rows][:, :, None, None], batch.chunks[:, None]]
            chances = table.ravel()[cells] * (batch.chunks > 0)[:, None]
            behind = batch.sites < 0
            chances[behind] = 0.0
            chances[behind, 0] = 1.0
            posterior, loglik = _forward_backward(chances, batch)
            posterior[behind] = 0.0
            total += float(loglik @ batch.weights)
            likely = posterior > 1e-4
            counts += np.bincount(cells[likely], posterior[likely], table.size)
        return counts.reshape(table.shape), total / float(self.weights.sum())


def _forward_backward(chances: Array, batch: _Batch) -> tuple[Array, Array]:
    """Weighted posterior of every (pair, site, chunk length, place), and each pair's log P."""
    pairs, sites, _, places = chances.shape
    forward = np.zeros((sites + 1, pairs, places))
    forward[0, :, 0] = 1.0
    for i in range(sites):
        for k in range(min(LONGEST_CHUNK + 1, places)):
            stop = places - k
            forward[i + 1, :, k:] += forward[i, :, :stop] * chances[:, i, k, :stop]
    rows = np.arange(pairs)
    chance = np.maximum(forward[sites, rows, batch.lengths], 1e-300)
    backward = np.zeros((pairs, places))
    backward[rows, batch.lengths] = batch.weights / chance
    posterior = np.zeros_like(chances)
    for i in reversed(range(sites)):
        before = np.zeros_like(backward)
        for k in range(min(LONGEST_CHUNK + 1, places)):
            stop = places - k
            through = chances[:, i, k, :stop] * backward[:, k:]
            before[:, :stop] += through
            posterior[:, i, k, :stop] = forward[i, :, :stop] * through
        backward = before
    return posterior, np.log(chance)


@dataclass
class Learned:
    """What EM found: contexts and expected counts, level by level, of the columns of each letter."""

    keys: list[Ints]
    narrower: list[Ints]
    counts: list[Array]
    chunks: list[list[str]]  # of each letter, columns LONGEST_CHUNK + 1 and on


def train(
    pairs: Pairs, say: Callable[[str], None], steps: tuple[int, ...] = (5, 4, 2, 2)
) -> Learned:
    """EM: `steps` iterations without context, then with the contexts of levels 1, 2, and all."""
    corpus = Corpus(pairs)
    allowed = np.array(
        [[bool(_MAY_EMIT[_kind(s)].fullmatch(c)) for c in corpus.chunks] for s in range(SITES)]
    )
    alone = _alone(corpus, allowed, steps[0], say)
    chunks, column, has = _inventory(corpus, alone)
    base = np.zeros((SITES, BREADTH))
    for site in range(SITES):
        known = np.unique(column[site], return_index=True)[1]
        base[site, column[site, known]] = alone[site, known]
    base[:, 0] = alone[:, corpus.chunks.index("")]
    base = base * has + 1e-9 * has
    tables = [base[corpus.owner[0]] / base[corpus.owner[0]].sum(axis=1, keepdims=True)]
    counts: list[Array] = []
    for top, repeat in zip((1, 2, LEVELS - 1), steps[1:], strict=True):
        for step in range(repeat):
            table = tables[-1].copy()
            table[:, 1 : LONGEST_CHUNK + 1] = OTHERS
            level = len(tables) - 1
            # The E step of the table so far, counted in the contexts of the level to come.
            inner = corpus.context[level]
            wide = np.unique(corpus.context[top], return_index=True)[1]
            found, loglik = corpus.expected_counts(
                table[inner[wide]], corpus.context[top], corpus.owner[top], column
            )
            say(f"  contexts to level {top}, step {step + 1}: {loglik:.4f} a pair")
            found *= has[corpus.owner[top]]
            counts = _sums(corpus, found, top)
            tables = _interpolated(corpus, counts, has)
    return Learned(corpus.keys, corpus.narrower, counts, chunks)


def _alone(
    corpus: Corpus, allowed: npt.NDArray[np.bool_], steps: int, say: Callable[[str], None]
) -> Array:
    """P(chunk | letter) without context, from a start that knows vowels from consonants."""
    table = np.where(allowed, 1.0, 1e-4)
    table *= np.where(corpus.lengths > 0, 1.0, 0.1) * _CHUNK_LENGTH_PRIOR[corpus.lengths]
    empty = corpus.chunks.index("")
    table[VOWEL_SITE, empty] = table[VOWEL_SITE].sum()
    table[:, 0] = 0.0
    table /= table.sum(axis=1, keepdims=True)
    everything = np.broadcast_to(np.arange(len(corpus.chunks)), table.shape)
    letters = corpus.keys[0][corpus.context[0]]
    for step in range(steps):
        counts, loglik = corpus.expected_counts(table, letters, np.arange(SITES), everything)
        say(f"  no context, step {step + 1}: {loglik:.4f} a pair")
        counts = counts * allowed + 1e-6
        counts[:, 0] = 0.0
        table = counts / counts.sum(axis=1, keepdims=True)
    return table


def _inventory(corpus: Corpus, alone: Array) -> tuple[list[list[str]], Ints, Array]:
    """The chunks that each letter is known for, their columns, and which columns there are."""
    use = np.bincount(corpus.keys[0][corpus.context[0]], minlength=SITES)
    expected = alone * (use * len(corpus.pairs) / len(corpus.words))[:, None]
    column = np.broadcast_to(corpus.lengths, alone.shape).copy()
    has = np.zeros((SITES, BREADTH))
    has[:, 0] = 1.0
    chunks: list[list[str]] = []
    for site in range(SITES):
        best = [
            c for c in np.argsort(-expected[site]) if corpus.lengths[c] and expected[site, c] > 0.5
        ]
        best = best[: BREADTH - LONGEST_CHUNK - 1]
        column[site, best] = LONGEST_CHUNK + 1 + np.arange(len(best))
        has[site, LONGEST_CHUNK + 1 : LONGEST_CHUNK + 1 + len(best)] = 1.0
        chunks.append([corpus.chunks[c] for c in best])
    return chunks, column, has


def _sums(corpus: Corpus, found: Array, top: int) -> list[Array]:
    """Counts of every level, from those of the widest."""
    counts = [found]
    for level in range(top, 0, -1):
        narrow = np.zeros((len(corpus.keys[level - 1]), BREADTH))
        np.add.at(narrow, corpus.narrower[level], counts[0])
        counts.insert(0, narrow)
    return counts


def _interpolated(corpus: Corpus, counts: list[Array], has: Array) -> list[Array]:
    """P(column | context) of every level: the M step, with a Dirichlet prior."""
    first = counts[0] + 1e-3 * has[corpus.owner[0]]
    tables = [first / first.sum(axis=1, keepdims=True)]
    for level in range(1, len(counts)):
        prior = PRIORS[level]
        table = counts[level] + prior * tables[-1][corpus.narrower[level]]
        tables.append(table / (counts[level].sum(axis=1, keepdims=True) + prior))
    return tables
