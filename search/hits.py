"""From ranked docids to what is shown: documents, snippets, marks and the reasons of each hit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.analysis import stem
from index.documents import Document, Passage
from index.impacts import explain, idf
from index.reader import OpenIndex
from search.config import SearchConfig
from search.highlight import Wanted, mark
from search.models import (
    ArmEvidence,
    DocumentView,
    Explanation,
    Hit,
    PassageView,
    Snippet,
    WordEvidence,
)
from search.ranking import Ranking
from search.snippets import snippet
from search.understanding import Understanding

Range = tuple[int, int]


@dataclass(frozen=True)
class HitMaker:
    """Makes the hits of one search; holds what all of them share."""

    asked: Understanding
    ranking: Ranking
    index: OpenIndex
    config: SearchConfig

    def hits(self, positions: Sequence[int]) -> tuple[Hit, ...]:
        """The hits at these positions of the ranking, in order."""
        docids = [int(self.ranking.docids[at]) for at in positions]
        documents = self.index.catalogue.documents(docids)
        pids = [int(self.ranking.pids[at]) for at in positions]
        passages = self.index.catalogue.passages_at(pid for pid in pids if pid >= 0)
        wanted = Wanted.of(self.asked)
        weights = self._weights()
        made = []
        for at, pid, document in zip(positions, pids, documents, strict=True):
            passage = passages[pid][1] if pid in passages else None
            found = self._snippet(document, passage, wanted, weights)
            made.append(self._hit(at, document, found, wanted))
        return tuple(made)

    def _hit(self, at: int, document: Document, found: Snippet, wanted: Wanted) -> Hit:
        ranking = self.ranking
        return Hit(
            id=document.id,
            title=document.title,
            lang=document.lang,
            date=document.date,
            source=document.source,
            url=document.url,
            tags=document.tags,
            score=round(float(ranking.fused.scores[at]), 6),
            snippet=found,
            explanation=Explanation(self._arms(at), self._words(int(ranking.docids[at]))),
            title_spans=mark(document.title, wanted),
        )

    def _snippet(
        self,
        document: Document,
        passage: Passage | None,
        wanted: Wanted,
        weights: Mapping[str, float],
    ) -> Snippet:
        place = _place(passage)
        return snippet(
            document.body,
            passage.lang if passage else document.lang,
            wanted,
            passage=place,
            sentence=place,
            weights=weights,
            max_chars=self.config.snippet_chars,
        )

    def _weights(self) -> dict[str, float]:
        """Rarity of each ranking term of the query."""
        keyword = self.ranking.keyword
        if keyword is None:
            return {}
        size = len(self.index.columns)
        return {
            term: idf(keyword.layers[0].lookup(term).df, size)
            for concept in keyword.layers[0].concepts
            for term, _ in concept.terms
        }

    def _arms(self, at: int) -> tuple[ArmEvidence, ...]:
        """What each arm says of a hit: only arms that gave it a share."""
        ranking, docid = self.ranking, int(self.ranking.docids[at])
        evidence = []
        share = float(ranking.fused.keyword_share[at])
        if ranking.keyword and share > 0:
            score = float(ranking.keyword.scores[docid])
            place = 1 + int((ranking.keyword.scores > score).sum())
            evidence.append(ArmEvidence("keyword", place, round(score, 4), round(share, 6)))
        share = float(ranking.fused.semantic_share[at])
        if ranking.semantic and share > 0:
            listed = np.flatnonzero(ranking.semantic.docids == docid)
            place_or_none = int(listed[0]) + 1 if len(listed) else None
            score = round(float(ranking.relevance[at]), 4)
            evidence.append(ArmEvidence("semantic", place_or_none, score, round(share, 6)))
        return tuple(evidence)

    def _words(self, docid: int) -> tuple[WordEvidence, ...]:
        """What each query word that the document holds added to its keyword score."""
        keyword = self.ranking.keyword
        if keyword is None or not keyword.scores[docid]:
            return ()
        params, size = self.index.keyword.params, len(self.index.columns)
        words = []
        for at, word in enumerate(keyword.words):
            found = [
                explain(layer.concepts[at], docid, layer.lookup, size, params, layer.dfs[at])
                for layer in keyword.layers
            ]
            # The exact words where the document holds them, else the stems: the last layer first.
            for layer, (_, held) in zip(keyword.layers[::-1], found[::-1], strict=True):
                if held:
                    weights = dict(layer.concepts[at].terms)
                    best = max(held, key=lambda term: weights[term])
                    added = sum(impact for impact, _ in found)
                    words.append(WordEvidence(word, self._spelled(best), round(added, 4)))
                    break
        return tuple(words)

    def _spelled(self, term: str) -> str:
        """A term as the archive spells it, if it came as another word for a typed one."""
        return self._spellings.get(term, term)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        return {
            stem(other.word): other.word
            for meaning in self.asked.meanings.values()
            for other in reversed(meaning.alternatives)
        }


def document_view(
    document: Document, docid: int, index: OpenIndex, wanted: Wanted, best: int | None = None
) -> DocumentView:
    """A whole document with the marks of what is wanted; `best` is the pid of its best passage."""
    passages = tuple(
        PassageView(passage.ordinal, passage.start, passage.end, passage.lang, pid == best)
        for pid, passage in index.catalogue.passages(docid)
        if passage.ordinal != Passage.TITLE
    )
    return DocumentView(
        id=document.id,
        title=document.title,
        body=document.body,
        lang=document.lang,
        date=document.date,
        source=document.source,
        url=document.url,
        tags=document.tags,
        passages=passages,
        generation=index.name,
        title_spans=mark(document.title, wanted),
        body_spans=mark(document.body, wanted),
    )


def _place(passage: Passage | None) -> Range | None:
    """Where a passage stands in the body; the title's passage stands nowhere in it."""
    if passage is None or passage.ordinal == Passage.TITLE:
        return None
    return passage.start, passage.end
