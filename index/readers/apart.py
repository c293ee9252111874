"""Several articles of one record, each with its own text and the others of its page by name: the stories of a page, and a
story in each of its languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.documents import SAME_PAGE, Document, Skipped
from index.readers.columns.languages import by_language
from index.readers.columns.names import field_of
from index.readers.noise.stories import split
from index.readers.records import Record

_SHARED = ("id", "source", "url", "lang")
"""What holds for every story of a page; the rest is each one's own."""


def apart(record: Record) -> list[Record]:
    """The stories of a record, in each of its languages: those that its format has told apart, or those of its text."""
    tellings = by_language(record.fields)
    if len(tellings) == 1 and tellings[0] is record.fields:
        return _stories(record)
    return [story for fields in tellings for story in _stories(replace(record, fields=fields))]


def _stories(record: Record) -> list[Record]:
    fields, stories = dict(record.fields), list(record.stories)
    if not stories:
        for name, value in record.fields.items():
            if isinstance(value, str) and field_of(name) == "body":
                fields[name], *further = split(value)
                stories += [{name: text} for text in further]
    if not stories:
        return [record]
    shared = {name: value for name, value in fields.items() if field_of(name) in _SHARED}
    others = (
        replace(record, fields={**shared, **story}, headline_inside=True, stories=())
        for story in stories
    )
    return [replace(record, fields=fields, stories=()), *others]


def linked(items: Iterable[Document | Skipped]) -> Iterator[Document | Skipped]:
    """The articles of one page, which name one another in `extra`; what was skipped among them as it is."""
    found = list(items)
    ids = [item.id for item in found if isinstance(item, Document)]
    for item in found:
        if isinstance(item, Document) and len(ids) > 1:
            others = [each for each in ids if each != item.id]
            yield replace(item, extra={**item.extra, SAME_PAGE: others})
        else:
            yield item
