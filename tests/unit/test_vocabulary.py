"""The words of a keyword index of several segments, with documents deleted: those of the live ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import archives
import pytest

from index.documents import Document
from index.parts.keyword.keyword_index import KeywordIndex, KeywordWriter
from index.text.analysis import terms


def written(directory: Path, documents: Mapping[int, Document]) -> None:
    writer = KeywordWriter(directory)
    for docid, document in documents.items():
        writer.add(docid, document)
    writer.finish()


def changed(directory: Path, gone: list[int], come: Mapping[int, Document]) -> None:
    """Delete documents and add others, in a segment of their own."""
    writer = KeywordWriter(directory)
    writer.remove(gone)
    for docid, document in come.items():
        writer.add(docid, document)
    writer.finish()


def counted(documents: Mapping[int, Document]) -> list[tuple[str, int, int]]:
    titles = Counter(word for each in documents.values() for word in set(terms(each.title)))
    bodies = Counter(word for each in documents.values() for word in set(terms(each.body)))
    return [(word, titles[word], bodies[word]) for word in sorted({*titles, *bodies})]


def vocabulary(directory: Path) -> list[tuple[str, int, int]]:
    opened = KeywordIndex.open(directory)
    try:
        return list(opened.vocabulary())
    finally:
        opened.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_words_are_counted_over_segments_without_the_deleted(tmp_path: Path, seed: int) -> None:
    documents = dict(enumerate(archives.articles(300, seed=seed)))
    documents[7] = Document("ur/alone", "اکیلا", "تنہائی کی ایک کہانی", lang="ur")
    written(tmp_path / "keyword", documents)
    assert vocabulary(tmp_path / "keyword") == counted(documents)
    for step in range(3):
        gone = [7] if step == 0 else sorted(documents)[step :: 4 - step]
        come = dict(
            enumerate(archives.articles(20, seed=99 + step, mark=f"x{step}"), 1000 * step + 1000)
        )
        changed(tmp_path / "keyword", gone, come)
        documents = {d: each for d, each in documents.items() if d not in gone} | come
        found = vocabulary(tmp_path / "keyword")
        assert found == counted(documents)
        assert "تنہائی" not in {word for word, _, _ in found}


def test_all_documents_deleted_leave_no_words(tmp_path: Path) -> None:
    documents = dict(enumerate(archives.articles(5)))
    written(tmp_path / "keyword", documents)
    changed(tmp_path / "keyword", list(documents), {})
    assert vocabulary(tmp_path / "keyword") == []
