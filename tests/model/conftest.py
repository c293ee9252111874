"""What the tests of the real encoder share: it is opened (and converted, if need be) once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import archives
import onnxruntime
import pytest

from index.config import IndexConfig
from index.encoders.bundled.model import bundled_model_folder
from index.encoders.onnx import LocalEncoder
from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from index.operations.build import rebuild, rebuild_from
from index.readers import read_paths
from search.config import SearchConfig
from search.engine import SearchEngine

INDEX = Path(__file__).parents[2] / "index"
NEAR_MISS = Path(__file__).parents[1] / "data" / "near_miss"


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
def encoded(
    encoder: LocalEncoder, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """An index whose vectors the others take over: it holds all fixed texts but one article, so that
    each of them is built whole. Kept for later runs, as long as nothing that makes vectors changes."""
    sources = [path for name in ("encoders", "text") for path in (INDEX / name).rglob("*.py")]
    sources += [INDEX / "operations" / "encode.py", INDEX / "parts" / "word_states.py"]
    digest = hashlib.sha256(f"{encoder.info.id} {onnxruntime.__version__}".encode())
    for path in sorted(sources):
        digest.update(path.read_bytes())

    def build(data: Path) -> None:
        articles = [*read_paths([archives.SEEDS, NEAR_MISS])]
        rebuild_from(articles[1:], IndexConfig(data_dir=data), encoder=encoder)

    return archives.kept(
        pytestconfig, tmp_path_factory, f"encoded-{digest.hexdigest()[:16]}", build
    )


@pytest.fixture(scope="session")
def model_data(
    encoder: LocalEncoder, encoded: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Data directory with the sample archive, indexed with the real model. To be read only."""

    def build(data: Path) -> None:
        shutil.copytree(encoded, data, dirs_exist_ok=True)
        rebuild([archives.SEEDS], IndexConfig(data_dir=data), encoder=encoder)

    return archives.shared(tmp_path_factory, "model", build)


@pytest.fixture(scope="session")
def index(model_data: Path) -> Iterator[OpenIndex]:
    with closing(OpenIndex.open_current(model_data)) as opened:
        yield opened


@pytest.fixture(scope="session")
def engine(index: OpenIndex, encoder: LocalEncoder) -> SearchEngine:
    return SearchEngine(index, encoder, SearchConfig())
