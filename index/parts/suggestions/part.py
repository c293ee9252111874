"""The suggestions as a part of an index: opened with what came since they were made, and their words held
against their texts."""

from __future__ import annotations

from pathlib import Path

from index.errors import IndexDamagedError
from index.parts.catalogue.catalogue import Columns
from index.parts.keyword.part import vocabulary
from index.parts.lexicon.changes import WordCounts
from index.parts.lexicon.lexicon import Lexicon
from index.parts.part import Checking, Opening, Part, Question, Reader
from index.parts.suggestions.build import build_suggestions
from index.parts.suggestions.changes import after_changes
from index.parts.suggestions.suggestions import SuggestionIndex
from index.store.layout import SUGGESTIONS_FILE
from index.text.analysis import terms


def open_suggestions(generation: Path, lexicon: Lexicon, columns: Columns) -> SuggestionIndex:
    """The suggestions of a generation, whose lexicon is open. Raises IndexMismatchError if there are
    none, IndexDamagedError if they cannot be read."""
    if lexicon.moved is None:
        return SuggestionIndex.open(generation, len(lexicon.words))
    stored = SuggestionIndex.open(generation, len(lexicon.moved))
    changes = WordCounts.together(WordCounts.since(generation), ())
    return after_changes(stored, lexicon, columns, changes)


def _open(opening: Opening) -> SuggestionIndex:
    columns = opening.catalogue.columns()
    return open_suggestions(opening.directory, opening.opened["lexicon"], columns)


def _entries(checking: Checking) -> Reader:
    directory = checking.directory
    words = [word for word, *_ in vocabulary(directory)]
    if WordCounts.since(directory):
        phrases = open_suggestions(directory, Lexicon.open(directory), checking.columns)
    else:
        phrases = SuggestionIndex.open(directory, len(words))
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
    build=build_suggestions,
    open=_open,
    check=lambda checking: [Question("suggestions", _entries(checking))],
    stays=True,
    apart=True,
)
