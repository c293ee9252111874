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
