"""Manifests as another program would write them: of changed files, or saying something else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.store.layout import MANIFEST


def sealed(fields: Mapping[str, Any]) -> bytes:
    """A manifest of these fields, with the checksum that belongs to them."""
    fields = {name: value for name, value in fields.items() if name != "checksum"}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return json.dumps(fields | {"checksum": hashlib.sha256(text.encode()).hexdigest()}).encode()


def rewrite(generation: Path, **changes: object) -> None:
    """Change fields of a manifest."""
    fields = json.loads((generation / MANIFEST).read_text("utf-8"))
    (generation / MANIFEST).write_bytes(sealed(fields | changes))


def seal_again(generation: Path, **changes: object) -> None:
    """Give changed files the right sizes and digests, so that only their content is wrong."""
    files = {
        file.relative_to(generation).as_posix(): {
            "size": file.stat().st_size,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
        for file in sorted(generation.rglob("*"))
        if file.is_file() and file.name != MANIFEST
    }
    rewrite(generation, files=files, **changes)
