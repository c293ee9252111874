"""Word documents (.docx), opened by python-docx: paragraphs, tables, footnotes, with what was inserted
and without what was deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.office.blocks import Block, article, office_zip, table
from index.readers.formats.xml.markup import local_name, safe_xml
from index.readers.records import Record

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = frozenset(
    ("del", "movefrom", "fallback", "instrtext", "deltext", "ppr", "rpr", "sectpr")
)
_WRITTEN = {"tab": "\t", "br": "\n", "cr": "\n", "nobreakhyphen": "-"}
_HEADING = re.compile(r"title|heading ?1|berschrift1|titre1", re.I)
_NOTES = (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES)


def read_docx(content: Content, config: ReaderConfig) -> Iterator[Record]:
    """Read a document as one article."""
    document = docx.Document(office_zip(content, config))
    body = document.element.find(f"{_W}body")
    if body is None:  # Strict Open XML has names of its own
        raise InputError("no text as Word writes it.", hint="Save it as .docx, not strict.")
    yield article(_blocks(body), _notes(document), _properties(document))


def _properties(document: Any) -> dict[str, Any]:
    """What the file says of itself; python-docx would make something up."""
    relations = document.part.package.rels.values()
    if all(each.reltype != RELATIONSHIP_TYPE.CORE_PROPERTIES for each in relations):
        return {}
    core = document.core_properties
    return {
        "title": core.title,
        "author": core.author,
        "tags": core.keywords,
        "lang": core.language,
        "file created": core.created.isoformat() if core.created else "",
    }


def _blocks(around: Any) -> Iterator[Block]:
    """Paragraphs and tables in their order, wherever content controls and insertions hold them."""
    for element in around:
        name = local_name(element)
        if name == "p":
            yield from _paragraph(element)
        elif name == "tbl":
            yield from table(_rows(element))
        elif name not in _SKIPPED:
            yield from _blocks(element)


def _paragraph(element: Any) -> Iterator[Block]:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    level = element.find(f"{_W}pPr/{_W}outlineLvl")
    named = style is not None and _HEADING.search(style.get(f"{_W}val") or "")
    yield Block(_text(element), bool(named) or (level is not None and level.get(f"{_W}val") == "0"))
    for box in element.iter(f"{_W}txbxContent"):
        if not any(local_name(each) == "fallback" for each in box.iterancestors()):
            yield from _blocks(box)


def _rows(table: Any) -> Iterator[list[list[Block]]]:
    """The rows of a table, for each cell its blocks; content controls may hold rows and cells."""
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is table:
            cells = row.iter(f"{_W}tc")
            yield [list(_blocks(c)) for c in cells if next(c.iterancestors(f"{_W}tr")) is row]


def _text(element: Any) -> str:
    """What a paragraph shows; text boxes in it are blocks of their own."""
    parts: list[str] = []
    for child in element:
        name = local_name(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in _WRITTEN:
            parts.append(_WRITTEN[name])
        elif name not in _SKIPPED and name != "txbxcontent":
            parts.append(_text(child))
    return "".join(parts)


def _notes(document: Any) -> Iterator[str]:
    """Footnotes and endnotes, in their order."""
    for relation in document.part.rels.values():
        if relation.reltype in _NOTES and not relation.is_external:
            for note in safe_xml(relation.target_part.blob):
                if note.get(f"{_W}type") is None:  # else the line above the notes
                    yield "\n".join(block.text.strip() for block in _blocks(note))
