"""OLE compound files (MS-CFB), in which older programs keep the parts of a document as streams."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from index.errors import InputError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER = 512
_IN_HEADER = 109  # sectors of the table of sectors that the header lists
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_LAST = 0xFFFFFFFA  # from here on numbers of sectors mean that there is none
_MINI = 64


def stream(raw: bytes, prefix: str) -> tuple[str, bytes]:
    """The name and content of the stream whose name begins so; "" and nothing where there is none.

    Raises InputError for a file that is damaged.
    """
    try:
        return _Compound(raw).stream(prefix)
    except (struct.error, IndexError, OverflowError):
        raise InputError("damaged: its parts are not where it says") from None


class _Compound:
    """A compound file: sectors, and tables of which sector comes after which."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        shift, _ = struct.unpack_from("<HH", raw, 30)
        if not raw.startswith(MAGIC) or shift not in (9, 12):
            raise InputError("damaged: no compound file")
        self._size = 1 << shift
        self._directory, self._cutoff, self._mini, first, _ = struct.unpack_from(
            "<I4xIIxxxxII", raw, 48
        )
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", raw, 76))
        most = len(raw) // self._size
        while first < _LAST and len(sectors) <= most:
            *more, first = self._numbers(first)
            sectors += more
        self._next = [each for one in sectors if one < _LAST for each in self._numbers(one)]

    def stream(self, prefix: str) -> tuple[str, bytes]:
        """See the function of this name."""
        directory = self._chained(self._directory)
        entries = [directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY)]
        root = next((entry for entry in entries if entry[66:67] == bytes([_ROOT])), b"")
        for entry in entries:
            length, kind = struct.unpack_from("<HB", entry, 64)
            name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
            if kind == _STREAM and name.startswith(prefix):
                start, size = struct.unpack_from("<II", entry, 116)
                small = size < self._cutoff
                return name, (self._small(start, root) if small else self._chained(start))[:size]
        return "", b""

    def _small(self, start: int, root: bytes) -> bytes:
        """A short stream: its pieces lie in a stream of their own."""
        pieces = self._chained(struct.unpack_from("<I", root, 116)[0])
        table = self._chained(self._mini)
        following = struct.unpack(f"<{len(table) // 4}I", table)
        places = _chain(start, following)
        return b"".join(pieces[at * _MINI : (at + 1) * _MINI] for at in places)

    def _chained(self, start: int) -> bytes:
        return b"".join(map(self._sector, _chain(start, self._next)))

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._raw[at : at + self._size]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self._size // 4}I", self._sector(sector))


def _chain(start: int, following: Sequence[int]) -> Iterator[int]:
    """The numbers of the sectors of one stream. Raises InputError for a chain without end."""
    for _ in range(len(following) + 1):
        if start >= _LAST:
            return
        yield start
        start = following[start]
    raise InputError("damaged: a part of it leads back to itself")
