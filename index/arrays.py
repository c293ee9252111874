"""The kinds of numpy arrays that functions take and give, and what is done with many of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
"""Places in a tuple of names; -1 for none."""
Longs = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SIGN_AND_REST = np.int32(-(1 << 31) | (1 << 28) - 1)
_EXPONENTS_APART = np.float32(2.0**112)
"""Exponents count from -15 in half precision, from -127 in single."""

_Own = TypeVar("_Own", bound="Parallel")
_Whole = TypeVar("_Whole", bound=np.integer)


@dataclass(frozen=True)
class Parallel:
    """Arrays of one length, the fields of a dataclass: row i of all of them is one thing."""

    def __len__(self) -> int:
        return len(next(iter(vars(self).values())))

    def take(self: _Own, chosen: npt.NDArray[Any]) -> _Own:
        """The rows at these places, or under this mask."""
        return type(self)(*(column[chosen] for column in vars(self).values()))

    def joined(self: _Own, *others: _Own) -> _Own:
        """The rows of all, one after the other."""
        columns = zip(*(vars(each).values() for each in (self, *others)), strict=True)
        return type(self)(*map(np.concatenate, columns))


class Rows:
    """Arrays of rows that stand one after another as if they were one, none of them copied."""

    def __init__(self, parts: Sequence[npt.NDArray[Any]]) -> None:
        """At least one; all of one type and width."""
        self.parts = tuple(parts)
        self.starts = np.cumsum([0, *map(len, self.parts)])
        if len({(part.dtype, part.shape[1:]) for part in self.parts}) > 1:
            raise ValueError("its parts are of different kinds")

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of all of them."""
        return self.parts[0].dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """As of one array."""
        return len(self), *self.parts[0].shape[1:]

    def __getitem__(self, chosen: slice | npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The rows of a slice of step 1, at some places, 0 to `len` - 1, or under a mask."""
        if len(self.parts) == 1:
            return self.parts[0][chosen]
        if isinstance(chosen, slice):
            first, last, _ = chosen.indices(len(self))
            begin = int(np.searchsorted(self.starts, first, side="right")) - 1
            pieces = [self.parts[min(begin, len(self.parts) - 1)][:0]]
            for start, part in zip(self.starts[begin:].tolist(), self.parts[begin:], strict=False):
                if start >= last:
                    break
                pieces.append(part[max(first - start, 0) : last - start])
            return pieces[1] if len(pieces) == 2 else np.concatenate(pieces)
        places = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        found = np.empty((len(places), *self.shape[1:]), self.dtype)
        owners = np.searchsorted(self.starts, places, side="right") - 1
        for owner in distinct(owners).tolist():
            own = owners == owner
            found[own] = self.parts[owner][places[own] - self.starts[owner]]
        return found


def grouped(owners: npt.NDArray[np.integer], size: int) -> tuple[Ints, Ints]:
    """Places in the order of their owners, 0 to `size` - 1, and where those of each begin, shape
    (size + 1,). Places of one owner keep their order."""
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(size + 1))
    return order.astype(np.int32), starts.astype(np.int32)


def ranges(starts: npt.NDArray[np.integer], counts: npt.NDArray[np.integer]) -> Longs:
    """The places of ranges one after another: `counts[i]` of them from `starts[i]` on."""
    counts = counts.astype(np.int64)
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    found: Longs = np.arange(total) + np.repeat(starts - ends + counts, counts)
    return found


def distinct(numbers: npt.NDArray[_Whole]) -> npt.NDArray[_Whole]:
    """Each number once, ascending: what `np.unique` gives, which asks a hash table first, in up to thirty
    times the time."""
    ordered = np.sort(numbers)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def first_alike(numbers: npt.NDArray[np.integer]) -> Longs:
    """Of each number the place of the first one like it."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    new = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    found = np.empty(len(numbers), np.int64)
    found[order] = order[new][np.cumsum(new) - 1]
    return found


def widened(halves: npt.NDArray[np.float16]) -> Floats:
    """Finite numbers of half precision in single precision: what `astype` gives, which makes them one by one,
    in a seventh of the time."""
    bits = halves.view(np.int16).astype(np.int32)
    bits <<= 13  # from the place of one exponent to that of the other
    bits &= _SIGN_AND_REST
    numbers = bits.view(np.float32)
    numbers *= _EXPONENTS_APART
    return numbers


def united(size: int, parts: Iterable[npt.NDArray[np.integer]]) -> Ints:
    """The numbers below `size` that stand in any of some arrays, each once, ascending. What is gone through for
    each of `size` is a bit: faster than sorting."""
    there = np.zeros(size, bool)
    for numbers in parts:
        there[numbers] = True
    return np.flatnonzero(there).astype(np.int32)


def placed(places: Ints, values: npt.NDArray[Any], size: int) -> Floats:
    """`size` numbers: the values at these places, 0 elsewhere."""
    dense = np.zeros(size, np.float32)
    dense[places] = values
    return dense


def evenly(count: int, most: int) -> Longs:
    """Up to `most` of the places 0 to `count` - 1, ascending, from first to last."""
    return distinct(np.linspace(0, max(0, count - 1), min(most, count)).astype(np.int64))


def place_of(names: Sequence[Any] | npt.NDArray[Any], name: Any) -> int:
    """Where a name, or a number, stands in a list or an array in order, -1 if it is not there."""
    at = bisect_left(names, name)
    return at if at < len(names) and names[at] == name else -1
