"""Input that is too much: too long, too deep, too packed, too many. Bounded, reported, never fatal."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator

import hostile
import pytest

from search.config import SearchConfig

pytestmark = pytest.mark.long
FLOOD = "سیلاب"
FILES: dict[str, bytes | str] = {
    "word.txt": f"{FLOOD} لفظ\n\n{'ا' * 1_000_000} سیلاب آیا۔",
    "marks.txt": f"{FLOOD} زیر\n\nک{chr(0x650) * 300_000} سیلاب",
    "repeated.txt": f"{FLOOD} بار بار\n\n" + f"{FLOOD} " * 8_000,
    "lines.txt": "سیلاب\n" * 20_000,
    "blank.jsonl": "\n" * 1_000_000 + json.dumps({"title": f"{FLOOD} خالی", "body": "پانی"}),
    "bomb.txt.gz": gzip.compress(b"\0" * 40_000_000),
    "cut.txt.gz": gzip.compress((FLOOD * 100).encode())[:-9],
    "twice.txt.gz": gzip.compress(gzip.compress(FLOOD.encode())),
    "deep.json": "[" * 100_000 + "]" * 100_000,
    "nested.jsonl": '{"a":' * 100_000
    + "\n"
    + json.dumps({"title": f"{FLOOD} تہہ", "body": "پانی"}),
    "number.json": '{"title": "سیلاب عدد", "n": ' + "9" * 5_000 + "}",
    "keys.json": json.dumps({"title": f"{FLOOD} کنجی", **{f"k{n}": n for n in range(20_000)}}),
    "brackets.md": f"# {FLOOD} قوسین\n\n" + "[" * 100_000 + " پانی",
    "links.md": f"# {FLOOD} ربط\n\n" + "[a](" * 50_000 + " پانی",
    "entities.html": '<!DOCTYPE x [<!ENTITY a "سیلاب"><!ENTITY b "&a;&a;&a;&a;">]><html><body>'
    "<h1>سیلاب</h1><p>&b;&b; پانی کی خبر</p></body></html>",
    "cells.csv": "title,body\n" + f'"{FLOOD} جدول,پانی\nپانی,دریا\n',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hostile.Published]:
    room = hostile.Newsroom(tmp_path_factory.mktemp("limits"))
    published = room.publish(FILES)
    yield published
    room.close()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bomb.txt.gz", "a gzip bomb"),
        ("cut.txt.gz", "damaged gzip"),
        ("twice.txt.gz", "looks like gzip"),
        ("deep.json", "nested too deeply"),
        ("nested.jsonl", "line 1: JSON nested too deeply"),
        ("number.json", "thousands of digits"),
        ("cells.csv", "never closed"),
    ],
)
def test_what_is_refused_is_named(site, name, reason) -> None:
    assert reason in site.reasons()[name]


def test_the_neighbours_are_found(site) -> None:
    found = site.ids(FLOOD, size="50")
    assert {"honest/سیلاب.txt", "nested.jsonl#2", "blank.jsonl#1", "brackets.md"} <= set(found)
    assert site.ids("کِتاب")[0] == "honest/سیلاب.txt"


@pytest.mark.parametrize("query", [FLOOD, "ا" * 900, f'"{FLOOD} {FLOOD}"', f'"{f"{FLOOD} " * 60}"'])
def test_every_answer_comes(site, query) -> None:
    answers = site.every_answer(query)
    site.terminal(query)
    assert {answer.status_code for answer in answers} == {200}


def test_a_snippet_of_a_word_without_end_is_short(site) -> None:
    for hit in site.api(FLOOD, size="50")["hits"]:
        assert len(hit["snippet"]["text"]) <= 280


@pytest.mark.parametrize("name", ["repeated.txt", "lines.txt", "word.txt"])
def test_a_page_shows_a_book_and_says_that_more_follows(site, name) -> None:
    page = site.document(name, q=FLOOD)
    assert page.count("<p lang") <= 4_100
    assert ('id="cut"' in page) is (name != "repeated.txt")
    whole = json.loads(site.get(f"/api/v1/documents/{name}").get_data())
    assert len(whole["body"]) > 40_000


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (" OR ".join(f"ل{n}" for n in range(2_000)), "1,000"),
        (" OR ".join("ابپتٹجچحخدڈرڑزسشص"[n % 17] * (n // 17 + 1) for n in range(150)), None),
        ("(" * 990, "no word"),
        ("-" * 400 + FLOOD, None),
        ('"' * 501 + FLOOD, None),
        ("(a+)+$ " * 100, None),
        ("سیلاب*" * 150, None),
        ("title:" * 150, None),
        ("U.S." * 240, None),
        ("1,1" * 330, None),
        ("'a" * 490, None),
        ("\u200c" * 900 + FLOOD, None),
        (FLOOD + "\u0650" * 900, None),
        ("date:" + "9" * 900, None),
    ],
    ids=range(14),
)
def test_a_query_without_end(site, query, says) -> None:
    begun = time.process_time()
    answer = site.get("/api/v1/search", q=query)
    assert time.process_time() - begun < SearchConfig().time_budget
    assert answer.status_code in (200, 400)
    if says:
        assert answer.status_code == 400
        assert says in answer.get_json()["detail"]
    assert site.get("/api/v1/suggest", q=query[:190]).status_code in (200, 400)
