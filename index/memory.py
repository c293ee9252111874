"""Memory that was freed, given back to the system, and how often garbage is looked for. The only module that
knows the C library's heap."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_SELDOM = 100_000


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let Python look for objects that hold each other only less often, in all threads.

    Whoever builds an index makes a great many objects, keeps most of them, and leaves hardly a circle
    behind: going through them all again and again is a fifteenth of the work.
    """
    before = gc.get_threshold()
    gc.set_threshold(_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def return_freed_memory() -> None:
    """Return to the system what the process has freed and its C library keeps.

    glibc hands back the end of its heap alone, so a process that lets go of one index after the
    other seems to grow, a few MB with each. Takes milliseconds; where there is nothing like it
    (another C library, another system), nothing happens. Never raises.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
