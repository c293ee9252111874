"""InPage documents, as those who took them apart describe them: both ways of keeping text, and damage."""

from __future__ import annotations

import struct

import pytest
from containers import BODY, SECOND, TITLE, compound

from index.documents import Document, Skipped

CODES = dict(
    zip(
        "اتحدرسصعفلمنویہ",
        b"\x81\x84\x89\x8b\x8e\x92\x94\x98\x9a\x9e\x9f\xa0\xa2\xa4\xa6",
        strict=True,
    )
)
CODES |= {" ": 0x20, "۔": 0xF3, "ء": 0xA3, "ئ": 0xA3, "۲": 0xD2, "\u0653": 0xB3, "\u064f": 0xAC}


def pairs(text: str) -> bytes:
    """Text as InPage 2 has it."""
    return b"".join(bytes([4, CODES[letter]]) for letter in text)


def old(*stories: bytes) -> bytes:
    """A document of InPage 2: fonts, then each story between its length and its styles."""
    raw = (
        b"\0\0\2\0InPage Arabic Document"
        + b"Noori Nastaliq".ljust(54, b"\0")
        + b"Naskh".ljust(54, b"\0")
    )
    for story in stories:
        raw += b"\1\0\0\0\r\0\0\0\0\0" + struct.pack("<I", len(story)) + story
        raw += bytes(5) + b"\xff" * 4 + struct.pack("<IIHI", 1, 12, 1, 6) + b"\x80\0\0\0\0\0"
    return raw


def new(text: str, head: int = 5000) -> bytes:
    """A document of InPage 3: styles of letters lie between them, a code, a length, bytes."""
    styled = text[:5].encode("utf-16-le") + struct.pack("<HH", 3, 6) + "کلا".encode("utf-16-le")
    styled += text[5:].encode("utf-16-le")
    return (
        "Noori Nastaliq".encode("utf-16-le").ljust(head, b"\0")
        + b"\xff\xff\xff\xff\r\0"
        + styled
        + bytes(8)
    )


def test_two_bytes_a_letter(read) -> None:
    first = (
        pairs("صدر مملت")
        + b"\r"
        + pairs("ا\u0653ۂ".replace("ۂ", "ہ") + " علماء سائل مُلا ۲۔")
        + b"\r\n"
    )
    second = pairs("دوسری ") + b"PTI 2026" + pairs(" والا") + b"\r"
    items = read("a.inp", compound({"DocumentInfo": b"x" * 70, "InPage100": old(first, second)}))
    (doc,) = (item for item in items if isinstance(item, Document))
    assert doc.title == "صدر مملت"
    assert doc.body == "آہ علماء سائل مُلا ۲۔\n\nدوسری PTI 2026 والا"
    assert any("one article" in item.reason for item in items if isinstance(item, Skipped))


@pytest.mark.parametrize("name", ["a.inp", "a", "letter.doc"])
@pytest.mark.parametrize("head", [10, 5000, 60_000])
def test_utf16_with_styles_in_it(read, name: str, head: int) -> None:
    text = f"{TITLE}\r{BODY}\r{SECOND}\r"
    items = read(name, compound({"InPage300": new(text, head)}))
    (doc,) = (item for item in items if isinstance(item, Document))
    assert (doc.title, doc.body) == (TITLE, f"{BODY}\n\n{SECOND}")


def test_letters_that_are_not_known_are_counted(read) -> None:
    story = pairs("صدر مملت") + b"\x04\xf6" + b"\r" + pairs("دوسری سطر".replace("ط", "ت")) + b"\r"
    items = read("a.inp", compound({"InPage100": old(story)}))
    assert any("not known" in item.reason for item in items if isinstance(item, Skipped))


@pytest.mark.parametrize(
    "raw",
    [
        compound({"InPage100": b"\x81" * 9000}),
        compound({"InPage300": bytes(3)}),
        compound({})[:8] + bytes(200),
        compound({"InPage300": new(TITLE)})[:2000],
        compound({"InPage300": new(TITLE)})[:-512] + struct.pack("<128I", *[0] * 128),
        compound({"InPage300": new(TITLE)})[:48] + b"\xff\xff\xff\x0f" * 100,
    ],
)
def test_damage_and_loops_are_reported(read, raw: bytes) -> None:
    (skipped,) = read("a.inp", raw)
    assert isinstance(skipped, Skipped)
    assert "cannot be read: " not in skipped.reason
    assert "Office" not in skipped.reason


@pytest.mark.parametrize("stream", ["InPage300", "Root Entry"])
def test_a_size_is_not_believed(read, stream: str) -> None:
    """A stream that says it holds four gigabytes, and sectors that go round."""
    whole = compound({"InPage300": new(TITLE, 10 if stream == "Root Entry" else 5000)})
    entry = whole.index(stream.encode("utf-16-le"))
    (start,) = struct.unpack_from("<I", whole, entry + 116)
    raw = bytearray(whole)
    struct.pack_into("<Q", raw, entry + 120, 0xFEFFFFFF)
    struct.pack_into("<I", raw, len(raw) - 512 + 4 * start, start)
    (skipped,) = read("a.inp", bytes(raw))
    assert isinstance(skipped, Skipped)
    assert skipped.reason == "damaged: its parts are not where it says"
