"""A disk that can be watched, refused and unplugged.

`watched` calls back around everything that changes the names of a disk, or forces it to keep what
was written: fsync, rename, replace, mkdir, unlink, rmdir, link, and opening a file to write. A call
back that raises is a disk that refuses. `Platter` follows an operation that way and knows what a
power cut would leave at each moment.
"""

from __future__ import annotations

import builtins
import io
import os
import pathlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

NAMES = ("rename", "replace", "mkdir", "unlink", "rmdir", "link")
CallBack = Callable[[str, "tuple[Any, ...]"], None]


def _nothing(what: str, args: tuple[Any, ...]) -> None:
    pass


@contextmanager
def watched(before: CallBack = _nothing, after: CallBack = _nothing) -> Iterator[None]:
    """Call `before(what, args)` and `after(what, args)` around each change to the disk."""
    busy = False  # what the callbacks themselves do is nobody's business

    def wrap(what: str, real: Callable[..., Any], *, opens: bool = False) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal busy
            mode = str(kwargs.get("mode", args[1] if len(args) > 1 else "r"))
            if busy or (opens and not set(mode) & set("wxa+")):
                return real(*args, **kwargs)
            busy = True
            try:
                before(what, args)
            finally:
                busy = False
            done = real(*args, **kwargs)
            busy = True
            try:
                after(what, args)
            finally:
                busy = False
            return done

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", *NAMES):
            wrapped = wrap(name, getattr(os, name))
            patch.setattr(os, name, wrapped)
            accessor = getattr(pathlib, "_normal_accessor", None)  # Python 3.10 keeps its own
            if accessor is not None and hasattr(accessor, name):
                patch.setattr(accessor, name, wrapped)
        opening = wrap("open", io.open, opens=True)
        patch.setattr(io, "open", opening)
        patch.setattr(builtins, "open", opening)
        yield


Names = Mapping[str, int]


@dataclass(frozen=True)
class _Moment:
    """What was there, and what was sure to be there: names by directory, contents by file."""

    what: str
    now: Mapping[int, Names]
    sure: Mapping[int, Names]
    now_held: Mapping[int, bytes]
    sure_held: Mapping[int, bytes]


@dataclass(frozen=True)
class PowerCut:
    """The power goes at a moment: directories are as they were certain to be where `lost`, else as they
    were; files are as `held`."""

    number: int
    moment: _Moment
    root: int
    lost: frozenset[int]
    held: Mapping[int, bytes]

    def files(self) -> dict[str, bytes | None]:
        """The disk that it leaves: path -> content, None for a directory."""
        files: dict[str, bytes | None] = {}
        self._collect(self.root, "", files)
        return files

    def _collect(self, at: int, path: str, files: dict[str, bytes | None]) -> None:
        now, sure = self.moment.now, self.moment.sure
        names = sure.get(at, {}) if at not in now or at in self.lost else now[at]
        for name, inode in names.items():
            below = f"{path}/{name}" if path else name
            if inode in now or inode in sure:
                files[below] = None
                self._collect(inode, below, files)
            else:
                files[below] = self.held.get(inode, b"")


def _looked_at(moment: _Moment, root: int, data: str) -> set[int]:
    """The directories that a reader may look into: those down to the generations, and whatever is below
    one that CURRENT may name."""

    def named(at: set[int], name: str) -> set[int]:
        both = (names.get(each, {}) for each in at for names in (moment.now, moment.sure))
        return {names[name] for names in both if name in names}

    below = named({root}, data)
    generations = named(below, "generations")
    current = [
        held[file]
        for file in named(below, "CURRENT")
        for held in (moment.now_held, moment.sure_held)
        if file in held
    ]
    found = {root, *below, *generations}
    waiting = [at for name in current for at in named(generations, name.decode().strip())]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            for names in (moment.now, moment.sure):
                waiting += names.get(at, {}).values()
    return found


class Platter:
    """What a disk holds for certain while an operation runs below `root`.

    The rules are the hard ones of POSIX: the content of a file is certain as of its last fsync, a
    name as of the last fsync of its directory. Everything else may be there after a power cut or
    not, each directory for itself, and a file that was never synced may be empty.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.moments: list[_Moment] = []
        self._open: dict[int, int] = {}  # a descriptor each: no inode's number is used again
        self._held: dict[int, tuple[tuple[int, int], bytes]] = {}
        now, held = self._look()
        self._sure, self._sure_held = dict(now), dict(held)
        self._keep("start")

    @contextmanager
    def following(self) -> Iterator[None]:
        """Note every moment of an operation, the last one included."""
        try:
            with watched(self._before, self._after):
                yield
            self._keep("end")
        finally:
            for number in self._open.values():
                os.close(number)

    def after_power_cuts(self, read: str = "") -> Iterator[PowerCut]:
        """Every power cut, by moment. With `read`, the directory of an index, only those that differ in
        what is looked at by a reader of it: hundreds instead of hundreds of thousands."""
        root = self.root.stat().st_ino
        for number, moment in enumerate(self.moments):
            loose = [at for at, names in moment.now.items() if names != moment.sure.get(at, {})]
            if read:
                looked_at = _looked_at(moment, root, read)
                loose = [at for at in loose if at in looked_at]
            held = {**moment.sure_held, **moment.now_held}
            for chosen in product((False, True), repeat=len(loose)):
                lost = frozenset(at for at, gone in zip(loose, chosen, strict=True) if gone)
                yield PowerCut(number, moment, root, lost, moment.sure_held)
                yield PowerCut(number, moment, root, lost, held)

    def _before(self, what: str, args: tuple[Any, ...]) -> None:
        self._keep(f"before {what} {args[0]}")

    def _after(self, what: str, args: tuple[Any, ...]) -> None:
        if what == "fsync":
            now, held = self._look()
            inode = os.fstat(args[0]).st_ino
            if inode in now:
                self._sure[inode] = now[inode]
            elif inode in held:
                self._sure_held[inode] = held[inode]
        self._keep(f"after {what} {args[0]}")

    def _keep(self, what: str) -> None:
        now, held = self._look()
        sure_held = dict(self._sure_held)
        self.moments.append(_Moment(what, now, dict(self._sure), held, sure_held))

    def _look(self) -> tuple[dict[int, Names], dict[int, bytes]]:
        now: dict[int, Names] = {}
        held: dict[int, bytes] = {}
        for folder, _, _ in os.walk(self.root):
            names = {}
            with os.scandir(folder) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    names[entry.name] = status.st_ino
                    if status.st_ino not in self._open:
                        self._open[status.st_ino] = os.open(entry.path, os.O_RDONLY)
                    if not entry.is_dir():
                        stamp = (status.st_mtime_ns, status.st_size)
                        known = self._held.get(status.st_ino)
                        if known is None or known[0] != stamp:
                            known = (stamp, Path(entry.path).read_bytes())
                            self._held[status.st_ino] = known
                        held[status.st_ino] = known[1]
            now[Path(folder).stat().st_ino] = names
        return now, held


def lay_out(files: Mapping[str, bytes | None], root: Path) -> Path:
    """Put a disk that a power cut left into a directory."""
    root.mkdir(parents=True)
    for name, content in files.items():
        if content is None:
            (root / name).mkdir(parents=True, exist_ok=True)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
    return root


def what_is_read(files: Mapping[str, bytes | None], data: str) -> frozenset[object]:
    """All that a reader looks at: CURRENT, and every file of the generation it names."""
    named = files.get(f"{data}/CURRENT") or b""
    below = f"{data}/generations/{named.decode('utf-8', 'replace').strip()}/"
    return frozenset([named, *(each for each in files.items() if each[0].startswith(below))])
