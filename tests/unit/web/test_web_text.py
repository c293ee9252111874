from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import web
from web.text import CATALOGUES, Text

FOLDER = Path(web.__file__).parent


def test_both_languages_say_everything_with_the_same_values():
    english, urdu = CATALOGUES["en"], CATALOGUES["ur"]
    assert set(english) == set(urdu)
    for key in english:
        assert set(re.findall(r"\{(\w+)\}", english[key])) == set(
            re.findall(r"\{(\w+)\}", urdu[key])
        ), key


def test_every_string_a_page_asks_for_is_there_and_none_is_left_over():
    sources = "".join(
        path.read_text("utf-8") for path in [*FOLDER.glob("templates/*"), *FOLDER.glob("*.py")]
    )
    asked = set(re.findall(r"""\b(?:t|text)\(\s*["']([\w-]+)["']\s*[,)]""", sources))
    built = set(re.findall(r"""["']([\w-]+-)(?:["'] ~|\{)""", sources))
    names = set(CATALOGUES["en"])
    assert asked <= names
    chips = {"languages", "sources", "tag", "from", "to"}
    unused = {n for n in names - asked - chips if not any(n.startswith(each) for each in built)}
    assert unused <= {"arm-other", "degraded-other"}


def test_values_are_escaped():
    assert "<b>" not in Text("en")("nothing", query="<b>")


def test_dates():
    assert Text("en").date(date(2026, 1, 7)) == "7 January 2026"
    assert Text("ur").date(date(2026, 12, 31)) == "31 دسمبر 2026"
