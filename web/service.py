"""Opens the engine that pages, API and command line ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.live import LiveEngine
    from web.settings import Settings


def open_engine(settings: Settings, *, careful: bool = True) -> LiveEngine:
    """The live engine over the settings' data directory. Imported here: it is slow to load."""
    from search.live import LiveEngine

    return LiveEngine(settings.index, settings.search, careful=careful)
