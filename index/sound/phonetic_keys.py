"""Phonetic keys: which words may be one word, written in the other script.

The *skeleton* of a word is what is left when vowels, h, w and y are dropped, consonants that are
written for one another are merged, and a final n is forgotten: وزیر, wazir and vazeer all have
``zr``. It is a phonetic key as in Soundex, made for two scripts. Where a letter may be heard in two
ways (c, g, z, ch, ڑ) a word has several. Words that share a skeleton are candidates for the
spelling model, which tells them apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, Longs, distinct, ranges
from index.batch_cache import BatchCache
from index.sound.transliteration import Channel, SpellingModel, fold_latin
from index.text.analysis import script
from index.text.normalize import Table

CLASSES = "kgjctdrszpfbmnl"
"""The consonant classes; a skeleton is stored as a number with a digit for each."""

MOST_SCORED = 80
"""Candidates that the spelling model looks at. More share the skeleton of a short word."""

RATE_FLOOR = 0.1
"""Of how often a letter occurs that no spelling seen has."""

NEAR_UNLESS = 0.6
"""Chance of the likeliest candidate of the same skeleton from which none with another is looked at."""

MOST_SKELETONS = 24
"""Of one word. More come of long words with many letters of two readings, all improbable."""

_LONGEST = 14

_REMEMBERED = 4096
_WORDS_REMEMBERED = 1024
_SKELETONS_REMEMBERED = 1 << 16
_WORDS_AT_ONCE = 1024
_PAIRS_AT_ONCE = 1 << 16
_READINGS_AT_ONCE = 256
_WIDENED = 4
"""Skeletons of a word whose neighbours are looked at; the first ones are the likeliest."""

TAKEN_FOR = {
    "k": "gc", "g": "kj", "c": "kjs", "j": "gcz", "t": "d", "d": "tz", "s": "zc", "z": "sdj", "p": "bf",
    "b": "pf", "f": "pb", "m": "n", "n": "m", "r": "l", "l": "r",
}  # fmt: skip
"""Consonant classes that one language may hear where another hears the first: رجب is Recep."""

_DIGITS = str.maketrans({each: f"{digit:x}" for digit, each in enumerate(CLASSES, 1)})
_NO_ROWS = np.empty(0, np.int32)
_FINAL = "n".translate(_DIGITS)
_BITS = 4
_HIGH, _LOW = 32, (1 << 32) - 1
"""Pairs of a word's place and a row are one number: (place << 32 | row)."""
_DIGIT_OF = {each: digit for digit, each in enumerate(CLASSES, 1)}
_DIGIT_OF_LETTER = np.zeros(128, np.int64)
_DIGIT_OF_LETTER[[*map(ord, CLASSES)]] = range(1, len(CLASSES) + 1)
_TAKEN_DIGITS = np.zeros((len(CLASSES) + 1, max(map(len, TAKEN_FOR.values()))), np.int64)
for _each, _others in TAKEN_FOR.items():  # of fewer the last more than once
    _TAKEN_DIGITS[_DIGIT_OF[_each]] = [
        _DIGIT_OF[_others[min(at, len(_others) - 1)]] for at in range(_TAKEN_DIGITS.shape[1])
    ]
_DOUBLED = re.compile(r"(.)\1+")

_URDU: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("کخ", ("k",)), **dict.fromkeys("گغ", ("g",)), **dict.fromkeys("تطٹ", ("t",)),
    **dict.fromkeys("دڈ", ("d",)), **dict.fromkeys("سصش", ("s",)),
    **dict.fromkeys("زذضظ", ("z",)), **dict.fromkeys("نں", ("n",)),
    "ج": ("j",), "چ": ("c",), "ر": ("r",), "ف": ("f",), "ب": ("b",), "م": ("m",), "ل": ("l",),
    "ث": ("s", "t"), "پ": ("p",), "پھ": ("p", "f"), "ڑ": ("r", "d"), "ژ": ("z", "j"), "ق": ("k", "g"),
    "ال-": ("", "l"),  # the article, as often as not left out: الجبیر is Jubeir, السیسی Sisi
    "-ہ": ("", "t"),  # at the end, where ۃ was folded: علامہ is typed alamata
}  # fmt: skip
_LATIN: dict[str, tuple[str, ...]] = {
    **{consonant: (consonant,) for consonant in CLASSES},
    "q": ("k", "c"), "kh": ("k",), "gh": ("g", "", "k"), "th": ("t",), "dh": ("d",), "sh": ("s",),
    "tch": ("c",), "cch": ("c",), "ch": ("c", "k"), "ph": ("p", "f"), "zh": ("z", "j"),
    "kn-": ("kn", "n"), "x": ("ks", "z"), "x-": ("s", "z", "k"), "sch": ("s", "sk"), "gn": ("gn", "n"),
    "dj": ("j",), "ic-": ("k", "c"), "v-": ("", "f"),  # Russian names are written as they sound: لاوروف is Lavrov
    "ul-": ("l", ""), "ur-": ("r", ""), "uz-": ("z", ""), "us-": ("s", ""), "ud-": ("d", ""),
    "un-": ("n", ""),  # the article of the name behind: سراج الحق is Sirajul Haq
    "z": ("z", "j"), "j": ("j", "z"), "s": ("s", "z"), "d": ("d", "z"), "ti": ("t", "s"),
    "c": ("k",), "c-": ("s", "k"), "g-": ("g", "j"), "mp": ("mp", "np"), "mb": ("mb", "nb"),
}  # fmt: skip
"""Readings of a letter or group; ``c-`` and ``g-`` stand before e, i or y, ``kn-`` and ``x-`` begin a
word, ``v-``, ``ic-``, ``ul-`` and their like end one."""

_SOFTENING = ("e", "i", "y")

_URDU_PARTS = re.compile("(?:^|(?<=...))ال(?=..)|پھ|.", re.DOTALL)
_LATIN_PARTS = re.compile(
    "tch|cch|^kn|^x|sch|dj|(?<=i)c$|kh|gh|ch|sh|th|dh|ph|zh|ti(?=on|a)|mp(?!h)|mb|gn(?=[aeiouy]|$)|v$"
    "|(?<=..)u[lrzsdn]$|[bcdfgjklmnpqrstxz]"
)
_BEGINNING_OR_END = ("kn", "x", "v", "ul", "ur", "uz", "us", "ud", "un")


def _fingerprint() -> str:
    rules = (CLASSES, _LONGEST, MOST_SKELETONS, sorted(_URDU.items()), sorted(_LATIN.items()))
    patterns = (_URDU_PARTS.pattern, _LATIN_PARTS.pattern, _SOFTENING, _BEGINNING_OR_END)
    return hashlib.blake2b(repr((rules, patterns)).encode(), digest_size=8).hexdigest()


SKELETONS_FINGERPRINT = _fingerprint()
"""Changes with every rule above. A stored `SoundIndex` is good for this and one model's version."""


@lru_cache(maxsize=_REMEMBERED)
def skeletons(word: str, *, latin: bool) -> frozenset[int]:
    """The phonetic keys of a folded Latin word, or of a normalized Urdu one.

    A word of vowels alone has the empty one, as آؤ and aao. What has no letters at all makes no sound
    and has none: it would be like all those.
    """
    if not any(map(str.isalpha, word)):
        return frozenset()
    readings = _latin_readings(word) if latin else _urdu_readings(word)
    likeliest = islice(product(*readings), MOST_SKELETONS)
    return frozenset([_NUMBERS["".join(chosen)] for chosen in likeliest])


def _latin_readings(word: str) -> Iterator[tuple[str, ...]]:
    for match in _LATIN_PARTS.finditer(word):
        part = match[0]
        special = part in _BEGINNING_OR_END and (part != "x" or not match.start())
        special |= part in "cg" and word[match.end() :].startswith(_SOFTENING)
        part = "ic" if part == "c" and match.end() == len(word) else part
        yield _LATIN[f"{part}-" if special or part == "ic" else part]


def _urdu_readings(word: str) -> Iterator[tuple[str, ...]]:
    parts = _URDU_PARTS.findall(word)
    if len(parts) > 3 and parts[-1] == "ہ":
        parts[-1] = "-ہ"
    return (
        _URDU["ال-" if part == "ال" else part] for part in parts if part in _URDU or part == "ال"
    )


def _number(consonants: str) -> int:
    """The skeleton of consonant classes as a number; doubled ones are one, final n is none."""
    single = _DOUBLED.sub(r"\1", consonants).translate(_DIGITS)
    single = single.removesuffix(_FINAL)[:_LONGEST]
    return int(single, len(CLASSES) + 1) if single else 0


_NUMBERS: Table[str, int] = Table(_number, _SKELETONS_REMEMBERED)


def _neighbours(readings: Sequence[Sequence[str]]) -> tuple[Longs, Longs]:
    """The skeletons with one consonant more, less, or another than one of the readings of each of some words,
    of which two are left: places of words, and a skeleton for each; some more than once."""
    owners, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    by_length: dict[int, list[tuple[int, str]]] = {}
    for owner, own in enumerate(readings):
        for each in dict.fromkeys(own):
            if len(each) > 1:
                by_length.setdefault(len(each), []).append((owner, each))
    for length, those in by_length.items():
        for start in range(0, len(those), _READINGS_AT_ONCE):
            some = those[start : start + _READINGS_AT_ONCE]
            changed = _changed([each for _, each in some], length)
            found.append(_numbers(changed))
            each_owner = np.array([owner for owner, _ in some], np.int64)
            owners.append(np.repeat(each_owner, len(changed) // len(some)))
    return np.concatenate(owners), np.concatenate(found)


def _changed(readings: Sequence[str], length: int) -> Longs:
    """The digits of words of so many consonants, two or more, with one more, less, or another, filled up with
    zeros: as many rows for each."""
    source, added, rows, places = _changes(length)
    letters = np.frombuffer("".join(readings).encode(), np.uint8).reshape(-1, length)
    own = np.append(_DIGIT_OF_LETTER[letters], np.zeros((len(readings), 1), np.int64), axis=1)
    digits: Longs = own[:, source]
    digits += added
    digits[:, rows, places] = (
        _TAKEN_DIGITS[own[:, places[:length]]].swapaxes(1, 2).reshape(len(readings), -1)
    )
    return digits.reshape(-1, length + 1)


@cache
def _changes(length: int) -> tuple[Longs, Longs, Longs, Longs]:
    """What is done to that many consonants: the place that each digit comes from, `length` for none; the
    digits that are added; and the places, some rows apart, where another is taken, all of each in turn."""
    nowhere, columns, width = length, np.arange(length), length + 1
    more = np.full(((length + 1) * len(CLASSES), width), nowhere)
    added = np.zeros_like(more)
    for gap in range(length + 1):
        block = slice(gap * len(CLASSES), (gap + 1) * len(CLASSES))
        more[block, : length + 1] = np.insert(columns, gap, nowhere)
        added[block, gap] = np.arange(1, len(CLASSES) + 1)
    most = _TAKEN_DIGITS.shape[1]
    other = np.full((length * most, width), nowhere)
    other[:, :length] = columns
    less = np.full((length if length > 2 else 0, width), nowhere)
    for gap in range(len(less)):
        less[gap, : length - 1] = np.delete(columns, gap)
    source = np.concatenate([more, other, less])
    rows = len(more) + np.arange(len(other))
    none = np.zeros((len(source) - len(more), width), added.dtype)
    return source, np.concatenate([added, none]), rows, np.tile(columns, most)


def _numbers(digits: Longs) -> Longs:
    """`_number` of rows of consonants, each as its digit, 0 for none at the end."""
    kept = digits > 0
    kept[:, 1:] &= digits[:, 1:] != digits[:, :-1]
    place = np.cumsum(kept, axis=1)
    many = place[:, -1]
    behind = np.minimum(many, _LONGEST)[:, None] - place
    kept &= behind >= 0
    numbers = np.where(kept, digits << _BITS * np.maximum(behind, 0), 0).sum(axis=1)
    ends = (many <= _LONGEST) & (numbers & (1 << _BITS) - 1 == _DIGIT_OF["n"])
    found: Longs = np.where(ends, numbers >> _BITS, numbers)
    return found


_Heard = tuple[Ints, Floats]
"""Rows of the words that one may be, and log P(latin | urdu) of each, the best first."""


class SkeletonTable:
    """For each skeleton, the rows of the words that have it."""

    def __init__(self, keys: Longs, starts: Ints, rows: Ints) -> None:
        self.keys, self.starts, self.rows = keys, starts, rows

    @classmethod
    def build(cls, words: Sequence[str], *, latin: bool) -> SkeletonTable:
        """Table of `words`, which are all Latin (folded) or all Urdu (normalized)."""
        pairs = [(key, row) for row, w in enumerate(words) for key in skeletons(w, latin=latin)]
        pairs.sort()
        table = np.array(pairs, np.int64).reshape(-1, 2)
        keys, first = np.unique(table[:, 0], return_index=True)
        starts = np.append(first, len(table)).astype(np.int32)
        return cls(keys, starts, table[:, 1].astype(np.int32))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What `from_arrays` needs."""
        return {"keys": self.keys, "starts": self.starts, "rows": self.rows}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> SkeletonTable:
        """The table whose `arrays` these are."""
        return cls(arrays["keys"], arrays["starts"], arrays["rows"])

    def candidates(self, words: Sequence[str], *, latin: bool) -> Longs:
        """Rows of the words that share a skeleton with each of `words`: for each pair (place of the word << 32
        | row), ascending."""
        keys = [skeletons(word, latin=latin) for word in words]
        owners = np.repeat(np.arange(len(words)), [len(each) for each in keys])
        return self._with(owners, np.array([key for each in keys for key in each], np.int64))

    def near(self, words: Sequence[str], *, latin: bool) -> Longs:
        """The same of the words whose skeleton is one consonant away."""
        readings = _latin_readings if latin else _urdu_readings
        likeliest = [[*map("".join, islice(product(*readings(word)), _WIDENED))] for word in words]
        return self._with(*_neighbours(likeliest))

    def _with(self, owners: Longs, wanted: Longs) -> Longs:
        """Words that have one of some skeletons, each by its owner << 32 | row, ascending, each once."""
        at = np.minimum(np.searchsorted(self.keys, wanted), max(len(self.keys) - 1, 0))
        there = self.keys[at] == wanted if len(self.keys) else np.zeros(len(wanted), bool)
        owners, at = owners[there], at[there]
        counts = self.starts[at + 1] - self.starts[at]
        rows = self.rows[ranges(self.starts[at], counts)]
        return distinct(np.repeat(owners, counts) << _HIGH | rows)


class SoundIndex:
    """Which words of a vocabulary, all of one script, sound like a word in the other."""

    def __init__(
        self,
        words: Sequence[str],
        arrays: Mapping[str, npt.NDArray[Any]],
        model: SpellingModel | None = None,
    ) -> None:
        self.words = words
        self.latin = "letters" in arrays
        self._arrays = dict(arrays)
        self._skeletons = SkeletonTable.from_arrays(arrays)
        self._model = model or SpellingModel.load()
        # A search asks for the same words from several sides, and of a Latin word in both channels.
        self._rows: BatchCache[str, Ints] = BatchCache(_WORDS_REMEMBERED)
        self._heard: BatchCache[tuple[str, Channel], _Heard] = BatchCache(_WORDS_REMEMBERED)

    @classmethod
    def build(cls, words: Sequence[str], model: SpellingModel | None = None) -> SoundIndex:
        """Index of normalized terms, all of one script (that of the first one that has one)."""
        model = model or SpellingModel.load()
        latin = next((kind == "en" for kind in map(script, words) if kind != "other"), True)
        if latin:
            folded = [fold_latin(word) for word in words]
            arrays = SkeletonTable.build(folded, latin=True).arrays()
            arrays["letters"] = np.frombuffer("".join(folded).encode(), np.uint8)
            arrays["letter_starts"] = np.cumsum([0, *map(len, folded)]).astype(np.int32)
            arrays["bags"] = _bags(arrays["letters"], arrays["letter_starts"])
        else:
            arrays = SkeletonTable.build(words, latin=False).arrays()
            sites, starts = model.sites(words)
            arrays |= {f"{channel}_sites": rows for channel, rows in sites.items()}
            arrays["site_starts"] = starts
            arrays["bags"] = model.letter_rates(sites, starts).astype(np.float16)
        return cls(words, arrays, model)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What to store with the index.

        Good for one `SpellingModel.bundled_version` and one `SKELETONS_FINGERPRINT`.
        """
        return dict(self._arrays)

    @classmethod
    def from_arrays(
        cls, words: Sequence[str], arrays: Mapping[str, npt.NDArray[Any]]
    ) -> SoundIndex:
        """The index whose `arrays` these are, over the same words in the same order."""
        return cls(words, arrays)

    def sounding_like(
        self, word: str, *, channel: Channel = "typed", limit: int = 50, near: bool = True
    ) -> tuple[Ints, Floats]:
        """The words that `word`, of the other script, may be: rows and log P(latin | urdu), the best
        first.

        In channel `english`, where no word of its skeleton is likely, those one consonant away are
        looked at, too, if `near`: foreign names come to the two languages by different ears.
        """
        return self.all_sounding_like([word], channel=channel, limit=limit, near=near)[0]

    def by_skeleton(self) -> tuple[Longs, Ints]:
        """Every skeleton of every word, and the place of the word; skeletons ascending."""
        table = self._skeletons
        return np.repeat(table.keys, np.diff(table.starts)), table.rows

    def first_letter(self, place: int) -> str:
        """The first letter of the word at a place, as it is read; empty for one that makes no sound."""
        if not self.latin:
            return self.words[place][:1]
        start, end = self._arrays["letter_starts"][place : place + 2].tolist()
        return chr(self._arrays["letters"][start]) if start < end else ""

    def all_sounding_like(
        self,
        words: Sequence[str],
        *,
        channel: Channel = "typed",
        limit: int = 50,
        near: bool = True,
    ) -> list[tuple[Ints, Floats]]:
        """What `sounding_like` says of each of many words, faster."""
        found = []
        for start in range(0, len(words), _WORDS_AT_ONCE):
            some = words[start : start + _WORDS_AT_ONCE]
            found += self._all_sounding_like(some, channel, limit, near)
        return found

    def _all_sounding_like(
        self, words: Sequence[str], channel: Channel, limit: int, near: bool
    ) -> list[tuple[Ints, Floats]]:
        asked = [*words] if self.latin else [fold_latin(word) for word in words]
        found = self._heard.of([(word, channel) for word in asked], self._heard_alike)
        if near and channel == "english":
            surest = self._surest(asked, found)
            unsure = [at for at, word in enumerate(asked) if word and surest[at] < NEAR_UNLESS]
            if unsure:
                both = self._heard_near([asked[at] for at in unsure], [found[at] for at in unsure])
                for at, more in zip(unsure, both, strict=True):
                    found[at] = more
        return [(rows[:limit], scores[:limit]) for rows, scores in found]

    def _heard_near(self, words: Sequence[str], found: Sequence[_Heard]) -> list[_Heard]:
        """What was found for words of their own skeletons, with the likeliest of those near by."""
        alike = np.sort(_pairs([rows for rows, _ in found]))
        pairs = self._skeletons.near(words, latin=not self.latin)
        pairs = self._likeliest(words, np.setdiff1d(pairs, alike, assume_unique=True))
        scores = np.split(self._scores(words, pairs, "english"), _ends(pairs, len(words)))
        rows = np.split((pairs & _LOW).astype(np.int32), _ends(pairs, len(words)))
        return [
            _best_first(np.append(own[0], row), np.append(own[1], score))
            for own, row, score in zip(found, rows, scores, strict=True)
        ]

    def _alike(self, words: Sequence[str]) -> list[Ints]:
        """Rows, ascending, of the likeliest words that share a skeleton with each of some."""
        pairs = self._skeletons.candidates(words, latin=not self.latin)
        pairs = self._likeliest(words, pairs)
        rows = np.split((pairs & _LOW).astype(np.int32), _ends(pairs, len(words)))
        return [each.copy() for each in rows]  # none keeps those of all others in memory

    def _heard_alike(self, asked: Sequence[tuple[str, Channel]]) -> list[_Heard]:
        """Those and log P(latin | urdu) of each, the best first; all in one channel."""
        words, channel = [word for word, _ in asked], asked[0][1]
        alike = self._rows.of(words, self._alike)
        pairs = _pairs(alike)
        scores = np.split(self._scores(words, pairs, channel), _ends(pairs, len(words)))
        return [*map(_best_first, alike, scores)]

    def _scores(self, words: Sequence[str], pairs: Longs, channel: Channel) -> Floats:
        """Log P(latin | urdu) of pairs of a word and a row."""
        if not len(pairs):
            return np.empty(0, np.float32)
        asked, own = (pairs >> _HIGH).astype(np.int32), (pairs & _LOW).astype(np.int32)
        arrays = self._arrays
        if self.latin:
            sites, starts = self._model.sites(words)
            latin = arrays["letters"], arrays["letter_starts"], own
            urdu = sites[channel], starts, asked
        else:
            letters = np.frombuffer("".join(words).encode(), np.uint8)
            latin = letters, np.cumsum([0, *map(len, words)]).astype(np.int32), asked
            urdu = arrays[f"{channel}_sites"], arrays["site_starts"], own
        return self._model.score_pairs(latin, urdu, channel)

    def beginnings(self, typed: str, rows: Ints) -> Floats:
        """Log P(typed | the beginning of each Urdu word of `rows`); `typed` is a folded Latin word,
        maybe not whole. Of a vocabulary of Urdu words only."""
        if not len(rows):
            return np.empty(0, np.float32)
        sites, starts = self._arrays["typed_sites"], self._arrays["site_starts"]
        return self._model.score_beginning(typed, sites, starts, rows, "typed")

    def _likeliest(self, words: Sequence[str], pairs: Longs) -> Longs:
        """Of pairs of a word and a row those worth scoring: whose letters, in any order, agree best."""
        owners, rows = pairs >> _HIGH, (pairs & _LOW).astype(np.int32)
        counts = np.bincount(owners, minlength=len(words))
        if counts.max(initial=0) <= MOST_SCORED:
            return pairs
        agreement = np.zeros(len(rows), np.float32)
        if len(some := np.flatnonzero((counts > MOST_SCORED)[owners])):
            agreement[some] = self._agreement(words, owners[some], rows[some])
        order = np.lexsort((rows, -agreement, owners))
        return pairs[np.sort(order[_rank(counts) < MOST_SCORED])]

    def _agreement(self, words: Sequence[str], owners: Longs, rows: Ints) -> Floats:
        """How well the letters of words agree with those of candidates, in any order.

        Letters of a word are taken for independent Poisson counts: log P of the counts n under
        rates r is, up to a constant, sum n log r - sum r.
        """
        asked, which = np.unique(owners, return_inverse=True)
        some = [words[owner] for owner in asked.tolist()]
        agreement = np.empty(len(rows), np.float32)
        if self.latin:
            logs = np.log(self._model.letter_rates(*self._model.sites(some)) + RATE_FLOOR)
        else:
            letters = np.array([_bag(word) for word in some], np.float32).reshape(-1, 26)
        for start in range(0, len(rows), _PAIRS_AT_ONCE):
            part = slice(start, start + _PAIRS_AT_ONCE)
            bags = self._arrays["bags"][rows[part]]
            if self.latin:
                found = np.einsum("ij,ij->i", bags.astype(np.float32), logs[which[part]])
                agreement[part] = found - _LOG_FACTORIAL[bags].sum(axis=1)
            else:
                rates = bags.astype(np.float32) + RATE_FLOOR
                found = np.einsum("ij,ij->i", np.log(rates), letters[which[part]])
                agreement[part] = found - rates.sum(axis=1)
        return agreement

    def _surest(self, words: Sequence[str], found: Sequence[_Heard]) -> Floats:
        """The chance that the best candidate of each word is the word in the other script; 0 without one."""
        pairs = _pairs([rows for rows, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        owners, rows = pairs >> _HIGH, pairs & _LOW
        spelt = owners  # which of the Latin words
        if self.latin:
            some, spelt = np.unique(rows, return_inverse=True)
            words, many = [self.words[row] for row in some.tolist()], len(words)
        else:
            many = len(words)
        backgrounds = np.array([self._model.background(word, "english") for word in words])
        letters = np.array([len(fold_latin(word)) for word in words], np.int32)
        chances = self._model.match_probability(
            scores, backgrounds[spelt], letters[spelt], "english"
        )
        best: Floats = np.zeros(many, np.float32)
        np.maximum.at(best, owners, chances)
        return best


def _bag(word: str) -> npt.NDArray[np.uint8]:
    """How often each of a-z is in a folded word."""
    return np.bincount(np.frombuffer(word.encode(), np.uint8) - 97, minlength=26).astype(np.uint8)


def _bags(letters: npt.NDArray[np.uint8], starts: Ints) -> npt.NDArray[np.uint8]:
    """`_bag` of words one after another, which begin at `starts`."""
    words = len(starts) - 1
    cells = np.repeat(np.arange(words), np.diff(starts)) * 26 + letters - 97
    return np.bincount(cells, minlength=words * 26).reshape(words, 26).astype(np.uint8)


def _best_first(rows: Ints, scores: Floats) -> _Heard:
    order = np.argsort(-scores, kind="stable")
    return rows[order], scores[order]


def _pairs(rows: Sequence[Ints]) -> Longs:
    """The rows of each of some words as pairs of the word's place and a row."""
    owners = np.repeat(np.arange(len(rows)), [*map(len, rows)])
    found: Longs = owners << _HIGH | np.concatenate([_NO_ROWS, *rows])
    return found


def _ends(pairs: Longs, words: int) -> Longs:
    """Where those of each of so many words end, but for the last."""
    ends: Longs = np.searchsorted(pairs, np.arange(1, words) << _HIGH)
    return ends


def _rank(counts: Longs) -> Longs:
    """Of things in groups of so many, one after another, the place of each in its group."""
    return np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)


_LOG_FACTORIAL = np.cumsum(np.log(np.maximum(np.arange(64), 1))).astype(np.float32)
