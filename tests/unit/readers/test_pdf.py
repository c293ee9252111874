"""PDF: Arabic script in the order in which it is read, paragraphs, pages, and what cannot be read."""

from __future__ import annotations

import re

import pytest
from containers import BODY, TITLE, pdf

from index.documents import PAGES, Skipped, page_at
from index.readers import ReaderConfig
from index.readers.formats.printed.pdf_lines import Line
from index.readers.formats.printed.pdf_paragraphs import paragraphs
from index.readers.originals.page_starts import page_starts

LINES = [
    "تسلّی اور دِلاوری کے لئے قلمبند، بالآخر ایّام",
    "سال 2025 میں IMF کے 12 رکنی وفد نے (لاہور) میں ۱۴ ملاقاتیں کیں۔",
    "جلال، علاقہ، اسلام آباد، سیلاب اور مُلّا",
    "قیمت 1,400.50 روپے، یعنی 12/5 فیصد۔",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_read_as_it_is_written(one, line: str) -> None:
    doc = one("a.pdf", pdf([f"{TITLE}\n{line}"], title=TITLE))
    assert doc.title == TITLE
    assert line in doc.body


@pytest.mark.parametrize("line", LINES)
def test_spaces_that_are_no_letters_of_the_font_are_seen(one, line: str) -> None:
    doc = one("a.pdf", pdf([f"{TITLE}\n{line}"], title=TITLE, spaces=False))
    assert line in doc.body


def test_brackets_that_the_font_holds_as_they_look(one) -> None:
    for drawn in (
        "جماعت )PTI) نے «آزاد« کہا",
        "جماعت (PTI( نے »آزاد» کہا",
        "جماعت )PTI( نے »آزاد« کہا",
    ):
        doc = one("a.pdf", pdf([f"{TITLE}\n{drawn}"], title=TITLE))
        assert "جماعت (PTI) نے «آزاد» کہا" in doc.body


def test_letters_at_many_heights_are_one_line(one, read) -> None:
    text = "محکمہ صحت نے متاثرہ ضلعوں میں اپنی ٹیمیں روانہ کیں جبکہ سڑکیں کھل گئیں"
    content = pdf([f"خبر\n{text}"], title=TITLE, spaces=False, steps=6)
    assert text in one("a.pdf", content).body
    notes = [item.reason for item in read("a.pdf", content) if isinstance(item, Skipped)]
    assert any("many heights" in note for note in notes)


def test_lines_of_columns_are_joined_within_them() -> None:
    """Two columns of Urdu, the right one first; a sentence goes on from one to the next."""
    right = [("پہلا پیراگراف یہاں", 300), ("ختم ہوا۔", 400), ("دوسرا پیراگراف اگلے", 300)]
    left = [("کالم میں", 150), ("چلتا ہے۔", 100), ("تیسرا۔", 40)]
    lines = [Line(text, at, 500, 700 - 20 * n, 12, True) for n, (text, at) in enumerate(right)]
    lines += [
        Line(text, 250 - wide, 250, 700 - 20 * n, 12, True) for n, (text, wide) in enumerate(left)
    ]
    assert paragraphs(lines) == [
        "پہلا پیراگراف یہاں ختم ہوا۔",
        "دوسرا پیراگراف اگلے کالم میں چلتا ہے۔",
        "تیسرا۔",
    ]


def test_presentation_forms_become_letters(one) -> None:
    forms = "ﺳﯿﻼﺏ ﮐﮯ ﺑﻌﺪ"
    doc = one("a.pdf", pdf([f"Report\n{''.join(forms)}"], title="Report"))
    assert "سیلاب کے بعد" in doc.body


def test_lines_are_joined_and_parted_words_made_whole(one) -> None:
    page = "Heading of it\nThe committee said that the new settle-\nment will be built before the winter is\nhere."
    doc = one("a.pdf", pdf([page]))
    assert "new settlement will be built before the winter is here." in doc.body


def test_the_headline_is_the_largest_line(one) -> None:
    doc = one("a.pdf", pdf([f"{TITLE}\n{BODY}"], heading_size=20))
    assert (doc.title, doc.body) == (TITLE, BODY)


def test_a_headline_is_not_said_again_in_the_text(one) -> None:
    text = "The auditor found that a third of all tankers ran without\na licence in the year to June.\nThe report is out."
    doc = one("a.pdf", pdf([f"Audit of the tankers\n{text}"], heading_size=20))
    assert doc.title == "Audit of the tankers"
    assert doc.body.startswith("The auditor found")
    assert page_at(doc.extra, 0) == 1


def test_lines_of_a_heading_are_one() -> None:
    def line(text: str, base: float, size: float = 10) -> Line:
        return Line(text, left=0, right=6 * len(text), base=base, size=size)

    text = "The auditor found that a third of all tankers ran without a licence."
    lines = [line("Audit of the water", 100, 20), line("tankers", 70, 20), line(text, 40)]
    assert paragraphs([*lines, line(text, 10)]) == [
        "Audit of the water tankers",
        f"{text} {text}",
    ]


def test_running_heads_and_page_numbers_go(one) -> None:
    pages = [
        f"روزنامہ ساحل، صفحہ {n}\nParagraph {word} of the report.\n{n}"
        for n, word in enumerate(["one", "two", "three", "four", "five"], 1)
    ]
    doc = one("a.pdf", pdf(pages, title="Report"))
    assert "ساحل" not in doc.body
    assert re.findall(r"^\d+$", doc.body, re.M) == []
    assert doc.body.count("of the report.") == 5


def test_each_place_knows_its_page(one) -> None:
    doc = one(
        "a.pdf",
        pdf(
            [f"Page about {word}.\nMore text of it." for word in ("mangoes", "snow", "polio")],
            title="Three",
        ),
    )
    for number, word in enumerate(("mangoes", "snow", "polio"), 1):
        assert page_at(doc.extra, doc.body.index(word)) == number
    assert page_at({}, 5) == 0
    assert page_at({PAGES: "nonsense"}, 5) == 0


def test_pages_follow_a_text_that_lost_lines() -> None:
    read = "Share this\n\nfirst page\n\nsecond page\n\nShare this\n\nthird page"
    starts = [0, read.index("second"), read.index("third")]
    kept = "first page\n\nsecond page\n\nthird page"
    assert page_starts(read, starts, kept) == [0, kept.index("second"), kept.index("third")]


def test_a_pdf_without_text_says_so(read) -> None:
    (skipped,) = read("a.pdf", pdf([""]))
    assert "no text" in skipped.reason


def test_an_encrypted_one_says_so(read) -> None:
    raw = pdf([TITLE]).replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<"
        + b"ab" * 32
        + b">/U<"
        + b"cd" * 32
        + b">>>/ID[<00><00>]",
    )
    (skipped,) = read("a.pdf", raw)
    assert "encrypted" in skipped.reason


def test_a_great_many_objects_are_bounded(read) -> None:
    items = read("a.pdf", pdf(["Roads are flooded in Karachi."], objects=300_000))
    assert items[0].title.startswith("Roads")


def test_pages_that_refer_to_themselves_end(read) -> None:
    raw = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 100000000/Kids[2 0 R 2 0 R]>>endobj\ntrailer<</Root 1 0 R>>"
    for item in read("a.pdf", raw, ReaderConfig(max_parse_seconds=5)):
        assert isinstance(item, Skipped)
