"""The vector index: nearest passages by meaning. The only module that knows FAISS.

`vectors.npy` holds the exact vectors (float16, row number = pid) and is part of the truth; the rest
derives from it: `centroids.npy` (row number = docid), the mean of each document's passages, and
the FAISS indexes, which find neighbours fast (figures in docs/measured.md):

    up to 50,000 passages   exact inner product
    beyond                  4-bit product quantizer, two dimensions a code, scanned whole in the
                            processor's registers; the best candidates are rescored exactly.
                            It cannot skip what a filter leaves out, so a filtered search scans
                            an 8-bit copy instead, which can.

Inverted lists and graphs were tried and left out: a question lies far from the passages that answer
it, above all across languages, and at the same recall they were no faster than the plain scan.
FAISS rows stay in here: the outside speaks pids.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.arrays import Floats, Ints
from index.errors import IndexDamagedError
from index.parts.part import Building, Checking, Opening, Part, Question, agree
from index.store.array_files import UNREADABLE
from index.store.layout import CENTROIDS_FILE, FAISS_FILE, FAST_FILE, VECTORS_FILE
from index.store.manifest import REBUILD

EXACT_UP_TO = 50_000
_RESCORED = 4
"""Candidates fetched from a quantized index, as a multiple of what was asked for."""
_WIDER = 4
"""How many times as many are fetched at once for several groups, since they are not equally near."""
_TRAINING_ROWS = 100_000
_CHUNK = 16_384
_PIECE = 1 << 20
_SCALAR_ERROR = 0.01
"""Of one number in an 8-bit index (measured: .0006 at most)."""
_CENTROID_ERROR = 0.002
"""Of one number: float16 holds numbers below one to a two-thousandth."""
LEAST_COSINE = 0.98
"""Of a vector and what the encoder makes of its text today. The bundled model gives 1.0000 on the
machine that built the index; other processors and servers round otherwise."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest passages to a query: pids and their inner products, best first."""

    pids: Ints
    scores: Floats


class VectorFile:
    """Exact vectors on disk while an index is being built: rows come in the order of pids."""

    def __init__(self, path: Path, rows: int, dimension: int) -> None:
        # Written plainly, not mapped: on a full disk a mapped write kills the process.
        self._file = path.open("w+b")
        header = {"descr": "<f2", "fortran_order": False, "shape": (rows, dimension)}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._begin, self._width = self._file.tell(), 2 * dimension
        self._left = rows

    def append(self, vectors: Floats | npt.NDArray[np.float16]) -> None:
        """Store the unit vectors of the next pids."""
        self._file.write(vectors.astype("<f2").tobytes())
        self._left -= len(vectors)

    def row(self, pid: int) -> npt.NDArray[np.float16]:
        """The vector of a pid that has come."""
        self._file.flush()
        start = self._begin + pid * self._width
        return np.frombuffer(os.pread(self._file.fileno(), self._width, start), "<f2")

    def finish(self) -> None:
        """Close the file; every row must have come."""
        self._file.close()
        if self._left:
            raise ValueError(f"{self._left} vectors are missing")

    def abort(self) -> None:
        """Let go of the file, whatever is in it."""
        self._file.close()


def load_vectors(directory: Path, name: str = VECTORS_FILE) -> npt.NDArray[np.float16]:
    """The exact vectors of a generation, mapped, not read. Raises IndexDamagedError."""
    try:
        mapped = np.load(directory / name, mmap_mode="r", allow_pickle=False)
    except UNREADABLE as error:
        raise IndexDamagedError(
            f"The vectors in {directory} cannot be read ({error}).", hint=REBUILD
        ) from error
    rows: npt.NDArray[np.float16] = np.asarray(
        mapped
    )  # a memmap costs time with every part taken of it
    return rows


def build_centroids(directory: Path, first_pid: Ints, passages: Ints) -> None:
    """Derive `centroids.npy`: document d has `passages[d]` pids from `first_pid[d]` on."""
    np.save(directory / CENTROIDS_FILE, centroids_of(load_vectors(directory), first_pid, passages))


def extend_centroids(before: Path, directory: Path, first_pid: Ints, passages: Ints) -> None:
    """Centroids of a changed index, out of those before: docids at the end are new, and a docid
    without passages is gone."""
    old = load_vectors(before, CENTROIDS_FILE)
    new = centroids_of(load_vectors(directory), first_pid[len(old) :], passages[len(old) :])
    joined = np.concatenate([old, new])
    joined[passages <= 0] = 0
    np.save(directory / CENTROIDS_FILE, joined)


def centroids_of(
    rows: npt.NDArray[np.float16], first_pid: Ints, passages: Ints
) -> npt.NDArray[np.float16]:
    """The mean of each document's passages, at length 1; zero for a docid without any."""
    centroids = np.zeros((len(first_pid), rows.shape[1]), np.float16)
    for docid, (first, count) in enumerate(zip(first_pid, passages, strict=True)):
        if count > 0:
            mean = rows[first : first + count].astype(np.float32).mean(axis=0)
            centroids[docid] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return centroids


def build_faiss(directory: Path) -> None:
    """Derive the FAISS files from `vectors.npy` in the directory of a generation."""
    rows = load_vectors(directory)
    count, dimension = rows.shape
    metric = faiss.METRIC_INNER_PRODUCT
    if count <= EXACT_UP_TO:
        _fill(faiss.IndexFlat(dimension, metric), rows, directory / FAISS_FILE)
        return
    bytes_ = faiss.ScalarQuantizer.QT_8bit
    scan = faiss.IndexScalarQuantizer(dimension, bytes_, metric)
    _fill(scan, rows, directory / FAISS_FILE)
    if dimension % 2 == 0:
        fast = faiss.IndexPQFastScan(dimension, dimension // 2, 4, metric)
        _fill(fast, rows, directory / FAST_FILE)


def extend_faiss(before: Path, directory: Path) -> None:
    """FAISS files of a changed index: those before, with the rows that came since.

    Rows that are no passage any more stay in them; quantizers stay as they were learned. Beyond
    `EXACT_UP_TO` rows, files that are exact so far are made anew.
    """
    rows = load_vectors(directory)
    for name in (FAISS_FILE, FAST_FILE):
        if not (before / name).exists():
            continue
        index = _open_faiss(before / name, rows[: len(load_vectors(before))])
        if isinstance(index, faiss.IndexFlat) and len(rows) > EXACT_UP_TO:
            return build_faiss(directory)
        for chunk in _chunks(rows[index.ntotal :]):
            index.add(chunk)
        _write(index, directory / name)
    return None


def unit(vectors: Floats) -> Floats:
    """Vectors (rows or one) at length 1."""
    scaled: Floats = vectors / lengths(vectors)[..., None]
    return scaled


def lengths(vectors: Floats) -> Floats:
    """The lengths of vectors (rows or one), never 0."""
    found: Floats = np.maximum(np.linalg.norm(vectors, axis=-1), np.float32(1e-9))
    return found


def nearest_rows(queries: Floats, base: Floats, k: int) -> tuple[Floats, Ints]:
    """Inner products and places of the `k` rows of `base` nearest to each query, best first.

    Both results have shape (len(queries), k), k at most len(base).
    """
    scores, places = faiss.knn(queries, base, min(k, len(base)), faiss.METRIC_INNER_PRODUCT)
    return scores, places.astype(np.int32)


def _fill(index: faiss.Index, rows: npt.NDArray[np.float16], path: Path) -> None:
    """Train an index if it needs that, add all rows and write it."""
    if not index.is_trained:
        step = max(1, len(rows) // _TRAINING_ROWS)
        index.train(np.ascontiguousarray(rows[::step], dtype=np.float32))
    for chunk in _chunks(rows):
        index.add(chunk)
    _write(index, path)


def _write(index: faiss.Index, path: Path) -> None:
    """Write an index piece by piece. Raises OSError as any writing does: FAISS's own writer reports a
    full disk as RuntimeError."""
    failed: list[OSError] = []

    def put(piece: bytes) -> int:
        try:
            return file.write(piece)
        except OSError as error:
            failed.append(error)
            return 0

    with path.open("wb") as file:
        try:
            faiss.write_index(index, faiss.PyCallbackIOWriter(put, _PIECE))
        except RuntimeError:
            if not failed:
                raise
    if failed:
        raise failed[0]


def _chunks(rows: npt.NDArray[np.float16]) -> Iterator[Floats]:
    for start in range(0, len(rows), _CHUNK):
        yield np.ascontiguousarray(rows[start : start + _CHUNK], dtype=np.float32)


class VectorIndex:
    """An open vector index of one generation. Searching is safe under threads."""

    def __init__(
        self,
        rows: npt.NDArray[np.float16],
        centroids: npt.NDArray[np.float16],
        scan: faiss.Index,
        fast: faiss.Index | None,
        live: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self._rows = rows
        self._live = None if live is None or live.all() else live
        self._centroids = centroids
        self._scan = scan
        self._fast = fast
        self._exact = isinstance(scan, faiss.IndexFlat)
        self.count = int(scan.ntotal)
        self.dimension = int(scan.d)

    @classmethod
    def open(cls, directory: Path, live: npt.NDArray[np.bool_] | None = None) -> VectorIndex:
        """Open the vectors in `directory`; raises IndexDamagedError when the files disagree.

        `live` masks the pids that are passages still: no other is ever found.
        """
        rows = load_vectors(directory)
        centroids = load_vectors(directory, CENTROIDS_FILE)
        scan = _open_faiss(directory / FAISS_FILE, rows)
        if centroids.shape[1:] != rows.shape[1:]:
            raise IndexDamagedError(
                f"The centroids in {directory} are {centroids.shape}, the vectors {rows.shape}.",
                hint=REBUILD,
            )
        fast = directory / FAST_FILE
        if live is not None and len(live) != len(rows):
            message = f"The vectors in {directory} are {len(rows)}, the passages {len(live)}."
            raise IndexDamagedError(message, hint=REBUILD)
        return cls(rows, centroids, scan, _open_faiss(fast, rows) if fast.exists() else None, live)

    def check_rows(self) -> str:
        """Hold every row of the FAISS files against the exact vectors. Raises IndexDamagedError."""
        start = 0
        for chunk in _chunks(self._rows):
            for index in filter(None, (self._scan, self._fast)):
                _check_part(index, start, chunk)
            start += len(chunk)
        return f"{start} rows are those of the exact vectors"

    def search(
        self, query: Floats, k: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> Neighbours:
        """The `k` passages whose inner product with `query` (shape (dimension,)) is highest.

        `allowed` is a mask over pids; passages outside it are not looked at. Fewer than `k` come
        back when there are fewer. Scores are exact to float16, best first.
        """
        fetch = min(k if self._exact else k * _RESCORED, self.count)
        if fetch == 0:
            return Neighbours(np.empty(0, np.int32), np.empty(0, np.float32))
        pids, scores = self._nearest(query, fetch, allowed)
        if allowed is None and self._live is not None:
            held = self._live[pids]
            pids, scores = pids[held], scores[held]
            if len(pids) < k:  # crowded out by passages that are gone
                pids, scores = self._nearest(query, fetch, self._live)
        if not self._exact:
            scores = self.products(query, pids)
        # Ties are broken by pid, so that an order never depends on how it was searched.
        order = np.lexsort((pids, -scores))[:k]
        return Neighbours(pids[order], scores[order].astype(np.float32))

    def search_each(
        self,
        queries: Floats,
        rows: npt.NDArray[np.integer],
        k: int,
        groups: npt.NDArray[np.integer],
    ) -> list[Neighbours]:
        """The `k` passages of each group nearest to its own query, as `search` gives them.

        `groups` has a code for every pid, from 0 on; those of -1 are not looked at. `rows` is by code the
        row of `queries` that the group is searched with. The fast index cannot look at one group alone,
        but what it finds may hold enough of each.
        """
        sizes = np.bincount(groups[groups >= 0])
        enough = k * _RESCORED
        fetch = enough * len(sizes) * _WIDER
        asked = rows[: len(sizes)].tolist()
        wide = {row: self._found_fast(queries[row], fetch, groups) for row in dict.fromkeys(asked)}
        found = []
        for code, (size, row) in enumerate(zip(sizes.tolist(), asked, strict=True)):
            pids = wide[row][groups[wide[row]] == code][:enough]
            if len(pids) < min(enough, size) or not size:
                found.append(self.search(queries[row], k, groups == code))
                continue
            scores = self.products(queries[row], pids)
            order = np.lexsort((pids, -scores))[:k]
            found.append(Neighbours(pids[order], scores[order]))
        return found

    def _found_fast(self, query: Floats, fetch: int, groups: npt.NDArray[np.integer]) -> Ints:
        """Pids near a query by the fast index, best first, if it may look at all passages."""
        left_out = groups < 0
        if self._fast is None or (left_out if self._live is None else left_out & self._live).any():
            return np.empty(0, np.int32)
        pids = self._nearest(query, min(fetch, self.count), None)[0]
        return pids[groups[pids] >= 0]

    def _nearest(
        self, query: Floats, fetch: int, allowed: npt.NDArray[np.bool_] | None
    ) -> tuple[Ints, Floats]:
        """Pids and scores as FAISS finds them."""
        if allowed is None:
            scores, pids = (self._fast or self._scan).search(query[None, :], fetch)
        else:
            chosen = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
            parameters = faiss.SearchParameters(sel=chosen)
            scores, pids = self._scan.search(query[None, :], fetch, params=parameters)
        found = pids[0] >= 0  # FAISS pads with -1
        return pids[0][found].astype(np.int32), scores[0][found]

    def products(self, query: Floats, pids: npt.NDArray[np.integer]) -> Floats:
        """Exact inner products of `query`, shape (dimension,) or (dimension, k), with the passages
        `pids`, in their order."""
        products: Floats = self._rows[pids].astype(np.float32) @ query
        return products

    def document_products(self, query: Floats, docids: npt.NDArray[np.integer]) -> Floats:
        """Inner products of `query`, shape (dimension,) or (dimension, k), with the centroids of the
        documents, in their order."""
        products: Floats = self._centroids[docids].astype(np.float32) @ query
        return products

    def centroids(self, docids: npt.NDArray[np.integer]) -> Floats:
        """Centroids of the documents, shape (len(docids), dimension)."""
        centroids: Floats = self._centroids[docids].astype(np.float32)
        return centroids

    def vectors(self, pids: npt.NDArray[np.integer]) -> Floats:
        """Exact vectors of the passages `pids`, shape (len(pids), dimension)."""
        vectors: Floats = self._rows[pids].astype(np.float32)
        return vectors


def _check_part(index: faiss.Index, start: int, rows: Floats) -> None:
    """Raise IndexDamagedError unless a FAISS index holds `rows` from row `start` on."""
    held = index.reconstruct_n(start, len(rows))
    if isinstance(index, faiss.IndexFlat):
        good = (held == rows).all(axis=1)
    elif isinstance(index, faiss.IndexPQFastScan):
        good = (held == index.pq.decode(index.pq.compute_codes(rows))).all(axis=1)
    else:
        good = np.abs(held - rows).max(axis=1) < _SCALAR_ERROR
    if len(bad := np.flatnonzero(~good)):
        raise IndexDamagedError(f"the vector index has another vector of passage {start + bad[0]}")


def _open_faiss(path: Path, rows: npt.NDArray[np.float16]) -> faiss.Index:
    """Read a FAISS index of these rows. Raises IndexDamagedError if it is of others."""
    try:
        index = faiss.read_index(str(path))
    except UNREADABLE as error:
        raise IndexDamagedError(f"{path} cannot be read ({error}).", hint=REBUILD) from error
    if rows.shape != (index.ntotal, index.d) or rows.dtype != np.float16:
        raise IndexDamagedError(
            f"{path} holds {index.ntotal} vectors of {index.d} dimensions, "
            f"the exact vectors are {rows.shape}.",
            hint=REBUILD,
        )
    return index


def require_alike(stored: Floats, made: Floats, names: list[str]) -> str:
    """Hold vectors (rows, each of a name) against what the encoder makes of their texts today.

    Raises IndexDamagedError.
    """
    cosines = np.einsum("ij,ij->i", stored, made)
    worst = int(np.argmin(np.nan_to_num(cosines, nan=-1.0)))
    if not cosines[worst] >= LEAST_COSINE:
        message = f"the vector of {names[worst]} is not what the encoder makes of it"
        raise IndexDamagedError(f"{message} (cosine {cosines[worst]:.3f})")
    return f"{len(names)} encoded again, cosine {cosines[worst]:.4f} and more"


def _build(building: Building) -> None:
    building.report("building the vector index", 0, 0)
    columns = building.catalogue.columns()
    build_centroids(building.directory, columns.doc_first_pid, columns.doc_passages)
    build_faiss(building.directory)


def _open(opening: Opening) -> VectorIndex:
    passage_doc = opening.catalogue.columns().passage_doc
    vectors = VectorIndex.open(opening.directory, passage_doc >= 0)
    opening.agree("rows in the vector index", vectors.count, len(passage_doc))
    return vectors


def _check(checking: Checking) -> Iterator[Question]:
    yield Question("vector index", lambda: _count(checking))
    yield Question(
        "vector index", lambda: VectorIndex.open(checking.directory).check_rows(), deep=True
    )
    yield Question("centroids", lambda: _centroids(checking), deep=True)


def _count(checking: Checking) -> str:
    """Those of deleted documents keep their rows: pids that were ever given."""
    found = VectorIndex.open(checking.directory).count
    return agree(found, len(checking.columns.passage_doc), "rows", "the catalogue")


def _centroids(checking: Checking) -> str:
    columns, rows = checking.columns, load_vectors(checking.directory)
    stored = load_vectors(checking.directory, CENTROIDS_FILE)
    made = centroids_of(rows, columns.doc_first_pid, columns.doc_passages)
    if stored.shape != made.shape or not np.allclose(
        stored.astype(np.float32), made.astype(np.float32), rtol=0, atol=_CENTROID_ERROR
    ):
        raise IndexDamagedError("the centroids are not the means of their documents' passages")
    return f"{len(made)} are the means of their passages"


PART = Part(
    "vectors",
    (CENTROIDS_FILE, FAISS_FILE, FAST_FILE),
    needs=("catalogue", "exact_vectors"),
    build=_build,
    open=_open,
    check=_check,
)
