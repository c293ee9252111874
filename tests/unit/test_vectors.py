"""The vector index against brute force: every kind, with and without a mask, ties and damage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
import pytest

from index import arrays
from index.errors import IndexDamagedError
from index.parts import vectors
from index.parts.vectors import (
    InvertedLists,
    Neighbours,
    VectorFile,
    VectorIndex,
    build_centroids,
    build_faiss,
    faiss_file,
    load_vectors,
    nearest_rows,
    nearest_stored,
)
from index.store.layout import CENTROIDS_FILE, FAISS_DIR, SEGMENTS_DIR, VECTORS_FILE

COUNT, DIMENSION = 3_000, 32
NAMES = ("ur", "en")
UR_FILE = f"{FAISS_DIR}/ur.faiss"
Rows = npt.NDArray[np.float32]
Languages = npt.NDArray[np.int8]


def unit(rows: Rows) -> Rows:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def clustered(count: int, seed: int = 1) -> Rows:
    """Unit vectors around 40 directions, as passages lie around subjects."""
    dice = np.random.default_rng(seed)
    subjects = dice.standard_normal((40, DIMENSION))
    noise = 0.7 * dice.standard_normal((count, DIMENSION))
    return unit(subjects[dice.integers(40, size=count)] + noise)


def in_urdu(count: int) -> Languages:
    return np.zeros(count, np.int8)


def opened(directory: Path, languages: Languages | None = None) -> VectorIndex:
    """An index of passages that are all in Urdu, unless said otherwise."""
    count = len(load_vectors(directory))
    return VectorIndex.open(directory, in_urdu(count) if languages is None else languages, NAMES)


def search(
    index: VectorIndex, query: Rows, k: int, allowed: npt.NDArray[np.bool_] | None = None
) -> Neighbours:
    """The neighbours among the Urdu passages that are allowed."""
    held = np.ones(index.count, bool) if allowed is None else allowed
    found = index.nearest(np.stack([query, query]), k, np.where(held, 0, -1).astype(np.int8))
    assert len(found[1].pids) == 0
    return found[0]


def write(
    directory: Path, rows: Rows, passages_each: int = 1, languages: Languages | None = None
) -> Path:
    """Every file of the vectors, as a build writes them."""
    directory.mkdir(exist_ok=True)
    file = VectorFile(directory / VECTORS_FILE, len(rows), rows.shape[1])
    for start in range(0, len(rows), 700):
        file.append(rows[start : start + 700])
    file.finish()
    first = np.arange(0, len(rows), passages_each, dtype=np.int32)
    build_centroids(directory, first, np.diff([*first, len(rows)]).astype(np.int32))
    build_faiss(directory, in_urdu(len(rows)) if languages is None else languages, NAMES)
    return directory


def brute(directory: Path, query: Rows, k: int, allowed: npt.NDArray[np.bool_] | None = None):
    """(pids, scores) by a scan over the exact vectors, ties to the lower pid."""
    scores = load_vectors(directory).astype(np.float32) @ query
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    order = np.lexsort((np.arange(len(scores)), -scores))[:k]
    order = order[np.isfinite(scores[order])]
    return order, scores[order]


@pytest.fixture(scope="module")
def rows() -> Rows:
    return clustered(COUNT)


@pytest.fixture(scope="module")
def queries(rows: Rows) -> Rows:
    dice = np.random.default_rng(2)
    return unit(rows[::100] + 0.3 * unit(dice.standard_normal((30, DIMENSION))))


def built(kind: str, rows: Rows, directory: Path, languages: Languages | None = None) -> Path:
    """An index of one kind, by pretending that few vectors are many."""
    with pytest.MonkeyPatch.context() as patch:
        if kind != "exact":
            patch.setattr(vectors, "EXACT_UP_TO", 100)
        return write(directory, rows, languages=languages)


@pytest.fixture(scope="module", params=["exact", "quantized"])
def directory(
    request: pytest.FixtureRequest, rows: Rows, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return built(request.param, rows, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def index(directory: Path) -> VectorIndex:
    return opened(directory)


@pytest.fixture(scope="module")
def exact(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("flat"), rows)


def test_the_kind_follows_the_number_of_vectors(rows: Rows, tmp_path: Path) -> None:
    exact, quantized = (built(kind, rows, tmp_path / kind) for kind in ("exact", "quantized"))

    def kind(directory: Path) -> type:
        whole = faiss.read_index(str(faiss_file(directory, "ur")))
        return type(faiss.downcast_index(whole.index))

    assert kind(exact) in (faiss.IndexFlat, faiss.IndexFlatIP)
    assert kind(quantized) is faiss.IndexPQFastScan


def test_exact_search_is_brute_force(exact: Path, queries: Rows) -> None:
    index = opened(exact)
    assert (index.count, index.dimension) == (COUNT, DIMENSION)
    for query in queries:
        found = search(index, query, 20)
        pids, scores = brute(exact, query, 20)
        assert found.pids.tolist() == pids.tolist()
        np.testing.assert_allclose(found.scores, scores, atol=1e-6)


def test_every_kind_finds_the_neighbours_and_scores_them_exactly(
    index: VectorIndex, directory: Path, queries: Rows
) -> None:
    hits = 0
    for query in queries:
        found = search(index, query, 10)
        assert len(found.pids) == 10
        hits += len({*found.pids.tolist()} & {*brute(directory, query, 10)[0].tolist()})
        true = load_vectors(directory).astype(np.float32)[found.pids] @ query
        np.testing.assert_allclose(found.scores, true, atol=1e-3)
        assert (np.diff(found.scores) <= 0).all()
    assert hits >= 0.9 * 10 * len(queries)


@pytest.mark.parametrize("share", [0.5, 0.05])
def test_a_mask_holds_in_every_kind(
    index: VectorIndex, directory: Path, queries: Rows, share: float
) -> None:
    allowed = np.random.default_rng(7).random(COUNT) < share
    hits = wanted = 0
    for query in queries[:15]:
        found = search(index, query, 10, allowed)
        assert allowed[found.pids].all()
        pids, _ = brute(directory, query, 10, allowed)
        hits += len({*found.pids.tolist()} & {*pids.tolist()})
        wanted += len(pids)
    assert hits >= 0.9 * wanted


def test_a_mask_of_another_subject_is_searched_all_the_same(
    index: VectorIndex, directory: Path, rows: Rows
) -> None:
    """A source or a date can leave only passages that lie far from the query: they are found."""
    far = np.argsort(rows @ rows[0])[:50]
    allowed = np.zeros(COUNT, bool)
    allowed[far] = True
    found = search(index, rows[0], 10, allowed)
    assert len(found.pids) == 10
    pids, _ = brute(directory, rows[0], 10, allowed)
    assert len({*found.pids.tolist()} & {*pids.tolist()}) >= 9


def test_masks_that_leave_all_or_nothing(index: VectorIndex, queries: Rows) -> None:
    query, mask = queries[0], np.ones(COUNT, bool)
    assert search(index, query, 5, mask).pids.tolist() == search(index, query, 5).pids.tolist()
    assert search(index, query, 5, ~mask).pids.tolist() == []


def test_a_mask_that_leaves_one(index: VectorIndex, queries: Rows) -> None:
    query = queries[0]
    for only in (0, 7, 8, COUNT - 1):  # at the edges of the bitmap's bytes
        one = np.zeros(COUNT, bool)
        one[only] = True
        assert search(index, query, 5, one).pids.tolist() == [only]


def test_fewer_hits_than_asked_for(tmp_path: Path, rows: Rows) -> None:
    index = opened(write(tmp_path / "few", rows[:3]))
    found = search(index, rows[1], 10)
    assert sorted(found.pids.tolist()) == [0, 1, 2]
    assert found.pids[0] == 1
    assert search(index, rows[1], 0).pids.tolist() == []


def test_no_vectors_at_all(tmp_path: Path) -> None:
    index = opened(write(tmp_path / "none", np.empty((0, DIMENSION), np.float32)))
    found = search(index, np.ones(DIMENSION, np.float32), 5)
    assert (found.pids.tolist(), found.scores.tolist()) == ([], [])
    assert index.count == 0


def test_ties_go_to_the_lower_pid(tmp_path: Path, rows: Rows) -> None:
    """Agencies' texts come many times over; which copies are shown must not be chance."""
    twins = rows[np.array([5, 1, 1, 9, 1, 1, 1, 2])]
    index = opened(write(tmp_path / "twins", twins))
    for k in (5, 6, 8):
        assert search(index, rows[1], k).pids.tolist()[:5] == [1, 2, 4, 5, 6]


def test_ties_at_the_cut_go_to_the_lower_pid(tmp_path: Path, rows: Rows) -> None:
    twins = rows[np.array([5, 1, 1, 9, 1, 1, 1, 2] * 8)]
    equal = [n for n in range(64) if n % 8 in (1, 2, 4, 5, 6)]
    index = opened(write(tmp_path / "cut", twins))
    for k in (1, 2, 3, 7, 20):
        assert search(index, rows[1], k).pids.tolist() == equal[:k]


def test_the_same_search_gives_the_same_scores(
    directory: Path, index: VectorIndex, queries: Rows
) -> None:
    """Again, from another opening, and from eight threads at once: bit for bit."""
    wanted = [search(index, query, 10) for query in queries]
    again = opened(directory)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda query: search(again, query, 10), list(queries) * 4))
    for one, other in zip(found, wanted * 4, strict=True):
        assert one.pids.tolist() == other.pids.tolist()
        assert one.scores.tolist() == other.scores.tolist()


def test_products_are_exact_and_in_the_order_asked(exact: Path, queries: Rows) -> None:
    index = opened(exact)
    pids = np.array([9, 2, 2_999, 2], np.int32)
    stored = load_vectors(exact).astype(np.float32)
    np.testing.assert_allclose(
        index.products(queries[0], pids), stored[pids] @ queries[0], atol=1e-6
    )
    assert index.vectors(pids).tolist() == stored[pids].tolist()
    assert index.products(queries[0], np.empty(0, np.int32)).shape == (0,)


def test_a_centroid_is_the_direction_of_a_documents_mean(tmp_path: Path, rows: Rows) -> None:
    index = opened(write(tmp_path / "centroids", rows[:90], passages_each=3))
    means = unit(rows[:90].reshape(30, 3, DIMENSION).mean(axis=1))
    docids = np.array([29, 0, 11], np.int32)
    found = index.document_products(rows[0], docids)
    np.testing.assert_allclose(found, means[docids] @ rows[0], atol=2e-3)


def test_a_document_without_passages_has_no_direction(tmp_path: Path, rows: Rows) -> None:
    directory = write(tmp_path / "holes", rows[:4])
    build_centroids(directory, np.array([0, -1, 2], np.int32), np.array([2, 0, 2], np.int32))
    centroids = load_vectors(directory, CENTROIDS_FILE)
    assert not centroids[1].any()
    assert np.linalg.norm(centroids[[0, 2]].astype(np.float32), axis=1) == pytest.approx(
        1, abs=2e-3
    )


def test_what_is_stored_is_half_precision_of_what_came(exact: Path, rows: Rows) -> None:
    stored = np.load(exact / VECTORS_FILE)
    assert stored.dtype == np.float16
    assert stored.tolist() == rows.astype(np.float16).tolist()


def test_a_file_with_missing_rows_is_not_finished(tmp_path: Path, rows: Rows) -> None:
    file = VectorFile(tmp_path / VECTORS_FILE, 10, DIMENSION)
    file.append(rows[:9])
    with pytest.raises(ValueError, match="1 vectors are missing"):
        file.finish()


# -- damage ------------------------------------------------------------------------------------------


def _shorter(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _garbled(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _pickled(path: Path) -> None:
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)
    if path.suffix != ".npy":
        path.with_suffix(f"{path.suffix}.npy").replace(path)


@pytest.mark.parametrize("name", [VECTORS_FILE, CENTROIDS_FILE, UR_FILE])
@pytest.mark.parametrize("damage", [Path.unlink, _shorter, _garbled, _pickled])
def test_damage_to_each_file(
    exact: Path, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    copy = Path(shutil.copytree(exact, tmp_path / "copy"))
    damage(copy / name)
    with pytest.raises(IndexDamagedError, match="cannot be read") as caught:
        opened(copy)
    assert "talash index rebuild" in caught.value.hint


@pytest.mark.parametrize(
    "name",
    [
        VECTORS_FILE,
        CENTROIDS_FILE,
        UR_FILE,
    ],
)
def test_an_empty_file(exact: Path, tmp_path: Path, name: str) -> None:
    copy = Path(shutil.copytree(exact, tmp_path / "copy"))
    (copy / name).write_bytes(b"")
    with pytest.raises(IndexDamagedError):
        opened(copy)


@pytest.mark.parametrize("name", [VECTORS_FILE, UR_FILE])
@pytest.mark.parametrize("shape", [(COUNT - 1, DIMENSION), (COUNT, DIMENSION // 2)])
def test_files_of_two_indexes_are_damage(
    exact: Path, tmp_path: Path, name: str, shape: tuple[int, int]
) -> None:
    copy = Path(shutil.copytree(exact, tmp_path / "copy"))
    other = write(tmp_path / "other", clustered(COUNT)[: shape[0], : shape[1]])
    shutil.copy(other / name, copy / name)
    with pytest.raises(IndexDamagedError, match="holds"):
        opened(copy, in_urdu(COUNT))


def test_centroids_of_another_dimension_are_damage(exact: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(exact, tmp_path / "copy"))
    np.save(copy / CENTROIDS_FILE, np.zeros((COUNT, DIMENSION // 2), np.float16))
    with pytest.raises(IndexDamagedError):
        opened(copy)


def test_vectors_of_another_type_are_damage(exact: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(exact, tmp_path / "copy"))
    np.save(copy / VECTORS_FILE, np.load(exact / VECTORS_FILE).astype(np.float32))
    with pytest.raises(IndexDamagedError):
        opened(copy)


@pytest.mark.parametrize("share", [0.5, 0.97])
@pytest.mark.parametrize("kind", ["exact", "quantized"])
@pytest.mark.parametrize("all_scored", [0, 8_192])
def test_each_language_has_the_nearest_to_its_query(
    kind: str,
    share: float,
    all_scored: int,
    rows: Rows,
    queries: Rows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However unequal the languages are, whatever is not looked at, and if a query serves one or both."""
    monkeypatch.setattr(vectors, "_ALL_SCORED", all_scored)
    languages = (np.random.default_rng(3).random(COUNT) < share).astype(np.int8)
    directory = built(kind, rows, tmp_path / "vectors", languages)
    index = opened(directory, languages)
    some_left_out = np.where(np.arange(COUNT) % 3 == 0, -1, languages).astype(np.int8)
    for coded in (languages, some_left_out):
        for number in range(10):
            mine = queries[[number, number + number % 2]]
            for code, found in enumerate(index.nearest(mine, 20, coded)):
                best, scores = brute(directory, mine[code], 20, coded == code)
                assert (coded[found.pids] == code).all()
                assert len(found.pids) == len(best)
                shared = np.intersect1d(found.pids, best)
                assert len(shared) >= (20 if kind == "exact" else 17)
                assert found.scores == pytest.approx(scores, abs=0.05)
    for found in index.nearest(queries[:2], 20, np.full(COUNT, -1, np.int8)):
        assert len(found.pids) == 0


@pytest.mark.parametrize("exact_up_to", [50_000, 1_000])
def test_segments_are_searched_as_one(
    tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch, exact_up_to: int
) -> None:
    """Passages that are gone stay in the files and are not found; a language may be in some of them."""
    monkeypatch.setattr(vectors, "EXACT_UP_TO", exact_up_to)
    monkeypatch.setattr(vectors, "_ALL_SCORED", 100)
    names = (*NAMES, "und")
    now = np.where(np.arange(COUNT) % 2, 1, 0).astype(np.int8)
    now[2_500:] = 2
    whole = tmp_path / "whole"
    for start, end in ((0, 2_000), (2_000, 2_010), (2_010, COUNT)):
        directory = whole if not start else whole / SEGMENTS_DIR / f"{start:08d}"
        directory.mkdir(parents=True)
        np.save(directory / VECTORS_FILE, rows[start:end].astype(np.float16))
        np.save(directory / CENTROIDS_FILE, rows[start:end].astype(np.float16))
        build_faiss(directory, now[start:end], names, start)
    gone = now.copy()
    gone[:100] = gone[2_005] = -1
    index = VectorIndex.open(whole, gone, names)
    assert "rows are those of the exact vectors" in index.check_rows()
    exact = rows.astype(np.float16).astype(np.float32)
    for number in (0, 99, 1_000, 2_004, 2_005, 2_100, 2_700):
        found = index.nearest(np.stack([rows[number]] * 3), 20, gone)
        assert [code for code in range(3) if number in found[code].pids] == [
            code for code in range(3) if gone[number] == code
        ]
        for code, near in enumerate(found):
            assert (gone[near.pids] == code).all()
            scores = exact[gone == code] @ rows[number]
            best = np.flatnonzero(gone == code)[np.argsort(-scores, kind="stable")[:20]]
            least = 20 if exact_up_to > COUNT else 16
            assert len(np.intersect1d(best, near.pids)) >= least
    pids = np.array([2_999, 0, 2_004, 1_999])
    np.testing.assert_array_equal(index.vectors(pids), exact[pids])
    np.testing.assert_array_equal(index.centroids(pids), exact[pids])
    shutil.rmtree(whole / SEGMENTS_DIR / "00002000")
    with pytest.raises(IndexDamagedError, match="2990 vectors of 3000"):
        VectorIndex.open(whole, gone, names)


def test_passages_in_the_file_of_another_language_are_damage(tmp_path: Path, rows: Rows) -> None:
    languages = np.where(np.arange(100) % 2, 1, 0).astype(np.int8)
    directory = write(tmp_path / "vectors", rows[:100], languages=languages)
    languages[7] = 0
    with pytest.raises(IndexDamagedError, match="holds passages of others"):
        opened(directory, languages)


def test_a_passage_without_a_vector_is_damage(tmp_path: Path, rows: Rows) -> None:
    languages = in_urdu(100)
    languages[7] = -1
    directory = write(tmp_path / "vectors", rows[:100], languages=languages)
    with pytest.raises(IndexDamagedError, match="no vectors of 1 passages"):
        opened(directory)


@pytest.mark.parametrize("queries", [1, 3, 12])
def test_rows_as_they_are_stored_have_the_same_neighbours(
    queries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "HALF_ROWS", 20)
    dice = np.random.default_rng(7)
    rows = unit(dice.standard_normal((90, 24), np.float32)).astype(np.float16)
    asked = unit(dice.standard_normal((queries, 24), np.float32))
    stored = arrays.Rows([rows[:40], rows[40:41], rows[41:]])
    for some in (np.arange(90), np.arange(1, 90, 3), np.arange(3), np.array([41])):
        chosen = some.astype(np.int32)
        scores, places = nearest_stored(asked, stored, chosen, 7)
        wanted, at = nearest_rows(asked, rows[chosen].astype(np.float32), 7)
        np.testing.assert_allclose(scores, wanted, atol=1e-6)
        np.testing.assert_array_equal(places, chosen[at])


def test_inverted_lists_find_nearly_all() -> None:
    """Rows in clouds, as articles on one subject are; also where a query's lists hold fewer than are wanted."""
    chance = np.random.default_rng(5)
    clouds = chance.normal(size=(60, DIMENSION))
    made = unit(clouds[chance.integers(0, 60, 6_000)] + chance.normal(size=(6_000, DIMENSION)))
    stored = arrays.Rows([np.repeat(made.astype(np.float16), 2, axis=0)])
    chosen = np.arange(0, 12_000, 2, dtype=np.int32)
    rows = stored[chosen].astype(np.float32)
    asked = rows[::20]
    exact, places = nearest_rows(asked, rows, 10)
    found, met = InvertedLists(stored, chosen).nearest(asked, 10)
    shared = [
        len(set(one) & set(other))
        for one, other in zip(chosen[places].tolist(), met.tolist(), strict=True)
    ]
    assert np.mean(shared) > 9.5
    assert np.array_equal(met[:, 0], chosen[places[:, 0]])
    assert np.allclose(found[:, 0], exact[:, 0])
    for every in (len(rows), len(rows) + 5):
        scores, order = InvertedLists(stored, chosen).nearest(asked[:3], every)
        assert np.allclose(scores, nearest_rows(asked[:3], rows, every)[0], atol=1e-6)
        assert [*map(len, map(set, order.tolist()))] == [len(rows)] * 3


def test_halves_are_widened_as_numpy_does() -> None:
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)]
    widened, wanted = arrays.widened(finite), finite.astype(np.float32)
    np.testing.assert_array_equal(widened.view(np.uint32), wanted.view(np.uint32))
    np.testing.assert_array_equal(
        arrays.widened(finite[:60].reshape(6, 10)[1:4]).ravel(), wanted[10:40]
    )


def test_what_may_be_found_is_remembered_of_what_nobody_writes_to(
    exact: Path, queries: Rows
) -> None:
    index = opened(exact)
    some, others = np.zeros(index.count, np.int8), np.full(index.count, -1, np.int8)
    some[::2], others[1::2] = -1, 0
    changed = some.copy()
    for languages in (some, others):
        languages.setflags(write=False)
    for languages in (some, others, some, changed):
        (found,) = index.nearest(queries[:1], 20, languages)
        assert (languages[found.pids] == 0).all()
    changed[:] = others
    (found,) = index.nearest(queries[:1], 20, changed)
    assert (found.pids % 2 == 1).all()
