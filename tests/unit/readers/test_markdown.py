"""Markdown: front matter, headings, and text without markup."""

from __future__ import annotations

from datetime import date

import pytest

from index.documents import Document


def test_front_matter(one) -> None:
    doc = one(
        "a.md",
        "---\ntitle: نئی سڑک\ndate: 2026-01-17\nsource: نمونہ\nurl: https://example.org/1\n"
        "tags: [سڑک, شہر]\nlang: ur-PK\nid: road-1\nweather: {rain: 3}\n---\n# نئی سڑک\n\nسڑک **مکمل** ہو گئی۔\n",
    )
    assert (doc.id, doc.title, doc.body) == ("a.md", "نئی سڑک", "سڑک مکمل ہو گئی۔")
    assert (doc.date, doc.source, doc.url) == (date(2026, 1, 17), "نمونہ", "https://example.org/1")
    assert (doc.tags, doc.lang, doc.extra) == (
        ("سڑک", "شہر"),
        "ur",
        {"id": "road-1", "weather": {"rain": 3}},
    )


def test_first_heading_is_the_title(one) -> None:
    doc = one(
        "a.md", "# A *new* road\n\nIt is [open](https://example.org).\n\n## Cost\n\nNot much."
    )
    assert doc.title == "A new road"
    assert doc.body == "It is open.\n\nCost\n\nNot much."


def test_heading_below_the_top_titles_and_stays(one) -> None:
    doc = one("a.md", "By the sea.\n\n# A new road\n\nIt is open.")
    assert doc.title == "A new road"
    assert doc.body == "By the sea.\n\nA new road\n\nIt is open."


def test_no_heading(one) -> None:
    doc = one("a.markdown", "نئی سڑک\n\nسڑک مکمل ہو گئی۔")
    assert (doc.title, doc.body) == ("نئی سڑک", "سڑک مکمل ہو گئی۔")


def test_blocks(one) -> None:
    text = (
        "# T\n\nfirst line\nsecond line\n\n- one\n- two\n\n> quoted\n\n| a | b |\n|---|---|\n| c | d |\n\n"
        "```\ncode = 1\n```\n\n![a bridge](x.png) text <b>bold</b>\n\n<div>block <script>no()</script></div>\n"
    )
    body = one("a.md", text).body
    assert "first line second line" in body
    assert "one\ntwo" in body
    for words in ("quoted", "a b", "c d", "code = 1", "a bridge text bold", "block"):
        assert words in body
    for markup in ("|", "`", "<b>", "no()", "](", "> "):
        assert markup not in body


def test_colon_in_a_headline_is_not_yaml_but_is_common(one) -> None:
    doc = one("a.md", "---\ntitle: سڑک: مکمل ہو گئی\ndate: 2026-01-17\n---\nمتن یہاں ہے۔")
    assert (doc.title, doc.date, doc.body) == (
        "سڑک: مکمل ہو گئی",
        date(2026, 1, 17),
        "متن یہاں ہے۔",
    )


@pytest.mark.parametrize(
    "front",
    [
        "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\ntitle: T",
        "title: !!python/object/apply:os.system [echo]\nsource: S",
        "title: T\ndate: 2026-02-30",
        "? [1, 2]\n: x\ntitle: T",
        "title: T\nx: " + "[" * 3000,
        "title: T\nn: 0x" + "f" * 5000,
    ],
)
def test_hostile_front_matter_does_not_cost_the_article(read, front: str) -> None:
    (doc,) = read("a.md", f"---\n{front}\n---\nThe road is open.")
    assert isinstance(doc, Document)
    assert "The road is open." in doc.body


def test_rule_at_the_top_is_not_front_matter(one) -> None:
    doc = one("a.md", "---\n\nA road.\n\n---\n\nIt is open.")
    assert "A road." in doc.title + doc.body
    assert "It is open." in doc.body


PROSE = (
    "The ferry ran again on Thursday after the storm, and the first boat was full by seven. " * 3
)


def test_front_matter_in_toml(one) -> None:
    doc = one(
        "a.md", f'+++\ntitle = "Ferry"\ndate = 2026-01-07T10:00:00Z\ntags = ["sea"]\n+++\n\n{PROSE}'
    )
    assert (doc.title, doc.date, doc.tags) == ("Ferry", date(2026, 1, 7), ("sea",))
    assert doc.body == PROSE.strip()


def test_main_headings_with_prose_are_stories(read) -> None:
    docs = read("day.md", f"# Ferry\n\n*7 January 2026*\n\n{PROSE}\n\n# Pier\n\n{PROSE}")
    assert [(doc.title, doc.date) for doc in docs] == [("Ferry", date(2026, 1, 7)), ("Pier", None)]
    (doc,) = read("one.md", f"# Ferry\n\n{PROSE}\n\n# Note\n\nShort.")
    assert (doc.title, doc.body.endswith("Note\n\nShort.")) == ("Ferry", True)


def test_sections_of_a_titled_story_stay_in_it(one) -> None:
    doc = one("a.md", f"---\ntitle: Ferry\n---\n# Background\n\n{PROSE}\n\n# Reactions\n\n{PROSE}")
    assert (doc.title, doc.body.count("The ferry ran")) == ("Ferry", 6)
    assert "Reactions" in doc.body
