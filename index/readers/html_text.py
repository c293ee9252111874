"""HTML as a tree, and the text of it: for web pages, and for fields and Markdown that hold some.

It is parsed, never run, and nothing it names is fetched.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_UNSHOWN_TAGS = (
    "script style noscript template iframe object embed svg math canvas "
    "form button select option textarea nav footer aside head title"
)
_BLOCK_TAGS = (
    "p div section article main header h1 h2 h3 h4 h5 h6 ul ol "
    "li dl dt dd center details summary table tr blockquote pre figure figcaption hr address body html"
)
_SHORTCODE = re.compile(
    r"""\[(?:caption|gallery|embed|audio|video|playlist|wp_caption)\]|\[/[a-z][\w-]*\]"""
    r"""|\[[a-z][\w-]*(?:\s{1,9}[\w-]{1,50}=(?:"[^"]{0,1000}"|'[^']{0,1000}'|[^\s\[\]"']{1,500})){1,30}\s{0,9}/?\]""",
    re.I,
)
"""A shortcode: by its attributes or its end. What else stands in brackets was written so: [sic]."""
_OPENING = re.compile(r"\[([a-z][\w-]*)\b([^\]]{0,500})\]", re.I)
_CLOSING = re.compile(r"\[/([a-z][\w-]*)\]", re.I)
_ADDRESSES = frozenset(("embed", "audio", "video", "playlist", "gallery"))
_CAPTIONS = frozenset(("caption", "wp_caption"))
_PICTURE = re.compile(r"[^\[]*<img\b")
"""Shortcodes whose inside is an address, or a picture with its caption, go with what is in them."""
_CELLS = frozenset(("td", "th"))
_BETWEEN_CELLS = " · "
_MAX_CELL = 200
_UNSHOWN = frozenset(_UNSHOWN_TAGS.split())
_BLOCKS = frozenset(_BLOCK_TAGS.split())


def html_to_text(markup: str) -> str:
    """Return the text of a piece of HTML, one block a paragraph."""
    tree = parse(page_around(markup))
    return _text_of(tree) if tree is not None else markup


def without_shortcodes(markup: str) -> str:
    """A text of WordPress without what stands in square brackets for its programs: galleries, players, captions."""
    if "[" not in markup:
        return markup
    # Where each is closed last: to look for its end behind every `[a]` takes the square of the time.
    closed = {each[1].lower(): each.start() for each in _CLOSING.finditer(markup)}
    kept, at = [], 0
    for opening in _OPENING.finditer(markup):
        name, start, end = opening[1].lower(), opening.start(), opening.end()
        if start < at or closed.get(name, -1) < end:
            continue
        if name in _ADDRESSES or (name in _CAPTIONS and _PICTURE.match(markup, end)):
            closing = next(
                each for each in _CLOSING.finditer(markup, end) if each[1].lower() == name
            )
            end = closing.end()
        elif opening[2]:
            continue
        kept.append(markup[at:start])
        at = end
    return _SHORTCODE.sub("", "".join([*kept, markup[at:]]))


def page_around(markup: str) -> str:
    """A page with this piece of HTML as its body."""
    return f"<html><body>{markup}</body></html>" if markup.strip() else ""


@lru_cache(maxsize=1)
def extractor() -> Any:
    """Import on first use: it takes a second, and most archives hold no HTML."""
    import trafilatura
    import trafilatura.utils

    for name in ("trafilatura", "htmldate"):  # its warnings are about pages, and reported as such
        logging.getLogger(name).addHandler(logging.NullHandler())
    return trafilatura


def parse(text: str) -> Any:
    """Parse leniently into lxml's tree, or return None for what is no markup at all."""
    if not text.strip():
        return None
    try:
        return extractor().utils.load_html(text)
    except (ValueError, AssertionError):
        return None


@dataclass
class Block:
    """A paragraph, heading, list item or row of a table: its text, how many characters of it are links,
    and the element it begins in."""

    node: Any
    tag: str
    text: str = ""
    linked: int = 0


def _text_of(tree: Any) -> str:
    return join(blocks(tree))


def join(written: Iterable[Block]) -> str:
    """The text of blocks: a paragraph each, points of a list and rows of a table a line each."""
    text = io.StringIO()
    before = ""
    for block in written:
        if before:
            text.write("\n" if block.tag == before in ("li", "tr") else "\n\n")
        text.write(block.text)
        before = block.tag
    return text.getvalue()


def blocks(tree: Any) -> Iterator[Block]:
    """All that is shown, in one pass: what a page sets apart is a block. Cells of a row of short ones are
    one, with a middle dot between them; two line breaks end a block."""
    writer = _Writer()
    stack: list[tuple[Any, str, Iterator[Any]]] = [(None, "", iter([tree]))]
    while stack:
        node = next(stack[-1][2], None)
        if node is None:
            around, tag, _ = stack.pop()
            if around is not None:
                yield from writer.close(around, tag)
            if stack and stack[-1][0] is not None:  # what stands behind the tree is none of it
                yield from writer.write(around.tail, stack[-1][0])
            continue
        tag = node.tag if isinstance(node.tag, str) else "script"  # comments have no tag
        if tag in _UNSHOWN and node is not tree:
            yield from writer.write(node.tail, stack[-1][0])
            continue
        yield from writer.open(node, tag)
        yield from writer.write("\n" if tag == "br" else node.text, node, keep=tag == "br")
        stack.append((node, tag, iter(node)))
    yield from writer.end(None, "")


class _Writer:
    """The block that is being written."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._block: Block | None = None
        self._tag = "p"
        self._links = 0
        self._linked = 0
        self._rows: list[bool] = []
        self._breaks = 0

    def open(self, node: Any, tag: str) -> Iterator[Block]:
        if tag == "tr":
            self._rows.append(_is_row(node))
        if tag in _CELLS and self._rows and self._rows[-1]:
            if self._text.tell():
                self._text.write(_BETWEEN_CELLS)
        elif tag in _BLOCKS or tag in _CELLS:
            yield from self.end(node, tag)
        if tag == "a":
            self._links += 1

    def close(self, node: Any, tag: str) -> Iterator[Block]:
        if tag == "a":
            self._links -= 1
        elif tag in _BLOCKS or (tag in _CELLS and not (self._rows and self._rows[-1])):
            yield from self.end(node.getparent(), "p")
        if tag == "tr" and self._rows:
            self._rows.pop()

    def write(self, text: str | None, node: Any, keep: bool = False) -> Iterator[Block]:
        if not text:
            return
        shown = text.strip()
        if keep:
            self._breaks += 1
            if self._breaks > 1:
                yield from self.end(node.getparent(), "p")
                return
        elif shown:
            self._breaks = 0
        if shown and self._block is None:
            self._block = Block(node, self._tag)
        if self._links:
            self._linked += len(shown)
        self._text.write(text if keep else text.replace("\n", " "))

    def end(self, node: Any, tag: str) -> Iterator[Block]:
        """Finish the block, if there is one."""
        if self._block is not None:
            lines = (" ".join(line.split()) for line in self._text.getvalue().split("\n"))
            self._block.text = "\n".join(line for line in lines if line).strip(_BETWEEN_CELLS)
            self._block.linked = self._linked
            if self._block.text:
                yield self._block
        self._block, self._tag = None, tag or "p"
        self._linked = self._breaks = 0
        self._text.seek(0)
        self._text.truncate()


def _is_row(row: Any) -> bool:
    """Whether a row is one of data: short cells; the table of a layout has paragraphs in them."""
    cells = [cell for cell in row if cell.tag in _CELLS]
    return len(cells) > 1 and all(
        cell.find(".//table") is None and sum(map(len, cell.itertext())) <= _MAX_CELL
        for cell in cells
    )
