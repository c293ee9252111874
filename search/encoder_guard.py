"""The encoder as searches ask it: within a part of their time, and not while it is out of order.

An encoder may run elsewhere, be slow, be gone, or take minutes to open; words never wait for it. All
searches share one `EncoderGuard`. What a request gets of it, an `EncoderError` or an encoder of its
own, is asked until it fails once. After a failure the guard rests, twice as long each time, and then
lets one request try; what that one costs, the others do not pay.

A call to an encoder on this machine cannot be ended. Its time is bounded by the length of a query; if
it takes longer than it may all the same, the time it lost is given back to the words, its vectors are
dropped, and the guard rests.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar, cast

import numpy as np

from index import budget
from index.batch_cache import BatchCache
from index.encoders.protocol import (
    QUERY_CACHE,
    Encoder,
    EncoderInfo,
    TokenEncoder,
    TokenStates,
    Vectors,
)
from index.errors import EncoderError, EncoderStartingError, TalashError, TextRefusedError
from search.config import SearchConfig

log: Final = logging.getLogger(__name__)

_PROBE = "talash"
_A = TypeVar("_A")
_T = TypeVar("_T")


class EncoderGuard:
    """One encoder for all searches, whether it is there or not. Safe under threads."""

    def __init__(
        self,
        encoder: Encoder | EncoderError | None,
        config: SearchConfig,
        opener: Callable[[], Encoder] | None = None,
    ) -> None:
        """`opener` opens the encoder when there is none; without it an EncoderError stays."""
        self._config = config
        self._opener = opener
        self.cache: BatchCache[str, Vectors] = BatchCache(QUERY_CACHE)
        self._lock = threading.Lock()
        self._encoder = None if isinstance(encoder, EncoderError) else encoder
        self._failure = _copy(encoder) if isinstance(encoder, EncoderError) else None
        self._failures = 0
        self._failed_at = self._rest_until = 0.0
        self._trying = False
        self._first_opened: float | None = None
        self._opened = threading.Event()
        if opener is None:
            self._opened.set()

    @property
    def info(self) -> EncoderInfo | None:
        """The encoder's identity; None while it is not open."""
        return self._encoder.info if self._encoder is not None else None

    @property
    def opening(self) -> bool:
        """Whether it is being opened at this moment."""
        return not self._opened.is_set()

    def request(self) -> Encoder | EncoderError:
        """The encoder as one request may ask it, or why it cannot."""
        if self._encoder is None:
            self.open()
            return self._why()
        kind = RequestTokenEncoder if isinstance(self._encoder, TokenEncoder) else RequestEncoder
        return kind(self, self._encoder)

    def require(self) -> None:
        """Raise EncoderError unless it answers. One that failed is tried, once it has rested."""
        if isinstance(encoder := self.request(), EncoderError):
            raise encoder
        if self._failure is not None:
            self.call(lambda encoder: _query_vectors(encoder, [_PROBE]))

    def open(self, *, again: bool = False) -> None:
        """Begin to open it, in a thread of its own; not if it is open, being opened or resting. `again` ends
        its rest: whoever asks next tries it.
        """
        with self._lock:
            if again:
                self._rest_until = 0.0
            busy = self._encoder is not None or self._trying or time.monotonic() < self._rest_until
            if self._opener is None or busy:
                return
            self._trying = True
            self._opened.clear()
            if self._first_opened is None:
                self._first_opened = time.monotonic()
        threading.Thread(target=self._open, name="opening-the-encoder", daemon=True).start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it was opened, or could not be; at most until so many seconds after the first
        time that it was begun."""
        if self._first_opened is not None and seconds is not None:
            seconds = max(0.0, self._first_opened + seconds - time.monotonic())
        self._opened.wait(seconds)

    def call(self, work: Callable[[Encoder], _T]) -> _T:
        """Let the encoder do something, in its part of the time that is left.

        Raises EncoderError: at once while it rests, or because it failed or took too long.
        """
        assert self._encoder is not None
        trial, left, began = self._admit(), budget.left(), time.monotonic()
        allowed = math.inf if left is None else left * self._config.encoder_share
        try:
            with budget.limited(0 if left is None else max(allowed, 1e-6)):
                result = _run(work, self._encoder)
            if (took := time.monotonic() - began) > allowed:
                raise EncoderError(
                    f"The encoder took {took:.3g} s; a search has {allowed:.3g} s for it.",
                    hint="Raise [search] time_budget, or use a faster encoder.",
                )
        except TextRefusedError:
            self._answered()
            raise
        except EncoderError as error:
            self._failed(error, began)
            raise
        finally:
            budget.extend(max(0.0, time.monotonic() - began - allowed))
            if trial:
                self._trying = False
        self._answered()
        return result

    def _admit(self) -> bool:
        """Whether this call is the one that tries a failed encoder. Raises EncoderError if others
        may not call it."""
        with self._lock:
            if self._failure is None:
                return False
            if self._trying or time.monotonic() < self._rest_until:
                raise self._why()
            self._trying = True
            return True

    def _open(self) -> None:
        assert self._opener is not None
        began = time.monotonic()
        try:
            self._encoder = _run(lambda opener: opener(), self._opener)
            self._answered()
        except TalashError as error:  # a cache that cannot be written to is no EncoderError
            self._failed(EncoderError(error.message, hint=error.hint), began)
        finally:
            self._trying = False
            self._opened.set()

    def _answered(self) -> None:
        with self._lock:
            recovered, self._failure, self._failures = self._failure is not None, None, 0
        if recovered:
            log.info("The encoder answers again.")

    def _failed(self, error: EncoderError, began: float) -> None:
        """Rest. Calls that were under way when it failed say the same thing once more."""
        with self._lock:
            if self._failure is not None and began <= self._failed_at:
                return
            now, longest = time.monotonic(), self._config.encoder_longest_rest
            rest = min(self._config.encoder_rest * 2.0 ** min(self._failures, 60), longest)
            # A copy: what was raised holds every frame it came through, and an index with them.
            self._failure, self._failures = _copy(error), self._failures + 1
            self._failed_at, self._rest_until = now, now + rest
        log.warning("Searching by words only for the next %.3g s: %s", rest, str(error))

    def _why(self) -> EncoderError:
        """Why it cannot be asked at this moment."""
        failure = self._failure
        if failure is None or (self._encoder is None and self._trying):
            return EncoderStartingError(
                "The encoder is being opened.", hint="Ask again in a moment."
            )
        seconds = math.ceil(max(1.0, self._rest_until - time.monotonic()))
        again = f"It is tried again in {seconds} s." if self._encoder or self._opener else ""
        return type(failure)(failure.message, hint=f"{failure.hint} {again}".strip())


class RequestEncoder:
    """The encoder of one request: after it failed it is not asked again. For one thread."""

    def __init__(self, guard: EncoderGuard, encoder: Encoder) -> None:
        self._guard = guard
        self.info = encoder.info
        self.failure: EncoderError | None = None

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension). Recent ones come from memory, also while the
        encoder is out of order. Raises EncoderError."""
        rows = self._guard.cache.of(texts, self._new_queries)
        return np.array(rows, np.float32).reshape(len(texts), self.info.dimension)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension). Raises EncoderError."""
        return self._ask(lambda encoder: encoder.encode_passages(texts))

    def _new_queries(self, texts: Sequence[str]) -> list[Vectors]:
        vectors = self._ask(lambda encoder: _query_vectors(encoder, texts))
        return [row.copy() for row in vectors]  # a row would keep its whole batch alive

    def _ask(self, work: Callable[[Encoder], _T]) -> _T:
        if self.failure is not None:
            raise _copy(self.failure)
        try:
            return self._guard.call(work)
        except EncoderError as error:
            self.failure = _copy(error)
            raise


class RequestTokenEncoder(RequestEncoder):
    """The same, of an encoder whose token states can be read."""

    def token_states(self, texts: Sequence[str], *, query: bool) -> list[TokenStates]:
        """Last hidden states per token of each text. Raises EncoderError."""
        return self._ask(lambda encoder: _token_states(encoder, texts, query))

    def encode_with_states(
        self, texts: Sequence[str], visit: Callable[[int, TokenStates], None]
    ) -> Vectors:
        """`encode_passages`, and the states of each text to `visit`. Raises EncoderError."""
        return self._ask(
            lambda encoder: cast(TokenEncoder, encoder).encode_with_states(texts, visit)
        )


def _run(work: Callable[[_A], _T], argument: _A) -> _T:
    """The result of somebody's code. Raises EncoderError for all that it may raise."""
    try:
        return work(argument)
    except TalashError:
        raise
    except Exception as error:
        log.exception("The encoder failed in a way that nobody foresaw.")
        raise EncoderError(f"The encoder failed: {type(error).__name__}: {error}.") from error


def _query_vectors(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    vectors = np.asarray(encoder.encode_queries(texts), np.float32)
    wanted = (len(texts), encoder.info.dimension)
    if vectors.shape != wanted:
        raise EncoderError(f"The encoder gave vectors of shape {vectors.shape}, not {wanted}.")
    norms = np.linalg.norm(vectors, axis=1)
    if not (np.isfinite(norms).all() and norms.all()):
        raise EncoderError("The encoder gave a vector that is zero, infinite or not a number.")
    return vectors


def _token_states(encoder: Encoder, texts: Sequence[str], query: bool) -> list[TokenStates]:
    found = cast(TokenEncoder, encoder).token_states(texts, query=query)
    shapes = [(len(each.offsets), encoder.info.dimension) for each in found]
    if [each.states.shape for each in found] != shapes or len(found) != len(texts):
        raise EncoderError("The encoder gave token states that do not fit the texts.")
    if not all(np.isfinite(each.states).all() for each in found):
        raise EncoderError("The encoder gave token states that are infinite or not numbers.")
    return found


def _copy(error: EncoderError) -> EncoderError:
    """The error without the frames it came through; each time that it is raised it gets its own."""
    return type(error)(error.message, hint=error.hint)
