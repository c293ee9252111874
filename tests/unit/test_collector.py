"""The collector without a network: addresses, what feeds name, and manners before servers that are told
what to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest

from index.collector.addresses import normalize, same_site
from index.collector.articles import file_of, read_page
from index.collector.collect import Collector, CollectReport
from index.collector.config import CollectConfig
from index.collector.discovery import read_listing
from index.collector.http import Answer, user_agent
from index.collector.politeness import Asking, GoneError, RefusedError
from index.collector.state import State
from index.errors import CollectError, ConfigError
from index.readers import ReaderConfig

CONFIG = CollectConfig(every=600.0, delay=5.0, recheck=(1.0,))
TEXT = (
    "وزیرِ داخلہ نے کہا کہ ۱۴ اگست کو تقریب ہوگی، اور شہر میں ٹریفک کا منصوبہ بھی جاری کیا جائے گا۔ "
    * 4
)


@dataclass
class Server:
    """Says what it is told for each address, and remembers when it was asked."""

    says: dict[str, list[Answer | CollectError]]
    now: float = 1_000_000.0
    asked: list[tuple[float, str, Mapping[str, str]]] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        self.asked.append((self.now, url, dict(headers or {})))
        answers = self.says.get(url)
        if answers is None:
            return Answer(url, 404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, CollectError):
            raise answer
        return replace(answer, url=url)

    def paths(self) -> list[str]:
        return [url.split("/", 3)[3] for _, url, _ in self.asked]


def page(title: str, body: str = TEXT, head: str = "") -> Answer:
    """An article on the web."""
    html = f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1><p>{body}</p></article></body></html>"
    return Answer("", 200, {"etag": '"1"'}, html.encode())


def rss(*links: str) -> Answer:
    """A feed."""
    items = "".join(f"<item><title>خبر</title><link>{link}</link></item>" for link in links)
    return Answer(
        "",
        200,
        {},
        f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode(),
    )


def one_round(
    folder: Path, server: Server, *feeds: str, config: CollectConfig = CONFIG
) -> tuple[CollectReport, list[Path]]:
    with State(folder) as state:
        for feed in feeds:
            state.add_feed(feed, server.now)
        files: list[Path] = []
        collector = Collector(
            replace(config, folder=folder), state, index=files.extend, source=server, clock=server
        )
        return collector.run(), files


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTPS://Example.ORG:443/a/b?utm_source=rss&id=3#top", "https://example.org/a/b?id=3"),
        ("http://example.org", "http://example.org/"),
        ("/خبر/1", "https://example.com/%D8%AE%D8%A8%D8%B1/1"),
        ("https://user:secret@example.org/", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://example.org:99999/", ""),
        ("https://[broken/", ""),
        ("https://example.org/" + "a" * 3000, ""),
    ],
)
def test_an_article_has_one_address(written: str, normal: str) -> None:
    assert normalize(written, "https://example.com/x") == normal
    assert normalize(normal) == normal


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.example.org/a", "https://ur.example.org/b", True),
        ("https://example.com.pk/a", "https://other.com.pk/a", False),
        ("https://example.org/a", "https://example.com/a", False),
        ("http://127.0.0.1:1/a", "http://127.0.0.2:1/a", False),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:1/b", True),
    ],
)
def test_addresses_of_one_newspaper(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


def test_a_setting_that_is_no_network_is_told(tmp_path: Path) -> None:
    from index.collector.http import Fetcher

    with pytest.raises(ConfigError, match="office"):
        Fetcher(CollectConfig(allow=("office",)))


def test_a_server_is_told_who_asks() -> None:
    assert user_agent(CollectConfig(contact="desk@example.org")).endswith("desk@example.org)")
    assert user_agent(CollectConfig()).startswith("Talash/")


@pytest.mark.parametrize(
    ("body", "kind", "urls"),
    [
        (rss("/a", "/b", "/a?utm_source=x").body, "feed", ["a", "b"]),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>آ</title><link href="/a"/></entry></feed>'.encode(),
            "feed",
            ["a"],
        ),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/a"}]}', "feed", ["a"]),
        (
            b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/old</loc><lastmod>2024-01-01'
            b"</lastmod></url><!-- x --><url><loc>/new</loc><lastmod>2025-01-01</lastmod></url></urlset>",
            "sitemap",
            ["new", "old"],
        ),
        (
            "<html><body><a href='/'>گھر</a><a href='/1'>وزیرِ داخلہ کی چینی سفیر سے ملاقات</a>"
            "<a href='https://other.example.com/2'>another newspaper's headline of many words</a></body></html>".encode(),
            "section",
            ["1"],
        ),
    ],
)  # fmt: skip
def test_what_a_listing_names(body: bytes, kind: str, urls: list[str]) -> None:
    listing = read_listing("https://example.org/list", body)
    assert listing.kind == kind
    assert [found.url for found in listing.articles] == [
        f"https://example.org/{each}" for each in urls
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"items": 3}', b"<rss", b"<urlset", b"<html></html>", b"\x00\xff" * 40]
)
def test_what_is_no_listing_is_told(body: bytes) -> None:
    with pytest.raises(CollectError):
        read_listing("https://example.org/list", body)


def test_a_section_page_offers_its_feed() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/rss">'
    body = f"<html><head>{head}</head><body><a href='/1'>four words of headline</a></body></html>"
    assert read_listing("https://example.org/", body.encode()).feeds == ("https://example.org/rss",)


def test_a_sitemap_opens_no_file_and_unfolds_nothing() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "bbbbbbbbbb">]>'
        b"<urlset><url><loc>/&a;&b;x</loc></url></urlset>"
    )
    assert "root" not in str(read_listing("https://example.org/", bomb))


def test_the_same_article_from_two_feeds_is_fetched_once(tmp_path: Path) -> None:
    server = Server(
        {
            "https://example.org/rss": [rss("https://example.org/1?utm_source=rss")],
            "https://example.org/all": [
                rss("https://example.org/1", "https://m.example.org/amp/1")
            ],
            "https://example.org/1": [page("وزیرِ داخلہ کی ملاقات")],
            "https://m.example.org/amp/1": [
                page(
                    "وزیرِ داخلہ کی ملاقات",
                    head='<link rel="canonical" href="https://example.org/1">',
                )
            ],
        }
    )
    report, files = one_round(
        tmp_path, server, "https://example.org/rss", "https://example.org/all"
    )
    assert report.new == ["https://example.org/1"]
    assert [file.relative_to(tmp_path).as_posix() for file in files] == [
        file_of("https://example.org/1")
    ]
    assert server.paths().count("1") == 1


def test_a_page_does_not_take_another_newspapers_place() -> None:
    hostile = page("جعلی خبر", head='<link rel="canonical" href="https://example.org/1">')
    fields = read_page(replace(hostile, url="https://evil.example.com/x"), {}, ReaderConfig())
    assert fields["url"] == "https://evil.example.com/x"


def test_the_feeds_own_text_is_taken_where_a_page_gives_little() -> None:
    fields = read_page(
        replace(page("سرخی", "صرف ایک سطر یہاں ہے۔"), url="https://example.org/1"),
        {"body": f"<p>{TEXT}</p>", "title": "سرخی"},
        ReaderConfig(),
    )
    assert fields["body"] == TEXT.strip()


@pytest.mark.parametrize(
    ("head", "source"),
    [("", "شہر نامہ"), ('<meta property="og:site_name" content="City Ledger">', "City Ledger")],
)
def test_a_newspaper_is_called_by_its_name(head: str, source: str) -> None:
    answer = replace(page("سرخی", head=head), url="https://www.ledger.example/1")
    assert read_page(answer, {"source": "شہر نامہ"}, ReaderConfig())["source"] == source
    assert read_page(answer, {}, ReaderConfig())["source"] in (source, "www.ledger.example")


def test_a_host_is_asked_with_a_delay_and_others_meanwhile(tmp_path: Path) -> None:
    links = [
        f"https://{host}/{number}" for number in range(4) for host in ("a.example", "b.example")
    ]
    server = Server(
        {
            "https://a.example/rss": [rss(*links)],
            "https://b.example/robots.txt": [
                Answer("", 200, {}, b"User-agent: Talash\nCrawl-delay: 9\n")
            ],
            **{link: [page(f"خبر {link[-1]} {link[8]}")] for link in links},
        }
    )
    began = server.now
    report, _ = one_round(tmp_path, server, "https://a.example/rss")
    assert len(report.new) == 8
    for host, delay in (("a.example", 5.0), ("b.example", 9.0)):
        times = [at for at, url, _ in server.asked if host in url]
        gaps = [b - a for a, b in pairwise(times)]
        assert min(gaps[1:]) >= delay
    assert server.now - began <= 5 * 9 + 5  # side by side, not one after the other


def test_a_host_that_is_busy_is_left_alone(tmp_path: Path) -> None:
    server = Server({"https://a.example/rss": [Answer("", 429, {"retry-after": "3600"})]})
    report, _ = one_round(tmp_path, server, "https://a.example/rss", "https://a.example/z")
    assert report.waiting == 1
    assert server.paths() == ["robots.txt", "rss"] or server.paths() == [
        "robots.txt",
        "other",
        "rss",
    ]
    with State(tmp_path) as state:
        assert state.host("a.example").free >= server.now + 3590


def test_failures_make_the_pause_longer(tmp_path: Path) -> None:
    server = Server(
        {
            "https://a.example/rss": [CollectError("no answer")],
            "https://a.example/robots.txt": [Answer("", 404)],
        }
    )
    rests = []
    with State(tmp_path) as state:
        asking = Asking(CONFIG, state, server, server)
        for _ in range(4):
            with pytest.raises(CollectError):
                asking.ask("https://a.example/rss")
            rests.append(asking.wait_for("a.example"))
    assert rests == [10.0, 20.0, 40.0, 80.0]


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        (Answer("", 404), "/a", True),
        (Answer("", 200, {}, b"User-agent: *\nDisallow: /a"), "/a", False),
        (Answer("", 200, {}, b"User-agent: *\nDisallow: /a"), "/b", True),
        (
            Answer("", 200, {}, b"User-agent: talash\nDisallow: /\n\nUser-agent: *\nAllow: /"),
            "/b",
            False,
        ),
        (Answer("", 503), "/a", False),
        (CollectError("no answer"), "/a", False),
        (Answer("", 200, {}, b"\xff\xfe\x00 not a file of rules"), "/a", True),
    ],
)
def test_robots_txt_is_kept(tmp_path: Path, robots: Answer, path: str, allowed: bool) -> None:
    url = f"https://a.example{path}"
    server = Server({"https://a.example/robots.txt": [robots], url: [page("خبر")]})
    with State(tmp_path) as state:
        asking = Asking(CONFIG, state, server, server)
        if allowed:
            assert asking.ask(url).status == 200
        else:
            with pytest.raises(CollectError, match=r"robots\.txt"):
                asking.ask(url)
            assert path[1:] not in server.paths()


def test_robots_txt_is_read_once_a_day(tmp_path: Path) -> None:
    server = Server({"https://a.example/1": [page("خبر")]})
    with State(tmp_path) as state:
        asking = Asking(CONFIG, state, server, server)
        for _ in range(3):
            asking.ask("https://a.example/1")
        assert server.paths().count("robots.txt") == 1
        server.now += 90_000
        asking.ask("https://a.example/1")
        assert server.paths().count("robots.txt") == 2


def test_a_redirection_is_followed_by_the_rules_of_where_it_leads(tmp_path: Path) -> None:
    server = Server(
        {
            "https://a.example/1": [Answer("", 301, {"location": "https://b.example/2"})],
            "https://b.example/2": [page("خبر")],
            "https://b.example/robots.txt": [Answer("", 200, {}, b"User-agent: *\nDisallow: /2")],
        }
    )
    with State(tmp_path) as state, pytest.raises(RefusedError):
        Asking(CONFIG, state, server, server).ask("https://a.example/1")


def test_what_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    server = Server(
        {
            "https://a.example/rss": [
                replace(
                    rss("https://a.example/1"),
                    headers={"etag": '"f"', "last-modified": "Mon, 01 Jun 2026 10:00:00 GMT"},
                ),
                Answer("", 304),
            ],
            "https://a.example/1": [page("خبر"), Answer("", 304)],
        }
    )
    one_round(tmp_path, server, "https://a.example/rss")
    server.now += 3700
    report, files = one_round(tmp_path, server)
    assert report.unchanged == 1
    assert files == []
    sent = {url.rsplit("/", 1)[1]: headers for _, url, headers in server.asked}
    assert sent["rss"] == {
        "If-None-Match": '"f"',
        "If-Modified-Since": "Mon, 01 Jun 2026 10:00:00 GMT",
    }
    assert sent["1"] == {"If-None-Match": '"1"'}


def test_a_corrected_article_keeps_its_former_text_and_its_file(tmp_path: Path) -> None:
    server = Server(
        {
            "https://a.example/rss": [rss("https://a.example/1")],
            "https://a.example/1": [
                page("خبر"),
                page("خبر", TEXT + "تصحیح: تقریب ۱۵ اگست کو ہوگی۔"),
            ],
        }
    )
    _, first = one_round(tmp_path, server, "https://a.example/rss")
    server.now += 3700
    report, second = one_round(tmp_path, server)
    assert report.revised == ["https://a.example/1"]
    assert first == second
    with State(tmp_path) as state:
        assert [
            TEXT.strip() in row["fields"] for row in state.revisions("https://a.example/1")
        ] == [True]
    assert "تصحیح" in second[0].read_text("utf-8")


def test_an_article_that_is_taken_down_stays(tmp_path: Path) -> None:
    server = Server(
        {
            "https://a.example/rss": [rss("https://a.example/1")],
            "https://a.example/1": [page("خبر"), Answer("", 410)],
        }
    )
    _, files = one_round(tmp_path, server, "https://a.example/rss")
    server.now += 3700
    report, _ = one_round(tmp_path, server)
    assert report.gone == ["https://a.example/1"]
    assert files[0].exists()
    server.now += 100_000
    before = len(server.asked)
    one_round(tmp_path, server)
    assert "1" not in [url.rsplit("/", 1)[1] for _, url, _ in server.asked[before:]]


def test_what_the_index_refused_is_handed_to_it_again(tmp_path: Path) -> None:
    server = Server(
        {
            "https://a.example/rss": [rss("https://a.example/1")],
            "https://a.example/1": [page("خبر")],
        }
    )

    def refuse(files: list[Path]) -> None:
        raise CollectError("the index is locked")

    with State(tmp_path) as state:
        state.add_feed("https://a.example/rss", server.now)
        config = replace(CONFIG, folder=tmp_path)
        with pytest.raises(CollectError, match="locked"):
            Collector(config, state, index=refuse, source=server, clock=server).run()
    _, files = one_round(tmp_path, server)
    assert len(files) == 1


def test_what_is_gone_or_cannot_be_had_is_not_asked_for_for_ever(tmp_path: Path) -> None:
    server = Server({"https://a.example/rss": [rss("https://a.example/1", "https://a.example/2")],
                     "https://a.example/2": [CollectError("no answer")]})  # fmt: skip
    one_round(tmp_path, server, "https://a.example/rss")
    for _ in range(12):
        server.now += 30_000
        one_round(tmp_path, server)
    assert server.paths().count("1") == 1
    assert server.paths().count("2") == 5


def test_a_status_that_is_no_answer_is_told(tmp_path: Path) -> None:
    server = Server({"https://a.example/1": [Answer("", 403)]})
    with State(tmp_path) as state:
        asking = Asking(CONFIG, state, server, server)
        with pytest.raises(CollectError, match="403"):
            asking.ask("https://a.example/1")
        with pytest.raises(GoneError):
            asking.ask("https://a.example/nowhere")


def test_a_file_that_is_no_state_is_told(tmp_path: Path) -> None:
    (tmp_path / ".collector.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(CollectError, match="cannot be opened"):
        State(tmp_path)
