"""Generations: listed, gone back to, and what the next write then keeps."""

from __future__ import annotations

from pathlib import Path

import archives
import newsroom
import pytest

from index.documents import Document
from index.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexMissingError,
    IndexWriteError,
)
from index.operations.build import rebuild_from
from index.operations.versions import generations, rollback
from index.store.generations import switch_to, writer_lock
from index.store.manifest import current_token, generation_names, read_status
from search.live import LiveEngine
from search.models import SearchRequest


def article(number: int) -> Document:
    return Document(
        id=f"ur/خبر-{number}",
        title=f"سیلابی ریلا نمبر {number}",
        body=f"دریائے سندھ میں پانی کی سطح بلند، خبر {number}۔ لوگ محفوظ مقامات پر چلے گئے۔",
        lang="ur",
    )


def write(data: Path, documents: int, keep: int = 9) -> str:
    items = [article(number) for number in range(documents)]
    return rebuild_from(items, archives.config(data, keep_generations=keep)).generation


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three generations, of one, two and three articles."""
    for documents in (1, 2, 3):
        write(tmp_path / "data", documents)
    return tmp_path / "data"


def test_they_are_listed_newest_first(data: Path) -> None:
    found = generations(data)
    assert [each.name for each in found] == generation_names(data)[::-1]
    assert [each.documents for each in found] == [3, 2, 1]
    assert [each.current for each in found] == [True, False, False]
    assert [each.follows for each in found] == [found[1].name, found[2].name, ""]
    assert all(each.problem == "" for each in found)
    status = read_status(data)
    assert (found[0].size_bytes, found[0].created) == (status.size_bytes, status.created)


def test_a_damaged_one_is_listed_as_such(data: Path) -> None:
    oldest = generation_names(data)[0]
    (data / "generations" / oldest / "vectors.npy").unlink()
    assert [bool(each.problem) for each in generations(data)] == [False, False, True]
    assert "vectors.npy" in generations(data)[2].problem


def test_back_and_back_and_forward_again(data: Path) -> None:
    first, second, third = generation_names(data)
    done = rollback(data)
    assert (done.generation, done.previous, done.documents) == (second, third, 2)
    assert rollback(data).generation == first
    with pytest.raises(IndexMissingError, match="no generation before") as caught:
        rollback(data)
    assert third in caught.value.hint
    assert rollback(data, third).generation == third
    assert generation_names(data) == [first, second, third]


def test_back_means_what_was_in_use_before(data: Path) -> None:
    """Not the bad index that was already gone back from, though its name is the newer one."""
    first, _, bad = generation_names(data)
    rollback(data, first)
    mended = write(data, 4)
    assert bad in generation_names(data)
    assert current_token(data) == mended
    assert rollback(data).generation == first


def test_what_the_next_write_keeps(data: Path) -> None:
    first, _, bad = generation_names(data)
    rollback(data, first)
    mended = write(data, 4, keep=2)
    assert generation_names(data) == [first, mended]
    assert bad not in generation_names(data)


@pytest.mark.parametrize("name", ["nowhere", "../../etc", "00000009-20260101T000000Z-abcd"])
def test_what_is_not_there(data: Path, name: str) -> None:
    before = current_token(data)
    with pytest.raises(IndexMissingError, match="no generation"):
        rollback(data, name)
    assert current_token(data) == before


def test_no_index_at_all(tmp_path: Path) -> None:
    for ask in (rollback, generations):
        with pytest.raises(IndexMissingError):
            ask(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_one_that_cannot_be_searched_is_not_gone_back_to(data: Path, monkeypatch) -> None:
    _, second, third = generation_names(data)
    file = data / "generations" / second / "vectors.npy"
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(IndexDamagedError, match="altered"):
        rollback(data)
    file.write_bytes(content)
    monkeypatch.setattr("index.store.manifest.NORMALIZER_VERSION", "پرانا")
    with pytest.raises(IndexMismatchError):
        rollback(data)
    assert current_token(data) == third


@pytest.mark.parametrize("content", ["", "00000009-20260101T000000Z-abcd", "\0\0"])
def test_it_mends_a_pointer_that_names_nothing(data: Path, content: str) -> None:
    (data / "CURRENT").write_text(content)
    assert rollback(data).documents == 3


def test_one_writer_at_a_time(data: Path) -> None:
    before = current_token(data)
    with writer_lock(data), pytest.raises(IndexLockedError):
        rollback(data)
    assert current_token(data) == before
    with pytest.raises(RuntimeError):
        switch_to(data, before)


def test_a_disk_that_refuses(data: Path, monkeypatch) -> None:
    before = current_token(data)

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).name == "CURRENT":
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    real = Path.replace
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(IndexWriteError):
        rollback(data)
    monkeypatch.undo()
    assert current_token(data) == before


def test_a_running_server_follows(data: Path) -> None:
    engine = LiveEngine(archives.config(data), encoder=newsroom.Bilingual())
    try:
        _, second, third = generation_names(data)
        assert len(engine.search(SearchRequest("سیلابی ریلا")).hits) == 3
        assert engine.generation() == third
        rollback(data)
        assert len(engine.search(SearchRequest("سیلابی ریلا")).hits) == 2
        assert engine.generation() == second
    finally:
        engine.close()
