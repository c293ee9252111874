"""What a writer can be asked to do, in one table: every fault is produced in every operation.

`prepare` makes the data directory they start from; `state` says what a reader gets from one, and
fails when its parts do not agree. All of it is deterministic (`newsroom.Bilingual`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import archives
import newsroom
import pytest

from index.opened import OpenIndex
from index.operations import change, merge
from index.operations.backup import backup, restore
from index.operations.build import rebuild_from
from index.operations.repair import repair
from index.operations.verify import verify
from index.operations.versions import rollback
from search.models import SearchRequest

FIRST, SECOND = newsroom.ARTICLES[4:7], newsroom.ARTICLES[5:9]
"""The articles of the two generations that are there before an operation."""
THIRD = [newsroom.ARTICLES[0], *newsroom.ARTICLES[6:10]]
"""The articles of a rebuild."""
QUERIES = ("بارش", "rain in Karachi", "عدالت کا فیصلہ", "interior minister")
BACKUP = "kept.tar"

State = tuple[tuple[tuple[str, str], ...], tuple[tuple[str, ...], ...]]
"""Every article with the hash of its text, and the ids that answer each query, in order."""


def _rebuild(data_dir: Path) -> None:
    rebuild_from(THIRD, archives.config(data_dir), encoder=newsroom.Bilingual())


def _restore(data_dir: Path) -> None:
    restore(data_dir / BACKUP, archives.config(data_dir), encoder=newsroom.Bilingual())


def _repair(data_dir: Path) -> None:
    repair(archives.config(data_dir), encoder=newsroom.Bilingual())


def _rollback(data_dir: Path) -> None:
    rollback(data_dir)


def _add(data_dir: Path) -> None:
    with never_at_once():
        change.add(THIRD[:1], archives.config(data_dir), encoder=newsroom.Bilingual())


def _delete(data_dir: Path) -> None:
    with never_at_once():
        change.delete([SECOND[0].id], archives.config(data_dir), encoder=newsroom.Bilingual())


def _merge(data_dir: Path) -> None:
    """An addition that finds a segment as large as its own, to be merged with."""
    with never_at_once(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge, "TOGETHER", 2)
        change.add(newsroom.ARTICLES[:2], archives.config(data_dir), encoder=newsroom.Bilingual())


def _compact(data_dir: Path) -> None:
    change.compact(archives.config(data_dir), encoder=newsroom.Bilingual())


OPERATIONS: dict[str, Callable[[Path], None]] = {
    "rebuild": _rebuild,
    "add": _add,
    "delete": _delete,
    "merge": _merge,
    "compact": _compact,
    "restore": _restore,
    "repair": _repair,
    "rollback": _rollback,
}


EACH = [
    pytest.param(name, marks=[] if name in ("rebuild", "merge") else [pytest.mark.long])
    for name in OPERATIONS
]
"""For what goes through an operation step by step. `make test` does with one that makes all anew and one that
makes a segment and merges it."""


def prepare(data_dir: Path) -> Path:
    """A data directory with two generations, and a backup of the older one in it. The newer one is made by a
    change: of two segments, the second of which takes documents out of the first."""
    config, encoder = archives.config(data_dir), newsroom.Bilingual()
    rebuild_from(FIRST, config, encoder=encoder)
    backup(data_dir, data_dir / BACKUP)

    def edit(changes: change.Changes) -> None:
        for article in FIRST:
            if article not in SECOND:
                changes.delete(article.id)
        for article in SECOND:
            changes.put(article, lambda there: True)

    with never_at_once():
        change.change(edit, config, encoder=encoder)
    return data_dir


@contextmanager
def never_at_once() -> Iterator[None]:
    """However much has changed, a change makes a segment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(change, "MOST_DRIFT", 1e9)
        yield


def state(data_dir: Path, *, deep: bool = False) -> State:
    """What a reader gets. Every file must be as written, and all parts must agree."""
    if deep:
        report = verify(data_dir, deep=True, sample=50, encoder=lambda _: newsroom.Bilingual())
    else:
        report = verify(data_dir)
    assert report.ok, [check for check in report.checks if not check.ok]
    index = OpenIndex.open_current(data_dir)
    try:
        held = tuple(
            sorted((each.id, each.content_hash) for _, each in index.catalogue.iter_documents())
        )
        engine = newsroom.engine(index)
        found = tuple(
            tuple(hit.id for hit in engine.search(SearchRequest(query)).hits) for query in QUERIES
        )
    finally:
        index.close()
    return held, found
