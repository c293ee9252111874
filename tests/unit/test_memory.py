"""What an index held is given back when the next one takes its place, without waiting for anything."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import newsroom

from index import memory
from index.encoders.hashed import HashEncoder
from index.opened import OpenIndex
from search import live
from search.live import LiveEngine
from search.method_cache import cached_method
from search.models import SearchRequest


class Reader:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.read = cached_method(self._read, 2)

    def _read(self, word: str) -> str:
        self.asked.append(word)
        return word[::-1]


def test_answers_are_remembered_and_the_oldest_forgotten() -> None:
    reader = Reader()
    assert [reader.read(word) for word in ("خبر", "خبر", "rain", "city", "خبر")] == [
        "ربخ", "ربخ", "niar", "ytic", "ربخ",
    ]  # fmt: skip
    assert reader.asked == ["خبر", "rain", "city", "خبر"]


def test_what_remembers_is_no_circle() -> None:
    gc.disable()
    try:
        reader = Reader()
        reader.read("خبر")
        gone = weakref.ref(reader)
        del reader
        assert gone() is None
    finally:
        gc.enable()


def test_an_old_index_goes_without_waiting_for_a_search_for_circles(
    tmp_path: Path, monkeypatch
) -> None:
    given_back = []
    monkeypatch.setattr(live, "return_freed_memory", lambda: given_back.append(1))
    parts, real = [], live.OpenIndex.open

    def opened(generation: Path) -> OpenIndex:
        index = real(generation)
        held = (index.lexicon, index.suggestions, index.keyword, index)
        parts.append([weakref.ref(part) for part in held])
        return index

    monkeypatch.setattr(live.OpenIndex, "open", opened)
    data = tmp_path / "data"
    newsroom.build(data, encoder=HashEncoder()).close()
    parts.clear()
    engine = LiveEngine(newsroom.archives.config(data))
    gc.disable()
    try:
        for query in ("بارش", "rayn", "barish", "کراچی میں بارش", "minister's meeting"):
            engine.search(SearchRequest(query))
            engine.suggest(query, 5)
        (old,) = parts
        newsroom.build(data, newsroom.ARTICLES[1:], encoder=HashEncoder()).close()
        engine.search(SearchRequest("بارش"))
        assert [part() for part in old] == [None] * len(old)
        assert len(given_back) == 2
    finally:
        gc.enable()
        engine.close()


def test_giving_back_what_there_is_none_of() -> None:
    memory.return_freed_memory()
    memory.return_freed_memory()


def test_circles_are_looked_for_less_often_for_a_while() -> None:
    before = gc.get_threshold()
    with memory.seldom_collected():
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before
