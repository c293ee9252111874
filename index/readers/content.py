"""The bytes of one file, on the disk or inside a container: whole within bounds, or as a stream."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from index.errors import InputError
from index.readers.config import MEGABYTE, ReaderConfig

PACKERS = (".gz", ".zst", ".bz2")
"""Extensions of packed files, behind the one that tells the format."""

_CHUNK = 1024 * 1024
_ZSTD_INPUT = 512  # a block of four bytes may open to 128 KB: so many at once open to 16 MB
_ZSTD_WINDOW = 128 * MEGABYTE


@dataclass(frozen=True)
class Content:
    """A file to read. `name` is its own name, whose extension tells the format; `open_raw` opens the
    bytes as they are stored, as often as it is called, and may raise OSError. `media_type` is what
    a container says that it is, if it says so."""

    name: str
    open_raw: Callable[[], BinaryIO]
    media_type: str = ""

    @classmethod
    def of_file(cls, path: Path) -> Content:
        """A file on the disk."""
        return cls(path.name, lambda: path.open("rb"))

    @classmethod
    def of_bytes(cls, name: str, raw: bytes, media_type: str = "") -> Content:
        """Bytes at hand, such as an attachment."""
        return cls(name, lambda: io.BytesIO(raw), media_type)

    @property
    def packer(self) -> str:
        """The extension that says how it is packed; "" if it is not."""
        suffix = PurePosixPath(self.name.lower()).suffix
        return suffix if suffix in PACKERS else ""

    def head(self, size: int = 4096) -> bytes:
        """The first bytes as they are stored. Raises OSError."""
        with self.open_raw() as file:
            return file.read(size)

    @contextmanager
    def open(self, config: ReaderConfig) -> Iterator[BinaryIO]:
        """The content as a stream, opened if it is packed, of whatever size.

        Reading raises InputError where it is damaged or swells beyond what text does, OSError where
        the disk fails.
        """
        with self.open_raw() as file:
            if not self.packer:
                yield file
                return
            with io.BufferedReader(_Opened(file, self.packer[1:], config), _CHUNK) as opened:
                yield opened

    def read(self, config: ReaderConfig) -> bytes:
        """The whole content, opened if it is packed. Raises InputError beyond a limit, OSError from the
        disk."""
        limit = config.max_file_bytes
        with self.open(config) as file:
            raw = file.read(limit + 1)
        if len(raw) > limit:
            opened = " when opened" if self.packer else ""
            raise InputError(
                f"larger than {limit / MEGABYTE:,.4g} MB{opened}; split it, or raise max_file_mb "
                "under [index] in the configuration file."
            )
        return raw


class Pieces(io.RawIOBase):
    """A stream to read from, piece by piece."""

    def piece(self, size: int) -> bytes:
        """The next bytes, `size` at most; none at the end."""
        raise NotImplementedError

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        piece = self.piece(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


class Counted(Pieces):
    """A stream that knows how much was read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0

    def piece(self, size: int) -> bytes:
        """The next bytes, counted."""
        piece = self._file.read(size)
        self.count += len(piece)
        return piece


class Shared(Pieces):
    """A file that others read, too, each from its start: `read_at` gives so many bytes from a place on, and
    `size` is asked for how many there are."""

    def __init__(self, read_at: Callable[[int, int], bytes], size: Callable[[], int]) -> None:
        self._read_at, self._size = read_at, size
        self._at = 0

    def seekable(self) -> bool:
        """It is read from any place on."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place. Raises OSError for one before the start."""
        if whence != io.SEEK_SET:
            offset += self._at if whence == io.SEEK_CUR else self._size()
        if offset < 0:
            raise OSError("a place before the start")
        self._at = offset
        return offset

    def tell(self) -> int:
        """The place that is read next."""
        return self._at

    def piece(self, size: int) -> bytes:
        """The next bytes, whoever else has read meanwhile."""
        piece = self._read_at(self._at, size)
        self._at += len(piece)
        return piece


class _Opened(Pieces):
    """What a packed file holds; stops at once when it swells beyond what text does."""

    def __init__(self, packed: BinaryIO, packer: str, config: ReaderConfig) -> None:
        self._packed, self._packer, self._config = Counted(packed), packer, config
        # What lies in an archive can be read only from its start: nothing seeks in it.
        self._unpacked: Any = _unpacker(io.BufferedReader(self._packed), packer)
        self._size = 0

    def piece(self, size: int) -> bytes:
        """The next bytes. Raises InputError for damage and for a bomb."""
        name = {"gz": "gzip", "zst": "Zstandard", "bz2": "bzip2"}[self._packer]
        try:
            piece: bytes = self._unpacked.read1(size)  # so that damage costs nothing before it
        except (gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
            raise InputError(f"damaged {name}: {error}") from None
        except OSError as error:
            if error.errno is not None:  # the disk, not the data
                raise
            raise InputError(f"damaged {name}: {error}") from None
        self._size += len(piece)
        ratio = self._config.max_gzip_ratio
        beyond = self._size > self._packed.count * ratio
        if beyond and self._size > self._config.gzip_ratio_from:
            raise InputError(f"opens to more than {ratio} times its size: a {name} bomb?")
        return piece


def _unpacker(packed: BinaryIO, packer: str) -> Any:
    """Something with `read1(size)` that gives the opened bytes."""
    if packer == "gz":
        return gzip.GzipFile(fileobj=packed)
    return bz2.BZ2File(packed) if packer == "bz2" else _Zstandard(packed)


class _Zstandard:
    """Zstandard's own stream takes a file that was cut for one that ended."""

    def __init__(self, packed: BinaryIO) -> None:
        import zstandard

        self._packed = packed
        self._error = zstandard.ZstdError
        self._opener = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame: Any = None
        self._left = b""

    def read1(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end. Raises ValueError for damage."""
        while not self._left:
            piece = self._packed.read(_ZSTD_INPUT)
            if not piece:
                if self._frame is not None:
                    raise ValueError("it was cut")
                return b""
            self._left = self._open(piece)
        given, self._left = self._left[:size], self._left[size:]
        return given

    def _open(self, piece: bytes) -> bytes:
        opened = []
        try:
            while piece:
                self._frame = self._frame or self._opener.decompressobj()
                opened.append(self._frame.decompress(piece))
                if not self._frame.eof:
                    break
                piece, self._frame = self._frame.unused_data, None
        except self._error as error:
            raise ValueError(str(error)) from None
        return b"".join(opened)
