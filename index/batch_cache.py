"""Remembers what was found of many keys at once: those that are not known are looked up together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from cachetools import LRUCache

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BatchCache(Generic[Key, Value]):
    """What is known of at most `size` keys, the one not used for longest goes first. Safe for threads."""

    def __init__(self, size: int) -> None:
        """`size` 0 keeps nothing."""
        self._lock = threading.Lock()
        self._known: LRUCache[Key, Value] = LRUCache(size)

    def of(self, keys: Sequence[Key], find: Callable[[list[Key]], Iterable[Value]]) -> list[Value]:
        """What is known of each key, in the order given; `find` is called for those not kept, each once."""
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            fresh = dict(zip(missing, find(missing), strict=True))
            with self._lock:
                for key in missing if self._known.maxsize else ():
                    self._known[key] = fresh[key]
            found |= fresh
        return [found[key] for key in keys]
