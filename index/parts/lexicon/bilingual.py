"""The bilingual lexicon that comes with the program: which words of Urdu and English translate each other.

It was learned from sentence pairs, a crowd-made dictionary and names in both scripts
(`training/train_lexicon.py`), and holds for each pair of words

    count    how often one stood for the other, dictionary entries included
    surety   the chance that they translate each other at all, in some sense

Phrases of two and three words that are one thing (prime minister) are words with spaces in them
here. Words are kept in their forms, so that چیتا (leopard) is distinguished from the چیت of talks
though both have one stem; a form that is hardly known leans on the others of its stem:

    P(o | w) = (n(w, o) + LEAN * P(o | stem of w) + i(w) * P(o | inflections of w)) / (n(w) + LEAN + i(w))

where i(w) is how often other inflections of the word were met, `INFLECTED` at most: bags are what a bag is,
and پیلی is yellow as پیلا is. Derived words of one stem (submission, submissive) are told apart as before.

An archive's own translations (`index.parts.lexicon.translations`) refine what is known here
(`search.understand.expansion`).
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from index.arrays import Doubles, Floats, Ints, Longs, grouped, ranges
from index.sound.phonetic_keys import SKELETONS_FINGERPRINT, SkeletonTable
from index.store.array_files import Arrays, as_bytes, load_arrays, without_prefix
from index.text.analysis import ANALYZER_FINGERPRINT, SCRIPTS, Script, stem

LEAN = 1.0
"""As how many observations the other forms of a stem count beside a form's own."""

INFLECTED = 10.0
"""As how many observations the other inflections of a word count at most beside a form's own."""

FEMININE = 2.0
"""The same of the masculine of an Urdu word that may be a feminine: many in ی are words of their own."""

COUNT_STEPS = 12
"""Counts and frequencies are stored as whole numbers of steps of log2(1 + n), so many an octave."""

SURETY_UNIT = 255.0
_STEPS = np.arange(256, dtype=np.uint8)
_COUNTS: Floats = np.exp2(_STEPS / np.float32(COUNT_STEPS)) - 1
_SURETIES: Floats = _STEPS / np.float32(SURETY_UNIT)
"""What the stored steps stand for."""

_LEAST_COUNT = float(_COUNTS[1])
"""Of a pair of words that stood for each other at all."""

_HISSING = ("ses", "xes", "zes", "ches", "shes")
_OTHER: dict[Script, Script] = {"ur": "en", "en": "ur"}
_MANY = 2_000
"""Words that are looked up in a row, from which it pays to hold all."""
_SHORTEST = 3
_REMEMBERED = 10_000
_NONE = np.empty(0, np.int32)
_FILE = Path(__file__).parents[2] / "data" / "bilingual.npz"


class Meaning(NamedTuple):
    """A word of the other language: its share of what a word is translated by, and how surely it is
    a translation at all."""

    word: str
    share: float
    surety: float


@dataclass(frozen=True)
class Meanings:
    """What a word is translated by, the commonest first, and how much evidence there is of it."""

    found: tuple[Meaning, ...] = ()
    evidence: float = 0.0

    @property
    def surety(self) -> float:
        """The chance that the word's translations are known."""
        return max((each.surety for each in self.found), default=0.0)


@dataclass(frozen=True)
class ManyMeanings:
    """What many words are translated by: word i by those from `starts[i]` up to `starts[i + 1]`, which are
    `others`, places among all words of the other language, ascending; their shares and sureties as of a
    `Meaning`."""

    starts: Longs
    others: Longs
    shares: Doubles
    sureties: Doubles


class _Words:
    """Words in order, as the text that they are stored in: strings would take five times the memory."""

    def __init__(self, stored: npt.NDArray[np.uint8]) -> None:
        self._text = bytes(stored)
        ends = [
            *np.flatnonzero(stored == ord("\n")).tolist(),
            *([len(stored)] if len(stored) else []),
        ]
        self._starts = memoryview(np.array([-1, *ends], np.int32) + np.int32(1))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, row: int) -> str:
        return self._bytes(row).decode()

    def row(self, word: str) -> int:
        """Where a word stands; -1 if it is none of these."""
        wanted = word.encode()
        row = bisect_left(range(len(self)), wanted, key=self._bytes)
        return row if row < len(self) and self._bytes(row) == wanted else -1

    def opened(self) -> _OpenWords:
        """The same for many look-ups."""
        return _OpenWords(self._text.decode().split("\n") if self._text else [])

    def _bytes(self, row: int) -> bytes:
        return self._text[self._starts[row] : self._starts[row + 1] - 1]


class _OpenWords:
    """Words in order, each a string: found ten times as fast, in ten times the memory."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._rows = {word: row for row, word in enumerate(words)}

    def __len__(self) -> int:
        return len(self._words)

    def __getitem__(self, row: int) -> str:
        return self._words[row]

    def row(self, word: str) -> int:
        """Where a word stands; -1 if it is none of these."""
        return self._rows.get(word, -1)

    def opened(self) -> _OpenWords:
        """Itself."""
        return self


@dataclass(frozen=True)
class _Side:
    """The words of one language, in order, with their stems and their pairs.

    The forms of stem s are `forms[form_starts[s]:form_starts[s + 1]]`, the pairs of word w those
    places of `others` (rows of the other language), `counts` and `sureties` from `pair_starts[w]` to
    `pair_starts[w + 1]`, both in steps as they are stored.
    """

    words: _Words | _OpenWords
    frequencies: Floats
    stems: _Words | _OpenWords
    forms: Ints
    form_starts: Ints
    others: Ints
    counts: npt.NDArray[np.uint8]
    sureties: npt.NDArray[np.uint8]
    pair_starts: Ints

    def forms_of(self, wanted: str) -> list[int]:
        """The rows of all forms of a stem."""
        at = self.stems.row(wanted)
        if at < 0:
            return []
        found: list[int] = self.forms[self.form_starts[at] : self.form_starts[at + 1]].tolist()
        return found

    def frequency(self, word: str) -> float:
        """How often a word, or else a word of its stem, was met in a million."""
        row = self.words.row(word)
        rows = [row] if row >= 0 else self.forms_of(family(word))
        return float(self.frequencies[rows].max(initial=0.0))

    def translates(self, row: int) -> bool:
        """Whether a word of the other language stood for a word."""
        return bool(self.counts[self.pair_starts[row] : self.pair_starts[row + 1]].any())

    def opened(self) -> _Side:
        """The same for many look-ups."""
        return replace(self, words=self.words.opened(), stems=self.stems.opened())

    def pairs_of(self, row: int) -> list[tuple[int, float, float]]:
        """The words of the other language that stood for a word: row, count and surety."""
        part = slice(self.pair_starts[row], self.pair_starts[row + 1])
        counts, sureties = _COUNTS[self.counts[part]], _SURETIES[self.sureties[part]]
        return list(
            zip(self.others[part].tolist(), counts.tolist(), sureties.tolist(), strict=True)
        )


class BilingualLexicon:
    """Word translations in both directions; make it with `load`."""

    def __init__(self, arrays: Arrays) -> None:
        self.analyzer = bytes(arrays["analyzer"]).decode()
        self.skeletons = bytes(arrays["skeletons"]).decode()
        self._sounds = SkeletonTable.from_arrays(without_prefix("ur_sounds_", arrays))
        self._sides: dict[Script, _Side] = {
            "ur": _side(arrays, "ur", "en"),
            "en": _side(arrays, "en", "ur"),
        }
        # A search asks for the same words from several sides.
        self._meanings = lru_cache(_REMEMBERED)(self._meanings_of)
        self._sounding = lru_cache(_REMEMBERED)(self._sounding_like)
        self._opened: WeakValueDictionary[Script, _Side] = WeakValueDictionary()

    @classmethod
    def load(cls) -> BilingualLexicon:
        """The bundled lexicon, read once, when it is first needed."""
        return _bundled()

    @classmethod
    def empty(cls) -> BilingualLexicon:
        """A lexicon that knows no word."""
        return cls(pack((), {kind: {} for kind in SCRIPTS}))

    def words(self, kind: Script) -> list[str]:
        """All words of a language that it holds, in order."""
        words = self._sides[kind].words
        return [words[row] for row in range(len(words))]

    def pairs(self) -> int:
        """How many pairs of words it holds."""
        return len(self._sides["ur"].others)

    def frequency(self, word: str, kind: Script) -> float:
        """How often a word, or else a word of its stem, was met in a million; 0 for a new one."""
        return self._sides[kind].frequency(word)

    def frequencies(self, kind: Script) -> Floats:
        """How often each of `words(kind)` was met in a million."""
        return self._sides[kind].frequencies

    def sounding_like(self, latin: str, most: int) -> tuple[tuple[str, float], ...]:
        """The commonest Urdu words that share a phonetic key with a folded Latin one, and how often each was
        met in a million."""
        return self._sounding(latin, most)

    def _sounding_like(self, latin: str, most: int) -> tuple[tuple[str, float], ...]:
        side = self._sides["ur"]
        rows = self._sounds.candidates([latin], latin=True)  # of the word at place 0
        best = rows[np.argsort(-side.frequencies[rows], kind="stable")][:most]
        often = side.frequencies[best].tolist()
        return tuple(
            (side.words[row], each) for row, each in zip(best.tolist(), often, strict=True)
        )

    def is_phrase(self, words: Sequence[str], kind: Script) -> bool:
        """Whether it knows words in a row as one thing. Urdu may write it as one word."""
        side = self._sides[kind]
        rows = side.forms_of(family(" ".join(words)))
        return any(len(side.words[row].split()) in (len(words), 1) for row in rows) and (
            kind == "ur" or any(" " in side.words[row] for row in rows)
        )

    def meanings(self, word: str, kind: Script) -> Meanings:
        """What a normalized word, or a phrase with spaces between its words, of language `kind` is
        translated by; what it is translated by may be a phrase, too."""
        return self._meanings(word, kind)

    def many(self, kind: Script) -> ManyWords:
        """Of one language, to look up many words; what it opens is kept as long as anybody has it."""
        return ManyWords(kind, self._side)

    def _side(self, kind: Script, opened: bool) -> _Side:
        if not opened:
            return self._sides[kind]
        if (side := self._opened.get(kind)) is None:
            side = self._opened[kind] = self._sides[kind].opened()
        return side

    def _meanings_of(self, word: str, kind: Script) -> Meanings:
        side, other = self._sides[kind], self._sides["en" if kind == "ur" else "ur"]
        row, forms, alike, regular = _forms_of(side, word, kind)
        pairs = {each: side.pairs_of(each) for each in dict.fromkeys((*forms, *alike))}
        # What other forms mean is doubtful for a form that is well known itself: what other inflections
        # mean, for one that is surely known.
        total = sure = 0.0
        for _, count, surety in pairs.get(row, ()):
            total += count
            sure += count * surety
        parts = (
            ([row] if row >= 0 else [], math.inf, 0.0),
            (forms, LEAN, total),
            (alike, INFLECTED if regular else FEMININE, sure),
        )
        shares: dict[int, float] = defaultdict(float)
        best: dict[int, float] = defaultdict(float)
        evidence = 0.0
        for chosen, limit, known in parts:
            part = [pair for each in chosen for pair in pairs[each]]
            met = sum([n for _, n, _ in part])
            weight = min(limit, met)
            if not weight:
                continue
            evidence += weight
            believed = weight / (known + weight)
            for at, n, surety in part:
                shares[at] += n * (weight / met)
                best[at] = max(best[at], surety * believed)
        order = sorted(shares, key=lambda at: (-shares[at], at))
        return Meanings(
            tuple([Meaning(other.words[at], shares[at] / evidence, best[at]) for at in order]),
            sum([count for each in forms for _, count, _ in pairs[each]]) or evidence,
        )


class ManyWords:
    """Looks up many words of one language, each in a quarter of the time that `BilingualLexicon` takes. From
    `_MANY` on it holds all words and stems of both languages as strings, some 30 MB, for making these takes
    as long as finding so many."""

    def __init__(self, kind: Script, sides: Callable[[Script, bool], _Side]) -> None:
        """`sides` gives what is known of a language, opened for many look-ups or not."""
        self._kind, self._sides = kind, sides
        self._side, self._other = sides(kind, False), sides(_OTHER[kind], False)
        self._asked = 0
        self.others = len(self._other.words)
        """How many words the other language has."""
        self._stem_of = np.empty(self.others, np.int32)
        stems = np.arange(len(self._other.stems), dtype=np.int32)
        self._stem_of[self._other.forms] = np.repeat(stems, np.diff(self._other.form_starts))

    def other(self, place: int) -> tuple[str, str]:
        """A word of the other language, and its `family`."""
        return self._other.words[place], self._other.stems[int(self._stem_of[place])]

    def knows(self, word: str) -> bool:
        """Whether it translates a word, or another form of it: whether `meanings` finds anything."""
        self._expect(1)
        side = self._side
        forms = side.forms_of(family(word))
        return any(map(side.translates, forms)) or any(
            map(side.translates, _forms_of(side, word, self._kind)[2])
        )

    def frequencies(self, words: Sequence[str]) -> Floats:
        """`BilingualLexicon.frequency` of each."""
        self._expect(len(words))
        return np.array([self._side.frequency(word) for word in words], np.float32)

    def _expect(self, words: int) -> None:
        if self._asked <= _MANY < self._asked + words:
            self._side, self._other = (
                self._sides(kind, True) for kind in (self._kind, _OTHER[self._kind])
            )
        self._asked += words

    def meanings(self, words: Sequence[str]) -> ManyMeanings:
        """`BilingualLexicon.meanings` of each."""
        self._expect(len(words))
        side = self._side
        rows: list[int] = []
        parts: list[int] = []
        limits: list[float] = []
        for word in words:
            row, forms, alike, regular = _forms_of(side, word, self._kind)
            for each in ([row] if row >= 0 else [], forms, alike):
                rows += each
                parts.append(len(each))
            limits += (math.inf, LEAN, INFLECTED if regular else FEMININE)
        # Of each word three parts, as in `_meanings_of`: the form itself, those of its stem, its inflections.
        owners = np.repeat(np.arange(len(parts)), parts)
        places = np.array(rows, np.int64)
        pairs = side.pair_starts[places], side.pair_starts[places + 1]
        counts = (pairs[1] - pairs[0]).astype(np.int64)
        part, at = np.repeat(owners, counts), ranges(pairs[0], counts)
        met_by = _COUNTS[side.counts[at]].astype(np.float64)
        sureties = _SURETIES[side.sureties[at]].astype(np.float64)
        met = np.bincount(part, met_by, len(parts))
        known = np.zeros((len(words), 3))
        known[:, 1] = met[0::3]
        known[:, 2] = np.bincount(part, met_by * sureties, len(parts))[0::3]
        weights = np.minimum(np.array(limits), met)
        believed = weights / np.maximum(known.ravel() + weights, _LEAST_COUNT)
        evidence = weights.reshape(-1, 3).sum(axis=1)
        told = np.flatnonzero(weights[part] > 0)
        keys = part[told] // 3 * np.int64(1 << 32) + side.others[at[told]]
        order = np.argsort(keys, kind="stable")
        keys, order = keys[order], told[order]
        part = part[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        shares = met_by[order] * (weights / np.maximum(met, _LEAST_COUNT))[part]
        best = sureties[order] * believed[part]
        words_of = keys[first] >> 32
        return ManyMeanings(
            starts=np.searchsorted(words_of, np.arange(len(words) + 1)),
            others=keys[first] & (1 << 32) - 1,
            shares=_reduced(np.add, shares, first) / evidence[words_of],
            sureties=_reduced(np.maximum, best, first),
        )


def _reduced(how: np.ufunc, values: Doubles, first: Longs) -> Doubles:
    """The groups of values that begin at some places, each as one."""
    found: Doubles = how.reduceat(values, first) if len(first) else values
    return found


def _forms_of(side: _Side, word: str, kind: Script) -> tuple[int, list[int], list[int], bool]:
    """The row of a word, -1 for none; those of all forms of its stem; of others that may be inflections
    of the word; and whether these are sure to be."""
    masculine = _masculine(word) if kind == "ur" else ""
    forms = side.forms_of(family(word))
    row = next((each for each in forms if side.words[each] == word), -1)
    of_masculine = side.forms_of(family(masculine)) if masculine else []
    roots = _roots(word, kind) | {masculine}
    alike = [
        each
        for each in dict.fromkeys((*forms, *of_masculine))
        if each != row and not roots.isdisjoint(_roots(side.words[each], kind))
    ]
    return row, forms, alike, masculine.endswith("تا") or not set(alike).isdisjoint(forms)


def _roots(word: str, kind: Script) -> frozenset[str]:
    """What the inflections of a word may have in common: its singular, of Urdu in the direct case."""
    if kind == "en":
        word = word.removesuffix("'s")
        if word.endswith("ies"):
            return frozenset({word[:-3] + "y", word[:-1]})
        if word.endswith(_HISSING):
            return frozenset({word[:-2], word[:-1]})
        plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
        return frozenset({word[:-1] if plural else word})
    if len(word) >= _SHORTEST + 2:
        if word.endswith("وں"):
            return frozenset({word[:-2], word[:-2] + "ا"})
        if word.endswith(("یں", "یاں")):
            return frozenset({word[:-2]})
    return frozenset({word[:-1] + "ا" if word.endswith(("ے", "ہ", "ا")) else word})


def _masculine(word: str) -> str:
    """The masculine of an Urdu word, if it may be a feminine one; else nothing."""
    return word[:-1] + "ا" if word.endswith("ی") and len(word) > _SHORTEST else ""


def family(word: str) -> str:
    """What the forms of a word or a phrase share: the stem of its letters, written as one (وزیر اعظم is
    وزیراعظم, climate changes climate change)."""
    return stem(word.replace(" ", ""))


def pack(
    pairs: Iterable[tuple[str, str, float, float]], millions: Mapping[Script, Mapping[str, float]]
) -> Arrays:
    """The arrays of a `BilingualLexicon` of (Urdu, English, count, surety), in any order; `millions` tells
    how often words of each language are met in a million."""
    found = sorted(pairs)
    arrays: Arrays = {
        "analyzer": as_bytes([ANALYZER_FINGERPRINT]),
        "skeletons": as_bytes([SKELETONS_FINGERPRINT]),
        "count": _steps([pair[2] for pair in found]),
        "surety": np.rint(SURETY_UNIT * np.array([pair[3] for pair in found])).astype(np.uint8),
    }
    for column, kind in enumerate(SCRIPTS):
        words = sorted({str(pair[column]) for pair in found})
        place = {word: at for at, word in enumerate(words)}
        stems = sorted({family(word) for word in words})
        stem_at = {each: at for at, each in enumerate(stems)}
        arrays |= {
            f"{kind}_rows": np.array([place[str(pair[column])] for pair in found], np.int32),
            f"{kind}_words": as_bytes(words),
            f"{kind}_stems": as_bytes(stems),
            f"{kind}_stem_of": np.array([stem_at[family(word)] for word in words], np.int32),
            f"{kind}_frequencies": _steps([millions[kind].get(word, 0.0) for word in words]),
        }
        if kind == "ur":  # phrases are read word by word
            sounds = SkeletonTable.build(["" if " " in e else e for e in words], latin=False)
            arrays |= {f"ur_sounds_{name}": part for name, part in sounds.arrays().items()}
    return arrays


def _steps(values: Sequence[float]) -> npt.NDArray[np.uint8]:
    steps: npt.NDArray[np.uint8] = np.rint(
        COUNT_STEPS * np.log2(1 + np.array(values, float))
    ).astype(np.uint8)
    return steps


def _side(arrays: Arrays, kind: Script, other: Script) -> _Side:
    words, stems = _Words(arrays[f"{kind}_words"]), _Words(arrays[f"{kind}_stems"])
    pairs, pair_starts = grouped(arrays[f"{kind}_rows"], len(words))
    forms, form_starts = grouped(arrays[f"{kind}_stem_of"], len(stems))
    return _Side(
        words=words,
        frequencies=_COUNTS[arrays[f"{kind}_frequencies"]],
        stems=stems,
        forms=forms,
        form_starts=form_starts,
        others=arrays[f"{other}_rows"][pairs],
        counts=arrays["count"][pairs],
        sureties=arrays["surety"][pairs],
        pair_starts=pair_starts,
    )


@cache
def bundled_digest() -> str:
    """A digest of the bundled lexicon, kept in an index when it is derived."""
    return hashlib.blake2b(_FILE.read_bytes(), digest_size=8).hexdigest()


@cache
def _bundled() -> BilingualLexicon:
    return BilingualLexicon(load_arrays(_FILE))
