"""One score out of two: how the keyword and the semantic arm are joined.

Scores, not ranks, are joined: a convex combination with theoretical normalization (Bruch, Gai and
Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023), which was measured
against reciprocal rank fusion on the evaluation sets (docs/measured.md).

- A keyword score is divided by the highest score any document could reach for this query. Words the
  archive does not hold count in that ceiling, so an English query against Urdu articles gives small
  keyword shares by itself and meaning decides, without a rule about languages.
- A relevance is divided by what the best matches reach (`relevance_ceiling`); it is 0 for unrelated
  passages already (`index.parts.relevance`), and negative counts as nothing.

Both scores are known for every leading candidate of either arm, so no document is punished for the
depth at which the other arm was cut off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.arrays import Floats
from search.config import Scoring


@dataclass(frozen=True)
class Fused:
    """Scores of the candidates (0..1), in the order given, and what they are made of: it adds up.

    `title_share` is what a title that is the query adds: it fills the score up.
    """

    keyword_share: Floats
    semantic_share: Floats
    title_share: Floats

    @property
    def scores(self) -> Floats:
        """The joined scores."""
        return self.keyword_share + self.semantic_share + self.title_share

    def take(self, positions: npt.NDArray[np.integer]) -> Fused:
        """The scores at some positions."""
        return Fused(*(share[positions] for share in vars(self).values()))

    def scaled(self, scales: Floats) -> Fused:
        """The same, each score times its scale."""
        return Fused(*(share * scales for share in vars(self).values()))

    def with_titles(self, lifts: Floats) -> Fused:
        """The same with the scores of some lifted, above all others; `lifts` is 0 for the rest.

        A lift of 1 fills a score up to 1, or to what it takes to be above every score as it was.
        """
        if not lifts.any():
            return self
        plain = self.keyword_share + self.semantic_share
        least = np.where(lifts > 0, lifts, lifts[lifts > 0].min())
        full = max(1.0, float((plain / least).max()) + Scoring.ABOVE)
        return replace(self, title_share=np.where(lifts > 0, np.float32(full) * lifts - plain, 0))


def fuse(
    keyword: Floats,
    ceiling: float,
    relevance: Floats,
    *,
    keyword_weight: float,
    relevance_ceiling: float,
) -> Fused:
    """Join both arms' scores of the same candidates.

    `ceiling` is the highest keyword score possible (0 when the keyword arm did not run); a
    relevance below 0, as -1 for "not looked at", gives no share.
    """
    if ceiling > 0:
        keyword_share = np.float32(keyword_weight / ceiling) * keyword
    else:
        keyword_share = np.zeros_like(keyword)
    scale = np.float32((1.0 - keyword_weight) / relevance_ceiling)
    semantic_share = scale * np.maximum(relevance, np.float32(0))
    return Fused(keyword_share, semantic_share, np.zeros_like(keyword_share))
