"""How sure it is that two articles tell one story, or are copies: the evidence and its weights.

    margin    how much nearer their centroids are than is usual around both
    aligned   how near the sentences of each are to the nearest ones of the other, on average
    covered   how much of the words of each is met in the other, by rarity, through the lexicon
    days      between their dates
    differ    sentences that say the like with other numbers, beyond those that agree

The first three are weighed by a logistic regression on pairs of two languages (`--fit` of
`benchmarks/story_pairs.py`: the sample archive, TICO-19, and the passages of UQA that have an English
twin). Those sets have few dates and no series of reports, so the last two are set by hand: the
tellings of a news lie within days, and two reports on the gold price that share no price are of two
days. Where there is no date, the other evidence has to be stronger. What all this comes to is in
docs/measured.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MARGIN, ALIGNED, COVERED, BIAS = 6.6, 1.6, 15.0, -9.8
CAUTION = 1.0
"""Taken from every logit: a wrong link costs more than a missing one."""
SAME_DAYS, DAY, MOST_AGAINST = 1.5, 0.5, 6.0
"""For articles of one day or the next; less for each further day; against those far apart."""
DIFFER = 2.5
"""Against each sentence that says the like with other numbers."""

ALIKE = 0.4
"""Cosine (of vectors centred by language) from which two sentences say the like."""
THRESHOLD = 0.5
"""Probability from which a link is kept."""

COPY_SLOPE, COPY_MIDDLE = 20.0, 0.62
"""P(copy | containment c) = logistic(slope (c - middle)): edited copies lie from .76 on, the reports of
a series up to .49 (the near-miss articles of the tests)."""
COPY_RESEMBLANCE = 0.35
"""Below it one text is a small part of the other."""
COPY_ALIGNED = 0.6
"""How aligned copies are at least: edited ones .84."""
SERIES_CONTAINMENT = 0.15
"""From here on two texts with other numbers are reports of a series, in the words of the last."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one pair; `days` is None when a date is missing.

    `agree` and `differ` count sentences that say the like (`index.story_texts.like_sentences`),
    `shared_numbers` and `fewer_numbers` quantities; `resemblance` and `containment` (0..1) are of
    shingles, 0 for texts of two languages.
    """

    margin: float
    aligned: float
    covered: float
    days: int | None = None
    agree: int = 0
    differ: int = 0
    same_language: bool = False
    resemblance: float = 0.0
    containment: float = 0.0
    shared_numbers: int = 0
    fewer_numbers: int = 0

    @property
    def other_numbers(self) -> bool:
        """Whether most numbers of the one are not in the other."""
        return self.shared_numbers * 2 < self.fewer_numbers


MOST_BEYOND = {True: 0.15, False: 0.35}
"""How far the covered part of texts of one language (of two) lies above how aligned they are, at most,
where that decides."""


def within_reach(margin: float, aligned: float, days: int | None, same_language: bool) -> bool:
    """Whether reading two texts, which takes long, could make a story or copies of them."""
    if same_language and aligned >= COPY_ALIGNED:
        return True
    covered = min(1.0, aligned + MOST_BEYOND[same_language])
    return story_chance(Evidence(margin, aligned, covered, days)) >= THRESHOLD


def story_chance(evidence: Evidence) -> float:
    """Probability that two articles tell one story."""
    if evidence.containment >= SERIES_CONTAINMENT and evidence.other_numbers:
        return 0.0
    # Between languages one sentence may differ: newsrooms round, and convert.
    spared = evidence.agree if evidence.same_language else max(1, evidence.agree)
    return _logistic(
        BIAS
        - CAUTION
        + MARGIN * evidence.margin
        + ALIGNED * evidence.aligned
        + COVERED * evidence.covered
        + by_date(evidence.days)
        - DIFFER * max(0, evidence.differ - spared)
    )


def by_date(days: int | None) -> float:
    """What the days between two articles add to the logit of their being one story."""
    if days is None:
        return 0.0
    return max(-MOST_AGAINST, SAME_DAYS - DAY * max(0, days - 1))


def copy_chance(evidence: Evidence) -> float:
    """Probability that two texts of one language are copies."""
    if evidence.resemblance < COPY_RESEMBLANCE or evidence.other_numbers:
        return 0.0
    return _logistic(COPY_SLOPE * (evidence.containment - COPY_MIDDLE))


def _logistic(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))
