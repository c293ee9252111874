"""A page that a browser saved as PDF reads as it was written: letters are drawn one by one there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from index.documents import Document, page_at
from index.readers import read_paths

pytestmark = [pytest.mark.browser, pytest.mark.long]
TITLE = "گلگت میں گلیشیئر پھٹنے سے سیلاب کا خدشہ، نشیبی علاقے خالی"
FIRST = (
    "گلگت بلتستان کے محکمہ موسمیات نے خبردار کیا ہے کہ بڑھتے ہوئے درجہ حرارت کے باعث جھیل پھٹنے کا خطرہ ہے۔ "
    "ضلع ہنزہ کے 12 دیہات خالی کرائے گئے۔"
)
SECOND = "سیاحت کے شعبے سے وابستہ افراد نے پلوں کی فوری مرمت کا مطالبہ کیا ہے۔"


def test_a_printed_page_reads_as_it_was_written(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    page.set_content(
        f'<html lang="ur" dir="rtl"><title>{TITLE}</title><style>p, h1 {{ line-height: 1.8 }}</style>'
        f'<h1>{TITLE}</h1><p>{FIRST}</p><p style="break-before: page">{SECOND}</p>'
    )
    file = tmp_path / "printed.pdf"
    file.write_bytes(page.pdf(format="A5"))
    page.close()
    (found,) = read_paths([file])
    assert isinstance(found, Document)
    assert found.title == TITLE
    assert found.body == f"{FIRST}\n\n{SECOND}"
    assert page_at(found.extra, found.body.index(SECOND)) == 2
