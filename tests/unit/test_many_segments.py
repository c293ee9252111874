"""Hundreds of segments of one article each: more than ever come of changes, for these merge them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import archives
import growing
import newsroom
import pytest
from inputs import some

from index.opened import OpenIndex
from index.operations.build import Ingest
from index.operations.change import add, link
from index.operations.encode import Previous, encode
from index.operations.merge import NO_WORDS, new_segment
from index.operations.verify import verify
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.catalogue.writer import CatalogueWriter
from index.parts.lexicon.changes import WordCounts
from index.parts.part import Building
from index.parts.stories.stories import Stories
from index.parts.vectors import rows_of
from index.parts.word_states import WordStates
from index.passages import PassageParams
from index.store.generations import begin, writer_lock
from index.store.layout import CATALOGUE_FILE, segments
from index.store.manifest import current, open_manifest
from search.models import SearchRequest

MANY = some(600)
"""More than SQLite joins in one query (500)."""


def many_segments(data: Path) -> None:
    """As so many changes of one article would leave them if they merged nothing and linked no stories."""
    encoder = newsroom.Bilingual()
    path = current(data)
    manifest = open_manifest(path)
    with writer_lock(data), begin(data) as staged, Catalogue.open(path) as catalogue:
        link(path, staged.path, manifest.files)
        docid, pid = len(catalogue.columns()), len(catalogue.columns().passage_doc)
        previous = Previous({}, rows_of(path), WordStates.open(path), NO_WORDS)
        for n in range(MANY):
            article = replace(newsroom.ARTICLES[n % 12], id=f"many/{n}", title=f"Number {n}")
            segment = new_segment(staged.path)
            with CatalogueWriter(segment / CATALOGUE_FILE, docid, pid) as writer:
                Ingest(writer, PassageParams()).put(article)
                writer.finish()
            with Catalogue.open(segment) as own:
                encode(own, segment, previous, encoder, growing.quiet, joining=True)
                WordCounts.of([], own.iter_documents(), 30).save(segment)
                all_parts.build_parts(
                    Building(segment, own, None, NO_WORDS, growing.quiet), segment=True
                )
                docid, pid = own.files[0].columns.end, own.files[0].columns.end_pid
        with Catalogue.open(staged.path) as catalogue:
            counts = catalogue.counts()
        (staged.path / "stories.npz").unlink()
        Stories.of_pairs(Stories.open(path).pairs(), docid).save(staged.path)
        staged.commit(encoder=manifest.encoder, counts=counts, build=manifest.build, linked_to=path)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_hundreds_of_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    newsroom.build(data).close()
    many_segments(data)
    assert len(segments(current(data))) == MANY + 1
    assert verify(data).ok
    engine = newsroom.engine(OpenIndex.open_current(data))
    assert {hit.id for hit in engine.search(SearchRequest('"Number 77"')).hits} == {"many/77"}
    engine.close()
    monkeypatch.setattr("index.operations.change.MOST_DRIFT", 1e9)
    more = replace(newsroom.ARTICLES[0], id="one/more", title="One more")
    add([more], archives.config(data), encoder=newsroom.Bilingual())
    assert len(segments(current(data))) == 2
    assert verify(data).ok
