"""XML of plain article elements: corpora of `<doc>`, `<article>` or `<document>`, and TREC's SGML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import Any, BinaryIO

from lxml import etree

from index.errors import InputError
from index.readers.columns.names import field_of
from index.readers.config import MEGABYTE, ReaderConfig
from index.readers.content import Content
from index.readers.formats.xml.markup import WithoutControls, local_name
from index.readers.records import Note, Record

_ARTICLE_TAGS = "doc document article story news newsitem nitf tei item post record row entry"
_ARTICLES = frozenset(_ARTICLE_TAGS.split())
_TITLES = ("title", "headline", "heading", "head", "hl", "h1", "hedline")
_BODIES = ("body", "text", "content", "contents", "articlebody", "fulltext", "story", "متن")
_META = ("meta", "header", "head", "front", "info", "metadata", "teiheader")
_BLOCK_TAGS = "p para paragraph s section div title head heading li line lb l br"
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_ATTRIBUTES = {_LANGUAGE: "xml_lang"}  # what editors set once and for all: kept, not believed
_PROLOG = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*(?:<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)?",
    re.S | re.I,
)
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)""")
_AROUND = b"<corpus>"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_AMPERSAND = re.compile(rb"&(?:(?=#\w{1,10};)|(?=(?:amp|lt|gt|quot|apos);)|([A-Za-z]\w{1,30});|)")
_LONGEST_ENTITY = 40


def read_xml(content: Content, config: ReaderConfig) -> Iterator[Record | Note]:
    """Read the articles of an XML file of any size, or the file as one article."""
    number = 0
    skipped_root = False
    for element in _articles(content):
        number += 1
        fields = _fields(element)
        if not ({"title", "body"} & fields.keys()):
            skipped_root = True
            continue
        yield Record(number, fields)
    if not number:
        raise InputError(
            "XML of a kind that is not known.",
            hint="Articles are elements named doc, document, article, story, news, item or record.",
        )
    if skipped_root:
        yield Note("elements without title and text were left out")


def _articles(content: Content) -> Iterator[Any]:
    """The outermost elements that are an article each, by their names, as they are read.

    One that begins with another is only what lies around it: `<news><item>...</item></news>`.
    """
    open_articles: list[Any] = []
    for event, element in _events(content):
        if local_name(element) not in _ARTICLES:
            continue
        if event == "start":
            if open_articles and _is_first(element) and element.getparent() is open_articles[-1]:
                open_articles.pop()
            open_articles.append(element)
        elif open_articles and element is open_articles[0]:
            open_articles.clear()
            yield element
            _forget(element)
        elif open_articles and element is open_articles[-1]:
            open_articles.pop()


def _events(content: Content) -> Iterator[tuple[str, Any]]:
    """The starts and ends of elements."""
    with content.open_raw() as file:
        first = file.read(MEGABYTE)
        named = _ENCODING.search(first[:200])
        source: Any = _Corpus(file, first)
        if first.startswith(_WIDE):
            file.seek(0)
            source = file
        try:
            yield from etree.iterparse(
                WithoutControls(source),
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                recover=True,
                encoding=named[1].decode("ascii") if named else None,
            )
        except (etree.XMLSyntaxError, LookupError) as error:
            raise InputError(f"damaged XML: {error}") from None


class _Corpus:
    """A file with an element around it, since TREC's are many documents in a row, and with `&` written
    as XML wants it, since they are older than XML."""

    def __init__(self, file: BinaryIO, first: bytes) -> None:
        self._file = file
        self._waiting = _PROLOG.sub(b"", first, count=1)
        self._is_begun = False

    def read(self, size: int = MEGABYTE) -> bytes:
        """The next piece; what may be half an entity waits for its rest."""
        piece = self._waiting + self._file.read(max(size, _LONGEST_ENTITY))
        self._waiting = b""
        if len(piece) > _LONGEST_ENTITY:
            at = piece.rfind(b"&", -_LONGEST_ENTITY)
            if at > 0:
                piece, self._waiting = piece[:at], piece[at:]
        piece = _AMPERSAND.sub(_as_xml, piece)
        if not self._is_begun:
            self._is_begun = True
            return _AROUND + piece
        return piece


def _as_xml(entity: re.Match[bytes]) -> bytes:
    name = entity[1] or b""
    if not name:
        return b"&amp;"
    code = name2codepoint.get(name.decode("ascii"))
    return b"&#%d;" % code if code else entity[0]


def _is_first(element: Any) -> bool:
    """Whether it comes first in the element around it."""
    around = element.getparent()
    return (
        all(not isinstance(each.tag, str) for each in element.itersiblings(preceding=True))
        and not (around.text or "").strip()
    )


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _fields(element: Any) -> dict[str, Any]:
    """The fields of an article: leaves by their names, the text by what is in its element."""
    attributes = ((_ATTRIBUTES.get(name, name), value) for name, value in element.attrib.items())
    fields: dict[str, Any] = {name.rpartition("}")[2]: value for name, value in attributes if value}
    body = next((each for each in element.iter("*") if local_name(each) in _BODIES), None)
    title = next((each for each in element.iter("*") if local_name(each) in _TITLES), None)
    if body is not None and title is not None and body in title.iterancestors():
        body = None if not _own_text(body).strip() else body
    for each in element.iter("*"):
        name = local_name(each)
        if each is element or len(each) or (body is not None and body in each.iterancestors()):
            continue
        text = " ".join((each.get("when") or each.text or each.get("norm") or "").split())
        around = local_name(each.getparent())
        if name in ("name", "p") and each.getparent() is not element:
            name = around
        if text and field_of(name) not in ("title", "body"):
            fields.setdefault(name, text)
    if title is not None and (text := " ".join("".join(title.itertext()).split())):
        fields["title"] = text
    text = _own_text(body if body is not None else element, title)
    if text:
        fields["body"] = text
    for field, first in (("title", title), ("body", body)):
        if by_language := _by_language(first):
            fields[field] = by_language
    return fields


def _by_language(first: Any) -> dict[str, str]:
    """The texts of an element and of those of its name beside it, where each says another language."""
    around = first.getparent() if first is not None else None
    alike = [] if around is None else [each for each in around if each.tag == first.tag]
    texts = {each.get(_LANGUAGE) or each.get("lang") or "": _own_text(each) for each in alike}
    return texts if len(texts) == len(alike) > 1 and all(texts) else {}


def _own_text(element: Any, without: Any = None) -> str:
    """The paragraphs of an element, less what is said of it rather than in it."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        if not isinstance(node.tag, str):
            return
        name = local_name(node)
        if node is without or (node is not element and name in _META):
            return
        if name in _BLOCKS:
            parts.append("\n\n")
        parts.append(node.text or "")
        for child in node:
            walk(child)
            parts.append(child.tail or "")
        if name in _BLOCKS:
            parts.append("\n\n")

    walk(element)
    blocks = re.split(r"\n\s*\n", "".join(parts))
    return "\n\n".join(text for block in blocks if (text := " ".join(block.split())))
