"""Changes an index without making it anew: `add`, `update`, `delete`.

    1  the new documents become a segment of their own: catalogue, vectors, word states, postings
    2  beside it stands what is gone of the segments before, and by how much words are counted otherwise
    3  relevance and story links follow; all else that was learned of the archive stays as it is
    4  one atomic switch, as after a rebuild

Files that stay are links to those of the old generation: they are neither copied nor read again. When
`TOGETHER` segments of a size have come, they become one (`index.operations.merge`). When much has changed
since all was last derived at once (`MOST_DRIFT`), it is derived at once again; `compact` does so on demand,
and the segments are one, without holes.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from index.config import IndexConfig
from index.documents import IGNORED, Document, Skipped
from index.encoders.protocol import Encoder
from index.errors import NoDocumentsError
from index.operations.build import (
    BuildReport,
    BuildSetup,
    Ingest,
    build_into,
    derive,
    ids_beside,
    workers_for,
)
from index.operations.encode import ENCODED, Previous, encode, is_outgrown
from index.operations.merge import NO_WORDS, copy_truth, merge_due, new_segment
from index.operations.taken import Taken, require_as_written
from index.parts import all_parts
from index.parts.catalogue.addresses import save_addresses
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter, as_stored, facts
from index.parts.lexicon.changes import WordCounts
from index.parts.lexicon.lexicon import usable_vectors
from index.parts.part import Building, Following
from index.parts.suggestions.build import LONGEST_TITLE
from index.parts.vectors import rows_of
from index.parts.word_states import WordStates
from index.passages import PassageParams
from index.progress import Progress, no_report
from index.readers import FileReport
from index.readers.originals.origins import found_at, is_gone
from index.readers.pages.amp_twins import AMP, Twins, without_amp
from index.readers.walk import shown
from index.store.generations import (
    StagedGeneration,
    begin,
    link_or_copy,
    write_errors,
    writer_lock,
)
from index.store.layout import (
    ADDRESSES_FILE,
    CATALOGUE_FILE,
    COLUMNS_FILE,
    REMOVED_FILE,
    SEGMENTS_DIR,
    segments,
)
from index.store.manifest import Manifest, current, open_manifest

MOST_DRIFT = 0.25
"""Share of documents that may come and go before everything is derived at once again. What was
learned of the archive (translations, names) waits for that, so it must not wait for long."""

TAKEN = "id-taken"

_BYTES_A_TEXT = 4 << 20
"""Bytes that are read to be checked in the time that encoding one text takes."""


@dataclass(frozen=True)
class ChangeReport:
    """What a change did; `generation` is the old one if nothing was to be done.

    `updated` counts records that say something else now, `unchanged` those that do not; of these
    `moved` are read from another file now. `moved_from` are folders and files that are gone and whose
    articles are in those that were named (`index.operations.sync`). `compacted` tells that all was
    derived at once. `skipped` names every file, record or id left out, and why; `files` says what was
    understood of each file.
    """

    generation: str
    documents: int
    passages: int
    added: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0
    moved: int = 0
    moved_from: tuple[str, ...] = ()
    encoded: int = 0
    reused: int = 0
    compacted: bool = False
    seconds: float = 0.0
    skipped: tuple[Skipped, ...] = ()
    files: tuple[FileReport, ...] = ()


@dataclass
class Changes:
    """The records of an index while they are changed: those there were, and the new segment.

    `seen` are the ids that came in, `kept` those of them whose text is as it was, `same_text` how many of
    these have other facts, `moved_from` what an edit found to have moved.
    """

    before: Catalogue
    ingest: Ingest
    report: Progress
    seen: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    same_text: int = 0
    moved_from: list[str] = field(default_factory=list)
    removed: dict[int, Document] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    _twins: Twins = field(default_factory=Twins)
    _met: set[str] = field(default_factory=set)

    def delete(self, document_id: str) -> None:
        """Take a record out; an id that is not there is reported."""
        docid = self._docid(document_id)
        if docid is None:
            self.skip(Skipped(document_id, "there is no document of this id", code="not-found"))
            return
        self.removed[docid] = self.before.document(docid)
        self.counts["removed"] += 1

    def skip(self, item: Skipped) -> None:
        """Report what was left out."""
        self.ingest.skipped.append(item)

    def is_twin(self, document: Document, stays: Callable[[str, str], bool]) -> bool:
        """Whether a new document is the AMP twin of a page of the index, or its page, which is reported. `stays` says of the
        `origin` and the `root` of a document whether it stays as it is."""
        amp = document.extra.get(AMP)
        if not isinstance(amp, bool) or self._docid(document.id) is not None:
            return False
        self._meet(without_amp(document.url)[0], stays)
        if not self._twins.is_another(document.url, document.origin, document.root, amp=amp):
            return False
        reason = f"the AMP twin of a page that is in the index: {document.url}"
        self.skip(Skipped(shown(document.origin), reason, IGNORED))
        return True

    def _meet(self, article: str, stays: Callable[[str, str], bool]) -> None:
        """Let the pages of the index that are of an article be met, once."""
        if article not in self._met:
            self._met.add(article)
            for page in self.before.pages_of(article):
                if stays(page.origin, page.root):
                    is_amp = page.extra.get(AMP) is True
                    self._twins.is_another(page.url, page.origin, page.root, amp=is_amp)

    @property
    def any(self) -> bool:
        """Whether anything has changed so far."""
        return bool(self.removed or self.ingest.added)

    def put(self, document: Document, may_replace: Callable[[Document], bool]) -> str:
        """Put a document, in the place of the one that has its id if that one may be replaced. Returns
        its id: another one (`ids_beside`) if that article is one of another file.

        If it may not be replaced and says something else, the document is refused. If both say the same,
        the one that is there is read from the other's file from now on, if it may be replaced.
        """
        document = as_stored(document)
        if document.id in self.seen and not document.origin:
            self.ingest.refuse_twice(document)
            return document.id
        document, there = self._under_own_id(document, may_replace)
        self.seen.add(document.id)
        self.report("reading", len(self.seen), 0)
        self._put(document, there, may_replace)
        return document.id

    def _under_own_id(
        self, document: Document, may_replace: Callable[[Document], bool]
    ) -> tuple[Document, Document | None]:
        """A document under the first of its ids that its file has already, else that it may have; and
        the one that is there."""
        free: tuple[Document, Document | None] | None = None
        for document_id in ids_beside(document.id):
            docid = self._docid(document_id)
            there = None if docid is None else self.before.document(docid)
            if document_id not in self.seen:
                found = replace(document, id=document_id), there
                if there is not None and _is_of_file(there, document):
                    return found
                if there is None or may_replace(there) or not _is_of_another_file(there, document):
                    free = free or found
            if there is None and document_id not in self.seen:
                break
        assert free is not None  # the last one is free
        return free

    def _put(
        self, document: Document, there: Document | None, may_replace: Callable[[Document], bool]
    ) -> None:
        docid = self._docid(document.id)
        if there is None or docid is None:
            self.ingest.put(document)
            self.counts["added"] += 1
            return
        if _text(there) == _text(document):
            self.kept.add(document.id)
        if document.id in self.kept and facts(there) == facts(document):
            self.counts["unchanged"] += 1
            moved = (there.origin, there.root) != (document.origin, document.root)
            if moved and may_replace(there):
                self._replace(docid, there, document)
                self.counts["moved"] += 1
        elif may_replace(there):
            self._replace(docid, there, document)
            self.counts["updated"] += 1
        else:
            place = f" (from {there.origin})" if there.origin else ""
            reason = f"the id {document.id!r} is there{place} and says something else"
            hint = "`talash index update` replaces it"
            self.skip(Skipped(document.id, f"{reason}; {hint}", code=TAKEN))

    def _docid(self, document_id: str) -> int | None:
        docid = self.before.docid_of(document_id)
        return None if docid in self.removed else docid

    def _replace(self, docid: int, there: Document, document: Document) -> None:
        self.removed[docid] = there
        self.ingest.put(document)
        self.same_text += document.id in self.kept


Edit = Callable[[Changes], None]


def add(items: Iterable[Document | Skipped], config: IndexConfig, **how: Any) -> ChangeReport:
    """Put new documents into the index in use; see `change` for `how` and what is raised."""
    return change(lambda changes: _put(items, changes, replacing=False), config, **how)


def update(items: Iterable[Document | Skipped], config: IndexConfig, **how: Any) -> ChangeReport:
    """Put documents into the index in use, in the place of those that were read from the same file under
    the same ids, or from a file that is gone."""
    return change(lambda changes: _put(items, changes, replacing=True), config, **how)


def delete(ids: Sequence[str], config: IndexConfig, **how: Any) -> ChangeReport:
    """Take documents out of the index in use, by their ids."""

    def edit(changes: Changes) -> None:
        for document_id in dict.fromkeys(ids):
            changes.delete(document_id)

    return change(edit, config, **how)


def _put(items: Iterable[Document | Skipped], changes: Changes, *, replacing: bool) -> None:
    root_of = cache(changes.before.root_of)
    for item in items:
        if isinstance(item, Skipped):
            changes.skip(item)
        else:
            document = found_at(item, item.origin, root_of(item.origin) or item.root)
            if changes.is_twin(document, _always):
                continue
            changes.put(document, partial(_may_replace, document) if replacing else _never)


def _never(there: Document) -> bool:
    return False


def _always(origin: str, root: str) -> bool:
    return True


def _may_replace(document: Document, there: Document) -> bool:
    """Whether an article is of the same file as the one that has its id, or of one that has moved."""
    return not _is_of_another_file(there, document)


def _is_of_another_file(there: Document, document: Document) -> bool:
    """Whether an article was read from a file that is there, is another, and says something else."""
    if not there.origin or not document.origin or _is_of_file(there, document):
        return False
    if _text(there) == _text(document) and facts(there) == facts(document):
        return False
    return not is_gone(there.origin)


def _is_of_file(there: Document, document: Document) -> bool:
    """Whether two articles were read from one file, by whatever links."""
    if there.origin == document.origin:
        return True
    return os.path.realpath(there.origin) == os.path.realpath(document.origin)


def change(
    edit: Edit,
    config: IndexConfig,
    *,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> ChangeReport:
    """Let `edit` change the records of the index in use, and make what comes of it the new index.

    Without a change nothing is written. Raises IndexMissingError, IndexDamagedError (a damaged
    index hands nothing on), IndexMismatchError, IndexLockedError, IndexWriteError, EncoderError,
    and NoDocumentsError if nothing would be left. After any of them the index is as it was.
    """
    started = time.monotonic()
    report = progress or no_report
    current(config.data_dir)  # without an index, nothing is made where it would stand
    with writer_lock(config.data_dir):
        path = current(config.data_dir)
        report("checking the index", 0, 0)
        manifest = open_manifest(path)
        manifest.require_ours()
        params = PassageParams.stated(manifest.build)
        with (
            begin(config.data_dir) as staged,
            write_errors(config.data_dir),
            Catalogue.open(path) as before,
        ):
            link(path, staged.path, _staying(manifest.files))
            segment = new_segment(staged.path)
            columns = before.columns()
            first = len(columns), len(columns.passage_doc)
            with CatalogueWriter(segment / CATALOGUE_FILE, *first) as writer:
                changes = Changes(before, Ingest(writer, params), report)
                edit(changes)
                writer.finish()
            done = ChangeReport(path.name, manifest.counts.documents, manifest.counts.passages)
            if changes.any:
                setup = _Setup(config, report, encoder, params)
                done = _Write(staged, path, manifest, segment, changes, setup).run()
    counted: dict[str, Any] = dict(changes.counts)
    return replace(
        done,
        **counted,
        moved_from=tuple(changes.moved_from),
        skipped=tuple(changes.ingest.skipped),
        seconds=round(time.monotonic() - started, 3),
    )


def compact(
    config: IndexConfig, *, progress: Progress | None = None, encoder: Encoder | None = None
) -> BuildReport:
    """Make the index anew out of its own catalogue, without holes, everything derived at once.

    No text is encoded again. Raises what `rebuild_from` raises, and IndexMissingError and
    IndexDamagedError when there is nothing sound to start from.
    """
    started = time.monotonic()
    report = progress or no_report
    current(config.data_dir)  # without an index, nothing is made where it would stand
    with writer_lock(config.data_dir):
        path = current(config.data_dir)
        manifest = open_manifest(path, "checksums")
        manifest.require_ours()
        setup = BuildSetup.open(config, report, encoder, PassageParams.stated(manifest.build))
        built = BuildReport.of(path.name, manifest.counts, unchanged=True)
        if not _is_compact(path, manifest, setup):
            with begin(config.data_dir) as staged, write_errors(config.data_dir):
                built = _made_compact(staged, path, manifest, setup)
    return replace(built, seconds=round(time.monotonic() - started, 3))


def drift(manifest: Manifest) -> float:
    """Documents that came or went since all was derived at once, as a share of those then."""
    extended = manifest.build.get("extended") or {}
    return float(extended.get("documents", 0)) / max(int(extended.get("of", 0)), 1)


@dataclass(frozen=True)
class _Setup:
    """What makes a segment; the encoder is opened when something is encoded."""

    config: IndexConfig
    report: Progress
    encoder: Encoder | None
    params: PassageParams

    def open(self, manifest: Manifest) -> BuildSetup:
        """With the encoder of the index. Raises EncoderError, IndexMismatchError."""
        setup = BuildSetup.open(self.config, self.report, self.encoder, self.params)
        manifest.require_ours(setup.encoder.info.id)
        return setup


@dataclass(frozen=True)
class _Write:
    """A change whose documents are in the catalogue of the new `segment`, on its way to become the index
    in use."""

    staged: StagedGeneration
    path: Path
    manifest: Manifest
    segment: Path
    changes: Changes
    setup: _Setup

    def run(self) -> ChangeReport:
        """Follow with everything else; at once, if much has changed."""
        changes, build = self.changes, self._build()
        if changes.removed:
            np.save(self.segment / REMOVED_FILE, np.array(sorted(changes.removed), np.int32))
        if not changes.ingest.added:
            (self.segment / CATALOGUE_FILE).unlink()
        if not (self.staged.path / COLUMNS_FILE).exists():  # an earlier version's
            changes.before.files[0].columns.save(self.staged.path)
        for file in changes.before.files:
            directory = self.staged.path / file.path.parent.relative_to(self.path)
            if not (directory / ADDRESSES_FILE).exists():  # an earlier version's, too
                save_addresses(file.addresses, directory)
        at_once = drift(replace(self.manifest, build=build)) > MOST_DRIFT
        encoded, reused, merged = 0, 0, False
        with Catalogue.open(self.staged.path) as catalogue:
            counts = catalogue.counts()
            if not counts.documents:
                raise NoDocumentsError(
                    "Nothing would be left of the index.",
                    hint="To be rid of it, remove its directory.",
                )
            if changes.ingest.added:
                encoded, reused = self._fill(catalogue, parts=not at_once)
            if not at_once:
                come = catalogue.iter_documents(changes.ingest.added)
                counted = WordCounts.of(changes.removed.values(), come, LONGEST_TITLE)
                counted.save(self.segment)
                merged = merge_due(self.staged.path, self._require_sound, self.setup.report)
                if not merged:
                    self._follow(catalogue)
        if at_once:
            return self._all_at_once(encoded)
        if merged:
            with Catalogue.open(self.staged.path) as catalogue:
                self._follow(catalogue)
        self.setup.report("sealing", 0, 0)
        name = self.staged.commit(
            encoder=self.manifest.encoder,
            counts=counts,
            build=build,
            keep=self.setup.config.keep_generations,
            linked_to=self.path,
        )
        return ChangeReport(name, counts.documents, counts.passages, encoded=encoded, reused=reused)

    def _all_at_once(self, encoded: int) -> ChangeReport:
        """Everything derived anew of the truth that is staged; so many texts were encoded for it."""
        open_manifest(self.path, "checksums")
        setup = self.setup.open(self.manifest)
        with begin(self.staged.data_dir) as fresh:
            source = self.staged.path
            built = _made_compact(fresh, source, self.manifest, setup, self.staged.abort)
        return ChangeReport(
            built.generation, built.documents, built.passages,
            encoded=encoded + built.encoded, reused=max(0, built.passages - encoded), compacted=True,
        )  # fmt: skip

    def _fill(self, catalogue: Catalogue, *, parts: bool) -> tuple[int, int]:
        """The vectors of the new segment, whose file is the last of `catalogue`, its word states and all its
        `parts`; how many texts were encoded, and how many had vectors."""
        encoder = self.setup.open(self.manifest).encoder
        report, config = self.setup.report, self.setup.config
        previous = self._previous(catalogue, encoder)
        with (
            Catalogue.open(self.segment) as own,
            workers_for(config, own.counts()) as workers,
        ):
            building = Building(self.segment, own, encoder, NO_WORDS, report, workers)
            if parts:
                all_parts.begin_parts(building, segment=True, awaited=ENCODED)
            source = encode(own, self.segment, previous, encoder, report, joining=True)
            if parts:
                all_parts.build_parts(building, segment=True)
        return source.encoded, source.reused

    def _previous(self, catalogue: Catalogue, encoder: Encoder) -> Previous:
        """The vectors of the documents that were replaced, and of those whose very text came once more.

        What is taken over must be as it was written: damage is not handed on. Where that would take
        longer to find out than to encode the few texts, they are encoded.
        """
        before, ingest = self.changes.before, self.changes.ingest
        copy_of = catalogue.columns().copy_of[ingest.added]
        alike = copy_of[copy_of < len(before.columns())].tolist()
        docids = [*self.changes.removed, *alike]
        texts = {digest: pid for pid, digest in before.text_hashes(docids)}
        rows, states = rows_of(self.path), WordStates.open(self.path)
        taken = Taken.of(self.path, self.manifest, rows, states, texts.values())
        if taken.bytes > len(texts) * _BYTES_A_TEXT:
            texts = {}
        else:
            taken.require_as_written()
        return Previous(texts, rows, states, NO_WORDS)

    def _require_sound(self, segment: Path) -> None:
        """What is in a segment of the index before is as it was written."""
        below = f"{SEGMENTS_DIR}/{segment.name}/"
        for name in self.manifest.files:
            if name.startswith(below):
                require_as_written(self.path, self.manifest, name)

    def _build(self) -> dict[str, Any]:
        stated = self.manifest.build
        extended = dict(
            stated.get("extended") or {"documents": 0, "of": self.manifest.counts.documents}
        )
        changes = self.changes
        # One that comes with its text only leaves a hole: nothing that was learned is another.
        came = len(changes.ingest.added) - changes.same_text
        extended["documents"] += len(changes.removed) + came
        return {**stated, "extended": extended}  # what is extended stays as it was derived

    def _follow(self, catalogue: Catalogue) -> None:
        """What is made of the archive as a whole and does not stay as it is."""
        directory, report = self.staged.path, self.setup.report
        changing = all_parts.changing_files()
        following = Following(
            directory,
            catalogue,
            self.path,
            self.changes.before.columns(),
            self.manifest.encoder.id,
            report,
        )
        for part in all_parts.PARTS:
            if part.follow:
                part.follow(following)
            elif part.build and changing.intersection(part.files):
                encoder = self.setup.open(self.manifest).encoder
                part.build(Building(directory, catalogue, encoder, NO_WORDS, report))


def _is_compact(path: Path, manifest: Manifest, setup: BuildSetup) -> bool:
    """Whether an index is what would be made of it."""
    if len(segments(path)) > 1 or manifest.encoder != setup.stamp:
        return False
    return dict(manifest.build) == setup.build


def _made_compact(
    staged: StagedGeneration,
    source: Path,
    manifest: Manifest,
    setup: BuildSetup,
    done: Callable[[], None] = lambda: None,
) -> BuildReport:
    """Fill a staged generation with the documents of another, which is sound, and make it the current one;
    `done` is called when the other is needed no more.

    No text is encoded again, unless the archive has outgrown the space of its word states.
    """
    manifest.require_ours(setup.encoder.info.id)
    with Catalogue.open(source) as catalogue:
        counts = catalogue.counts()
        if is_outgrown(WordStates.open(source), counts.passages):
            return build_into(staged, catalogue.records(), setup)
        copy_truth(source, catalogue, staged.path, setup.report)
    words = usable_vectors(source, setup.encoder.info.dimension)
    done()
    return derive(staged, counts, words, setup)


def _text(document: Document) -> tuple[str, str, str]:
    """What must be indexed anew when it changes."""
    return document.title, document.body, document.lang


def _staying(names: Iterable[str]) -> Iterator[str]:
    """The files of a generation that a change leaves as they are."""
    changing = all_parts.changing_files()
    return (name for name in names if name.split("/")[0] not in changing)


def link(before: Path, directory: Path, names: Iterable[str]) -> None:
    """Give files of the generation before a second name."""
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        link_or_copy(before / name, directory / name)
