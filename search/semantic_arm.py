"""The semantic arm: which documents mean what the query means, in whatever language.

A document's relevance is that of its best passage, with half as much of its centroid: the sentence
that answers and the article it stands in. Both are inner products with the query's search vector
(`index.relevance`), less what any passage of that language gets; so unrelated documents lie around
0 in both languages, and a list of both is fair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from index.impacts import Floats, Ints
from index.reader import OpenIndex
from search.config import SearchConfig
from search.filters import Mask

UNKNOWN = np.float32(-1.0)
"""Stands for "not looked at": below every real relevance."""


@dataclass(frozen=True)
class SemanticResult:
    """Documents related to the query, best first: parallel arrays, `pids` the best passages.

    `vector` is the search vector, for scoring further documents, `query` the encoder's own, for
    asking again under other filters.
    """

    docids: Ints
    relevance: Floats
    pids: Ints
    vector: Floats
    query: Floats

    def _take(self, positions: Ints) -> SemanticResult:
        return replace(
            self,
            docids=self.docids[positions],
            relevance=self.relevance[positions],
            pids=self.pids[positions],
        )


def semantic_arm(
    query: Floats, index: OpenIndex, passing: Mask, config: SearchConfig
) -> SemanticResult:
    """The documents of the passages nearest to a query vector, within `passing`.

    Nothing when even the best match makes no more sense than nonsense does in this index; else
    those that make at least `sense_reach` as much sense as the best, and `sense_reach` of the
    floor itself.
    """
    columns = index.columns
    vector = index.relevance.search_vector(query)
    docids, pids, scores = _nearest(vector, index, passing, config)
    relevance = _relevance(docids, scores, vector, index, config)
    found = SemanticResult(docids, relevance, pids, vector, query)
    if not len(docids):
        return found
    sense = index.relevance.sense(query, index.vectors.vectors(pids), columns.lang[docids])
    best = float(sense.max())
    if best <= index.relevance.floor:
        return found._take(np.empty(0, np.int32))
    enough = sense >= config.sense_reach * max(best, index.relevance.floor)
    order = np.lexsort((docids, -relevance)).astype(np.int32)
    return found._take(order[enough[order]])


def _nearest(
    vector: Floats, index: OpenIndex, passing: Mask, config: SearchConfig
) -> tuple[Ints, Ints, Floats]:
    """The documents of the nearest passages, by docid, with the best passage of each and its score.

    A text takes up as much of `semantic_depth` whether one document has it or hundreds: of exact
    copies one is looked for, and all that pass are found with it.
    """
    columns = index.columns
    everything = bool((passing | ~columns.live).all())
    allowed = None if everything else passing[columns.passage_doc] & (columns.passage_doc >= 0)
    near = index.vectors.search(vector, config.semantic_depth, allowed)
    docids = columns.passage_doc[near.pids]
    if (columns.copy_of[docids] != docids).any():
        one_each = np.zeros(len(columns), np.bool_)
        candidates = np.flatnonzero(passing & columns.live)
        one_each[candidates[np.unique(columns.copy_of[candidates], return_index=True)[1]]] = True
        allowed = one_each[columns.passage_doc] & (columns.passage_doc >= 0)
        near = index.vectors.search(vector, config.semantic_depth, allowed)
        docids = columns.passage_doc[near.pids]
    # Best first, so the first passage of a document is its best.
    docids, best = np.unique(docids, return_index=True)
    place = np.full(len(columns), -1, np.int32)
    place[columns.copy_of[docids]] = np.arange(len(docids))
    at = place[columns.copy_of]
    found = np.flatnonzero((at >= 0) & passing & columns.live).astype(np.int32)
    at = at[found]
    # Texts that are the same are cut alike.
    nth = near.pids[best] - columns.doc_first_pid[docids]
    return found, columns.doc_first_pid[found] + nth[at], near.scores[best][at]


def score_documents(
    docids: Ints, vector: Floats, index: OpenIndex, config: SearchConfig
) -> tuple[Floats, Ints]:
    """Exact relevance and best passage (pid) of given documents, in their order."""
    if not len(docids):
        return np.empty(0, np.float32), np.empty(0, np.int32)
    counts = index.columns.doc_passages[docids].astype(np.int64)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    firsts = index.columns.doc_first_pid[docids].astype(np.int64)
    pids = np.repeat(firsts - starts, counts) + np.arange(counts.sum())
    products = index.vectors.products(vector, pids)
    best = np.maximum.reduceat(products, starts)
    owner = np.repeat(np.arange(len(docids)), counts)
    winners = np.flatnonzero(products == best[owner])
    _, first = np.unique(owner[winners], return_index=True)
    relevance = _relevance(docids, best, vector, index, config)
    return relevance, pids[winners[first]].astype(np.int32)


def closest_passage(
    docid: int, query: Floats, index: OpenIndex, config: SearchConfig
) -> int | None:
    """The passage (pid) of one document nearest to a query vector, if it makes sense at all."""
    vector = index.relevance.search_vector(query)
    _, pids = score_documents(np.array([docid], np.int32), vector, index, config)
    language = index.columns.lang[[docid]]
    sense = index.relevance.sense(query, index.vectors.vectors(pids), language)
    return int(pids[0]) if sense[0] >= config.sense_reach * index.relevance.floor else None


def _relevance(
    docids: Ints, best: Floats, vector: Floats, index: OpenIndex, config: SearchConfig
) -> Floats:
    """Best passage and centroid joined, centred by language."""
    weight = np.float32(config.centroid_weight)
    whole = index.vectors.document_products(vector, docids)
    offsets = index.relevance.offsets(vector)[index.columns.lang[docids]]
    relevance: Floats = (best + weight * whole) / (1 + weight) - offsets
    return relevance
