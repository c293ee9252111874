"""What the texts of two articles have in common, word by word.

Words of the other language are met through their counterparts (`index.parts.stories.counterparts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats, Ints, Mask, Parallel
from index.parts.stories.counterparts import Counterparts, Met
from index.parts.stories.texts import IN_LEAD, Text

_AT_ONCE = 32
"""Texts that one is compared with together: the table has a byte for each of their possible words."""


@dataclass(frozen=True)
class Common(Parallel):
    """How much of one text others hold, a row for each of the others.

    `title` is the part of its title that is met in their leads (0..1); `covered` the part of the
    whole text that is met in theirs (0..1), of another language and where theirs has at least as
    many words, else 0; `shared` the rarity of what is met of its lead in their text.
    """

    title: Floats
    covered: Floats
    shared: Floats


class Overlap:
    """Compares texts of one archive, whose lexicon has `heads` words: what one has in common with
    several others, each word counted by its rarity.

    The words of the others are flags in a table with a column for each word of the lexicon, so that all
    of them are looked up at once.
    """

    def __init__(self, heads: int, counterparts: Counterparts) -> None:
        self._counterparts = counterparts
        self._flags = np.zeros((_AT_ONCE, heads), np.uint8)

    def of(self, text: Text, others: Sequence[Text], *, across: bool) -> Common:
        """Compare a text with others of its own language, or (`across`) of another one."""
        parts = [
            self._compared(text, others[start : start + _AT_ONCE], across)
            for start in range(0, len(others), _AT_ONCE)
        ]
        return parts[0].joined(*parts[1:])

    def look_up(self, pairs: Iterable[tuple[Text, Sequence[Text]]]) -> None:
        """Look up at once what texts will be met as when each is compared with others of another language."""
        heads = [text.words[_chosen(text, _longer(text, others, True))] for text, others in pairs]
        if heads:
            self._counterparts.learn(np.concatenate(heads))

    def _compared(self, text: Text, others: Sequence[Text], across: bool) -> Common:
        longer = _longer(text, others, across)
        chosen = _chosen(text, longer)
        none = np.zeros(len(others), np.float32)
        if not chosen.any():
            return Common(none, none, none)
        words = self._words(text.words[chosen], across)
        for row, each in enumerate(others):
            self._flags[row, each.words] = each.places
        found = self._flags[: len(others), words.heads]
        for row, each in enumerate(others):
            self._flags[row, each.words] = 0
        rarities, title, lead = text.rarities[chosen], text.title[chosen], text.lead[chosen]
        starts = words.starts[:-1]
        anywhere = np.maximum.reduceat(words.weights * (found > 0), starts, axis=1)
        in_lead = np.maximum.reduceat(words.weights * ((found & IN_LEAD) > 0), starts, axis=1)
        return Common(
            _part(in_lead[:, title], rarities[title], words.sureties[title]),
            np.where(longer, _part(anywhere, rarities, words.sureties), none),
            anywhere[:, lead] @ rarities[lead],
        )

    def _words(self, heads: Ints, across: bool) -> Met:
        """As which words, each met as itself first, some are looked for."""
        if not across:
            ones = np.ones(len(heads), np.float32)
            return Met(np.arange(len(heads) + 1), heads, ones, ones)
        met = self._counterparts.of(heads)
        starts = met.starts + np.arange(len(heads) + 1)  # both languages may write a word alike
        itself = np.zeros(starts[-1], bool)
        itself[starts[:-1]] = True
        rows = np.empty(len(itself), np.int32)
        weights = np.empty(len(itself), np.float32)
        rows[itself], weights[itself] = heads, 1.0
        rows[~itself], weights[~itself] = met.heads, met.weights
        return Met(starts, rows, weights, met.sureties)


def _longer(text: Text, others: Sequence[Text], across: bool) -> Mask:
    """Which of the others, of another language, have as many words at least."""
    return np.array([across and len(each.words) >= len(text.words) for each in others])


def _chosen(text: Text, longer: Mask) -> Mask:
    """The words that are looked for. What is not covered needs no more than the lead, which spares most
    look-ups of a long text."""
    return np.ones(len(text.words), bool) if longer.any() else text.lead


def _part(met: Floats, rarities: Floats, sureties: Floats) -> Floats:
    """How much of some words is met, of what could be: a word that is not known may not be met at all."""
    possible = np.maximum(met, sureties) @ rarities
    part: Floats = np.divide(
        met @ rarities, possible, out=np.zeros_like(possible), where=possible > 0
    )
    return part
