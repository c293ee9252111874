"""Web pages: article and metadata, fallbacks, and nothing run or fetched."""

from __future__ import annotations

import socket
from datetime import date
from pathlib import Path

import pytest

from index.documents import Document, Skipped
from index.readers import ReaderConfig
from index.readers.html_text import blocks, parse

PAGE = """<!DOCTYPE html><html lang="en-US"><head>{meta}<title>نئی لائبریری کا افتتاح - روزنامہ نمونہ</title>
<meta property="og:title" content="نئی لائبریری کا افتتاح">
<meta property="og:site_name" content="روزنامہ نمونہ">
<meta property="article:published_time" content="1988-03-04T10:00:00+05:00">
<link rel="canonical" href="https://example.org/news/12">
<meta name="keywords" content="لائبریری، تعلیم, شہر">
<script>document.write("hostile words")</script></head><body>
<nav><a href="/">سرورق</a> <a href="/k">کھیل</a></nav><article><h1>نئی لائبریری کا افتتاح</h1>
<p>شہر کے وسط میں بدھ کے روز ایک نئی عوامی لائبریری کا افتتاح کیا گیا جس میں دس ہزار سے زائد کتابیں رکھی گئی ہیں۔</p>
<p>انتظامیہ کے مطابق بچوں کے لیے الگ کمرہ بنایا گیا ہے اور طلبہ کو مفت انٹرنیٹ کی سہولت بھی دی جائے گی۔</p>
<p>یہ بھی پڑھیں: کتب میلہ اگلے ماہ ہوگا</p>
<p>رہائشیوں نے لائبریری کے قیام کا خیر مقدم کیا اور کہا کہ اس سے نوجوانوں میں مطالعے کا شوق بڑھے گا۔</p></article>
<aside><h3>متعلقہ خبریں</h3><ul><li><a href="/1">پل کی مرمت مکمل</a></li></ul></aside>
<footer>© نمونہ</footer></body></html>"""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test that opens a connection."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a reader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_article_and_metadata(one) -> None:
    doc = one("a.html", PAGE.format(meta='<meta charset="utf-8">'))
    assert doc.title == "نئی لائبریری کا افتتاح"
    assert doc.body.startswith("شہر کے وسط میں")
    assert doc.body.endswith("شوق بڑھے گا۔")
    assert (doc.date, doc.source) == (date(1988, 3, 4), "روزنامہ نمونہ")
    assert doc.url == "https://example.org/news/12"
    assert doc.tags == ("لائبریری", "تعلیم", "شہر")
    for noise in ("hostile", "کتب میلہ", "پل کی مرمت", "سرورق"):
        assert noise not in doc.body


def test_a_tag_of_its_own_keeps_its_comma(one) -> None:
    meta = "".join(
        f'<meta property="article:tag" content="{tag}">' for tag in ("لاہور، پنجاب", "Arts, Books")
    )
    assert one("a.html", PAGE.format(meta=meta)).tags == ("لاہور، پنجاب", "Arts, Books")


def test_lang_of_the_page_is_only_a_hint(one) -> None:
    doc = one("a.html", PAGE.format(meta=""))
    assert doc.lang == "ur"
    assert doc.extra["html_lang"] == "en-US"
    assert (
        one("b.html", '<html lang="ur-PK"><body><p>2026 12 17</p><p>100</p></body></html>').lang
        == "ur"
    )


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml"])
def test_extensions(one, name: str) -> None:
    assert one(name, PAGE.format(meta="")).title == "نئی لائبریری کا افتتاح"


def test_declared_charset(one) -> None:
    page = "<html><head><meta charset='windows-1256'><title>خبر</title></head><body><p>پاكستان ميں بارش ہوئى</p></body></html>"
    assert "پاكستان ميں بارش" in one("a.html", page.encode("cp1256")).body


def test_wrongly_declared_charset(one) -> None:
    page = PAGE.format(meta='<meta charset="iso-8859-1">')
    assert one("a.html", page).title == "نئی لائبریری کا افتتاح"
    assert one("b.html", PAGE.format(meta='<meta charset="no-such">')).lang == "ur"


def test_fragment_and_plain_text(one) -> None:
    assert (
        one("a.html", "<p>The <b>river</b> is high.</p><script>run()</script>").body
        == "The river is high."
    )
    assert one("b.html", "just words").body == "just words"


def test_layout_without_paragraphs(one) -> None:
    page = "<html><body><h1>Heading</h1><div>One<br>two<ul><li>three</li><li>four</li></ul></div></body></html>"
    doc = one("a.html", page)
    assert doc.title == "Heading"
    assert "One\ntwo" in doc.body
    assert "four" in doc.body


def test_entities_of_the_outside_stay_outside(one, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    page = (
        f'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">'
        '<!ENTITY lol "lollollol">]><html xmlns="http://www.w3.org/1999/xhtml"><body><h1>T</h1>'
        "<p>before &x; &lol; after</p></body></html>"
    )
    body = one("a.xhtml", page).body
    assert "before" in body
    assert "lollol" not in body
    assert "secret" not in body


@pytest.mark.parametrize(
    "page", ["", "   ", "<html><body><script>only()</script></body></html>", "<!--" * 1000]
)
def test_nothing_to_read(read, page: str) -> None:
    (skipped,) = read("a.html", page)
    assert isinstance(skipped, Skipped)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 20_000 + "text",
        "<p>ab" * 30_000,
        "<table><tr><td>" * 5_000 + "x",
        "<" * 100_000,
        "<a " * 100_000,
        "<script>" * 20_000,
        "&amp;" * 100_000,
    ],
    ids=["deep", "paragraphs", "tables", "lt", "attributes", "scripts", "entities"],
)
@pytest.mark.timeout(60)
def test_hostile_pages_end(read, page: str) -> None:
    assert len(read("a.html", page)) == 1


def test_large_page_is_read_for_its_text(read) -> None:
    page = (
        "<html><head><title>T</title></head><body><nav>menu</nav>" + "<p>Some words here.</p>" * 50
    )
    (doc,) = read("a.html", page, ReaderConfig(max_markup_chars=100))
    assert isinstance(doc, Document)
    assert doc.body.count("Some words here.") == 50
    assert "menu" not in doc.body


@pytest.mark.parametrize("joiner", ["\u200c", "&zwnj;", "&#8204;"])
def test_joiners_stay_where_they_shape_words(one, joiner) -> None:
    """trafilatura takes what cannot be printed for noise."""
    page = (
        f'<html><head><meta property="og:title" content="خوب{joiner}صورت کتاب"></head><body><article>'
        f"<p>لوگ خوب{joiner}صورت کِتاب لے کر نکلے۔ سڑکیں بند ہو گئیں۔ نئی سڑک اگلے سال بنے گی۔</p></article></body></html>"
    )
    doc = one("a.html", page)
    assert doc.title == "خوب\u200cصورت کتاب"
    assert "خوب\u200cصورت کِتاب" in doc.body


def test_a_page_of_more_tags_than_any_page_has_is_not_parsed(read) -> None:
    page = "<html><body><p>سیلاب</p>" + "<br>" * 40
    (skipped,) = read("a.html", page, ReaderConfig(max_html_tags=40))
    assert isinstance(skipped, Skipped)
    assert "more than 40 tags" in skipped.reason
    assert isinstance(read("a.html", page)[0], Document)


def test_text_behind_a_part_of_a_page_is_none_of_it() -> None:
    """Found by fuzzing, in pages whose marks are broken."""
    page = parse("<html><body><article><p>شہر میں بارش</p></article>اور کچھ</body></html>")
    (article,) = page.iter("article")
    assert [block.text for block in blocks(article)] == ["شہر میں بارش"]
    assert [block.text for block in blocks(page)] == ["شہر میں بارش", "اور کچھ"]
