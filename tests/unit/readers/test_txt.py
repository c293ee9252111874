"""Plain text: the date line, the headline, and a title where there is no headline."""

from __future__ import annotations

from datetime import date

import pytest

from index.readers.plain_text import derive_title, scrub, split_headline

LONG = (
    "صوبائی وزیر تعلیم نے کہا ہے کہ دیہی علاقوں میں دو سو نئے سکول کھولے جائیں گے جن میں لڑکیوں کے "
    "سکولوں کو ترجیح دی جائے گی، اور اساتذہ کی بھرتی میرٹ پر ہوگی تاکہ کوئی شکایت نہ رہے۔ "
    "دوسرا جملہ یہاں ہے۔"
)


def test_headline_and_body(one) -> None:
    doc = one("a.txt", "نئے پل کا افتتاح\n\nشہر کو جوڑنے والا پل کھول دیا گیا۔\n\nٹریفک رواں ہے۔\n")
    assert doc.title == "نئے پل کا افتتاح"
    assert doc.body == "شہر کو جوڑنے والا پل کھول دیا گیا۔\n\nٹریفک رواں ہے۔"
    assert (doc.id, doc.lang, doc.date) == ("a.txt", "ur", None)


@pytest.mark.parametrize(
    "start",
    [
        " date 2026-01-07 ",
        "date 2026-01-07\n",
        "\ufeff date 2026-01-07\n\n",
        "Date: 2026-01-07\n",
        "date ۲۰۲۶-۰۱-۰۷ ",
        "تاریخ: 2026-01-07\n",
        "date 7 January 2026\n",
        "date ۷ جنوری ۲۰۲۶\n",
        "\n\n date 2026-01-07 ",
    ],
)
def test_date_line(one, start: str) -> None:
    doc = one("a.txt", f"{start}نئے پل کا افتتاح\n\nشہر کو جوڑنے والا پل کھول دیا گیا۔")
    assert doc.date == date(2026, 1, 7)
    assert doc.title == "نئے پل کا افتتاح"
    assert "date" not in doc.extra


def test_impossible_date_is_kept_aside(one) -> None:
    doc = one("a.txt", "date 2026-02-30 A headline\n\nA body.")
    assert doc.date is None
    assert doc.extra["date"] == "2026-02-30"
    assert doc.title == "A headline"


def test_prose_that_begins_with_the_word_date_is_prose(one) -> None:
    doc = one("a.txt", "date palms planted in the valley\n\nFarmers planted date palms.")
    assert doc.title == "date palms planted in the valley"


def test_long_first_paragraph_is_no_headline_and_stays_in_the_body(one) -> None:
    doc = one("a.txt", f" date 2026-01-07 {LONG}\nاگلا پیراگراف۔")
    assert doc.body == f"{LONG}\nاگلا پیراگراف۔"
    assert doc.title.endswith("دی جائے گی…")
    assert LONG.startswith(doc.title.rstrip("…"))


def test_dateline_is_no_headline(one) -> None:
    doc = one("a.txt", "LAHORE:\n\nThe old library opened its doors again on Sunday morning.")
    assert doc.title != "LAHORE:"
    assert doc.body.startswith("LAHORE:")


def test_wrapped_lines_are_one_paragraph(one) -> None:
    text = (
        "The harbour master said on Monday that the first ship of the season had\n"
        "come in with four hundred tonnes of rice, and that two more ships would\n"
        "follow before the end of the week if the wind stayed as it was.\n\nMore later."
    )
    doc = one("a.txt", text)
    assert doc.title.startswith(
        "The harbour master said on Monday that the first ship of the season had come"
    )
    assert doc.body == text


def test_only_a_headline(one) -> None:
    doc = one("a.txt", "بارش جاری\n")
    assert (doc.title, doc.body) == ("بارش جاری", "")


def test_windows_and_old_mac_line_ends(one) -> None:
    assert one("a.txt", "سرخی\r\n\r\nمتن یہاں\r\nہے").body == "متن یہاں\nہے"
    assert one("a.txt", "سرخی\r\rمتن").body == "متن"


def test_marks_joiners_and_both_keyboards_stay_as_written(one) -> None:
    text = "سرخی\n\nمُحَمَّد نے کہا کہ خوش\u200cآمدید، يہ كتاب ۱۲ اور 12 روپے کی ہے۔"
    assert one("a.txt", text).body == text.partition("\n\n")[2]


def test_noise_above_the_headline_does_not_become_the_title(one) -> None:
    doc = one(
        "a.txt", "ADVERTISEMENT\nنئے پل کا افتتاح\n\nویب ڈیسک January 17, 2026\nپل کھول دیا گیا۔"
    )
    assert doc.title == "نئے پل کا افتتاح"
    assert doc.body == "پل کھول دیا گیا۔"
    assert doc.date == date(2026, 1, 17)
    assert len(doc.extra["cut"]) == 2


def test_given_date_wins_over_the_byline(one) -> None:
    doc = one("a.txt", "date 2026-01-07 Bridge opens\n\nWeb Desk January 9, 2026\nIt is open.")
    assert doc.date == date(2026, 1, 7)


@pytest.mark.parametrize("content", ["", "\n\n \n", "\ufeff", "---\n***\n", " date 2026-01-07 \n"])
def test_no_text_is_reported(read, content: str) -> None:
    (skipped,) = read("a.txt", content)
    assert "no text" in skipped.reason


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Dr. Rahim opened the clinic on Friday. Patients came early.",
            "Dr. Rahim opened the clinic on Friday",
        ),
        (
            "پہلا جملہ جو کافی طویل ہے یہاں ختم ہوا۔ دوسرا جملہ۔",
            "پہلا جملہ جو کافی طویل ہے یہاں ختم ہوا",
        ),
        (
            "Will the river rise again this week? Nobody knows.",
            "Will the river rise again this week?",
        ),
        ("short", "short"),
        ("", ""),
    ],
)
def test_title_is_the_first_sentence(text: str, title: str) -> None:
    assert derive_title(text, 140) == title


def test_title_is_cut_between_words_and_never_inside_a_letter_with_its_mark() -> None:
    title = derive_title("لفظ " * 100, 50)
    assert title == "لفظ " * 11 + "لفظ…"
    assert derive_title("بَ" * 100, 51).endswith("َ…")
    assert len(derive_title("x" * 10_000, 140)) <= 141


def test_split_headline_loses_nothing() -> None:
    title, body = split_headline(LONG, headline_chars=160, title_chars=140)
    assert body == LONG
    assert title


def test_scrub_removes_only_what_no_text_may_hold() -> None:
    assert scrub("a\x00b\x1b[31mc\x85d\ud800e\tf\n") == "ab[31mc\nd\ufffde\tf\n"


HEAD_EN = "Title: New bridge opens\nSource: Daily Example\nAuthor: Sana Gul\nURL Source: https://a.example/1\nDate: 7 January 2026"
HEAD_UR = "عنوان: نئے پل کا افتتاح\n\nذریعہ: Daily Example\n\nتحریر: Sana Gul\n\nلنک: https://a.example/1\n\nتاریخ: ۷ جنوری ۲۰۲۶"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("head", [HEAD_EN, HEAD_UR, f"{HEAD_UR}\n\nمتن:", f"{HEAD_EN}\nContent:"])
def test_a_head_of_labelled_lines(one, name: str, head: str) -> None:
    doc = one(name, f"{head}\n\n{LONG}\n\nحکام: کام جاری ہے۔")
    assert doc.title in ("New bridge opens", "نئے پل کا افتتاح")
    assert (doc.source, doc.url, doc.date) == (
        "Daily Example",
        "https://a.example/1",
        date(2026, 1, 7),
    )
    assert (doc.body, doc.extra["author"]) == (f"{LONG}\n\nحکام: کام جاری ہے۔", "Sana Gul")


def test_a_colon_is_not_a_head_yet(one) -> None:
    text = f"خبر: نئے پل کا افتتاح\n\nوزیر: کام مکمل ہے\n\n{LONG}"
    assert one("a.txt", text).title == "خبر: نئے پل کا افتتاح"


def test_each_labelled_head_begins_a_story(read) -> None:
    story = "Title: {}\nDate: 2026-01-0{}\nLength: 300 words\n\n" + LONG + "\n\n"
    docs = read("day.txt", story.format("One", 1) + story.format("Two", 2))
    assert [(doc.title, doc.date, doc.body) for doc in docs] == [
        ("One", date(2026, 1, 1), LONG),
        ("Two", date(2026, 1, 2), LONG),
    ]


def test_the_address_of_a_text_stands_above_or_below(one) -> None:
    for text in (
        f"https://a.example/1\n{{}}\n\n{LONG}",
        f"{{}}\n\n{LONG}\n\nSource: https://a.example/1",
    ):
        doc = one("a.txt", text.format("نئے پل کا افتتاح"))
        assert (doc.title, doc.url, doc.body) == ("نئے پل کا افتتاح", "https://a.example/1", LONG)


def test_a_danda_ends_a_sentence(one) -> None:
    text = (
        "ਪੰਜਾਬ ਸਰਕਾਰ ਨੇ ਕਣਕ ਦੀ ਖਰੀਦ ਲਈ ਨਵੇਂ ਪ੍ਰਬੰਧ ਕੀਤੇ ਹਨ। ਕਿਸਾਨਾਂ ਦਾ ਕਹਿਣਾ ਹੈ ਕਿ ਅਦਾਇਗੀ ਵਿੱਚ ਦੇਰੀ ਹੋ ਰਹੀ ਹੈ।"
    )
    assert one("a.txt", text).body == text


@pytest.mark.parametrize(
    ("text", "day", "source"),
    [
        (f"روزنامہ نمونہ، 19 اگست 2025، صفحہ 3\n\nنئے پل کا افتتاح\n\n{LONG}", date(2025, 8, 19), "روزنامہ نمونہ"),
        (f"نئے پل کا افتتاح\n\n{LONG}\n\nبشکریہ: روزنامہ نمونہ، 19 اگست 2025", date(2025, 8, 19), "روزنامہ نمونہ"),
        (f"*نئے پل کا افتتاح*\n\n{LONG}\n\nمزید خبروں کے لیے ہمارا واٹس ایپ چینل جوائن کریں\nhttps://wa.example/c", None, ""),
        (f"نئے پل کا افتتاح\nنئے پل کا افتتاح\n\n{LONG}", None, ""),
    ],
)  # fmt: skip
def test_what_stands_around_a_text(one, text: str, day: date | None, source: str) -> None:
    doc = one("a.txt", text)
    assert (doc.title, doc.body, doc.url) == ("نئے پل کا افتتاح", LONG, "")
    assert (doc.date, doc.source) == (day, source)
