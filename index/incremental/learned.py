"""What an index has learned, after a small change: made out of what it knew before.

    lexicon       its words and counts are those of a whole derivation; translations are kept
    suggestions   titles follow at once; names and phrases are kept
    stories       looked for of what was added; the other links are kept
    relevance     mean passages anew; the directions of nonsense and the floor are kept

What is kept is learned again by the next whole derivation (`index.parts.all_parts`).
"""

from __future__ import annotations

from pathlib import Path

from index.encoders.protocol import Encoder
from index.incremental.change import Change as Change
from index.incremental.change import ChangedWords
from index.incremental.lexicon import extend_lexicon
from index.incremental.stories import extend_stories
from index.incremental.suggestions import extend_phrases
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.lexicon import Lexicon
from index.parts.relevance import Relevance
from index.parts.vectors import load_vectors
from index.progress import Progress


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
