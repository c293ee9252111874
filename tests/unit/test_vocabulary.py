"""The words of a keyword index of several segments, with documents deleted: those of the live ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import archives
import numpy as np
import pytest

from index.documents import Document
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.keyword.writer import KeywordWriter
from index.text.analysis import terms


def written(directory: Path, documents: Mapping[int, Document]) -> None:
    writer = KeywordWriter(directory)
    for docid, document in documents.items():
        writer.add(docid, document)
    writer.finish()


def counted(documents: Mapping[int, Document]) -> list[tuple[str, int, int]]:
    titles = Counter(word for each in documents.values() for word in set(terms(each.title)))
    bodies = Counter(word for each in documents.values() for word in set(terms(each.body)))
    return [(word, titles[word], bodies[word]) for word in sorted({*titles, *bodies})]


def vocabulary(folders: list[Path], gone: set[int]) -> list[tuple[str, int, int]]:
    opened = KeywordIndex.open(*folders, removed=np.array(sorted(gone), np.int32))
    try:
        return list(opened.vocabulary())
    finally:
        opened.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_words_are_counted_over_segments_without_the_deleted(tmp_path: Path, seed: int) -> None:
    documents = dict(enumerate(archives.articles(300, seed=seed)))
    documents[7] = Document("ur/alone", "اکیلا", "تنہائی کی ایک کہانی", lang="ur")
    folders, gone = [tmp_path / "0"], set[int]()
    written(folders[0], documents)
    assert vocabulary(folders, gone) == counted(documents)
    for step in range(3):
        gone |= {7} if step == 0 else set(sorted(documents)[step :: 4 - step])
        come = dict(
            enumerate(archives.articles(20, seed=99 + step, mark=f"x{step}"), 1000 * step + 1000)
        )
        folders.append(tmp_path / str(step + 1))
        written(folders[-1], come)
        documents = {d: each for d, each in documents.items() if d not in gone} | come
        found = vocabulary(folders, gone)
        assert found == counted(documents)
        assert "تنہائی" not in {word for word, _, _ in found}


def test_all_documents_deleted_leave_no_words(tmp_path: Path) -> None:
    documents = dict(enumerate(archives.articles(5)))
    written(tmp_path / "keyword", documents)
    assert vocabulary([tmp_path / "keyword"], set(documents)) == []
