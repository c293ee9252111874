"""A data directory serves the old index or the new one, whatever befalls the writer."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
from processes import in_a_child
from sealing import rewrite

from index.documents import Document, Passage
from index.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexMissingError,
    IndexWriteError,
)
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter
from index.store import generations
from index.store.generations import begin, retire, write_errors, writer_lock
from index.store.layout import MANIFEST
from index.store.manifest import (
    EncoderStamp,
    Manifest,
    current,
    current_token,
    generation_names,
    open_current,
    open_manifest,
    read_status,
)

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs fork and POSIX permissions")
ENCODER = EncoderStamp("tiny-1", 4, "bundled")


def stage(staged: generations.StagedGeneration, number: int, documents: int = 3) -> str:
    """Write a generation whose every part says `number`, and make it current."""
    with CatalogueWriter(staged.path / "catalogue.sqlite") as writer:
        for i in range(documents):
            document = Document(f"{i}", f"سرخی {number}", f"خبر نمبر {number}: بارش", "ur")
            writer.add(document, [(Passage(0, 0, 10, "ur"), b"%16d" % i)])
        counts = writer.finish()
    (staged.path / "keyword").mkdir()
    (staged.path / "keyword" / "terms").write_text(f"{number} بارش", "utf-8")
    return staged.commit(encoder=ENCODER, counts=counts, build={"number": number})


def commit(data: Path, number: int, documents: int = 3) -> str:
    with writer_lock(data), begin(data) as staged, write_errors(data):
        return stage(staged, number, documents)


def numbers(path: Path) -> set[int]:
    """What the parts of a generation say; more than one number is a mixture."""
    manifest = open_manifest(path)
    with Catalogue.open(path) as catalogue:
        terms = (path / "keyword" / "terms").read_text("utf-8")
        titles = {int(d.title.split()[1]) for _, d in catalogue.iter_documents()}
    return titles | {int(terms.split()[0]), manifest.build["number"]}


def served(data: Path) -> set[int]:
    """What a reader gets now, every checksum compared."""
    open_manifest(current(data), "checksums")
    return open_current(data, numbers)


def hidden(data: Path) -> list[str]:
    return [p.name for p in (data / "generations").iterdir() if p.name.startswith(".")]


def test_one_generation_after_another(tmp_path: Path) -> None:
    data = tmp_path / "نیا" / "data"
    first = commit(data, 1)
    assert current(data).name == first == current_token(data)
    assert served(data) == {1}
    second = commit(data, 2)
    assert served(data) == {2}
    assert first < second
    assert generation_names(data) == [first, second]
    assert hidden(data) == []
    assert not (data / "writer.json").exists()


def test_the_manifest_tells_all(tmp_path: Path) -> None:
    name = commit(tmp_path, 7)
    manifest = open_manifest(tmp_path / "generations" / name, "checksums")
    assert sorted(manifest.files) == ["catalogue.sqlite", "keyword/terms"]
    assert manifest.encoder == ENCODER
    assert (manifest.counts.documents, manifest.counts.languages) == (3, {"ur": 3})
    assert datetime.fromisoformat(manifest.created).tzinfo == timezone.utc
    assert manifest.build == {"number": 7}
    assert Manifest.from_json(json.loads(json.dumps(manifest.to_json()))) == manifest


def test_status(tmp_path: Path) -> None:
    name = commit(tmp_path, 1)
    found = read_status(tmp_path)
    assert (found.generation, found.documents, found.passages) == (name, 3, 3)
    assert found.languages == {"ur": 3}
    assert found.encoder == "tiny-1"
    path = tmp_path / "generations" / name
    assert found.size_bytes == sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    assert json.loads(json.dumps(asdict(found)))["data_dir"] == str(tmp_path)


def test_no_index_yet(tmp_path: Path) -> None:
    for look in (current, read_status):
        with pytest.raises(IndexMissingError, match="talash index rebuild PATH"):
            look(tmp_path / "none")
    assert current_token(tmp_path / "none") == ""
    assert list(tmp_path.iterdir()) == []


def test_current_is_lost_and_a_rebuild_mends_it(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    (tmp_path / "CURRENT").unlink()
    with pytest.raises(IndexMissingError):
        current(tmp_path)
    assert commit(tmp_path, 2).startswith("00000002-")
    assert served(tmp_path) == {2}


@pytest.mark.parametrize("content", [b"../../etc", b"\xff\xfe\x00", b"x" * 5_000, "تلاش".encode()])
def test_current_names_no_generation(tmp_path: Path, content: bytes) -> None:
    commit(tmp_path, 1)
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamagedError, match="names no generation"):
        current(tmp_path)
    commit(tmp_path, 2)
    assert served(tmp_path) == {2}


def test_current_names_a_generation_that_is_gone(tmp_path: Path) -> None:
    name = commit(tmp_path, 1)
    shutil.rmtree(current(tmp_path))
    with pytest.raises(IndexDamagedError, match=name):
        current(tmp_path)
    with pytest.raises(IndexDamagedError, match="is not there"):
        open_current(tmp_path, numbers)
    assert commit(tmp_path, 2) > name


def test_current_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "CURRENT").mkdir()
    with pytest.raises(IndexDamagedError, match="cannot be read"):
        current(tmp_path)
    assert current_token(tmp_path) == ""


def cut_short(path: Path) -> None:
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size - 1)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["catalogue.sqlite", "keyword/terms", MANIFEST])
@pytest.mark.parametrize("damage", [cut_short, flip, Path.unlink])
def test_damage_is_told_with_the_name(
    tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    commit(tmp_path, 1)
    damage(current(tmp_path) / name)
    with pytest.raises(IndexDamagedError, match=re.escape(name)) as caught:
        open_manifest(current(tmp_path), "checksums")
    assert "talash index rebuild" in caught.value.hint


def test_another_format_is_a_mismatch(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    rewrite(current(tmp_path), format_version=99, talash_version="7.0", counts="other")
    with pytest.raises(IndexMismatchError, match=r"format 99 \(Talash 7\.0\)"):
        open_manifest(current(tmp_path))


@pytest.mark.parametrize("name", ["../CURRENT", "/etc/passwd", "a\\..\\b", "c:x", ""])
def test_a_manifest_stays_in_its_directory(tmp_path: Path, name: str) -> None:
    commit(tmp_path, 1)
    rewrite(current(tmp_path), files={name: {"size": 1, "sha256": ""}})
    with pytest.raises(IndexDamagedError, match="outside"):
        open_manifest(current(tmp_path))


@pytest.mark.parametrize("text", ["[]", "{}", "nul", "[" * 100_000, '{"checksum": 1}', "\x00"])
def test_a_manifest_that_is_none(tmp_path: Path, text: str) -> None:
    commit(tmp_path, 1)
    (current(tmp_path) / MANIFEST).write_text(text)
    with pytest.raises(IndexDamagedError, match=MANIFEST):
        open_manifest(current(tmp_path))


def test_fields_of_a_later_release_are_passed_over(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    rewrite(current(tmp_path), signature="بعد میں")
    assert served(tmp_path) == {1}


def test_an_index_built_otherwise_is_refused(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    manifest = open_manifest(current(tmp_path))
    manifest.require_ours("tiny-1")
    manifest.require_ours()
    for other in (
        replace(manifest, normalizer_version="0"),
        replace(manifest, analyzer_fingerprint="g"),
    ):
        with pytest.raises(IndexMismatchError, match="talash index rebuild"):
            other.require_ours()
    with pytest.raises(IndexMismatchError, match="encoder tiny-1"):
        manifest.require_ours("big")


def test_what_dead_writers_left_is_removed(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    for name in (".staging-dead-1", ".retired-00000000-20250101T000000Z-aaaa"):
        (tmp_path / "generations" / name / "keyword").mkdir(parents=True)
    (tmp_path / "writer.json").write_text('{"pid": 1, "token": "dead"}')
    (tmp_path / "CURRENT.tmp").write_text("half")
    commit(tmp_path, 2)
    assert hidden(tmp_path) == []
    assert served(tmp_path) == {2}


def test_an_aborted_generation_leaves_nothing(tmp_path: Path) -> None:
    commit(tmp_path, 1)

    def interrupted() -> None:
        with writer_lock(tmp_path), begin(tmp_path) as staged:
            (staged.path / "half").write_text("آدھا", "utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert hidden(tmp_path) == []
    assert served(tmp_path) == {1}


def test_begin_stands_inside_the_lock(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="writer_lock"):
        begin(tmp_path)


def test_retention(tmp_path: Path) -> None:
    names = [commit(tmp_path, number) for number in range(1, 6)]
    assert generation_names(tmp_path) == names[-2:]
    (tmp_path / "CURRENT").write_text(names[-2])  # rolled back
    assert retire(tmp_path, keep=2) == []
    assert retire(tmp_path, keep=0) == [names[-1]]
    assert served(tmp_path) == {4}


def test_a_generation_that_never_became_current_goes_first(tmp_path: Path) -> None:
    first = commit(tmp_path, 1)
    orphan = "00000002-20260101T000000Z-dead"
    shutil.copytree(current(tmp_path), tmp_path / "generations" / orphan)
    third = commit(tmp_path, 3)
    assert generation_names(tmp_path) == [first, third]
    assert third.startswith("00000003-")


def test_names_rise_though_the_clock_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    for year in (2030, 2020, 2020, 1999):
        then = datetime(year, 1, 1, tzinfo=timezone.utc)
        monkeypatch.setattr(
            generations, "datetime", SimpleNamespace(now=lambda zone, then=then: then)
        )
        names.append(commit(tmp_path, year))
        assert served(tmp_path) == {year}
    assert names == sorted(names)
    assert len(set(names)) == 4


HOLD = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from index.store.generations import begin, writer_lock
with writer_lock(Path(sys.argv[1]), command="talash index rebuild خبریں"):
    (begin(Path(sys.argv[1])).path / "half").write_text("آدھا", "utf-8")
    print("ready", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_who_writes_and_death_releases(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    command = [sys.executable, "-X", "utf8", "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"ready"
        with pytest.raises(IndexLockedError) as caught, writer_lock(tmp_path):
            pytest.fail("two writers")
        assert f"process {other.pid} on " in caught.value.message
        assert "talash index rebuild خبریں" in caught.value.message
        assert served(tmp_path) == {1}  # readers do not wait
        assert len(hidden(tmp_path)) == 1
        other.kill()
    commit(tmp_path, 2)
    assert served(tmp_path) == {2}
    assert hidden(tmp_path) == []


def test_two_threads_are_two_writers(tmp_path: Path) -> None:
    caught: list[BaseException] = []

    def second() -> None:
        try:
            with writer_lock(tmp_path):
                pass
        except IndexLockedError as error:
            caught.append(error)

    with writer_lock(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
        commit_token = json.loads((tmp_path / "writer.json").read_text())["token"]
    assert len(caught) == 1
    assert commit_token


def test_a_writer_that_lost_its_lock_changes_nothing(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    with writer_lock(tmp_path), begin(tmp_path) as staged:
        (tmp_path / "writer.json").write_text('{"pid": 4711, "host": "b", "token": "theirs"}')
        with pytest.raises(IndexLockedError, match="process 4711"):
            stage(staged, 2)
    assert served(tmp_path) == {1}
    assert hidden(tmp_path) == []
    assert (tmp_path / "writer.json").exists()


STEPS = ("fsync", "replace", "rename", "mkdir")


@contextmanager
def failing_at(step: int, fail: Callable[[], None]) -> Iterator[list[int]]:
    """Count the calls that change the disk durably; the one numbered `step` fails instead."""
    seen = [0]

    def wrap(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            seen[0] += 1
            if seen[0] == step:
                fail()
            return real(*args, **kwargs)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, wrap(getattr(os, name)))
        yield seen


def steps_of_a_commit(data: Path) -> int:
    with failing_at(-1, lambda: None) as seen:
        commit(data, 0)
    return seen[0]


def test_a_full_disk_at_every_step(tmp_path: Path) -> None:
    steps = steps_of_a_commit(tmp_path)
    assert steps > 10

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    old = 0
    for step in range(1, steps + 1):
        with failing_at(step, full):
            try:
                commit(tmp_path, step)
                done = True
            except IndexWriteError as error:
                done = False
                said = error
        if done:  # nothing but the removal of old generations failed
            assert served(tmp_path) == {step}
            old = step
        else:
            assert "No space left" in said.message
            assert served(tmp_path) == {step if "is in use" in said.message else old}
            old = served(tmp_path).pop()
        assert [n for n in hidden(tmp_path) if n.startswith(".staging")] == []
    commit(tmp_path, 1_000)
    assert served(tmp_path) == {1_000}
    assert len(generation_names(tmp_path)) == 2


@POSIX
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_killed_at_every_step(tmp_path: Path) -> None:
    steps = steps_of_a_commit(tmp_path)
    old, switched = 0, []
    for step in range(1, steps + 1):

        def die_there(step: int = step) -> None:
            with failing_at(step, lambda: os.kill(os.getpid(), 9)):
                commit(tmp_path, step)

        assert in_a_child(die_there) == -9
        now = served(tmp_path).pop()
        assert now in (old, step)
        switched.append(now == step)
        old = now
    assert switched.index(True) > steps // 2
    assert switched == sorted(switched)  # once the switch is made, it stays made
    commit(tmp_path, 1_000)
    assert served(tmp_path) == {1_000}
    assert hidden(tmp_path) == []


@POSIX
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_real_limit_on_file_size(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    resource = pytest.importorskip("resource")
    commit(tmp_path, 1)

    def write_too_much() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
        commit(tmp_path, 2, documents=20_000)

    assert in_a_child(write_too_much) == 1
    said = capfd.readouterr().err
    assert said.startswith("IndexWriteError: ")
    assert "unchanged" in said
    assert served(tmp_path) == {1}
    assert hidden(tmp_path) == []


@POSIX
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_directory_that_may_not_be_written(capfd: pytest.CaptureFixture[str]) -> None:
    data = Path(tempfile.mkdtemp())
    try:
        commit(data, 1)
        for path in (data, data / "generations"):
            path.chmod(0o555)
        (data / "writer.lock").chmod(0o444)

        def write() -> None:
            if os.getuid() == 0:
                os.setuid(65_534)
            assert served(data) == {1}  # reading needs no right to write
            commit(data, 2)

        assert in_a_child(write) == 1
        said = capfd.readouterr().err
        assert said.startswith("IndexWriteError: ")
        assert "--data" in said
        assert served(data) == {1}
    finally:
        for path in (data, data / "generations"):
            path.chmod(0o755)
        shutil.rmtree(data)


def test_only_errors_of_our_files_become_write_errors(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), write_errors(tmp_path):
        (tmp_path.parent / "elsewhere.txt").open()
    with pytest.raises(ConnectionRefusedError), write_errors(tmp_path):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    with pytest.raises(IndexWriteError, match="--data"), write_errors(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "a" / "b"))
    with pytest.raises(IndexWriteError, match="--data"), write_errors(tmp_path / "a" / "b"):
        raise OSError(errno.EROFS, "Read-only file system", str(tmp_path))
    with pytest.raises(io.UnsupportedOperation), write_errors(tmp_path):
        io.BytesIO().fileno()


def test_a_reader_is_never_refused_and_never_gets_a_mixture(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    stop, seen, wrong = threading.Event(), [], []

    def read() -> None:
        while not stop.is_set():
            try:
                found = open_current(tmp_path, numbers)
            except Exception as error:
                wrong.append(repr(error))
                return
            if len(found) != 1 or (seen and found < {seen[-1]}):
                wrong.append(str(found))
            seen.extend(found)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    with writer_lock(tmp_path):
        for number in range(2, 27):
            with begin(tmp_path) as staged:
                stage(staged, number)
            retire(tmp_path, keep=1)  # the hardest case: the old one goes at once
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(set(seen)) > 5


def test_a_retired_generation_is_opened_again_as_the_new_one(tmp_path: Path) -> None:
    first = commit(tmp_path, 1)
    tried = []

    def opener(path: Path) -> set[int]:
        tried.append(path.name)
        if len(tried) == 1:  # two commits come between reading CURRENT and opening the files
            commit(tmp_path, 2)
            commit(tmp_path, 3)
        return numbers(path)

    assert open_current(tmp_path, opener) == {3}
    assert tried == [first, current_token(tmp_path)]


def test_an_open_catalogue_outlives_its_generation(tmp_path: Path) -> None:
    commit(tmp_path, 1, documents=50)
    with Catalogue.open(current(tmp_path)) as catalogue:
        commit(tmp_path, 2)
        commit(tmp_path, 3)
        assert len(generation_names(tmp_path)) == 2
        assert catalogue.document(49).title == "سرخی 1"


def test_a_failure_that_is_no_retirement_is_raised(tmp_path: Path) -> None:
    commit(tmp_path, 1)
    tried = []

    def opener(path: Path) -> None:
        tried.append(path)
        raise IndexDamagedError("broken")

    with pytest.raises(IndexDamagedError, match="broken"):
        open_current(tmp_path, opener)
    assert len(tried) == 1
