"""Documents on their way into a catalogue that is being written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from index.documents import Document, Skipped
from index.parts.catalogue.schema import as_stored
from index.parts.catalogue.writer import CatalogueWriter
from index.progress import Progress
from index.text.passages import PassageParams, cut, passage_text, text_hash


@dataclass
class Ingest:
    """Cuts documents into passages and writes them down; knows what came of each.

    `added` are the docids given, in order.
    """

    catalogue: CatalogueWriter
    params: PassageParams
    added: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def put_all(self, items: Iterable[Document | Skipped], report: Progress) -> None:
        """Put everything that comes into a new catalogue."""
        for item in items:
            if isinstance(item, Skipped):
                self.skipped.append(item)
            elif self.catalogue.has_id(item.id):
                self.refuse_twice(item)
            else:
                self.put(as_stored(item))
                report("reading", len(self.added), 0)

    def put(self, document: Document) -> None:
        """Put a document, as it is stored (`as_stored`), whose id is free."""
        passages = cut(document, self.params)
        hashes = [text_hash(passage_text(document, passage)) for passage in passages]
        self.added.append(self.catalogue.add(document, list(zip(passages, hashes, strict=True))))

    def refuse_twice(self, document: Document) -> None:
        """Report a document whose id an earlier one of the same run has."""
        reason = f"the id {document.id!r} was given to an earlier document"
        self.skipped.append(Skipped(document.id, reason, code="duplicate-id"))
