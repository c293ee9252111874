"""Array files: read, and (those of a stranger) looked at before numpy opens them.

numpy unpickles nothing here (`allow_pickle=False` everywhere), but it believes a header that claims a
terabyte, and unpacks a compressed member whatever its size.
"""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from tokenize import TokenError
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from index.errors import BackupError, IndexDamagedError

Arrays = dict[str, npt.NDArray[Any]]
"""Arrays by name, as they are stored together."""

UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TokenError,
    LZMAError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)
"""All that numpy and its zip files make of a turned bit: a header is parsed as Python, a member may
seem encrypted, or packed in a way that is not known."""

_LONGEST_HEADER = 10_000


@contextmanager
def damage_named(what: object) -> Iterator[None]:
    """Raise IndexDamagedError, which names `what` was read, for whatever numpy makes of damage."""
    try:
        yield
    except UNREADABLE as error:
        raise IndexDamagedError(f"{what} cannot be read ({error}).") from error


def load_arrays(path: Path, *names: str, without: Container[str] = ()) -> Arrays:
    """The arrays of a .npz file, all or those named, `without` some. Raises any of `UNREADABLE`."""
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in names or stored.files if name not in without}


def with_prefix(prefix: str, arrays: Arrays) -> Arrays:
    """Arrays under longer names: those of one of several alike, stored with the others'."""
    return {f"{prefix}{name}": part for name, part in arrays.items()}


def without_prefix(prefix: str, arrays: Arrays) -> Arrays:
    """Those arrays that `with_prefix` named so."""
    return {name[len(prefix) :]: each for name, each in arrays.items() if name.startswith(prefix)}


def as_bytes(lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Lines as an array; lone surrogates become ?."""
    return np.frombuffer("\n".join(lines).encode("utf-8", "replace"), np.uint8)


def as_lines(text: npt.NDArray[np.uint8]) -> list[str]:
    """The lines of such an array."""
    return bytes(text).decode("utf-8").split("\n") if len(text) else []


def require_plain_arrays(path: Path) -> None:
    """Refuse a .npy file that holds objects, or not as much as its header claims; a .npz file with a
    member that is so, compressed or nested.

    Raises BackupError.
    """
    try:
        if path.suffix == ".npy":
            with path.open("rb") as file:
                return _require_plain(file, path.stat().st_size)
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(each.file_size for each in members) > path.stat().st_size:
                raise ValueError("its members are larger than the file")
            for each in members:
                if each.compress_type != zipfile.ZIP_STORED or not each.filename.endswith(".npy"):
                    raise ValueError(f"{each.filename!r} is not as numpy.savez writes it")
                with archive.open(each) as file:
                    _require_plain(file, each.file_size)  # type: ignore[arg-type]
    except UNREADABLE as error:
        message = f"{path.name} in the backup is no plain array file: {error}."
        raise BackupError(message) from error


def _require_plain(file: BinaryIO, size: int) -> None:
    version = np.lib.format.read_magic(file)
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in readers:
        raise ValueError(f"its format is {version}")
    shape, _, kind = readers[version](file, max_header_size=_LONGEST_HEADER)
    if kind.hasobject or kind.kind not in "biuf":
        raise ValueError(f"it holds {kind}")
    if any(each < 0 for each in shape) or math.prod(shape) * kind.itemsize != size - file.tell():
        raise ValueError(f"it does not hold {shape} of {kind}")
