"""What a change does to the words of an archive, and a lexicon that follows it without being made anew.

Each change keeps its own counts beside its segment (`WordCounts`): by how much every word is in more
documents or in fewer, and the titles that came. A lexicon is stored as it was last derived at once; when an
index is opened, the counts of the changes since are added (`Followed`). Words, frequencies, heads and pairs
of words are then those that a whole derivation would find. What was learned of the archive as a whole
(translations, neighbours, vectors) stays with its stem; the next whole derivation learns it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Ints, Longs, Mask, grouped, place_of
from index.documents import Document
from index.errors import IndexDamagedError
from index.parts.bigrams import MOST_PAIRS, BigramCounter, joined, pruned
from index.parts.sorted_rows import Merged
from index.store.array_files import Arrays, as_bytes, as_lines, damage_named, load_arrays
from index.store.layout import WORD_COUNTS_FILE, holding
from index.text.analysis import SCRIPTS, Script, script, stem, terms

_HIGH = 32
_LOW = (1 << _HIGH) - 1
_STORED = ("fields", "keys", "counts", "least", "docids", "starts", "rows")


@dataclass
class _Counter:
    """The words of some documents: in how many titles and bodies each is, and which follows which."""

    fields: tuple[Counter[str], Counter[str]] = field(
        default_factory=lambda: (Counter(), Counter())
    )
    pairs: BigramCounter = field(default_factory=BigramCounter)

    def add(self, document: Document) -> list[str]:
        """Count one document; returns the words of its title."""
        title, body = terms(document.title), terms(document.body)
        for words, counter in zip((title, body), self.fields, strict=True):
            counter.update(set(words))
            self.pairs.add(words)
        return title


@dataclass(frozen=True)
class WordCounts:
    """By how much a change adds to the counts of words, or takes from them.

    `fields`, shape (2, words), are titles and bodies; `keys` and `counts` are pairs of words as in
    `index.parts.bigrams`, those met less often than `least` maybe missing. The words of the title of
    `docids[i]`, which is new, are `rows[starts[i]:starts[i + 1]]`. All rows are places in `words`, which are
    in order.
    """

    words: Sequence[str]
    fields: npt.NDArray[np.int64]
    keys: Longs
    counts: npt.NDArray[np.int64]
    least: int
    docids: Ints
    starts: Ints
    rows: Ints

    @classmethod
    def of(
        cls, removed: Iterable[Document], added: Iterable[tuple[int, Document]], longest_title: int
    ) -> WordCounts:
        """What documents that go take, and those that come (docid, document) bring; of a title so many
        words are kept."""
        gone, come = _Counter(), _Counter()
        for document in removed:
            gone.add(document)
        titles = {docid: come.add(document)[:longest_title] for docid, document in added}
        words = sorted(set[str]().union(*gone.fields, *come.fields))
        place = {word: row for row, word in enumerate(words)}
        counted = [
            [[each[word] for word in words] for each in side.fields] for side in (come, gone)
        ]
        fields = np.array(counted, np.int64).reshape(2, 2, -1)
        come_keys, come_counts = come.pairs.counts(words)
        gone_keys, gone_counts = gone.pairs.counts(words)
        keys, counts = joined(
            (come_keys, come_counts.astype(np.int64)), (gone_keys, -gone_counts.astype(np.int64))
        )
        titled = {docid: title for docid, title in titles.items() if title}
        return cls(
            words=words,
            fields=fields[0] - fields[1],
            keys=keys,
            counts=counts,
            least=max(come.pairs.least, gone.pairs.least),
            docids=np.fromiter(titled, np.int32, len(titled)),
            starts=np.cumsum([0, *map(len, titled.values())]).astype(np.int32),
            rows=np.array([place[word] for word in chain(*titled.values())], np.int32),
        )

    def save(self, directory: Path) -> None:
        """Write them into the directory of the segment."""
        stored = {name: getattr(self, name) for name in _STORED}
        np.savez(
            directory / WORD_COUNTS_FILE, allow_pickle=False, words=as_bytes(self.words), **stored
        )

    @classmethod
    def load(cls, path: Path) -> WordCounts:
        """Those stored in a file. Raises IndexDamagedError."""
        with damage_named(path):
            stored: dict[str, Any] = dict(load_arrays(path))
            words = as_lines(stored.pop("words"))
            counts = cls(words, **(stored | {"least": int(stored["least"])}))
            size = len(words)
            if counts.fields.shape != (2, size) or len(counts.keys) != len(counts.counts):
                raise ValueError("its parts disagree")
            tables = (counts.rows, counts.keys >> _HIGH, counts.keys & _LOW)
            if any(len(each) and not 0 <= each.min() <= each.max() < size for each in tables):
                raise ValueError("it counts words that it has not")
            if len(counts.starts) != len(counts.docids) + 1 or counts.starts[-1] != len(
                counts.rows
            ):
                raise ValueError("its titles have other words")
            return counts

    @classmethod
    def since(cls, generation: Path) -> list[WordCounts]:
        """Those of all changes since the first segment was made. Raises IndexDamagedError."""
        paths = holding(generation, WORD_COUNTS_FILE)
        return [cls.load(path) for path in paths if path.exists()]

    @classmethod
    def together(cls, changes: Sequence[WordCounts], removed: Collection[int]) -> WordCounts:
        """The sum of some changes, without the titles of documents that are gone."""
        if len(changes) == 1 and not set(changes[0].docids.tolist()).intersection(removed):
            return changes[0]
        words = sorted(set[str]().union(*(each.words for each in changes)))
        place = {word: row for row, word in enumerate(words)}
        fields = np.zeros((2, len(words)), np.int64)
        pairs = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        docids, lengths, rows = list[Ints](), list[Ints](), list[Ints]()
        for each in changes:
            now = np.array([place[word] for word in each.words], np.int32)
            fields[:, now] += each.fields
            pairs.append((paired(each.keys, now), each.counts))
            kept = ~np.isin(each.docids, np.fromiter(removed, np.int32, len(removed)))
            sizes = np.diff(each.starts)
            docids.append(each.docids[kept])
            lengths.append(sizes[kept])
            rows.append(now[each.rows[np.repeat(kept, sizes)]])
        keys, counts = (np.concatenate(part) for part in zip(*pairs, strict=True))
        keys, counts = joined((keys, counts), pairs[0])
        return cls(
            words=words,
            fields=fields,
            keys=keys[counts != 0],
            counts=counts[counts != 0],
            least=max((each.least for each in changes), default=1),
            docids=np.concatenate(docids),
            starts=np.cumsum([0, *np.concatenate(lengths).tolist()]).astype(np.int32),
            rows=np.concatenate(rows),
        )

    def without_pairs(self) -> WordCounts:
        """The same, no pairs counted."""
        return replace(self, keys=self.keys[:0], counts=self.counts[:0])


def paired(keys: Longs, now: npt.NDArray[np.integer]) -> Longs:
    """Pairs of rows as pairs of what those rows are now, in the same order."""
    rows = now.astype(np.int64)
    pairs: Longs = rows[keys >> _HIGH] << _HIGH | rows[keys & _LOW]
    return pairs


@dataclass(frozen=True)
class Followed:
    """The arrays of a lexicon after changes, and what became of its words. `stems` are in order, `vector_at`
    the places of the vectors of `head_vectors`, `rows` those of the words of each script, ascending."""

    arrays: Arrays
    words: Merged
    stems: Sequence[str]
    vector_at: Ints
    rows: dict[Script, Ints]

    @classmethod
    def of(
        cls, old: Arrays, old_words: Sequence[str], old_stems: Sequence[str], changes: WordCounts
    ) -> Followed:
        """Follow `changes`; the words and stems are those of `old`. Raises IndexDamagedError if they are not
        of this lexicon."""
        words, fields = _words(old_words, old["field_frequencies"], changes)
        frequencies: Ints = fields.max(axis=0, initial=0).astype(np.int32)
        stems, stem_of = _stems(old, old_stems, words)
        heads, stem_heads = _heads(stem_of, frequencies, len(stems.names))
        # Each old word's head by its stem: what was learned of a head is the stem's.
        head_now = np.full(len(words.moved), -1, np.int32)
        here = stems.moved >= 0
        head_now[old["stem_heads"][here]] = stem_heads[stems.moved[here]]
        owners = head_now[old["head_vectors"]]
        there = np.flatnonzero(owners >= 0)
        vector_at: Ints = there[np.argsort(owners[there], kind="stable")].astype(np.int32)
        keys, counts, least = _pairs(old, old_words, words, changes)
        arrays: Arrays = {
            "frequencies": frequencies,
            "field_frequencies": fields.astype(np.int32),
            "heads": heads,
            "stem_heads": stem_heads,
            "head_vectors": owners[vector_at],
            "bigram_keys": keys,
            "bigram_counts": counts.astype(np.int32),
            "bigram_least": np.array(least, np.int32),
        }
        for name in ("translations", "neighbours"):
            arrays |= _links(old, name, head_now, len(words.names))
        rows = {}
        for kind in SCRIPTS:
            known = words.moved[old[f"{kind}_rows"]]
            come = [row for row in words.fresh.tolist() if script(words.names[row]) == kind]
            rows[kind] = np.sort(np.concatenate([known[known >= 0], np.array(come, np.int32)]))
        return cls(arrays, words, stems.names, vector_at, rows)


def _words(
    old_words: Sequence[str], old_fields: Ints, changes: WordCounts
) -> tuple[Merged, npt.NDArray[np.int64]]:
    """The words of the live documents, and in how many titles and bodies each is."""
    fields = old_fields.astype(np.int64)
    places = np.array([place_of(old_words, word) for word in changes.words], np.int64)
    known = places >= 0
    fields[:, places[known]] += changes.fields[:, known]
    come = ~known & (changes.fields.max(axis=0, initial=0) > 0)
    if (fields < 0).any() or (changes.fields[:, ~known] < 0).any():
        raise IndexDamagedError("The lexicon does not count the words of documents that are gone.")
    new = [changes.words[row] for row in np.flatnonzero(come).tolist()]
    words = Merged.of(old_words, fields.max(axis=0, initial=0) > 0, new)
    return words, words.column(fields.T, changes.fields[:, come].T).T


def _stems(old: Arrays, old_stems: Sequence[str], words: Merged) -> tuple[Merged, Ints]:
    """The stems of all words, and which is that of each."""
    stem_at = np.full(len(words.moved), -1, np.int32)
    stem_at[old["stem_heads"]] = np.arange(len(old_stems), dtype=np.int32)
    known = stem_at[old["heads"]]
    of_fresh = [stem(words.names[row]) for row in words.fresh.tolist()]
    at = [place_of(old_stems, each) for each in of_fresh]
    kept = np.zeros(len(old_stems), bool)
    kept[known[words.moved >= 0]] = True
    kept[[place for place in at if place >= 0]] = True
    new = {each for each, place in zip(of_fresh, at, strict=True) if place < 0}
    stems = Merged.of(old_stems, kept, new)
    place = {stems.names[row]: row for row in stems.fresh.tolist()}
    fresh = [
        place[each] if before < 0 else int(stems.moved[before])
        for each, before in zip(of_fresh, at, strict=True)
    ]
    return stems, words.column(stems.moved[known], np.array(fresh, np.int32))


def _heads(stem_of: Ints, frequencies: Ints, stems: int) -> tuple[Ints, Ints]:
    """The head of each word, and of each stem: its most frequent form, the first of equals."""
    order = np.lexsort((-frequencies, stem_of))
    first = np.searchsorted(stem_of[order], np.arange(stems))
    heads = order[first].astype(np.int32)
    return heads[stem_of], heads


def _pairs(
    old: Arrays, old_words: Sequence[str], words: Merged, changes: WordCounts
) -> tuple[Longs, npt.NDArray[np.int64], int]:
    """Keys and counts of the pairs of words, and the least count of which none is left out."""
    keys, counts = old["bigram_keys"], old["bigram_counts"].astype(np.int64)
    # Those of words known before first: a pair goes when it is met no more, and its words maybe with it.
    then = np.array([place_of(old_words, word) for word in changes.words], np.int64)
    known = (then[changes.keys >> _HIGH] >= 0) & (then[changes.keys & _LOW] >= 0)
    keys, counts = _added(keys, counts, paired(changes.keys[known], then), changes.counts[known])
    here = (words.moved[keys >> _HIGH] >= 0) & (words.moved[keys & _LOW] >= 0)
    keys, counts = paired(keys[here], words.moved), counts[here]
    now = np.array([place_of(words.names, word) for word in changes.words], np.int64)
    come = ~known & (changes.counts > 0)
    come &= (now[changes.keys >> _HIGH] >= 0) & (now[changes.keys & _LOW] >= 0)
    keys, counts = _added(keys, counts, paired(changes.keys[come], now), changes.counts[come])
    keys, counts, least = pruned(keys, counts, MOST_PAIRS)
    return keys, counts, max(least, int(old["bigram_least"]), changes.least)


def _added(
    keys: Longs, counts: npt.NDArray[np.int64], more: Longs, of_more: npt.NDArray[np.int64]
) -> tuple[Longs, npt.NDArray[np.int64]]:
    """Counts by keys in order, and others added to them; without those that are none any more."""
    at = np.searchsorted(keys, more)
    there: Mask = at < len(keys)
    there[there] = keys[at[there]] == more[there]
    counts = counts.copy()
    counts[at[there]] += of_more[there]
    keys = np.insert(keys, at[~there], more[~there])
    counts = np.insert(counts, at[~there], of_more[~there])
    return keys[counts > 0], counts[counts > 0]


def _links(old: Arrays, name: str, now: Ints, size: int) -> Arrays:
    """The links of the stored lexicon between words that have a head now."""
    starts = old[f"{name}_starts"]
    owners = now[np.repeat(np.arange(len(starts) - 1), np.diff(starts))]
    others = now[old[f"{name}_rows"]]
    both = (owners >= 0) & (others >= 0)
    order, begins = grouped(owners[both], size)
    return {
        f"{name}_starts": begins,
        f"{name}_rows": others[both][order].astype(np.int32),
        f"{name}_weights": old[f"{name}_weights"][both][order],
    }
