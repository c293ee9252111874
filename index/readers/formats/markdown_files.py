"""Markdown: front matter (YAML, TOML) or labelled lines for the fields, and the text without its markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.config import tomllib
from index.readers.columns.names import field_of
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import decoded
from index.readers.html_text import html_to_text
from index.readers.noise.labels import labelled_head
from index.readers.plain_text import one_line, scrub
from index.readers.records import BadRecord, Note, Record

_FRONT = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.S | re.M)
_PLAIN_PAIR = re.compile(r"([^\s:#][^:\n]{0,60}?)[ \t]*:[ \t]+(.*?)[ \t]*")
_ATX = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*")
_MARKS = "[]*_`<>|~\n"
_STORY = 200
"""Characters of a story, at least, where a file has several with a main heading each."""
_LINE_ENDS = ("paragraph_close", "heading_close", "tr_close")


class _FrontMatterLoader(yaml.SafeLoader):
    """Safe YAML without aliases: a few lines of them unfold to gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not for front matter")
        return super().compose_node(parent, index)


def read_markdown(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord | Note]:
    """Read a Markdown file as one article. The title is given, or the first `#` heading."""
    page = decoded(content.read(config))
    yield from page.notes()
    fields, text = _front_matter(scrub(page.text, keep_c1=True).lstrip("\n"), config)
    given = next((as_title(v) for k, v in fields.items() if field_of(k) == "title" and v), "")
    (heading, at_top, body), *others = _render(text, config, one_story=bool(given))
    if heading and not given:
        fields["title"] = heading
    elif at_top and heading != given:
        body = f"{heading}\n\n{body}"
    if body.strip():
        fields["body"] = body
    stories = tuple({"title": title, "body": text} for title, _, text in others)
    yield Record(0, fields, headline_inside=True, stories=stories)


def as_title(value: Any) -> str:
    """Return a title of the front matter as a heading would be written."""
    return one_line(str(value)) if isinstance(value, (str, int)) else ""


def _front_matter(text: str, config: ReaderConfig) -> tuple[dict[str, Any], str]:
    """Part the front matter from the text; what is not YAML is read as `name: value` lines."""
    match = _TOML.match(text[: config.max_front_matter_chars])
    if match:
        try:
            return dict(tomllib.loads(match[1])), text[match.end() :]
        except (tomllib.TOMLDecodeError, RecursionError):
            return {}, text
    match = _FRONT.match(text[: config.max_front_matter_chars])
    if not match:
        labels, below = labelled_head(text)
        return dict(labels), below
    try:
        data = yaml.load(match[1], Loader=_FrontMatterLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        data = None  # a colon in a headline is enough
    if data is None:
        pairs = map(_PLAIN_PAIR.fullmatch, match[1].split("\n"))
        data = {pair[1]: pair[2].strip("\"'") for pair in pairs if pair}
    if not isinstance(data, dict) or (match[1].strip() and not data):
        return {}, text  # a rule at the top of the page, not front matter
    return {str(key): value for key, value in data.items()}, text[match.end() :]


_Rendered = tuple[str, bool, str]
"""The heading that titles a text, whether it was taken off the top, and the text."""


def _render(text: str, config: ReaderConfig, *, one_story: bool) -> list[_Rendered]:
    """The stories of a text; most hold one."""
    marks = sum(map(text.count, _MARKS))
    if len(text) > config.max_markup_chars or marks > config.max_markdown_marks:
        first, _, rest = text.lstrip().partition("\n")
        match = _ATX.fullmatch(first)
        return [(match[1], True, rest) if match else ("", False, text)]
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    tops = [place for place, token in enumerate(tokens) if token.tag == "h1" and token.nesting == 1]
    spans = pairwise([*tops, len(tokens)])
    stories = [_rendered(tokens[start:end]) for start, end in spans]
    if (
        not one_story
        and tops[:1] == [0]
        and len(stories) > 1
        and all(len(body) >= _STORY for *_, body in stories)
    ):
        return stories
    return [_rendered(tokens)]


def _rendered(tokens: list[Token]) -> _Rendered:
    if tokens and tokens[0].type == "heading_open":
        heading = one_line(_inline(tokens[1].children or []))
        return heading, bool(heading), "".join(_blocks(tokens[3:])).strip()
    tops = (place for place, token in enumerate(tokens) if token.tag == "h1" and token.nesting == 1)
    place = next(tops, None)
    heading = one_line(_inline(tokens[place + 1].children or [])) if place is not None else ""
    return heading, False, "".join(_blocks(tokens)).strip()


def _blocks(tokens: Iterable[Token]) -> Iterator[str]:
    """Write blocks as paragraphs, list items and rows of tables as lines."""
    for token in tokens:
        if token.type == "inline":
            yield _inline(token.children or [])
        elif token.type in ("fence", "code_block"):
            yield f"{token.content}\n"
        elif token.type == "html_block":
            yield f"{html_to_text(token.content)}\n\n"
        elif token.type in ("td_close", "th_close"):
            yield " "
        elif token.type in _LINE_ENDS:
            yield "\n" if token.hidden or token.type == "tr_close" else "\n\n"
        elif token.type in ("bullet_list_close", "ordered_list_close", "table_close"):
            yield "\n"


def _inline(tokens: Iterable[Token]) -> str:
    """Write a run of text without emphasis, links and tags; a picture leaves its description."""
    parts = []
    for token in tokens:
        if token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        elif token.type != "html_inline":
            parts.append(token.content)
    return "".join(parts)
