"""Makes the lexicon of a generation that is being built (see `index.parts.lexicon.lexicon`).

Only the head of each stem is encoded, and no more of the most frequent ones than a quarter of the
passages: rare words beyond that are mostly names, which are found by sound. Vectors of words that
the previous generation holds are taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Doubles, Floats, Ints, Longs, Mask, evenly, grouped
from index.encoders.protocol import Encoder
from index.errors import IndexDamagedError
from index.parts.bigrams import BigramCounter
from index.parts.catalogue.catalogue import Catalogue
from index.parts.keyword.part import vocabulary
from index.parts.lexicon.bilingual import bundled_digest
from index.parts.lexicon.lexicon import (
    Lexicon,
    centred_vectors,
    load_word_vectors,
    spelling_stamp,
)
from index.parts.lexicon.translations import Likeness, best_translations, learn, mine_pairs
from index.parts.part import Building, Checking, KnownVectors, Part, Question, Reader
from index.parts.vectors import nearest_rows, require_alike, rows_of
from index.progress import Progress, no_report
from index.sound.phonetic_keys import SoundIndex
from index.store.array_files import Arrays, as_bytes, with_prefix
from index.store.layout import LEXICON_FILE, WORD_VECTORS_FILE
from index.text.analysis import SCRIPTS, Script, is_stop, script, stem

LEAST_ENCODED = 20_000
"""Heads that are encoded however few the passages."""
_PASSAGES_A_WORD = 4
_TRANSLATIONS = 8
NEIGHBOURS = 16
MIN_COSINE = 0.3
"""Of centred vectors. Below it no two words mean the same."""

UNLIKE, LIKE_FROM, LIKE_FULL = 0.3, 0.2, 0.6
"""Prior of a translation without likeness; the centred cosines where likeness begins and is full."""

_CHUNK = 65_536
_Sides = Mapping[Script, tuple[Ints, Floats]]
"""The encoded heads of each script, ascending, and their centred unit vectors."""


def build_lexicon(building: Building) -> None:
    """Write the lexicon files of a generation whose catalogue, vectors and keyword index are there."""
    building.report("learning words", 0, 0)
    directory, catalogue, bigrams = building.directory, building.catalogue, building.bigrams
    found = vocabulary(directory)
    words = [word for word, _, _ in found]
    fields = np.array([each[1:] for each in found], np.int32).reshape(-1, 2).T
    frequencies: Ints = fields.max(axis=0, initial=0)
    rows = script_rows(words)
    spelt = {kind: [words[row] for row in rows[kind].tolist()] for kind in SCRIPTS}
    jobs = {
        kind: building.workers.begin(_sounds, kind, spelt[kind])
        for kind in SCRIPTS
        if building.workers
    }
    heads, head_of = find_heads([stem(word) for word in words], frequencies)
    is_head = heads == np.arange(len(words))
    encoded = worth_encoding(words, is_head, rows, frequencies, most_encoded(catalogue))
    vectors = _vectors([words[row] for row in encoded.tolist()], building.encoder, building.words)
    sides = {kind: centred_vectors(rows[kind], encoded, vectors)[:2] for kind in SCRIPTS}
    bigram_keys, bigram_counts = bigrams.counts(words)
    arrays: Arrays = {
        "spelling": as_bytes([spelling_stamp()]),
        "words": as_bytes(words),
        "frequencies": frequencies,
        "field_frequencies": fields,
        "heads": heads,
        "stems": as_bytes(sorted(head_of)),
        "stem_heads": np.array([head_of[each] for each in sorted(head_of)], np.int32),
        "head_vectors": encoded,
        "bigram_keys": bigram_keys,
        "bigram_counts": bigram_counts,
        "bigram_least": np.array(bigrams.least, np.int32),
        **link_arrays(
            "translations", len(words), *_translations(directory, catalogue, head_of, sides)
        ),
        **link_arrays("neighbours", len(words), *_neighbours(sides)),
    }
    for kind in SCRIPTS:
        arrays[f"{kind}_rows"] = rows[kind]
        arrays |= jobs[kind].wait(building.report) if jobs else _sounds(kind, spelt[kind])
    np.savez(directory / LEXICON_FILE, allow_pickle=False, **arrays)
    np.save(directory / WORD_VECTORS_FILE, vectors)


def _sounds(kind: Script, words: Sequence[str], report: Progress = no_report) -> Arrays:
    """The arrays of the words of one script by their sound: a third of the work, and without an encoder."""
    return with_prefix(f"{kind}_sounds_", SoundIndex.build(words).arrays())


def find_heads(stems: Sequence[str], frequencies: Ints) -> tuple[Ints, dict[str, int]]:
    """The head of each word, by their stems, and of each stem: its most frequent form, the first of
    equals."""
    head_of: dict[str, int] = {}
    for row, each in enumerate(stems):
        if frequencies[row] > frequencies[head_of.setdefault(each, row)]:
            head_of[each] = row
    return np.array([head_of[each] for each in stems], np.int32), head_of


def script_rows(words: Sequence[str]) -> dict[Script, Ints]:
    """The rows of the words of each script, ascending."""
    kinds = np.array([script(word) for word in words], str)
    return {kind: np.flatnonzero(kinds == kind).astype(np.int32) for kind in SCRIPTS}


def worth_encoding(
    words: Sequence[str], chosen: Mask, rows: Mapping[Script, Ints], frequencies: Ints, most: int
) -> Ints:
    """The most frequent of the words of a mask that are worth a vector, ascending: `most` at most."""
    scripted = np.concatenate([*rows.values()])
    found = np.sort(scripted[chosen[scripted]])
    found = found[np.array([is_informative(words[row]) for row in found.tolist()], bool)]
    return np.sort(found[np.argsort(-frequencies[found], kind="stable")[:most]])


def _vectors(
    words: Sequence[str], encoder: Encoder, known: KnownVectors
) -> npt.NDArray[np.float16]:
    """A vector for each word, from what is known or else from the encoder."""
    places, rows = known
    vectors = np.empty((len(words), encoder.info.dimension), np.float16)
    fresh = [at for at, word in enumerate(words) if word not in places]
    if fresh:
        vectors[fresh] = encoder.encode_queries([words[at] for at in fresh])
    old = [at for at, word in enumerate(words) if word in places]
    if old:
        vectors[old] = rows[[places[words[at]] for at in old]]
    return vectors


def most_encoded(catalogue: Catalogue) -> int:
    """How many heads get vectors at most."""
    passages = int(catalogue.columns().doc_passages.sum())
    return max(LEAST_ENCODED, passages // _PASSAGES_A_WORD)


def is_informative(word: str) -> bool:
    """Whether a head of either script is worth a vector: two letters or more, no stop word."""
    return len(word) > 1 and not is_stop(word)


_Linked = tuple[Ints, Ints, npt.NDArray[Any]]
"""Links from words to others, with weights."""


def _neighbours(sides: _Sides) -> _Linked:
    """Each encoded word with the nearest words of the other language, nearest first."""
    nothing = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
    found: list[_Linked] = [nothing]
    if min(len(rows) for rows, _ in sides.values()):
        for source, target in (SCRIPTS, SCRIPTS[::-1]):
            (ours, our_vectors), (theirs, their_vectors) = sides[source], sides[target]
            cosines, places = nearest_rows(our_vectors, their_vectors, NEIGHBOURS)
            near = cosines >= MIN_COSINE
            rows = np.broadcast_to(ours[:, None], places.shape)
            found.append((rows[near], theirs[places[near]], cosines[near]))
    linked, others, weights = zip(*found, strict=True)
    return np.concatenate(linked), np.concatenate(others), np.concatenate(weights)


def _translations(
    directory: Path, catalogue: Catalogue, head_of: Mapping[str, int], sides: _Sides
) -> _Linked:
    """Stems that translate each other, as links between their heads, in both directions."""
    pairs = mine_pairs(rows_of(directory), catalogue.columns())
    urdu, english = (catalogue.texts_at(pids.tolist()) for pids in (pairs.urdu, pairs.english))
    learned = learn(zip(urdu, english, strict=True), _likeness(head_of, sides))
    found = [
        (head_of[word], head_of[each.stem(target)], each.weight)
        for source, target in (SCRIPTS, SCRIPTS[::-1])
        for word, best in best_translations(learned, source, _TRANSLATIONS).items()
        for each in best
    ]
    rows, others = (np.array([link[at] for link in found], np.int32) for at in (0, 1))
    return rows, others, np.array([link[2] for link in found])


def _likeness(head_of: Mapping[str, int], sides: _Sides) -> Likeness:
    """A prior for translations: words with like vectors are likelier ones, none is excluded."""

    def places(names: Sequence[str], encoded: Ints) -> tuple[Ints, Mask]:
        heads = np.array([head_of[name] for name in names], np.int32)
        at = np.minimum(np.searchsorted(encoded, heads), len(encoded) - 1).astype(np.int32)
        return at, encoded[at] == heads

    def likeness(
        urdu: Sequence[str], english: Sequence[str], first: Longs, second: Longs
    ) -> Doubles:
        (ours, our_vectors), (theirs, their_vectors) = sides["ur"], sides["en"]
        prior = np.full(len(first), UNLIKE)
        if not len(ours) or not len(theirs):
            return prior
        (u, has_u), (e, has_e) = places(urdu, ours), places(english, theirs)
        for start in range(0, len(first), _CHUNK):
            a, b = first[start : start + _CHUNK], second[start : start + _CHUNK]
            cosines = np.einsum("ij,ij->i", our_vectors[u[a]], their_vectors[e[b]])
            alike = np.clip((cosines - LIKE_FROM) / (LIKE_FULL - LIKE_FROM), 0.0, 1.0)
            prior[start : start + _CHUNK] += np.where(has_u[a] & has_e[b], alike, 0.0)
        return prior

    return likeness


def link_arrays(
    name: str, words: int, rows: Ints, others: Ints, weights: npt.NDArray[Any]
) -> Arrays:
    """The arrays of `index.parts.lexicon.lexicon.Links` from row to other; links of one row keep
    their order."""
    order, starts = grouped(rows, words)
    return {
        f"{name}_starts": starts,
        f"{name}_rows": others[order].astype(np.int32),
        f"{name}_weights": weights[order].astype(np.float16),
    }


def _check(checking: Checking) -> Iterator[Question]:
    yield Question("lexicon", lambda: _check_words(checking))
    yield Question("word pairs", _pairs(checking), deep=True)
    if checking.encoder:
        yield Question("sample of words", lambda: _sample(checking), deep=True)


def _check_words(checking: Checking) -> str:
    path = checking.directory
    lexicon = Lexicon.open(path)
    stored = vocabulary(path)
    counted = [(word, max(fields)) for word, *fields in stored]
    if list(zip(lexicon.words, lexicon.frequencies.tolist(), strict=True)) != counted:
        raise IndexDamagedError("its words or their frequencies are not the keyword index's")
    if lexicon.field_frequencies.T.tolist() != [fields for _, *fields in stored]:
        raise IndexDamagedError("its frequencies by field are not the keyword index's")
    words, vectors = load_word_vectors(path)
    wanted = (len(words), checking.manifest.encoder.dimension)
    if vectors.shape != wanted or vectors.dtype != np.float16:
        raise IndexDamagedError(f"{vectors.dtype} {vectors.shape} instead of float16 {wanted}")
    if not np.isfinite(vectors).all():
        raise IndexDamagedError("some of its word vectors are not finite")
    return f"{len(stored)} words, {len(vectors)} of them with vectors"


def _pairs(checking: Checking) -> Reader:
    pairs = BigramCounter()
    while (article := (yield)) is not None:
        pairs.add(article.title_words)
        pairs.add(article.body_words)
    lexicon = Lexicon.open(checking.directory)
    keys, counts = pairs.counts(lexicon.words)
    if checking.extended and lexicon.bigram_least > 1:
        return "there are too many to count them all; what was added since is not held against them"
    if not lexicon.same_pairs(keys, counts):
        raise IndexDamagedError("the lexicon counts other pairs of words than the articles have")
    return f"{len(keys)} are as often as the articles have them"


def _sample(checking: Checking) -> str:
    assert checking.encoder
    words, vectors = load_word_vectors(checking.directory)
    if not words:
        return "there are none"
    chosen = evenly(len(words), checking.sample)
    asked = [words[row] for row in chosen]
    made = checking.encoder.encode_queries(asked)
    return require_alike(vectors[chosen].astype(np.float32), made, asked)


PART = Part(
    "lexicon",
    (LEXICON_FILE, WORD_VECTORS_FILE),
    needs=("catalogue", "exact_vectors", "keyword"),
    build=build_lexicon,
    open=lambda opening: Lexicon.open(opening.directory),
    check=_check,
    rules=lambda: f"{spelling_stamp()} {bundled_digest()}",
    spares_encoding=True,
    stays=True,
)
