"""Follows folders: a file that comes, changes or goes is searchable, or gone, within seconds.

Files are looked at every second (size and time, not content), which works on any disk and over a
network; where looking takes long, a tenth of the time is spent on it. A file that is still being
written is left until it has not changed between two looks. When nothing comes for a while and much
has changed, the index is made compact, so that searches stay fast.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.errors import NoDocumentsError, TalashError
from index.operations.build import BuildReport, BuildSetup
from index.operations.change import ChangeReport, compact, drift
from index.operations.sync import sync
from index.progress import no_report
from index.readers import ReaderConfig, list_files
from index.readers.originals.origins import Origins
from index.store.manifest import current, open_manifest

COMPACT_FROM = 0.1
"""Share of documents that came or went, from which a quiet time is used to compact."""
QUIET = 60.0
"""Seconds without a change that are a quiet time."""
_IDLE = 9
"""Times as long as a look takes is waited after it, at least."""

_Seen = dict[str, tuple[int, int]]
"""Each file with its time of change and its size."""

News = ChangeReport | BuildReport | TalashError


@dataclass
class Watcher:
    """Keeps the index of a data directory in step with folders until it is told to stop.

    `tell` is called with what was done, and with each error once; `every` is in seconds.
    """

    paths: Sequence[Path]
    config: IndexConfig
    tell: Callable[[News], None]
    encoder: Encoder | None = None
    every: float = 1.0
    quiet: float = QUIET

    def __post_init__(self) -> None:
        self._pause = self.every
        self._done: _Seen = {}
        self._error = ""

    def run(self, stop: Event) -> None:
        """Sync once, then follow. Raises what the first sync raises; later errors are told, and
        what could not be done is tried again."""
        last = self._look()
        self.tell(sync(self.paths, self.config, encoder=self.encoder))
        self._done = last
        self.encoder = self.encoder or BuildSetup.open(self.config, no_report).encoder
        since = time.monotonic()
        while not stop.wait(self._pause):
            try:
                last, moved = self._follow(last)
                if moved:
                    since = time.monotonic()
                elif time.monotonic() - since >= self.quiet:
                    self._tidy()
                    since = time.monotonic()
                self._error = ""
            except TalashError as error:
                if str(error) != self._error:
                    self.tell(error)
                self._error = str(error)

    def _look(self) -> _Seen:
        began, found, places = time.monotonic(), _Seen(), Origins(self.paths)
        for file in list_files(self.paths, ReaderConfig(ocr=self.config.ocr)):
            try:
                status = file.path.stat()
            except OSError:  # gone since it was listed
                continue
            found[places.found(file)] = (status.st_mtime_ns, status.st_size)
        self._pause = max(self.every, _IDLE * (time.monotonic() - began))
        return found

    def _follow(self, last: _Seen) -> tuple[_Seen, bool]:
        """Take in the files that differ from what is indexed and have been still since `last`."""
        now = self._look()
        if self._done and not now:
            raise NoDocumentsError(
                "Every file that is watched is gone at once; nothing is removed.",
                hint="Is the disk there? If they are meant to go: talash index delete ID...",
            )
        differing = {
            name for name in now.keys() | self._done if now.get(name) != self._done.get(name)
        }
        still = {name for name in differing if now.get(name) == last.get(name)}
        if still:
            report = sync(self.paths, self.config, only=still, encoder=self.encoder)
            self._done = {
                **{name: seen for name, seen in self._done.items() if name not in still},
                **{name: now[name] for name in still if name in now},
            }
            if report.added or report.updated or report.removed or report.skipped:
                self.tell(report)
        return now, bool(differing)

    def _tidy(self) -> None:
        if drift(open_manifest(current(self.config.data_dir))) >= COMPACT_FROM:
            self.tell(compact(self.config, encoder=self.encoder))
