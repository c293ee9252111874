"""What an index is made of, each part after those it needs. Whoever adds a part adds it here."""

from __future__ import annotations

from index.parts import relevance, truth, vectors
from index.parts.keyword import part as keyword
from index.parts.lexicon import build as lexicon
from index.parts.part import Building, Part
from index.parts.stories import build as stories
from index.parts.suggestions import part as suggestions
from index.store.layout import REMOVED_FILE

PARTS: tuple[Part, ...] = (
    truth.CATALOGUE,
    truth.EXACT_VECTORS,
    truth.WORD_STATES,
    truth.COLUMNS,
    keyword.PART,
    vectors.PART,
    relevance.PART,
    lexicon.PART,
    suggestions.PART,
    stories.PART,
    stories.FOLLOWED_BY,
)


REMOVED = (REMOVED_FILE,)
"""What a segment's change took out of the segments before it: truth, like its documents."""


def truth_files() -> tuple[str, ...]:
    """The files of a segment that follow from no others."""
    return (*REMOVED, *(name for part in PARTS if part.is_truth for name in part.files))


def saved_files() -> tuple[str, ...]:
    """The files of a backup: the truth, and what spares the encoder work."""
    sparing = (name for part in PARTS if part.spares_encoding for name in part.files)
    return (*truth_files(), *sparing)


def build_parts(building: Building, *, segment: bool = False) -> None:
    """Build every part that is not in the directory yet; in that of a `segment` only those that each
    segment has. No passage is encoded."""
    for part in PARTS:
        if part.build and not part.is_in(building.directory) and (part.segmented or not segment):
            part.build(building)


def changing_files() -> set[str]:
    """Files and folders of a generation that a change writes anew."""
    parts = (part for part in PARTS if not (part.is_truth or part.segmented or part.stays))
    return {name for part in parts for name in part.files}


def derived_by() -> str:
    """What the derived parts of an index follow from beside its truth: the rules and the data that come
    with the program. A rebuild with others makes them anew."""
    return " ".join(part.rules() for part in PARTS if part.rules)
