"""Which sense of a word is meant, by what the rest of the query means.

A word with several translations is searched by all of them; those that fit the query count for more.
What the query means beside the word is its vector less what lies in the direction of the word's own,

    c = q - (q . w) w

and a translation a of weight p gets p * exp(GAIN * a . c / |c|), scaled so that the best keeps the weight
that the best had. Word vectors are those of the lexicon, the query's is the one that it is searched by.
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

GAIN = 5.0
"""What a cosine with the rest of the query does to the log of a weight (docs/measured.md)."""

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
    before = {each.word: each.weight for each in alternatives if each.word in gains}
    weighed = {name: weight * gains[name] for name, weight in before.items()}
    scale = max(before.values()) / max(weighed.values())
    found = [
        replace(each, weight=round(min(1.0, weighed[each.word] * scale), 3))
        if each.word in weighed
        else each
        for each in alternatives
    ]
    return tuple(sorted(found, key=lambda each: (-each.weight, each.word)))


def _gains(
    alternatives: tuple[Alternative, ...], rest: Floats, lexicon: Lexicon
) -> Mapping[str, float]:
    """By translation, what its weight is multiplied by; one without a vector gets the mean of the others."""
    found: dict[str, float | None] = {}
    for each in alternatives:
        if _translates(each):
            vector = lexicon.centred(lexicon.head(each.word))
            found[each.word] = None if vector is None else float(vector @ rest)
    known = [cosine for cosine in found.values() if cosine is not None]
    if not known:
        return {}
    usual = sum(known) / len(known)
    return {
        name: math.exp(GAIN * (usual if cosine is None else cosine))
        for name, cosine in found.items()
    }


def _translates(each: Alternative) -> bool:
    return each.source != "roman"
