"""InPage documents (.inp), the program in which Urdu newspapers are set: their text, in the order of the file.

InPage 3 keeps it in UTF-16, older ones two bytes a letter: 4 and a code in the order of the Urdu alphabet. The
format was never published; what is read here is what those who took files apart agree on. The order of
stories is that of the file, styles and pages are not read.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
from collections.abc import Iterator

import olefile

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.office.blocks import Block, article
from index.readers.plain_text import has_words
from index.readers.records import Note, Record

_PREFIX = "InPage"
_UNICODE = "InPage300"
_BEFORE_TEXT = b"\xff\xff\xff\xff\r\x00"
_STYLES = 4096  # bytes that styles and names of fonts take at the start at least

_LETTERS = "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوئیےہھ"  # from 0x81
_MARKS = "ٍ ◌ ِ َ ُ ّ ؑ ◌ ٖ ْ ◌ ٓ ْ ٌ ؤ ء ي ۃ ◌ ◌ ◌ ٰ ٗ ٔ".replace("◌", "\0").split(" ")  # from 0xa8
_CODES = {0x20: " "}
_CODES |= dict(enumerate(_LETTERS, 0x81)) | dict(enumerate(_MARKS, 0xA8))
_CODES |= dict(enumerate("۰۱۲۳۴۵۶۷۸۹!", 0xD0))
_CODES |= {
    0xC7: "ً", 0xC8: "آ", 0xCA: "إ", 0xCB: "اللہ", 0xCE: ":", 0xCF: "ؔ", 0xDE: "٪", 0xDF: "/", 0xE0: "…",
    0xE1: ")", 0xE2: "(", 0xE4: "+", 0xE6: "ؓ", 0xE7: "ؒ", 0xE8: "٭", 0xE9: ":", 0xEA: "؛", 0xEB: "×",
    0xEC: "=", 0xED: "،", 0xEE: "؟", 0xEF: "÷", 0xF1: "؍", 0xF2: "؎", 0xF3: "۔", 0xF5: "ـ", 0xF7: "؁",
    0xF8: "ؐ", 0xFA: "[", 0xFB: "]", 0xFC: ".", 0xFD: "’", 0xFE: "‘",
}  # fmt: skip
_HAMZA = re.compile(r"ئ(?![\u0620-\u064a\u066e-\u06d3])")
_PIECE = re.compile(rb"((?:\x04[\x20-\xff])+)|([\x20-\x7e]{3,})|([\r\x0c])|([\n\t])")

_URDU = re.compile("[\u0600-\u06ff]")
_SHOWN = re.compile(
    "[\t\n\r\x20-\x7d\u00a0-\u00ff\u0600-\u06ff\u0750-\u077f\u200b-\u200d\u2010-\u2026\ufb50-\ufdff\ufe70-\ufefc]"
)
_LEAST_WORDS = 4  # of a paragraph without Urdu: names of fonts and styles have fewer


def read_inpage(content: Content, config: ReaderConfig) -> Iterator[Record | Note]:
    """Read a document as one article, its headline the first line."""
    name, raw = _stream(content.read(config))
    if not raw:
        raise InputError("no InPage document: it has no text in it")
    lost = 0
    if name == _UNICODE:
        text = _of_units(raw)
    else:
        text, lost = _of_codes(raw)
    paragraphs = [" ".join(line.split()) for line in re.split(r"[\r\f\n]+", text)]
    first = next((at for at, each in enumerate(paragraphs) if _URDU.search(each)), 0)
    kept = [each for each in paragraphs[first:] if _is_text(each)]  # fonts and styles stand before
    if not kept:
        raise InputError(
            "no text in it that can be read.", hint="Export it from InPage as text or RTF."
        )
    if lost:
        yield Note(
            "letters of InPage that are not known were left out", kind="repaired", amount=lost
        )
    yield Note("InPage: the stories of its pages are one article, in the order of the file")
    yield article(map(Block, kept), (), {})


def _stream(raw: bytes) -> tuple[str, bytes]:
    """The name and content of the stream that the text is in; "" and nothing where there is none."""
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as document:
            names = document.listdir(streams=True, storages=False)
            name = next((each[-1] for each in names if each[-1].startswith(_PREFIX)), "")
            if not name:
                return "", b""
            # olefile goes round a loop of sectors for as long as the size says, gigabytes if it must.
            small: int = document.root.size  # type: ignore[union-attr] # its stubs do not know it
            if max(small, document.get_size(name)) > len(raw):
                raise ValueError("larger than the file")
            return name, document.openstream(name).read()
    except (OSError, ValueError, IndexError, struct.error):
        raise InputError("damaged: its parts are not where it says") from None


def _is_text(paragraph: str) -> bool:
    """Whether a paragraph is one, and not the name of a font or a style."""
    if not has_words(paragraph):
        return False
    return bool(_URDU.search(paragraph)) or len(paragraph.split()) >= _LEAST_WORDS


def _of_units(raw: bytes) -> str:
    """The text of InPage 3. Between letters stand records of how they look: a control code, a length in
    bytes, and so many bytes."""
    start = raw.find(_BEFORE_TEXT, _STYLES)
    start = raw.find(_BEFORE_TEXT) if start < 0 else start
    at = start + len(_BEFORE_TEXT) if start >= 0 else 0
    pieces: list[str] = []
    end = len(raw) - 3
    while at < end:
        unit, following = struct.unpack_from("<HH", raw, at)
        at += 2
        if (unit < 0x20 and unit not in (0, 9, 10, 13)) or unit == 0x7E:
            at += 2 + following if at + 2 + following <= len(raw) else 0
        elif not 0xD800 <= unit < 0xE000:
            letter = chr(unit)
            pieces.append(letter if _SHOWN.match(letter) else "\r")
    return unicodedata.normalize("NFC", "".join(pieces))


def _of_codes(raw: bytes) -> tuple[str, int]:
    """The text of InPage 1 and 2, and how many of its letters are not known."""
    pieces: list[str] = []
    lost = 0
    end = 0
    for found in _PIECE.finditer(raw):
        codes, latin, breaks = found.groups()[:3]
        if found.start() > end and pieces and not breaks:
            pieces.append(" ")
        end = found.end()
        if codes:
            letters = [_CODES.get(code) for code in codes[1::2]]
            lost += letters.count(None)
            pieces += [each for each in letters if each and each != "\0"]
        elif breaks:
            pieces.append("\r")
        else:
            pieces.append(latin.decode("ascii") if latin else " ")
    text = "".join(pieces).replace("ی\u0654", "ئ")
    return unicodedata.normalize("NFC", _HAMZA.sub("ء", text)), lost
