"""Whoosh's files mapped into memory: opened without being read, and shared by all processes.

Whoosh maps the one file of a compound segment, and then copies every part of it into memory. So
segments are written as several files, and each is mapped here.
"""

from __future__ import annotations

import mmap
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile, StructFile


class MappedStorage(FileStorage):  # type: ignore[misc]
    """The folder of a keyword index that is only read."""

    def __init__(self, path: str) -> None:
        super().__init__(path, readonly=True)

    def open_file(self, name: str, **options: Any) -> StructFile:
        """Called by Whoosh for every file. Raises OSError."""
        with super().open_file(name, **options) as file:
            try:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError:  # an empty file cannot be mapped
                return super().open_file(name, **options)
        return _MappedFile(mapped, name)


class _MappedFile(BufferFile):  # type: ignore[misc]
    """A file of Whoosh's over a mapping, which is also what is read from place to place."""

    def __init__(self, mapped: mmap.mmap, name: str) -> None:
        self._buf = self.file = mapped
        self._name = name
        self.onclose = None
        self.is_real = self.is_closed = False
