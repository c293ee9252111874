"""Where everything of an index stands: every name in a data directory, and in a generation of it.

A generation is a list of *segments*, whose files never change: the first is the directory itself, as it
was made when all was last derived at once, the others are what changes have brought since. What is learned
of the archive as a whole stands beside the first.
"""

from __future__ import annotations

import re
from pathlib import Path

# In the data directory.

CURRENT = "CURRENT"
"""Holds the name of the generation that searches read. Replacing it is what makes an index current."""
GENERATIONS_DIR = "generations"
LOCK = "writer.lock"
HOLDER = "writer.json"
"""Who holds the lock."""

# In a generation.

MANIFEST = "manifest.json"
"""Stamps, counts, and size and checksum of every other file."""
SEGMENTS_DIR = "segments"
"""The segments that changes brought, each in a folder named by a number of eight digits."""
SEGMENT_NAME = re.compile(r"\d{8}", re.ASCII)

# In each segment. One that only takes documents out has no more than the first two.

REMOVED_FILE = "removed.npy"
"""Docids of earlier segments that are documents no more."""
WORD_COUNTS_FILE = "word_counts.npz"
"""By how much each word is in more documents, or in fewer, than before; and the titles that came."""
CATALOGUE_FILE = "catalogue.sqlite"
COLUMNS_FILE = "columns.npz"
"""What filters and sorting need of the catalogue."""
ADDRESSES_FILE = "addresses.npy"
"""Hashes of where each document was read from, and of the address of its article."""
VECTORS_FILE = "vectors.npy"
"""Exact vectors of the passages, a row each."""
STATES_FILE = "word_states.bin"
"""Where each word of a passage stands in meaning."""
SPACE_FILE = "word_states.npz"
"""The space they stand in, and at which of them each passage begins."""
KEYWORD_DIR = "keyword"
"""Whoosh's files."""
KEYWORD_TERMS_FILE = "keyword_terms.u4"
"""Hashes of all words in them."""
CENTROIDS_FILE = "centroids.npy"
FAISS_DIR = "faiss"
"""FAISS indexes of the passages, one for each language."""

# Learned of all segments.

RELEVANCE_FILE = "relevance.npy"
LEXICON_FILE = "lexicon.npz"
WORD_VECTORS_FILE = "words.npy"
SUGGESTIONS_FILE = "phrases.npz"
STORIES_FILE = "stories.npz"

# Of the first segment when stories are looked for in all, of a later one when they are looked for in it.

STORY_VECTORS_FILE = "story_vectors.npy"
"""What is compared of each document."""
STORY_USUAL_FILE = "story_usual.npz"
"""How near documents usually are around each."""


def segments(generation: Path) -> list[Path]:
    """The directories of a generation's segments, in the order of their docids: itself first."""
    try:
        found = (generation / SEGMENTS_DIR).iterdir()
        later = sorted(each for each in found if SEGMENT_NAME.fullmatch(each.name))
    except OSError:
        later = []
    return [generation, *later]


READ_IN_PARTS = frozenset({VECTORS_FILE, STATES_FILE})
"""Files out of which a change takes what is of a few documents."""


def holding(generation: Path, name: str) -> list[Path]:
    """The files (or folders) of that name in the segments, the first segment's in any case."""
    first, *later = (segment / name for segment in segments(generation))
    return [first, *(path for path in later if path.exists())]


def parted(name: str) -> tuple[str, str]:
    """A file of a generation as its manifest names it: the folder of its segment, "" for the first, and
    what it is called there."""
    head, _, rest = name.partition("/")
    number, _, own = rest.partition("/")
    if head == SEGMENTS_DIR and SEGMENT_NAME.fullmatch(number) and own:
        return f"{head}/{number}", own
    return "", name
