"""A vector for every passage of a new segment, and where its words stand in meaning.

A text is encoded once, however many passages have it; those that the previous generation holds (same
encoder, same text) not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Rows, evenly
from index.encoders.protocol import Encoder, TokenEncoder, Vectors
from index.errors import StoreError
from index.parts import truth
from index.parts.catalogue.catalogue import Catalogue, known_texts
from index.parts.lexicon.lexicon import usable_vectors
from index.parts.part import KnownVectors
from index.parts.vectors import VectorFile, rows_of
from index.parts.word_states import (
    SAMPLE,
    Bytes,
    StateKeeper,
    WordSpace,
    WordStates,
    WordStatesFile,
    content_words,
)
from index.passages import passage_text, text_hash
from index.progress import Progress
from index.store.layout import VECTORS_FILE
from index.store.manifest import REUSED, current, open_manifest
from index.text.analysis import ANALYZER_FINGERPRINT

ENCODED = truth.EXACT_VECTORS.name, truth.WORD_STATES.name
"""The parts that are written here."""
BATCH = 2_048
_DOCUMENTS = 500
_REFIT = 4


@dataclass(frozen=True)
class Previous:
    """What the current generation knows of texts (by hash, row number = pid) and words.

    Nothing, unless the same encoder made it and every file is as it was written: an index that
    was damaged must not hand its damage on, and the rebuild that mends it must not need it.

    `same_words`: it was made by this text analysis, so that its states are those of our words.
    """

    texts: dict[bytes, int]
    vectors: Rows | npt.NDArray[np.float16]
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
        texts = known_texts(generation)
        words = usable_vectors(generation, encoder.info.dimension)
        return cls(texts, rows_of(generation), WordStates.open(generation), words)


class PassageEncoder:
    """Vectors and word states of texts: from the previous generation where it has them."""

    def __init__(
        self,
        previous: Previous,
        encoder: Encoder,
        space: WordSpace | None,
        repeated: Collection[bytes],
        vectors: VectorFile,
        words: WordStatesFile | None,
    ) -> None:
        """`space` and `words` are None for an encoder that gives no states, `repeated` the texts (by
        hash) that come more than once: where they were written, in `vectors` and `words`, is kept in
        mind."""
        self._vectors, self._words = vectors, words
        self._encoder = encoder
        self._previous = previous
        self._space = space
        self._known = previous.texts
        if space and (previous.states is None or previous.states.space is not space):
            self._known = {}  # their vectors would do, but the states of their words are missing
        self._repeated = repeated
        self._written: dict[bytes, int] = {}
        self.encoded = 0
        self.reused = 0

    def of(self, texts: Sequence[str], first: int) -> tuple[Vectors, list[Bytes]]:
        """Unit vectors, shape (len(texts), dimension), and the words' states of each text.

        Each distinct text is encoded once: of the pids before `first`, which these texts have, those
        that came through here are read from their files again.
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
        rows = np.empty((len(texts), self._encoder.info.dimension), np.float32)
        words: list[Bytes] = []
        for row, digest in enumerate(digests):
            if digest in place:
                rows[row] = fresh[place[digest]]
                words += states[place[digest] : place[digest] + 1]
            elif digest in known:
                pid = known[digest]
                rows[row] = self._previous.vectors[pid : pid + 1][0]
                words += [self._previous.states.bytes_of(pid)] if self._previous.states else []
            else:
                rows[row] = self._vectors.row(written[digest])
                words += [self._words.of(written[digest])] if self._words else []
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
        if self._space is None or states is None or self._previous.same_words:
            return True
        return len(states.bytes_of(pid)) == len(content_words(text))

    def _fresh(self, texts: list[str]) -> tuple[Vectors, list[Bytes]]:
        """What the encoder makes of new texts; no states if it gives none."""
        if self._space is None or not isinstance(self._encoder, TokenEncoder):
            return self._encoder.encode_passages(texts), []
        keeper = StateKeeper(self._space, texts)
        vectors = self._encoder.encode_with_states(texts, keeper.visit)
        return vectors, keeper.kept()


def encode(
    catalogue: Catalogue,
    directory: Path,
    previous: Previous,
    encoder: Encoder,
    report: Progress,
    *,
    joining: bool = False,
) -> PassageEncoder:
    """Write the exact vectors of all passages of a segment and, if the encoder gives any, their word
    states; of one that is `joining` others, in the space that theirs are in."""
    columns = catalogue.files[0].columns
    total = columns.end_pid - columns.first_pid
    if joining:
        space = previous.states.space if previous.states else None
    else:
        space = _space(catalogue, previous, encoder, total)
    vectors = VectorFile(directory / VECTORS_FILE, total, encoder.info.dimension)
    words = WordStatesFile(directory, space) if space else None
    repeated = catalogue.repeated_texts()
    source = PassageEncoder(previous, encoder, space, repeated, vectors, words)
    texts, done = _passage_texts(catalogue), 0
    try:
        while batch := list(islice(texts, BATCH)):
            rows, states = source.of(batch, done)
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
    return source


def is_outgrown(states: WordStates | None, passages: int) -> bool:
    """Whether the space of some states was fitted when the archive was a fraction of so many passages."""
    return states is not None and _REFIT * states.space.fitted < min(SAMPLE, passages)


def _space(
    catalogue: Catalogue, previous: Previous, encoder: Encoder, total: int
) -> WordSpace | None:
    """The previous generation's space, so that its states can be taken over; else a new one.

    A space that was fitted to few passages, when the archive was a fraction of what it is now, is
    fitted again, and the states with it: the only time that a text is encoded twice.
    """
    if not isinstance(encoder, TokenEncoder):
        return None
    if previous.states and not is_outgrown(previous.states, total):
        return previous.states.space
    return WordSpace.fit(encoder, catalogue.texts_at(evenly(total, SAMPLE).tolist()))


def _passage_texts(catalogue: Catalogue) -> Iterator[str]:
    """What the encoder reads of every passage, in the order of pids."""
    documents = catalogue.iter_documents()
    while batch := dict(islice(documents, _DOCUMENTS)):
        passages = catalogue.passages_of(batch)
        for docid, document in batch.items():
            for _, passage in passages[docid]:
                yield passage_text(document, passage)
