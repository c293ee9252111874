"""Layouts that scrapers, news services and databases write, as their documents describe them: which field
is which, without a word from us."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from index.documents import Document
from index.readers import ReaderConfig, read_paths
from index.readers.config import read_mapping

TITLE = "تھر میں بارش، ۲۰۰ گاؤں محفوظ"
TEXT = "محکمہ موسمیات کے مطابق خوب\u200cصورت وادی میں بارش ہوئی۔ لوگوں نے خُوشی منائی۔"
MORE = "دوسرے پیراگراف میں 12 اضلاع کا ذکر ہے۔"
DAY = date(2024, 5, 31)
PAPER = "صبحِ نو"
URL = "https://subh.example/news/881"


@dataclass(frozen=True)
class Layout:
    """A file as its program writes it, and the id of its article."""

    name: str
    content: str
    id: str


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


LAYOUTS = {
    "scrapy items of a newspaper's spider, as CSV": Layout(
        "a.csv",
        "news_id,News_Headline,News_Body,News_Date,News_Source,news_url,scraped_at\n"
        f'881,"{TITLE}","{TEXT}\n\n{MORE}",31-05-2024,{PAPER},{URL},2026-01-01T00:00:00\n',
        "a.csv/881",
    ),
    "a spreadsheet with Urdu columns": Layout(
        "a.tsv",
        "خبر کی سرخی\tخبر کا متن\tتاریخِ اشاعت\tاخبار کا نام\tربط\tرپورٹر\n"
        f'{TITLE}\t"{TEXT}\n\n{MORE}"\t31 مئی 2024\t{PAPER}\t{URL}\tالف\n',
        "a.tsv#1",
    ),
    "news-please": Layout(
        "a.json",
        _json({
            "authors": ["الف"], "date_download": "2026-01-01 10:00:00", "date_modify": "2024-06-02 00:00:00",
            "date_publish": "2024-05-31 17:03:00", "description": "خلاصہ", "filename": "x.json",
            "image_url": "https://subh.example/x.jpg", "language": "ur", "localpath": None,
            "maintext": f"{TEXT}\n\n{MORE}", "source_domain": PAPER, "title": TITLE, "title_page": "x",
            "title_rss": None, "url": URL,
        }),
        "a.json",
    ),
    "trafilatura": Layout(
        "a.json",
        _json({
            "title": TITLE, "author": "الف", "hostname": "subh.example", "date": "2024-05-31",
            "fingerprint": "f1", "id": None, "license": None, "comments": "", "raw_text": "x",
            "text": f"{TEXT}\n\n{MORE}", "language": "ur", "image": "https://subh.example/x.jpg",
            "pagetype": "article", "source": URL, "source-hostname": PAPER, "excerpt": "خلاصہ",
            "categories": "", "tags": "",
        }),
        "a.json",
    ),
    "newspaper4k": Layout(
        "a.jsonl",
        _json({
            "url": URL, "read_more_link": "", "language": "ur", "title": TITLE, "top_image": "x.jpg",
            "images": ["https://subh.example/x.jpg"], "movies": [], "keywords": [], "keyword_scores": {},
            "meta_keywords": [""], "authors": [], "publish_date": "2024-05-31T00:00:00", "summary": "خلاصہ",
            "meta_description": "خلاصہ", "meta_lang": "ur", "meta_site_name": PAPER, "canonical_link": URL,
            "text": f"{TEXT}\n\n{MORE}",
        }) + "\n",
        "a.jsonl#1",
    ),
    "Fundus": Layout(
        "a.json",
        _json([{
            "title": TITLE, "plaintext": None, "publishing_date": "2024-05-31 10:00:00+05:00", "topics": [],
            "body": {"summary": [], "sections": [{"headline": [], "paragraphs": [TEXT, MORE]}]},
            "authors": ["الف"], "free_access": True, "publisher": PAPER,
            "html": {"requested_url": URL, "content": "<html>...</html>"}, "url": URL,
        }]),
        "a.json#1",
    ),
    "JSON-LD of a page": Layout(
        "a.json",
        _json({"@context": "https://schema.org", "@graph": [
            {"@type": "WebSite", "name": PAPER, "url": "https://subh.example/"},
            {"@type": ["NewsArticle"], "headline": TITLE, "articleBody": f"{TEXT}\n\n{MORE}",
             "datePublished": "2024-05-31T10:00:00+05:00", "dateModified": "2024-06-01", "inLanguage": "ur",
             "publisher": {"@type": "Organization", "name": PAPER}, "author": [{"name": "الف"}],
             "mainEntityOfPage": {"@type": "WebPage", "@id": URL}},
        ]}),
        "a.json#1",
    ),
    "WordPress REST": Layout(
        "posts.json",
        _json([{
            "id": 881, "date": "2024-05-31T10:00:00", "modified": "2024-06-01T10:00:00", "slug": "x",
            "guid": {"rendered": "https://subh.example/?p=881"}, "link": URL, "status": "publish",
            "title": {"rendered": TITLE}, "excerpt": {"rendered": "<p>خلاصہ</p>"}, "categories": [3, 9],
            "content": {"rendered": f"<p>{TEXT}</p>\n<p>{MORE}</p>", "protected": False}, "tags": [],
            "yoast_head_json": {"og_site_name": PAPER, "og_title": "x", "og_description": "x"},
        }]),
        "posts.json/881",
    ),
    "a dump of Elasticsearch, as bulk": Layout(
        "a.ndjson",
        _json({"index": {"_index": "news", "_id": "881"}}) + "\n"
        + _json({"headline": TITLE, "fullText": [TEXT, MORE], "published_on": "2024-05-31",
                 "site": {"id": 3, "name": PAPER}, "link": URL}) + "\n",
        "a.ndjson/881",
    ),
    "mongoexport": Layout(
        "a.json",
        _json({
            "_id": {"$oid": "5f1d7e"}, "ArticleTitle": TITLE, "ArticleDetails": f"{TEXT}\n\n{MORE}",
            "publishedAt": {"$date": {"$numberLong": "1717138800000"}}, "newspaper": PAPER, "articleUrl": URL,
            "__v": 0,
        }) + "\n" + _json({"_id": {"$oid": "5f1d7f"}, "ArticleTitle": "x"}) + "\n",
        "a.json/5f1d7e",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_without_a_mapping(read, name: str) -> None:
    layout = LAYOUTS[name]
    doc = read(layout.name, layout.content)[0]
    assert isinstance(doc, Document), doc
    assert (doc.id, doc.title, doc.body) == (layout.id, TITLE, f"{TEXT}\n\n{MORE}")
    assert (doc.date, doc.source, doc.url, doc.lang) == (DAY, PAPER, URL, "ur")


HITS = {"hits": {"total": {"value": 2}, "hits": [
    {"_index": "n", "_id": "a", "_score": 1.0, "_source": {"title": TITLE, "text": TEXT}},
    {"_index": "n", "_id": "b", "_score": 1.0, "_source": {"title": TITLE, "text": MORE}},
]}}  # fmt: skip
BLOCKS = {
    "content": {"model": {"blocks": [
        {"type": "headline", "model": {"blocks": [{"type": "text", "model": {"blocks": [
            {"type": "paragraph", "model": {"text": TITLE}}]}}]}},
        {"type": "image", "model": {"blocks": [{"type": "caption", "model": {"text": "تصویر"}}]}},
        {"type": "text", "model": {"blocks": [
            {"type": "paragraph", "model": {"text": TEXT, "blocks": [
                {"type": "fragment", "model": {"text": TEXT}}]}}]}},
        {"type": "subheadline", "model": {"text": "ذیلی سرخی"}},
        {"type": "text", "model": {"blocks": [{"type": "paragraph", "model": {"blocks": [
            {"type": "fragment", "model": {"text": MORE[:10]}},
            {"type": "fragment", "model": {"text": MORE[10:]}}]}}]}},
    ]}},
    "metadata": {"firstPublished": 1717138800000, "lastPublished": 1719138800000,
                 "passport": {"language": "ur"}, "locators": {"canonicalUrl": URL},
                 "tags": {"about": [{"thingLabel": "موسم"}]}},
    "promo": {"headlines": {"headline": "x"}},
}  # fmt: skip


def test_hits_of_a_search_engine(read) -> None:
    docs = read("a.json", _json(HITS))
    assert [(doc.id, doc.body) for doc in docs] == [("a.json/a", TEXT), ("a.json/b", MORE)]


def test_blocks_and_the_metadata_beside_them(one) -> None:
    doc = one("a.json", _json({"data": {"article": BLOCKS}}))
    assert (doc.title, doc.body) == (TITLE, f"{TEXT}\n\nذیلی سرخی\n\n{MORE}")
    assert (doc.date, doc.url, doc.tags) == (DAY, URL, ("موسم",))


@pytest.mark.parametrize(
    "shape",
    [
        {"data": {"title": TITLE, "body": TEXT}},
        {
            "status": "ok",
            "message": "success",
            "payload": {"newsItem": {"title": TITLE, "text": TEXT}},
        },
        {"article": {"heading": TITLE, "content": TEXT}, "related": [{"title": "x", "text": "y"}]},
        {"meta": {"title": TITLE, "section": "موسم"}, "content": TEXT},
    ],
)
def test_an_article_in_an_object_around_it(one, shape) -> None:
    doc = one("a.json", _json(shape))
    assert (doc.title, doc.body) == (TITLE, TEXT)


def test_messages_of_a_chat(read) -> None:
    chat = {"name": PAPER, "type": "public_channel", "id": 77, "messages": [
        {"id": 1, "type": "service", "action": "create_channel", "title": "x"},
        {"id": 2, "type": "message", "date": "2024-05-31T07:08:09", "date_unixtime": "1717121289",
         "from": PAPER, "text": [TITLE + "\n\n", {"type": "bold", "text": TEXT[:8]}, TEXT[8:]],
         "text_entities": [{"type": "plain", "text": "x"}]},
    ]}  # fmt: skip
    (doc,) = read("result.json", _json(chat))
    assert (doc.id, doc.source, doc.date) == ("result.json/2", PAPER, DAY)
    assert (doc.title, doc.body) == (TITLE, TEXT)


@pytest.mark.parametrize(
    ("cut", "whole", "body"),
    [
        (f"{TEXT[:20]}… [+1234 chars]", TEXT, TEXT),
        ("ONLY AVAILABLE IN PAID PLANS", TEXT, TEXT),
        (f"{TEXT}… [+99 chars]", TEXT[:20], f"{TEXT}…"),
        (TEXT, f"{TEXT}\n\n{MORE}", TEXT),
        ("", TEXT, TEXT),
    ],
)
def test_the_longest_text_where_one_is_cut(one, cut: str, whole: str, body: str) -> None:
    doc = one("a.json", _json({"title": TITLE, "content": cut, "description": whole}))
    assert doc.body == body


@pytest.mark.parametrize(
    ("given", "source", "url"),
    [
        ({"source": URL}, "subh.example", URL),
        ({"source": URL, "publisher": PAPER}, PAPER, URL),
        ({"source": "www.subh.example", "url": URL}, "subh.example", URL),
        ({"source": {"id": "x", "name": PAPER}, "domain": "subh.example"}, PAPER, ""),
        ({"hostname": "subh.example"}, "subh.example", ""),
    ],
)
def test_a_source_is_a_name(one, given: dict, source: str, url: str) -> None:
    doc = one("a.json", _json({"title": TITLE, **given}))
    assert (doc.source, doc.url) == (source, url)


@pytest.mark.parametrize(
    "name",
    ["author_name", "image_url", "text_length", "date_download", "sub_title", "links", "image_title", "time_on_page"],
)  # fmt: skip
def test_names_that_are_no_field_of_an_article(one, name: str) -> None:
    value = URL if "url" in name else "2024-05-31"
    doc = one("a.json", _json({"body": TEXT, name: value}))
    assert doc.extra == {name: value}
    assert (doc.date, doc.url, doc.body) == (None, "", TEXT)


def test_texts_that_are_lists_written_as_a_string(read) -> None:
    cell = str([{"headline": [], "paragraphs": [TEXT, MORE]}])
    (doc,) = read("a.csv", f'title,body.sections\n{TITLE},"{cell}"\n')
    assert doc.body == f"{TEXT}\n\n{MORE}"


def test_of_summaries_the_longest(one) -> None:
    fields = {"headline": {"main": TITLE}, "abstract": TEXT[:20], "lead_paragraph": TEXT}
    assert one("a.json", _json(fields)).body == TEXT


def test_blocks_of_an_editor_are_one_article(one) -> None:
    blocks = [
        {"type": "header", "data": {"text": TITLE}},
        {"type": "paragraph", "data": {"text": TEXT}},
    ]
    doc = one("a.json", _json({"blocks": blocks}))
    assert (doc.title, doc.body) == (TITLE, TEXT)


# --- what no name says ---


def test_a_column_that_is_plainly_the_text(read) -> None:
    rows = "".join(f'{n},خبر نمبر {n} کی سرخی,"{TEXT} {MORE}",کراچی\n' for n in range(5))
    *docs, first, second = read("a.csv", f"nmbr,kahani,ibarat,shehr\n{rows}")
    assert [doc.title for doc in docs] == [f"خبر نمبر {n} کی سرخی" for n in range(5)]
    assert {doc.body for doc in docs} == {f"{TEXT} {MORE}"}
    assert "'ibarat' was taken for the body" in first.reason
    assert "'kahani' was taken for the title" in second.reason


def test_two_columns_of_texts_are_not_plain(read) -> None:
    (skipped,) = read("a.csv", f"alif,bay\n{TEXT},{MORE} {MORE}\n")
    assert "columns: alif, bay" in skipped.reason


def test_a_mapping_settles_it(read, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[columns]\nBay = "body"\nalif = "title"\ntext = "extra"\n"inner.deep.day" = "date"\n',
        "utf-8",
    )
    config = ReaderConfig(columns=read_mapping(mapping))
    row = {"alif": TITLE, "bay": TEXT, "text": "x", "inner": {"deep": {"day": "31-05-2024"}}}
    (doc,) = read("a.jsonl", _json(row), config)
    assert (doc.title, doc.body, doc.date) == (TITLE, TEXT, DAY)
    assert doc.extra == {"text": "x"}
    (doc,) = read("b.jsonl", _json({**row, "content": MORE * 3, "title": "x"}), config)
    assert (doc.title, doc.body) == (TITLE, TEXT)
    (doc,) = read("a.csv", f"alif,bay\n{TITLE},{TEXT}\n", config)
    assert (doc.title, doc.body) == (TITLE, TEXT)


def test_the_report_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = f"title,body,date,Reporter\n{TITLE},{TEXT},31-05-2024,الف\n{TITLE},,کل,\n,,,ب\n"
    path.write_bytes(rows.encode() + f"x,{MORE}".encode()[:-1])
    reports = []
    list(read_paths([tmp_path], tell=reports.append))
    (report,) = reports
    assert (report.path, report.articles, report.skipped) == (str(path), 3, 1)
    assert (report.without_body, report.undated, report.dates_not_understood) == (1, 2, 1)
    assert (report.first, report.last, report.repaired) == (DAY, DAY, 1)
    assert report.unused == ("Reporter",)
    columns = {each.name: (each.field, each.filled) for each in report.columns}
    assert columns == {
        "title": ("title", 3),
        "body": ("body", 2),
        "date": ("date", 2),
        "Reporter": ("", 1),
    }
