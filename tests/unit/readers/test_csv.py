"""Tables: dialects, long and broken cells, headers."""

from __future__ import annotations

from datetime import date

import pytest

from index.documents import NOTED, Document, Skipped


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_dialects(read, delimiter: str) -> None:
    rows = [
        ["Headline", "News Text", "Date", "Source"],
        ["نئی سڑک", '"سڑک, مکمل; ہو گئی۔"', "17-01-2026", "نمونہ"],
    ]
    (doc,) = read("a.csv", "\n".join(delimiter.join(row) for row in rows))
    assert (doc.id, doc.title, doc.body) == ("a.csv#1", "نئی سڑک", "سڑک, مکمل; ہو گئی۔")
    assert (doc.date, doc.source) == (date(2026, 1, 17), "نمونہ")


def test_tsv_gives_excel_hint_and_bom(read) -> None:
    assert len(read("a.tsv", "title\tbody\nx\ty\n")) == 1
    assert read("a.csv", "\ufeffsep=;\ntitle;body\na,b;c\n")[0].title == "a,b"


def test_big_cells_and_line_breaks_in_them(read) -> None:
    body = "ایک پیراگراف۔\n" * 20_000
    (doc,) = read("a.csv", f'title,body\nt,"{body}"\n')
    assert len(doc.body) == len(body) - 1


def test_quote_never_closed_costs_one_record(read) -> None:
    items = read("a.csv", 'title,body\none,1x\ntwo,"2x\nthree,3x\nfour,4x\n')
    assert [getattr(item, "title", None) for item in items] == ["one", None, "three", "four"]
    assert items[1].record == 2
    assert "never closed" in items[1].reason


def test_stray_quotes_inside_cells_are_text(read) -> None:
    items = read("a.csv", 'title,body\nfive 5" pipes,x\nsix,y "z" w\n')
    assert [item.title for item in items] == ['five 5" pipes', "six"]


def test_long_and_short_rows_and_empty_ones(read) -> None:
    *items, note = read("a.csv", "title,body\na,b,c,d\n\n,\nonly title\n,,\n")
    assert [item.title for item in items] == ["a", "only title"]
    assert (note.code, note.record) == (NOTED, 1)
    assert items[0].extra == {"column 3": "c", "column 4": "d"}


def test_one_column_keeps_its_commas(read) -> None:
    assert read("a.csv", "text\nHello, world, again\n")[0].body == "Hello, world, again"


@pytest.mark.parametrize("header", [",title,text", " ,title,text", '"",title,text'])
def test_a_column_without_a_name_stays_where_it_is(read, header: str) -> None:
    """As pandas writes the numbers of rows: the names after it are of the columns they stand over."""
    docs = read(
        "a.csv",
        f"{header},\n0,بارش کا امکان,کراچی میں بادل چھائے رہے۔,\n1,نئی سڑک,کام مکمل ہوا۔,لاہور\n",
    )
    assert [(doc.title, doc.body) for doc in docs] == [
        ("بارش کا امکان", "کراچی میں بادل چھائے رہے۔"),
        ("نئی سڑک", "کام مکمل ہوا۔"),
    ]
    assert [doc.extra for doc in docs] == [
        {"column 1": "0"},
        {"column 1": "1", "column 4": "لاہور"},
    ]


def test_columns_of_one_name(read) -> None:
    assert read("a.csv", "title,title,body\n,second,x\n")[0].title == "second"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "", "\n\n", "x\n"])
def test_header_must_name_a_text(read, text: str) -> None:
    (skipped,) = read("a.csv", text)
    assert isinstance(skipped, Skipped)
    assert "column" in skipped.reason


def test_row_without_text_is_reported(read) -> None:
    items = read("a.csv", "title,body,date\n,,2026-01-01\nx,y,2026-01-01\n")
    assert [type(item) for item in items] == [Skipped, Document]
    assert items[0].record == 1


def test_ids_of_a_column(read) -> None:
    items = read("a.csv", "id,title\n7,a\n,b\n7,c\n7,d\n")
    assert [item.id for item in items] == ["a.csv/7", "a.csv#2", "a.csv/7#3", "a.csv/7#4"]


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("title,text,date\nسرخی,متن جس میں, بغیر کوٹ, کاما,2024-01-01\n",
         ("سرخی", "متن جس میں, بغیر کوٹ, کاما", date(2024, 1, 1), "")),
        ("title,text,date\nسرخی, اور یہ بھی,متن, اور متن,2024-01-01\n",
         ("سرخی, اور یہ بھی", "متن, اور متن", date(2024, 1, 1), "")),
        ("date,title,text,url\n2024-01-01,سرخی,ایک,دو,تین,https://subh.example/1\n",
         ("سرخی", "ایک,دو,تین", date(2024, 1, 1), "https://subh.example/1")),
    ],
)  # fmt: skip
def test_commas_that_are_not_quoted(read, table: str, cells: tuple) -> None:
    doc, note = read("a.csv", table)
    assert (doc.title, doc.body, doc.date, doc.url) == cells
    assert (note.code, note.record) == (NOTED, 1)


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (r'"اس نے \"ہاں\" کہا","متن"', ('اس نے "ہاں" کہا', "متن")),
        (r'"اس نے کہا \"ہاں\", پھر گیا","متن"', ('اس نے کہا "ہاں", پھر گیا', "متن")),
        ('"اس نے ""ہاں"" کہا","متن"', ('اس نے "ہاں" کہا', "متن")),
        (r'"C:\خبریں\","متن"', ("C:\\خبریں\\", "متن")),
        ('"سرخی \\"کوٹ\\"","پہلی سطر\nدوسری \\"سطر\\""', ('سرخی "کوٹ"', 'پہلی سطر\nدوسری "سطر"')),
        ('"سرخی" دوم,متن', ("سرخی دوم", "متن")),
    ],
)
def test_quotation_marks_in_cells(read, row: str, cells: tuple[str, str]) -> None:
    docs = read("a.csv", f'title,text\n{row}\nاگلی,"خبر"\n')
    assert [(doc.title, doc.body) for doc in docs] == [cells, ("اگلی", "خبر")]


def test_marks_that_are_never_closed_do_not_take_the_file_in(read) -> None:
    """Each costs its row; what is tried for each grows less, so that many cost no time."""
    rows = "".join(f'خبر {n},"متن {n}\n' if n % 2 else f"خبر {n},متن {n}\n" for n in range(2001))
    items = read("a.csv", f"title,text\n{rows}")
    assert [item.title for item in items if isinstance(item, Document)] == [
        f"خبر {n}" for n in range(0, 2001, 2)
    ]
    assert sum(isinstance(item, Skipped) for item in items) == 1000


def test_a_last_row_that_was_cut(read) -> None:
    raw = "title,text\nپہلی,متن\nآخری,متن ادھورا".encode()
    first, last, note = read("a.csv", raw[:-1])
    assert (first.body, last.body) == ("متن", "متن ادھور\ufffd")
    assert (note.code, note.record) == (NOTED, 2)
    first, skipped = read("a.csv", 'title,text\nپہلی,متن\nآخری,"متن ادھورا')
    assert (first.title, skipped.record) == ("پہلی", 2)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends(read, ends: str) -> None:
    table = ends.join(["title,text", "سرخی,متن", 'دوم,"دو', 'سطریں"', ""])
    assert [(doc.title, doc.body) for doc in read("a.csv", table)] == [
        ("سرخی", "متن"),
        ("دوم", "دو\nسطریں"),
    ]


HEADLINES = (
    "کراچی میں بارش سے نظام متاثر",
    "گندم کی نئی قیمت کا اعلان",
    "پشاور میں پولیو مہم شروع",
)
PROSE = "حکام کے مطابق کام رات گئے تک مکمل ہو گا، اور شہریوں سے کہا گیا ہے کہ احتیاط کریں۔ " * 2


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_table_without_names_of_columns(read, delimiter: str) -> None:
    """What each column holds settles it; the first row is an article like the others."""
    days = ("1/2/2024", "1/14/2024", "2/1/2024")
    rows = [
        (f"n{n}", "موسم", days[n], title, f'"{PROSE}{n}"', f"https://a.example/{n}.jpg", f"https://a.example/{n}", "Urdu")
        for n, title in enumerate(HEADLINES)
    ]  # fmt: skip
    docs = [
        item
        for item in read("a.csv", "".join(f"{delimiter.join(row)}\n" for row in rows))
        if isinstance(item, Document)
    ]
    assert [(doc.id, doc.title, doc.url) for doc in docs] == [
        (f"a.csv/n{n}", title, f"https://a.example/{n}") for n, title in enumerate(HEADLINES)
    ]
    assert [doc.body for doc in docs] == [f"{PROSE}{n}".strip() for n in range(3)]
    assert [doc.date for doc in docs] == [date(2024, 1, 2), date(2024, 1, 14), date(2024, 2, 1)]
    assert {doc.lang for doc in docs} == {"ur"}


def test_lines_above_the_names_of_columns(read) -> None:
    doc, note = read("a.csv", "خبروں کی فہرست\nGenerated 2024-01-05,\n\nTitle;Text\nسرخی;متن\n")
    assert (doc.title, doc.body) == ("سرخی", "متن")
    assert "above the names" in note.reason


def test_columns_named_by_paths_are_objects(read) -> None:
    table = (
        "_id,_source.title.rendered,_source.text,_source.source.name,_source.published_at\n"
        "ا7,سرخی,متن,صبحِ نو,3/14/2024\nا8,سرخی,متن,صبحِ نو,3/4/2024\n"
    )
    docs = [item for item in read("a.csv", table) if isinstance(item, Document)]
    assert [(d.id, d.title, d.source) for d in docs] == [
        (f"a.csv/ا{n}", "سرخی", "صبحِ نو") for n in (7, 8)
    ]
    assert [doc.date for doc in docs] == [date(2024, 3, 14), date(2024, 3, 4)]


def test_a_text_and_a_date_in_several_columns(read) -> None:
    table = "Title,Para 2,Para 1,Para 10,Year,Month,Day\nسرخی,دو,ایک,دس,2024,{},7\n"
    for month in ("3", "March", "مارچ"):
        (doc,) = read("a.csv", table.format(month))
        assert (doc.body, doc.date) == ("ایک\n\nدو\n\nدس", date(2024, 3, 7))
