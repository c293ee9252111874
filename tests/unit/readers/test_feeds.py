"""Feeds, exports, sitemaps and XML corpora: each entry an article, with what it says of itself."""

from __future__ import annotations

import json
from datetime import date

import pytest
from containers import BODY, SECOND, TITLE

from index.documents import Document, Skipped
from index.readers import NOTED
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.formats.xml.wordpress import read_wordpress
from index.readers.html_text import without_shortcodes
from index.readers.records import Record

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>روزنامہ ساحل</title><link>https://sahil.example</link><language>ur</language>{items}</channel></rss>"""
ITEM = f"""<item><title>{TITLE}</title><link>https://sahil.example/1</link><guid isPermaLink="false">s-1</guid>
<pubDate>Mon, 01 Sep 2025 10:00:00 +0500</pubDate><dc:creator>نامہ نگار</dc:creator><category>صحت</category><category>سیلاب</category>
<description><![CDATA[<p>مختصر خلاصہ…</p>]]></description>
<content:encoded><![CDATA[<p>{BODY}</p><script>x()</script><p>{SECOND}</p>]]></content:encoded></item>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ur"><title>روزنامہ ساحل</title><updated>2025-09-02T00:00:00Z</updated>
<entry><title type="html">{TITLE} &amp;amp; خیمے</title><link href="https://sahil.example/1"/><id>tag:sahil.example,2025:1</id>
<published>2025-09-01T10:00:00+05:00</published><updated>2025-09-02T10:00:00+05:00</updated><author><name>نامہ نگار</name></author>
<category term="صحت"/><content type="html">&lt;p&gt;{BODY}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;</content></entry></feed>"""
RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://sahil.example"><title>روزنامہ ساحل</title></channel>
<item rdf:about="https://sahil.example/1"><title>{TITLE}</title><link>https://sahil.example/1</link><dc:date>2025-09-01</dc:date><description>{BODY}</description></item></rdf:RDF>"""


def documents(items) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def notes(items) -> list[str]:
    return [item.reason for item in items if isinstance(item, Skipped) and item.code == NOTED]


def test_rss_gives_the_whole_text_and_what_it_says(read) -> None:
    (doc,) = read("feed.xml", RSS.format(items=ITEM))
    assert (doc.title, doc.body) == (TITLE, f"{BODY}\n\n{SECOND}")
    assert (doc.date, doc.source, doc.lang) == (date(2025, 9, 1), "روزنامہ ساحل", "ur")
    assert (doc.url, doc.tags) == ("https://sahil.example/1", ("صحت", "سیلاب"))
    assert doc.extra["author"] == "نامہ نگار"


def test_atom(read) -> None:
    (doc,) = read("news", ATOM)
    assert (doc.title, doc.body) == (f"{TITLE} & خیمے", f"{BODY}\n\n{SECOND}")
    assert (doc.date, doc.url, doc.tags) == (date(2025, 9, 1), "https://sahil.example/1", ("صحت",))


def test_addresses_of_a_feed_may_be_relative_to_its_paper(read) -> None:
    (doc,) = read("feed.xml", RSS.format(items=ITEM.replace("https://sahil.example/1", "/news/1")))
    assert doc.url == "https://sahil.example/news/1"


def test_a_bad_byte_of_a_feed_costs_a_letter(read) -> None:
    raw = (
        RSS.format(items=ITEM).encode().replace("ڈاکٹروں".encode(), "ڈاکٹرو".encode() + b"\xda", 1)
    )
    (doc,) = documents(read("feed.xml", raw))
    assert doc.title == TITLE
    assert SECOND in doc.body


def test_a_feed_that_only_says_it_is_utf8(read) -> None:
    text = "وزير اعظم نے سيلاب زدگان سے ملاقات كي اور امداد كا وعده كيا"
    item = f"<item><title>{text}</title><description>{text}</description></item>"
    raw = (
        f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel>{item}</channel></rss>"
    )
    (doc,) = documents(read("feed.xml", raw.encode("cp1256", "replace")))
    assert doc.title == text


def test_the_footer_of_a_blog_is_no_text(read) -> None:
    footer = (
        f'<p>The post <a href="/1">{TITLE}</a> appeared first on <a href="/">روزنامہ ساحل</a>.</p>'
    )
    (doc,) = documents(
        read("feed.xml", RSS.format(items=ITEM.replace("]]></content", f"{footer}]]></content")))
    )
    assert doc.body == f"{BODY}\n\n{SECOND}"


def test_a_json_feed_says_whose_it_is(read) -> None:
    item = {
        "id": "1",
        "title": TITLE,
        "content_html": f"<p>{BODY}</p>",
        "date_published": "2025-09-01T10:00:00Z",
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "روزنامہ ساحل", "items": [item]}
    (doc,) = read("feed.json", json.dumps(feed))
    assert (doc.title, doc.body, doc.source) == (TITLE, BODY, "روزنامہ ساحل")


def test_rss_1(read) -> None:
    (doc,) = read("index.rdf", RDF)
    assert (doc.title, doc.body, doc.date) == (TITLE, BODY, date(2025, 9, 1))


def test_a_feed_under_any_name_is_a_feed(read) -> None:
    for name in ("feed.xml", "feed.rss", "feed.html", "feed.txt", "feed", "feed.php?format=feed"):
        assert [doc.title for doc in read(name, RSS.format(items=ITEM))] == [TITLE]


def test_a_feed_that_is_cut_off_gives_what_is_whole(read) -> None:
    whole = RSS.format(items=ITEM + ITEM.replace("s-1", "s-2").replace(TITLE, "دوسری خبر"))
    items = read("feed.xml", whole[: whole.index("دوسری خبر") + 30])
    assert documents(items)[0].body == f"{BODY}\n\n{SECOND}"
    assert any("damaged" in note for note in notes(items))


def test_a_feed_that_never_ends_is_refused(read) -> None:
    from index.readers import ReaderConfig

    (skipped,) = read(
        "feed.xml", RSS.format(items=ITEM * 200), ReaderConfig(max_file_bytes=100_000)
    )
    assert "larger than" in skipped.reason


@pytest.mark.parametrize("name", ["feed.xml", "wordpress.wxr", "corpus.xml"])
def test_entities_unfold_to_nothing(read, name: str) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ہا">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = {"corpus.xml": "<doc><title>خبر</title><text>&l11;&f; متن یہ ہے</text></doc>"}
    content = text + body.get(
        name, RSS.format(items=ITEM + "<item><title>&l11;&f;خبر</title></item>").partition("?>")[2]
    )
    for item in read(name, content):
        assert isinstance(item, (Document, Skipped))
        if isinstance(item, Document):
            assert "root:" not in item.title + item.body
            assert len(item.body) < 10_000


WXR = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>بلاگ</title><language>ur</language>
<item><title>{TITLE}</title><link>https://blog.example/1</link><dc:creator>admin</dc:creator><content:encoded><![CDATA[[caption id="a"]{BODY}[/caption]

{SECOND} <a href="https://x.example">ربط</a>]]></content:encoded><excerpt:encoded><![CDATA[خلاصہ]]></excerpt:encoded><wp:post_id>7</wp:post_id><wp:post_date>2015-07-22 15:05:08</wp:post_date><wp:status>publish</wp:status><wp:post_type>post</wp:post_type><category domain="category" nicename="x">خبر</category><category domain="post_format" nicename="y">Aside</category></item>
<item><title>صفحہ</title><content:encoded><![CDATA[<!-- wp:paragraph --><p>تعارف کا متن</p><!-- /wp:paragraph -->]]></content:encoded><wp:status>publish</wp:status><wp:post_type>page</wp:post_type></item>
<item><title>مسودہ</title><content:encoded>x</content:encoded><wp:status>draft</wp:status><wp:post_type>post</wp:post_type></item>
<item><title>تصویر</title><content:encoded></content:encoded><wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type></item></channel></rss>"""


def test_wordpress_gives_what_was_published(read) -> None:
    items = read("export.xml", WXR)
    post, page = documents(items)
    assert (post.title, post.body) == (TITLE, f"{BODY}\n\n{SECOND} ربط")
    assert (post.date, post.source, post.url) == (
        date(2015, 7, 22),
        "بلاگ",
        "https://blog.example/1",
    )
    assert (post.tags, post.extra["author"]) == (("خبر",), "admin")
    assert (page.title, page.body) == ("صفحہ", "تعارف کا متن")
    assert notes(items) == ["left out, as no published articles: 1 draft, 1 attachment"]


def _export(content: str, date: str = "2015-07-22 15:05:08") -> str:
    return (
        "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:wp='http://wordpress.org/export/1.2/'>"
        f"<channel><item><title>{TITLE}</title><pubDate>Wed, 22 Jul 2015 10:05:08 +0000</pubDate><content:encoded>"
        f"<![CDATA[{content}]]></content:encoded><wp:post_date>{date}</wp:post_date></item></channel></rss>"
    )


@pytest.mark.parametrize(
    "content",
    [
        f"{BODY}\n\n<blockquote>اقتباس کا متن</blockquote>\n\n{SECOND}",
        f'[vc_row][su_box title="x"]{BODY}[/su_box][/vc_row]\n\n<blockquote>اقتباس کا متن</blockquote>{SECOND}[ads id=3]',
        f"<!-- wp:paragraph -->\n<p>{BODY}</p>\n<!-- /wp:paragraph --><blockquote>اقتباس کا متن</blockquote>\n\n{SECOND}",
        f'[caption width="9"]<img src="a.jpg" /> تصویر اے ایف پی[/caption]{BODY}\n\n<p\nclass="q">اقتباس کا متن</p>{SECOND}',
        f"[embed]https://v.example/1[/embed]{BODY}<ul>\n<li>اقتباس کا متن</li>\n</ul>\n{SECOND}",
    ],
)
def test_a_post_is_read_as_wordpress_shows_it(read, content: str) -> None:
    (doc,) = documents(read("export.xml", _export(content)))
    assert doc.body == f"{BODY}\n\nاقتباس کا متن\n\n{SECOND}"


def test_names_whose_namespace_nobody_declares(read) -> None:
    """As files that were put together by hand have them."""
    raw = _export(BODY)
    bare = raw.replace(raw[raw.index(" xmlns") : raw.index(">")], "")
    (doc,) = documents(read("export.xml", bare))
    assert (doc.title, doc.body, doc.date) == (TITLE, BODY, date(2015, 7, 22))


def test_an_item_whose_channel_is_cut_off(read) -> None:
    """Found by fuzzing: it has no element around it that names the newspaper."""
    whole = _export(BODY)
    item = whole[whole.index("<item") : whole.index("</item>") + len("</item>")]
    spaces = whole[whole.index("xmlns") : whole.index(">", whole.index("xmlns"))]
    raw = f'<?xml version="1.0"?>\n{item.replace("<item", f"<item {spaces}", 1)}'.encode()
    content = Content.of_bytes("export.xml", raw)
    (record,) = (
        each for each in read_wordpress(content, ReaderConfig()) if isinstance(each, Record)
    )
    assert BODY in record.fields["body"]
    assert "source" not in record.fields


def test_brackets_of_a_writer_are_no_shortcodes(read) -> None:
    (doc,) = documents(read("export.xml", _export(f"{BODY} [sic] [ترجمہ: مدیر]")))
    assert doc.body == f"{BODY} [sic] [ترجمہ: مدیر]"


@pytest.mark.parametrize("mark", ["[a]", "[embed ", "[caption x]", '[a b="', "[/a]"])
def test_marks_of_shortcodes_without_end_are_looked_through_once(mark: str) -> None:
    """A look for the end of each, as far as the text goes, would take hours."""
    text = mark * 300_000
    assert len(without_shortcodes(text)) in (0, len(text))


def test_a_post_without_a_date_of_its_own(read) -> None:
    (doc,) = documents(read("export.xml", _export(BODY, "0000-00-00 00:00:00")))
    assert doc.date == date(2015, 7, 22)


def test_what_xml_forbids_costs_itself(read) -> None:
    """Exports hold control characters that somebody pasted, and bad bytes."""
    for damage in (b"\x0b", b"\x1f\x02", b"\xff", b"&#11;"):
        raw = _export(f"{BODY}@@{SECOND}").encode().replace(b"@@", damage)
        (doc,) = documents(read("export.xml", raw))
        assert doc.body.startswith(BODY)
        assert doc.body.endswith(SECOND)
        corpus = f"<?xml version='1.0'?><docs><doc><title>{TITLE}</title><text>{BODY}@@{SECOND}</text></doc></docs>"
        (doc,) = documents(read("corpus.xml", corpus.encode().replace(b"@@", damage)))
        assert doc.body.startswith(BODY)
        assert doc.body.endswith(SECOND)


def test_news_of_agencies_is_an_article(read) -> None:
    (doc,) = documents(
        read(
            "n.xml",
            f"""<?xml version="1.0"?><nitf><head><title>{TITLE}</title>
<docdata><date.issue norm="20260203T182000Z"/></docdata></head><body><body.head><hedline><hl1>{TITLE}</hl1></hedline>
</body.head><body.content><p>{BODY}</p><p>{SECOND}</p></body.content></body></nitf>""",
        )
    )
    assert doc.title == TITLE
    assert doc.body.endswith(f"{BODY}\n\n{SECOND}")


SITEMAP = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://sahil.example/1</loc><news:news><news:publication><news:name>ساحل</news:name><news:language>ur</news:language></news:publication><news:publication_date>2025-09-01T10:00:00+05:00</news:publication_date><news:title>{TITLE}</news:title></news:news><image:image><image:loc>https://sahil.example/1.jpg</image:loc><image:title>تصویر</image:title></image:image></url>
<url><loc>https://sahil.example/2</loc></url></urlset>"""


def test_a_sitemap_gives_titles_and_says_so(read) -> None:
    items = read("sitemap.xml", SITEMAP)
    (doc,) = documents(items)
    assert (doc.title, doc.body, doc.date) == (TITLE, "", date(2025, 9, 1))
    assert (doc.url, doc.source) == ("https://sahil.example/1", "ساحل")
    assert "titles alone" in notes(items)[0]
    assert "1 addresses without a title" in notes(items)[1]


def test_a_sitemap_without_titles_says_what_to_do(read) -> None:
    (skipped,) = read("s.xml", "<urlset><url><loc>https://x.example</loc></url></urlset>")
    assert "without titles" in skipped.reason


def test_articles_of_xml(read) -> None:
    one = f"<title>{TITLE}</title><author><name>مصنف</name></author><date>2013-06-01</date>"
    items = read(
        "corpus.xml",
        f'<?xml version="1.0"?><docs><doc id="a1"><meta>{one}</meta><body><p>{BODY}</p><p>{SECOND}</p></body></doc>'
        f"<doc id='a2'><headline>دوسری</headline><text>متن دو</text></doc></docs>",
    )
    first, second = documents(items)
    assert (first.title, first.body) == (TITLE, f"{BODY}\n\n{SECOND}")
    assert (first.date, first.extra["author"]) == (date(2013, 6, 1), "مصنف")
    assert (second.title, second.body) == ("دوسری", "متن دو")


def test_articles_inside_an_element_named_like_one(read) -> None:
    items = read(
        "news.xml",
        "<?xml version='1.0'?><news><item><title>ایک خبر</title></item><item><title>دوسری خبر</title></item></news>",
    )
    assert [doc.title for doc in documents(items)] == ["ایک خبر", "دوسری خبر"]


def test_trec(read) -> None:
    trec = "".join(
        f"<DOC>\n<DOCNO>N-{n}</DOCNO>\n<HEADLINE>Story {n} & more</HEADLINE>\n<TEXT>\nBody {n} of it.\n</TEXT>\n</DOC>\n"
        for n in (1, 2)
    )
    items = documents(read("a.trec", trec))
    assert [(doc.title[:7], doc.body) for doc in items] == [
        ("Story 1", "Body 1 of it."),
        ("Story 2", "Body 2 of it."),
    ]


def test_xml_of_no_known_kind_says_what_is(read) -> None:
    (skipped,) = read("x.xml", "<?xml version='1.0'?><config><port>80</port></config>")
    assert "not known" in skipped.reason
