"""Answers queries over an index. Imports `index`, never `web`.

What a program needs stands here, and is imported when it is first asked for:

    from search import LiveEngine, SearchRequest
    engine = LiveEngine(IndexConfig(data_dir=Path("data")))
    for hit in engine.search(SearchRequest("polio", languages=("ur",))).hits: ...
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import index  # noqa: F401 - it says how numpy's threads wait, before numpy is there

if TYPE_CHECKING:
    from search.config import SearchConfig as SearchConfig
    from search.engine import SearchEngine as SearchEngine
    from search.live import LiveEngine as LiveEngine
    from search.models import (
        DocumentExplanation,
        DocumentView,
        Export,
        Facets,
        Hit,
        Mode,
        Related,
        SearchRequest,
        SearchResponse,
        Sort,
        Suggestions,
    )

_MODULES = {
    "LiveEngine": "search.live",
    "SearchConfig": "search.config",
    "SearchEngine": "search.engine",
}
__all__ = [
    "DocumentExplanation",
    "DocumentView",
    "Export",
    "Facets",
    "Hit",
    "LiveEngine",
    "Mode",
    "Related",
    "SearchConfig",
    "SearchEngine",
    "SearchRequest",
    "SearchResponse",
    "Sort",
    "Suggestions",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "search.models")), name)
