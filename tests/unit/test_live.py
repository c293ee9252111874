"""The engine that follows the index: new generations, broken ones, other encoders, two indexes."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import archives
import pytest
from archives import config

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.encoders.protocol import Encoder, EncoderInfo
from index.errors import (
    EncoderError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    NotFoundError,
)
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.store.manifest import current, current_token
from search import live
from search.config import SearchConfig, Waiting
from search.live import LiveEngine
from search.models import Mode, SearchRequest

MARKS = ("صحرا", "پہاڑ")
"""A word that every document of one archive holds, and none of the other's."""
SIZES = (10, 14)


def archive(which: int) -> list[Document]:
    documents = archives.articles(SIZES[which], seed=which, mark=MARKS[which])
    return [replace(each, id=f"{which}/{each.id}", body=f"{each.body} مشترک") for each in documents]


ARCHIVES = (archive(0), archive(1))
REQUEST = SearchRequest("مشترک", mode=Mode.KEYWORD, size=100)


class Other(HashEncoder):
    @property
    def info(self) -> EncoderInfo:
        return replace(super().info, id="another")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Data directories with the two archives."""
    root = tmp_path_factory.mktemp("live")
    for which in (0, 1):
        archives.build(ARCHIVES[which], root / str(which))
    return root / "0", root / "1"


@pytest.fixture
def data(built: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(built[0], tmp_path / "data"))


@pytest.fixture
def engine(data: Path) -> Iterator[LiveEngine]:
    opened = LiveEngine(config(data))
    yield opened
    opened.close()


def served(engine: LiveEngine) -> int:
    """Which archive answers, all of it and nothing else."""
    response = engine.search(REQUEST)
    (which,) = {int(hit.id[0]) for hit in response.hits}
    assert response.total.value == len(response.hits) == SIZES[which]
    return which


def damage(data: Path) -> None:
    """Cut a file of the current generation short."""
    path = current(data) / "vectors.npy"
    path.write_bytes(path.read_bytes()[:-10])


def test_nothing_is_opened_before_the_first_call(tmp_path: Path) -> None:
    engine = LiveEngine(config(tmp_path / "data"))
    assert not (tmp_path / "data").exists()
    for call in (
        lambda: engine.search(REQUEST),
        lambda: engine.document("a"),
        engine.generation,
        engine.status,
        engine.ready,
    ):
        with pytest.raises(IndexMissingError, match="talash index rebuild"):
            call()
    archives.build(ARCHIVES[0], tmp_path / "data")
    assert served(engine) == 0
    engine.ready()


def test_a_new_generation_is_noticed_by_every_call(data: Path, engine: LiveEngine) -> None:
    assert served(engine) == 0
    first = engine.search(REQUEST).generation
    archives.build(ARCHIVES[1], data)
    name = ARCHIVES[1][0].id
    assert engine.document(name).id == name
    with pytest.raises(NotFoundError):
        engine.document(ARCHIVES[0][0].id)
    assert served(engine) == 1
    assert engine.search(REQUEST).generation == current_token(data) != first
    assert engine.search(SearchRequest("*")).total.value == SIZES[1]
    assert engine.status().documents == SIZES[1]
    archives.build(ARCHIVES[0], data)
    assert engine.search(SearchRequest("*")).total.value == SIZES[0]


def test_an_unchanged_index_is_opened_once(
    engine: LiveEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    real = OpenIndex.open
    monkeypatch.setattr(
        OpenIndex, "open", classmethod(lambda cls, path: opened.append(path) or real(path))
    )
    barrier = threading.Barrier(8)

    def ask(_: int) -> int:
        barrier.wait(10)
        return served(engine)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [0] * 8
    assert len(opened) == 1


def test_a_new_generation_that_cannot_be_read_leaves_the_old_one_serving(
    data: Path, engine: LiveEngine, caplog: pytest.LogCaptureFixture
) -> None:
    assert served(engine) == 0
    engine.ready()
    archives.build(ARCHIVES[1], data)
    damage(data)
    for _ in range(3):
        assert served(engine) == 0
        with pytest.raises(IndexDamagedError, match=r"vectors\.npy"):
            engine.ready()
    assert len([each for each in caplog.records if "old one stays" in each.message]) == 1
    archives.build(ARCHIVES[1], data)
    assert served(engine) == 1
    engine.ready()


def test_a_damaged_index_is_told_when_there_is_no_old_one(data: Path, engine: LiveEngine) -> None:
    damage(data)
    for call in (lambda: engine.search(REQUEST), engine.ready):
        with pytest.raises(IndexDamagedError) as caught:
            call()
        assert caught.value.hint
    archives.build(ARCHIVES[0], data)
    assert served(engine) == 0


def test_an_index_that_disappears_is_served_on_and_told(data: Path, engine: LiveEngine) -> None:
    assert served(engine) == 0
    shutil.rmtree(data)
    assert served(engine) == 0
    assert engine.search(SearchRequest("صحرا")).hits
    assert engine.document(ARCHIVES[0][0].id).body
    with pytest.raises(IndexMissingError):
        engine.ready()
    archives.build(ARCHIVES[1], data)
    assert served(engine) == 1


# -- encoders ----------------------------------------------------------------------------------------


def test_another_encoder_than_the_index_was_built_with(data: Path) -> None:
    engine = LiveEngine(config(data), encoder=Other())
    for call in (lambda: engine.search(REQUEST), engine.ready):
        with pytest.raises(IndexMismatchError, match="test-hash-64") as caught:
            call()
        assert "another" in caught.value.message
        assert "talash index rebuild" in caught.value.hint


def test_a_new_generation_of_another_encoder_leaves_the_old_one_serving(data: Path) -> None:
    engine = LiveEngine(config(data), encoder=HashEncoder())
    assert served(engine) == 0
    rebuild_from(ARCHIVES[1], config(data), encoder=Other())
    assert served(engine) == 0
    with pytest.raises(IndexMismatchError, match="another"):
        engine.ready()
    archives.build(ARCHIVES[1], data)
    assert served(engine) == 1
    engine.ready()


def opening(monkeypatch: pytest.MonkeyPatch, open_: Callable[[str], Encoder]) -> list[str]:
    """Put another `open_encoder` in place; the list fills with the settings it was given."""
    asked: list[str] = []

    def open_encoder(spec: str, **_: object) -> Encoder:
        asked.append(spec)
        return open_(spec)

    monkeypatch.setattr(live, "open_encoder", open_encoder)
    return asked


def test_without_a_setting_the_index_names_its_encoder(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a new generation may name another, which is opened when it comes, once."""
    asked = opening(monkeypatch, lambda spec: Other() if spec == "other" else HashEncoder())
    engine = LiveEngine(config(data, encoder=""))
    assert served(engine) == 0
    archives.build(ARCHIVES[1], data)
    assert served(engine) == 1
    assert asked == ["test"]
    rebuild_from(ARCHIVES[0], config(data, encoder="other"), encoder=Other())
    assert served(engine) == 0
    assert asked == ["test", "other"]
    assert engine.search(SearchRequest("صحرا")).degraded == ()


def test_a_setting_that_names_another_encoder_is_a_mismatch_with_a_way_out(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = opening(monkeypatch, lambda spec: Other())
    engine = LiveEngine(config(data, encoder="http://127.0.0.1:9/v1"))
    with pytest.raises(IndexMismatchError) as caught:
        engine.search(REQUEST)
    assert "--encoder test" in caught.value.hint
    assert asked == ["http://127.0.0.1:9/v1"]


def test_words_are_searched_while_the_encoder_cannot_be_had(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(spec: str) -> Encoder:
        raise EncoderError("The server does not answer.")

    opening(monkeypatch, broken)
    engine = LiveEngine(config(data))
    assert served(engine) == 0
    (degraded,) = engine.search(SearchRequest("صحرا")).degraded
    assert "does not answer" in degraded.reason
    for call in (engine.ready, lambda: engine.search(replace(REQUEST, mode=Mode.SEMANTIC))):
        with pytest.raises(EncoderError, match="does not answer"):
            call()
    opening(monkeypatch, lambda spec: HashEncoder())
    archives.build(ARCHIVES[1], data)
    assert engine.search(SearchRequest("پہاڑ")).degraded == ()
    engine.ready()


def test_words_are_searched_while_the_encoder_is_being_opened(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its opening may take minutes; no request waits for it, and no lock is held."""
    go_on = threading.Event()

    def slowly(spec: str) -> Encoder:
        go_on.wait(60)
        return HashEncoder()

    asked = opening(monkeypatch, slowly)
    monkeypatch.setattr(Waiting, "ENCODER_SECONDS", 0.05)
    engine = LiveEngine(config(data))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: engine.search(SearchRequest("صحرا")), range(8)))
    for each in found:
        assert each.hits
        assert [one.code for one in each.degraded] == ["index-starting"]
    assert engine.suggest("صح", 5).generation
    with pytest.raises(EncoderError, match="being opened") as caught:
        engine.ready()
    assert caught.value.code == "index-starting"
    go_on.set()
    engine.opened()
    assert engine.search(SearchRequest("صحرا")).degraded == ()
    engine.ready()
    assert asked == ["test"]


def test_an_index_waits_for_its_encoder_while_the_old_one_serves(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old index has its own encoder: nobody is answered by words alone, and nobody waits."""
    go_on = threading.Event()

    def open_(spec: str) -> Encoder:
        if spec == "other":
            go_on.wait(60)
            return Other()
        return HashEncoder()

    asked = opening(monkeypatch, open_)
    monkeypatch.setattr(Waiting, "ENCODER_SECONDS", 0.05)
    engine = LiveEngine(config(data, encoder="")).opened()
    rebuild_from(ARCHIVES[1], config(data, encoder="other"), encoder=Other())
    for _ in range(3):
        assert served(engine) == 0
        assert engine.search(SearchRequest("صحرا")).degraded == ()
    go_on.set()
    monkeypatch.setattr(Waiting, "ENCODER_SECONDS", 30)  # from now on it waits for the new one
    assert served(engine) == 1
    assert asked == ["test", "other"]


def test_a_new_index_of_an_encoder_that_is_out_of_order_is_served_at_once(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def open_(spec: str) -> Encoder:
        if go_on.is_set():
            go_on.clear()
            raise EncoderError("It is gone.")
        go_on.wait(60)  # and hangs, when it is opened again
        return HashEncoder()

    opening(monkeypatch, open_)
    go_on.set()
    monkeypatch.setattr(Waiting, "ENCODER_SECONDS", 0.05)
    engine = LiveEngine(config(data)).opened()
    assert served(engine) == 0
    archives.build(ARCHIVES[1], data)
    assert served(engine) == 1
    go_on.set()


def test_a_wrong_encoder_that_opens_late_is_told_from_then_on(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slowly(spec: str) -> Encoder:
        go_on.wait(60)
        return Other()

    opening(monkeypatch, slowly)
    monkeypatch.setattr(Waiting, "ENCODER_SECONDS", 0.05)
    engine = LiveEngine(config(data))
    assert engine.search(SearchRequest("صحرا")).degraded
    go_on.set()
    engine.opened()
    for call in (lambda: engine.search(REQUEST), engine.ready):
        with pytest.raises(IndexMismatchError, match="another"):
            call()


def test_an_encoder_that_came_back_is_opened_without_a_new_index(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [False]

    def maybe(spec: str) -> Encoder:
        if not there[0]:
            raise EncoderError("The server does not answer.")
        return HashEncoder()

    asked = opening(monkeypatch, maybe)
    engine = LiveEngine(config(data), SearchConfig(encoder_rest=0.2))
    assert engine.search(SearchRequest("صحرا")).degraded
    there[0] = True
    assert engine.search(SearchRequest("صحرا")).degraded  # it rests
    for _ in range(200):
        time.sleep(0.05)
        if not engine.search(SearchRequest("صحرا")).degraded:
            break
    engine.ready()
    assert asked == ["test", "test"]


@pytest.mark.parametrize("careful", [True, False])
def test_an_embeddings_server_that_hangs_leaves_words(data: Path, careful: bool) -> None:
    """It takes the connection and says nothing: a server's own time-out is a minute, thrice."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        spec = f"http://127.0.0.1:{silent.getsockname()[1]}/v1#model"
        engine = LiveEngine(
            config(data, encoder=spec), SearchConfig(time_budget=1.0), careful=careful
        )
        started = time.monotonic()
        response = engine.search(SearchRequest("صحرا"))
        assert time.monotonic() - started < 30
        assert response.hits
        code = "index-starting" if careful else "encoder-unavailable"
        assert [each.code for each in response.degraded] == [code]
        with pytest.raises(EncoderError):
            engine.search(SearchRequest("صحرا", mode=Mode.SEMANTIC))
        engine.close()


# -- many at once ------------------------------------------------------------------------------------


def test_two_indexes_in_one_process(built: tuple[Path, Path]) -> None:
    engines = [LiveEngine(config(data)) for data in built]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: served(engines[n % 2]), range(64)))
    assert found == [n % 2 for n in range(64)]
    foreign = replace(REQUEST, query=MARKS[1], literal=True)
    assert [each.search(foreign).total.value for each in engines] == [0, SIZES[1]]
    engines[0].close()
    assert served(engines[1]) == 1
    assert served(engines[0]) == 0  # closed, it opens again when asked again
    for engine in engines:
        engine.close()


def test_searches_never_see_a_mixture_while_it_is_rebuilt(data: Path, engine: LiveEngine) -> None:
    generations = {engine.search(REQUEST).generation: 0}
    stop = threading.Event()
    seen: list[tuple[str, int]] = []

    def ask() -> None:
        while not stop.is_set():
            response = engine.search(replace(REQUEST, mode=Mode.HYBRID))
            (which,) = {int(hit.id[0]) for hit in response.hits}
            assert response.total.value == len(response.hits) == SIZES[which]
            assert sum(each.count for each in response.facets.languages) == SIZES[which]
            seen.append((response.generation, which))

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        try:
            for which in (1, 0, 1, 0):
                generations[archives.build(ARCHIVES[which], data).generation] = which
        finally:
            stop.set()
        for each in asking:
            each.result(60)
    assert all(generations[name] == which for name, which in seen)
    assert len({name for name, _ in seen}) > 2


def test_the_old_generation_answers_while_the_new_one_is_opened(
    data: Path, engine: LiveEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening a large index takes seconds, and a new encoder minutes: nobody else has to wait."""
    assert served(engine) == 0
    archives.build(ARCHIVES[1], data)
    opening_now, go_on, real = threading.Event(), threading.Event(), OpenIndex.open

    def slowly(cls: type[OpenIndex], path: Path) -> OpenIndex:
        opening_now.set()
        go_on.wait(60)
        return real(path)

    monkeypatch.setattr(OpenIndex, "open", classmethod(slowly))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(served, engine)
        try:
            assert opening_now.wait(30)
            assert pool.submit(served, engine).result(timeout=10) == 0
        finally:
            go_on.set()
        assert first.result(30) == 1
    assert served(engine) == 1


# -- what is let go ----------------------------------------------------------------------------------

NEEDS_PROC = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")


def open_below(directory: Path) -> set[str]:
    """Files below a directory that this process holds open or mapped."""
    maps = Path("/proc/self/maps").read_text("utf-8").splitlines()
    held = {line.split(maxsplit=5)[-1] for line in maps}
    for number in os.listdir("/proc/self/fd"):  # noqa: PTH208
        try:
            held.add(os.readlink(f"/proc/self/fd/{number}"))  # noqa: PTH115
        except OSError:
            continue
    return {name for name in held if name.startswith(str(directory))}


@NEEDS_PROC
def test_an_old_generation_is_let_go(data: Path, engine: LiveEngine) -> None:
    assert served(engine) == 0
    old = current(data)
    assert open_below(old)
    archives.build(ARCHIVES[1], data)
    assert served(engine) == 1
    gc.collect()
    assert open_below(old) == set()
    engine.close()
    gc.collect()
    assert open_below(data / "generations") == set()


@NEEDS_PROC
def test_an_index_that_is_refused_is_let_go(data: Path) -> None:
    engine = LiveEngine(config(data), encoder=Other())
    for _ in range(10):
        with pytest.raises(IndexMismatchError):
            engine.search(REQUEST)
    gc.collect()
    assert open_below(data / "generations") == set()
