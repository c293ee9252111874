"""Files and folders in, documents out, and a report of what could not be read.

    for item in read_paths([Path("news/")]):
        ...  # a Document, or a Skipped that says what was left out and why

Files are read one after another in the order of their names, and one at a time: memory holds the
largest file, never the archive. One broken file or record costs only itself. An article's id is the
path of its file below the folder named and, in a file of many, its own id in there (`jang.csv/1`) or
its number (`jang.csv#1`). So no two files meet in an id, however they number their articles, and an id
does not change when other files come and go.

One module a format; `walk` finds the files, `files` and `decoding` make text of their bytes,
`fields` makes documents of their records, `noise` cuts the web page's frame off the article.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from index.documents import IGNORED, NOTED, PAGES, Document, Skipped
from index.errors import InputError, WorkerKilledError
from index.readers.apart import linked
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.dates import in_one_order
from index.readers.detection.registry import READABLE, UNPACKED, format_of, unread_because
from index.readers.mended import mended_records
from index.readers.noise.site_names import Neighbours, without_site_names
from index.readers.originals.page_starts import page_starts
from index.readers.pages.amp_twins import AMP, Twins
from index.readers.plain_text import shown_member
from index.readers.records import BadRecord, Member, Note, Record
from index.readers.report import FileCount, FileReport, Listener, ReadingReport, unheard
from index.readers.side_by_side import Made, Understanding
from index.readers.walk import FoundFile, Walk, check, shown
from index.workers import Workers

__all__ = [
    "IGNORED",
    "MEMBER",
    "NOTED",
    "READABLE",
    "UNPACKED",
    "FileReport",
    "FoundFile",
    "ReaderConfig",
    "ReadingReport",
    "documents_in",
    "list_files",
    "origin_of",
    "read_paths",
]


_DEFAULT = ReaderConfig()

MEMBER = "member"
"""The field of `Document.extra` that says where in its file an article was packed: the names of the
files around it, from the outermost."""


def read_paths(
    paths: Sequence[Path],
    *,
    config: ReaderConfig = _DEFAULT,
    only: Callable[[FoundFile], bool] = lambda file: True,
    tell: Listener = unheard,
) -> Iterator[Document | Skipped]:
    """Read files and folders, lazily and in a fixed order; of the files, those that `only` lets.

    Raises InputError at once for a path that does not exist. Everything else that goes wrong is
    yielded as a Skipped. What lies in a folder without being an article (hidden files, a README or
    LICENSE, other kinds of file) is a Skipped with code `input-ignored`; a file named by itself is always
    tried. `only` is asked right before a file is opened. `tell` is called with the report of each file
    when it is at its end.
    """
    return _read(check(paths), config, only, tell)


def documents_in(
    content: Content, *, fields: Mapping[str, Any] | None = None, config: ReaderConfig = _DEFAULT
) -> Iterator[Document | Skipped]:
    """Read content that is no file on the disk; `fields` stand in for what it does not say itself."""
    file = FoundFile(Path(content.name), content.name, Path(content.name))
    understanding = Understanding(config, None)
    reading = _FileReading(file, config, unheard, understanding, Twins(), Neighbours())
    return reading.of(content, _Nesting(fields=fields or {}))


def list_files(paths: Sequence[Path], config: ReaderConfig = _DEFAULT) -> Iterator[FoundFile]:
    """The files that `read_paths` will open. Raises InputError for a path not there."""
    return (
        item
        for item in Walk(check(paths), partial(unread_because, config=config))
        if isinstance(item, FoundFile)
    )


def origin_of(path: Path | str) -> str:
    """What `Document.origin` is for a file of this path, and `Document.root` for what was named."""
    return os.path.abspath(shown(path))  # noqa: PTH100 - links stay, as the ids have them


def _read(
    roots: list[Path], config: ReaderConfig, only: Callable[[FoundFile], bool], tell: Listener
) -> Iterator[Document | Skipped]:
    beside, twins, neighbours = config.workers - 1, Twins(), Neighbours()
    with Workers(beside) if beside else nullcontext() as workers:
        understanding = Understanding(config, workers)
        for item in Walk(roots, partial(unread_because, config=config)):
            if isinstance(item, Skipped):
                yield item
            elif only(item):
                reading = _FileReading(item, config, tell, understanding, twins, neighbours)
                yield from reading.of(Content.of_file(item.path))


@dataclass(frozen=True)
class _Nesting:
    """Where content lies in the file that holds it: nowhere, or under these names, one in the other."""

    names: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)

    def path(self, file: FoundFile) -> str:
        """What a report calls it."""
        return "!".join((shown(file.path), *self.names))

    def id(self, file: FoundFile) -> str:
        """The id of its article, or the stem of those of its articles."""
        return "/".join((file.id, *self.names))


_OUTSIDE = _Nesting()


@dataclass
class _FileReading:
    """One file of a folder or by itself, with all that is packed in it: one report for all of it."""

    file: FoundFile
    config: ReaderConfig
    tell: Listener
    understanding: Understanding
    twins: Twins
    neighbours: Neighbours
    ids: set[str] = field(default_factory=set)

    def of(self, content: Content, nesting: _Nesting = _OUTSIDE) -> Iterator[Document | Skipped]:
        """Read the content of the file. Whatever happens inside it ends with it."""
        count = FileCount(nesting.path(self.file))
        items = self._items(content, nesting, count)
        for item in without_site_names(items, self.file.path, self.neighbours, count.note):
            if isinstance(item, Skipped):
                count.skip()
            yield item
        yield from count.notes()
        self.tell(count.report())

    def _items(
        self, content: Content, nesting: _Nesting, count: FileCount
    ) -> Iterator[Document | Skipped]:
        """The articles of the file or of one packed in it."""
        path = nesting.path(self.file)
        try:
            records = format_of(content).read(content, self.config)
            items = in_one_order(mended_records(records))
            for understood in self.understanding.of(items, nesting.id(self.file), nesting.fields):
                record = understood.item
                if isinstance(record, Member):
                    yield from self._member(record, nesting, count)
                elif isinstance(record, Note):
                    count.note(record)
                elif isinstance(record, BadRecord):
                    yield Skipped(path, record.reason, record=record.number)
                else:
                    yield from linked(
                        self._document(each, made, nesting, count)
                        for each, made in understood.stories
                    )
        except WorkerKilledError:
            raise
        except InputError as error:
            yield Skipped(path, str(error))
        except OSError as error:
            yield Skipped(path, f"cannot be read: {(error.strerror or str(error)).lower()}")
        except (MemoryError, RecursionError) as error:
            yield Skipped(path, f"too large or too deeply nested ({type(error).__name__})")
        except Exception as error:  # a fault of a parser must cost one file, not the archive
            yield Skipped(path, f"cannot be read: {type(error).__name__}: {error}")

    def _member(
        self, member: Member, nesting: _Nesting, count: FileCount
    ) -> Iterator[Document | Skipped]:
        """Read a file that lies in another. Whatever happens inside it ends with it."""
        fields = {**nesting.fields, **member.fields}
        inner = _Nesting((*nesting.names, shown_member(member.content.name)), fields)
        if len(inner.names) > self.config.max_nesting:
            path = inner.path(self.file)
            yield Skipped(path, f"packed more than {self.config.max_nesting} deep")
            return
        yield from self._items(member.content, inner, count)

    def _document(
        self, record: Record, made: Made, nesting: _Nesting, count: FileCount
    ) -> Document | Skipped:
        """The document that was made of one record, with an id that no other record of the file has."""
        if isinstance(made, InputError):
            return Skipped(nesting.path(self.file), str(made), record=record.number)
        if isinstance(made, Exception):
            raise made
        document, used = made
        origin, root = origin_of(self.file.path), origin_of(self.file.root)
        is_page = record.amp is not None and bool(document.url)
        if is_page and self.twins.is_another(document.url, origin, root, amp=bool(record.amp)):
            reason = f"the AMP twin of a page that was read: {document.url}"
            return Skipped(nesting.path(self.file), reason, IGNORED, record.number)
        count.read(document, used, record.fields, record.number)
        extra = dict(document.extra)
        if nesting.names:
            extra[MEMBER] = list(nesting.names)
        if is_page:
            extra[AMP] = record.amp
        if record.pages:
            read = str(record.fields.get("body", ""))
            extra[PAGES] = page_starts(read, record.pages, document.body)
        document = replace(document, extra=extra, origin=origin, root=root)
        return self._with_own_id(document, record.number)

    def _with_own_id(self, document: Document, number: int) -> Document:
        """Tell apart two articles of one file that were given the same id: both are kept."""
        unique, again = document.id, 1
        while unique in self.ids:
            again += 1
            unique = f"{unique}#{number}" if number else f"{document.id}#{again}"
        self.ids.add(unique)
        return replace(document, id=unique)
