"""HTML as a tree, and the text of it: for web pages, and for fields and Markdown that hold some.

It is parsed, never run, and nothing it names is fetched.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_UNSHOWN_TAGS = (
    "script style noscript template iframe object embed svg math canvas "
    "form button select option textarea nav footer aside head title"
)
_BLOCK_TAGS = (
    "p div section article main header h1 h2 h3 h4 h5 h6 ul ol "
    "li dl dt dd table tr blockquote pre figure figcaption hr address body html"
)
_UNSHOWN = frozenset(_UNSHOWN_TAGS.split())
_BLOCKS = frozenset(_BLOCK_TAGS.split())


def html_to_text(markup: str) -> str:
    """Return the text of a piece of HTML, one block a paragraph."""
    tree = parse(page_around(markup))
    return _text_of(tree) if tree is not None else markup


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


def _text_of(tree: Any) -> str:
    """Write out all that is shown, in one pass: blocks become paragraphs."""
    paragraphs: list[str] = []
    current = io.StringIO()

    def end_paragraph() -> None:
        lines = (" ".join(line.split()) for line in current.getvalue().split("\n"))
        paragraphs.append("\n".join(line for line in lines if line))
        current.seek(0)
        current.truncate()

    def close(node: Any, tag: str) -> None:
        if tag in _BLOCKS:
            end_paragraph()
        current.write((node.tail or "").replace("\n", " "))

    stack: list[tuple[Any, str, Iterator[Any]]] = [(None, "", iter([tree]))]
    while stack:
        node = next(stack[-1][2], None)
        if node is None:
            around, tag, _ = stack.pop()
            if around is not None:
                close(around, tag)
            continue
        tag = node.tag if isinstance(node.tag, str) else "script"  # comments have no tag
        if tag in _UNSHOWN:
            close(node, tag)
            continue
        if tag in _BLOCKS:
            end_paragraph()
        current.write("\n" if tag == "br" else (node.text or "").replace("\n", " "))
        stack.append((node, tag, iter(node)))
    end_paragraph()
    return "\n\n".join(filter(None, paragraphs))
