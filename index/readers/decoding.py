"""Bytes to text: UTF-8, UTF-16, windows-1256, or an honest refusal.

Archives of Urdu news come from twenty years of tools. Most files are UTF-8; Windows editors write
UTF-16, with or without its mark; and before Unicode there was windows-1256. The last is the trap:
it gives *some* text for any bytes at all, so it is believed only when the text looks written by
a person: words in one script each, and next to nothing but letters and punctuation.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import AnyStr

from index.errors import InputError

_BOMS = (  # the longer first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a rich text (RTF) document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "gzip data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
)
_HEAD = 4096
_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - {*b"\t\n\r\f\x1a"})
_MAX_CONTROL_SHARE = 0.005  # a stray control byte is scrubbed later; more of them is not text

_WIDE_HIGH = frozenset((0x00, 0x06, 0x20, 0xFB, 0xFC, 0xFD, 0xFE))
"""High bytes of UTF-16 news: Latin, Arabic script, punctuation, presentation forms."""
_WIDE_SHARE = 0.95

_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_NOT_BELIEVED = ("utf", "unicode", "raw", "iso8859-1")
"""How the names of encodings begin that a page in none of them declares: its bytes decide."""

_ARABIC_LETTER = "\u0621-\u063a\u0641-\u064a\u0679\u067e\u0686\u0688\u0691\u0698\u06a9\u06af\u06ba\u06be\u06c1\u06d2"  # fmt: skip
_ARABIC_WORD = re.compile(f"[{_ARABIC_LETTER}\u064b-\u0652\u0640]{{2,}}")
_MIXED_WORD = re.compile(f"[A-Za-z][{_ARABIC_LETTER}]|[{_ARABIC_LETTER}][A-Za-z]")
_ARABIC_EXPECTED = re.compile(f"[{_ARABIC_LETTER}\u064b-\u0652\u0640،؛؟“”‘’«»–—…•\u00a0\u200c\u200d\u200e\u200f°·]")  # fmt: skip
_LATIN_EXPECTED = re.compile(r"[“”‘’«»–—…•€£©®™°½¼¾\u00a0\u00ad\u00c0-\u00ff\u0152\u0153\u0160\u0161]")  # fmt: skip
_LATIN_IN_WORD = re.compile(r"(?<=[A-Za-z])[\u00c0-\u00ff]|[\u00c0-\u00ff](?=[a-z])")
_ASCII_LETTERS = re.compile("[A-Za-z]+")


def decode(raw: bytes) -> str:
    """Decode the content of a text file. Raises InputError saying why it cannot be text."""
    if encoding := wide_encoding(raw):
        return _decode_as(raw, encoding)
    _refuse_binary(raw)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _decode_legacy(raw)
        if text is None:
            raise InputError(_damage(raw, error)) from None
        return text


def decode_html(raw: bytes) -> str:
    """Decode a web page, heeding the charset it declares where its bytes do not contradict it."""
    declared = _META_CHARSET.search(raw, 0, _HEAD)
    if declared and not wide_encoding(raw) and _not_utf8(raw):
        _refuse_binary(raw)
        if text := _decode_declared(raw, declared):
            return text
    return decode(raw)


def _decode_declared(raw: bytes, declared: re.Match[bytes]) -> str | None:
    """Decode as a page asks, unless it cannot be so: the declaration itself has to stay readable.

    What claims to be Western may be windows-1256: every byte of that is a letter there too.
    """
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name
        if name.startswith(_NOT_BELIEVED) or declared[0].decode(name).encode() != declared[0]:
            return None
        return (_decode_legacy(raw) if name == "cp1252" else None) or raw.decode(name)
    except (LookupError, UnicodeError):
        return None


def decode_lines(raw: bytes) -> Iterator[str | InputError]:
    """Decode line by line, so that one damaged line costs one record and not the file."""
    encoding = wide_encoding(raw)
    if not encoding:
        _refuse_binary(raw[: _HEAD * 16])
    if encoding or not _not_utf8(raw):
        yield from _lines(_decode_as(raw, encoding or "utf-8"), "\n")
        return
    for line in _lines(raw, b"\n"):
        try:
            yield decode(line)
        except InputError as error:
            yield error


def wide_encoding(raw: bytes) -> str:
    """Name the UTF-16 or UTF-32 a file is in, by its mark or by its pattern of bytes, or ""."""
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return "" if encoding == "utf-8" else encoding
    head = raw[: _HEAD - _HEAD % 2]
    if len(raw) % 2 or len(head) < 4 or not (b"\x00" in head or b"\x06" in head):
        return ""
    for encoding, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if _looks_wide(head[high::2], head[low::2]):
            return encoding
    return ""


def _looks_wide(high: bytes, low: bytes) -> bool:
    """Whether one byte of each pair is a plane of written text and the other varies."""
    expected = sum(byte in _WIDE_HIGH for byte in high)
    texts = sum(byte in (0x00, 0x06) for byte in high)
    zeros = low.count(0) + low.count(0x06)
    return expected >= _WIDE_SHARE * len(high) and texts > len(high) // 2 and zeros * 4 <= len(low)


def _lines(text: AnyStr, newline: AnyStr) -> Iterator[AnyStr]:
    """Yield lines one at a time: `splitlines` would hold them all, and split at U+2028 too."""
    start = 0
    while start < len(text):
        end = text.find(newline, start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _decode_as(raw: bytes, encoding: str) -> str:
    """Decode strictly by a known encoding, without its byte order mark."""
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(f"damaged {encoding.upper()} text at byte {error.start:,}") from None


def _not_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _refuse_binary(raw: bytes) -> None:
    """Raise InputError for what no newsroom types: pictures, archives, control bytes."""
    for magic, name in _MAGIC:
        if raw.startswith(magic):
            raise InputError(f"not text: it looks like {name}")
    controls = len(raw) - len(raw.translate(None, _CONTROL_BYTES))
    if controls > _MAX_CONTROL_SHARE * len(raw):
        raise InputError(f"not text: {controls:,} of {len(raw):,} bytes are NUL or control bytes")


def _decode_legacy(raw: bytes) -> str | None:
    """Decode windows-1256 or windows-1252 if a person can have written the result."""
    high = len(_HIGH.findall(raw))
    intact = sum(map(len, _UTF8_SEQUENCE.findall(raw)))
    if intact * 2 > high:
        return None  # damaged UTF-8; as windows-1256 it would be plausible rubbish
    arabic = raw.decode("cp1256", "replace")
    words = _ARABIC_WORD.findall(arabic)
    letters = sum(map(len, words))
    expected = len(_ARABIC_EXPECTED.findall(arabic))
    mixed = len(_MIXED_WORD.findall(arabic))
    if letters * 10 >= high * 7 and expected * 20 >= high * 19 and mixed * 20 <= len(words):
        return arabic
    return _decode_western(raw, high)


def _decode_western(raw: bytes, high: int) -> str | None:
    """Decode windows-1252: English with curly quotes, or a few accented letters inside words."""
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        return None
    ascii_letters = sum(map(len, _ASCII_LETTERS.findall(text)))
    accented = len(re.findall("[\u00c0-\u00ff]", text))
    inside = len(_LATIN_IN_WORD.findall(text))
    expected = len(_LATIN_EXPECTED.findall(text))
    if ascii_letters >= 5 * high and expected >= high and inside * 10 >= accented * 8:
        return text
    return None


def _damage(raw: bytes, error: UnicodeDecodeError) -> str:
    """Say where the text stops being text, so that a person can look."""
    line = raw.count(b"\n", 0, error.start) + 1
    return f"not valid UTF-8 (byte {error.start + 1:,}, line {line:,}) nor another known encoding"
