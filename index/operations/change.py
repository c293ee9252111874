"""Changes an index without encoding it anew: `add`, `update`, `delete`.

    1  a copy of the catalogue takes the change; a document gone leaves a hole, a new one goes last
    2  only new texts are encoded; vectors, word states and FAISS rows are copied and appended to
    3  Whoosh gets its deletions and one segment; what was learned follows (`index.incremental.learned`)
    4  one atomic switch, as after a rebuild

A file that stays as it is becomes a link to the one of the old generation. What a change costs beside its
own texts follows the size of the index: all of it is read to be checked, and what is appended to is copied
and read again for its checksum (docs/measured.md). When much has changed
since all was last derived at once (`MOST_DRIFT`), it is derived at once again; `compact` does so
on demand, and the holes are gone.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from index.config import IndexConfig
from index.documents import Document, Skipped
from index.encoders.protocol import Encoder
from index.errors import NoDocumentsError
from index.incremental.learned import Change, extend
from index.operations.build import (
    BuildReport,
    BuildSetup,
    Ingest,
    build_into,
    ids_beside,
    rebuild_from,
)
from index.operations.encode import Previous, encode
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter, as_stored, facts
from index.parts.keyword.keyword_index import KeywordWriter
from index.parts.part import Building, KnownVectors
from index.parts.vectors import extend_centroids, extend_faiss
from index.passages import PassageParams
from index.progress import Progress, no_report
from index.readers import FileReport
from index.readers.origins import found_at, is_gone
from index.store.generations import (
    StagedGeneration,
    begin,
    link_or_copy,
    write_errors,
    writer_lock,
)
from index.store.layout import (
    CATALOGUE_FILE,
    FAISS_DIR,
    KEYWORD_DIR,
    SPACE_FILE,
    STATES_FILE,
    VECTORS_FILE,
)
from index.store.manifest import Counts, Manifest, current, open_manifest

MOST_DRIFT = 0.25
"""Share of documents that may come and go before everything is derived at once again. What was
learned of the archive (translations, names) waits for that, so it must not wait for long."""

TAKEN = "id-taken"


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
    """The records of an index while they are changed.

    `seen` are the ids that came in, `kept` those of them whose text is as it was, `moved_from` what
    an edit found to have moved.
    """

    catalogue: CatalogueWriter
    ingest: Ingest
    report: Progress
    seen: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    moved_from: list[str] = field(default_factory=list)
    removed: dict[int, Document] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def delete(self, document_id: str) -> None:
        """Take a record out; an id that is not there is reported."""
        if not self.catalogue.has_id(document_id):
            self.skip(Skipped(document_id, "there is no document of this id", code="not-found"))
            return
        self._take_out(document_id)
        self.counts["removed"] += 1

    def skip(self, item: Skipped) -> None:
        """Report what was left out."""
        self.ingest.skipped.append(item)

    @property
    def any(self) -> bool:
        """Whether anything has changed so far."""
        return any(self.counts[name] for name in ("added", "updated", "removed", "moved"))

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
            there = self.catalogue.record(document_id)
            if document_id not in self.seen:
                found = replace(document, id=document_id), there
                if there is not None and _is_of_file(there, document):
                    return found
                if there is None or may_replace(there) or not _is_of_another_file(there, document):
                    free = free or found
            if there is None:
                break
        assert free is not None  # the last one is free
        return free

    def _put(
        self, document: Document, there: Document | None, may_replace: Callable[[Document], bool]
    ) -> None:
        if there is None:
            self.ingest.put(document)
            self.counts["added"] += 1
            return
        if _text(there) == _text(document):
            self.kept.add(document.id)
        if document.id in self.kept and facts(there) == facts(document):
            self.counts["unchanged"] += 1
            moved = (there.origin, there.root) != (document.origin, document.root)
            if moved and may_replace(there):
                self.catalogue.set_place(document)
                self.counts["moved"] += 1
        elif may_replace(there):
            self._replace(document)
        else:
            place = f" (from {there.origin})" if there.origin else ""
            reason = f"the id {document.id!r} is there{place} and says something else"
            hint = "`talash index update` replaces it"
            self.skip(Skipped(document.id, f"{reason}; {hint}", code=TAKEN))

    def _replace(self, document: Document) -> None:
        if document.id in self.kept:
            self.catalogue.set_facts(document)
            self.catalogue.set_place(document)
        else:
            self._take_out(document.id)
            self.ingest.put(document)
        self.counts["updated"] += 1

    def _take_out(self, document_id: str) -> None:
        docid, document = self.catalogue.remove(document_id)
        self.removed[docid] = document


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
    roots = dict(changes.catalogue.places().values())
    for item in items:
        if isinstance(item, Skipped):
            changes.skip(item)
        else:
            document = found_at(item, item.origin, roots.get(item.origin) or item.root)
            changes.put(document, partial(_may_replace, document) if replacing else _never)


def _never(there: Document) -> bool:
    return False


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
        manifest = open_manifest(path, "checksums")
        manifest.require_ours()
        with begin(config.data_dir) as staged, write_errors(config.data_dir):
            shutil.copyfile(path / CATALOGUE_FILE, staged.path / CATALOGUE_FILE)
            with CatalogueWriter.edit(staged.path / CATALOGUE_FILE) as writer:
                params = _params(manifest)
                changes = Changes(writer, Ingest(writer, params), report)
                edit(changes)
                counts = writer.finish()
            done = ChangeReport(path.name, manifest.counts.documents, manifest.counts.passages)
            if changes.any:
                if not counts.documents:
                    raise NoDocumentsError(
                        "Nothing would be left of the index.",
                        hint="To be rid of it, remove its directory.",
                    )
                setup = BuildSetup.open(config, report, encoder, params)
                manifest.require_ours(setup.encoder.info.id)
                done = _commit(staged, path, manifest, changes, counts, setup)
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
    manifest = open_manifest(current(config.data_dir))
    manifest.require_ours()

    def records() -> Iterator[Document | Skipped]:
        path = current(config.data_dir)
        open_manifest(path, "checksums")
        with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
            yield from catalogue.records()

    return rebuild_from(
        records(), config, progress=progress, encoder=encoder, params=_params(manifest)
    )


def drift(manifest: Manifest) -> float:
    """Documents that came or went since all was derived at once, as a share of those then."""
    extended = manifest.build.get("extended") or {}
    return float(extended.get("documents", 0)) / max(int(extended.get("of", 0)), 1)


def _commit(
    staged: StagedGeneration,
    path: Path,
    manifest: Manifest,
    changes: Changes,
    counts: Counts,
    setup: BuildSetup,
) -> ChangeReport:
    """Follow the changed catalogue with everything else; at once, if it has changed much."""
    extended = dict(
        manifest.build.get("extended") or {"documents": 0, "of": manifest.counts.documents}
    )
    extended["documents"] += len(changes.removed) + len(changes.ingest.added)
    # What is extended stays as it was derived.
    derived = {"derived": manifest.build.get("derived", "")}
    build = {**setup.build, **derived, "extended": extended}
    if drift(replace(manifest, build=build)) > MOST_DRIFT:
        with (
            Catalogue.open(staged.path / CATALOGUE_FILE) as catalogue,
            begin(staged.data_dir) as fresh,
        ):
            built = build_into(fresh, catalogue.records(), setup)
        return ChangeReport(
            built.generation,
            built.documents,
            built.passages,
            encoded=built.encoded,
            reused=built.reused,
            compacted=True,
        )
    difference = Change(changes.removed, np.array(changes.ingest.added, np.int32))
    with Catalogue.open(staged.path / CATALOGUE_FILE) as catalogue:
        encoded, reused = change_parts(
            staged.path, path, manifest, catalogue, difference, setup.encoder, setup.report
        )
    setup.report("sealing", 0, 0)
    name = staged.commit(
        encoder=manifest.encoder,
        counts=counts,
        build=build,
        keep=setup.config.keep_generations,
        linked_to=path,
    )
    return ChangeReport(name, counts.documents, counts.passages, encoded=encoded, reused=reused)


def _params(manifest: Manifest) -> PassageParams:
    """How the passages of an index are cut."""
    return PassageParams(**manifest.build.get("passages", {}))


def _text(document: Document) -> tuple[str, str, str]:
    """What must be indexed anew when it changes."""
    return document.title, document.body, document.lang


_ROWS = (VECTORS_FILE, STATES_FILE, SPACE_FILE, FAISS_DIR)
"""Files and folders with a row or an entry for each pid, which only grow."""


def change_parts(
    directory: Path,
    before: Path,
    manifest: Manifest,
    catalogue: Catalogue,
    change: Change,
    encoder: Encoder,
    report: Progress,
) -> tuple[int, int]:
    """Fill the staged `directory`, in which the changed `catalogue` stands already.

    What did not change is linked, not copied: the files of a generation are never written to again. What
    is appended to is copied a piece at a time; of FAISS the whole index is read, and written in pieces.

    `manifest` is that of the generation `before`, whose files were checked. Returns how many texts
    were encoded and how many had vectors.
    """
    columns, names = catalogue.columns(), set(manifest.files) - {CATALOGUE_FILE}
    if not change.removed and not len(change.added):  # records say something else, no text does
        link(before, directory, names)
        return 0, 0
    encoded = reused = 0
    if len(change.added):
        previous = Previous.open(before, encoder)
        source = encode(catalogue, directory, previous, encoder, report, change.added.tolist())
        encoded, reused = source.encoded, source.reused
        report("extending the vector index", 0, 0)
        extend_faiss(before, directory, columns.passage_languages, columns.lang_names)
    else:
        link(before, directory, _of(names, _ROWS))
    extend_centroids(before, directory, columns.doc_first_pid, columns.doc_passages)
    link(before, directory, _of(names, [KEYWORD_DIR]))
    _post(directory, catalogue, change, report)
    extend(directory, before, catalogue, change, encoder, report)
    no_words: KnownVectors = ({}, np.empty((0, encoder.info.dimension), np.float16))
    # Parts that nothing above knows how to change are built anew.
    all_parts.build_parts(Building(directory, catalogue, encoder, no_words, report))
    return encoded, reused


def _of(names: Iterable[str], parts: Sequence[str]) -> list[str]:
    """Those of some files that are, or are in, one of the files and folders."""
    return [name for name in names if name.split("/")[0] in parts]


def link(before: Path, directory: Path, names: Iterable[str]) -> None:
    """Give files of the generation before a second name."""
    for name in names:
        (directory / name).parent.mkdir(exist_ok=True)
        link_or_copy(before / name, directory / name)


def _post(directory: Path, catalogue: Catalogue, change: Change, report: Progress) -> None:
    """The words of the change, in the copy of the keyword index."""
    with KeywordWriter(directory / KEYWORD_DIR) as postings:
        if change.removed:
            postings.remove(list(change.removed))
        for done, added in enumerate(catalogue.iter_documents(change.added.tolist()), 1):
            postings.add(*added)
            report("posting words", done, len(change.added))
        postings.finish()
