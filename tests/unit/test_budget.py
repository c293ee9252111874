"""A search that takes too long is cut off, wherever its time goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import newsroom
import pytest

from index import budget
from index.errors import SearchTimeoutError
from index.keyword import KeywordIndex
from index.reader import OpenIndex
from search import corrections, hits
from search.config import SearchConfig
from search.models import Mode, SearchRequest

BUDGET = 0.15
SLOW = SearchConfig(time_budget=BUDGET)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("budget") / "data")
    yield opened
    opened.close()


def took(work) -> float:
    started = time.monotonic()
    with pytest.raises(SearchTimeoutError, match="longer than"):
        work()
    return time.monotonic() - started


def slowed(function, seconds: float):
    def slow(*args, **more):
        time.sleep(seconds)
        return function(*args, **more)

    return slow


def test_without_a_limit_nothing_is_cut_off() -> None:
    budget.check()
    with budget.limited(0):
        time.sleep(0.01)
        budget.check()


def test_a_limit_ends_with_its_block_and_the_earlier_of_two_holds() -> None:
    with budget.limited(0.01), budget.limited(60):
        time.sleep(0.02)
        with pytest.raises(SearchTimeoutError, match=r"0\.01 s"):
            budget.check()
    budget.check()
    with budget.limited(60):
        with budget.limited(0.001):
            time.sleep(0.002)
            with pytest.raises(SearchTimeoutError):
                budget.check()
        budget.check()


def test_a_limit_is_of_its_own_thread() -> None:
    with budget.limited(0.001), ThreadPoolExecutor(1) as others:
        time.sleep(0.002)
        others.submit(budget.check).result()


def test_slow_postings_are_cut_off_between_two_words(index, monkeypatch) -> None:
    """Sixty-four alternatives, each slow to read: the answer is there soon after the time is up."""
    monkeypatch.setattr(KeywordIndex, "posting", slowed(KeywordIndex.posting, 0.02))
    engine = newsroom.engine(index, SLOW)
    words = " OR ".join(["بارش", "عدالت", *(f"rain{n}" for n in range(62))])
    request = SearchRequest(words, mode=Mode.KEYWORD, literal=True)
    assert BUDGET <= took(lambda: engine.search(request)) < BUDGET + 0.5  # of 2.5 s it would take
    assert BUDGET <= took(lambda: engine.explain(request, "ur/بارش")) < BUDGET + 0.5


def test_a_long_phrase_loop_is_cut_off_and_is_no_damage(index, monkeypatch) -> None:
    real = KeywordIndex._phrase_docnums

    def endless(self, field, words):
        from index.keyword import whoosh_query

        monkeypatch.setattr(whoosh_query.Phrase, "docs", lambda *_: iter(int, 1))
        return real(self, field, words)

    monkeypatch.setattr(KeywordIndex, "_phrase_docnums", endless)
    engine = newsroom.engine(index, SLOW)
    assert took(lambda: engine.search(SearchRequest('"وزیر داخلہ"'))) < BUDGET + 0.5
    monkeypatch.undo()
    assert newsroom.engine(index).search(SearchRequest('"وزیر داخلہ"')).hits  # no lock was left


def test_snippets_over_many_hits_are_cut_off(index, monkeypatch) -> None:
    monkeypatch.setattr(hits, "marks_of", slowed(hits.marks_of, 0.1))
    engine = newsroom.engine(index, SLOW)
    request = SearchRequest("rain OR court OR minister OR team OR wheat OR school", size=100)
    assert took(lambda: engine.search(request)) < BUDGET + 0.5


def test_a_slow_encoder_is_waited_for_and_then_the_search_is_cut_off(index, monkeypatch) -> None:
    monkeypatch.setattr(
        newsroom.Bilingual, "encode_queries", slowed(newsroom.Bilingual.encode_queries, 0.3)
    )
    assert took(lambda: newsroom.engine(index, SLOW).search(SearchRequest("بارش"))) < 2


def test_evaluation_and_servers_without_a_limit_take_their_time(index, monkeypatch) -> None:
    monkeypatch.setattr(hits, "marks_of", slowed(hits.marks_of, 0.1))
    unlimited = newsroom.engine(index, SearchConfig(time_budget=0))
    assert unlimited.search(SearchRequest("court rain minister")).hits
    tight = newsroom.engine(index, SearchConfig(time_budget=1e-9))
    assert tight.top(SearchRequest("بارش"))


def test_the_most_words_a_query_may_have_are_a_bound(index) -> None:
    """A thousand alternatives become 64, whatever the word, with a notice, and are quick."""
    config = SearchConfig(max_query_chars=20_000, time_budget=5)
    engine = newsroom.engine(index, config)
    for join in (" OR ", " ", " -"):
        text = "بارش" + "".join(f"{join}لفظ{n}کا" for n in range(1_000))
        response = engine.search(SearchRequest(text))
        assert "too-many-words" in {each.code for each in response.understood.notices}


def test_many_misspelt_words_are_not_all_combined(index) -> None:
    """Four corrections of each of 40 words would be 4^40 combinations."""
    change = corrections._Change(0, 1, ("بارش",), "بارش", index.keyword.posting("بارش").docids, 1.0)
    changes = [
        [corrections._Change(at, at + 1, *(getattr(change, name) for name in _REST))] * 4
        for at in range(40)
    ]
    with budget.limited(5):
        assert len(next(corrections._together(changes))) == 40
    assert [corrections._tried(words) for words in (1, 2, 5, 6, 10, 11, 64)] == [
        4,
        4,
        4,
        3,
        2,
        1,
        1,
    ]


_REST = ("words", "spelt", "articles", "score")
