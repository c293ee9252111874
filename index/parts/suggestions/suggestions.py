"""What an index offers to somebody who types: its titles, names, phrases and words.

An *entry* is a row of words of the lexicon with how often it occurs. Entries are found by any of
their words: the words of the lexicon are in order, so those that begin alike are one range of rows,
and those that sound alike are a range of `index.sound.prefixes`. `index.parts.suggestions.build`
makes it, `index.parts.suggestions.changes` lets it follow changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index import documents
from index.arrays import Floats, Ints, grouped, ranges
from index.errors import IndexMismatchError
from index.sound.prefixes import SoundPrefixes
from index.store.array_files import as_lines, damage_named, load_arrays
from index.store.layout import SUGGESTIONS_FILE
from index.text.analysis import SCRIPTS, Script

KINDS = ("title", "name", "phrase", "word")
TITLE, NAME, PHRASE, WORD = range(len(KINDS))
_COLUMNS = ("kinds", "languages", "counts", "twins", "docids", "starts", "rows")
LANGUAGES = (*documents.LANGUAGES, documents.UNDETERMINED)


@dataclass(frozen=True)
class SuggestionIndex:
    """The open entries; arrays are parallel but for `starts` and `rows`.

    The words of entry e are the rows `rows[starts[e]:starts[e + 1]]` of the lexicon. `counts` are
    the articles that hold it (of a very large archive an estimate), `twins` the entry of the same
    name in the other script, -1 for none. Titles come last: they have a `docid` and no text of
    their own, the catalogue has it.
    """

    texts: Sequence[str]
    kinds: npt.NDArray[np.uint8]
    languages: npt.NDArray[np.uint8]
    counts: Ints
    twins: Ints
    docids: Ints
    starts: Ints
    rows: Ints
    sounds: Mapping[Script, SoundPrefixes]
    lexicon_words: int

    @classmethod
    def open(cls, directory: Path, words: int) -> SuggestionIndex:
        """Open the entries of a generation whose lexicon has so many words.

        Raises IndexMismatchError if there are none, IndexDamagedError if they cannot be read.
        """
        if not (directory / SUGGESTIONS_FILE).exists():
            raise IndexMismatchError("The index was built without suggestions.")
        with damage_named(f"The suggestions in {directory}"):
            arrays = load_arrays(directory / SUGGESTIONS_FILE)
            sounds = {
                kind: SoundPrefixes.from_arrays(arrays, f"{kind}_sounds_", latin=kind == "en")
                for kind in SCRIPTS
            }
            columns = {name: arrays[name] for name in _COLUMNS}
            opened = cls(as_lines(arrays["texts"]), **columns, sounds=sounds, lexicon_words=words)
            opened._check()
        return opened

    def _check(self) -> None:
        size = len(self.kinds)
        parallel = (self.languages, self.counts, self.twins, self.docids, self.starts[1:])
        if any(len(each) != size for each in parallel) or len(self.texts) != self.titles_from:
            raise ValueError("its parts disagree")
        if int(self.starts[-1]) != len(self.rows) or (np.diff(self.starts) < 1).any():
            raise ValueError("its words are not those of its entries")
        tables = (self.rows, *(each.rows for each in self.sounds.values()))
        if any(
            len(each) and not 0 <= each.min() <= each.max() < self.lexicon_words for each in tables
        ):
            raise ValueError("it names words that the lexicon has not")
        if size and not -1 <= self.twins.min() <= self.twins.max() < size:
            raise ValueError("its pairs are not of its entries")

    def __len__(self) -> int:
        return len(self.kinds)

    @cached_property
    def titles_from(self) -> int:
        """The first entry that is a title."""
        return int((self.kinds != TITLE).sum())

    def words(self, entry: int) -> list[int]:
        """The rows of an entry's words."""
        found: list[int] = self.rows[self.starts[entry] : self.starts[entry + 1]].tolist()
        return found

    @cached_property
    def spelt(self) -> Mapping[int, str]:
        """How single words are most often spelt, by their row in the lexicon."""
        alone = np.flatnonzero(np.diff(self.starts)[: self.titles_from] == 1)
        rows = self.rows[self.starts[alone]].tolist()
        return {row: self.texts[at] for row, at in zip(rows, alone.tolist(), strict=True)}

    @cached_property
    def entry_of(self) -> Ints:
        """The entry that each place of `rows` belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    @cached_property
    def weights(self) -> Floats:
        """How much each entry is worth by itself: the logarithm of its articles."""
        return np.log1p(self.counts, dtype=np.float32)

    def places(self, first: int, last: int) -> Ints:
        """Places of `rows` that hold a word of the lexicon's rows `first` to `last` - 1."""
        order, starts = self._by_row
        found: Ints = order[starts[first] : starts[last]]
        return found

    def places_of(self, rows: Ints) -> Ints:
        """Places of `rows` that hold one of the words."""
        order, starts = self._by_row
        found: Ints = order[ranges(starts[rows], starts[rows + 1] - starts[rows])]
        return found

    @cached_property
    def _by_row(self) -> tuple[Ints, Ints]:
        """The places of `rows` in the order of the lexicon's rows, and where those of each begin."""
        return grouped(self.rows, self.lexicon_words)
