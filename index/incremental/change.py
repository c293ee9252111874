"""What one commit takes out of an index and puts in, and what that means for its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from index.arrays import Ints
from index.documents import Document
from index.parts.bigrams import BigramCounter
from index.parts.catalogue.catalogue import Catalogue
from index.text.analysis import terms


@dataclass(frozen=True)
class Change:
    """What one commit takes out of an index and puts in. All other docids and pids stay the same."""

    removed: Mapping[int, Document]
    """Documents gone, by the docid they had."""
    added: Ints
    """Docids that are new."""


@dataclass
class Counted:
    """The words of some documents: in how many titles and bodies each is, and which follows which."""

    fields: tuple[Counter[str], Counter[str]] = field(
        default_factory=lambda: (Counter(), Counter())
    )
    pairs: BigramCounter = field(default_factory=BigramCounter)

    def add(self, document: Document) -> list[str]:
        """Count one document; returns the words of its title."""
        title, body = terms(document.title), terms(document.body)
        for words, counter in zip((title, body), self.fields, strict=True):
            counter.update(set(words))
            self.pairs.add(words)
        return title


@dataclass(frozen=True)
class ChangedWords:
    """What a change takes from the counts of words and adds to them; `titles` are of those added."""

    removed: Counted
    added: Counted
    titles: Mapping[int, list[str]]

    @classmethod
    def of(cls, catalogue: Catalogue, change: Change) -> ChangedWords:
        """Reads the added documents a batch at a time."""
        removed, added = Counted(), Counted()
        for document in change.removed.values():
            removed.add(document)
        documents = catalogue.iter_documents(change.added.tolist())
        titles = {docid: added.add(document) for docid, document in documents}
        return cls(removed, added, titles)

    def differences(self) -> Iterator[tuple[str, int, int]]:
        """Each word with by how much more (or fewer) titles and bodies hold it."""
        counters = (*self.added.fields, *self.removed.fields)
        for word in set[str]().union(*counters):
            more_titles, more_bodies, fewer_titles, fewer_bodies = (each[word] for each in counters)
            yield word, more_titles - fewer_titles, more_bodies - fewer_bodies
