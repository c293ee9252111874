"""The subject of a mail, put together again from the words it was encoded in.

Between two encoded words no space counts (RFC 2047): one of the text belongs into a word. Some programs leave it
outside all the same, older versions of Python among them, so that two words of the
text would become one; others break a line, or a letter, in the middle of a word.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.base64mime import decode as from_base64
from email.quoprimime import header_decode

from index.errors import InputError
from index.readers.decoding import decode

_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[\w-]*)?\?([bq])\?([^?]*)\?=", re.I)
_MARKED = re.compile(r"\r?\n  ")  # a space beside that of the fold
_LAST = re.compile(r"\w+$")
_FIRST = re.compile(r"^\w+")
_FINAL = ("ے", "ں")  # letters that no word goes on after


def is_encoded(subject: str) -> bool:
    """Whether a subject as it stands in its mail has encoded words."""
    return bool(_WORD.search(subject))


def subject_text(subject: str, body: str) -> str:
    """The text of a subject as it stands in its mail, lines and all. What `body` writes as one word is one."""
    text = ""
    for gap, piece in _pieces(subject):
        is_gap = bool(gap) and _parts(text, piece, gap, body)
        text += f" {piece}" if is_gap else piece
    return text


def _pieces(subject: str) -> Iterator[tuple[str, str]]:
    """The texts of a subject, each with the blanks that stand before it and do not count."""
    at, gap = 0, ""
    charset, raw = "", b""
    for word in _WORD.finditer(subject):
        between = subject[at : word.start()]
        at = word.end()
        content = _bytes(word[2], word[3])
        is_next = bool(raw) and not between.strip()
        if is_next and word[1].lower() == charset and not _is_whole(raw, charset):
            raw += content
            continue
        if raw:
            yield gap, _text(raw, charset)
        if not is_next and between:
            yield "", between
        gap = between if is_next else ""
        charset, raw = word[1].lower(), content
    if raw:
        yield gap, _text(raw, charset)
    yield "", subject[at:]


def _parts(left: str, right: str, gap: str, body: str) -> bool:
    """Whether a space was lost between two texts."""
    last, first = _LAST.search(left), _FIRST.search(right)
    if not last or not first:
        return False
    if _stands_in(last[0] + first[0], body):
        return False
    if _MARKED.match(gap) or left.endswith(_FINAL):
        return True
    return _stands_in(last[0], body) and _stands_in(first[0], body)


def _stands_in(word: str, body: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", body))


def _bytes(how: str, content: str) -> bytes:
    try:
        if how in "bB":
            return from_base64(content + "=" * (-len(content) % 4))
        return header_decode(content).encode("latin-1", "replace")
    except (binascii.Error, ValueError):
        return content.encode("utf-8", "replace")


def _is_whole(raw: bytes, charset: str) -> bool:
    """Whether bytes end with a whole letter."""
    try:
        raw.decode(charset)
    except UnicodeDecodeError:
        return False
    except (LookupError, ValueError):  # ValueError: NUL in a name
        pass
    return True


def _text(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset)
    except (LookupError, ValueError):
        pass
    try:
        return decode(raw)
    except InputError:
        return raw.decode("utf-8", "replace")
