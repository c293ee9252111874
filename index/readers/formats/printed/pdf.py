"""PDF with text, by PDFium: one article, its pages known, its lines joined to paragraphs.

Running heads and page numbers go; a word that is parted at the end of a line is joined.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any

import pypdfium2

from index.documents import SCANNED
from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.office.blocks import is_title
from index.readers.formats.printed.ocr import TURN_ON
from index.readers.formats.printed.pdf_lines import Line, page_lines
from index.readers.formats.printed.pdf_paragraphs import ENDED, paragraphs, without_running_heads
from index.readers.plain_text import has_words, one_line, scrub
from index.readers.records import Member, Note, Record

_SCANNED_CHARS = 20  # a page with less text and a picture on it was scanned
_HEADLINE_RATIO = 1.15  # how much larger a headline is than the text below it
_TITLE_LINES = 4
_DOTS = 300  # an inch, as Tesseract wants it
_MOST_PIXELS = 5_000  # on the longer side
_PASSWORD = 4  # PDFium's number for it


def read_pdf(content: Content, config: ReaderConfig) -> Iterator[Record | Member | Note]:
    """Read a PDF as one article, with the place in the text where each page begins."""
    document = _opened(content.read(config))
    pages = []
    scanned = stepped = 0
    for number in range(len(document)):
        lines, has_picture = _page(document, number)
        stepped += any(line.is_stepped for line in lines)
        pages.append(lines)
        if has_picture and sum(len(line.text) for line in lines) < _SCANNED_CHARS:
            scanned += 1
            if config.ocr:
                yield _picture(document, number)
    if scanned and not config.ocr:
        if scanned == len(pages):
            raise InputError("scanned pages without text.", hint=TURN_ON)
        yield Note(f"{scanned:,} of {len(pages):,} pages are scanned, without text. {TURN_ON}")
    if stepped:
        yield Note(
            f"{stepped:,} of {len(pages):,} pages are set in letters that stand at many heights, as Nastaliq "
            "does: some words may be parted, or joined"
        )
    about = {name: one_line(scrub(value)) for name, value in document.get_metadata_dict().items()}
    title = about.get("Title", "")
    if not is_title(title):
        heading = _headline(pages)
        title = one_line(" ".join(line.text for line in heading))
        pages = [[line for line in lines if line not in heading] for lines in pages]
    body, starts = _joined(without_running_heads(pages), title)
    if not has_words(body):
        if scanned:
            return
        raise InputError("no text in it")
    fields = {
        "title": title,
        "body": body,
        "author": about.get("Author"),
        "tags": about.get("Keywords"),
        "file created": about.get("CreationDate"),
    }
    kept = {name: value for name, value in fields.items() if value}
    yield Record(0, kept, headline_inside=not title, pages=tuple(starts))


def _opened(raw: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise InputError("encrypted.", hint="Save it without its password.") from None
        raise InputError(f"damaged PDF: {error}") from None


def _page(document: Any, number: int) -> tuple[list[Line], bool]:
    """The lines of a page, and whether a picture is on it. A damaged page costs itself."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return [], False
    try:
        text = page.get_textpage()
        lines = page_lines(text)
        text.close()
        pictures = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=2)
        has_picture = len(lines) < _TITLE_LINES and next(iter(pictures), None) is not None
    except pypdfium2.PdfiumError:
        return [], False
    finally:
        page.close()
    return lines, has_picture


def _picture(document: Any, number: int) -> Member:
    """A scanned page as a picture of its own, to be read as pictures are."""
    page = document[number]
    scale = min(_DOTS / 72, _MOST_PIXELS / max(*page.get_size(), 1))
    bitmap = page.render(scale=scale, grayscale=True)
    rows = bytes(bitmap.buffer)
    lines = (
        rows[start : start + bitmap.width]
        for start in range(0, bitmap.height * bitmap.stride, bitmap.stride)
    )
    raw = f"P5 {bitmap.width} {bitmap.height} 255\n".encode() + b"".join(lines)
    page.close()
    return Member(Content.of_bytes(f"page {number + 1}.pgm", raw), {SCANNED: number + 1})


def _headline(pages: list[list[Line]]) -> list[Line]:
    """The largest lines of the first page with any text, if they are larger than what is below."""
    first = next((lines for lines in pages if lines), [])
    sizes = sorted(line.size for line in first)
    if not sizes or sizes[-1] < sizes[len(sizes) // 2] * _HEADLINE_RATIO:
        return []
    largest = [line.size >= sizes[-1] * 0.98 for line in first]
    start = largest.index(True)
    found = list(itertools.takewhile(lambda line: line.size >= sizes[-1] * 0.98, first[start:]))
    return found if len(found) <= _TITLE_LINES and len(found) < len(first) else []


def _joined(pages: list[list[Line]], title: str) -> tuple[str, list[int]]:
    """The text of all pages below the title, and where each begins in it. A paragraph may go on over the
    page."""
    text = io.StringIO()
    starts = []
    open_end = False
    for lines in pages:
        blocks = paragraphs(lines)
        if blocks and not text.tell() and one_line(blocks[0]) == title:
            del blocks[0]
        if text.tell() and blocks:
            text.write(" " if open_end and not _begins(blocks[0]) else "\n\n")
        starts.append(text.tell())
        text.write("\n\n".join(blocks))
        if blocks:
            open_end = not ENDED.search(blocks[-1])
    return text.getvalue(), starts


def _begins(block: str) -> bool:
    """Whether a block can hardly go on with a sentence: Latin script says so by a capital letter."""
    return block[:1].isupper() or len(block) < _SCANNED_CHARS
