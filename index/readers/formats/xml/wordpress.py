"""WordPress exports (WXR): published posts and pages; a file of any size, one item at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.xml.markup import elements, local_name, markup_text
from index.readers.html_text import without_shortcodes
from index.readers.records import Note, Record

_OTHER_TYPES = (
    "attachment nav_menu_item revision custom_css customize_changeset oembed_cache wp_block wp_template "
    "wp_template_part wp_global_styles wp_navigation feedback"
)
_NO_ARTICLES = frozenset(_OTHER_TYPES.split())
_BLOCKS = "<!-- wp:"
_LINES = re.compile(r"(<[^<>]*>)|\n\s*\n|\n")
_UNDATED = "0000"
_TAGS = ("category", "post_tag")


def read_wordpress(content: Content, config: ReaderConfig) -> Iterator[Record | Note]:
    """Read an export. Drafts, pictures and menus are counted, not read."""
    channel: dict[str, Any] = {}
    left_out: Counter[str] = Counter()
    number = 0
    with content.open_raw() as file:
        for item in elements(file, "item"):
            number += 1
            channel = channel or _channel(item)
            values, tags = _values(item)
            status, kind = values.get("status", "publish"), values.get("post_type", "post")
            if status != "publish" or kind in _NO_ARTICLES:
                left_out[kind if kind in _NO_ARTICLES else status] += 1
                continue
            yield Record(number, {**channel, **_fields(values, tags)})
    if not number:
        raise InputError("an export without items")
    if left_out:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in left_out.most_common())
        yield Note(f"left out, as no published articles: {counts}")


def _channel(item: Any) -> dict[str, Any]:
    """What the export says of all its articles."""
    # One that was cut out of its channel has nothing around it.
    around = [*item.itersiblings(preceding=True), *item.itersiblings()]
    found = {local_name(each): (each.text or "").strip() for each in around}
    about = {"source": found.get("title"), "lang": found.get("language")}
    return {name: value for name, value in about.items() if value}


def _values(item: Any) -> tuple[dict[str, str], list[str]]:
    """The texts of an item by their names, and its categories."""
    values: dict[str, str] = {}
    tags = []
    for each in item:
        name, text = local_name(each), "".join(each.itertext()).strip()
        if name == "category":
            if each.get("domain", "category") in _TAGS:
                tags.append(text)
        elif name == "encoded":
            values["excerpt" if "excerpt" in each.tag else "content"] = text
        elif text:
            values.setdefault(name, text)
    return values, tags


def _fields(values: dict[str, str], tags: list[str]) -> dict[str, Any]:
    posted = values.get("post_date", "")
    fields = {
        "title": markup_text(values.get("title", "")),
        "body": _text(values.get("content", "") or values.get("excerpt", "")),
        "date": values.get("pubdate") if posted.startswith(_UNDATED) or not posted else posted,
        "url": values.get("link"),
        "author": values.get("creator"),
        "tags": tags,
        "id": values.get("post_id"),
    }
    return {name: value for name, value in fields.items() if value}


def _text(content: str) -> str:
    """The text of a post. What was not written in blocks has its paragraphs by its lines, as WordPress
    shows it."""
    markup = without_shortcodes(content)
    if _BLOCKS not in markup:
        markup = _LINES.sub(_as_breaks, markup.replace("\r\n", "\n").strip())
    return markup_text(markup)


def _as_breaks(found: re.Match[str]) -> str:
    return found[1] or "<br>" * (2 if found[0].count("\n") > 1 else 1)
