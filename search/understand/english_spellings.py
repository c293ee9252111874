"""The other spelling of English words that Britain and America spell differently: neighbour and neighbor.

The bundled lexicon learned from texts of both, mostly American ones, and newspapers of Pakistan are
in British spelling. What is made here by rule need not be a word: the caller looks for it among
words it knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PAIRS: tuple[tuple[str, str], ...] = (
    (r"(?<=[a-z]{3})our", "or"),
    (r"(?<=[a-z]{3})or(?!y|i)", "our"),
    (r"(?<=[a-z]{3})is(?=e|ing|ation)", "iz"),
    (r"(?<=[a-z]{3})iz(?=e|ing|ation)", "is"),
    (r"(?<=al)ys(?=e|ing)", "yz"),
    (r"(?<=al)yz(?=e|ing)", "ys"),
    (r"(?<=[bt])re(?=s?$)", "er"),
    (r"(?<=[a-z]{2}[bt])er(?=s?$)", "re"),
    (r"(?<=[a-z]{3}[aeiou])ll(?=ed|ing|er)", "l"),
    (r"(?<=[a-z]{3}[aeiou])l(?=ed|ing|er)", "ll"),
    (r"(?<=en)c(?=es?$)", "s"),
    (r"(?<=[a-z]{2}en)s(?=es?$)", "c"),
    (r"(?<=alog)ue(?=s?$)", ""),
    (r"(?<=alog)(?=s?$)", "ue"),
    (r"(?<=gram)me(?=s?$)", ""),
    (r"(?<=gram)(?=s?$)", "me"),
    (r"ae|oe", "e"),
    (r"ellery$", "elry"),
    (r"elry$", "ellery"),
    (r"grey", "gray"),
    (r"gray", "grey"),
    (r"^tyre(?=s?$)", "tire"),
    (r"^tire(?=s?$)", "tyre"),
)
"""What stands in one spelling, and what in the other. Enough letters stand before it for the rest to be
the same word: flour, prise and filled are spelt in one way."""
_RULES = tuple((re.compile(pattern), other) for pattern, other in _PAIRS)


def other_spellings(word: str) -> Iterator[str]:
    """How a normalized English word may be spelt otherwise, each rule by itself; most words in no way."""
    for pattern, other in _RULES:
        spelt, changes = pattern.subn(other, word)
        if changes:
            yield spelt
