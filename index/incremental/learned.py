"""What an index has learned, after a small change: made out of what it knew before.

    lexicon       its words and counts are those of a whole derivation; translations are kept
    suggestions   titles follow at once; names and phrases are kept
    stories       looked for of what was added; the other links are kept
    relevance     mean passages anew; the directions of nonsense and the floor are kept

What is kept is learned again by the next whole derivation (`index.parts.all_parts`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.encoders.protocol import Encoder
from index.incremental.lexicon import Change as Change
from index.incremental.lexicon import ChangedWords, extend_lexicon
from index.incremental.suggestions import extend_phrases
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.lexicon import Lexicon
from index.parts.relevance import Relevance
from index.parts.stories.build import StoryFinder, settle
from index.parts.stories.stories import Stories
from index.parts.vectors import load_vectors
from index.progress import Progress
from index.store.layout import CATALOGUE_FILE


def extend(
    directory: Path,
    before: Path,
    catalogue: Catalogue,
    change: Change,
    encoder: Encoder,
    report: Progress,
) -> None:
    """Write lexicon.npz, words.npy, phrases.npz, stories.npz and relevance.npy into `directory`, out
    of those of the generation `before` and the change.

    In `directory` catalogue (opened: `catalogue`), vectors.npy, centroids.npy and the keyword index
    stand already. Raises IndexMismatchError if `before` was built by an earlier version,
    IndexDamagedError if it cannot be read or is not the index that the change is of.
    """
    columns = catalogue.columns()
    report("learning words", 0, 0)
    changed = ChangedWords.of(catalogue, change)
    words = extend_lexicon(directory, before, catalogue, changed, encoder)
    report("adding titles to the suggestions", 0, 0)
    extend_phrases(directory, before, columns, words, change.removed, changed.titles)
    Relevance.load(before).extended(load_vectors(directory), columns).save(directory)
    report("linking stories", 0, 0)
    extend_stories(directory, before, catalogue, Lexicon.open(directory), encoder.info.id)


def extend_stories(
    directory: Path, before: Path, catalogue: Catalogue, lexicon: Lexicon, encoder: str
) -> None:
    """Write the story links into `directory`, whose other parts are all there; `encoder` is the id of
    the encoder that made its vectors.

    Pairs are looked for of the documents added, and again of those that were linked with one removed:
    another may now be their counterpart. All others keep their links and chances. Of exact copies the
    first has the links; when it goes, they are looked for of the next.

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
