"""Memory that was freed, given back to the system. The only module that knows the C library's heap."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


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
