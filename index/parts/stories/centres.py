"""Where the texts of a language lie, as an encoder sees them: what is taken off a vector before two are
compared.

All Urdu texts have something in common that is not what they say, and all English ones. In a large
archive that is its mean passage. In an archive of five pages on one subject the mean passage is that
subject, and less it nothing is left to compare; so the mean of many texts comes with the program, for the
bundled encoder, and counts as `KNOWN_ARTICLES` articles beside those of the archive. Of any other
encoder only the archive's own mean is known. The file was made by `training/story_centres.py`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from index.arrays import Floats
from index.parts.catalogue.catalogue import Columns
from index.parts.relevance import Relevance

KNOWN_ARTICLES = 100
_FILE = Path(__file__).parents[2] / "data" / "story_centres.npz"


def centres(directory: Path, columns: Columns, encoder: str) -> Floats:
    """The centre of each language code, shape (languages, dimension), of a generation whose relevance
    measure is there and whose vectors are of the encoder with this id.

    Raises IndexDamagedError.
    """
    own = Relevance.load(directory).means
    known = known_centres().get(encoder, {})
    found = own.astype(np.float32)
    for code, name in enumerate(columns.lang_names):
        if name in known:
            articles = int((columns.firsts & (columns.lang == code)).sum())
            found[code] = (articles * own[code] + KNOWN_ARTICLES * known[name]) / (
                articles + KNOWN_ARTICLES
            )
    return found


@cache
def known_centres() -> dict[str, dict[str, Floats]]:
    """By encoder id and language, what comes with the program."""
    with np.load(_FILE, allow_pickle=False) as stored:
        encoder = bytes(stored["encoder"]).decode()
        return {
            encoder: {
                name: stored[name].astype(np.float32) for name in stored.files if name != "encoder"
            }
        }
