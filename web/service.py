"""What the web asks of an engine. `search.live.LiveEngine` is the one that serves.

A protocol and not the class, so that pages, API and their tests need no index to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from search.models import (
    DocumentExplanation,
    DocumentView,
    FacetValue,
    Related,
    SearchRequest,
    SearchResponse,
    Suggestions,
)
from search.show.export import Export
from web.settings import Settings


class IndexStatus(Protocol):
    """The index being served."""

    @property
    def generation(self) -> str:
        """Name of the generation."""

    @property
    def documents(self) -> int:
        """How many documents it holds."""

    @property
    def passages(self) -> int:
        """How many passages they were cut into."""

    @property
    def languages(self) -> Mapping[str, int]:
        """Documents by language."""

    @property
    def created(self) -> str:
        """When it was built, ISO 8601."""

    @property
    def encoder(self) -> str:
        """Identity of the encoder it was built with."""


class SearchService(Protocol):
    """An engine as pages, API and command line use it. Every method may raise `TalashError`."""

    def search(self, request: SearchRequest, /) -> SearchResponse:
        """Answer one request."""

    def export(self, request: SearchRequest, /) -> Export:
        """Everything that answers a request, read while it is taken."""

    def document(self, document_id: str, asked: SearchRequest | None = None, /) -> DocumentView:
        """One document, with the marks of the search it was opened from."""

    def explain(self, request: SearchRequest, document_id: str, /) -> DocumentExplanation:
        """Why a document is in the answer to a request, or why it is not."""

    def suggest(self, text: str, size: int, /) -> Suggestions:
        """Completions of what is being typed."""

    def related(self, document_id: str, size: int, /) -> Related:
        """What belongs to one document."""

    def generation(self) -> str:
        """Name of the generation being served."""

    def status(self) -> IndexStatus:
        """The index being served."""

    def ready(self) -> None:
        """Raise unless requests can be served."""

    def sources(self) -> tuple[FacetValue, ...]:
        """Every source in the index, most frequent first."""

    def refresh(self) -> None:
        """Open the index again at the next call."""

    def close(self) -> None:
        """Let go of files and memory."""


def open_engine(settings: Settings, *, careful: bool = True) -> SearchService:
    """The live engine over the settings' data directory. Imported here: it is slow to load."""
    from search.live import LiveEngine

    engine: SearchService = LiveEngine(settings.index, settings.search, careful=careful)
    return engine
