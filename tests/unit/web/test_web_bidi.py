"""Order and joining of Urdu on terminals that do neither, against a reference implementation."""

from __future__ import annotations

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from web.cli.bidi import TERMINAL, VISUAL, visual, who_orders, without_controls
from web.cli.terminal_text import begins_rtl, plain, wrapped

# No lam (it may join with alef into one glyph), no marks and no controls, which the reference keeps
# elsewhere; it turns no brackets, so letters are compared as typed. Digits of three kinds, separators of every class, brackets.
LETTERS = "برفچیتاےںabcXYZ"
MIXED = st.text(st.sampled_from(LETTERS + "012۱۲۳١٢٣ ,.:;-+/%$#!()[]«»،۔؟*"), max_size=40)
ANY = st.text(
    st.sampled_from("لالآبکتِّ\u200c\u200dـ abc12۱۲(),.\u202e\u2066\u0654ۂ") | st.characters()
)


def drawn(text: str, rtl: bool) -> str:
    return "".join(glyph for glyph, _ in visual(text, rtl))


def typed(text: str, rtl: bool) -> str:
    """The letters as typed, in the order in which they are drawn."""
    return "".join(text[at] for _, at in visual(text, rtl))


@given(MIXED, st.booleans())
def test_the_order_is_that_of_the_reference(text, rtl):
    assert typed(text, rtl) == get_display(text, base_dir="R" if rtl else "L")


@given(ANY, st.booleans())
def test_no_letter_is_lost_or_drawn_twice(text, rtl):
    text = without_controls(text)
    at = [index for _, index in visual(text, rtl)]
    assert len(set(at)) == len(at)
    missing = set(range(len(text))) - set(at)
    assert all(text[each] in "\u200c\u200dاآأإ" for each in missing), (
        "but joiners and lam with alef"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("برف", "ﻑﺮﺑ"),
        ("کہیں", "ﮟﯿﮩﮐ"),
        ("لاہور", "ﺭﻮﮨﻻ"),
        ("ٹیم", "ﻢﯿﭨ"),
        ("بے", "ﮯﺑ"),
        ("ء", "ﺀ"),
        ("کی\u200cبرف", "ﻑﺮﺑﯽﮐ"),
        ("برف 18 IT", "IT 18 ﻑﺮﺑ"),
        ("(برف)", "(ﻑﺮﺑ)"),
        ("snow برف", "ﻑﺮﺑ snow"),
        ("خانۂ", "\ufba7\u0654\ufee7\ufe8e\ufea7"),
    ],
)
def test_letters_are_joined_and_turned(text, shown):
    assert drawn(text, rtl=True) == shown


def test_marks_stay_behind_their_letter():
    assert typed("بِ ا", rtl=True) == "ا بِ"


def test_english_stays_as_it_is():
    assert drawn("Snow leopards (23), at last.", rtl=False) == "Snow leopards (23), at last."


@pytest.mark.parametrize(
    ("environ", "order"),
    [
        ({}, VISUAL),
        ({"TERM": "xterm-256color"}, VISUAL),
        ({"VTE_VERSION": "6800"}, TERMINAL),
        ({"VTE_VERSION": "5202"}, VISUAL),
        ({"VTE_VERSION": "new"}, VISUAL),
        ({"KONSOLE_VERSION": "220401"}, TERMINAL),
        ({"TERM_PROGRAM": "Apple_Terminal"}, TERMINAL),
        ({"TERM_PROGRAM": "vscode"}, VISUAL),
        ({"VTE_VERSION": "6800", "TMUX": "/tmp/tmux-0/default,1,0"}, VISUAL),
    ],
)
def test_terminals_that_order_text_are_known(environ, order):
    assert who_orders(environ) == order


# --- lines ---


@given(
    st.text(st.sampled_from("abc  برف") | st.characters(exclude_categories=["Cs"])),
    st.integers(2, 20),
)
def test_lines_fit_and_lose_nothing(text, width):
    text = plain(text)
    lines = list(wrapped(text, width))
    assert "".join(text[start:end] for start, end in lines) == text
    assert all(cell_len(text[start:end].rstrip()) <= width for start, end in lines)


def test_lines_break_at_spaces():
    text = "snow leopards of Chitral"
    assert [text[start:end] for start, end in wrapped(text, 14)] == ["snow leopards ", "of Chitral"]


@pytest.mark.parametrize(
    ("text", "rtl"),
    [("برف", True), ("12 برف", True), ("(a) برف", False), ("", False), ("12", False)],
)
def test_the_first_letter_gives_the_direction(text, rtl):
    assert begins_rtl(text) is rtl


@given(st.text())
def test_a_terminal_obeys_nothing_in_a_text(text):
    shown = plain(text)
    assert all(each >= " " and not "\x7f" <= each <= "\x9f" for each in shown)
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )
