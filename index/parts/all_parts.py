"""What an index is made of, each part after those it needs. Whoever adds a part adds it here."""

from __future__ import annotations

from index.parts import relevance, truth, vectors
from index.parts.keyword import part as keyword
from index.parts.lexicon import build as lexicon
from index.parts.part import Building, Part
from index.parts.stories import build as stories
from index.parts.suggestions import build as suggestions

PARTS: tuple[Part, ...] = (
    truth.CATALOGUE,
    truth.EXACT_VECTORS,
    truth.WORD_STATES,
    keyword.PART,
    vectors.PART,
    relevance.PART,
    lexicon.PART,
    suggestions.PART,
    stories.PART,
)


def truth_files() -> tuple[str, ...]:
    """The files that follow from no others."""
    return tuple(name for part in PARTS if part.is_truth for name in part.files)


def saved_files() -> tuple[str, ...]:
    """The files of a backup: the truth, and what spares the encoder work."""
    return tuple(
        name for part in PARTS if part.is_truth or part.spares_encoding for name in part.files
    )


def build_parts(building: Building) -> None:
    """Build every part that is not in the directory yet. No passage is encoded."""
    for part in PARTS:
        if part.build and not part.is_in(building.directory):
            part.build(building)


def derived_by() -> str:
    """What the derived parts of an index follow from beside its truth: the rules and the data that come
    with the program. A rebuild with others makes them anew."""
    return " ".join(part.rules() for part in PARTS if part.rules)
