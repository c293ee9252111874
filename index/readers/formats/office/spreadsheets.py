"""Spreadsheets (.xlsx, .xls, .xlsb, .ods), by calamine: a sheet is a table like a CSV, a row an article."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any

import python_calamine

from index.errors import InputError
from index.readers.columns.names import field_of
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import decode_html
from index.readers.formats.html_files import read_html
from index.readers.guessing import header_below, is_data, is_header, with_guessed_columns
from index.readers.html_text import parse
from index.readers.plain_text import one_line
from index.readers.records import BadRecord, Member, Note, Record

_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta|table|style)", re.I)
_FIRST_ROWS = 12  # among which the names of the columns are looked for
_MAX_COLUMNS = 1024
_FIRST_DAY = date(1899, 12, 30)  # spreadsheets count days from here
_DAYS = range(10_000, 80_000)  # 1927 to 2119: no year, no day written in one number, no Unix time


def read_spreadsheet(
    content: Content, config: ReaderConfig
) -> Iterator[Record | BadRecord | Member | Note]:
    """Read every sheet in which a column is a title or a text; rows are numbered through all sheets."""
    raw = content.read(config)
    is_page = bool(_PAGE.match(raw))
    sheets = _tables(raw) if is_page else _sheets(raw)
    number = read = 0
    problems = []
    for name, rows in sheets:
        try:
            for item in _articles(rows, number, config, guess=not is_page):
                if isinstance(item, Record):
                    number = item.number
                    read += 1
                    if name:
                        item = replace(item, fields={**item.fields, "sheet": name})
                yield item
        except InputError:
            problems.append(name)
    if is_page and not read:  # half of all `.xls` on the web are pages
        yield from read_html(Content.of_bytes("page.html", raw), config)
        return
    if not read:
        raise _no_text()
    for name in filter(None, problems):
        yield Note(f"sheet {name}: no column is a title or a text")


def _sheets(raw: bytes) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """The sheets of a workbook, by name if there are several, and their rows."""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
    except python_calamine.PasswordError:
        raise InputError("encrypted.", hint="Save it without its password.") from None
    except python_calamine.CalamineError as error:
        raise InputError(f"no spreadsheet that can be read: {error}") from None
    for name in book.sheet_names:
        yield name if len(book.sheet_names) > 1 else "", _rows(book, name)


def _tables(raw: bytes) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """The tables of a page: so programs write what Excel is to open."""
    tree = parse(decode_html(raw))
    for table in tree.iter("table") if tree is not None else ():
        if table.find(".//table") is None:  # else it lays out the page
            rows = (row.iterchildren("td", "th") for row in table.iter("tr"))
            yield "", ([one_line(cell.text_content()) for cell in row] for row in rows)


def _rows(book: Any, name: str) -> Iterator[list[Any]]:
    try:
        sheet = book.get_sheet_by_name(name)
        for row in sheet.iter_rows():
            yield [_ready(cell) for cell in row[:_MAX_COLUMNS]]
    except (python_calamine.CalamineError, ValueError):  # a chart, or a damaged sheet
        return


def _no_text() -> InputError:
    return InputError(
        "no column of a sheet is a title or a text.", hint="Name one of them title, body or text."
    )


def _articles(
    rows: Iterator[list[Any]], number: int, config: ReaderConfig, *, guess: bool
) -> Iterator[Record | BadRecord | Note]:
    """The rows below the names of the columns, numbered from the next; where no row names any, by what is in
    them as in a CSV. Raises InputError where no column is a title or a text."""
    filled = (row for row in rows if any(cell != "" for cell in row))
    first = list(islice(filled, _FIRST_ROWS))
    texts = [[str(cell).strip() for cell in row] for row in first]
    place = header_below(texts, config)
    named = bool(texts) and is_header(texts[place], config)
    nameless = not named and bool(texts) and is_data(texts[0])
    if not texts or not (named or guess):
        raise _no_text()
    header = (
        [f"column {each}" for each in range(1, len(texts[0]) + 1)] if nameless else texts[place]
    )
    below = chain(first if nameless else first[place + 1 :], filled)
    records = (Record(each, _fields(header, row)) for each, row in enumerate(below, number + 1))
    yield from with_guessed_columns(
        records, config, None if named else _no_text(), nameless=nameless
    )


def _fields(header: list[str], row: list[Any]) -> dict[str, Any]:
    """The cells of a row by the names of their columns."""
    return {
        name: _day(cell) if field_of(name) == "date" else cell
        for name, cell in zip(header, row, strict=False)
        if name and cell != ""
    }


def _day(cell: Any) -> Any:
    """The date that a number stands for in a column of dates whose cells have lost their format."""
    if isinstance(cell, (int, float)) and int(cell) in _DAYS:
        return (_FIRST_DAY + timedelta(days=int(cell))).isoformat()
    return cell


def _ready(cell: Any) -> Any:
    """A cell as JSON has it; numbers without the fraction that spreadsheets give all of them."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell
