"""Words of an archive that a misspelt word may be, cheapest slip first.

The cost of a slip is 1 for any letter too many, too few, or in another's place. Slips that come
easily cost less: Urdu letters of one sound (ز ذ ض ظ), ی for ے, a ھ left out, a space too many or too
few; in English a doubled letter, one vowel for another, two letters in the wrong order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from index.arrays import Ints
from index.parts.lexicon.lexicon import Lexicon
from index.sound.phonetic_keys import skeletons
from index.sound.transliteration import fold_latin
from index.text.analysis import SCRIPTS, Script, script
from index.text.edit_distance import distances
from search.config import CacheSizes, Correcting
from search.method_cache import cached_method

_SAME_SOUND = ("زذضظژ", "سثص", "تطة", "ہحھ", "کق", "اآع", "یےئ", "نں", "دڈ", "رڑ", "ٹت", "گغ")
_LATIN_ALIKE = ("aeiouy", "ckq", "sz", "vw", "gj")


@dataclass(frozen=True)
class Near:
    """A word, or two that stand for one, as rows of the lexicon, and the cost of the slip."""

    rows: tuple[int, ...]
    cost: float


class NearWords:
    """Finds them in one lexicon. Safe under threads."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._cached = cached_method(self._near, CacheSizes.NEAR_WORDS)

    def near(self, word: str) -> tuple[Near, ...]:
        """What a normalized word may have been meant for, the cheapest and then most frequent first."""
        return self._cached(word)

    def _near(self, word: str) -> tuple[Near, ...]:
        kind = script(word)
        if kind == "other" or not 3 <= len(word) <= Correcting.LONGEST:
            return ()
        found = [*self._spelt_nearly(word, kind), *self._parted(word)]
        frequencies = self._lexicon.frequencies
        return tuple(
            sorted(found, key=lambda each: (each.cost, -int(frequencies[list(each.rows)].min())))
        )

    def joined(self, first: str, second: str) -> Near | None:
        """The one word that two typed ones are, if the archive holds it."""
        row = self._lexicon.row(first + second)
        return Near((row,), Correcting.SPACE) if row >= 0 else None

    def _spelt_nearly(self, word: str, kind: Script) -> list[Near]:
        most = _most_cost(word)
        edits = 1 if most < Correcting.LETTERS_AND_COSTS[-1][1] else 2
        rows, edit = self._within(_key(word, kind), kind, edits)
        order = np.lexsort((-self._lexicon.frequencies[rows], edit))[: Correcting.WEIGHED]
        sounds = _sounds(word, kind)
        found = []
        for row in rows[order].tolist():
            other = self._lexicon.words[row]
            cost = slip_cost(word, other, kind)
            if sounds & _sounds(other, kind):
                cost *= Correcting.ALIKE_IN_SOUND
            if other != word and cost <= most:
                found.append(Near((row,), cost))
        return found

    def _within(self, key: str, kind: Script, edits: int) -> tuple[Ints, Ints]:
        """Rows of the words whose keys are no more than so many edits away, and how many they are."""
        found = [(np.empty(0, np.int32), np.empty(0, np.int32))]
        if not key:  # a word of ھ alone
            return found[0]
        letters = _letters([key], len(key))[0]
        for length in range(len(key) - edits, len(key) + edits + 1):
            some = self._by_length[kind].get(length)
            if some:
                # An edit takes a letter from a word, gives it one, or both: most words fall out here.
                near = np.flatnonzero(np.bitwise_count(some.letters ^ letters) <= 2 * edits)
                edit = distances(key, [some.keys[at] for at in near.tolist()], edits)
                found.append((some.rows[near[edit <= edits]], edit[edit <= edits]))
        return np.concatenate([rows for rows, _ in found]), np.concatenate([e for _, e in found])

    def _parted(self, word: str) -> list[Near]:
        """Two words of the archive written as one, the likeliest place to part them first."""
        lexicon = self._lexicon
        pairs = []
        for at in range(2, len(word) - 1):
            first, second = lexicon.row(word[:at]), lexicon.row(word[at:])
            if first >= 0 and second >= 0:
                pairs.append((int(lexicon.frequencies[[first, second]].min()), first, second))
        pairs.sort(reverse=True)
        return [Near((first, second), Correcting.SPACE) for _, first, second in pairs[:2]]

    @cached_property
    def _by_length(self) -> dict[Script, dict[int, _Keys]]:
        """Each script's words by the length of the key; made when first needed."""
        tables: dict[Script, dict[int, _Keys]] = {}
        for kind in SCRIPTS:
            lengths: dict[int, list[tuple[int, str]]] = {}
            rows = self._lexicon.script_rows(kind).tolist()
            # In one call: an archive has a hundred thousand words.
            keys = _key("\n".join([self._lexicon.words[row] for row in rows]), kind).split("\n")
            for row, key in zip(rows, keys, strict=False):  # of no words one empty key
                if 0 < len(key) <= Correcting.LONGEST + 2:
                    lengths.setdefault(len(key), []).append((row, key))
            tables[kind] = {length: _Keys.of(length, pairs) for length, pairs in lengths.items()}
        return tables


@dataclass(frozen=True)
class _Keys:
    """Words with keys of one length: their rows, keys, and the letters of each as a set of bits."""

    rows: Ints
    keys: Sequence[str]
    letters: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, length: int, pairs: Sequence[tuple[int, str]]) -> _Keys:
        rows = np.array([row for row, _ in pairs], np.int32)
        keys = [key for _, key in pairs]
        return cls(rows, keys, _letters(keys, length))


def _letters(keys: Sequence[str], length: int) -> npt.NDArray[np.uint64]:
    """The letters of keys of one length as sets of 64 bits; letters that share a bit only let more
    through."""
    codes = np.array(keys, f"U{length}").view(np.uint32).reshape(len(keys), length)
    bits = np.uint64(1) << (codes % 64).astype(np.uint64)
    letters: npt.NDArray[np.uint64] = np.bitwise_or.reduce(bits, axis=1)
    return letters


def slip_cost(typed: str, meant: str, kind: Script) -> float:
    """The cheapest way to type `typed` for `meant`: Damerau's alignment with the costs above."""
    rows = [[0.0] * (len(meant) + 1) for _ in range(len(typed) + 1)]
    for i in range(len(typed) + 1):
        for j in range(len(meant) + 1):
            if i == j == 0:
                continue
            options = []
            if i:
                options.append(rows[i - 1][j] + _one_more(typed, i - 1, kind))
            if j:
                options.append(rows[i][j - 1] + _one_more(meant, j - 1, kind))
            if i and j:
                changed = _instead(typed[i - 1], meant[j - 1], kind)
                options.append(rows[i - 1][j - 1] + changed)
            if i > 1 and j > 1 and typed[i - 2 : i] == meant[j - 2 : j][::-1]:
                options.append(rows[i - 2][j - 2] + Correcting.SWAPPED)
            rows[i][j] = min(options)
    return rows[-1][-1] + Correcting.FIRST_LETTER * (_instead(typed[0], meant[0], kind) == 1.0)


def _one_more(word: str, at: int, kind: Script) -> float:
    """Cost of a letter that one of the two words has more."""
    if kind == "ur" and word[at] == "ھ":
        return Correcting.EASY
    return Correcting.DOUBLED if at and word[at - 1] == word[at] else 1.0


def _instead(typed: str, meant: str, kind: Script) -> float:
    if typed == meant:
        return 0.0
    alike = typed + meant in _ALIKE
    return (Correcting.EASY if kind == "ur" else Correcting.EASY_LATIN) if alike else 1.0


def _key(word: str, kind: str) -> str:
    """A word with letters of one sound made one: what is looked up by plain edits."""
    return word.translate(_FOLD) if kind == "ur" else word


def _sounds(word: str, kind: str) -> frozenset[int]:
    return skeletons(fold_latin(word) if kind == "en" else word, latin=kind == "en")


def _most_cost(word: str) -> float:
    return next(
        (cost for letters, cost in Correcting.LETTERS_AND_COSTS if len(word) <= letters),
        Correcting.MOST_COST,
    )


_ALIKE = frozenset(
    a + b for group in (*_SAME_SOUND, *_LATIN_ALIKE) for a in group for b in group if a != b
)
_FOLD = {ord(letter): group[0] for group in _SAME_SOUND for letter in group[1:]} | {
    ord("ھ"): None,
    ord("ٹ"): "ت",
}
