"""Bytes to text: UTF-8, UTF-16, windows-1256, or an honest refusal.

A bad byte costs its letter: what is sound all the same is read, and the report says where it is not.

Archives of Urdu news come from twenty years of tools. Most files are UTF-8; Windows editors write
UTF-16, with or without its mark; and before Unicode there was windows-1256. The last is the trap:
it gives *some* text for any bytes at all, so it is believed only when the text looks written by
a person: words in one script each, and next to nothing but letters and punctuation.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, AnyStr, BinaryIO

from index.errors import InputError
from index.readers.plain_text import has_words
from index.readers.records import Note

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
_PIECE = 1024 * 1024
_FEW = 20
_SOUND_SHARE = 0.05
"""Of the letters that can be read, so many may be lost beside them."""
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


@dataclass(frozen=True)
class Decoded:
    """A text and how it was had: the `encoding` if it was guessed, and how many letters were `lost`, each
    of which is U+FFFD now; `line` is that of the first."""

    text: str
    encoding: str = ""
    lost: int = 0
    line: int = 0

    def notes(self, number: int = 0) -> Iterator[Note]:
        """What a report should say of it, as the text of a file or of its record `number`."""
        if self.encoding:
            yield Note("the encoding was guessed", number, "encoding", example=self.encoding)
        if self.lost:
            yield Note(
                LOST, number, "repaired", self.lost, f"line {self.line:,}" if self.line else ""
            )


LOST = "damaged bytes: what cannot be read is \ufffd"


def decode(raw: bytes) -> str:
    """Decode the content of a text file. Raises InputError saying why it cannot be text."""
    return decoded(raw).text


def decoded(raw: bytes) -> Decoded:
    """Decode the content of a text file and say how. Raises InputError saying why it cannot be text."""
    if encoding := wide_encoding(raw):
        text = raw.decode(encoding, "replace").removeprefix("\ufeff")
        lost = text.count("\ufffd") - raw.count("\ufffd".encode(encoding))
        guessed = "" if raw.startswith(tuple(bom for bom, _ in _BOMS)) else encoding.upper()
        return Decoded(text, guessed, max(lost, 0))
    _refuse_binary(raw)
    try:
        return Decoded(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        found = _decode_legacy(raw) or _decode_damaged(raw)
        if found is None:
            raise InputError(_damage(raw, error)) from None
        return found


def decode_html(raw: bytes) -> str:
    """Decode a web page, heeding the charset it declares where its bytes do not contradict it."""
    return decoded_html(raw).text


def decoded_html(raw: bytes) -> Decoded:
    """As `decode_html`, and say how. Raises InputError saying why it cannot be text."""
    declared = _META_CHARSET.search(raw, 0, _HEAD)
    if declared and not wide_encoding(raw) and not is_utf8(raw):
        _refuse_binary(raw)
        if found := _decode_declared(raw, declared):
            return found
    return decoded(raw)


def _decode_declared(raw: bytes, declared: re.Match[bytes]) -> Decoded | None:
    """Decode as a page asks, unless it cannot be so: the declaration itself has to stay readable.

    What claims to be Western may be windows-1256: every byte of that is a letter there too.
    """
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name
        if name.startswith(_NOT_BELIEVED) or declared[0].decode(name).encode() != declared[0]:
            return None
        return (_decode_legacy(raw) if name == "cp1252" else None) or Decoded(raw.decode(name))
    except (LookupError, UnicodeError):
        return None


class Lines(Iterator[Decoded]):
    """The lines of a stream, without their ends, one at a time and each decoded by itself, so that damage
    costs one line and memory holds no more than one.

    A line that is longer than `limit` bytes or letters, or cannot be text, is an InputError in
    `problem`, and its text is empty. Raises InputError at once for what is no text at all.
    """

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        pieces = _pieces(stream)
        head = next(pieces)
        self.encoding = wide_encoding(head)
        self.problem: InputError | None = None
        self.number = 0
        pieces = chain([head], pieces)
        if self.encoding:
            marked = head.startswith(tuple(bom for bom, _ in _BOMS))
            self._guessed = "" if marked else self.encoding.upper()
            decoder = codecs.getincrementaldecoder(self.encoding)("replace")
            ended = chain(((piece, False) for piece in pieces), ((b"", True),))
            texts = (decoder.decode(piece, end) for piece, end in ended)
            self._lines: Iterator[Any] = _split(texts, "\n", limit)
        else:
            _refuse_binary(head)
            self._is_utf8 = len(_UTF8_SEQUENCE.findall(head)) * 4 > len(_HIGH.findall(head)) > 0
            self._lines = _split(pieces, b"\n", limit)

    def __next__(self) -> Decoded:
        line = next(self._lines)
        self.number += 1
        self.problem = None
        if line is None:
            self.problem = InputError("a line that is longer than a record may be")
            return Decoded("")
        if isinstance(line, str):
            return Decoded(line.removeprefix("\ufeff"), self._guessed, line.count("\ufffd"))
        try:
            return Decoded(line.decode("utf-8-sig" if self.number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            return self._mended(line, error)

    def _mended(self, line: bytes, error: UnicodeDecodeError) -> Decoded:
        # A few foreign letters in a file of UTF-8 are damage, not another encoding.
        is_damage = self._is_utf8 and len(_HIGH.findall(line)) < _FEW
        found = (None if is_damage else _decode_legacy(line)) or _decode_damaged(line)
        if found is None:
            self.problem = InputError(f"not valid UTF-8 (byte {error.start + 1:,} of the line)")
            return Decoded("")
        return replace(found, line=self.number if found.lost else 0)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """What a stream holds, the first piece long enough to know its encoding; then what it raises."""
    read = getattr(stream, "read1", stream.read)  # gives what is sound before it fails
    head = b""
    try:
        while len(head) < _HEAD * 16 and (piece := read(_PIECE)):
            head += piece
    except InputError:
        if not head:
            raise
        yield head
        raise
    yield head
    while piece := read(_PIECE):
        yield piece


def _split(pieces: Iterable[AnyStr], newline: AnyStr, limit: int) -> Iterator[AnyStr | None]:
    """The lines of a text that comes in pieces; None for one beyond the limit. `splitlines` would split
    at U+2028 too."""
    waiting: list[AnyStr] = []
    size = 0
    for piece in pieces:
        parts: list[AnyStr] = piece.split(newline)
        size += len(parts[0])
        if size <= limit:
            waiting.append(parts[0])
        if len(parts) > 1:
            yield newline[:0].join(waiting) if size <= limit else None
            yield from parts[1:-1]
            waiting, size = [parts[-1]], len(parts[-1])
    if size:
        yield newline[:0].join(waiting) if size <= limit else None


def wide_encoding(raw: bytes) -> str:
    """Name the UTF-16 or UTF-32 a file is in, by its mark or by its pattern of bytes, or ""."""
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return "" if encoding == "utf-8" else encoding
    head = raw[: _HEAD - _HEAD % 2]
    if len(head) < 4 or not (b"\x00" in head or b"\x06" in head):
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


def is_utf8(raw: bytes) -> bool:
    """Whether bytes are text in UTF-8 to the last."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_binary(raw: bytes) -> None:
    """Raise InputError for what no newsroom types: pictures, archives, control bytes."""
    for magic, name in _MAGIC:
        if raw.startswith(magic):
            raise InputError(f"not text: it looks like {name}")
    controls = len(raw) - len(raw.translate(None, _CONTROL_BYTES))
    if controls > _MAX_CONTROL_SHARE * len(raw):
        raise InputError(f"not text: {controls:,} of {len(raw):,} bytes are NUL or control bytes")


def _decode_legacy(raw: bytes) -> Decoded | None:
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
        return Decoded(arabic, "windows-1256")
    return _decode_western(raw, high)


def _decode_western(raw: bytes, high: int) -> Decoded | None:
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
        return Decoded(text, "windows-1252")
    return None


def _decode_damaged(raw: bytes) -> Decoded | None:
    """Decode UTF-8 of which some bytes are lost or foreign, if most of it is sound."""
    text = raw.decode("utf-8-sig", "replace")
    lost = text.count("\ufffd") - raw.count("\ufffd".encode())
    letters = len(text) - text.count("\ufffd")
    if lost > max(_SOUND_SHARE * letters, 2):
        return None
    line = text.count("\n", 0, text.find("\ufffd")) + 1
    return Decoded(text, lost=lost, line=line) if has_words(text) else None


def _damage(raw: bytes, error: UnicodeDecodeError) -> str:
    """Say where the text stops being text, so that a person can look."""
    line = raw.count(b"\n", 0, error.start) + 1
    return f"not valid UTF-8 (byte {error.start + 1:,}, line {line:,}) nor another known encoding"
