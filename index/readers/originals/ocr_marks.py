"""How an article is marked whose text was read from a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

READ_BY, OCR = "read by", "OCR"
CONFIDENCE = "ocr confidence"
"""The fields of `Document.extra` that say so, and how sure the program was of its words (0 to 100)."""


def ocr_confidence(extra: Mapping[str, Any]) -> int | None:
    """How sure the program was; None where the text was not read from a picture."""
    confidence = extra.get(CONFIDENCE)
    return confidence if extra.get(READ_BY) == OCR and isinstance(confidence, int) else None
