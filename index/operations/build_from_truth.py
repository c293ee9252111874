"""A whole generation out of its truth: what `repair` and `restore` have in common.

No passage is encoded. The encoder reads a few hundred strings of nonsense for the relevance floor, and
words that have no vector yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.errors import IndexDamagedError, IndexMismatchError
from index.operations.build_derived import build_derived, derived_by, post_all
from index.operations.verify.truth import check_tables, check_truth
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.build import KnownVectors
from index.parts.lexicon.lexicon import load_word_vectors
from index.parts.vectors import load_vectors
from index.progress import Progress
from index.store.generations import StagedGeneration, write_errors
from index.store.layout import CATALOGUE_FILE, WORDS
from index.store.manifest import REBUILD, EncoderStamp, Manifest, current_token
from index.text.analysis import ANALYZER_FINGERPRINT
from index.text.normalize import NORMALIZER_VERSION


@dataclass(frozen=True)
class Remade:
    """The generation made, the one in use before, and where its words got their vectors."""

    generation: str
    previous: str
    words_reused: int
    words_encoded: int


def build_from_truth(
    staged: StagedGeneration,
    manifest: Manifest,
    encoder: Encoder,
    spec: str,
    words: KnownVectors,
    config: IndexConfig,
    report: Progress,
) -> Remade:
    """Derive everything from the truth that stands in the staged directory, and commit it.

    `manifest` is that of the generation the truth is from, `spec` the setting that names the
    encoder. Raises IndexDamagedError when the truth is not sound, IndexMismatchError when it is of
    another encoder, and what `StagedGeneration.commit` raises.
    """
    path, info = staged.path, encoder.info
    if (info.id, info.dimension) != (manifest.encoder.id, manifest.encoder.dimension):
        message = f"The index was built with encoder {manifest.encoder.id}, this is {info.id}."
        raise IndexMismatchError(message, hint=REBUILD)
    with write_errors(staged.data_dir):
        check_tables(path, len(load_vectors(path)))
        with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
            seen, total = 0, catalogue.counts().documents

            def visit() -> None:
                nonlocal seen
                seen += 1
                report("checking texts", seen, total)

            check_truth(path, catalogue, manifest.counts, info.dimension, visit)
            bigrams = post_all(path, catalogue, report)
            build_derived(path, catalogue, bigrams, encoder, words, report)
            counts = catalogue.counts()
        made, _ = load_word_vectors(path)
        reused = sum(word in words[0] for word in made)
        report("sealing", 0, 0)
        previous = current_token(staged.data_dir)
        name = staged.commit(
            normalizer_version=NORMALIZER_VERSION,
            analyzer_fingerprint=ANALYZER_FINGERPRINT,
            encoder=EncoderStamp(info.id, info.dimension, spec),
            counts=counts,
            build=_build(manifest.build),
            keep=config.keep_generations,
        )
    return Remade(name, previous, reused, len(made) - reused)


def take_words(directory: Path, dimension: int) -> KnownVectors:
    """Read the vectors of words in `directory` into memory and remove their files, to be made anew.

    Raises IndexDamagedError if they cannot be read or are not vectors of this dimension.
    """
    if not all((directory / name).exists() for name in WORDS):
        known: KnownVectors = ({}, np.empty((0, dimension), np.float16))
    else:
        words, vectors = load_word_vectors(directory)
        rows = np.array(vectors)
        if rows.shape != (len(words), dimension) or rows.dtype != np.float16:
            raise IndexDamagedError("The vectors of words are of other words.", hint=REBUILD)
        if not np.isfinite(rows).all():
            raise IndexDamagedError("Some vectors of words are none.", hint=REBUILD)
        known = ({word: row for row, word in enumerate(words)}, rows)
    with write_errors(directory):
        for name in WORDS:
            (directory / name).unlink(missing_ok=True)
    return known


def _build(stated: Mapping[str, Any]) -> dict[str, Any]:
    """How passages were cut, if the manifest says it in numbers (nothing else it may say), and what the
    rest is derived by now."""
    passages = stated.get("passages") if isinstance(stated, Mapping) else None
    derived = {"derived": derived_by()}
    if isinstance(passages, Mapping) and all(type(value) is int for value in passages.values()):
        return {"passages": dict(passages), **derived}
    return derived
