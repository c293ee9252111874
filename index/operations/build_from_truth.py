"""A whole generation out of its truth: what `repair` and `restore` have in common.

No passage is encoded. The encoder reads a few hundred strings of nonsense for the relevance floor, and
words that have no vector yet.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.errors import IndexDamagedError, IndexMismatchError
from index.operations.verify import ask
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.lexicon import load_word_vectors
from index.parts.part import Building, Checking, KnownVectors
from index.progress import Progress
from index.store.generations import StagedGeneration, write_errors
from index.store.layout import CATALOGUE_FILE
from index.store.manifest import EncoderStamp, Manifest, current_token


@dataclass(frozen=True)
class FromTruthReport:
    """A generation that was made, the current one now, and where its words got their vectors.

    `previous` was current before.
    """

    generation: str
    previous: str
    documents: int
    passages: int
    words_reused: int
    words_encoded: int
    seconds: float = 0.0


def build_from_truth(
    staged: StagedGeneration,
    manifest: Manifest,
    encoder: Encoder,
    spec: str,
    words: KnownVectors,
    config: IndexConfig,
    report: Progress,
) -> FromTruthReport:
    """Derive everything else from the truth in the staged directory, and commit it.

    `manifest` is that of the generation the truth is from, `spec` the setting that names the
    encoder. Raises IndexDamagedError when the truth is not sound, IndexMismatchError when it is of
    another encoder, and what `StagedGeneration.commit` raises.
    """
    path, info = staged.path, encoder.info
    if (info.id, info.dimension) != (manifest.encoder.id, manifest.encoder.dimension):
        message = f"The index was built with encoder {manifest.encoder.id}, this is {info.id}."
        raise IndexMismatchError(message)
    with write_errors(staged.data_dir):
        for part in all_parts.PARTS:
            for name in part.files if part.spares_encoding else ():
                (path / name).unlink(missing_ok=True)  # what can be made again is not believed
        with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
            counts = catalogue.counts()
            _require_truth(Checking(path, manifest, catalogue), report)
            all_parts.build_parts(Building(path, catalogue, encoder, words, report))
        made, _ = load_word_vectors(path)
        reused = sum(word in words[0] for word in made)
        report("sealing", 0, 0)
        previous = current_token(staged.data_dir)
        name = staged.commit(
            encoder=EncoderStamp(info.id, info.dimension, spec),
            counts=counts,
            build=_build(manifest.build),
            keep=config.keep_generations,
        )
    documents, passages = manifest.counts.documents, manifest.counts.passages
    return FromTruthReport(name, previous, documents, passages, reused, len(made) - reused)


def _require_truth(checking: Checking, report: Progress) -> None:
    """Raise IndexDamagedError unless the truth is whole and of one piece."""
    seen, total = itertools.count(1), checking.manifest.counts.documents
    truth = [part for part in all_parts.PARTS if part.is_truth]
    answers = ask(
        truth, checking, deep=True, visit=lambda: report("checking texts", next(seen), total)
    )
    if wrong := [answer.detail for answer in answers if not answer.ok]:
        raise IndexDamagedError(f"The index is damaged: {'; '.join(wrong)}.")


def _build(stated: Mapping[str, Any]) -> dict[str, Any]:
    """How passages were cut, if the manifest says it in numbers (nothing else it may say), and what the
    rest is derived by now."""
    passages = stated.get("passages") if isinstance(stated, Mapping) else None
    derived = {"derived": all_parts.derived_by()}
    if isinstance(passages, Mapping) and all(type(value) is int for value in passages.values()):
        return {"passages": dict(passages), **derived}
    return derived
