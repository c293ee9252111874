"""A lexicon after a change, out of the one before: no text but the new ones is read.

Words, frequencies, heads, sounds and pairs of words are those that a whole derivation would find.
What was learned of the archive as a whole is carried over by stem: translations until the next
whole derivation, neighbours with those of the new words put in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, place_of
from index.documents import Document
from index.encoders.protocol import Encoder
from index.errors import IndexDamagedError, IndexMismatchError
from index.incremental.sorted_rows import Mask, Merged, extended_sounds
from index.parts.bigrams import MOST_PAIRS, BigramCounter, joined, pruned
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.build import (
    MIN_COSINE,
    NEIGHBOURS,
    find_heads,
    is_informative,
    link_arrays,
    most_encoded,
    script_rows,
    worth_encoding,
)
from index.parts.lexicon.lexicon import centred_vectors
from index.parts.vectors import load_vectors, nearest_rows
from index.store.array_files import (
    Arrays,
    as_bytes,
    as_lines,
    damage_named,
    load_arrays,
    with_prefix,
    without_prefix,
)
from index.store.layout import LEXICON_FILE, WORD_VECTORS_FILE
from index.text.analysis import SCRIPTS, Script, stem, terms


@dataclass(frozen=True)
class Change:
    """What one commit takes out of an index and puts in. All other docids and pids stay the same."""

    removed: Mapping[int, Document]
    """Documents gone, by the docid they had."""
    added: Ints
    """Docids that are new."""


@dataclass
class Counted:
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
class ChangedWords:
    """What a change takes from the counts of words and adds to them; `titles` are of those added."""

    removed: Counted
    added: Counted
    titles: Mapping[int, list[str]]

    @classmethod
    def of(cls, catalogue: Catalogue, change: Change) -> ChangedWords:
        """Reads the added documents a batch at a time."""
        removed, added = Counted(), Counted()
        for document in change.removed.values():
            removed.add(document)
        documents = catalogue.iter_documents(change.added.tolist())
        titles = {docid: added.add(document) for docid, document in documents}
        return cls(removed, added, titles)

    def differences(self) -> Iterator[tuple[str, int, int]]:
        """Each word with by how much more (or fewer) titles and bodies hold it."""
        counters = (*self.added.fields, *self.removed.fields)
        for word in set[str]().union(*counters):
            more_titles, more_bodies, fewer_titles, fewer_bodies = (each[word] for each in counters)
            yield word, more_titles - fewer_titles, more_bodies - fewer_bodies


_BLOCK = 512
_HIGH = 32

_Keys = npt.NDArray[np.int64]
_Links = tuple[Ints, Ints, Floats]
"""Rows, the rows they are linked to, and weights; best first of each row."""


def extend_lexicon(
    directory: Path, before: Path, catalogue: Catalogue, changed: ChangedWords, encoder: Encoder
) -> Merged:
    """Write the lexicon files into `directory`; returns what became of the words.

    Raises IndexMismatchError for a lexicon that cannot be extended, IndexDamagedError for one of
    other documents.
    """
    old, old_words, old_vectors = _stored(before)
    words, fields = _words(old_words, old["field_frequencies"], changed)
    frequencies: Ints = fields.max(axis=0, initial=0).astype(np.int32)
    old_stems, stem_at = as_lines(old["stems"]), np.full(len(old_words), -1, np.int32)
    stem_at[old["stem_heads"]] = np.arange(len(old_stems))
    known = np.array(old_stems, object)[stem_at[old["heads"]]]  # of each old word: that of its head
    new_stems = [stem(words.names[row]) for row in words.fresh.tolist()]
    heads, head_of = find_heads(words.column(known, new_stems).tolist(), frequencies)
    stems, head_now = sorted(head_of), np.full(len(old_words), -1, np.int32)
    head_now[old["stem_heads"]] = [head_of.get(each, -1) for each in old_stems]
    rows = script_rows(words.names)
    encoded, vectors, same, fresh = _encoded(
        old,
        old_vectors,
        words,
        heads,
        head_now,
        rows,
        frequencies,
        most_encoded(catalogue),
        encoder,
    )
    keys, counts, least = _pairs(old, old_words, words, changed)
    size = len(words.names)
    links = {
        "translations": _carried(old, "translations", head_now),
        "neighbours": _neighbours(_carried(old, "neighbours", same), rows, encoded, vectors, fresh),
    }
    arrays: Arrays = {
        "spelling": old["spelling"],
        "words": as_bytes(words.names),
        "frequencies": frequencies,
        "field_frequencies": fields.astype(np.int32),
        "heads": heads,
        "stems": as_bytes(stems),
        "stem_heads": np.array([head_of[each] for each in stems], np.int32),
        "head_vectors": encoded,
        "bigram_keys": keys,
        "bigram_counts": counts.astype(np.int32),
        "bigram_least": np.array(least, np.int32),
        **{key: part for name, each in links.items()
           for key, part in link_arrays(name, size, *each).items()},
    }  # fmt: skip
    for kind in SCRIPTS:
        arrays[f"{kind}_rows"] = rows[kind]
        arrays |= _sounds(old, kind, words, rows[kind])
    np.savez(directory / LEXICON_FILE, allow_pickle=False, **arrays)
    np.save(directory / WORD_VECTORS_FILE, vectors)
    return words


def _stored(before: Path) -> tuple[Arrays, list[str], npt.NDArray[np.float16]]:
    with damage_named(f"The lexicon in {before}"):
        old = load_arrays(before / LEXICON_FILE)
        words = as_lines(old["words"])
    if "field_frequencies" not in old:
        message = "The lexicon was built by an earlier version: it cannot be extended."
        raise IndexMismatchError(message)
    return old, words, load_vectors(before, WORD_VECTORS_FILE)


def _words(
    old_words: list[str], old_fields: Ints, changed: ChangedWords
) -> tuple[Merged, npt.NDArray[np.int64]]:
    """The words of the live documents, and in how many titles and bodies each is."""
    fields = old_fields.astype(np.int64)
    new: dict[str, tuple[int, int]] = {}
    for word, titles, bodies in changed.differences():
        at = place_of(old_words, word)
        if at >= 0:
            fields[:, at] += (titles, bodies)
        else:
            new[word] = titles, bodies
    if (fields < 0).any() or any(not new.keys().isdisjoint(f) for f in changed.removed.fields):
        raise IndexDamagedError(
            "The lexicon does not count the words of the documents to be removed."
        )
    words = Merged.of(old_words, fields.max(axis=0, initial=0) > 0, new)
    come = np.array([new[words.names[row]] for row in words.fresh.tolist()], np.int64)
    return words, words.column(fields.T, come.reshape(-1, 2)).T


def _encoded(
    old: Arrays,
    old_vectors: npt.NDArray[np.float16],
    words: Merged,
    heads: Ints,
    head_now: Ints,
    rows: Mapping[Script, Ints],
    frequencies: Ints,
    most: int,
    encoder: Encoder,
) -> tuple[Ints, npt.NDArray[np.float16], Ints, Ints]:
    """The rows that have vectors, ascending; these; where each old word that keeps its own is now
    (-1 for all others); and the rows whose vectors are new.

    Heads keep theirs. Those without one get it, the most frequent first, as far as `most` allow; a
    form that has become the head of an encoded stem gets it in any case.
    """
    owners = old["head_vectors"]
    is_head = heads == np.arange(len(heads))
    moved = words.moved[owners]
    lasting: Mask = moved >= 0
    lasting[lasting] = is_head[moved[lasting]]
    same = np.full(len(words.moved), -1, np.int32)
    same[owners[lasting]] = moved[lasting]
    successors = head_now[owners[~lasting]]
    successors = successors[successors >= 0]
    lacking = is_head.copy()
    lacking[moved[lasting]] = False
    lacking[successors] = False
    free = max(0, most - int(lasting.sum()) - len(successors))
    chosen = worth_encoding(words.names, lacking, rows, frequencies, free).tolist()
    successors_worth = [row for row in successors.tolist() if is_informative(words.names[row])]
    fresh = np.array(sorted([*successors_worth, *chosen]), np.int32)
    made = np.empty((len(fresh), old_vectors.shape[1]), np.float16)
    if len(fresh):
        made[:] = encoder.encode_queries([words.names[row] for row in fresh.tolist()])
    encoded = np.concatenate([moved[lasting], fresh]).astype(np.int32)
    order = np.argsort(encoded)
    return encoded[order], np.concatenate([old_vectors[lasting], made])[order], same, fresh


def _pairs(
    old: Arrays, old_words: list[str], words: Merged, changed: ChangedWords
) -> tuple[_Keys, _Keys, int]:
    """Keys and counts of the pairs of words, and the least count of which none is left out."""
    keys, counts = old["bigram_keys"], old["bigram_counts"].astype(np.int64)
    gone_keys, gone = changed.removed.pairs.counts(old_words)
    keys, counts = joined((keys, counts), (gone_keys, -gone.astype(np.int64)))
    left = counts > 0
    keys, counts = keys[left], counts[left]
    first, second = words.moved[keys >> _HIGH], words.moved[keys & (1 << _HIGH) - 1]
    here = (first >= 0) & (second >= 0)
    moved = first[here].astype(np.int64) << _HIGH | second[here]
    come_keys, come = changed.added.pairs.counts(words.names)
    keys, counts = joined((moved, counts[here]), (come_keys, come.astype(np.int64)))
    keys, counts, least = pruned(keys, counts, MOST_PAIRS)
    known = (int(old["bigram_least"]), changed.removed.pairs.least, changed.added.pairs.least)
    return keys, counts, max(least, *known)


def _carried(old: Arrays, name: str, now: Ints) -> _Links:
    """The links of the old lexicon between words that have a new row."""
    starts = old[f"{name}_starts"]
    owners = now[np.repeat(np.arange(len(starts) - 1), np.diff(starts))]
    others = now[old[f"{name}_rows"]]
    both = (owners >= 0) & (others >= 0)
    return owners[both], others[both], old[f"{name}_weights"][both].astype(np.float32)


def _neighbours(
    carried: _Links,
    rows: Mapping[Script, Ints],
    encoded: Ints,
    vectors: npt.NDArray[np.float16],
    fresh: Ints,
) -> _Links:
    """Each encoded word with the nearest of the other language: new words put in among the old."""
    sides = [centred_vectors(rows[kind], encoded, vectors)[:2] for kind in SCRIPTS]
    if not len(fresh) or not all(len(own) for own, _ in sides):
        return carried
    parts = [carried]
    last = _last_places(carried, int(max(own[-1] for own, _ in sides)) + 1)
    for (ours, our_vectors), (theirs, their_vectors) in (sides, sides[::-1]):
        new = np.isin(ours, fresh)
        settled = ~np.isin(theirs, fresh)
        for start in range(0, int(new.sum()), _BLOCK):
            block = ours[new][start : start + _BLOCK]
            asking = our_vectors[new][start : start + _BLOCK]
            cosines, places = nearest_rows(asking, their_vectors, NEIGHBOURS)
            parts.append(
                (np.repeat(block, places.shape[1]), theirs[places].ravel(), cosines.ravel())
            )
            # The new words ask for themselves; the others learn of them here.
            near = asking @ their_vectors[settled].T
            which, where = np.nonzero(near > last[theirs[settled]])
            parts.append((theirs[settled][where], block[which], near[which, where]))
    owners, others, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((-weights, owners))
    order = order[weights[order] >= MIN_COSINE]
    owners, others, weights = owners[order], others[order], weights[order]
    rank = np.arange(len(owners)) - np.searchsorted(owners, owners)
    return owners[rank < NEIGHBOURS], others[rank < NEIGHBOURS], weights[rank < NEIGHBOURS]


def _last_places(links: _Links, size: int) -> Floats:
    """What a new word has to exceed to be among the neighbours of each row."""
    owners, _, weights = links
    last = np.full(size, MIN_COSINE, np.float32)
    counts = np.bincount(owners, minlength=size)
    full = np.flatnonzero(counts == NEIGHBOURS)
    worst = np.full(size, np.inf, np.float32)
    np.minimum.at(worst, owners, weights)
    last[full] = worst[full]
    return last


def _sounds(old: Arrays, kind: str, words: Merged, rows: Ints) -> Arrays:
    """The sounds of one script's words, which are counted among themselves."""
    stored = without_prefix(f"{kind}_sounds_", old)
    moved = words.moved[old[f"{kind}_rows"]]
    places = np.where(moved >= 0, np.searchsorted(rows, moved), -1).astype(np.int32)
    made = extended_sounds(stored, places, [words.names[row] for row in rows.tolist()])
    return with_prefix(f"{kind}_sounds_", made)
