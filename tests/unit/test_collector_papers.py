"""What newspapers' servers really do to a collector: moved pages, front pages in place of articles, dates of
other zones, packed sitemaps, broken feeds."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from test_collector import TEXT, Server, one_round, page, rss

from index.collector.addresses import normalize
from index.collector.articles import read_page
from index.collector.discovery import read_listing
from index.collector.http import Answer
from index.collector.state import State
from index.readers import ReaderConfig

FEED = "https://a.example/feed"
FRONT = page("روزنامہ ساحل", "آج کی تمام خبریں ایک صفحے پر، تازہ ترین سرخیاں اور موسم کا حال۔ " * 5)


def redirect(to: str, status: int = 301) -> Answer:
    return Answer("", status, {"location": to})


def titles(folder: Path, server: Server, *feeds: str) -> list[str]:
    return [path.read_text("utf-8") for path in one_round(folder, server, *feeds)[1]]


def test_an_article_that_became_the_front_page_is_gone(tmp_path: Path) -> None:
    """Newspapers lead from what they take down to their front page or section."""
    for number, front in enumerate(("https://a.example/", "https://a.example/ur/news/")):
        story = f"https://a.example/ur/news/{number}"
        server = Server(
            {FEED: [rss(story)], story: [page("خبر"), redirect(front, 302)], front: [FRONT]}
        )
        folder = tmp_path / str(number)
        assert one_round(folder, server, FEED)[0].new == [story]
        server.now += 3700
        report, files = one_round(folder, server)
        assert (report.revised, report.gone, files) == ([], [story], [])


def test_a_new_article_that_is_the_front_page_is_none(tmp_path: Path) -> None:
    story = "https://a.example/news/1"
    server = Server(
        {FEED: [rss(story)], story: [redirect("/", 302)], "https://a.example/": [FRONT]}
    )
    report, files = one_round(tmp_path, server, FEED)
    assert (report.new, files) == ([], [])
    assert "front page" in report.problems[0].reason


def test_a_canonical_address_that_is_the_front_page_is_not_believed(tmp_path: Path) -> None:
    """A template that says it on every page would make one article of all."""
    head = '<link rel="canonical" href="https://a.example/"/>'
    stories = [f"https://a.example/news/{number}" for number in (1, 2, 3)]
    server = Server(
        {
            FEED: [rss(*stories)],
            **{url: [page(f"خبر نمبر {url[-1]}", TEXT, head)] for url in stories},
        }
    )
    assert one_round(tmp_path, server, FEED)[0].new == stories


def test_an_article_that_moved_is_known_where_it_is_now(tmp_path: Path) -> None:
    old, new = "https://a.example/?p=1", "https://a.example/news/rain"
    server = Server(
        {FEED: [rss(old), rss(new)], old: [page("خبر"), redirect(new)], new: [page("خبر")]}
    )
    assert one_round(tmp_path, server, FEED)[0].new == [old]
    server.now += 3700
    with State(tmp_path) as state:
        state.looked_at(FEED, server.now, server.now + 1)  # so that the article is asked for first
    assert one_round(tmp_path, server)[0].revised == []
    server.now += 700
    report, files = one_round(tmp_path, server)
    assert (report.new, files) == ([], [])


def test_a_redirection_in_urdu_leads_where_it_says(tmp_path: Path) -> None:
    """Servers write addresses into headers as their bytes are; HTTP hands them on as Latin-1."""
    raw = "https://a.example/خبر/بارش".encode().decode("latin-1")
    to = normalize("https://a.example/خبر/بارش")
    server = Server(
        {
            FEED: [rss("https://a.example/1")],
            "https://a.example/1": [redirect(raw)],
            to: [page("خبر")],
        }
    )
    assert one_round(tmp_path, server, FEED)[0].new == [to]


def updated(date: str) -> Answer:
    entry = f"<entry><title>خبر</title><link href='https://a.example/1'/><updated>{date}</updated></entry>"
    return Answer("", 200, {}, f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode())


@pytest.mark.parametrize("zone", ["PKT", "", "Z", "+0500"])
def test_a_date_that_runs_ahead_asks_for_nothing(tmp_path: Path, zone: str) -> None:
    """1 January 1970 is long gone for the server, and a date of Karachi without its zone is hours ahead."""
    server = Server(
        {FEED: [updated(f"Mon, 12 Jan 1970 18:46:40 {zone}")], "https://a.example/1": [page("خبر")]}
    )
    one_round(tmp_path, server, FEED)
    for _ in range(5):
        server.now += 601
        one_round(tmp_path, server)
    assert server.paths().count("1") <= 2  # once new, once after its hour


def test_a_feed_that_calls_everything_new_each_time_is_asked_less_and_less(tmp_path: Path) -> None:
    story = "https://a.example/1"
    server = Server({story: [page("خبر")]})
    for round_ in range(30):
        day, seconds = divmod(int(server.now), 86_400)
        stamp = (
            f"1970-01-{day + 1:02}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"
        )
        server.says[FEED] = [updated(stamp)]
        one_round(tmp_path, server, *([FEED] if not round_ else []))
        server.now += 601
    assert server.paths().count("1") <= 7


def test_a_packed_sitemap(tmp_path: Path) -> None:
    sitemap = b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.example/1</loc></url></urlset>"
    assert [
        found.url
        for found in read_listing("https://a.example/s.xml.gz", gzip.compress(sitemap)).articles
    ] == ["https://a.example/1"]


def test_a_bad_byte_of_a_feed_costs_a_letter() -> None:
    body = rss("https://a.example/1").body.replace(
        "خبر".encode(), "سیلاب کی تازہ خبر".encode() + b"\xda"
    )
    (found,) = read_listing(FEED, body).articles
    assert str(found.fields["title"]).startswith("سیلاب کی تازہ خبر")


def test_a_page_whose_encoding_only_its_server_knows() -> None:
    html = page("خبر", "وزير اعظم نے كہا".replace("ہ", "ه").replace("ے", "ي") * 9).body.decode()
    answer = Answer("https://a.example/1", 200, {"content-type": "text/html; charset=windows-1256"},
                    html.replace("ہ", "ه").encode("cp1256"))  # fmt: skip
    assert read_page(answer, {}, ReaderConfig())["title"] == "خبر"
