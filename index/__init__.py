"""Keeps the archive: reading, normalizing, encoding and storing documents. Imports nothing above it.

    from pathlib import Path

    import index

    config = index.IndexConfig(data_dir=Path("data"))
    index.rebuild([Path("news/")], config)
    opened = index.OpenIndex.open_current(config.data_dir)

These names are what a program needs that keeps an index. Each is imported when it is first asked for:
importing the package opens and loads nothing. Errors are in `index.errors`.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# Threads of FAISS and of numpy that wait for work keep a core busy unless they are told to sleep, which both
# read when they are first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")

if TYPE_CHECKING:
    from index.config import IndexConfig as IndexConfig
    from index.documents import Document as Document
    from index.documents import Skipped as Skipped
    from index.encoders.registry import open_encoder as open_encoder
    from index.opened import OpenIndex as OpenIndex
    from index.operations.backup import backup as backup
    from index.operations.backup import restore as restore
    from index.operations.build import rebuild as rebuild
    from index.operations.change import add as add
    from index.operations.change import delete as delete
    from index.operations.change import update as update
    from index.operations.repair import repair as repair
    from index.operations.sync import sync as sync
    from index.operations.verify import verify as verify
    from index.readers import read_paths as read_paths

_MODULES = {
    "Document": "index.documents",
    "IndexConfig": "index.config",
    "OpenIndex": "index.opened",
    "Skipped": "index.documents",
    "add": "index.operations.change",
    "backup": "index.operations.backup",
    "delete": "index.operations.change",
    "open_encoder": "index.encoders.registry",
    "read_paths": "index.readers",
    "rebuild": "index.operations.build",
    "repair": "index.operations.repair",
    "restore": "index.operations.backup",
    "sync": "index.operations.sync",
    "update": "index.operations.change",
    "verify": "index.operations.verify",
}

__all__ = [*_MODULES]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
