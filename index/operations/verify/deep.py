"""Does every part of an index say the same? Each is held against what it follows from.

    documents, passages   their hashes, against their texts
    keyword postings      every word of every document with its positions, against the catalogue
    vector index          every row, against the exact vectors; the centroids too
    word pairs            counted again
    sample                passages and words encoded again, and the relevance floor fitted again

Reads everything and writes nothing. Postings are compared a field at a time, in about 40 bytes for
each word of the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from index.arrays import Floats
from index.encoders.protocol import Encoder
from index.errors import IndexDamagedError
from index.operations.verify.postings import Posted, compare
from index.operations.verify.truth import check_tables, check_texts, check_vectors
from index.operations.verify.verify import Check, VerifyReport, look, verify
from index.parts.catalogue.catalogue import Catalogue
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.lexicon.bigrams import BigramCounter
from index.parts.lexicon.lexicon import Lexicon, load_word_vectors
from index.parts.relevance import Relevance
from index.parts.vectors import VectorIndex, centroids_of, load_vectors
from index.store.layout import CATALOGUE_FILE, CENTROIDS_FILE, KEYWORD_DIR
from index.store.manifest import Manifest
from index.text.passages import passage_text

LEAST_COSINE = 0.98
"""Of a vector and what the encoder makes of its text today. The bundled model gives 1.0000 on the
machine that built the index; other processors and servers round otherwise."""

_FLOOR_ERROR = 0.02
_CENTROID_ERROR = 0.002
"""Of one number: float16 holds numbers below one to a two-thousandth."""


def verify_deep(
    data_dir: Path, *, sample: int = 0, encoder: Callable[[Manifest], Encoder] | None = None
) -> VerifyReport:
    """`verify`, and beyond it every part against every other.

    `sample` passages, spread over the archive, are encoded again by the encoder that `encoder`
    opens; without it none are. Raises IndexMissingError, and EncoderError if it cannot be opened.
    """
    opened = encoder if sample > 0 else None
    return verify(data_dir, lambda path, manifest: _checks(path, manifest, sample, opened))


def _checks(
    path: Path, manifest: Manifest, sample: int, encoder: Callable[[Manifest], Encoder] | None
) -> Iterator[Check]:
    yield look("deep: tables", lambda: _tables(path))
    with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
        dimension, extended = manifest.encoder.dimension, bool(manifest.build.get("extended"))
        yield look("deep: texts", lambda: check_texts(path, catalogue, lambda: None))
        yield look("deep: exact vectors", lambda: check_vectors(path, catalogue, dimension))
        posted, pairs = Posted(), BigramCounter()
        for docid, document in catalogue.iter_documents():
            for words in posted.add(docid, document):
                pairs.add(words)
        yield look("deep: postings", lambda: _postings(path, posted))
        yield look("deep: word pairs", lambda: _pairs(path, pairs, extended))
        yield look("deep: vector index", lambda: VectorIndex.open(path).check_rows())
        yield look("deep: centroids", lambda: _centroids(path, catalogue))
        if encoder is not None:
            with_it = encoder(manifest)
            yield look(
                "deep: sample of passages", lambda: _sample(path, catalogue, with_it, sample)
            )
            yield look("deep: sample of words", lambda: _words(path, with_it, sample))
            yield look("deep: relevance", lambda: _relevance(path, catalogue, with_it, extended))


def _tables(path: Path) -> str:
    check_tables(path, len(load_vectors(path)))
    return "they are those that Talash makes"


def _postings(path: Path, posted: Posted) -> str:
    keyword = KeywordIndex.open(path / KEYWORD_DIR)
    try:
        return compare(posted, keyword)
    finally:
        keyword.close()


def _pairs(path: Path, pairs: BigramCounter, extended: bool) -> str:
    lexicon = Lexicon.open(path)
    keys, counts = pairs.counts(lexicon.words)
    if extended and lexicon.bigram_least > 1:
        return "there are too many to count them all; what was added since is not held against them"
    if not lexicon.same_pairs(keys, counts):
        raise IndexDamagedError("the lexicon counts other pairs of words than the articles have")
    return f"{len(keys)} are as often as the articles have them"


def _centroids(path: Path, catalogue: Catalogue) -> str:
    columns = catalogue.columns()
    stored = load_vectors(path, CENTROIDS_FILE)
    made = centroids_of(load_vectors(path), columns.doc_first_pid, columns.doc_passages)
    if stored.shape != made.shape or not np.allclose(
        stored.astype(np.float32), made.astype(np.float32), rtol=0, atol=_CENTROID_ERROR
    ):
        raise IndexDamagedError("the centroids are not the means of their documents' passages")
    return f"{len(made)} are the means of their passages"


def _sample(path: Path, catalogue: Catalogue, encoder: Encoder, sample: int) -> str:
    pids = np.flatnonzero(catalogue.columns().passage_doc >= 0)
    if not len(pids):
        return "there are none"
    chosen = np.unique(pids[np.linspace(0, len(pids) - 1, min(sample, len(pids))).astype(int)])
    found = catalogue.passages_at(chosen.tolist())
    docids = sorted({docid for docid, _ in found.values()})
    documents = dict(zip(docids, catalogue.documents(docids), strict=True))
    texts = [passage_text(documents[docid], passage) for docid, passage in found.values()]
    rows = load_vectors(path)[chosen].astype(np.float32)
    return _alike(rows, encoder.encode_passages(texts), [f"passage {pid}" for pid in found])


def _words(path: Path, encoder: Encoder, sample: int) -> str:
    words, vectors = load_word_vectors(path)
    if not words:
        return "there are none"
    chosen = np.unique(np.linspace(0, len(words) - 1, min(sample, len(words))).astype(int))
    asked = [words[row] for row in chosen]
    return _alike(vectors[chosen].astype(np.float32), encoder.encode_queries(asked), asked)


def _alike(stored: Floats, made: Floats, names: list[str]) -> str:
    cosines = np.einsum("ij,ij->i", stored, made)
    worst = int(np.argmin(np.nan_to_num(cosines, nan=-1.0)))
    if not cosines[worst] >= LEAST_COSINE:
        message = f"the vector of {names[worst]} is not what the encoder makes of it"
        raise IndexDamagedError(f"{message} (cosine {cosines[worst]:.3f})")
    return f"{len(names)} encoded again, cosine {cosines[worst]:.4f} and more"


def _relevance(path: Path, catalogue: Catalogue, encoder: Encoder, extended: bool) -> str:
    """The floor of an extended index is that of its last whole derivation."""
    stored = Relevance.load(path)
    made = Relevance.fit(encoder, load_vectors(path), catalogue.columns())
    if stored.means.shape != made.means.shape or not np.allclose(
        stored.means, made.means, rtol=0, atol=_CENTROID_ERROR
    ):
        raise IndexDamagedError("the relevance measure has other mean passages")
    if extended and np.isfinite(stored.floor):
        return f"floor {stored.floor:.3f}, that of the last rebuild; fitted again {made.floor:.3f}"
    if not abs(stored.floor - made.floor) <= _FLOOR_ERROR:
        message = f"the relevance floor is {stored.floor:.3f}, fitted again {made.floor:.3f}"
        raise IndexDamagedError(message)
    return f"floor {stored.floor:.3f}, fitted again {made.floor:.3f}"
