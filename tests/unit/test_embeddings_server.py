"""An archive over an embeddings server, when that server has a bad day: the way of a whole search."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import archives
import pytest
from test_foreign_encoders import Server

from index.encoders.external import KEY_VARIABLE
from index.encoders.hashed import HashEncoder
from index.errors import EncoderError
from search.config import SearchConfig
from search.live import LiveEngine
from search.models import Mode, SearchRequest

CONFIG = SearchConfig(time_budget=2.0, encoder_rest=0.1, encoder_longest_rest=0.2)
ARTICLES = archives.articles(12)


def hashed(request: dict[str, Any]) -> tuple[int, Any]:
    rows = HashEncoder().encode_queries(request["input"]).tolist()
    return 200, {"data": [{"index": at, "embedding": row} for at, row in enumerate(rows)]}


def changed(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Any], tuple[int, Any]]:
    def answer(request: dict[str, Any]) -> tuple[int, Any]:
        data = hashed(request)[1]["data"]
        return 200, {"data": change(data)}

    return answer


def hang(_request: dict[str, Any]) -> tuple[int, Any]:
    RELEASED.wait(30)
    return 500, {}


RELEASED = threading.Event()
TROUBLE: dict[str, Callable[[dict[str, Any]], tuple[int, Any]]] = {
    "hangs": hang,
    "is overloaded": lambda _: (503, {"error": "busy"}),
    "asks for patience": lambda _: (429, {"error": "slow down"}),
    "wants a key": lambda _: (401, {}),
    "says nothing sensible": lambda _: (200, b"<html>"),
    "gives NaN": changed(
        lambda data: [{**each, "embedding": [float("nan")] * 64} for each in data]
    ),
    "gives another dimension": changed(
        lambda data: [{**each, "embedding": each["embedding"][1:]} for each in data]
    ),
    "gives too few": changed(lambda data: data[1:]),
    "gives too many": changed(lambda data: [*data, data[0]]),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        patch.delenv(KEY_VARIABLE, raising=False)
        started = Server()
        started.answer = hashed
        yield started
        started.close()


@pytest.fixture(scope="module")
def data(running: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive whose every vector came from the server."""
    data = tmp_path_factory.mktemp("embedded") / "data"
    spec = f"{running.url}/v1#timeout=20"
    archives.rebuild_from(ARTICLES, archives.config(data, encoder=spec))
    return data


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    RELEASED.clear()
    running.answer = hashed
    yield running
    RELEASED.set()


@pytest.mark.parametrize("name", TROUBLE)
def test_words_answer_in_time_and_meaning_comes_back(server: Server, data: Path, name: str) -> None:
    engine = LiveEngine(archives.config(data, encoder=""), CONFIG).opened()
    assert engine.search(SearchRequest("بارش")).degraded == ()
    engine.ready()

    server.answer, asked = TROUBLE[name], len(server.requests)
    started = time.monotonic()
    response = engine.search(SearchRequest("tribunal بارش عدالت"))  # a word that is new, too
    assert (
        time.monotonic() - started < 10
    )  # of the 20 s, thrice, that the server may take elsewhere
    assert response.hits
    assert [(each.arm, each.code) for each in response.degraded] == [
        ("semantic", "encoder-unavailable")
    ]
    assert len(server.requests) == asked + 1
    with pytest.raises(EncoderError) as caught:
        engine.search(SearchRequest("tribunal", mode=Mode.SEMANTIC))
    assert caught.value.code == "encoder-unavailable"
    with pytest.raises(EncoderError):
        engine.ready()
    view = engine.document(ARTICLES[0].id, SearchRequest("فائنل"))
    assert [each.arm for each in view.degraded] == ["semantic"]

    server.answer = hashed
    for _ in range(100):
        if not engine.search(SearchRequest("عدالت")).degraded:
            break
        time.sleep(0.05)
    assert engine.search(SearchRequest("tribunal", mode=Mode.SEMANTIC)).degraded == ()
    engine.ready()
    engine.close()


def test_readiness_alone_finds_out_that_the_server_is_back(server: Server, data: Path) -> None:
    engine = LiveEngine(archives.config(data, encoder=""), CONFIG).opened()
    server.answer = TROUBLE["is overloaded"]
    assert engine.search(SearchRequest("بارش")).degraded
    server.answer = hashed
    for _ in range(100):
        try:
            engine.ready()
            break
        except EncoderError:
            time.sleep(0.05)
    engine.ready()
    engine.close()


def test_a_server_that_is_gone_at_the_start_and_comes_later(server: Server, data: Path) -> None:
    server.answer = TROUBLE["is overloaded"]
    spec = f"{server.url}/v1#timeout=20&tries=1"
    engine = LiveEngine(archives.config(data, encoder=spec), CONFIG).opened()
    response = engine.search(SearchRequest("بارش"))
    assert response.hits
    assert [each.arm for each in response.degraded] == ["semantic"]
    server.answer = hashed
    for _ in range(100):
        if not engine.search(SearchRequest("بارش")).degraded:
            break
        time.sleep(0.05)
    # What it holds was built under another setting of the same server, so it is another encoder
    # only if its models or prefixes differ, which they do not.
    assert engine.search(SearchRequest("بارش", mode=Mode.SEMANTIC)).degraded == ()
    engine.close()
