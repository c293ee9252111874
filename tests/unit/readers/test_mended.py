"""Text that was read in another encoding than it was written in; and right text, which is never touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document
from index.readers import FileReport, read_paths
from index.readers.mended import mended, unescaped

URDU = "پاکستان کے محکمۂ موسمیات نے ۱۷ جنوری ۲۰۲۶ء کو کہا: ’’بارش ہو گی‘‘ — اعلیٰ حکام، خوب‌صورت وادی میں! Rs1,400 €20"
ENGLISH = "Lahore’s café owners said “it’s naïve” – the minister… didn’t agree · £20 © 2026"


def as_cp1252(text: str) -> str:
    """UTF-8 read as windows-1252, as browsers do it: what it has no character for stays a control."""
    return "".join(
        bytes([each]).decode("cp1252") if each not in b"\x81\x8d\x8f\x90\x9d" else chr(each)
        for each in text.encode()
    )


def as_cp1256(text: str) -> str:
    return text.encode().decode("cp1256")


def as_latin1(text: str) -> str:
    return text.encode().decode("latin-1")


@pytest.mark.parametrize(
    "text",
    [URDU, ENGLISH, "بارش", "نیپرا نے بجلی کی قیمت بڑھا دی", "don’t", "الذهب يرتفع", "Naïveté"],
)
@pytest.mark.parametrize(
    "misread",
    [as_cp1252, as_latin1, as_cp1256, lambda text: as_cp1252(as_cp1252(text))],
    ids=["cp1252", "latin1", "cp1256", "cp1252 twice"],
)
def test_misread_text_is_read_again(text: str, misread) -> None:
    if misread is as_cp1256 and text in (ENGLISH, "Naïveté"):
        pytest.skip("letters of French are letters of windows-1256, too")
    assert mended(misread(text)) == text


OF_1256 = [
    "تھر ميں بارش سے کئي گاؤں زير آب آگئے",
    "پاکستان: 12 افراد گرفتار",
    "چيف جسٹس نے کہا، مقدمہ سنا جائے گا.",
]


@pytest.mark.parametrize("text", OF_1256)
def test_windows_1256_that_was_read_as_latin_letters(text: str) -> None:
    raw = text.encode("cp1256")
    assert mended(raw.decode("latin-1")) == text
    as_1252 = "".join(bytes([each]).decode("cp1252", "ignore") or chr(each) for each in raw)
    assert mended(f"{ENGLISH}\n{as_1252}") == f"{ENGLISH}\n{text}"


def test_letters_whose_bytes_were_dropped() -> None:
    written = "ہندوستان کے وزیر خارجہ کا دورہ ملتوی ہو گیا، افسران کی تصدیق"
    assert mended(written.encode().decode("cp1252", "ignore")) == written


def test_only_the_lines_that_are_misread_change() -> None:
    assert mended(f"{URDU}\n{as_cp1256(URDU)}\n{ENGLISH}\n{as_cp1252(URDU)}") == (
        f"{URDU}\n{URDU}\n{ENGLISH}\n{URDU}"
    )


@pytest.mark.parametrize(
    "text",
    [URDU, ENGLISH, "سگ", "§ ۱۲ کے تحت", "Ünal Şahin, Ångström, São Paulo, ÉCOLE", "عظیم طالب علم…", "حکم۔ ‘طلب’ ظالم؛",
     "گھر ± ۲؛ ظہر… عصر…", "©ظفر", "GARÇON À LA CARTE", "ÇÀ ET LÀ", "Ça", "Ç", "Ù is a letter, and so is Û"],
)  # fmt: skip
def test_right_text_stays(text: str) -> None:
    assert mended(text) == text


WORDS = st.sampled_from(
    [*URDU.split(), *ENGLISH.split(), "طے", "عطا…", "غلط‘", "ظہور\u200c", "کَتَبَ", "\u00a0"]
)


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_right_text_of_any_words_stays(text: str) -> None:
    assert mended(text) == text


@pytest.mark.parametrize("misread", [as_cp1252, as_cp1256])
def test_mended_text_is_reported(read, misread) -> None:
    rows = [
        {"title": "بارش کا امکان", "body": URDU},
        {"title": misread("برف باری"), "body": misread(URDU)},
    ]
    first, second, note = read("a.jsonl", "\n".join(json.dumps(row) for row in rows))
    assert (second.title, second.body) == ("برف باری", URDU)
    assert first.body == URDU
    assert "another encoding" in note.reason
    assert note.record == 2


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.html"])
def test_every_format_is_mended(read, name: str) -> None:
    text = as_cp1252(
        "پہاڑوں پر برف باری ہوئی اور راستے بند ہو گئے۔ امدادی ٹیمیں روانہ کر دی گئیں تاکہ پھنسے ہوئے لوگ نکل سکیں۔"
    )
    if name == "a.csv":
        text = f'title,body\nx,"{text}"'
    if name == "a.html":
        text = f"<html><body><article><h1>x</h1><p>{text}</p></article></body></html>"
    document = next(item for item in read(name, text) if isinstance(item, Document))
    assert "پہاڑوں پر برف باری ہوئی" in f"{document.title} {document.body}"
    assert document.lang == "ur"


@pytest.mark.parametrize(
    ("escaped", "right"),
    [
        (
            r"بارش ہوئی۔\n\nندی نالوں میں طغیانی۔\nراستے بند۔",
            "بارش ہوئی۔\n\nندی نالوں میں طغیانی۔\nراستے بند۔",
        ),
        (r"Rain fell.\r\n\r\nHe said: \"Stay in.\"\n", 'Rain fell.\n\nHe said: "Stay in."\n'),
        (r"\u0628\u0627\u0631\u0634 \u06c1\u0648\u0626\u06cc", "بارش ہوئی"),
        (r"\u0628\u0627\u0631\u0634 \ud83c\udf27 \ud83c!", "بارش 🌧 \ufffd!"),
    ],
)
def test_escapes_that_are_text(escaped: str, right: str) -> None:
    assert unescaped(escaped) == right
    assert unescaped(right) == right


@pytest.mark.parametrize(
    "text",
    [
        r"It lay in C:\new and C:\news\today on every disk.",
        r"A programmer writes \"\n\" and '\n' for a new line.",
        r"One \nabla and one \newline of LaTeX.",
        r"The letter \u0628 alone is told of here.",
    ],
)
def test_backslashes_that_are_meant(text: str) -> None:
    assert unescaped(text) == text


def test_escapes_are_reported_beside_encodings(tmp_path: Path) -> None:
    rows = [
        {"title": "تھر میں بارش", "text": r"بارش ہوئی۔\n\nندی نالوں میں طغیانی۔"},
        {"title": as_cp1252("سندھ میں دھوپ"), "text": as_cp1252("پورے صوبے میں دھوپ رہی۔")},
        {"title": "کوئٹہ میں برف", "text": "برف پڑی۔"},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    told: list[FileReport] = []
    first, second, third = (
        each for each in read_paths([file], tell=told.append) if isinstance(each, Document)
    )
    assert first.body == "بارش ہوئی۔\n\nندی نالوں میں طغیانی۔"
    assert (second.title, third.body) == ("سندھ میں دھوپ", "برف پڑی۔")
    notes = " ".join(str(note) for note in told[0].notes)
    assert "escapes" in notes
    assert "encoding" in notes
