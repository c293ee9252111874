"""What a method answered before, without keeping its object alive.

`lru_cache` over a bound method that is kept in the object itself is a circle: object, cache, method,
object. All that an old generation's dictionaries hold would stay in memory until Python next looks
for circles, generations later on a server whose index changes every minute.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast
from weakref import WeakMethod

_P = ParamSpec("_P")
_T = TypeVar("_T")


def cached_method(method: Callable[_P, _T], size: int) -> Callable[_P, _T]:
    """The bound method, with its last `size` answers remembered. To be kept in its own object.

    Safe under threads. Arguments must be hashable.
    """
    weak = WeakMethod(method)

    def ask(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        bound = weak()
        assert bound is not None  # whoever asks holds the object
        return bound(*args, **kwargs)

    return cast("Callable[_P, _T]", lru_cache(size)(ask))
