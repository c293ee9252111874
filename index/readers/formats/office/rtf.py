"""Rich text (.rtf), by striprtf."""

from __future__ import annotations

import re
from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.office.blocks import Block, article
from index.readers.plain_text import has_words
from index.readers.records import Record

_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_TITLE = re.compile(r"\{\\title\b\s*((?:[^{}\\]|\\.|\{[^{}]*\})*)\}", re.S)
_START = rb"{\rtf"
_HEAD = 64 * 1024


def read_rtf(content: Content, config: ReaderConfig) -> Iterator[Record]:
    """Read a document as one article. A line break in it ends a paragraph."""
    raw = content.read(config)
    if not raw.lstrip().startswith(_START):
        raise InputError("no rich text: it does not begin as RTF does")
    named = _CODE_PAGE.search(raw[:4096])
    encoding = f"cp{named[1].decode()}" if named else "cp1252"
    if encoding == "cp65001":
        encoding = "utf-8"
    source = raw.decode("latin-1")
    text = _plain(source, encoding)
    title = _TITLE.search(source[:_HEAD])
    about = {"title": _plain(f"{{\\rtf1 {title[1]}}}", encoding)} if title else {}
    if not has_words(text):
        raise InputError("no text in it")
    yield article(map(Block, re.split(r"\n+", text)), (), about)


def _plain(source: str, encoding: str) -> str:
    return str(rtf_to_text(source, encoding=encoding, errors="replace"))  # type: ignore[no-untyped-call]
