"""The generations of a data directory: which there are, and going back to one.

Going back removes nothing and copies nothing: `CURRENT` names another generation, in one atomic
step. What is kept afterwards is for the next writer to say (`index.store.generations.retire`): the
new generation, the one it follows, then the newest others, `keep_generations` in all. So the index
that was gone back to stays within reach, and one that was gone back from leaves first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import REBUILD, IndexMissingError, StoreError
from index.store.generations import switch_to, writer_lock
from index.store.layout import GENERATIONS_DIR
from index.store.manifest import (
    GENERATION_NAME,
    current_token,
    generation_names,
    open_manifest,
)

_LIST = "See which there are: talash index list"


@dataclass(frozen=True)
class Generation:
    """One generation at a glance. `problem` says why it cannot be opened, "" if it can.

    `follows` is the generation that was in use when this one was made, there or not.
    """

    name: str
    current: bool
    created: str = ""
    documents: int = 0
    passages: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    encoder: str = ""
    size_bytes: int = 0
    follows: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Switch:
    """What `rollback` did: the generation in use now, and the one before."""

    generation: str
    previous: str
    documents: int


def generations(data_dir: Path) -> list[Generation]:
    """Every complete generation, newest first. Files are held against their sizes, not read.

    Raises IndexMissingError if there is none.
    """
    now = current_token(data_dir)
    names = generation_names(data_dir)
    found = [_glance(data_dir / GENERATIONS_DIR / name, name == now) for name in reversed(names)]
    # One that was retired while we looked is no damage.
    there = set(generation_names(data_dir))
    found = [each for each in found if each.name in there]
    if not found:
        raise IndexMissingError(f"There is no index in {data_dir}.")
    return found


def rollback(data_dir: Path, name: str = "") -> Switch:
    """Make another generation current: the one named, else the one the current one followed.

    The files of that generation are read and held against their checksums first. Raises
    IndexMissingError if it is not there, IndexDamagedError or IndexMismatchError if it cannot be
    searched, IndexLockedError while another process writes, IndexWriteError if the disk refuses;
    after any of them the same generation is current as before.
    """
    if not generation_names(data_dir):
        raise IndexMissingError(f"There is no index in {data_dir}.")
    with writer_lock(data_dir):
        before = current_token(data_dir)
        target = name or _previous(data_dir, before)
        manifest = open_manifest(find_generation(data_dir, target), "checksums")
        manifest.require_ours()
        if target != before:
            switch_to(data_dir, target)
    return Switch(target, before, manifest.counts.documents)


def find_generation(data_dir: Path, name: str) -> Path:
    """Directory of the generation of that name. Raises IndexMissingError if it is not there."""
    if not GENERATION_NAME.fullmatch(name) or name not in generation_names(data_dir):
        raise IndexMissingError(f"There is no generation {name!r} in {data_dir}.", hint=_LIST)
    return data_dir / GENERATIONS_DIR / name


def _previous(data_dir: Path, now: str) -> str:
    """The generation to go back to from `now`: what it followed, else the newest older one.

    When CURRENT names none that is there, the newest of all.
    """
    names = generation_names(data_dir)
    if now not in names:
        return names[-1]
    try:
        follows = open_manifest(data_dir / GENERATIONS_DIR / now).follows
    except StoreError:  # it is damaged, which is a reason to go back
        follows = ""
    older = [each for each in names if each < now]
    if follows in names and follows != now:
        return follows
    if older:
        return older[-1]
    newer = [each for each in names if each > now]
    hint = f"Newer ones are here, to be named: {', '.join(newer[:3])}" if newer else REBUILD
    raise IndexMissingError(f"There is no generation before {now}.", hint=hint)


def _glance(path: Path, is_current: bool) -> Generation:
    try:
        manifest = open_manifest(path)
        manifest.require_ours()
        facts = manifest.facts(path)
    except StoreError as error:
        return Generation(path.name, is_current, problem=error.message)
    except OSError as error:
        return Generation(path.name, is_current, problem=str(error))
    return Generation(path.name, is_current, follows=manifest.follows, **facts)
