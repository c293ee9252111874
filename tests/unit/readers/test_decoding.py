"""Encodings: what is read, and what is refused rather than read as rubbish."""

from __future__ import annotations

import codecs
import io
import random

import pytest

from index.documents import NOTED, Document, Skipped
from index.errors import InputError
from index.readers.decoding import Lines, decode, decoded

URDU = (
    "نئی سڑک مکمل ہو گئی\n\nضلعی انتظامیہ نے کہا ہے کہ شہر کو بندرگاہ سے ملانے والی سڑک پیر سے کھول دی جائے گی، "
    "اور 12 کلومیٹر طویل اس سڑک پر ٹول نہیں لیا جائے گا۔\n"
)
# What windows-1256 has: ي and no ی or ۔, but the letters of Urdu.
OLD_URDU = "نئي سڑک مکمل ہو گئي\n\nضلعي انتظاميہ نے کہا ہے کہ سڑک پير سے کھول دي جائے گي، ٹول نہيں ليا جائے گا.\n"
ENGLISH = "New road opens\n\nThe road links the harbour with the town, the mayor said on Monday.\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("text", [URDU, ENGLISH, URDU * 200])
def test_unicode(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("bom", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_utf16_with_a_mark(bom: bytes) -> None:
    encoding = "utf-16-le" if bom == codecs.BOM_UTF16_LE else "utf-16-be"
    assert decode(bom + URDU.encode(encoding)) == URDU


@pytest.mark.parametrize("text", [OLD_URDU, OLD_URDU + ENGLISH, "پير کو بارش ہوگي"])
def test_windows_1256(text: str) -> None:
    assert decode(text.encode("cp1256")) == text


def test_english_with_curly_quotes() -> None:
    text = "“It’s open,” the mayor said – at last… and the town’s café is, too. " * 3
    assert decode(text.encode("cp1252")) == text


def test_one_curly_quote_in_a_short_text() -> None:
    text = "It’s open now, the mayor said"
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    "raw",
    [
        b"%PDF-1.7 some words",
        b"PK\x03\x04rest",
        b"\x89PNG\r\n\x1a\n",
        b"\x1f\x8b\x08\x00words",
        b"{\\rtf1 words}",
        b"words\x00and\x01more\x02words",
        bytes(range(256)) * 10,
        b"\x80\x81\x82\x83" * 50,
        "Москва слезам не верит и никуда не спешит".encode("koi8-r"),
        "道路が開通した、と市長は言った。".encode("shift-jis"),
    ],
)
def test_not_text(raw: bytes) -> None:
    with pytest.raises(InputError):
        decode(raw)


def test_random_bytes_are_not_urdu() -> None:
    chance = random.Random(7)
    for size in (40, 400, 4000):
        for _ in range(50):
            raw = bytes(chance.choice(range(0x20, 0x100)) for _ in range(size))
            with pytest.raises(InputError):
                decode(raw)


@pytest.mark.parametrize("cut", [1, 3])
def test_damaged_utf8_is_not_taken_for_windows_1256(cut: int) -> None:
    raw = URDU.encode()
    damaged = raw[:101] + raw[101 + cut :] if raw[101] < 0xC0 else raw[:102] + raw[102 + cut :]
    found = decoded(damaged)
    assert (found.lost, found.line, found.encoding) == (1, 3, "")
    before, _, after = found.text.partition("\ufffd")
    assert len(before) + len(after) >= len(URDU) - 2
    assert URDU.startswith(before)
    assert URDU.endswith(after)


def test_stray_control_byte_is_forgiven_and_removed(one) -> None:
    assert one("a.txt", ENGLISH * 10 + "The road\x00 is long.").body.count("\x00") == 0


def test_lines_fail_one_by_one() -> None:
    good = URDU.split("\n")[0].encode()
    raw = good + b"\n" + good[:21] + b"\xff\n\x81\xff\x81\xff\n" + good + b"\n\n" + good
    lines = Lines(io.BytesIO(raw), 1000)
    found = [(line.text, line.lost, lines.problem is None) for line in lines]
    text = good.decode()
    assert found[0] == found[3] == found[5] == (text, 0, True)
    assert (found[1][1:], found[1][0][-1]) == ((2, True), "\ufffd")
    assert [each[2] for each in found] == [True, True, False, True, True, True]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1256"])
def test_lines_are_those_of_the_whole(encoding: str) -> None:
    text = OLD_URDU * 3000
    lines = Lines(io.BytesIO(text.encode(encoding)), 1000)
    assert "\n".join(line.text for line in lines) == text.removesuffix("\n")


def test_a_line_without_end_costs_itself() -> None:
    lines = Lines(io.BytesIO(b"one\n" + b"x" * 3_000_000 + b"\nthree"), 1_000_000)
    assert [(line.text, lines.problem is None) for line in lines] == [
        ("one", True),
        ("", False),
        ("three", True),
    ]


def test_report_names_file_and_reason(read) -> None:
    (skipped,) = read("picture.txt", b"GIF89a" + bytes(100))
    assert isinstance(skipped, Skipped)
    assert skipped.path.endswith("picture.txt")
    assert "GIF" in skipped.reason


@pytest.mark.parametrize("encoding", ["utf-16-le", "cp1256"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl", "a.md", "a.html", "a.json"])
def test_every_format_in_every_encoding(read, name: str, encoding: str) -> None:
    content = {
        "a.txt": "نئي سڑک\n\nسڑک کھل گئي ہے اور لوگ خوش ہيں",
        "a.csv": "title,body\nنئي سڑک,سڑک کھل گئي ہے\n",
        "a.jsonl": '{"title": "نئي سڑک", "body": "سڑک کھل گئي ہے"}\n',
        "a.md": "# نئي سڑک\n\nسڑک کھل گئي ہے",
        "a.html": "<html><head><title>نئي سڑک</title></head><body><p>سڑک کھل گئي ہے</p></body></html>",
        "a.json": '[{"title": "نئي سڑک", "body": "سڑک کھل گئي ہے"}]',
    }[name]
    content += " " * (len(content) % 2)
    doc, *notes = read(name, content.encode(encoding))
    assert isinstance(doc, Document)
    assert {note.code for note in notes} == {NOTED}
    assert "guessed" in notes[0].reason
    assert doc.title == "نئي سڑک"
    assert doc.lang == "ur"
