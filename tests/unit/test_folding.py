"""Folding: a text is listed once, pages never overlap, nothing is lost; and what a hit tells of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import archives
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.errors import NotFoundError, RequestError
from index.opened import OpenIndex
from index.parts.stories.stories import COPY, STORY, Pairs, Stories
from search.engine import SearchEngine
from search.live import LiveEngine
from search.models import Hit, SearchRequest, Sort, Total
from search.rank.folding import fold
from search.rank.fusion import Fused
from search.rank.ranking import Ranking
from search.rank.related import with_relations


def links(
    documents: int, *found: tuple[int, int, int], chances: Sequence[float] | float = 0.9
) -> Stories:
    first, second, kinds = zip(*found, strict=True) if found else ((), (), ())
    return Stories.of_pairs(
        Pairs(
            np.array(first, np.int32),
            np.array(second, np.int32),
            np.array(kinds, np.int8),
            np.full(len(kinds), chances, np.float32),
        ),
        documents,
    )


def ranked(docids: list[int], documents: int = 20) -> Ranking:
    scores = np.linspace(1, 0.1, len(docids)).astype(np.float32)
    everything = np.ones(documents, bool)
    return Ranking(
        docids=np.array(docids, np.int32),
        fused=Fused(scores, scores / 2, scores / 4),
        relevance=scores,
        pids=np.array(docids, np.int32) * 10,
        matching=everything,
        answers=everything,
        question=everything,
        left_out=~everything,
        by_words=everything,
        total=Total(documents, documents, 0, len(docids)),
    )


def test_a_copy_is_folded_under_the_first_of_them() -> None:
    folded = fold(ranked([4, 7, 2, 9, 3]), links(20, (2, 7, COPY), (3, 7, COPY), (4, 9, STORY)))
    assert folded.ranking.docids.tolist() == [4, 7, 9]
    assert folded.copies == {7: (2, 3)}
    assert folded.ranking.pids.tolist() == [40, 70, 90]
    assert folded.ranking.relevance.tolist() == pytest.approx([1, 0.775, 0.325])
    assert folded.ranking.total == Total(20, 20, 0, 3)


def test_without_copies_the_ranking_is_the_same() -> None:
    ranking = ranked([4, 7, 2])
    assert fold(ranking, links(20, (4, 7, STORY), (2, 11, COPY))).ranking is ranking
    assert len(fold(ranked([]), links(20)).ranking.docids) == 0


@given(st.permutations(range(12)), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11))))
def test_nothing_is_lost_or_shown_twice(order: list[int], drawn: list[tuple[int, int]]) -> None:
    edges = {(min(edge), max(edge)) for edge in drawn if edge[0] != edge[1]}
    stories = links(12, *((a, b, COPY) for a, b in sorted(edges)))
    folded = fold(ranked(order, 12), stories)
    shown, under = folded.ranking.docids.tolist(), folded.copies
    assert sorted([*shown, *(docid for copies in under.values() for docid in copies)]) == [
        *range(12)
    ]
    assert set(under) <= set(shown)
    assert shown == [docid for docid in order if docid in set(shown)]
    groups = stories.copy_groups
    assert len({int(groups[docid]) for docid in shown}) == len(shown)
    for leader, copies in under.items():
        assert {int(groups[docid]) for docid in copies} == {int(groups[leader])}
        assert [*copies] == sorted(copies, key=order.index)
        assert all(order.index(leader) < order.index(docid) for docid in copies)


# -- through the engine ------------------------------------------------------------------------------


def copies_of(document: Document, number: int) -> list[Document]:
    """The same text with a new title and its last sentences gone: as another paper prints it."""
    sentences = document.body.split("۔" if document.lang == "ur" else ".")
    stop = "۔" if document.lang == "ur" else "."
    return [
        replace(
            document,
            id=f"{document.id}-copy{at}",
            title=f"{document.title} {at}",
            body=stop.join(sentences[: len(sentences) - at]) + stop,
            source=f"Paper {at}",
        )
        for at in range(1, number + 1)
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty articles, every third one printed by two more papers."""
    articles = [
        replace(each, body=f"{each.body} {archives.text(random.Random(n), each.lang, 60)}")
        for n, each in enumerate(archives.articles(60, mark="nishan"))
    ]
    copied = [copy for each in articles[::3] for copy in copies_of(each, 2)]
    data = tmp_path_factory.mktemp("folding") / "data"
    archives.build([*articles, *copied], data)
    return data


@pytest.fixture(scope="module")
def engine(data: Path) -> Iterator[SearchEngine]:
    opened = archives.open_engine(data, floor=0.05)
    yield opened
    opened.close()


def listed(engine: SearchEngine, request: SearchRequest) -> list[Hit]:
    hits: list[Hit] = []
    page = 1
    while found := engine.search(replace(request, page=page)).hits:
        assert len(found) <= request.size
        hits += found
        page += 1
    return hits


REQUESTS = [
    SearchRequest("nishan"),
    SearchRequest("nishan", sort=Sort.NEWEST),
    SearchRequest("nishan rain بارش", languages=("ur",)),
    SearchRequest("", languages=("en",)),
    SearchRequest("nishan", sources=("Paper 1", "Paper 2")),
]


@pytest.mark.parametrize(
    ("request_", "size"),
    [
        *((each, size) for each in REQUESTS for size in (7, 100)),
        (REQUESTS[0], 1),
        (REQUESTS[1], 10),
    ],
)
def test_pages_never_overlap(engine: SearchEngine, request_: SearchRequest, size: int) -> None:
    asked = replace(request_, size=size)
    hits = listed(engine, asked)
    total = engine.search(asked).total
    under = [copy.id for hit in hits for copy in hit.copies]
    ids = [hit.id for hit in hits]
    assert len({*ids, *under}) == len(ids) + len(under)
    assert len(ids) == total.reachable
    assert len(ids) + sum(hit.folded for hit in hits) == total.value
    assert under
    assert all(hit.folded == len(hit.copies) for hit in hits)


def test_the_copy_that_ranks_first_is_shown(engine: SearchEngine) -> None:
    request = SearchRequest("nishan", size=100)
    order = [name for name, _ in engine.top(request)]
    hits = engine.search(request).hits
    assert len(order) > len(hits)
    for hit in hits:
        assert all(order.index(hit.id) < order.index(copy.id) for copy in hit.copies)
        assert all(copy.relation == "copy" and 0.5 <= copy.score <= 1 for copy in hit.copies)


def test_what_a_filter_leaves_out_is_not_listed_as_a_copy(engine: SearchEngine) -> None:
    hits = listed(engine, SearchRequest("nishan", sources=("Paper 2",)))
    assert hits
    assert all(copy.source == "Paper 2" for hit in hits for copy in hit.copies)


@pytest.mark.parametrize("chances", [(0.6, 0.9), (0.9, 0.6)])
def test_a_copy_of_a_copy_is_as_sure_as_the_weaker_link(
    engine: SearchEngine, data: Path, chances: tuple[float, float]
) -> None:
    hits = engine.search(SearchRequest("nishan")).hits[:1]
    with closing(OpenIndex.open_current(data)) as opened:
        linked = links(len(opened.columns), (1, 2, COPY), (2, 3, COPY), chances=chances)
        (hit,) = with_relations(hits, [1], {1: (2, 3)}, replace(opened, stories=linked))
    assert [copy.score for copy in hit.copies] == pytest.approx([chances[0], 0.6], abs=1e-3)


# -- related -----------------------------------------------------------------------------------------


def test_related_lists_copies_and_the_like_apart(engine: SearchEngine) -> None:
    name = next(hit for hit in listed(engine, SearchRequest("nishan")) if hit.folded == 2).id
    related = engine.related(name, 4)
    assert related.id == name
    assert {len(related.copies)} == {2}
    assert len(related.likes) <= 4
    ids = [each.id for each in (*related.stories, *related.copies, *related.likes)]
    assert name not in ids
    assert len(set(ids)) == len(ids)
    assert all(0 < each.score <= 1 for each in (*related.copies, *related.likes))
    assert {each.relation for each in related.likes} <= {"running", "like"}
    assert engine.related(name, 0).likes == ()


def test_the_live_engine_answers_the_same(engine: SearchEngine, data: Path) -> None:
    live = LiveEngine(archives.config(data), encoder=HashEncoder())
    name = listed(engine, SearchRequest("nishan"))[0].id
    assert live.related(name, 3) == engine.related(name, 3)
    live.close()


def test_related_of_nothing(engine: SearchEngine) -> None:
    with pytest.raises(NotFoundError):
        engine.related("no/such-article")
    for size in (-1, 51):
        with pytest.raises(RequestError) as caught:
            engine.related("ur/nishan0001", size)
        assert caught.value.parameter == "size"
