"""Why one document is in an answer, or why it is not.

Reasons against are found in the order a search applies them: filters, excluded words and required
phrases say no for good; only a document that passes them is asked whether its words or its meaning
could have brought it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.documents import Document
from index.encoders.protocol import Encoder
from index.errors import EncoderError
from index.opened import OpenIndex
from search.config import SearchConfig
from search.models import Absence, DocumentExplanation, SearchRequest
from search.query.conditions import Not, described, documents_meeting, filters_only
from search.query.filters import Filters, documents_passing
from search.rank.folding import Folded
from search.rank.ranking import Ranking, request_filters
from search.show.hits import HitMaker
from search.understand.understanding import Understanding

_FILTERS = (
    ("lang", "languages", "Its language is {}, which the search leaves out."),
    ("source", "sources", "Its source is {}, which the search leaves out."),
    ("tag", "tags", "Its tags are {}, which the search leaves out."),
)


@dataclass(frozen=True)
class Explainer:
    """Explains documents of one search; holds what the search knew."""

    understood: Understanding
    folded: Folded
    index: OpenIndex
    encoder: Encoder | EncoderError
    config: SearchConfig

    @property
    def ranking(self) -> Ranking:
        """The list as it is shown."""
        return self.folded.ranking

    def explain(self, docid: int, request: SearchRequest) -> DocumentExplanation:
        """Why the document `docid` is, or is not, in the answer to `request`."""
        document = self.index.catalogue.document(docid)
        (listed,) = np.flatnonzero(self.ranking.docids == docid)[:1].tolist() or [None]
        hit = None if listed is None else self._maker.hits([listed])[0]
        return DocumentExplanation(
            id=document.id,
            title=document.title,
            found=listed is not None,
            rank=None if listed is None else listed + 1,
            score=hit.score if hit else 0.0,
            arms=hit.explanation.arms if hit else (),
            words=hit.explanation.words if hit else (),
            absences=() if hit else tuple(self._absences(docid, document, request)),
            degraded=self.ranking.degraded or self.understood.degraded,
            generation=self.index.name,
        )

    @cached_property
    def _maker(self) -> HitMaker:
        return HitMaker(self.understood, self.ranking, self.index, self.config)

    def _absences(
        self, docid: int, document: Document, request: SearchRequest
    ) -> Iterator[Absence]:
        leaders = [one for one, copies in self.folded.copies.items() if docid in copies]
        if leaders:
            shown = self.index.catalogue.document(leaders[0]).id
            yield Absence("copy", f"It is shown under {shown}, which is nearly the same text.")
        elif self.ranking.matching[docid]:
            yield Absence(
                "beyond-window",
                f"It matches, but {self.config.window:,} better ones fill the list.",
            )
        elif self.ranking.left_out[docid]:
            yield Absence("weak", "It is related, but answers too little for a list by date.")
        else:
            refused = [*self._filtered(docid, document, request), *self._required(docid)]
            yield from dict.fromkeys(refused) if refused else self._unmatched(docid)

    def _filtered(
        self, docid: int, document: Document, request: SearchRequest
    ) -> Iterator[Absence]:
        """The filters it does not pass: the request's own and those typed into the query."""
        given = {"lang": document.lang, "source": document.source, "tag": ", ".join(document.tags)}
        for filters in (request_filters(request), self.understood.query.filters):
            for code, name, says in _FILTERS:
                if not self._passes(docid, Filters(**{name: getattr(filters, name)})):
                    yield Absence(f"filter-{code}", says.format(given[code] or "not known"))
            dates = Filters(date_from=filters.date_from, date_to=filters.date_to)
            if not self._passes(docid, dates):
                day = document.date or "not known"
                yield Absence("filter-date", f"Its date is {day}, which the search leaves out.")

    def _passes(self, docid: int, filters: Filters) -> bool:
        return bool(documents_passing(self.index.columns, [filters])[docid])

    def _required(self, docid: int) -> Iterator[Absence]:
        """What it must not hold and does, and what it must hold and does not."""
        live = self.index.columns.live
        lookup = self.understood.lookup(self.index, self.config)
        for condition in self.understood.query.conditions:
            if documents_meeting([condition], lookup, live)[docid]:
                continue
            if isinstance(condition, Not):
                shown = described(condition.part)
                has = "passes" if filters_only(condition) else "holds"
                yield Absence("excluded", f"It {has} {shown}, which the search excludes.")
            else:
                has = "pass" if filters_only(condition) else "hold"
                yield Absence("required", f"It does not {has} {described(condition)}, as it must.")

    def _unmatched(self, docid: int) -> Iterator[Absence]:
        """What each arm has against a document that may be found, but was not."""
        if self.understood.query.browsing:
            yield Absence("nothing-asked", "The search names nothing to look for.")
            return
        if self.ranking.keyword:
            words = ", ".join(self.ranking.keyword.words)
            if few := ", ".join(self._held_words(docid)):
                yield Absence("few-words", f"Of what is searched for it holds too little: {few}.")
            elif loose := self._loose_words(docid):
                yield Absence(
                    "loose-words", f"Of the words searched for it holds only unsure ones: {loose}."
                )
            else:
                yield Absence("no-word", f"It holds none of the words searched for: {words}.")
        if self.ranking.semantic:
            yield self._far(docid)
        for each in self.ranking.degraded:
            yield Absence(f"{each.arm}-unavailable", each.reason)

    def _held_words(self, docid: int) -> Iterator[str]:
        """The words of the query that a document holds, as themselves or by a sure alternative."""
        assert self.ranking.keyword is not None
        layer = self.ranking.keyword.layers[0]
        for concept in layer.concepts:
            sure = (term for term, _ in concept.terms if term not in concept.loose)
            if any(docid in layer.lookup(term).docids for term in sure):
                yield concept.word

    def _loose_words(self, docid: int) -> str:
        """The alternatives that a document holds, all of them loose: others would have found it."""
        assert self.ranking.keyword is not None
        layer = self.ranking.keyword.layers[0]
        terms = dict.fromkeys(term for concept in layer.concepts for term, _ in concept.terms)
        held = [term for term in terms if docid in layer.lookup(term).docids]
        return ", ".join(self._maker.spelled(term) for term in held)

    def _far(self, docid: int) -> Absence:
        """What keeps it from being found by its meaning; see `search.rank.semantic_arm`."""
        index, semantic = self.index, self.ranking.semantic
        assert semantic is not None
        docids = np.array([docid], np.int32)
        _, pids = semantic.vectors.rate(docids)
        language = index.columns.lang[docids]
        own = float(semantic.vectors.similarity(pids, language)[0])
        needed = float(semantic.needed[language[0]])
        if own >= needed:
            depth = self.config.semantic_depth
            return Absence(
                "not-nearest", f"None of its passages is among the {depth} nearest of its language."
            )
        needed = needed if np.isfinite(needed) else index.relevance.floor
        return Absence(
            "below-floor",
            f"Its meaning is too far from the query's: {own:.3f}, where {needed:.3f} is needed.",
        )
