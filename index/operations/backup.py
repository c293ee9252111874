"""A generation as one file, and a generation out of such a file.

A backup holds the truth of a generation and the vectors of its words, no more: `manifest.json`, with
size and SHA-256 of every other member, then those. It may come from a stranger. So nothing in it is
run, and nothing is believed that can be made again: Whoosh unpickles its files whenever it reads
them (table of contents, directory of the segment, blocks of postings), FAISS reads its own in C++
without distrust, and a lexicon steers what a search looks for. They are no part of a backup and are
derived anew from the catalogue and the exact vectors (`index.parts.all_parts`). Nor is the
encoder taken from it: a backup names it, and whoever restores says where it is.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.encoders.registry import DEFAULT_SPEC
from index.errors import BackupError, IndexDamagedError, IndexMismatchError, IndexWriteError
from index.operations.build import BuildSetup, encoder_of, previous_spec
from index.operations.repair import FromTruthReport, build_from_truth
from index.operations.versions import find_generation
from index.parts import all_parts
from index.parts.lexicon.lexicon import known_vectors
from index.parts.truth import check_tables
from index.passages import PassageParams
from index.progress import Progress, no_report
from index.store.array_files import require_plain_arrays
from index.store.generations import begin, put_in_place, write_errors, writer_lock
from index.store.layout import MANIFEST, parted, segments
from index.store.manifest import Manifest, file_problem, open_current, read_manifest
from index.store.tar_files import next_member, read_member, reading, write_member, writing

MOST_TIMES = 100
"""A gzipped backup may unpack to so many times its size, or to `SMALL` bytes."""
SMALL = 64 << 20

_LONGEST_MANIFEST = 1 << 20
_PACKED = (".gz", ".tgz")
_LOOK = "See what else is: talash index verify"


@dataclass(frozen=True)
class BackupReport:
    """What `backup` wrote, and the size of the file."""

    generation: str
    file: str
    documents: int
    passages: int
    size_bytes: int
    seconds: float


def backup(data_dir: Path, file: Path, generation: str = "") -> BackupReport:
    """Write one generation, the current one or that named, to `file` (gzipped if so named).

    The file appears under its name when it is whole, and replaces one of that name. Needs no lock:
    a writer may go on meanwhile. Raises IndexMissingError, IndexDamagedError (what is damaged is
    not backed up), IndexMismatchError and IndexWriteError.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        if generation:
            found = _open(find_generation(data_dir, generation), stack)
        else:
            found = open_current(data_dir, lambda path: _open(path, stack))
        temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.tmp")
        try:
            with write_errors(file.parent):
                _write(temporary, found, compressed=file.suffix.lower() in _PACKED)
                put_in_place(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)
    manifest = found.manifest
    return BackupReport(
        generation=found.name,
        file=str(file),
        documents=manifest.counts.documents,
        passages=manifest.counts.passages,
        size_bytes=file.stat().st_size,
        seconds=round(time.monotonic() - started, 3),
    )


def restore(
    file: Path,
    config: IndexConfig,
    *,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> FromTruthReport:
    """Make a new generation of a backup and let it be the current one; the old one stays.

    Raises BackupError when the file is no sound backup, IndexMismatchError when it was made by
    another version or with another encoder than the one set, IndexLockedError, IndexWriteError and
    EncoderError. After any of them the index is as it was.
    """
    started = time.monotonic()
    report = progress or no_report
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    with writer_lock(config.data_dir), begin(config.data_dir) as staged:
        manifest = _unpack(file, staged.path, report)
        manifest.require_ours()
        _require_data(staged.path)
        spec = config.encoder or previous_spec(config.data_dir) or DEFAULT_SPEC
        encoder = encoder or _encoder(spec, config, manifest, report)
        try:
            words = known_vectors(staged.path, encoder.info.dimension)
            setup = BuildSetup(config, report, encoder, spec, PassageParams.stated(manifest.build))
            made = build_from_truth(staged, manifest, setup, words)
        except IndexDamagedError as error:
            raise BackupError(f"{file} holds no sound index. {error.message}") from error
    return replace(made, seconds=round(time.monotonic() - started, 3))


@dataclass(frozen=True)
class _Source:
    """What of a generation is backed up: a manifest of those files, and the files, open."""

    name: str
    manifest: Manifest
    files: Mapping[str, BinaryIO]


def _open(path: Path, stack: ExitStack) -> _Source:
    """Everything opened at once, so that the generation may be retired while it is written."""
    manifest = read_manifest(path)
    chosen = {name: entry for name, entry in manifest.files.items() if _is_saved(name)}
    for name, entry in chosen.items():
        if problem := file_problem(path / name, entry, checksum=False):
            raise IndexDamagedError(f"{path / name} {problem}.", hint=_LOOK)
    files: dict[str, BinaryIO] = {}
    for name in chosen:
        try:
            files[name] = stack.enter_context((path / name).open("rb"))
        except OSError as error:
            message = f"{path / name} cannot be read: {error.strerror or error}."
            raise IndexDamagedError(message, hint=_LOOK) from error
    return _Source(path.name, replace(manifest, files=chosen, blocks={}), files)


def _write(path: Path, source: _Source, *, compressed: bool) -> None:
    text = json.dumps(source.manifest.to_json(), ensure_ascii=False, indent=1).encode()
    with writing(path, compressed=compressed) as out:
        write_member(out, MANIFEST, len(text), BytesIO(text))
        for name, entry in source.manifest.files.items():
            try:
                digest = write_member(out, name, entry.size, source.files[name])
            except EOFError:
                digest = ""
            if digest != entry.sha256:
                message = f"{name} of {source.name} is damaged: its content was altered."
                raise IndexDamagedError(message, hint=_LOOK)


def _unpack(file: Path, directory: Path, report: Progress) -> Manifest:
    """Put the members of a backup into `directory`; every one is what the manifest says."""
    with reading(file) as source:
        manifest = _manifest(source)
        total = sum(entry.size for entry in manifest.files.values())
        if total > max(SMALL, MOST_TIMES * file.stat().st_size):
            raise BackupError(f"{file} says that it unpacks to {total} bytes, which is no backup.")
        if total > (free := shutil.disk_usage(directory).free):
            message = f"{directory} has room for {free} bytes, the backup holds {total}."
            raise IndexWriteError(message, hint="Free some space and try again.")
        left, done = dict(manifest.files), 0
        while (member := next_member(source)) is not None:
            name, size = member
            if name not in left:
                raise BackupError(f"The backup holds {name!r}, which its manifest does not name.")
            entry = left.pop(name)
            if size != entry.size:
                raise BackupError(f"{name} in the backup has {size} bytes, not {entry.size}.")
            with write_errors(directory):
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
            with write_errors(directory), (directory / name).open("xb") as out:
                digest = read_member(source, size, out)
            if digest != entry.sha256:
                raise BackupError(f"{name} in the backup was altered.")
            report("unpacking", done := done + size, total)
        if left:
            raise BackupError(f"The backup lacks {', '.join(left)}.")
    return manifest


def _manifest(source: IO[bytes]) -> Manifest:
    """The first member. It names nothing but files of a backup, each with a possible size."""
    name, size = next_member(source) or ("", 0)
    if name != MANIFEST or size > _LONGEST_MANIFEST:
        raise BackupError("This is no backup: it does not begin with its manifest.")
    text = BytesIO()
    read_member(source, size, text)
    try:
        manifest = Manifest.from_json(json.loads(text.getvalue()))
        for entry in manifest.files.values():
            if type(entry.size) is not int or entry.size < 0 or not isinstance(entry.sha256, str):
                raise ValueError("it gives a file no size")
    except IndexMismatchError as error:
        hint = (
            "Restore it with the Talash that made it, or build the index again from its articles."
        )
        raise IndexMismatchError(error.message, hint=hint) from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise BackupError(f"The manifest of the backup is damaged: {error}.") from error
    if strange := [name for name in manifest.files if not _is_saved(name)]:
        raise BackupError(f"The backup holds {min(strange)!r}, which is no file of a backup.")
    for segment in {"", *(parted(name)[0] for name in manifest.files)}:
        _require_truth(segment, {own for at, own in map(parted, manifest.files) if at == segment})
    return manifest


def _is_saved(name: str) -> bool:
    """Whether a file of a generation is in its backup: of later segments the truth alone."""
    segment, own = parted(name)
    return own in (all_parts.truth_files() if segment else all_parts.saved_files())


def _require_truth(segment: str, names: Collection[str]) -> None:
    """The truth of a segment is whole; one that only takes documents out has no other."""
    if segment and set(names) == set(all_parts.REMOVED):
        return
    for part in (each for each in all_parts.PARTS if each.segmented or not segment):
        missing = [name for name in part.files if name not in names]
        if part.is_truth and missing and not part.optional:
            raise BackupError(f"The backup lacks {segment}{'/' if segment else ''}{missing[0]}.")
        if part.is_truth and 0 < len(missing) < len(part.files):
            raise BackupError(f"The backup holds half of its {part.name.replace('_', ' ')}.")


def _require_data(directory: Path) -> None:
    """Nothing in the files is more than data, or larger than it looks."""
    for segment in segments(directory):
        for file in segment.iterdir():
            if file.suffix in (".npy", ".npz"):
                require_plain_arrays(file)
    try:
        check_tables(directory)
    except (IndexDamagedError, TypeError) as error:
        message = f"The catalogue in the backup cannot be taken in. {error}"
        raise BackupError(message) from error


def _encoder(spec: str, config: IndexConfig, manifest: Manifest, report: Progress) -> Encoder:
    """The encoder that the settings name (never one that the backup names), if it is the same."""
    encoder = encoder_of(spec, config, report)
    if encoder.info.id != manifest.encoder.id:
        raise IndexMismatchError(
            f"The backup was made with encoder {manifest.encoder.id!r}; "
            f"{spec!r} is {encoder.info.id!r}.",
            hint=f"Name that encoder with --encoder (it was {manifest.encoder.spec!r} there).",
        )
    return encoder
