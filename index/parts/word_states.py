"""Where the words of every passage stand in meaning: what lights up words across languages.

The encoder gives every token a state in its context. Averaged over a word, less the mean of all words
of its language, the states of a word and of its translation in a sentence that says the same lie
close (Jalili Sabet et al., "SimAlign", EMNLP 2020). They are kept for the content words of every
passage, brought to 64 dimensions (principal components) of one byte each. Passages run through the
encoder anyway when an index is built, and queries when they are asked, so that a search finds out
what its words are in the other language without running the encoder once more.

`benchmarks/highlight_quality.py` measures what it is worth; the table is in docs/measured.md.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, Longs, Mask, Rows, ranges
from index.encoders.protocol import TokenEncoder, TokenStates
from index.parts.vectors import unit
from index.store.array_files import damage_named, load_arrays
from index.store.layout import SPACE_FILE, STATES_FILE, holding
from index.text.analysis import (
    CACHED_WORDS,
    SCRIPTS,
    Token,
    is_stop,
    parted,
    script,
    term_of,
    words_in,
)
from index.text.normalize import Table

DIMENSION = 64
SAMPLE = 400
"""Passages that a space is fitted to."""

_ASKED_WORDS = 8
"""Words of a sampled passage that are read as a query, to learn where query words lie."""
_TOGETHER = 8_192
"""Tokens whose states are held at once."""
_BYTE_SCALE = 127.0
"""A coordinate of 1.0 in a signed byte."""

Bytes = npt.NDArray[np.int8]


def content_words(text: str, most: int | None = None) -> list[Token]:
    """The words of a text that have states, the first `most` if not all are asked for: no function
    words, numbers or single letters."""
    words = ((_CONTENT[match[0]], match) for match in words_in(text, 0, len(text)))
    return list(islice((Token(term, *match.span()) for term, match in words if term), most))


def content_words_at(text: str, places: Iterable[int]) -> list[Token]:
    """Those of `content_words(text)` that stand at these places among them."""
    parts = parted(text)
    terms = list(map(_CONTENT.__getitem__, parts[1::2]))
    content = [at for at, term in enumerate(terms) if term]
    found = []
    for at in (content[place] for place in places):
        before = 2 * at + 1
        start = sum(map(len, parts[:before]))
        found.append(Token(terms[at] or "", start, start + len(parts[before])))
    return found


def _content(spelling: str) -> str | None:
    """The term of a word that has states, None for any other."""
    term = term_of(spelling)
    has_states = len(term) > 1 and script(term) in SCRIPTS and not is_stop(term)
    return term if has_states else None


_CONTENT: Table[str, str | None] = Table(_content, CACHED_WORDS)
_SCRIPT_AT: Table[str, int] = Table(lambda term: SCRIPTS.index(script(term)), CACHED_WORDS)


_NO_STATES = -1
_KIND: Table[str, int] = Table(
    lambda spelling: _SCRIPT_AT[term] if (term := _CONTENT[spelling]) else _NO_STATES, CACHED_WORDS
)
"""Of a word as it is spelt in which script it is written, if it has states."""


@dataclass(frozen=True)
class _Words:
    """Words of some texts, as if these stood in one, text after text.

    Word i is `starts[i]:ends[i]`, in the script `scripts[i]`; `counts` of them are of each text, which begins
    at `begins`.
    """

    starts: Longs
    ends: Longs
    scripts: Longs
    counts: Longs
    begins: Longs

    @classmethod
    def among(cls, texts: Sequence[str]) -> _Words:
        """Those that have states (`content_words`)."""
        parts = parted("\n".join(texts))  # no word reaches over a line's end
        bounds = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)))
        scripts = np.fromiter(map(_KIND.__getitem__, parts[1::2]), np.int64, len(parts) // 2)
        own = scripts != _NO_STATES
        starts, ends = bounds[:-1:2][own], bounds[1::2][own]
        begins = np.cumsum([0, *(len(text) + 1 for text in texts)])
        counts = np.diff(np.searchsorted(starts, begins))
        return cls(starts, ends, scripts[own], counts, begins[:-1])

    @classmethod
    def of(cls, words: Sequence[Token]) -> _Words:
        """Those of one text."""
        starts, ends, scripts = (
            np.array(each, np.int64)
            for each in (
                [word.start for word in words],
                [word.end for word in words],
                [_SCRIPT_AT[word.term] for word in words],
            )
        )
        return cls(starts, ends, scripts, np.array([len(words)]), np.array([0]))

    def states(self, texts: Sequence[TokenStates], size: int) -> tuple[Floats, Mask]:
        """The mean state of the tokens of each word, shape (words, `size`), and which words have any;
        `texts` are those of each text."""
        averages = np.zeros((len(self.starts), size), np.float32)
        known = np.zeros(len(self.starts), bool)
        none = np.zeros((0, size), np.float32)
        states = np.concatenate([none, *(each.states for each in texts)])
        if not len(states):
            return averages, known
        offsets = np.concatenate([each.offsets for each in texts])
        offsets += np.repeat(self.begins, [len(each.states) for each in texts])[:, None]
        first = np.searchsorted(offsets[:, 1], self.starts, side="right")
        last = np.searchsorted(offsets[:, 0], self.ends, side="left")
        known, many = last > first, last > first + 1
        averages[known] = states[first[known]]
        if many.any():
            counts = (last - first)[many]
            begins = np.cumsum(counts) - counts
            sums = np.add.reduceat(states[ranges(first[many], counts)], begins, dtype=np.float64)
            averages[many] = sums / counts[:, None]
        return averages, known


@dataclass(frozen=True, eq=False)
class WordSpace:
    """From the encoder's states to 64 dimensions.

    `projection` has shape (encoder's dimension, 64); `means` has shape (2, 2, encoder's dimension):
    of passages and of queries, in Urdu and in English. `fitted` is the number of passages it was
    fitted to: states are comparable within one space only.
    """

    projection: Floats
    means: Floats
    fitted: int

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, WordSpace)
            and self.fitted == other.fitted
            and np.array_equal(self.projection, other.projection)
            and np.array_equal(self.means, other.means)
        )

    @classmethod
    def fit(cls, encoder: TokenEncoder, passages: Sequence[str]) -> WordSpace:
        """The space of an archive, from a sample of its passages."""
        asked = [_opening(text) for text in passages]
        found = [_scripted(encoder, passages, query=False), _scripted(encoder, asked, query=True)]
        size = encoder.info.dimension
        means = np.zeros((2, len(SCRIPTS), size), np.float32)
        centred = [np.zeros((0, size), np.float32)]
        for kind, states in enumerate(found):
            for at, rows in enumerate(states):
                if len(rows):
                    means[kind, at] = rows.mean(axis=0)
                    centred += [rows - means[kind, at]] if not kind else []
        rows = np.concatenate(centred)
        _, vectors = np.linalg.eigh(rows.T.astype(np.float64) @ rows)
        projection = np.zeros((size, DIMENSION), np.float32)
        best = vectors[:, ::-1][:, :DIMENSION]
        projection[:, : best.shape[1]] = best
        return cls(projection, means, len(passages))

    def place(self, words: Sequence[Token], states: TokenStates, *, query: bool) -> Floats:
        """Unit vectors of the words of a text, shape (len(words), 64).

        Zero for a word behind the last token that the encoder read.
        """
        return self._placed(_Words.of(words), [states], query)

    def bytes_of(self, texts: Sequence[str], states: Sequence[TokenStates]) -> list[Bytes]:
        """What is kept of passages: of each the states of its `content_words` in bytes, by the states of
        its tokens."""
        words = _Words.among(texts)
        placed = np.round(self._placed(words, states, query=False) * _BYTE_SCALE).astype(np.int8)
        ends = np.cumsum(words.counts).tolist()
        return [placed[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def _placed(self, words: _Words, states: Sequence[TokenStates], query: bool) -> Floats:
        averages, known = words.states(states, len(self.projection))
        placed: Floats = unit((averages - self.means[int(query)][words.scripts]) @ self.projection)
        placed[~known] = 0
        return placed


class WordStates:
    """The words of all passages of an open index. Rows of a passage stand in reading order."""

    def __init__(
        self, rows: Rows, starts: Sequence[npt.NDArray[np.int64]], space: WordSpace
    ) -> None:
        """`starts` are, of each part of `rows`, where its passages begin and where the last ends."""
        self._rows, self._starts = rows, starts
        self._first = np.cumsum([0, *(len(each) - 1 for each in starts)])
        self.space = space
        self.passages = int(self._first[-1])

    @classmethod
    def open(cls, directory: Path) -> WordStates | None:
        """The word states of a generation; None if its encoder gives none.

        Raises IndexDamagedError when they cannot be read.
        """
        if not (directory / SPACE_FILE).exists():
            return None
        with damage_named(f"The word states in {directory}"):
            opened = [_open_segment(path.parent) for path in holding(directory, SPACE_FILE)]
            rows, starts, spaces = zip(*opened, strict=True)
            if any(each != spaces[0] for each in spaces):
                raise ValueError("its segments are of different spaces")
            return cls(Rows(rows), starts, spaces[0])

    def bytes_of(self, pid: int) -> Bytes:
        """The states of a passage as they are stored, shape (content words, 64)."""
        return self._of(pid, 1)[0]

    def places(self, pids: Longs) -> tuple[Longs, Longs]:
        """Where the rows of some passages of one segment begin and end in its file."""
        at = int(np.searchsorted(self._first, pids[0], side="right")) - 1
        own = pids - self._first[at]
        return self._starts[at][own], self._starts[at][own + 1]

    def of(self, first: int, count: int) -> tuple[Floats, Ints]:
        """The states of `count` passages of a document from pid `first` on, and where each begins among
        them.

        Shapes (words, 64) and (count + 1,); unit vectors up to rounding.
        """
        rows, starts = self._of(first, count)
        return rows.astype(np.float32) / np.float32(_BYTE_SCALE), (starts - starts[0]).astype(
            np.int32
        )

    def _of(self, first: int, count: int) -> tuple[Bytes, npt.NDArray[np.int64]]:
        at = 0
        if len(self._starts) > 1:
            at = int(np.searchsorted(self._first, first, side="right")) - 1
            at = min(at, len(self._starts) - 1)
        own = first - int(self._first[at])
        starts = self._starts[at][own : own + count + 1]
        return self._rows.parts[at][int(starts[0]) : int(starts[-1])], starts


def _open_segment(directory: Path) -> tuple[Bytes, npt.NDArray[np.int64], WordSpace]:
    """States, where each passage begins, and the space. Raises any of
    `index.store.array_files.UNREADABLE`."""
    stored = load_arrays(directory / SPACE_FILE)
    starts = stored["starts"]
    space = WordSpace(stored["projection"], stored["means"], int(stored["fitted"]))
    count = int(starts[-1])
    if (directory / STATES_FILE).stat().st_size != count * DIMENSION:
        raise ValueError(f"{STATES_FILE} is of another size")
    if not count:
        return np.zeros((0, DIMENSION), np.int8), starts, space
    mapped = np.memmap(directory / STATES_FILE, np.int8, "r", shape=(count, DIMENSION))
    return np.asarray(mapped), starts, space


class WordStatesFile:
    """Word states on disk while an index is being built: passages come in the order of pids."""

    def __init__(self, directory: Path, space: WordSpace) -> None:
        self._directory = directory
        self._space = space
        self._file = (directory / STATES_FILE).open("w+b")
        self._starts = array("q", [0])

    def append(self, passages: Iterable[Bytes]) -> None:
        """Store the states of the next pids."""
        for rows in passages:
            self._file.write(np.ascontiguousarray(rows).tobytes())
            self._starts.append(self._starts[-1] + len(rows))

    def of(self, pid: int) -> Bytes:
        """The states of a pid that has come."""
        self._file.flush()
        start, end = (self._starts[at] * DIMENSION for at in (pid, pid + 1))
        stored = os.pread(self._file.fileno(), end - start, start)
        return np.frombuffer(stored, np.int8).reshape(-1, DIMENSION)

    def finish(self) -> None:
        """Close the file and write down where each passage begins."""
        self._file.close()
        np.savez(
            self._directory / SPACE_FILE,
            starts=np.array(self._starts, np.int64),
            projection=self._space.projection,
            means=self._space.means,
            fitted=np.int64(self._space.fitted),
        )

    def abort(self) -> None:
        """Let go of the file, whatever is in it."""
        self._file.close()


class StateKeeper:
    """Keeps of the states that an encoder gives what is to be stored: many texts together, as numpy does
    a few words hardly faster than many."""

    def __init__(self, space: WordSpace, texts: Sequence[str]) -> None:
        self._space, self._texts = space, texts
        self._kept: dict[int, Bytes] = {}
        self._waiting: dict[int, TokenStates] = {}
        self._tokens = 0

    def visit(self, row: int, states: TokenStates) -> None:
        """What an encoder calls with the states of each text."""
        self._waiting[row] = states
        self._tokens += len(states.states)
        if self._tokens >= _TOGETHER:
            self._keep()

    def kept(self) -> list[Bytes]:
        """What is to be stored of each text, all of which have come."""
        self._keep()
        return [self._kept[row] for row in range(len(self._texts))]

    def _keep(self) -> None:
        texts = [self._texts[row] for row in self._waiting]
        rows = self._space.bytes_of(texts, list(self._waiting.values()))
        self._kept.update(zip(self._waiting, rows, strict=True))
        self._waiting, self._tokens = {}, 0


def _opening(text: str) -> str:
    """The first words of a passage, as somebody might ask for them."""
    words = content_words(text)[:_ASKED_WORDS]
    return " ".join(text[word.start : word.end] for word in words)


def _scripted(encoder: TokenEncoder, texts: Sequence[str], *, query: bool) -> list[Floats]:
    """The states of all words of the texts, Urdu ones and English ones."""
    size = encoder.info.dimension
    words = _Words.among(texts)
    averages, known = words.states(encoder.token_states(texts, query=query), size)
    return [averages[known & (words.scripts == at)] for at in range(len(SCRIPTS))]
