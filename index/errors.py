"""Every error Talash raises on purpose, in one tree.

    TalashError
    ├── ConfigError             a setting is unknown or out of range
    ├── RequestError            a search request cannot be served as asked
    │   ├── RateLimitedError    a client asks more often than it may
    │   ├── UnauthorizedError   a client does not have the token
    │   ├── NotFoundError       the document asked for is not in the index
    │   └── CursorExpiredError  the index was rebuilt while an answer was paged through
    ├── InputError              one file or record cannot be read (it is reported and skipped)
    │   ├── NoDocumentsError    nothing readable in all that was given
    │   └── BackupError         a file is no backup that can be restored
    ├── CollectError            an address cannot be fetched, or names no article
    ├── EncoderError            the encoder cannot be loaded or did not answer
    │   ├── EncoderStartingError it is being opened right now
    │   └── TextRefusedError    it works, and will not have this text
    ├── SearchTimeoutError      a search took longer than it may
    ├── WorkerKilledError       a process that builds a part of an index was killed again and again
    └── StoreError              the index as a whole
        ├── IndexMissingError   no index there yet
        ├── IndexStartingError  it is being opened right now
        ├── IndexDamagedError   a file is gone, cut short or altered
        ├── IndexMismatchError  built with another encoder, analyzer or format than this program's
        ├── IndexLockedError    another process is writing
        └── IndexWriteError     the disk refused (full, read-only, ...)

Each class has a stable ``code`` that programs may rely on; each message names what happened and
``hint`` names the mend. Only `web.http.errors` knows HTTP statuses and only `web.cli.main` exit
codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

REBUILD = "Build it again: talash index rebuild PATH..."
UPGRADE = "Bring it to this version's format: talash index upgrade"


class TalashError(Exception):
    """Base of all deliberate errors: a stable `code`, a message and a hint that names the fix."""

    code: ClassVar[str] = "error"
    mend: ClassVar[str] = ""
    """The hint of one that is raised without."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.mend

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigError(TalashError):
    """A setting is unknown, of the wrong type or out of range."""

    code = "config-invalid"


class RequestError(TalashError):
    """A search request that cannot be served as asked. `parameter` names the offending field."""

    code = "request-invalid"

    def __init__(self, message: str, *, parameter: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.parameter = parameter


class RateLimitedError(RequestError):
    """A client asks more often than it may; `wait` is in how many seconds it may ask again."""

    code = "rate-limited"

    def __init__(self, message: str, *, wait: int = 1, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.wait = wait


class UnauthorizedError(RequestError):
    """A client does not have the token that guards the archive."""

    code = "unauthorized"


class NotFoundError(RequestError):
    """The document asked for is not in this index."""

    code = "not-found"


class CursorExpiredError(RequestError):
    """The index was rebuilt while an answer was read page by page: there is no next page of it."""

    code = "cursor-expired"


class InputError(TalashError):
    """One file or record cannot be read. Readers report it and go on with the next."""

    code = "input-unreadable"


class NoDocumentsError(InputError):
    """Nothing readable in all that was given: the index that was there stays."""

    code = "input-empty"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        skipped: Sequence[Any] = (),
        files: Sequence[Any] = (),
    ) -> None:
        """`skipped` and `files` are what a report has of what was tried (`Skipped`, `FileReport`)."""
        super().__init__(message, hint=hint)
        self.skipped, self.files = tuple(skipped), tuple(files)


class BackupError(InputError):
    """A file is no backup that can be restored: cut short, altered, or not made by Talash."""

    code = "backup-unreadable"


class CollectError(TalashError):
    """An address cannot be fetched or names no article, or the collector's state cannot be used."""

    code = "collect-failed"


class EncoderError(TalashError):
    """The encoder cannot be loaded, or did not give vectors."""

    code = "encoder-unavailable"


class EncoderStartingError(EncoderError):
    """The encoder is being opened: ask again in a moment. One code with `IndexStartingError`."""

    code = "index-starting"


class TextRefusedError(EncoderError):
    """The encoder works and will not have this text, which may be too long for it."""


class SearchTimeoutError(TalashError):
    """A search used up the time it may take, and was cut off."""

    code = "search-timeout"


class WorkerKilledError(TalashError):
    """A process that builds a part of an index was killed each time it was begun."""

    code = "worker-killed"
    mend = "The machine may lack the memory for it: with the setting [index] workers = 1 there is one process."


class StoreError(TalashError):
    """Base of errors about the index as a whole."""

    code = "index-error"


class IndexMissingError(StoreError):
    """There is no index in the data directory."""

    code = "index-missing"
    mend = REBUILD


class IndexStartingError(StoreError):
    """The index or its encoder is being opened, by another thread: ask again in a moment."""

    code = "index-starting"


class IndexDamagedError(StoreError):
    """A file of the index is gone, cut short or altered."""

    code = "index-damaged"
    mend = REBUILD


class IndexMismatchError(StoreError):
    """The index was built with another encoder, analyzer or format than this program uses."""

    code = "index-mismatch"
    mend = REBUILD


class IndexLockedError(StoreError):
    """Another process is writing to the data directory."""

    code = "index-locked"


class IndexWriteError(StoreError):
    """The disk refused a write: full, read-only or not permitted."""

    code = "index-write-failed"
