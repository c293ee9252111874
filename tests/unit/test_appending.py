"""What is taken over into a changed index is copied a piece at a time, never held as a whole."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from index.parts import vectors
from index.parts.vectors import build_faiss, extend_faiss, faiss_file
from index.parts.word_states import DIMENSION, WordSpace, WordStates, WordStatesFile
from index.store.layout import SPACE_FILE, STATES_FILE, VECTORS_FILE

MEGABYTE = 1 << 20
SPACE = WordSpace(np.zeros((64, DIMENSION), np.float32), np.zeros((2, 2, 64), np.float32), 400)


def peak(work: Callable[[], object]) -> int:
    """Bytes that numpy and Python held at most, beyond what they held before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The word states of a made-up index: 32 MB."""
    directory, dice = tmp_path / "before", np.random.default_rng(1)
    directory.mkdir()
    file = WordStatesFile(directory, SPACE)
    rows = dice.integers(-127, 127, (32 * MEGABYTE // DIMENSION, DIMENSION)).astype(np.int8)
    file.append(np.array_split(rows, 5_000))
    file.finish()
    return directory


def test_word_states_are_taken_over_in_bounded_memory(before: Path, tmp_path: Path) -> None:
    states = WordStates.open(before)
    assert states is not None

    def take() -> None:
        assert states is not None
        file = WordStatesFile(tmp_path, SPACE)
        file.take(states)
        file.append([np.ones((3, DIMENSION), np.int8)])
        file.finish()

    assert peak(take) < 4 * MEGABYTE
    whole = (tmp_path / STATES_FILE).read_bytes()
    assert whole == (before / STATES_FILE).read_bytes() + b"\1" * 3 * DIMENSION
    with np.load(tmp_path / SPACE_FILE) as stored:
        assert stored["starts"].tolist() == [*states.starts.tolist(), states.starts[-1] + 3]


def test_no_word_states_at_all_are_taken_over(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    file = WordStatesFile(tmp_path / "before", SPACE)
    file.append([np.zeros((0, DIMENSION), np.int8)] * 3)
    file.finish()
    states = WordStates.open(tmp_path / "before")
    assert states is not None
    file = WordStatesFile(tmp_path, SPACE)
    file.take(states)
    file.finish()
    taken = WordStates.open(tmp_path)
    assert taken is not None
    assert taken.passages == 3


@pytest.mark.parametrize("exact_up_to", [50_000, 100])
def test_a_vector_index_is_written_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact_up_to: int
) -> None:
    monkeypatch.setattr(vectors, "EXACT_UP_TO", exact_up_to)
    before, after = tmp_path / "before", tmp_path / "after"
    rows = np.random.default_rng(2).standard_normal((40_000, 64)).astype(np.float16)
    for directory, held in ((before, rows[:-10]), (after, rows)):
        directory.mkdir()
        np.save(directory / VECTORS_FILE, held)
    languages = np.zeros(len(rows), np.int8)
    build_faiss(before, languages[:-10], ("ur",))
    # A chunk of vectors and a piece of the file, never the file: 10 MB, where it is exact.
    assert peak(lambda: extend_faiss(before, after, languages, ("ur",))) < 6 * MEGABYTE
    file = faiss_file(after, "ur")
    found = faiss.read_index(str(file))
    assert found.ntotal == len(rows)
    assert file.read_bytes() == faiss.serialize_index(found).tobytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    faiss_file(tmp_path, "ur").parent.mkdir()
    faiss_file(tmp_path, "ur").symlink_to("/dev/full")
    for count in (1, 40_000):  # told when the file is closed, and on the way
        np.save(tmp_path / VECTORS_FILE, np.zeros((count, 64), np.float16))
        with pytest.raises(OSError, match="No space left"):
            build_faiss(tmp_path, np.zeros(count, np.int8), ("ur",))
