"""What the tests of the real encoder share: it is opened (and converted, if need be) once."""

from __future__ import annotations

from collections.abc import Iterator

import archives
import pytest

from index.config import IndexConfig
from index.encoders.onnx import LocalEncoder
from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from index.operations.build import rebuild
from search.config import SearchConfig
from search.engine import SearchEngine


@pytest.fixture(scope="session")
def encoder() -> LocalEncoder:
    opened = open_encoder("bundled", threads=2)
    assert isinstance(opened, LocalEncoder)
    return opened


@pytest.fixture(scope="session")
def engine(
    encoder: LocalEncoder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    """The sample archive, indexed with the real model."""
    config = IndexConfig(data_dir=tmp_path_factory.mktemp("model") / "data")
    rebuild([archives.SEEDS], config, encoder=encoder)
    opened = SearchEngine(OpenIndex.open_current(config.data_dir), encoder, SearchConfig())
    yield opened
    opened.close()
