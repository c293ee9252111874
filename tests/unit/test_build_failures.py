"""What goes wrong in a rebuild leaves the old index as it was: its files, its answers, its name.

The full disk is real: `/dev/full` answers every write with ENOSPC, and `RLIMIT_FSIZE` stops a file
at a size. What libraries make of that differs (SQLite says "disk I/O error", FAISS raises
RuntimeError, Whoosh may fail once more while it cleans up), hence a case for each file.
"""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import archives
import pytest
from archives import config
from whoosh.codec.whoosh3 import W3PerDocWriter
from whoosh.filedb import filestore

from index.documents import Document, Skipped
from index.encoders.hashed import HashEncoder
from index.encoders.protocol import EncoderInfo, TokenStates, Vectors
from index.errors import (
    EncoderError,
    IndexLockedError,
    IndexWriteError,
    InputError,
    NoDocumentsError,
)
from index.operations import encode
from index.operations.build import BuildReport, rebuild, rebuild_from
from index.operations.verify import verify
from index.parts import vectors
from index.parts.relevance import Relevance
from index.store import generations
from index.store.generations import writer_lock
from index.store.layout import (
    CENTROIDS_FILE,
    RELEVANCE_FILE,
    SPACE_FILE,
    STATES_FILE,
    VECTORS_FILE,
)
from index.store.manifest import current, current_token, generation_names
from search.models import SearchRequest

FULL = Path("/dev/full")
NEEDS_FULL = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
OLD, NEW = archives.articles(8, seed=1), archives.articles(24, seed=2)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("built") / "data"
    archives.build(OLD, data)
    return data


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


def answers(data: Path) -> list[str]:
    """What the index answers to a few questions: the ids, in order."""
    engine = archives.open_engine(data)
    questions = ("پانی شہر", "wheat market", "چاند")
    found = [hit.id for query in questions for hit in engine.search(SearchRequest(query)).hits]
    engine.close()
    return found


def unchanged(data: Path, work: Callable[[], BuildReport], error: type[Exception]) -> Exception:
    """Run a rebuild that must fail with `error`; return it. The old index stands and answers."""
    before, old = current_token(data), answers(data)
    content = {p: p.read_bytes() for p in current(data).rglob("*") if p.is_file()}
    with pytest.raises(error) as caught:
        work()
    assert current_token(data) == before
    assert {p: p.read_bytes() for p in current(data).rglob("*") if p.is_file()} == content
    assert [path.name for path in (data / "generations").iterdir()] == [before]
    assert not (data / "writer.json").exists()
    assert answers(data) == old
    assert verify(data).ok
    return caught.value


def test_nothing_readable(data: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    unchanged(data, lambda: rebuild([empty], config(data)), NoDocumentsError)
    (empty / "photo.txt").write_bytes(bytes(range(256)) * 40)
    (empty / "picture.jpg").write_bytes(b"\xff\xd8")
    error = unchanged(data, lambda: rebuild([empty], config(data)), NoDocumentsError)
    assert "None of 1" in str(error)
    assert ".txt" in str(error)


def test_a_path_that_is_not_there(data: Path, tmp_path: Path) -> None:
    missing = tmp_path / "خبرین"
    error = unchanged(data, lambda: rebuild([missing], config(data)), InputError)
    assert "خبرین" in str(error)


def test_the_first_rebuild_leaves_no_index_when_it_fails(tmp_path: Path) -> None:
    data = tmp_path / "data"
    skipped = [Skipped("a.txt", "not text")]
    with pytest.raises(NoDocumentsError):
        rebuild_from(skipped, config(data))
    assert current_token(data) == ""
    assert list((data / "generations").iterdir()) == []


def test_another_writer(data: Path) -> None:
    """At once and with the holder's name; the lock is by file, so a thread is like a process."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with writer_lock(data, "talash index rebuild archive/"):
            held.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    before, old = current_token(data), answers(data)
    with pytest.raises(IndexLockedError, match="archive/"):
        rebuild_from(NEW, config(data))
    assert (current_token(data), answers(data)) == (before, old)
    done.set()
    holder.join()
    rebuild_from(NEW, config(data))


class Failing(HashEncoder):
    """Answers `calls` times, then no more."""

    def __init__(self, calls: int, error: BaseException) -> None:
        self.calls, self.error = calls, error

    @property
    def info(self) -> EncoderInfo:
        return replace(super().info, id="failing")

    def encode_with_states(
        self, texts: Sequence[str], visit: Callable[[int, TokenStates], None]
    ) -> Vectors:
        self.calls -= 1
        if self.calls < 0:
            raise self.error
        return super().encode_with_states(texts, visit)


@pytest.mark.parametrize("error", [EncoderError("no answer"), KeyboardInterrupt()])
@pytest.mark.parametrize("calls", [0, 1])
def test_an_encoder_that_fails_or_a_person_who_stops_it(
    data: Path, calls: int, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "BATCH", 4)
    encoder = Failing(calls, error)
    unchanged(data, lambda: rebuild_from(NEW, config(data), encoder=encoder), type(error))


def test_an_encoder_that_cannot_be_had(data: Path, tmp_path: Path) -> None:
    missing = config(data, encoder=str(tmp_path / "no-model"))
    unchanged(data, lambda: rebuild_from(NEW, missing), EncoderError)


def test_a_reader_that_breaks_in_the_middle(data: Path) -> None:
    def items():
        yield Document("a", "بارش", "لاہور میں بارش ہوئی۔")
        raise RuntimeError("a fault of ours")

    unchanged(data, lambda: rebuild_from(items(), config(data)), RuntimeError)


# -- a full disk -----------------------------------------------------------------------------------


def check_refused(data: Path, patch: pytest.MonkeyPatch) -> None:
    """A rebuild that meets a full disk says so and leaves nothing but the old index."""
    before = current_token(data)
    with pytest.raises(IndexWriteError) as caught:
        rebuild_from(NEW, config(data))
    assert "space" in caught.value.hint
    assert "unchanged" in caught.value.message
    assert current_token(data) == before
    assert generation_names(data) == [before]
    assert [path.name for path in (data / "generations").iterdir()] == [before]
    assert not (data / "writer.json").exists()
    assert verify(data).ok
    patch.undo()
    for link in data.glob("*.tmp"):  # ours; what a real full disk leaves is written over
        link.unlink()
    assert rebuild_from(NEW, config(data)).documents == len(NEW)


@NEEDS_FULL
@pytest.mark.parametrize(
    ("owner", "name", "file"),
    [
        (encode, "VectorFile", VECTORS_FILE),
        (encode, "WordStatesFile", STATES_FILE),
        (encode, "WordStatesFile", SPACE_FILE),
        (vectors, "build_centroids", CENTROIDS_FILE),
        (Relevance, "save", RELEVANCE_FILE),
        (vectors, "build_faiss", "faiss/ur.faiss"),
    ],
)
def test_each_file_of_vectors(
    data: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, file: str
) -> None:
    real = getattr(owner, name)

    def step(*args, **kwargs):
        """The real step, which finds its file on the full device."""
        place = next(each for each in args if isinstance(each, Path))
        full = (place if place.is_dir() else place.parent) / file
        full.parent.mkdir(exist_ok=True)
        full.symlink_to(FULL)
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, step)
    check_refused(data, monkeypatch)


@NEEDS_FULL
@pytest.mark.parametrize("file", ["writer.json", "manifest.json", "CURRENT"])
def test_each_small_file(data: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    """Each is written beside its place first, under the name with `.tmp`."""
    real = generations.digest_with_blocks

    def sealing(opened: IO[bytes], **how: bool) -> tuple[str, str]:
        (staged,) = (data / "generations").glob(".*")
        if not (staged / f"{file}.tmp").is_symlink():
            (staged / f"{file}.tmp").symlink_to(FULL)
        return real(opened, **how)

    if file == "manifest.json":
        monkeypatch.setattr(generations, "digest_with_blocks", sealing)
    else:
        (data / f"{file}.tmp").symlink_to(FULL)
    check_refused(data, monkeypatch)


@NEEDS_FULL
@pytest.mark.parametrize("part", [".trm", ".pst", ".col", "_MAIN_0.toc", "_MAIN_1.toc"])
def test_each_file_of_whoosh(data: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    met: list[str] = []

    def opening(path: str, mode: str = "r"):
        if "w" in mode and part in Path(path).name:
            met.append(path)
            path = str(FULL)
        return Path(path).open(mode)

    monkeypatch.setattr(filestore, "open", opening, raising=False)
    check_refused(data, monkeypatch)
    assert met


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_limit_on_the_size_of_files(data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Files differ in size: with every limit another one is the first to stop, SQLite's included."""
    resource = pytest.importorskip("resource")
    rebuild_from(NEW, config(data))
    sizes = {path.stat().st_size for path in current(data).rglob("*") if path.is_file()}
    before = current_token(data)
    for limit in sorted({16, *(size * 9 // 10 for size in sizes if size > 1_000)}):
        pid = os.fork()
        if pid == 0:
            try:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                rebuild_from(NEW[::-1], config(data))
                os._exit(1)
            except IndexWriteError as error:
                os._exit(0 if error.hint and "unchanged" in error.message else 2)
            except BaseException as error:
                os.write(2, f"limit {limit}: {type(error).__name__}: {error}\n".encode())
                os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, capfd.readouterr().err
        assert current_token(data) == before
        assert verify(data).ok


def test_the_disks_error_is_told_though_whoosh_fails_to_clean_up(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are closed once more then, and it says "This file is already closed"."""
    errors = iter([OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))])

    def close(self):
        raise next(errors, Exception("This file is already closed"))

    monkeypatch.setattr(W3PerDocWriter, "close", close)
    check_refused(data, monkeypatch)
    assert not list(errors)


def test_an_error_that_is_not_the_disks_passes_unchanged(data: Path) -> None:
    def items():
        yield OLD[0]
        raise OSError(errno.ECONNRESET, "Connection reset by peer")

    with pytest.raises(ConnectionResetError):
        rebuild_from(items(), config(data))
    assert verify(data).ok
