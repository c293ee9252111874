"""The converted model on the disk: made once, by however many, and mended when it is damaged."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.encoders.bundled.model import CACHE_VARIABLE, bundled_model_folder, damage
from index.encoders.onnx import LocalEncoder
from index.encoders.registry import open_encoder
from index.errors import EncoderError

pytestmark = [pytest.mark.model, pytest.mark.long]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test's own."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def copied(model_folder: Path, cache: Path) -> Path:
    """The cache with the model that this machine has already."""
    shutil.copytree(model_folder, cache / "models" / model_folder.name)
    return bundled_model_folder()


def test_conversion_tells_how_far_it_is_and_happens_once(
    cache: Path, encoder: LocalEncoder
) -> None:
    calls: list[tuple[int, int, str]] = []
    folder = bundled_model_folder(lambda *call: calls.append(call))
    total = calls[0][1]
    assert [(done, whole) for done, whole, _what in calls] == [
        (done, total) for done in range(1, total + 1)
    ]
    assert all(what for _done, _total, what in calls)
    assert damage(folder, thorough=True) is None
    assert bundled_model_folder(lambda *_call: pytest.fail("converted again")) == folder
    assert LocalEncoder(folder).info == encoder.info
    assert {path.name for path in folder.iterdir()} == {
        "config.json",
        "model.onnx",
        "tokenizer.json",
    }


@pytest.mark.smoke
def test_every_machine_writes_the_same_files(encoder: LocalEncoder) -> None:
    """The identity stamped on an index is made of their digests, so an index can be moved.

    A deliberate change of the files changes it: then raise `FORMAT` and put the new one here.
    """
    assert encoder.info.id == "intfloat/multilingual-e5-small@b705e2c032c9621a"


def test_a_file_cut_short_is_written_again(copied: Path, encoder: LocalEncoder) -> None:
    """Each alone is noticed; beside one of them, what a killed conversion left goes, too."""
    left = copied.parent / f".{copied.name}-abc"
    left.mkdir()
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        path, whole = copied / name, (copied / name).read_bytes()
        with path.open("r+b") as file:
            file.truncate(len(whole) // 2)
        assert damage(copied, thorough=False)
        if name != "config.json":  # the last of them stays cut
            path.write_bytes(whole)
            assert damage(copied, thorough=True) is None
    assert open_encoder("bundled").info == encoder.info
    assert path.read_bytes() == whole
    assert [entry.name for entry in copied.parent.glob(".*")] == []


def test_wrong_bytes_of_the_right_size_are_found(copied: Path, encoder: LocalEncoder) -> None:
    path = copied / "tokenizer.json"
    path.write_bytes(b"x" * path.stat().st_size)
    assert damage(copied, thorough=False) is None
    assert open_encoder("bundled").info == encoder.info
    assert damage(copied, thorough=True) is None


CONVERT = """
from index.encoders.registry import open_encoder
print(open_encoder("bundled", threads=1).encode_queries(["x"]).shape)
"""


def test_two_processes_may_convert_at_once(cache: Path) -> None:
    command = [sys.executable, "-c", CONVERT]
    root = Path(__file__).resolve().parents[2]
    running = [
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in running:
        output, errors = process.communicate(timeout=240)
        assert (process.returncode, output.strip()) == (0, b"(1, 384)"), errors.decode()
    (folder,) = (path for path in (cache / "models").iterdir() if path.is_dir())
    assert damage(folder, thorough=True) is None


@pytest.mark.smoke
def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(EncoderError) as caught:
        open_encoder("bundled")
    assert CACHE_VARIABLE in caught.value.hint


# A user's own folder


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_cut_file_in_a_users_folder_is_an_error(copied: Path, tmp_path: Path, name: str) -> None:
    own = tmp_path / "own"
    shutil.copytree(copied, own)
    with (own / name).open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(EncoderError, match=re.escape(str(own / name))):
        LocalEncoder(own)


def test_the_usual_export_layout_opens(
    encoder: LocalEncoder, model_folder: Path, tmp_path: Path
) -> None:
    """`onnx/model.onnx` and no settings of ours: no prefixes, so other vectors and another id."""
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "model.onnx").symlink_to(model_folder / "model.onnx")
    (tmp_path / "tokenizer.json").symlink_to(model_folder / "tokenizer.json")
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 384, "pad_token_id": 1}))
    plain = LocalEncoder(tmp_path)
    assert plain.info.id != encoder.info.id
    np.testing.assert_allclose(
        plain.encode_passages(["query: کراچی"]), encoder.encode_queries(["کراچی"]), atol=1e-5
    )
