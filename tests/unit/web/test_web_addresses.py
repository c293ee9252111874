"""Addresses with Urdu in them: short, and the same to whoever reads them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.addresses import query_string

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)


def test_letters_stay_letters() -> None:
    assert query_string([("q", "وزیرِ داخلہ ۲۰۲۶"), ("lang", "ur")]) == "q=وزیرِ+داخلہ+۲۰۲۶&lang=ur"


@pytest.mark.parametrize(
    "sign", [*"&=+#%?\"'<>;\\ \n\x00", "\u200c", "\u202e", "\u2066", "‘", "🙂"]
)
def test_what_is_no_letter_is_encoded(sign: str) -> None:
    written = query_string([("q", f"آم{sign}b")])
    assert written.isascii() is False
    assert sign == "%" or sign not in written.removeprefix("q=")
    assert parse_qsl(written, keep_blank_values=True) == [("q", f"آم{sign}b")]


@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_it_says_what_urlencode_says(pairs: list[tuple[str, str]]) -> None:
    written = parse_qsl(query_string(pairs), keep_blank_values=True)
    assert written == parse_qsl(urlencode(pairs), keep_blank_values=True)


def test_half_a_character_is_a_question_mark() -> None:
    assert query_string([("q", "a\ud800")]) == "q=a%3F"
