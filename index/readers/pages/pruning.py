"""What of a page's tree is its frame: navigation, boxes of other stories, buttons, forms, comments.

Told by the tag, by the names that pages give their boxes (`class`, `id`), and by how much of a box is
links. A name alone never takes the headline or most of the page's prose away: themes call the whole
page `has-sidebar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from index.readers.noise.cleaning import caption_of, marks_of
from index.readers.noise.rules import RULES, Action, fold_line
from index.readers.plain_text import has_words, one_line

_FRAME_TAGS = (
    "script style noscript template iframe object embed svg math canvas form button select option "
    "textarea nav footer aside dialog menu input"
)
_FRAME = frozenset(_FRAME_TAGS.split())
_NAMES = re.compile(
    r"related|also-?read|read-?(?:more|also|next)|more-?(?:news|stories|from|in|on)|recommend|trending|popular"
    r"|most-?(?:read|viewed|shared)|latest|you-?may|newsletter|subscri|shar(?:e|ing)(?!d)|social|follow-?us|promo"
    r"|advert|sponsor|banner|cookie|consent|gdpr|breadcrumb|pagination|pager\b|author-?(?:bio|box|info|card)|(?:^|-)bio\b"
    r"|tag-?(?:s|list|cloud|links)\b|side-?bar|widget|(?:^|-)rail\b|outbrain|taboola|popup|modal|sign-?up|toolbar"
    r"|skip-?(?:link|to)|screen-?reader|visually-?hidden|sr-only|(?:^|-)foot(?:er)?\b|(?:^|-)nav(?:bar)?\b|(?:^|-)menu\b"
    r"|masthead|(?:^|-)ads?(?:-|\b)|teaser|next-?(?:story|article|post)|prev-?(?:story|article|post)|^wm-ipp|donat(?:e|ion)"
    r"|reactions?\b|rating|read-?time|print-?(?:only|btn)|app-?(?:link|download)|whatsapp|telegram"
)
_COMMENTS = re.compile(
    r"(?:^|\s)(?:comments?(?:-?(?:area|list|section|wrap\w*|respond|form))?|respond|disqus\w*|fb-comments)(?:\s|$)"
)
_CAPTION = re.compile(
    r"caption|(?:photo|image|media|picture|img)-?(?:credit|copyright|source)|(?:^|[\s-])credits?(?:$|\s)|copyright"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_KEPT = frozenset(("html", "body", "main", "article", "h1", "head"))
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_BOX_TAGS = (
    "div section ul ol dl table td tr p li aside header h2 h3 h4 h5 h6 span center font b strong"
)
_BOXES = frozenset(_BOX_TAGS.split())
_PROSE = 80
_MAX_CAPTION = 400
_LINK_SHARE = 0.66
_MAX_TEASER = 700
_MAX_PROMOTION = 400
_CONTAINERS = frozenset(("div", "section", "aside", "li", "td", "center"))
_OTHERS = (Action.LIST, Action.NEXT, Action.ARTICLE)


def text_of(node: Any) -> str:
    """All text in a node, on one line."""
    return one_line("".join(node.itertext()))


class Pruned:
    """A tree without its frame, and what pictures in it say."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.captions: list[str] = []
        self._headed = set(_holders(tree, "h1"))
        self._drop_unseen()
        self._measure()
        self._drop_boxes()

    def _drop_unseen(self) -> None:
        """Drop by tag, and what is hidden."""
        for node in list(self.tree.iter("*")):
            tag = node.tag
            if (
                tag in _FRAME
                or (tag.startswith("amp-") and tag not in ("amp-accordion", "amp-img"))
                or node.get("hidden") is not None
                or (tag not in _KEPT and _HIDDEN.search(node.get("style") or ""))
                or node.get("role")
                in ("navigation", "banner", "contentinfo", "complementary", "search", "dialog")
            ):
                if tag == "form" and self._holds_page(node):
                    node.tag = "div"  # old sites put the whole page into a form
                else:
                    drop(node)
            elif tag == "header" and node not in self._headed and not _in_entry(node):
                drop(node)

    def _holds_page(self, node: Any) -> bool:
        return node in self._headed or len(node.findall(".//p")) > 3

    def _measure(self) -> None:
        """Weigh each node: all characters, those in links, and those of prose in paragraphs."""
        self._all: dict[Any, int] = {}
        self._linked: dict[Any, int] = {}
        self._prose: dict[Any, int] = {}
        for node in reversed(list(self.tree.iter("*"))):
            text, linked, prose = len((node.text or "").strip()), 0, 0
            own = text
            for child in node:
                tail = len((child.tail or "").strip())
                own += tail
                if isinstance(child.tag, str):
                    text += self._all.get(child, 0)
                    linked += self._linked.get(child, 0)
                    prose += self._prose.get(child, 0)
                text += tail
            if node.tag == "a" and not (node.get("href") or "#").startswith(("#", "javascript:")):
                linked = text
            self._all[node], self._linked[node] = text, linked
            if own >= _PROSE or (node.tag == "p" and text >= _PROSE):
                prose = max(prose, text - linked)
            self._prose[node] = prose

    def _drop_boxes(self) -> None:
        """Drop boxes by their names and their links, the larger first."""
        total = self._prose[self.tree]
        gone: set[Any] = set()
        for node in list(self.tree.iter("*")):
            parent = node.getparent()
            if parent is None or node.tag in ("html", "head", "body", "meta", "link", "title"):
                continue
            if parent in gone:
                gone.add(node)
            elif self._is_caption(node):
                self._keep_caption(node)
                gone.add(node)
                drop(node)
            elif self._is_frame(node, total) and node.tag not in _KEPT:
                gone.add(node)
                self._drop_with_heading(node)

    def _is_frame(self, node: Any, total: int) -> bool:
        size = self._all[node]
        if not size or node.tag not in _BOXES:
            return False
        if self._linked[node] > _LINK_SHARE * size and node.tag != "h1":
            return not self._is_permalink(node) and node not in self._headed
        names = (
            _CAMEL.sub("-", f"{node.get('class') or ''} {node.get('id') or ''}")
            .lower()
            .replace("_", "-")
        )
        if names != " " and node not in self._headed:
            if _COMMENTS.search(names):
                return 2 * self._prose[node] <= total or "comments" in names
            if any(map(_NAMES.search, names.split())):
                return 2 * self._prose[node] <= total
        return self._is_teaser(node) or self._is_announced(node)

    def _is_permalink(self, node: Any) -> bool:
        """Whether a heading or paragraph links to itself, as entries of live blogs and old blogs do."""
        return node.tag in _HEADINGS and "#" in (next(node.iter("a"), node).get("href") or "")

    def _is_teaser(self, node: Any) -> bool:
        """Whether a small box has another story's headline, a heading that is a link."""
        if node.tag not in ("div", "li", "section", "td") or self._all[node] > _MAX_TEASER:
            return False
        headings = [h for h in node.iter(*_HEADINGS) if self._all.get(h)]
        return bool(headings) and all(
            self._linked[h] > 0.9 * self._all[h] and not self._is_permalink(h) for h in headings
        )

    def _is_announced(self, node: Any) -> bool:
        """Whether a box begins with a heading for other stories and has links, or asks to subscribe."""
        size = self._all[node]
        links = self._linked[node] * 3 >= size
        if not len(node) or not (links or size <= _MAX_PROMOTION) or node.tag not in _CONTAINERS:
            return False
        inner = (child for child in node.iter("*") if child is not node)
        first = next((child for child in inner if has_words(child.text or "")), None)
        if first is None or self._all[first] >= _PROSE:
            return False
        heading = text_of(first)
        return (links and names_others(heading)) or (size <= _MAX_PROMOTION and _promotes(heading))

    def _is_caption(self, node: Any) -> bool:
        if node.tag == "figcaption":
            return True
        if node.tag == "figure":
            return (
                node.find(".//table") is None
                and node.find(".//blockquote") is None
                and self._prose[node] < 300
            )
        names = f"{node.get('class') or ''} {node.get('itemprop') or ''}".lower().replace("_", "-")
        return node.tag in ("p", "div", "span", "figcaption", "small", "em", "td") and (
            self._all[node] <= _MAX_CAPTION and names != " " and bool(_CAPTION.search(names))
        )

    def _keep_caption(self, node: Any) -> None:
        inner = node.find(".//figcaption") if node.tag == "figure" else node
        text = caption_of(text_of(inner if inner is not None else node))
        if has_words(text) and text not in self.captions:
            self.captions.append(text)

    def _drop_with_heading(self, node: Any) -> None:
        """Drop a box and the heading right above it that announces other stories."""
        above = node.getprevious()
        drop(node)
        if above is not None and isinstance(above.tag, str) and names_others(text_of(above)[:200]):
            drop(above)


def names_others(line: str) -> bool:
    """Whether a line is a heading for other stories."""
    folded = fold_line(line)
    return any(rule.action in _OTHERS and rule.pattern.fullmatch(folded) for rule in RULES)


def _promotes(line: str) -> bool:
    """Whether a line asks to subscribe or to follow."""
    mark = marks_of([line]).get(0)
    return mark is not None and mark[0].name in ("subscribe", "follow")


def drop(node: Any) -> None:
    """Take a node out of its tree; what follows it stays."""
    parent = node.getparent()
    if parent is None:
        return
    tail = f" {node.tail}" if node.tail else ""
    before = node.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(node)


def _in_entry(node: Any) -> bool:
    """Whether a node belongs to an entry of a live blog, which has its own header, or to an article."""
    return any(above.tag in ("article", "li") for above in node.iterancestors())


def _holders(tree: Any, tag: str) -> Iterator[Any]:
    """All nodes of a tree that are such an element or hold one."""
    seen: set[Any] = set()
    for node in tree.iter(tag):
        for above in (node, *node.iterancestors()):
            if above in seen:
                break
            seen.add(above)
            yield above
