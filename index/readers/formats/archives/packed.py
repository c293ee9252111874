"""Archives and compressed files: ZIP, tar, WACZ, and single files in gzip, bzip2, xz or Zstandard.

Members are handed on one at a time, each to be read by its own format. Nothing is extracted to the disk
but, for tar, one file at a time without a name. What swells beyond what text does is a bomb and ends there.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

import zstandard

from index.errors import InputError
from index.readers.config import MEGABYTE, ReaderConfig
from index.readers.content import Content, Counted, Pieces, Shared
from index.readers.detection.signatures import open_zip
from index.readers.formats.archives.members import Members
from index.readers.formats.archives.names import tar_name, zip_name
from index.readers.records import BadRecord, Member, Note

_IN_MEMORY = 8 * MEGABYTE
_ZSTD_WINDOW = 2**27
_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError,
    zstandard.ZstdError, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
_PACKINGS = (".gz", ".bz2", ".xz", ".zst")


def read_zip(content: Content, config: ReaderConfig) -> Iterator[Member | BadRecord | Note]:
    """Read a ZIP archive."""
    yield from _zip(content, config, lambda name: True)


def read_wacz(content: Content, config: ReaderConfig) -> Iterator[Member | BadRecord | Note]:
    """Read the web archives in a WACZ file; its indexes and logs are not articles."""
    found = False
    for item in _zip(content, config, lambda name: name.startswith("archive/")):
        found = found or isinstance(item, Member)
        if not isinstance(item, Note):
            yield item
    if not found:
        raise InputError("a WACZ file without a web archive in it")


def _zip(
    content: Content, config: ReaderConfig, of_interest: Callable[[str], bool]
) -> Iterator[Member | BadRecord | Note]:
    with _seekable(content) as raw, _opened_zip(raw) as archive:
        most = max(config.gzip_ratio_from, raw.seek(0, io.SEEK_END) * config.max_gzip_ratio)
        members = Members(config)
        names: set[str] = set()
        for info in archive.infolist():
            name = zip_name(info)
            if name.endswith("/") or not of_interest(name):
                continue
            reason = ""
            if info.flag_bits & 1:
                reason = "encrypted; pack it again without its password"
            elif stat.S_ISLNK(info.external_attr >> 16):
                reason = "a link"
            elif name in names:
                reason = "there twice; the first was read"
            names.add(name)
            if problem := members.problem(name, reason):
                yield problem
            if not members.wanted:
                continue
            members.opened += info.file_size  # more than this is never read of it
            if members.opened > most:
                yield BadRecord(
                    0, f"opens to more than {config.max_gzip_ratio} times its size: a bomb?"
                )
                break
            yield Member(Content(name, partial(_open, archive, info, config)))
        yield from members.notes()


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo, config: ReaderConfig) -> BinaryIO:
    try:
        file = archive.open(info)
    except _DAMAGE as error:
        raise InputError(f"damaged: {error}") from None
    limit = _Limit(config, lambda: info.compress_size, config.max_opened_bytes)
    return cast(BinaryIO, io.BufferedReader(_Bounded(file, limit)))


@contextmanager
def _opened_zip(raw: BinaryIO) -> Iterator[zipfile.ZipFile]:
    try:
        archive = open_zip(raw)
    except _DAMAGE as error:
        raise InputError(f"damaged ZIP archive: {error}") from None
    with archive:
        yield archive


@contextmanager
def _seekable(content: Content) -> Iterator[BinaryIO]:
    """The file; a copy without a name of one that can be read only from its start."""
    with content.open_raw() as raw:
        if raw.seekable():
            yield raw
            return
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
            shutil.copyfileobj(raw, copy, MEGABYTE)
            yield cast(BinaryIO, copy)


def read_tar(content: Content, config: ReaderConfig) -> Iterator[Member | BadRecord | Note]:
    """Read a tar archive as it comes, whatever it is compressed with."""
    with content.open_raw() as raw:
        plain = _decompressed(raw, config)
        members = Members(config)
        names: set[str] = set()
        try:
            with tarfile.open(fileobj=io.BufferedReader(plain, MEGABYTE), mode="r|") as archive:
                for info in archive:
                    yield from _tar_member(archive, info, members, names, config)
        except _DAMAGE as error:
            if not names:
                raise InputError(f"damaged tar archive: {error}") from None
            yield Note(f"damaged or cut off: {error}")
        yield from members.notes()


def _tar_member(
    archive: tarfile.TarFile,
    info: tarfile.TarInfo,
    members: Members,
    names: set[str],
    config: ReaderConfig,
) -> Iterator[Member | BadRecord | Note]:
    if info.isdir():
        return
    name = PurePosixPath(tar_name(info.name)).as_posix().removeprefix("./")
    reason = ""
    if info.issym() or info.islnk():
        reason = "a link"
    elif not info.isfile():
        reason = "not a regular file"
    elif info.size > config.max_opened_bytes:
        reason = f"larger than {config.max_opened_bytes // MEGABYTE:,} MB"
    elif name in names:
        reason = "there twice; the first was read"
    names.add(name)
    if problem := members.problem(name, reason):
        yield problem
    if not members.wanted:
        return
    file = archive.extractfile(info)
    if file is None:
        return
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
        shutil.copyfileobj(file, copy, MEGABYTE)

        def read_at(place: int, size: int) -> bytes:
            copy.seek(place)
            return copy.read(size)

        shared = partial(Shared, read_at, lambda: info.size)
        yield Member(Content(name, lambda: cast(BinaryIO, io.BufferedReader(shared()))))


def read_compressed(content: Content, config: ReaderConfig) -> Iterator[Member]:
    """Read the one file in a compressed one, under its name without the extension that says so."""
    path = PurePosixPath(content.name)
    name = path.stem if path.suffix.lower() in _PACKINGS else path.name

    def opened() -> BinaryIO:
        return cast(
            BinaryIO, io.BufferedReader(_decompressed(content.open_raw(), config), MEGABYTE)
        )

    yield Member(Content(name, opened))


def _decompressed(raw: BinaryIO, config: ReaderConfig) -> _Bounded:
    """The plain bytes of a stream, by its own first bytes; closing them closes the stream."""
    counted = Counted(raw)
    packed = io.BufferedReader(counted)
    head = packed.peek(6)[:6]
    plain: Any = packed
    if head.startswith(b"\x1f\x8b"):
        plain = gzip.GzipFile(fileobj=packed)
    elif head.startswith(b"BZh"):
        plain = bz2.BZ2File(packed)
    elif head.startswith(b"\xfd7zXZ"):
        plain = lzma.LZMAFile(packed)  # noqa: SIM115 - closed by _Bounded
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        plain = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(
            packed, read_across_frames=True
        )
    return _Bounded(plain, _Limit(config, lambda: counted.count), raw)


class _Limit:
    """How much may come out of the bytes read so far: what text packs to, and no more than `most`."""

    def __init__(self, config: ReaderConfig, packed: Callable[[], int], most: int = 0) -> None:
        self._ratio = config.max_gzip_ratio
        self._harmless = config.gzip_ratio_from
        self._packed = packed
        self._most = most
        self._size = 0

    def add(self, count: int) -> None:
        """Count bytes. Raises InputError at the first too many."""
        self._size += count
        if self._most and self._size > self._most:
            most = f"{self._most // MEGABYTE:,} MB"
            raise InputError(f"opens to more than {most}.", hint="Raise max_opened_bytes.")
        if self._size > max(self._harmless, self._packed() * self._ratio):
            raise InputError(f"opens to more than {self._ratio} times its size: a bomb?")


class _Bounded(Pieces):
    """A stream that is read under a limit, its damage reported as such."""

    def __init__(self, file: Any, limit: _Limit, around: BinaryIO | None = None) -> None:
        self._file = file
        self._limit = limit
        self._around = around

    def piece(self, size: int) -> bytes:
        try:
            piece: bytes = self._file.read(size)
        except _DAMAGE as error:
            raise InputError(f"damaged: {error or type(error).__name__}") from None
        self._limit.add(len(piece))
        return piece

    def close(self) -> None:
        self._file.close()
        if self._around is not None:
            self._around.close()
        super().close()
