"""Spreadsheets (.xlsx, .xls, .xlsb, .ods), by calamine: a sheet is a table like a CSV, a row an article."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

from index.errors import InputError
from index.readers.columns.names import field_of
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.decoding import decode_html
from index.readers.formats.html_files import read_html
from index.readers.html_text import parse
from index.readers.plain_text import one_line
from index.readers.records import BadRecord, Member, Note, Record

_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta|table|style)", re.I)
_HEADER_WITHIN = 10  # rows; above the names of the columns stand titles and dates of export
_MAX_COLUMNS = 1024
_FIRST_DAY = date(1899, 12, 30)  # spreadsheets count days from here
_DAYS = range(10_000, 80_000)  # 1927 to 2119: no year, no day written in one number, no Unix time


def read_spreadsheet(
    content: Content, config: ReaderConfig
) -> Iterator[Record | BadRecord | Member | Note]:
    """Read every sheet whose columns have names that are known; rows are numbered through all sheets."""
    raw = content.read(config)
    is_page = bool(_PAGE.match(raw))
    sheets = _tables(raw) if is_page else _sheets(raw)
    number = read = 0
    problems = []
    for name, rows in sheets:
        header = _header(rows)
        if header is None:
            problems.append(name)
            continue
        read += 1
        of_days = {key for key in header if field_of(key) == "date"}
        for row in rows:
            cells = {
                key: _day(cell) if key in of_days else cell
                for key, cell in zip(header, row, strict=False)
                if key and cell != ""
            }
            if cells:
                number += 1
                yield Record(number, {**cells, **({"sheet": name} if name else {})})
    if is_page and not read:  # half of all `.xls` on the web are pages
        yield from read_html(Content.of_bytes("page.html", raw), config)
        return
    if not read:
        raise InputError(
            "no column of a sheet is a title or a text.",
            hint="Name one of them title, body or text.",
        )
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


def _header(rows: Iterator[list[Any]]) -> list[str] | None:
    """The names of the columns, from the first row that has some."""
    for _ in range(_HEADER_WITHIN):
        row = next(rows, None)
        if row is None:
            return None
        names = [str(cell).strip() for cell in row]
        if {field_of(name) for name in names if name} & {"title", "body"}:
            return names
    return None


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
