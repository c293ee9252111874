"""Golden splits in tests/data/sentences (text, ``---``, one sentence a line), lengths and speed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from index.text.sentences import LONGEST, sentences

CASES = sorted((Path(__file__).parents[1] / "data" / "sentences").glob("*.txt"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    text, _, expected = path.read_text(encoding="utf-8").partition("---\n")
    assert [text[start:end] for start, end in sentences(text)] == expected.splitlines()


def test_nothing_to_read_gives_nothing() -> None:
    assert sentences("") == []
    assert sentences(" \n\t۔ ... \u200f *** ؟") == []


def test_any_line_break_counts() -> None:
    text = "ایک\rدو\r\nthree\u2028چار\u0085five"
    assert [text[start:end] for start, end in sentences(text)] == [
        "ایک",
        "دو",
        "three",
        "چار",
        "five",
    ]


def test_what_is_too_long_is_cut_at_commas() -> None:
    clause = "اجلاس میں صوبائی وزرا نے سیلاب سے بچاؤ کے منصوبوں پر غور کیا، "
    text = clause * 40
    spans = sentences(text)
    assert all(end - start <= LONGEST for start, end in spans)
    assert all(text[:end].endswith("،") for _, end in spans)


def test_without_commas_at_spaces_and_without_spaces_anywhere() -> None:
    text = "لفظ " * 400
    assert all(text[start:end].startswith("لفظ") for start, end in sentences(text))
    assert [end - start for start, end in sentences("x" * 1300)] == [600, 600, 100]


def test_no_cut_between_a_letter_and_its_mark() -> None:
    text = "بَ" * 1000
    assert all(text[start] == "ب" for start, _ in sentences(text))


@pytest.mark.parametrize("unit", ["a. ", "۔ ", '"a." ', "A.", "ک۔", '"', ". ", "x", "Dr. "])
def test_no_text_takes_long(unit: str) -> None:
    began = time.process_time()
    sentences(unit * (100_000 // len(unit)))
    assert time.process_time() - began < 5
