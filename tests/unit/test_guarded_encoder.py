"""Encoders that fail, hang, lie or are not there yet: words answer in time, and it is said."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import newsroom
import numpy as np
import pytest
from clock import Clock

from index import budget
from index.encoders.protocol import TokenStates, Vectors
from index.errors import (
    EncoderError,
    EncoderStartingError,
    IndexWriteError,
    SearchTimeoutError,
    TextRefusedError,
)
from index.opened import OpenIndex
from search import encoder_guard
from search.config import SearchConfig
from search.encoder_guard import EncoderGuard, RequestEncoder
from search.engine import SearchEngine
from search.models import Mode, SearchRequest

CONFIG = SearchConfig(time_budget=30)
NEW = "tribunal بارش"
"""Its first word is new to the archive, so the encoder is asked for a word and for the query."""
ARTICLE = "ur/بارش"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIndex]:
    opened = newsroom.build(tmp_path_factory.mktemp("guarded") / "data")
    yield opened
    opened.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock for guard and budget both."""
    return Clock().set_in(monkeypatch, encoder_guard, budget)


class Faulty(newsroom.Bilingual):
    """An encoder that does `fault` to every query; `calls` are the texts of each call."""

    def __init__(self, fault: Callable[[Vectors], Vectors] | None = None) -> None:
        super().__init__()
        self.fault = fault
        self.calls: list[list[str]] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        vectors = super().encode_queries(texts)
        return self.fault(vectors) if self.fault else vectors


def raises(error: Exception) -> Callable[[Vectors], Vectors]:
    def fault(_: Vectors) -> Vectors:
        raise error

    return fault


def with_nan(vectors: Vectors) -> Vectors:
    vectors[0, 3] = np.nan
    return vectors


FAULTS: dict[str, Callable[[Vectors], Vectors]] = {
    "raises": raises(EncoderError("It does not answer.")),
    "raises what nobody foresaw": raises(RuntimeError("CUDA out of memory")),
    "not a number": with_nan,
    "infinite": lambda vectors: vectors + np.float32(np.inf),
    "zero": lambda vectors: vectors * 0,
    "wrong dimension": lambda vectors: vectors[:, :-1],
    "too few vectors": lambda vectors: vectors[:-1],
    "too many vectors": lambda vectors: np.repeat(vectors, 2, axis=0),
    "no array": lambda vectors: [["a"], ["b", "c"]],  # type: ignore[dict-item, return-value]
    "nothing": lambda vectors: None,  # type: ignore[dict-item, return-value]
}


# -- each kind of trouble, everywhere -----------------------------------------------------------------


@pytest.mark.parametrize("name", FAULTS)
def test_words_answer_whatever_the_encoder_does(index: OpenIndex, name: str) -> None:
    encoder = Faulty(FAULTS[name])
    engine = SearchEngine(index, encoder, CONFIG)
    response = engine.search(SearchRequest(NEW))
    assert ARTICLE in {hit.id for hit in response.hits}
    (degraded,) = response.degraded
    assert (degraded.arm, degraded.code) == ("semantic", "encoder-unavailable")
    assert degraded.reason
    assert len(encoder.calls) == 1
    with pytest.raises(EncoderError):
        engine.search(SearchRequest(NEW, mode=Mode.SEMANTIC))
    with pytest.raises(EncoderError):
        engine.require_encoder()


@pytest.mark.parametrize("name", FAULTS)
def test_a_document_and_an_explanation_say_what_they_lack(index: OpenIndex, name: str) -> None:
    engine = SearchEngine(index, Faulty(FAULTS[name]), CONFIG)
    view = engine.document(ARTICLE, SearchRequest("بارش"))
    assert view.body_spans
    assert [each.arm for each in view.degraded] == ["semantic"]
    assert engine.document(ARTICLE).degraded == ()
    for document in (ARTICLE, "en/court"):
        why = SearchEngine(index, Faulty(FAULTS[name]), CONFIG).explain(
            SearchRequest(NEW), document
        )
        assert [each.arm for each in why.degraded] == ["semantic"]
    assert "semantic-unavailable" in {each.code for each in why.absences}


@pytest.mark.parametrize("name", FAULTS)
def test_what_needs_no_encoder_does_not_ask_it(index: OpenIndex, name: str) -> None:
    encoder = Faulty(FAULTS[name])
    engine = SearchEngine(index, encoder, CONFIG)
    assert engine.suggest("بار", 5).suggestions
    assert engine.related(ARTICLE).generation
    assert engine.selection("بارش").ids
    assert engine.search(SearchRequest("بارش", mode=Mode.KEYWORD)).degraded == ()
    assert encoder.calls == []


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("mode", Mode)
def test_an_evaluation_is_never_of_words_alone_in_silence(
    index: OpenIndex, name: str, mode: Mode
) -> None:
    engine = SearchEngine(index, Faulty(FAULTS[name]), CONFIG)
    with pytest.raises(EncoderError):
        engine.top(SearchRequest(NEW, mode=mode))


def test_new_words_that_could_not_be_translated_are_named_in_keyword_mode(index: OpenIndex) -> None:
    for encoder in (Faulty(FAULTS["raises"]), EncoderError("It is gone.")):
        response = SearchEngine(index, encoder, CONFIG).search(
            SearchRequest(NEW, mode=Mode.KEYWORD)
        )
        assert [each.arm for each in response.degraded] == ["translation"]
        assert response.hits


class Mute(newsroom.Bilingual):
    """Gives vectors, and token states that are no good."""

    def __init__(self, fault: Callable[[TokenStates], TokenStates]) -> None:
        super().__init__()
        self.fault = fault

    def token_states(self, texts: Sequence[str], *, query: bool) -> list[TokenStates]:
        return [self.fault(each) for each in super().token_states(texts, query=query)]


def _gone(_: TokenStates) -> TokenStates:
    raise EncoderError("gone")


@pytest.mark.parametrize(
    "fault",
    [
        _gone,
        lambda each: TokenStates(each.states[:, :-1], each.offsets),
        lambda each: TokenStates(each.states, each.offsets[:-1]),
        lambda each: TokenStates(each.states * np.float32(np.nan), each.offsets),
    ],
)
def test_marks_that_are_missing_are_said(
    index: OpenIndex, fault: Callable[[TokenStates], TokenStates]
) -> None:
    for ask in (
        lambda engine: engine.search(SearchRequest("court verdict")),
        lambda engine: engine.document("en/court", SearchRequest("court verdict")),
    ):
        answer = ask(SearchEngine(index, Mute(fault), CONFIG))
        assert [each.arm for each in answer.degraded] == ["marks"]
    assert answer.body_spans


# -- slow ---------------------------------------------------------------------------------------------


class Slow(newsroom.Bilingual):
    """Takes `seconds` for every call, on a clock that is not waited for."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self.clock, self.seconds, self.calls = clock, seconds, 0
        self.left: list[float | None] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        self.left.append(budget.left())
        self.clock.now += self.seconds
        return super().encode_queries(texts)


def test_an_encoder_has_its_part_of_the_time(index: OpenIndex, clock: Clock) -> None:
    encoder = Slow(clock, 2.9)
    response = SearchEngine(index, encoder, SearchConfig(time_budget=10)).search(
        SearchRequest("بارش")
    )
    assert response.degraded == ()
    assert encoder.left == pytest.approx([3.0])


@pytest.mark.parametrize("seconds", [3.1, 9.9, 11.0, 3_600.0])
def test_a_call_that_cannot_be_ended_leaves_words_their_time(
    index: OpenIndex, clock: Clock, seconds: float
) -> None:
    encoder = Slow(clock, seconds)
    engine = SearchEngine(index, encoder, SearchConfig(time_budget=10))
    response = engine.search(SearchRequest(NEW))
    assert response.hits
    assert "a search has 3 s for it" in response.degraded[0].reason
    assert encoder.calls == 1
    view = engine.document(ARTICLE, SearchRequest("بارش"))
    assert [each.arm for each in view.degraded] == ["semantic"]
    assert encoder.calls == 1
    with pytest.raises(EncoderError, match="a search has 3 s"):
        engine.search(SearchRequest("بارش", mode=Mode.SEMANTIC))


def test_time_that_is_given_back_is_not_more_than_was_lost(clock: Clock) -> None:
    guard = EncoderGuard(Slow(clock, 5.0), SearchConfig())
    with budget.limited(100), budget.limited(10):
        with pytest.raises(EncoderError):
            guard.request().encode_queries(["x"])  # type: ignore[union-attr]
        assert budget.left() == pytest.approx(7.0)  # of ten seconds, three were the encoder's
        clock.now += 7.0
        with pytest.raises(SearchTimeoutError):
            budget.check()


def test_without_a_budget_an_encoder_takes_its_time(index: OpenIndex, clock: Clock) -> None:
    encoder = Slow(clock, 1e6)
    response = SearchEngine(index, encoder, SearchConfig(time_budget=0)).search(
        SearchRequest("بارش")
    )
    assert response.degraded == ()
    assert encoder.left == [None]


# -- rest and trial -----------------------------------------------------------------------------------


def ask(guard: EncoderGuard, text: str) -> Vectors:
    """What one request gets for one text."""
    encoder = guard.request()
    assert isinstance(encoder, RequestEncoder)
    return encoder.encode_queries([text])


def test_one_request_asks_until_it_fails_once() -> None:
    encoder = Faulty(raises(TextRefusedError("Too long.")))  # this does not make the others wait
    guard = EncoderGuard(encoder, CONFIG)
    request = guard.request()
    assert isinstance(request, RequestEncoder)
    for _ in range(3):
        with pytest.raises(TextRefusedError):
            request.encode_queries(["x"])
    assert len(encoder.calls) == 1
    encoder.fault = None
    assert ask(guard, "y").shape == (1, 64)


def test_a_failed_encoder_rests_twice_as_long_each_time(clock: Clock) -> None:
    encoder = Faulty(FAULTS["raises"])
    guard = EncoderGuard(encoder, SearchConfig(encoder_rest=5, encoder_longest_rest=15))
    for number, rest in enumerate((5, 10, 15, 15), 1):
        with pytest.raises(EncoderError, match="does not answer"):
            ask(guard, "x")
        assert len(encoder.calls) == number
        clock.now += rest - 0.5
        with pytest.raises(EncoderError, match=r"tried again in 1 s"):
            ask(guard, "x")
        assert len(encoder.calls) == number
        clock.now += 0.5
    encoder.fault = None
    assert len(ask(guard, "x")) == 1
    encoder.fault = FAULTS["raises"]
    with pytest.raises(EncoderError):
        ask(guard, "y")
    clock.now += 5  # it began anew
    encoder.fault = None
    assert len(ask(guard, "y")) == 1


def test_what_was_encoded_lately_is_known_while_the_encoder_rests(index: OpenIndex) -> None:
    """Page two of an answer is of the same search as page one."""
    encoder = Faulty()
    engine = SearchEngine(index, encoder, CONFIG)
    first = engine.search(SearchRequest("بارش", size=1))
    encoder.fault = FAULTS["raises"]
    assert engine.search(SearchRequest("عدالت")).degraded
    second = engine.search(SearchRequest("بارش", size=1, page=2))
    assert second.degraded == () or [each.arm for each in second.degraded] == ["marks"]
    assert second.total == first.total


def test_a_failed_encoder_is_tried_by_one_request_at_a_time(clock: Clock) -> None:
    encoder = Faulty(FAULTS["raises"])
    guard = EncoderGuard(encoder, CONFIG)
    with pytest.raises(EncoderError):
        ask(guard, "first")
    clock.now += 60
    inside, go_on = threading.Event(), threading.Event()

    def hang(vectors: Vectors) -> Vectors:
        inside.set()
        go_on.wait(30)
        return vectors

    encoder.fault = hang
    with ThreadPoolExecutor(9) as pool:
        trial = pool.submit(ask, guard, "trial")
        assert inside.wait(30)
        others = [pool.submit(ask, guard, f"other {n}") for n in range(8)]
        for other in others:
            with pytest.raises(EncoderError, match="does not answer"):
                other.result(30)
        go_on.set()
        assert len(trial.result(30)) == 1
    assert [call[0] for call in encoder.calls] == ["first", "trial"]
    assert len(ask(guard, "after")) == 1


def test_many_that_fail_at_once_are_one_failure(clock: Clock) -> None:
    together = threading.Barrier(8)

    def fail(_: Vectors) -> Vectors:
        together.wait(30)
        raise EncoderError("It fell over.")

    encoder = Faulty(fail)
    guard = EncoderGuard(encoder, SearchConfig(encoder_rest=5))
    with ThreadPoolExecutor(8) as pool:
        for each in [pool.submit(ask, guard, str(n)) for n in range(8)]:
            with pytest.raises(EncoderError, match="fell over"):
                each.result(30)
    clock.now += 5
    encoder.fault = None
    assert len(ask(guard, "x")) == 1


def test_a_text_that_is_refused_keeps_nobody_else_from_asking(clock: Clock) -> None:
    encoder = Faulty(raises(TextRefusedError("That is too long.")))
    guard = EncoderGuard(encoder, CONFIG)
    with pytest.raises(TextRefusedError):
        ask(guard, "long")
    encoder.fault = None
    assert len(ask(guard, "short")) == 1
    guard.require()


def test_readiness_finds_out_that_the_encoder_is_back(index: OpenIndex, clock: Clock) -> None:
    """Where nobody is sent because it is not ready, no search would ever ask it again."""
    encoder = Faulty()
    engine = SearchEngine(index, encoder, CONFIG)
    engine.require_encoder()
    assert encoder.calls == []  # while nothing is known against it, a probe costs nothing
    encoder.fault = FAULTS["raises"]
    assert engine.search(SearchRequest("بارش")).degraded
    encoder.fault = None
    with pytest.raises(EncoderError, match="does not answer"):
        engine.require_encoder()
    clock.now += 60
    engine.require_encoder()
    assert engine.search(SearchRequest("بارش")).degraded == ()


def test_a_failure_that_is_kept_holds_nothing_alive() -> None:
    class Big:
        pass

    def search(guard: EncoderGuard) -> weakref.ref[Big]:
        held = Big()
        for _ in range(3):
            with pytest.raises(EncoderError):
                ask(guard, "x")
        return weakref.ref(held)

    def fail(vectors: Vectors) -> Vectors:
        try:
            return vectors[:, 1_000]
        except IndexError as error:
            raise EncoderError("It does not answer.") from error

    guard = EncoderGuard(Faulty(fail), CONFIG)
    held = search(guard)
    gc.collect()
    assert held() is None


# -- being opened -------------------------------------------------------------------------------------


def test_nobody_waits_for_an_encoder_that_is_being_opened(index: OpenIndex) -> None:
    go_on = threading.Event()

    def opener() -> newsroom.Bilingual:
        go_on.wait(30)
        return newsroom.Bilingual()

    guard = EncoderGuard(None, CONFIG, opener)
    engine = SearchEngine(index, guard, CONFIG)
    for _ in range(3):
        response = engine.search(SearchRequest("بارش"))
        assert response.hits
        assert [each.code for each in response.degraded] == ["index-starting"]
        assert "being opened" in response.degraded[0].reason
    with pytest.raises(EncoderStartingError):
        engine.require_encoder()
    go_on.set()
    guard.wait(30)
    assert engine.search(SearchRequest("بارش")).degraded == ()
    engine.require_encoder()


def test_an_encoder_that_could_not_be_opened_is_opened_again_by_one(clock: Clock) -> None:
    opened: list[float] = []

    def opener() -> newsroom.Bilingual:
        opened.append(clock.now)
        if len(opened) < 3:
            raise EncoderError("Nobody is there.") if len(opened) == 1 else OSError("odd")
        return newsroom.Bilingual()

    guard = EncoderGuard(None, SearchConfig(encoder_rest=5), opener)

    def reasons() -> set[str]:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: guard.request(), range(8)))
        guard.wait()
        assert all(isinstance(each, EncoderError) for each in found)
        return {str(each) for each in found}

    guard.open()
    guard.wait()
    assert all("Nobody is there. It is tried again in 5 s." in each for each in reasons())
    clock.now += 5
    reasons()
    assert len(opened) == 2
    assert "OSError: odd" in str(guard.request())
    clock.now += 10
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: guard.request(), range(8)))
    guard.wait()
    assert len(opened) == 3
    assert len(ask(guard, "x")) == 1


def test_an_opening_that_fails_in_another_way_rests_too(clock: Clock) -> None:
    opened: list[None] = []

    def opener() -> newsroom.Bilingual:
        opened.append(None)
        raise IndexWriteError("The cache cannot be written.", hint="Name another place.")

    guard = EncoderGuard(None, CONFIG, opener)
    for _ in range(3):
        found = guard.request()
        guard.wait()
    assert isinstance(found, EncoderError)
    assert str(found).startswith("The cache cannot be written. Name another place.")
    assert len(opened) == 1


def test_an_error_in_place_of_an_encoder_stays(clock: Clock) -> None:
    guard = EncoderGuard(EncoderError("The model's file is gone."), CONFIG)
    clock.now += 1e6
    found = guard.request()
    assert isinstance(found, EncoderError)
    assert str(found) == "The model's file is gone."
    assert found is not guard.request()


def test_a_first_request_gives_the_encoder_a_moment_from_when_it_began(clock: Clock) -> None:
    go_on = threading.Event()
    guard = EncoderGuard(None, CONFIG, lambda: go_on.wait(30) and newsroom.Bilingual())  # type: ignore[arg-type, return-value]
    guard.open()
    clock.now += 60
    began = time.monotonic()
    for _ in range(50):
        guard.wait(60)
    assert time.monotonic() - began < 30  # nobody waits for it any more
    assert guard.opening
    go_on.set()
