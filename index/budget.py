"""How much time the work under way may still take, and the places where it is asked.

The limit belongs to the thread (a context variable), so that loops deep in a search can ask for it
without every function on the way handing it on. It is cooperative: work is cut off at the next
`check`, never in the middle of a call into numpy, FAISS or an encoder that runs here. What waits for
another machine asks `left`, and waits no longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from index.errors import SearchTimeoutError

_T = TypeVar("_T")
_A = TypeVar("_A")


@dataclass
class _Limit:
    """`end` is on the monotonic clock, `seconds` what was given from the start; `outer` is the
    limit that holds again after this one."""

    end: float
    seconds: float
    outer: _Limit | None


_limit: ContextVar[_Limit | None] = ContextVar("talash_limit", default=None)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Let the work inside take so many seconds; 0 sets no limit. Of two limits the earlier holds."""
    outer, now = _limit.get(), time.monotonic()
    if seconds <= 0 or (outer and outer.end <= now + seconds):
        yield
        return
    token = _limit.set(_Limit(now + seconds, seconds, outer))
    try:
        yield
    finally:
        _limit.reset(token)


def left() -> float | None:
    """Seconds until the time is used up, 0 if it is; None where no limit is."""
    limit = _limit.get()
    return None if limit is None else max(0.0, limit.end - time.monotonic())


def extend(seconds: float) -> None:
    """Give the work under way so much more time, for what it lost to something it could not end."""
    limit = _limit.get()
    while limit is not None:
        limit.end += seconds
        limit = limit.outer


def check() -> None:
    """Raise SearchTimeoutError if the time is used up. A tenth of a microsecond where no limit is."""
    limit = _limit.get()
    if limit is not None and time.monotonic() >= limit.end:
        raise SearchTimeoutError(
            f"The search was cut off: it took longer than the {limit.seconds:g} s it may take.",
            hint="Search for fewer words, or with fewer OR and quotes.",
        )


def checked(look_up: Callable[[_A], _T]) -> Callable[[_A], _T]:
    """The function, with a check before each call."""

    def asked(argument: _A) -> _T:
        check()
        return look_up(argument)

    return asked
