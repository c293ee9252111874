from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import web
from search.models import Notice
from search.query import leaves
from web.text import INTERFACES, TRANSLATIONS, Text
from web.ui.preferences import CHOICES

FOLDER = Path(web.__file__).parent
VALUE = re.compile(r"\{(\w+)\}")


@cache
def catalogue(lang: str) -> Catalog:
    with (TRANSLATIONS / lang / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=lang, abort_invalid=True)


def strings(lang: str) -> dict[str, Message]:
    """The messages pages ask for by key; notices have a context."""
    return {_key(each): each for each in catalogue(lang) if each.id and not each.context}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _place(message: Message) -> tuple[str, str]:
    context = message.context or ""  # Babel gives bytes when it reads a compiled catalogue
    return context if isinstance(context, str) else context.decode(), _key(message)


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.mark.parametrize("lang", INTERFACES)
def test_what_is_compiled_is_what_is_written(lang):
    with (TRANSLATIONS / lang / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        compiled = {_place(each): forms(each) for each in read_mo(file) if each.id}
    written = {_place(each): forms(each) for each in catalogue(lang) if each.id}
    assert compiled == written, "Run: make messages"


def test_both_languages_say_everything_with_the_same_values():
    english, urdu = strings("en"), strings("ur")
    assert set(english) == set(urdu)
    for key, message in english.items():
        assert message.pluralizable == urdu[key].pluralizable, key
        values = [set(VALUE.findall(forms(each)[-1])) for each in (message, urdu[key])]
        assert values[0] == values[1], key


@pytest.mark.parametrize("lang", INTERFACES)
def test_every_string_says_something_and_was_looked_at(lang):
    for message in catalogue(lang):
        assert all(forms(message)), message.id
        assert not message.fuzzy, message.id
    assert not catalogue(lang).obsolete


def test_every_string_a_page_asks_for_is_there_and_none_is_left_over():
    sources = "".join(
        path.read_text("utf-8") for path in [*FOLDER.glob("templates/*"), *FOLDER.rglob("*.py")]
    )
    asked = set(re.findall(r"""\b(?:t|text)\(\s*["']([\w-]+)["']\s*[,)]""", sources))
    counted = set(re.findall(r"""\b(?:t|text)\.count\(\s*["']([\w-]+)["']""", sources))
    built = set(re.findall(r"""["']([\w-]+-)(?:["'] ~|\{)""", sources))
    names = strings("en")
    assert asked | counted <= set(names)
    assert {key for key in asked if names[key].pluralizable} == set()
    assert {key for key in counted if not names[key].pluralizable} == set()
    chips = {"languages", "sources", "tag", "from", "to"}
    settings = {f"{name}-{value or 'none'}" for name in CHOICES for value in CHOICES[name]}
    assert settings <= set(names)
    unused = set(names) - asked - counted - chips - settings
    unused = {name for name in unused if not any(name.startswith(each) for each in built)}
    assert unused <= {"arm-other", "degraded-other"}


def test_a_string_that_is_missing_is_an_error_and_not_a_key_on_the_page():
    with pytest.raises(KeyError):
        Text("ur")("no-such-string")
    with pytest.raises(KeyError):
        Text("en").count("no-such-string", 2)
    assert Text("en").get("no-such-string", "search") == "Search"


def test_values_are_escaped():
    assert "<b>" not in Text("en")("nothing", query="<b>")
    assert Text("en").count("found", 2, query="<b>") == "2 articles"


@pytest.mark.parametrize(
    ("lang", "number", "said"),
    [
        ("en", 0, "0 articles"),
        ("en", 1, "1 article"),
        ("en", 21_202, "21,202 articles"),
        ("ur", 1, "1 خبر"),
        ("ur", 2, "2 خبریں"),
        ("ur", 21_202, "21,202 خبریں"),
    ],
)
def test_one_and_many(lang, number, said):
    assert Text(lang).count("found", number) == said


def test_dates():
    assert Text("en").date(date(2026, 1, 7)) == "7 January 2026"
    assert Text("ur").date(date(2026, 12, 31)) == "31 دسمبر 2026"
    assert Text("en").month(date(2026, 5, 1)) == "May 2026"
    assert Text("ur").month(date(2026, 5, 1)) == "مئی 2026"


def test_notices():
    notice = Notice("sign-of-number", "-5 was read as a number.", "-5")
    assert Text("en").notice(notice) == "", "the engine's own message is English"
    assert "\u2068-5\u2069" in Text("ur").notice(notice)
    assert Text("ur").notice(Notice("unheard-of", "x")) == ""


def test_every_notice_is_said_in_urdu():
    codes = {"source-unknown", "tag-unknown", *leaves.ODDITIES, *leaves.DATE_PROBLEMS}
    for path in Path(leaves.__file__).parents[1].rglob("*.py"):
        text = path.read_text("utf-8")
        codes |= set(re.findall(r'(?:Notice|_note|_refused)\(\s*(?:leaf, )?"([a-z-]+)"', text))
    assert len(codes) > 25
    silent = {code for code in codes if not Text("ur").notice(Notice(code, "x", "y"))}
    assert silent == set()
