"""What the texts of two articles have in common, word by word and number by number.

Words of the other language are met through the lexicon: by the translations that the archive taught,
and by sound, which is how names cross scripts. A word that neither the other language nor the archive
has a counterpart for says nothing for or against.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from index.analysis import is_stop, script, terms
from index.catalogue import Catalogue
from index.lexicon import Lexicon
from index.passages import passage_text
from index.quantities import quantities
from index.spelling import SpellingModel

SHINGLE = 4
"""Words of a shingle: short enough to survive an edit in each sentence, too long for a phrase."""
TRANSLATION_SCALE = 2.0
"""From the weight of a learned translation to how likely the word is met: as in ranking."""
SOUND_FROM = 0.7
"""Probability from which a spelling counts as the same name: as in ranking."""
SURE = 0.5
"""A word with so sure a translation is not looked up by sound."""
UNLIKELY, LIKELY = 0.2, 0.75
"""Coverage by translations alone outside of which sounds, which take long, would not change the verdict:
no true pair of the sets measured has less, and hardly any other one has more."""
LEAST_SHINGLES = 30
"""Of a text whose copies are looked for: with one word changed a short one says something else."""
_SPELLINGS = 4
_REMEMBERED = 1 << 17

Weights = Mapping[int, float]


@dataclass(frozen=True)
class Text:
    """What is compared of an article.

    `words` are the lexicon's heads with their rarity (idf), `numbers` the quantities of each passage
    in the order of pids, `shingles` hashes of every `SHINGLE` words that follow one another.
    """

    words: Mapping[int, float]
    numbers: Sequence[frozenset[str]]
    shingles: frozenset[int]

    @property
    def all_numbers(self) -> frozenset[str]:
        """The quantities of the whole article."""
        return frozenset().union(*self.numbers)


class Texts:
    """Reads articles of one archive for comparing."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._catalogue, self._lexicon = catalogue, lexicon
        self._size = int(catalogue.columns().live.sum())
        # A head's frequency is that of its most frequent form.
        self._frequencies = np.zeros(len(lexicon.words), np.int64)
        np.maximum.at(self._frequencies, lexicon.heads, lexicon.frequencies)
        self._row = lru_cache(_REMEMBERED)(self._row_of)

    def read(self, docids: Iterable[int]) -> dict[int, Text]:
        """The texts of documents."""
        wanted = [int(docid) for docid in docids]
        documents = self._catalogue.documents(wanted)
        passages = self._catalogue.passages_of(wanted)
        return {
            docid: self._text([passage_text(document, each) for _, each in passages[docid]])
            for docid, document in zip(wanted, documents, strict=True)
        }

    def _text(self, passages: Sequence[str]) -> Text:
        found = [terms(passage) for passage in passages]
        # The first passage is the title, which copies like to change.
        running = [word for words in (found[1:] or found) for word in words]
        shingles = zip(*(running[at:] for at in range(SHINGLE)), strict=False)
        heads = {self._row(word) for words in found for word in words}
        return Text(
            words={head: self._rarity(head) for head in heads if head >= 0},
            numbers=[quantities(passage) for passage in passages],
            shingles=frozenset(map(hash, shingles)),
        )

    def _row_of(self, word: str) -> int:
        """The head of a word worth comparing, else -1; numbers are compared as such."""
        if is_stop(word) or len(word) < 2 or word.isdecimal():
            return -1
        return self._lexicon.head(word)

    def _rarity(self, head: int) -> float:
        return math.log((self._size + 0.5) / (self._frequencies[head] + 0.5))


class Counterparts:
    """Which words of the other language a word is met as, and how surely: heads with weights (0..1]."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._model = model = SpellingModel.load()
        self._background = lru_cache(_REMEMBERED)(partial(model.background, channel="english"))
        self.learned = lru_cache(_REMEMBERED)(self._learned)
        self.all = lru_cache(_REMEMBERED)(self._all)

    def _learned(self, head: int) -> Weights:
        """The translations that the archive taught."""
        return {
            row: min(1.0, weight * TRANSLATION_SCALE)
            for row, weight in self._lexicon.translations.of(head)
        }

    def _all(self, head: int) -> Weights:
        """Those, and the words that sound alike where no translation is sure."""
        found = dict(self.learned(head))
        if max(found.values(), default=0.0) < SURE:
            for row, chance in self._sounding(head):
                found[row] = max(found.get(row, 0.0), chance)
        return found

    def _sounding(self, head: int) -> Iterable[tuple[int, float]]:
        lexicon = self._lexicon
        word = lexicon.words[head]
        kind = script(word)
        if kind == "other":
            return ()
        spelled = lexicon.sounding_like(word, "ur" if kind == "en" else "en", "english", _SPELLINGS)
        if not spelled:
            return ()
        latin = [word if kind == "en" else lexicon.words[row] for row, _ in spelled]
        chances = self._model.match_probability(
            np.array([log for _, log in spelled], np.float32),
            np.array([self._background(each) for each in latin], np.float32),
            np.array([len(each) for each in latin], np.int32),
            "english",
        )
        return [
            (int(lexicon.heads[row]), float(chance))
            for (row, _), chance in zip(spelled, chances, strict=True)
            if chance >= SOUND_FROM and not is_stop(lexicon.words[row])
        ]


def coverage(first: Text, second: Text, counterparts: Counterparts | None) -> float:
    """How much of the one text is met in the other, by rarity: the mean of both directions, 0..1.

    `counterparts` for texts of two languages, None for texts of one.
    """
    if counterparts is None:
        return (_met(first, second, None) + _met(second, first, None)) / 2
    learned = counterparts.learned
    rough = (_met(first, second, learned) + _met(second, first, learned)) / 2
    if 0.0 < rough < UNLIKELY or rough > LIKELY:
        return rough
    return (_met(first, second, counterparts.all) + _met(second, first, counterparts.all)) / 2


def _met(first: Text, second: Text, counterparts: Callable[[int], Weights] | None) -> float:
    met = possible = 0.0
    for head, rarity in first.words.items():
        if head in second.words:
            met, possible = met + rarity, possible + rarity
        elif counterparts is None:
            possible += rarity
        elif others := counterparts(head):
            possible += rarity * max(others.values())
            met += rarity * max(
                (w for row, w in others.items() if row in second.words), default=0.0
            )
    return met / possible if possible else 0.0


def shared_numbers(first: Text, second: Text) -> tuple[int, int]:
    """How many quantities two texts share, and how many the one with fewer has."""
    ours, theirs = first.all_numbers, second.all_numbers
    return len(ours & theirs), min(len(ours), len(theirs))


def resemblance(first: Text, second: Text) -> tuple[float, float]:
    """Share of the shingles of both that are in both, and of the shorter one's that are in the other.

    0 for short texts. Broder, "On the resemblance and containment of documents" (SEQUENCES 1997).
    """
    shared = len(first.shingles & second.shingles)
    least = min(len(first.shingles), len(second.shingles))
    union = len(first.shingles) + len(second.shingles) - shared
    return (shared / union, shared / least) if least >= LEAST_SHINGLES else (0.0, 0.0)


def like_sentences(
    first: Text, second: Text, cosines: npt.NDArray[np.float32], alike: float
) -> tuple[int, int]:
    """How many sentences say the like with a number in common, and how many with other numbers.

    `cosines` has a row for each passage of `first` and a column for each of `second`. Two passages
    say the like when each is the other's nearest and their cosine reaches `alike`.
    """
    nearest, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    agree = differ = 0
    for row in np.flatnonzero(back[nearest] == np.arange(len(nearest))).tolist():
        ours, theirs = first.numbers[row], second.numbers[int(nearest[row])]
        if ours and theirs and cosines[row, nearest[row]] >= alike:
            agree += bool(ours & theirs)
            differ += not ours & theirs
    return agree, differ
