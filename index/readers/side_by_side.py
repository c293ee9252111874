"""Records of a large archive become documents in several processes; their order stays.

Reading a file is one process's work, but most of the time goes into what follows for each record: which
field is what, what of a page's text is the article, which day a date is. A worker that is killed costs
its records only: another begins with them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from index.documents import Document
from index.progress import Progress
from index.readers.apart import apart
from index.readers.config import ReaderConfig
from index.readers.fields import Used, understand
from index.readers.records import SENT, BadRecord, Member, Note, Record
from index.workers import Workers, portable

LEAST_SHARED = 1_000
"""Records from which others help: of fewer, starting them takes longer."""
_TOGETHER = 32
_LETTERS = 1 << 18
"""Records, and letters of them, that are handed over at once."""

Item = Record | BadRecord | Member | Note
Made = tuple[Document, Used] | Exception
_Stories = list[tuple[Record | None, Made]]
"""Of each story of a record itself, None for the record, and what came of it."""


@dataclass(frozen=True)
class Understood:
    """An item of a file. Of a `Record` the stories, and what came of each: a document, or what was raised."""

    item: Item
    stories: list[tuple[Record, Made]]


@dataclass(frozen=True)
class _Source:
    """Where records come from: the stem of their ids, and what stands in for what they do not say."""

    path_id: str
    fields: Mapping[str, Any]
    config: ReaderConfig

    def whole(self, record: Record) -> Record:
        """A record with all that is said of it."""
        if not self.fields:
            return record
        record = replace(record, fields={**self.fields, **record.fields})
        if not record.number and not record.date_hint[0] and SENT in self.fields:
            hint = self.fields[SENT], "the day of the message it is attached to"
            record = replace(record, date_hint=hint)
        return record

    def understood(self, records: Iterable[Record]) -> list[_Stories]:
        """What becomes of records."""
        return [
            [
                (None if each is record else each, self._made(self.whole(each)))
                for each in apart(record)
            ]
            for record in records
        ]

    def _made(self, record: Record) -> Made:
        try:
            return understand(record, self.path_id, self.config)
        except Exception as error:
            return error


class Understanding:
    """Understands the records of one file after another."""

    def __init__(self, config: ReaderConfig, workers: Workers | None) -> None:
        self._config, self._workers = config, workers
        self._alone = LEAST_SHARED

    def of(
        self, items: Iterable[Item], path_id: str, fields: Mapping[str, Any]
    ) -> Iterator[Understood]:
        """The items of a file, its records understood. What `items` raises is raised behind those that came
        before."""
        source = _Source(path_id, fields, self._config)
        rest = iter(items)
        for item in rest:
            found = source.understood([item]) if isinstance(item, Record) else [[]]
            yield _joined(source, item, found[0])
            self._alone -= 1
            if self._workers and self._alone <= 0 and not isinstance(item, Member):
                yield from self._shared(source, rest, self._workers)

    def _shared(
        self, source: _Source, items: Iterator[Item], workers: Workers
    ) -> Iterator[Understood]:
        """The items up to the next file that is packed in this one: until that is read, nothing behind it
        can be."""
        batches = _Batches(items)

        def here(batch: list[Item]) -> list[_Stories]:
            return source.understood(_records(batch))

        for batch, found in workers.each(here, batches, understand_batch, source):
            stories = iter(found)
            for item in batch:
                yield _joined(source, item, next(stories) if isinstance(item, Record) else [])
        if batches.error:
            raise batches.error
        if batches.member:
            yield Understood(batches.member, [])


def understand_batch(source: _Source, batch: list[Item], report: Progress) -> list[_Stories]:
    """What a worker makes of a batch."""
    return [
        [
            (story, cast(Exception, portable(made)) if isinstance(made, Exception) else made)
            for story, made in each
        ]
        for each in source.understood(_records(batch))
    ]


def _records(batch: Iterable[Item]) -> Iterator[Record]:
    return (item for item in batch if isinstance(item, Record))


def _joined(source: _Source, item: Item, stories: _Stories) -> Understood:
    found = []
    for story, made in stories:
        each = item if story is None else story
        assert isinstance(each, Record)
        found.append((source.whole(each), made))
    return Understood(item, found)


class _Batches:
    """Items, some at a time, up to the next `member` of the file or what `error` ended them."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self.error: Exception | None = None
        self.member: Member | None = None

    def __iter__(self) -> Iterator[list[Item]]:
        batch: list[Item] = []
        letters = 0
        try:
            for item in self._items:
                if isinstance(item, Member):
                    self.member = item
                    break
                batch.append(item)
                if isinstance(item, Record):
                    letters += sum(
                        len(each) for each in item.fields.values() if isinstance(each, str)
                    )
                if len(batch) >= _TOGETHER or letters >= _LETTERS:
                    yield batch
                    batch, letters = [], 0
        except Exception as error:
            self.error = error
        if batch:
            yield batch
