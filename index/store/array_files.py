"""Are array files of a stranger nothing but arrays? Looked at before numpy opens them.

numpy unpickles nothing here (`allow_pickle=False` everywhere), but it believes a header that claims a
terabyte, and unpacks a compressed member whatever its size.
"""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from lzma import LZMAError
from pathlib import Path
from tokenize import TokenError
from typing import BinaryIO

import numpy as np

from index.errors import BackupError

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


def require_plain_array(path: Path) -> None:
    """Refuse a .npy file that holds objects, or not as much as its header claims.

    Raises BackupError.
    """
    try:
        with path.open("rb") as file:
            _require_plain(file, path.stat().st_size)
    except (OSError, EOFError, ValueError, TypeError, OverflowError, SyntaxError) as error:
        raise _refused(path, error) from error


def require_plain_arrays(path: Path) -> None:
    """Refuse a .npz file with a member that is compressed, nested or no plain array.

    Raises BackupError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(each.file_size for each in members) > path.stat().st_size:
                raise ValueError("its members are larger than the file")
            for each in members:
                if each.compress_type != zipfile.ZIP_STORED or not each.filename.endswith(".npy"):
                    raise ValueError(f"{each.filename!r} is not as numpy.savez writes it")
                with archive.open(each) as file:
                    _require_plain(file, each.file_size)  # type: ignore[arg-type]
    except (OSError, EOFError, ValueError, TypeError, OverflowError, SyntaxError) as error:
        raise _refused(path, error) from error
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise _refused(path, error) from error


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


def _refused(path: Path, error: Exception) -> BackupError:
    return BackupError(f"{path.name} in the backup is no plain array file: {error}.")
