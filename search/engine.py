"""A query's trip, on one page.

    request -> parse -> understand (Roman Urdu, translations)
            -> rank (filters, keyword arm + semantic arm, fusion, order) -> page
            -> documents, snippets and marks -> response

One `SearchEngine` serves one generation of an index and holds no state of a search.
"""

from __future__ import annotations

import logging
from typing import Final

from index.documents import LANGUAGES, UNDETERMINED
from index.encoder import Encoder
from index.errors import EncoderError, NotFoundError, RequestError
from index.normalize import one_keyboard
from index.reader import OpenIndex
from search.config import SearchConfig
from search.facets import count_facets, count_sources
from search.filters import Filters
from search.highlight import Wanted
from search.hits import HitMaker, document_view
from search.models import (
    DocumentView,
    FacetValue,
    QueryInfo,
    SearchRequest,
    SearchResponse,
)
from search.query import parse_query
from search.ranking import Clock, Ranking, asked_filters, rank
from search.semantic_arm import closest_passage
from search.understanding import Reader, Understanding

log: Final = logging.getLogger(__name__)


class SearchEngine:
    """Search over one open generation. Safe under threads."""

    def __init__(
        self, index: OpenIndex, encoder: Encoder | EncoderError, config: SearchConfig
    ) -> None:
        """`encoder` may be the error that kept it from loading: then words alone answer."""
        self._index = index
        self.encoder = encoder
        self._config = config
        self._reader = Reader(index.lexicon, config)

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a request.

        Raises RequestError when it cannot be served as asked, and EncoderError when only the
        semantic arm was asked for and it cannot answer.
        """
        clock = Clock()
        with clock.stage("total"):
            understood, ranking = self._rank(request, clock)
            page = _page(request, len(ranking.docids))
            with clock.stage("snippets"):
                hits = HitMaker(understood, ranking, self._index, self._config).hits(page)
            with clock.stage("facets"):
                facets = count_facets(self._index.columns, ranking.matching)
        words = ranking.keyword.words if ranking.keyword else ()
        return SearchResponse(
            request=request,
            understood=QueryInfo(
                language=understood.language,
                words=words,
                notices=understood.query.notices,
                resolved=understood.resolved,
                readings=understood.readings,
            ),
            hits=hits,
            total=ranking.total,
            facets=facets,
            generation=self._index.name,
            degraded=ranking.degraded,
            timings=clock.spent,
        )

    def top(self, request: SearchRequest) -> list[tuple[str, float]]:
        """Ids and scores of the hits of a page, best first: the same trip without snippets."""
        _, ranking = self._rank(request, Clock())
        page = _page(request, len(ranking.docids))
        documents = self._index.catalogue.documents(ranking.docids[at] for at in page)
        scores = (float(ranking.fused.scores[at]) for at in page)
        return [(document.id, score) for document, score in zip(documents, scores, strict=True)]

    def document(self, document_id: str, asked: SearchRequest | None = None) -> DocumentView:
        """A whole document with the marks of a search and its closest passage.

        Raises NotFoundError, and RequestError for a query that cannot be searched for.
        """
        docid = self._index.catalogue.docid_of(document_id)
        if docid is None:
            raise NotFoundError(
                f"There is no document {document_id!r} in this archive.",
                parameter="id",
                hint="Its id may have changed with the file's place; search for its title.",
            )
        document = self._index.catalogue.document(docid)
        if asked is None or not asked.query.strip():
            return document_view(document, docid, self._index, Wanted())
        query = parse_query(asked.query, self._config, filtered=True)
        understood = self._reader.understand(query, asked, self.encoder)
        best = self._closest_passage(understood, docid)
        return document_view(document, docid, self._index, Wanted.of(understood), best)

    def _closest_passage(self, understood: Understanding, docid: int) -> int | None:
        """The pid that answers the query best by meaning; None if none makes sense for it."""
        if not understood.text or isinstance(self.encoder, EncoderError):
            return None
        try:
            vector = self.encoder.encode_queries([one_keyboard(understood.text)])[0]
        except EncoderError as error:
            log.warning("The document is shown without its closest passage: %s", error)
            return None
        return closest_passage(docid, vector, self._index, self._config)

    def sources(self) -> tuple[FacetValue, ...]:
        """Every source of the archive with its number of documents, largest first."""
        return count_sources(self._index.columns)

    def require_encoder(self) -> None:
        """Raise the EncoderError that leaves this engine with words only, if any."""
        if isinstance(self.encoder, EncoderError):
            raise self.encoder

    def close(self) -> None:
        """Release the index. Only when no search is running."""
        self._index.close()

    def _rank(self, request: SearchRequest, clock: Clock) -> tuple[Understanding, Ranking]:
        self._check(request)
        with clock.stage("parse"):
            filtered = asked_filters(request) != Filters()
            query = parse_query(request.query, self._config, filtered=filtered)
        with clock.stage("understand"):
            understood = self._reader.understand(query, request, self.encoder)
        ranking = rank(understood, request, self._index, self.encoder, self._config, clock)
        return understood, ranking

    def _check(self, request: SearchRequest) -> None:
        """Raise RequestError for what cannot be served; the same checks for page, API and CLI."""
        config = self._config
        if request.page < 1:
            raise RequestError("Pages count from 1.", parameter="page", hint="Ask for page 1.")
        if not 1 <= request.size <= config.max_page_size:
            raise RequestError(
                f"A page holds 1 to {config.max_page_size} hits.",
                parameter="size",
                hint=f"Ask for a size of at most {config.max_page_size}.",
            )
        if (request.page - 1) * request.size >= config.window:
            raise RequestError(
                f"Paging reaches the first {config.window:,} hits; page {request.page:,} of "
                f"{request.size} lies beyond.",
                parameter="page",
                hint="Narrow the search with more words, a date range or a source.",
            )
        if request.date_from and request.date_to and request.date_from > request.date_to:
            raise RequestError(
                f"The dates are in the wrong order: from {request.date_from} to {request.date_to}.",
                parameter="from",
                hint="Swap the two dates.",
            )
        known = {*self._index.columns.lang_names, *LANGUAGES, UNDETERMINED}
        for language in request.languages:
            if language not in known:
                raise RequestError(
                    f"The language {language!r} is not known.",
                    parameter="lang",
                    hint=f"Known here: {', '.join(sorted(known))}.",
                )


def _page(request: SearchRequest, found: int) -> range:
    """Positions of the page's hits in the ranking."""
    first = (request.page - 1) * request.size
    return range(first, min(first + request.size, found))
