"""Finds the articles that tell one story, and copies (see `index.stories`).

    candidates   each document's nearest ones in each language (`index.story_candidates`)
    evidence     of each pair: vectors and dates first, then texts (`index.story_evidence`)
    settling     of the pairs of two languages only those that agree with each other

`StoryFinder.find` answers for the documents it is given; `settle` needs all their pairs together.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.catalogue import NO_DATE, Catalogue
from index.impacts import Floats, Ints
from index.lexicon import Lexicon
from index.stories import COPY, STORY, Pairs, Stories
from index.story_candidates import CandidateFinder, Candidates
from index.story_evidence import (
    ALIKE,
    THRESHOLD,
    Evidence,
    copy_chance,
    story_chance,
    within_reach,
)
from index.story_texts import (
    Counterparts,
    Text,
    Texts,
    coverage,
    like_sentences,
    resemblance,
    shared_numbers,
)
from index.vectors import load_vectors, unit

_PAIRS_AT_ONCE = 4_096
"""Compared together: their texts and passages are what is held in memory."""


def build_stories(directory: Path, catalogue: Catalogue, lexicon: Lexicon) -> None:
    """Write the story links of a generation, whose other parts are all there."""
    columns = catalogue.columns()
    firsts = np.flatnonzero(columns.firsts).astype(np.int32)
    pairs = settle(StoryFinder(directory, catalogue, lexicon).find(firsts), columns.lang)
    Stories.of_pairs(pairs, len(columns)).save(directory)


class StoryFinder:
    """Finds the pairs that documents of one archive form with any other of its documents.

    Of exact copies, which need no finding, only the first is looked at: the others would be its
    nearest neighbours and leave no room for any other.
    """

    def __init__(self, directory: Path, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._columns = catalogue.columns()
        self._rows = load_vectors(directory)
        self._candidates = CandidateFinder(directory, self._columns)
        self._texts = Texts(catalogue, lexicon)
        self._counterparts = Counterparts(lexicon)

    def find(self, docids: Ints) -> Pairs:
        """The likely pairs that have one of `docids`, to be settled."""
        pairs, kinds, chances = [], [], []
        for first, second, evidence in self.evidence(docids):
            copy = copy_chance(evidence)
            chance = copy if copy >= THRESHOLD else story_chance(evidence)
            if chance >= THRESHOLD:
                pairs.append((first, second))
                kinds.append(COPY if copy >= THRESHOLD else STORY)
                chances.append(chance)
        both = np.array(pairs, np.int32).reshape(-1, 2)
        return Pairs(
            both[:, 0], both[:, 1], np.array(kinds, np.int8), np.array(chances, np.float32)
        )

    def evidence(
        self, docids: Ints, *, hopeless: bool = False
    ) -> Iterator[tuple[int, int, Evidence]]:
        """Every pair of `docids` whose texts are worth comparing, and what speaks for it.

        With `hopeless`, for measuring, also pairs that their vectors and dates rule out.
        """
        candidates = self._candidates.find(docids)
        for start in range(0, len(candidates), _PAIRS_AT_ONCE):
            some = candidates.take(slice(start, start + _PAIRS_AT_ONCE))
            yield from self._compare(some, hopeless)

    def _compare(
        self, candidates: Candidates, hopeless: bool
    ) -> Iterator[tuple[int, int, Evidence]]:
        near = []
        vectors: dict[int, Floats] = {}
        pairs = zip(candidates.first.tolist(), candidates.second.tolist(), strict=True)
        for at, (first, second) in enumerate(pairs):
            cosines = self._passages(first, vectors) @ self._passages(second, vectors).T
            aligned = float(cosines.max(axis=1).mean() + cosines.max(axis=0).mean()) / 2
            margin, days = float(candidates.margins[at]), self._days(first, second)
            same = self._one_language(first, second)
            if hopeless or within_reach(margin, aligned, days, same):
                near.append((first, second, margin, days, cosines, aligned))
        texts = self._texts.read(sorted({docid for pair in near for docid in pair[:2]}))
        for first, second, margin, days, cosines, aligned in near:
            ours, theirs = texts[first], texts[second]
            same = self._one_language(first, second)
            yield first, second, self._of(ours, theirs, cosines, margin, aligned, days, same)

    def _of(
        self,
        first: Text,
        second: Text,
        cosines: Floats,
        margin: float,
        aligned: float,
        days: int | None,
        same: bool,
    ) -> Evidence:
        agree, differ = like_sentences(first, second, cosines, ALIKE)
        shared, fewer = shared_numbers(first, second)
        alike, contained = resemblance(first, second) if same else (0.0, 0.0)
        return Evidence(
            margin=margin,
            aligned=aligned,
            covered=coverage(first, second, None if same else self._counterparts),
            days=days,
            agree=agree,
            differ=differ,
            same_language=same,
            resemblance=alike,
            containment=contained,
            shared_numbers=shared,
            fewer_numbers=fewer,
        )

    def _one_language(self, first: int, second: int) -> bool:
        return bool(self._columns.lang[first] == self._columns.lang[second])

    def _days(self, first: int, second: int) -> int | None:
        ours, theirs = int(self._columns.date[first]), int(self._columns.date[second])
        return None if NO_DATE in (ours, theirs) else abs(ours - theirs)

    def _passages(self, docid: int, known: dict[int, Floats]) -> Floats:
        """The passages' unit vectors, centred by language."""
        if docid not in known:
            first = int(self._columns.doc_first_pid[docid])
            rows = self._rows[first : first + int(self._columns.doc_passages[docid])]
            mean = self._candidates.means[self._columns.lang[docid]]
            known[docid] = unit(rows.astype(np.float32) - mean)
        return known[docid]


def settle(pairs: Pairs, languages: npt.NDArray[np.int8]) -> Pairs:
    """The pairs that agree with each other; `languages` are codes by docid.

    An article's counterpart in another language is the likeliest one there, and what is linked with
    that one in its own language. Of a series of reports, which are all like each other, this leaves
    the reports of one day together.
    """
    same = languages[pairs.first] == languages[pairs.second]
    beside: dict[int, set[int]] = {}
    for a, b in zip(pairs.first[same].tolist(), pairs.second[same].tolist(), strict=True):
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    best: dict[tuple[int, int], int] = {}
    for at in np.lexsort((pairs.second, pairs.first, -pairs.chances)).tolist():
        a, b = int(pairs.first[at]), int(pairs.second[at])
        best.setdefault((a, int(languages[b])), b)
        best.setdefault((b, int(languages[a])), a)

    def agrees(docid: int, other: int) -> bool:
        favourite = best[(docid, int(languages[other]))]
        return favourite == other or other in beside.get(favourite, ())

    kept = [
        one_language or (agrees(a, b) and agrees(b, a))
        for a, b, one_language in zip(
            pairs.first.tolist(), pairs.second.tolist(), same.tolist(), strict=True
        )
    ]
    return pairs.take(np.array(kept, bool))
