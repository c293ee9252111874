"""Files and folders in, documents out, and a report of what could not be read.

    for item in read_paths([Path("news/")]):
        ...  # a Document, or a Skipped that says what was left out and why

Files are read one after another in the order of their names, and one at a time: memory holds the
largest file, never the archive. One broken file or record costs only itself. Each article's id is
its own or else its path below the folder named (with `#3` for the third record of a file), so an
id does not change when other files come and go.

One module a format; `walk` finds the files, `files` and `decoding` make text of their bytes,
`fields` makes documents of their records, `noise` cuts the web page's frame off the article.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from index.documents import Document, Skipped
from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.detection.registry import READABLE, format_of, is_readable
from index.readers.fields import build
from index.readers.originals.page_starts import PAGES, page_starts
from index.readers.records import BadRecord, Member, Note, Record
from index.readers.walk import IGNORED, NOTED, FoundFile, Walk, check, shown

__all__ = [
    "IGNORED",
    "MEMBER",
    "NOTED",
    "READABLE",
    "FoundFile",
    "ReaderConfig",
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
) -> Iterator[Document | Skipped]:
    """Read files and folders, lazily and in a fixed order; of the files, those that `only` lets.

    Raises InputError at once for a path that does not exist. Everything else that goes wrong is
    yielded as a Skipped. What lies in a folder without being an article (hidden files, a README or
    LICENSE, other kinds of file) is a Skipped with code `input-ignored`; a file named by itself is always
    tried. `only` is asked right before a file is opened.
    """
    return _read(check(paths), config, only)


def list_files(paths: Sequence[Path], config: ReaderConfig = _DEFAULT) -> Iterator[FoundFile]:
    """The files that `read_paths` will open. Raises InputError for a path not there."""
    return (
        item
        for item in Walk(check(paths), partial(is_readable, config=config))
        if isinstance(item, FoundFile)
    )


def origin_of(path: Path | str) -> str:
    """What `Document.origin` is for a file of this path, and `Document.root` for what was named."""
    return os.path.abspath(shown(path))  # noqa: PTH100 - links stay, as the ids have them


def _read(
    roots: list[Path], config: ReaderConfig, only: Callable[[FoundFile], bool]
) -> Iterator[Document | Skipped]:
    for item in Walk(roots, partial(is_readable, config=config)):
        if isinstance(item, Skipped):
            yield item
        elif only(item):
            yield from _read_file(item, config)


def _read_file(file: FoundFile, config: ReaderConfig) -> Iterator[Document | Skipped]:
    """Read one file of a folder or by itself, with all that is packed in it."""
    yield from _read_content(Content.of_file(file.path), file, config, _Nesting())


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


def _read_content(
    content: Content, file: FoundFile, config: ReaderConfig, nesting: _Nesting
) -> Iterator[Document | Skipped]:
    """Read the content of a file or of one packed in it. Whatever happens inside it ends with it."""
    path = nesting.path(file)
    ids: set[str] = set()
    try:
        for record in format_of(content).read(content, config):
            if isinstance(record, Member):
                yield from _read_member(record, file, config, nesting)
            elif isinstance(record, Note):
                yield Skipped(path, record.reason, code=NOTED, record=record.number)
            else:
                yield _document(record, file, ids, config, nesting)
    except InputError as error:
        yield Skipped(path, str(error))
    except OSError as error:
        yield Skipped(path, f"cannot be read: {(error.strerror or str(error)).lower()}")
    except (MemoryError, RecursionError) as error:
        yield Skipped(path, f"too large or too deeply nested ({type(error).__name__})")
    except Exception as error:  # a fault of a parser must cost one file, not the archive
        yield Skipped(path, f"cannot be read: {type(error).__name__}: {error}")


def _read_member(
    member: Member, file: FoundFile, config: ReaderConfig, nesting: _Nesting
) -> Iterator[Document | Skipped]:
    """Read a file that lies in another."""
    fields = {**nesting.fields, **member.fields}
    inner = _Nesting((*nesting.names, member.content.name), fields)
    if len(inner.names) > config.max_nesting:
        yield Skipped(inner.path(file), f"packed more than {config.max_nesting} deep")
        return
    yield from _read_content(member.content, file, config, inner)


def _document(
    record: Record | BadRecord,
    file: FoundFile,
    ids: set[str],
    config: ReaderConfig,
    nesting: _Nesting,
) -> Document | Skipped:
    """Make a document of one record, with an id that no other record of its file has."""
    path = nesting.path(file)
    if isinstance(record, BadRecord):
        return Skipped(path, record.reason, record=record.number)
    if nesting.fields:
        record = replace(record, fields={**nesting.fields, **record.fields})
    try:
        document = build(record, nesting.id(file), config)
    except InputError as error:
        return Skipped(path, str(error), record=record.number)
    extra = dict(document.extra)
    if nesting.names:
        extra[MEMBER] = list(nesting.names)
    if record.pages:
        read = str(record.fields.get("body", ""))
        extra[PAGES] = page_starts(read, record.pages, document.body)
    document = replace(
        document, extra=extra, origin=origin_of(file.path), root=origin_of(file.root)
    )
    return _with_own_id(document, record.number, ids)


def _with_own_id(document: Document, number: int, ids: set[str]) -> Document:
    """Tell apart two records of one file that were given the same id: both are kept."""
    unique = document.id
    while unique in ids:
        unique = f"{unique}#{number}"
    ids.add(unique)
    return replace(document, id=unique)
