"""Does an index hold what it must? Every file, every passage, every count against every other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from index.documents import Document, Passage
from index.errors import IndexDamagedError, StoreError
from index.parts.catalogue.catalogue import Catalogue
from index.store.layout import MANIFEST
from index.store.manifest import Manifest, current, current_token, file_problem, read_manifest

_BATCH = 500


@dataclass(frozen=True)
class Check:
    """One thing looked at. `detail` says what was found, good or bad."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class VerifyReport:
    """All checks of one generation. It is sound if none failed."""

    generation: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)


def verify(
    data_dir: Path, more: Callable[[Path, Manifest], Iterator[Check]] | None = None
) -> VerifyReport:
    """Check the current index from end to end; reads all of it, changes nothing.

    `more` are checks of one whose catalogue can be opened (`index.operations.verify.deep`). Damage
    is reported, not raised. Raises IndexMissingError if there is no index.
    """
    while True:
        try:
            path = current(data_dir)
        except IndexDamagedError as error:
            return VerifyReport("", (Check("current generation", False, error.message),))
        report = VerifyReport(path.name, tuple(_checks(path, more)))
        if report.ok or current_token(data_dir) == path.name:
            return report  # else it was retired while we looked


def _checks(
    path: Path, more: Callable[[Path, Manifest], Iterator[Check]] | None
) -> Iterator[Check]:
    try:
        manifest = read_manifest(path)
    except StoreError as error:
        yield Check("manifest", False, error.message)
        return
    yield Check("manifest", True, f"format {manifest.format_version}, made {manifest.created}")
    for name, entry in manifest.files.items():
        problem = file_problem(path / name, entry, checksum=True)
        yield Check(f"file {name}", not problem, problem or f"{entry.size} bytes")
    yield look("no other files", lambda: _no_strays(path, manifest))
    try:
        from index.store.layout import CATALOGUE_FILE

        catalogue = Catalogue.open(path / CATALOGUE_FILE)
    except StoreError as error:
        yield Check("catalogue", False, error.message)
        return
    with catalogue:
        yield look("catalogue", lambda: _sound(catalogue))
        yield look("catalogue counts", lambda: _counts(catalogue, manifest))
        yield look("passages", lambda: _passages(catalogue))
        yield look("exact vectors", lambda: _vectors(path, catalogue, manifest))
    yield look("keyword index", lambda: _keyword(path, manifest))
    yield look("vector index", lambda: _neighbours(path))
    yield look("lexicon", lambda: _lexicon(path, manifest))
    yield look("suggestions", lambda: _suggestions(path))
    yield look("word states", lambda: _word_states(path))
    yield look("story links", lambda: _stories(path))
    if more is not None:
        yield from more(path, manifest)


def look(name: str, check: Callable[[], str]) -> Check:
    """What one check finds; damage is told, not raised."""
    try:
        return Check(name, True, check())
    except StoreError as error:
        return Check(name, False, error.message)
    except Exception as error:  # whatever a damaged file makes a library raise is damage
        return Check(name, False, f"{type(error).__name__}: {error}")


def _no_strays(path: Path, manifest: Manifest) -> str:
    found = {f.relative_to(path).as_posix() for f in path.rglob("*") if not f.is_dir()}
    if strays := sorted(found - set(manifest.files) - {MANIFEST}):
        raise IndexDamagedError(f"not in the manifest: {', '.join(strays[:5])}")
    return f"{len(manifest.files)} files"


def _sound(catalogue: Catalogue) -> str:
    if problems := catalogue.check():
        raise IndexDamagedError("; ".join(problems[:5]))
    return "SQLite finds it sound"


def _counts(catalogue: Catalogue, manifest: Manifest) -> str:
    found, stated = catalogue.counts(), manifest.counts
    if found != stated:
        raise IndexDamagedError(f"it holds {found}, the manifest says {stated}")
    return f"{found.documents} documents, {found.passages} passages, {found.copies} copies"


def _passages(catalogue: Catalogue) -> str:
    columns, seen = catalogue.columns(), 0
    documents = catalogue.iter_documents()
    while batch := dict(islice(documents, _BATCH)):
        for docid, passages in catalogue.passages_of(batch).items():
            if docid not in batch or len(passages) != columns.doc_passages[docid]:
                raise IndexDamagedError(f"passages of document {docid} are not where they belong")
            for pid, passage in passages:
                if not _inside(batch[docid], passage):
                    raise IndexDamagedError(f"passage {pid} lies outside document {docid}")
            seen += len(passages)
    if seen != catalogue.counts().passages:
        raise IndexDamagedError(f"{catalogue.counts().passages - seen} belong to no document")
    return f"{seen} lie inside their documents"


def _inside(document: Document, passage: Passage) -> bool:
    text = document.title if passage.ordinal == Passage.TITLE else document.body
    return 0 <= passage.start <= passage.end <= len(text)


def _vectors(path: Path, catalogue: Catalogue, manifest: Manifest) -> str:
    from index.store.layout import VECTORS_FILE

    rows = np.load(path / VECTORS_FILE, mmap_mode="r", allow_pickle=False)
    wanted = (len(catalogue.columns().passage_doc), manifest.encoder.dimension)
    if rows.shape != wanted or rows.dtype != np.float16:
        raise IndexDamagedError(f"{rows.dtype} {rows.shape} instead of float16 {wanted}")
    return f"{wanted[0]} rows of {wanted[1]}"


def _keyword(path: Path, manifest: Manifest) -> str:
    from index.parts.keyword.keyword_index import KeywordIndex
    from index.store.layout import KEYWORD_DIR

    index = KeywordIndex.open(path / KEYWORD_DIR)
    try:
        return _agree(index.document_count, manifest.counts.documents, "documents")
    finally:
        index.close()


def _neighbours(path: Path) -> str:
    from index.parts.vectors import VectorIndex

    return _agree(VectorIndex.open(path).count, _pids(path), "rows", "the catalogue")


def _pids(path: Path) -> int:
    """How many pids were ever given: those of deleted documents keep their rows."""
    from index.store.layout import CATALOGUE_FILE

    with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
        return len(catalogue.columns().passage_doc)


def _vocabulary(path: Path) -> list[tuple[str, int, int]]:
    """The words of the archive with their frequencies by field, as the keyword index has them."""
    from index.parts.keyword.keyword_index import KeywordIndex
    from index.store.layout import KEYWORD_DIR

    keyword = KeywordIndex.open(path / KEYWORD_DIR)
    try:
        return list(keyword.vocabulary())
    finally:
        keyword.close()


def _lexicon(path: Path, manifest: Manifest) -> str:
    from index.parts.lexicon.lexicon import Lexicon, field_frequencies
    from index.parts.vectors import load_vectors
    from index.store.layout import WORD_VECTORS_FILE

    lexicon = Lexicon.open(path)
    vocabulary = _vocabulary(path)
    words = [(word, max(fields)) for word, *fields in vocabulary]
    if list(zip(lexicon.words, lexicon.frequencies.tolist(), strict=True)) != words:
        raise IndexDamagedError("its words or their frequencies are not the keyword index's")
    by_field = field_frequencies(path)
    if by_field is not None and by_field.T.tolist() != [fields for _, *fields in vocabulary]:
        raise IndexDamagedError("its frequencies by field are not the keyword index's")
    vectors = load_vectors(path, WORD_VECTORS_FILE)
    wanted = (len(lexicon.head_vectors), manifest.encoder.dimension)
    if vectors.shape != wanted or vectors.dtype != np.float16:
        raise IndexDamagedError(f"{vectors.dtype} {vectors.shape} instead of float16 {wanted}")
    if not np.isfinite(vectors).all():
        raise IndexDamagedError("some of its word vectors are not finite")
    return f"{len(vocabulary)} words, {len(vectors)} of them with vectors"


def _word_states(path: Path) -> str:
    from index.parts.word_states import WordStates, content_words
    from index.store.layout import CATALOGUE_FILE
    from index.text.passages import passage_text

    states = WordStates.open(path)
    if states is None:
        return "this encoder gives none"
    _agree(states.passages, _pids(path), "passages", "the catalogue")
    with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
        for docid, document in catalogue.iter_documents():
            for pid, passage in catalogue.passages(docid):
                if len(states.bytes_of(pid)) != len(content_words(passage_text(document, passage))):
                    raise IndexDamagedError(f"passage {pid} has the states of other words")
    return f"of {states.passages} passages"


def _suggestions(path: Path) -> str:
    from index.parts.suggestions.suggestions import SuggestionIndex
    from index.store.layout import CATALOGUE_FILE
    from index.text.analysis import terms

    words = [word for word, *_ in _vocabulary(path)]
    suggestions = SuggestionIndex.open(path, len(words))
    with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
        titles = {docid: document.title for docid, document in catalogue.iter_documents()}
    for entry, docid in enumerate(suggestions.docids.tolist()):
        text = suggestions.texts[entry] if docid < 0 else titles[docid]
        held = [words[row] for row in suggestions.words(entry)]
        if held != terms(text)[: len(held)]:
            raise IndexDamagedError(f"entry {entry} has other words than {text!r}")
    named = len(suggestions.texts)
    return f"{named} names, phrases and words, {len(suggestions) - named} titles"


def _stories(path: Path) -> str:
    from index.parts.stories.stories import COPY, Stories
    from index.store.layout import CATALOGUE_FILE

    stories = Stories.open(path)
    with Catalogue.open(path / CATALOGUE_FILE) as catalogue:
        columns = catalogue.columns()
    _agree(len(stories), len(columns), "documents", "the catalogue")
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


def _agree(found: int, stated: int, what: str, who: str = "the manifest") -> str:
    if found != stated:
        raise IndexDamagedError(f"{found} {what}, {who} says {stated}")
    return f"{found} {what}"
