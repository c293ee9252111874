"""Books (.epub): a chapter is an article, as news anthologies have them, by the package's own list."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urldefrag

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import decode_html
from index.readers.formats.office.blocks import office_zip
from index.readers.formats.xml.markup import local_name, safe_xml
from index.readers.html_text import Block, blocks, join, parse
from index.readers.plain_text import has_words, one_line, scrub
from index.readers.records import BadRecord, Record

_CONTAINER = "META-INF/container.xml"
_PAGES = (".xhtml", ".html", ".htm")
_ENCRYPTION = "META-INF/encryption.xml"
_HEAD = 4096
_HEADINGS = ("h1", "h2", "h3")
_LINES = frozenset((*_HEADINGS, "h4", "h5", "h6", "p", "li", "dt"))


@dataclass
class _Chapter:
    """What is read as one, under the title the contents give it: files, or a part of one."""

    title: str
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Entry:
    """A line of the contents: a title, the id of an element of its file ("" for the file), how deep it is
    among others."""

    title: str
    fragment: str
    depth: int


@dataclass
class _Book:
    """What the package says: files in reading order, the lines of its contents for each, facts for all
    chapters."""

    pages: list[str]
    contents: dict[str, list[_Entry]]
    about: dict[str, Any]


def read_epub(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord]:
    """Read the chapters of a book in their order; covers and contents are none."""
    try:
        with zipfile.ZipFile(_unprotected(content, config)) as archive:
            book = _package(archive)
            number = 0
            for chapter in _chapters(archive, book, config):
                number += 1
                if isinstance(chapter, str):
                    yield BadRecord(number, chapter)
                    continue
                text = "\n\n".join(chapter.texts)
                title = chapter.title
                if not has_words(text):
                    continue
                yield Record(
                    number,
                    {**book.about, **({"title": title} if title else {}), "body": text},
                    headline_inside=not title,
                )
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError) as error:
        raise InputError(f"damaged: {error}") from None
    if not number:
        raise InputError("a book without a page of text")


def _unprotected(content: Content, config: ReaderConfig) -> io.BytesIO:
    """The file. Raises InputError for a book that only its shop's program opens."""
    file = office_zip(content, config)
    with zipfile.ZipFile(file) as archive:
        if _ENCRYPTION in archive.namelist() and b"xmlenc#aes" in archive.read(_ENCRYPTION):
            raise InputError("encrypted: a book that its shop protects")
    file.seek(0)
    return file


def _package(archive: zipfile.ZipFile) -> _Book:
    names = archive.namelist()
    path = ""
    if _CONTAINER in names:
        found = safe_xml(archive.read(_CONTAINER)).iter("{*}rootfile")
        path = next((str(each.get("full-path") or "") for each in found), "")
    if path not in names:  # no list: the pages in the order of their names
        return _Book(sorted(each for each in names if each.lower().endswith(_PAGES)), {}, {})
    package = safe_xml(archive.read(path))
    items = {each.get("id"): each for each in package.iter("{*}item")}
    folder = posixpath.dirname(path)
    pages, contents = [], []
    for each in items.values():
        if "nav" in (each.get("properties") or "").split() or "ncx" in (
            each.get("media-type") or ""
        ):
            contents.append(_inside(folder, each.get("href") or ""))
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is not None and "nav" not in (item.get("properties") or "").split():
            pages.append(_inside(folder, item.get("href") or ""))
    entries: dict[str, list[_Entry]] = {}
    for each in contents:
        if each in names and not entries:  # a book for old programs, too, has them twice
            _add_entries(archive.read(each), posixpath.dirname(each), entries)
    return _Book([page for page in pages if page in names], entries, _about(package))


def _about(package: Any) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    for each in package.iter("{http://purl.org/dc/elements/1.1/}*"):
        if text := one_line(each.text or ""):
            values.setdefault(local_name(each), []).append(text)
    about = {
        "source": values.get("title", [""])[0],
        "date": values.get("date", [""])[0],
        "lang": values.get("language", [""])[0],
        "tags": values.get("subject", []),
        "author": ", ".join(values.get("creator", [])),
        "publisher of the book": values.get("publisher", [""])[0],
    }
    return {name: value for name, value in about.items() if value}


def _inside(folder: str, reference: str) -> str:
    """The name of a file that another names."""
    return posixpath.normpath(posixpath.join(folder, unquote(urldefrag(reference)[0])))


def _add_entries(raw: bytes, folder: str, entries: dict[str, list[_Entry]]) -> None:
    """The lines of the book's contents (EPUB 3's nav, EPUB 2's ncx), by their files."""

    def add(title: str, reference: str, depth: int) -> None:
        if title and reference:
            entry = _Entry(title, unquote(urldefrag(reference)[1]), depth)
            entries.setdefault(_inside(folder, reference), []).append(entry)

    if b"<ncx" not in raw[:_HEAD]:
        tree = parse(_without_declaration(decode_html(raw)))
        for link in tree.iter("a") if tree is not None else ():
            depth = sum(1 for _ in link.iterancestors("ol"))
            add(one_line(link.text_content()), link.get("href") or "", depth)
        return
    for point in safe_xml(raw).iter("{*}navPoint"):
        label = next((one_line("".join(each.itertext())) for each in point.iter("{*}text")), "")
        source = next((each.get("src") or "" for each in point.iter("{*}content")), "")
        add(label, source, sum(1 for _ in point.iterancestors("{*}navPoint")))


def _chapters(
    archive: zipfile.ZipFile, book: _Book, config: ReaderConfig
) -> Iterator[_Chapter | str]:
    """The chapters. What neither the contents name nor a heading opens goes on with the last one."""
    current: _Chapter | None = None
    for page in book.pages:
        info = archive.getinfo(page)
        if info.file_size > config.max_file_bytes:
            yield f"{page} is too large"
            continue
        try:
            markup = scrub(decode_html(archive.read(page)))
        except InputError as error:
            yield f"{page}: {error.message}"
            continue
        tree = parse(_without_declaration(markup))
        if tree is None:
            continue
        for title, text in _parts(tree, book.contents.get(page, ())):
            if current and not title and book.contents:
                current.texts.append(text)
                continue
            if current:
                yield current
            first, _, rest = text.partition("\n\n")
            current = _Chapter(title, [rest if title and one_line(first) == title else text])
    if current:
        yield current


def _parts(tree: Any, entries: Sequence[_Entry]) -> Iterator[tuple[str, str]]:
    """The articles of a page, title and text: where the contents name several places in it that are not
    parts of one another, each is one."""
    depth = min((each.depth for each in entries), default=0)
    marks = {each.fragment: each.title for each in reversed(entries) if each.depth == depth}
    title = marks.pop("", "")
    starts: dict[int, str] = {}
    order = {element: place for place, element in enumerate(tree.iter())}
    if len(marks) + bool(title) > 1:
        for element in order:
            if name := marks.get(str(element.get("id") or element.get("name") or "")):
                starts.setdefault(order[_line(element)], name)
    elif marks:
        title = next(iter(marks.values()))
    if not starts:
        yield title or _heading(tree), join(blocks(tree))
        return
    places = sorted(starts)
    parts: list[list[Block]] = [[] for _ in range(len(places) + 1)]
    for block in blocks(tree):
        parts[bisect_right(places, order[block.node])].append(block)
    for name, part in zip([title, *map(starts.__getitem__, places)], parts, strict=True):
        if part:
            yield name, join(part)


def _line(element: Any) -> Any:
    """The paragraph or heading that an element opens, or itself."""
    around = element.getparent()
    while around is not None and around.tag in _LINES:
        element, around = around, around.getparent()
    return element


def _without_declaration(markup: str) -> str:
    start = markup.lower().find("<html")
    return markup[max(start, 0) :]


def _heading(tree: Any) -> str:
    headings = (one_line(heading.text_content()) for heading in tree.iter(*_HEADINGS))
    return next(filter(None, headings), "")
