"""From a parsed query to an ordered list of docids: the arms, their fusion, order and counts."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from index import budget
from index.arrays import Floats, Ints, Mask, distinct
from index.encoders.protocol import Encoder
from index.errors import EncoderError, RequestError
from index.opened import OpenIndex
from search.config import Scoring, SearchConfig
from search.models import Degraded, Mode, SearchRequest, Sort, Total
from search.query.conditions import documents_meeting
from search.query.filters import Filters, documents_passing
from search.rank.answers import answering, found_by_words
from search.rank.fusion import Fused, fuse
from search.rank.keyword_arm import KeywordResult, keyword_arm
from search.rank.nearby import documents_nearby
from search.rank.semantic_arm import (
    UNKNOWN,
    QueryVectors,
    SemanticResult,
    semantic_arm,
)
from search.understand.understanding import Understanding


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

    `pids` is each document's best passage by meaning, -1 where the semantic arm did not look.
    `question` masks what the query itself lets through (its typed filters, phrases and exclusions),
    `answers` the documents that answer it, both whatever the request's filters; `matching` are the
    answers that pass those, counted in `total`, and `left_out` what a list by relevance would hold
    beside them (`search.rank.answers`). `by_words` are the documents that words alone find.
    """

    docids: Ints
    fused: Fused
    relevance: Floats
    pids: Ints
    matching: Mask
    answers: Mask
    question: Mask
    left_out: Mask
    by_words: Mask
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


def request_filters(request: SearchRequest) -> Filters:
    """The filters of the request itself, apart from those typed into its query."""
    return Filters(
        request.languages, request.sources, request.tags, request.date_from, request.date_to
    )


@dataclass(frozen=True)
class Ranker:
    """Ranks the documents of an index for one request."""

    understood: Understanding
    request: SearchRequest
    index: OpenIndex
    encoder: Encoder | EncoderError
    config: SearchConfig
    clock: Clock

    def rank(self, *, only_answers: bool = False) -> Ranking:
        """The documents in order.

        A list by date holds only what answers the query well (`search.rank.answers.answering`), one by
        relevance does so when `only_answers` asks for it.

        Raises EncoderError in semantic mode when there is no encoder; in hybrid mode that is reported
        in `degraded` and the keyword arm answers alone.
        """
        query = self.understood.query
        with self.clock.stage("filter"):
            filters = request_filters(self.request)
            question = documents_passing(self.index.columns, (query.filters,))
            lookup = self.understood.lookup(self.index, self.config)
            question = documents_meeting(query.conditions, lookup, question)
            passing = documents_passing(self.index.columns, (filters,))
        if query.browsing:
            if filters == Filters() and not query.lists:
                question[:] = False  # exclusions alone: there is nothing to look for
            return self._browse(passing, question)
        only_answers = only_answers or self.request.sort is not Sort.RELEVANCE
        arms = self._ask(question)
        with self.clock.stage("fusion"):
            return self._join(arms, question, passing, only_answers)

    def _ask(self, question: Mask) -> _Arms:
        """Ask the arms the question, whatever the filters of the request."""
        arms, queries = _Arms(), None
        request, understood, index, config = self.request, self.understood, self.index, self.config
        if request.mode is Mode.SEMANTIC and not understood.text.strip():
            raise RequestError(
                "A pattern has no meaning: it is searched for by words only.",
                parameter="mode",
                hint="Search by words, or by words and meaning together.",
            )
        if request.mode is not Mode.KEYWORD and understood.text.strip():
            try:  # first of all, so that a query with slow words leaves the encoder its time
                if isinstance(self.encoder, EncoderError):
                    raise self.encoder
                with self.clock.stage("encode"):
                    queries = self.encoder.encode_queries(understood.searched)
            except EncoderError as error:
                if request.mode is Mode.SEMANTIC:
                    raise
                arms.degraded.append(Degraded("semantic", error.code, str(error)))
        if request.mode is not Mode.SEMANTIC:
            with self.clock.stage("keyword"):
                arms.keyword = keyword_arm(understood, index.keyword, index.columns, config)
                if understood.query.nearby:
                    near = documents_nearby(understood, index, config, question)
                    arms.keyword = arms.keyword.among(near)
        if queries is not None:
            with self.clock.stage("vectors"):
                vectors = QueryVectors.of(queries, understood.own_language, index, config)
                arms.semantic = semantic_arm(vectors, question)
        return arms

    def _join(self, arms: _Arms, question: Mask, passing: Mask, only_answers: bool) -> Ranking:
        columns, config = self.index.columns, self.config
        by_words = found_by_words(arms.keyword, question, columns.lang, config)
        answers = wide = by_words.copy()  # all that a list by relevance may hold
        if arms.semantic:
            wide[arms.semantic.docids] = True
        if only_answers:
            answers = answering(arms.keyword, arms.semantic, question, config)
        matching = answers & passing
        keyword = arms.keyword and arms.keyword.among(matching)
        semantic = arms.semantic and arms.semantic.among(matching)
        scores = keyword.scores if keyword else np.zeros(len(columns), np.float32)
        titles = self._titles() if keyword else {}
        docids = self._candidates(matching, scores, semantic, titles)
        relevance, pids = self._relevance(docids, scores, arms.semantic)
        weight = {Mode.KEYWORD: 1.0, Mode.SEMANTIC: 0.0, Mode.HYBRID: config.keyword_weight}
        fused = fuse(
            scores[docids],
            keyword.ceiling if keyword else 0.0,
            relevance,
            keyword_weight=weight[self.request.mode] if semantic or not keyword else 1.0,
            relevance_ceiling=config.relevance_ceiling,
        )
        scales = self._language_scales(arms)[columns.lang[docids]]
        lifts = np.zeros(len(docids), np.float32)
        for docid, lift in titles.items():
            lifts[docids == docid] = lift
        fused = fused.scaled(scales).with_titles(lifts)
        order = self._order(docids, fused.scores, self.request.sort)
        total = int(np.count_nonzero(matching))
        words = int(np.count_nonzero(matching & by_words))
        return Ranking(
            docids=docids[order],
            fused=fused.take(order),
            relevance=relevance[order],
            pids=pids[order],
            matching=matching,
            answers=answers,
            question=question,
            total=Total(total, words, total - words, min(total, config.window)),
            left_out=wide & passing & ~answers,
            by_words=by_words,
            keyword=keyword,
            semantic=semantic,
            degraded=tuple(arms.degraded),
        )

    def _language_scales(self, arms: _Arms) -> Floats:
        """What joined scores count in documents of each language, by its code.

        A list of both languages shows both where both have something: a language none of whose
        documents would be among the first `Scoring.FIRST` is raised until its best one is, if
        `joined_scale` is enough. Like what answers, it is of the query, whatever the filters.
        """
        columns = self.index.columns
        scales = np.ones(max(1, len(columns.lang_names)), np.float32)
        if not arms.keyword or not arms.semantic or len(arms.semantic.docids) <= Scoring.FIRST:
            return scales
        docids = arms.semantic.docids
        joined = fuse(
            arms.keyword.scores[docids],
            arms.keyword.ceiling,
            arms.semantic.relevance,
            keyword_weight=self.config.keyword_weight,
            relevance_ceiling=self.config.relevance_ceiling,
        ).scores
        level = np.partition(joined, -Scoring.FIRST)[-Scoring.FIRST]
        best = np.zeros_like(scales)
        np.maximum.at(best, columns.lang[docids], joined)
        wanted = level / np.where(best > 0, best, np.inf)
        raised: Floats = np.clip(wanted, 1, np.float32(self.config.joined_scale))
        return raised

    def _titles(self) -> dict[int, float]:
        """How far the score is lifted of documents whose title is the query."""
        groups = self.understood.query.groups
        if any(len(group.alternatives) > 1 for group in groups):
            return {}
        words = [word for group in groups for word in group.alternatives[0].words]
        exact, near = self.index.keyword.titles(words)
        return dict.fromkeys(near.tolist(), self.config.near_title) | dict.fromkeys(
            exact.tolist(), 1.0
        )

    def _candidates(
        self, matching: Mask, scores: Floats, semantic: SemanticResult | None, titles: Iterable[int]
    ) -> Ints:
        """The documents worth ordering: all that match, or those that may reach the window."""
        docids, sort = np.flatnonzero(matching).astype(np.int32), self.request.sort
        if len(docids) <= self.config.window:
            return docids
        best = docids[self._order(docids, scores[docids], sort)]
        if sort is not Sort.RELEVANCE:
            return best
        leading = np.array([docid for docid in titles if matching[docid]], np.int32)
        listed = semantic.docids if semantic else best[:0]
        return distinct(np.concatenate([best, leading, listed])).astype(np.int32)

    def _relevance(
        self, docids: Ints, scores: Floats, semantic: SemanticResult | None
    ) -> tuple[Floats, Ints]:
        """Relevance and best passage of the candidates: the semantic arm's own, and those of the
        leading keyword matches it did not list. Nothing when it found nothing related at all."""
        relevance = np.full(len(docids), UNKNOWN, np.float32)
        pids = np.full(len(docids), -1, np.int32)
        if semantic is None or not len(semantic.docids):
            return relevance, pids
        _, ours, theirs = np.intersect1d(docids, semantic.docids, return_indices=True)
        relevance[ours], pids[ours] = semantic.relevance[theirs], semantic.pids[theirs]
        unknown = np.flatnonzero(pids < 0)
        leading = unknown[
            np.lexsort((docids[unknown], -scores[docids[unknown]]))[: self.config.rescored]
        ]
        relevance[leading], pids[leading] = semantic.vectors.rate(docids[leading])
        return relevance, pids

    def _order(self, docids: Ints, scores: Floats, sort: Sort) -> Ints:
        """Positions of the first candidates, up to a window of them, in the order asked for.

        Scores that are shown as the same are the same. Ties go to the newer document, those without a
        date last, and then to the lower docid.
        """
        dates = self.index.columns.date[docids].astype(np.float64)
        age = np.where(dates < 0, np.inf, dates if sort is Sort.OLDEST else -dates)
        falling = -np.round(scores.astype(np.float64), Scoring.SCORE_DIGITS)
        first, second = (falling, age) if sort is Sort.RELEVANCE else (age, falling)
        window, leading = self.config.window, np.arange(len(docids), dtype=np.int32)
        if len(docids) > window:  # only those that may be among them are put in order
            last = np.partition(first, window - 1)[window - 1]
            leading = np.flatnonzero(first <= last).astype(np.int32)
        order = np.lexsort((docids[leading], second[leading], first[leading]))
        ordered: Ints = leading[order[:window]]
        return ordered

    def _browse(self, passing: Mask, question: Mask) -> Ranking:
        """No words to rank by: everything that passes the filters, newest first unless asked."""
        matching = question & passing
        docids = np.flatnonzero(matching).astype(np.int32)
        nothing = np.zeros(len(docids), np.float32)
        sort = Sort.NEWEST if self.request.sort is Sort.RELEVANCE else self.request.sort
        docids = docids[self._order(docids, nothing, sort)]
        total = int(np.count_nonzero(matching))
        blank = np.zeros(len(docids), np.float32)
        return Ranking(
            docids=docids,
            fused=Fused(blank, blank, blank),
            relevance=np.full(len(docids), UNKNOWN, np.float32),
            pids=np.full(len(docids), -1, np.int32),
            matching=matching,
            answers=question,
            question=question,
            total=Total(total, total, 0, min(total, self.config.window)),
            left_out=np.zeros(len(matching), bool),
            by_words=matching,
        )
