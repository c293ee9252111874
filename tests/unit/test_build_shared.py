"""A large archive is built by several processes: it makes no difference but to the time, nor does a worker
that is killed, and what goes wrong in one ends as it does without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import archives
import newsroom
import pytest
import working
from operations import never_at_once, state

from index.documents import Document
from index.errors import IndexWriteError
from index.operations import build
from index.operations.build import rebuild_from
from index.operations.change import add, compact, delete
from index.operations.repair import repair
from index.operations.verify import verify
from index.parts import all_parts
from index.parts.stories import build as stories
from index.store.layout import KEYWORD_DIR
from index.store.manifest import current, current_token, read_manifest

ARTICLES = newsroom.ARTICLES


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every archive is large enough to be shared."""
    monkeypatch.setattr(build, "LEAST_SHARED", 1)
    monkeypatch.setattr(stories, "ASKED_AT_ONCE", 2)


def built(data: Path, workers: int, articles: Sequence[Document] = ARTICLES) -> Path:
    rebuild_from(articles, archives.config(data, workers=workers), encoder=newsroom.Bilingual())
    return data


def files(data: Path) -> dict[str, str]:
    """Checksums of an index's files. Those of the keyword index have other names each time."""
    entries = read_manifest(current(data)).files.items()
    return {name: each.sha256 for name, each in entries if f"{KEYWORD_DIR}/" not in name}


def leftovers(data: Path) -> list[str]:
    return [path.name for path in (data / "generations").iterdir() if path.name[0] == "."]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("alone") / "data", 1)


@pytest.mark.parametrize("workers", [2, 3])
def test_an_index_is_the_same_however_many_build_it(
    alone: Path, tmp_path: Path, workers: int
) -> None:
    data = built(tmp_path / "data", workers)
    assert files(data) == files(alone)
    assert state(data, deep=True) == state(alone)


@pytest.mark.long
def test_changes_repairs_and_merges_are_shared_too(tmp_path: Path) -> None:
    def changed(data: Path, workers: int) -> list[dict[str, str]]:
        config = archives.config(built(data, workers, ARTICLES[:-2]), workers=workers)
        found = []
        with never_at_once():
            add(ARTICLES[-2:], config, encoder=newsroom.Bilingual())
            found.append(files(data))
            delete([ARTICLES[-1].id], config, encoder=newsroom.Bilingual())
        for operation in (compact, repair):
            operation(config, encoder=newsroom.Bilingual())
            found.append(files(data))
        return found

    assert changed(tmp_path / "two", 2) == changed(tmp_path / "one", 1)
    assert state(tmp_path / "two", deep=True) == state(tmp_path / "one")


def test_a_small_archive_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(count: int) -> None:
        raise AssertionError(f"{count} workers for a few articles")

    monkeypatch.setattr(build, "LEAST_SHARED", len(ARTICLES) + 1)
    monkeypatch.setattr(build, "Workers", started)
    built(tmp_path / "data", 8)
    built(tmp_path / "data", 1, ARTICLES[1:])


def test_a_worker_that_is_killed_costs_its_part(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(all_parts, "build_apart", working.build_killed_once)
    data = built(tmp_path / "data", 2)
    assert len(list((data / "generations").glob("*.killed"))) == 3
    for mark in (data / "generations").glob("*.killed"):
        mark.unlink()
    assert files(data) == files(alone)
    assert state(data, deep=True) == state(alone)


def test_a_full_disk_in_a_worker_leaves_the_old_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = built(tmp_path / "data", 2, ARTICLES[:4])
    before = current_token(data)
    monkeypatch.setattr(all_parts, "build_apart", working.build_on_a_full_disk)
    with pytest.raises(IndexWriteError) as caught:
        built(data, 2)
    assert "space" in caught.value.hint
    assert "unchanged" in caught.value.message
    assert current_token(data) == before
    assert leftovers(data) == []
    assert verify(data).ok


class Stopped(newsroom.Bilingual):
    """Somebody presses Ctrl-C when a worker is at work."""

    def __init__(self, told: Path) -> None:
        super().__init__()
        self.told = told

    def encode_passages(self, texts: Sequence[str]):
        working.begun(self.told)
        raise KeyboardInterrupt


def test_ctrl_c_ends_the_workers_and_leaves_the_old_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = built(tmp_path / "data", 2, ARTICLES[:4])
    before = current_token(data)
    monkeypatch.setattr(all_parts, "build_apart", working.build_for_ever)
    told = data / "worker"
    with pytest.raises(KeyboardInterrupt):
        rebuild_from(ARTICLES, archives.config(data, workers=2), encoder=Stopped(told))
    assert working.is_gone(working.begun(told))
    assert current_token(data) == before
    assert leftovers(data) == []
    assert verify(data).ok
