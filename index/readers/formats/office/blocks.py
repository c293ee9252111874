"""What Word and OpenDocument texts have in common: blocks in their order, and where the title is."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from index.errors import InputError
from index.readers.config import MEGABYTE, ReaderConfig
from index.readers.content import Content
from index.readers.detection.signatures import open_zip
from index.readers.formats.xml.markup import refuse_entities
from index.readers.plain_text import has_words, one_line
from index.readers.records import Record

_NO_TITLE = re.compile(
    r"(?:microsoft word\b.*|word document|untitled.*|document ?\d*|.*\.(?:docx?|odt|rtf|pdf|indd|inp|qxd|html?|php|aspx?))",
    re.I,
)
_PARTS = re.compile(r".*\.(?:xml|rels)")
_MAX_CELL = 200


@dataclass(frozen=True)
class Block:
    """A paragraph, or a table as lines of cells; `is_heading` as its style says."""

    text: str
    is_heading: bool = False


def is_title(text: str) -> bool:
    """Whether a property called title was given by a person: programs fill it with file names."""
    return has_words(text) and not _NO_TITLE.fullmatch(one_line(text))


def table(rows: Iterable[list[list[Block]]]) -> Iterator[Block]:
    """A table: rows of short cells are lines, a tab between cells; what a table only lays out on the page
    is read cell by cell."""
    lines: list[str] = []
    for cells in rows:
        shown = [" ".join(" ".join(block.text for block in cell).split("\n")) for cell in cells]
        if len(cells) > 1 and all(len(cell) <= _MAX_CELL for cell in shown):
            lines.append("\t".join(map(str.strip, shown)))
            continue
        if lines:
            yield Block("\n".join(lines))
            lines = []
        for cell in cells:
            yield from cell
    if lines:
        yield Block("\n".join(lines))


def article(blocks: Iterable[Block], notes: Iterable[str], about: dict[str, Any]) -> Record:
    """The article of a document: its title from the properties, or its first heading, or its first line."""
    texts = [block for block in blocks if block.text.strip()]
    title = one_line(about.pop("title", ""))
    fields = {name: value for name, value in about.items() if value}
    first = texts[0] if texts else Block("")
    if is_title(title):
        fields["title"] = title
        if one_line(first.text) == title:
            texts = texts[1:]
    elif first.is_heading and has_words(first.text):
        fields["title"] = one_line(first.text)
        texts = texts[1:]
    body = [block.text.strip() for block in texts] + [note for note in notes if note.strip()]
    fields["body"] = "\n\n".join(body)
    return Record(0, fields, headline_inside="title" not in fields)


def office_zip(content: Content, config: ReaderConfig) -> io.BytesIO:
    """The file, its XML checked. Raises InputError for bombs, passwords, damage and XML entities."""
    raw = content.read(config)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError("encrypted.", hint="Save it without its password.")
    budget = max(config.gzip_ratio_from, len(raw) * config.max_gzip_ratio)
    try:
        with open_zip(io.BytesIO(raw)) as archive:
            parts = [part for part in archive.infolist() if _PARTS.fullmatch(part.filename)]
            if any(part.flag_bits & 1 for part in parts):
                raise InputError("encrypted.", hint="Save it without its password.")
            for part in parts:
                with archive.open(part) as file:
                    text = file.read(budget + 1)
                budget -= len(text)
                if budget < 0:
                    ratio = config.max_gzip_ratio
                    raise InputError(f"opens to more than {ratio} times its size: a bomb?")
                refuse_entities(text[:MEGABYTE])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise InputError(f"damaged: {error}") from None
    return io.BytesIO(raw)
