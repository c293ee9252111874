"""Compares the texts of pairs: what speaks for a link, and which it is (see `index.parts.stories.evidence`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.arrays import Floats, distinct, widened
from index.parts.catalogue.catalogue import NO_DATE, Catalogue
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.stories.candidates import Candidates, WordCandidates
from index.parts.stories.counterparts import Counterparts
from index.parts.stories.evidence import (
    ALIKE,
    EVENT_FROM,
    LEAST,
    THRESHOLD,
    Evidence,
    copy_chance,
    could_link,
    is_series,
    running_chance,
    settled_chance,
)
from index.parts.stories.overlap import Overlap
from index.parts.stories.stories import COPY, RUNNING, STORY, Pairs
from index.parts.stories.texts import (
    Numbers,
    Text,
    Texts,
    like_sentences,
    resemblance,
    shared_numbers,
)
from index.parts.vectors import rows_of, unit


def judged(evidence: Evidence) -> tuple[int, float]:
    """The kind of link that the evidence makes likeliest, and its probability."""
    copy = copy_chance(evidence)
    if copy >= THRESHOLD:
        return COPY, copy
    event = settled_chance(evidence)
    if event >= EVENT_FROM[evidence.same_language] and not is_series(evidence):
        return STORY, event
    return RUNNING, running_chance(evidence)


class Comparer:
    """Compares documents of one generation, whose lexicon is there. What it reads of texts it remembers."""

    def __init__(self, directory: Path, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._lexicon, self._columns = lexicon, catalogue.columns()
        self._rows = rows_of(directory)
        self._texts = Texts(catalogue, lexicon)
        self._counterparts = Counterparts(lexicon)
        self._overlap = Overlap(len(lexicon.words), self._counterparts)

    def words(self, keyword: KeywordIndex) -> WordCandidates:
        """Finds candidates by words that are read and looked up here."""
        return WordCandidates(
            keyword, self._columns, self._lexicon, self._texts, self._counterparts
        )

    def links(self, centres: Floats, candidates: Candidates) -> Pairs:
        """The likely links that some candidates make, to be settled."""
        pairs, kinds, chances = [], [], []
        for first, second, evidence in self.evidence(centres, candidates):
            kind, chance = judged(evidence)
            if chance >= LEAST[evidence.same_language]:
                pairs.append((first, second))
                kinds.append(kind)
                chances.append(chance)
        both = np.array(pairs, np.int32).reshape(-1, 2)
        return Pairs(
            both[:, 0], both[:, 1], np.array(kinds, np.int8), np.array(chances, np.float32)
        )

    def evidence(
        self, centres: Floats, pairs: Candidates, *, ruled_out: bool = False
    ) -> Iterator[tuple[int, int, Evidence]]:
        """The pairs whose texts could make them one story or copies, and what speaks for it; with `ruled_out`
        all of them. `centres` are what is taken off the vectors of each language."""
        texts = self._texts.read(distinct(np.append(pairs.first, pairs.second)).tolist())
        titles, covered, shared = self._words_in_common(pairs, texts)
        found: list[tuple[int, int, Evidence]] = []
        for at, (first, second) in enumerate(
            zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
        ):
            same = self._one_language(first, second)
            alike, contained = resemblance(texts[first], texts[second]) if same else (0.0, 0.0)
            evidence = Evidence(
                margin=float(pairs.margins[at]),
                titles=float(titles[at]),
                covered=float(covered[at]),
                shared=float(shared[at]),
                days=self._days(first, second),
                same_language=same,
                resemblance=alike,
                containment=contained,
            )
            if ruled_out or could_link(evidence):
                found.append((first, second, evidence))
        docids = sorted({docid for each in found for docid in each[:2]})
        numbers = self._texts.numbers(docids)
        vectors = {docid: self._passages(docid, centres) for docid in docids}
        for first, second, evidence in found:
            yield first, second, self._with_numbers(first, second, evidence, numbers, vectors)

    def _with_numbers(
        self,
        first: int,
        second: int,
        evidence: Evidence,
        numbers: Mapping[int, Numbers],
        vectors: Mapping[int, Floats],
    ) -> Evidence:
        ours, theirs = numbers[first], numbers[second]
        cosines = vectors[first] @ vectors[second].T
        agree, differ = like_sentences(ours, theirs, cosines, ALIKE)
        shared, fewer = shared_numbers(ours, theirs)
        return replace(
            evidence, agree=agree, differ=differ, shared_numbers=shared, fewer_numbers=fewer
        )

    def _words_in_common(
        self, pairs: Candidates, texts: Mapping[int, Text]
    ) -> tuple[Floats, Floats, Floats]:
        """Of each pair the part of both titles that is met in the other's lead, the mean; the part of the
        shorter text that is met in the other; and the rarity of what is met of a lead, the mean."""
        lang, many = self._columns.lang, len(pairs)
        owners = np.concatenate([pairs.first, pairs.second])
        others = np.concatenate([pairs.second, pairs.first])
        across = lang[owners] != lang[others]
        order = np.lexsort((across, owners))
        bounds = np.flatnonzero(
            (np.diff(owners[order]) != 0) | (np.diff(across[order].astype(np.int8)) != 0)
        )
        groups = [
            (
                texts[int(owners[group[0]])],
                [texts[other] for other in others[group].tolist()],
                group,
            )
            for group in np.split(order, bounds + 1)
            if len(group)
        ]
        self._overlap.look_up(each[:2] for each in groups if across[each[2][0]])
        found = np.zeros((3, 2 * many), np.float32)
        for ours, theirs, group in groups:
            common = self._overlap.of(ours, theirs, across=bool(across[group[0]]))
            found[:, group] = common.title, common.covered, common.shared
        title, covered, shared = found.reshape(3, 2, many)
        return title.mean(axis=0), covered.max(axis=0), shared.mean(axis=0)

    def _one_language(self, first: int, second: int) -> bool:
        return bool(self._columns.lang[first] == self._columns.lang[second])

    def _days(self, first: int, second: int) -> int | None:
        ours, theirs = int(self._columns.date[first]), int(self._columns.date[second])
        return None if NO_DATE in (ours, theirs) else abs(ours - theirs)

    def _passages(self, docid: int, centres: Floats) -> Floats:
        """The passages' unit vectors, centred by language."""
        first = int(self._columns.doc_first_pid[docid])
        rows = self._rows[first : first + int(self._columns.doc_passages[docid])]
        return unit(widened(rows) - centres[self._columns.lang[docid]])
