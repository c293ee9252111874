"""Near-duplicates in a list: a text that was already shown is not shown again.

A hit is folded under the first of its copies in the ranking (`index.parts.stories.stories`), and
copies of copies with it. That is done on the whole ranking before a page is cut from it: pages
never overlap, whatever their size, and nothing is shown twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from index.parts.stories.stories import Stories
from search.rank.ranking import Ranking


@dataclass(frozen=True)
class Folded:
    """A ranking without repetitions, and for each docid shown the copies under it, best first.

    Its total counts the copies, too; `reachable` counts what is shown.
    """

    ranking: Ranking
    copies: Mapping[int, tuple[int, ...]]


def fold(ranking: Ranking, stories: Stories) -> Folded:
    """Fold the copies of a ranking; its order stays."""
    groups = stories.copy_groups[ranking.docids]
    if (groups == ranking.docids).all():
        return Folded(ranking, {})
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    if len(first) == len(groups):
        return Folded(ranking, {})
    shown = np.sort(first)
    copies: dict[int, tuple[int, ...]] = {}
    leaders = ranking.docids[first[group]]
    for at in np.flatnonzero(leaders != ranking.docids).tolist():
        leader = int(leaders[at])
        copies[leader] = (*copies.get(leader, ()), int(ranking.docids[at]))
    kept = replace(
        ranking,
        docids=ranking.docids[shown],
        fused=ranking.fused.take(shown),
        relevance=ranking.relevance[shown],
        pids=ranking.pids[shown],
        total=replace(ranking.total, reachable=len(shown)),
    )
    return Folded(kept, copies)
