"""Saved pages as newsrooms, archives and browsers make them: headline, day, address, and all of the article."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from index.documents import Document, Skipped
from index.readers import IGNORED, ReaderConfig, read_paths
from index.readers.fields import DATED_BY

FIRST = "دریا کے کنارے آباد تین دیہات کو منگل کے روز خالی کرا لیا گیا اور لوگوں کو سکولوں میں ٹھہرایا گیا ہے۔"
SECOND = (
    "انتظامیہ کے مطابق پانی کی سطح خطرے کے نشان سے دو فٹ اوپر ہے اور اگلے دو روز میں مزید بڑھے گی۔"
)
THIRD = "کسانوں نے کہا کہ کپاس کی آدھی فصل ڈوب چکی ہے اور انھیں اب تک کسی نے پوچھا نہیں، نہ کوئی سروے ہوا۔"
HEADLINE = "دریا کے کنارے تین دیہات خالی"
BODY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def page(head: str = "", body: str = "", lang: str = "ur") -> str:
    return f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def og(**names: str) -> str:
    return "".join(f'<meta property="og:{n}" content="{v}">' for n, v in names.items())


@pytest.mark.parametrize(
    "head",
    [
        f"<title>{HEADLINE} - مثال نیوز</title>"
        + og(title=f"{HEADLINE} - مثال نیوز", site_name="مثال نیوز"),
        f"<title>{HEADLINE} | مثال نیوز | پاکستان</title>" + og(site_name="مثال نیوز"),
        f"<title>مثال نیوز: {HEADLINE}</title>" + og(title=HEADLINE),
        f"<title>مثال نیوز » {HEADLINE}</title>"
        + og(title=f"مثال نیوز » {HEADLINE}", site_name="مثال نیوز"),
        f"<title>{HEADLINE} – Misal News Urdu</title>" + og(site_name="Misal News"),
        "<title>مثال نیوز</title>" + og(title="مثال نیوز | سب سے آگے", site_name="مثال نیوز"),
        "<title>Misal News, the first with the news</title>",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        f"<h1>{HEADLINE}</h1>{BODY}",
        f'<h1><a href="/">مثال نیوز</a></h1><div><h2 class="entry-title">{HEADLINE}</h2>{BODY}</div>',
    ],
    ids=["h1", "logo"],
)
def test_headline_without_the_name_of_the_site(one, head: str, body: str) -> None:
    doc = one("a.html", page(head, body))
    assert doc.title == HEADLINE
    assert doc.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize("name", ["مثال نیوز", "Example - News", "The Misal"])
def test_the_name_of_the_site_is_the_source(one, name: str) -> None:
    assert (
        one("a.html", page(og(site_name=name, title=HEADLINE), f"<h1>{HEADLINE}</h1>{BODY}")).source
        == name
    )
    suffixed = page(f"<title>{HEADLINE} | مثال ٹائمز</title>", f"<h1>{HEADLINE}</h1>{BODY}")
    assert one("b.html", suffixed).source == "مثال ٹائمز"


def test_a_headline_keeps_its_own_dash(one) -> None:
    title = "Karachi - Lahore trains run again after the flood"
    text = "<p>Trains between Karachi and Lahore run again after the flood, the railways said on Monday morning.</p>"
    doc = one(
        "a.html", page(f"<title>{title} | Misal</title>", f"<h1>{title}</h1>{text * 3}", "en")
    )
    assert doc.title == title


def test_what_all_pages_are_called_is_no_headline(one) -> None:
    doc = one("a.html", page("<title>Misal Portal</title>", f"<div>{BODY}</div>"))
    assert doc.title == FIRST.rstrip("۔")


@pytest.mark.parametrize("top", ["<h1>تازہ خبریں</h1>", "<h1><img alt=x></h1>", ""])
def test_a_heading_of_the_section_is_no_headline(one, top: str) -> None:
    head = "<title>مثال نیوز</title>" + og(title="مثال نیوز")
    doc = one("a.html", page(head, f"<div>{top}<h2>{HEADLINE}</h2>{BODY}</div>"))
    assert doc.title == HEADLINE
    assert doc.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize("graph", [False, True])
def test_json_ld(one, graph: bool) -> None:
    article = {
        "@type": ["NewsArticle"],
        "headline": HEADLINE,
        "datePublished": "2025-07-08T09:00:00+05:00",
        "dateModified": "2025-07-09",
        "author": [{"@type": "Person", "name": "آمنہ مثال"}],
        "publisher": {"name": "مثال نیوز"},
        "mainEntityOfPage": {"@id": "https://misal.example/a"},
    }
    data = {"@graph": [{"@type": "WebSite", "name": "x"}, article]} if graph else article
    doc = one(
        "a.html",
        page(
            f'<script type="application/ld+json">{json.dumps(data)}</script>', f"<div>{BODY}</div>"
        ),
    )
    assert (doc.title, doc.date, doc.source) == (HEADLINE, date(2025, 7, 8), "مثال نیوز")
    assert doc.url == "https://misal.example/a"
    assert doc.extra["author"] == "آمنہ مثال"


def test_text_that_only_json_ld_has(one) -> None:
    data = {"@type": "NewsArticle", "headline": HEADLINE, "articleBody": f"{FIRST}\n\n{SECOND}"}
    doc = one(
        "a.html",
        page(
            f'<script type="application/ld+json">{json.dumps(data)}</script>', "<div id=root></div>"
        ),
    )
    assert FIRST in doc.body
    assert SECOND in doc.body


@pytest.mark.parametrize(
    "line",
    [
        '<div class="meta"><span>ویب ڈیسک</span> <span>شائع 8 جولائی 2025 03:30pm</span></div>',
        '<p class="post-date">منگل ۸ جولائی ۲۰۲۵</p>',
        "<div><div>Business</div><div>By Amna Misal</div><div>July 8, 2025</div></div>",
        "<small>اپ ڈیٹ 9 جولائی 2025</small><small>شائع 8 جولائی 2025</small>",
        "<p>Updated July 9, 2025</p><p>Published July 8, 2025</p>",
        '<time class="updated" datetime="2025-07-09"></time><time datetime="2025-07-08T10:00">x</time>',
        '<span class="timestamp">08-07-2025</span>',
        '<meta itemprop="datePublished" content="2025-07-08">',
    ],
)
def test_visible_days(one, line: str) -> None:
    doc = one("a.html", page("", f"<article><h1>{HEADLINE}</h1>{line}<div>{BODY}</div></article>"))
    assert doc.date == date(2025, 7, 8)
    assert "2025" not in doc.body
    assert "۲۰۲۵" not in doc.body


def test_a_day_in_the_prose_is_not_the_pages(one) -> None:
    body = BODY.replace("منگل کے روز", "8 جولائی 2010 کو")
    assert one("a.html", page("", f"<h1>{HEADLINE}</h1>{body}")).date is None


def test_published_before_updated(one) -> None:
    head = (
        '<meta property="article:modified_time" content="2025-07-09">'
        '<meta name="article:published_time" content="2025-07-08">'
    )
    assert one("a.html", page(head, f"<h1>{HEADLINE}</h1>{BODY}")).date == date(2025, 7, 8)


ENTRIES = [("پہلا بند ٹوٹ گیا", FIRST), ("فوج طلب", SECOND), ("فصلیں ڈوب گئیں", THIRD)]


@pytest.mark.parametrize(
    "entry",
    [
        "<li id='s{n}'><time>10:3{n}</time><h3>{head}</h3><p>{text}</p></li>",
        "<article><header><h2><a href='#s{n}'>{head}</a></h2></header><div><p>{text}</p></div></article>",
        "<div class='entry'><div class='update_time'>Tuesday Jul 08 2025 | 07:3{n} PM</div><h4>{head}</h4>{text}</div>",
    ],
)
def test_all_entries_of_a_live_blog(one, entry: str) -> None:
    entries = "".join(entry.format(n=n, head=h, text=t) for n, (h, t) in enumerate(ENTRIES))
    summary = "<h2>خلاصہ</h2><ul><li>تین دیہات خالی</li><li>دو پل بند</li></ul>"
    doc = one(
        "a.html",
        page("", f"<main><h1>سیلاب: تازہ صورت حال</h1>{summary}<div>{entries}</div></main>"),
    )
    assert doc.title == "سیلاب: تازہ صورت حال"
    assert all(head in doc.body and text in doc.body for head, text in ENTRIES)
    assert "دو پل بند" in doc.body
    assert "07:3" not in doc.body
    assert "10:3" not in doc.body


def test_subheads_points_quotes_and_tables(one) -> None:
    body = (
        f"<div class=detail><h1>{HEADLINE}</h1><p>{FIRST}</p><h2>نقصان کتنا ہوا؟</h2><p>{SECOND}</p>"
        "<ul><li>دو پل بند</li><li>ایک سڑک بہہ گئی</li></ul><h3>آگے کیا؟</h3>"
        f"<p>{THIRD}</p><blockquote>ہم نے سب کھو دیا</blockquote>"
        "<table><tr><th>گاؤں</th><th>گھر</th></tr><tr><td>چک ۱۲</td><td>۴۰</td></tr></table></div>"
    )
    doc = one("a.html", page("", body))
    assert doc.body == (
        f"{FIRST}\n\nنقصان کتنا ہوا؟\n\n{SECOND}\n\nدو پل بند\nایک سڑک بہہ گئی\n\nآگے کیا؟\n\n{THIRD}"
        "\n\nہم نے سب کھو دیا\n\nگاؤں · گھر\nچک ۱۲ · ۴۰"
    )


@pytest.mark.parametrize("between", ["<br><br>", "<br/>\n<br/>", "<p>"])
def test_a_table_for_the_layout(one, between: str) -> None:
    text = between.join((FIRST, SECOND, THIRD))
    menu = "<tr><td><a href=/1>صفحہ اول</a> <a href=/2>کھیل</a> <a href=/3>دنیا</a></td></tr>"
    doc = one(
        "a.html",
        page(
            f"<title>{HEADLINE}</title>",
            f"<table>{menu}<tr><td><font size=5>{HEADLINE}</font><br><br>{text}</td></tr></table>",
        ),
    )
    assert doc.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize(
    "box",
    [
        "<div class='relatedStories'><h4>متعلقہ خبریں</h4>{links}</div>",
        "<div class=x1><strong>یہ بھی پڑھیں</strong>{links}</div>",
        "<section><h2>اسی بارے میں</h2>{links}</section>",
        "<h3>مزید خبریں</h3>{links}",
        "<p>یہ بھی پڑھیے: <a href='/9'>کتب میلہ اگلے ماہ</a></p>{links}",
        "<div class=card><h3><a href='/9'>کتب میلہ اگلے ماہ</a></h3><p>کتب میلہ اگلے ماہ ہو گا جس میں کئی ناشر آئیں گے۔</p></div>{links}",
        "<aside>کتب میلہ اگلے ماہ</aside>",
        "<div class='inner-story-ad'>کتب میلہ اگلے ماہ</div>",
    ],
)
def test_boxes_of_other_stories_are_not_in_the_text(one, box: str) -> None:
    links = "<ul><li><a href='/1'>کتب میلہ اگلے ماہ</a></li><li><a href='/2'>پل کی مرمت مکمل</a></li></ul>"
    body = f"<article><h1>{HEADLINE}</h1><p>{FIRST}</p>{box.format(links=links)}<p>{SECOND}</p><p>{THIRD}</p></article>"
    assert one("a.html", page("", body)).body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_names_of_themes_take_nothing_away(one) -> None:
    body = f"<div class='has-sidebar related-wrap'><div class='share-enabled widget_text'><h1>{HEADLINE}</h1>{BODY}</div></div>"
    assert one("a.html", page("", body)).body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_links_in_prose_stay(one) -> None:
    linked = FIRST.replace("تین دیہات", "<a href='/x'>تین دیہات</a>")
    assert (
        FIRST in one("a.html", page("", f"<h1>{HEADLINE}</h1><p>{linked}</p><p>{SECOND}</p>")).body
    )


@pytest.mark.parametrize(
    "figure",
    [
        "<figure><img src=a><figcaption>ڈوبا ہوا گاؤں</figcaption></figure>",
        "<div class='wp-caption'><img src=a><p class='wp-caption-text'>ڈوبا ہوا گاؤں</p></div>",
        "<span class='image-caption'>ڈوبا ہوا گاؤں</span>",
        "<figure><img src=a><figcaption><span>،تصویر کا کیپشن</span>ڈوبا ہوا گاؤں</figcaption></figure>",
    ],
)
def test_captions_are_kept_apart(one, figure: str) -> None:
    doc = one(
        "a.html",
        page("", f"<h1>{HEADLINE}</h1><p>{FIRST}</p>{figure}<p>{SECOND}</p><p>{THIRD}</p>"),
    )
    assert "ڈوبا ہوا گاؤں" not in doc.body
    assert doc.extra["captions"] == ["ڈوبا ہوا گاؤں"]


@pytest.mark.parametrize(
    "wrapped",
    [
        "https://web.archive.org/web/20150312054501/http://www.misal.example/a.html",
        "http://web.archive.org/web/20150312054501id_/http://www.misal.example/a.html",
        "https://archive.ph/20150312-054501/http://www.misal.example/a.html",
    ],
)
@pytest.mark.parametrize("markers", [True, False])
def test_copies_of_an_archive(one, wrapped: str, markers: bool) -> None:
    toolbar = f'<div id="wm-ipp-base"><p>The Wayback Machine - {wrapped}</p>24 captures 12 Mar 2015 - 3 Feb 2023</div>'
    if markers:
        toolbar = (
            f"<!-- BEGIN WAYBACK TOOLBAR INSERT -->{toolbar}<!-- END WAYBACK TOOLBAR INSERT -->"
        )
    body = f"{toolbar}<h1>{HEADLINE}</h1><span class=date>جمعرات 5 مارچ 2015</span>{BODY}<!-- FILE ARCHIVED ON 05:45:01 Mar 12, 2015 -->"
    doc = one("a.html", page(f'<link rel="canonical" href="{wrapped}">', body))
    assert (doc.url, doc.source) == ("http://www.misal.example/a.html", "misal.example")
    assert doc.date == date(2015, 3, 5)
    assert doc.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_a_copy_without_a_day_is_undated(one) -> None:
    wrapped = "https://web.archive.org/web/20150312054501/http://www.misal.example/a.html"
    assert (
        one(
            "a.html", page(f'<link rel="canonical" href="{wrapped}">', f"<h1>{HEADLINE}</h1>{BODY}")
        ).date
        is None
    )


@pytest.mark.parametrize(
    "comment",
    [
        "<!-- saved from url=(0028)https://misal.example/news/1 -->",
        "<!--\n Page saved with SingleFile \n url: https://misal.example/news/1 \n saved date: Sat Nov 28 2026\n-->",
    ],
)
def test_the_address_that_a_browser_noted(one, comment: str) -> None:
    doc = one(
        "a.html", f"<!DOCTYPE html>{comment}<html><body><h1>{HEADLINE}</h1>{BODY}</body></html>"
    )
    assert (doc.url, doc.source) == ("https://misal.example/news/1", "misal.example")


@pytest.mark.long
@pytest.mark.parametrize("size", [4_400_000, 20_000_000])
@pytest.mark.parametrize(
    "where", ['<img src="{}">', "<style>a{{background:url({})}}</style>", "<img srcset='{} 2x'>"]
)
def test_inlined_pictures_cost_nothing_of_the_page(one, size: int, where: str) -> None:
    picture = where.format("data:image/jpeg;base64," + "iVBORw0KGgoAAAA+/" * (size // 17) + "==")
    head = (
        og(site_name="مثال نیوز", url="https://misal.example/1")
        + '<meta name="article:published_time" content="2025-07-08">'
    )
    doc = one("a.html", page(head, f"<h1>{HEADLINE}</h1>{picture}{BODY}"))
    assert (doc.title, doc.date, doc.source, doc.url) == (
        HEADLINE,
        date(2025, 7, 8),
        "مثال نیوز",
        "https://misal.example/1",
    )
    assert doc.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize(
    "folder", ["story_files", "story-Dateien", "story_fichiers", "story.files"]
)
def test_what_a_browser_saved_beside_a_page_is_no_article(tmp_path, folder: str) -> None:
    (tmp_path / "story.html").write_text(page("", f"<h1>{HEADLINE}</h1>{BODY}"), encoding="utf-8")
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "frame.html").write_text("<p>Buy cheap tickets now</p>", encoding="utf-8")
    found = list(read_paths([tmp_path]))
    assert [item.id for item in found if isinstance(item, Document)] == ["story.html"]
    assert any(
        item.code == IGNORED and "story.html" in item.reason
        for item in found
        if isinstance(item, Skipped)
    )


def test_a_folder_of_files_without_their_page_is_read(tmp_path) -> None:
    (tmp_path / "case_files").mkdir()
    (tmp_path / "case_files" / "a.html").write_text(
        page("", f"<h1>{HEADLINE}</h1>{BODY}"), encoding="utf-8"
    )
    (found,) = (item for item in read_paths([tmp_path]) if isinstance(item, Document))
    assert found.title == HEADLINE


def test_several_whole_articles_on_a_page(read) -> None:
    pages = "".join(f"<article><h1>{head}</h1><p>{a}</p><p>{b}</p><p>{a}</p></article>"
                    for head, a, b in (("دیہات خالی", FIRST, SECOND), ("کپاس ڈوب گئی", THIRD, SECOND)))  # fmt: skip
    docs = [
        item
        for item in read("a.html", page(og(site_name="مثال نیوز"), pages))
        if isinstance(item, Document)
    ]
    assert [doc.title for doc in docs] == ["دیہات خالی", "کپاس ڈوب گئی"]
    assert [doc.id for doc in docs] == ["a.html", "a.html#2"]
    assert docs[1].extra["same_page"] == ["a.html"]
    assert {doc.source for doc in docs} == {"مثال نیوز"}
    assert THIRD not in docs[0].body


def briefs(between: str = "</p><p>", above: str = "") -> str:
    """A page of two articles of 300 letters under lesser headlines."""
    articles = "".join(f"<article><h2>{head}</h2><p>{between.join(texts)}</p></article>"
                       for head, *texts in (("دیہات خالی", FIRST, SECOND, FIRST), ("کپاس ڈوب گئی", THIRD, SECOND, THIRD)))  # fmt: skip
    return page(og(site_name="مثال نیوز"), above + articles)


def test_briefs_without_a_headline_of_the_page_are_several(read) -> None:
    docs = [item for item in read("a.html", briefs()) if isinstance(item, Document)]
    assert [doc.title for doc in docs] == ["دیہات خالی", "کپاس ڈوب گئی"]
    assert [THIRD in doc.body for doc in docs] == [False, True]


def test_teasers_are_no_articles_of_their_own(read) -> None:
    under_an_article = briefs(above=f"<h1>{HEADLINE}</h1>{BODY}")
    for content in (under_an_article, briefs(between=" ")):
        assert sum(isinstance(item, Document) for item in read("a.html", content)) == 1


def test_amp_page_has_the_address_of_its_twin(one) -> None:
    body = f"<amp-sidebar><ul><li><a href=/>صفحہ اول</a></li></ul></amp-sidebar><h1>{HEADLINE}</h1>{BODY}<amp-consent>cookies</amp-consent>"
    head = '<link rel="canonical" href="https://misal.example/1">'
    amp = one("amp.html", page(head, body).replace("<html", "<html amp"))
    full = one(
        "full.html", page(head, f"<nav>صفحہ اول</nav><article><h1>{HEADLINE}</h1>{BODY}</article>")
    )
    assert (amp.title, amp.body, amp.url) == (full.title, full.body, full.url)


CANONICAL = '<link rel="canonical" href="{}">'


@pytest.mark.parametrize(
    ("twin", "marks"),
    [
        (CANONICAL.format("https://misal.example/news/1"), "amp"),
        (CANONICAL.format("https://misal.example/news/1/"), "⚡"),
        (CANONICAL.format("https://www.misal.example/news/1/amp"), ""),
        (CANONICAL.format("https://misal.example/news/1?amp"), ""),
        (CANONICAL.format("https://misal.example/news/1?amp=1"), ""),
        (CANONICAL.format("https://misal.example/news/1?outputType=amp"), ""),
        (CANONICAL.format("https://amp.misal.example/news/1"), ""),
        (CANONICAL.format("https://misal.example/amp/news/1"), ""),
    ],
)
@pytest.mark.parametrize("names", [("1.html", "1/amp.html"), ("b.html", "a.html")])
def test_a_page_and_its_amp_twin_are_one_article(
    tmp_path: Path, twin: str, marks: str, names: tuple[str, str]
) -> None:
    body = f"<h1>{HEADLINE}</h1>{BODY}"
    full = page(CANONICAL.format("https://misal.example/news/1"), body)
    contents = full, page(twin, body).replace("<html", f"<html {marks}")
    for name, content in zip(names, contents, strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    items = list(read_paths([tmp_path]))
    (skipped,) = (item for item in items if isinstance(item, Skipped))
    assert (len(items), skipped.code) == (2, IGNORED)
    assert "AMP twin" in skipped.reason


def test_pages_of_other_addresses_and_captures_of_one_are_no_twins(tmp_path: Path) -> None:
    body = f"<h1>{HEADLINE}</h1>{BODY}"
    for number, address in enumerate(("1", "1", "2/amp", "example", "champ", "1?id=7")):
        head = CANONICAL.format(f"https://misal.example/news/{address}")
        (tmp_path / f"{number}.html").write_text(page(head, body), "utf-8")
    assert all(isinstance(item, Document) for item in read_paths([tmp_path]))


@pytest.mark.long
@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 14_000 + FIRST,
        "<div class=related><a href=/x>" * 4_000 + FIRST,
        "<h1>a</h1>" * 7_000,
        "<h1>" * 7_000 + "x",
        "<table><tr><td>" * 4_000 + FIRST,
        "<script>" * 100_000,
        "<style><script type=application/ld+json>" * 20_000,
        "data:image/png;base64," * 200_000,
        "<meta property=og:title content='a | b - c » d'>" * 7_000,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script><p>a</p>",
        "<p>" + "لفظ " * 2_000_000,
        "a | b - c » d :: " * 100_000,
        "<title>" + "a | b - c » d :: " * 20_000 + "</title><p>a",
        "<figure class=caption>" * 7_000 + FIRST,
        "<article><h1>a</h1>" * 5_000 + FIRST,
        "<br>" * 14_000 + FIRST,
    ],
)  # fmt: skip
@pytest.mark.timeout(60)
def test_hostile_pages_are_bounded(read, content: str) -> None:
    assert read("a.html", f"<html><body>{content}")


@pytest.mark.long
@pytest.mark.timeout(120)
def test_a_line_of_ten_megabytes(read) -> None:
    items = read(
        "a.html", f"<html><head><title>{HEADLINE}</title></head><body><p>" + "لفظ بہت " * 720_000
    )
    assert items
    assert read("a.txt", "لفظ بہت " * 720_000, ReaderConfig())


def test_a_page_of_a_blog_is_its_posts(read) -> None:
    posts = "".join(
        f'<div class="post hentry"><h3><a href="https://b.example/{n}">سرخی نمبر {n}</a></h3>{BODY}</div>'
        for n in (1, 2)
    )
    page = f"<html><head><title>بلاگ</title></head><body><h1>بلاگ</h1>{posts}</body></html>"
    docs = read("a.html", page)
    assert [(doc.title, doc.url, doc.body) for doc in docs] == [
        (f"سرخی نمبر {n}", f"https://b.example/{n}", f"{FIRST}\n\n{SECOND}\n\n{THIRD}")
        for n in (1, 2)
    ]


def test_a_page_of_frames_or_of_links_has_no_text(read) -> None:
    (skipped,) = read(
        "a.html", "<html><head><title>x</title></head><frameset><frame src=b.htm></frameset></html>"
    )
    assert "frames" in skipped.reason
    cards = "".join(f'<div><h3><a href="/{n}">سرخی نمبر {n}</a></h3></div>' for n in range(5))
    (doc,) = read("b.html", f"<html><body><main><h1>پاکستان</h1>{cards}</main></body></html>")
    assert (doc.title, doc.body) == ("پاکستان", "")


@pytest.mark.parametrize(
    ("head", "shown"),
    [
        ('<link rel="canonical" href="https://a.example/2025/08/19/x">', ""),
        ('<link rel="canonical" href="https://a.example/2025/aug/19/x">', ""),
        ("", '<span itemprop="datePublished" content="2025-08-19T10:00:00+05:00">a year ago</span>'),
        ("", '<abbr class="published" title="2025-08-19T10:00:00+05:00">10:00</abbr>'),
        ('<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2025-08-19",}</script>', ""),
        ('<script type="application/ld+json">{"@type":"VideoObject","uploadDate":"2025-08-19"}</script>', ""),
        ('<script type="application/ld+json">{"@type":"VideoObject","uploadDate":"2020-01-01"}</script>', "<p>19 اگست 2025</p>"),
    ],
)  # fmt: skip
def test_where_else_a_page_has_its_day(one, head: str, shown: str) -> None:
    doc = one(
        "a.html", f"<html><head>{head}</head><body><h1>{HEADLINE}</h1>{shown}{BODY}</body></html>"
    )
    assert doc.date == date(2025, 8, 19)


def test_a_section_beside_the_name_of_the_site(one) -> None:
    doc = one(
        "a.html",
        f"<html><head><title>{HEADLINE} | موسم | صبحِ نو</title></head><body><h1>{HEADLINE}</h1>{BODY}</body></html>",
    )
    assert (doc.title, doc.source) == (HEADLINE, "صبحِ نو")


def test_a_page_that_was_read_as_latin_1(one) -> None:
    page = f"<html><head><meta charset=utf-8></head><body><h1>{HEADLINE}</h1>{BODY}</body></html>"
    doc = one("a.html", page.encode().decode("latin-1"))
    assert (doc.title, doc.body) == (HEADLINE, f"{FIRST}\n\n{SECOND}\n\n{THIRD}")


def test_a_page_of_one_post_below_the_name_of_the_blog(one) -> None:
    post = f'<article><h2><a href="/1">{HEADLINE}</a></h2>{BODY}</article>'
    doc = one(
        "a.html",
        f"<html><head><title>{HEADLINE} | بلاگ</title></head><body><h1>بلاگ</h1>{post}</body></html>",
    )
    assert (doc.title, doc.body) == (HEADLINE, f"{FIRST}\n\n{SECOND}\n\n{THIRD}")


TODAY = "ہفتہ، 28 نومبر 2026"


@pytest.mark.parametrize("body", [
    f"{TODAY}<br><a href=/>صفحہ اول</a><h1>{HEADLINE}</h1><p>کراچی، 5 مارچ 2024</p>{BODY}",
    f"<p>{TODAY}</p><p><a href=/>صفحہ اول</a></p><h1>{HEADLINE}</h1>{BODY}<p>تاریخ اشاعت: 5 مارچ 2024</p>",
    f"<div class='date'>{TODAY}</div><h1>{HEADLINE}</h1>{BODY}<div class='date'>5 مارچ 2024</div>",
    f"<time>{TODAY}</time><h1>{HEADLINE}</h1><time datetime='2024-03-05'>5 مارچ</time>{BODY}",
    f"<div>{TODAY}</div><div>{HEADLINE}</div><div>5 مارچ 2024</div>{BODY}",
    f"<p>{TODAY}</p><h2>{HEADLINE}</h2>{BODY}<p>Published in Misal News, March 5th, 2024</p>",
    f"<p>{TODAY}</p><h2>{HEADLINE}</h2><p>کراچی (5 مارچ 2024) {FIRST}</p><p>{SECOND}</p>",
    f"<table><tr><td>{TODAY}<td>صفحہ اول<tr><td colspan=2><b>{HEADLINE}</b><br>5 مارچ 2024<br><br>{FIRST}<br><br>{SECOND}</table>",
    f"<p>صفحہ اول</p><p>5 مارچ 2024</p><h1>{HEADLINE}</h1>{BODY}",
    f"<p>{TODAY}</p><p>صفحہ اول</p><p>5 مارچ 2024</p><h1>{HEADLINE}</h1>{BODY}",
])  # fmt: skip
def test_the_day_on_which_a_page_was_looked_at_is_not_its_own(one, body: str) -> None:
    doc = one("a.html", page(f"<title>{HEADLINE}</title>", body))
    assert (doc.title, doc.date) == (HEADLINE, date(2024, 3, 5))


def test_the_day_above_a_headline_where_no_other_is_said(one) -> None:
    doc = one("a.html", page("", f"<p>{TODAY}</p><p>صفحہ اول</p><h1>{HEADLINE}</h1>{BODY}"))
    assert doc.date == date(2026, 11, 28)
    assert doc.extra == {DATED_BY: "a day at the head of its page"} | {"html_lang": "ur"}


def test_the_day_of_an_address_before_that_above_a_headline(one) -> None:
    link = '<link rel="canonical" href="https://misal.example/2024/03/05/darya">'
    doc = one("a.html", page(link, f"<p>{TODAY}</p><h1>{HEADLINE}</h1>{BODY}"))
    assert doc.date == date(2024, 3, 5)
