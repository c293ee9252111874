"""Keeps an index in step with files: what is new goes in, what changed is replaced, what is gone goes.

Every article knows the file it was read from (`Document.origin`) and the file or folder that was named
(`Document.root`), so only what came from the paths named can go. What cannot be read at the moment is
not gone: a file that is broken, or lies in a folder that is closed to us, keeps its articles.

An id stays with the file it was read from, as long as that file has it. So it makes no difference in
which order, or by which links, folders are named.

A folder that has moved is known by what is in it: its files are gone where they were, and at least
half of its articles are, word for word, in files of the same names below what is named now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from index.config import IndexConfig
from index.documents import Document, Skipped
from index.encoders.protocol import Encoder
from index.errors import NoDocumentsError
from index.operations.change import ChangeReport, Changes, change
from index.progress import Progress
from index.readers import IGNORED, NOTED, FileReport, ReaderConfig, list_files, read_paths
from index.readers.originals.origins import Origins, found_at, is_gone, lies_in


def sync(
    paths: Sequence[Path],
    config: IndexConfig,
    *,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> ChangeReport:
    """Let the index hold what files and folders hold; documents from elsewhere stay.

    `only` names the files (`Origins.found`) that are looked at, when it is known which have changed or
    gone. Raises NoDocumentsError, and changes nothing, when there is not one file to be read: a
    disk that is not mounted is no reason to empty an archive. Else as
    `index.operations.change.change`.
    """
    places = Origins(paths)
    how = ReaderConfig(timezone=config.timezone, ocr=config.ocr)
    files = {places.found(found) for found in list_files(paths, how)}
    if not files:
        named = ", ".join(str(path) for path in paths)
        raise NoDocumentsError(
            f"There is no article under {named}; nothing was changed.",
            hint="If all are meant to go: talash index delete ID...",
        )

    def edit(changes: Changes) -> None:
        how = ReaderConfig.of(config)
        _Sync(paths, places, files, only, how, changes, reports.append).run()

    reports: list[FileReport] = []
    done = change(edit, config, progress=progress, encoder=encoder)
    return replace(done, files=tuple(reports))


@dataclass(frozen=True)
class _Stored:
    """Where an article of the index was read from."""

    origin: str
    root: str
    place: str


@dataclass
class _Sync:
    """One trip through the files and then through the index."""

    paths: Sequence[Path]
    places: Origins
    files: Collection[str]
    only: Collection[str] | None
    how: ReaderConfig
    changes: Changes
    tell: Callable[[FileReport], None]
    unread: list[str] = field(default_factory=list)
    came_from: dict[str, str] = field(default_factory=dict)
    """The place of the file that has the article now, by its id."""

    def run(self) -> None:
        self.stored = {
            document_id: _Stored(origin, root or origin, self.places.of(origin, root))
            for document_id, (origin, root) in self.changes.before.places().items()
            if origin
        }
        before = {stored.place: stored for stored in self.stored.values()}
        waiting = []
        for document in self._read():
            if known := before.get(self._place(document)):
                document = found_at(document, known.origin, known.root)
            there = self.stored.get(document.id)
            if there and there.place in self.files and there.place != self._place(document):
                waiting.append(document)
            else:
                self._put(document)
        for document in waiting:  # unless the files they were read from had them once more
            self._put(document)
        for document_id in self._missing():
            self.changes.delete(document_id)

    def _read(self) -> Iterator[Document]:
        wanted = lambda file: self._wanted(self.places.found(file))  # noqa: E731
        for item in read_paths(self.paths, config=self.how, only=wanted, tell=self.tell):
            if not isinstance(item, Skipped):
                yield item
                continue
            self.changes.skip(item)
            if item.code not in (IGNORED, NOTED):
                self.unread.append(self.places.shown(item.path))

    def _put(self, document: Document) -> None:
        if self.changes.is_twin(document, self._stays):
            return
        given = self.changes.put(document, partial(self._may_replace, document))
        self.came_from[given] = self._place(document)

    def _may_replace(self, document: Document, there: Document) -> bool:
        """Not what another file has under the same id, as long as that file is there."""
        place = self._place(there)
        if not there.origin or place == self._place(document):
            return True
        if place in self.files and self._wanted(place):
            return not lies_in(place, self.unread)  # it was read, and had it no more
        return is_gone(place)

    def _missing(self) -> list[str]:
        """Ids of what no file has any more."""
        left = {
            document_id: stored
            for document_id, stored in self.stored.items()
            if document_id not in self.changes.seen
        }
        found = [
            document_id
            for document_id, stored in left.items()
            if self._wanted(stored.place) and not lies_in(stored.place, self.unread)
        ]
        moved = self._moved_from() if self.only is None else []
        self.changes.moved_from += moved
        for document_id, stored in left.items():
            if stored.root in moved:
                below = self.places.below_root(stored.place, stored.root)
                here = (root + below for root in self.places.roots)
                if not any(lies_in(place, self.unread) for place in here):
                    found.append(document_id)
        return found

    def _moved_from(self) -> list[str]:
        """Roots of old whose files are gone, and are in the roots of now."""
        by_root: dict[str, list[str]] = defaultdict(list)
        for document_id, stored in self.stored.items():
            if not lies_in(stored.place, self.places.roots):
                by_root[stored.root].append(document_id)
        return [
            root
            for root, ids in by_root.items()
            if 2 * sum(map(self._is_here, ids)) >= len(ids)
            and all(is_gone(self.stored[document_id].place) for document_id in ids)
        ]

    def _is_here(self, document_id: str) -> bool:
        """Whether an article came, word for word, from the same file below one of the roots."""
        stored = self.stored[document_id]
        below = self.places.below_root(stored.place, stored.root)
        here = self.came_from.get(document_id, "")
        return (
            document_id in self.changes.kept
            and here.endswith(below)
            and here[: len(here) - len(below)] in self.places.roots
        )

    def _wanted(self, place: str) -> bool:
        """Whether a file is looked at this time, or would be if it were there."""
        return place in self.only if self.only is not None else lies_in(place, self.places.roots)

    def _stays(self, origin: str, root: str) -> bool:
        """Whether a file is not looked at this time, and is there: else its articles come again, or go."""
        place = self.places.of(origin, root)
        return not self._wanted(place) and not is_gone(place)

    def _place(self, document: Document) -> str:
        return self.places.of(document.origin, document.root)
