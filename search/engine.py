"""A query's trip, on one page.

    request -> parse -> understand (Roman Urdu, translations)
            -> rank (filters, keyword arm + semantic arm, fusion, order) -> page
            -> documents, snippets and marks -> response

One `SearchEngine` serves one generation of an index and holds no state of a search.
"""

from __future__ import annotations

import logging
from typing import Final

import numpy as np

from index import budget
from index.documents import LANGUAGES, UNDETERMINED
from index.encoder import Encoder
from index.errors import EncoderError, NotFoundError, RequestError
from index.impacts import combine
from index.normalize import one_keyboard
from index.reader import OpenIndex
from search.alignment import Aligner
from search.config import SearchConfig
from search.corrections import Corrector
from search.explain import Explainer
from search.facets import FacetCounter
from search.filters import Filters
from search.folding import fold
from search.highlight import Wanted
from search.hits import HitMaker, Marker, document_view
from search.models import (
    DocumentExplanation,
    DocumentView,
    FacetValue,
    Mode,
    QueryInfo,
    Related,
    SearchRequest,
    SearchResponse,
    Suggestions,
)
from search.query import parse_query
from search.ranking import Clock, Ranking, asked_filters, rank
from search.related import related, with_relations
from search.semantic_arm import closest_passage
from search.suggest import Suggester
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
        self._facets = FacetCounter(index, config)
        self._suggester = Suggester(index, config)
        self._corrector = Corrector(index, config)

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a request.

        Raises RequestError when it cannot be served as asked, EncoderError when only the semantic
        arm was asked for and it cannot answer, and SearchTimeoutError when it takes too long.
        """
        clock = Clock()
        with budget.limited(self._config.time_budget), clock.stage("total"):
            understood, ranking = self._rank(request, clock)
            folded = fold(ranking, self._index.stories)
            ranking = folded.ranking
            page = _page(request, len(ranking.docids))
            with clock.stage("snippets"):
                aligner = self._aligner(understood) if ranking.semantic else None
                maker = HitMaker(understood, ranking, self._index, self._config, aligner)
                hits = maker.hits(page)
            with clock.stage("related"):
                shown = ranking.docids[page.start : page.stop].tolist()
                hits = with_relations(hits, shown, folded.copies, self._index)
            with clock.stage("corrections"):
                wanted = request.page == 1 and ranking.keyword and not request.literal
                better = self._corrector.corrections(request, understood) if wanted else ()
            with clock.stage("facets"):
                facets = self._facets.count(ranking, request)
        words = ranking.keyword.words if ranking.keyword else ()
        return SearchResponse(
            request=request,
            understood=QueryInfo(
                language=understood.language,
                words=words,
                notices=understood.query.notices,
                resolved=understood.resolved,
                readings=understood.readings,
                did_you_mean=better,
            ),
            hits=hits,
            total=ranking.total,
            facets=facets,
            generation=self._index.name,
            degraded=ranking.degraded,
            timings=clock.spent,
        )

    def top(self, request: SearchRequest) -> list[tuple[str, float]]:
        """Ids and scores of the documents of a page, best first: the same trip without snippets.

        Copies are not folded: a test set may hold any of them for right.
        """
        _, ranking = self._rank(request, Clock())
        page = _page(request, len(ranking.docids))
        documents = self._index.catalogue.documents(ranking.docids[at] for at in page)
        scores = (float(ranking.fused.scores[at]) for at in page)
        return [(document.id, score) for document, score in zip(documents, scores, strict=True)]

    def matching(self, query: str) -> list[str]:
        """Ids of all documents that hold every word of a query, as typed, and pass its filters.

        Raises RequestError and SearchTimeoutError as `search` does.
        """
        request = SearchRequest(query, mode=Mode.KEYWORD, literal=True)
        with budget.limited(self._config.time_budget):
            _, ranking = self._rank(request, Clock())
        docids = np.flatnonzero(ranking.matching)
        for layer in ranking.keyword.layers[:1] if ranking.keyword else ():
            for concept in layer.concepts:
                docids = np.intersect1d(docids, combine(concept, layer.lookup)[0].docids)
        return [each.id for each in self._index.catalogue.documents(docids.tolist())]

    def document(self, document_id: str, asked: SearchRequest | None = None) -> DocumentView:
        """A whole document with the marks of a search and its closest passage.

        Raises NotFoundError, and RequestError for a query that cannot be searched for.
        """
        docid = self._docid(document_id)
        document = self._index.catalogue.document(docid)
        if asked is None or not asked.query.strip():
            return document_view(document, docid, self._index, Marker(Wanted(), {}, None))
        query = parse_query(asked.query, self._config, filtered=True)
        with budget.limited(self._config.time_budget):
            understood = self._reader.understand(query, asked, self.encoder)
            best = self._closest_passage(understood, docid)
            marker = Marker(Wanted.of(understood), {}, self._aligner(understood))
            return document_view(document, docid, self._index, marker, best)

    def explain(self, request: SearchRequest, document_id: str) -> DocumentExplanation:
        """Why a document is in the answer to a request, or why it is not. Pages do not matter.

        Raises NotFoundError, and RequestError and EncoderError as `search` does.
        """
        docid = self._docid(document_id)
        with budget.limited(self._config.time_budget):
            understood, ranking = self._rank(request, Clock())
            folded = fold(ranking, self._index.stories)
            explainer = Explainer(understood, folded, self._index, self.encoder, self._config)
            return explainer.explain(docid, request)

    def _aligner(self, understood: Understanding) -> Aligner | None:
        """What finds the query's words in the other language; None where nothing can."""
        if not self._config.alignment or isinstance(self.encoder, EncoderError):
            return None
        try:
            return Aligner.of(understood, self._index, self.encoder)
        except EncoderError as error:
            log.warning("Words are not marked across languages: %s", error)
            return None

    def _closest_passage(self, understood: Understanding, docid: int) -> int | None:
        """The pid that answers the query best by meaning; None if none makes sense for it."""
        if not understood.text or isinstance(self.encoder, EncoderError):
            return None
        try:
            vector = self.encoder.encode_queries([one_keyboard(understood.searched)])[0]
        except EncoderError as error:
            log.warning("The document is shown without its closest passage: %s", error)
            return None
        return closest_passage(docid, vector, self._index, self._config)

    def suggest(self, text: str, size: int) -> Suggestions:
        """Up to `size` completions of what is being typed, best first.

        Raises RequestError for a size that is not served.
        """
        with budget.limited(self._config.time_budget):
            return self._suggester.suggest(text, size)

    def related(self, document_id: str, size: int = 5) -> Related:
        """Other tellings of a document's story, its copies, and up to `size` documents like it.

        Raises NotFoundError, and RequestError for a size that is not served.
        """
        return related(self._docid(document_id), self._index, size)

    def sources(self) -> tuple[FacetValue, ...]:
        """Every source of the archive with its number of documents, largest first."""
        return self._facets.sources()

    def require_encoder(self) -> None:
        """Raise the EncoderError that leaves this engine with words only, if any."""
        if isinstance(self.encoder, EncoderError):
            raise self.encoder

    def close(self) -> None:
        """Release the index. Only when no search is running."""
        self._index.close()

    def generation(self) -> str:
        """Name of the generation that is searched."""
        return self._index.name

    def _docid(self, document_id: str) -> int:
        docid = self._index.catalogue.docid_of(document_id)
        if docid is None:
            raise NotFoundError(
                f"There is no document {document_id!r} in this archive.",
                parameter="id",
                hint="Its id may have changed with the file's place; search for its title.",
            )
        return docid

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
