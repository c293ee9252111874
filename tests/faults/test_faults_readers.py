"""A reader that holds an old generation while it is retired: it reads on, to the end."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

import archives
import newsroom
import pytest
from operations import EACH, OPERATIONS, QUERIES, prepare, state

from index.opened import OpenIndex
from index.operations.backup import backup, restore
from index.store.generations import retire, writer_lock
from index.store.manifest import current, current_token, generation_names
from search.engine import SearchEngine
from search.live import LiveEngine
from search.models import Mode, SearchRequest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows keeps what is open until later")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("readers") / "data")


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


@pytest.fixture
def held(data: Path) -> Iterator[SearchEngine]:
    index = OpenIndex.open_current(data)
    yield newsroom.engine(index)
    index.close()


def everything(engine: SearchEngine) -> list[object]:
    """All that a reader can ask, from every file: words, vectors, word states, texts, links."""
    found: list[object] = []
    for query in (*QUERIES, '"hockey team"', "lang:ur"):
        for mode in Mode if ":" not in query else (Mode.HYBRID,):
            answer = engine.search(SearchRequest(query, mode=mode))
            found += [(hit.id, hit.score, hit.snippet, hit.stories) for hit in answer.hits]
            for hit in answer.hits:
                found += [engine.document(hit.id, SearchRequest(query)), engine.related(hit.id, 3)]
    return [*found, engine.suggest("ho", 5)]


def remove_others(data: Path) -> None:
    with writer_lock(data):
        retire(data, keep=1)


@pytest.mark.parametrize("name", EACH)
def test_a_reader_goes_on_though_its_generation_is_gone(
    name: str, data: Path, held: SearchEngine
) -> None:
    mine, wanted = current(data), everything(held)
    OPERATIONS[name](data)
    remove_others(data)
    assert not mine.exists()
    assert generation_names(data) == [current_token(data)]
    assert everything(held) == wanted
    state(data, deep=True)


def test_a_reader_that_asks_for_the_first_time_when_it_is_gone(
    data: Path, held: SearchEngine
) -> None:
    """Nothing is opened late: what an open index may ever need, it holds."""
    other = newsroom.engine(OpenIndex.open_current(data))
    OPERATIONS["rebuild"](data)
    remove_others(data)
    shutil.rmtree(data)
    assert everything(held) == everything(other)
    other.close()


def test_a_search_under_way_ends_on_the_generation_it_began_with(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The live engine has switched and the old generation is deleted before the search goes on."""
    engine = LiveEngine(archives.config(data), encoder=newsroom.Bilingual())
    request = SearchRequest("hockey", mode=Mode.HYBRID)
    old = engine.search(request)
    under_way, go_on, real = threading.Event(), threading.Event(), SearchEngine.search

    def slowly(self: SearchEngine, asked: SearchRequest):
        if threading.current_thread() is not threading.main_thread():
            under_way.set()
            go_on.wait(60)
        return real(self, asked)

    monkeypatch.setattr(SearchEngine, "search", slowly)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(engine.search, request)
        try:
            assert under_way.wait(30)
            OPERATIONS["rebuild"](data)
            remove_others(data)
            assert engine.search(request).generation == current_token(data) != old.generation
        finally:
            go_on.set()
        answer = asking.result(30)
    assert answer.generation == old.generation
    assert [(hit.id, hit.score) for hit in answer.hits] == [(h.id, h.score) for h in old.hits]
    engine.close()


def test_a_backup_under_way_is_of_the_generation_it_began_with(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import index.operations.backup as backups

    wanted, real = state(data), backups.writing

    def late(path: Path, *, compressed: bool) -> AbstractContextManager[BinaryIO]:
        OPERATIONS["rebuild"](data)
        remove_others(data)
        return real(path, compressed=compressed)

    monkeypatch.setattr(backups, "writing", late)
    backup(data, tmp_path / "talash.tar")
    monkeypatch.undo()
    assert state(data) != wanted
    fresh = archives.config(tmp_path / "fresh")
    restore(tmp_path / "talash.tar", fresh, encoder=newsroom.Bilingual())
    assert state(tmp_path / "fresh") == wanted
