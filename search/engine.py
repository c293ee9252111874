"""A query's trip, on one page.

    request -> parse -> understand (Roman Urdu, translations)
            -> rank (filters, keyword arm + semantic arm, fusion, order) -> page
            -> documents, snippets and marks -> response

One `SearchEngine` serves one generation of an index and holds no state of a search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from index import budget
from index.documents import Document
from index.encoders.protocol import Encoder
from index.errors import REBUILD, EncoderError, IndexMismatchError, NotFoundError, RequestError
from index.opened import OpenIndex
from search.config import Scoring, SearchConfig
from search.encoder_guard import EncoderGuard
from search.models import (
    Degraded,
    DocumentExplanation,
    DocumentView,
    Export,
    Mode,
    Notice,
    QueryInfo,
    Related,
    SearchRequest,
    SearchResponse,
    Suggestions,
)
from search.paging import check_dates, check_page, positions
from search.query.conditions import documents_meeting
from search.query.filters import (
    LANGUAGES_HINT,
    Filters,
    Names,
    documents_passing,
    language_of,
)
from search.query.query import Query, parse_query
from search.rank.facets import FacetCounter
from search.rank.folding import fold
from search.rank.ranking import Clock, Ranker, Ranking, request_filters
from search.rank.related import related, with_relations
from search.rank.semantic_arm import QueryVectors
from search.rewrite.patterns import with_forms
from search.rewrite.phrase_spellings import with_spellings
from search.rewrite.phrases_by_meaning import by_meaning
from search.show.alignment import Aligner
from search.show.explain import Explainer
from search.show.highlight import Wanted
from search.show.hits import HitMaker, Marker, document_view
from search.suggest.corrections import Corrector
from search.suggest.suggester import Suggester
from search.understand.understanding import Interpreter, Understanding, as_typed


@dataclass(frozen=True)
class Selection:
    """The documents that a query names, `some` of them whole.

    `query` is the query as it was read, `of` how many documents the archive has.
    """

    query: str
    ids: tuple[str, ...]
    some: tuple[Document, ...]
    of: int


class SearchEngine:
    """Search over one open generation. Safe under threads."""

    def __init__(
        self,
        index: OpenIndex,
        encoder: Encoder | EncoderError | EncoderGuard,
        config: SearchConfig,
    ) -> None:
        """`encoder` may be the error that kept it from loading: then words alone answer. Engines
        that share an encoder share its guard."""
        self._index = index
        self.guard = encoder if isinstance(encoder, EncoderGuard) else EncoderGuard(encoder, config)
        self._config = config
        self._names = Names.of(index.columns, index.catalogue.docids_at)
        self._reader = Interpreter(index, config)
        self._facets = FacetCounter(index)
        self._suggester = Suggester(index, config)
        self._corrector = Corrector(index, config)

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer a request.

        Raises RequestError when it cannot be served as asked, EncoderError when only the semantic
        arm was asked for and it cannot answer, and SearchTimeoutError when it takes too long.
        """
        check_page(request, self._config)
        clock = Clock()
        with budget.limited(self._config.time_budget), clock.stage("total"):
            encoder = self.guard.request()
            understood, ranking = self._rank(request, clock, encoder)
            folded = fold(ranking, self._index.stories)
            ranking = folded.ranking
            page = positions(request, len(ranking.docids))
            with clock.stage("snippets"):
                maker, unmarked = self._maker(understood, ranking, encoder)
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
                notices=(*understood.query.notices, *understood.notices, *_left_out(ranking)),
                resolved=understood.resolved,
                readings=understood.readings,
                did_you_mean=better,
            ),
            hits=hits,
            total=ranking.total,
            facets=facets,
            generation=self._index.name,
            degraded=ranking.degraded or understood.degraded or unmarked,
            timings=clock.spent,
        )

    def top(self, request: SearchRequest) -> list[tuple[str, float]]:
        """Ids and scores of the documents of a page, best first: the same trip without snippets.

        Near copies are not folded: a test set may hold any of them for right. Exact copies are one
        document, which goes by the id of the first of them. Raises EncoderError where a search would
        go on without the encoder: what is measured is the whole search.
        """
        check_page(request, self._config)
        understood, ranking = self._rank(request, Clock(), self.guard.request())
        for each in (*ranking.degraded, *understood.degraded):
            raise EncoderError(each.reason)
        texts, best = np.unique(self._index.columns.copy_of[ranking.docids], return_index=True)
        order = np.argsort(best)
        page = positions(request, len(order))
        documents = self._index.catalogue.documents(texts[order[at]] for at in page)
        scores = (float(ranking.fused.scores[best[order[at]]]) for at in page)
        return [(document.id, score) for document, score in zip(documents, scores, strict=True)]

    def export(self, request: SearchRequest) -> Export:
        """Every document that answers a request, in order, copies too: no page and no window.

        A request with neither words nor filters asks for the whole archive. The rows are read while
        they are taken. Raises as `search` does.

        Ranking is done when this returns, and the time budget ends with it. The rows are of this
        generation, and need this engine open until the last of them.
        """
        clock = Clock()
        encoder = self.guard.request()
        with budget.limited(self._config.time_budget), clock.stage("total"):
            understood, ranking = self._rank(request, clock, encoder, whole=True)
        maker, _ = self._maker(understood, ranking, encoder)
        folded = fold(ranking, self._index.stories).copies
        copy_of = {copy: leader for leader, copies in folded.items() for copy in copies}
        return Export(
            request=request,
            total=len(ranking.docids),
            copies=len(copy_of),
            rows=maker.rows(copy_of),
            generation=self._index.name,
            notices=(*understood.query.notices, *_left_out(ranking)),
            degraded=ranking.degraded,
            timings=clock.spent,
        )

    def selection(self, query: str) -> Selection:
        """The documents that a query names, for a command that is not to guess.

        Words side by side must all occur, in any inflection, as they are typed: nothing is searched by
        its meaning. Raises RequestError for a query of which any part was not understood or not
        applied, naming the part, and SearchTimeoutError as `search` does.
        """
        with budget.limited(self._config.time_budget):
            request = SearchRequest(query, mode=Mode.KEYWORD, literal=True)
            read = self._parse(request, filtered=False, every_word=True)
            if read.notices:
                raise RequestError(
                    "Not every part of the query is sure: "
                    + " ".join(notice.message for notice in read.notices),
                    parameter="query",
                    hint="Mend the query, or name the articles by their ids.",
                )
            columns = self._index.columns
            mask = documents_passing(columns, (read.filters,))
            lookup = as_typed(read).lookup(self._index, self._config)
            mask = documents_meeting(read.conditions, lookup, mask)
            found = np.flatnonzero(mask).tolist()
            some = tuple(self._index.catalogue.documents(found[: Scoring.SHOWN_OF_A_SELECTION]))
            ids = self._index.catalogue.ids(found)
            return Selection(read.written, ids, some, int(columns.live.sum()))

    def document(self, document_id: str, request: SearchRequest | None = None) -> DocumentView:
        """A whole document with the marks of a search and its closest passage.

        Raises NotFoundError, and RequestError for a query that cannot be searched for.
        """
        docid = self._docid(document_id)
        document = self._index.catalogue.document(docid)
        if request is None or not request.query.strip():
            return document_view(document, docid, self._index, Marker(Wanted(), {}, None))
        with budget.limited(self._config.time_budget):
            query = self._parse(request, filtered=True)
            encoder = self.guard.request()
            understood = self._reader.understand(query, request, encoder)
            best, degraded = self._closest_passage(understood, docid, encoder)
            aligner, unmarked = self._aligner(understood, encoder)
            marker = Marker(Wanted.of(understood), {}, aligner)
            view = document_view(document, docid, self._index, marker, best)
            return replace(view, degraded=degraded or understood.degraded or unmarked)

    def stored(self, document_id: str) -> Document:
        """A document as it was read, with the file it comes from. Raises NotFoundError."""
        return self._index.catalogue.document(self._docid(document_id))

    def explain(self, request: SearchRequest, document_id: str) -> DocumentExplanation:
        """Why a document is in the answer to a request, or why it is not. Pages do not matter.

        Raises NotFoundError, and RequestError and EncoderError as `search` does.
        """
        docid = self._docid(document_id)
        with budget.limited(self._config.time_budget):
            encoder = self.guard.request()
            understood, ranking = self._rank(request, Clock(), encoder)
            folded = fold(ranking, self._index.stories)
            explainer = Explainer(understood, folded, self._index, encoder, self._config)
            return explainer.explain(docid, request)

    def _maker(
        self, understood: Understanding, ranking: Ranking, encoder: Encoder | EncoderError
    ) -> tuple[HitMaker, tuple[Degraded, ...]]:
        """What makes the hits of a ranking, and what it has to do without."""
        # Where the semantic arm did not answer, that says it all.
        arm_encoder = encoder if ranking.semantic else EncoderError("It was not asked.")
        aligner, unmarked = self._aligner(understood, arm_encoder)
        return HitMaker(understood, ranking, self._index, self._config, aligner), unmarked

    def _aligner(
        self, understood: Understanding, encoder: Encoder | EncoderError
    ) -> tuple[Aligner | None, tuple[Degraded, ...]]:
        """What finds the query's words in the other language; None where nothing can, with the
        reason if something could have."""
        if not self._config.alignment:
            return None, ()
        try:
            return Aligner.of(understood, self._index, encoder), ()
        except EncoderError as error:
            return None, (Degraded("marks", error.code, str(error)),)

    def _closest_passage(
        self, understood: Understanding, docid: int, encoder: Encoder | EncoderError
    ) -> tuple[int | None, tuple[Degraded, ...]]:
        """The pid that answers the query best by meaning; None if none makes sense for it, or if
        nobody could look."""
        if not understood.text:
            return None, ()
        try:
            if isinstance(encoder, EncoderError):
                raise encoder
            queries = encoder.encode_queries(understood.searched)
        except EncoderError as error:
            return None, (Degraded("semantic", error.code, str(error)),)
        vectors = QueryVectors.of(queries, understood.own_language, self._index, self._config)
        return vectors.closest_passage(docid), ()

    def suggest(self, text: str, size: int) -> Suggestions:
        """Up to `size` completions of what is being typed, best first.

        Raises RequestError for a size that is not served.
        """
        with budget.limited(self._config.time_budget):
            return self._suggester.suggest(text, size)

    def related(self, document_id: str, size: int | None = None) -> Related:
        """Other tellings of a document's story, its copies, and up to `size` documents like it.

        Raises NotFoundError, and RequestError for a size that is not served.
        """
        size = self._config.related if size is None else size
        return related(self._docid(document_id), self._index, size, self._config)

    def require_encoder(self) -> None:
        """Raise the EncoderError that leaves this engine with words only, if any.

        An encoder that failed is asked again, when it has rested: where nobody searches because it
        failed, nobody else would find out that it is back.
        """
        with budget.limited(self._config.time_budget):
            self.guard.require()

    def require_its_encoder(self, spec: str) -> None:
        """Raise IndexMismatchError if the encoder, which the setting `spec` names, is open and is not
        the one the index was built with."""
        info, stamp = self.guard.info, self._index.manifest.encoder
        if info is not None and info.id != stamp.id:
            raise IndexMismatchError(
                f"The index {self._index.name} was built with the encoder {stamp.id}; "
                f"this one is {info.id}.",
                hint=REBUILD
                if spec == stamp.spec
                else f"Use `--encoder {stamp.spec}`, or: {REBUILD}",
            )

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

    def _rank(
        self,
        request: SearchRequest,
        clock: Clock,
        encoder: Encoder | EncoderError,
        *,
        whole: bool = False,
    ) -> tuple[Understanding, Ranking]:
        """Understand and rank; `whole` takes a blank query for everything, and knows no window."""
        check_dates(request)
        for language in request.languages:
            if language not in self._index.columns.lang_names and not language_of(language):
                raise RequestError(
                    f"The language {language!r} is not known.",
                    parameter="lang",
                    hint=LANGUAGES_HINT,
                )
        config = self._config
        if whole:
            config = replace(config, window=max(1, len(self._index.columns)))
        with clock.stage("parse"):
            filtered = request_filters(request) != Filters()
            searched = (
                request if request.query.strip() or not whole else replace(request, query="*")
            )
            query = self._parse(searched, filtered=filtered)
        with clock.stage("understand"):
            understood = self._reader.understand(query, request, encoder)
        ranker = Ranker(understood, request, self._index, encoder, config, clock)
        return understood, ranker.rank(only_answers=whole)

    def _parse(self, request: SearchRequest, *, filtered: bool, every_word: bool = False) -> Query:
        """A request's query, read by what the archive holds."""
        query = parse_query(
            request.query,
            self._config,
            filtered=filtered,
            names=self._names,
            every_word=every_word,
        )
        query = with_forms(query, self._index.lexicon, self._config)
        if every_word:
            return query
        if self._config.spellings and not request.literal:
            query = with_spellings(query, self._reader.spellings)
        return by_meaning(query, request.languages, self._index)


def _left_out(ranking: Ranking) -> tuple[Notice, ...]:
    """Tells the reader of a list that holds only what answers what it does not hold."""
    left_out = int(np.count_nonzero(ranking.left_out))
    if not left_out:
        return ()
    message = (
        "A list by date, a feed and an export hold only what answers the query well; "
        f"a list by relevance holds {left_out:,} more."
    )
    return (Notice("only-answers", message),)
