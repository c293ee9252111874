"""Why one document is in an answer, or why it is not.

Reasons against are found in the order a search applies them: filters, excluded words and required
phrases say no for good; only a document that passes them is asked whether its words or its meaning
could have brought it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from index.documents import Document
from index.encoder import Encoder
from index.errors import EncoderError
from index.impacts import Ints
from index.normalize import one_keyboard
from index.reader import OpenIndex
from search.config import SearchConfig
from search.filters import Filters, documents_passing
from search.folding import Folded
from search.hits import HitMaker
from search.keyword_arm import required_documents
from search.models import Absence, DocumentExplanation, Hit, SearchRequest
from search.query import Atom, Group
from search.ranking import Ranking, asked_filters
from search.semantic_arm import score_documents
from search.understanding import Understanding

_FILTERS = (
    ("lang", "languages", "Its language is {}, which the search leaves out."),
    ("source", "sources", "Its source is {}, which the search leaves out."),
    ("tag", "tags", "Its tags are {}, which the search leaves out."),
)


@dataclass(frozen=True)
class Explainer:
    """Explains documents of one search; holds what the search knew."""

    asked: Understanding
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
        hit = self._hit(listed)
        return DocumentExplanation(
            id=document.id,
            title=document.title,
            found=listed is not None,
            rank=None if listed is None else listed + 1,
            score=hit.score if hit else 0.0,
            arms=hit.explanation.arms if hit else (),
            words=hit.explanation.words if hit else (),
            absences=() if hit else tuple(self._absences(docid, document, request)),
            degraded=self.ranking.degraded,
            generation=self.index.name,
        )

    def _hit(self, at: int | None) -> Hit | None:
        if at is None:
            return None
        return HitMaker(self.asked, self.ranking, self.index, self.config).hits([at])[0]

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
        else:
            refused = [*self._filtered(docid, document, request), *self._required(docid)]
            yield from dict.fromkeys(refused) if refused else self._unmatched(docid)

    def _filtered(
        self, docid: int, document: Document, request: SearchRequest
    ) -> Iterator[Absence]:
        """The filters it does not pass: the request's own and those typed into the query."""
        given = {"lang": document.lang, "source": document.source, "tag": ", ".join(document.tags)}
        for filters in (asked_filters(request), self.asked.query.filters):
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
        """Excluded words that it holds, and phrases or title words that it does not."""
        for atom in self.asked.query.excluded:
            if not self._meets(docid, excluded=(atom,)):
                yield Absence("excluded", f"It holds {atom.surface}, which the search excludes.")
        for group in self.asked.query.groups:
            if group.required and not self._meets(docid, groups=(group,)):
                yield Absence("required", f"It does not hold {_required(group)}, as it must.")

    def _meets(
        self, docid: int, groups: tuple[Group, ...] = (), excluded: tuple[Atom, ...] = ()
    ) -> bool:
        part = replace(self.asked.query, groups=groups, excluded=excluded)
        live = self.index.columns.live
        return bool(required_documents(part, self.index.keyword, live)[docid])

    def _unmatched(self, docid: int) -> Iterator[Absence]:
        """What each arm has against a document that may be found, but was not."""
        if self.asked.query.browsing:
            yield Absence("nothing-asked", "The search names nothing to look for.")
            return
        if self.ranking.keyword:
            words = ", ".join(self.ranking.keyword.words)
            yield Absence("no-word", f"It holds none of the words searched for: {words}.")
        if self.ranking.semantic:
            yield self._far(docid)
        for each in self.ranking.degraded:
            yield Absence(f"{each.arm}-unavailable", each.reason)

    def _far(self, docid: int) -> Absence:
        """What keeps it from being found by its meaning; see `search.semantic_arm`."""
        index, semantic = self.index, self.ranking.semantic
        assert semantic is not None
        assert not isinstance(self.encoder, EncoderError)
        query = self.encoder.encode_queries([one_keyboard(self.asked.searched)])[0]
        languages = index.columns.lang

        def sense(docids: Ints, pids: Ints) -> float:
            found = index.relevance.sense(query, index.vectors.vectors(pids), languages[docids])
            return float(found.max())

        mine = np.array([docid], np.int32)
        _, pids = score_documents(mine, semantic.vector, index, self.config)
        own, needed = sense(mine, pids), index.relevance.floor
        if len(semantic.docids):
            best = sense(semantic.docids, semantic.pids)
            needed = self.config.sense_reach * max(best, index.relevance.floor)
        if len(semantic.docids) and own >= needed:
            depth = self.config.semantic_depth
            return Absence("not-nearest", f"None of its passages is among the {depth} nearest.")
        return Absence(
            "below-floor",
            f"Its meaning is too far from the query's: {own:.3f}, where {needed:.3f} is needed.",
        )


def _required(group: Group) -> str:
    """A required group as typed."""
    shown = []
    for atom in group.alternatives:
        text = f'"{atom.surface}"' if atom.phrase else atom.surface
        shown.append(f"title:{text}" if atom.field == "title" else text)
    return " OR ".join(shown)
