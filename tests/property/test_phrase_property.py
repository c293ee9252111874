"""Phrases: our intersection of positions finds what Whoosh's own phrase query finds, and no other."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import whooshs
from hypothesis import example, given, settings
from hypothesis import strategies as st
from inputs import some
from whoosh.index import open_dir
from whoosh.query import Phrase
from whoosh.searching import Searcher

from index.documents import Document
from index.parts.keyword.keyword_index import EXACT, KeywordIndex
from index.parts.keyword.packed_postings import in_a_row
from index.parts.keyword.writer import KeywordWriter
from index.text.analysis import terms

WORDS = ["خوب\u200cصورت", "خوبصورت", "کِتاب", "كتاب", "کے", "لیے", "the", "U.S.", "۳،۵۰۰"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
PHRASES = st.lists(st.sampled_from(WORDS), min_size=2, max_size=5).map(" ".join)


def theirs(searcher: Searcher, words: list[str]) -> list[int]:
    """Docids by Whoosh's phrase query over titles and bodies; document n was posted as 3 n."""
    found = {number for field in EXACT for number in Phrase(field, words).docs(searcher)}
    return sorted(3 * number for number in found)


@settings(max_examples=some(30), deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=12), st.lists(PHRASES, min_size=1))
@example([("", "کے لیے کے لیے " * 200), ("لیے", "کے")], ["کے لیے", "لیے کے لیے", "کے کے"])
def test_phrases_are_found_as_whoosh_finds_them(
    texts: list[tuple[str, str]], phrases: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = KeywordWriter(Path(folder) / "keyword")
        for number, (title, body) in enumerate(texts):
            writer.add(number * 3, Document(str(number), title, body))
        writer.finish()
        with (
            closing(KeywordIndex.open(Path(folder) / "keyword")) as index,
            whooshs.reading(),
            open_dir(str(Path(folder) / "keyword")).searcher() as searcher,
        ):
            for words in map(terms, phrases):
                assert index.phrase_documents(words).tolist() == theirs(searcher, words)


@given(
    st.lists(st.integers(0, 3), max_size=60), st.lists(st.integers(0, 3), min_size=1, max_size=6)
)
def test_words_are_in_a_row_where_a_text_has_them_in_a_row(text: list[int], run: list[int]) -> None:
    places = [
        np.array([at for at, w in enumerate(text) if w == wanted], np.int64) for wanted in run
    ]
    slices = [text[at : at + len(run)] for at in range(len(text))]
    docnums, counts = in_a_row(places)
    assert dict(zip(docnums.tolist(), counts.tolist(), strict=True)) == (
        {0: slices.count(run)} if run in slices else {}
    )
