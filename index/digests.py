"""Checksums of files, and of the blocks of large ones, of which parts are read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

BLOCK = 1 << 20
"""Bytes of a block."""
_KEPT = 16
"""Hex digits that are kept of the SHA-256 of a block."""


def file_digest(file: BinaryIO) -> str:
    """SHA-256 (hex) of the rest of an open file."""
    return digest_with_blocks(file)[0]


def digest_with_blocks(file: BinaryIO, *, blocks: bool = False) -> tuple[str, str]:
    """SHA-256 (hex) of the rest of an open file, and if asked for the digests of its `blocks` as one text."""
    digest, of_blocks = hashlib.sha256(), list[str]()
    while block := file.read(BLOCK):
        digest.update(block)
        if blocks:
            of_blocks.append(_of_block(block))
    return digest.hexdigest(), "".join(of_blocks)


def same_blocks(file: BinaryIO, digests: str, numbers: Iterable[int]) -> bool:
    """Whether some blocks of an open file are those of which these are the `digests`."""
    for number in numbers:
        file.seek(number * BLOCK)
        if _of_block(file.read(BLOCK)) != digests[number * _KEPT : (number + 1) * _KEPT]:
            return False
    return True


def _of_block(block: bytes) -> str:
    return hashlib.sha256(block).hexdigest()[:_KEPT]


def path_digest(path: Path) -> str:
    """SHA-256 (hex) of the file of this name. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file)
