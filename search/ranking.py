"""From a parsed query to an ordered list of docids: the arms, their fusion, order and counts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from index import budget
from index.catalogue import Columns
from index.encoder import Encoder
from index.errors import EncoderError
from index.impacts import Floats, Ints
from index.normalize import one_keyboard
from index.reader import OpenIndex
from search.config import SearchConfig
from search.filters import Filters, Mask, documents_passing
from search.fusion import Fused, fuse
from search.keyword_arm import KeywordResult, keyword_arm, required_documents
from search.models import Degraded, Mode, SearchRequest, Sort, Total
from search.semantic_arm import UNKNOWN, SemanticResult, score_documents, semantic_arm
from search.understanding import Understanding


class Clock:
    """Milliseconds by stage of one search."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time inside to the stage's. No stage begins once the time is used up."""
        budget.check()
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - started) * 1000
            self.spent[name] = round(self.spent.get(name, 0.0) + spent, 3)


@dataclass(frozen=True)
class Ranking:
    """The answer before anything is read for showing: arrays are parallel, best first.

    `pids` is each document's best passage by meaning, -1 where the semantic arm did not look;
    `matching` masks every document counted in `total`, `question` what the query itself lets
    through (its typed filters, phrases and exclusions), whatever the request's filters.
    """

    docids: Ints
    fused: Fused
    relevance: Floats
    pids: Ints
    matching: Mask
    question: Mask
    total: Total
    keyword: KeywordResult | None = None
    semantic: SemanticResult | None = None
    degraded: tuple[Degraded, ...] = ()


@dataclass
class _Arms:
    """What the arms found; an arm that was not asked or failed is None."""

    keyword: KeywordResult | None = None
    semantic: SemanticResult | None = None
    degraded: list[Degraded] = field(default_factory=list)


def asked_filters(request: SearchRequest) -> Filters:
    """The filters of the request itself, apart from those typed into its query."""
    return Filters(
        request.languages, request.sources, request.tags, request.date_from, request.date_to
    )


def rank(
    understood: Understanding,
    request: SearchRequest,
    index: OpenIndex,
    encoder: Encoder | EncoderError,
    config: SearchConfig,
    clock: Clock,
) -> Ranking:
    """Rank the documents of `index` for a query.

    Raises EncoderError in semantic mode when there is no encoder; in hybrid mode that is reported
    in `degraded` and the keyword arm answers alone.
    """
    query = understood.query
    with clock.stage("filter"):
        asked = asked_filters(request)
        question = documents_passing(index.columns, (query.filters,))
        question = required_documents(query, index.keyword, question)
        passing = question & documents_passing(index.columns, (asked,))
    if query.browsing:
        if asked == query.filters == Filters():
            passing[:] = False  # exclusions alone: there is nothing to look for
        return _browse(passing, question, request, index.columns, config)
    arms = _ask(understood, request, index, encoder, config, passing, clock)
    with clock.stage("fusion"):
        return _join(arms, question, request, index, config)


def _ask(
    understood: Understanding,
    request: SearchRequest,
    index: OpenIndex,
    encoder: Encoder | EncoderError,
    config: SearchConfig,
    passing: Mask,
    clock: Clock,
) -> _Arms:
    arms = _Arms()
    if request.mode is not Mode.SEMANTIC:
        with clock.stage("keyword"):
            arms.keyword = keyword_arm(understood, index.keyword, len(index.columns), passing)
    if request.mode is not Mode.KEYWORD:
        try:
            if isinstance(encoder, EncoderError):
                raise encoder
            with clock.stage("encode"):
                vector = encoder.encode_queries([one_keyboard(understood.searched)])[0]
            with clock.stage("vectors"):
                arms.semantic = semantic_arm(vector, index, passing, config)
        except EncoderError as error:
            if request.mode is Mode.SEMANTIC:
                raise
            arms.degraded.append(Degraded("semantic", error.code, str(error)))
    return arms


def _join(
    arms: _Arms,
    question: Mask,
    request: SearchRequest,
    index: OpenIndex,
    config: SearchConfig,
) -> Ranking:
    size = len(index.columns)
    scores = arms.keyword.scores if arms.keyword else np.zeros(size, np.float32)
    matching = scores > 0
    by_words = int(matching.sum())
    if arms.semantic:
        matching[arms.semantic.docids] = True
    total = int(matching.sum())
    docids = _candidates(matching, scores, arms.semantic, request.sort, index.columns, config)
    relevance, pids = _relevance(docids, scores, arms.semantic, index, config)
    ceiling = arms.keyword.ceiling if arms.keyword else 0.0
    weight = {Mode.KEYWORD: 1.0, Mode.SEMANTIC: 0.0, Mode.HYBRID: config.keyword_weight}
    fused = fuse(
        scores[docids],
        ceiling,
        relevance,
        keyword_weight=weight[request.mode] if arms.semantic or not arms.keyword else 1.0,
        relevance_ceiling=config.relevance_ceiling,
    )
    order = _order(docids, fused.scores, request.sort, index.columns)[: config.window]
    return Ranking(
        docids=docids[order],
        fused=Fused(fused.keyword_share[order], fused.semantic_share[order]),
        relevance=relevance[order],
        pids=pids[order],
        matching=matching,
        question=question,
        total=Total(total, by_words, total - by_words, min(total, config.window)),
        keyword=arms.keyword,
        semantic=arms.semantic,
        degraded=tuple(arms.degraded),
    )


def _candidates(
    matching: Mask,
    scores: Floats,
    semantic: SemanticResult | None,
    sort: Sort,
    columns: Columns,
    config: SearchConfig,
) -> Ints:
    """The documents worth ordering: all that match, or those that may reach the window."""
    docids = np.flatnonzero(matching).astype(np.int32)
    if len(docids) <= config.window:
        return docids
    if sort is not Sort.RELEVANCE:
        return docids[_order(docids, scores[docids], sort, columns)[: config.window]]
    best = docids[np.lexsort((docids, -scores[docids]))[: config.window]]
    return np.union1d(best, semantic.docids).astype(np.int32) if semantic else best


def _relevance(
    docids: Ints,
    scores: Floats,
    semantic: SemanticResult | None,
    index: OpenIndex,
    config: SearchConfig,
) -> tuple[Floats, Ints]:
    """Relevance and best passage of the candidates: the semantic arm's own, and those of the
    leading keyword matches it did not list. Nothing when it found nothing related at all."""
    relevance = np.full(len(docids), UNKNOWN, np.float32)
    pids = np.full(len(docids), -1, np.int32)
    if semantic is None or not len(semantic.docids):
        return relevance, pids
    _, mine, theirs = np.intersect1d(docids, semantic.docids, return_indices=True)
    relevance[mine], pids[mine] = semantic.relevance[theirs], semantic.pids[theirs]
    unknown = np.flatnonzero(pids < 0)
    leading = unknown[np.lexsort((docids[unknown], -scores[docids[unknown]]))[: config.rescored]]
    relevance[leading], pids[leading] = score_documents(
        docids[leading], semantic.vector, index, config
    )
    return relevance, pids


def _order(docids: Ints, scores: Floats, sort: Sort, columns: Columns) -> Ints:
    """Positions of the candidates in the order asked for; every tie goes to the lower docid."""
    if sort is Sort.RELEVANCE:
        order = np.lexsort((docids, -scores))
    else:
        dates = columns.date[docids].astype(np.int64)
        undated = dates < 0
        direction = -1 if sort is Sort.NEWEST else 1
        order = np.lexsort((docids, -scores, direction * dates, undated))
    return order.astype(np.int32)


def _browse(
    passing: Mask, question: Mask, request: SearchRequest, columns: Columns, config: SearchConfig
) -> Ranking:
    """No words to rank by: everything that passes the filters, newest first unless asked."""
    docids = np.flatnonzero(passing).astype(np.int32)
    nothing = np.zeros(len(docids), np.float32)
    sort = Sort.NEWEST if request.sort is Sort.RELEVANCE else request.sort
    docids = docids[_order(docids, nothing, sort, columns)[: config.window]]
    total = int(passing.sum())
    blank = np.zeros(len(docids), np.float32)
    return Ranking(
        docids=docids,
        fused=Fused(blank, blank),
        relevance=np.full(len(docids), UNKNOWN, np.float32),
        pids=np.full(len(docids), -1, np.int32),
        matching=passing,
        question=question,
        total=Total(total, total, 0, min(total, config.window)),
    )
