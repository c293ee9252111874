"""From a folder of articles to a generation that can be searched.

First every document goes into the catalogue. If the index in use is made of that very catalogue,
nothing is left to do. Else come the vectors of the passages, which is the long part (texts and words
that the previous generation holds vectors for, by the same encoder, are not encoded again), and the
parts that follow from both (`index.parts.all_parts`). Texts, vectors and
word states pass in batches; a hash of each text that the previous generation holds, the vector
index and the lexicon are held whole.
Nothing is visible to a reader until the one atomic switch at the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from index.config import IndexConfig
from index.documents import Document, Skipped
from index.encoders.protocol import Encoder
from index.encoders.registry import open_encoder
from index.errors import NoDocumentsError, StoreError
from index.operations.encode import Previous, encode_all
from index.operations.ingest import Ingest
from index.operations.versions import require_ours
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter
from index.parts.part import Building
from index.progress import Progress
from index.readers import READABLE, ReaderConfig, read_paths
from index.store.generations import StagedGeneration, begin, write_errors, writer_lock
from index.store.layout import CATALOGUE_FILE
from index.store.manifest import (
    REUSED,
    EncoderStamp,
    current,
    file_problem,
    open_manifest,
    read_manifest,
)
from index.text.analysis import ANALYZER_FINGERPRINT
from index.text.normalize import NORMALIZER_VERSION
from index.text.passages import PassageParams


@dataclass(frozen=True)
class BuildReport:
    """What a rebuild did. `skipped` names every file or record left out, and why.

    `copies` are the documents whose very text an earlier one has, too; they are articles like others.
    `unchanged` says that the index held exactly this already: `generation` is then the old one.
    """

    generation: str
    documents: int
    passages: int
    copies: int
    encoded: int
    reused: int
    seconds: float
    skipped: tuple[Skipped, ...]
    unchanged: bool = False


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
        read_paths(paths, config=ReaderConfig(timezone=config.timezone)),
        config,
        progress=progress,
        encoder=encoder,
        params=params,
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
    with writer_lock(config.data_dir):
        setup = open_setup(config, report, encoder, params)
        with begin(config.data_dir) as staged, write_errors(config.data_dir):
            built = build_into(staged, items, config, setup, report)
    return replace(built, seconds=round(time.monotonic() - started, 3))


@dataclass(frozen=True)
class BuildSetup:
    """What makes an index out of documents: `spec` is the setting that names the encoder."""

    encoder: Encoder
    spec: str
    params: PassageParams

    @property
    def build(self) -> dict[str, Any]:
        """How passages are cut and what the rest is derived by, for a manifest."""
        return {"passages": asdict(self.params), "derived": all_parts.derived_by()}


def open_setup(
    config: IndexConfig,
    report: Progress,
    encoder: Encoder | None = None,
    params: PassageParams | None = None,
) -> BuildSetup:
    """The encoder of the settings, else that of the index that is there. Raises EncoderError."""
    spec = config.encoder or previous_spec(config.data_dir) or "bundled"
    encoder = encoder or open_encoder(
        spec,
        threads=config.threads,
        progress=lambda done, total, _: report("preparing the encoder", done, total),
    )
    return BuildSetup(encoder, spec, params or PassageParams())


def build_into(
    staged: StagedGeneration,
    items: Iterable[Document | Skipped],
    config: IndexConfig,
    setup: BuildSetup,
    report: Progress,
) -> BuildReport:
    """Fill a staged generation with documents and make it the current one, unless it is already.

    An index that holds these very documents, all of it derived at once and every file as it was
    written, is left as it is.
    """
    path = staged.path
    with CatalogueWriter(path / CATALOGUE_FILE) as writer:
        intake = Ingest(writer, setup.params)
        intake.put_all(items, report)
        counts = writer.finish()
    if not counts.documents:
        raise NoDocumentsError(
            f"None of {len(intake.skipped)} files or records could be read as an article.",
            hint=f"Read are {' '.join(READABLE)}.",
        )
    encoded, reused, name = 0, counts.passages, _same_index(config.data_dir, path, setup)
    unchanged = bool(name)
    if not unchanged:
        with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
            previous = Previous.of(config.data_dir, setup.encoder)
            source = encode_all(catalogue, path, previous, setup.encoder, report)
            building = Building(path, catalogue, setup.encoder, previous.words, report)
            all_parts.build_parts(building)
        encoded, reused = source.encoded, source.reused
        report("sealing", 0, 0)
        name = staged.commit(
            normalizer_version=NORMALIZER_VERSION,
            analyzer_fingerprint=ANALYZER_FINGERPRINT,
            encoder=EncoderStamp(setup.encoder.info.id, setup.encoder.info.dimension, setup.spec),
            counts=counts,
            build=setup.build,
            keep=config.keep_generations,
        )
    return BuildReport(
        generation=name,
        documents=counts.documents,
        passages=counts.passages,
        copies=counts.copies,
        encoded=encoded,
        reused=reused,
        seconds=0.0,
        skipped=tuple(intake.skipped),
        unchanged=unchanged,
    )


def _same_index(data_dir: Path, staged: Path, setup: BuildSetup) -> str:
    """The generation in use if it is what would be made of the staged catalogue, else "".

    The same documents in the same order make the same catalogue, byte for byte; what derives from
    it is the same if it was derived in one go (`build` then says nothing of having been extended).
    """
    try:
        generation = current(data_dir)
        manifest = read_manifest(generation)
        require_ours(manifest)
        stamp = EncoderStamp(setup.encoder.info.id, setup.encoder.info.dimension, setup.spec)
        if manifest.encoder != stamp or dict(manifest.build) != setup.build:
            return ""
        if file_problem(staged / CATALOGUE_FILE, manifest.files[CATALOGUE_FILE], checksum=True):
            return ""
        open_manifest(generation, "checksums")
    except (StoreError, LookupError):
        return ""
    return generation.name


def previous_spec(data_dir: Path) -> str:
    """The encoder setting the current generation was built with; empty when there is none."""
    try:
        return open_manifest(current(data_dir), "sizes", formats=REUSED).encoder.spec
    except StoreError:
        return ""
