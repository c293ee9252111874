"""The measure of nonsense: its arithmetic by hand, its fit to an index, its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.encoders.hashed import HashEncoder
from index.errors import IndexDamagedError
from index.parts.catalogue.catalogue import Catalogue, Columns
from index.parts.relevance import DAMPING, DIRECTIONS, Relevance, nonsense
from index.parts.vectors import load_vectors
from index.store.layout import RELEVANCE_FILE
from index.store.manifest import current

EN, UR = 0, 1  # codes of the languages, in the order of their names


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


@pytest.fixture
def relevance() -> Relevance:
    """In 6 dimensions: the first four are nonsense, English passages lean to 5 and Urdu ones to 6."""
    noise = np.eye(6, dtype=np.float32)[:4]
    means = np.array([[0.3, 0, 0, 0, 0.5, 0], [0.3, 0, 0, 0, 0, 0.2]], np.float32)
    return Relevance(noise, means, floor=0.4)


@pytest.fixture(scope="module")
def columns(seed_data: Path) -> Columns:
    with Catalogue.open(current(seed_data)) as catalogue:
        return catalogue.columns()


@pytest.fixture(scope="module")
def fitted(seed_data: Path, columns: Columns) -> Relevance:
    return Relevance.fit(HashEncoder(), load_vectors(current(seed_data)), columns)


def test_half_of_the_nonsense_goes_out_of_the_vector_that_searches(relevance: Relevance) -> None:
    assert DAMPING == 0.5
    query = floats(0.6, 0, -0.2, 0, 0.8, 0.1)
    assert relevance.search_vector(query).tolist() == pytest.approx([0.3, 0, -0.1, 0, 0.8, 0.1])
    assert query.tolist() == pytest.approx([0.6, 0, -0.2, 0, 0.8, 0.1])


def test_what_any_passage_of_a_language_gets(relevance: Relevance) -> None:
    """English: .3 * .3 + .5 * .8; Urdu: .3 * .3 + .2 * .1."""
    offsets = relevance.offsets(floats(0.3, 0, -0.1, 0, 0.8, 0.1))
    assert offsets.tolist() == pytest.approx([0.09 + 0.40, 0.09 + 0.02])


def test_sense_is_the_product_without_nonsense_less_the_languages_share(
    relevance: Relevance,
) -> None:
    """The query without its first four dimensions is (.8, .1) in the last two.

    An English passage (.6, .8): .6 * .8 + .8 * .1 = .56, less .5 * .8 = .40.
    An Urdu passage, the same:                  .56, less .2 * .1 = .02.
    """
    query = floats(0.6, 0, -0.2, 0, 0.8, 0.1)
    passages = np.array([[0, 0, 0, 0, 0.6, 0.8]] * 2, np.float32)
    similarity = relevance.similarity(query, passages, np.array([EN, UR], np.int8))
    assert similarity.tolist() == pytest.approx([0.56 - 0.40, 0.56 - 0.02])


def test_pure_nonsense_is_similar_to_nothing(relevance: Relevance) -> None:
    passages = np.eye(6, dtype=np.float32)
    similarity = relevance.similarity(
        floats(0.6, 0, 0.8, 0, 0, 0), passages, np.full(6, EN, np.int8)
    )
    assert similarity.tolist() == [0] * 6


def test_nonsense_is_the_same_every_time_and_of_both_scripts() -> None:
    found = nonsense(400)
    assert found == nonsense(400)
    assert found[:50] == nonsense(50)
    assert len(set(found)) > 390
    assert all(text.replace(" ", "").isascii() for text in found[::2])
    assert not any(text.replace(" ", "").isascii() for text in found[1::2])
    assert {len(text.split()) for text in found} == {1, 2, 3, 4}


def test_the_fitted_directions_are_orthonormal(fitted: Relevance) -> None:
    assert fitted.noise.shape == (DIRECTIONS, 64)
    assert fitted.noise @ fitted.noise.T == pytest.approx(np.eye(DIRECTIONS), abs=1e-5)
    # They are directions of nonsense: much of a meaningless string lies in them, little of a word.
    probes = HashEncoder().encode_queries(nonsense(200))
    inside = np.linalg.norm(probes @ fitted.noise.T, axis=1).mean()
    chance = np.linalg.norm(probes[:, :DIRECTIONS], axis=1).mean()
    assert inside > chance


def test_the_means_are_those_of_the_languages_passages(
    fitted: Relevance, seed_data: Path, columns: Columns
) -> None:
    rows = load_vectors(current(seed_data)).astype(np.float64)
    for code, name in enumerate(columns.lang_names):
        of_language = rows[columns.lang[columns.passage_doc] == code]
        assert len(of_language) > 100, name
        assert fitted.means[code] == pytest.approx(of_language.mean(axis=0), abs=1e-5)


def test_the_floor_holds_back_95_of_100_meaningless_strings(
    fitted: Relevance, seed_data: Path, columns: Columns
) -> None:
    """Counted one string at a time over all passages: 10 of the 200 the floor was fitted to pass."""
    rows = load_vectors(current(seed_data)).astype(np.float32)
    languages = columns.lang[columns.passage_doc]
    queries = HashEncoder().encode_queries(nonsense(400)[200:])
    best = np.array([fitted.similarity(query, rows, languages).max() for query in queries])
    assert int((best > fitted.floor).sum()) == 10


def test_fitting_is_deterministic(fitted: Relevance, seed_data: Path, columns: Columns) -> None:
    again = Relevance.fit(HashEncoder(), load_vectors(current(seed_data)), columns)
    assert again.floor == fitted.floor
    assert again.noise.tolist() == fitted.noise.tolist()
    assert again.means.tolist() == fitted.means.tolist()


def test_it_comes_back_from_its_file(fitted: Relevance, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    loaded = Relevance.load(tmp_path)
    assert loaded.floor == pytest.approx(fitted.floor, abs=1e-6)
    assert loaded.noise.tolist() == fitted.noise.tolist()
    assert loaded.means.tolist() == fitted.means.tolist()


def test_the_index_of_the_seeds_holds_its_own(fitted: Relevance, seed_data: Path) -> None:
    loaded = Relevance.load(current(seed_data))
    assert loaded.floor == pytest.approx(fitted.floor, abs=1e-5)
    assert loaded.means == pytest.approx(fitted.means, abs=1e-5)


@pytest.mark.parametrize("content", [None, b"no numbers", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_damage(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / RELEVANCE_FILE).write_bytes(content)
    with pytest.raises(IndexDamagedError, match="relevance") as caught:
        Relevance.load(tmp_path)
    assert "talash index rebuild" in caught.value.hint


@pytest.mark.parametrize("shape", [(0, 64), (64,), (DIRECTIONS, 64)])
def test_a_file_of_another_shape_is_damage(tmp_path: Path, shape: tuple[int, ...]) -> None:
    np.save(tmp_path / RELEVANCE_FILE, np.zeros(shape, np.float32))
    with pytest.raises(IndexDamagedError):
        Relevance.load(tmp_path)
