"""Checksums of files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1 << 20


def file_digest(file: BinaryIO) -> str:
    """SHA-256 (hex) of the rest of an open file."""
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def path_digest(path: Path) -> str:
    """SHA-256 (hex) of the file of this name. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file)
