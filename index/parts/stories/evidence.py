"""How sure it is that two articles tell one event, or one running story, or are copies.

    margin    how much nearer their vectors are than is usual around both
    titles    how much of each title is met in the other's lead, by rarity
    covered   how much of the shorter text is met in the other
    shared    the logarithm of the rarity of all words of each lead that the other holds
    numbers   how many quantities they have in common, of those of the one with fewer
    other     how many of those they have not
    differ    sentences that say the like with other numbers, beyond those that agree
    days      between their dates

A logistic regression with two steps (proportional odds; McCullagh, "Regression Models for Ordinal Data",
JRSS B 1980) weighs them: the same weights say how sure it is that two articles are of one running story,
and, a step higher, that they tell the same event. It was fitted by `training/story_links.py` on real
tellings of two newsrooms, on agency reports and what newspapers made of them, and on translations, class
by class alike; of pairs in two languages and in one apart. Every weight has the sign that it must have.

What each is measured by means the same in a small archive and in a large one: a margin is a difference,
words are as rare as the bundled lexicon says until an archive has enough of its own
(`index.parts.stories.texts`), and of what neighbours are usual around a document there are always
eight (`index.parts.stories.candidates`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from index.arrays import Doubles, Floats, Mask
from index.logistic import logistic

RULES = 4
"""Of which links are made; raise it when other links would be made of the same articles."""


class Weights(NamedTuple):
    """Of the evidence, in logits; `event` and `running` are the steps to be taken."""

    margin: float
    titles: float
    covered: float
    shared: float
    numbers: float
    other: float
    differ: float
    days: float
    event: float
    running: float


ACROSS = Weights(11.42, 9.40, 5.32, 2.83, 1.95, 1.39, 5.50, 3.14, event=18.53, running=15.65)
WITHIN = Weights(9.37, 1.84, 0.00, 2.13, 1.86, 3.36, 0.18, 1.31, event=11.61, running=11.16)
"""For articles of two languages, and of one."""

LAST_DAY, FAR = 1, -4.0
"""Articles of one day or the next are likelier one story, less so for each further day, by half a step a
day, down to `FAR`; without a date as after four days."""

ALIKE = 0.4
"""Cosine (of vectors centred by language) from which two sentences say the like."""
FEW_NUMBERS = 3
"""Quantities below which sharing all of them says less."""
THRESHOLD = 0.5
"""Probability from which two articles are said to be copies, or of one running story."""
SETTLED_SLOPE, SETTLED_OFFSET = 0.55, 0.39
"""Of two languages only what agrees is left as one event (`index.parts.stories.build.settle`),
which says much: an article's likeliest counterpart, whose likeliest it is, tells the event more
surely than the evidence alone has it. What is left tells it with the probability logistic(slope
logit + offset), fitted on logits of weights that were fitted without the event
(`training/story_links.py`)."""
EVENT_FROM = {False: 0.4, True: 0.6}
"""Probability from which they are said to tell one event, in two languages (if that agrees) and in one."""
LEAST = {False: 0.02, True: 0.1}
"""Of a running story, in two languages and in one: what is less sure than said comes first among
the like, down to this. Across languages so little is still better than what the nearest centroids
say: 82 of 100 tellings are among the first five, with what is surer than .1 alone 74."""

_LEAST_CHANCE = 1e-6

COPY_SLOPE, COPY_MIDDLE = 20.0, 0.62
"""P(copy | containment c) = logistic(slope (c - middle)): edited copies lie from .76 on, the reports of
a series up to .49 (the near-miss articles of the tests)."""
COPY_RESEMBLANCE = 0.35
"""Below it one text is a small part of the other."""
SERIES_CONTAINMENT = 0.15
"""From here on two texts with other numbers are reports of a series, in the words of the last."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one pair; `days` is None when a date is missing.

    `shared` is the sum of rarities itself. `agree` and `differ` count sentences that say the like
    (`index.parts.stories.texts.like_sentences`), `shared_numbers` and `fewer_numbers` quantities;
    `resemblance` and `containment` (0..1) are of shingles, 0 for texts of two languages.
    """

    margin: float
    titles: float
    covered: float
    shared: float
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

    @property
    def measures(self) -> tuple[float, ...]:
        """What is weighed, in the order of `Weights`."""
        # Between languages one sentence may differ: newsrooms round, and convert.
        spared = self.agree if self.same_language else max(1, self.agree)
        numbers = max(FEW_NUMBERS, self.fewer_numbers)
        return (
            self.margin,
            self.titles,
            self.covered,
            math.log1p(self.shared),
            self.shared_numbers / numbers,
            -(self.fewer_numbers - self.shared_numbers) / numbers,
            -float(max(0, self.differ - spared)),
            by_date(self.days),
        )


def event_chance(evidence: Evidence) -> float:
    """Probability that two articles tell one event."""
    return logistic(_logit(evidence, _weights(evidence).event))


def running_chance(evidence: Evidence) -> float:
    """Probability that two articles are of one running story, if not of one event."""
    return logistic(_logit(evidence, _weights(evidence).running))


def settled_chance(evidence: Evidence) -> float:
    """Probability that two articles tell one event if that agrees with all other pairs
    (`index.parts.stories.build.settle`); of one language, where nothing is settled,
    `event_chance`."""
    if evidence.same_language:
        return event_chance(evidence)
    return logistic(SETTLED_SLOPE * _logit(evidence, ACROSS.event) + SETTLED_OFFSET)


def running_instead(settled: Floats) -> Floats:
    """`running_chance` of pairs in two languages with these `settled_chance`s."""
    known = np.clip(settled.astype(np.float64), _LEAST_CHANCE, 1 - _LEAST_CHANCE)
    logits = (np.log(known / (1 - known)) - SETTLED_OFFSET) / SETTLED_SLOPE
    chances = 1 / (1 + np.exp(ACROSS.running - ACROSS.event - logits))
    return chances.astype(settled.dtype)


def copy_chance(evidence: Evidence) -> float:
    """Probability that two texts of one language are copies."""
    if evidence.resemblance < COPY_RESEMBLANCE or evidence.other_numbers:
        return 0.0
    return logistic(COPY_SLOPE * (evidence.containment - COPY_MIDDLE))


def by_date(days: int | None) -> float:
    """What the days between two articles say, from 1.5 for one day down to `FAR`."""
    if days is None:
        return 0.0
    return max(FAR, 1.5 - 0.5 * max(0, days - LAST_DAY))


def is_series(evidence: Evidence) -> bool:
    """Whether two texts say different things in the same words, as daily reports of prices do."""
    return evidence.containment >= SERIES_CONTAINMENT and evidence.other_numbers


MOST_OF_TEXTS = 12.0
"""What words and numbers may add to the logit, at most, before two texts are read. With it 1 or 2 of 100
pairs known to belong together are lost."""
COPY_COSINE = 0.85
"""Of the vectors of copies at least (edited ones .93)."""


def within_reach(margins: Floats, cosines: Floats, days: Doubles, same_language: Mask) -> Mask:
    """Which pairs reading two texts, which takes long, could make one story or copies; `days` are NaN where
    a date is missing."""
    reach = same_language & (cosines >= COPY_COSINE)
    dates = np.nan_to_num(np.maximum(FAR, 1.5 - 0.5 * np.maximum(0, days - LAST_DAY)))
    for same, weights in ((True, WITHIN), (False, ACROSS)):
        most = weights.margin * margins.astype(np.float64) + weights.days * dates + MOST_OF_TEXTS
        least = weights.running + math.log(LEAST[same] / (1 - LEAST[same]))
        reach |= (same_language == same) & (most >= least)
    return reach


def could_link(evidence: Evidence) -> bool:
    """Whether numbers that say as much as they can would make two texts, of which none are known yet, one
    story or copies."""
    least = LEAST[evidence.same_language]
    weights = _weights(evidence)
    most = _logit(evidence, weights.running) + weights.numbers
    return most >= math.log(least / (1 - least)) - _ROUNDED or copy_chance(evidence) >= THRESHOLD


_ROUNDED = 1e-6


def _weights(evidence: Evidence) -> Weights:
    return WITHIN if evidence.same_language else ACROSS


def _logit(evidence: Evidence, step: float) -> float:
    weighed = zip(_weights(evidence), evidence.measures, strict=False)  # the last two are steps
    return sum(weight * measure for weight, measure in weighed) - step
