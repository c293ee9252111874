"""Embeddings servers, good and bad: a real one on this machine answers as the test says."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from index import budget
from index.encoders import external
from index.encoders.external import KEY_VARIABLE, Options, parse_options
from index.encoders.registry import open_encoder
from index.errors import EncoderError, TextRefusedError

Answer = Callable[[dict[str, Any]], tuple[int, Any]]


class Server:
    """Answers every request with what `answer` gives, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer = good
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.reply_headers: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(request)
                outer.headers.append(dict(self.headers))
                outer.paths.append(self.path)
                status, body = outer.answer(request)
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in outer.reply_headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.handle_error = lambda *_: None  # a client that gave up is no news
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def vector(text: str) -> list[float]:
    return [float(len(text)), 1.0, 2.0]


def good(request: dict[str, Any]) -> tuple[int, Any]:
    """Right answers, last one first: only `index` tells which is which."""
    data = [{"index": at, "embedding": vector(text)} for at, text in enumerate(request["input"])]
    return 200, {"object": "list", "data": data[::-1]}


def after_probe(answer: Answer) -> Answer:
    """Good for the first request, which learns the dimension; then `answer`."""
    asked: list[None] = []

    def both(request: dict[str, Any]) -> tuple[int, Any]:
        asked.append(None)
        return good(request) if len(asked) == 1 else answer(request)

    return both


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setattr(external.time, "sleep", lambda _seconds: None)
    running = Server()
    yield running
    running.close()


def test_vectors_come_in_the_order_of_the_texts(server: Server) -> None:
    encoder = open_encoder(f"{server.url}/v1#model=small&batch=2")
    texts = ["a", "bb", "ccc", "dddd", "eeeee"]
    vectors = encoder.encode_passages(texts)
    wanted = np.array([vector(text) for text in texts], np.float32)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors, wanted, rtol=1e-6)
    assert vectors.dtype == np.float32
    assert [len(request["input"]) for request in server.requests] == [1, 2, 2, 1]
    assert {request["model"] for request in server.requests} == {"small"}
    assert set(server.paths) == {"/v1/embeddings"}


def test_the_dimension_is_asked_once(server: Server) -> None:
    encoder = open_encoder(server.url)
    assert [encoder.info.dimension for _ in range(3)] == [3, 3, 3]
    assert encoder.encode_queries([]).shape == (0, 3)
    assert encoder.encode_passages([]).shape == (0, 3)
    assert len(server.requests) == 1
    assert "model" not in server.requests[0]


def test_prefixes_and_models_of_the_two_sides(server: Server) -> None:
    spec = (
        f"{server.url}/v1#query_model=ask&passage_model=tell"
        "&query_prefix=query:%20&passage_prefix=passage:%20&max_tokens=256"
    )
    encoder = open_encoder(spec)
    encoder.encode_queries(["x"])
    encoder.encode_passages(["y", ""])
    assert server.requests[1:] == [
        {"input": ["query: x"], "model": "ask"},
        {"input": ["passage: y", "passage: "], "model": "tell"},
    ]
    assert encoder.info.max_tokens == 256


def test_an_empty_text_is_sent_as_a_space(server: Server) -> None:
    open_encoder(server.url).encode_passages([""])
    assert server.requests[-1]["input"] == [" "]


def test_the_identity_tells_models_and_prefixes_apart_and_keeps_secrets(server: Server) -> None:
    base = f"{server.url}/v1/embeddings?token=secret"
    one = open_encoder(f"{base}#a").info.id
    assert one != open_encoder(f"{base}#b").info.id
    assert one != open_encoder(f"{base}#model=a&query_prefix=q").info.id
    assert one == open_encoder(f"{base}#a").info.id
    assert "secret" not in one
    assert server.paths[0] == "/v1/embeddings?token=secret"


def test_the_key_comes_from_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_encoder(server.url)
    assert "Authorization" not in server.headers[0]
    monkeypatch.setenv(KEY_VARIABLE, " k-123\n")
    encoder = open_encoder(server.url)
    assert server.headers[1]["Authorization"] == "Bearer k-123"
    assert "k-123" not in encoder.info.id
    monkeypatch.setenv(KEY_VARIABLE, "k-1\n23")
    with pytest.raises(EncoderError) as caught:
        open_encoder(server.url)
    assert "23" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"data": []}, "0 vectors for 1 texts"),
        ({"data": [{"index": 0, "embedding": [1.0]}] * 2}, "2 vectors for 1 texts"),
        ({"data": [{"index": 7, "embedding": [1.0]}]}, "form of /v1/embeddings"),
        ({"data": [{"embedding": "AAAA"}]}, "not numbers"),
        ({"data": [{"embedding": [float("nan"), 1.0]}]}, "not a number"),
        ({"data": [{"embedding": [float("inf"), 1.0]}]}, "infinite"),
        ({"data": [{"embedding": [0.0, 0.0]}]}, "zero"),
        ({"data": [{"embedding": []}]}, "shape"),
        ({"data": [None]}, "form of /v1/embeddings"),
        ({"error": "?"}, "form of /v1/embeddings"),
        ([], "form of /v1/embeddings"),
        (b"<html>", "JSON"),
        (b"\xff\xfe", "JSON"),
    ],
)
def test_a_wrong_answer_is_an_error(server: Server, body: Any, says: str) -> None:
    server.answer = lambda _request: (200, body)
    with pytest.raises(EncoderError, match=says):
        open_encoder(server.url)


def test_a_wrong_count_later_is_an_error(server: Server) -> None:
    server.answer = after_probe(lambda request: good({"input": request["input"][1:]}))
    with pytest.raises(EncoderError, match="1 vectors for 2 texts"):
        open_encoder(server.url).encode_passages(["a", "b"])


def test_another_dimension_later_is_an_error(server: Server) -> None:
    server.answer = after_probe(lambda _request: (200, {"data": [{"embedding": [1.0, 2.0]}]}))
    with pytest.raises(EncoderError, match="dimension 2, before it was 3"):
        open_encoder(server.url).encode_queries(["a"])


def test_passing_trouble_is_tried_again(server: Server) -> None:
    statuses = [503, 429]
    server.answer = lambda request: (statuses.pop(), {}) if statuses else good(request)
    assert open_encoder(server.url).info.dimension == 3
    assert len(server.requests) == 3


def test_lasting_trouble_is_an_error_after_some_tries(server: Server) -> None:
    server.answer = lambda _request: (500, b"out of memory")
    with pytest.raises(EncoderError, match="status 500: out of memory"):
        open_encoder(f"{server.url}#tries=2")
    assert len(server.requests) == 2


def test_a_pause_the_server_asks_for_is_kept(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(external.time, "sleep", pauses.append)
    server.reply_headers = {"Retry-After": "3"}
    server.answer = lambda _request: (429, {})
    with pytest.raises(EncoderError):
        open_encoder(server.url)
    server.reply_headers = {"Retry-After": "3600"}
    with pytest.raises(EncoderError):
        open_encoder(server.url)
    assert pauses == [3, 3, 10, 10]


@pytest.mark.parametrize(("status", "hint"), [(401, KEY_VARIABLE), (404, "model's name")])
def test_a_refusal_is_not_tried_again(server: Server, status: int, hint: str) -> None:
    server.answer = lambda _request: (status, {"error": "no"})
    with pytest.raises(EncoderError, match=f"status {status}") as caught:
        open_encoder(server.url)
    assert hint in caught.value.hint
    assert len(server.requests) == 1


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.reply_headers = {"Location": f"{server.url}/elsewhere"}
    server.answer = lambda _request: (302, {})
    with pytest.raises(EncoderError, match="status 302"):
        open_encoder(server.url)
    assert len(server.requests) == 1


def test_a_slow_server_is_given_up(server: Server) -> None:
    awake = threading.Event()

    def slow(request: dict[str, Any]) -> tuple[int, Any]:
        awake.wait(10)
        return good(request)

    server.answer = slow
    start = time.monotonic()
    with pytest.raises(EncoderError, match="asked 2 times"):
        open_encoder(f"{server.url}#timeout=0.1&tries=2")
    awake.set()
    assert time.monotonic() - start < 8


# -- in a search --------------------------------------------------------------------------------------


class Dripping:
    """A server that sends the beginning of an answer and then a byte now and then, without end."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning, self._stop = beginning, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            connected, _ = self._listening.accept()
            with connected:
                connected.recv(65_536)
                connected.sendall(self._beginning)
                while not self._stop.wait(0.02):
                    connected.sendall(b" ")
        except OSError:
            pass  # the client ended it, as it should

    def close(self) -> None:
        self._stop.set()
        self._listening.close()


@pytest.mark.parametrize(
    "beginning",
    [
        b"HTTP/1.1 200 OK\r\nX-Wait: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\n\r\n[",
        b"HTTP/1.1 500 No\r\nContent-Length: 1000000\r\n\r\n",
    ],
)
def test_a_server_that_drips_is_given_up_when_its_time_is_up(
    beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    dripping, threads = Dripping(beginning), threading.active_count()
    start = time.monotonic()
    with budget.limited(0.3), pytest.raises(EncoderError, match=r"did not answer|JSON"):
        open_encoder(dripping.url)
    assert time.monotonic() - start < 8
    dripping.close()
    for _ in range(100):
        if threading.active_count() < threads:
            break
        time.sleep(0.05)
    assert (
        threading.active_count() < threads
    )  # the server's own has ended, and none of ours is left


def test_a_search_asks_once_and_for_no_longer_than_it_may(server: Server) -> None:
    encoder = open_encoder(f"{server.url}#timeout=60&tries=5")
    server.answer = lambda _request: (503, {})
    with budget.limited(30), pytest.raises(EncoderError, match="status 503"):
        encoder.encode_queries(["a"])
    assert len(server.requests) == 2
    awake = threading.Event()

    def slow(request: dict[str, Any]) -> tuple[int, Any]:
        awake.wait(20)
        return good(request)

    server.answer = slow
    start = time.monotonic()
    with budget.limited(0.2), pytest.raises(EncoderError, match=r"did not answer \(.*asked once"):
        encoder.encode_queries(["a"])
    awake.set()
    assert time.monotonic() - start < 15


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_text_the_server_will_not_have_is_no_fault_of_the_server(
    server: Server, status: int
) -> None:
    encoder = open_encoder(server.url)
    server.answer = lambda _request: (status, {"error": "too long"})
    with pytest.raises(TextRefusedError, match="too long"):
        encoder.encode_queries(["a"])


def test_nobody_there() -> None:
    closed = Server()
    closed.close()
    with pytest.raises(EncoderError, match="did not answer") as caught:
        open_encoder(f"{closed.url}#tries=1")
    assert caught.value.code == "encoder-unavailable"
    assert "Start the server" in caught.value.hint


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://", "not an address"),
        ("http://host:notaport/", "not an address"),
        ("http://user:word@host/", KEY_VARIABLE),
    ],
)
def test_addresses_that_cannot_be(address: str, says: str) -> None:
    with pytest.raises(EncoderError) as caught:
        open_encoder(address)
    assert says in str(caught.value)
    assert "word" not in caught.value.message.replace("password", "")


def test_options() -> None:
    assert parse_options("") == Options()
    assert parse_options("BAAI%2Fbge") == Options(model="BAAI/bge")
    assert parse_options("model=a&timeout=1.5&batch=8&query_prefix=%26+%20") == Options(
        model="a", timeout=1.5, batch=8, query_prefix="&+ "
    )


@pytest.mark.parametrize("text", ["colour=red", "batch=many", "batch=0", "timeout=nan", "a=&b=1"])
def test_wrong_options_are_named(text: str) -> None:
    with pytest.raises(EncoderError, match=text.partition("=")[0]):
        parse_options(text)


def test_sentence_transformers_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderError) as caught:
        open_encoder("st:some/model")
    assert "pip install 'talash[sentence-transformers]'" in caught.value.hint


class FakeModel:
    """What we use of `SentenceTransformer`."""

    max_seq_length = 128
    prompts = {"query": "Q: ", "document": "D: "}  # noqa: RUF012

    def __init__(self, name: str) -> None:
        if name == "absent":
            raise OSError("no such model")
        self.asked: list[str] = []

    def encode(self, texts: list[str], **_options: Any) -> Any:
        self.asked += texts
        return np.array([vector(text) for text in texts], np.float32)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> list[FakeModel]:
    """In place of the library; the models that it opened."""
    opened: list[FakeModel] = []

    def load(name: str) -> FakeModel:
        opened.append(FakeModel(name))
        return opened[-1]

    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = load  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    return opened


def test_sentence_transformers_with_the_models_own_prompts(library: list[FakeModel]) -> None:
    encoder = open_encoder("st:some/model")
    assert (encoder.info.dimension, encoder.info.max_tokens) == (3, 128)
    vectors = encoder.encode_passages(["a", "bb"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    encoder.encode_queries(["c"])
    assert encoder.encode_queries([]).shape == (0, 3)
    (model,) = library
    assert model.asked == ["talash", "D: a", "D: bb", "Q: c"]
    assert encoder.encode_passages([]).shape == (0, 3)
    assert encoder.info.id != open_encoder("st:some/model#query_prefix=x").info.id


@pytest.mark.usefixtures("library")
def test_sentence_transformers_cannot_load_the_model() -> None:
    with pytest.raises(EncoderError, match="no such model"):
        open_encoder("st:absent")
