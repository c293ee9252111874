"""Web pages: the article and what the page says of it.

A page is untrusted: it is parsed, never run; nothing it names is fetched (the parser is given a
string and no network); and a page too large to be an article is read for its bare text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import decoded_html
from index.readers.html_text import Block, html_to_text, join, page_around, parse
from index.readers.mended import MENDED, mended
from index.readers.noise.cleaning import byline_of
from index.readers.noise.headlines import HEADLINES_ALONE, headlines_alone
from index.readers.noise.rules import fold_line
from index.readers.pages.article import find_article, head_stories, is_of_teasers, stories_in
from index.readers.pages.facts import Facts, Meta, facts_of
from index.readers.pages.markup import lighten, saved_from
from index.readers.pages.pruning import Pruned, text_of
from index.readers.plain_text import has_words, one_line, scrub
from index.readers.records import BadRecord, Note, Record

_XML_START = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!doctype[^>\[]*(?:\[[^\]]*\]\s*)?>)?", re.I)
_FRAMES = re.compile(r"<frameset[\s>]", re.I)
_HEAD_BLOCKS = 8  # above the prose and below the headline stand day, author, standfirst
_PROSE = 80
_HEADLINE_WORDS = 3
_SECTIONS = frozenset(("main", "article", "section", "header", "nav", "aside", "footer", "figure"))
_AMP = ("amp", "⚡", "amp4ads")


def read_html(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord | Note]:
    """Read a web page as one article, or as the stories it holds."""
    page = decoded_html(content.read(config))
    yield from page.notes()
    scrubbed = scrub(page.text, keep_c1=True)
    text = mended(scrubbed)  # before it is parsed: some of its bytes look like blanks
    if text != scrubbed:
        yield Note(MENDED.format(""))
    origin = saved_from(text)
    text = _XML_START.sub("", lighten(text), count=1)
    if text.count("<") > config.max_html_tags:
        raise InputError(f"more than {config.max_html_tags:,} tags.", hint="Split it.")
    tree = parse(text)
    if tree is None:  # a fragment, or plain words under the name of a page
        tree = parse(page_around(text))
    if tree is None:
        raise InputError("not a web page: no element in it")
    _end_head(tree)
    lang = _language_hint(tree)
    amp = any(mark in tree.attrib for mark in _AMP)
    if _is_page(tree, text, config):
        first, *others = _stories(tree, origin)
    else:
        facts = facts_of(tree, Meta(tree), "", (), origin)
        del tree  # of a large page it weighs fifty times the page, and below is a second one
        first, others = _fields(facts, html_to_text(text), []), []
    if _FRAMES.search(text) and not has_words(first["body"]):
        raise InputError("no text: a page of frames; each is a file of its own")
    if not has_words(first["title"]) and not has_words(first["body"]):
        raise InputError("no text: the page shows nothing without its scripts")
    if lang:
        first["html_lang"] = lang
    day, *_ = [story.pop("date_above", "") for story in (first, *others)]
    language = lang.partition("-")[0].lower()
    yield Record(
        0,
        first,
        lang_hint=language,
        date_hint=(day, "a day at the head of its page"),
        stories=tuple(others),
        amp=amp,
    )


def _end_head(tree: Any) -> None:
    """Move to the body what cannot be in a head: the parser knows no elements of HTML5, and ends a head that
    is not closed before none of them."""
    head, body = tree.find("head"), tree.find("body")
    inside = [] if head is None else list(head)
    first = next((i for i, node in enumerate(inside) if node.tag in _SECTIONS), None)
    if first is None:
        return
    if body is None:
        body = tree.makeelement("body")
        tree.append(body)
    for place, node in enumerate(inside[first:]):
        body.insert(place, node)


def _is_page(tree: Any, text: str, config: ReaderConfig) -> bool:
    """Whether a page is small enough to be looked at closely."""
    if len(text) > config.max_markup_chars:
        return False
    elements = islice(tree.iter(), config.max_html_elements)
    return sum(1 for _ in elements) < config.max_html_elements


def _stories(tree: Any, origin: str) -> list[dict[str, Any]]:
    """The fields of each story of a page; most hold one."""
    meta = Meta(tree)
    listed, teasers = _linked(tree), is_of_teasers(tree)
    head_stories(tree)
    pruned = Pruned(tree)
    nodes = stories_in(tree)
    if not nodes:
        story = _story(tree, meta, pruned.captions, origin)
        is_told = not teasers and (story.get("date") or _has_prose(story["body"]))
        if not (is_told or meta.is_article) and (count := headlines_alone("\n".join(listed))):
            raise InputError(HEADLINES_ALONE.format(count))
        return [story]
    first = _story(nodes[0], meta, pruned.captions, origin)
    return [first, *(_story(node, Meta(node), [], "") for node in nodes[1:])]


def _linked(tree: Any) -> list[str]:
    """What the links of a page say that lead elsewhere, each once, without the words of menus."""
    texts = (text_of(node) for node in tree.iter("a") if (node.get("href") or "#")[0] not in "#?")
    return list(dict.fromkeys(text for text in texts if len(text.split()) >= _HEADLINE_WORDS))


def _has_prose(body: str) -> bool:
    return any(len(line) >= _PROSE for line in body.split("\n"))


def _story(node: Any, meta: Meta, captions: list[str], origin: str) -> dict[str, Any]:
    """The fields of the story in a part of a page."""
    article = find_article(node)
    written = article.blocks if article else []
    start = next((i for i, block in enumerate(written) if len(block.text) >= _PROSE), 0)
    whole = [block.text for block in written]
    above = [*_above(node, whole[:start]), *filter(byline_of, whole[start:])]
    facts = facts_of(node, meta, "\n".join(whole), above, origin)
    body = join(b for b in _without_headline(written, facts.title) if not byline_of(b.text))
    if len(facts.body) > 2 * len(body):  # the page's scripts would have shown it
        body = html_to_text(facts.body)
    return _fields(facts, body, captions)


def _above(node: Any, head: list[str]) -> list[str]:
    """The lines in which a page may state its day: around its first heading, and above its prose."""
    heading = next(iter(node.iter("h1")), None)
    lines = list(head)
    if heading is not None:
        place = heading
        for _ in range(3):
            after = place.getnext()
            while after is not None and len(lines) < 3 * _HEAD_BLOCKS:
                text = one_line("".join(after.itertext()))
                if len(text) > 2 * _PROSE:
                    break
                lines.append(text)
                after = after.getnext()
            place = place.getparent()
            if place is None or place.tag in ("body", "html"):
                break
    return [line for line in lines if len(line) <= 2 * _PROSE]


def _without_headline(written: list[Block], title: str) -> list[Block]:
    """Drop the headline, where it would count twice, and what stands above it."""
    folded = fold_line(title)
    for place, block in enumerate(written[: 2 * _HEAD_BLOCKS]):
        if len(block.text) >= _PROSE * 2 and fold_line(block.text) != folded:
            break
        if folded and fold_line(block.text) == folded:
            return written[place + 1 :]
    return written


def _fields(facts: Facts, body: str, captions: list[str]) -> dict[str, Any]:
    found = {
        "title": facts.title,
        "body": body,
        "date": facts.date,
        "date_above": facts.date_above,
        "source": facts.source,
        "url": facts.url,
        "tags": facts.tags,
        "author": facts.author,
        "captions": captions,
    }
    kept = {name: value for name, value in found.items() if value}
    return {"title": "", "body": "", **kept}


def _language_hint(tree: Any) -> str:
    """Return the page's own `lang`. Only a hint: half of all Urdu sites say en-US."""
    lang = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return one_line(str(lang))[:35]
