"""Which sense of a word is meant, by what the rest of the query means.

A word with several translations is searched by all of them; those that fit the query count for more.
What the query means beside the word is its vector less what lies in the direction of the word's own,

    c = q - (q . w) w

and a translation a that fits c less well than the usual one (the mean by weight) loses by it, down to a
half. None gains: what is merely said in such a query (judge, for the فیصلہ of a court) would fit best of all.
Word vectors are those of the lexicon, the query's is the one that it is searched by.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from index.analysis import script
from index.impacts import Floats
from index.lexicon import Lexicon
from index.vectors import unit
from search.models import Alternative

GAIN, LEAST = 5.0, 0.5
"""What a cosine with the rest of the query does to the log of a weight, and what is left of one at least."""

OPEN_FROM = 0.3
"""Weight of a second alternative, beside the best, from which a word's sense is open."""

_NEARLY_THE_WORD = 0.1
"""Length of what is left of a query beside the word, below which nothing is."""


def is_open(alternatives: tuple[Alternative, ...]) -> bool:
    """Whether a word has translations of more than one sense to choose from."""
    weights = [each.weight for each in alternatives if _translates(each)]
    return len(weights) > 1 and sorted(weights)[-2] >= OPEN_FROM * max(weights)


def in_context(
    word: str, alternatives: tuple[Alternative, ...], query: Floats, lexicon: Lexicon
) -> tuple[Alternative, ...]:
    """The alternatives of a normalized word, weighted by the vector of the query that it stands in.

    As they are where the lexicon has no vector of the word, or the query says nothing beside it.
    """
    kind = script(word)
    mine = lexicon.centred(lexicon.head(word))
    if kind == "other" or mine is None:
        return alternatives
    whole = lexicon.less_mean(query, kind)
    rest = whole - (whole @ mine) * mine
    if float(np.linalg.norm(rest)) < _NEARLY_THE_WORD:
        return alternatives
    gains = _gains(alternatives, unit(rest), lexicon)
    if not gains:
        return alternatives
    found = [
        replace(each, weight=round(each.weight * gains[each.word], 3))
        if each.word in gains
        else each
        for each in alternatives
    ]
    return tuple(sorted(found, key=lambda each: (-each.weight, each.word)))


def _gains(
    alternatives: tuple[Alternative, ...], rest: Floats, lexicon: Lexicon
) -> Mapping[str, float]:
    """By translation that has a vector, what its weight is multiplied by."""
    found: dict[str, float] = {}
    weights = 0.0
    usual = 0.0
    for each in filter(_translates, alternatives):
        vector = lexicon.centred(lexicon.head(each.word))
        if vector is not None:
            found[each.word] = float(vector @ rest)
            weights += each.weight
            usual += each.weight * found[each.word]
    return {
        name: min(1.0, max(LEAST, math.exp(GAIN * (cosine - usual / weights))))
        for name, cosine in found.items()
    }


def _translates(each: Alternative) -> bool:
    return each.source != "roman"
