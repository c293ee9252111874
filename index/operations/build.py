"""From a folder of articles to a generation that can be searched.

First every document goes into the catalogue. If the index in use is made of that very catalogue,
nothing is left to do. Else come the vectors of the passages, which is the long part (texts and words
that the previous generation holds vectors for, by the same encoder, are not encoded again), and the
parts that follow from both (`index.parts.all_parts`). Of a large archive, workers build some of them
meanwhile (`index.workers`). Texts, vectors and word states pass in batches; a hash of each text that the previous generation holds, the vector
index and the lexicon are held whole.
Nothing is visible to a reader until the one atomic switch at the end.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from index.config import IndexConfig
from index.documents import IGNORED, NOTED, Document, Skipped
from index.encoders.protocol import Encoder
from index.encoders.registry import DEFAULT_SPEC, open_encoder
from index.errors import NoDocumentsError, StoreError
from index.memory import seldom_collected
from index.operations.encode import ENCODED, Previous, encode
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter, as_stored
from index.parts.part import Building, KnownVectors
from index.passages import PassageParams, cut, passage_text, text_hash
from index.progress import Progress, no_report
from index.readers import UNPACKED, FileReport, ReaderConfig, read_paths
from index.store.generations import StagedGeneration, begin, write_errors, writer_lock
from index.store.layout import CATALOGUE_FILE
from index.store.manifest import (
    REUSED,
    Counts,
    EncoderStamp,
    current,
    file_problem,
    open_manifest,
    read_manifest,
)
from index.workers import Workers, cores

LEAST_SHARED = 1_000
"""Documents whose parts are built by several processes: of fewer, starting them takes longer."""


@dataclass(frozen=True)
class BuildReport:
    """What a rebuild did. `skipped` names every file or record left out, and why.

    `copies` are the documents whose very text an earlier one has, too; they are articles like others.
    `files` says what was understood of each file.
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
    files: tuple[FileReport, ...] = ()

    @classmethod
    def of(cls, generation: str, counts: Counts, **more: Any) -> BuildReport:
        """Of a generation for which nothing was encoded."""
        sizes = counts.documents, counts.passages, counts.copies
        return cls(generation, *sizes, 0, counts.passages, 0.0, (), **more)


def rebuild(paths: Sequence[Path], config: IndexConfig, **how: Any) -> BuildReport:
    """Build a new generation from `paths` and make it the current one; `how` as `rebuild_from`.

    Raises InputError for a path that is not there, NoDocumentsError when nothing could be read,
    IndexLockedError when another process is writing, IndexWriteError when the disk refuses and
    EncoderError when the encoder cannot be had. After any of them the old index is untouched.
    """
    files: list[FileReport] = []
    items = read_paths(paths, config=ReaderConfig.of(config), tell=files.append)
    try:
        return replace(rebuild_from(items, config, **how), files=tuple(files))
    except NoDocumentsError as error:
        error.files = tuple(files)
        raise


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
    with writer_lock(config.data_dir), seldom_collected():
        setup = BuildSetup.open(config, progress or no_report, encoder, params)
        with begin(config.data_dir) as staged, write_errors(config.data_dir):
            built = build_into(staged, items, setup)
    return replace(built, seconds=round(time.monotonic() - started, 3))


@dataclass(frozen=True)
class BuildSetup:
    """What makes an index out of documents: `spec` is the setting that names the encoder."""

    config: IndexConfig
    report: Progress
    encoder: Encoder
    spec: str
    params: PassageParams

    @classmethod
    def open(
        cls,
        config: IndexConfig,
        report: Progress,
        encoder: Encoder | None = None,
        params: PassageParams | None = None,
    ) -> BuildSetup:
        """With the encoder of the settings, else that of the index that is there. Raises EncoderError."""
        spec = config.encoder or previous_spec(config.data_dir) or DEFAULT_SPEC
        encoder = encoder or encoder_of(spec, config, report)
        return cls(config, report, encoder, spec, params or PassageParams())

    @property
    def stamp(self) -> EncoderStamp:
        """The encoder, for a manifest."""
        return EncoderStamp(self.encoder.info.id, self.encoder.info.dimension, self.spec)

    @property
    def build(self) -> dict[str, Any]:
        """How passages are cut and what the rest is derived by, for a manifest."""
        return {"passages": asdict(self.params), "derived": all_parts.derived_by()}


def encoder_of(spec: str, config: IndexConfig, report: Progress) -> Encoder:
    """The encoder that `spec` names, opened; a first conversion is reported. Raises EncoderError."""
    return open_encoder(
        spec,
        threads=config.threads,
        progress=lambda done, total, _: report("preparing the encoder", done, total),
    )


@dataclass
class Ingest:
    """Cuts documents into passages and writes them into a catalogue; knows what came of each.

    `added` are the docids given, in order.
    """

    catalogue: CatalogueWriter
    params: PassageParams
    added: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def put(self, document: Document) -> None:
        """Put a document, as it is stored (`as_stored`), whose id is free."""
        passages = cut(document, self.params)
        hashes = [text_hash(passage_text(document, passage)) for passage in passages]
        self.added.append(self.catalogue.add(document, list(zip(passages, hashes, strict=True))))

    def put_beside(self, document: Document) -> None:
        """Put a document whose id may be taken: two folders that are named may hold files of one name."""
        for document_id in ids_beside(document.id):
            if not self.catalogue.has_id(document_id):
                self.put(replace(document, id=document_id))
                return
            if not document.origin:
                self.refuse_twice(document)
                return

    def refuse_twice(self, document: Document) -> None:
        """Report a document of a program's own making whose id an earlier one of the same run has."""
        reason = f"the id {document.id!r} was given to an earlier document"
        self.skipped.append(Skipped(document.id, reason, code="duplicate-id"))


def ids_beside(document_id: str) -> Iterator[str]:
    """An id, and those that articles of other files get where it is taken: `a.csv/1`, `a.csv/1~2`, ..."""
    yield document_id
    for number in count(2):
        yield f"{document_id}~{number}"


def build_into(
    staged: StagedGeneration, items: Iterable[Document | Skipped], setup: BuildSetup
) -> BuildReport:
    """Fill a staged generation with documents and make it the current one, unless it is already.

    An index that holds these very documents, all of it derived at once and every file as it was
    written, is left as it is.
    """
    path, config, report = staged.path, setup.config, setup.report
    with CatalogueWriter(path / CATALOGUE_FILE) as writer:
        ingest = Ingest(writer, setup.params)
        for item in items:
            if isinstance(item, Skipped):
                ingest.skipped.append(item)
            else:
                ingest.put_beside(as_stored(item))
                report("reading", len(ingest.added), 0)
        counts = writer.finish()
    if not counts.documents:
        raise NoDocumentsError(
            _nothing_read(ingest.skipped),
            hint=f"Talash reads {', '.join(UNPACKED)}; also packed.",
            skipped=ingest.skipped,
        )
    skipped = tuple(ingest.skipped)
    if name := _same_index(config.data_dir, path, setup):
        return replace(BuildReport.of(name, counts, unchanged=True), skipped=skipped)
    previous = Previous.of(config.data_dir, setup.encoder)
    with Catalogue.open(path) as catalogue, workers_for(config, counts) as workers:
        building = Building(path, catalogue, setup.encoder, previous.words, report, workers)
        all_parts.begin_parts(building, awaited=ENCODED)
        source = encode(catalogue, path, previous, setup.encoder, report)
        all_parts.build_parts(building)
    built = seal(staged, counts, setup)
    return replace(built, encoded=source.encoded, reused=source.reused, skipped=skipped)


def workers_for(config: IndexConfig, counts: Counts) -> AbstractContextManager[Workers | None]:
    """Who builds parts beside this process; nobody where that would take longer."""
    beside = (config.workers or cores()) - 1
    return Workers(beside) if beside and counts.documents >= LEAST_SHARED else nullcontext()


def derive(
    staged: StagedGeneration, counts: Counts, words: KnownVectors, setup: BuildSetup
) -> BuildReport:
    """Make everything else of a staged generation of one segment, whose truth is there, and make it the
    current one. `words` are vectors of words that need not be encoded."""
    config = setup.config
    with Catalogue.open(staged.path) as catalogue, workers_for(config, counts) as workers:
        all_parts.build_parts(
            Building(staged.path, catalogue, setup.encoder, words, setup.report, workers)
        )
    return seal(staged, counts, setup)


def seal(staged: StagedGeneration, counts: Counts, setup: BuildSetup) -> BuildReport:
    """Make a staged generation of one segment, in which everything is, the current one."""
    setup.report("sealing", 0, 0)
    name = staged.commit(
        encoder=setup.stamp,
        counts=counts,
        build=setup.build,
        keep=setup.config.keep_generations,
    )
    return BuildReport.of(name, counts)


def _nothing_read(skipped: Sequence[Skipped]) -> str:
    """Say that nothing was read, and why: the first reasons, each once."""
    tried = [each for each in skipped if each.code not in (IGNORED, NOTED)]
    counts = Counter(each.reason for each in tried or skipped)
    first = {each.reason: each for each in reversed(tried or skipped)}
    reasons = []
    for reason, times in counts.most_common(_REASONS):
        place = Path(first[reason].path).name + (
            f", record {first[reason].record}" * (first[reason].record > 0)
        )
        more = f" and {times - 1:,} more" if times > 1 else ""
        reasons.append(f"{place}{more}: {reason}")
    said = "; ".join(reasons) or "there is no file"
    return f"None of {len(tried or skipped):,} files or records could be read as an article. {said}"


_REASONS = 3


def _same_index(data_dir: Path, staged: Path, setup: BuildSetup) -> str:
    """The generation in use if it is what would be made of the staged catalogue, else "".

    The same documents in the same order make the same catalogue, byte for byte; what derives from
    it is the same if it was derived in one go (`build` then says nothing of having been extended).
    """
    try:
        generation = current(data_dir)
        manifest = read_manifest(generation)
        manifest.require_ours()
        if manifest.encoder != setup.stamp or dict(manifest.build) != setup.build:
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
