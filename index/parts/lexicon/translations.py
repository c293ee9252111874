"""A dictionary learned from sentence pairs: which word translates which, and how surely.

IBM Model 1 (Brown, Della Pietra, Della Pietra and Mercer, "The Mathematics of Statistical Machine
Translation", Computational Linguistics 1993), trained by expectation maximization on sets of stems,
once in each direction. A word stands in one sentence as often as in the other only by chance; what
both directions agree on is a translation:

    weight(u, e) = sqrt(t(u | e) * t(e | u))

A word seen in one pair only still gets translations, by what the other words of the pair leave
over; `_DOUBT` is an evidence of nothing that such words have to outweigh. Who calls may know which
words are alike (a prior over word pairs): in few pairs that tells چیتا (leopard) from the camera it is
always seen by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Doubles, Longs
from index.text.analysis import SCRIPTS, Script, is_stop, script, stem, terms

MIN_WEIGHT = 0.05
_ROUNDS = 6
_DOUBT = 0.5
_NULL = 0.3
"""How likely a word is to translate nothing, as a multiple of a word picked at random."""
_LONGEST = 48
"""Stems of a sentence that are looked at; what is longer is a list or a table."""

Likeness = Callable[[Sequence[str], Sequence[str], Longs, Longs], Doubles]
"""How alike, above 0, pairs of stems are: Urdu stems, English stems, and which of each."""


@dataclass(frozen=True)
class Translation:
    """Two stems that translate each other, with a weight in (0, 1]."""

    urdu: str
    english: str
    weight: float

    def stem(self, script: Script) -> str:
        """The one of the two that is written in a script."""
        return self.urdu if script == "ur" else self.english


@dataclass(frozen=True)
class _Cells:
    """Every (English, Urdu) stem pair that shares a sentence pair, and every time it does.

    `english` and `urdu` number the stems of a pair; `pair[i]` is the pair met at the i-th meeting,
    `by_english[i]` and `by_urdu[i]` the word of that sentence the meeting belongs to.
    """

    english: Longs
    urdu: Longs
    pair: Longs
    by_english: Longs
    by_urdu: Longs


def learn(pairs: Iterable[tuple[str, str]], likeness: Likeness | None = None) -> list[Translation]:
    """The translations that pairs of (Urdu, English) sentences tell, in order of weight."""
    numbers: tuple[dict[str, int], dict[str, int]] = {}, {}
    met: list[Longs] = []
    for number, (urdu_text, english_text) in enumerate(pairs):
        ours, theirs = (
            [known.setdefault(each, len(known)) for each in _stems(text, kind)]
            for known, text, kind in zip(numbers, (urdu_text, english_text), SCRIPTS, strict=True)
        )
        grid = np.meshgrid(number, theirs, ours, indexing="ij")
        met.append(np.stack([axis.ravel() for axis in grid]).astype(np.int64))
    urdu, english = map(list, numbers)
    if not met or not urdu or not english:
        return []
    cells = _cells(np.concatenate(met, axis=1), len(english), len(urdu))
    prior = np.ones(len(cells.urdu))
    if likeness:
        prior = likeness(urdu, english, cells.urdu, cells.english)
    to_urdu = _train(cells, cells.english, cells.by_urdu, len(urdu), prior)
    to_english = _train(cells, cells.urdu, cells.by_english, len(english), prior)
    weights = np.sqrt(to_urdu * to_english)
    order = np.lexsort((cells.urdu, cells.english, -weights))
    return [
        Translation(urdu[cells.urdu[at]], english[cells.english[at]], float(weights[at]))
        for at in order[: int((weights >= MIN_WEIGHT).sum())]
    ]


def _stems(text: str, kind: Script) -> list[str]:
    """The distinct ranking terms of a sentence that are of one script, `_LONGEST` at most."""
    found = {stem(term) for term in terms(text) if not is_stop(term) and script(term) == kind}
    return sorted(found)[:_LONGEST]


def _cells(met: Longs, english: int, urdu: int) -> _Cells:
    number, e, u = met
    codes, pair = np.unique(e * urdu + u, return_inverse=True)
    by_english = np.unique(number * english + e, return_inverse=True)[1]
    by_urdu = np.unique(number * urdu + u, return_inverse=True)[1]
    return _Cells(codes // urdu, codes % urdu, pair, by_english, by_urdu)


def _train(
    cells: _Cells, source: Longs, target_word: Longs, targets: int, prior: Doubles
) -> Doubles:
    """t(target | source) of each stem pair; `target_word` tells for each meeting whose it is."""
    nothing = _NULL / targets
    chances: Doubles = prior / np.bincount(source, prior)[source]
    for _ in range(_ROUNDS):
        shares = (chances * prior)[cells.pair]
        shares /= np.bincount(target_word, shares)[target_word] + nothing
        counts = np.bincount(cells.pair, shares, minlength=len(source))
        chances = counts / (np.bincount(source, counts)[source] + _DOUBT)
    return chances


def best_translations(
    translations: Sequence[Translation], source: Script, most: int
) -> dict[str, list[Translation]]:
    """For each stem of a script, its first `most` translations."""
    found: dict[str, list[Translation]] = {}
    for each in translations:
        own = found.setdefault(each.stem(source), [])
        if len(own) < most:
            own.append(each)
    return found
