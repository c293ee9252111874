"""The suggestions as a part of an index."""

from __future__ import annotations

from index.errors import IndexDamagedError
from index.parts.keyword.part import vocabulary
from index.parts.part import Building, Checking, Opening, Part, Question, Reader
from index.parts.suggestions.build import build_suggestions
from index.parts.suggestions.suggestions import SuggestionIndex
from index.store.layout import SUGGESTIONS_FILE
from index.text.analysis import terms


def _build(building: Building) -> None:
    building.report("finding names and phrases", 0, 0)
    build_suggestions(building.directory, building.catalogue)


def _open(opening: Opening) -> SuggestionIndex:
    return SuggestionIndex.open(opening.directory, len(opening.opened["lexicon"].words))


def _entries(checking: Checking) -> Reader:
    words = [word for word, *_ in vocabulary(checking.directory)]
    phrases = SuggestionIndex.open(checking.directory, len(words))
    docids = phrases.docids.tolist()
    suggested, titles = set(docids), dict[int, str]()
    while (article := (yield)) is not None:
        if article.docid in suggested:
            titles[article.docid] = article.document.title
    for entry, docid in enumerate(docids):
        text = phrases.texts[entry] if docid < 0 else titles[docid]
        held = [words[row] for row in phrases.words(entry)]
        if held != terms(text)[: len(held)]:
            raise IndexDamagedError(f"entry {entry} has other words than {text!r}")
    named = len(phrases.texts)
    return f"{named} names, phrases and words, {len(phrases) - named} titles"


PART = Part(
    "suggestions",
    (SUGGESTIONS_FILE,),
    needs=("catalogue", "lexicon"),
    build=_build,
    open=_open,
    check=lambda checking: [Question("suggestions", _entries(checking))],
)
