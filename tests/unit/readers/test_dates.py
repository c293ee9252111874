"""Dates as newsrooms write them, and what is no date."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from index.readers.dates import parse_date

DAY = date(2026, 1, 17)


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
        ("1000-01-01", date(1000, 1, 1)),
        ("2999-12-31", date(2999, 12, 31)),
        ("14 August 1947", date(1947, 8, 14)),
    ],
)
def test_more_dates(value: str, expected: date) -> None:
    assert parse_date(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "", "yesterday", "کل", "2026", 2026, "2026-01", "January 2026", "2026-02-30", "2026-13-01", "29 February 2025",
        "0999-12-31", "3000-01-01", "99999999", "00000000", "26 رجب 1447", "31/02/2026", "32/01/2026", "12345-01-17",
        None, True, [], {}, float("nan"), float("inf"), 10**40, -(10**40), "9" * 5000, "x" * 200 + " 17 January 2026",
        "1 2 3", "10:30",
    ],
)  # fmt: skip
def test_no_dates(value: object) -> None:
    assert parse_date(value) is None


def test_what_is_no_date_is_kept(one) -> None:
    doc = one("a.json", '{"title": "x", "pubDate": "26 رجب 1447"}')
    assert doc.date is None
    assert doc.extra["date"] == "26 رجب 1447"


def test_second_date_field_stands_in_for_the_first(one) -> None:
    doc = one("a.json", '{"title": "x", "date": "unknown", "published_at": "2026-01-17T10:00:00Z"}')
    assert doc.date == DAY
    assert doc.extra == {"date": "unknown"}
