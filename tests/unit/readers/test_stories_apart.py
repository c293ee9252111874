"""Several stories in one page or file: each is an article, and a list of headlines is none."""

from __future__ import annotations

from datetime import date

import pytest

from index.documents import Document, Skipped
from index.readers.noise.stories import split

SCHOOL = (
    "تین نئے سکولوں کی منظوری\n\n"
    "ضلعی انتظامیہ نے پیر کے روز تین نئے سکولوں کی منظوری دے دی جن میں آٹھ سو بچے تعلیم حاصل کر سکیں گے۔\n\n"
    "تعمیر کا کام آئندہ ماہ شروع ہوگا اور ایک سال میں مکمل کر لیا جائے گا، جس پر چار کروڑ روپے لاگت آئے گی۔"
)
CRANE = (
    "بندرگاہ پر نئی کرین نصب\n\n"
    "نیوز ڈیسک :بندرگاہ پر مال اتارنے کے لیے نئی کرین نصب کر دی گئی جس سے جہازوں کا انتظار آدھا رہ جائے گا۔\n\n"
    "حکام کے مطابق کرین ایک گھنٹے میں چالیس کنٹینر اتار سکتی ہے اور اسے چلانے کے لیے عملے کو تربیت دی گئی ہے۔"
)
LINKS = "متعلقہ مضامین\n\n  • ماہی گیروں کا احتجاج ختم\n  • سمندر میں طغیانی کا خدشہ\n  • کسٹم حکام کی نئی شرائط"
FERRY = (
    "Ferry runs again after the storm\n\n"
    "The ferry ran again on Thursday after the storm, and the first boat was full by seven in the morning.\n\n"
    "Fishermen said the pier had lost forty planks, which the council promised to replace before the winter."
)


def documents(items: list[Document | Skipped]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


@pytest.mark.parametrize(
    "heading", ["پڑھیں:", "یہ بھی پڑھیں:", "مزید پڑھیے :", "Read more:", "Also Read"]
)
@pytest.mark.parametrize(
    "footer", ["ذریعہ: Daily Example", "کلیدی لفظ: سکول ضلع بچے", "Source: Daily Example\n\n."]
)
def test_a_story_below_the_footer_is_an_article(read, said, heading: str, footer: str) -> None:
    text = f"{SCHOOL}\n\n{footer}\n\n{heading}\n\n{CRANE}\n\n{LINKS}"
    first, second = documents(read("a.txt", text))
    assert first.body == SCHOOL.partition("\n\n")[2]
    assert second.title == "بندرگاہ پر نئی کرین نصب"
    assert second.body.endswith("تربیت دی گئی ہے۔")
    assert (first.id, second.id) == ("a.txt", "a.txt#2")
    assert first.extra["same_page"] == ["a.txt#2"]
    assert second.extra["same_page"] == ["a.txt"]
    assert second.source == ""
    assert not any("ماہی گیروں" in doc.body or "کسٹم" in doc.body for doc in (first, second))
    assert said("a.txt", text).cut["related-list"] > 80


@pytest.mark.parametrize("name", ["a.md", "a.csv", "a.json"])
def test_whatever_the_format(read, name: str) -> None:
    text = f"{SCHOOL}\n\nذریعہ: Daily Example\n\nپڑھیں:\n\n{CRANE}"
    content = {
        "a.md": f"---\ntitle: سکول\ndate: 2026-01-07\n---\n\n{text}",
        "a.csv": f'title,date,body\nسکول,2026-01-07,"{text}"\n',
        "a.json": '{"title": "سکول", "date": "2026-01-07", "body": "'
        + text.replace("\n", "\\n")
        + '"}',
    }[name]
    first, second = documents(read(name, content))
    assert (first.title, first.date, first.source) == ("سکول", date(2026, 1, 7), "Daily Example")
    assert (second.title, second.date) == ("بندرگاہ پر نئی کرین نصب", None)


def test_a_list_of_headlines_is_no_story(read) -> None:
    (doc,) = documents(read("a.txt", f"{SCHOOL}\n\nذریعہ: نمونہ\n\nپڑھیں:\n\n{LINKS}"))
    assert doc.body == SCHOOL.partition("\n\n")[2]
    assert "same_page" not in doc.extra


@pytest.mark.parametrize("rule", ["=====", "- - -\n----------", "* * *\n*****", "________"])
def test_lines_between_signed_stories(read, rule: str) -> None:
    text = f"{FERRY.replace('The ferry ran', 'LAHORE: The ferry ran', 1)}\n\n{rule}\n\nبندرگاہ پر کرین\n\nویب ڈیسک 7 جنوری 2026\n{CRANE}"
    first, second = documents(read("day.txt", text))
    assert first.title == "Ferry runs again after the storm"
    assert (second.title, second.date) == ("بندرگاہ پر کرین", date(2026, 1, 7))


def test_a_headline_that_is_told_below_it_begins_a_story(read) -> None:
    """Without a footer or a byline the words say so: they are of the prose below, and not above."""
    crane = f"{CRANE.replace('نیوز ڈیسک :', '')} یہ کرین چین سے منگوائی گئی ہے۔"
    for between in ("پڑھیں:", "***", "* * *"):
        first, second = documents(read("a.txt", f"{SCHOOL}\n\n{between}\n\n{crane}"))
        assert (first.title, second.title) == (
            SCHOOL.partition("\n")[0],
            CRANE.partition("\n")[0],
        )
    link = f"{SCHOOL}\n\nپڑھیں:\n\nبندرگاہ پر نئی کرین نصب\n\n{SCHOOL.partition(chr(10))[2]}"
    assert split(link) == [link]


def test_a_line_inside_one_story_is_a_pause() -> None:
    text = f"{FERRY}\n\n-----\n\nWhat the council says\n\n{FERRY}"
    assert split(text) == [text]


def test_each_date_line_begins_a_story(read) -> None:
    day = f"date 2026-01-07 {FERRY}\n\ndate 2026-01-08\n{CRANE}\n\nتاریخ: 2026-01-09\n{SCHOOL}"
    docs = documents(read("day.txt", day))
    assert [doc.date for doc in docs] == [date(2026, 1, n) for n in (7, 8, 9)]
    assert docs[0].title == "Ferry runs again after the storm"
    assert docs[0].extra["same_page"] == ["day.txt#2", "day.txt#3"]


@pytest.mark.long
@pytest.mark.parametrize(
    "unit",
    ["پڑھیں:\nسرخی\n", "=====\n", "date 2026-01-07 x\n", "ذریعہ: نمونہ\nپڑھیں:\n" + CRANE + "\n"],
)
@pytest.mark.timeout(60)
def test_many_boundaries_take_no_longer_than_they_should(unit: str) -> None:
    assert split(unit * (200_000 // len(unit)))


def test_a_rule_that_would_take_more_than_half_is_doubted_and_said(read, said) -> None:
    comments = f"Your email address will not be published.\n\n{FERRY}\n\n{FERRY}\n\n{FERRY}"
    text = f"A short note on the pier\n\n{FERRY}\n\n{comments}"
    (doc,) = documents(read("a.txt", text))
    assert doc.body.count("forty planks") == 4
    assert doc.extra["not_cut"] == ["comment-form"]
    (note,) = said("a.txt", text).notes
    assert (
        note.reason == "not cut, for it would have been more than half of the text (comment-form)"
    )


def test_what_is_cut_is_counted_by_rule(read, said) -> None:
    text = (
        f"Ferry\n\n{FERRY}\n\nRead more: The pier\n\nFollow us on Facebook\n\nSource: Daily Example"
    )
    (doc,) = documents(read("a.txt", text))
    assert doc.extra["cut"] == {"also-read": 19, "follow": 21, "source": 21}
    assert said("a.txt", text).cut == doc.extra["cut"]
