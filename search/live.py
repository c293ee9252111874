"""The engine that follows the index: notices a new generation and switches without a pause.

A search runs to its end on the generation it began with. The switch is one assignment; what the old
generation held is released when the last search that uses it lets go. The encoder is opened beside
the index, in a thread of its own: words are searched as soon as the index is open.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from index import budget
from index.config import IndexConfig
from index.encoders.protocol import Encoder
from index.encoders.registry import open_encoder
from index.errors import IndexDamagedError, IndexStartingError, StoreError
from index.memory import return_freed_memory
from index.opened import OpenIndex
from index.store.file_guard import FileGuard
from index.store.manifest import (
    IndexStatus,
    Manifest,
    current_token,
    open_current,
    read_manifest,
    read_status,
)
from search.config import SearchConfig, Waiting
from search.encoder_guard import EncoderGuard
from search.engine import SearchEngine
from search.models import DocumentView, Export, Exported, Mode, SearchRequest, SearchResponse

log: Final = logging.getLogger(__name__)

_STARTING, _WAIT = "The index is being opened.", "Ask again in a moment."


_P = ParamSpec("_P")
_T = TypeVar("_T")


def _asked(
    question: Callable[Concatenate[SearchEngine, _P], _T], *, meaning: bool = False
) -> Callable[Concatenate[LiveEngine, _P], _T]:
    """A method that puts the question to the engine of the current generation, and raises what that
    raises; with `meaning`, its encoder is given a moment to open."""

    @wraps(question)
    def ask(self: LiveEngine, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return question(self._current(meaning=meaning), *args, **kwargs)

    return ask


class LiveEngine:
    """Search over whatever generation a data directory names as current. Safe under threads.

    Nothing is opened before the first call. When a new generation cannot be opened while an old
    one is being served, the old one stays and the failure is logged (and reported by `ready`). Damaged
    files are not served, nor those that are written to while they are (`index.store.file_guard`).
    """

    def __init__(
        self,
        config: IndexConfig,
        search_config: SearchConfig | None = None,
        encoder: Encoder | None = None,
        *,
        careful: bool = True,
    ) -> None:
        """Not `careful`, for one question: files are held against their sizes, not read, and the
        encoder is waited for until it is open, an embeddings server only as in a search."""
        self._config = config
        self._guard = FileGuard() if careful else None
        self._search_config = search_config or SearchConfig()
        self._given = encoder
        self._encoder: EncoderGuard | None = None
        self._opened_spec = ""
        self._lock = threading.Lock()
        self._engine: SearchEngine | None = None
        self._token = ""
        self._failure: StoreError | None = None

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a request; see `search.engine.SearchEngine.search` for what is raised."""
        return self._current(meaning=request.mode is not Mode.KEYWORD).search(request)

    def document(self, document_id: str, request: SearchRequest | None = None) -> DocumentView:
        """A whole document with the marks of a search. Raises NotFoundError."""
        return self._current(meaning=request is not None).document(document_id, request)

    def export(self, request: SearchRequest) -> Export:
        """Everything that answers a request; raises as `search` does.

        Its rows are of the generation it began with, which stays open for them; they end with an
        IndexDamagedError when its files are written to meanwhile.
        """
        engine = self._current(meaning=True)
        found = engine.export(request)
        return replace(found, rows=self._watched(engine, found.rows))

    def _watched(self, engine: SearchEngine, rows: Iterator[Exported]) -> Iterator[Exported]:
        for number, row in enumerate(rows):
            if number % Waiting.ROWS_UNGUARDED == 0 and self._damaged(engine):
                raise IndexDamagedError(
                    f"A file of the index {engine.generation()} was written to while it was read.",
                    hint="Mend it: talash index repair.",
                )
            yield row

    def _damaged(self, engine: SearchEngine) -> bool:
        """Whether the files of an engine that is being read are no longer to be touched."""
        serving = self._engine
        if self._guard is None or (serving is not engine and serving is not None):
            return False  # a newer one is served: nobody has cause to write to the older one
        return serving is None or self._guard.changed()

    stored = _asked(SearchEngine.stored)
    explain = _asked(SearchEngine.explain, meaning=True)
    generation = _asked(SearchEngine.generation)
    suggest = _asked(SearchEngine.suggest)
    related = _asked(SearchEngine.related)

    def status(self) -> IndexStatus:
        """What the current generation holds. While it cannot be opened, `generation` names an older
        one, which is served."""
        return read_status(self._config.data_dir)

    def ready(self) -> None:
        """Raise the error that keeps the current generation from being served whole, if any: an
        encoder that is being opened or does not answer, too, though words are searched then."""
        if self._engine is None and self._lock.locked():
            raise IndexStartingError(_STARTING, hint=_WAIT)
        engine = self._current(meaning=True)
        if self._failure:
            raise self._failure
        engine.require_encoder()

    def opened(self) -> LiveEngine:
        """This engine, once its index and its encoder are open or could not be opened: for programs
        that measure. Raises as `search` does for an index that cannot be served."""
        self._newest().guard.wait()
        return self

    def refresh(self) -> None:
        """Open the index again at the next call, and an encoder that failed: try what was broken."""
        if self._guard is not None:
            self._guard.forget()
        self._token = ""

    def close(self) -> None:
        """Let go of the index. Not while searches are running."""
        with self._lock:
            if self._engine:
                self._engine.close()
            self._engine, self._token = None, ""

    def _current(self, *, meaning: bool = False) -> SearchEngine:
        """The engine to ask; with `meaning`, the encoder is given a moment to open."""
        engine = self._newest()
        if meaning:
            engine.guard.wait(Waiting.ENCODER_SECONDS)
        engine.require_its_encoder(self._opened_spec)
        return engine

    def _newest(self) -> SearchEngine:
        engine = self._engine
        changed = self._guard is not None and self._guard.changed()
        if engine and not changed and current_token(self._config.data_dir) == self._token:
            return engine
        if changed:  # never to be touched again: what is mapped may be cut short
            engine = None
        # One thread opens the new generation; the others go on with the old one, if there is one.
        if not self._lock.acquire(timeout=0 if engine else Waiting.INDEX_SECONDS):
            if engine is None:
                raise IndexStartingError(_STARTING, hint=_WAIT)
            return engine
        try:
            token = current_token(self._config.data_dir)
            if self._guard is not None and self._guard.changed():
                self._engine = None
            if self._engine is None or token != self._token:
                self._switch(token)
            assert self._engine is not None
            return self._engine
        finally:
            self._lock.release()

    def _switch(self, token: str) -> None:
        try:
            guard = self._guarded(open_current(self._config.data_dir, read_manifest))
            guard.open(again=True)
            if self._engine is not None and self._engine.guard is not guard:
                guard.wait(Waiting.ENCODER_SECONDS)
                if guard.opening:  # the old index has its encoder: it serves until the new one has
                    return
            index = open_current(self._config.data_dir, self._open)
            if (guard := self._guarded(index.manifest)).info is None:  # another came in between
                guard.open()
            if self._guard is None:
                guard.wait()
            engine = SearchEngine(index, guard, self._search_config)
            engine.require_its_encoder(self._opened_spec)
        except StoreError as error:
            if self._engine is None:
                raise
            log.error("The new index cannot be served, the old one stays: %s", error)
            self._failure, self._token = error, token
            return
        self._engine = engine
        self._failure, self._token = None, index.name
        return_freed_memory()  # what the generation before held, or, if a search still uses it, the one before
        if self._guard is not None:
            self._guard.watch()

    def _open(self, generation: Path) -> OpenIndex:
        if self._guard is not None:
            self._guard.inspect(generation)
        return OpenIndex.open(generation)

    def _guarded(self, manifest: Manifest) -> EncoderGuard:
        """The encoder an index needs, open or not."""
        spec = self._config.encoder or manifest.encoder.spec
        if self._encoder is None or (self._given is None and self._opened_spec != spec):
            opener = None if self._given else partial(self._open_encoder, spec)
            self._encoder = EncoderGuard(self._given, self._search_config, opener)
            self._opened_spec = spec
        return self._encoder

    def _open_encoder(self, spec: str) -> Encoder:
        config = self._search_config
        alone = config.time_budget * config.encoder_share if self._guard is None else 0.0
        with budget.limited(alone):
            return open_encoder(spec, threads=self._config.threads)
