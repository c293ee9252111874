"""Which part of a pruned page is the article, and its text: paragraphs, subheads, points, tables.

trafilatura says which paragraphs are the article's. It leaves out subheads, lists, entries of live blogs
and short lines that belong to it; so the smallest part of the page that holds nearly all of what it found is
written out whole, in the order of the page.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from index.readers.html_text import Block, blocks, extractor
from index.readers.pages.pruning import text_of
from index.readers.plain_text import has_words

_NEARLY_ALL = 0.85
_KEY = 40  # letters by which a paragraph of the tree and one of trafilatura's are the same
_NOT_LETTERS = re.compile(r"[\W_]+")
_SENTENCE = re.compile(r"[۔؟।]|[.!?](?=[\s\"'”’)]|$)")
_LINKED = 0.6
_MAX_HEAD = 25
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_POSTS = frozenset(("hentry", "post", "blog-post"))
_HEAD_TAGS = ("h2", "h3", "h4", "li")
_PROSE = 80
_FEWEST_TEASERS, _MAX_TEASER = 3, 700
_MIN_TEXT = 120  # of what trafilatura has found; less is a button or a notice
_FAILURES = (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError)


@dataclass(frozen=True)
class Article:
    """The element that holds an article, and its blocks in the order of the page."""

    node: Any
    blocks: list[Block]


def find_article(tree: Any) -> Article | None:
    """The article of a pruned page, or None where there is no text."""
    written = [block for block in blocks(tree) if has_words(block.text)]
    if not written:
        return None
    keys = _found_by_trafilatura(tree)
    chosen = [b for b in written if _key(b.text) in keys] if keys else []
    if sum(len(b.text) for b in chosen) < _MIN_TEXT:
        chosen = [b for b in written if _is_prose(b)] or written
    node = _around(chosen)
    inside = set(node.iter("*"))
    first = next(i for i, block in enumerate(written) if block.node in inside)
    below = [b for b in written if b.node in inside and (not _is_link(b) or _is_permalink(b))]
    return Article(node, [*_head(written[:first]), *below])


def _head(above: list[Block]) -> list[Block]:
    """Standfirst, summary and points that stand between the page's headline and the article's part."""
    heads = [i for i, block in enumerate(above) if block.tag == "h1"]
    between = above[heads[-1] + 1 :] if heads else []
    if len(between) > _MAX_HEAD:
        return []
    return [b for b in between if not _is_link(b) and (b.tag in _HEAD_TAGS or len(b.text) >= _KEY)]


def _found_by_trafilatura(tree: Any) -> set[str]:
    """The beginnings of the paragraphs that trafilatura takes for the article's."""
    try:
        page = extractor().bare_extraction(
            copy.deepcopy(tree), include_comments=False, with_metadata=False, include_tables=True
        )
    except _FAILURES:  # its own failures are no reason to lose a page
        return set()
    lines = (page.text or "").split("\n") if page is not None else []
    return {_key(line) for line in lines if has_words(line)}


def _key(text: str) -> str:
    return _NOT_LETTERS.sub("", text[: 4 * _KEY])[:_KEY]


def _is_prose(block: Block) -> bool:
    return len(block.text) - block.linked >= _PROSE and not _is_link(block)


def _is_link(block: Block) -> bool:
    """Whether a block is a link to something else; prose may be full of links, but ends sentences."""
    share = block.linked / max(len(block.text), 1)
    return share > _LINKED and not (len(block.text) > 2 * _PROSE and _SENTENCE.search(block.text))


def _is_permalink(block: Block) -> bool:
    """Whether a heading links to its own place on the page, as entries of live blogs do."""
    return block.tag in _HEADINGS and any(
        "#" in (a.get("href") or "") for a in block.node.iter("a")
    )


def _around(chosen: list[Block]) -> Any:
    """The smallest element that holds nearly all characters of these blocks."""
    weights: dict[Any, int] = {}
    total = 0
    for block in chosen:
        total += len(block.text)
        for node in (block.node, *block.node.iterancestors()):
            weights[node] = weights.get(node, 0) + len(block.text)
    enough = [node for node, weight in weights.items() if weight >= _NEARLY_ALL * total]
    return max(enough, key=lambda node: sum(1 for _ in node.iterancestors()))


def head_stories(tree: Any) -> None:
    """Give the stories of a page that holds one or several whole ones main headings, if they have lesser ones that
    link to a page of each, as blogs have. Of a page before it is pruned."""
    stories = [node for node in tree.iter("article", "div") if _is_post(node)]
    headings = [_own_heading(node) for node in stories]
    if None in headings or (len(stories) < 2 and not _is_titled(tree, headings)):
        return
    prose = sum(len(block.text) for block in blocks(tree) if _is_prose(block))
    own = [sum(len(b.text) for b in blocks(node) if _is_prose(b)) for node in stories]
    if min(own, default=0) < 3 * _PROSE or sum(own) < _NEARLY_ALL * prose:
        return
    for other in list(tree.iter("h1")):
        other.tag = "div"
    for node, heading in zip(stories, headings, strict=True):
        node.tag, heading.tag = "article", "h1"
        for link in list(heading.iter("a")):
            address = node.makeelement("link", rel="canonical", href=link.get("href") or "")
            node.insert(0, address)
            link.tag = "span"


def is_of_teasers(tree: Any) -> bool:
    """Whether all that is told on a page are the beginnings of other articles, each below a headline that links to it. Of a
    page before it is pruned."""
    posts = (node for node in tree.iter("article", "div", "li") if _is_post(node))
    teasers = [list(blocks(node)) for node in posts if _own_heading(node) is not None]
    if len(teasers) < _FEWEST_TEASERS:
        return False
    short = all(sum(len(block.text) for block in own) <= _MAX_TEASER for own in teasers)
    told = sum(_is_prose(block) for own in teasers for block in own)
    return short and told >= sum(map(_is_prose, blocks(tree)))


def _is_titled(tree: Any, headings: list[Any]) -> bool:
    """Whether the page has the title of its one story."""
    titles = (text_of(node) for node in tree.iter("title"))
    return bool(headings) and next(titles, "").startswith(text_of(headings[0]))


def _is_post(node: Any) -> bool:
    names = (node.get("class") or "").split()
    return node.tag == "article" or not _POSTS.isdisjoint(names)


def _own_heading(node: Any) -> Any:
    """The first heading of a story, if it links to a page."""
    heading = next(node.iter("h1", *_HEADINGS), None)
    links = () if heading is None else heading.iter("a")
    leads = any((a.get("href") or "#")[0] != "#" for a in links)
    return heading if leads else None


def stories_in(tree: Any) -> list[Any]:
    """The articles of a page that holds several whole ones, each with its own headline and prose.

    Under a headline of the page's own, articles with lesser ones are teasers of others; so is a single
    paragraph under such a headline.
    """
    heading, paragraphs = ("h1", 1) if tree.find(".//h1") is not None else ("h2", 2)
    found = [
        node
        for node in tree.iter("article", "section", "div")
        if (node.tag == "article" or "Article" in (node.get("itemtype") or ""))
        and node.find(f".//{heading}") is not None
    ]
    inner = [node for node in found if not any(other is not node for other in _inside(node, found))]
    whole = [
        node
        for node, prose in (
            (node, [b.text for b in blocks(node) if _is_prose(b)]) for node in inner
        )
        if len(prose) >= paragraphs and sum(map(len, prose)) >= 3 * _PROSE
    ]
    return whole if len(whole) > 1 and len(whole) == len(inner) else []


def _inside(node: Any, found: list[Any]) -> Iterator[Any]:
    inner = set(node.iter("article", "section", "div"))
    return (other for other in found if other in inner)
