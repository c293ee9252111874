"""Sitemaps with news: titles, dates and addresses of articles, without their texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.xml.markup import elements, local_name
from index.readers.records import Note, Record

_NAMES = {
    "loc": "url",
    "title": "title",
    "publication_date": "date",
    "name": "source",
    "language": "lang",
    "keywords": "tags",
}


def read_sitemap(content: Content, config: ReaderConfig) -> Iterator[Record | Note]:
    """Read a sitemap: an article for each address that has a title."""
    titled = bare = number = 0
    with content.open_raw() as file:
        for entry in elements(file, "url", "sitemap"):
            number += 1
            fields = _fields(entry)
            if local_name(entry) == "url" and "title" in fields:
                titled += 1
                yield Record(number, fields)
            else:
                bare += 1
    if not titled:
        raise InputError(
            f"a sitemap of {bare:,} addresses without titles.",
            hint="Save the pages it names, and read those.",
        )
    yield Note(f"a sitemap: {titled:,} articles by their titles alone, without text")
    if bare:
        yield Note(f"{bare:,} addresses without a title were left out")


def _fields(entry: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for each in entry.iter("*"):
        name, text = _NAMES.get(local_name(each)), (each.text or "").strip()
        if name and text and not _is_of_a_picture(each):
            fields.setdefault(name, text)
    return fields


def _is_of_a_picture(element: Any) -> bool:
    """Whether a title or address is that of an image or a video of the page."""
    around = element.getparent()
    return around is not None and local_name(around) in ("image", "video")
