"""What is written for a new segment is written a piece at a time, and a full disk is told as such."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from index.parts import vectors
from index.parts.vectors import build_faiss, faiss_file
from index.store.layout import VECTORS_FILE

MEGABYTE = 1 << 20


def peak(work: Callable[[], object]) -> int:
    """Bytes that numpy and Python held at most, beyond what they held before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("exact_up_to", [50_000, 100])
def test_a_vector_index_is_written_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact_up_to: int
) -> None:
    monkeypatch.setattr(vectors, "EXACT_UP_TO", exact_up_to)
    rows = np.random.default_rng(2).standard_normal((40_000, 64)).astype(np.float16)
    np.save(tmp_path / VECTORS_FILE, rows)
    languages = np.zeros(len(rows), np.int8)
    # A chunk of vectors and a piece of the file, never the file: 10 MB, where it is exact.
    learned_from = 0 if exact_up_to > len(rows) else 3 * rows.nbytes
    most = 8 * MEGABYTE + learned_from
    assert peak(lambda: build_faiss(tmp_path, languages, ("ur",), 7)) < most
    file = faiss_file(tmp_path, "ur")
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
