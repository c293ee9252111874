"""What follows from the truth of an index: made when it is built, and again to mend or restore it.

The truth is the catalogue, the exact vectors and the word states (`TRUTH`). Everything else follows
from them and an encoder that reads short queries; no passage is encoded here. After a small change
`index.incremental.learned` makes what was learned out of what is there already.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from index.encoders.protocol import Encoder
from index.parts.catalogue.catalogue import Catalogue
from index.parts.keyword.keyword_index import KeywordIndex, KeywordWriter
from index.parts.lexicon.bigrams import BigramCounter
from index.parts.lexicon.bilingual import bundled_digest
from index.parts.lexicon.build import KnownVectors, build_lexicon
from index.parts.lexicon.lexicon import Lexicon, spelling_stamp
from index.parts.relevance import Relevance
from index.parts.stories.build import build_stories
from index.parts.stories.evidence import RULES
from index.parts.suggestions.build import build_suggestions
from index.parts.vectors import build_centroids, build_faiss, load_vectors
from index.progress import Progress
from index.store.layout import (
    KEYWORD_DIR,
)


def derived_by() -> str:
    """What the derived parts of an index follow from beside its truth: the rules and the data that come
    with the program. A rebuild with others makes them anew."""
    return f"{spelling_stamp()} {bundled_digest()} {RULES}"


def post_all(directory: Path, catalogue: Catalogue, report: Progress) -> BigramCounter:
    """Make the keyword index of a catalogue anew; returns the pairs of words counted on the way."""
    bigrams, total = BigramCounter(), catalogue.counts().documents
    postings = KeywordWriter(directory / KEYWORD_DIR)
    try:
        for done, (docid, document) in enumerate(catalogue.iter_documents(), 1):
            for words in postings.add(docid, document):
                bigrams.add(words)
            report("posting words", done, total)
        report("writing the keyword index", 0, 0)
        postings.finish()
    except BaseException:
        with suppress(Exception):  # what went wrong matters, not what its clean-up then met
            postings.abort()
        raise
    return bigrams


def build_derived(
    directory: Path,
    catalogue: Catalogue,
    bigrams: BigramCounter,
    encoder: Encoder,
    words: KnownVectors,
    report: Progress,
) -> None:
    """Make all that follows from the truth and the keyword index, which are in `directory`.

    `words` are vectors of words that need not be encoded again.
    """
    report("building the vector index", 0, 0)
    columns = catalogue.columns()
    build_centroids(directory, columns.doc_first_pid, columns.doc_passages)
    Relevance.fit(encoder, load_vectors(directory), columns).save(directory)
    build_faiss(directory)
    report("learning words", 0, 0)
    keyword = KeywordIndex.open(directory / KEYWORD_DIR)
    try:
        build_lexicon(directory, catalogue, keyword, bigrams, encoder, words)
    finally:
        keyword.close()
    report("finding names and phrases", 0, 0)
    build_suggestions(directory, catalogue)
    report("linking stories", 0, 0)
    build_stories(directory, catalogue, Lexicon.open(directory), encoder.info.id)
