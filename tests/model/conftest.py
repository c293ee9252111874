"""What the tests of the real encoder share: it is opened (and converted, if need be) once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import archives
import pytest

from index.config import IndexConfig
from index.encoders.bundled.model import bundled_model_folder
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
def model_folder(encoder: LocalEncoder) -> Path:
    """Where this machine has the converted model."""
    return bundled_model_folder()


@pytest.fixture(scope="session")
def model_data(encoder: LocalEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data directory with the sample archive, indexed with the real model. To be read only."""
    return archives.shared(
        tmp_path_factory,
        "model",
        lambda data: rebuild([archives.SEEDS], IndexConfig(data_dir=data), encoder=encoder),
    )


@pytest.fixture(scope="session")
def index(model_data: Path) -> Iterator[OpenIndex]:
    with closing(OpenIndex.open_current(model_data)) as opened:
        yield opened


@pytest.fixture(scope="session")
def engine(index: OpenIndex, encoder: LocalEncoder) -> SearchEngine:
    return SearchEngine(index, encoder, SearchConfig())
