"""The semantic arm: which documents mean what the query means, in whatever language.

A document's relevance is that of its best passage, with half as much of its centroid: the sentence
that answers and the article it stands in. Both are inner products with the query's search vector
(`index.parts.relevance`), less what any passage of that language gets; so unrelated documents lie
around 0 in both languages, and a list of both is fair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints, Mask
from index.opened import OpenIndex
from index.parts.catalogue.catalogue import Columns
from search.config import Scoring, SearchConfig

UNKNOWN = np.float32(-1.0)
"""Stands for "not looked at": below every real relevance."""


@dataclass(frozen=True)
class QueryVectors:
    """A query as its encoder's vectors: one for documents of its own language and, of a short query,
    one for those of the others, whose languages it would else hardly reach: between its own and that
    of its translations, which is closer to them, but knows nothing of what was not translated.

    `queries` and `search` have shape (1 or 2, dimension), as the encoder gave them and as they are
    searched with in `index`; `rows` is the row of each language code, `language` the code of the query's own language
    (-1 if no document is in it) and `scales` what relevance counts in documents of each.
    """

    queries: Floats
    search: Floats
    rows: Ints
    language: int
    scales: Floats
    index: OpenIndex
    config: SearchConfig

    @classmethod
    def of(
        cls, queries: Floats, language: str, index: OpenIndex, config: SearchConfig
    ) -> QueryVectors:
        """`queries` are the vectors of the query as typed and, perhaps, of its translations."""
        if len(queries) > 1:
            share = np.float32(config.translations_share)
            both = (1 - share) * queries[0] + share * queries[1]
            queries = np.array([queries[0], both / np.linalg.norm(both)], np.float32)
        code, languages = index.columns.language_code(language), len(index.columns.lang_names)
        rows = np.full(languages, len(queries) - 1, np.int32)
        if code >= 0:
            rows[code] = 0
        search = np.array([index.relevance.search_vector(q) for q in queries])
        return cls(queries, search, rows, code, np.ones(languages, np.float32), index, config)

    def scaled(self, relevance: Floats, languages: npt.NDArray[np.integer]) -> QueryVectors:
        """The same, where the best match of each language counts as much as the best of its own, as far as
        `language_scale` brings it.

        An encoder finds less in common across languages than within one. `relevance` is that of the
        matches, `languages` their codes.
        """
        best = np.zeros(len(self.scales), np.float32)
        np.maximum.at(best, languages, relevance)
        if self.language < 0 or best[self.language] <= 0:
            return self
        scales = np.clip(
            np.float32(1 - Scoring.BEHIND) * best[self.language] / np.maximum(best, 1e-9),
            1,
            self.config.language_scale,
        )
        scales[(best <= 0) | (np.arange(len(best)) == self.language)] = 1
        return replace(self, scales=scales.astype(np.float32))

    def own(self, products: Floats, languages: npt.NDArray[np.integer]) -> Floats:
        """Of products with every row, shape (n, 1 or 2), each one's own by its language code."""
        chosen: Floats = np.where(self.rows[languages] > 0, products[:, -1], products[:, 0])
        return chosen

    def similarity(self, pids: Ints, languages: npt.NDArray[np.int8]) -> Floats:
        """How similar passages are to the query, beyond what nonsense is (`index.parts.relevance`)."""
        passages, relevance = self.index.vectors.vectors(pids), self.index.relevance
        similarity = [relevance.similarity(query, passages, languages) for query in self.queries]
        return self.own(np.array(similarity, np.float32).T, languages)

    def relevance(self, docids: Ints, best: Floats) -> Floats:
        """That of documents by their best passages and their centroids, centred and scaled by language."""
        weight, index = np.float32(self.config.centroid_weight), self.index
        languages = index.columns.lang[docids]
        whole = self.own(index.vectors.document_products(self.search.T, docids), languages)
        offsets = self.own(index.relevance.offsets(self.search.T)[languages], languages)
        relevance: Floats = (best + weight * whole) / (1 + weight) - offsets
        return relevance * self.scales[languages]

    def rate(self, docids: Ints) -> tuple[Floats, Ints]:
        """Exact relevance and best passage (pid) of given documents, in their order."""
        if not len(docids):
            return np.empty(0, np.float32), np.empty(0, np.int32)
        columns = self.index.columns
        counts = columns.doc_passages[docids].astype(np.int64)
        starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
        firsts = columns.doc_first_pid[docids].astype(np.int64)
        pids = np.repeat(firsts - starts, counts) + np.arange(counts.sum())
        owner = np.repeat(np.arange(len(docids)), counts)
        products = self.index.vectors.products(self.search.T, pids)
        products = self.own(products, columns.lang[docids][owner])
        best = np.maximum.reduceat(products, starts)
        winners = np.flatnonzero(products == best[owner])
        _, first = np.unique(owner[winners], return_index=True)
        return self.relevance(docids, best), pids[winners[first]].astype(np.int32)

    def closest_passage(self, docid: int) -> int | None:
        """The passage (pid) of one document nearest to the query, if it is similar at all."""
        _, pids = self.rate(np.array([docid], np.int32))
        similarity = self.similarity(pids, self.index.columns.lang[[docid]])
        needed = self.config.similarity_reach * self.index.relevance.floor
        return int(pids[0]) if similarity[0] >= needed else None


@dataclass(frozen=True)
class SemanticResult:
    """Documents related to the query, best first: parallel arrays, `pids` the best passages.

    `similarity` is how similar each is to the query, as a share of the best one's. `vectors` are the query's
    vectors, for scoring further documents; `needed`, by language code, the similarity without which a
    document is not related.
    """

    docids: Ints
    relevance: Floats
    pids: Ints
    similarity: Floats
    vectors: QueryVectors
    needed: Floats

    def among(self, passing: Mask) -> SemanticResult:
        """Those of them that pass a filter."""
        return self._take(np.flatnonzero(passing[self.docids]))

    def _take(self, positions: npt.NDArray[np.integer]) -> SemanticResult:
        return replace(
            self,
            docids=self.docids[positions],
            relevance=self.relevance[positions],
            pids=self.pids[positions],
            similarity=self.similarity[positions],
        )


def semantic_arm(vectors: QueryVectors, question: Mask) -> SemanticResult:
    """The documents of the passages of each language nearest to a query, within `question`.

    Nothing when even the best match is no nearer than nonsense is in this index; else those that
    are at least `similarity_reach` as similar as the best of their language. What the
    request filters by plays no part: floor and cut are of the query, and as many passages of each
    language are looked at whichever the reader asks for. So a filter only selects from the answer, and
    what it would leave can be counted beforehand (`search.rank.facets`).
    """
    index, config = vectors.index, vectors.config
    docids, pids, scores = _nearest(vectors, question)
    relevance = vectors.relevance(docids, scores)
    languages = index.columns.lang[docids]
    vectors = vectors.scaled(relevance, languages)
    relevance *= vectors.scales[languages]
    similarity = vectors.similarity(pids, languages)
    needed = _needed(similarity, languages, index, config.similarity_reach)
    share = similarity / np.float32(
        max(float(similarity.max(initial=0.0)), index.relevance.floor, 1e-9)
    )
    found = SemanticResult(docids, relevance, pids, share, vectors, needed)
    order = np.lexsort((docids, -relevance))
    return found._take(order[(similarity >= needed[languages])[order]])


def _needed(
    similarity: Floats, languages: npt.NDArray[np.int8], index: OpenIndex, reach: float
) -> Floats:
    """The similarity from which a document of each language (by its code) is related.

    An encoder finds less similarity across languages than within one, so each language goes by its own
    best, where that is above the floor, and else by the best of all.
    """
    best = np.full(len(index.columns.lang_names), -np.inf, np.float32)
    np.maximum.at(best, languages, similarity)
    known = best > index.relevance.floor
    if not known.any():
        return np.full(len(best), np.inf, np.float32)
    needed: Floats = np.float32(reach) * np.where(known, best, best.max())
    return needed


def _nearest(vectors: QueryVectors, question: Mask) -> tuple[Ints, Ints, Floats]:
    """The documents of the nearest passages, by docid, with the best passage of each and its score.

    As many passages of each language (`semantic_depth`): the query's own would crowd out the others. A
    text takes up as much of these whether one document has it or hundreds: of exact copies one is
    looked for, and all that meet the question's conditions are found with it.
    """
    columns = vectors.index.columns
    owners, languages = columns.passage_doc, columns.text_languages
    if np.count_nonzero(question) < np.count_nonzero(columns.live):
        languages = columns.languages_of(_one_of_each(columns, question))
    depth = vectors.config.semantic_depth
    found = vectors.index.vectors.nearest(vectors.search[vectors.rows], depth, languages)
    if not found:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
    near = np.concatenate([each.pids for each in found])
    scores = np.concatenate([each.scores for each in found])
    # Best first within a language, and a document has one: so its first passage is its best.
    docids, best = np.unique(owners[near], return_index=True)
    all_copies, counts = vectors.index.stories.alike(columns.copy_of[docids])
    order = np.argsort(all_copies)
    order = order[question[all_copies[order]]]
    all_copies, at = all_copies[order], np.repeat(np.arange(len(docids)), counts)[order]
    # Texts that are the same are cut alike.
    nth = near[best] - columns.doc_first_pid[docids]
    return all_copies, columns.doc_first_pid[all_copies] + nth[at], scores[best][at]


def _one_of_each(columns: Columns, question: Mask) -> Mask:
    """Documents that meet the question's conditions, of exact copies the first."""
    if columns.firsts[question].all():
        return question
    candidates = np.flatnonzero(question)
    chosen = np.zeros(len(columns), np.bool_)
    chosen[candidates[np.unique(columns.copy_of[candidates], return_index=True)[1]]] = True
    return chosen
