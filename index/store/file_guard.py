"""Keeps a reader that stays open, such as a server, from serving files that are not as written.

Files of a generation never change. So before one is served each file is read and held against its
checksum, once, whether it proves sound or damaged; and before each search its size and time are
looked at, for somebody may write to it after all: a mapped file that was cut short would end the
process (SIGBUS), one that was altered would answer wrongly. What a disk alters without a write
shows in `talash index verify` only.
"""

from __future__ import annotations

import time
from pathlib import Path

from index.errors import IndexDamagedError
from index.store.manifest import FileEntry, file_problem, read_manifest

_Stamp = tuple[int, int, int, int]

_SETTLED = 2.0
"""Seconds after which a file's time tells whether it was written to again: clocks of file systems tick
slowly, and within one tick two writes look like one."""

_MEND = "Mend it: talash index repair. Or go back: talash index rollback"


class FileGuard:
    """The files of the generation being served. For one thread at a time, except `changed`."""

    def __init__(self) -> None:
        self._stamps: dict[Path, _Stamp] = {}
        self._inspected: dict[Path, _Stamp] = {}
        self._sound: set[tuple[_Stamp, str]] = set()
        self._damaged: dict[tuple[Path, _Stamp, str], str] = {}

    def inspect(self, generation: Path) -> None:
        """Read every file and hold it against the manifest; one that was read before is not read
        again, also when a later generation has taken it over, until it is written to or replaced.

        Raises IndexDamagedError, which names the file, and IndexMismatchError.
        """
        manifest = read_manifest(generation)
        stamps: dict[Path, _Stamp] = {}
        for name, entry in manifest.files.items():
            path = generation / name
            stamp = _stamp(path)
            if stamp is None or (stamp, entry.sha256) not in self._sound:
                if problem := self._problem(path, stamp, entry):
                    raise IndexDamagedError(f"{path} {problem}.", hint=_MEND)
                if stamp is None:  # it came while we looked: ask again
                    raise IndexDamagedError(f"{path} is missing.", hint=_MEND)
                self._sound.add((stamp, entry.sha256))
            stamps[path] = stamp
        self._inspected = stamps
        digests = {generation / name: entry.sha256 for name, entry in manifest.files.items()}
        self._sound = {(stamp, digests[path]) for path, stamp in stamps.items()}
        self._damaged = {}

    def _problem(self, path: Path, stamp: _Stamp | None, entry: FileEntry) -> str:
        """What is wrong with a file, "" if nothing. What was altered is not read again for each that
        asks; what could not be read is."""
        if stamp is None:
            return file_problem(path, entry, checksum=True)
        known = (path, stamp, entry.sha256)
        if known not in self._damaged:
            problem = file_problem(path, entry, checksum=True)
            settled = time.time() - stamp[3] / 1e9 > _SETTLED
            if not (problem.startswith("is damaged") and settled and _stamp(path) == stamp):
                return problem
            self._damaged[known] = problem
        return self._damaged[known]

    def watch(self) -> None:
        """From now on what was inspected last is what is served."""
        self._stamps = self._inspected

    def forget(self) -> None:
        """Read every file again the next time."""
        self._sound, self._damaged = set(), {}

    def changed(self) -> bool:
        """Whether a file was written to or replaced since. One that is gone is not: it stays open."""
        return any(_stamp(path) not in (stamp, None) for path, stamp in self._stamps.items())


def _stamp(path: Path) -> _Stamp | None:
    """What changes when a file is written to or replaced; None if it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
