"""BM25F by impacts: a query is a sum of concepts, a concept a set of weighted terms.

The formula is the "simple BM25 extension to multiple weighted fields" (Robertson, Zaragoza and
Taylor, CIKM 2004). Term frequencies of the fields are length-normalized, weighted and added
*before* saturation, so a word in the title and the body is one word, not two:

    tf(t, d)     = sum over fields f of  w_f * tf_f / (1 - b_f + b_f * len_f / avglen_f)
    tf(c, d)     = sum over terms t of concept c of  weight(t) * tf(t, d)
    score(q, d)  = sum over concepts c of  boost_c * idf(c) * tf(c, d) * (k1 + 1) / (k1 + tf(c, d))
    idf(c)       = ln(1 + (N - df_c + 1/2) / (df_c + 1/2))

A concept of several terms (spellings, translations) is a probabilistic structured query (Darwish
and Oard, SIGIR 2003): the evidence of its terms is joined before the weight of rarity, so ten
synonyms do not count ten times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats, Ints, united


@dataclass(frozen=True)
class Bm25fParams:
    """Free parameters of BM25F. `k1` and the `b` of bodies were chosen by `benchmarks/analysis_ablation.py`;
    titles are short and of one length, so theirs is low, and count twice."""

    k1: float = 0.9
    b_title: float = 0.3
    b_body: float = 0.75
    title_weight: float = 2.0


@dataclass(frozen=True)
class Posting:
    """Where a term occurs: `docids` ascending, `tf` the normalized frequency in each."""

    docids: Ints
    tf: Floats

    @property
    def df(self) -> int:
        """Number of documents that hold the term."""
        return len(self.docids)


@dataclass(frozen=True)
class Concept:
    """One thing the query asks for: `terms` are (ranking term, weight) alternatives.

    `word` is what the user typed; `boost` scales the whole concept. `loose` are the terms that are too
    unsure to show the concept by themselves: they add to a score and find nothing.
    """

    word: str
    terms: tuple[tuple[str, float], ...]
    boost: float = 1.0
    loose: frozenset[str] = frozenset()


@dataclass(frozen=True)
class KeywordScores:
    """Scores of every document for one query, dense over docids: 0 for all but those in `docids`,
    ascending. Who computes with them takes these, so that an archive's size costs next to nothing.

    `weighted_coverage` is the share (0..1) of the query's total rarity that the concepts a document holds carry:
    each as much as the weightiest of its terms that the document holds, beside the weightiest of
    all; loose terms carry nothing. `coverage` is the same, where a concept held by any other term is
    held wholly. `rarity` is that of the whole query, sum of boost * idf; `ceiling` the score no
    document can exceed, (k1 + 1) times that. `dfs` are the document frequencies of the concepts.
    """

    docids: Ints
    scores: Floats
    weighted_coverage: Floats
    coverage: Floats
    rarity: float
    ceiling: float
    dfs: tuple[float, ...]


def idf(df: float, documents: int) -> float:
    """Rarity of a concept found in `df` of `documents`; positive for every df up to documents."""
    return float(np.log1p((documents - df + 0.5) / (df + 0.5)))


def combine(concept: Concept, lookup: Callable[[str], Posting]) -> tuple[Posting, float]:
    """The postings of a concept as one (frequencies added by weight) and its document frequency.

    A concept's document frequency is the weighted sum of its terms', at least that of its rarest
    full-weight term and at most the number of documents that hold any of them.
    """
    weighted = [(lookup(term), weight) for term, weight in concept.terms]
    present = [(posting, weight) for posting, weight in weighted if posting.df and weight > 0]
    if not present:
        return Posting(np.empty(0, np.int32), np.empty(0, np.float32)), 0.0
    if len(present) == 1:
        posting, weight = present[0]
        tf = posting.tf if weight == 1.0 else posting.tf * np.float32(weight)
        return Posting(posting.docids, tf), posting.df * weight
    docids = np.concatenate([posting.docids for posting, _ in present])
    tf = np.concatenate([posting.tf * np.float32(weight) for posting, weight in present])
    dense = np.bincount(docids, weights=tf)  # cheaper than sorting, however large the archive
    held = united(len(dense), [docids])
    df = sum(posting.df * weight for posting, weight in present)
    joined = Posting(held, dense[held].astype(np.float32))
    return joined, min(df, float(len(held)))


def held(concept: Concept, lookup: Callable[[str], Posting], docids: Ints) -> Floats:
    """How surely the documents that have a term of a concept, all of them, hold it: 1 by its weightiest term,
    0 by none but loose ones. `docids` are ascending."""
    if len(concept.terms) == 1:  # which every one of them holds
        return np.full(len(docids), np.float32(not concept.loose))
    shares = np.zeros(int(docids[-1]) + 1, np.float32)
    top = max(weight for _, weight in concept.terms)
    for term, weight in sorted(concept.terms, key=lambda each: each[1]):
        if term not in concept.loose:
            shares[lookup(term).docids] = weight / top
    found: Floats = shares[docids]
    return found


def concept_impacts(posting: Posting, weight: float, k1: float) -> Floats:
    """Saturated scores of one concept in the documents of `posting`; `weight` = boost * idf."""
    gain: Floats = posting.tf * np.float32(weight * (k1 + 1)) / (posting.tf + np.float32(k1))
    return gain


def score(
    concepts: Sequence[Concept],
    lookup: Callable[[str], Posting],
    size: int,
    params: Bm25fParams,
    documents: int | None = None,
) -> KeywordScores:
    """Scores of docids below `size` for the concepts; a document that matches none scores 0.

    `documents` is how many there are, when some of those docids are documents no more.
    """
    documents = size if documents is None else documents
    scores = np.zeros(size, np.float32)
    weighted_coverage = np.zeros(size, np.float32)
    coverage = np.zeros(size, np.float32)
    total = 0.0
    dfs, postings = [], []
    for concept in concepts:
        posting, df = combine(concept, lookup)
        dfs.append(df)
        rarity = concept.boost * idf(df, documents)
        total += rarity
        if posting.df:
            at = posting.docids.astype(np.intp)  # once for all that is done there
            scores[at] += concept_impacts(posting, rarity, params.k1)
            shares = held(concept, lookup, posting.docids)
            weighted_coverage[at] += np.float32(rarity) * shares
            coverage[at] += np.float32(rarity) * (shares > 0)
            postings.append(posting.docids)
    docids = postings[0] if len(postings) == 1 else united(size, postings)
    if total > 0:
        weighted_coverage[docids] /= np.float32(total)
        coverage[docids] /= np.float32(total)
    return KeywordScores(
        docids, scores, weighted_coverage, coverage, total, total * (params.k1 + 1), tuple(dfs)
    )


def explain(
    concept: Concept,
    docids: Ints,
    lookup: Callable[[str], Posting],
    documents: int,
    params: Bm25fParams,
    df: float | None = None,
) -> tuple[Floats, list[tuple[str, ...]]]:
    """What one concept adds to the scores of some documents, and by which of its terms in each.

    `df` is the concept's document frequency, if `score` returned it before.
    """
    tf = np.zeros(len(docids), np.float64)
    held: list[list[str]] = [[] for _ in docids]
    for term, weight in concept.terms:
        posting = lookup(term)
        if not posting.df:
            continue
        at = posting.docids.searchsorted(docids)
        holding = (posting.docids.take(at, mode="clip") == docids).nonzero()[0]
        if len(holding):
            tf[holding] += posting.tf[at[holding]] * np.float32(weight)
            for document in holding.tolist():
                held[document].append(term)
    df = combine(concept, lookup)[1] if df is None else df
    found = Posting(docids, tf.astype(np.float32))
    impacts = concept_impacts(found, concept.boost * idf(df, documents), params.k1)
    return impacts, [tuple(terms) for terms in held]
