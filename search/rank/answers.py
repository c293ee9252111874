"""What answers a query, and what answers it well enough for a list that is not ranked.

Both are properties of the query alone: the filters of a request select from them and never change
them, so every count that a filter would leave is known beforehand (`search.rank.facets`).

A list by relevance trails off, so it may hold all that is *related*: what words find, and what the
semantic arm finds near. Words find what holds the query's concepts: of their rarity at least
`found_coverage` of what the document of its language that holds most does, and as rare a part as
`found_rarity` asks (`found_by_words`). One common word of two or three, as the khan of "imran khan
arrest" or the court of "court verdict", finds nothing where others hold all. A list by date, a feed
or a file has no top to look at. It holds what *answers* (`answering`): a document that

- holds all the query asks for, or
- holds most of it and speaks of it at some length, or means it, too, or
- holds half of that and is among those nearest in meaning;
- where no document does, or words were not asked, is nearest in meaning, or holds nearly as much as
  the one that holds most.

How much a document holds is its weighted coverage: the share of the query's rarity (idf) that its words carry, an
alternative as much as its weight (`index.parts.keyword.bm25`). The numbers are in `search.config.Answering`,
what they do in docs/measured.md.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from index.arrays import Mask, placed, united
from search.config import Scoring, SearchConfig
from search.rank.keyword_arm import KeywordResult
from search.rank.semantic_arm import SemanticResult

_ALL, _NONE, _ROUNDING = 0.999, 1e-6, 1e-4
"""Of the weighted coverage: all of it, however it was added up; more than nothing; and what adding up may lose."""


def found_by_words(
    keyword: KeywordResult | None,
    question: Mask,
    languages: npt.NDArray[np.integer],
    config: SearchConfig,
) -> Mask:
    """The documents that words alone find, of those that meet the query's conditions; `languages`
    is the code of each. Of more than `Scoring.FEW_CONCEPTS` concepts a document must hold as many
    of them, and so a smaller part. What it holds must be rare: its rarity, about ln(documents /
    documents that hold as much), at least the part `found_rarity` of ln(documents). A language goes
    by its own best: translations hold less than the words typed."""
    if keyword is None:
        return np.zeros(len(question), np.bool_)
    docids = keyword.docids[question[keyword.docids]]
    coverage, own = keyword.coverage[docids], languages[docids]
    most = np.zeros(int(languages.max(initial=0)) + 1, np.float32)
    np.maximum.at(most, own, coverage)
    concepts = len(keyword.layers[0].concepts) if keyword.layers else 1
    few = min(1.0, Scoring.FEW_CONCEPTS / max(1, concepts))
    rare = config.found_rarity * math.log(max(1, len(question))) / max(keyword.rarity, _NONE)
    needed = np.maximum(config.found_coverage * few * most, np.minimum(most, rare))
    needed = np.maximum(needed - _ROUNDING, _NONE)
    found = np.zeros(len(question), np.bool_)
    found[docids[coverage >= needed[own]]] = True
    return found


def answering(
    keyword: KeywordResult | None,
    semantic: SemanticResult | None,
    question: Mask,
    config: SearchConfig,
) -> Mask:
    """The documents that answer the query, of those that meet its conditions."""
    size = len(question)
    candidates = united(size, (each.docids for each in (keyword, semantic) if each))
    candidates = candidates[question[candidates]]
    similarity = np.zeros(len(candidates), np.float32)
    if semantic:
        similarity = placed(semantic.docids, semantic.similarity, size)[candidates]
    found = nearest = similarity >= config.answer_nearest
    if keyword:
        held = keyword.weighted_coverage[candidates]
        at_length = keyword.scores[candidates] >= config.answer_score * keyword.ceiling
        most = (held >= config.answer_coverage) & (
            at_length | (similarity >= config.answer_similarity)
        )
        half = (held >= config.answer_coverage / 2) & nearest
        highest = keyword.weighted_coverage[keyword.docids].max(initial=_NONE)
        nearly = held >= config.answer_nearest * highest
        choices = ((held >= _ALL) | most | half, nearest, nearly)
        found = next((each for each in choices if each.any()), nearly)
    answers = np.zeros(size, np.bool_)
    answers[candidates[found]] = True
    return answers
