"""Pictures and scanned pages: off unless wanted, marked as read by OCR, bounded, and the reason said."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pypdfium2
import pytest
from containers import BODY, TITLE, scanned_pdf, zipped

from index.documents import Document, Skipped, page_at
from index.readers import ReaderConfig, read_paths

ON = ReaderConfig(ocr=True)
SENTENCE = "The roads of the valley are open again."
HEAD = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
)


def picture(text: str) -> bytes:
    """A page of English in a font of PDFium's, as a printer would print it."""
    drawn = f"BT /F 40 Tf 40 700 Td ({text}) Tj ET".encode()
    raw = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 900 800]/Contents 4 0 R/Resources<</Font<</F "
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length "
        + str(len(drawn)).encode() + b">>stream\n" + drawn + b"\nendstream endobj\ntrailer<</Root 1 0 R>>"
    )  # fmt: skip
    bitmap = pypdfium2.PdfDocument(raw)[0].render(scale=1, grayscale=True)
    rows = bytes(bitmap.buffer)
    lines = [rows[at * bitmap.stride :][: bitmap.width] for at in range(bitmap.height)]
    return f"P5 {bitmap.width} {bitmap.height} 255\n".encode() + b"".join(lines)


@pytest.fixture
def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a program in the place of Tesseract."""

    def install(script: str) -> None:
        folder = tmp_path / f"bin{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        program = folder / "tesseract"
        program.write_text(
            f'#!/bin/sh\nif [ "$1" = --list-langs ]; then echo urd; echo eng; exit 0; fi\n{script}\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")

    return install


def table(tmp_path: Path) -> Path:
    rows = [HEAD, "1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t"]
    for paragraph, text in enumerate((TITLE, f'{BODY} "'), 1):
        rows += [
            f"5\t1\t1\t{paragraph}\t1\t1\t0\t0\t9\t9\t{80 + paragraph * 4}.0\t{word}"
            for word in text.split()
        ]
    path = tmp_path / "table.tsv"
    path.write_text("\n".join(rows), "utf-8")
    return path


def test_off_unless_wanted(read, tmp_path: Path) -> None:
    (skipped,) = read("a.png", b"\x89PNG\r\n\x1a\n")
    assert "Turn on OCR" in skipped.reason
    (skipped,) = read("scan.pdf", scanned_pdf(picture(SENTENCE)))
    assert "scanned" in skipped.reason
    assert "Turn on OCR" in skipped.reason
    (tmp_path / "a.txt").write_text("A headline\n\nA body.")
    found = [item.code for item in read_paths([tmp_path]) if isinstance(item, Skipped)]
    assert "input-ignored" in found


def test_text_is_marked_as_read_by_ocr(read, tesseract, tmp_path: Path) -> None:
    tesseract(f"cat > /dev/null; cat {table(tmp_path)}")
    (doc,) = read("a.png", b"\x89PNG\r\n\x1a\n", ON)
    assert (doc.title, doc.body) == (TITLE, f'{BODY} "')
    assert (doc.extra["read by"], doc.extra["ocr confidence"]) == ("OCR", 87)


def test_scanned_pages_are_articles_that_know_their_page(read, tesseract, tmp_path: Path) -> None:
    tesseract(f"cat > /dev/null; cat {table(tmp_path)}")
    one, two = read("scan.pdf", scanned_pdf(picture(SENTENCE), picture(SENTENCE)), ON)
    assert [page_at(doc.extra, 0) for doc in (one, two)] == [1, 2]
    assert one.id != two.id


def test_what_goes_wrong_is_said(read, tesseract, monkeypatch) -> None:
    tesseract("echo 'Error in pixRead' >&2; exit 1")
    (skipped,) = read("a.png", b"\x89PNG\r\n\x1a\n", ON)
    assert "pixRead" in skipped.reason
    tesseract("sleep 30")
    (skipped,) = read("a.png", b"\x89PNG\r\n\x1a\n", ReaderConfig(ocr=True, max_parse_seconds=1))
    assert "1 seconds" in skipped.reason
    monkeypatch.setenv("PATH", "/nowhere")
    (skipped,) = read("a.png", b"\x89PNG\r\n\x1a\n", ON)
    assert "Install Tesseract" in skipped.reason


def test_pictures_in_archives_are_counted_or_read(read, tesseract, tmp_path: Path) -> None:
    raw = zipped({"a.txt": f"{TITLE}\n\n{BODY}", "b.png": b"\x89PNG\r\n\x1a\n"})
    items = read("a.zip", raw)
    assert any("1 .png" in item.reason for item in items if isinstance(item, Skipped))
    tesseract(f"cat > /dev/null; cat {table(tmp_path)}")
    assert sum(isinstance(item, Document) for item in read("a.zip", raw, ON)) == 2


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_tesseract_itself(read) -> None:
    (doc,) = read("scan.pdf", scanned_pdf(picture(SENTENCE)), ON)
    assert SENTENCE.rstrip(".") in f"{doc.title}\n{doc.body}"
    assert 50 < doc.extra["ocr confidence"] <= 100
