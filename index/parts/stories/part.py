"""The story links as a part of an index."""

from __future__ import annotations

from index.errors import IndexDamagedError
from index.parts.lexicon.lexicon import Lexicon
from index.parts.part import Building, Checking, Opening, Part, Question, agree
from index.parts.stories.build import build_stories
from index.parts.stories.evidence import RULES
from index.parts.stories.stories import COPY, Stories
from index.store.layout import STORIES_FILE


def _build(building: Building) -> None:
    building.report("linking stories", 0, 0)
    lexicon = Lexicon.open(building.directory)
    build_stories(building.directory, building.catalogue, lexicon, building.encoder.info.id)


def _open(opening: Opening) -> Stories:
    columns = opening.catalogue.columns()
    stories = Stories.open(opening.directory, columns.copy_of)
    opening.agree("documents among the story links", len(stories), len(columns))
    return stories


def _links(checking: Checking) -> str:
    columns, stories = checking.columns, Stories.open(checking.directory)
    agree(len(stories), len(columns), "documents", "the catalogue")
    pairs = stories.pairs()
    if 2 * len(pairs) != len(stories.others) or not stories.same(
        Stories.of_pairs(pairs, len(columns))
    ):
        raise IndexDamagedError("a document is not linked with the one that is linked with it")
    if not columns.live[stories.others].all():
        raise IndexDamagedError("a document is linked with one that is not there")
    if (columns.copy_of[stories.others] != stories.others).any():
        raise IndexDamagedError("a link is that of a copy, not of the first article with its text")
    copies = pairs.take(pairs.kinds == COPY)
    if (columns.lang[copies.first] != columns.lang[copies.second]).any():
        raise IndexDamagedError("copies are of two languages")
    return f"{len(pairs) - len(copies)} pairs tell one story, {len(copies)} are copies"


PART = Part(
    "stories",
    (STORIES_FILE,),
    needs=("catalogue", "exact_vectors", "keyword", "vectors", "relevance", "lexicon"),
    build=_build,
    open=_open,
    check=lambda checking: [Question("story links", lambda: _links(checking))],
    rules=lambda: str(RULES),
)
