"""Where in a text some words may stand, by the letters they begin with: the rest of it need not be read as words.

Of thousands of letters a query's words are told from others by numpy, in the time it takes to read a few dozen words.
What it finds is a little too much, never too little: who asks reads these pieces as `index.text.analysis` does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from index.text.analysis import LONGEST_WORD, surfaces
from index.text.normalize import ARABIC, normalize

_COMPARED = 4
"""Letters at the beginning of a word that are compared."""
_KNOWN = (range(0x250), range(0x600, 0x700), range(0x2000, 0x2070))
"""The characters that Urdu and English are written in. Where another stands, all is read."""
_BEYOND = 0x2070
"""Stands for all that come behind these."""
_NONE, _SPACE, _DIGIT, _ARABIC, _OTHER, _ODD = range(6)
"""What a character is: no part of a word, white space, three kinds of which a word has one each, and what may
change or join others."""
_ALIKE = str.maketrans({"y": "i", "ئ": "ی"})
"""Letters that a stem has in each other's place (cry and cri)."""
_IN_ARABIC = re.compile(f"[{ARABIC}]")
_HAMZA = "ء"
"""Begins no word, and stands in some."""
_SHORT = 128
"""Characters of a text that is read as it is."""
_MIX = 0x9E35
_PADDING = np.zeros(_COMPARED, np.uint16)
_BITS = [np.uint8(1 << size) for size in range(_COMPARED)]


class Openings:
    """How some words begin."""

    def __init__(self, words: Iterable[str]) -> None:
        """`words` are terms, their stems, and acronyms in capitals."""
        letters, _ = _tables()
        self._sizes = np.zeros(1 << 16, np.uint8)
        self._all = False
        for word in words:
            own = [letter for letter in letters[_codes(word)].tolist() if letter]
            # A stem may end in another letter than its word has there (using, use), a short one does not.
            size = min(len(own), max(2, len(own) - 1), _COMPARED)
            if not size:
                self._all = True
                continue
            mixed = 0
            for letter in own[:size]:
                mixed = (mixed * _MIX + letter) & 0xFFFF
            self._sizes[mixed] |= _BITS[size - 1]

    def pieces(self, text: str) -> list[tuple[int, int]]:
        """The pieces of `text`, in order, that white space parts and in which one of the words may begin."""
        if len(text) <= _SHORT or self._all:
            return [(0, len(text))]
        codes = _codes(text)
        letters, kinds = (table[codes] for table in _tables())
        (places,) = (letters > 0).nonzero()
        kind = kinds[places]
        new = kind > _NONE
        new[1:] &= (kind[1:] != kind[:-1]) | (places[1:] - places[:-1] > 1)
        (begin,) = new.nonzero()
        ends = np.concatenate([begin[1:], [len(places)]])
        if (ends - begin).max(initial=0) > LONGEST_WORD:
            return [(0, len(text))]  # such a word is cut, somewhere
        row = np.concatenate([letters[places], _PADDING])
        mixed = row[begin]
        found = self._sizes[mixed] & _BITS[0]
        for size in range(1, _COMPARED):
            mixed = mixed * np.uint16(_MIX) + row[begin + size]
            found |= self._sizes[mixed] & _BITS[size]
        asked = np.concatenate([places[begin[found > 0]], (kinds == _ODD).nonzero()[0]])
        bounds = np.concatenate([[-1], (kinds == _SPACE).nonzero()[0], [len(text)]])
        behind = sorted(set(bounds.searchsorted(asked).tolist()))
        return [(int(bounds[at - 1]) + 1, int(bounds[at])) for at in behind]


def _codes(text: str) -> npt.NDArray[np.intp]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.minimum(codes, _BEYOND).astype(np.intp)


@cache
def _tables() -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint8]]:
    """Of each character the letter it is compared as, 0 for none, and what it is."""
    letters, kinds = np.arange(_BEYOND + 1, dtype=np.uint16), np.full(_BEYOND + 1, _ODD, np.uint8)
    for code in (each for some in _KNOWN for each in some):
        letters[code], kinds[code] = _letter_and_kind(chr(code))
    return letters, kinds


def _letter_and_kind(char: str) -> tuple[int, int]:
    plain = normalize(char).translate(_ALIKE)
    if char.isspace():
        return 0, _SPACE
    if char == _HAMZA:
        return ord(char), _NONE
    if surfaces(char) != [char]:
        changes = unicodedata.category(char)[0] == "M" or not plain
        return (0, _ODD) if changes else (0, _NONE)
    if len(plain) != 1 or not (char.isalpha() or char.isdecimal()):
        return 0, _ODD
    kind = _DIGIT if char.isdecimal() else _ARABIC if _IN_ARABIC.match(char) else _OTHER
    return ord(plain), kind
