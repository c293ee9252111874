"""The story links after a change, out of those before.

Pairs are looked for of the documents added, and again of those that were linked with one removed:
another may now be their counterpart. All others keep their links and chances. Of exact copies the
first has the links; when it goes, they are looked for of the next.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.lexicon import Lexicon
from index.parts.stories.build import StoryFinder, settle
from index.parts.stories.stories import Stories
from index.store.layout import CATALOGUE_FILE


def extend_stories(
    directory: Path, before: Path, catalogue: Catalogue, lexicon: Lexicon, encoder: str
) -> None:
    """Write the story links into `directory`, whose other parts are all there; `encoder` is the id of
    the encoder that made its vectors.

    Raises what `Stories.open` raises.
    """
    columns = catalogue.columns()
    now = columns.firsts
    then = np.zeros_like(now)
    with Catalogue.open(before / CATALOGUE_FILE) as replaced:
        then[: len(replaced.columns())] = replaced.columns().firsts
    gone = np.flatnonzero(then & ~now)
    old = Stories.open(before).pairs()
    first_gone, second_gone = np.isin(old.first, gone), np.isin(old.second, gone)
    left = np.concatenate([old.second[first_gone], old.first[second_gone]])
    asking = np.union1d(np.flatnonzero(now & ~then), np.setdiff1d(left, gone)).astype(np.int32)
    touched = np.concatenate([asking, gone])
    kept = old.take(~(np.isin(old.first, touched) | np.isin(old.second, touched)))
    if len(asking):
        kept = kept.joined(StoryFinder(directory, catalogue, lexicon, encoder).find(asking))
    Stories.of_pairs(settle(kept, columns.lang), len(columns)).save(directory)
