"""Names that the two scripts part into different numbers of words: Netanyahu, نیتن یاہو; Abdul Malik,
عبدالملک; and those that were typed as one: imrankhan, عمران خان.

A word is parted where its pieces, one behind the other, spell words that stand in a row in the archive;
two words are joined where together they spell one of its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from index import budget
from index.batch_cache import BatchCache
from index.opened import OpenIndex
from index.parts.lexicon.bilingual import BilingualLexicon
from index.parts.lexicon.lexicon import Lexicon
from index.sound.phonetic_keys import skeletons
from index.sound.transliteration import SpellingModel, fold_latin
from index.text.analysis import SCRIPTS, Script, is_stop, script, stem
from index.text.compounds import Run
from search.config import CacheSizes, SearchConfig, SoundMatching
from search.method_cache import cached_method
from search.query.query import Atom, Group

_ARTICLE = re.compile(r"([a-z]{3,})u[lrzsdnt]")
"""A word that ends with the article of the next, which sounds as the next begins: Mustafizur Rahman."""


_Pair = tuple[str, str]
_Sounding = tuple[str, float, float]
"""A word of the other script, log P(latin | urdu), and the chance that it is meant."""


@dataclass(frozen=True)
class _Way:
    """Words in a row that spell the beginning of a typed word, and their log-likelihood."""

    words: tuple[str, ...] = ()
    log: float = 0.0


class NameSegmenter:
    """Finds names whose words are parted otherwise, by the words of one index. Safe under threads."""

    def __init__(
        self, index: OpenIndex, config: SearchConfig, others: Callable[[str], Sequence[str]]
    ) -> None:
        """`others`: the words of the other script that a word of a name may be."""
        self._others = others
        self._keyword = index.keyword
        self._lexicon: Lexicon = index.lexicon
        self._config = config
        self._model = SpellingModel.load()
        self._parted: BatchCache[str, list[tuple[str, ...]]] = BatchCache(CacheSizes.WORDS)
        self._joined: BatchCache[_Pair, list[tuple[str, ...]]] = BatchCache(CacheSizes.WORDS)
        self._paired = cached_method(self._pairs_of, CacheSizes.WORDS)
        self._sounding: BatchCache[str, list[_Sounding]] = BatchCache(CacheSizes.PIECES)

    def named(self, groups: Sequence[Group], function_words: AbstractSet[str]) -> list[Group]:
        """The groups, with the words in a row that spell their names in the other script.

        `function_words` are function words of Roman Urdu, no parts of names: sone ki is not سونےکی.
        """
        if not self._config.names:
            return list(groups)
        atoms = [_plain(group) for group in groups]
        atoms = [atom if atom and atom.words[0] not in function_words else None for atom in atoms]
        same: list[list[tuple[str, ...]]] = [[] for _ in groups]
        single = {at: atom.words[0] for at, atom in enumerate(atoms) if atom}
        pairs = {
            at: (first, single[at + 1])
            for at, first in single.items()
            if at + 1 in single and script(first) == script(single[at + 1])
        }
        self._know([*single.values()])
        self._hear([*single.values(), *map("".join, filter(self._may_be_one, pairs.values()))])
        for at, parts in zip(
            single, self._parted.of([*single.values()], self._parts_of), strict=True
        ):
            same[at] += parts
        joined = self._joined.of([*pairs.values()], self._words_of)
        for (at, pair), as_one in zip(pairs.items(), joined, strict=True):
            for each in (at, at + 1):
                same[each] += [*self._paired(*pair), *as_one]
        return [
            Group((_with(atom, runs),)) if atom and runs else group
            for group, atom, runs in zip(groups, atoms, same, strict=True)
        ]

    def _pairs_of(self, first: str, second: str) -> list[tuple[str, ...]]:
        """Words in a row that two words spell together: کراچی کنگز of Karachi Kings, though kings are
        بادشاہ elsewhere."""
        if is_stop(first) or is_stop(second):
            return []
        shifted = _with_article(first, second)
        known = self._know([first, second])
        if not (shifted or any(known)):
            return []  # both are searched by their sound already
        words = shifted or (first, second)
        sounds = [
            [other for other, _ in self._spelled(word)] if shifted or there else []
            for word, there in zip(words, known, strict=True)
        ]
        if not any(sounds):
            return []
        # What the one may be is only asked beside what the other sounds like.
        others = [
            self._others(word)[: SoundMatching.PIECE_SPELLINGS] if sound else []
            for word, sound in zip(words, reversed(sounds), strict=True)
        ]
        pairs = self._followed(sounds[0], others[1]) | self._followed(others[0], sounds[1])
        return self._most_together(sorted(pairs))

    def _most_together(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
        """Of pairs of words the one that stands in a row in the most articles, if it often does.

        Where words stand is slow to read. So those are looked up first that most articles hold, and
        none that fewer hold than have the best in a row.
        """
        held = [self._both(*pair) for pair in pairs]
        best, most = -1, 0
        for at in sorted(range(len(pairs)), key=lambda at: (-held[at], at)):
            rarer = min(self._frequency(word) for word in pairs[at])
            if held[at] < max(1, most, SoundMatching.IN_A_ROW * rarer):
                continue
            documents = self._keyword.posting(" ".join(pairs[at])).df
            if documents >= SoundMatching.IN_A_ROW * rarer and (documents, -at) > (most, -best):
                best, most = at, documents
        return [pairs[best]] if most else []

    def _both(self, word: str, other: str) -> int:
        """How many articles hold two words, in any inflection; of a function word nobody counts them."""
        postings = [
            self._keyword.posting(stem(each)) for each in (word, other) if not is_stop(each)
        ]
        if len(postings) == 1:
            return postings[0].df
        one, two = postings
        return len(np.intersect1d(one.docids, two.docids, assume_unique=True))

    def _frequency(self, word: str) -> int:
        return int(self._lexicon.frequencies[self._lexicon.row(word)])

    def _parts_of(self, words: Sequence[str]) -> list[list[tuple[str, ...]]]:
        """Of each word the rows of two or three words that spell it, the likeliest first."""
        may = [word for word in words if self._may_be_parted(word)]
        self._hear(may)
        held = {word: self._as_one(word) for word in may}
        # Of the others the other script has one word, too.
        rare = [word for word, often in held.items() if often <= SoundMatching.HARDLY_HELD]
        self._hear_pieces(rare)
        return [self._parts(word, held[word]) if word in held else [] for word in words]

    def _hear_pieces(self, words: Sequence[str]) -> None:
        """Look up together the pieces that all ways to part some words begin with, go on with and end with."""
        self._hear([word[at:] for word in words for at in _seams(word)])
        last = {word: self._last(word) for word in words}
        self._hear([word[:end] for word, ends in last.items() for end in _ends(word, 0, ends)])
        self._hear(
            [
                word[start:end]
                for word, ends in last.items()
                for start in _ends(word, 0, ends)
                if self._spelled(word[:start])
                for end in _ends(word, start, ends)
            ]
        )

    def _last(self, word: str) -> dict[int, list[tuple[str, float]]]:
        """Where the last piece of a word may begin, and what it spells."""
        return {at: found for at in _seams(word) if (found := self._spelled(word[at:]))}

    def _may_be_parted(self, word: str) -> bool:
        kind = _kind(word)
        letters = len(fold_latin(word)) if kind == "en" else len(word)
        shortest = SoundMatching.SHORTEST - 2 * (script(word) == "ur")
        fits = shortest <= letters <= SoundMatching.LONGEST and word.isalpha()
        return fits and not self._know([word])[0]

    def _parts(self, word: str, held: int) -> list[tuple[str, ...]]:
        """Those of one word; `held` is in how many articles it stands as one in the other script."""
        kind = _kind(word)
        found: list[_Way] = []
        if held <= SoundMatching.HARDLY_HELD:
            sure = (
                way
                for way in self._ways(word)
                if self._chance(word, way) >= SoundMatching.PARTED_FROM
            )
            found = sorted(sure, key=lambda way: -way.log)
        ways = [(way.words, max(1, SoundMatching.MUCH_OFTENER * held)) for way in found]
        if kind == "en" and self._lexicon.row(word) < 0:
            ways = [*((way, 1) for way in self._own_words(word)), *ways]
        return [
            way
            for way, least in ways[: SoundMatching.MOST_WAYS]
            if self._keyword.posting(" ".join(way)).df >= least
        ]

    def _ways(self, word: str) -> list[_Way]:
        """All ways to part a word into words of the other script.

        The last piece must spell something, whatever stands before it: it is looked at first.
        """
        last = self._last(word)
        ways: dict[int, list[_Way]] = {0: [_Way()]} if last else {}
        for start in (0, *_seams(word)):
            before = ways.get(start, [])
            if not before:
                continue
            budget.check()
            ends = _ends(word, start, last)
            self._hear([word[start:end] for end in ends])
            for end in (*ends, len(word)):
                whole = end == len(word)
                found = last.get(start, []) if whole else self._spelled(word[start:end])
                followed = self._followed(
                    [way.words[-1] for way in before if way.words], [other for other, _ in found]
                )
                ways.setdefault(end, []).extend(
                    _Way((*way.words, other), way.log + log)
                    for other, log in found
                    for way in before
                    if len(way.words) < SoundMatching.MOST_PIECES - (not whole)
                    and (not way.words or (way.words[-1], other) in followed)
                )
            for end in range(start + 1, len(word) + 1):
                if end in ways:
                    ways[end] = sorted(ways[end], key=lambda way: -way.log)[
                        : SoundMatching.MOST_WAYS
                    ]
        return ways.get(len(word), [])

    def _spelled(self, piece: str) -> list[tuple[str, float]]:
        """The words of the other script that a piece may spell, and log P(latin | urdu) of each."""
        return [
            (word, log)
            for word, log, chance in self._hear([piece])[0]
            if chance >= SoundMatching.PIECE_FROM and word.isalpha() and len(word) > 1
        ]

    def _hear(self, pieces: Sequence[str]) -> list[list[_Sounding]]:
        """The likeliest words of the other script of each piece's own consonants: many pieces at once take a
        fraction of the time that they take one by one."""
        return self._sounding.of(pieces, self._sounding_like)

    def _sounding_like(self, pieces: Sequence[str]) -> list[list[_Sounding]]:
        found: dict[str, list[_Sounding]] = {}
        words = self._lexicon.words
        for kind in SCRIPTS:
            own = [piece for piece in pieces if _kind(piece) == kind]
            heard = self._lexicon.all_sounding_like(
                own,
                "ur" if kind == "en" else "en",
                "english",
                SoundMatching.PIECE_SPELLINGS,
                near=False,
            )
            for piece, linked in zip(own, heard, strict=True):
                others, logs = [words[row] for row, _ in linked], [log for _, log in linked]
                latin = [piece] * len(others) if kind == "en" else others
                chances = self._model.match_probabilities(latin, logs, "english")
                found[piece] = list(zip(others, logs, chances, strict=True))
        return [found[piece] for piece in pieces]

    def _words_of(self, pairs: Sequence[_Pair]) -> list[list[tuple[str, ...]]]:
        """The words of the other script that each two words spell as one."""
        may = {pair: "".join(pair) for pair in pairs if self._may_be_one(pair)}
        heard = dict(zip(may, self._hear([*may.values()]), strict=True))
        return [
            [
                (word,)
                for word, _, chance in heard.get(pair, [])[:2]
                if chance >= SoundMatching.PARTED_FROM
            ]
            for pair in pairs
        ]

    def _may_be_one(self, pair: _Pair) -> bool:
        whole = "".join(pair)
        if any(map(is_stop, pair)) or not whole.isalpha():
            return False
        return len(whole) >= SoundMatching.SHORTEST and not all(self._know(pair))

    def _know(self, words: Sequence[str]) -> list[bool]:
        """Whether the bundled lexicon translates each word by one that sounds otherwise."""
        return _KNOWN.of(words, _known_otherwise)

    def _chance(self, word: str, way: _Way) -> float:
        return self._match(word if script(word) == "en" else "".join(way.words), way.log)

    def _match(self, latin: str, log: float) -> float:
        return self._model.match_probabilities([latin], [log], "english")[0]

    def _as_one(self, word: str) -> int:
        """How many articles hold the commonest single word that a word surely spells."""
        sure = (
            self._frequency(other)
            for other, _, chance in self._hear([word])[0]
            if chance >= SoundMatching.PARTED_FROM
        )
        return max(sure, default=0)

    def _followed(self, words: Sequence[str], others: Sequence[str]) -> set[tuple[str, str]]:
        """The pairs of a word and another that may be a name: of Urdu words, those that the archive knows
        to follow each other. جن is half of جن پنگ though it is a pronoun, too, for پنگ hardly stands
        without it."""
        if not words or not others:
            return set()
        if script(words[0]) != "ur":
            return {pair for pair in product(words, others) if not any(map(is_stop, pair))}
        row = self._lexicon.row
        counts = self._lexicon.pair_counts(
            np.array([row(word) for word in words], np.int32),
            np.array([row(other) for other in others], np.int32),
        )
        met = {
            (words[at], others[there]): int(counts[at, there])
            for at, there in np.argwhere(counts).tolist()
        }
        return {pair for pair, together in met.items() if self._is_bound(*pair, together)}

    def _is_bound(self, word: str, other: str, together: int) -> bool:
        """Whether two words, of which one may be a function word, stand together as a name does."""
        if is_stop(word) == is_stop(other):
            return not is_stop(word)
        alone = word if is_stop(other) else other
        return together >= SoundMatching.BOUND * self._frequency(alone)

    def _own_words(self, word: str) -> Iterator[tuple[str, ...]]:
        """Two or three words of the archive that a Latin word new to it was glued of."""
        ways: dict[int, list[tuple[str, ...]]] = {0: [()]}
        for end in range(SoundMatching.SHORTEST_OWN, len(word) + 1):
            ways[end] = [
                (*way, word[start:end])
                for start in range(end - SoundMatching.SHORTEST_OWN + 1)
                if self._lexicon.row(word[start:end]) >= 0
                for way in ways.get(start, ())
                if len(way) < SoundMatching.MOST_PIECES - (end < len(word))
            ][: SoundMatching.MOST_WAYS]
        yield from ways.get(len(word), [])


_KNOWN: BatchCache[str, bool] = BatchCache(CacheSizes.WORDS)
"""Whether the bundled lexicon knows words otherwise, whatever index is open."""


def _known_otherwise(words: Sequence[str]) -> list[bool]:
    bilingual = BilingualLexicon.load()
    meanings = {word: bilingual.meanings(word, _kind(word)) for word in words}
    known = {
        word: meant.found[0].word
        for word, meant in meanings.items()
        if meant.surety >= SoundMatching.KNOWN
    }
    alike = _sounding_alike([*known.items()])
    return [word in known and not alike[word] for word in words]


def _sounding_alike(translated: Sequence[_Pair]) -> dict[str, bool]:
    """Of words with a translation of each whether this sounds like the word, or like a part of it."""
    pairs = {  # Latin and Urdu
        word: (word, other) if _kind(word) == "en" else (other, word) for word, other in translated
    }
    alike = {word: pair for word, pair in pairs.items() if not _of_other_consonants(*pair)}
    latin = [each for each, _ in alike.values()]
    model = SpellingModel.load()
    logs = model.log_likelihoods(latin, [[urdu] for _, urdu in alike.values()], "english")
    chances = model.match_probabilities(latin, [float(log[0]) for log in logs], "english")
    found = dict(zip(alike, chances, strict=True))
    return {word: found.get(word, 0.0) >= SoundMatching.KNOWN for word in pairs}


def _of_other_consonants(latin: str, urdu: str) -> bool:
    sounds = skeletons(fold_latin(latin), latin=True)
    return sounds.isdisjoint(skeletons(urdu, latin=False))


def _kind(word: str) -> Script:
    return "en" if script(word) == "en" else "ur"


def _seams(word: str) -> range:
    """Where a word may be parted."""
    return range(SoundMatching.SHORTEST_PIECE, len(word) - SoundMatching.SHORTEST_PIECE + 1)


def _ends(word: str, start: int, last: Collection[int]) -> list[int]:
    """Where a piece of a word that begins at `start` may end, so that something may follow: `last` are the
    places where the last piece may begin."""
    if not last:
        return []
    two_follow = 0 if start else max(last) - SoundMatching.SHORTEST_PIECE
    inner = range(start + SoundMatching.SHORTEST_PIECE, _seams(word).stop)
    return [end for end in inner if end in last or end <= two_follow]


def _with_article(first: str, second: str) -> tuple[str, str] | None:
    """Two words of an Arabic name as the other script parts them: سراج الحق is Sirajul Haq. None if
    there is no article between them."""
    if script(first) == "ur":
        return (f"{first}ال", second[2:]) if second.startswith("ال") and len(second) > 3 else None
    before = _ARTICLE.fullmatch(first)
    return (before[1], f"al{second}") if before else None


def _plain(group: Group) -> Atom | None:
    """The word of a group that has only this one, if it may be a name as a whole."""
    atom = group.alternatives[0]
    single = len(group.alternatives) == 1 and atom.plain and not atom.compound.same
    return atom if single and not atom.stop and script(atom.words[0]) != "other" else None


def _with(atom: Atom, words: Sequence[tuple[str, ...]]) -> Atom:
    runs = tuple(Run(each, " ".join(each)) for each in dict.fromkeys(words))
    return replace(atom, compound=atom.compound._replace(same=runs))
