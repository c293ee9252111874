"""What `scripts/fuzz.py` holds, for input made up at random: a part of it in every run of the tests."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from pathlib import Path
from unittest.mock import patch

import promises
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from index.documents import Document
from index.readers import READABLE
from index.text.normalize import INVISIBLE, normalize
from search.config import Marking

untimed = settings(deadline=None)
"""The first English word loads the stemmer, which is slow on a busy machine."""

PARTS = ["کتاب", "كِتَاب", "خوب\u200cصورت", "کے", "IMFکے", "۲۰۲۶", "3,500", "U.S.", "COVID-19", "O’Brien", "the",
         "title:", "date:", "lang:ur", "OR", '"', "“", "-", "(", ")", "..", ":", "،", "۔ ", " ", " ", " ", "\n",
         "\u202e", "\u064e", "\0", "\ud800"]  # fmt: skip
TYPED = st.lists(st.sampled_from(PARTS), max_size=400).map("".join)
TEXTS = st.one_of(st.text(st.characters(), max_size=300), TYPED)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256", "cp1252"]


@untimed
@given(TEXTS)
def test_queries_keep_their_promises(text: str) -> None:
    promises.of_words(text)
    promises.of_asking(text)


@untimed
@given(TYPED, TEXTS)
@example('"' * 999 + "کتاب", "کتاب")
@example(" OR ".join(["کتاب"] * 160), "کتاب " * 300)
def test_marks_and_snippets_of_any_text_for_any_query(query: str, body: str) -> None:
    promises.of_asking(query, body)


@untimed
@given(TYPED, st.lists(st.sampled_from(PARTS), min_size=100, max_size=400).map(" ".join))
@example('"کتاب کتاب" سڑک', "کتاب " * 200)  # read from another place, other pairs
def test_of_a_body_too_long_to_read_whole(query: str, body: str) -> None:
    sizes = {"READ_CHARS": 300, "BLOCK_CHARS": 100, "REACH_CHARS": 40}
    with patch.multiple(Marking, **sizes):
        promises.of_asking(query, body)


@given(TEXTS)
def test_what_folding_takes_away_is_gone(text: str) -> None:
    folded = normalize(text)
    assert not re.search(f"[{INVISIBLE}\u0640\u064b-\u0652\u0670]", folded)
    for char in folded:
        assert char.isascii() or unicodedata.decimal(char, None) is None
        assert not "A" <= char <= "Z"
    assert not set(folded) & set("يىكهةأإ")


@untimed
@given(st.sampled_from([*READABLE, "", ".gz"]), TEXTS, st.sampled_from(ENCODINGS))
def test_any_text_in_any_encoding_is_read_and_kept(kind: str, text: str, encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{kind}"
        path.write_bytes(text.encode(encoding, "replace"))
        documents = promises.of_reading(path)
        promises.of_storing(documents, Path(folder) / "catalogue")


@untimed
@given(TEXTS, TEXTS)
def test_any_document_is_cut_and_kept(title: str, body: str) -> None:
    assume(title.strip())
    clean = (text.replace("\0", "").replace("\ud800", "") for text in (title, body))
    document = Document("x", *(text.encode("utf-8", "replace").decode() for text in clean))
    assume(document.title.strip())
    with tempfile.TemporaryDirectory() as folder:
        promises.of_storing([document], Path(folder) / "catalogue")
