"""Writing and reading backups as tar files, the plainest kind: ordinary files, one after another.

`tar tf` lists what is written here. Reading takes nothing else: no links, devices, folders, sparse
files or extended headers, which is where unpacking an archive goes wrong. Sizes are believed only
up to what the caller allows. Python's own reader is not used: it acts on extended headers, whatever
their size, before anybody can look at them.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from index.errors import BackupError

_BLOCK = 512
_CHUNK = 1 << 20
_GZIP = b"\x1f\x8b"
_RECORD = 20 * _BLOCK
"""Other tar programs fill a file up to a multiple of this."""


@contextmanager
def writing(path: Path, *, compressed: bool) -> Iterator[BinaryIO]:
    """A new file at `path` to write members to; its end is written on leaving without an error."""
    with path.open("wb") as file:
        if compressed:
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                yield packed  # type: ignore[misc]
                packed.write(bytes(2 * _BLOCK))
        else:
            yield file
            file.write(bytes(2 * _BLOCK))


def write_member(out: BinaryIO, name: str, size: int, content: BinaryIO) -> str:
    """Write one file of `size` bytes; returns the SHA-256 (hex) of what was written.

    Raises EOFError if there is less.
    """
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o644
    out.write(header.tobuf(tarfile.GNU_FORMAT, "ascii", "strict"))
    digest = _copy(content.read, size, out)
    out.write(bytes(-size % _BLOCK))
    return digest


@contextmanager
def reading(path: Path) -> Iterator[IO[bytes]]:
    """A backup opened to read members from, unpacked if it is gzipped. Raises BackupError."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
        except OSError as error:
            raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
        yield gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[misc]


def next_member(source: IO[bytes]) -> tuple[str, int] | None:
    """Name and size of the member that begins here; None at the end. Raises BackupError."""
    block = _exactly(source, _BLOCK)
    if not any(block):
        _require_end(source)
        return None
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.TarError, ValueError) as error:
        raise BackupError(f"This is no backup: {error}.") from error
    if header.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise BackupError(f"The backup holds {header.name!r}, which is no ordinary file.")
    if header.size < 0:
        raise BackupError(f"The backup holds {header.name!r} of impossible size.")
    return header.name, header.size


def read_member(source: IO[bytes], size: int, out: BinaryIO) -> str:
    """Copy the content of a member to `out`; returns its SHA-256 (hex). Raises BackupError."""
    digest = _copy(lambda most: _exactly(source, most), size, out)
    _exactly(source, -size % _BLOCK)
    return digest


def _copy(read: Callable[[int], bytes], size: int, out: BinaryIO) -> str:
    digest, left = hashlib.sha256(), size
    while left:
        chunk = read(min(left, _CHUNK))
        if not chunk:
            raise EOFError(f"it is {left} bytes short")
        digest.update(chunk)
        out.write(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _exactly(source: IO[bytes], size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = _read(source, size - len(found))
        if not more:
            raise BackupError("The backup is cut short.")
        found += more
    return found


def _read(source: IO[bytes], size: int) -> bytes:
    try:
        return source.read(size)
    except EOFError as error:
        raise BackupError("The backup is cut short.") from error
    except (OSError, zlib.error) as error:
        raise BackupError(f"The backup cannot be read: {error}.") from error


def _require_end(source: IO[bytes]) -> None:
    """After the first block of zeros: one more, and no more zeros than fill a record."""
    rest, most = b"", _RECORD + 1
    while len(rest) < most and (more := _read(source, most - len(rest))):
        rest += more
    if not _BLOCK <= len(rest) < most or any(rest):
        raise BackupError("The backup does not end where it should.")
