"""JSON and JSON Lines: shapes, broken lines, hostile values."""

from __future__ import annotations

import json
from datetime import date

import pytest

from index.documents import NOTED, Document, Skipped

ARTICLE = {"title": "نئی سڑک", "text": "سڑک مکمل ہو گئی۔", "date": "2026-01-17"}


def test_one_object(one) -> None:
    doc = one("a.json", json.dumps(ARTICLE))
    assert (doc.id, doc.title, doc.body, doc.date) == (
        "a.json",
        "نئی سڑک",
        "سڑک مکمل ہو گئی۔",
        date(2026, 1, 17),
    )


@pytest.mark.parametrize(
    "shape",
    [
        [ARTICLE, ARTICLE],
        {"articles": [ARTICLE, ARTICLE], "status": "ok", "totalResults": 2},
        {"title": "A feed", "items": [ARTICLE, ARTICLE]},
        {"response": {"docs": [ARTICLE, ARTICLE]}},
    ],
)
def test_lists_and_what_is_around_them(read, shape) -> None:
    docs = read("a.json", json.dumps(shape))
    assert [doc.id for doc in docs] == ["a.json#1", "a.json#2"]


def test_an_article_with_pictures_is_one_article(one) -> None:
    doc = one("a.json", json.dumps({**ARTICLE, "images": [{"url": "x", "title": "y"}]}))
    assert doc.id == "a.json"
    assert doc.extra["images"] == [{"url": "x", "title": "y"}]


def test_several_lists_are_read_one_after_the_other(read) -> None:
    shape = {"کھیل": [{**ARTICLE, "id": 1}], "شہر": [{**ARTICLE, "id": 1}], "images": [ARTICLE]}
    docs = read("a.json", json.dumps(shape))
    assert [doc.id for doc in docs] == ["a.json/1", "a.json/1#2"]


def test_one_bad_line_costs_one_record(read) -> None:
    lines = [
        json.dumps(ARTICLE),
        "{broken",
        "",
        json.dumps(ARTICLE),
        "[1, 2]",
        '"text"',
        json.dumps({"x": 1}),
    ]
    items = read("a.jsonl", "\n".join(lines))
    assert [(type(i).__name__, getattr(i, "record", None)) for i in items] == [
        ("Document", None),
        ("Skipped", 2),
        ("Document", None),
        ("Skipped", 4),
        ("Skipped", 5),
        ("Skipped", 6),
    ]
    assert [item.id for item in items if isinstance(item, Document)] == ["a.jsonl#1", "a.jsonl#3"]
    assert "line 2" in items[1].reason


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_bad_byte_costs_one_letter(read, name: str) -> None:
    good = json.dumps(ARTICLE, ensure_ascii=False).encode()
    *docs, note = read(name, good + b"\n" + good[:40] + b"\xff" + good[40:] + b"\n" + good)
    assert [doc.body.count("\ufffd") for doc in docs] == [0, 1, 0]
    assert docs[1].body.replace("\ufffd", "") == docs[0].body
    assert (note.code, "line 2" in note.reason) == (NOTED, True)


def test_a_line_that_is_no_text_costs_one_record(read) -> None:
    good = json.dumps(ARTICLE, ensure_ascii=False).encode()
    first, bad, last = read("a.jsonl", good + b"\n{" + b"\xff\x81" * 40 + b"\n" + good)
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert isinstance(bad, Skipped)
    assert bad.record == 2


def test_ndjson_and_json_lines_in_a_json_file(read) -> None:
    lines = "\n".join([json.dumps(ARTICLE)] * 3)
    assert len(read("a.ndjson", lines)) == len(read("b.json", lines)) == 3


def test_a_list_in_a_jsonl_file(read) -> None:
    assert len(read("a.jsonl", json.dumps([ARTICLE, ARTICLE], indent=1))) == 2


def test_utf16_lines(read) -> None:
    assert (
        len(
            read(
                "a.jsonl", "\n".join([json.dumps(ARTICLE, ensure_ascii=False)] * 2).encode("utf-16")
            )
        )
        == 2
    )


@pytest.mark.parametrize("text", ["", "null", "3", '"x"', "{", "[1, 2", "\u0664"])
def test_not_articles(read, text: str) -> None:
    assert [type(item) for item in read("a.json", text)] == [Skipped]


def test_nested_too_deeply(read) -> None:
    deep = "[" * 10_000 + "]" * 10_000
    assert all(isinstance(item, Skipped) for item in read("a.json", deep))
    items = read("a.jsonl", f'{{"title": "t", "x": {deep}}}\n{json.dumps(ARTICLE)}')
    assert isinstance(items[1], Document)
    assert len(items) == 2


def test_hostile_values(one) -> None:
    text = (
        '{"title": "a\\u0000b \\ud800 c", "title": "last\\u0000 one \\udfff", "body": "x y", "n": NaN, '
        '"m": -Infinity, "big": 1e999, "tab": "raw\ttab", "nested": {"k": [NaN, {"z": null}]}}'
    )
    doc = one("a.json", text)
    assert doc.title == "last one \ufffd"
    assert doc.extra == {"tab": "raw\ttab", "nested": {"k": [None, {"z": None}]}}
    json.dumps(dict(doc.extra), allow_nan=False).encode("utf-8")


@pytest.mark.parametrize(
    ("value", "title"),
    [
        (2026, "2026"),
        (1.5, "1.5"),
        (["a", "b"], "a b"),
        ({"rendered": "x"}, "x"),
        (None, "Body"),
        (True, "Body"),
        ({}, "Body"),
        ([], "Body"),
    ],
)
def test_title_of_any_type(one, value, title: str) -> None:
    assert one("a.json", json.dumps({"title": value, "body": "Body"})).title == title


def test_body_of_paragraphs(one) -> None:
    assert (
        one("a.json", json.dumps({"title": "t", "body": ["one", 2, None, "three"]})).body
        == "one\n\n2\n\nthree"
    )


def test_integers_too_long_to_print(read) -> None:
    (item,) = read("a.jsonl", '{"title": "t", "n": ' + "9" * 5000 + "}")
    assert isinstance(item, (Document, Skipped))


STORY = {"title": "تھر میں بارش", "body": "محکمہ موسمیات کے مطابق بارش ہوئی۔"}
OTHER = {"title": "گندم کی نئی قیمت", "body": "وزیر نے کہا // یہ قیمت، } آخری ہے۔"}
ONE, TWO = (json.dumps(each, ensure_ascii=False) for each in (STORY, OTHER))


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize(
    "text",
    [
        f"// exported\n[\n/* first */ {ONE[:-1]}, \"views\": NaN,}},\n{TWO},\n]",
        f"[\n{ONE},\n{TWO},\n",
        f"{ONE}{TWO}",
        f"{json.dumps(STORY, indent=2)}\n{json.dumps(OTHER, indent=2)}\n",
        f"var news = [{ONE}, {TWO}];",
        f"callback([{ONE}, {TWO}])",
        f"[{ONE}, {TWO}, {{\"title\": \"کٹی ہوئی\", \"source\": {{\"name\": \"Dawn\"}}, \"bo",
        f'{{"meta": {{"name": "x"}}, "articles": [{ONE}, {TWO}, {{"title": "x',
        f"{STORY!r}\n{OTHER!r}\n",
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n",
        f"[[{ONE}], [{TWO}]]",
        f'[{{"ok": true, "articles": [{ONE}]}}, {{"ok": true, "articles": [{TWO}]}}]',
        json.dumps({"1": STORY, "2": OTHER}),
        json.dumps({"title": {"0": STORY["title"], "1": OTHER["title"]},
                    "body": {"0": STORY["body"], "1": OTHER["body"]}}),
        json.dumps({"title": [STORY["title"], OTHER["title"]], "body": [STORY["body"], OTHER["body"]]}),
        json.dumps({"columns": ["title", "body"], "data": [[*STORY.values()], [*OTHER.values()]]}),
        json.dumps([["title", "body"], [*STORY.values()], [*OTHER.values()]]),
    ],
)  # fmt: skip
def test_two_articles_however_they_are_written(read, name: str, text: str) -> None:
    found = [item for item in read(name, text) if isinstance(item, Document)]
    assert [(doc.title, doc.body) for doc in found] == [
        tuple(each.values()) for each in (STORY, OTHER)
    ]


def test_calls_of_a_database_are_their_arguments(read) -> None:
    row = f'{{"_id": ObjectId("5f1"), "date": ISODate("2026-01-07"), "n": NumberLong(5), {ONE[1:]}'
    (doc,) = read("a.json", f"[{row}]")
    assert (doc.id, doc.date, doc.title) == ("a.json/5f1", date(2026, 1, 7), STORY["title"])


def test_what_is_around_articles_says_whose_they_are(read) -> None:
    """A feed has a title and an address; a day or an id is the key of what stands under it."""
    feed = {"title": "صبحِ نو", "home_page_url": "https://subh.example/", "items": [STORY]}
    (doc,) = read("a.json", json.dumps(feed))
    assert doc.source == "صبحِ نو"
    (doc,) = read("b.json", json.dumps({"feed": {**feed, "items": None}, "items": [STORY]}))
    assert doc.source == "صبحِ نو"
    (doc,) = read("c.json", json.dumps({"title": "Search results", "items": [STORY]}))
    assert doc.source == ""
    (doc, _) = read("d.json", json.dumps({"2026-01-07": [STORY], "2026-01-08": [OTHER]}))
    assert doc.date == date(2026, 1, 7)
    docs = read("e.json", json.dumps({"k1": STORY, "https://a.example/2": OTHER}))
    assert (docs[0].id, docs[1].url) == ("e.json/k1", "https://a.example/2")


def test_a_headline_without_the_newspaper_behind_it(one) -> None:
    doc = one("a.json", json.dumps({**STORY, "title": "Rain in Thar - Dawn", "source": "DAWN"}))
    assert doc.title == "Rain in Thar"
    doc = one("b.json", json.dumps({**STORY, "title": "A new dawn", "source": "Dawn"}))
    assert doc.title == "A new dawn"


NODES = {
    "type": "doc",
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": OTHER["body"]}]}],
}
LONG = "محکمہ موسمیات کے مطابق بارش کا سلسلہ جمعے تک جاری رہے گا، اور شہریوں سے احتیاط کی درخواست کی گئی ہے۔"


@pytest.mark.parametrize(
    ("data", "titles"),
    [
        ({"news": {"-a1": STORY, "-a2": OTHER}, "users": {"u1": {"name": "A"}, "u2": {"name": "B"}}}, 2),
        ([{"title": "ایک", "body": NODES}, {"title": "دو", "body": NODES}], 2),
        ({"data": [{"id": "1_2", "message": LONG, "from": {"name": "A"}}]}, 1),
        ({"message": "ok", "data": [STORY]}, 1),
    ],
)  # fmt: skip
def test_how_many_articles_there_are(read, data: object, titles: int) -> None:
    docs = read("a.json", json.dumps(data))
    assert len(docs) == titles
    assert all(isinstance(doc, Document) and (doc.body or doc.title) for doc in docs)


def test_names_with_the_suffixes_of_a_search_engine(one) -> None:
    row = {
        "title_t": ["سرخی"],
        "body_txt": ["متن"],
        "published_dt": "2026-01-07T00:00:00Z",
        "source_s": "Dawn",
    }
    doc = one("a.json", json.dumps(row))
    assert (doc.title, doc.body, doc.date, doc.source) == ("سرخی", "متن", date(2026, 1, 7), "Dawn")


@pytest.mark.parametrize(
    "unit", ["/*", "{", '{"a":1,', '\\"', ", ", ")", "[Date(", '["', '{"a":', "/**/"]
)
@pytest.mark.timeout(60)
def test_what_is_far_from_json_takes_no_longer_than_it_should(read, unit: str) -> None:
    for start in ("[", 'x = ["', "[1,"):
        (skipped,) = read("a.json", f"{start}{unit * 50_000}x")
        assert isinstance(skipped, Skipped)


def test_values_of_python_that_json_has_not(one) -> None:
    row = f"{{b'title': {'سرخی'.encode()!r}, 'body': ({LONG!r},), 7: {{1}}, None: 1j, 'n': ...}}"
    doc = one("a.jsonl", row)
    assert (doc.title, doc.body) == ("سرخی", LONG)
    assert doc.extra == {"7": [1]}
