"""The data directory: whole indexes side by side, one of them current.

    DATA/CURRENT                    the name of the generation in use
    DATA/generations/NAME/          its files, and manifest.json with their sizes and checksums
    DATA/writer.lock, writer.json   one writer at a time, and who it is

A writer stages a new generation in a hidden directory. `StagedGeneration.commit` checksums and
syncs every file, renames the directory to a name that was never used before, and only then lets
CURRENT point to it, in one atomic step. A reader sees the old index or the new one; files of a
generation never change, so it can never see a mixture.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.digests import digest_with_blocks
from index.errors import IndexLockedError, IndexWriteError
from index.store.layout import CURRENT, GENERATIONS_DIR, HOLDER, LOCK, MANIFEST, READ_IN_PARTS
from index.store.lock import LOOK, holder_in_words, holder_record, read_holder
from index.store.manifest import (
    FORMAT_VERSION,
    GENERATION_NAME,
    UPGRADED,
    Counts,
    EncoderStamp,
    FileEntry,
    Manifest,
    current_token,
    generation_names,
    read_manifest,
)
from index.text.analysis import ANALYZER_FINGERPRINT
from index.text.normalize import NORMALIZER_VERSION
from index.version import VERSION

_STAGING, _RETIRED = ".staging-", ".retired-"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_HINT_FULL = "Free some space (an index needs room for the old and the new one) and try again."
_HINT_DENIED = "Give this user the right to write there, or name another directory with --data."
_HINT_OTHER = "Look at the disk and try again."


@dataclass
class StagedGeneration:
    """A generation being written, in `path`, by the holder of `token`. As a context, it is aborted unless
    committed."""

    data_dir: Path
    path: Path
    token: str

    def __enter__(self) -> StagedGeneration:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()

    def commit(
        self,
        *,
        encoder: EncoderStamp,
        counts: Counts,
        build: Mapping[str, Any] | None = None,
        keep: int = 2,
        linked_to: Path | None = None,
    ) -> str:
        """Seal the files under `path`, make them the current generation and return its name.

        Files that are links to those of the sound generation `linked_to` are sealed already.
        The previous generation stays as long as `keep` allows; older ones are removed. Raises
        IndexWriteError if the disk refuses and IndexLockedError if the lock was taken away; the
        generation that was current then still is.
        """
        try:
            with write_errors(self.data_dir):
                files, blocks = _seal(self.path, linked_to)
                manifest = Manifest(
                    format_version=FORMAT_VERSION,
                    talash_version=VERSION,
                    created=_now().isoformat(),
                    normalizer_version=NORMALIZER_VERSION,
                    analyzer_fingerprint=ANALYZER_FINGERPRINT,
                    encoder=encoder,
                    counts=counts,
                    files=files,
                    build=dict(build or {}),
                    follows=current_token(self.data_dir),
                    blocks=blocks,
                )
                text = json.dumps(manifest.to_json(), ensure_ascii=False, indent=1)
                _write_synced(self.path / MANIFEST, text)
                _sync_directory(self.path)
                return self._switch(keep)
        except BaseException:
            self.abort()
            raise

    def abort(self) -> None:
        """Remove what was staged. Harmless after `commit`, never raises."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _switch(self, keep: int) -> str:
        previous = current_token(self.data_dir)
        name = _next_name(self.data_dir, previous)
        _check_holder(self.data_dir, self.token)
        final = self.data_dir / GENERATIONS_DIR / name
        self.path.rename(final)
        self.path = self.path / "committed"  # nothing for abort() to remove
        try:
            _sync_directory(final.parent)
            _write_synced(self.data_dir / CURRENT, name + "\n")
        except BaseException as error:
            if current_token(self.data_dir) != name:
                shutil.rmtree(final, ignore_errors=True)
                raise
            raise _unconfirmed(name, error) from error
        retire(self.data_dir, keep=keep, first=previous)
        return name


@contextmanager
def writer_lock(data_dir: Path, command: str = "") -> Iterator[None]:
    """Be the only writer of `data_dir`, which is made if need be; what dead writers left half done is removed.

    Raises IndexLockedError if another process or thread is: it says who. The operating
    system releases the lock of a process that dies. Raises IndexWriteError if the directory
    cannot be written.
    """
    holder = data_dir / HOLDER
    lock = FileLock(data_dir / LOCK, timeout=LOOK, thread_local=False)
    with write_errors(data_dir):
        _make_directories(data_dir.absolute() / GENERATIONS_DIR)
        try:
            lock.acquire(poll_interval=LOOK / 10)
        except Timeout:
            who = holder_in_words(read_holder(data_dir))
            hint = "Wait until it is done. If it hangs: talash index unlock"
            raise IndexLockedError(f"{data_dir} is being written by {who}.", hint=hint) from None
    called = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:300]
    info = holder_record(command or called, _now().isoformat())
    try:
        with write_errors(data_dir):
            _write_synced(holder, json.dumps(info))
        _clear(data_dir / GENERATIONS_DIR)
        yield
    finally:
        if read_holder(data_dir).get("token") == info["token"]:
            with suppress(OSError):
                holder.unlink()
        lock.release()


def begin(data_dir: Path) -> StagedGeneration:
    """Start a new generation.

    Raises RuntimeError outside `writer_lock` and IndexWriteError if the disk refuses.
    """
    holder = read_holder(data_dir)
    if holder.get("pid") != os.getpid():
        raise RuntimeError("begin() stands inside writer_lock()")
    token = str(holder.get("token"))
    root = data_dir / GENERATIONS_DIR
    with write_errors(data_dir):
        path = root / f"{_STAGING}{token}-{uuid.uuid4().hex[:8]}"
        path.mkdir()
    return StagedGeneration(data_dir, path, token)


def retire(data_dir: Path, keep: int = 2, first: str = "") -> list[str]:
    """Remove all but `keep` generations and return their names.

    Kept are the current one, always, then `first`, then the newest. What cannot be removed now is left
    for the next time.
    """
    now, names = current_token(data_dir), generation_names(data_dir)
    if now not in names:
        return []
    order = dict.fromkeys([now, *([first] if first in names else []), *reversed(names)])
    removed = []
    for name in list(order)[max(keep, 1) :]:
        with suppress(OSError):
            path = data_dir / GENERATIONS_DIR / name
            hidden = path.with_name(_RETIRED + name)  # gone at once, for whoever is opening it
            path.rename(hidden)
            removed.append(name)
            shutil.rmtree(hidden, ignore_errors=True)
    return removed


def switch_to(data_dir: Path, name: str) -> None:
    """Make a generation that is there the current one, in one atomic step; removes nothing.

    Raises RuntimeError outside `writer_lock` and IndexWriteError if the disk refuses.
    """
    if read_holder(data_dir).get("pid") != os.getpid():
        raise RuntimeError("switch_to() stands inside writer_lock()")
    before = current_token(data_dir)
    with write_errors(data_dir):
        try:
            _write_synced(data_dir / CURRENT, name + "\n")
        except OSError as error:
            if current_token(data_dir) == before:
                raise
            raise _unconfirmed(name, error) from error


def link_or_copy(path: Path, name: Path) -> None:
    """Give a file that is never written to again a second name, or copy it where that cannot be."""
    try:
        name.hardlink_to(path)
    except OSError:  # a file system without links, or with too many of them
        shutil.copyfile(path, name)


def put_in_place(temporary: Path, path: Path) -> None:
    """Give a finished file its name, in one step that a power cut does not undo."""
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_directory(path.absolute().parent)


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turn what a full, read-only or forbidden disk raises while writing into IndexWriteError.

    `path` is the file or directory written to. An OSError about something else (an input file, a
    connection) passes unchanged.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if isinstance(error, OSError) and not _concerns(error, path):
            raise
        number = error.errno if isinstance(error, OSError) else None
        said = (error.strerror if isinstance(error, OSError) else None) or str(error)
        where = getattr(error, "filename", None) or path
        full = number in _FULL or "disk is full" in said
        hint = _HINT_FULL if full else _HINT_DENIED if number in _DENIED else _HINT_OTHER
        message = f"{where} cannot be written: {said}. The index that was there is unchanged."
        raise IndexWriteError(message, hint=hint) from error


def _clear(root: Path) -> None:
    """Remove what is staged and what is retired; what cannot be removed now is left for the next time."""
    for leftover in [*root.glob(f"{_STAGING}*"), *root.glob(f"{_RETIRED}*")]:
        shutil.rmtree(leftover, ignore_errors=True)


def _concerns(error: OSError, path: Path) -> bool:
    if not isinstance(error.filename, (str, bytes)):
        return error.errno in _FULL | _DENIED | {errno.EIO}
    named, ours = Path(os.fsdecode(error.filename)).absolute(), path.absolute()
    return named.is_relative_to(ours) or ours.is_relative_to(named)


def _make_directories(path: Path) -> None:
    """Make a directory whose name, and that of every parent made on the way, survives a power cut."""
    above = list(path.parents)
    made_in = [parent for parent in above[1:] if not parent.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for directory in dict.fromkeys([*above[:2], *(made.parent for made in made_in)]):
        with suppress(PermissionError):  # of a parent that is not ours
            _sync_directory(directory)


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_synced(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    put_in_place(temporary, path)


def _seal(root: Path, linked_to: Path | None) -> tuple[dict[str, FileEntry], dict[str, str]]:
    """The entries of all files of a manifest, and the blocks of some (`Manifest`)."""
    sealed = read_manifest(linked_to, UPGRADED) if linked_to else None
    known, known_blocks = (sealed.files, sealed.blocks) if sealed else ({}, {})
    entries, blocks = dict[str, FileEntry](), dict[str, str]()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_dir():
            _sync_directory(path)
        elif linked_to and name in known and path.samefile(linked_to / name):
            entries[name], blocks[name] = known[name], known_blocks.get(name, "")
        elif path != root / MANIFEST:
            with path.open("rb+") as file:
                digest, blocks[name] = digest_with_blocks(file, blocks=path.name in READ_IN_PARTS)
                os.fsync(file.fileno())
                size = os.fstat(file.fileno()).st_size
            entries[name] = FileEntry(size, digest)
    return entries, {name: digests for name, digests in blocks.items() if digests}


def _next_name(data_dir: Path, previous: str) -> str:
    taken = [GENERATION_NAME.fullmatch(name) for name in [*generation_names(data_dir), previous]]
    sequence = 1 + max((int(match[1]) for match in taken if match), default=0)
    return f"{sequence:08d}-{_now():%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:4]}"


def _unconfirmed(name: str, error: BaseException) -> IndexWriteError:
    message = f"{name} is in use, but the disk did not confirm it: {error}."
    return IndexWriteError(message, hint=_HINT_OTHER)


def _check_holder(data_dir: Path, token: str) -> None:
    holder = read_holder(data_dir)
    if holder.get("token") != token:
        message = f"The writer's lock on {data_dir} was lost to {holder_in_words(holder)}."
        raise IndexLockedError(message, hint="Nothing was changed. Run the command again.")


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(microsecond=0)
