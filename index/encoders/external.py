"""Encoders that run elsewhere: a sentence-transformers model, or an embeddings server.

Both are named by a text, after which a ``#`` may bring options:

    st:NAME#query_prefix=query:%20&passage_prefix=passage:%20
    http://host:8000/v1#NAME
    http://host:8000/v1#query_model=NAME&passage_model=NAME&batch=32&timeout=30

Options: `model` (or just the name), `query_model`, `passage_model`, `query_prefix`,
`passage_prefix`, `max_tokens`, and for servers `batch`, `timeout` in seconds and `tries`.
In a value ``%20`` is a space, ``%26`` an ampersand and ``%25`` a percent sign. A server's key
comes from the environment variable ``TALASH_EMBEDDINGS_KEY`` and is never shown.

A server is waited for as long as `timeout` and `tries` allow, and in a search never longer than the
part of its time that it may take (`index.budget`).
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, cast

import numpy as np

from index import budget
from index.encoders.protocol import EncoderInfo, Vectors
from index.errors import EncoderError, TextRefusedError

KEY_VARIABLE = "TALASH_EMBEDDINGS_KEY"
INSTALL = "Install it: pip install 'talash[sentence-transformers]'"
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})  # statuses that may pass
_OF_THE_TEXT = frozenset({400, 413, 422})  # too long for the model, most often
_LONGEST_PAUSE = 10.0


@dataclass(frozen=True)
class Options:
    """What may stand after the ``#``."""

    model: str = ""
    query_model: str = ""
    passage_model: str = ""
    query_prefix: str = ""
    passage_prefix: str = ""
    max_tokens: int = 512
    batch: int = 32
    timeout: float = 60.0
    tries: int = 3


def parse_options(text: str) -> Options:
    """Options from the text after ``#``. Raises EncoderError naming an unknown or wrong one."""
    if "=" not in text:
        return Options(model=urllib.parse.unquote(text))
    known = {field.name: type(getattr(Options(), field.name)) for field in fields(Options)}
    values: dict[str, Any] = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if name not in known:
            raise EncoderError(
                f"The encoder option {name!r} is not known.", hint=f"Known: {', '.join(known)}."
            )
        kind = known[name]
        try:
            values[name] = kind(urllib.parse.unquote(value))
        except ValueError:
            raise EncoderError(f"The encoder option {name} is {value!r}, not a number.") from None
        if kind is not str and not 0 < values[name] < 1e6:
            raise EncoderError(f"The encoder option {name} is {value}; it has to be above 0.")
    return Options(**values)


class SentenceTransformersEncoder:
    """A model run by the sentence-transformers library, which is an optional extra."""

    def __init__(self, spec: str) -> None:
        """Loads the model named by `spec` (without ``st:``). Raises EncoderError."""
        name, _, options = spec.partition("#")
        self._options = parse_options(options)
        self._model = _load_model(name)
        prompts = dict(getattr(self._model, "prompts", None) or {})
        document = prompts.get("passage") or prompts.get("document") or ""
        self._query_prefix = self._options.query_prefix or prompts.get("query") or ""
        self._passage_prefix = self._options.passage_prefix or document
        probe = self._run(["talash"], "")
        limit = int(getattr(self._model, "max_seq_length", 0) or 0) or self._options.max_tokens
        rules = json.dumps([self._query_prefix, self._passage_prefix])
        self.info = EncoderInfo(f"st:{name} {rules}", probe.shape[1], limit)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        return self._encode(texts, self._query_prefix)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order given."""
        return self._encode(texts, self._passage_prefix)

    def _encode(self, texts: Sequence[str], prefix: str) -> Vectors:
        if not texts:
            return np.empty((0, self.info.dimension), np.float32)
        return self._run(texts, prefix)

    def _run(self, texts: Sequence[str], prefix: str) -> Vectors:
        try:
            rows = self._model.encode(
                [prefix + text for text in texts], convert_to_numpy=True, show_progress_bar=False
            )
        except Exception as error:  # whatever the model's own code raises
            raise EncoderError(f"The sentence-transformers model failed: {error}") from error
        return _unit_rows(rows, len(texts), "the sentence-transformers model")


def _load_model(name: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderError(
            f"The encoder 'st:{name}' needs sentence-transformers, which cannot be loaded: {error}.",
            hint=INSTALL,
        ) from error
    try:
        return SentenceTransformer(name)
    except Exception as error:  # a wrong name, no network, a broken model: all kinds of classes
        raise EncoderError(
            f"The sentence-transformers model {name!r} cannot be loaded: {error}",
            hint="Give a model's name or the folder of one that is on this machine.",
        ) from error


class ServerEncoder:
    """A server that answers like OpenAI's ``/v1/embeddings``."""

    def __init__(self, url: str) -> None:
        """Asks the server for one vector, to learn the dimension. Raises EncoderError."""
        self._endpoint, self._options = _parse_address(url)
        options = self._options
        self._query_model = options.query_model or options.model
        self._passage_model = options.passage_model or options.model
        rules = [self._query_model, self._passage_model]
        rules += [options.query_prefix, options.passage_prefix]
        self._shown = self._endpoint.partition("?")[0]  # what follows may be a secret
        probe = self._ask([options.query_prefix + "talash"], self._query_model)
        identity = f"{self._shown} {json.dumps(rules)}"
        self.info = EncoderInfo(identity, probe.shape[1], options.max_tokens)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        return self._encode(texts, self._query_model, self._options.query_prefix)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order given."""
        return self._encode(texts, self._passage_model, self._options.passage_prefix)

    def _encode(self, texts: Sequence[str], model: str, prefix: str) -> Vectors:
        result = np.empty((len(texts), self.info.dimension), np.float32)
        for start in range(0, len(texts), self._options.batch):
            # Servers refuse an empty text; a space has as little to say.
            batch = [prefix + text or " " for text in texts[start : start + self._options.batch]]
            rows = self._ask(batch, model)
            if rows.shape[1] != self.info.dimension:
                raise EncoderError(
                    f"{self._shown} gave vectors of dimension {rows.shape[1]}, "
                    f"before it was {self.info.dimension}."
                )
            result[start : start + len(batch)] = rows
        return result

    def _ask(self, texts: list[str], model: str) -> Vectors:
        body: dict[str, Any] = {"input": texts}
        if model:
            body["model"] = model
        answer = self._post(json.dumps(body).encode())
        return _unit_rows(_rows(answer, self._shown, len(texts)), len(texts), self._shown)

    def _post(self, body: bytes) -> Any:
        """The parsed answer. Tries again when the trouble may pass, but not in a search: it has no
        time to lose, and whoever asks for it tries again later."""
        pause, tries = 0.5, self._options.tries if budget.left() is None else 1
        for tried in range(1, tries + 1):
            wait = min(pause, _LONGEST_PAUSE)
            try:
                reply = self._reply(body)
                if 200 <= reply.status < 300:
                    return json.loads(reply.body)
                if tried == tries or reply.status not in _AGAIN:
                    raise self._refused(reply)
                wait = min(reply.wait or pause, _LONGEST_PAUSE)
            except ValueError as error:
                raise EncoderError(f"{self._shown} did not answer in JSON.") from error
            except (OSError, http.client.HTTPException) as error:
                if tried == tries:
                    raise self._unreachable(error, tried) from error
            time.sleep(wait)
            pause = 2 * wait
        raise AssertionError("unreachable: the last try returns or raises")

    def _reply(self, body: bytes) -> _Reply:
        left = budget.left()
        timeout = self._options.timeout if left is None else min(self._options.timeout, left)
        timeout = max(timeout, 0.001)  # 0 would mean not to wait at all
        request = self._request(body)
        with _Deadline(timeout) as deadline:
            opener = urllib.request.build_opener(_Handler(deadline))
            with opener.open(request, timeout=timeout) as reply:
                content = cast(bytes, reply.read())
            deadline.check()
        # Seconds that it asks to wait; a date is not read.
        said = str(reply.headers.get("Retry-After", ""))
        return _Reply(reply.status, content, float(said) if said.isdecimal() else 0.0)

    def _request(self, body: bytes) -> urllib.request.Request:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        key = os.environ.get(KEY_VARIABLE, "").strip()
        if not (key.isascii() and key.isprintable()):
            raise EncoderError(f"The key in {KEY_VARIABLE} holds letters that no key has.")
        if key:
            headers["Authorization"] = f"Bearer {key}"
        address = self._endpoint  # http or https, as `open_encoder` saw to
        return urllib.request.Request(address, body, headers, method="POST")  # noqa: S310

    def _refused(self, reply: _Reply) -> EncoderError:
        hint = f"Set {KEY_VARIABLE} to a key it takes." if reply.status in (401, 403) else ""
        if reply.status == 404:
            hint = "Check the address and the model's name after '#'."
        said = reply.body[:300].decode("utf-8", "replace").strip()
        kind = TextRefusedError if reply.status in _OF_THE_TEXT else EncoderError
        return kind(f"{self._shown} refused with status {reply.status}: {said}", hint=hint)

    def _unreachable(self, error: Exception, tried: int) -> EncoderError:
        reason = getattr(error, "reason", error) or type(error).__name__
        asked = f"asked {tried} times" if tried > 1 else "asked once"
        return EncoderError(
            f"{self._shown} did not answer ({reason}), {asked}.",
            hint="Start the server, or raise the option timeout after '#'.",
        )


@dataclass(frozen=True)
class _Reply:
    """What came back; `wait` is how many seconds the server asks to be left alone, or 0."""

    status: int
    body: bytes
    wait: float


class _Deadline:
    """Ends a connection when its time is up. A socket's own timeout begins anew with each byte: a
    server that sends one now and then would be waited for without end."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self._passed = False

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def watch(self, connected: socket.socket) -> None:
        """End this connection, when it is time."""
        self._socket = connected
        self.check()

    def check(self) -> None:
        """Raise TimeoutError if the time is up: what was read until then is not the whole answer."""
        if self._passed:
            raise TimeoutError(f"it took longer than {self._seconds:.3g} s")

    def _end(self) -> None:
        self._passed = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class _Watched(http.client.HTTPConnection):
    def __init__(self, *args: Any, deadline: _Deadline, **more: Any) -> None:
        super().__init__(*args, **more)
        self._deadline = deadline

    def connect(self) -> None:
        super().connect()
        self._deadline.watch(self.sock)


class _WatchedTls(_Watched, http.client.HTTPSConnection):
    pass


class _Handler(
    urllib.request.HTTPHandler, urllib.request.HTTPSHandler, urllib.request.HTTPErrorProcessor
):
    """Every status is an answer, redirects too: to follow one would carry the texts (and the key) to
    an address that nobody wrote down."""

    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Watched, deadline=self._deadline), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_WatchedTls, deadline=self._deadline), req)

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        return response

    https_response = http_response


def _parse_address(url: str) -> tuple[str, Options]:
    """The address that is asked, and the options after ``#``."""
    base, _, fragment = url.partition("#")
    try:
        parts = urllib.parse.urlsplit(base)
        usable = bool(parts.hostname) and parts.port != 0  # reading the port checks it
    except ValueError:
        usable = False
    if not usable:
        raise EncoderError("The address of the embeddings server is not an address.")
    if parts.username or parts.password:
        raise EncoderError(
            "The address of the embeddings server holds a password.",
            hint=f"Put the key into the environment variable {KEY_VARIABLE} instead.",
        )
    path = parts.path.rstrip("/")
    if not path.endswith("/embeddings"):
        path += "/embeddings" if path.endswith("/v1") else "/v1/embeddings"
    return parts._replace(path=path).geturl(), parse_options(fragment)


def _rows(answer: Any, name: str, count: int) -> list[Any]:
    """The vectors of an answer in the order of the texts, which `index` gives."""
    try:
        data = answer["data"]
        places = [entry.get("index", at) for at, entry in enumerate(data)]
        rows = dict(zip(places, (entry["embedding"] for entry in data), strict=True))
        if len(data) == count:
            return [rows[at] for at in range(count)]
    except (KeyError, TypeError, AttributeError) as error:
        raise EncoderError(f"{name} did not answer in the form of /v1/embeddings.") from error
    raise EncoderError(f"{name} gave {len(data)} vectors for {count} texts.")


def _unit_rows(rows: Any, count: int, name: str) -> Vectors:
    """Rows at length 1, shape (count, dimension). Raises EncoderError for anything else."""
    try:
        vectors = np.asarray(rows, np.float32)
    except (ValueError, TypeError) as error:
        raise EncoderError(f"{name} gave vectors that are not numbers of one length.") from error
    if vectors.ndim != 2 or len(vectors) != count or vectors.shape[1] == 0:
        raise EncoderError(f"{name} gave an array of shape {vectors.shape} for {count} texts.")
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(norms).all() or not norms.all():
        raise EncoderError(f"{name} gave a vector that is zero, infinite or not a number.")
    return cast(Vectors, vectors / norms)
