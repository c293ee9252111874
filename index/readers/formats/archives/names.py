"""The names of files in archives, which say in which encoding they are written less often than not.

ZIP knows UTF-8 and the code page of DOS. Windows writes that of the machine, programs write UTF-8 without
saying so, and unpacked and packed again such names come as box drawings.
"""

from __future__ import annotations

import re
import struct
import zlib
from zipfile import ZipInfo

_SAYS_UTF8 = 0x800
_UNICODE_PATH = 0x7075
_CODE_PAGES = ("cp1256", "cp720")
"""Those of Windows and of its consoles where Urdu and Arabic are written."""
_ARABIC_NAME = re.compile(
    r"(?:[\x00-\x7f\u0600-\u06ff\u00a0«»\u2013\u2014\u2018-\u201d\u2026\u200c-\u200f])+"
)
_ARABIC_WORD = re.compile(r"[\u0621-\u06d2]{2}")
_MIXED_WORD = re.compile(r"[A-Za-z][\u0621-\u06d2]|[\u0621-\u06d2][A-Za-z]")
_BOXES = re.compile("[\u2500-\u259f]")


def zip_name(info: ZipInfo) -> str:
    """The name of a file in a ZIP as it was written."""
    if info.flag_bits & _SAYS_UTF8:
        return _without_boxes(info.filename)
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:  # Python has read what Info-ZIP keeps
        return info.filename
    return _unicode_path(info.extra, raw) or named(raw) or info.filename


def tar_name(name: str) -> str:
    """The name of a file in a tar archive, which Python reads as UTF-8 with its other bytes escaped."""
    if name.isascii() or not re.search("[\ud800-\udfff]", name):
        return _without_boxes(name)
    return named(name.encode("utf-8", "surrogateescape")) or name


def named(raw: bytes) -> str:
    """A name in UTF-8, or in a code page in which it is words of Arabic script; else ""."""
    try:
        return _without_boxes(raw.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    for page in _CODE_PAGES:
        name = raw.decode(page, "replace")
        if (
            _ARABIC_NAME.fullmatch(name)
            and _ARABIC_WORD.search(name)
            and not _MIXED_WORD.search(name)
        ):
            return name
    return ""


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in UTF-8 that Info-ZIP keeps beside the other, if it is of this one; else ""."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        value, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(value) > 5 and value[0] == 1:
            (of_name,) = struct.unpack_from("<L", value, 1)
            if of_name == zlib.crc32(raw):
                return value[5:].decode("utf-8", "replace")
    return ""


def _without_boxes(name: str) -> str:
    """A name in UTF-8 that was once read as that of DOS, read rightly."""
    if not _BOXES.search(name):
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
