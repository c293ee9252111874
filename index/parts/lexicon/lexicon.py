"""The lexicon of an index: its own words, and what is known of them.

    words         every distinct word of the archive, normalized, with its document frequency
    translations  learned from sentence pairs of this very archive
    (`index.parts.lexicon.translations`)
    neighbours    words of the other language with a like vector: the encoder's dictionary
    sounds        phonetic keys and spellings, for names, loanwords and Roman Urdu
    bigrams       which Urdu word follows which

It is derived from the catalogue, the keyword index and the vectors, and stored with them. A word's
*head* is the most frequent form of its stem; translations and neighbours are kept for heads.
`index.parts.lexicon.build` makes it; what changes have brought since is added when it is opened
(`index.parts.lexicon.changes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, Longs, grouped, place_of, widened
from index.errors import IndexDamagedError, IndexMismatchError, StoreError
from index.parts.bigrams import WordContexts, counts_of
from index.parts.lexicon.changes import Followed, WordCounts
from index.parts.vectors import lengths, load_vectors, unit
from index.sound.phonetic_keys import SKELETONS_FINGERPRINT, SoundIndex
from index.sound.prefixes import SoundPrefixes
from index.sound.transliteration import Channel, SpellingModel
from index.store.array_files import Arrays, as_lines, damage_named, load_arrays, without_prefix
from index.store.layout import LEXICON_FILE, WORD_VECTORS_FILE
from index.text.analysis import SCRIPTS, Script, is_stop, stem

Linked = tuple[tuple[int, float], ...]
_AT_ONCE = 512

_LEARNED = {
    "head_vectors": np.int32,
    "bigram_keys": np.int64,
    "bigram_counts": np.int32,
    **{f"{name}_starts": np.int32 for name in ("translations", "neighbours")},
    **{f"{name}_rows": np.int32 for name in ("translations", "neighbours")},
    **{f"{name}_weights": np.float16 for name in ("translations", "neighbours")},
}
"""What is stored of an archive beside its words and how they sound."""

MUCH_OFTENER = 10
"""How much oftener two words stand in a row than as one, where their space was left out by mistake."""


@dataclass(frozen=True)
class Links:
    """Weighted links from words to words: those of row r are `starts[r]:starts[r + 1]`."""

    starts: Ints
    rows: Ints
    weights: npt.NDArray[np.float16]

    def of(self, row: int) -> Linked:
        """The (row, weight) links of a word, best first."""
        part = slice(int(self.starts[row]), int(self.starts[row + 1]))
        return tuple(zip(self.rows[part].tolist(), self.weights[part].tolist(), strict=True))


@dataclass(frozen=True)
class Vocabulary:
    """All words of one script: their rows in the lexicon, ascending, and which of them sound like a word.

    Each of `layers` has the rows of some of them and their sounds: those stored, and those that came since.
    A row of -1 is a word that the archive has no more.
    """

    rows: Ints
    layers: tuple[tuple[Ints, SoundIndex], ...]


@dataclass(frozen=True)
class Lexicon:
    """An open lexicon. Rows are places in `words`, which are in order; -1 is no word of it.

    `heads[row]` is the head of a word, `stem_heads` that of each of `stems`, which are in order;
    `head_vectors` are the rows that have vectors, which stand at the places `_vector_at` of `_vectors`.
    `field_frequencies`, shape (2, words), tells titles from bodies. `moved` is, where changes have come since
    it was stored, what became of the rows it had then (`index.parts.sorted_rows`). Pairs of words that are met less often
    than `bigram_least` are not all counted: of a very large archive only.
    """

    words: Sequence[str]
    frequencies: Ints
    field_frequencies: Ints
    heads: Ints
    stems: Sequence[str]
    stem_heads: Ints
    translations: Links
    neighbours: Links
    head_vectors: Ints
    _vector_at: Ints
    _vectors: npt.NDArray[np.float16]
    _bigram_keys: Longs
    _bigram_counts: Ints
    bigram_least: int
    _scripts: Mapping[str, Vocabulary]
    moved: Ints | None = None

    @classmethod
    def open(cls, directory: Path, *, learned: bool = True) -> Lexicon:
        """Open the lexicon of a generation; without what was `learned` faster, for whoever asks for words and
        how they sound alone: it has no translations, neighbours, vectors and pairs of words then.

        Raises IndexMismatchError for one that is not there or was made with another spelling model,
        IndexDamagedError for one that cannot be read.
        """
        if not (directory / LEXICON_FILE).exists():
            raise IndexMismatchError("The index was built without a lexicon.")
        with _reading(directory):
            path = directory / LEXICON_FILE
            arrays = load_arrays(path) if learned else _without_learned(path)
            made_with = bytes(arrays["spelling"]).decode()
            if made_with != spelling_stamp():
                message = f"The lexicon was built with other spelling rules ({made_with})."
                raise IndexMismatchError(message)
            vectors = load_vectors(directory, WORD_VECTORS_FILE)
            stored = cls._stored(arrays, vectors if learned else vectors[:0])
        if changes := WordCounts.since(directory):
            counts = WordCounts.together(changes, ())
            return stored._after(arrays, counts if learned else counts.without_pairs())
        return stored

    def _after(self, arrays: Arrays, changes: WordCounts) -> Lexicon:
        """The lexicon, whose stored arrays these are, after changes."""
        now = Followed.of(arrays, self.words, self.stems, changes)
        words, scripts = now.words.names, dict[str, Vocabulary]()
        for kind in SCRIPTS:
            ((then, sounds),) = self._scripts[kind].layers
            fresh = now.words.fresh[np.isin(now.words.fresh, now.rows[kind])]
            layers = [(now.words.moved[then], sounds)]
            if len(fresh):
                layers.append((fresh, SoundIndex.build([words[row] for row in fresh.tolist()])))
            scripts[kind] = Vocabulary(now.rows[kind], tuple(layers))
        return self._of(
            now.arrays,
            words,
            now.stems,
            _vectors=self._vectors,
            _vector_at=now.vector_at,
            _scripts=scripts,
            moved=now.words.moved,
        )

    @classmethod
    def _of(
        cls, arrays: Arrays, words: Sequence[str], stems: Sequence[str], **more: Any
    ) -> Lexicon:
        return cls(
            words=words,
            frequencies=arrays["frequencies"],
            field_frequencies=arrays["field_frequencies"],
            heads=arrays["heads"],
            stems=stems,
            stem_heads=arrays["stem_heads"],
            translations=_links(arrays, "translations"),
            neighbours=_links(arrays, "neighbours"),
            head_vectors=arrays["head_vectors"],
            _bigram_keys=arrays["bigram_keys"],
            _bigram_counts=arrays["bigram_counts"],
            bigram_least=int(arrays.get("bigram_least", 1)),
            **more,
        )

    @classmethod
    def _stored(cls, arrays: Arrays, vectors: npt.NDArray[np.float16]) -> Lexicon:
        words, stems = as_lines(arrays["words"]), as_lines(arrays["stems"])
        if not len(words) == len(arrays["frequencies"]) == len(arrays["heads"]):
            raise ValueError("its parts disagree")
        if len(stems) != len(arrays["stem_heads"]):
            raise ValueError("its stems have other heads")
        if len(vectors) != len(arrays["head_vectors"]):
            raise ValueError("its vectors are of other words")
        return cls._of(
            arrays,
            words,
            stems,
            _vectors=vectors,
            _vector_at=np.arange(len(vectors), dtype=np.int32),
            _scripts={kind: _vocabulary(words, arrays, kind) for kind in SCRIPTS},
        )

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """All words with their rows, for many look-ups; made when first needed."""
        return {word: row for row, word in enumerate(self.words)}

    def row(self, word: str) -> int:
        """Where a normalized word stands, -1 if the archive does not hold it."""
        return place_of(self.words, word)

    def head(self, word: str) -> int:
        """The head of a word, -1 if the archive holds no form of it."""
        row = self.row(word)
        if row >= 0:
            return int(self.heads[row])
        return self.head_of_stem(stem(word))

    def head_of_stem(self, stemmed: str) -> int:
        """The head of the words with a stem, -1 if the archive holds none."""
        at = place_of(self.stems, stemmed)
        return int(self.stem_heads[at]) if at >= 0 else -1

    def forms(self, word: str, most: int) -> tuple[str, ...]:
        """The inflections of a word that the archive holds, the most frequent ones first."""
        rows = self.rows_of(self.head(word))
        best = rows[np.argsort(-self.frequencies[rows], kind="stable")][:most]
        return tuple(self.words[row] for row in best.tolist())

    def rows_of(self, head: int) -> Ints:
        """The rows, ascending, of the words that have this head; none for -1."""
        order, starts = self._by_head
        found: Ints = order[starts[head] : starts[head + 1]] if head >= 0 else order[:0]
        return found

    def has_vector(self, row: int) -> bool:
        """Whether a head's neighbours were looked up when the lexicon was built."""
        return place_of(self.head_vectors, row) >= 0

    def nearest(self, vector: Floats, source: Script, k: int) -> Linked:
        """Words of the other language whose vectors are nearest to that of a new word."""
        rows, at, mean, lengths = self._by_script["en" if source == "ur" else "ur"]
        if not len(rows):
            return ()
        towards = unit(vector - self._by_script[source][2])
        # Words stand in order, and so those of a script beside each other: parts are read as they stand.
        bounds = [*range(int(at[0]), int(at[-1]) + 1, _AT_ONCE), int(at[-1]) + 1]
        parts = [self._vectors[first:last] for first, last in pairwise(bounds)]
        products = np.concatenate([widened(part) @ towards for part in parts])
        cosines = (products[at - at[0]] - mean @ towards) / lengths
        best = np.argpartition(-cosines, k)[:k] if k < len(cosines) else np.arange(len(cosines))
        best = best[np.lexsort((best, -cosines[best]))]
        return tuple(zip(rows[best].tolist(), cosines[best].tolist(), strict=True))

    def sounding_like(
        self, word: str, kind: Script, channel: Channel, most: int, *, near: bool = True
    ) -> Linked:
        """Words of script `kind` that a word of the other script may spell: log P(latin | urdu). `near`
        as in `SoundIndex.sounding_like`."""
        return self.all_sounding_like([word], kind, channel, most, near=near)[0]

    def all_sounding_like(
        self, words: Sequence[str], kind: Script, channel: Channel, most: int, *, near: bool = True
    ) -> list[Linked]:
        """`sounding_like` of each of many words, faster."""
        if not words:
            return []
        layers = [
            (rows, sounds.all_sounding_like(words, channel=channel, limit=most, near=near))
            for rows, sounds in self._scripts[kind].layers
        ]
        return [
            _best_of([(rows, found[at]) for rows, found in layers], most)
            for at in range(len(words))
        ]

    def sound_prefixes(self, kind: Script, wanted: Ints) -> SoundPrefixes:
        """The words of one script with the rows `wanted`, by how they begin to sound; of a lexicon to which
        no changes have come."""
        ((rows, sounds),) = self._scripts[kind].layers
        return SoundPrefixes.of_sounds(sounds, rows, wanted)

    def beginning_like(self, typed: str, rows: Ints) -> Floats:
        """Log P(typed | the beginning of each of the Urdu words `rows`), of a folded Latin word."""
        logs = np.full(len(rows), -np.inf, np.float32)
        for layer, sounds in self._scripts["ur"].layers:
            there = np.flatnonzero(layer >= 0).astype(np.int32)
            if not len(there):
                continue
            at = np.minimum(np.searchsorted(layer[there], rows), len(there) - 1)
            own = layer[there][at] == rows
            logs[own] = sounds.beginnings(typed, there[at[own]])
        return logs

    def pair_counts(self, first: Ints, second: Ints) -> Ints:
        """How often each word of `second` directly follows each of `first`: a table of both."""
        keys = first.astype(np.int64)[:, None] << 32 | second.astype(np.int64)[None, :]
        return counts_of(keys, self._bigram_keys, self._bigram_counts)

    def pair_count(self, first: int, second: int) -> int:
        """How often the word of one row directly follows that of another; 0 for rows of -1."""
        at = place_of(self._bigram_keys, first << 32 | second)
        return int(self._bigram_counts[at]) if at >= 0 else 0

    def lacks_space(self, row: int) -> bool:
        """Whether an Urdu word is a word and a function word whose space was left out: شہرکے, for شہر کے. That
        says nothing of how either sounds."""
        word, often = self.words[row], MUCH_OFTENER * int(self.frequencies[row])
        for at in range(2, len(word) - 1):
            parts = word[:at], word[at:]
            if is_stop(parts[0]) != is_stop(parts[1]):
                first, second = map(self.row, parts)
                if min(first, second) >= 0 and self.pair_count(first, second) >= often:
                    return True
        return False

    def script_rows(self, kind: Script) -> Ints:
        """The rows of all words of one script, ascending."""
        return self._scripts[kind].rows

    def script_frequencies(self, kind: Script) -> Ints:
        """The document frequencies of all words of one script."""
        return self.frequencies[self._scripts[kind].rows]

    def same_pairs(self, keys: Longs, counts: Ints) -> bool:
        """Whether these are the pairs of words it counts (`index.parts.bigrams`), as
        often."""
        return np.array_equal(keys, self._bigram_keys) and np.array_equal(
            counts, self._bigram_counts
        )

    @cached_property
    def contexts(self) -> WordContexts:
        """What the pairs of neighbouring Urdu words say; made when first needed."""
        return WordContexts(self._bigram_keys, self._bigram_counts, len(self.words))

    @cached_property
    def _by_head(self) -> tuple[Ints, Ints]:
        """All rows, those of one head together, and where those of each begin."""
        return grouped(self.heads, len(self.words))

    @cached_property
    def totals(self) -> dict[str, int]:
        """The sum of document frequencies of each script's words."""
        return {kind: int(self.script_frequencies(kind).sum()) for kind in SCRIPTS}

    @cached_property
    def unseen_urdu(self) -> float:
        """The chance that the next Urdu word is none of these: Good's estimate, from words met once.

        I. J. Good, "The population frequencies of species" (Biometrika 1953).
        """
        once = int((self.script_frequencies("ur") == 1).sum())
        return (once + 1) / (self.totals["ur"] + 2)

    @cached_property
    def _by_script(self) -> dict[str, tuple[Ints, Ints, Floats, Floats]]:
        """Of each script the heads that have vectors and the places of these, ascending, the mean of the
        vectors, and the length of each less the mean; made when first needed. Vectors of full precision
        would take 30 MB."""
        found = {}
        for kind, vocabulary in self._scripts.items():
            own = np.isin(self.head_vectors, vocabulary.rows)
            rows, at = self.head_vectors[own], self._vector_at[own]
            order = np.argsort(at)
            vectors = self._vectors[at[order]].astype(np.float32)
            mean = _mean(vectors)
            found[kind] = rows[order], at[order], mean, lengths(vectors - mean)
        return found


def spelling_stamp() -> str:
    """What the stored sounds were made with: weights and rules of the spelling model."""
    return f"{SpellingModel.bundled_version()} {SKELETONS_FINGERPRINT}"


def load_word_vectors(directory: Path) -> tuple[list[str], npt.NDArray[np.float16]]:
    """The encoded words of a generation's lexicon and their vectors, for a rebuild.

    They depend on the encoder alone. Raises StoreError when there are none that can be read.
    """
    vectors = load_vectors(directory, WORD_VECTORS_FILE)
    with _reading(directory):
        stored = load_arrays(directory / LEXICON_FILE, "words", "head_vectors")
        words = as_lines(stored["words"])
        return [words[row] for row in stored["head_vectors"].tolist()], vectors


def known_vectors(
    directory: Path, dimension: int
) -> tuple[dict[str, int], npt.NDArray[np.float16]]:
    """The words that have vectors in `directory`, with their rows, and these, read into memory, for
    their files may be built anew; none where no lexicon is.

    Raises IndexDamagedError if they cannot be read or are not vectors of this dimension.
    """
    if not all((directory / name).exists() for name in (LEXICON_FILE, WORD_VECTORS_FILE)):
        return {}, np.empty((0, dimension), np.float16)
    words, vectors = load_word_vectors(directory)
    rows = np.array(vectors)
    if rows.shape != (len(words), dimension) or rows.dtype != np.float16:
        raise IndexDamagedError("The vectors of words are of other words.")
    if not np.isfinite(rows).all():
        raise IndexDamagedError("Some vectors of words are none.")
    return {word: row for row, word in enumerate(words)}, rows


def usable_vectors(
    directory: Path, dimension: int
) -> tuple[dict[str, int], npt.NDArray[np.float16]]:
    """`known_vectors`; none if they are damaged, for they only spare the encoder work."""
    try:
        return known_vectors(directory, dimension)
    except StoreError:
        return {}, np.empty((0, dimension), np.float16)


def centred_vectors(
    rows: Ints, head_vectors: Ints, vectors: npt.NDArray[np.float16]
) -> tuple[Ints, Floats, Floats]:
    """The heads among `rows`, their unit vectors less the mean of all of them, and that mean."""
    own = np.isin(head_vectors, rows)
    found = vectors[own].astype(np.float32)
    mean = _mean(found)
    return head_vectors[own], unit(found - mean), mean


def _reading(directory: Path) -> AbstractContextManager[None]:
    return damage_named(f"The lexicon in {directory}")


def _mean(vectors: Floats) -> Floats:
    mean: Floats = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], np.float32)
    return mean


def _best_of(layers: Sequence[tuple[Ints, tuple[Ints, Floats]]], most: int) -> Linked:
    """The words that sound most alike, of those found in each layer; words that are no more left out."""
    found = [
        each
        for rows, (places, logs) in layers
        for each in zip(rows[places].tolist(), logs.tolist(), strict=True)
        if each[0] >= 0
    ]
    return tuple(sorted(found, key=lambda each: -each[1])[:most])


def _without_learned(path: Path) -> Arrays:
    """The arrays of a stored lexicon, and none for what was learned of the archive."""
    arrays = load_arrays(path, without=_LEARNED)
    starts = np.zeros(len(arrays["heads"]) + 1, np.int32)
    empty = {name: np.empty(0, kind) for name, kind in _LEARNED.items()}
    return arrays | empty | {"translations_starts": starts, "neighbours_starts": starts}


def _links(arrays: Arrays, name: str) -> Links:
    return Links(*(arrays[f"{name}_{part}"] for part in ("starts", "rows", "weights")))


def _vocabulary(words: Sequence[str], arrays: Arrays, kind: str) -> Vocabulary:
    rows = arrays[f"{kind}_rows"]
    own = without_prefix(f"{kind}_sounds_", arrays)
    sounds = SoundIndex.from_arrays([words[row] for row in rows.tolist()], own)
    return Vocabulary(rows, ((rows, sounds),))
