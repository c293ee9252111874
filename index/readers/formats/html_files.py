"""Web pages: the article and what the page says of it, by trafilatura.

A page is untrusted: it is parsed, never run; nothing it names is fetched (the parser is given a
string and no network); and a page too large to be an article is read for its bare text only.
trafilatura finds nothing on pages that are hardly pages; then headings and paragraphs are read as
they stand, so that no saved page is lost.
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
from index.readers.html_text import extractor, html_to_text, page_around, parse
from index.readers.plain_text import has_words, one_line, scrub
from index.readers.records import BadRecord, Note, Record

_DATE_RULES = {  # htmldate's own limits are 1995 and today: an archive is older, and a test is not
    "extensive_search": False,
    "original_date": True,
    "min_date": "1000-01-01",
    "max_date": "2999-12-31",
}
_XML_START = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!doctype[^>\[]*(?:\[[^\]]*\]\s*)?>)?", re.I)
_STAND_INS = {"\u200c": "\U00010600", "\u200d": "\U00010601"}
"""trafilatura drops what cannot be printed, but joiners shape words: meanwhile two letters of Linear A."""
_HIDE = str.maketrans(_STAND_INS)
_SHOW = str.maketrans({letter: joiner for joiner, letter in _STAND_INS.items()})


def read_html(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord | Note]:
    """Read a web page as one article."""
    page = decoded_html(content.read(config))
    yield from page.notes()
    text = _XML_START.sub("", scrub(page.text), count=1)
    if text.count("<") > config.max_html_tags:
        raise InputError(f"more than {config.max_html_tags:,} tags.", hint="Split it.")
    tree = parse(text)
    if tree is None:  # a fragment, or plain words under the name of a page
        tree = parse(page_around(text))
    if tree is None:
        raise InputError("not a web page: no element in it")
    title, lang = _own_title(tree), _language_hint(tree)
    fields = _extract(tree) if _is_page(tree, text, config) else {}
    del tree  # of a large page it weighs fifty times the page, and below is a second one
    fields["title"] = fields.get("title") or title
    body = fields.get("body") or html_to_text(text)
    fields["body"] = _without_title(body, fields["title"])
    if not has_words(fields["title"]) and not has_words(fields["body"]):
        raise InputError("no text: the page shows nothing without its scripts")
    if lang:
        fields["html_lang"] = lang
    yield Record(0, fields, lang_hint=lang.partition("-")[0].lower())


def _is_page(tree: Any, text: str, config: ReaderConfig) -> bool:
    """Whether a page is small enough for an extractor whose time grows with the square."""
    if len(text) > config.max_markup_chars:
        return False
    elements = islice(tree.iter(), config.max_html_elements)
    return sum(1 for _ in elements) < config.max_html_elements


def _extract(tree: Any) -> dict[str, Any]:
    """Ask trafilatura for the article. Its own failures are no reason to lose the page."""
    _hide_joiners(tree)
    try:
        page = extractor().bare_extraction(
            tree,
            include_comments=False,
            with_metadata=True,
            date_extraction_params=dict(_DATE_RULES),
        )
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError):
        return {}
    if page is None:
        return {}
    found = {
        "title": page.title,
        "body": page.text,
        "date": page.date,
        "source": page.sitename or page.hostname,
        "url": page.url,
        # One tag in each article:tag; keywords are a string that lists them.
        "tags": tree.xpath("//meta[@property='article:tag']/@content")
        or ", ".join(page.tags or ())
        or page.categories,
        "author": page.author,
    }
    return {name: _with_joiners(value) for name, value in found.items() if value}


def _hide_joiners(tree: Any) -> None:
    for node in tree.iter("*"):
        node.text = node.text and node.text.translate(_HIDE)
        node.tail = node.tail and node.tail.translate(_HIDE)
        if node.tag == "meta" and node.get("content"):
            node.set("content", node.get("content").translate(_HIDE))


def _with_joiners(value: Any) -> Any:
    return (
        value.translate(_SHOW)
        if isinstance(value, str)
        else [_with_joiners(each) for each in value]
    )


def _own_title(tree: Any) -> str:
    """Return the page's title where trafilatura finds none: og:title, h1, title."""
    for path in ("//meta[@property='og:title']/@content", "//h1", "//title"):
        for found in tree.xpath(path):
            title = one_line(found if isinstance(found, str) else found.text_content())
            if has_words(title):
                return title
    return ""


def _language_hint(tree: Any) -> str:
    """Return the page's own `lang`. Only a hint: half of all Urdu sites say en-US."""
    lang = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return one_line(str(lang))[:35]


def _without_title(body: str, title: str) -> str:
    """Drop the headline from the top of the body, where it would count twice."""
    first, _, rest = body.partition("\n")
    return rest.strip() if rest and one_line(first) == title else body
