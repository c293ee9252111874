"""The web page's frame goes, the article stays. Golden cases: input, `=====`, expected output."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.readers.noise.cleaning import clean
from index.readers.noise.rules import RULES, Rule, fold_line

CASES = sorted((Path(__file__).parents[2] / "data" / "noise").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_golden(case: Path) -> None:
    given, expected = case.read_text(encoding="utf-8").split("=====\n")
    assert clean(given).text == expected.strip()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_cleaning_twice_changes_nothing_more(case: Path) -> None:
    once = clean(case.read_text(encoding="utf-8").split("=====\n")[0]).text
    assert clean(once).text == once


def test_there_are_golden_cases() -> None:
    assert len(CASES) > 15


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_matches_its_example_first(rule: Rule) -> None:
    line = rule.example
    folded = fold_line(line) or line
    first = next(r for r in RULES if r.pattern.fullmatch(folded))
    assert first is rule
    assert rule.reason


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_keyboards_capitals_and_ornaments_do_not_matter_to_a_rule(rule: Rule) -> None:
    arabic_keyboard = rule.example.translate(str.maketrans("یکہ", "يكه"))
    for line in (arabic_keyboard, rule.example.upper(), f"» {rule.example}"):
        assert rule.pattern.fullmatch(fold_line(line) or line)


@pytest.mark.parametrize(
    "line",
    [
        "Read more: The bridge reopens",
        "ALSO READ | The bridge reopens",
        "[یہ بھی پڑھیں: پل کھل گیا]",
        "**مزید پڑھیے:** پل کھل گیا",
        "\u200fیہ بھی پڑھیں : پل کھل گیا",
        "Follow us on Facebook and X",
        "ہمارا واٹس ایپ چینل جوائن کریں",
        "فیس بک پر شیئر کریں",
        "Click to share on WhatsApp (Opens in new window)",
        "This website uses cookies to measure visits.",
        "Story continues below this ad",
    ],
)
def test_lines_that_go_wherever_they_stand(line: str) -> None:
    prose = "The ferry ran again on Thursday after the storm, and the first boat was full by seven."
    cleaned = clean(f"{prose}\n\n{line}\n\n{prose} It was quiet.")
    assert cleaned.text == f"{prose}\n\n{prose} It was quiet."
    assert sum(cleaned.cut.values()) == len(line)


@pytest.mark.parametrize(
    "line",
    [
        "مزید پڑھیں کہ اس منصوبے پر کتنی لاگت آئی",
        "Read more widely, she advised",
        "Share the burden, minister tells provinces",
        "Copyright bill passed by the assembly",
        "Commentary: a city without trees",
        "Advertisements on buses banned",
        "متعلقہ حکام نے نوٹس لے لیا",
        "ذریعہ معاش کھو دینے والوں کی مدد",
        "Email scams rise in winter",
    ],
)
def test_headings_and_sentences_stay(line: str) -> None:
    prose = "The ferry ran again on Thursday after the storm, and the first boat was full by seven."
    text = f"{prose}\n\n{line}\n\n{prose} It was quiet."
    assert clean(text).text == text


def test_source_is_taken_as_it_is_spelled() -> None:
    prose = "بندرگاہ پر مال اتارنے کے لیے نئی کرین نصب کر دی گئی جس سے انتظار آدھا رہ جائے گا۔"
    assert clean(f"{prose}\n\nذریعہ: Daily Example").source == "Daily Example"
    assert clean(f"{prose}\n\nبشکریہ : روزنامه مثال").source == "روزنامه مثال"
    assert clean(f"{prose}\n\nSource: https://example.org/a").source == ""


@pytest.mark.parametrize(
    "line",
    [
        "ویب ڈیسک January 17, 2026",
        "ویب ڈیسک | ہفتہ 17 جنوری 2026ء",
        "Published: Saturday, 17 January 2026, 10:30 PM",
        "شائع ۱۷ جنوری ۲۰۲۶ صبح 10:30",
        "Published 2026-01-17 Updated 2026-01-18",
        "By Staff Reporter - Jan 17, 2026",
    ],
)
def test_byline_gives_the_date(line: str) -> None:
    cleaned = clean(
        f"A headline\n\n{line}\nThe harbour was busy all day, fishermen said on Monday."
    )
    assert cleaned.date == date(2026, 1, 17)
    assert line not in cleaned.text


def test_keyword_stuffing_has_no_limit() -> None:
    prose = "بندرگاہ پر مال اتارنے کے لیے نئی کرین نصب کر دی گئی جس سے انتظار آدھا رہ جائے گا۔"
    assert clean(f"{prose}\n\nکلیدی لفظ: {'کرین بندرگاہ ' * 200}").text == prose


def test_untouched_text_is_not_even_counted() -> None:
    assert clean("ایک سادہ سطر").cut == {}


@pytest.mark.parametrize(
    "unit", ["Leave a Comment\n", "متعلقہ خبریں\n", "Tweet\n\n", "پڑھیں:\nسرخی\n"]
)
def test_a_page_of_nothing_but_noise_takes_no_longer_than_it_should(unit: str) -> None:
    text = unit * 20_000  # quadratic work would take minutes
    assert clean(text).text == text.strip()


URDU = [
    "بندرگاہ پر مال اتارنے کے لیے نئی کرین نصب کر دی گئی جس سے جہازوں کا انتظار آدھا رہ جائے گا اور تاجروں کا خرچ بھی کم ہو گا۔",
    "حکام کے مطابق کرین ایک گھنٹے میں چالیس کنٹینر اتار سکتی ہے اور اسے چلانے کے لیے عملے کو تین ماہ تک تربیت دی گئی ہے۔",
    "مزدوروں نے اس اقدام کا خیر مقدم کیا تاہم کہا کہ کسی کو ملازمت سے نہ نکالا جائے اور تنخواہیں بروقت دی جائیں تو بہتر ہو گا۔",
]


def test_a_headline_of_another_article_between_paragraphs_goes() -> None:
    stranger = "پہاڑی ضلعے میں برفانی چیتا دیکھا گیا، محکمہ جنگلی حیات کی تصدیق"
    cleaned = clean(f"{URDU[0]}\n\n{URDU[1]}\n\n{stranger}\n\n{URDU[2]}")
    assert stranger not in cleaned.text
    assert cleaned.cut == {"other-headline": len(stranger)}


@pytest.mark.parametrize(
    "line",
    [
        "مزدوروں کے مطالبات اور انتظامیہ کا جواب کیا رہا",
        "ایک نیا دور",
        "پہاڑی ضلعے میں برفانی چیتا دیکھا گیا، محکمہ جنگلی حیات کی تصدیق۔",
    ],
)
def test_a_subhead_between_paragraphs_stays(line: str) -> None:
    text = f"{URDU[0]}\n\n{URDU[1]}\n\n{line}\n\n{URDU[2]}"
    assert clean(text).text == text
