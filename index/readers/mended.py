r"""Text that went through wrong hands on its way, read rightly again: another encoding, escapes twice over.

    Ù¾Ø§Ú©Ø³ØªØ§Ù†   پاکستان read as windows-1252: ftfy knows these, once or twice over
    ظ¾ط§ع©ط³طھط§ظ†   پاکستان read as windows-1256, which ftfy leaves alone because both are Arabic letters
    ÊåÑ ãíŸ ÈÇÑÔ   تھر ميں بارش, which was windows-1256 and was read as windows-1252 or Latin-1
    Rain.\n\nIt fell  a program's way to write new lines and letters, which another took for the text

Only what can hardly be anything else is touched: a line is mended when nearly all its letters are bytes
of UTF-8, escapes are read when there are several. Right text has no such lines, and is given back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from index.readers.records import BadRecord, Member, Note, Record

Item = Record | BadRecord | Member | Note

MENDED = "text{} was read in another encoding than it was written in: mended"
UNESCAPED = "text{} had new lines or letters as escapes (\\n, \\u0627): read as what they stand for"
_MAX_DEPTH = 16
_ROUNDS = 3
"""How often a text can have gone through the wrong encoding and still be told."""
_LEAST_SEQUENCES = 3
"""Arabic letters of UTF-8 in a line read as windows-1256: one can come about by chance (`غں`)."""
_SHARE = 0.9

_BYTES_1256 = bytes(range(256)).decode("cp1256")
_AFTER_1252 = re.escape(bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")) + "\x80-\xbf"
_SIGNS_1252 = "ÂÃÐÑØÙÚÛâàï"
_SIGNS_1256 = ("§", "±", "Œ", "†", "©", "¨", "¯", "„", "â€")
"""Looked for first, and fast: one of them is in any text of either kind, and in hardly another."""
_RUN_1256 = re.compile(f"[{re.escape(_BYTES_1256)}]+")
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")
_ARABIC_PAIR = re.compile(f"[ØÙÚÛ][{_AFTER_1252}]")
_LATIN = {
    byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)
}
_BYTE_OF_LATIN = {letter: byte for byte, letter in _LATIN.items()} | {
    chr(byte): byte for byte in range(256)
}
_ALEF = "Ç"  # what alef of windows-1256 looks like: in nearly any line of such a text, and in few others
_HIGH_LATIN = re.compile(f"[{re.escape(''.join(_LATIN.values()))}\x80-\x9f]")
_RUN_LATIN = re.compile(f"[{re.escape(''.join(_BYTE_OF_LATIN))}]+")
_ASCII_LETTER = re.compile("[A-Za-z]")
_ARABIC_LETTER = re.compile("[\u0600-\u06ff]")
_LEAST_LETTERS = 6
_MANY = 4  # times as many as ASCII letters: no language of Europe has so many of these
_HALF_PAIR = re.compile(f"([ÙÛ])(?![{_AFTER_1252}])")
"""ف and ہ whose second byte, 0x81, is no character of windows-1252 and was dropped."""


_ESCAPED_LETTERS = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_ESCAPED_ARABIC = re.compile(r"\\u0[67][0-9a-fA-F]{2}")
_ESCAPED_LINE = re.compile(r"\\n(?![a-z\"'`])")
"""A new line before a new sentence: `C:\new`, `\nabla` and the "\n" of a programmer are none."""
_ESCAPED_SIGN = re.compile(r"\\r\\n|\\([nrt/\"'])")
_SIGNS = {"n": "\n", "r": "", "t": "\t"}
_LEAST_ESCAPES = 2


def mended_records(items: Iterable[Item]) -> Iterator[Item]:
    """What a reader yields with its records mended; at the end Notes that say how many were, and of what."""
    first, count = dict.fromkeys(_MENDS, 0), dict.fromkeys(_MENDS, 0)
    for item in items:
        if isinstance(item, Record):
            for what, mend in _MENDS.items():
                fields = _each(mend, item.fields, 0)
                stories = tuple(_each(mend, story, 0) for story in item.stories)
                if (fields, stories) != (item.fields, item.stories):
                    count[what] += 1
                    first[what] = first[what] or item.number
                    item = replace(item, fields=fields, stories=stories)
        yield item
    for what in _MENDS:
        if count[what]:
            many = f" of {count[what]:,} articles" if first[what] else ""
            yield Note(what.format(many), first[what])


def unescaped(text: str) -> str:
    """A text with what its escapes stand for, where it has several that stand for new lines or for Arabic letters; any
    other as it is."""
    if "\\" not in text:
        return text
    if len(_ESCAPED_ARABIC.findall(text)) >= _LEAST_ESCAPES:
        text = _ESCAPED_LETTERS.sub(_letters, text)
    if len(_ESCAPED_LINE.findall(text)) >= _LEAST_ESCAPES:
        text = _ESCAPED_SIGN.sub(lambda sign: _SIGNS.get(sign[1] or "n", sign[1]), text)
    return text


def _letters(escapes: re.Match[str]) -> str:
    """The letters of `\\u0627\\u0628`; U+FFFD for half of one."""
    units = bytes.fromhex("".join(escapes[0].split("\\u")))
    return units.decode("utf-16-be", "replace")


def mended(text: str) -> str:
    """A text read rightly where it is sure that it was not; any other as it is."""
    for _ in range(_ROUNDS):
        before = text
        if _ALEF in text:
            text = "\n".join(map(_from_latin, text.split("\n")))
        if _has_sign_of_1252(text):
            text = "\n".join(map(_from_1252, text.split("\n")))
        if any(sign in text for sign in _SIGNS_1256):
            text = "\n".join(_RUN_1256.sub(_from_1256, line) for line in text.split("\n"))
        if text == before:
            break
    return text


_MENDS: dict[str, Callable[[str], str]] = {UNESCAPED: unescaped, MENDED: mended}


def _each(mend: Callable[[str], str], value: Any, depth: int) -> Any:
    """A value with its texts mended."""
    if isinstance(value, str):
        return mend(value)
    if depth < _MAX_DEPTH and isinstance(value, Mapping):
        return {key: _each(mend, each, depth + 1) for key, each in value.items()}
    if depth < _MAX_DEPTH and isinstance(value, list):
        return [_each(mend, each, depth + 1) for each in value]
    return value


@lru_cache(maxsize=1)
def _fix_encoding() -> Any:
    import ftfy  # not at the top: few archives need it, and it takes a fifth of a second

    return ftfy.fix_encoding


def _has_sign_of_1252(text: str) -> bool:
    return not text.isascii() and any(sign in text for sign in _SIGNS_1252)


def _from_1252(line: str) -> str:
    if not _has_sign_of_1252(line):
        return line
    if len(_ARABIC_PAIR.findall(line)) >= _LEAST_SEQUENCES:
        line = _HALF_PAIR.sub("\\1\x81", line)
    fixed: str = _fix_encoding()(line)
    return fixed


def _from_latin(line: str) -> str:
    """A line of letters that Latin scripts have few of: read as windows-1256, if that makes Arabic letters of them."""
    high = len(_HIGH_LATIN.findall(line))
    if high < max(_LEAST_LETTERS, _MANY * len(_ASCII_LETTER.findall(line))):
        return line
    raw = bytes(_BYTE_OF_LATIN.get(letter, 0x3F) for letter in line)
    of_utf8 = sum(map(len, _SEQUENCE.findall(raw)))
    if of_utf8 >= _SHARE * high:
        return line

    def read(run: re.Match[str]) -> str:
        return bytes(_BYTE_OF_LATIN[letter] for letter in run[0]).decode("cp1256")

    found = _RUN_LATIN.sub(read, line)
    return found if len(_ARABIC_LETTER.findall(found)) >= _SHARE * high else line


def _from_1256(run: re.Match[str]) -> str:
    """Letters that windows-1256 has: their bytes, if these are UTF-8 nearly all."""
    raw = run[0].encode("cp1256")
    sequences = _SEQUENCE.findall(raw)
    arabic = sum(0xD8 <= each[0] <= 0xDB for each in sequences)
    quotes = sum(each.startswith(b"\xe2\x80") for each in sequences)
    covered = sum(map(len, sequences)) / max(len(_HIGH.findall(raw)), 1)
    if not (quotes and covered == 1) and (arabic < _LEAST_SEQUENCES or covered < _SHARE):
        return run[0]
    parts, end = [], 0
    for match in _SEQUENCE.finditer(raw):
        parts += [raw[end : match.start()].decode("cp1256"), match[0].decode("utf-8", "replace")]
        end = match.end()
    return "".join((*parts, raw[end:].decode("cp1256")))
