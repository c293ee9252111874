"""The bytes of one file, on the disk or inside a container: whole within bounds, or as a stream."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from index.errors import InputError
from index.readers.config import MEGABYTE, ReaderConfig

_CHUNK = 1024 * 1024


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
    def extension(self) -> str:
        """The extension that tells the format, in lower case; `.gz` does not."""
        return PurePosixPath(self.name.lower().removesuffix(".gz")).suffix

    def head(self, size: int = 4096) -> bytes:
        """The first bytes as they are stored. Raises OSError."""
        with self.open_raw() as file:
            return file.read(size)

    def read(self, config: ReaderConfig) -> bytes:
        """The whole content, gzip opened. Raises InputError beyond a limit, OSError from the disk."""
        limit = config.max_file_bytes
        with self.open_raw() as file:
            raw = file.read(limit + 1)
        if len(raw) > limit:
            raise InputError(
                f"larger than {_megabytes(limit)}.", hint="Split it, or raise max_file_bytes."
            )
        if not self.name.lower().endswith(".gz"):
            return raw
        with _bounded_gzip(io.BytesIO(raw), len(raw), config) as pieces:
            return b"".join(pieces)


@contextmanager
def _bounded_gzip(
    packed: BinaryIO, packed_size: int, config: ReaderConfig
) -> Iterator[Iterator[bytes]]:
    """The pieces of opened gzip; stops at once when it swells beyond what text does."""

    def pieces() -> Iterator[bytes]:
        size = 0
        with gzip.GzipFile(fileobj=packed) as file:
            while piece := file.read(_CHUNK):
                size += len(piece)
                if size > config.max_gzip_bytes:
                    opened = _megabytes(config.max_gzip_bytes)
                    raise InputError(f"opens to more than {opened}.", hint="Raise max_gzip_bytes.")
                if size > config.gzip_ratio_from and size > packed_size * config.max_gzip_ratio:
                    ratio = config.max_gzip_ratio
                    raise InputError(f"opens to more than {ratio} times its size: a gzip bomb?")
                yield piece

    try:
        yield pieces()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"damaged gzip: {error}") from None


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.4g} MB"
