"""The file an article was read from, found again: on the disk, or packed in the one there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.documents import SCANNED, Document
from index.errors import InputError
from index.readers import MEMBER, ReaderConfig
from index.readers.content import Content
from index.readers.detection.registry import format_of
from index.readers.plain_text import shown_member
from index.readers.records import Member
from index.readers.walk import is_within

_DEFAULT = ReaderConfig()


def original_of(
    document: Document, folders: Iterable[Path], config: ReaderConfig = _DEFAULT
) -> Content:
    """The file that a document was read from, if it lies below one of the folders, links followed.

    A file in an archive is read out of it anew, by the reader that found it. Raises InputError for a
    document without a file, one outside the folders, and one that is not there any more; OSError from
    the disk.
    """
    if not document.origin:
        raise InputError("it was not read from a file")
    path = os.path.realpath(document.origin)
    if not any(is_within(path, os.path.realpath(folder)) for folder in folders):
        raise InputError("its file is in no folder that may be shown")
    if not os.path.isfile(path):  # noqa: PTH113
        raise InputError("its file is not there any more")
    content = Content(Path(document.origin).name, Content.of_file(Path(path)).open_raw)
    names = document.extra.get(MEMBER)
    names = names if isinstance(names, list) else []
    if SCANNED in document.extra:
        names = names[:-1]  # the picture of a page: its file is the one to show
    return _packed(content, names, config)


def _packed(content: Content, names: Sequence[str], config: ReaderConfig) -> Content:
    if not names:
        return content
    if len(names) > config.max_nesting:
        raise InputError(f"packed more than {config.max_nesting} deep")
    for item in format_of(content).read(content, config):
        if isinstance(item, Member) and shown_member(item.content.name) == names[0]:
            found = _packed(item.content, names[1:], config)
            with found.open_raw() as file:  # while the archive around it is open
                raw = file.read(config.max_file_bytes + 1)
            if len(raw) > config.max_file_bytes:
                raise InputError("larger than a file may be.", hint="Raise max_file_bytes.")
            return Content.of_bytes(found.name, raw, found.media_type)
    raise InputError("its file is not in the archive any more")
