"""OpenDocument texts (.odt), opened by odfpy: headings, paragraphs, tables, footnotes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from odf import dc, meta, opendocument

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.office.blocks import Block, article, office_zip, table
from index.readers.records import Record

_TEXT_NODES = (3, 4)
_SKIPPED = (
    "text:tracked-changes",
    "office:annotation",
    "text:note-citation",
    "text:sequence-decls",
)
_WRITTEN = {"text:tab": "\t", "text:line-break": "\n"}


def read_odt(content: Content, config: ReaderConfig) -> Iterator[Record]:
    """Read a document as one article."""
    document = opendocument.load(office_zip(content, config))
    text = getattr(document, "text", None)
    if text is None:
        raise InputError("no text document, but another of its family")
    notes: list[str] = []
    blocks = list(_blocks(text, notes))
    yield article(blocks, notes, _properties(document))


def _properties(document: Any) -> dict[str, Any]:
    def first(element: Any) -> str:
        found = document.meta.getElementsByType(element)
        return str(found[0]) if found else ""

    return {
        "title": first(dc.Title),
        "author": first(dc.Creator) or first(meta.InitialCreator),
        "tags": [str(each) for each in document.meta.getElementsByType(meta.Keyword)],
        "lang": first(dc.Language),
        "file created": first(meta.CreationDate),
    }


def _blocks(around: Any, notes: list[str]) -> Iterator[Block]:
    for element in around.childNodes:
        name = getattr(element, "tagName", "")
        if name in ("text:p", "text:h"):
            style = str(element.getAttribute("stylename") or "")
            level = str(element.getAttribute("outlinelevel") or "") if name == "text:h" else ""
            yield Block(_text(element, notes), level == "1" or style == "Title")
        elif name == "table:table":
            yield from table(_rows(element, notes))
        elif name and name not in _SKIPPED:
            yield from _blocks(element, notes)


def _rows(around: Any, notes: list[str]) -> Iterator[list[list[Block]]]:
    """The rows of a table, some of them in groups, for each cell its blocks."""
    for element in around.childNodes:
        name = getattr(element, "tagName", "")
        if name == "table:table-row":
            yield [list(_blocks(cell, notes)) for cell in element.childNodes]
        elif name.startswith("table:"):
            yield from _rows(element, notes)


def _text(element: Any, notes: list[str]) -> str:
    """What a paragraph shows; notes in it are put aside."""
    parts: list[str] = []
    for child in element.childNodes:
        name = getattr(child, "tagName", "")
        if child.nodeType in _TEXT_NODES:
            parts.append(child.data)
        elif name == "text:note":
            notes.append("\n".join(block.text.strip() for block in _blocks(child, notes)))
        elif name == "text:s":
            parts.append(" " * min(int(child.getAttribute("c") or 1), 80))
        elif name in _WRITTEN:
            parts.append(_WRITTEN[name])
        elif name not in _SKIPPED:
            parts.append(_text(child, notes))
    return "".join(parts)
