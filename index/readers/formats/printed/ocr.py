"""Text in pictures, by Tesseract (the program, with its data for Urdu and English), where it is wanted.

What is read so is marked: `read by` says OCR, `ocr confidence` how sure Tesseract is of its words, from 0 to
100. Words of old prints are often wrong.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

from index.documents import CONFIDENCE, OCR, READ_BY
from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content
from index.readers.plain_text import has_words, scrub
from index.readers.records import Record

TURN_ON = "Turn on OCR (`ocr = true` under [index]) to read it."

_PROGRAM = "tesseract"
_LANGUAGES = ("urd", "eng")
_INSTALL = (
    "Install Tesseract with its data for Urdu and English (tesseract-ocr, tesseract-ocr-urd)."
)
_LIMITED = 'ulimit -v "$1" 2>/dev/null; shift; exec "$@"'  # macOS knows no such limit
_BYTES = 4  # of the memory of other parsers: a page of 300 dots an inch is 35 MB, in several copies


def read_image(content: Content, config: ReaderConfig) -> Iterator[Record]:
    """Read a picture of a page as one article."""
    if not config.ocr:
        raise InputError("a picture.", hint=TURN_ON)
    text, confidence = _recognized(content.read(config), config)
    if not has_words(text):
        raise InputError("a picture without text")
    fields = {"body": text, READ_BY: OCR, CONFIDENCE: round(confidence)}
    yield Record(0, fields, headline_inside=True)


def _recognized(raw: bytes, config: ReaderConfig) -> tuple[str, float]:
    """The text of a picture, a paragraph a line, and the mean confidence of its words."""
    program = shutil.which(_PROGRAM)
    if program is None:
        raise InputError("a picture or a scanned page.", hint=_INSTALL)
    command = [program, "-", "-", "-l", _languages(program), "tsv"]
    kilobytes = str(_BYTES * config.max_parse_bytes // 1024)
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the picture comes by its standard input
            ["/bin/sh", "-c", _LIMITED, "sh", kilobytes, *command],
            input=raw,
            capture_output=True,
            timeout=config.max_parse_seconds,
            env={"OMP_THREAD_LIMIT": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        seconds = f"{config.max_parse_seconds:,}"
        raise InputError(f"its text cannot be read in {seconds} seconds") from None
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise InputError(f"no picture that Tesseract can read: {why[:200]}")
    return _text(done.stdout.decode("utf-8", "replace"))


@lru_cache(maxsize=4)
def _languages(program: str) -> str:
    """Those of our languages that are installed. Raises InputError for none."""
    listed = subprocess.run(  # noqa: S603
        [program, "--list-langs"], capture_output=True, text=True, timeout=60, check=False
    )
    found = [each for each in _LANGUAGES if each in listed.stdout.split()]
    if not found:
        raise InputError("a picture or a scanned page.", hint=_INSTALL)
    return "+".join(found)


def _text(table: str) -> tuple[str, float]:
    """Words of Tesseract's table as paragraphs, and their mean confidence."""
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row["level"] == "5" and (row["text"] or "").strip()]
    paragraphs = (
        " ".join(word["text"].strip() for word in paragraph)
        for _, paragraph in groupby(words, key=_paragraph)
    )
    text = scrub("\n\n".join(paragraphs))
    confidences = [float(word["conf"]) for word in words]
    return text, sum(confidences) / max(len(confidences), 1)


def _paragraph(word: dict[str, Any]) -> tuple[str, str, str]:
    return word["page_num"], word["block_num"], word["par_num"]
