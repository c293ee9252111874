"""Content of one file, within bounds: too large, too well packed or unreadable is said so."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

from index.errors import InputError
from index.readers.config import ReaderConfig

_CHUNK = 1024 * 1024


def read_bytes(path: Path, config: ReaderConfig) -> bytes:
    """Read a file, opening gzip. Raises InputError beyond a limit and OSError from the disk."""
    limit = config.max_file_bytes
    with path.open("rb") as file:
        raw = file.read(limit + 1)
    if len(raw) > limit:
        size = _megabytes(limit)
        raise InputError(f"larger than {size}.", hint="Split it, or raise max_file_bytes.")
    return _gunzip(raw, config) if path.name.lower().endswith(".gz") else raw


def _gunzip(packed: bytes, config: ReaderConfig) -> bytes:
    """Open gzip piece by piece, and stop at once when it swells beyond what text does."""
    pieces: list[bytes] = []
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            while piece := file.read(_CHUNK):
                pieces.append(piece)
                size += len(piece)
                if size > config.max_gzip_bytes:
                    opened = _megabytes(config.max_gzip_bytes)
                    raise InputError(f"opens to more than {opened}.", hint="Raise max_gzip_bytes.")
                if size > config.gzip_ratio_from and size > len(packed) * config.max_gzip_ratio:
                    ratio = config.max_gzip_ratio
                    raise InputError(f"opens to more than {ratio} times its size: a gzip bomb?")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"damaged gzip: {error}") from None
    return b"".join(pieces)


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:,.4g} MB"
