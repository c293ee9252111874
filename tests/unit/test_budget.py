"""A search that takes too long is cut off, wherever its time goes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import newsroom
import pytest
from clock import Clock

from index import budget
from index.errors import SearchTimeoutError
from index.opened import OpenIndex
from index.parts.keyword import keyword_index
from index.parts.keyword.keyword_index import KeywordIndex
from search import encoder_guard
from search.config import SearchConfig
from search.models import Mode, SearchRequest
from search.show import hits

BUDGET = 0.15
SLOW = SearchConfig(time_budget=BUDGET)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("budget") / "data")
    yield opened
    opened.close()


def cut_off(work) -> None:
    with pytest.raises(SearchTimeoutError, match="longer than"):
        work()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().set_in(monkeypatch, budget, encoder_guard)


def slowed(function, seconds: float, clock: Clock, calls: list[None] | None = None):
    """The function, but slow; every call of it leaves a mark in `calls`."""

    def slow(*args, **more):
        if calls is not None:
            calls.append(None)
        clock.now += seconds
        return function(*args, **more)

    return slow


def test_without_a_limit_nothing_is_cut_off(clock: Clock) -> None:
    budget.check()
    with budget.limited(0):
        clock.now += 1e6
        budget.check()


def test_a_limit_ends_with_its_block_and_the_earlier_of_two_holds(clock: Clock) -> None:
    with budget.limited(0.01), budget.limited(60):
        clock.now += 0.02
        with pytest.raises(SearchTimeoutError, match=r"0\.01 s"):
            budget.check()
    budget.check()
    with budget.limited(60):
        with budget.limited(0.001):
            clock.now += 0.002
            with pytest.raises(SearchTimeoutError):
                budget.check()
        budget.check()


def test_a_limit_is_of_its_own_thread(clock: Clock) -> None:
    with budget.limited(0.001), ThreadPoolExecutor(1) as others:
        clock.now += 0.002
        others.submit(budget.check).result()


def test_slow_postings_are_cut_off_between_two_words(index, monkeypatch, clock: Clock) -> None:
    """Sixty-four alternatives, each slow to read: the answer is there soon after the time is up."""
    calls: list[None] = []
    real = KeywordIndex.posting
    monkeypatch.setattr(KeywordIndex, "posting", slowed(real, 0.02, clock, calls))
    engine = newsroom.engine(index, SLOW)
    words = " OR ".join(["بارش", "عدالت", *(f"rain{n}" for n in range(62))])
    request = SearchRequest(words, mode=Mode.KEYWORD, literal=True)
    cut_off(lambda: engine.search(request))
    assert 0 < len(calls) < 60  # of the 128 there would be
    cut_off(lambda: engine.explain(request, "ur/بارش"))


def test_a_long_phrase_loop_is_cut_off_and_is_no_damage(index, monkeypatch, clock: Clock) -> None:
    slow = slowed(keyword_index.stored_list, 0.1, clock)
    monkeypatch.setattr(keyword_index, "stored_list", slow)
    engine = newsroom.engine(index, SLOW)
    cut_off(lambda: engine.search(SearchRequest('"وزیر داخلہ محسن نقوی"')))
    monkeypatch.undo()
    assert newsroom.engine(index).search(SearchRequest('"وزیر داخلہ"')).hits  # no lock was left


def test_snippets_over_many_hits_are_cut_off(index, monkeypatch, clock: Clock) -> None:
    calls: list[None] = []
    monkeypatch.setattr(hits, "marks_of", slowed(hits.marks_of, 0.1, clock, calls))
    engine = newsroom.engine(index, SLOW)
    request = SearchRequest("rain OR court OR minister OR team OR wheat OR school", size=100)
    cut_off(lambda: engine.search(request))
    assert len(calls) <= 3  # of the dozen there would be


def test_a_slow_encoder_costs_its_own_time_and_not_the_words(
    index, monkeypatch, clock: Clock
) -> None:
    monkeypatch.setattr(
        newsroom.Bilingual, "encode_queries", slowed(newsroom.Bilingual.encode_queries, 0.3, clock)
    )
    response = newsroom.engine(index, SLOW).search(SearchRequest("بارش"))
    assert response.hits
    assert [each.arm for each in response.degraded] == ["semantic"]


def test_what_is_left_and_what_is_given_back(clock: Clock) -> None:
    assert budget.left() is None
    budget.extend(1)  # of no limit
    with budget.limited(60), budget.limited(0.01):
        clock.now += 0.02
        assert budget.left() == 0
        budget.extend(30)
        budget.check()
        assert budget.left() == pytest.approx(30 - 0.01)
    with budget.limited(0):
        assert budget.left() is None


def test_evaluation_and_servers_without_a_limit_take_their_time(
    index, monkeypatch, clock: Clock
) -> None:
    monkeypatch.setattr(hits, "marks_of", slowed(hits.marks_of, 0.1, clock))
    unlimited = newsroom.engine(index, SearchConfig(time_budget=0))
    assert unlimited.search(SearchRequest("court rain minister")).hits
    tight = newsroom.engine(index, SearchConfig(time_budget=1e-9))
    clock.now += 1
    assert tight.top(SearchRequest("بارش"))


def test_the_most_words_a_query_may_have_are_a_bound(index) -> None:
    """A thousand alternatives become 64, whatever the word, with a notice, and are quick."""
    config = SearchConfig(max_query_chars=20_000, time_budget=5)
    engine = newsroom.engine(index, config)
    for join in (" OR ", " ", " -"):
        text = "بارش" + "".join(f"{join}لفظ{n}کا" for n in range(1_000))
        response = engine.search(SearchRequest(text))
        assert "too-many-words" in {each.code for each in response.understood.notices}
