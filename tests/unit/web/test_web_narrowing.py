"""The filters beside the results: dates, quick ranges, tags; all of it is in the address."""

from __future__ import annotations

import html
import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from desk import Desk

from index.documents import Document
from search.models import Facets, FacetValue, SearchRequest
from web.http.app import create_app
from web.settings import Settings
from web.text import Text
from web.ui import narrowing, view

TODAY = date(2026, 6, 15)
URDU = "شہریوں"


def get(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def charts(page: str) -> list[list[tuple[str, dict[str, list[str]], bool]]]:
    """Of each chart its links: name, arguments, and whether it is chosen."""
    found = []
    for chart in re.findall(r'<ol class="bars".*?</ol>', page, re.DOTALL):
        links = re.findall(r'<a href="([^"]+)" title="([^"]+)" aria-label="\2"([^>]*)>', chart)
        found.append(
            [
                (
                    html.unescape(name),
                    parse_qs(urlsplit(html.unescape(link)).query),
                    "aria-current" in more,
                )
                for link, name, more in links
            ]
        )
    return found


def test_each_bar_is_a_link_to_its_month_with_a_name(client):
    page = get(client, "/?q=programme&lang=ur&sort=newest&page=2")
    (bars,) = charts(page)
    assert bars[0] == (
        "January 2026: 3 articles",
        {
            "q": ["programme"],
            "lang": ["ur"],
            "from": ["2026-01-01"],
            "to": ["2026-01-31"],
            "sort": ["newest"],
        },
        False,
    )
    assert len(bars) == 5
    assert "style=" not in page


def test_the_bars_are_what_the_filter_brings(client):
    (bars,) = charts(get(client, "/?q=citizens"))
    for name, arguments, _ in bars:
        address = f"/?q=citizens&from={arguments['from'][0]}&to={arguments['to'][0]}"
        count = name.rpartition(": ")[2]
        assert f"<h1>{count}</h1>" in get(client, address)


def test_the_chosen_month_stands_out_and_is_taken_off_again(client):
    page = get(client, "/?q=citizens&from=2026-02-01&to=2026-02-28")
    (bars,) = charts(page)
    chosen = [each for each in bars if each[2]]
    assert [name for name, _, _ in chosen] == [
        "February 2026: 5 articles. Chosen; show any time again"
    ]
    assert chosen[0][1] == {"q": ["citizens"]}
    assert len(bars) == 5, "the rest of the time stays"
    chips = page.partition('<ul class="chips"')[2].partition("</ul>")[0]
    assert chips.count("<li>") == 2
    assert "<bdi>February 2026</bdi>" in chips


def test_in_urdu_the_months_are_named_in_urdu(client):
    (bars,) = charts(get(client, f"/?q={URDU}&ui=ur"))
    assert bars[0][0].startswith("جنوری 2026: ")
    assert all(arguments["ui"] == ["ur"] for _, arguments, _ in bars)


def test_a_long_time_has_a_closer_look_at_the_chosen_year():
    days = [date(year, month, 1) for year in range(2018, 2027) for month in (2, 5, 11)]
    found = [Document(str(day), f"rain {day}", f"بارش rain {day}", "en", day) for day in days]
    client = create_app(Settings(), Desk(found)).test_client()
    (years,) = charts(get(client, "/?q=rain"))
    assert [name for name, _, _ in years][:2] == ["2018: 3 articles", "2019: 3 articles"]
    years, months = charts(get(client, "/?q=rain&from=2020&to=2020"))
    assert [name for name, _, chosen in years if chosen] == [
        "2020: 3 articles. Chosen; show any time again"
    ]
    assert [name for name, _, _ in months] == [
        "February 2020: 1 article",
        "May 2020: 1 article",
        "November 2020: 1 article",
    ]


def test_no_chart_where_there_is_no_time_to_choose():
    dated = Document("x", "rain", "rain on Monday", "en", date(2026, 1, 5))
    client = create_app(Settings(), Desk([dated])).test_client()
    page = get(client, "/?q=rain")
    assert "bars" not in page
    assert 'name="from"' in page
    undated = Document("y", "rain", "rain in the hills", "en", None)
    client = create_app(Settings(), Desk([dated, undated])).test_client()
    assert "1 article has no date" in get(client, "/?q=rain&from=2026-01")


def test_tags_are_chosen_together_and_folded_after_eight():
    found = [
        Document(str(n), "rain", f"rain {n}", "en", tags=tuple(f"ٹیگ {k}" for k in range(n + 1)))
        for n in range(40)
    ]
    client = create_app(Settings(), Desk(found)).test_client()
    page = get(client, "/?q=rain&tag=ٹیگ 39&tag=ٹیگ 0")
    boxes = re.findall(r'name="tag" value="([^"]+)" form="search"( checked)?>', page)
    assert len(boxes) == view.TAGS_OFFERED
    assert boxes[:3] == [("ٹیگ 0", " checked"), ("ٹیگ 39", " checked"), ("ٹیگ 1", "")]
    before, _, after = page.partition('<details class="more">')
    assert (before.count('name="tag"'), after.count('name="tag"')) == (8, 22)
    assert f"{view.TAGS_OFFERED - 8} more" in after


def test_a_count_says_what_a_value_would_bring(client):
    page = get(client, "/?q=citizens&lang=ur")
    counts = dict(re.findall(r'name="lang" value="(\w+)".*?<span class="count">(\d+)</span>', page))
    assert counts == {"ur": "14", "en": "14"}
    assert "<h1>28 articles</h1>" in get(client, "/?q=citizens&lang=ur&lang=en")


# -- quick ranges ------------------------------------------------------------------------------------


def offered(first: date | None, last: date | None, **asked: object) -> dict[str, str]:
    """Names of the quick ranges -> where they lead; the chosen one is `*name`."""
    facets = Facets(months=(FacetValue("2026-01", 1),), first=first, last=last)
    app = create_app(Settings(), Desk())
    with app.test_request_context():
        found = narrowing.quick_ranges(
            facets, SearchRequest("a", page=3, **asked), view.Links(), TODAY
        )
    return {("*" if each.chosen else "") + each.name: each.link for each in found}


def test_ranges_end_today_and_are_offered_where_they_find_something():
    assert offered(date(2020, 1, 1), date(2026, 6, 14)) == {
        "*any": "/?q=a",
        "week": "/?q=a&from=2026-06-09",
        "month": "/?q=a&from=2026-05-17",
        "year": "/?q=a&from=2025-06-16",
    }
    assert list(offered(date(2020, 1, 1), date(2026, 6, 8))) == ["*any", "month", "year"]
    assert offered(date(2020, 1, 1), date(2024, 6, 8)) == {}, "an old archive"
    assert list(offered(date(2026, 6, 1), date(2026, 6, 15))) == ["*any", "week"], "all else is all"
    assert offered(None, None) == {}


def test_the_chosen_range_is_shown_whatever_it_finds():
    chosen = offered(None, None, date_from=date(2026, 6, 9))
    assert list(chosen) == ["any", "*week"]
    assert list(offered(None, None, date_from=date(2026, 6, 9), date_to=TODAY)) == ["any"]


@pytest.mark.parametrize(
    ("first", "last", "english", "urdu"),
    [
        ("2026-03-01", "2026-03-31", "March 2026", "مارچ 2026"),
        ("2024-02-01", "2024-02-28", "1 February 2024 – 28 February 2024", None),
        ("2024-02-01", "2024-02-29", "February 2024", "فروری 2024"),
        ("2026-01-01", "2026-12-31", "2026", "2026"),
        ("2020-01-01", "2024-12-31", "2020–2024", "2020–2024"),
        ("2025-10-01", "2025-12-31", "October 2025 – December 2025", "اکتوبر 2025 – دسمبر 2025"),
        ("2026-03-05", "2026-03-05", "5 March 2026", "5 مارچ 2026"),
    ],
)
def test_ranges_have_the_shortest_name(first, last, english, urdu):
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert view.period(*days, Text("en")) == english
    if urdu:
        assert view.period(*days, Text("ur")) == urdu
