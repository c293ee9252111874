"""Which files there are to read: in a fixed order, each once, and nothing passed over in silence.

Links are followed, with two exceptions: one that leads into a folder that is read anyway (its
articles would come twice, and their ids would depend on which came first), and one that leads back
to a folder above it, which would never end.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.documents import IGNORED, Skipped
from index.errors import InputError

_NOT_ARTICLES = re.compile(
    r"(?:readme(?:[._-][a-z]{2,3}(?=[.]))?|(?:un)?licen[cs]e(?:[._-](?:mit|bsd|gpl|apache|cc0))?|copying"
    r"(?:[._-]lesser)?|changelog|contributing|code[._-]of[._-]conduct)"
    r"(?:\.(?:txt|text|md|markdown|html?))?(?:\.(?:gz|zst|bz2))?",
    re.I,
)
"""The names, whole, that files about a folder have the world over; `readme.ur.md` is one, too."""

_SAVED_WITH = re.compile(
    r"(.+)(?:[_-](?:files|Dateien|fichiers|archivos|arquivos|bestanden|file|pliki)|\.files)"
)
"""How browsers name the folder of a page's pictures and frames, in several languages."""


@dataclass(frozen=True)
class FoundFile:
    """A file to read, the id of its article (or the stem of the ids of its articles), and the file or
    folder that was named to find it."""

    path: Path
    id: str
    root: Path


@dataclass(frozen=True)
class _Place:
    """A folder or file still to be visited. `real` is its folder's path without links."""

    path: Path
    relative: str
    real: str


def check(paths: Iterable[Path | str]) -> list[Path]:
    """Return the paths in reading order. Raises InputError for the first that is not there."""
    checked = {Path(path) for path in paths}
    for path in sorted(checked):
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError, ValueError):
            raise InputError(
                f"There is no file or folder {shown(path)}.", hint="Check the spelling of the path."
            ) from None
        except OSError:
            pass  # it is there but may not be read: reported when its turn comes
    # Folders first: a file that is also named by itself keeps the id it has in its folder.
    return sorted(checked, key=lambda path: (not _is_folder(path), os.path.realpath(path), path))


def shown(path: Path | str) -> str:
    """Write a path with forward slashes, and names that are not UTF-8 so that they can be shown."""
    name = path.as_posix() if isinstance(path, Path) else path
    return os.fsencode(name).decode("utf-8", "backslashreplace")


@dataclass
class Walk:
    """One trip through all roots. It remembers the links it followed, and nothing else."""

    roots: list[Path]
    unread_because: Callable[[Path], str]
    real_roots: list[str] = field(default_factory=list)
    followed: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[FoundFile | Skipped]:
        """Every file in order of names, and why others are not read: those in the folders, then those
        that no folder has brought already."""
        folders = [root for root in self.roots if _is_folder(root)]
        for folder in folders:
            real = os.path.realpath(folder)
            if not self._is_met_at(real):
                self.real_roots.append(real)
        named: set[str] = set()
        for root in self.roots:
            real = os.path.realpath(root)
            if real in named:
                continue
            named.add(real)
            if root in folders:
                if real in self.real_roots:
                    yield from self._folder(root)
            elif not self._is_file_met(root):
                yield self._file(root, root.name, root)

    def _is_file_met(self, path: Path) -> bool:
        """Whether a file named by itself lies in a folder named too, and is read there."""
        inside = os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118
        return any(
            self._is_met_at(place) and self._is_article(Path(place))
            for place in (inside, os.path.realpath(path))
        )

    def _folder(self, root: Path) -> Iterator[FoundFile | Skipped]:
        """Visit a folder and all below it; a stack, because folders nest deeper than Python."""
        stack = [_Place(root, "", os.path.realpath(root))]
        while stack:
            place = stack.pop()
            if not place.relative or _is_folder(place.path):
                below, problem = self._list(place)
                stack.extend(reversed(below))
                if problem:
                    yield problem
            elif (skipped := self._not_an_article(place)) is not None:
                yield skipped
            else:
                yield self._file(place.path, place.relative, root)

    def _list(self, place: _Place) -> tuple[list[_Place], Skipped | None]:
        """List a folder in order of names, unless there is a reason not to enter it."""
        real = place.real
        if place.relative:
            name = place.path.name
            if name.startswith("."):
                return [], _ignored(place.path, "a hidden folder")
            if page := _page_saved_with(place.path):
                return [], _ignored(place.path, f"what a browser saved beside {page}")
            real = os.path.realpath(place.path)
            if os.path.islink(place.path) and (refusal := self._refuse_link(place, real)):  # noqa: PTH114
                return [], refusal
        try:
            names = sorted(entry.name for entry in os.scandir(place.path))
        except OSError as error:
            return [], Skipped(shown(place.path), f"cannot list the folder: {_why(error)}")
        prefix = f"{place.relative}/" if place.relative else ""
        return [_Place(place.path / name, prefix + name, real) for name in names], None

    def _refuse_link(self, place: _Place, target: str) -> Skipped | None:
        """Keep a link to a folder from bringing articles twice, or for ever."""
        if is_within(place.real, target):
            return Skipped(shown(place.path), f"a link that loops back to {shown(target)}")
        if self._is_met_at(target) or target in self.followed:
            return _ignored(place.path, f"a link to {shown(target)}, which is read anyway")
        self.followed.add(target)
        return None

    def _is_met_at(self, real: str) -> bool:
        """Whether a place lies under one of the roots, with no hidden folder on the way."""
        for root in self.real_roots:
            if is_within(real, root):
                parts = Path(real).relative_to(root).parts
                return not any(part.startswith(".") for part in parts)
        return False

    def _is_article(self, path: Path) -> bool:
        """Whether a file is read when it is met in a folder."""
        name = path.name
        return not name.startswith(".") and not is_about(name) and not self.unread_because(path)

    def _not_an_article(self, place: _Place) -> Skipped | None:
        """Say why a file in a folder is passed over, if it is."""
        name = place.path.name
        if name.startswith("."):
            return _ignored(place.path, "a hidden file")
        if is_about(name):
            return _ignored(
                place.path,
                "by its name about the folder, no article; name the file to have it read",
            )
        if why := self.unread_because(place.path):
            return _ignored(place.path, shown(why))
        if os.path.islink(place.path):  # noqa: PTH114
            target = os.path.realpath(place.path)
            is_file = os.path.isfile(target)  # noqa: PTH113
            if is_file and self._is_met_at(target) and self._is_article(Path(target)):
                return _ignored(place.path, f"a link to {shown(target)}, which is read anyway")
        return None

    def _file(self, path: Path, relative: str, root: Path) -> FoundFile | Skipped:
        """Make sure that there is a file to open: a pipe would make the reader wait for ever."""
        try:
            mode = path.stat().st_mode
        except OSError as error:
            return Skipped(shown(path), _why(error))
        if not stat.S_ISREG(mode):
            return Skipped(shown(path), "not a regular file")
        return FoundFile(path, shown(relative), root)


def is_about(name: str) -> bool:
    """Whether a file is by its name about its folder (a README, a licence), and no article."""
    return bool(_NOT_ARTICLES.fullmatch(name))


def _ignored(path: Path, reason: str) -> Skipped:
    return Skipped(shown(path), reason, code=IGNORED)


def _page_saved_with(folder: Path) -> str:
    """The page whose pictures and frames a browser has put into this folder, or ""."""
    match = _SAVED_WITH.fullmatch(folder.name)
    if not match:
        return ""
    for extension in (".html", ".htm", ".xhtml"):
        if (folder.parent / f"{match[1]}{extension}").is_file():
            return shown(f"{match[1]}{extension}")
    try:
        frames = any(entry.name.startswith("saved_resource") for entry in os.scandir(folder))
    except OSError:
        return ""
    return "a page" if frames else ""


def _is_folder(path: Path) -> bool:
    """As `Path.is_dir`, which before Python 3.12 raises where permission is missing."""
    return os.path.isdir(path)  # noqa: PTH112


def is_within(path: str, folder: str) -> bool:
    """Whether a path is that of a folder or of something below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _why(error: OSError) -> str:
    """Say what the system said, without the path, which the report names already."""
    return (error.strerror or type(error).__name__).lower()
