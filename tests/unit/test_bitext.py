"""Sentence pairs are found among vectors by margin: planted ones, and nothing else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from index.parts.catalogue.catalogue import Columns
from index.parts.lexicon import translations
from index.parts.lexicon.translations import MIN_MARGIN, NEIGHBOURS, mine_pairs

Rows = npt.NDArray[np.float16]
DIMENSION, TOPICS = 2_048, 2
PASSAGES = 2
"""Of a document, unless a test says otherwise."""


def columns(languages: str, passages: int = PASSAGES) -> Columns:
    """Columns of an archive; a document a letter: u, e, or a third language."""
    names = {"u": "ur", "e": "en", "f": "fa"}
    used = sorted({names[each] for each in languages})
    size = len(languages)
    nothing = np.zeros(size, np.int32)
    return Columns(
        live=np.ones(size, np.bool_),
        lang=np.array([used.index(names[each]) for each in languages], np.int8),
        lang_names=tuple(used),
        date=nothing,
        source=nothing,
        source_names=(),
        tag_indptr=np.zeros(size + 1, np.int64),
        tag_codes=np.empty(0, np.int32),
        tag_names=(),
        doc_first_pid=np.arange(0, size * passages, passages, dtype=np.int32),
        doc_passages=np.full(size, passages, np.int32),
        passage_doc=np.repeat(np.arange(size, dtype=np.int32), passages),
        copy_of=np.arange(size, dtype=np.int32),
    )


def noise(count: int, seed: int = 1, dimension: int = DIMENSION) -> Rows:
    """Sentences of a few topics, all of one as far apart: cosines of a half, or of nothing."""
    directions = np.random.default_rng(seed).standard_normal((TOPICS + count, dimension))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rows = directions[TOPICS:] + directions[np.arange(count) // 4 % TOPICS]
    return (rows / np.sqrt(2)).astype(np.float16)


def near(row: Rows, how_far: float, seed: int = 2) -> Rows:
    """A vector some way off another."""
    moved = row + how_far * noise(1, seed)[0]
    return (moved / np.linalg.norm(moved)).astype(np.float16)


def told(stories: dict[int, int]) -> dict[int, int]:
    """The pids of documents that say the same sentence by sentence."""
    pairs = {}
    for one, other in stories.items():
        for sentence in range(PASSAGES):
            pairs[PASSAGES * one + sentence] = PASSAGES * other + sentence
    return pairs


def planted(pairs: dict[int, int], count: int = 120) -> Rows:
    """Noise, but for pairs of pids, each farther apart than the one before."""
    rows = noise(count)
    for place, (one, other) in enumerate(pairs.items()):
        rows[other] = near(rows[one], 0.1 + 0.3 * place, seed=other)
    return rows


def found(rows: Rows, languages: str, passages: int = PASSAGES) -> list[tuple[int, int]]:
    pairs = mine_pairs(rows, columns(languages, passages))
    assert len(pairs) == len(pairs.urdu) == len(pairs.english)
    assert (pairs.margins >= MIN_MARGIN).all()
    assert pairs.margins.tolist() == sorted(pairs.margins.tolist(), reverse=True)
    return list(zip(pairs.urdu.tolist(), pairs.english.tolist(), strict=True))


def test_planted_pairs_are_found_closest_first() -> None:
    pairs = told({3: 40, 7: 31, 20: 55})
    assert found(planted(pairs), "u" * 30 + "e" * 30) == list(pairs.items())


@pytest.mark.parametrize("languages", ["u" * 20 + "e" * 40, "u" * 40 + "e" * 20, "ue" * 30])
def test_either_language_may_be_the_smaller(languages: str) -> None:
    urdu = [doc for doc, letter in enumerate(languages) if letter == "u"]
    english = [doc for doc, letter in enumerate(languages) if letter == "e"]
    pairs = told({urdu[2]: english[-1], urdu[-1]: english[3]})
    assert found(planted(pairs), languages) == list(pairs.items())


def test_pids_are_those_of_passages_not_documents() -> None:
    pairs = {3: 50, 4: 48}
    assert found(planted(pairs, 60), "u" * 10 + "e" * 10, passages=3) == list(pairs.items())


@pytest.mark.parametrize(("languages", "passages"), [("u" * 30 + "e" * 30, 2), ("ue", 60)])
def test_noise_has_no_pairs(languages: str, passages: int) -> None:
    """Of many documents, nor of two that would have all pairs in common."""
    assert found(noise(120), languages, passages) == []


def test_a_pair_alone_between_two_documents_does_not_count() -> None:
    languages = "u" * 30 + "e" * 30
    assert found(planted({6: 80}), languages) == []
    assert found(planted({6: 80, 7: 81}), languages) == [(6, 80), (7, 81)]
    assert found(planted({6: 80, 9: 112, 7: 81}), languages) == [(6, 80), (7, 81)]


def test_a_pair_counts_alone_where_it_is_all_there_is() -> None:
    """A headline archive: nothing more can be asked of documents of one passage."""
    pairs = {3: 40, 7: 31}
    assert found(planted(pairs, 60), "u" * 30 + "e" * 30, passages=1) == list(pairs.items())


def test_pairs_of_one_document_with_several_are_each_alone() -> None:
    """Either side has two pairs, or neighbours that have: no two documents share both."""
    pairs = {6: 80, 7: 62, 40: 81, 41: 110, 8: 111, 9: 63}
    languages = "u" * 30 + "e" * 30
    assert found(planted(pairs), languages) == []
    assert found(planted(pairs), "ue", passages=60) == list(pairs.items())


def test_lone_nearest_neighbours_of_unrelated_documents_are_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With few dimensions some noise is nearest to other noise, and clearly."""
    rows, languages = noise(120, dimension=48), "u" * 30 + "e" * 30
    assert found(rows, languages) == []
    monkeypatch.setattr(translations, "LEAST_SHARED", 1)
    assert len(found(rows, languages)) > 5


def test_only_the_nearest_of_two_that_want_the_same_is_a_pair() -> None:
    pairs = told({3: 40})
    rows = planted(pairs)
    for wanting, wanted in told({4: 40}).items():
        rows[wanting] = near(rows[wanted], 0.5, seed=wanting)
    assert found(rows, "u" * 30 + "e" * 30) == list(pairs.items())


def test_what_many_are_alike_to_is_no_translation() -> None:
    """Stock phrases lie near to all of their like: nearest both ways, but by no margin."""
    pairs = told({3: 40})
    rows = planted(pairs)
    alike = told({5: 41, 6: 42, 7: 43, 8: 44, 9: 45})
    stock = noise(PASSAGES, 77)
    for one, other in alike.items():
        rows[one] = near(stock[one % PASSAGES], 0.2, seed=one)
        rows[other] = near(rows[one], 0.1, seed=other)
    assert found(rows, "u" * 30 + "e" * 30) == list(pairs.items())
    rows[10], rows[82] = rows[6], rows[80]  # a clear pair, beside what is none
    rows[6], rows[80] = noise(126)[[121, 125]]
    assert found(rows, "u" * 30 + "e" * 30) == []


def test_what_a_language_has_in_common_does_not_count() -> None:
    """A direction shared by all passages of a language neither hides pairs nor makes them."""
    pairs = told({3: 40, 7: 31})
    rows = planted(pairs).astype(np.float32)
    rows[:60] += 3 * noise(1, 5)[0]
    rows[60:] -= 3 * noise(1, 5)[0]
    assert set(found(rows.astype(np.float16), "u" * 30 + "e" * 30)) == set(pairs.items())


@pytest.mark.parametrize(
    "languages",
    [
        "u" * 60,
        "e" * 60,
        "f" * 30 + "u" * 30,
        "u" * (NEIGHBOURS // PASSAGES) + "e" * 40,
        "u" * 40 + "e",
    ],
)
def test_too_little_of_a_language_has_no_pairs(languages: str) -> None:
    rows = planted(told({1: 40}), PASSAGES * (len(languages) + 41))
    assert found(rows[: PASSAGES * len(languages)], languages) == []


@pytest.mark.parametrize("languages", ["u" * 3 + "e" * 40, "u" * 40 + "e" * 3])
def test_little_of_a_language_is_enough(languages: str) -> None:
    pairs = told({1: 40})
    assert found(planted(pairs, PASSAGES * len(languages)), languages) == list(pairs.items())


def test_an_empty_archive() -> None:
    assert found(noise(0), "") == []


def test_a_third_language_is_not_looked_at() -> None:
    rows = planted(told({3: 40, 4: 70}), 180)
    assert found(rows, "u" * 30 + "e" * 30 + "f" * 30) == list(told({3: 40}).items())


def test_the_best_are_kept_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = told({3: 40, 7: 31, 20: 55})
    monkeypatch.setattr(translations, "MOST_PAIRS", 4)
    assert found(planted(pairs), "u" * 30 + "e" * 30) == list(pairs.items())[:4]


@pytest.mark.parametrize("limit", ["MOST_ASKING", "MOST_ASKED"])
def test_of_a_large_archive_documents_from_all_over_are_compared(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """Whole ones, of the smaller language (Urdu) or of the larger: stories stay together."""
    monkeypatch.setattr(translations, limit, 28)
    languages, passages = "u" * 14 + "e" * 16, 4
    if limit == "MOST_ASKING":
        pairs, left_out = {0: 56, 2: 57, 48: 118, 51: 119}, {5: 70, 7: 71}
    else:
        pairs, left_out = {6: 56, 7: 58, 40: 116, 41: 119}, {1: 60, 2: 62}
    rows = planted({**pairs, **left_out})
    got = set(found(rows, languages, passages))
    assert set(pairs.items()) <= got
    assert not got & set(left_out.items())
    monkeypatch.undo()
    assert set(left_out.items()) <= set(found(rows, languages, passages))


def test_the_same_every_time() -> None:
    rows = planted(told({2: 41, 7: 30, 20: 55}))
    assert len(found(rows, "ue" * 30)) == 6
    assert found(rows, "ue" * 30) == found(rows, "ue" * 30)


def test_a_deleted_passage_is_no_sentence() -> None:
    rows = planted(told({3: 40, 7: 31}))
    for gone, left in (([], {80, 81, 62, 63}), ([80, 81], {62, 63}), ([80, 81, 62], set())):
        archive = columns("u" * 30 + "e" * 30)
        archive.passage_doc[gone] = -1
        assert set(mine_pairs(rows, archive).english.tolist()) == left
