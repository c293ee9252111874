"""Opens the encoder that a setting names. The only place that knows all kinds."""

from __future__ import annotations

from index.encoders.bundled.model import Progress, bundled_model_folder
from index.encoders.external import SentenceTransformersEncoder, ServerEncoder
from index.encoders.hashed import HashEncoder
from index.encoders.onnx import LocalEncoder
from index.encoders.protocol import Encoder
from index.errors import EncoderError

DEFAULT_SPEC = "bundled"


def open_encoder(
    spec: str = DEFAULT_SPEC, *, threads: int = 0, progress: Progress | None = None
) -> Encoder:
    """The encoder that `spec` names. Raises EncoderError.

    ``bundled`` (or nothing)   the model that comes with Talash
    ``st:NAME``                a sentence-transformers model
    ``http(s)://...``          a server with OpenAI's ``/v1/embeddings``
    ``test``                   hashed words, for tests
    anything else              a folder with an ONNX model

    `threads` (0: every core) is for local models; `progress` is called with how the bundled model's
    first conversion comes along.
    """
    if spec in ("", DEFAULT_SPEC):
        try:
            return LocalEncoder(bundled_model_folder(progress), threads=threads)
        except EncoderError:
            # The right sizes but wrong bytes: only a thorough look finds (and mends) that.
            spec = str(bundled_model_folder(progress, thorough=True))
    if spec == "test":
        return HashEncoder()
    if spec.startswith("st:"):
        return SentenceTransformersEncoder(spec[len("st:") :])
    if spec.startswith(("http://", "https://")):
        return ServerEncoder(spec)
    return LocalEncoder(spec, threads=threads)
