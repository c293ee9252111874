"""An open generation: everything a search reads, opened together and closed together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue, Columns
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.part import Opening
from index.parts.relevance import Relevance
from index.parts.stories.stories import Stories
from index.parts.suggestions.suggestions import SuggestionIndex
from index.parts.vectors import VectorIndex
from index.parts.word_states import WordStates
from index.store.manifest import Manifest, open_current, open_manifest


@dataclass(frozen=True)
class OpenIndex:
    """One generation, whole: its parts are of one build and are never mixed with another's."""

    name: str
    manifest: Manifest
    catalogue: Catalogue
    columns: Columns
    keyword: KeywordIndex
    vectors: VectorIndex
    relevance: Relevance
    lexicon: Lexicon
    suggestions: SuggestionIndex
    word_states: WordStates | None
    stories: Stories

    @classmethod
    def open(cls, generation: Path) -> OpenIndex:
        """Open the generation in this directory.

        Raises IndexDamagedError when a part is missing, cut short or disagrees with the others,
        and IndexMismatchError when it was built with other text analysis than this program's.
        """
        manifest = open_manifest(generation, check="sizes")
        manifest.require_ours()
        opening = Opening(generation, manifest, Catalogue.open(generation))
        for part in all_parts.PARTS:
            if part.open:
                opening.opened[part.name] = part.open(opening)
        columns = opening.catalogue.columns()
        return cls(name=generation.name, manifest=manifest, columns=columns, **opening.opened)

    @classmethod
    def open_current(cls, data_dir: Path) -> OpenIndex:
        """Open the generation that `data_dir` names as current; see `open` for what is raised."""
        return open_current(data_dir, cls.open)

    def close(self) -> None:
        """Release the files. Only when no search is reading them."""
        self.keyword.close()
        self.catalogue.close()
