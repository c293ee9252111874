"""An open generation: everything a search reads, opened together and closed together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.errors import IndexDamagedError
from index.parts.catalogue.catalogue import Catalogue, Columns
from index.parts.keyword.keyword_index import KeywordIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.relevance import Relevance
from index.parts.stories.stories import Stories
from index.parts.suggestions.suggestions import SuggestionIndex
from index.parts.vectors import VectorIndex
from index.parts.word_states import WordStates
from index.store.layout import CATALOGUE_FILE, KEYWORD_DIR
from index.store.manifest import REBUILD, Manifest, open_current, open_manifest
from index.text.analysis import ANALYZER_FINGERPRINT
from index.text.normalize import NORMALIZER_VERSION


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
        manifest.require(
            normalizer_version=NORMALIZER_VERSION, analyzer_fingerprint=ANALYZER_FINGERPRINT
        )
        catalogue = Catalogue.open(generation / CATALOGUE_FILE)
        columns = catalogue.columns()
        lexicon = Lexicon.open(generation)
        opened = cls(
            name=generation.name,
            manifest=manifest,
            catalogue=catalogue,
            columns=columns,
            keyword=KeywordIndex.open(generation / KEYWORD_DIR),
            vectors=VectorIndex.open(generation, columns.passage_doc >= 0),
            relevance=Relevance.load(generation),
            lexicon=lexicon,
            suggestions=SuggestionIndex.open(generation, len(lexicon.words)),
            word_states=WordStates.open(generation),
            stories=Stories.open(generation, columns.copy_of),
        )
        opened._check_agreement()
        return opened

    @classmethod
    def open_current(cls, data_dir: Path) -> OpenIndex:
        """Open the generation that `data_dir` names as current; see `open` for what is raised."""
        return open_current(data_dir, cls.open)

    def _check_agreement(self) -> None:
        counts = self.manifest.counts
        found = (
            ("documents in the keyword index", self.keyword.document_count, counts.documents),
            ("rows in the vector index", self.vectors.count, len(self.columns.passage_doc)),
            ("documents in the catalogue", int(self.columns.live.sum()), counts.documents),
            ("documents among the story links", len(self.stories), len(self.columns)),
        )
        for what, has, wants in found:
            if has != wants:
                raise IndexDamagedError(
                    f"The index {self.name} has {has} {what}; it should have {wants}.",
                    hint=REBUILD,
                )

    def close(self) -> None:
        """Release the files. Only when no search is reading them."""
        self.keyword.close()
        self.catalogue.close()
