"""Fields of records: their many names, types and limits."""

from __future__ import annotations

import json
from datetime import date

import pytest

from index.documents import Document
from index.readers import NOTED, ReaderConfig


def make(read, fields: dict, config: ReaderConfig = ReaderConfig()) -> Document:  # noqa: B008
    items = read("a.json", json.dumps(fields, ensure_ascii=False), config)
    (doc,) = (item for item in items if getattr(item, "code", "") != NOTED)
    assert isinstance(doc, Document), doc
    return doc


@pytest.mark.parametrize(
    "names",
    [
        ("title", "body", "date", "source", "url", "tags", "lang", "id"),
        ("headline", "text", "published", "publisher", "link", "keywords", "language", "_id"),
        (
            "Headline",
            "News Text",
            "publishedAt",
            "site_name",
            "permalink",
            "categories",
            "inLanguage",
            "doc_id",
        ),
        (
            "HEADING",
            "article-body",
            "pub_date",
            "newspaper",
            "canonical_url",
            "topics",
            "locale",
            "GUID",
        ),
        ("عنوان", "متن", "تاریخ", "ذریعہ", "href", "ٹیگز", "زبان", "uuid"),
        ("title", "content", "pubDate", "outlet", "web_url", "section", "lang_code", "article id"),
    ],
)
def test_names(read, names: tuple[str, ...]) -> None:
    values = (
        "سرخی",
        "متن",
        "2026-01-17",
        "نمونہ",
        "https://example.org/1",
        "الف، ب",
        "ur-PK",
        "n-1",
    )
    doc = make(read, dict(zip(names, values, strict=True)))
    assert doc == Document(
        id="a.json", title="سرخی", body="متن", lang="ur", date=date(2026, 1, 17), source="نمونہ",
        url="https://example.org/1", tags=("الف", "ب"), extra={"id": "n-1"},
    )  # fmt: skip


def test_first_name_of_the_table_wins_and_the_rest_is_kept(read) -> None:
    doc = make(
        read, {"summary": "short", "text": "long", "title": "t", "author": "A. Writer", "views": 3}
    )
    assert doc.body == "long"
    assert doc.extra == {"summary": "short", "author": "A. Writer", "views": 3}


def test_summary_stands_in_for_a_body(read) -> None:
    assert make(read, {"title": "t", "content": "  ", "description": "short"}).body == "short"


@pytest.mark.parametrize(
    ("given", "lang"),
    [
        ("ur", "ur"),
        ("Urdu", "ur"),
        ("UR_pk", "ur"),
        ("اردو", "ur"),
        ("urd", "ur"),
        ("en-US", "en"),
        ("English (UK)", "en"),
    ],
)
def test_given_language(read, given: str, lang: str) -> None:
    assert make(read, {"title": "123 456", "lang": given}).lang == lang


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("fr", "fr"),
        ("fa-IR", "fa"),
        ("ur-Latn", "ur-Latn"),
        ("roman urdu", "ur-Latn"),
        ("zh_Hans", "zh"),
    ],
)
def test_other_languages_are_kept_as_given(read, given: str, code: str) -> None:
    assert make(read, {"title": "Qeemat 20 rupay", "language": given}).lang == code


@pytest.mark.parametrize("given", ["", 3, None, "news", "ur", "Urdu"])
def test_roman_urdu_is_told_by_its_words(read, given: object) -> None:
    assert make(read, {"title": "Karachi mein barish ho gayi", "language": given}).lang == "ur-Latn"


def test_language_that_is_not_known_is_kept(read) -> None:
    assert make(read, {"title": "t", "language": "site-3"}).extra["lang"] == "site-3"


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        (["الف", "ب", "الف", None, 3], ("الف", "ب", "3")),
        ("a, b،c؛ d ;e|f", ("a", "b", "c", "d", "e", "f")),
        ("['a', 'b']", ("a", "b")),
        ([{"name": "x"}, {"name": "y"}], ("x", "y")),
        ("#flood, #Flood", ("flood",)),
        ({}, ()),
        (7, ("7",)),
        (["Lahore, Punjab", "لاہور، پنجاب", "a;b|c"], ("Lahore, Punjab", "لاہور، پنجاب", "a;b|c")),
        ([["Arts, Books"], [{"name": "x, y"}, None]], ("Arts, Books", "x, y")),
        ({"name": "Arts, Books"}, ("Arts, Books",)),
        ('["Lahore, Punjab", "\\u0627، ب"]', ("Lahore, Punjab", "ا، ب")),
        ("['Arts, Books', 'Sport']", ("Arts, Books", "Sport")),
        ("""'Arts, Books';"لاہور، پنجاب"، کھیل""", ("Arts, Books", "لاہور، پنجاب", "کھیل")),
        ("O'Brien, Karachi's port", ("O'Brien", "Karachi's port")),
        ("Rs 1,400, ۲,۰۰,۰۰۰ روپے، 2024,2025", ("Rs 1,400", "۲,۰۰,۰۰۰ روپے", "2024", "2025")),
        ('["broken, list', ("broken", "list")),
    ],
)
def test_tags(read, given: object, tags: tuple[str, ...]) -> None:
    assert make(read, {"title": "t", "tags": given}).tags == tags


def test_tags_with_commas_from_every_format(read) -> None:
    wanted = ("Lahore, Punjab", "لاہور، پنجاب")
    texts = {
        "a.csv": 'title,tags\nt,"""Lahore, Punjab"",""لاہور، پنجاب"""\n',
        "b.csv": 'title,tags\nt,"[""Lahore, Punjab"", ""لاہور، پنجاب""]"\n',
        "a.md": '---\ntags: ["Lahore, Punjab", "لاہور، پنجاب"]\n---\n# t\n\nx\n',
        "b.md": "---\ntags:\n- Lahore, Punjab\n- لاہور، پنجاب\n---\n# t\n\nx\n",
        "a.jsonl": '{"title": "t", "tags": ["Lahore, Punjab", "لاہور، پنجاب"]}\n',
    }
    for name, text in texts.items():
        (doc,) = read(name, text)
        assert doc.tags == wanted, name


@pytest.mark.parametrize("hostile", ["[" * 50_000, '",' * 50_000, "'a" * 50_000, "1,400" * 20_000])
def test_strings_that_list_nothing_are_read_in_time(read, hostile: str) -> None:
    assert len(make(read, {"title": "t", "tags": hostile}).tags) <= ReaderConfig().max_tags


def test_tags_are_bounded(read) -> None:
    config = ReaderConfig(max_tags=3, max_tag_chars=5)
    assert make(read, {"title": "t", "tags": ["toolong", *"abcdef"]}, config).tags == (
        "a",
        "b",
        "c",
    )


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("//example.org/a", "https://example.org/a"),
        ("www.example.org/a", "https://www.example.org/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://example.org/" + "x" * 3000, ""),
        ("not a link", ""),
        ({"href": "https://example.org/a"}, "https://example.org/a"),
    ],
)
def test_url(read, given: object, url: str) -> None:
    assert make(read, {"title": "t", "url": given}).url == url


def test_source_in_an_object(read) -> None:
    assert make(read, {"title": "t", "source": {"id": None, "name": "نمونہ"}}).source == "نمونہ"


def test_markup_in_a_body_is_read_as_a_page(read) -> None:
    doc = make(
        read,
        {
            "title": "It&#8217;s open",
            "content": {"rendered": "<p>One &amp; two</p><script>x()</script><p>three</p>"},
        },
    )
    assert doc.title == "It’s open"
    assert doc.body == "One & two\n\nthree"


def test_comparison_signs_are_not_markup(read) -> None:
    assert make(read, {"title": "t", "body": "if a < b and c > d"}).body == "if a < b and c > d"


def test_title_that_is_an_article_goes_into_the_body(read) -> None:
    long = "یہ ایک طویل جملہ ہے جو سرخی نہیں ہو سکتا۔ " * 30
    doc = make(read, {"title": long})
    assert len(doc.title) <= 141
    assert doc.body == long.strip()


def test_title_is_derived_and_the_body_keeps_all(read) -> None:
    doc = make(read, {"text": "پل کھل گیا ہے اور لوگ بہت خوش ہیں۔ ٹریفک رواں ہے۔"})
    assert doc.title == "پل کھل گیا ہے اور لوگ بہت خوش ہیں"
    assert doc.body.startswith("پل کھل گیا")


@pytest.mark.parametrize(
    "fields",
    [
        {"date": "2026-01-01"},
        {"title": "", "body": " "},
        {"title": "...", "body": "۔۔۔"},
        {"title": None},
        {},
    ],
)
def test_record_without_text(read, fields: dict) -> None:
    (skipped,) = read("a.jsonl", json.dumps(fields))
    assert "no text" in skipped.reason
    assert skipped.record == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (7, "a.jsonl/7"),
        ("  x y ", "a.jsonl/x y"),
        ("", "a.jsonl#1"),
        (None, "a.jsonl#1"),
        (True, "a.jsonl#1"),
        ("x" * 600, "a.jsonl#1"),
        ({"$oid": "5f"}, "a.jsonl/5f"),
    ],
)
def test_ids(read, given: object, expected: str) -> None:
    (doc,) = read("a.jsonl", json.dumps({"id": given, "title": "t"}))
    assert doc.id == expected


def test_the_file_of_one_article_is_its_id(read) -> None:
    doc = make(read, {"id": 7, "title": "t"})
    assert (doc.id, doc.extra) == ("a.json", {"id": "7"})


def test_equal_ids_in_one_file_are_told_apart(read) -> None:
    docs = read(
        "a.jsonl",
        "\n".join(json.dumps({"id": given, "title": "t"}) for given in ("x", "x#2", "x", "x")),
    )
    assert [doc.id for doc in docs] == ["a.jsonl/x", "a.jsonl/x#2", "a.jsonl/x#3", "a.jsonl/x#4"]
    docs = read(
        "a.jsonl", "\n".join(json.dumps({"id": given, "title": "t"}) for given in ("x#2", "x", "x"))
    )
    assert len({doc.id for doc in docs}) == 3


def test_extra_is_json_and_bounded(read) -> None:
    deep: object = "end"
    for _ in range(50):
        deep = {"k": deep}
    fields = {"title": "t", "html": "x" * 100_000, "deep": deep, "n\u0000ame": "v\ud800"}
    (doc,) = read("a.json", json.dumps(fields))
    assert doc.extra["dropped_fields"] == ["html"]
    assert doc.extra["name"] == "v\ufffd"
    json.dumps(dict(doc.extra)).encode("utf-8")


def test_noise_is_cut_from_records_too(read) -> None:
    body = "پل کھل گیا ہے اور لوگ بہت خوش ہیں، حکام نے پیر کے روز بتایا۔\n\nیہ بھی پڑھیں: سڑک بند\n\nذریعہ: نمونہ"
    doc = make(read, {"title": "t", "body": body})
    assert doc.source == "نمونہ"
    assert "سڑک بند" not in doc.body
    assert len(doc.extra["cut"]) == 2


def test_given_source_wins(read) -> None:
    body = "پل کھل گیا ہے اور لوگ بہت خوش ہیں، حکام نے پیر کے روز بتایا۔\n\nذریعہ: نمونہ"
    assert make(read, {"title": "t", "body": body, "source": "روزنامہ"}).source == "روزنامہ"


@pytest.mark.parametrize(
    ("names", "values"),
    [
        ("Year,Day,Month", "2024,5,3"),
        ("pub_year,pub_month,pub_day", "2024,March,05"),
        ("سال,دن,مہینہ", "۲۰۲۴,۵,مارچ"),
        ("date,Date_YYYY,Date_MM,Date_DD", ",2024,03,05"),
        ("yr,mo,dy", "24,3,5"),
        ("publication year,publication month,publication day", "2024,3,5"),
    ],
)
def test_a_date_in_three_columns(one, names: str, values: str) -> None:
    doc = one("a.csv", f"title,{names}\nسرخی,{values}\n")
    assert (doc.date, doc.extra) == (date(2024, 3, 5), {})


def test_the_day_in_a_byline_before_that_of_the_address(read) -> None:
    """The page may stand under the day it was moved or begun."""
    fields = {
        "title": "پل کھل گیا",
        "body": "ویب ڈیسک | ہفتہ 17 جنوری 2026ء\nپل کھل گیا ہے اور لوگ بہت خوش ہیں، حکام نے بتایا۔",
        "url": "https://misal.example/2026/01/15/pul",
    }
    assert make(read, fields).date == date(2026, 1, 17)
    assert make(read, {**fields, "body": "پل کھل گیا ہے، حکام نے بتایا۔"}).date == date(2026, 1, 15)
    assert make(read, {**fields, "date": "2026-01-16"}).date == date(2026, 1, 16)


def test_a_text_that_its_service_cut_gives_way_to_a_whole_one(read) -> None:
    whole = "پل کھل گیا ہے اور لوگ بہت خوش ہیں، حکام نے بتایا۔ " * 8
    for cut in (f"{whole[:90]}… [+1200 chars]", f"{whole[:90]}..."):
        document = make(read, {"title": "پل کھل گیا", "body": cut, "full_text": whole})
        assert document.body == whole.strip()


def test_columns_of_other_days_are_no_date_of_the_article(one) -> None:
    doc = one("a.csv", "title,birth_year,birth_month,birth_day\nسرخی,1947,8,14\n")
    assert doc.date is None
    assert doc.extra["birth_year"] == "1947"


def test_a_date_beside_its_parts_is_taken_and_they_are_kept(one) -> None:
    doc = one("a.csv", "title,date,year,month,day\nسرخی,5 March 2024,2023,1,1\n")
    assert (doc.date, doc.extra) == (date(2024, 3, 5), {"year": "2023", "month": "1", "day": "1"})


def test_a_date_in_parts_of_an_object(one) -> None:
    doc = one("a.json", '{"title": "سرخی", "published": {"y": 2024, "m": 3, "d": 5}}')
    assert doc.date == date(2024, 3, 5)
