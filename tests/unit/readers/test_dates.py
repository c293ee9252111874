"""Dates as newsrooms write them, and what is no date."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from index.readers.dates import believable, in_one_order, parse_date, read_date
from index.readers.records import Record

DAY = date(2026, 1, 17)
_DAYS = (
    "یکم دو تین چار پانچ چھ سات آٹھ نو دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس بیس اکیس بائیس تئیس "
    "چوبیس پچیس چھبیس ستائیس اٹھائیس انتیس تیس اکتیس"
)


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-17",
        " 2026-01-17 ",
        "2026-1-17",
        "2026/01/17",
        "2026.01.17",
        "20260117",
        20260117,
        "20260117T103000Z",
        "2026-01-17T23:30:00+05:00",
        "2026-01-17T23:30:00.123456Z",
        "2026-01-17 10:30 PM",
        "Sat, 17 Jan 2026 10:30:00 +0500",
        "17 Jan 2026 10:30:00 GMT",
        "Sat Jan 17 10:30:00 2026",
        "Sat Jan 17 10:30:00 +0000 2026",
        "January 17, 2026",
        "JANUARY 17 2026",
        "Jan. 17, 2026 10:30 pm",
        "17th January, 2026",
        "17-Jan-2026",
        "Published: 17 January 2026",
        "17 جنوری 2026",
        "۱۷ جنوری ۲۰۲۶",
        "١٧ جنوري ٢٠٢٦",
        "۱۷ جنوری، ۲۰۲۶ء",
        "ہفتہ، 17 جنوری 2026",
        "جنوری 17, 2026",
        "17/01/2026",
        "17-01-2026",
        "01/17/2026",
        "۱۷/۰۱/۲۰۲۶",
        "\u200f17 جنوری 2026\u200f",
        1768608000,
        1768608000.5,
        "1768608000",
        1768608000000,
        DAY,
        datetime(2026, 1, 17, 23, tzinfo=timezone.utc),
    ],
)
def test_dates(value: object) -> None:
    assert parse_date(value) == DAY


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3 مئی 2025", date(2025, 5, 3)),
        ("3 جولائی 2025", date(2025, 7, 3)),
        ("29 فروری 2024", date(2024, 2, 29)),
        ("04/03/2025", date(2025, 3, 4)),
        ("2025-03-0414:30:00", date(2025, 3, 4)),
        ([2025, 3, 4, 7, 40, 33], date(2025, 3, 4)),
        ("/Date(1741046400000)/", date(2025, 3, 4)),
        ("4 مارچ بروز منگل 2025", date(2025, 3, 4)),
        ("45720", date(2025, 3, 4)),
        (45720.75, date(2025, 3, 4)),
        ({"year": "2025", "month": "مارچ", "day": 4}, date(2025, 3, 4)),
        ("1850-01-01", date(1850, 1, 1)),
        ("14 August 1947", date(1947, 8, 14)),
    ],
)
def test_more_dates(value: str, expected: date) -> None:
    assert parse_date(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "", "yesterday", "کل", "2026", 2026, "2026-01", "January 2026", "2026-02-30", "2026-13-01", "29 February 2025",
        "0999-12-31", "3000-01-01", "99999999", "00000000", "31/02/2026", "32/01/2026", "12345-01-17",
        None, True, [], {}, float("nan"), float("inf"), 10**40, -(10**40), "9" * 5000, "x" * 200 + " 17 January 2026",
        "1 2 3", "10:30", "1849-12-31", "3 مئی 1749", "2 hours ago", "5 گھنٹے قبل", "۱۴۰۱-۰۶-۲۰", "1398/11/03",
        "1970-01-01T00:00:00Z", "1970-01-01 00:00:00", "19000", "12345.5", "7-9-1444", "14 Ramadan 2024", "31 شہریور 2020", "5 ہزار روپے مئی 2020", "17 اگست 10 بجے",
    ],
)  # fmt: skip
def test_no_dates(value: object) -> None:
    assert parse_date(value) is None


def test_what_is_no_date_is_kept(one) -> None:
    doc = one("a.json", '{"title": "x", "pubDate": "26-07-1447"}')
    assert doc.date is None
    assert doc.extra["date"] == "26-07-1447"


@pytest.mark.parametrize(
    "value",
    [
        "سترہ جنوری ۲۰۲۶", "سترہ جنوری دو ہزار چھبیس", "17؍جنوری 2026", "۱۷۔۰۱۔۲۰۲۶", "17 / 01 / 2026",
        "جمعہ17جنوری202609:45", "17 جنورى سنہ 2026ء", "۱۷ جنوری ۲۰۲۶ عیسوی بروز ہفتہ", "17-Jan-26", "1/17/26",
        "۲۷ رجب ۱۴۴۷ھ مطابق ۱۷ جنوری ۲۰۲۶ء", "2026ء، 17 جنوری", "17th of January 2026", "17 janvier 2026",
        "17 de enero de 2026", "١٧ كانون الثاني ٢٠٢٦", "17 يناير 2026", "17 ژانویه 2026", "17 جنوري 2026",
        "17 जनवरी 2026", "2026年1月17日", "2026. 1. 17.", "17 Ocak 2026", "Sat Jan 17 03:30:00 PKT 2026",
        "Updated 19 Jan 2026, published 17 Jan 2026", {"$date": {"$numberLong": "1768608000000"}},
        {"$date": "2026-01-17T00:00:00Z"}, {"_seconds": 1768608000, "_nanoseconds": 0},
        {"year": 2026, "month": 1, "day": 17}, ["2026-01-17"], 1768608000000000, "1768608000000000000",
        "1.768608E+12", "۲۷ دی ۱۴۰۴", "27 Dey 1404", "1404/10/27 هجری شمسی", "۲۷ جدی ۱۴۰۴",
        "28 رجب المرجب 1447ھ", "28 Rajab 1447 AH", "28/7/1447 ہجری", "1447-07-28 هـ",
    ],
)  # fmt: skip
def test_dates_of_newsrooms(value: object) -> None:
    assert parse_date(value) == DAY


@pytest.mark.parametrize(
    "name", ["دسمبر", "ڈسمبر", "ڊسمبر", "دِسمبر", "دیسمبر", "دسامبر", "Dec.", "DECEMBER"]
)
def test_months_are_spelled_in_many_ways(name: str) -> None:
    assert parse_date(f"یکم {name} 2018") == date(2018, 12, 1)


def test_all_days_of_a_month_are_read_in_words() -> None:
    days = _DAYS.split()
    assert [parse_date(f"{day} مارچ ۲۰۲۱") for day in days] == [
        date(2021, 3, number) for number in range(1, 32)
    ]
    assert parse_date("تئیس مارچ انیس سو چالیس") == date(1940, 3, 23)


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        ("2026-01-16T20:30:00Z", "Asia/Karachi", DAY),
        ("16 Jan 2026 17:30 EST", "Asia/Karachi", DAY),
        ("Fri, 16 Jan 2026 20:30:00 GMT", "Asia/Karachi", DAY),
        ("Fri Jan 16 20:30:00 +0000 2026", "Asia/Karachi", DAY),
        ("2026-01-16 10:30 PM -0500", "Asia/Karachi", DAY),
        ("2026-01-17T01:30:00+05:00", "UTC", date(2026, 1, 16)),
        ("2026-01-17T00:00:00Z", "America/Los_Angeles", DAY),  # a day without a time
        ("2026-01-17T03:30:00", "America/Los_Angeles", DAY),
        (datetime(2026, 1, 16, 20, 30, tzinfo=timezone.utc), "Asia/Karachi", DAY),
    ],
)
def test_an_instant_is_the_day_it_was_in_the_archive(
    value: object, zone: str, expected: date
) -> None:
    assert parse_date(value, ZoneInfo(zone)) == expected


def test_a_date_out_of_range_can_be_told_from_none() -> None:
    assert read_date("3 مئی 1749") == date(1749, 5, 3)
    assert not believable(date(1749, 5, 3))
    assert believable(date(date.today().year + 1, 12, 31))
    assert not believable(date(date.today().year + 2, 1, 1))
    assert read_date("soon") is None


def test_two_digits_are_of_the_hundred_years_that_end_with_the_next() -> None:
    this = date.today().year
    for year in (this - 1, this, this + 1, this + 2 - 100):
        assert parse_date(f"31 January {year % 100:02}") == date(year, 1, 31)


def test_a_column_has_one_order(read) -> None:
    rows = "title,published\nA,02/03/2019\nB,02/25/2019\nC,12/11/2018\n"
    dates = [item.date for item in read("a.csv", rows)]
    assert dates == [date(2019, 2, 3), date(2019, 2, 25), date(2018, 12, 11)]
    lines = [{"title": "A", "date": "02/03/2019"}, {"title": "B", "date": "25/02/2019"}]
    dates = [item.date for item in read("a.jsonl", "\n".join(map(json.dumps, lines)))]
    assert dates == [date(2019, 3, 2), date(2019, 2, 25)]


@pytest.mark.parametrize(
    ("second", "said"),
    [("03/02/2019", "tells whether day or month"), ("13/02/2019\nC,02/14/2019", "in both orders")],
)
def test_an_order_that_nothing_tells_is_reported(read, second: str, said: str) -> None:
    found = read("a.csv", f"title,published\nA,02/03/2019\nB,{second}\n")
    assert found[0].date == date(2019, 3, 2)
    assert said in found[-1].reason
    assert "published" in found[-1].reason


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("24-01-99", date(1999, 1, 24)),
        ("99-01-24", date(1999, 1, 24)),
        ("24.01.99", date(1999, 1, 24)),
        ("۲۴۔۰۱۔۹۹", date(1999, 1, 24)),
        ("18.01.24", date(2024, 1, 18)),
        ("18/01/24 10:30", date(2024, 1, 18)),
        ("03 Feb 24", date(2024, 2, 3)),
        ("Sat, 03 Feb 24 10:00:00 +0500", date(2024, 2, 3)),
        ("۳ فروری ۲۴ء", date(2024, 2, 3)),
        ("Feb 03, 24", date(2024, 2, 3)),
        ("99-Feb-03", date(1999, 2, 3)),
        ("18-01-24", None),
        ("۱۸-۰۱-۲۴", None),
        ("24-13-24", None),
    ],
)
def test_a_year_of_two_digits_alone(value: str, expected: date | None) -> None:
    assert parse_date(value) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["18-01-24", "19-01-99"], [date(2024, 1, 18), date(1999, 1, 19)]),
        (["18-01-24", "99-01-24"], [date(2018, 1, 24), date(1999, 1, 24)]),
        (["18-01-24", "01-18-99"], [None, date(1999, 1, 18)]),  # no order allows both
        (["02-01-24", "01-18-99"], [date(2024, 2, 1), date(1999, 1, 18)]),
        (["۱۸-۰۱-۲۴", "۱۹-۰۱-۲۴", "۲۱-۰۲-۲۴", "۱۴-۰۲-۲۴", "۱۷-۰۲-۲۴", "۱۲-۰۲-۲۴"],
         [date(2024, 1, 18), date(2024, 1, 19), date(2024, 2, 21), date(2024, 2, 14), date(2024, 2, 17), date(2024, 2, 12)]),
        (["24/01/18", "24/01/19", "24/02/21", "24/02/14", "24/02/17", "24/02/13"],
         [date(2024, 1, 18), date(2024, 1, 19), date(2024, 2, 21), date(2024, 2, 14), date(2024, 2, 17), date(2024, 2, 13)]),
        (["18/01/24", "24/01/18"], [date(2024, 1, 18), date(2018, 1, 24)]),
    ],
)  # fmt: skip
def test_a_column_tells_where_a_year_of_two_digits_stands(read, values, expected) -> None:
    lines = "\n".join(json.dumps({"title": "x", "published": value}) for value in values)
    found = read("a.jsonl", lines)
    assert [item.date for item in found[: len(values)]] == expected


def test_other_columns_of_the_file_tell_it_too(read) -> None:
    (doc,) = read("a.csv", "title,published,updated\nx,18-01-24,29-01-99\n")
    assert doc.date == date(2024, 1, 18)


def test_what_may_be_of_two_years_is_said(said) -> None:
    report = said("a.csv", "title,published\nx,18-01-24\n")
    assert (report.undated, report.dates_not_understood) == (1, 1)
    assert "two digits" in report.notes[0].reason


@pytest.mark.parametrize(
    "value",
    [
        "5-7 March 2024", "5–7 مارچ 2024ء", "March 5-7, 2024", "5 to 7 March 2024", "5/6 March 2024", "۵ تا ۷ مارچ ۲۰۲۴",
        "پانچ سے سات مارچ 2024", "5 March - 2 April 2024", "March 5 – April 2, 2024", "5 March 2024 - 2 April 2024",
        "2024-03-05 to 2024-03-07", "05/03/2024 - 07/03/2024", "05-07/03/2024", "24-25 شعبان 1445ھ",
    ],
)  # fmt: skip
def test_of_several_days_the_first(value: str) -> None:
    assert parse_date(value) == date(2024, 3, 5)


def test_several_days_across_a_new_year() -> None:
    assert parse_date("30 Dec - 2 Jan 2024") == date(2023, 12, 30)
    assert parse_date("31 دسمبر تا یکم جنوری 2024") == date(2023, 12, 31)


def test_records_are_held_no_longer_than_they_must() -> None:
    taken = 0

    def endless() -> Iterator[Record]:
        nonlocal taken
        for taken in itertools.count(1):
            yield Record(taken, {"title": "x", "date": "02/03/2019"})

    assert next(iter(in_one_order(endless()))).number == 1  # type: ignore[union-attr]
    assert taken <= 1_000


def test_second_date_field_stands_in_for_the_first(one) -> None:
    doc = one("a.json", '{"title": "x", "date": "unknown", "published_at": "2026-01-17T10:00:00Z"}')
    assert doc.date == DAY
    assert doc.extra == {"date": "unknown"}
