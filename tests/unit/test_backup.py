"""A generation goes into one file and comes out of it the same; what is damaged does neither."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import archives
import newsroom
import pytest

from index.encoders.hashed import HashEncoder
from index.errors import (
    BackupError,
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexMissingError,
    IndexWriteError,
)
from index.opened import OpenIndex
from index.operations.backup import backup, restore
from index.operations.verify import verify
from index.operations.versions import rollback
from index.store.generations import writer_lock
from index.store.manifest import current, current_token, generation_names
from search.models import SearchRequest


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("index") / "data"
    newsroom.build(data).close()
    return data


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


def answers(data: Path) -> list[list[tuple[str, float]]]:
    engine = newsroom.engine(OpenIndex.open_current(data))
    try:
        queries = ("بارش", "وزیر داخلہ کی ملاقات", "court verdict", "mohsin naqvi")
        found = [engine.search(SearchRequest(query)).hits for query in queries]
        return [[(hit.id, round(hit.score, 5)) for hit in hits] for hits in found]
    finally:
        engine.close()


@pytest.mark.parametrize("name", ["محفوظ.tar", "backup.tar.gz", "b.tgz"])
def test_there_and_back(data: Path, tmp_path: Path, name: str) -> None:
    file, other = tmp_path / name, tmp_path / "other"
    done = backup(data, file)
    assert (done.generation, done.documents) == (current(data).name, 12)
    assert done.size_bytes == file.stat().st_size
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".tmp"] == []
    made = restore(file, archives.config(other), encoder=newsroom.OnlyWords())
    assert (made.documents, made.previous, made.words_encoded) == (12, "", 0)
    assert made.words_reused > 100
    report = verify(other, deep=True, sample=20, encoder=lambda _: newsroom.Bilingual())
    assert [check for check in report.checks if not check.ok] == []
    assert answers(other) == answers(data)


def test_other_programs_can_list_it(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        names = archive.getnames()
    assert names[0] == "manifest.json"
    assert set(names[1:]) == {
        "catalogue.sqlite", "vectors.npy", "word_states.bin", "word_states.npz", "lexicon.npz",
        "words.npy",
    }  # fmt: skip


def test_a_restored_index_is_one_more_generation(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "b.tar")
    before = current_token(data)
    made = restore(tmp_path / "b.tar", archives.config(data), encoder=newsroom.Bilingual())
    assert generation_names(data) == [before, made.generation]
    assert current_token(data) == made.generation
    assert rollback(data).generation == before


def test_one_that_is_named(data: Path, tmp_path: Path) -> None:
    first = current(data).name
    newsroom.build(data, newsroom.ARTICLES[:4]).close()
    assert backup(data, tmp_path / "new.tar").documents == 4
    assert backup(data, tmp_path / "old.tar", first).documents == 12
    for name in ("nowhere", "../generations/" + first):
        with pytest.raises(IndexMissingError):
            backup(data, tmp_path / "b.tar", name)
    assert not (tmp_path / "b.tar").exists()


def test_no_lock_is_needed_to_back_up(data: Path, tmp_path: Path) -> None:
    with writer_lock(data):
        backup(data, tmp_path / "b.tar")
        with pytest.raises(IndexLockedError):
            restore(tmp_path / "b.tar", archives.config(data), encoder=newsroom.Bilingual())


@pytest.mark.parametrize("name", ["catalogue.sqlite", "vectors.npy", "words.npy"])
def test_damage_is_not_backed_up(data: Path, tmp_path: Path, name: str) -> None:
    file, kept = current(data) / name, tmp_path / "b.tar"
    kept.write_bytes(b"the one of yesterday")
    content = file.read_bytes()
    for damaged in (content[:-9], content[:-9] + bytes(each ^ 255 for each in content[-9:]), None):
        file.unlink() if damaged is None else file.write_bytes(damaged)
        with pytest.raises(IndexDamagedError, match=name):
            backup(data, kept)
        assert kept.read_bytes() == b"the one of yesterday"
        assert sorted(each.name for each in tmp_path.iterdir()) == ["b.tar", "data"]


def test_where_nothing_can_be_written(data: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexWriteError):
        backup(data, tmp_path / "no" / "such" / "folder.tar")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IndexWriteError):
        backup(data, tmp_path / "folder")
    assert list((tmp_path / "folder").iterdir()) == []


def test_without_an_index_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        backup(tmp_path / "nothing", tmp_path / "b.tar")
    with pytest.raises(BackupError, match="no file"):
        restore(tmp_path / "b.tar", archives.config(tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


def test_another_encoder_is_refused_and_the_backups_own_is_never_opened(
    data: Path, tmp_path: Path, monkeypatch
) -> None:
    class Other(HashEncoder):
        @property
        def info(self):  # type: ignore[no-untyped-def]
            from index.encoders.protocol import EncoderInfo

            return EncoderInfo("other", 64, 10)

    asked: list[str] = []
    backup(data, tmp_path / "b.tar")
    monkeypatch.setattr(
        "index.operations.build.open_encoder", lambda spec, **_: asked.append(spec) or Other()
    )
    with pytest.raises(IndexMismatchError, match="test-hash-64") as caught:
        restore(tmp_path / "b.tar", archives.config(tmp_path / "new", encoder=""))
    assert asked == ["bundled"]
    assert "--encoder" in caught.value.hint
    assert generation_names(tmp_path / "new") == []


def test_other_text_analysis_is_refused(data: Path, tmp_path: Path, monkeypatch) -> None:
    backup(data, tmp_path / "b.tar")
    monkeypatch.setattr("index.store.manifest.ANALYZER_FINGERPRINT", "پرانا")
    with pytest.raises(IndexMismatchError, match="analyzer"):
        restore(tmp_path / "b.tar", archives.config(tmp_path / "new"), encoder=newsroom.OnlyWords())
    assert generation_names(tmp_path / "new") == []
