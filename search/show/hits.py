"""From ranked docids to what is shown: documents, snippets, marks and the reasons of each hit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np

from index import budget
from index.arrays import Floats, Ints
from index.documents import TITLE_ORDINAL, Document, Passage, page_at
from index.opened import OpenIndex
from index.parts.keyword.bm25 import explain, idf
from search.config import Marking, Scoring, SearchConfig
from search.models import (
    ArmEvidence,
    DocumentView,
    Explanation,
    Exported,
    Hit,
    PassageView,
    Snippet,
    Span,
    WordEvidence,
    facts,
)
from search.rank.keyword_arm import Layer
from search.rank.ranking import Ranking
from search.show.alignment import Aligner
from search.show.highlight import Wanted, mark, settle
from search.show.roman_marks import with_roman
from search.show.snippets import Evidence, Worth, marks_of, second_snippet, snippet, worth_of
from search.understand.understanding import Understanding

Range = tuple[int, int]


@dataclass(frozen=True)
class HitMaker:
    """Makes the hits of one search; holds what all of them share."""

    understood: Understanding
    ranking: Ranking
    index: OpenIndex
    config: SearchConfig
    aligner: Aligner | None = None

    def hits(self, positions: Sequence[int]) -> tuple[Hit, ...]:
        """The hits at these positions of the ranking, in order."""
        words = iter(self._words([int(self.ranking.docids[at]) for at in positions]))
        chars = self.config.snippet_chars
        found = []
        for at, document, passage, marks in self._marked(positions):
            lang = passage.lang if passage else document.lang
            first = snippet(document.body, lang, marks.body, chars)
            seen = [span.word for span in marks.title]
            second = second_snippet(
                document.body, lang, marks.body, first, seen, chars * Marking.SECOND_SHARE // 100
            )
            found.append(
                Hit(
                    **facts(document),
                    tags=document.tags,
                    score=self._score(at),
                    snippet=_on_its_page(first, document),
                    second=second and _on_its_page(second, document),
                    explanation=Explanation(self._arms(at), next(words)),
                    title_spans=marks.title,
                )
            )
        return tuple(found)

    def rows(self, copy_of: Mapping[int, int]) -> Iterator[Exported]:
        """All of the ranking, in order, its documents read a chunk at a time.

        What is held meanwhile is a few numbers for each document of the answer, and one chunk of texts.
        `copy_of` is the docid that a list shows in the place of another.
        """
        docids, chunk = self.ranking.docids, self.config.export_chunk
        for first in range(0, len(docids), chunk):
            positions = range(first, min(first + chunk, len(docids)))
            leaders = [copy_of.get(int(docids[at]), -1) for at in positions]
            known = [leader for leader in dict.fromkeys(leaders) if leader >= 0]
            shown = zip(known, self.index.catalogue.documents(known), strict=True)
            ids = {docid: document.id for docid, document in shown}
            for leader, (at, document, passage, marks) in zip(
                leaders, self._marked(positions), strict=True
            ):
                lang = passage.lang if passage else document.lang
                excerpt = snippet(document.body, lang, marks.body, self.config.snippet_chars)
                yield Exported(
                    **facts(document),
                    tags=document.tags,
                    score=self._score(at),
                    snippet=excerpt.text,
                    copy_of=ids.get(leader, ""),
                    body=document.body,
                )

    def _marked(
        self, positions: Sequence[int]
    ) -> Iterator[tuple[int, Document, Passage | None, Marks]]:
        """Position, document, best passage by meaning, and marks of each hit."""
        docids = [int(self.ranking.docids[at]) for at in positions]
        documents = self.index.catalogue.documents(docids)
        near = [_near(docid, self.aligner, self.index) for docid in docids]
        best = self.ranking.pids[positions].tolist()
        read = dict.fromkeys(pid for pid in chain(best, *near) if pid >= 0)
        passages = self.index.catalogue.passages_at(read)
        marker = Marker(Wanted.of(self.understood), self._weights(), self.aligner)
        for at, docid, document, pid, cosines in zip(
            positions, docids, documents, best, near, strict=True
        ):
            budget.check()
            passage = passages[pid][1] if pid in passages else None
            found = pid if docid in self._near else None
            own = [(each, passages[each][1], cosines[each]) for each in cosines]
            yield at, document, passage, marker.marks(document, own, passage, found)

    def _score(self, at: int) -> float:
        return round(float(self.ranking.fused.scores[at]), Scoring.SCORE_DIGITS)

    def _weights(self) -> dict[str, float]:
        """Rarity of each ranking term of the query."""
        keyword = self.ranking.keyword
        if keyword is None:
            return {}
        documents = self.index.keyword.document_count
        return {
            term: idf(keyword.layers[0].lookup(term).df, documents)
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
            ahead = int(np.count_nonzero(self._scores_by_words > score))
            place = 1 + ahead if ranking.by_words[docid] else None
            evidence.append(ArmEvidence("keyword", place, round(score, 4), round(share, 6)))
        share = float(ranking.fused.semantic_share[at])
        if ranking.semantic and share > 0:
            score = round(float(ranking.relevance[at]), 4)
            evidence.append(ArmEvidence("semantic", self._near.get(docid), score, round(share, 6)))
        share = float(ranking.fused.title_share[at])
        if share > 0:
            evidence.append(
                ArmEvidence("title", None, round(share, 4), round(share, Scoring.SCORE_DIGITS))
            )
        return tuple(evidence)

    @cached_property
    def _near(self) -> Mapping[int, int]:
        """The documents that the semantic arm found, by their ranks there."""
        semantic = self.ranking.semantic
        docids = semantic.docids.tolist() if semantic else ()
        return {docid: rank for rank, docid in enumerate(docids, 1)}

    @cached_property
    def _scores_by_words(self) -> Floats:
        """The keyword scores of the documents that words alone find."""
        if (keyword := self.ranking.keyword) is None:
            return np.empty(0, np.float32)
        found: Floats = keyword.scores[keyword.docids[self.ranking.by_words[keyword.docids]]]
        return found

    def _words(self, docids: Sequence[int]) -> list[tuple[WordEvidence, ...]]:
        """What each query word that a document holds added to its keyword score."""
        found: list[list[WordEvidence]] = [[] for _ in docids]
        if keyword := self.ranking.keyword:
            of = np.array(docids, np.int32)
            scored = np.flatnonzero(keyword.scores[of] > 0).tolist()
            for at, word in enumerate(keyword.words):
                for row, evidence in self._evidence(keyword.layers, at, word, of, scored):
                    found[row].append(evidence)
        return [tuple(words) for words in found]

    def _evidence(
        self, layers: Sequence[Layer], at: int, word: str, docids: Ints, scored: Sequence[int]
    ) -> Iterator[tuple[int, WordEvidence]]:
        """The places, of those that have a score, of the documents that hold a query word, and what it
        added there."""
        params, documents = self.index.keyword.params, self.index.keyword.document_count
        found = [
            explain(layer.concepts[at], docids, layer.lookup, documents, params, layer.dfs[at])
            for layer in layers
        ]
        impacts = np.sum(
            [
                each if layer.gains is None else each * (1 + layer.gains[docids])
                for layer, (each, _) in zip(layers, found, strict=True)
            ],
            axis=0,
        )
        weights = [dict(layer.concepts[at].terms) for layer in layers]
        for row in scored:
            # The exact words where the document holds them, else the stems: the last layer first.
            for own, (_, held) in zip(weights[::-1], found[::-1], strict=True):
                if held[row]:
                    best = max(held[row], key=own.__getitem__)
                    added = round(float(impacts[row]), 4)
                    yield row, WordEvidence(word, self.spelled(best), added)
                    break

    def spelled(self, term: str) -> str:
        """A term as the archive spells it, if it came as another word for a typed one."""
        return self._spellings.get(term, term)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        return {
            term: other.word
            for meaning in self.understood.meanings.values()
            for other in reversed(meaning.alternatives)
            for term in self.understood.terms_of(other.word)
        }


def _on_its_page(found: Snippet, document: Document) -> Snippet:
    first = found.spans[0].start if found.spans else 0
    page = page_at(document.extra, found.start + first)
    return replace(found, page=page) if page else found


@dataclass(frozen=True)
class Marks:
    """All that answers a query in one document."""

    title: tuple[Span, ...]
    body: Evidence


@dataclass(frozen=True)
class Marker:
    """Marks documents for one query: by its words, and by alignment where there is any."""

    wanted: Wanted
    weights: Mapping[str, float]
    aligner: Aligner | None

    @cached_property
    def _worth(self) -> Mapping[str, Worth]:
        return worth_of(self.wanted, self.weights)

    def marks(
        self,
        document: Document,
        near: Sequence[tuple[int, Passage, Floats]],
        best: Passage | None,
        found: int | None,
    ) -> Marks:
        """The marks of one document.

        `near` are those of its passages that `Aligner.near` finds; `best` is the passage that meaning liked best, `found` its pid if that was enough for the
        semantic arm to find the document.
        """
        title = with_roman(document, document.title, self.wanted, mark(document.title, self.wanted))
        body = marks_of(document.body, self.wanted, self._worth, _place(best))
        body = replace(body, spans=with_roman(document, document.body, self.wanted, body.spans))
        if self.aligner is None:
            return Marks(title, body)
        more, headline = self.aligner.spans(document, near, body.spans, title, found)
        more = [span for span in more if span.word in body.worth]
        if more:
            body = replace(body, spans=settle((*body.spans, *more)))
        return Marks(settle((*title, *headline)) if headline else title, body)


def document_view(
    document: Document, docid: int, index: OpenIndex, marker: Marker, best: int | None = None
) -> DocumentView:
    """A whole document with the marks of a query; `best` is the pid of its best passage."""
    found = index.catalogue.passages(docid)
    passages = tuple(
        PassageView(passage.ordinal, passage.start, passage.end, passage.lang, pid == best)
        for pid, passage in found
        if passage.ordinal != TITLE_ORDINAL
    )
    title, body = (
        with_roman(document, text, marker.wanted, mark(text, marker.wanted))
        for text in (document.title, document.body)
    )
    if marker.aligner:
        cosines = _near(docid, marker.aligner, index)
        near = [(pid, passage, cosines[pid]) for pid, passage in found if pid in cosines]
        more, headline = marker.aligner.spans(document, near, body, title, best)
        title, body = settle((*title, *headline)), settle((*body, *more))
    return DocumentView(
        **facts(document),
        body=document.body,
        tags=document.tags,
        passages=passages,
        generation=index.name,
        title_spans=title,
        body_spans=body,
    )


def _near(docid: int, aligner: Aligner | None, index: OpenIndex) -> Mapping[int, Floats]:
    """The passages of a document that hold words near to the query's, as `Aligner.near` finds them."""
    columns = index.columns
    first, count = int(columns.doc_first_pid[docid]), int(columns.doc_passages[docid])
    return aligner.near(first, count) if aligner else {}


def _place(passage: Passage | None) -> Range | None:
    """Where a passage stands in the body; the title's passage stands nowhere in it."""
    if passage is None or passage.ordinal == TITLE_ORDINAL:
        return None
    return passage.start, passage.end
