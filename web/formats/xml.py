"""XML made by a serializer, never put together as text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without the characters that no XML 1.0 document may hold, escaped or not."""
    return _FORBIDDEN.sub("", text)


def child(
    parent: ElementTree.Element, name: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    """A new element at the end of `parent`; empty attributes are left out."""
    given = {key: clean(value) for key, value in attributes.items() if value}
    made = ElementTree.SubElement(parent, name, given)
    made.text = clean(text) or None
    return made


def serialize(root: ElementTree.Element) -> bytes:
    """The document as UTF-8, with its declaration."""
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"
