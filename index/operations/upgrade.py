"""Brings an index that an earlier version made to the present format, without its articles' files.

What has the form it had is taken over, by links; the rest is made again out of the index's own truth. No
passage is encoded. What was learned of the archive is made again only where the rules that it is read by
have changed; then the encoder reads words and a few strings of nonsense.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.errors import REBUILD, IndexMismatchError
from index.operations.build import BuildSetup, workers_for
from index.operations.change import link
from index.operations.merge import NO_WORDS
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.lexicon import Lexicon, usable_vectors
from index.parts.part import Building
from index.passages import PassageParams
from index.progress import Progress, no_report
from index.store.generations import begin, write_errors, writer_lock
from index.store.layout import COLUMNS_FILE, WORD_COUNTS_FILE, parted
from index.store.manifest import FORMAT_VERSION, UPGRADED, Manifest, current, open_manifest

_INDEXED_OTHERWISE = (4,)
"""Formats with other keyword and vector indexes: of their segment the truth alone is taken over."""


@dataclass(frozen=True)
class UpgradeReport:
    """What an upgrade did: `generation` has the present format, `previous` had `format_before`. They are the
    same if nothing was to be done. `relearned` tells that what is learned was made again."""

    generation: str
    previous: str
    format_before: int
    documents: int
    passages: int
    relearned: bool = False
    seconds: float = 0.0


def upgrade(
    config: IndexConfig, *, progress: Progress | None = None, encoder: Encoder | None = None
) -> UpgradeReport:
    """Make the index in use one of the present format; the old generation stays, as for any other.

    Raises IndexMismatchError, which names the rebuild, for an index of other text analysis or of a format
    too old; IndexMissingError, IndexDamagedError, IndexLockedError, IndexWriteError and EncoderError. After
    any of them the index is as it was.
    """
    started = time.monotonic()
    report = progress or no_report
    current(config.data_dir)  # without an index, nothing is made where it would stand
    with writer_lock(config.data_dir):
        path = current(config.data_dir)
        report("checking the index", 0, 0)
        try:
            manifest = open_manifest(path, "checksums", formats=UPGRADED)
            manifest.require_ours()
        except IndexMismatchError as error:
            raise IndexMismatchError(
                f"{error.message} It cannot be upgraded.", hint=REBUILD
            ) from error
        counts = manifest.counts
        done = UpgradeReport(
            path.name, path.name, manifest.format_version, counts.documents, counts.passages
        )
        if manifest.format_version < FORMAT_VERSION or COLUMNS_FILE not in manifest.files:
            done = _upgraded(done, path, manifest, config, report, encoder)
    return replace(done, seconds=round(time.monotonic() - started, 3))


def _upgraded(
    done: UpgradeReport,
    path: Path,
    manifest: Manifest,
    config: IndexConfig,
    report: Progress,
    encoder: Encoder | None,
) -> UpgradeReport:
    otherwise = manifest.format_version in _INDEXED_OTHERWISE
    kept = [part for part in all_parts.PARTS if not (otherwise and part.segmented and part.needs)]
    setup, words = None, NO_WORDS
    try:
        Lexicon.open(path)
    except IndexMismatchError:  # other spelling rules: what follows from it goes, too
        setup = BuildSetup.open(config, report, encoder, PassageParams.stated(manifest.build))
        manifest.require_ours(setup.encoder.info.id)
        words = usable_vectors(path, manifest.encoder.dimension)
        kept = [part for part in kept if part.segmented]
    with begin(config.data_dir) as staged, write_errors(config.data_dir):
        files = {*all_parts.REMOVED, WORD_COUNTS_FILE, *(f for part in kept for f in part.files)}
        named = (name for name in manifest.files if parted(name)[1].split("/")[0] in files)
        link(path, staged.path, named)
        beside = workers_for(config, manifest.counts)
        with Catalogue.open(staged.path) as catalogue, beside as workers:
            opened = setup.encoder if setup else None
            all_parts.build_parts(Building(staged.path, catalogue, opened, words, report, workers))
        report("sealing", 0, 0)
        name = staged.commit(
            encoder=manifest.encoder,
            counts=manifest.counts,
            build=setup.build if setup else manifest.build,
            keep=config.keep_generations,
            linked_to=path,
        )
    return replace(done, generation=name, relearned=setup is not None)
