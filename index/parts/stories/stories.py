"""Which articles tell the same story, and which are copies: links between documents, as stored.

A `story` link joins two tellings of one event, in two languages or in one; a `copy` link two texts
that are the same or nearly, as when two papers print an agency's report; a `running` link two articles
of one running story, of which it is not sure enough that they tell the same event. Links derive from the
vectors, the catalogue and the lexicon and are stored with them. `index.parts.stories.build` makes
them and lets them follow a change.

Exact copies are known by their text (`Columns.copy_of`), so no link between them is stored: links are
those of the first of them and hold for all. Five hundred papers with one text have one set of links.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, Parallel, grouped, ranges
from index.errors import IndexMismatchError
from index.store.array_files import damage_named, load_arrays
from index.store.layout import STORIES_FILE

STORY, COPY, RUNNING = 0, 1, 2
"""Codes of the kinds of link."""

Kind = Literal["story", "copy", "running"]
_KINDS: tuple[Kind, ...] = ("story", "copy", "running")
_STORED = ("starts", "others", "kinds", "chances")


@dataclass(frozen=True)
class Link:
    """A document that belongs to another; `chance` (0..1] is the probability that it does."""

    docid: int
    kind: Kind
    chance: float


@dataclass(frozen=True)
class Pairs(Parallel):
    """Pairs of documents, each once, `first` < `second`. `kinds` holds codes."""

    first: Ints
    second: Ints
    kinds: npt.NDArray[np.int8]
    chances: Floats


@dataclass(frozen=True)
class Stories:
    """The links of all documents: those stored of a docid are `starts[docid]:starts[docid + 1]`, best
    first. `copy_of` is that of the catalogue's columns."""

    starts: Ints
    others: Ints
    kinds: npt.NDArray[np.int8]
    chances: npt.NDArray[np.float16]
    copy_of: Ints

    @classmethod
    def of_pairs(cls, pairs: Pairs, documents: int, copy_of: Ints | None = None) -> Stories:
        """Links in both directions, for docids below `documents`; no copies if nothing is said."""
        owners = np.concatenate([pairs.first, pairs.second])
        others = np.concatenate([pairs.second, pairs.first])
        chances = np.tile(pairs.chances, 2).astype(np.float16)
        # Positive numbers are in the order of their bits, which are put in order faster.
        order = np.lexsort((others, -chances.view(np.int16), owners))
        counts = np.bincount(owners, minlength=documents)
        return cls(
            starts=np.append(0, np.cumsum(counts)).astype(np.int32),
            others=others[order].astype(np.int32),
            kinds=np.tile(pairs.kinds, 2)[order].astype(np.int8),
            chances=chances[order],
            copy_of=np.arange(documents, dtype=np.int32) if copy_of is None else copy_of,
        )

    def save(self, directory: Path) -> None:
        """Write the links beside the other parts of a generation."""
        stored = {name: getattr(self, name) for name in _STORED}
        np.savez(directory / STORIES_FILE, allow_pickle=False, **stored)

    @classmethod
    def open(cls, directory: Path, copy_of: Ints | None = None) -> Stories:
        """Open the links of a generation; no copies if nothing is said of them.

        Raises IndexMismatchError when there are none, IndexDamagedError when they cannot be read.
        """
        if not (directory / STORIES_FILE).exists():
            raise IndexMismatchError("The index was built without story links.")
        with damage_named(f"The story links in {directory}"):
            stored = load_arrays(directory / STORIES_FILE, *_STORED)
            if copy_of is None:
                copy_of = np.arange(max(len(stored["starts"]) - 1, 0), dtype=np.int32)
            opened = cls(**stored, copy_of=copy_of)
            opened._require_sound()
        return opened

    def __len__(self) -> int:
        """How many docids there are links of."""
        return len(self.starts) - 1

    def of(self, docid: int) -> tuple[Link, ...]:
        """The links of a document, its exact copies first, then the likeliest.

        A copy is there with all that have its text, another telling once.
        """
        first = int(self.copy_of[docid])
        part = slice(int(self.starts[first]), int(self.starts[first + 1]))
        links = [Link(other, "copy", 1.0) for other in self._alike(first) if other != docid]
        for other, kind, chance in zip(
            self.others[part].tolist(),
            self.kinds[part].tolist(),
            self.chances[part].tolist(),
            strict=True,
        ):
            alike = self._alike(other) if kind == COPY else [other]
            links += [Link(each, _KINDS[kind], chance) for each in alike]
        return tuple(links)

    def alike(self, firsts: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
        """The documents with the very text of each of some, which are the first of them and lead them: all
        one after another, and how many are of each."""
        order, starts = self._by_text
        counts = starts[firsts + 1] - starts[firsts]
        return order[ranges(starts[firsts], counts)], counts

    def _alike(self, first: int) -> list[int]:
        order, starts = self._by_text
        alike: list[int] = order[starts[first] : starts[first + 1]].tolist()
        return alike

    @cached_property
    def _by_text(self) -> tuple[Ints, Ints]:
        """The docids by what they are copies of, and where those of each begin."""
        return grouped(self.copy_of, len(self.copy_of))

    def pairs(self) -> Pairs:
        """Every pair stored, once: of exact copies those of the first."""
        owners = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))
        once = owners < self.others
        return Pairs(
            owners[once], self.others[once], self.kinds[once], self.chances[once].astype(np.float32)
        )

    def same(self, other: Stories) -> bool:
        """Whether both hold the same links."""
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in _STORED)

    @cached_property
    def copy_groups(self) -> Ints:
        """For each docid the lowest docid of those that copy links join it to, itself included."""
        groups = self.copy_of
        copies = self.pairs()
        copies = copies.take(copies.kinds == COPY)
        while True:
            least = np.minimum(groups[copies.first], groups[copies.second])
            joined = groups.copy()
            np.minimum.at(joined, copies.first, least)
            np.minimum.at(joined, copies.second, least)
            joined = joined[joined]  # a lowest docid may itself have found a lower one
            if (joined == groups).all():
                return groups
            groups = joined

    def _require_sound(self) -> None:
        starts, count = self.starts, len(self.others)
        if not len(self.kinds) == len(self.chances) == count:
            raise ValueError("its parts disagree")
        if not len(starts) or starts[0] != 0 or starts[-1] != count or (np.diff(starts) < 0).any():
            raise ValueError("its links have no owners")
        if count and not (self.others.min() >= 0 and self.others.max() < len(self)):
            raise ValueError("it names documents that are not there")
        if not np.isin(self.kinds, (STORY, COPY, RUNNING)).all():
            raise ValueError("it has links of an unknown kind")
        if not ((self.chances > 0) & (self.chances <= 1)).all():
            raise ValueError("some of its probabilities are none")
