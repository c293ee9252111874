"""What is remembered of many keys at once."""

from __future__ import annotations

from index.batch_cache import BatchCache


class Lengths:
    """Finds how long words are, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, words: list[str]) -> list[int]:
        self.asked.append(words)
        return list(map(len, words))


def test_only_what_is_not_known_is_looked_up_and_all_of_it_at_once() -> None:
    cache, find = BatchCache[str, int](8), Lengths()
    assert cache.of(["سیلاب", "پانی", "سیلاب"], find) == [5, 4, 5]
    assert cache.of(["پانی", "بارش", "سڑک"], find) == [4, 4, 3]
    assert cache.of(["سیلاب"], find) == [5]
    assert cache.of([], find) == []
    assert find.asked == [["سیلاب", "پانی"], ["بارش", "سڑک"]]


def test_the_key_not_used_for_longest_goes_first() -> None:
    cache, find = BatchCache[str, int](2), Lengths()
    cache.of(["سیلاب", "پانی"], find)
    cache.of(["سیلاب"], find)
    cache.of(["بارش"], find)
    cache.of(["سیلاب"], find)
    cache.of(["پانی"], find)
    assert find.asked == [["سیلاب", "پانی"], ["بارش"], ["پانی"]]


def test_more_keys_than_are_kept_are_answered() -> None:
    cache, find = BatchCache[str, int](1), Lengths()
    assert cache.of(["سیلاب", "پانی", "بارش"], find) == [5, 4, 4]
    nothing, find = BatchCache[str, int](0), Lengths()
    assert [nothing.of(["پانی"], find) for _ in range(2)] == [[4], [4]]
    assert len(find.asked) == 2
