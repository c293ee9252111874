"""7-Zip archives, by py7zr, in memory: nothing is extracted to the disk."""

from __future__ import annotations

from collections.abc import Iterator

import py7zr
from py7zr.exceptions import ArchiveError, PasswordRequired
from py7zr.io import BytesIOFactory

from index.errors import InputError
from index.readers.config import MEGABYTE, ReaderConfig
from index.readers.content import Content
from index.readers.formats.archives.members import Members
from index.readers.records import BadRecord, Member, Note

_BATCH = 64 * MEGABYTE


def read_seven_zip(content: Content, config: ReaderConfig) -> Iterator[Member | BadRecord | Note]:
    """Read the files of an archive, some at a time."""
    try:
        with content.open_raw() as file, py7zr.SevenZipFile(file) as archive:
            if archive.needs_password():
                raise InputError("encrypted.", hint="Pack it again without its password.")
            members = Members(config)
            batch: list[str] = []
            size = 0
            for info in archive.files:
                if info.is_directory:
                    continue
                reason = ""
                if info.is_symlink or info.is_junction or info.is_socket:
                    reason = "a link"
                elif members.opened + info.uncompressed > config.max_opened_bytes:
                    reason = (
                        f"the archive opens to more than {config.max_opened_bytes // MEGABYTE:,} MB"
                    )
                if problem := members.problem(info.filename, reason):
                    yield problem
                if not members.wanted:
                    continue
                members.opened += info.uncompressed
                if batch and size + info.uncompressed > _BATCH:
                    yield from _extracted(archive, batch)
                    batch, size = [], 0
                batch.append(info.filename)
                size += info.uncompressed
            if batch:
                yield from _extracted(archive, batch)
            yield from members.notes()
    except PasswordRequired:
        raise InputError("encrypted.", hint="Pack it again without its password.") from None
    except ArchiveError as error:
        raise InputError(f"damaged 7-Zip archive: {error}") from None


def _extracted(archive: py7zr.SevenZipFile, names: list[str]) -> Iterator[Member]:
    factory = BytesIOFactory(4 * _BATCH)
    archive.reset()
    archive.extract(targets=names, factory=factory)
    for name in names:
        if (found := factory.products.get(name)) is not None:
            found.seek(0)
            yield Member(Content.of_bytes(name, found.read()))
