"""Words in the order of how they sound: those that begin like what is being typed are one range.

The key of a word is the kind of its first sound and its skeleton (`index.sound.phonetic_keys`),
left-aligned, so that the words whose skeleton begins with another one stand together: wazi, of
وزیر, is 2 zr..
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Ints, Longs, distinct
from index.sound.phonetic_keys import SoundIndex, skeletons
from index.sound.transliteration import fold_latin

_BITS = 4
_DIGITS = 14
_CONSONANT, _VOWEL, _W, _H, _Y = range(5)
_ONSETS = {
    **dict.fromkeys("اآعءئ" + "aeiou", _VOWEL),
    **dict.fromkeys("و" + "wv", _W),
    **dict.fromkeys("ہحھ" + "h", _H),
    **dict.fromkeys("یے" + "y", _Y),
}
_ALSO = {"e": (_VOWEL, _Y), "u": (_VOWEL, _Y, _W), "i": (_VOWEL, _Y), "o": (_VOWEL, _W)}
"""Europe is یورپ, United is یونائیٹڈ."""

_N = 14
"""The digit of n, which a skeleton forgets at the end of a word."""


class SoundPrefixes:
    """Rows of words, all of one script, by sound; a word stands once for each of its readings."""

    def __init__(self, keys: Longs, rows: Ints, *, latin: bool) -> None:
        self.latin = latin
        self._keys, self._rows = keys, rows

    @classmethod
    def build(cls, words: Iterable[tuple[int, str]], *, latin: bool) -> SoundPrefixes:
        """From (row, normalized word)."""
        found = [
            (_key(onset, *_aligned(number)), row)
            for row, word in words
            if (sound := fold_latin(word) if latin else word)
            for onset in (_ONSETS.get(sound[0], _CONSONANT),)
            for number in skeletons(sound, latin=latin)
        ]
        table = np.array(sorted(found), np.int64).reshape(-1, 2)
        return cls(table[:, 0], table[:, 1].astype(np.int32), latin=latin)

    @classmethod
    def of_sounds(cls, sounds: SoundIndex, rows: Ints, wanted: Ints) -> SoundPrefixes:
        """From words whose skeletons are known, `rows` those of all of them, ascending: those `wanted`."""
        numbers, places = sounds.by_skeleton()
        own = np.isin(rows, wanted)[places]
        numbers, places = numbers[own], places[own]
        used, of = np.unique(places, return_inverse=True)
        letters = map(sounds.first_letter, used.tolist())
        onsets = np.array([_ONSETS.get(each, _CONSONANT) for each in letters], np.int64)
        digits = np.searchsorted(1 << _BITS * np.arange(_DIGITS), numbers, side="right")
        keys = onsets[of] << _BITS * _DIGITS | numbers << _BITS * (_DIGITS - digits)
        order = np.lexsort((rows[places], keys))
        return cls(keys[order], rows[places][order], latin=sounds.latin)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What `from_arrays` needs."""
        return {"keys": self._keys, "rows": self._rows}

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, npt.NDArray[Any]], prefix: str, *, latin: bool
    ) -> SoundPrefixes:
        """The table whose `arrays` these are, each name with a prefix."""
        keys, rows = arrays[f"{prefix}keys"], arrays[f"{prefix}rows"]
        if len(keys) != len(rows):
            raise ValueError("its sounds are of other words")
        return cls(keys, rows, latin=latin)

    @property
    def rows(self) -> Ints:
        """The rows of all words, in no order that matters; some more than once."""
        return self._rows

    def beginning_like(self, typed: str, *, latin: bool) -> Ints:
        """Rows, ascending, of the words that may begin with the sounds of `typed`.

        `typed` is a folded Latin word or a normalized Urdu one, not necessarily whole.
        """
        if not typed:
            return np.empty(0, np.int32)
        onsets = _ALSO.get(typed[0], (_ONSETS.get(typed[0], _CONSONANT),))
        ranges: list[tuple[int, int]] = []
        for number, digits in _open_skeletons(typed, latin=latin):
            for onset in onsets:
                key = _key(onset, number, digits)
                width = 1 << _BITS * (_DIGITS - digits)
                ranges.append((key, key + width))
                if number % (1 << _BITS) == _N and digits:  # a word may end here, without its n
                    short = _key(onset, number >> _BITS, digits - 1)
                    ranges.append((short, short + 1))
        bounds = np.searchsorted(self._keys, np.array(ranges, np.int64).ravel()).reshape(-1, 2)
        parts: Sequence[Ints] = [self._rows[first:last] for first, last in bounds.tolist()]
        return distinct(np.concatenate(parts))


def _open_skeletons(typed: str, *, latin: bool) -> set[tuple[int, int]]:
    """Skeletons that words beginning with `typed` begin with: (number, digits).

    A consonant set behind it and taken off again keeps a last n; an h may complete a digraph, an e
    soften a c.
    """
    spellings = {typed, typed + "h", typed + "e"} if latin else {typed}
    found = set()
    for spelling in spellings:
        guard = _another_consonant(spelling, latin=latin)
        for number in skeletons(spelling + guard, latin=latin):
            whole, digits = _aligned(number)
            found.add((whole >> _BITS, digits - 1) if digits < _DIGITS else (whole, digits))
    return found


def _another_consonant(spelling: str, *, latin: bool) -> str:
    """A letter of another sound than the last consonant, with which it would be one: of را, too, that is r."""
    last = {number % (1 << _BITS) for number in skeletons(spelling, latin=latin)}
    return next(
        letter
        for letter in ("rlm" if latin else "رلم")
        if last.isdisjoint(skeletons(letter, latin=latin))
    )


def _aligned(number: int) -> tuple[int, int]:
    """A skeleton and how many digits it has."""
    return number, -(-number.bit_length() // _BITS)


def _key(onset: int, number: int, digits: int) -> int:
    return onset << _BITS * _DIGITS | number << _BITS * (_DIGITS - digits)
