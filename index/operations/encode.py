"""Second pass of a rebuild: a vector for every passage, and where its words stand in meaning.

A text is encoded once, however many passages have it; those that the previous generation holds (same
encoder, same text) not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.documents import Document
from index.encoders.protocol import Encoder, TokenEncoder, Vectors
from index.errors import StoreError
from index.parts.catalogue.catalogue import Catalogue, known_texts
from index.parts.lexicon.lexicon import load_word_vectors
from index.parts.part import KnownVectors
from index.parts.vectors import VectorFile, load_vectors
from index.parts.word_states import (
    SAMPLE,
    Bytes,
    WordSpace,
    WordStates,
    WordStatesFile,
    content_words,
    keeper,
)
from index.progress import Progress
from index.store.layout import CATALOGUE_FILE, VECTORS_FILE
from index.store.manifest import REUSED, current, open_manifest
from index.text.analysis import ANALYZER_FINGERPRINT
from index.text.passages import passage_text, text_hash

BATCH = 2_048
_REFIT = 4


@dataclass(frozen=True)
class Previous:
    """What the current generation knows of texts (by hash, row number = pid) and words.

    Nothing, unless the same encoder made it and every file is as it was written: an index that
    was damaged must not hand its damage on, and the rebuild that mends it must not need it.

    `same_words`: it was made by this text analysis, so that its states are those of our words.
    """

    texts: dict[bytes, int]
    vectors: npt.NDArray[np.float16]
    states: WordStates | None
    words: KnownVectors
    same_words: bool = True

    @classmethod
    def of(cls, data_dir: Path, encoder: Encoder) -> Previous:
        """What can be taken from the generation that is current in `data_dir`."""
        try:
            generation = current(data_dir)
            manifest = open_manifest(generation, check="checksums", formats=REUSED)
            if manifest.encoder.id == encoder.info.id:
                same_words = manifest.analyzer_fingerprint == ANALYZER_FINGERPRINT
                return replace(cls.open(generation, encoder), same_words=same_words)
        except StoreError:
            pass
        nothing = np.empty((0, encoder.info.dimension), np.float16)
        return cls({}, nothing, None, ({}, nothing))

    @classmethod
    def open(cls, generation: Path, encoder: Encoder) -> Previous:
        """What a generation knows that this encoder made and whose files are sound.

        Raises IndexDamagedError if they are not.
        """
        texts = known_texts(generation / CATALOGUE_FILE)
        nothing = np.empty((0, encoder.info.dimension), np.float16)
        words = _previous_words(generation, nothing)
        return cls(texts, load_vectors(generation), WordStates.open(generation), words)


def _previous_words(generation: Path, nothing: npt.NDArray[np.float16]) -> KnownVectors:
    try:
        words, vectors = load_word_vectors(generation)
    except StoreError:  # from before there was a lexicon: its passages are still good
        return {}, nothing
    return {word: row for row, word in enumerate(words)}, vectors


class PassageEncoder:
    """Vectors and word states of texts: from the previous generation where it has them."""

    def __init__(
        self,
        previous: Previous,
        encoder: Encoder,
        space: WordSpace | None,
        repeated: Collection[bytes] = (),
    ) -> None:
        """`space` is None for an encoder that gives no states, `repeated` the texts (by hash) that
        come more than once: where they were written is kept in mind."""
        self._encoder = encoder
        self._previous = previous
        self.space = space
        self._known = previous.texts
        if space and (previous.states is None or previous.states.space is not space):
            self._known = {}  # their vectors would do, but the states of their words are missing
        self._repeated = repeated
        self._written: dict[bytes, int] = {}
        self.dimension = encoder.info.dimension
        self.encoded = 0
        self.reused = 0

    def of(
        self, texts: Sequence[str], first: int = 0, files: _Files | None = None
    ) -> tuple[Vectors, list[Bytes]]:
        """Unit vectors, shape (len(texts), dimension), and the words' states of each text.

        Each distinct text is encoded once: of the pids before `first`, which these texts have, those
        that came through here are read from `files` again.
        """
        digests = [text_hash(text) for text in texts]
        written = self._written
        known = {
            digest: self._known[digest]
            for digest, text in zip(digests, texts, strict=True)
            if digest in self._known and self._fits(text, self._known[digest])
        }
        new = {
            digest: row
            for row, digest in enumerate(digests)
            if digest not in known and digest not in written
        }
        fresh, states = self._fresh([texts[row] for row in new.values()])
        place = {digest: position for position, digest in enumerate(new)}
        rows = np.empty((len(texts), self.dimension), np.float32)
        words: list[Bytes] = []
        for row, digest in enumerate(digests):
            if digest in place:
                rows[row] = fresh[place[digest]]
                words += states[place[digest] : place[digest] + 1]
            elif digest in known:
                pid = known[digest]
                rows[row] = self._previous.vectors[pid]
                words += [self._previous.states.bytes_of(pid)] if self._previous.states else []
            else:
                assert files is not None, "written texts without the file they are in"
                rows[row] = files.vectors.row(written[digest])
                words += [files.words.of(written[digest])] if files.words else []
        written.update((digest, first + new[digest]) for digest in new if digest in self._repeated)
        self.reused += sum(digest in known for digest in digests)
        self.encoded += len(new)
        return rows, words

    def _fits(self, text: str, pid: int) -> bool:
        """Whether the states held of a passage are those of its words.

        Another text analysis may have found other words in it. Where it parts or joins some, their
        number changes; the few that it folds otherwise stand where they stood.
        """
        states = self._previous.states
        if self.space is None or states is None or self._previous.same_words:
            return True
        return len(states.bytes_of(pid)) == len(content_words(text))

    def _fresh(self, texts: list[str]) -> tuple[Vectors, list[Bytes]]:
        """What the encoder makes of new texts; no states if it gives none."""
        if self.space is None or not isinstance(self._encoder, TokenEncoder):
            return self._encoder.encode_passages(texts), []
        found: list[Bytes | None] = [None] * len(texts)
        vectors = self._encoder.encode_with_states(texts, keeper(self.space, texts, found))
        return vectors, [rows for rows in found if rows is not None]


def encode_all(
    catalogue: Catalogue, directory: Path, previous: Previous, encoder: Encoder, report: Progress
) -> PassageEncoder:
    """Write the exact vectors of all passages and, if the encoder gives any, their word states."""
    total = catalogue.counts().passages
    space = _space(catalogue, previous, encoder, total)
    source = PassageEncoder(previous, encoder, space, catalogue.repeated_texts())
    files = _Files.begin(directory, total, source)
    _fill(files, 0, source, _passage_texts(catalogue), report, total)
    return source


def encode_new(
    catalogue: Catalogue,
    docids: Sequence[int],
    directory: Path,
    before: Previous,
    encoder: Encoder,
    report: Progress,
) -> PassageEncoder:
    """Write vectors and word states of a changed index: those before, then those of new documents.

    `docids` are the new ones, ascending; their pids follow on those before.
    """
    columns, old = catalogue.columns(), before.vectors
    space = before.states.space if before.states else None
    source = PassageEncoder(before, encoder, space, catalogue.repeated_texts())
    total = len(columns.passage_doc)
    files = _Files.begin(directory, total, source)
    for start in range(0, len(old), BATCH):
        files.vectors.append(old[start : start + BATCH])
    if files.words and before.states:
        files.words.take(before.states)
    _fill(files, len(old), source, _passage_texts(catalogue, docids), report, total - len(old))
    return source


class _Files(NamedTuple):
    """The files that are filled, a row or an entry for each pid; no states from some encoders."""

    vectors: VectorFile
    words: WordStatesFile | None

    @classmethod
    def begin(cls, directory: Path, total: int, source: PassageEncoder) -> _Files:
        vectors = VectorFile(directory / VECTORS_FILE, total, source.dimension)
        return cls(vectors, WordStatesFile(directory, source.space) if source.space else None)


def _fill(
    files: _Files,
    first: int,
    source: PassageEncoder,
    texts: Iterator[str],
    report: Progress,
    total: int,
) -> None:
    """Encode the texts, of pids from `first` on, and end both files."""
    (vectors, words), done = files, 0
    try:
        for batch in _batches(texts, BATCH):
            rows, states = source.of(batch, first + done, files)
            vectors.append(rows)
            if words:
                words.append(states)
            done += len(batch)
            report("encoding", done, total)
        vectors.finish()
        if words:
            words.finish()
    except BaseException:
        with suppress(Exception):  # what went wrong matters, not what its clean-up then met
            vectors.abort()
        with suppress(Exception):
            if words:
                words.abort()
        raise


def _space(
    catalogue: Catalogue, previous: Previous, encoder: Encoder, total: int
) -> WordSpace | None:
    """The previous generation's space, so that its states can be taken over; else a new one.

    A space that was fitted to few passages, when the archive was a fraction of what it is now, is
    fitted again, and the states with it: the only time that a text is encoded twice.
    """
    if not isinstance(encoder, TokenEncoder):
        return None
    if previous.states and _REFIT * previous.states.space.fitted >= min(SAMPLE, total):
        return previous.states.space
    sample = np.unique(np.linspace(0, max(0, total - 1), min(SAMPLE, total)).astype(int))
    passages = catalogue.passages_at(sample.tolist()).values()
    docids = sorted({docid for docid, _ in passages})
    documents = dict(zip(docids, catalogue.documents(docids), strict=True))
    return WordSpace.fit(
        encoder, [passage_text(documents[docid], passage) for docid, passage in passages]
    )


def _passage_texts(catalogue: Catalogue, docids: Sequence[int] | None = None) -> Iterator[str]:
    """What the encoder reads of every passage, or of those of `docids`, in the order of pids."""
    documents = catalogue.iter_documents() if docids is None else _named(catalogue, docids)
    for docid, document in documents:
        for _, passage in catalogue.passages(docid):
            yield passage_text(document, passage)


def _named(catalogue: Catalogue, docids: Sequence[int]) -> Iterator[tuple[int, Document]]:
    for docid in docids:
        yield docid, catalogue.document(docid)


def _batches(items: Iterator[str], size: int) -> Iterator[list[str]]:
    while batch := list(islice(items, size)):
        yield batch
