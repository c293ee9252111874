"""The lexicon as a part of an index: built last of what is stored, first of what is learned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import numpy as np

from index.errors import IndexDamagedError
from index.parts.bigrams import BigramCounter
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.keyword.part import vocabulary
from index.parts.lexicon.bilingual import bundled_digest
from index.parts.lexicon.build import build_lexicon
from index.parts.lexicon.lexicon import (
    Lexicon,
    field_frequencies,
    load_word_vectors,
    spelling_stamp,
)
from index.parts.part import Building, Checking, Part, Question, Reader
from index.parts.vectors import load_vectors, require_alike
from index.store.layout import KEYWORD_DIR, LEXICON_FILE, WORD_VECTORS_FILE


def _build(building: Building) -> None:
    building.report("learning words", 0, 0)
    with closing(KeywordIndex.open(building.directory / KEYWORD_DIR)) as keyword:
        build_lexicon(
            building.directory,
            building.catalogue,
            keyword,
            building.bigrams,
            building.encoder,
            building.words,
        )


def _check(checking: Checking) -> Iterator[Question]:
    yield Question("lexicon", lambda: _words(checking))
    yield Question("word pairs", _pairs(checking), deep=True)
    if checking.encoder:
        yield Question("sample of words", lambda: _sample(checking), deep=True)


def _words(checking: Checking) -> str:
    path = checking.directory
    lexicon = Lexicon.open(path)
    stored = vocabulary(path)
    words = [(word, max(fields)) for word, *fields in stored]
    if list(zip(lexicon.words, lexicon.frequencies.tolist(), strict=True)) != words:
        raise IndexDamagedError("its words or their frequencies are not the keyword index's")
    by_field = field_frequencies(path)
    if by_field is not None and by_field.T.tolist() != [fields for _, *fields in stored]:
        raise IndexDamagedError("its frequencies by field are not the keyword index's")
    vectors = load_vectors(path, WORD_VECTORS_FILE)
    wanted = (len(lexicon.head_vectors), checking.manifest.encoder.dimension)
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
    many = min(checking.sample, len(words))
    chosen = np.unique(np.linspace(0, len(words) - 1, many).astype(int))
    asked = [words[row] for row in chosen]
    made = checking.encoder.encode_queries(asked)
    return require_alike(vectors[chosen].astype(np.float32), made, asked)


PART = Part(
    "lexicon",
    (LEXICON_FILE, WORD_VECTORS_FILE),
    needs=("catalogue", "exact_vectors", "keyword"),
    build=_build,
    open=lambda opening: Lexicon.open(opening.directory),
    check=_check,
    rules=lambda: f"{spelling_stamp()} {bundled_digest()}",
    spares_encoding=True,
)
