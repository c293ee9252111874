"""What stands above and around a news text: credits, bylines, datelines. None is the headline."""

from __future__ import annotations

from datetime import date

import pytest

from index.readers.datelines import dateline_of

HEADLINE = "کیا اس برس برف باری کم ہو گی؟"
PROSE = "ماہرین کا کہنا ہے کہ اس برس پہاڑوں پر برف باری معمول سے بیس فیصد کم رہنے کا امکان ہے۔"


@pytest.mark.parametrize(
    "line",
    [
        "تصویر کے کاپی رائٹ AFP",
        "،تصویر کا ذریعہExample via Getty Images",
        "تصویر کا ذریعہ، اے ایف پی",
        "فوٹو: فائل",
        "فوٹو بشکریہ محکمہ موسمیات",
        "فائل فوٹو",
        "— فائل فوٹو: رائٹرز",
        "تصویر: مثال احمد",
        "شٹر اسٹاک فوٹو",
        "—اسکرین شاٹ",
        "رائٹرز/فائل",
        "Image copyright Getty Images",
        "Photo: AFP/File",
        "Photo courtesy: Example Department",
        "— Reuters/File",
        "FILE PHOTO",
        "Photograph: Example Agency",
        "PHOTO AFP",
        "REUTERS/Amna Misal",
        "Image source, Getty Images",
        "(فوٹو: اے ایف پی)",
        "فوٹو اے پی",
        "Image caption برف سے ڈھکی ایک سڑک",
        "،ویڈیو کیپشنبرف سے ڈھکی ایک سڑک",
        "ویب ڈیسک",
        "مواد پر جائیں",
        "4 گھنٹے پہلے",
        "2 hours ago",
        "5 min read",
        "پاکستان",
        "Home > News > Pakistan",
        "ہوم » کھیل » کرکٹ",
        "By Sana Gul on March 5, 2024",
        "مصنف, ثنا گل",
    ],
)
def test_credits_and_captions_are_no_headline(one, line: str) -> None:
    doc = one("a.txt", f"{line}\n\n{HEADLINE}\n\n{PROSE}\n\n{PROSE} دوسرا بیان۔")
    assert doc.title == HEADLINE
    assert line not in doc.body


def test_captions_are_kept_apart(one) -> None:
    doc = one("a.txt", f"{HEADLINE}\n\n{PROSE}\n\nImage caption برف سے ڈھکی ایک سڑک\n\n{PROSE}")
    assert doc.extra["captions"] == ["برف سے ڈھکی ایک سڑک"]
    assert "ڈھکی" not in doc.body


@pytest.mark.parametrize(
    ("line", "day", "source", "author"),
    [
        ("misaldaily نے Monday، 7 January 2026 کو شائع کیا.", date(2026, 1, 7), "misaldaily", ""),
        ("Misal Daily نے بدھ، ۷ جنوری ۲۰۲۶ کو شائع کیا۔", date(2026, 1, 7), "Misal Daily", ""),
        ("شائع 7 جنوری 2026 03:30pm", date(2026, 1, 7), "", ""),
        ("آخری وقت اشاعت: بدھ 7 جنوری 2026 ,\u202d 05:45 GMT 10:45 PST", date(2026, 1, 7), "", ""),
        ("اپ ڈیٹ 7 جنوری 2026", date(2026, 1, 7), "", ""),
        ("Published January 7, 2026 Updated January 9, 2026 10:22am", date(2026, 1, 7), "", ""),
        ("Published in Example Times, January 7th, 2026", date(2026, 1, 7), "Example Times", ""),
        ("By Amna Misal | January 7, 2026 | 3 min read", date(2026, 1, 7), "", "Amna Misal"),
        ("By Amna Misal", None, "", "Amna Misal"),
        ("By: Amna Misal", None, "", "Amna Misal"),
        ("تحریر: آمنہ مثال", None, "", "آمنہ مثال"),
        ("رپورٹ: آمنہ مثال", None, "", "آمنہ مثال"),
        ("آمنہ مثال بی بی سی اردو ڈاٹ کام، اسلام آباد", None, "", "آمنہ مثال"),
    ],
)
def test_bylines_give_what_they_state(one, line: str, day, source: str, author: str) -> None:
    doc = one("a.txt", f"{line}\n\n{HEADLINE}\n\n{PROSE}")
    assert doc.title == HEADLINE
    assert doc.body == PROSE
    assert (doc.date, doc.source, doc.extra.get("author", "")) == (day, source, author)


@pytest.mark.parametrize(
    "line",
    [
        "By the river, a town waits",
        "رپورٹ: ملک میں گندم کی پیداوار میں کمی کا خدشہ ظاہر کر دیا گیا اور درآمد پر غور",
        "فوٹو گرافر کی موت پر احتجاج",
        "تصویر وائرل ہونے پر وزیر کا ردعمل",
        "Photo exhibition opens in Lahore",
        "6 ستمبر 1965",
        "دو دن پہلے کیا ہوا تھا؟",
    ],
)
def test_headlines_that_only_sound_like_it_stay(one, line: str) -> None:
    doc = one("a.txt", f"{line}\n\n{PROSE}\n\n{PROSE} دوسرا بیان۔")
    assert doc.title == line
    assert doc.date is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("اسلام آباد (نمائندہ خصوصی) وفاقی کابینہ نے منظوری دے دی۔", "اسلام آباد"),
        ("لاہور(این این آئی)پنجاب حکومت نے فیصلہ کیا۔", "لاہور"),
        ("مظفر گڑھ، اسلام آباد (نمائندگان، ویب ڈیسک) بارش ہوئی۔", "مظفر گڑھ، اسلام آباد"),
        ("کراچی: گودام میں آگ لگ گئی۔", "کراچی"),
        ("نئی دہلی : ہوا کا معیار خراب رہا۔", "نئی دہلی"),
        ("LAHORE: The library opened.", "LAHORE"),
        ("Islamabad: The library opened.", "Islamabad"),
        ("KARACHI/LAHORE — The library opened.", "KARACHI/LAHORE"),
        ("DERA ISMAIL KHAN: The library opened.", "DERA ISMAIL KHAN"),
        ("KARACHI, Jan 7, 2026 (APP): The library opened.", "KARACHI"),
    ],
)
def test_datelines_give_the_place(text: str, place: str) -> None:
    found = dateline_of(text)
    assert found is not None
    assert found.place == place
    assert text[found.end :][0] not in " :("


@pytest.mark.parametrize(
    "text",
    [
        "پاکستان کرکٹ بورڈ (پی سی بی) نے کہا۔",
        "وزیراعظم: ہم قرض نہیں لیں گے",
        "WHO (World Health Organization) said so.",
        "Imran Khan: the years in office",
        "https://example.org/a is an address",
        "Update: the road is open",
        "لاہور کے ایک محلے میں آگ لگ گئی۔",
        "",
    ],
)
def test_other_beginnings_are_no_dateline(text: str) -> None:
    assert dateline_of(text) is None


def test_dateline_stays_in_the_text_and_out_of_the_title(one) -> None:
    text = "اسلام آباد (مثال پوائنٹ اخبارتازہ ترین۔ 05 دسمبر 2018ء) بینک اور کار ساز کمپنی نے مفاہمت کی یادداشت پر دستخط کر دیے۔ صارفین کو آسان اقساط پر گاڑیاں دی جائیں گی۔"
    doc = one("a.txt", text)
    assert doc.title == "بینک اور کار ساز کمپنی نے مفاہمت کی یادداشت پر دستخط کر دیے"
    assert doc.body == text
    assert (doc.date, doc.extra["place"]) == (date(2018, 12, 5), "اسلام آباد")


def test_one_paragraph_keeps_its_first_sentence(one) -> None:
    text = "بلدیہ نے نیا پارک کھول دیا جس میں جھولے ہیں۔ بچوں نے پہلے دن ہی رش لگا دیا۔"
    doc = one("a.txt", text)
    assert doc.body == text
    assert doc.title == "بلدیہ نے نیا پارک کھول دیا جس میں جھولے ہیں"


def test_a_section_is_one_only_above_a_headline(one) -> None:
    doc = one("a.txt", f"Cricket\n\n{PROSE}\n\n{PROSE} دوسرا بیان۔")
    assert (doc.title, doc.body) == ("Cricket", f"{PROSE}\n\n{PROSE} دوسرا بیان۔")
