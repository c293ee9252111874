"""The words of an archive as one row of numbers, to be counted by numpy.

Every distinct spelling has a number; where punctuation parts two words, a mark stands between them.
Memory is bounded: of an archive too large every second article is left out, then every second of
those left, and so on.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from index.arrays import Ints, Mask
from index.documents import Document
from index.text.analysis import CACHED_WORDS, is_stop, parted, surfaces, term_of
from index.text.normalize import Table

MOST_WORDS = 5_000_000
"""Kept at once; counting takes about 100 bytes for each."""

CLAUSE, SENTENCE = 0, 1
"""The marks. A capital after `SENTENCE` says nothing."""

GLUE = "\u2060"
"""In front of a word to which no space leads: the 20 of T20."""

_BREAK = re.compile(
    r"([.!?:](?=[\s\"'”’)\]]|$)|[؟۔\n\r\"“”„«»…]|’’|‘‘|''|,(?=\s|$)|[،;؛()\[\]{}|/•*=<>]|\s[-–—]+(?=\s))"
)
_ENDS_SENTENCE = frozenset(".!?:؟۔\n\r\"“”„«»…’‘'•*")
_MARKS: Table[str, int] = Table(
    lambda found: SENTENCE if found[-1] in _ENDS_SENTENCE else CLAUSE, CACHED_WORDS
)
"""The mark that stands for what parts two words."""

_TITLE_CASE = 0.6
"""Share of capitalised words from which a title is in title case: its capitals say nothing."""


@dataclass(frozen=True)
class Words:
    """The finished stream.

    `spellings` by number (the first two are the marks; one that begins with - or `GLUE` is joined to
    the word before it), `row_of` their rows in the lexicon (-1 for a mark), `stream` the numbers, `article`
    the place of each word's article, `title_case` where a title has all words in capitals, which say
    nothing then, `stride` how many articles one of these stands for.
    """

    spellings: list[str]
    row_of: Ints
    stream: Ints
    article: Ints
    title_case: Mask
    stride: int

    @cached_property
    def glued(self) -> Mask:
        """Which spellings no space leads to."""
        return np.fromiter((each[:1] == GLUE for each in self.spellings), bool, len(self.spellings))

    @cached_property
    def tails(self) -> Mask:
        """Which spellings go on with a code: glued to what stands before, or a number behind a hyphen."""
        found = (each[:1] == "-" and each[1].isdecimal() for each in self.spellings)
        tails: Mask = self.glued | np.fromiter(found, bool, len(self.spellings))
        return tails


class WordStream:
    """Takes in articles one after another."""

    def __init__(self, rows: Mapping[str, int]) -> None:
        """`rows` has every normalized word of the archive."""
        self._rows = rows
        self._spellings = ["", ""]
        self._row_of = array("i", [-1, -1])
        self._numbers = Table(self._new)
        self._stream = array("i")
        self._starts = array("q")
        self._title_case_spans = array("q")  # starts and ends, alternately
        self._stride, self._seen = 1, 0

    def add(self, document: Document) -> None:
        """Read an article's title and body."""
        self._seen += 1
        if (self._seen - 1) % self._stride:
            return
        self._starts.append(len(self._stream))
        begin = len(self._stream)
        self._read(document.title)
        if _in_title_case(document.title):
            self._title_case_spans.extend((begin, len(self._stream)))
        self._read(document.body)
        if len(self._stream) > MOST_WORDS:
            self._thin()

    def finish(self) -> Words:
        """The stream of all articles kept."""
        stream = np.array(self._stream, np.int32)
        starts = np.array(self._starts, np.int64)
        article = np.repeat(
            np.arange(len(starts), dtype=np.int32), np.diff(starts, append=len(stream))
        )
        changes = np.zeros(len(stream) + 1, np.int8)
        changes[np.array(self._title_case_spans, np.int64)[0::2]] += 1
        changes[np.array(self._title_case_spans, np.int64)[1::2]] -= 1
        title_case = np.cumsum(changes, dtype=np.int8)[:-1] > 0
        rows = np.array(self._row_of, np.int32)
        return Words(self._spellings, rows, stream, article, title_case, self._stride)

    def _read(self, text: str) -> None:
        parts = _BREAK.split(text)
        # The words of all clauses are found at once: a line's end stands in none of them, and no word
        # reaches over it.
        found = parted("\n".join(parts[0::2]))
        marks = iter(parts[1::2])
        words = found[1::2]
        stream, number_of = self._stream, self._numbers.__getitem__
        stream.append(SENTENCE)
        begin = 0
        for at, gap in enumerate(found[0::2]):
            if gap == " ":
                continue
            if many := gap.count("\n"):
                stream.extend(map(number_of, words[begin:at]))
                stream.extend([_MARKS[mark] for mark in islice(marks, many)])
                begin = at
            elif 0 < at < len(words) and (
                gap == "-" or (not gap and _seam(*words[at - 1 : at + 1]))
            ):
                words[at] = (gap or GLUE) + words[at]
        stream.extend(map(number_of, words[begin:]))
        stream.append(SENTENCE)

    def _new(self, spelling: str) -> int:
        row = self._rows.get(term_of(spelling.lstrip(f"-{GLUE}")), -1)
        if row < 0:  # cut differently here than in the whole text: U.S. at the end of a sentence
            return CLAUSE
        self._spellings.append(spelling)
        self._row_of.append(row)
        return len(self._spellings) - 1

    def _thin(self) -> None:
        """Leave out every second article of those kept."""
        stream = np.array(self._stream, np.int32)
        starts = np.array(self._starts, np.int64)
        lengths = np.diff(starts, append=len(stream))
        kept = np.repeat(np.arange(len(starts)) % 2 == 0, lengths)
        moved = np.concatenate([[0], np.cumsum(kept)])
        title_case = np.array(self._title_case_spans, np.int64).reshape(-1, 2)
        title_case = moved[title_case[kept[title_case[:, 0]]]] if len(title_case) else title_case
        self._stream = array("i", stream[kept].tobytes())
        self._starts = array("q", moved[starts[::2]].astype(np.int64).tobytes())
        self._title_case_spans = array("q", title_case.astype(np.int64).ravel().tobytes())
        self._stride *= 2


def _seam(before: str, word: str) -> bool:
    """Whether of two words one begins in digits where the other ends without, or the other way round."""
    return before[-1].isdecimal() != word[0].isdecimal()


def _in_title_case(title: str) -> bool:
    words = [word for word in surfaces(title) if len(word) > 2 and not is_stop(word.lower())]
    capital = sum(word[0].isupper() for word in words)
    return capital > _TITLE_CASE * len(words)
