"""Where everything of an index stands: every name in a data directory, and in a generation of it."""

from __future__ import annotations

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
CATALOGUE_FILE = "catalogue.sqlite"
VECTORS_FILE = "vectors.npy"
"""Exact vectors of the passages, a row each."""
STATES_FILE = "word_states.bin"
"""Where each word of a passage stands in meaning."""
SPACE_FILE = "word_states.npz"
"""The space they stand in, and at which of them each passage begins."""
KEYWORD_DIR = "keyword"
"""Whoosh's files."""
CENTROIDS_FILE = "centroids.npy"
FAISS_DIR = "faiss"
"""FAISS indexes of the passages, one for each language."""
RELEVANCE_FILE = "relevance.npy"
LEXICON_FILE = "lexicon.npz"
WORD_VECTORS_FILE = "words.npy"
SUGGESTIONS_FILE = "phrases.npz"
STORIES_FILE = "stories.npz"
