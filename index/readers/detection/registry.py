"""Every format that is read: its names, its media types, its signature, and who reads it.

A file is what its extension says, unless its first bytes say otherwise: half of all `.xls` files on
the web are HTML, and a saved page may end in `.php?nid=4`. Readers are imported when first needed,
and those whose parsers meet untrusted binary or XML data run in the sandbox.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import cast

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import PACKERS, Content
from index.readers.detection.signatures import format_name
from index.readers.records import Reader
from index.readers.sandbox.parent import sandboxed

_FORMATS = "index.readers.formats."


@dataclass(frozen=True)
class Format:
    """A file format.

    `reader` is `module:function` in `index.readers.formats`. `is_text` formats open `.gz` by
    themselves and have no signature that is sure.
    """

    name: str
    reader: str
    extensions: tuple[str, ...]
    media_types: tuple[str, ...] = ()
    is_text: bool = False
    in_sandbox: bool = False

    @cached_property
    def read(self) -> Reader:
        """The reader, in the sandbox where it belongs there."""
        if self.in_sandbox:
            return sandboxed(_FORMATS + self.reader)
        module, _, function = self.reader.partition(":")
        return cast(Reader, getattr(import_module(_FORMATS + module), function))


def _text(name: str, reader: str, extensions: str, *media_types: str) -> Format:
    return Format(name, reader, tuple(extensions.split()), media_types, is_text=True)


def _parsed(name: str, reader: str, extensions: str, *media_types: str) -> Format:
    return Format(name, reader, tuple(extensions.split()), media_types, in_sandbox=True)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

FORMATS = (
    _text("text", "text_files:read_text", ".txt .text", "text/plain"),
    _text("json lines", "json_files:read_json_lines", ".jsonl .ndjson", "application/x-ndjson"),
    _text("json", "json_files:read_json", ".json", "application/json", "application/feed+json"),
    _text("csv", "csv_files:read_csv", ".csv .tsv", "text/csv", "text/tab-separated-values"),
    _text(
        "html", "html_files:read_html", ".html .htm .xhtml", "text/html", "application/xhtml+xml"
    ),
    _text("markdown", "markdown_files:read_markdown", ".md .markdown", "text/markdown"),
    Format("mail", "mail:read_mail", (".eml",), ("message/rfc822",)),
    Format("mailbox", "mail:read_mailbox", (".mbox", ".mbx"), ("application/mbox",)),
    Format("mhtml", "web.mhtml:read_mhtml", (".mhtml", ".mht"), ("multipart/related",)),
    _parsed(
        "feed",
        "xml.feeds:read_feed",
        ".rss .atom .rdf",
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
    ),
    _parsed("wordpress", "xml.wordpress:read_wordpress", ".wxr"),
    _parsed("sitemap", "xml.sitemaps:read_sitemap", ""),
    _parsed("xml", "xml.xml_corpora:read_xml", ".xml .sgml .trec", "application/xml", "text/xml"),
    _parsed("warc", "web.warc:read_warc", ".warc", "application/warc"),
    Format("wacz", "archives.packed:read_wacz", (".wacz",), ("application/wacz",)),
    _parsed("epub", "office.epub:read_epub", ".epub", "application/epub+zip"),
    _parsed(
        "docx",
        "office.docx:read_docx",
        ".docx .docm .dotx",
        f"{_OFFICE}wordprocessingml.document",
    ),
    _parsed("odt", "office.odt:read_odt", ".odt .ott", f"{_ODF}text"),
    _parsed("inpage", "office.inpage:read_inpage", ".inp"),
    _parsed("rtf", "office.rtf:read_rtf", ".rtf", "application/rtf", "text/rtf"),
    _parsed(
        "spreadsheet",
        "office.spreadsheets:read_spreadsheet",
        ".xlsx .xlsm .xlsb .xls .ods",
        f"{_OFFICE}spreadsheetml.sheet",
        "application/vnd.ms-excel",
        f"{_ODF}spreadsheet",
    ),
    _parsed("pdf", "printed.pdf:read_pdf", ".pdf", "application/pdf"),
    Format(
        "image",
        "printed.ocr:read_image",
        (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pgm"),
        ("image/png", "image/jpeg", "image/tiff", "image/x-portable-graymap"),
    ),
    Format("zip", "archives.packed:read_zip", (".zip",), ("application/zip",)),
    Format("tar", "archives.packed:read_tar", (".tar", ".tgz", ".tbz2", ".txz"), ("application/x-tar",)),
    _parsed("7z", "archives.seven_zip:read_seven_zip", ".7z", "application/x-7z-compressed"),
    Format(
        "compressed",
        "archives.packed:read_compressed",
        (".gz", ".bz2", ".xz", ".zst"),
        ("application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"),
    ),
)  # fmt: skip

_NAMED = {each.name: each for each in FORMATS}
_BY_EXTENSION = {extension: each for each in FORMATS for extension in each.extensions}
_BY_MEDIA_TYPE = {media_type: each for each in FORMATS for media_type in each.media_types}

UNPACKED: tuple[str, ...] = tuple(each for each in _BY_EXTENSION if each not in PACKERS)
"""Extensions of the files that are read."""

READABLE: tuple[str, ...] = (
    *UNPACKED,
    *(
        f"{extension}{packing}"
        for each in FORMATS
        if each.is_text
        for extension in each.extensions
        for packing in PACKERS
    ),
)
"""The same with those of packed texts. The case of a name does not matter."""

_GENERIC = "text/plain"
_PAGES = re.compile(r"\.(?:php\d?|aspx?|jspx?|cfm|cgi|shtml|do)$|\?", re.I)
"""How addresses of web pages end that a site makes with a program: saved, they are HTML."""
_PACKINGS = {".gz", ".bz2", ".xz", ".zst"}


def named(name: str) -> Format | None:
    """The format that a file's name tells, if it does."""
    path = PurePosixPath(name.lower())
    found = _BY_EXTENSION.get(path.suffix)
    if path.suffix not in _PACKINGS:
        return found
    inner = PurePosixPath(path.stem).suffix
    if inner == ".tar":
        return _NAMED["tar"]
    within = _BY_EXTENSION.get(inner)
    if path.suffix in PACKERS and within and (within.is_text or within.name == "warc"):
        return within  # these open gzip by themselves
    return found


def format_of(content: Content) -> Format:
    """The format of a file that is to be read. Raises OSError, and InputError for what is no document."""
    told = _BY_MEDIA_TYPE.get(content.media_type.lower()) or named(content.name)
    if content.media_type == _GENERIC:  # so mail programs call every file that is text
        told = named(content.name) or told
    name = format_name(content)
    if name and (told is None or _overrules(_NAMED[name], told)):
        return _NAMED[name]
    if told is None:
        return _NAMED["html" if _PAGES.search(content.name) else "text"]
    return told


def unread_because(path: Path, config: ReaderConfig) -> str:
    """Why a file met in a folder is of no kind that is read, by its name, else by its first bytes; or "".

    Pictures are read where their text is wanted: beside saved web pages they lie in hundreds.
    """
    unknown = f"not a kind of file that is read ({path.suffix or 'no extension'})"
    found = named(path.name)
    if found and found.name == "image":
        return "" if config.ocr else "a picture; with `ocr = true` under [index] its text is read"
    if found and (found.name != "compressed" or named(path.stem)):
        return ""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would make us wait for ever
            return unknown
        name = format_name(Content.of_file(path))
    except OSError:
        return unknown
    except InputError:  # a document that no reader knows: the report says so
        return ""
    return unknown if name in ("", "json lines", "xml", "compressed", "image") else ""


def _overrules(seen: Format, told: Format) -> bool:
    """Whether a file is what its bytes say, and not what its name says."""
    if seen is told or told.name == "wacz":
        return False
    if (seen.name, told.name) == ("html", "spreadsheet"):  # which may be a table in a page
        return False
    if seen.name == "compressed":
        return not told.is_text and told.name not in ("warc", "tar")
    if seen.is_text:  # `{` or `<html` may begin a text, but no office file
        return not told.is_text and told.name not in ("mail", "mailbox", "mhtml")
    # `From: ... Date: ...` may begin an article.
    return not told.is_text or seen.name not in ("mail", "mailbox", "xml")
