"""Which files of an archive are read: as in a folder, and none that leads out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from index.readers.config import ReaderConfig
from index.readers.detection.registry import named
from index.readers.records import BadRecord, Note
from index.readers.walk import is_about

_MOST_KINDS = 12


class Members:
    """One trip through an archive: what was met, and why the rest was left out.

    `wanted` says whether the file that `problem` was asked about last is to be read, `opened` how many
    bytes were taken out so far.
    """

    def __init__(self, config: ReaderConfig) -> None:
        self.config = config
        self.opened = 0
        self.wanted = False
        self.count = 0
        self._left_out: Counter[str] = Counter()

    def problem(self, name: str, reason: str = "") -> BadRecord | None:
        """What the report says of a file. `reason` is one the archive itself gives against it."""
        self.wanted = False
        path = PurePosixPath(name.replace("\\", "/"))
        if not path.parts:
            return BadRecord(0, "a file without a name")
        if any(part.startswith(".") or part == "__MACOSX" for part in path.parts if part != ".."):
            self._left_out["hidden"] += 1
            return None
        if is_about(path.name):
            self._left_out["about the folder"] += 1
            return None
        if not reason and (path.is_absolute() or ".." in path.parts or path.parts[0].endswith(":")):
            reason = "its path leads out of the archive"
        if reason:
            return BadRecord(0, f"{name}: {reason}")
        kind = named(path.name)
        if kind is None or (kind.name == "image" and not self.config.ocr):
            self._left_out[path.suffix.lower() or "no extension"] += 1
            return None
        self.count += 1
        if self.count > self.config.max_members:
            most = f"{self.config.max_members:,}"
            return (
                BadRecord(0, f"more than {most} files: the rest was not read")
                if self.count == self.config.max_members + 1
                else None
            )
        self.wanted = True
        return None

    def notes(self) -> Iterator[Note]:
        """What is said of the archive as a whole."""
        if self._left_out:
            kinds = [f"{count:,} {kind}" for kind, count in self._left_out.most_common(_MOST_KINDS)]
            yield Note(f"files in it that are no articles: {', '.join(kinds)}")
