"""Where articles were read from, whatever links or relative paths their folder was named by."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from index.documents import Document
from index.readers import FoundFile, origin_of
from index.readers.walk import is_within


class Origins:
    """The files and folders that are named, and what lies in them.

    A place is a path in which the root, the file or folder that was named, is resolved: it is the
    same for every way to name the root. Links below the root stay, as the ids have them.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._real: dict[str, str] = {}
        self._named = sorted({origin_of(path) for path in paths}, key=len, reverse=True)
        self.roots = {self.of(name, name) for name in self._named}

    def of(self, origin: str, root: str) -> str:
        """The place of a file that was read from a root (`Document.origin`, `Document.root`)."""
        root = root or origin
        if root not in self._real:
            self._real[root] = _resolved(root)
        return self._real[root] + origin[len(root) :]

    def found(self, found: FoundFile) -> str:
        """The place of a file that there is to read."""
        return self.of(origin_of(found.path), origin_of(found.root))

    def shown(self, path: str) -> str:
        """The place of a file or folder in the roots that a report names."""
        origin = origin_of(path)
        return self.of(origin, next((root for root in self._named if lies_in(origin, [root])), ""))

    def below_root(self, place: str, root: str) -> str:
        """What of a place lies below the root it was read from; begins with a separator, or is ""."""
        return place[len(self.of(root, root)) :]


def found_at(document: Document, origin: str, root: str) -> Document:
    """A document as its file was found before, by another name or below another root: a file that is
    named by itself may have come with its folder. Its id begins with the path below the root."""
    stem = _below(document.origin, document.root)
    if not document.id.startswith(stem):
        return document
    own = document.id[len(stem) :]
    return replace(document, id=_below(origin, root) + own, origin=origin, root=root)


def _below(origin: str, root: str) -> str:
    """The path of a file below its root; its name where it is the root."""
    return origin[len(root) :].lstrip("/") or os.path.basename(origin)  # noqa: PTH119


def lies_in(place: str, others: Iterable[str]) -> bool:
    """Whether a place is one of the others or lies below one."""
    return any(is_within(place, other) for other in others)


def is_gone(place: str) -> bool:
    """Whether there is no such file. One that the system does not let us see is not gone."""
    try:
        os.lstat(place)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _resolved(root: str) -> str:
    """A folder without links; a file by its own name, in its folder without links."""
    if os.path.isdir(root):  # noqa: PTH112
        return os.path.realpath(root)
    folder, name = os.path.split(root)
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118
