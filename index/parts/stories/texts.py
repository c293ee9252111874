"""What is compared of an article: its words, where they stand, its numbers, its words in a row.

How rare a word is is known beforehand, from the bundled lexicon; the more articles an archive has, the more
its own counts say. What the archive itself taught of translations is left out: it learned that from the very
pairs that are judged here, and a tiny archive has nothing to learn from.

Texts are read many together: of every spelling it is found out once which word it is, and which words of
its neighbours it may be written as one with (`_Spellings`); the rest is numpy over the words of all.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, pairwise, takewhile

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache

from index.arrays import Doubles, Floats, Ints, Longs, Mask, distinct, ranges
from index.errors import IndexDamagedError
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.bilingual import BilingualLexicon, ManyWords
from index.parts.lexicon.lexicon import Lexicon
from index.text.analysis import SCRIPTS, is_stop, script, surfaces, term_of
from index.text.normalize import Table
from index.text.quantities import quantities
from index.text.spoken_letters import LETTER_NAMED

LEAD = 3
"""Passages that say what an article is about: the title and the two after it."""
SHINGLE = 4
"""Words of a shingle: short enough to survive an edit in each sentence, too long for a phrase."""
LEAST_SHINGLES = 30
"""Of a text whose copies are looked for: with one word changed a short one says something else."""

KNOWN_ARTICLES = 2_000
"""As how many articles of the archive the bundled lexicon counts when it says how rare a word is."""
WORDS_OF_AN_ARTICLE, RAREST = 250, 1e-4
"""From a word's frequency in a million to the chance that an article holds it; that of an unknown word."""
MOST_LETTERS = 6
"""Of an acronym."""
UNJOINED = frozenset("اآدڈذرڑزژوےں")
"""Letters that do not join the next one: behind them a space that is missing is not seen."""
LEAST_OF_PARTS, TIMES_OF_PARTS = 20, 30
"""Articles that hold each part of words written as one, at least, and how many times as many as hold them so."""
_REMEMBERED = 1 << 17
_TEXTS = 20_000
"""Texts remembered, of some 5 kB each: pairs are of like date, and compared in the order of dates."""
_TEXTS_OF_NUMBERS = 4_000
"""The same of their quantities, which fewer pairs need."""
_PASSAGES_AT_ONCE = 16_384

IN_TEXT, IN_LEAD, IN_TITLE = 1, 2, 4
"""Flags of a word, by where in an article it stands."""
_FLAG_BITS = 3
_DOCUMENT_BITS = 32 + _FLAG_BITS
_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
"""One for each word of a shingle: what tells its place from the others'."""


@dataclass(frozen=True)
class Text:
    """What is compared of an article.

    `words` are the lexicon's heads, ascending, `rarities` how rare each is (-log of the chance to meet it
    in an article), `places` where it stands (`IN_TEXT`, with `IN_LEAD` if in one of the first `LEAD`
    passages, with `IN_TITLE` if in the first). `running` are hashes of the words behind the title, one after
    another.
    """

    words: Ints
    rarities: Floats
    places: npt.NDArray[np.uint8]
    running: Longs

    @cached_property
    def title(self) -> Mask:
        """Which words stand in the title."""
        return (self.places & IN_TITLE) > 0

    @cached_property
    def lead(self) -> Mask:
        """Which words stand in the lead."""
        return (self.places & IN_LEAD) > 0

    @cached_property
    def shingles(self) -> Longs:
        """Hashes of every `SHINGLE` words that follow one another, each once, ascending."""
        many = max(0, len(self.running) - SHINGLE + 1)
        hashes = np.zeros(many, np.uint64)
        for at, odd in enumerate(_ODD):
            hashes += self.running[at : at + many].view(np.uint64) * np.uint64(odd)
        return distinct(hashes.view(np.int64))


@dataclass(frozen=True)
class _Words:
    """The words of some texts, each once a text: which text each is of, ascending, its head, ascending, and
    where in it it stands. `running` are hashes of all words as they are spelt, `starts` where those of each
    passage begin."""

    owners: Longs
    heads: Ints
    places: npt.NDArray[np.uint8]
    running: Longs
    starts: Longs


class Texts:
    """Reads articles of one archive for comparing."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._catalogue, self._lexicon = catalogue, lexicon
        self._columns = catalogue.columns()
        self._size = int(self._columns.live.sum())
        # A head's frequency is that of its most frequent form.
        self._frequencies = np.zeros(len(lexicon.words), np.int64)
        np.maximum.at(self._frequencies, lexicon.heads, lexicon.frequencies)
        self._rarities = np.zeros(len(lexicon.words))
        self._many = {kind: BilingualLexicon.load().many(kind) for kind in SCRIPTS}
        self._spellings = _Spellings(lexicon, self._many["ur"])
        self._known: LRUCache[int, Text] = LRUCache(_TEXTS)
        self._numbers: LRUCache[int, Numbers] = LRUCache(_TEXTS_OF_NUMBERS)

    def read(self, docids: Iterable[int]) -> dict[int, Text]:
        """The texts of documents; those read last are remembered."""
        wanted = [int(docid) for docid in docids]
        found = {docid: self._known[docid] for docid in wanted if docid in self._known}
        missing = [docid for docid in wanted if docid not in found]
        for some in self._blocks(np.array(missing, np.int64)):
            for docid, text in zip(some.tolist(), self._texts(some), strict=True):
                found[docid] = self._known[docid] = text
        return found

    def leads(self, docids: Ints) -> tuple[Longs, Ints]:
        """The words of the leads of documents: the place among `docids` of each one's document, ascending,
        and its head, ascending."""
        words = self._words(docids, LEAD)
        return words.owners, words.heads

    def numbers(self, docids: Iterable[int]) -> dict[int, Numbers]:
        """The quantities of each passage of documents; those read last are remembered."""
        wanted = [int(docid) for docid in docids]
        found = {docid: self._numbers[docid] for docid in wanted if docid in self._numbers}
        missing = [docid for docid in wanted if docid not in found]
        for some in self._blocks(np.array(missing, np.int64)):
            texts, counts = self._passages(some, None)
            read = iter(texts)
            for docid, count in zip(some.tolist(), counts.tolist(), strict=True):
                numbers = [*map(quantities, islice(read, count))]
                found[docid] = self._numbers[docid] = numbers
        return found

    def rarities(self, heads: Ints) -> Doubles:
        """How much it says that a text holds each of some words: -log of the chance that an article does."""
        new = distinct(heads[self._rarities[heads] == 0])
        if len(new):
            words = [self._lexicon.words[head] for head in new.tolist()]
            kinds = [script(word) for word in words]
            millions = np.zeros(len(new))
            for kind, many in self._many.items():
                own = [at for at, each in enumerate(kinds) if each == kind]
                millions[own] = many.frequencies([words[at] for at in own])
            known = RAREST - np.expm1(-WORDS_OF_AN_ARTICLE * millions / 1e6)
            met = self._frequencies[new] + KNOWN_ARTICLES * known
            self._rarities[new] = np.log((self._size + KNOWN_ARTICLES) / met)
        return self._rarities[heads]

    def _blocks(self, docids: Longs) -> list[Longs]:
        """Documents that are read together, in turn: so many that their texts are held in bounded memory."""
        pieces = np.cumsum(self._columns.doc_passages[docids], dtype=np.int64) // _PASSAGES_AT_ONCE
        bounds = [0, *(np.flatnonzero(np.diff(pieces)) + 1).tolist(), len(docids)]
        return [docids[first:end] for first, end in pairwise(bounds) if end > first]

    def _texts(self, docids: Longs) -> Iterator[Text]:
        words = self._words(docids, None)
        rarities = self.rarities(words.heads).astype(np.float32)
        bounds = np.searchsorted(words.owners, np.arange(len(docids) + 1)).tolist()
        counts = self._columns.doc_passages[docids].astype(np.int64)
        ends = np.cumsum(counts)
        # The first passage is the title, which copies like to change.
        begins = words.starts[ends - counts + (counts > 1)].tolist()
        for own, begin, end in zip(
            pairwise(bounds), begins, words.starts[ends].tolist(), strict=True
        ):
            part = slice(*own)
            # Copied: a part of an array keeps all of it, the words of a thousand texts for one remembered.
            yield Text(
                words.heads[part].copy(),
                rarities[part].copy(),
                words.places[part].copy(),
                words.running[begin:end].copy(),
            )

    def _words(self, docids: Longs | Ints, most: int | None) -> _Words:
        """Those of the first `most` passages of documents, of all unless said."""
        texts, counts = self._passages(docids, most)
        numbers, sizes = self._spellings.numbers(texts)
        owners = np.repeat(np.arange(len(docids)), counts)
        number = ranges(np.zeros(len(counts), np.int64), counts)
        flags = IN_TEXT | IN_LEAD * (number < LEAD) | IN_TITLE * (number == 0)
        passages, heads = self._spellings.heads(numbers, sizes)
        keys = owners[passages] << _DOCUMENT_BITS | heads.astype(np.int64) << _FLAG_BITS
        keys |= flags[passages]
        keys.sort()
        words = keys >> _FLAG_BITS
        first = np.flatnonzero(np.diff(words, prepend=-1))
        places = (keys & (1 << _FLAG_BITS) - 1).astype(np.uint8)
        return _Words(
            owners=words[first] >> 32,
            heads=(words[first] & (1 << 32) - 1).astype(np.int32),
            places=np.bitwise_or.reduceat(places, first) if len(first) else places,
            running=self._spellings.hashes(numbers),
            starts=np.concatenate([[0], np.cumsum(sizes)]),
        )

    def _passages(self, docids: Longs | Ints, most: int | None) -> tuple[list[str], Longs]:
        """The texts of the first `most` passages of documents, of all unless said, and how many of each."""
        counts = self._columns.doc_passages[docids].astype(np.int64)
        if most is not None:
            counts = np.minimum(counts, most)
        texts = self._catalogue.texts_at(ranges(self._columns.doc_first_pid[docids], counts))
        if len(texts) != counts.sum():
            raise IndexDamagedError("Some passages of the catalogue are missing.")
        return texts, counts


class _Spellings:
    """The words of an archive as newsrooms differ in writing them: letters that Urdu names one by one
    (ٹی ایل پی) are the acronym that the archive has (TLP), words written as one (سےالگ) are parted, and words
    that are written as one elsewhere (وزیر اعظم, وزیراعظم) are that one, too.

    Every word met has a number, and its parts stand at its places in `_parts`.
    """

    def __init__(self, lexicon: Lexicon, translated: ManyWords) -> None:
        self._lexicon, self._translated = lexicon, translated
        self._frequencies = lexicon.frequencies.data  # a word at a time, faster than of an array
        self._row = lru_cache(_REMEMBERED)(self._row_of)
        self._parts = lru_cache(_REMEMBERED)(self._parts_of)
        self._is_one = lru_cache(_REMEMBERED)(self._is_one_word)
        self._begin()

    def _begin(self) -> None:
        self._of_spelling = Table(self._new_spelling)
        self._of_term = Table(self._new_term)
        self._terms: list[str] = []
        self._hashes, self._named = array("q"), array("b")
        self._first, self._count = array("i"), array("i")
        self._spelt: list[str] = []  # the parts of all
        self._heads, self._open = array("i"), array("b")

    def numbers(self, texts: Sequence[str]) -> tuple[Ints, Longs]:
        """The words of texts, one after another, as numbers, and how many are of each text. Numbers are
        good until others are asked for."""
        if len(self._terms) > _REMEMBERED:
            self._begin()
        number, found, sizes = self._of_spelling, array("i"), []
        for text in texts:
            words = [number[word] for word in surfaces(text)]
            found.extend(words)
            sizes.append(len(words))
        return np.array(found, np.int32), np.array(sizes, np.int64)

    def hashes(self, numbers: Ints) -> Longs:
        """A hash of each of some words."""
        return np.array(self._hashes, np.int64)[numbers]

    def heads(self, numbers: Ints, sizes: Longs) -> tuple[Longs, Ints]:
        """The words worth comparing: the place of each one's text, and its head."""
        numbers, owners = self._with_acronyms(numbers, np.repeat(np.arange(len(sizes)), sizes))
        counts = np.array(self._count, np.int32)[numbers]
        parts = ranges(np.array(self._first, np.int32)[numbers], counts)
        owners = np.repeat(owners, counts)
        heads = np.array(self._heads, np.int32)[parts]
        # Words that are written as one elsewhere: the last letter of the first does not join the next.
        may = np.array(self._open, bool)[parts[:-1]] & (owners[1:] == owners[:-1])
        at = np.flatnonzero(may)
        pairs, which = np.unique(parts[at] << 32 | parts[at + 1], return_inverse=True)
        joined = np.array([self._joined(pair) for pair in pairs.tolist()], np.int32)[which]
        heads, owners = np.concatenate([heads, joined]), np.concatenate([owners, owners[at]])
        worth = heads >= 0
        return owners[worth], heads[worth]

    def _new_spelling(self, spelling: str) -> int:
        return self._of_term[term_of(spelling)]

    def _new_term(self, term: str) -> int:
        self._terms.append(term)
        self._hashes.append(hash(term))
        self._named.append(term in LETTER_NAMED)
        parts = self._parts(term)
        self._first.append(len(self._spelt))
        self._count.append(len(parts))
        self._spelt += parts
        self._heads.extend([self._row(part) for part in parts])
        self._open.extend([part[-1] in UNJOINED for part in parts])
        return len(self._terms) - 1

    def _joined(self, pair: int) -> int:
        """The head of two parts as one word, -1 if they are none."""
        word = self._spelt[pair >> 32] + self._spelt[pair & (1 << 32) - 1]
        return self._row(word) if word in self._lexicon.rows and self._is_one(word) else -1

    def _with_acronyms(self, numbers: Ints, owners: Longs) -> tuple[Ints, Longs]:
        """Words and the texts that they are of, letters in a row as one if that is an acronym."""
        named = np.array(self._named, bool)[numbers]
        pairs = named[1:] & named[:-1] & (owners[1:] == owners[:-1])
        runs = np.flatnonzero(np.diff(pairs, prepend=False, append=False)).reshape(-1, 2)
        found, of, end = [], [], 0
        for first, last in runs.tolist():
            letters = [self._terms[number] for number in numbers[first : last + 1].tolist()]
            written = [self._of_term[term] for term in self._written(letters)]
            found += [numbers[end:first], np.array(written, np.int32)]
            of += [owners[end:first], np.full(len(written), owners[first])]
            end = last + 1
        return np.concatenate([*found, numbers[end:]]), np.concatenate([*of, owners[end:]])

    def _written(self, words: Sequence[str]) -> Sequence[str]:
        letters = [*map(LETTER_NAMED.get, words)]
        found, at = [], 0
        while at < len(words):
            size = self._acronym(letters[at : at + MOST_LETTERS]) if letters[at] else 1
            found.append("".join(filter(None, letters[at : at + size])) if size > 1 else words[at])
            at += size
        return found

    def _acronym(self, letters: Sequence[str | None]) -> int:
        """How many letters in a row are the longest acronym of the archive, 1 if they are none."""
        run = "".join(letter for letter in takewhile(bool, letters) if letter)
        return next((size for size in range(len(run), 1, -1) if self._row(run[:size]) >= 0), 1)

    def _parts_of(self, word: str) -> tuple[str, ...]:
        """A word, or the two and more it is made of: it is rare, no dictionary has it, and all of them are
        frequent. They part where letters do not join, which is where a missing space goes unseen."""
        own = self._frequency(word)
        if not own or script(word) != "ur":
            return (word,)
        least = max(LEAST_OF_PARTS, TIMES_OF_PARTS * own)

        def part(some: str) -> bool:
            return (len(some) > 2 or is_stop(some)) and self._frequency(some) >= least

        def found(rest: str) -> tuple[str, ...]:
            if part(rest):
                return (rest,)
            for at in range(len(rest) - 2, 1, -1):
                if rest[at - 1] in UNJOINED and part(rest[:at]) and (behind := found(rest[at:])):
                    return (rest[:at], *behind)
            return ()

        parts = found(word)
        if not parts or self._translated.knows(word):
            return (word,)
        return parts

    def _is_one_word(self, word: str) -> bool:
        """Whether the archive has a word, and it is none of those that only lack a space."""
        return self._frequency(word) > 0 and len(self._parts(word)) == 1

    def _frequency(self, word: str) -> int:
        """How many articles hold a word in this form."""
        row = self._lexicon.rows.get(word, -1)
        return self._frequencies[row] if row >= 0 else 0

    def _row_of(self, word: str) -> int:
        """The head of a word worth comparing, else -1; numbers are compared as such."""
        if is_stop(word) or len(word) < 2 or word.isdecimal():
            return -1
        row = self._lexicon.rows.get(word, -1)
        return int(self._lexicon.heads[row]) if row >= 0 else self._lexicon.head(word)


Numbers = Sequence[frozenset[str]]
"""The quantities of each passage of a text."""


def shared_numbers(first: Numbers, second: Numbers) -> tuple[int, int]:
    """How many quantities two texts share, and how many the one with fewer has."""
    ours, theirs = frozenset().union(*first), frozenset().union(*second)
    return len(ours & theirs), min(len(ours), len(theirs))


def resemblance(first: Text, second: Text) -> tuple[float, float]:
    """Share of the shingles of both that are in both, and of the shorter one's that are in the other.

    0 for short texts. Broder, "On the resemblance and containment of documents" (SEQUENCES 1997).
    """
    least = min(len(first.shingles), len(second.shingles))
    if least < LEAST_SHINGLES:
        return 0.0, 0.0
    shared = len(np.intersect1d(first.shingles, second.shingles, assume_unique=True))
    union = len(first.shingles) + len(second.shingles) - shared
    return shared / union, shared / least


def like_sentences(
    first: Numbers, second: Numbers, cosines: Floats, alike: float
) -> tuple[int, int]:
    """How many sentences say the like with a number in common, and how many with other numbers.

    `cosines` has a row for each passage of `first` and a column for each of `second`. Two passages
    say the like when each is the other's nearest and their cosine reaches `alike`.
    """
    if not (any(first) and any(second)):
        return 0, 0
    nearest, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    agree = differ = 0
    for row in np.flatnonzero(back[nearest] == np.arange(len(nearest))).tolist():
        ours, theirs = first[row], second[int(nearest[row])]
        if ours and theirs and cosines[row, nearest[row]] >= alike:
            agree += bool(ours & theirs)
            differ += not ours & theirs
    return agree, differ
