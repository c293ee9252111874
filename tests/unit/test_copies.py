"""Exact copies: two articles that are found, counted and deleted by themselves, and listed once."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import growing
import newsroom
import numpy as np
import pytest
from archives import config
from inputs import some

from index.documents import Document
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.operations.change import add, delete, update
from index.operations.verify import verify
from index.parts.stories.stories import RUNNING
from index.store.layout import STORIES_FILE
from index.store.manifest import current
from search.engine import SearchEngine
from search.models import Hit, Mode, Related, SearchRequest, Sort

ENCODER = newsroom.Bilingual()
RAIN = next(each for each in newsroom.ARTICLES if each.id == "en/rain")
DAWN = replace(
    RAIN, id="dawn/1", source="Dawn", date=date(2026, 1, 5), tags=("Weather, Sindh", "rain"),
    url="https://dawn.example/1", extra={"desk": "Karachi"},
)  # fmt: skip
JANG = replace(RAIN, id="jang/9", source="جنگ", date=date(2026, 2, 7), tags=("موسم",))
LABELLED = replace(RAIN, id="geo/3", source="Geo", lang="ur", date=None)
"""The same text that its newsroom labels otherwise."""
COPIES = [DAWN, JANG, LABELLED]
OTHERS = [each for each in newsroom.ARTICLES if each.id != RAIN.id]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("copies") / "data"
    newsroom.build(data, [*OTHERS, *COPIES]).close()
    return data


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "data"))


@pytest.fixture(scope="module")
def engine(built: Path) -> Iterator[SearchEngine]:
    opened = newsroom.engine(OpenIndex.open_current(built))
    yield opened
    opened.close()


def ids(hit: Hit) -> set[str]:
    return {hit.id, *(copy.id for copy in hit.copies)}


def assert_whole(data: Path) -> None:
    report = verify(data, deep=True, sample=5, encoder=lambda _: ENCODER)
    assert report.ok, [check for check in report.checks if not check.ok]


@pytest.mark.parametrize("copy", COPIES, ids=lambda copy: copy.id)
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("query", ["heavy rain Karachi", ""])
def test_each_is_found_by_what_is_its_own(
    engine: SearchEngine, copy: Document, mode: Mode, query: str
) -> None:
    asked = SearchRequest(query, mode=mode)
    filters = [{"sources": (copy.source,)}]
    filters += [{"tags": (tag,)} for tag in copy.tags]
    if copy.date:
        filters.append({"date_from": copy.date, "date_to": copy.date})
    for each in filters:
        found = engine.search(replace(asked, **each))
        assert [hit.id for hit in found.hits] == [copy.id]
        assert (found.hits[0].source, found.hits[0].date) == (copy.source, copy.date)
        assert (found.hits[0].folded, found.total.value) == (0, 1)
    view = engine.document(copy.id)
    assert (view.id, view.source, view.date, view.tags) == (
        *(copy.id, copy.source, copy.date, copy.tags),
    )


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("mode", list(Mode))
def test_a_list_has_them_once_and_counts_them_all(
    engine: SearchEngine, mode: Mode, sort: Sort
) -> None:
    found = engine.search(SearchRequest("heavy rain in Karachi", mode=mode, sort=sort))
    (hit,) = (hit for hit in found.hits if ids(hit) & {each.id for each in COPIES})
    assert ids(hit) == {each.id for each in COPIES}
    assert hit.folded == 2
    assert {copy.source for copy in hit.copies} == {each.source for each in COPIES} - {hit.source}
    assert all(copy.score == 1 for copy in hit.copies)
    assert found.total.value == sum(1 + each.folded for each in found.hits)


def test_facets_count_them(engine: SearchEngine) -> None:
    facets = engine.search(SearchRequest("", languages=("en", "ur"))).facets
    sources = {each.value: each.count for each in facets.sources}
    assert sources == {each.source: 1 for each in COPIES}
    assert {each.value for each in facets.tags} == {"Weather, Sindh", "rain", "موسم"}


def test_related_names_them(engine: SearchEngine) -> None:
    for copy in COPIES:
        related = engine.related(copy.id, 5)
        assert {each.id for each in related.copies} == {each.id for each in COPIES} - {copy.id}
        assert "ur/بارش" in linked(related), "the story is that of each copy"
        assert not {each.id for each in related.likes} & {each.id for each in COPIES}
    back = engine.related("ur/بارش", 5)
    told = [each.id for each in (*back.stories, *back.likes)]
    assert told[0] == DAWN.id
    assert len({each.id for each in COPIES} & set(told)) == 1, "another telling is named once"


def test_near_copies_of_a_copy_are_copies_of_all(tmp_path: Path) -> None:
    body = archives.text(random.Random(3), "en", 80)
    wire = [Document(f"wire/{n}", "Wire report", body, "en", source=f"{n}") for n in range(3)]
    edited = Document("edited", "Report by wire", f"{body} More follows.", "en")
    index = newsroom.build(tmp_path / "data", [*newsroom.ARTICLES, wire[0], edited, *wire[1:]])
    engine = newsroom.engine(index)
    everyone = {"edited", *(each.id for each in wire)}
    for name in everyone:
        related = engine.related(name, 5)
        assert {each.id for each in related.copies} == everyone - {name}
        assert related.stories == (), "a copy tells nothing in other words"
        assert not {each.id for each in related.likes} & everyone
    pairs = index.stories.pairs()
    firsts = pairs.first[pairs.kinds != RUNNING].tolist()
    assert len(firsts) == len(set(firsts))
    hits = engine.search(SearchRequest("wire report")).hits
    assert [(ids(hit), hit.stories) for hit in hits if "edited" in ids(hit)] == [(everyone, ())]
    engine.close()


def linked(related: Related) -> list[str]:
    """Other tellings, and articles of the same running story."""
    return [each.id for each in (*related.stories, *related.likes) if each.relation != "like"]


@pytest.mark.parametrize("gone", COPIES, ids=lambda copy: copy.id)
def test_what_stays_when_one_goes(data: Path, gone: Document) -> None:
    report = delete([gone.id], config(data), encoder=ENCODER)
    assert (report.removed, report.encoded) == (1, 0)
    engine = newsroom.engine(OpenIndex.open_current(data))
    left = {each.id for each in COPIES} - {gone.id}
    (hit,) = (
        hit for hit in engine.search(SearchRequest("heavy rain Karachi")).hits if ids(hit) & left
    )
    assert ids(hit) == left
    for name in left:
        related = engine.related(name, 5)
        assert {each.id for each in related.copies} == left - {name}
        assert "ur/بارش" in linked(related)
    assert "Heavy rain in Karachi" in {
        each.text for each in engine.suggest("heavy ra", 5).suggestions
    }
    engine.close()
    assert_whole(data)


def test_one_that_says_something_else_is_no_copy_any_more(data: Path) -> None:
    update([replace(DAWN, body="Something else was said.")], config(data), encoder=ENCODER)
    index = OpenIndex.open_current(data)
    assert index.manifest.counts.copies == 1
    engine = newsroom.engine(index)
    assert {each.id for each in engine.related(JANG.id, 5).copies} == {LABELLED.id}
    assert engine.related(DAWN.id, 5).copies == ()
    engine.close()
    assert_whole(data)


def links(data: Path) -> dict[str, set[tuple[str, str]]]:
    index = OpenIndex.open_current(data)
    names = {docid: each.id for docid, each in index.catalogue.iter_documents()}
    found = {
        name: {(names[link.docid], link.kind) for link in index.stories.of(docid)}
        for docid, name in names.items()
    }
    index.close()
    return found


@pytest.mark.parametrize("seed", range(some(2)))
def test_links_after_any_changes_are_those_of_the_text(data: Path, seed: int) -> None:
    """Of copies and other tellings of them: whichever came first, whichever went."""
    dice = random.Random(seed)
    number = 0
    for _ in range(4):
        index = OpenIndex.open_current(data)
        here = {each.id: each for _, each in index.catalogue.iter_documents()}
        docids = {name: index.catalogue.docid_of(name) for name in here}
        index.close()
        gone = dice.sample(sorted(here), 2)
        new = []
        for _ in range(3):
            number += 1
            text = dice.choice([RAIN, *here.values()])
            new.append(replace(text, id=f"new/{number}", source=f"Paper {number}"))
        growing.commit(data, [docids[name] for name in gone], new)
        extended = links(data)
        texts: dict[str, set[str]] = {}
        index = OpenIndex.open_current(data)
        for _, each in index.catalogue.iter_documents():
            texts.setdefault(each.content_hash, set()).add(each.id)
        index.close()
        for alike in texts.values():
            for name in alike:
                copies = {other for other, kind in extended[name] if kind == "copy"}
                assert copies >= alike - {name}
                stories = {each for each in extended[name] if each[1] == "story"}
                assert stories == {
                    each for other in alike for each in extended[other] if each[1] == "story"
                }
        assert_whole(data)


# -- a wire text that very many newspapers carry ---------------------------------------------------

PAPERS = 400


@pytest.fixture(scope="module")
def wire_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("wire") / "data"
    papers = [
        replace(RAIN, id=f"paper/{n}", source=f"Paper {n}", date=date(2026, 1, 1 + n % 28))
        for n in range(PAPERS)
    ]
    edited = replace(RAIN, id="edited", title="Heavy rain in Karachi again")
    newsroom.build(data, [*papers, edited, *OTHERS]).close()
    return data


@pytest.fixture(scope="module")
def wire(wire_data: Path) -> Iterator[SearchEngine]:
    opened = newsroom.engine(OpenIndex.open_current(wire_data))
    yield opened
    opened.close()


def test_they_leave_room_for_others(wire: SearchEngine) -> None:
    """In what the semantic arm looks at, among neighbours, likes and suggestions."""
    for mode in Mode:
        hits = wire.search(SearchRequest("rain alert Karachi", mode=mode, size=5)).hits
        assert hits[0].folded >= PAPERS - 1
        if mode is not Mode.KEYWORD:
            assert "ur/بارش" in [hit.id for hit in hits]
    narrowed = SearchRequest("rain alert", mode=Mode.SEMANTIC, sources=("Paper 7", "Paper 300"))
    (hit,) = wire.search(narrowed).hits
    assert ids(hit) == {"paper/7", "paper/300"}
    for name, other in (("paper/77", "ur/بارش"), ("ur/بارش", "paper/0")):
        near = wire.related(name, 5)
        assert other in {each.id for each in (*near.stories, *near.likes)}
    texts = [each.text for each in wire.suggest("heavy", 5).suggestions]
    assert len(texts) == len(set(texts))
    assert "Heavy rain in Karachi again" in texts


def test_their_links_are_few(wire: SearchEngine, wire_data: Path) -> None:
    with closing(OpenIndex.open_current(wire_data)) as index:
        stories = index.stories
    assert len(stories.pairs()) < 20
    assert len(np.unique(stories.copy_groups)) == 1 + len(OTHERS) + 1, (
        "the edited title is another text"
    )
    folder = current(wire_data)
    assert (folder / STORIES_FILE).stat().st_size < 20_000
    assert len(wire.related("paper/0", 5).copies) == 50, "as many as are ever listed"


def test_they_are_encoded_once(tmp_path: Path) -> None:
    report = rebuild_from([*OTHERS, *COPIES], config(tmp_path / "data"), encoder=ENCODER)
    once = rebuild_from([*OTHERS, DAWN], config(tmp_path / "once"), encoder=ENCODER)
    assert (report.documents, report.copies) == (len(OTHERS) + 3, 2)
    assert report.encoded == once.encoded
    later = add([replace(DAWN, id="later")], config(tmp_path / "once"), encoder=ENCODER)
    assert (later.added, later.encoded) == (1, 0)
