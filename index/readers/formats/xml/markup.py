"""What readers of XML share: a parser that fetches and unfolds nothing, and the text of HTML in a field."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from index.errors import InputError
from index.readers.config import MEGABYTE
from index.readers.html_text import html_to_text

_TAG = re.compile(r"<[a-zA-Z!/][^<>]*>")
_BLOCK = re.compile(r"<(?:p|div|br|li|ul|ol|table|h[1-6]|blockquote|section|article)\b", re.I)
_PARAGRAPHS = re.compile(r"\n\s*\n")
_ENTITY = re.compile(rb"<!ENTITY", re.I)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_WIDE_HEAD = 64  # bytes: UTF-16 has zeros among them
_AS_BLANKS = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))


def markup_text(markup: str) -> str:
    """The text of a field that holds HTML, or text that was never marked up.

    Where only links and emphasis are marked, line breaks are meant: blogs make paragraphs of them.
    """
    if not _TAG.search(markup):
        return html.unescape(markup).strip()
    if not _BLOCK.search(markup):
        blocks = _PARAGRAPHS.split(markup.replace("\r\n", "\n"))
        markup = "".join(f"<p>{block.replace(chr(10), '<br>')}</p>" for block in blocks)
    return html_to_text(markup)


def elements(file: BinaryIO, *names: str) -> Iterator[Any]:
    """Each element of these local names, once it is whole. Memory holds one of them, not the file.

    Entities are not unfolded and nothing is fetched. What follows damage is read as far as it can be.
    Raises InputError when nothing of the file is XML.
    """
    wanted = tuple(f"{{*}}{name}" for name in names)
    parser = etree.iterparse(
        WithoutControls(file),
        tag=wanted,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
    )
    try:
        for _, element in parser:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise InputError(f"damaged XML: {error.msg}") from None


class WithoutControls:
    """A stream of XML without the control characters that XML forbids and exports hold: at the first one
    the parser would leave out the rest of its element."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_wide = False
        self._is_begun = False

    def read(self, size: int = MEGABYTE) -> bytes:
        """The next piece."""
        piece = self._file.read(size)
        if not self._is_begun:
            self._is_begun, self._is_wide = True, b"\x00" in piece[:_WIDE_HEAD]
        return piece if self._is_wide else piece.translate(_AS_BLANKS)


def local_name(element: Any) -> str:
    """The name of an element without its namespace, or the prefix of one that is not declared; "" for a comment."""
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    return name.rpartition(":")[2].lower()


def safe_xml(raw: bytes) -> Any:
    """The root of a part of an office file. Raises InputError for one that declares entities."""
    refuse_entities(raw)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_pis=True
    )
    root = etree.fromstring(raw, parser)
    if root is None:
        raise InputError("damaged XML: no element in it")
    return root


def refuse_entities(raw: bytes) -> None:
    """Raise InputError for XML that declares entities: office files and books never do, attacks do."""
    if _ENTITY.search(raw):
        raise InputError("declares XML entities of its own, as no honest document does")
