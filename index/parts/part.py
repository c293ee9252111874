"""What every part of an index is to those who build, open, check, repair and back up one.

`index.parts.all_parts` lists the parts. A part that needs no other is the truth of an index: it is
backed up, and cannot be repaired. The others are derived from those they need, and are built again
to repair or restore an index.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.documents import Document, Passage
from index.encoders.protocol import Encoder
from index.errors import IndexDamagedError
from index.parts.bigrams import BigramCounter
from index.parts.catalogue.catalogue import Catalogue, Columns
from index.progress import Progress
from index.store.manifest import Manifest
from index.text.analysis import terms
from index.workers import Job, Workers

_BATCH = 500

KnownVectors = tuple[Mapping[str, int], npt.NDArray[np.float16]]
"""Words that have vectors already, with their rows in an array."""


@dataclass(frozen=True)
class Part:
    """One part of an index. `needs` names the parts that it is derived from, all before it in the list.

    `files` of one that is `segmented` are in the directory of each segment, of any other in that of the
    generation; one may be a folder. Of an `optional` part none may be there. A derived part that is not
    segmented `stays` as it is when the index changes, or has a way to `follow`; else it is built anew. `build` writes them; without it, others do: documents are read into the catalogue,
    and their passages encoded, before anything is built. `open` gives what a search reads, and
    becomes the field of `OpenIndex` with the name of the part. `check` says what can be asked of
    the part. `rules` is a stamp of what the part is derived by, beside what it needs. A derived part
    that `spares_encoding` is backed up, too, for the vectors that it holds; it is built anew all the
    same. One that is built `apart` asks for no encoder, and a worker may build it beside the others.
    """

    name: str
    files: tuple[str, ...]
    needs: tuple[str, ...] = ()
    build: Callable[[Building], None] | None = None
    open: Callable[[Opening], Any] | None = None
    check: Callable[[Checking], Iterable[Question]] | None = None
    rules: Callable[[], str] | None = None
    optional: bool = False
    segmented: bool = False
    stays: bool = False
    follow: Callable[[Following], None] | None = None
    spares_encoding: bool = False
    apart: bool = False

    @property
    def is_truth(self) -> bool:
        """Whether it follows from no other part."""
        return not self.needs

    def is_in(self, directory: Path) -> bool:
        """Whether any of its files is in a directory."""
        return any((directory / name).exists() for name in self.files)

    def clear(self, directory: Path) -> None:
        """Remove what is there of its files."""
        for path in (directory / name for name in self.files):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


@dataclass(frozen=True)
class Building:
    """What a part of a segment is built out of: the parts it needs stand in `directory`; their catalogue is
    open. Parts of one segment alone need no encoder.

    `words` are vectors of words that need not be encoded again, `bigrams` the pairs of words in the
    texts, which whoever reads them for the keyword index counts. `workers` build parts beside this
    process, `jobs` are those they are at, by the names of the parts.
    """

    directory: Path
    catalogue: Catalogue
    opened: Encoder | None
    words: KnownVectors
    report: Progress
    workers: Workers | None = None
    bigrams: BigramCounter = field(default_factory=BigramCounter)
    jobs: dict[str, Job[BigramCounter]] = field(default_factory=dict)

    @property
    def encoder(self) -> Encoder:
        """The encoder of the index. Only parts that are learned of the archive ask for it."""
        assert self.opened
        return self.opened


@dataclass(frozen=True)
class Following:
    """A change that a part follows: `directory` has all segments of the generation to come, and `catalogue`
    is that of them; `before` is the generation before, `columns` were its columns."""

    directory: Path
    catalogue: Catalogue
    before: Path
    columns: Columns
    encoder: str
    report: Progress


@dataclass(frozen=True)
class Opening:
    """A generation that is being opened; `opened` has the parts that are open, by name."""

    directory: Path
    manifest: Manifest
    catalogue: Catalogue
    opened: dict[str, Any] = field(default_factory=dict)

    def agree(self, what: str, has: int, wants: int) -> None:
        """Raise IndexDamagedError unless a part has as many of something as it should have."""
        if has != wants:
            message = f"The index {self.directory.name} has {has} {what}; it should have {wants}."
            raise IndexDamagedError(message)


@dataclass(frozen=True)
class Checking:
    """A generation that is being checked. With an encoder, `sample` texts are encoded again."""

    directory: Path
    manifest: Manifest
    catalogue: Catalogue
    encoder: Encoder | None = None
    sample: int = 0

    @property
    def columns(self) -> Columns:
        """The columns of its catalogue."""
        return self.catalogue.columns()

    @property
    def extended(self) -> bool:
        """Whether it was changed since all was derived at once."""
        return bool(self.manifest.build.get("extended"))


@dataclass(frozen=True)
class Article:
    """One document of a catalogue as it is checked, with its (pid, passage) pairs."""

    docid: int
    document: Document
    passages: list[tuple[int, Passage]]

    @cached_property
    def title_words(self) -> list[str]:
        """The words of its title, as they are indexed."""
        return terms(self.document.title)

    @cached_property
    def body_words(self) -> list[str]:
        """The words of its body, as they are indexed."""
        return terms(self.document.body)


Reader = Generator[None, Article | None, str]
"""A check of texts: is sent every article, in the order of docids, then None, and returns what it found."""


@dataclass(frozen=True)
class Question:
    """One thing to be asked of a part. `find` says what was found, or raises IndexDamagedError.

    One that has to read the texts is a `Reader`, so that all of them read once. What takes long is
    asked of a `deep` verify only.
    """

    name: str
    find: Callable[[], str] | Reader
    deep: bool = False


def articles(catalogue: Catalogue) -> Iterator[Article]:
    """Every document of a catalogue, by docid, read in batches."""
    documents = catalogue.iter_documents()
    while batch := dict(islice(documents, _BATCH)):
        passages = catalogue.passages_of(batch)
        for docid, document in batch.items():
            yield Article(docid, document, passages[docid])


def agree(found: int, stated: int, what: str, who: str = "the manifest") -> str:
    """How many were found, if others say the same. Raises IndexDamagedError."""
    if found != stated:
        raise IndexDamagedError(f"{found} {what}, {who} says {stated}")
    return f"{found} {what}"
