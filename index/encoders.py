"""Opens the encoder that a setting names. The only place that knows all kinds."""

from __future__ import annotations

from pathlib import Path

from index.bundled_model import Progress, bundled_model_folder
from index.encoder import Encoder
from index.errors import EncoderError
from index.local_encoder import QUERY_CACHE, LocalEncoder


def open_encoder(
    spec: str = "",
    *,
    threads: int = 0,
    query_cache: int = QUERY_CACHE,
    progress: Progress | None = None,
) -> Encoder:
    """The encoder that `spec` names. Raises EncoderError."""
    if spec in ("", "bundled"):
        return open_bundled(threads=threads, query_cache=query_cache, progress=progress)
    return LocalEncoder.open(spec, threads=threads, query_cache=query_cache)


def open_bundled(
    *, threads: int = 0, query_cache: int = QUERY_CACHE, progress: Progress | None = None
) -> LocalEncoder:
    """The bundled encoder, converted first if need be."""
    folder: Path = bundled_model_folder(progress)
    try:
        return LocalEncoder.open(folder, threads=threads, query_cache=query_cache)
    except EncoderError:
        # The right sizes but wrong bytes: only a thorough look finds (and mends) that.
        folder = bundled_model_folder(progress, thorough=True)
        return LocalEncoder.open(folder, threads=threads, query_cache=query_cache)
