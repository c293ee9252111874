"""To look whether somebody writes keeps nobody from writing; a damaged file is read once."""

from __future__ import annotations

import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import archives
import pytest

from index.errors import IndexDamagedError, IndexLockedError
from index.store import file_guard as guarding
from index.store.file_guard import FileGuard
from index.store.generations import writer_lock
from index.store.layout import LOCK
from index.store.lock import is_locked
from index.store.manifest import current, file_problem
from search.live import LiveEngine
from search.models import Mode, SearchRequest


def test_looking_is_no_writing(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    with writer_lock(tmp_path / "data"):
        assert is_locked(tmp_path / "data")
        assert is_locked(tmp_path / "data")
        with (
            pytest.raises(IndexLockedError, match=f"process {os.getpid()}"),
            writer_lock(tmp_path / "data"),
        ):
            pass
    assert not is_locked(tmp_path / "data")


def test_they_who_look_see_no_writer_in_each_other_and_keep_none_out(tmp_path: Path) -> None:
    """Each look used to take the lock: two at a time saw a writer, and a writer was refused."""
    with writer_lock(tmp_path):
        pass
    stop, seen, writing = threading.Event(), [], threading.Lock()

    def look() -> None:
        while not stop.is_set():
            with writing:
                seen.append(is_locked(tmp_path))

    def look_on() -> None:
        while not stop.wait(0.002):
            is_locked(tmp_path)

    with ThreadPoolExecutor(6) as pool:
        looking = [pool.submit(each) for each in (look, look, look_on, look_on, look_on, look_on)]
        try:
            for _ in range(100):
                with writing, writer_lock(tmp_path):  # never refused
                    assert is_locked(tmp_path)
                time.sleep(0.001)
        finally:
            stop.set()
        for each in looking:
            each.result(30)
    assert seen
    assert not any(seen)


def test_a_look_that_lasts_is_waited_for(tmp_path: Path) -> None:
    """Also one by a program that was stopped in the middle of it."""
    fcntl = pytest.importorskip("fcntl")
    with writer_lock(tmp_path):
        pass
    with (tmp_path / LOCK).open("rb") as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_SH)
        threading.Timer(0.1, fcntl.flock, (looked_at, fcntl.LOCK_UN)).start()
        with writer_lock(tmp_path):
            assert is_locked(tmp_path)


# -- a damaged file -----------------------------------------------------------------------------------


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were read from end to end."""
    names: list[str] = []

    def reading(path: Path, entry: object, *, checksum: bool) -> str:
        if checksum:
            names.append(path.name)
        return file_problem(path, entry, checksum=checksum)  # type: ignore[arg-type]

    monkeypatch.setattr(guarding, "file_problem", reading)
    return names


@pytest.fixture
def data(tmp_path: Path, seed_data: Path) -> Path:
    return Path(shutil.copytree(seed_data, tmp_path / "data"))


def alter(path: Path, *, back: float = 3_600.0) -> bytes:
    """Turn a byte in the middle of a file, so many seconds ago. Returns what was there."""
    there = path.read_bytes()
    at = len(there) // 2
    path.write_bytes(there[:at] + bytes([there[at] ^ 1]) + there[at + 1 :])
    when = time.time() - back
    os.utime(path, (when, when))
    return there


def test_a_damaged_file_is_read_once_until_it_changes(data: Path, read: list[str]) -> None:
    generation, guard = current(data), FileGuard()
    there = alter(generation / "words.npy")
    for _ in range(5):
        with pytest.raises(IndexDamagedError, match=r"words\.npy is damaged: its content"):
            guard.inspect(generation)
    assert read.count("words.npy") == 1
    alter(generation / "words.npy", back=1_800)  # the same size, and sound again
    assert (generation / "words.npy").read_bytes() == there
    guard.inspect(generation)
    assert read.count("words.npy") == 2
    guard.inspect(generation)
    assert read.count("words.npy") == 2


def test_another_file_in_its_place_is_read(data: Path, read: list[str]) -> None:
    generation, guard = current(data), FileGuard()
    path = generation / "words.npy"
    there = alter(path)
    when = path.stat().st_mtime_ns
    with pytest.raises(IndexDamagedError):
        guard.inspect(generation)
    sound = path.with_name("sound")
    sound.write_bytes(there)
    os.utime(sound, ns=(when, when))  # size and time are those of the damaged one
    sound.replace(path)
    guard.inspect(generation)
    assert read.count("words.npy") == 2


def test_a_file_just_written_is_read_again(data: Path, read: list[str]) -> None:
    """Within one tick of the file system's clock it may have been written to once more."""
    generation, guard = current(data), FileGuard()
    alter(generation / "words.npy", back=0.0)
    for _ in range(3):
        with pytest.raises(IndexDamagedError):
            guard.inspect(generation)
    assert read.count("words.npy") == 3


def test_whoever_asks_for_another_look_gets_it(data: Path, read: list[str]) -> None:
    generation, guard = current(data), FileGuard()
    alter(generation / "words.npy")
    for number in (1, 2):
        with pytest.raises(IndexDamagedError):
            guard.inspect(generation)
        assert read.count("words.npy") == number
        guard.forget()


@pytest.mark.parametrize("serving", [False, True])
def test_a_server_with_a_damaged_index_reads_it_once(
    data: Path, read: list[str], serving: bool
) -> None:
    engine = LiveEngine(archives.config(data))
    request = SearchRequest("بارش", mode=Mode.KEYWORD)
    if serving:
        assert engine.search(request).hits
        read.clear()
    alter(current(data) / "words.npy")
    for _ in range(5):
        with pytest.raises(IndexDamagedError, match=r"words\.npy"):
            engine.search(request)
        with pytest.raises(IndexDamagedError):
            engine.ready()
    assert read.count("words.npy") == 1
    engine.close()
