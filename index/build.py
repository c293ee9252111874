"""From a folder of articles to a generation that can be searched.

Two passes. The first reads every document into the catalogue and the keyword index, so memory does
not grow with the archive. The second encodes the passages, the long part, with a known total; texts
and words that the previous generation already holds vectors for (same encoder, same text) are not
encoded again. Then comes what derives from the vectors (`index.derive`). Nothing is visible to a reader until the
one atomic switch at the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.analysis import ANALYZER_FINGERPRINT
from index.bigrams import BigramCounter
from index.catalogue import Catalogue, CatalogueWriter
from index.config import IndexConfig
from index.derive import derive
from index.documents import Document, Skipped
from index.encoder import Encoder
from index.encoders import open_encoder
from index.encoding import Previous, Progress, encode_all
from index.errors import NoDocumentsError, StoreError
from index.generations import begin, write_errors, writer_lock
from index.keyword import KeywordWriter
from index.normalize import NORMALIZER_VERSION
from index.passages import PassageParams, cut, passage_text, text_hash
from index.reader import CATALOGUE_FILE, KEYWORD_DIR
from index.readers import read_paths
from index.status import EncoderStamp, current, open_manifest


@dataclass
class _Intake:
    """What the first pass counted."""

    documents: int = 0
    duplicates: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    bigrams: BigramCounter = field(default_factory=BigramCounter)


@dataclass(frozen=True)
class BuildReport:
    """What a rebuild did. `skipped` names every file or record left out, and why."""

    generation: str
    documents: int
    passages: int
    duplicates: int
    encoded: int
    reused: int
    seconds: float
    skipped: tuple[Skipped, ...]

    def to_json(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return asdict(self)


def rebuild(
    paths: Sequence[Path],
    config: IndexConfig,
    *,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
    params: PassageParams | None = None,
) -> BuildReport:
    """Build a new generation from `paths` and make it the current one.

    Raises InputError for a path that is not there, NoDocumentsError when nothing could be read,
    IndexLockedError when another process is writing, IndexWriteError when the disk refuses and
    EncoderError when the encoder cannot be had. After any of them the old index is untouched.
    """
    return rebuild_from(
        read_paths(paths), config, progress=progress, encoder=encoder, params=params
    )


def rebuild_from(
    items: Iterable[Document | Skipped],
    config: IndexConfig,
    *,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
    params: PassageParams | None = None,
) -> BuildReport:
    """Like `rebuild`, from documents already at hand."""
    started = time.monotonic()
    report = progress or (lambda what, done, total: None)
    params = params or PassageParams()
    spec = config.encoder or previous_spec(config.data_dir) or "bundled"
    with writer_lock(config.data_dir):
        encoder = encoder or open_encoder(
            spec,
            threads=config.threads,
            progress=lambda done, total, _: report("preparing the encoder", done, total),
        )
        with begin(config.data_dir) as staged, write_errors(config.data_dir):
            intake = _take_in(items, staged.path, params, report)
            if not intake.documents:
                raise NoDocumentsError(
                    f"None of {len(intake.skipped)} files or records could be read as an article.",
                    hint="Supported: .txt .md .html .json .jsonl .csv, also gzipped.",
                )
            with Catalogue.open(staged.path / CATALOGUE_FILE) as catalogue:
                counts = catalogue.counts()
                previous = Previous.of(config.data_dir, encoder)
                source = encode_all(catalogue, staged.path, previous, encoder, report)
                derive(staged.path, catalogue, intake.bigrams, encoder, previous.words, report)
            report("sealing", 0, 0)
            name = staged.commit(
                normalizer_version=NORMALIZER_VERSION,
                analyzer_fingerprint=ANALYZER_FINGERPRINT,
                encoder=EncoderStamp(encoder.info.id, encoder.info.dimension, spec),
                counts=counts,
                build={"passages": asdict(params)},
                keep=config.keep_generations,
            )
    return BuildReport(
        generation=name,
        documents=counts.documents,
        passages=counts.passages,
        duplicates=intake.duplicates,
        encoded=source.encoded,
        reused=source.reused,
        seconds=round(time.monotonic() - started, 3),
        skipped=tuple(intake.skipped),
    )


def _take_in(
    items: Iterable[Document | Skipped], directory: Path, params: PassageParams, report: Progress
) -> _Intake:
    """First pass: every document into the catalogue and the keyword index."""
    intake = _Intake()
    postings = KeywordWriter(directory / KEYWORD_DIR)
    try:
        with CatalogueWriter(directory / CATALOGUE_FILE) as catalogue:
            for item in items:
                if isinstance(item, Skipped):
                    intake.skipped.append(item)
                    continue
                _take_one(item, catalogue, postings, params, intake)
                report("reading", intake.documents, 0)
            catalogue.finish()
        report("writing the keyword index", 0, 0)
        postings.finish()
    except BaseException:
        with suppress(Exception):  # what went wrong matters, not what its clean-up then met
            postings.abort()
        raise
    return intake


def _take_one(
    document: Document,
    catalogue: CatalogueWriter,
    postings: KeywordWriter,
    params: PassageParams,
    intake: _Intake,
) -> None:
    if catalogue.has_id(document.id):
        reason = f"the id {document.id!r} was given to an earlier document"
        intake.skipped.append(Skipped(document.id, reason, code="duplicate-id"))
        return
    twin = catalogue.find_content(document.content_hash)
    if twin is not None:
        catalogue.add_alias(document.id, twin)
        intake.duplicates += 1
        return
    passages = cut(document, params)
    hashes = [text_hash(passage_text(document, passage)) for passage in passages]
    docid = catalogue.add(document, list(zip(passages, hashes, strict=True)))
    for words in postings.add(docid, document):
        intake.bigrams.add(words)
    intake.documents += 1


def previous_spec(data_dir: Path) -> str:
    """The encoder setting the current generation was built with; empty when there is none."""
    try:
        return open_manifest(current(data_dir), check="sizes").encoder.spec
    except StoreError:
        return ""
