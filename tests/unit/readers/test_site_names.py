"""The name of the site behind a headline is no part of it: by its host, by what many headlines share."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from index.documents import Document
from index.readers import read_paths
from index.readers.noise.site_names import is_host, without_site

URDU = [
    "تھر میں بارش سے کئی گاؤں زیر آب",
    "وزیراعظم کی چین کے صدر سے ملاقات",
    "کراچی میں پانی کی قلت شدید ہوگئی",
    "سپریم کورٹ نے درخواست مسترد کر دی",
    "ڈالر کی قیمت میں مزید اضافہ",
    "گندم سستی ہونے کا امکان",
]
P = "محکمہ موسمیات کے مطابق تھر کے ریگستان میں گزشتہ روز تیز بارش ہوئی جس سے کئی گاؤں زیر آب آگئے اور لوگوں نے نقل مکانی شروع کر دی ہے۔"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("The Misal", "https://www.themisal.com/news/1"),
        ("Misal", "themisal.pk"),
        ("The Daily Misal", "https://misal.pk"),
        ("Misal.com", "https://amp.misal.com/1"),
        ("روزنامہ مثال", "https://www.roznamamisal.com/1"),
        ("روزنامہ مثال", "https://misal.pk/1"),
        ("سماء ٹی وی", "https://urdu.samaa.tv/1"),
        ("ایکسپریس اردو", "https://www.express.pk/"),
    ],
)
def test_a_name_is_told_by_its_host(name: str, address: str) -> None:
    assert is_host(name, address)
    assert without_site(f"{URDU[0]} - {name}", "", address) == (URDU[0], name)
    assert without_site(f"{name} | {URDU[0]}", "", address) == (URDU[0], name)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("News", "https://www.geonews.com/1"),
        ("Pakistan", "https://pakistantoday.com.pk/1"),
        ("Dawn of a new era", "https://dawn.com/1"),
        ("جنگ بندی کا اعلان", "https://jang.com.pk/1"),
        ("پاکستان", "https://jang.com.pk/1"),
        ("The Misal", ""),
    ],
)
def test_other_words_are_none(name: str, address: str) -> None:
    assert not is_host(name, address)


def rows(ending: str, more: str = "") -> str:
    lines = (f'"{title}{ending}","{title}۔ {P}"{more}' for title in URDU)
    return "title,text" + (",author" if more else "") + "\n" + "\n".join(lines)


@pytest.mark.parametrize(
    "ending", [" - The Misal", " | روزنامہ مثال", " – مثال نیوز", " » Misal Urdu"]
)
def test_headlines_of_a_file_share_it(read, ending: str) -> None:
    found = [doc for doc in read("a.csv", rows(ending)) if isinstance(doc, Document)]
    assert [doc.title for doc in found] == URDU
    assert {doc.source for doc in found} == {ending[3:]}


def test_headlines_of_several_newspapers(read) -> None:
    papers = ["ڈان نیوز", "The Misal"]
    titles = [f"{title} {place}" for place, title in enumerate(URDU * 2)]
    lines = (f'"{title} - {papers[place % 2]}","{P}"' for place, title in enumerate(titles))
    found = [
        doc for doc in read("a.csv", "title,text\n" + "\n".join(lines)) if isinstance(doc, Document)
    ]
    assert [doc.title for doc in found] == titles
    assert [doc.source for doc in found] == papers * 6


@pytest.mark.parametrize("ending", [" - Video", " | اداریہ", " - 2", ""])
def test_what_is_no_name_stays(read, ending: str) -> None:
    found = read("a.csv", rows(ending))
    assert [doc.title for doc in found] == [f"{title}{ending}" for title in URDU]
    assert {doc.source for doc in found} == {""}


def test_the_name_of_their_author_is_no_source(read) -> None:
    found = [
        doc for doc in read("a.csv", rows(" - A. Khan", ",A. Khan")) if isinstance(doc, Document)
    ]
    assert {(doc.title in URDU, doc.source) for doc in found} == {(True, "")}


def test_the_source_that_is_said_stays(one) -> None:
    doc = one("a.csv", f'title,text,source\n{URDU[0]} - The Misal,"{P}",themisal.com\n')
    assert (doc.title, doc.source) == (URDU[0], "themisal.com")


def page(title: str) -> str:
    return f"<html><head><title>{title} - The Misal</title></head><body><div><p>{P}</p><p>{title}۔ {P}</p></div></body></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
def test_pages_of_a_folder_share_it_and_one_read_later_does(tmp_path: Path, encoding: str) -> None:
    for place, title in enumerate(URDU):
        text = page(title).replace("ہ", "ه").replace("ی", "ي").replace("ے", "ي").replace("ک", "ك")
        (tmp_path / f"{place}.html").write_bytes(
            (text if encoding == "cp1256" else page(title)).encode(encoding, "ignore")
        )
    found = [doc for doc in read_paths([tmp_path]) if isinstance(doc, Document)]
    assert not any("Misal" in doc.title for doc in found)
    assert {doc.source for doc in found} == {"The Misal"}
    (later,) = (d for d in read_paths([tmp_path / "3.html"]) if isinstance(d, Document))
    assert later.title == found[3].title


def test_one_page_alone_keeps_it(one) -> None:
    doc = one("a.html", page(URDU[0]))
    assert (doc.title, doc.source) == (f"{URDU[0]} - The Misal", "")


def test_a_daily_says_that_it_is_one(one) -> None:
    doc = one("a.html", page(URDU[0]).replace("- The Misal", "| روزنامہ مثال"))
    assert (doc.title, doc.source) == (URDU[0], "روزنامہ مثال")


def test_pages_of_an_archive_share_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for place, title in enumerate(URDU):
            archive.writestr(f"{place}.html", page(title))
    found = [doc for doc in read_paths([tmp_path]) if isinstance(doc, Document)]
    assert [doc.title for doc in found] == URDU
