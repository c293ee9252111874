"""Fixtures that many tests share: the sample archive, built once a session with the test encoder."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zlib import crc32

import _one_thread  # noqa: F401 - first of all
import archives
import hypothesis
import pytest

from index.documents import Document
from index.opened import OpenIndex
from index.operations.build import rebuild
from search.engine import SearchEngine

hypothesis.settings.register_profile("same", max_examples=25, derandomize=True, deadline=None)
"""Unless another is named: the same inputs in every run, so that what passes once passes. A quarter as many
as are drawn anew in CI: what the same ones have to say they have said the first time."""
hypothesis.settings.register_profile("random", deadline=None, print_blob=True)
"""New inputs in every run, for `make test-all SHORT=1`, which names the seed that brings them back."""
hypothesis.settings.register_profile("long", max_examples=400, deadline=None, print_blob=True)
"""For `make test-all`: four times as many inputs, kills and rebuilds."""
hypothesis.settings.register_profile("many", max_examples=5_000, deadline=None, print_blob=True)
"""For `pytest tests/property --hypothesis-profile=many`, now and then: an hour, not a minute."""
hypothesis.settings.load_profile("same")


_SYNC = os.fsync
_DURABLE = "server"
"""The folder of tests in which a disk is waited for. Elsewhere nobody does: an index is built a thousand
times, with some twenty files each, and `disk.watched` sees a sync that does nothing as well."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    os.fsync = _SYNC if _DURABLE in item.path.parts else lambda handle: None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the part of the tests that `TALASH_PART` (`0/6` to `5/6`) names, if it names one; those first that wait for
    servers, so that others run meanwhile."""
    if part := os.environ.get("TALASH_PART"):
        number, parts = map(int, part.split("/"))
        sorted_out: dict[bool, list[pytest.Item]] = {True: [], False: []}
        for item in items:
            sorted_out[crc32(item.nodeid.encode()) % parts == number].append(item)
        config.hook.pytest_deselected(items=sorted_out[False])
        items[:] = sorted_out[True]
    items.sort(key=lambda item: item.get_closest_marker("server") is None)


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed: {config.getoption('hypothesis_seed') or 'none given'}"


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What a test draws its moments from: `--hypothesis-seed`, or another one in every run."""
    given = request.config.getoption("hypothesis_seed")
    drawn = int(given) if given else random.SystemRandom().randrange(1_000_000)
    print(f"--hypothesis-seed={drawn}")
    return drawn


@pytest.fixture(scope="session")
def seed_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data directory with an index of `seeds/`. To be read only; see `seed_copy`."""
    return archives.shared(
        tmp_path_factory, "seeds", lambda data: rebuild([archives.SEEDS], archives.config(data))
    )


@pytest.fixture
def seed_copy(seed_data: Path, tmp_path: Path) -> Path:
    """A copy of the index of `seeds/` that a test may change."""
    return Path(shutil.copytree(seed_data, tmp_path / "data"))


@pytest.fixture(scope="session")
def seed_engine(seed_data: Path) -> Iterator[SearchEngine]:
    """An engine over that index; its low floor lets the semantic arm answer everything."""
    engine = archives.open_engine(seed_data, floor=0.05)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def seed_index(seed_data: Path) -> Iterator[OpenIndex]:
    """The index of `seeds/`, open."""
    with closing(OpenIndex.open_current(seed_data)) as opened:
        yield opened


@pytest.fixture(scope="session")
def seed_documents(seed_index: OpenIndex) -> dict[str, Document]:
    """The articles of `seeds/` by id, as the index holds them."""
    return archives.documents(seed_index)
