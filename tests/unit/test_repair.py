"""What derives from an index is mended from its truth; and every part that lies is found out."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import archives
import newsroom
import numpy as np
import pytest
from sealing import seal_again

from index.errors import IndexDamagedError, IndexLockedError, IndexMissingError
from index.opened import OpenIndex
from index.operations.repair import repair
from index.operations.verify import verify
from index.parts.keyword.writer import KeywordWriter
from index.store.generations import writer_lock
from index.store.layout import MANIFEST
from index.store.manifest import current, current_token, generation_names


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("index") / "data"
    newsroom.build(data).close()
    return data


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


def failed(data: Path, sample: int = 50) -> dict[str, str]:
    report = verify(data, deep=True, sample=sample, encoder=lambda _: newsroom.Bilingual())
    return {check.name: check.detail for check in report.checks if not check.ok}


DERIVED = (
    "keyword", "faiss", "centroids.npy", "relevance.npy", "lexicon.npz", "words.npy",
    "phrases.npz", "stories.npz",
)  # fmt: skip


@pytest.mark.parametrize("part", DERIVED)
def test_every_derived_part_is_mended(data: Path, part: str) -> None:
    broken = current(data)
    if (broken / part).is_dir():
        shutil.rmtree(broken / part)
    else:
        content = (broken / part).read_bytes()
        (broken / part).write_bytes(content[: len(content) // 2])
    assert not verify(data).ok
    done = repair(archives.config(data), encoder=newsroom.OnlyWords())
    assert all(name.startswith(part) for name in done.damaged)
    assert done.damaged
    assert (done.previous, done.documents) == (broken.name, 12)
    assert done.words_encoded == (done.words_encoded if part in ("lexicon.npz", "words.npy") else 0)
    assert (done.words_reused == 0) == (part in ("lexicon.npz", "words.npy"))
    assert failed(data) == {}
    assert generation_names(data) == [broken.name, current_token(data)]


def test_all_of_them_at_once_and_the_answers_are_the_same(data: Path) -> None:
    made = current(data)
    names = ("faiss/ur.faiss", "faiss/en.faiss", *DERIVED[2:4])
    files = {name: (made / name).read_bytes() for name in names}
    for part in DERIVED:
        shutil.rmtree(made / part) if (made / part).is_dir() else (made / part).unlink()
    repair(archives.config(data), encoder=newsroom.OnlyWords())
    assert failed(data) == {}
    assert {name: (current(data) / name).read_bytes() for name in files} == files
    opened = OpenIndex.open_current(data)
    assert opened.keyword.phrase_documents(["وزیر", "داخلہ"]).size == 1
    opened.close()


@pytest.mark.parametrize(
    "part", ["catalogue.sqlite", "vectors.npy", "word_states.bin", "word_states.npz", MANIFEST]
)
def test_damaged_truth_is_said_and_nothing_is_changed(data: Path, part: str) -> None:
    before = current(data)
    content = bytearray((before / part).read_bytes())
    content[len(content) // 2] ^= 8
    (before / part).write_bytes(content)
    with pytest.raises(IndexDamagedError) as caught:
        repair(archives.config(data), encoder=newsroom.OnlyWords())
    assert part in caught.value.message
    assert "talash index rebuild" in caught.value.hint
    assert generation_names(data) == [before.name]


def test_truth_that_lies_below_its_checksum(data: Path) -> None:
    change_catalogue(current(data), "UPDATE bodies SET body='جھوٹ' WHERE docid=3")
    with pytest.raises(IndexDamagedError, match="hash of another text"):
        repair(archives.config(data), encoder=newsroom.OnlyWords())
    assert len(generation_names(data)) == 1


def test_no_index_and_no_lock(data: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        repair(archives.config(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()
    with writer_lock(data), pytest.raises(IndexLockedError):
        repair(archives.config(data), encoder=newsroom.OnlyWords())


def change_catalogue(path: Path, statement: str) -> None:
    db = sqlite3.connect(path / "catalogue.sqlite")
    db.execute(statement)
    db.commit()
    db.close()
    seal_again(path)


def change_array(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    def changed(path: Path) -> None:
        np.save(path / name, change(np.load(path / name)))

    return changed


def other_posting(path: Path) -> None:
    """A keyword index of as many documents, one of which has lost a word to another."""
    shutil.rmtree(path / "keyword")
    writer = KeywordWriter(path / "keyword")
    for docid, document in enumerate(newsroom.ARTICLES):
        words = document.body.split(" ")
        if docid == 3:  # the same words, two of them in each other's place
            words[0], words[1] = words[1], words[0]
        writer.add(docid, type(document)(document.id, document.title, " ".join(words)))
    writer.finish()


def swapped(rows: np.ndarray) -> np.ndarray:
    return rows[[1, 0, *range(2, len(rows))]]


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        (other_posting, "deep: postings"),
        (change_array("vectors.npy", swapped), "deep: sample of passages"),
        (change_array("centroids.npy", swapped), "deep: centroids"),
        (change_array("words.npy", swapped), "deep: sample of words"),
        (change_array("relevance.npy", lambda rows: rows + np.float32(0.2)), "deep: relevance"),
        (
            lambda path: change_catalogue(
                path, "UPDATE documents SET content_hash='x' WHERE docid=0"
            ),
            "deep: texts",
        ),
        (lambda path: change_catalogue(path, "CREATE TABLE x(y)"), "deep: tables"),
    ],
)
def test_a_part_that_lies_below_its_checksum(
    data: Path, lie: Callable[[Path], None], told: str
) -> None:
    lie(current(data))
    seal_again(current(data))
    assert verify(data).ok
    assert told in failed(data, 200)


def test_a_vector_index_of_other_vectors(data: Path) -> None:
    import faiss

    path = current(data)
    file = path / "faiss" / "ur.faiss"
    stored = faiss.read_index(str(file))
    pids = faiss.vector_to_array(stored.id_map)
    index = faiss.IndexIDMap(faiss.IndexFlat(64, faiss.METRIC_INNER_PRODUCT))
    index.add_with_ids(swapped(np.load(path / "vectors.npy")[pids].astype(np.float32)), pids)
    faiss.write_index(index, str(file))
    seal_again(path)
    assert list(failed(data)) == ["deep: vector index"]


def test_without_a_sample_no_encoder_is_opened(data: Path) -> None:
    def refuse(_: object) -> newsroom.Bilingual:
        raise AssertionError("opened")

    report = verify(data, deep=True, sample=0, encoder=refuse)
    assert report.ok
    assert not any("sample" in check.name for check in report.checks)
