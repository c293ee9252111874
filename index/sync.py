"""Keeps an index in step with files: what is new goes in, what changed is replaced, what is gone goes.

Every record knows the file it was read from (`Document.origin`), so only what came from the paths
named can go. What cannot be read at the moment is not gone: a file that is broken, or lies in a
folder that is closed to us, keeps its documents.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from index.config import IndexConfig
from index.documents import Document, Skipped
from index.editing import ChangeReport, Changes, change
from index.encoder import Encoder
from index.encoding import Progress
from index.errors import NoDocumentsError
from index.readers import IGNORED, ReaderConfig, list_files, origin_of, read_paths


def sync(
    paths: Sequence[Path],
    config: IndexConfig,
    *,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> ChangeReport:
    """Let the index hold what files and folders hold; documents from elsewhere stay.

    `only` names the files (`origin_of`) that are looked at, when it is known which have changed or
    gone. Raises NoDocumentsError, and changes nothing, when there is not one file to be read: a
    disk that is not mounted is no reason to empty an archive. Else as `index.editing.change`.
    """
    if next(iter(list_files(paths)), None) is None:
        named = ", ".join(str(path) for path in paths)
        raise NoDocumentsError(
            f"There is no article under {named}; nothing was changed.",
            hint="If all are meant to go: talash index delete ID...",
        )
    roots = [origin_of(path) for path in paths]

    def wanted(origin: str) -> bool:
        return origin in only if only is not None else _under(origin, roots)

    def may_replace(there: Document) -> bool:
        """Not what another folder has under the same id, as long as it is there."""
        origin = there.origin
        return not origin or _under(origin, roots) or not os.path.exists(origin)  # noqa: PTH110

    def edit(changes: Changes) -> None:
        unread = []
        how = ReaderConfig(timezone=config.timezone)
        for item in read_paths(paths, config=how, only=lambda path: wanted(origin_of(path))):
            if isinstance(item, Skipped):
                changes.skip(item)
                unread += [origin_of(item.path)] if item.code != IGNORED else []
            else:
                changes.put(item, may_replace)
        for document_id, origin in list(changes.catalogue.ids()):
            if document_id not in changes.seen and wanted(origin) and not _under(origin, unread):
                changes.delete(document_id)

    return change(edit, config, progress=progress, encoder=encoder)


def _under(origin: str, places: Sequence[str]) -> bool:
    """Whether a file is one of the places or lies below one."""
    return any(
        origin == place or origin.startswith(place.rstrip(os.sep) + os.sep) for place in places
    )
